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

/// The registry of a command that reads, and the moment it is read at.
struct ReadingOption: ParsableArguments {
  @OptionGroup var registry: RegistryOption
  @Option(name: .customLong("as-of"), help: "As it was then: \(Instant.forms).")
  var moment: MomentArgument?

  func open() throws -> Registry {
    var registry = try registry.open()
    registry.moment = moment?.moment
    return registry
  }
}

/// A moment as an argument.
struct MomentArgument: ExpressibleByArgument {
  let moment: Moment

  init?(argument: String) {
    guard let moment = Instant.moment(argument) else { return nil }
    self.moment = moment
  }
}
