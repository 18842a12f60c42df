internal import ArgumentParser

@main struct Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cadastre", abstract: "The metadata registry of a data warehouse, in one file.")
}
