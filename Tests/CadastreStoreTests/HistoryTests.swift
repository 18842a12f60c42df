@testable import CadastreStore
import CadastreModel
import Foundation
import GoldenSupport
import Testing

/// What the log of changes says and what a registry shows of a moment are one thing.
@Suite struct HistoryTests {
  /// 10,000 histories with CADASTRE_FULL, else a sample; CADASTRE_HISTORIES=FROM-TO picks them.
  static let seeds: ClosedRange<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    if let parts = environment["CADASTRE_HISTORIES"]?.split(separator: "-").compactMap({ UInt64($0) }), parts.count == 2 { return parts[0]...parts[1] }
    return environment["CADASTRE_FULL"] == nil ? 1...20 : 1...10_000
  }()

  @Test func replayingTheLogGivesWhatStoodThen() throws {
    // a folder in memory, where there is one: the histories are many and short
    let root = FileManager.default.isWritableFile(atPath: "/dev/shm") ? URL(filePath: "/dev/shm") : FileManager.default.temporaryDirectory
    let folder = root.appending(path: "cadastre-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for seed in HistoryTests.seeds {
      let path = folder.appending(path: "\(seed).db").path
      var history = try RandomHistory(seed: seed, path: path)
      try history.run()
      for change in [history.pick(), history.pick(), history.last] {
        let (log, shown) = (try history.replayed(to: change), try history.shown(at: change))
        let keys = Set(log.keys).union(shown.keys).filter { log[$0] != shown[$0] }.sorted()
        #expect(keys.isEmpty, "seed \(seed), change \(change) of \(history.last): \(keys.map { "\($0): \(log[$0] ?? "-") in the log, \(shown[$0] ?? "-") shown" })")
        if log != shown { return }
        try history.compareReach(at: change)
      }
      if seed % 3 == 0 { #expect(try history.registry.verify().isEmpty, "seed \(seed)") }
      for suffix in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
  }

  @Test func revertGivesBackWhatWasAndNamesWhatStandsInTheWay() throws {
    var history = try RandomHistory(seed: 7, path: FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString).db").path)
    try history.scan()
    let first = try history.shown(at: history.last)
    try history.scan()
    try history.scan()
    guard case .changedSince(let things) = try history.registry.revert(2, by: history.author()) else {
      Issue.record("change 2 was reverted under change 3")
      return
    }
    #expect(things.contains { $0.hasSuffix("change 3") })
    guard case .reverted(4) = try history.registry.revert(3, by: history.author()), case .reverted(5) = try history.registry.revert(2, by: history.author())
    else {
      Issue.record("not reverted")
      return
    }
    var now = try history.shown(at: 5)
    var then = first
    // a text that holds again is a new version
    for key in now.keys where key.hasPrefix("routine ") { (now[key], then[key]) = (now[key]?.split(separator: ",").first.map(String.init), then[key]?.split(separator: ",").first.map(String.init)) }
    #expect(now == then)
    #expect(try history.registry.revert(99, by: history.author()) == .unknownChange)
    #expect(try history.registry.verify().isEmpty)
  }

  @Test func theFirstBrokenRowIsNamed() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString).db").path
    var history = try RandomHistory(seed: 3, path: path)
    for _ in 0..<4 { try history.scan() }
    #expect(try history.registry.chain().broken == nil)
    let free = "DROP TRIGGER change_entry_is_append_only_update; DROP TRIGGER change_entry_is_append_only_delete; DROP TRIGGER change_is_append_only_update; "
    func broken(_ sql: String) throws -> BrokenChange? {
      let copy = path + "-\(UUID().uuidString)"
      try FileManager.default.copyItem(atPath: path, toPath: copy)
      let result = Subprocess.run("/usr/bin/env", ["sqlite3", copy, free + sql])
      #expect(result.code == 0, "\(result.output)")
      return try Registry(path: copy).chain().broken
    }
    #expect(try broken("UPDATE change_entry SET subject = subject || 'x' WHERE change_id = 2 AND position = 3").map { [$0.change, Int64($0.entry ?? 0)] } == [2, 3])
    #expect(try broken("DELETE FROM change_entry WHERE change_id = 3 AND position = 2").map { [$0.change, Int64($0.entry ?? 0)] } == [3, 2])
    #expect(try broken("UPDATE change SET actor = 'bob' WHERE id = 4").map(\.change) == 4)
    #expect(try broken("UPDATE change_entry SET position = position + 1000 WHERE change_id = 1 AND position = 1") .map(\.change) == 1)
    #expect(try broken("PRAGMA foreign_keys = OFF; DROP TRIGGER change_is_append_only_delete; DELETE FROM change WHERE id = 2").map(\.change) == 2)
  }
}

