internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// Brings the arcs to what the evidence says, within the transaction that changes it.
struct AdjacencyWriter {
  /// From what share of all evidence on everything is written anew, and how much that is at least.
  private static let rebuilt = (share: 0.1, rows: 50_000)

  private let db: Database
  private var lists: RowLists
  /// The arcs of nodes that are to be written, by node: downstream, upstream.
  private var fresh: ([Int32: [AdjacencyBlock.Arc]], [Int32: [AdjacencyBlock.Arc]]) = ([:], [:])

  init(_ db: Database) throws {
    self.db = db
    lists = RowLists(db)
  }

  /// Takes in what a change has begun and ended.
  static func update(_ db: Database, change: Int64) throws {
    let last = try Int64.fetchOne(db, sql: "SELECT last_evidence FROM adjacency_state") ?? 0
    let newest = try Int64.fetchOne(db, sql: "SELECT max(id) FROM edge_evidence") ?? 0
    let ended = try Int64.fetchAll(db, sql: "SELECT id FROM edge_evidence WHERE ended_change_id = ? ORDER BY id", arguments: [change])
    guard newest > last || !ended.isEmpty else { return }
    var writer = try AdjacencyWriter(db)
    try writer.noteEnded(ended, change)
    let touched = Int(newest - last) + ended.count
    if touched >= rebuilt.rows, Double(touched) >= rebuilt.share * Double(newest) {
      try writer.rebuild()
    } else {
      try writer.renew(after: last, ended)
    }
    try db.execute(sql: "UPDATE adjacency_state SET last_evidence = ?", arguments: [newest])
  }

  // MARK: ended

  private mutating func noteEnded(_ ids: [Int64], _ change: Int64) throws {
    guard !ids.isEmpty else { return }
    try db.execute(sql: "INSERT OR REPLACE INTO adjacency_ended VALUES (?, ?)", arguments: [change, Data(try ended(ids))])
  }

  private mutating func ended(_ ids: [Int64]) throws -> [UInt8] {
    var writer = NumberWriter()
    let statement = try db.makeStatement(sql: AdjacencyWriter.select + " WHERE x.id = ?")
    for id in ids {
      guard let row = try Row.fetchOne(statement, arguments: [id]), let arc = try arc(row) else { continue }
      writer.add(UInt64(arc.source))
      writer.add(UInt64(arc.target) << 1 | (arc.isIndirect ? 1 : 0))
      writer.add(UInt64(arc.since))
    }
    return writer.bytes
  }

  // MARK: a few

  private static let select = """
    SELECT e.source_column_id, e.target_asset_id, e.target_column_id, e.kind = 'indirect', x.columns_id, x.began_change_id
      FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id
    """

  private struct EdgeArc {
    var source: Int32
    var target: Int32
    var isIndirect: Bool
    var since: Int32
  }

  /// `nil` for an edge to rows of which no column is known.
  private mutating func arc(_ row: Row) throws -> EdgeArc? {
    let target: Int32
    if let column = row[2] as Int64? {
      target = LineageNode.column(column)
    } else if let columns = row[4] as Int64? {
      target = LineageNode.list(try lists.id(asset: row[1], columns: columns))
    } else {
      return nil
    }
    return EdgeArc(source: LineageNode.column(row[0]), target: target, isIndirect: row[3], since: Int32(truncatingIfNeeded: row[5] as Int64))
  }

