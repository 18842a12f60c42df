internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Read scripts into the registry: assets, routines, lineage.")

  @OptionGroup var dialect: DialectOption
  @OptionGroup var registry: RegistryOption
  @OptionGroup var format: FormatOption
  @Option(help: "The warehouse the scripts belong to.")
  var namespace: String
  @Option(help: "Why, for the change log.")
  var reason: String = "scan"
  @Flag(help: "Read and analyse everything, not only what has changed.")
  var full = false
  @Flag(help: "End with 1 when a statement was not read or a reference not resolved.")
  var strict = false
  @Argument(help: "Files and folders.")
  var paths: [String]

  func run() throws {
    let scan = ScanScripts(registry: try registry.open(), namespace: namespace, dialect: dialect.dialect, full: full)
    let report = try scan.run(paths, by: registry.author("scan", reason))
    switch format.format {
    case .json: try Output.json(report)
    default: printText(report)
    }
    if strict, report.unparsed > 0 || !report.unresolved.isEmpty { throw ExitCode(Exit.findings.rawValue) }
  }

  private func printText(_ report: ScanReport) {
    for finding in report.findings { Exit.note(finding) }
    print("scanned \(report.files) files, \(report.filesRead) of them read, \(report.bytes) bytes, \(report.statements) statements, \(report.unparsed) not read")
    func line(_ name: String, _ counts: ChangeCounts) {
      print("  \(name.padding(10)) \(counts.added) new, \(counts.changed) changed, \(counts.retired) retired, \(counts.unchanged) unchanged")
    }
    line("assets", report.summary.assets)
    line("columns", report.summary.columns)
    line("routines", report.summary.routines)
    line("edges", report.summary.edges)
    print("coverage: \(report.routinesCovered) of \(report.routines) routines analysed whole")
    for item in report.coverage where item.coverage < 1 { print("  \(item.routine) \(percent(item.coverage))") }
    print("unresolved: \(report.unresolved.count)")
    for row in report.unresolved {
      let text = row.text.split(whereSeparator: \.isNewline).first ?? ""
      print("  \(row.file):\(row.line): \(row.reason.rawValue): \(text)")
      print("    resolve it with: \(row.hint)")
    }
    print(report.summary.change.map { "change \($0) recorded" } ?? "nothing changed")
  }

  private func percent(_ value: Double) -> String { "\(Int((value * 100).rounded())) %" }
}

extension String {
  /// The text with blanks behind it, to a width.
  func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
