internal import ArgumentParser
internal import Cadastre
internal import CadastreDiagnostics

struct ParseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parse", abstract: "Read SQL scripts and say what could not be read.")

  @OptionGroup var dialect: DialectOption
  @OptionGroup var format: FormatOption
  @Flag(help: "End with 1 when a statement could not be read.")
  var strict = false
  @Flag(help: "Print the syntax tree of each script: kind, place and text of every node.")
  var tree = false
  @Argument(help: "Scripts; '-' is standard input.")
  var files: [String]

  func run() throws {
    var sources: [SourceText] = []
    for file in files { sources.append(try InputFile.text(file)) }
    if tree {
      for source in sources { print(ParsedTree(parsing: source, dialect: dialect.dialect).text, terminator: "") }
      return
    }
    let report = ParseReport(parsing: sources, dialect: dialect.dialect)
    switch format.format {
    case .json: try Output.json(report)
    default:
      for item in report.unparsed {
        print("\(item.file):\(item.line):\(item.column): error[P001]: \(item.reason)")
      }
      print(
        "\(report.files) files, \(report.bytes) bytes: \(report.statements.parsed) of \(report.statements.total) statements read, "
          + "\(report.routines.parsed) of \(report.routines.total) routines read whole")
    }
    if strict, report.statements.unparsed > 0 { throw ExitCode(Exit.findings.rawValue) }
  }
}
