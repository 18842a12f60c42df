internal import CadastreModel
internal import GRDB
internal import GRDBSQLite

/// Edges and ledger, unit by unit: what a unit found before and does not find now ends.
extension ScanApplication {
  /// A unit's row, and whether it was there before.
  private struct UnitRow {
    var id: Int64
    var isNew: Bool
  }

  private struct EvidenceKey: Hashable {
    var edge: Int64
    var routine: Int64
    var file: Int64
    var line: Int
    var statement: Int
    var expression: Int64
    var columns: Int64
    var confidence: Double
    var isDeclared: Bool
  }

  mutating func units() throws {
    var rows = try UnitTable(change.db, names.namespaceID)
    var edges = try EdgeTable(change.db, whole: files == nil && scan.units.reduce(0) { $0 + $1.edges.count } > 2_000)
    let writer = try EvidenceWriter(change.db, namespace: names.namespaceID, change: change.id)
    let ends = try numberedColumns()
    var columnLists: [[String]: Int64] = [:]
    var counts = EdgeCounts()
    var seen: Set<Int64> = []
    for unit in scan.units {
      let routine = try unit.routine.map { try names.routine($0) }
      let row = try rows.find(routine, unit.file)
      guard seen.insert(row.id).inserted || unit.routine != nil else { continue }
      var held = row.isNew || counts.units.contains(row.id) ? [:] : try evidence(of: row.id)
      counts.units.insert(row.id)
      var noted: Set<EvidenceKey> = []
      for edge in unit.edges {
        let (source, target) = (ends[Int(edge.source)], ends[Int(edge.target)])
        let id = try edges.find(source.column, target.asset, target.isRows ? 0 : target.column, edge.subtype)
        var list: Int64 = 0
        if target.isRows {
          if let known = columnLists[edge.columns] {
            list = known
          } else {
            list = try names.text(try change.json(edge.columns))
            columnLists[edge.columns] = list
          }
        }
        let key = EvidenceKey(
          edge: id, routine: try edge.routine.map { try names.routine($0) } ?? 0, file: try names.text(edge.file), line: edge.line,
          statement: edge.statement, expression: try names.text(edge.expression), columns: list, confidence: edge.confidence,
          isDeclared: edge.origin == .declared)
        guard noted.insert(key).inserted else { continue }
        if held.removeValue(forKey: key) != nil {
          summary.edges.unchanged += 1
          continue
        }
        try writer.insert(
          edge: key.edge, routine: key.routine, unit: row.id, file: key.file, line: key.line, statement: key.statement, expression: key.expression,
          columns: key.columns, confidence: key.confidence, isDeclared: key.isDeclared)
        counts.begun[edge.routine?.rendered ?? edge.file, default: 0] += 1
        summary.edges.added += 1
      }
      try end(Array(held.values), unit.file, &counts)
      try ledger(unit, row.id, isNew: row.isNew)
      try rows.describe(row.id, unit, change)
    }
    try retireUnits(seen, &counts)
    for (subject, count) in counts.begun.sorted(by: { $0.key < $1.key }) { try change.note("edges", subject, before: nil, after: "{\"begun\":\(count)}") }
    for (subject, count) in counts.ended.sorted(by: { $0.key < $1.key }) { try change.note("edges", subject, before: "{\"ended\":\(count)}", after: nil) }
  }

  private struct EdgeCounts {
    var begun: [String: Int] = [:]
    var ended: [String: Int] = [:]
    var units: Set<Int64> = []
  }

  // MARK: columns

  private struct End {
    var asset: Int64
    var column: Int64
    var isRows: Bool
  }

  /// The rows of the columns that edges name. What nothing defines gets a row that says so.
  private mutating func numberedColumns() throws -> [End] {
    var sources = [Bool](repeating: false, count: scan.columns.count)
    var targets = sources
    for unit in scan.units {
      for edge in unit.edges {
        sources[Int(edge.source)] = true
        targets[Int(edge.target)] = true
      }
    }
    return try scan.columns.enumerated().map { index, reference in
      guard sources[index] || targets[index] else { return End(asset: 0, column: 0, isRows: false) }
      let asset = try referenced(reference.asset)
      // rows as a target are the asset's; as a source they are a column of that name
      let needsColumn = reference.column != nil || sources[index]
      return End(asset: asset, column: needsColumn ? try referenced(reference.column ?? "*", of: asset) : 0, isRows: reference.column == nil)
    }
  }

  private mutating func referenced(_ name: ObjectName) throws -> Int64 {
    let id = try names.asset(name)
    guard try !isPresent(id) else { return id }
    present.insert(id)
    try AssetRows.insert(Asset(name: name, kind: name.name.hasPrefix("file:") ? .file : .table, dialect: scan.namespace.dialect), id: id, known: false, change)
    return id
  }

  private mutating func referenced(_ column: String, of asset: Int64) throws -> Int64 {
    let id = try names.column(column, of: asset)
    guard try !isPresent(column: id) else { return id }
    presentColumns.insert(id)
    try AssetRows.insert(CadastreModel.Column(name: column, ordinal: 0), id: id, change)
    return id
  }