/// Changes of every kind in a random order.
private struct RandomHistory {
  let registry: Registry
  private let namespace = Namespace(name: "w", dialect: .tsql, caseInsensitive: true)
  private var random: SplitMix64
  private var clock = 0
  private(set) var last: Int64 = 0

  init(seed: UInt64, path: String) throws {
    random = SplitMix64(seed: seed)
    registry = Registry(path: path)
    try registry.create()
  }

  mutating func run() throws {
    try scan()
    for _ in 0..<Int.random(in: 3...7, using: &random) {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5: try scan()
      case 5, 6: try declare()
      case 7: try retract()
      default: _ = try registry.revert(max(1, last - Int64.random(in: 0...1, using: &random)), by: author())
      }
      last = try registry.change(at: .change(.max))
    }
  }

  mutating func pick() -> Int64 { Int64.random(in: 0...max(0, last), using: &random) }

  mutating func author() -> ChangeAuthor {
    clock += 1
    return ChangeAuthor(actor: ["ann", "bob"][clock % 2], command: "test", reason: "r\(clock)", at: String(format: "2026-01-01T00:%02d:00.000000Z", clock), toolVersion: "t")
  }

  // MARK: changes

  mutating func scan() throws {
    var assets: [Asset] = []
    var routines: [Routine] = []
    var units: [ScanUnit] = []
    var names = EdgeNames()
    for number in 0..<4 where Int.random(in: 0..<5, using: &random) > 0 {
      let name = ObjectName(["dbo", "t\(number)"])
      let columns = (0..<5).filter { _ in Bool.random(using: &random) }.enumerated().map { place, column in
        Column(name: "c\(column)", ordinal: place + 1, nativeType: ["int", "bigint"].randomElement(using: &random), nullable: Bool.random(using: &random))
      }
      let key = columns.first.map { [Constraint(kind: .primaryKey, name: "pk\(Int.random(in: 0..<2, using: &random))", columns: [KeyColumn($0.name)])] } ?? []
      assets.append(
        Asset(
          name: name, kind: .table, owner: [nil, "ann", "bob"].randomElement(using: &random) ?? nil, columns: columns, constraints: key, dialect: .tsql,
          definedAt: SourceSpan(file: "code/t\(number).sql", line: 1, start: 0, end: 9)))
    }
    for number in 0..<3 where Int.random(in: 0..<4, using: &random) > 0 {
      let name = ObjectName(["dbo", "p\(number)"])
      let span = SourceSpan(file: "code/p\(number).sql", line: 1, start: 0, end: 9)
      routines.append(Routine(name: name, kind: .procedure, dialect: .tsql, source: "body \(Int.random(in: 0..<4, using: &random))", definedAt: span))
      names.owners.append(EdgeNames.Owner(routine: name, file: span.file))
      var edges: [NumberedEdge] = []
      for _ in 0..<Int.random(in: 0..<4, using: &random) {
        let ends = (0..<2).map { _ in
          ColumnReference(asset: ObjectName(["dbo", "t\(Int.random(in: 0..<4, using: &random))"]), column: "c\(Int.random(in: 0..<5, using: &random))")
        }
        names.columns += ends
        names.expressions.append("e\(Int.random(in: 0..<3, using: &random))")
        edges.append(
          NumberedEdge(
            source: Int32(names.columns.count - 2), target: Int32(names.columns.count - 1), owner: Int32(names.owners.count - 1), line: 1, statement: 1,
            expression: Int32(names.expressions.count - 1), columns: 0, subtype: .identity, origin: .parsed, candidates: 1))
      }
      units.append(ScanUnit(routine: name, file: span.file, edges: edges))
    }
    _ = try registry.apply(ScanResult(namespace: namespace, roots: ["code"], assets: assets, routines: routines, names: names, units: units), by: author())
    last = try registry.change(at: .change(.max))
  }

  private mutating func place() throws -> LineagePlace? {
    let assets = try registry.assets()
    guard let asset = assets.randomElement(using: &random), let column = asset.columns.randomElement(using: &random) else { return nil }
    return LineagePlace(namespace: "w", reference: ColumnReference(asset: asset.name, column: column.name))
  }

  private mutating func declare() throws {
    guard let source = try place(), let target = try place(), source != target else { return }
    _ = try registry.declare(Declaration(source: source, target: target, subtype: .transformation, expression: "x\(Int.random(in: 0..<2, using: &random))"), by: author())
  }

  private mutating func retract() throws {
    let declared = try registry.edges(origin: .declared)
    guard let edge = declared.randomElement(using: &random) else { return }
    _ = try registry.retract(source: edge.source, target: edge.target, by: author())
  }

  // MARK: both accounts of a moment

  /// By the log: each thing's last state, and how many edges of code hold.
  func replayed(to change: Int64) throws -> [String: String] {
    var state: [String: String] = [:]
    var edges = 0
    for entry in try registry.entries(after: 0, through: change) {
      switch entry.kind {
      case "edges": edges += HistoryTests.count(entry.after) - HistoryTests.count(entry.before)
      case "asset", "column", "keys": state["\(entry.kind) \(entry.subject)"] = entry.after
      case "edge": state["edge \(entry.subject)"] = entry.after == nil ? nil : "declared"
      case "routine":
        let fields = try entry.after.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:] }
        state["routine \(entry.subject)"] = fields.map { "\($0["hash"] ?? ""),\($0["version"] ?? "")" }
      default: continue
      }
    }
    state["edges"] = String(edges)
    return state
  }

  /// By the tables as they stood.
  func shown(at change: Int64) throws -> [String: String] {
    let then = registry.at(.change(change))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
    struct Parts: Encodable {
      var constraints: [Constraint]
      var indexes: [Index]
    }
    var state: [String: String] = [:]
    for asset in try then.assets() {
      let name = asset.name.rendered
      state["asset \(name)"] = try json(AssetRows.bare(asset))
      for column in asset.columns { state["column \(asset.name.rendered(column: column.name))"] = try json(column) }
      if !asset.constraints.isEmpty || !asset.indexes.isEmpty { state["keys \(name)"] = try json(Parts(constraints: asset.constraints, indexes: asset.indexes)) }
    }
    for edge in try then.edges(origin: .declared) { state["edge \(edge.source.reference.rendered) -> \(edge.target.reference.rendered)"] = "declared" }
    for name in ["dbo.p0", "dbo.p1", "dbo.p2"] {
      if let version = try then.routineVersions(name).last(where: { $0.ended == nil }) { state["routine \(name)"] = "\(version.hash),\(version.version)" }
    }
    state["edges"] = String(try then.edges(origin: .parsed).count)
    return state
  }
}