  private mutating func renew(after last: Int64, _ ended: [Int64]) throws {
    var sources: Set<Int32> = []
    var targets: Set<Int32> = []
    let begun = try Row.fetchAll(db, sql: AdjacencyWriter.select + " WHERE x.id > ?", arguments: [last])
    let one = try db.makeStatement(sql: AdjacencyWriter.select + " WHERE x.id = ?")
    for row in try begun + ended.compactMap({ try Row.fetchOne(one, arguments: [$0]) }) {
      guard let arc = try arc(row) else { continue }
      sources.insert(arc.source)
      targets.insert(arc.target)
    }
    let current = " AND x.ended_change_id IS NULL"
    let bySource = try db.makeStatement(sql: AdjacencyWriter.select + current + " WHERE e.source_column_id = ?")
    let byTarget = try db.makeStatement(sql: AdjacencyWriter.select + current + " WHERE e.target_asset_id = (SELECT asset_id FROM asset_column WHERE id = ?1) AND e.target_column_id = ?1")
    let byList = try db.makeStatement(
      sql: AdjacencyWriter.select + current + " JOIN row_list l ON l.asset_id = e.target_asset_id AND l.columns_id = x.columns_id WHERE e.target_column_id IS NULL AND l.id = ?")
    for source in sources {
      fresh.0[source] = try Row.fetchAll(bySource, arguments: [LineageNode.id(source)]).compactMap { try arc($0) }.map {
        AdjacencyBlock.Arc(node: $0.target, isIndirect: $0.isIndirect, since: $0.since)
      }
    }
    for target in targets {
      let statement = LineageNode.isList(target) ? byList : byTarget
      fresh.1[target] = try Row.fetchAll(statement, arguments: [LineageNode.id(target)]).compactMap { try arc($0) }.map {
        AdjacencyBlock.Arc(node: $0.source, isIndirect: $0.isIndirect, since: $0.since)
      }
    }
    // what a new list consists of
    var members: [Int32: [AdjacencyBlock.Arc]] = [:]
    for (list, columns) in lists.made {
      fresh.0[LineageNode.list(list)] = columns.map { AdjacencyBlock.Arc(node: LineageNode.column($0), isIndirect: false, since: 0) }
      for column in columns { members[LineageNode.column(column), default: []].append(AdjacencyBlock.Arc(node: LineageNode.list(list), isIndirect: false, since: 0)) }
    }
    try write(fresh.0, direction: 0) { $1 }
    let own = fresh.1
    let nodes = Set(own.keys).union(members.keys)
    try write(Dictionary(nodes.map { ($0, own[$0] ?? []) }) { first, _ in first }, direction: 1) { node, arcs in
      // of which lists a column is stays; whether it has evidence of its own is asked anew only where some of it was touched
      let kept = arcs.old.filter { LineageNode.isList($0.node) || own[node] == nil }
      return (old: arcs.old, new: arcs.new + kept + (members[node] ?? []))
    }
  }

  private func write(
    _ nodes: [Int32: [AdjacencyBlock.Arc]], direction: Int64,
    _ merge: (Int32, (old: [AdjacencyBlock.Arc], new: [AdjacencyBlock.Arc])) -> (old: [AdjacencyBlock.Arc], new: [AdjacencyBlock.Arc])
  ) throws {
    let byBlock = Dictionary(grouping: nodes.keys) { Int64($0) / Int64(AdjacencyBlock.size) }
    for (number, own) in byBlock.sorted(by: { $0.key < $1.key }) {
      let id = 2 * number + direction
      let old = try AdjacencyBlock.read(id, db)
      var lists = (0..<AdjacencyBlock.size).map { Array(old.arcs[old.range($0)]) }
      for node in own {
        let place = Int(node) % AdjacencyBlock.size
        lists[place] = merge(node, (old: lists[place], new: nodes[node] ?? [])).new
      }
      try AdjacencyBlock(lists).write(id, db)
    }
  }

  // MARK: everything

  /// Reads all evidence that holds and writes every block.
  mutating func rebuild() throws {
    try db.execute(sql: "DELETE FROM adjacency")
    for (direction, blocks) in zip([Int64(0), 1], try everything()) {
      for (number, block) in blocks { try block.write(2 * number + direction, db) }
    }
  }

  /// Every block as the tables have it: downstream, upstream.
  mutating func everything() throws -> [[(Int64, AdjacencyBlock)]] {
    var arcs: [EdgeArc] = []
    let statement = try db.makeStatement(sql: AdjacencyWriter.select + " WHERE x.ended_change_id IS NULL ORDER BY x.id")
    let handle = statement.sqliteStatement
    sqlite3_reset(handle)
    while try steps(handle) {
      let target: Int32
      if sqlite3_column_type(handle, 2) != SQLITE_NULL {
        target = LineageNode.column(sqlite3_column_int64(handle, 2))
      } else if sqlite3_column_type(handle, 4) != SQLITE_NULL {
        target = LineageNode.list(try lists.id(asset: sqlite3_column_int64(handle, 1), columns: sqlite3_column_int64(handle, 4)))
      } else {
        continue
      }
      arcs.append(
        EdgeArc(
          source: LineageNode.column(sqlite3_column_int64(handle, 0)), target: target, isIndirect: sqlite3_column_int64(handle, 3) != 0,
          since: Int32(truncatingIfNeeded: sqlite3_column_int64(handle, 5))))
    }
    sqlite3_reset(handle)
    for (list, columns) in try lists.all() {
      for column in columns { arcs.append(EdgeArc(source: LineageNode.list(list), target: LineageNode.column(column), isIndirect: false, since: 0)) }
    }
    return [AdjacencyWriter.blocks(arcs) { ($0.source, $0.target) }, AdjacencyWriter.blocks(arcs) { ($0.target, $0.source) }]
  }

