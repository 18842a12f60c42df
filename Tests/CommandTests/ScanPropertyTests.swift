import Cadastre
import CadastreModel
import CadastreStore
import Foundation
import GoldenSupport
import Testing

/// What a registry holds after any number of scans is what one scan of the last state gives.
@Suite struct ScanPropertyTests {
  static let isFull = ProcessInfo.processInfo.environment["CADASTRE_FULL"] != nil

  /// `CADASTRE_SEEDS=20-40` asks for others.
  static let seeds: [UInt64] = {
    let asked = (ProcessInfo.processInfo.environment["CADASTRE_SEEDS"] ?? "").split(separator: "-").compactMap { UInt64($0) }
    if let first = asked.first, let last = asked.last, first <= last { return Array(first...last) }
    return Array(1...(isFull ? 200 : 6))
  }()

  /// Odd seeds are T-SQL, even ones PostgreSQL.
  @Test(arguments: seeds) func everyVersionAsAFreshScan(_ seed: UInt64) throws {
    var warehouse = ScriptWarehouse(seed % 2 == 1 ? .tsql : .postgres, seed: seed)
    let scans = try ScannedFolder(warehouse.language.rawValue)
    defer { scans.remove() }
    try scans.write(warehouse.files, touched: [], version: 0)
    _ = try scans.scan()
    try scans.declare("inert.t1.id", "inert.t2.id")
    var edits: [String] = []
    var incremental = 0
    for version in 1...12 {
      edits.append("\(version): " + warehouse.edit())
      try scans.write(warehouse.files, touched: warehouse.touched, version: version)
      let report = try scans.scan()
      if report.filesRead < report.files { incremental += 1 }
      // a fresh scan costs more than a changed one; a difference stays until something repairs it
      if !Self.isFull, version % 3 != 0 { continue }
      let held = try scans.contents()
      let expected = try scans.fresh().contents()
      if held != expected {
        Issue.record(
          """
          seed \(seed), version \(version), read \(report.filesRead) of \(report.files) files
          \(edits.suffix(4).joined(separator: "\n"))
          \(ScannedFolder.difference(held, expected))
          """)
        return
      }
    }
    #expect(incremental >= 8, "seed \(seed): only \(incremental) of 12 scans read less than everything")
    // a scan of everything finds nothing that the others have missed
    let before = try scans.lastChange()
    let full = try scans.scan(full: true)
    #expect(full.summary.change == nil, "seed \(seed): a full scan afterwards changed something: \(full.summary)")
    #expect(try scans.lastChange() == before)
    #expect(try scans.registry.verify().isEmpty)
  }
}

/// Scans that meet: one that is overtaken, several roots, parts of a folder.
@Suite struct ScanMeetingTests {
  static let files: [String: [UInt8]] = {
    var texts = [
      "a/t.sql": "CREATE TABLE dw.t (id int, code int);", "a/s.sql": "CREATE TABLE dw.s (id int, code int);",
      "a/p.sql": "CREATE PROCEDURE dw.p AS BEGIN INSERT INTO dw.t (id) SELECT s.id FROM dw.s s; END;",
      "b/u.sql": "CREATE TABLE lnd.u (id int, code int);",
      "b/q.sql": "CREATE PROCEDURE lnd.q AS BEGIN UPDATE lnd.u SET code = id; END;",
    ]
    for index in 0..<20 { texts["b/inert\(index).sql"] = "SELECT \(index);" }
    return texts.mapValues { Array($0.utf8) }
  }()

  let scans: ScannedFolder

  init() throws {
    scans = try ScannedFolder("tsql")
    try scans.write(Self.files, version: 0)
  }

  func part(_ name: String) -> String { scans.scripts + "/" + name }

  func changed(_ name: String, _ text: String) -> [String: [UInt8]] {
    var files = Self.files
    files[name] = Array(text.utf8)
    return files
  }

