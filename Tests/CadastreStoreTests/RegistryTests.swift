import CadastreModel
import CadastreStore
import Foundation
import GoldenSupport
import Testing

@Suite struct RegistryTests {
  let folder: URL
  let registry: Registry
  let namespace = Namespace(name: "w", dialect: .tsql, caseInsensitive: true)

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    registry = Registry(path: folder.appending(path: "r.db").path)
    try registry.create()
  }

  func author(_ second: Int) -> ChangeAuthor {
    ChangeAuthor(actor: "ann", command: "test", reason: "because", at: "2026-01-01T00:00:0\(second).000000Z", toolVersion: "test")
  }

  func scan(body: String = "SELECT 1", routine: Bool = true, table: Bool = true) -> ScanResult {
    let span = SourceSpan(file: "code/a.sql", line: 1, start: 0, end: 5)
    let source = ObjectName(["dbo", "s"])
    let target = ObjectName(["dbo", "t"])
    let name = ObjectName(["dbo", "p"])
    let assets = [source, target].map {
      Asset(
        name: $0, kind: .table, columns: [Column(name: "a", ordinal: 1, nativeType: "int"), Column(name: "b", ordinal: 2, nativeType: "int")],
        dialect: .tsql, definedAt: span)
    }
    var names = EdgeNames()
    names.columns = [ColumnReference(asset: source, column: "a"), ColumnReference(asset: target, column: "b")]
    names.owners = [EdgeNames.Owner(routine: name, file: "code/a.sql")]
    names.expressions = [body]
    let edge = NumberedEdge(
      source: 0, target: 1, owner: 0, line: 3, statement: 1, expression: 0, columns: 0, subtype: .identity, origin: .parsed, candidates: 1)
    return ScanResult(
      namespace: namespace, roots: ["code"], assets: table ? assets : [assets[0]],
      routines: routine ? [Routine(name: name, kind: .procedure, dialect: .tsql, source: body, definedAt: span)] : [], names: names,
      units: routine ? [ScanUnit(routine: name, file: "code/a.sql", edges: [edge])] : [])
  }

  @Test func secondScanChangesNothing() throws {
    let first = try registry.apply(scan(), by: author(1))
    #expect(first.assets.added == 2)
    #expect(first.change == 1)
    let second = try registry.apply(scan(), by: author(2))
    #expect(second.change == nil)
    #expect(second.assets.unchanged == 2)
    #expect(second.edges.unchanged == 1)
    #expect(try registry.summary().changes == 1)
  }

  @Test func changedProcedureMakesAVersionAndItsStaleEdgesRetire() throws {
    _ = try registry.apply(scan(), by: author(1))
    let summary = try registry.apply(scan(body: "SELECT 2"), by: author(2))
    #expect(summary.routines.changed == 1)
    #expect(summary.edges.added == 1)
    #expect(summary.edges.retired == 1)
    let steps = try registry.lineage(.upstream, of: ColumnReference(asset: ObjectName(["dbo", "t"]), column: "b"))
    #expect(steps.count == 1)
    #expect(steps.first?.routineVersion == 2)
  }

  @Test func whatIsGoneRetires() throws {
    _ = try registry.apply(scan(), by: author(1))
    let summary = try registry.apply(scan(routine: false, table: false), by: author(2))
    #expect(summary.assets.retired == 1)
    #expect(summary.routines.retired == 1)
    #expect(summary.edges.retired == 1)
    #expect(try registry.assets().map(\.name.rendered) == ["dbo.s"])
    #expect(try registry.verify().isEmpty)
  }

  @Test func roundTrip() throws {
    var asset = scan().assets[0]
    asset.constraints = [Constraint(kind: .primaryKey, name: "PK", columns: [KeyColumn("a", descending: true)], clustered: true)]
    asset.indexes = [Index(name: "IX", unique: true, columns: [KeyColumn("b")], included: ["a"], predicate: "b > 0")]
    asset.columns[0].defaultValue = DefaultValue(expression: "((0))", constraintName: "DF")
    asset.columns[1].type = .decimal(precision: 10, scale: 2)
    _ = try registry.save([asset], feed: nil, checklist: nil, in: namespace, by: author(1))
    #expect(try registry.assets() == [asset])
  }

  @Test func tamperingIsNoticed() throws {
    _ = try registry.apply(scan(), by: author(1))
    _ = try registry.apply(scan(body: "SELECT 2"), by: author(2))
    #expect(try registry.verify().isEmpty)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/sqlite3")
    process.arguments = [registry.path, "DROP TRIGGER change_entry_is_append_only_update; UPDATE change_entry SET subject = 'x' WHERE change_id = 1 AND position = 2;"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try registry.verify().contains { $0.contains("change 1,") || $0.contains("change 1:") })
  }

  @Test(arguments: ["text", "empty", "folder", "missing", "foreign", "newer"]) func refused(_ what: String) throws {
    let path = folder.appending(path: what).path
    switch what {
    case "text": try Data("hello".utf8).write(to: URL(filePath: path))
    case "empty": try Data().write(to: URL(filePath: path))
    case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    case "foreign", "newer":
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/sqlite3")
      process.arguments = [path, what == "foreign" ? "CREATE TABLE t (a);" : "PRAGMA application_id = 1128354884; PRAGMA user_version = 999; CREATE TABLE t (a);"]
      try process.run()
      process.waitUntilExit()
    default: break
    }
    #expect(throws: StoreError.self) { try Registry(path: path).summary() }
    #expect(throws: StoreError.self) { try Registry(path: path).apply(scan(), by: author(1)) }
  }

  @Test func schemaIsTheDumpedOne() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/sqlite3")
    process.arguments = [registry.path, ".schema"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let dumped = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if ProcessInfo.processInfo.environment["CADASTRE_GOLDEN"] != nil { try dumped.write(toFile: Fixtures.path("schema/current.sql"), atomically: true, encoding: .utf8) }
    #expect(try Fixtures.text("schema/current.sql") == dumped)
  }
}
