internal import ArgumentParser
internal import Cadastre

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "init", abstract: "Make a new registry.")

  @Option(help: "Path of the file to make.")
  var registry: String?
  @Argument(help: "Path of the file to make.")
  var path: String?

  func run() throws {
    let path = path ?? registry ?? RegistryLocation.fileName
    try Registry(path: path).create()
    print("made \(path), schema \(Registry.newestSchema)")
  }
}

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check a registry: the file, its foreign keys, the hash chain of its changes, the search index.")

  @OptionGroup var registry: RegistryOption

  func run() throws {
    let registry = try registry.open()
    let findings = try registry.verify()
    for finding in findings { print(finding) }
    guard findings.isEmpty else { throw ExitCode(Exit.findings.rawValue) }
    print("\(registry.path): ok")
  }
}
