import Cadastre
import GoldenSupport

/// The pairs of columns between which a report prints a path, of whatever kinds.
struct ReportClosure {
  private var next: [String: Set<String>] = [:]
  let report: ExtractReport

  init(_ source: CaseFile, dialect: DialectName) {
    report = ExtractReport(
      subjects: [SourceText(name: "routine.sql", text: source.sql)], context: [SourceText(name: "schema.sql", text: source.schema)], dialect: dialect)
    for edge in report.edges {
      for target in edge.columns.map({ columns in columns.map { edge.target.dropLast() + $0 } }) ?? [edge.target] {
        next[edge.source, default: []].insert(String(target))
      }
    }
  }

  /// What the report itself says it could not read.
  var excuses: String {
    let ledger = report.unresolved.map { "  ledger: line \($0.line) \($0.reason) \($0.text.prefix(60))" }
    let findings = report.diagnostics.map { "  \($0.code): \($0.file):\($0.line ?? 0) \($0.message)" }
    let all = ledger + findings
    return all.isEmpty ? "  (the report holds no row of the ledger and no finding)" : all.joined(separator: "\n")
  }

  /// What is reached from a column by one edge or more.
  func reached(from source: String) -> Set<String> {
    var found: Set<String> = []
    var open = [source]
    while let column = open.popLast() {
      for target in next[column] ?? [] where found.insert(target).inserted { open.append(target) }
    }
    return found
  }

  /// The pairs that no path covers.
  func missing(_ pairs: some Sequence<TruthFile.Pair>) -> [TruthFile.Pair] {
    let bySource = Dictionary(grouping: pairs, by: \.source)
    return bySource.flatMap { source, pairs in
      let reached = reached(from: source)
      return pairs.filter { !reached.contains($0.target) }
    }.sorted()
  }
}
