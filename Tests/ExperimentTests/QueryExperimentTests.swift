import GoldenSupport
import Testing

/// Queries that are run on SQLite and on DuckDB: what moves is what the extractor says.
@Suite struct QueryExperimentTests {
  static let sqlite = Fixtures.list("fixtures/lineage/sqlite", ending: "case")
  static let duckdb = Fixtures.list("fixtures/lineage/duckdb", ending: "case")

  /// Constructs that are not read yet, one a line: they fail when they are, so that the list stays true.
  static let wrong: Set<String> = {
    let text = (try? Fixtures.text("fixtures/lineage/wrong.txt")) ?? ""
    return Set(text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0.prefix { $0 != " " }) })
  }()

  @Test(arguments: sqlite) func onSQLite(_ path: String) throws { try check(path, QueryEngine.sqlite) }

  @Test(arguments: duckdb) func onDuckDB(_ path: String) throws { try check(path, QueryEngine.duckdb) }

  private func check(_ path: String, _ engine: QueryEngine) throws {
    let name = path.split(separator: "/").suffix(2).joined(separator: "/").dropLast(5)
    if Self.wrong.contains(String(name)) {
      try withKnownIssue("known to be wrong") { try Recall.check(try CaseFile.read(path), on: engine) }
    } else {
      try Recall.check(try CaseFile.read(path), on: engine)
    }
  }
}
