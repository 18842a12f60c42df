import Cadastre
import Foundation
import GoldenSupport
import Testing

/// Generated DDL on a real PostgreSQL: it runs, and the catalogue says what the model says.
@Suite(.serialized) struct GeneratedDDLTests {
  static func demoTables() throws -> [Asset] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let registry = Registry(path: folder.appending(path: "r.db").path)
    try registry.create()
    _ = try ScanScripts(registry: registry, namespace: "harbour", dialect: .tsql).run(
      [Fixtures.path("fixtures/demo/warehouse")], by: RegistryLocation.author(command: "test", reason: "test"))
    return try registry.assets().filter { $0.kind == .table }
  }

  @Test func demoWarehouseRunsOnPostgreSQL() throws {
    let server = try PostgreSQLServer()
    defer { server.stop() }
    let tables = try Self.demoTables()
    #expect(tables.count == 29)
    let script = try #require(DDLGenerator(.postgres)).create(tables, schemas: true)
    #expect(script.objects == 29)
    _ = try server.execute(script.sql)
    for table in tables {
      let rows = try server.execute(
        """
        SELECT column_name || ' ' || is_nullable FROM information_schema.columns
         WHERE table_schema = '\(table.name.schema ?? "")' AND table_name = '\(table.name.name)' ORDER BY ordinal_position
        """)
      let expected = table.columns.map { "\($0.name) \($0.nullable ? "YES" : "NO")" }
      #expect(rows.split(separator: "\n").map(String.init) == expected, "\(table.name.rendered)")
    }
    let keys = try server.execute("SELECT count(*) FROM information_schema.table_constraints WHERE constraint_type = 'FOREIGN KEY'")
    #expect(keys == "\(tables.flatMap(\.constraints).filter { $0.kind == .foreignKey }.count)\n")
    let checks = try server.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'c' AND connamespace <> 'information_schema'::regnamespace")
    #expect(checks == "\(tables.flatMap(\.constraints).filter { $0.kind == .check }.count)\n")
    #expect(script.losses.filter { $0.property == "constraint.check" }.isEmpty)
    #expect(try server.execute("SELECT obj_description('dw.dim_customer'::regclass)") == "One row per version of a customer (SCD2).\n")
  }

  /// Names that try to break out of their quotes make exactly one table of exactly that name.
  @Test func hostileNames() throws {
    let server = try PostgreSQLServer()
    defer { server.stop() }
    for name in ["select", "a\"b", "x; DROP TABLE y; --", "Mixed Case", "quote's", "[x]", "ünï", "1st"] {
      let asset = Asset(
        name: ObjectName(["public", name]), kind: .table, description: "it's \\ \"here\"", columns: [Column(name: name, ordinal: 1, type: .int32, description: name)],
        dialect: .tsql)
      let script = try #require(DDLGenerator(.postgres)).create([asset])
      _ = try server.execute(script.sql)
      #expect(try server.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace") == name + "\n")
      #expect(try server.execute("SELECT obj_description(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace") == "it's \\ \"here\"\n")
      _ = try server.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    }
  }

  @Test func sameDialectLosesNothing() throws {
    let tables = try Self.demoTables()
    let script = try #require(DDLGenerator(.tsql)).create(tables)
    #expect(script.losses.isEmpty)
    let report = ParseReport(parsing: [SourceText(name: "generated.sql", text: script.sql)], dialect: .tsql)
    #expect(report.statements.unparsed == 0, "\(report.unparsed)")
  }
}
