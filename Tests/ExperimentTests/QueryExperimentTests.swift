import GoldenSupport
import Testing

/// Queries that are run on SQLite and on DuckDB: what moves is what the extractor says.
@Suite struct QueryExperimentTests {
  static let sqlite = Fixtures.list("fixtures/lineage/sqlite", ending: "case")
  static let duckdb = Fixtures.list("fixtures/lineage/duckdb", ending: "case")

  @Test(arguments: sqlite) func onSQLite(_ path: String) throws { try Recall.check(try CaseFile.read(path), on: QueryEngine.sqlite) }

  @Test(arguments: duckdb) func onDuckDB(_ path: String) throws { try Recall.check(try CaseFile.read(path), on: QueryEngine.duckdb) }
}
