import Foundation
import PackagePlugin

/// Turns the numbered migrations of `schema/` into Swift source, so that the command carries its schema inside.
@main struct EmbedSchema: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
    guard let target = target as? SourceModuleTarget else { return [] }
    let migrations = target.sourceFiles(withSuffix: "sql").map(\.url)
      .filter { $0.lastPathComponent.first?.isNumber == true }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
    let output = context.pluginWorkDirectoryURL.appending(path: "Migrations.swift")
    return [
      .buildCommand(
        displayName: "Embed \(migrations.count) migrations", executable: try context.tool(named: "embed-schema").url,
        arguments: [output.path] + migrations.map(\.path), inputFiles: migrations, outputFiles: [output])
    ]
  }
}