  private static func blocks(_ arcs: [EdgeArc], _ ends: (EdgeArc) -> (from: Int32, to: Int32)) -> [(Int64, AdjacencyBlock)] {
    var byBlock: [Int64: [Int32]] = [:]
    for (index, arc) in arcs.enumerated() { byBlock[Int64(ends(arc).from) / Int64(AdjacencyBlock.size), default: []].append(Int32(index)) }
    return byBlock.sorted { $0.key < $1.key }.map { number, indexes in
      var lists = [[AdjacencyBlock.Arc]](repeating: [], count: AdjacencyBlock.size)
      for index in indexes {
        let arc = arcs[Int(index)]
        let (from, to) = ends(arc)
        lists[Int(from) % AdjacencyBlock.size].append(AdjacencyBlock.Arc(node: to, isIndirect: arc.isIndirect, since: arc.since))
      }
      return (number, AdjacencyBlock(lists))
    }
  }
}

extension AdjacencyWriter {
  /// Where the blocks in the file are not what the tables give.
  static func disagreements(_ db: Database) throws -> [String] {
    let newest = try Int64.fetchOne(db, sql: "SELECT max(id) FROM edge_evidence") ?? 0
    if try Int64.fetchOne(db, sql: "SELECT last_evidence FROM adjacency_state") != newest { return ["lineage index: it does not hold the last edges"] }
    let lost = try Int.fetchOne(
      db,
      sql: """
        SELECT count(*) FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id
         WHERE e.target_column_id IS NULL AND x.columns_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM row_list l WHERE l.asset_id = e.target_asset_id AND l.columns_id = x.columns_id)
        """) ?? 0
    guard lost == 0 else { return ["lineage index: it lacks the rows that \(lost) edges lead to"] }
    var writer = try AdjacencyWriter(db)
    var count = 0
    var there: Set<Int64> = []
    for (direction, blocks) in zip([Int64(0), 1], try writer.everything()) {
      for (number, block) in blocks {
        there.insert(2 * number + direction)
        let data = try Data.fetchOne(db, sql: "SELECT data FROM adjacency WHERE id = ?", arguments: [2 * number + direction]) ?? Data()
        if data != Data(block.bytes) { count += 1 }
      }
    }
    count += try Int64.fetchAll(db, sql: "SELECT id FROM adjacency").count { !there.contains($0) }
    var findings = count == 0 ? [] : ["lineage index: \(count) of \(there.count) blocks are not what the edges say"]
    let past = try Int64.fetchSet(db, sql: "SELECT change_id FROM adjacency_ended")
    for change in try past.union(Int64.fetchSet(db, sql: "SELECT DISTINCT ended_change_id FROM edge_evidence WHERE ended_change_id IS NOT NULL")).sorted() {
      let ids = try Int64.fetchAll(db, sql: "SELECT id FROM edge_evidence WHERE ended_change_id = ? ORDER BY id", arguments: [change])
      let data = try Data.fetchOne(db, sql: "SELECT data FROM adjacency_ended WHERE change_id = ?", arguments: [change]) ?? Data()
      if data != Data(try writer.ended(ids)) { findings.append("lineage index: the edges that change \(change) ended are not those that it holds") }
    }
    return findings
  }
}

/// Whether a statement has another row; fails where its rows cannot be read to the last.
func steps(_ handle: OpaquePointer) throws -> Bool {
  let code = sqlite3_step(handle)
  if code == SQLITE_ROW { return true }
  guard code != SQLITE_DONE else { return false }
  throw DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
}

/// Numbers of nodes: columns are even, row lists odd.
enum LineageNode {
  @inline(__always) static func column(_ id: Int64) -> Int32 { Int32(truncatingIfNeeded: 2 * id) }
  @inline(__always) static func list(_ id: Int64) -> Int32 { Int32(truncatingIfNeeded: 2 * id + 1) }
  @inline(__always) static func isList(_ node: Int32) -> Bool { node & 1 == 1 }
  @inline(__always) static func id(_ node: Int32) -> Int64 { Int64(node) / 2 }
}

/// Which columns of an asset a statement writes, as nodes.
private struct RowLists {
  private struct Key: Hashable {
    var asset: Int64
    var columns: Int64
  }

