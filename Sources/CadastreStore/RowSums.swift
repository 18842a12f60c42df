internal import CadastreModel
internal import GRDB
internal import GRDBSQLite

/// Sums over the rows that a change begins and ends, by which `verify` knows them again.
struct RowSums {
  /// What one change did to one table.
  struct Sum: Equatable {
    var table: String
    /// The rows begun are those with an id above the first and up to the last.
    var after: Int64
    var last: Int64
    var begun: Int64
    var ended: Int64

    /// What the change's digest covers.
    var line: String { ["\u{2}", table, String(after), String(last), String(begun), String(ended)].joined(separator: "\u{1}") + "\n" }
  }

  private let db: Database
  /// The tables, and the last row of each before the change.
  private var before: [(table: String, last: Int64)] = []
  private let ended = EndedRows()

  /// Begins to watch; `nil` where the schema has no sums yet.
  init?(_ db: Database) throws {
    self.db = db
    guard try db.tableExists("change_sum") else { return nil }
    for table in try RowSums.tables(db) { before.append((table, try Int64.fetchOne(db, sql: "SELECT max(id) FROM \(table)") ?? 0)) }
    db.add(transactionObserver: ended, extent: .observerLifetime)
  }

  /// Tables whose rows stay as they are but for their end.
  private static func tables(_ db: Database) throws -> [String] {
    (try VersionedTable.all(db).map(\.name) + ["namespace", "asset", "asset_column", "routine", "column_edge", "text_value"]).sorted()
  }

  func stop() { db.remove(transactionObserver: ended) }

  /// Writes the sums of a change; answers them in the order of their tables.
  func finish(_ change: Int64) throws -> [Sum] {
    stop()
    var sums: [Sum] = []
    for (table, after) in before {
      var sum = Sum(table: table, after: after, last: after, begun: 0, ended: RowSums.ended(ended.ids[table] ?? []))
      try RowSums.each(db, table, after) { id, value, _ in
        sum.last = id
        sum.begun &+= value
      }
      guard sum.last > after || sum.ended != 0 else { continue }
      try db.execute(
        sql: "INSERT INTO change_sum (change_id, table_name, after_id, last_id, begun, ended) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [change, table, after, sum.last, sum.begun, sum.ended])
      sums.append(sum)
    }
    return sums
  }

  static func written(by change: Int64, _ db: Database) throws -> [Sum] {
    guard try db.tableExists("change_sum") else { return [] }
    return try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM change_sum WHERE change_id = ? ORDER BY table_name"), arguments: [change]).map(sum)
  }

  private static func sum(_ row: Row) -> Sum {
    Sum(table: row["table_name"], after: row["after_id"], last: row["last_id"], begun: row["begun"], ended: row["ended"])
  }

  // MARK: comparing

  /// The changes whose rows are not what was written.
  static func disagreements(_ db: Database) throws -> [String] {
    guard try db.tableExists("change_sum"), let first = try Int64.fetchOne(db, sql: "SELECT min(change_id) FROM change_sum") else { return [] }
    var findings: [String] = []
    for table in try tables(db) {
      let rows = try Row.fetchAll(db, sql: "SELECT * FROM change_sum WHERE table_name = ? ORDER BY change_id", arguments: [table])
      let wanted = rows.map { (change: $0["change_id"] as Int64, sum: sum($0)) }
      var begun = [Int64](repeating: 0, count: wanted.count)
      var ended: [Int64: Int64] = [:]
      var place = 0
      try each(db, table, 0) { id, value, end in
        while place < wanted.count, wanted[place].sum.last < id { place += 1 }
        if place < wanted.count, wanted[place].sum.after < id { begun[place] &+= value }
        if let end { ended[end, default: 0] &+= mixed(id) }
      }
      for (index, item) in wanted.enumerated() where begun[index] != item.sum.begun {
        findings.append("rows: what change \(item.change) began in \(table), rows \(item.sum.after + 1) to \(item.sum.last), is not what was written")
      }
      let known = Dictionary(wanted.map { ($0.change, $0.sum.ended) }) { first, _ in first }
      for change in Set(known.keys).union(ended.keys).sorted() where change >= first && known[change] ?? 0 != ended[change] ?? 0 {
        findings.append("rows: what change \(change) ended in \(table) is not what was written")
      }
    }
    return findings
  }

  // MARK: sums

  private static func ended(_ ids: [Int64]) -> Int64 { Set(ids).reduce(0) { $0 &+ mixed($1) } }

  private static func mixed(_ id: Int64) -> Int64 {
    var random = UInt64(bitPattern: id) &* 0x9E37_79B9_7F4A_7C15
    random = (random ^ (random >> 29)) &* 0xBF58_476D_1CE4_E5B9
    return Int64(bitPattern: random ^ (random >> 32))
  }

  /// The rows of a table with a greater id, in order: id, a sum over all values but the end, and the change that ended it.
  private static func each(_ db: Database, _ table: String, _ after: Int64, _ body: (Int64, Int64, Int64?) -> Void) throws {
    let statement = try db.makeStatement(sql: "SELECT * FROM \(table) WHERE id > \(after) ORDER BY id")
    // a column that a later version adds is NULL, which does not count
    let names = statement.columnNames
    let seeds = names.map { UInt64(bitPattern: NameTable.hash($0)) }
    let end = names.firstIndex(of: "ended_change_id").map(Int32.init)
    let key = Int32(names.firstIndex(of: "id") ?? 0)
    let handle = statement.sqliteStatement
    defer { sqlite3_reset(handle) }
    while try steps(handle) {
      var sum: UInt64 = 0
      for column in 0..<Int32(names.count) where column != end {
        let value: UInt64
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: continue
        case SQLITE_INTEGER: value = UInt64(bitPattern: sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: value = sqlite3_column_double(handle, column).bitPattern
        default: value = hash(UnsafeRawBufferPointer(start: sqlite3_column_blob(handle, column), count: Int(sqlite3_column_bytes(handle, column))))
        }
        sum = (sum ^ value ^ seeds[Int(column)]) &* 0xD6E8_FEB8_6659_FD93
        sum ^= sum >> 32
      }
      body(
        sqlite3_column_int64(handle, key), Int64(bitPattern: sum),
        end.flatMap { sqlite3_column_type(handle, $0) == SQLITE_NULL ? nil : sqlite3_column_int64(handle, $0) })
    }
  }

  /// Eight bytes at a time.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
    var at = 0
    while at + 8 <= bytes.count {
      hash = (hash ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))) &* 0xD6E8_FEB8_6659_FD93
      hash ^= hash >> 32
      at += 8
    }
    var rest: UInt64 = 0
    while at < bytes.count {
      rest = rest << 8 | UInt64(bytes[at])
      at += 1
    }
    hash = (hash ^ rest) &* 0xBF58_476D_1CE4_E5B9
    return hash ^ (hash >> 29)
  }
}

/// Collects the rows whose end is set.
private final class EndedRows: TransactionObserver {
  private(set) var ids: [String: [Int64]] = [:]

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool {
    if case .update(_, let columns) = eventKind { return columns.contains("ended_change_id") }
    return false
  }

  func databaseDidChange(with event: DatabaseEvent) { ids[event.tableName, default: []].append(event.rowID) }
  func databaseDidCommit(_ db: Database) {}
  func databaseDidRollback(_ db: Database) {}
}