  /// Two scans computed from the same state: the later one computes everything anew.
  @Test func overtaken() async throws {
    defer { scans.remove() }
    _ = try scans.scan()
    for round in 1...8 {
      let body = round % 2 == 0 ? "s.code" : "s.id"
      try scans.write(changed("a/p.sql", "CREATE PROCEDURE dw.p AS BEGIN INSERT INTO dw.t (id) SELECT \(body) + \(round) FROM dw.s s; END;"), version: round)
      let scans = scans
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<2 { group.addTask { _ = try scans.scan() } }
        try await group.waitForAll()
      }
      let held = try scans.contents()
      let expected = try scans.fresh().contents()
      #expect(held == expected, "\(ScannedFolder.difference(held, expected))")
    }
    #expect(try scans.registry.verify().isEmpty)
  }

  /// A result that was computed from an older state is refused.
  @Test func stale() throws {
    defer { scans.remove() }
    _ = try scans.scan()
    var result = ScanResult(
      namespace: Namespace(name: "w", dialect: .tsql, caseInsensitive: true), roots: [scans.scripts], scope: .files([]), assets: [])
    result.basis = 0
    do {
      _ = try scans.registry.apply(result, by: ScannedFolder.author("late"))
      Issue.record("a result of an older state was taken")
    } catch StoreError.stale {}
  }

  @Test func oneRootAfterTheOther() throws {
    defer { scans.remove() }
    _ = try scans.scan([part("a")])
    _ = try scans.scan([part("b")])
    let apart = try scans.contents()
    #expect(apart == (try scans.fresh().contents()))
    // what lies outside of what is scanned stays, changed or not, there or not
    var files = changed("b/q.sql", "CREATE PROCEDURE lnd.q AS BEGIN UPDATE lnd.u SET id = code; END;")
    files["a/s.sql"] = nil
    try scans.write(files, version: 1)
    let report = try scans.scan([part("b")])
    #expect(report.filesRead < report.files)
    let rows = try scans.contents()
    #expect(apart.filter { $0.contains("/a/") }.allSatisfy(rows.contains))
    #expect(rows.contains { $0.hasPrefix("asset [\"dw.s\"") })
    _ = try scans.scan([part("a"), part("b")])
    let held = try scans.contents()
    let expected = try scans.fresh().contents()
    #expect(held == expected, "\(ScannedFolder.difference(held, expected))")
  }

  @Test func partOfAFolder() throws {
    defer { scans.remove() }
    _ = try scans.scan()
    let before = try scans.contents()
    for full in [false, true] {
      #expect(try scans.scan([part("a")], full: full).summary.change == nil)
      #expect(try scans.scan([part("b/q.sql")], full: full).summary.change == nil)
      #expect(try scans.contents() == before)
    }
    // a file that nothing is in is not read again and again
    try scans.write(changed("b/inert3.sql", "SELECT 1; SELECT 2;"), version: 2)
    #expect(try scans.scan().summary.change == nil)
    #expect(try scans.scan().filesRead == 0)
  }

  /// Routines of one name, told apart by their parameters, are one routine with the texts of all.
  @Test func overloads() throws {
    defer { scans.remove() }
    let text = "CREATE PROCEDURE dw.p AS SELECT 1;\nGO\nCREATE PROCEDURE dw.p @x int AS BEGIN INSERT INTO dw.t (id) SELECT s.code FROM dw.s s; END;"
    try scans.write(changed("a/p.sql", text), version: 1)
    _ = try scans.scan()
    #expect(try scans.contents().filter { $0.hasPrefix("routine [\"dw.p\"") }.count == 1)
    #expect(try scans.contents().filter { $0.hasPrefix("edge") }.count == 2)
    #expect(try scans.scan(full: true).summary.change == nil)
  }

  /// A declared edge outlives the column that the scripts define.
  @Test func declaredOnWhatIsDropped() throws {
    defer { scans.remove() }
    _ = try scans.scan()
    try scans.declare("lnd.u.code", "dw.t.code")
    for text in ["CREATE TABLE lnd.u (id int);", "SELECT 0;", "CREATE TABLE lnd.u (id int, code int);"] {
      try scans.write(changed("b/u.sql", text), version: text.count)
      _ = try scans.scan()
      #expect(try scans.contents().contains { $0.hasPrefix("edge [\"lnd.u\",\"code\",\"dw.t\",\"code\"") }, "\(text)")
    }
  }

  /// What cannot be read stands in the ledger until its file is readable, or gone.
  @Test func unreadable() throws {
    defer { scans.remove() }
    _ = try scans.scan()
    var files = Self.files
    files["a/p.sql"] = [0, 1, 0, 0xFF]
    try scans.write(files, version: 1)
    _ = try scans.scan()
    #expect(try scans.contents().contains { $0.hasPrefix("unresolved") })
    files["a/p.sql"] = nil
    try scans.write(files, version: 2)
    _ = try scans.scan()
    #expect(try scans.contents() == (try scans.fresh().contents()))
    #expect(!(try scans.contents().contains { $0.hasPrefix("unresolved") }))
  }
}