  private let db: Database
  private var known: [Key: Int64] = [:]
  private var columnsOfLists: [Int64: [Int64]] = [:]
  /// Columns of an asset by their names as they are compared.
  private var columnsOfAssets: [Int64: [String: Int64]] = [:]
  private var insensitive: [Int64: Bool] = [:]
  /// Those made here, with their columns.
  private(set) var made: [(list: Int64, columns: [Int64])] = []

  init(_ db: Database) { self.db = db }

  mutating func id(asset: Int64, columns: Int64) throws -> Int64 {
    let key = Key(asset: asset, columns: columns)
    if let id = known[key] { return id }
    let held = try db.cachedStatement(sql: "SELECT id FROM row_list WHERE asset_id = ? AND columns_id = ?")
    if let id = try Int64.fetchOne(held, arguments: [asset, columns]) {
      known[key] = id
      return id
    }
    try db.cachedStatement(sql: "INSERT INTO row_list (asset_id, columns_id) VALUES (?, ?)").execute(arguments: [asset, columns])
    let id = db.lastInsertedRowID
    known[key] = id
    made.append((id, try members(id, asset, columns)))
    return id
  }

  private mutating func members(_ list: Int64, _ asset: Int64, _ columns: Int64) throws -> [Int64] {
    if let known = columnsOfLists[list] { return known }
    if columnsOfAssets[asset] == nil {
      let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT folded_name, id FROM asset_column WHERE asset_id = ?"), arguments: [asset])
      columnsOfAssets[asset] = Dictionary(rows.map { ($0[0] as String, $0[1] as Int64) }) { first, _ in first }
      insensitive[asset] = try Bool.fetchOne(
        db.cachedStatement(sql: "SELECT n.case_insensitive FROM asset a JOIN namespace n ON n.id = a.namespace_id WHERE a.id = ?"), arguments: [asset]) ?? false
    }
    let text = try String.fetchOne(db.cachedStatement(sql: "SELECT value FROM text_value WHERE id = ?"), arguments: [columns])
    let own = columnsOfAssets[asset] ?? [:]
    let folds = insensitive[asset] ?? false
    let found = try RowLists.names(text).compactMap { own[folds ? $0.lowercased() : $0] }
    columnsOfLists[list] = found
    return found
  }

  /// The names of a JSON array; most have nothing that is escaped.
  private static func names(_ json: String?) throws -> [String] {
    guard let json, json.utf8.count > 4, !json.utf8.contains(0x5C), json.hasPrefix("[\""), json.hasSuffix("\"]") else {
      return try AssetRows.decode([String].self, json) ?? []
    }
    var names: [String] = []
    for part in json.utf8.split(separator: 0x22, omittingEmptySubsequences: false).enumerated() where part.offset % 2 == 1 {
      names.append(String(Substring(part.element)))
    }
    return names
  }

  /// Every list with its columns.
  mutating func all() throws -> [(list: Int64, columns: [Int64])] {
    try Row.fetchAll(db, sql: "SELECT id, asset_id, columns_id FROM row_list ORDER BY id").map {
      ($0[0], try members($0[0], $0[1], $0[2]))
    }
  }
}

extension AdjacencyBlock {
  /// A block as it is in the file; an empty one where there is none.
  static func read(_ id: Int64, _ db: Database) throws -> AdjacencyBlock {
    let statement = try db.cachedStatement(sql: "SELECT data FROM adjacency WHERE id = ?")
    statement.arguments = [id]
    let handle = statement.sqliteStatement
    defer { sqlite3_reset(handle) }
    guard try steps(handle) else { return AdjacencyBlock() }
    return try decoded(handle, 0)
  }

  static func decoded(_ handle: OpaquePointer, _ column: Int32) throws -> AdjacencyBlock {
    guard let start = sqlite3_column_blob(handle, column) else { return AdjacencyBlock() }
    do {
      return try AdjacencyBlock(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    } catch {
      throw StoreError.corrupt(path: "", reason: "a block of the lineage index is broken; 'cadastre verify' says more")
    }
  }

  func write(_ id: Int64, _ db: Database) throws {
    if arcs.isEmpty { return try db.cachedStatement(sql: "DELETE FROM adjacency WHERE id = ?").execute(arguments: [id]) }
    try db.cachedStatement(sql: "INSERT OR REPLACE INTO adjacency VALUES (?, ?)").execute(arguments: [id, Data(bytes)])
  }
}
