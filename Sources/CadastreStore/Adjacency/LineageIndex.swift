public import CadastreModel
internal import GRDB
internal import GRDBSQLite

/// A column that a walk has reached.
public struct ReachedColumn: Sendable, Hashable {
  /// Identity of the column in its registry.
  public var id: Int64
  /// Hops from where the walk began, 1-based; through the rows of an asset counts as one.
  public var depth: Int32
}

/// The arcs of a registry's lineage in one direction, held in memory, for many questions. As of one moment.
public struct LineageIndex: Sendable {
  private var blocks: [Int64: AdjacencyBlock] = [:]
  private var ended: [Int32: [AdjacencyBlock.Arc]] = [:]
  /// Arcs that began later are not there; `nil` for now.
  private var latest: Int32?

  /// Everything that can be reached from some columns, nearest first, in order of identity within a depth. Never cut.
  ///
  /// - Parameters:
  ///   - depth: most hops; `nil` for all.
  public func reached(from starts: [Int64], kinds: Set<EdgeKind> = [.direct, .indirect], depth: Int? = nil) -> [ReachedColumn] {
    var walk = Walk(kinds: kinds, latest: latest)
    return walk.run(starts, depth) { blocks[$0] ?? AdjacencyBlock() } ended: { ended[$0] ?? [] }
  }

  /// Reads every block of a direction.
  init(_ db: Database, _ direction: LineageDirection, _ moment: Int64?) throws {
    let statement = try db.makeStatement(sql: "SELECT id / 2, data FROM main.adjacency WHERE id & 1 = \(direction == .downstream ? 0 : 1) ORDER BY id")
    let handle = statement.sqliteStatement
    while try steps(handle) { blocks[sqlite3_column_int64(handle, 0)] = try AdjacencyBlock.decoded(handle, 1) }
    sqlite3_reset(handle)
    guard let moment else { return }
    latest = Int32(truncatingIfNeeded: moment)
    ended = try LineageIndex.ended(db, direction, moment)
  }

  /// Arcs that held at a moment by evidence that has ended since.
  static func ended(_ db: Database, _ direction: LineageDirection, _ moment: Int64) throws -> [Int32: [AdjacencyBlock.Arc]] {
    var result: [Int32: [AdjacencyBlock.Arc]] = [:]
    let statement = try db.makeStatement(sql: "SELECT data FROM main.adjacency_ended WHERE change_id > \(moment) ORDER BY change_id")
    let handle = statement.sqliteStatement
    defer { sqlite3_reset(handle) }
    while try steps(handle) {
      guard let start = sqlite3_column_blob(handle, 0) else { continue }
      var reader = NumberReader(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, 0))))
      do {
        while !reader.isAtEnd {
          let (first, other, since) = (try reader.next(), try reader.next(), try reader.next())
          guard first <= UInt64(Int32.max), other >> 1 <= UInt64(Int32.max) else { throw NumberReader.Broken() }
          let source = Int32(truncatingIfNeeded: first)
          guard since <= UInt64(max(0, moment)) else { continue }
          let target = Int32(truncatingIfNeeded: other >> 1)
          let (from, to) = direction == .downstream ? (source, target) : (target, source)
          result[from, default: []].append(AdjacencyBlock.Arc(node: to, isIndirect: other & 1 == 1, since: Int32(truncatingIfNeeded: since)))
        }
      } catch {
        throw StoreError.corrupt(path: "", reason: "the lineage index's past is broken; 'cadastre verify' says more")
      }
    }
    return result
  }

  /// A breadth-first walk.
  struct Walk {
    let kinds: Set<EdgeKind>
    let latest: Int32?
    private var seen: [UInt64] = []
    /// Arcs that lead on from the last columns of a walk that was cut.
    private(set) var beyond = 0

    init(kinds: Set<EdgeKind>, latest: Int32?) {
      self.kinds = kinds
      self.latest = latest
    }

    private mutating func isNew(_ node: Int32) -> Bool {
      let word = Int(node) >> 6
      if word >= seen.count { seen.append(contentsOf: [UInt64](repeating: 0, count: max(word + 1 - seen.count, seen.count))) }
      let bit: UInt64 = 1 << UInt64(node & 63)
      guard seen[word] & bit == 0 else { return false }
      seen[word] |= bit
      return true
    }

    mutating func run(
      _ starts: [Int64], _ depth: Int?, block: (Int64) throws -> AdjacencyBlock, ended: (Int32) -> [AdjacencyBlock.Arc]
    ) rethrows -> [ReachedColumn] {
      let (direct, indirect) = (kinds.contains(.direct), kinds.contains(.indirect))
      let limit = latest ?? .max
      let past = latest != nil
      var frontier = starts.map(LineageNode.column)
      for node in frontier { _ = isNew(node) }
      var result: [ReachedColumn] = []
      var level: Int32 = 0
      while !frontier.isEmpty, depth.map({ Int(level) < $0 }) ?? true {
        level += 1
        var next: [Int32] = []
        // nodes in order: those of one block come one after the other
        frontier.sort()
        var lists: [Int32] = []
        func visit(_ nodes: [Int32], _ walk: inout Walk) throws {
          var number: Int64 = -1
          var current = AdjacencyBlock()
          for node in nodes {
            let own = Int64(node) / Int64(AdjacencyBlock.size)
            if own != number {
              number = own
              current = try block(own)
            }
            for index in current.range(Int(node) % AdjacencyBlock.size) {
              let arc = current.arcs[index]
              guard arc.since <= limit, arc.isIndirect ? indirect : direct || arc.since == 0, walk.isNew(arc.node) else { continue }
              if LineageNode.isList(arc.node) { lists.append(arc.node) } else { next.append(arc.node) }
            }
            guard past else { continue }
            for arc in ended(node) where arc.isIndirect ? indirect : direct {
              guard walk.isNew(arc.node) else { continue }
              if LineageNode.isList(arc.node) { lists.append(arc.node) } else { next.append(arc.node) }
            }
          }
        }
        try visit(frontier, &self)
        // rows are no hop of their own
        let through = lists.sorted()
        lists = []
        try visit(through, &self)
        next.sort()
        for node in next { result.append(ReachedColumn(id: LineageNode.id(node), depth: level)) }
        frontier = next
      }
      for node in frontier {
        let current = try block(Int64(node) / Int64(AdjacencyBlock.size))
        for index in current.range(Int(node) % AdjacencyBlock.size) {
          let arc = current.arcs[index]
          if arc.since <= limit, arc.isIndirect ? indirect : direct || arc.since == 0 { beyond += 1 }
        }
        if past { beyond += ended(node).count { $0.isIndirect ? indirect : direct } }
      }
      return result
    }
  }
}

