import Foundation
import GoldenSupport
import Testing

/// What docs/open-file.md promises to every other client of SQLite.
@Suite struct OpenFileTests {
  @Test func documentedQueriesRun() throws {
    let shell = try CommandTests()
    #expect(try shell.run(["init"]).code == 0)
    #expect(try shell.run(["scan", "--namespace", "w", "--dialect", "tsql", Fixtures.path("fixtures/demo")]).code == 0)
    let registry = shell.folder.appending(path: "cadastre.db").path
    let page = try Fixtures.text("docs/open-file.md")
    var queries: [String] = []
    for part in page.components(separatedBy: "```sql\n").dropFirst() { queries.append(part.components(separatedBy: "```")[0]) }
    #expect(queries.count > 10)
    for query in queries {
      let outcome = Subprocess.run("/usr/bin/env", ["sqlite3", "-readonly", "-bail", registry, query])
      #expect(outcome.code == 0, "\(query)\n\(outcome.output)")
      #expect(!outcome.output.contains("Error"), "\(query)\n\(outcome.output)")
    }
    // those about assets, code and changes have an answer in the demonstration's warehouse
    for view in ["v_asset", "v_column", "v_constraint", "v_edge", "v_routine", "v_routine_version", "v_change"] {
      let outcome = Subprocess.run("/usr/bin/env", ["sqlite3", "-readonly", registry, "SELECT count(*) > 0 FROM \(view)"])
      #expect(outcome.output == "1\n", "\(view): \(outcome.output)")
    }
  }

  /// Every view, with its columns, is a contract: they are added to, not renamed.
  @Test func viewsKeepTheirColumns() throws {
    let shell = try CommandTests()
    #expect(try shell.run(["init"]).code == 0)
    let registry = shell.folder.appending(path: "cadastre.db").path
    let contract = [
      "v_asset": "asset_id namespace asset kind layer status owner steward client description tags dialect file line changed_at changed_by",
      "v_column": "column_id namespace asset column ordinal native_type logical_type nullable default_value computed identity description classification",
      "v_constraint": "namespace asset kind position name definition",
      "v_edge":
        "namespace source_asset source_column target_asset target_column kind subtype origin routine file line statement expression columns confidence",
      "v_routine": "routine_id namespace routine kind version hash file line coverage statements unparsed reads writes calls",
      "v_routine_version": "namespace routine version hash began_at ended_at text", "v_unresolved": "namespace routine file line reason text hint",
      "v_feed": "feed_id namespace feed client source target format load_pattern definition",
      "v_feed_run": "namespace feed file checksum started_at ended_at rows_read rows_loaded rows_rejected status",
      "v_checklist_item": "namespace template subject position code title kind severity state detail fix",
      "v_change": "change_id at actor command reason tool_version hash",
    ]
    for (view, columns) in contract {
      let outcome = Subprocess.run("/usr/bin/env", ["sqlite3", "-readonly", registry, "SELECT name FROM pragma_table_info('\(view)')"])
      let found = Set(outcome.output.split(separator: "\n").map(String.init))
      #expect(columns.split(separator: " ").allSatisfy { found.contains(String($0)) }, "\(view): \(found.sorted())")
    }
  }
}