extension RandomHistory {
  /// The index of arcs reaches what a walk over the tables reaches.
  func compareReach(at change: Int64) throws {
    let then = registry.at(.change(change))
    for asset in try then.assets().prefix(2) {
      for column in asset.columns.prefix(2) {
        let start = ColumnReference(asset: asset.name, column: column.name)
        for direction in [LineageDirection.downstream, .upstream] {
          let own = try then.edges(origin: .parsed) + then.edges(origin: .declared)
          var walked: Set<String> = []
          var todo = [start.rendered]
          while let next = todo.popLast() {
            for edge in own {
              let (from, to) = direction == .downstream ? (edge.source, edge.target) : (edge.target, edge.source)
              if from.reference.rendered == next, walked.insert(to.reference.rendered).inserted { todo.append(to.reference.rendered) }
            }
          }
          walked.remove(start.rendered)
          let reached = try then.reached(direction, from: start)
          let names = Set(try then.names(of: reached).compactMap { $0.map { $0.asset + "." + $0.column } })
          #expect(names == walked, "\(registry.path), change \(change), \(direction) of \(start.rendered)")
          if then.moment == nil || change == last {
            let all = try registry.lineageIndex(direction)
            #expect(all.reached(from: try registry.ids(of: start)) == (try registry.reached(direction, from: start)))
          }
        }
      }
    }
  }
}

extension HistoryTests {
  /// The number in `{"begun":3}` or `{"ended":3}`.
  fileprivate static func count(_ json: String?) -> Int { json.flatMap { Int($0.filter(\.isNumber)) } ?? 0 }
}

@Suite struct ColumnTextTests {
  /// A column's JSON in the log is what the encoder would write.
  @Test func sameAsTheEncoder() throws {
    let registry = Registry(path: FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString).db").path)
    try registry.create()
    var hostile = ""
    for code in 0...0x7F { hostile.unicodeScalars.append(Unicode.Scalar(UInt8(code))) }
    let columns = [
      Column(name: "a", ordinal: 1), Column(name: hostile, ordinal: 2, nativeType: "int", nullable: false, description: "é\u{2028}\"/\\ \u{1F600}"),
      Column(
        name: "c", ordinal: 3, type: .decimal(precision: 18, scale: 2), nativeType: "decimal(18,2)", defaultValue: DefaultValue(expression: "((0))", constraintName: "d"),
        computed: ComputedValue(expression: "a/b", stored: true), identity: Identity(), collation: "x", description: "", classification: .email),
    ]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let author = ChangeAuthor(actor: "a", command: "c", reason: "r", at: "2026-01-01T00:00:00.000000Z", toolVersion: "t")
    let written = try registry.write(author) { change in try columns.map { try change.json($0) } }.0
    #expect(written == (try columns.map { String(decoding: try encoder.encode($0), as: UTF8.self) }))
  }
}
