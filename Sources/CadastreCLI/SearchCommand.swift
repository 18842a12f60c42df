internal import ArgumentParser
internal import Cadastre

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Find assets, columns, routines, feeds, terms and notes by name, description or code.",
    discussion: """
      Words match whole names first, then beginnings of names, words within snake_case and CamelCase names, descriptions, code, and names with a
      letter or two different. Filters within the query narrow it: kind:table owner:ann steward:eve tag:gdpr layer:core client:acme status:active
      class:email namespace:w. Filters alone list what passes them.
      """)

  @OptionGroup var registry: ReadingOption
  @OptionGroup var format: FormatOption
  @Option(help: "Most results.")
  var limit: Int = 20
  @Argument(help: "Words and filters.")
  var words: [String]

  func validate() throws {
    if limit < 1 || limit > 100_000 { throw ValidationError("--limit is 1 to 100000") }
  }

  func run() throws {
    let report = try SearchReport.run(words.joined(separator: " "), limit: limit, in: try registry.open())
    switch format.format {
    case .json: try Output.json(report)
    case .csv: Output.text(report.table.csv)
    case .markdown: Output.text(report.table.markdown)
    case .text: if !report.results.isEmpty { Output.text(report.text) }
    }
    guard report.results.isEmpty else { return }
    Exit.complain(report.absence)
    throw ExitCode(Exit.findings.rawValue)
  }
}
