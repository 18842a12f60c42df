internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "backup", abstract: "A whole, checked copy of the registry, while others write.")

  @OptionGroup var registry: RegistryOption
  @Argument(help: "The new file.")
  var target: String

  func run() throws {
    let registry = try registry.open()
    let bytes = try registry.backup(to: target)
    print("\(target): \(bytes) bytes, checked")
  }
}

struct MigrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Bring a registry of an older version to this one's schema, with a backup first. Writing commands do so by themselves.")

  @OptionGroup var registry: RegistryOption

  func run() throws {
    let registry = try registry.open()
    let report = try registry.migrate()
    guard let backup = report.backup else { return print("\(registry.path): schema \(report.to), nothing to do") }
    print("\(registry.path): schema \(report.from) -> \(report.to); the file as it was: \(backup)")
  }
}

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "What about the file and where it lies could hurt: SQLite's version, file system, permissions, links, space. Ends with 1 on a problem.")

  @OptionGroup var registry: RegistryOption
  @OptionGroup var format: FormatOption

  func run() throws {
    let list = try registry.open().doctor()
    if format.format == .json {
      try Output.json(list)
    } else {
      for item in list {
        print("\(item.state.rawValue.padding(8)) \(item.subject): \(item.detail)")
        if let fix = item.fix { print("         \(fix)") }
      }
    }
    if list.contains(where: { $0.state == .problem }) { throw ExitCode(Exit.findings.rawValue) }
  }
}

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "An asset with its columns, keys and what is known of it.")

  @OptionGroup var registry: ReadingOption
  @OptionGroup var format: FormatOption
  @Option(help: "Only this warehouse.")
  var namespace: String?
  @Argument(help: "schema.table, or fewer parts where that is enough.")
  var name: String

  func run() throws {
    let card = try AssetCard(name, namespace: namespace, in: try registry.open())
    switch format.format {
    case .json: try Output.json(card)
    case .text: Output.text(card.text)
    case .csv: Output.text(card.table.csv)
    case .markdown: Output.text(card.table.markdown)
    }
  }
}
