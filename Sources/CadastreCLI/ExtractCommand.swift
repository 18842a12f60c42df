internal import ArgumentParser
internal import Cadastre
internal import CadastreDiagnostics

struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract", abstract: "Column lineage of SQL scripts, through the procedures they define.")

  @OptionGroup var dialect: DialectOption
  @OptionGroup var format: FormatOption
  @Option(help: "A script that only defines: tables, views, routines, triggers. May be given more than once.")
  var ddl: [String] = []
  @Flag(help: "Stop at views that only --ddl defines rather than look through them.")
  var keepViews = false
  @Flag(help: "Show temporary tables, variables and cursors rather than look through them.")
  var noCollapse = false
  @Flag(help: "Print what is given to the caller as columns of {result}.")
  var results = false
  @Flag(help: "End with 1 when something could not be resolved.")
  var strict = false
  @Argument(help: "Scripts; '-' is standard input.")
  var files: [String]

  func run() throws {
    let context = try ddl.map { try InputFile.text($0) }
    let subjects = try files.map { try InputFile.text($0) }
    let report = ExtractReport(subjects: subjects, context: context, dialect: dialect.dialect, keepViews: keepViews, keepTemporaries: noCollapse, results: results)
    switch format.format {
    case .json: try report.writeJSON(Output.bytes)
    case .csv: Output.text(report.edges.table.csv)
    case .markdown: Output.text(report.edges.table.markdown)
    case .text:
      report.edges.writeText(Output.bytes)
      for row in report.unresolved { print("unresolved: \(Printable.text(row.file)):\(row.line): \(row.reason): \(Printable.text(row.text))") }
      print("\(report.edges.count) edges, \(report.unresolved.count) unresolved, \(report.statements.analysed) of \(report.statements.total) statements analysed")
    }
    if strict, !report.unresolved.isEmpty { throw ExitCode(Exit.findings.rawValue) }
  }
}