  // MARK: evidence

  private func evidence(of unit: Int64) throws -> [EvidenceKey: Int64] {
    var held: [EvidenceKey: Int64] = [:]
    let statement = try change.db.cachedStatement(
      sql: """
        SELECT id, edge_id, routine_id, file_id, line, statement, expression_id, columns_id, confidence, origin
          FROM edge_evidence WHERE unit_id = ? AND ended_change_id IS NULL
        """)
    let rows = try Row.fetchCursor(statement, arguments: [unit])
    while let row = try rows.next() {
      let key = EvidenceKey(
        edge: row[1], routine: row[2] ?? 0, file: row[3], line: row[4], statement: row[5], expression: row[6], columns: row[7] ?? 0,
        confidence: row[8], isDeclared: row[9] == "declared")
      held[key] = row[0]
    }
    return held
  }

  private mutating func end(_ ids: [Int64], _ file: String, _ counts: inout EdgeCounts) throws {
    let statement = try change.db.cachedStatement(sql: "UPDATE edge_evidence SET ended_change_id = ? WHERE id = ?")
    for id in ids {
      try statement.execute(arguments: [change.id, id])
      counts.ended[file, default: 0] += 1
      summary.edges.retired += 1
    }
  }

  /// Units whose file or routine is gone.
  private mutating func retireUnits(_ seen: Set<Int64>, _ counts: inout EdgeCounts) throws {
    let rows = try Row.fetchAll(change.db, sql: "SELECT id, path FROM scan_unit WHERE namespace_id = ?", arguments: [names.namespaceID])
    for row in rows where !seen.contains(row["id"]) && isScanned(row["path"]) {
      let held = try Int64.fetchAll(
        change.db.cachedStatement(sql: "SELECT id FROM edge_evidence WHERE unit_id = ? AND ended_change_id IS NULL"), arguments: [row["id"] as Int64])
      try end(held, row["path"], &counts)
      try ledger(ScanUnit(routine: nil, file: row["path"]), row["id"], isNew: false)
      try change.db.cachedStatement(sql: "DELETE FROM scan_dependency WHERE unit_id = ?").execute(arguments: [row["id"] as Int64])
      try change.db.cachedStatement(sql: "UPDATE scan_unit SET resolves = NULL WHERE id = ?").execute(arguments: [row["id"] as Int64])
    }
  }

  // MARK: the ledger

  private mutating func ledger(_ unit: ScanUnit, _ id: Int64, isNew: Bool) throws {
    var held: [Unresolved: Int64] = [:]
    if !isNew {
      let statement = try change.db.cachedStatement(
        sql: """
          SELECT u.id, u.file, u.line, u.reason, u.text, u.hint,
                 (SELECT v.parts FROM routine_version v WHERE v.routine_id = u.routine_id ORDER BY v.id DESC LIMIT 1) AS parts
            FROM unresolved u WHERE u.unit_id = ? AND u.ended_change_id IS NULL
          """)
      for row in try Row.fetchAll(statement, arguments: [id]) {
        let value = Unresolved(
          file: row["file"], line: row["line"], routine: try AssetRows.decode([String].self, row["parts"]).map { ObjectName($0) },
          reason: UnresolvedReason(rawValue: row["reason"]) ?? .unparsed, text: row["text"], hint: row["hint"])
        held[value] = row["id"]
      }
    }
    for row in unit.unresolved {
      if held.removeValue(forKey: row) != nil {
        summary.unresolved.unchanged += 1
        continue
      }
      try change.db.cachedStatement(
        sql: "INSERT INTO unresolved (namespace_id, routine_id, unit_id, file, line, reason, text, hint, began_change_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
      ).execute(arguments: [
        names.namespaceID, try row.routine.map { try names.routine($0) }, id, row.file, row.line, row.reason.rawValue, row.text, row.hint, change.id,
      ])
      try change.note("unresolved", "\(row.file):\(row.line)", before: nil, after: try change.json(row))
      summary.unresolved.added += 1
    }
    for (row, id) in held {
      try change.db.execute(sql: "UPDATE unresolved SET ended_change_id = ? WHERE id = ?", arguments: [change.id, id])
      try change.note("unresolved", "\(row.file):\(row.line)", before: try change.json(row), after: nil)
      summary.unresolved.retired += 1
    }
  }
}

/// Rows of `scan_unit`.
private struct UnitTable {
  private let db: Database
  private let namespace: Int64
  private let select: Statement
  private let insert: Statement

  init(_ db: Database, _ namespace: Int64) throws {
    self.db = db
    self.namespace = namespace
    select = try db.makeStatement(sql: "SELECT id FROM scan_unit WHERE namespace_id = ? AND path = ? AND ifnull(routine_id, 0) = ?")
    insert = try db.makeStatement(sql: "INSERT INTO scan_unit (namespace_id, path, routine_id) VALUES (?, ?, ?)")
  }

