internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take in what other tools and people have written.", subcommands: [ImportSheetCommand.self, ImportCatalogCommand.self],
    defaultSubcommand: ImportSheetCommand.self)
}

struct ImportCatalogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalog", abstract: "Take a catalogue in from CSV: columns of assets, and edges between columns.")

  @OptionGroup var registry: RegistryOption
  @OptionGroup var dialect: DialectOption
  @OptionGroup var format: FormatOption
  @Option(help: "The warehouse.")
  var namespace: String
  @Option(help: "Why, in words.")
  var reason = "import"
  @Option(help: "A CSV file: asset,column,type[,nullable,description,kind,layer,owner].")
  var columns: String?
  @Option(help: "A CSV file: source,target[,kind,subtype,expression,line].")
  var edges: String?

  func validate() throws { if columns == nil, edges == nil { throw ValidationError("--columns or --edges says what to import") } }

  func run() throws {
    let summary = try ImportCatalog(namespace: namespace, dialect: dialect.dialect).run(
      columns: columns, edges: edges, into: try registry.open(), by: registry.author("import", reason))
    if format.format == .json { return try Output.json(summary) }
    print("assets: \(summary.assets.added) added, \(summary.assets.changed) changed, \(summary.assets.retired) retired")
    print("columns: \(summary.columns.added) added, \(summary.columns.changed) changed, \(summary.columns.retired) retired")
    print("edges: \(summary.edges.added) added, \(summary.edges.retired) retired")
    print(summary.change.map { "change \($0) recorded" } ?? "nothing changed")
  }
}
