internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct RegistryOption: ParsableArguments {
  @Option(help: "The registry file; else $CADASTRE_REGISTRY, else cadastre.db searched upward.")
  var registry: String?
  @Option(name: .customLong("as"), help: "Who makes the change; else the user of the operating system.")
  var actor: String?
  @Option(help: "Longest wait for another writer, in seconds.")
  var wait: Double = 5

  func open() throws -> Registry {
    guard let path = RegistryLocation.find(registry) else {
      throw Failure(code: .noInput, message: "no registry: no cadastre.db here or above; make one with 'cadastre init'")
    }
    return Registry(path: path, patience: wait)
  }

  func author(_ command: String, _ reason: String) -> ChangeAuthor {
    RegistryLocation.author(command: command, reason: reason, actor: actor)
  }
}