extension Registry {
  /// The arcs of one direction, read once for many questions.
  public func lineageIndex(_ direction: LineageDirection) throws(StoreError) -> LineageIndex {
    try read { db in try LineageIndex(db, direction, try moment.map { try Snapshot.change(of: $0, db) }) }
  }

  /// Every column that a column, or an asset's columns, reaches, nearest first; only the blocks on the way are read. Never cut.
  ///
  /// - Parameter depth: most hops; `nil` for all.
  public func reached(
    _ direction: LineageDirection, from reference: ColumnReference, namespace: String? = nil, kinds: Set<EdgeKind> = [.direct, .indirect], depth: Int? = nil
  ) throws(StoreError) -> [ReachedColumn] {
    try walk(direction, from: reference, namespace: namespace, kinds: kinds, depth: depth).columns
  }

  /// How many arcs lead on from the columns that lie so many hops away.
  public func beyond(
    _ depth: Int, _ direction: LineageDirection, from reference: ColumnReference, namespace: String? = nil, kinds: Set<EdgeKind>
  ) throws(StoreError) -> Int {
    try walk(direction, from: reference, namespace: namespace, kinds: kinds, depth: depth).beyond
  }

  private func walk(
    _ direction: LineageDirection, from reference: ColumnReference, namespace: String?, kinds: Set<EdgeKind>, depth: Int?
  ) throws(StoreError) -> (columns: [ReachedColumn], beyond: Int) {
    try read { db in
      let starts = try LineageWalk(db: db, direction: direction, kinds: kinds).columns(of: reference, namespace)
      let change = try moment.map { try Snapshot.change(of: $0, db) }
      let ended = try change.map { try LineageIndex.ended(db, direction, $0) } ?? [:]
      var walk = LineageIndex.Walk(kinds: kinds, latest: change.map { Int32(truncatingIfNeeded: $0) })
      var known: [Int64: AdjacencyBlock] = [:]
      let columns = try walk.run(starts, depth) { number in
        if let block = known[number] { return block }
        let block = try AdjacencyBlock.read(2 * number + (direction == .downstream ? 0 : 1), db)
        known[number] = block
        return block
      } ended: { ended[$0] ?? [] }
      return (columns, walk.beyond)
    }
  }

  /// The identities of a column, or of an asset's columns: where a walk over a `LineageIndex` begins.
  public func ids(of reference: ColumnReference, namespace: String? = nil) throws(StoreError) -> [Int64] {
    try read { db in try LineageWalk(db: db, direction: .downstream, kinds: []).columns(of: reference, namespace) }
  }

  /// Columns by what they are called, or last were, in the order given; `nil` for one that never had a name.
  public func names(of columns: [ReachedColumn]) throws(StoreError) -> [(namespace: String, asset: String, column: String)?] {
    try read { db in
      var assets: [Int64: (String, String)] = [:]
      let naming = try db.makeStatement(
        sql: """
          SELECT n.name, v.name FROM asset a JOIN namespace n ON n.id = a.namespace_id JOIN asset_version v ON v.asset_id = a.id
           WHERE a.id = ? ORDER BY v.id DESC LIMIT 1
          """)
      func asset(_ id: Int64) throws -> (String, String)? {
        if let known = assets[id] { return known }
        assets[id] = try Row.fetchOne(naming, arguments: [id]).map { ($0[0], $0[1]) }
        return assets[id]
      }
      let statement = try db.makeStatement(
        sql: "SELECT k.asset_id, w.name FROM asset_column k JOIN asset_column_version w ON w.column_id = k.id AND w.ended_change_id IS NULL WHERE k.id = ?")
      let last = try db.makeStatement(
        sql: "SELECT k.asset_id, w.name FROM asset_column k JOIN asset_column_version w ON w.column_id = k.id WHERE k.id = ? ORDER BY w.id DESC LIMIT 1")
      func found(_ handle: OpaquePointer, _ id: Int64) throws -> (String, String, String)? {
        sqlite3_reset(handle)
        sqlite3_bind_int64(handle, 1, id)
        guard try steps(handle), let asset = try asset(sqlite3_column_int64(handle, 0)), let name = sqlite3_column_text(handle, 1) else { return nil }
        return (asset.0, asset.1, String(cString: name))
      }
      // in order of identity: rows that lie together are read together
      var names = [(namespace: String, asset: String, column: String)?](repeating: nil, count: columns.count)
      for place in columns.indices.sorted(by: { columns[$0].id < columns[$1].id }) {
        names[place] = try found(statement.sqliteStatement, columns[place].id) ?? found(last.sqliteStatement, columns[place].id)
      }
      return names
    }
  }
}
