import Foundation
import PackagePlugin

/// Turns the text files of a target into Swift source, so that the command carries them inside: the numbered migrations of `schema/`,
/// and the tables of the dialects.
@main struct EmbedText: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
    guard let target = target as? SourceModuleTarget else { return [] }
    let migrations = target.sourceFiles(withSuffix: "sql").map(\.url).filter { $0.lastPathComponent.first?.isNumber == true }
    let tables = target.sourceFiles.map(\.url).filter { ["grammar", "tsv"].contains($0.pathExtension) }
    let tool = try context.tool(named: "embed-text").url
    func command(_ what: String, _ files: [URL]) -> [Command] {
      guard !files.isEmpty else { return [] }
      let inputs = files.sorted { $0.lastPathComponent < $1.lastPathComponent }
      let output = context.pluginWorkDirectoryURL.appending(path: what + ".swift")
      return [
        .buildCommand(
          displayName: "Embed \(inputs.count) \(what)", executable: tool, arguments: [what, output.path] + inputs.map(\.path),
          inputFiles: inputs, outputFiles: [output])
      ]
    }
    return command("migrations", migrations) + command("tables", tables)
  }
}
