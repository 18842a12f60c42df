@testable import CadastreStore
import CadastreModel
import CadastreSchema
import Foundation
import GoldenSupport
import Testing

/// Registries of older schemas.
@Suite struct MigrationTests {
  /// A file as a version with the first so many steps of the schema would have made it.
  private func older(_ steps: Int) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString).db").path
    var script = Migration.all.prefix(steps).map(\.sql).joined(separator: "\n")
    script += "\nPRAGMA user_version = \(steps); PRAGMA application_id = \(Registry.applicationID); PRAGMA journal_mode = WAL;\n"
    let file = path + ".sql"
    try Data(script.utf8).write(to: URL(filePath: file))
    let outcome = Subprocess.run("/bin/sh", ["-c", "sqlite3 '\(path)' < '\(file)'"])
    #expect(outcome.code == 0, "\(outcome.output)")
    return path
  }

  private let author = ChangeAuthor(actor: "ann", command: "test", reason: "r", at: "2026-01-01T00:00:00.000000Z", toolVersion: "t")

  @Test func anOlderFileIsReadByNobodyAndMigratedByTheFirstWriter() throws {
    // the scan's tables are the last that writing has needed so far
    let registry = Registry(path: try older(7))
    #expect(throws: StoreError.older(path: registry.path, schema: 7, known: Registry.newestSchema)) { try registry.summary() }
    let asset = Asset(name: ObjectName(["dbo", "t"]), kind: .table, columns: [Column(name: "a", ordinal: 1)], dialect: .tsql)
    _ = try registry.save(asset, in: Namespace(name: "w", dialect: .tsql, caseInsensitive: true), by: author)
    #expect(try registry.assets().count == 1)
    #expect(try registry.verify().isEmpty)
    let backup = Registry(path: registry.path + ".schema-7.backup")
    #expect(throws: StoreError.older(path: backup.path, schema: 7, known: Registry.newestSchema)) { try backup.summary() }
  }

  @Test func everyOlderSchemaComesToTheSame() throws {
    let whole = Registry(path: FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString).db").path)
    try whole.create()
    func schema(_ path: String) -> String { Subprocess.run("/usr/bin/env", ["sqlite3", path, ".schema"]).output }
    for steps in 1..<Registry.newestSchema {
      let registry = Registry(path: try older(steps))
      let report = try registry.migrate()
      #expect((report.from, report.to) == (steps, Registry.newestSchema))
      #expect(schema(registry.path) == schema(whole.path), "from schema \(steps)")
      #expect(try registry.verify().isEmpty)
      #expect(try registry.migrate().backup == nil)
    }
  }
}