  mutating func find(_ routine: Int64?, _ path: String) throws -> (id: Int64, isNew: Bool) {
    if let id = try Int64.fetchOne(select, arguments: [namespace, path, routine ?? 0]) { return (id, false) }
    try insert.execute(arguments: [namespace, path, routine])
    return (db.lastInsertedRowID, true)
  }

  /// Writes on what a unit depends, where that differs.
  func describe(_ id: Int64, _ unit: ScanUnit, _ change: ChangeWriter) throws {
    let held = try String.fetchSet(db.cachedStatement(sql: "SELECT name FROM scan_dependency WHERE unit_id = ?"), arguments: [id])
    let wanted = Set(unit.dependencies)
    if held != wanted {
      for name in held.subtracting(wanted) {
        try db.cachedStatement(sql: "DELETE FROM scan_dependency WHERE name = ? AND unit_id = ?").execute(arguments: [name, id])
      }
      let insert = try db.cachedStatement(sql: "INSERT INTO scan_dependency (name, unit_id) VALUES (?, ?)")
      for name in wanted.subtracting(held).sorted() { try insert.execute(arguments: [name, id]) }
    }
    let resolves = unit.resolves.isEmpty ? nil : try change.json(unit.resolves)
    try db.cachedStatement(sql: "UPDATE scan_unit SET resolves = ?1 WHERE id = ?2 AND resolves IS NOT ?1").execute(arguments: [resolves, id])
  }
}

/// Rows of `column_edge`: found, or made.
private struct EdgeTable {
  private struct Key: Hashable {
    var source: Int64
    var targetAsset: Int64
    var targetColumn: Int64
    var subtype: EdgeSubtype
  }

  private let db: Database
  private var known: [Key: Int64] = [:]
  private let isWhole: Bool
  private let select: Statement
  private let insert: Statement

  init(_ db: Database, whole: Bool) throws {
    self.db = db
    isWhole = whole
    select = try db.makeStatement(
      sql: "SELECT id FROM column_edge WHERE source_column_id = ? AND target_asset_id = ? AND ifnull(target_column_id, 0) = ? AND kind = ? AND subtype = ?")
    insert = try db.makeStatement(
      sql: "INSERT INTO column_edge (source_column_id, target_asset_id, target_column_id, kind, subtype) VALUES (?, ?, ?, ?, ?)")
    guard whole else { return }
    let rows = try Row.fetchCursor(db, sql: "SELECT id, source_column_id, target_asset_id, target_column_id, subtype FROM column_edge")
    while let row = try rows.next() {
      guard let subtype = EdgeSubtype(rawValue: row[4]) else { continue }
      known[Key(source: row[1], targetAsset: row[2], targetColumn: row[3] ?? 0, subtype: subtype)] = row[0]
    }
  }

  mutating func find(_ source: Int64, _ targetAsset: Int64, _ targetColumn: Int64, _ subtype: EdgeSubtype) throws -> Int64 {
    let key = Key(source: source, targetAsset: targetAsset, targetColumn: targetColumn, subtype: subtype)
    if let id = known[key] { return id }
    if !isWhole, let id = try Int64.fetchOne(select, arguments: [source, targetAsset, targetColumn, subtype.kind.rawValue, subtype.rawValue]) {
      known[key] = id
      return id
    }
    try insert.execute(arguments: [source, targetAsset, targetColumn == 0 ? nil : targetColumn, subtype.kind.rawValue, subtype.rawValue])
    let id = db.lastInsertedRowID
    known[key] = id
    return id
  }
}

/// Inserts evidence, of which a large scan has hundreds of thousands: numbers are bound without boxing them.
private struct EvidenceWriter {
  private let statement: Statement

  init(_ db: Database, namespace: Int64, change: Int64) throws {
    statement = try db.makeStatement(
      sql: """
        INSERT INTO edge_evidence (edge_id, namespace_id, origin, routine_id, unit_id, file_id, line, statement, expression_id, columns_id, confidence, began_change_id)
        VALUES (?1, \(namespace), iif(?10, 'declared', 'parsed'), nullif(?2, 0), ?3, ?4, ?5, ?6, ?7, nullif(?8, 0), ?9, \(change))
        """)
  }

  func insert(
    edge: Int64, routine: Int64, unit: Int64, file: Int64, line: Int, statement ordinal: Int, expression: Int64, columns: Int64, confidence: Double,
    isDeclared: Bool
  ) throws {
    let handle = statement.sqliteStatement
    sqlite3_bind_int64(handle, 1, edge)
    sqlite3_bind_int64(handle, 2, routine)
    sqlite3_bind_int64(handle, 3, unit)
    sqlite3_bind_int64(handle, 4, file)
    sqlite3_bind_int64(handle, 5, Int64(line))
    sqlite3_bind_int64(handle, 6, Int64(ordinal))
    sqlite3_bind_int64(handle, 7, expression)
    sqlite3_bind_int64(handle, 8, columns)
    sqlite3_bind_double(handle, 9, confidence)
    sqlite3_bind_int64(handle, 10, isDeclared ? 1 : 0)
    let code = sqlite3_step(handle)
    sqlite3_reset(handle)
    guard code == SQLITE_DONE else {
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
    }
  }
}
