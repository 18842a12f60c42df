internal import CadastreModel
internal import GRDB
internal import GRDBSQLite

/// Edges and ledger, unit by unit: what a unit found before and does not find now ends.
extension ScanApplication {
  /// The owner of an edge as rows; 0 outside of routines.
  private struct OwnerRows {
    var routine: Int64
    var file: Int64
  }

  mutating func units() throws {
    try withoutIndexes { application in try application.writeUnits() }
  }

  /// Fills empty tables without their indexes and makes those afterwards: sorting once is cheaper than finding each row's place.
  private mutating func withoutIndexes(_ body: (inout ScanApplication) throws -> Void) throws {
    let rows = scan.units.reduce(0) { $0 + $1.edges.count }
    guard rows > 20_000, try Int.fetchOne(change.db, sql: "SELECT 1 FROM column_edge LIMIT 1") == nil else { return try body(&self) }
    let indexes = try Row.fetchAll(
      change.db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('column_edge', 'edge_evidence', 'text_value')")
    for index in indexes { try change.db.execute(sql: "DROP INDEX \(index["name"] as String)") }
    try body(&self)
    for index in indexes { try change.db.execute(sql: index["sql"]) }
  }

  /// Writes what was read and what units depend on, where nothing that counts has changed: or every scan would read the same files again.
  static func keep(_ scan: ScanResult, _ change: ChangeWriter) throws {
    let last = try Int64.fetchOne(change.db, sql: "SELECT max(id) FROM change") ?? 0
    if let basis = scan.basis, basis != last { return }
    var application = try ScanApplication(scan, change)
    try application.describeUnits()
    try application.scannedFiles()
  }

  private mutating func describeUnits() throws {
    var rows = try UnitTable(change.db, names.namespaceID)
    var seen: Set<Int64> = []
    for unit in scan.units {
      let row = try rows.find(try unit.routine.map { try names.routine($0) }, unit.file)
      seen.insert(row.id)
      _ = try rows.describe(row.id, unit, change)
    }
    var none = EdgeCounts(begun: [])
    try retireUnits(seen, &none)
  }

  private mutating func writeUnits() throws {
    var rows = try UnitTable(change.db, names.namespaceID)
    var edges = try EdgeTable(change.db, whole: files == nil && scan.units.reduce(0) { $0 + $1.edges.count } > 2_000)
    let writer = try EvidenceWriter(change.db, namespace: names.namespaceID, change: change.id)
    let ends = try numberedColumns()
    let owners = try numberedOwners()
    // rows of texts and lists, made when an edge first needs them
    var expressions = [Int64](repeating: 0, count: scan.names.expressions.count)
    var lists = [Int64](repeating: 0, count: scan.names.lists.count)
    var counts = EdgeCounts(begun: [Int](repeating: 0, count: owners.count))
    var seen: Set<Int64> = []
    var noted = FlatTable<EvidenceKey>()
    for unit in scan.units {
      let routine = try unit.routine.map { try names.routine($0) }
      let row = try rows.find(routine, unit.file)
      guard seen.insert(row.id).inserted || unit.routine != nil else { continue }
      var held = row.isNew || counts.units.contains(row.id) ? [:] : try evidence(of: row.id)
      counts.units.insert(row.id)
      noted.removeAll()
      for edge in unit.edges {
        let (source, target) = (ends[Int(edge.source)], ends[Int(edge.target)])
        let id = try edges.find(source.column, target.asset, target.isRows ? 0 : target.column, edge.subtype)
        if expressions[Int(edge.expression)] == 0 { expressions[Int(edge.expression)] = try names.text(scan.names.expressions[Int(edge.expression)]) }
        if target.isRows, lists[Int(edge.columns)] == 0 { lists[Int(edge.columns)] = try names.text(change.json(scan.names.lists[Int(edge.columns)])) }
        let owner = owners[Int(edge.owner)]
        let key = EvidenceKey(
          edge: id, routine: owner.routine, file: owner.file, line: edge.line, statement: edge.statement, expression: expressions[Int(edge.expression)],
          columns: target.isRows ? lists[Int(edge.columns)] : 0, confidence: edge.confidence, isDeclared: edge.origin == .declared)
        guard noted.number(key).isNew else { continue }
        if !held.isEmpty, held.removeValue(forKey: key) != nil {
          summary.edges.unchanged += 1
          continue
        }
        try writer.insert(key, unit: row.id)
        counts.begun[Int(edge.owner)] += 1
        summary.edges.added += 1
      }
      try end(Array(held.values), unit.file, &counts)
      try ledger(unit, row.id, isNew: row.isNew)
      if try rows.describe(row.id, unit, change) { change.hasBookkeeping = true }
    }
    try retireUnits(seen, &counts)
    for (owner, count) in counts.begun.enumerated() where count > 0 {
      let subject = scan.names.owners[owner].routine?.rendered ?? scan.names.owners[owner].file
      try change.note("edges", subject, before: nil, after: "{\"begun\":\(count)}")
    }
    for (subject, count) in counts.ended.sorted(by: { $0.key < $1.key }) { try change.note("edges", subject, before: "{\"ended\":\(count)}", after: nil) }
  }

  private struct EdgeCounts {
    /// By the owner's number.
    var begun: [Int]
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
  private mutating func numberedOwners() throws -> [OwnerRows] {
    var used = [Bool](repeating: false, count: scan.names.owners.count)
    for unit in scan.units { for edge in unit.edges { used[Int(edge.owner)] = true } }
    return try scan.names.owners.enumerated().map { index, owner in
      guard used[index] else { return OwnerRows(routine: 0, file: 0) }
      return OwnerRows(routine: try owner.routine.map { try names.routine($0) } ?? 0, file: try names.text(owner.file))
    }
  }

  private mutating func numberedColumns() throws -> [End] {
    var sources = [Bool](repeating: false, count: scan.names.columns.count)
    var targets = sources
    for unit in scan.units {
      for edge in unit.edges {
        sources[Int(edge.source)] = true
        targets[Int(edge.target)] = true
      }
    }
    return try scan.names.columns.enumerated().map { index, reference in
      guard sources[index] || targets[index] else { return End(asset: 0, column: 0, isRows: false) }
      let asset = try referenced(reference.asset)
      // rows as a target are the asset's; as a source they are a column of that name
      let needsColumn = reference.column != nil || sources[index]
      return End(asset: asset, column: needsColumn ? try referenced(reference.column ?? "*", of: asset) : 0, isRows: reference.column == nil)
    }
  }

  mutating func referenced(_ name: ObjectName) throws -> Int64 {
    let id = try names.asset(name)
    guard try !isPresent(id) else { return id }
    present.insert(id)
    try AssetRows.insert(Asset(name: name, kind: name.name.hasPrefix("file:") ? .file : .table, dialect: scan.namespace.dialect), id: id, known: false, change)
    return id
  }

  mutating func referenced(_ column: String, of asset: Int64) throws -> Int64 {
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
    while let row = try rows.next() { held[EvidenceKey(row)] = row[0] }
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
      try change.db.cachedStatement(sql: "UPDATE scan_unit SET resolves = NULL, dependencies = '' WHERE id = ?").execute(arguments: [row["id"] as Int64])
    }
  }

  /// What is defined no more stays, as a name, where an edge that holds needs it: one that people have declared, or code that was not analysed again.
  mutating func keepUsedColumns() throws {
    for lost in lostColumns {
      let asset = try names.asset(lost.asset)
      let column = try lost.column.map { try names.column($0, of: asset) }
      let isUsed = try Int.fetchOne(
        change.db,
        sql: """
          SELECT 1 FROM column_edge e JOIN edge_evidence x ON x.edge_id = e.id AND x.ended_change_id IS NULL
           WHERE e.source_column_id = ?1 OR (e.target_asset_id = ?2 AND e.target_column_id IS ?1) LIMIT 1
          """, arguments: [column, asset])
      guard isUsed != nil else { continue }
      _ = try referenced(lost.asset)
      if let column = lost.column { _ = try referenced(column, of: asset) }
    }
  }

  /// Columns that nothing defines are there for the sake of edges: they go with the last one.
  mutating func retireUnusedColumns() throws {
    guard summary.edges.retired > 0 else { return }
    try change.db.execute(
      sql: """
        UPDATE asset_column_version SET ended_change_id = ?1
         WHERE ended_change_id IS NULL AND ordinal = 0 AND column_id IN (
               SELECT e.source_column_id FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id WHERE x.ended_change_id = ?1
               UNION SELECT e.target_column_id FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id WHERE x.ended_change_id = ?1)
           AND NOT EXISTS (SELECT 1 FROM column_edge e JOIN edge_evidence x ON x.edge_id = e.id AND x.ended_change_id IS NULL
                            WHERE e.source_column_id = column_id)
           AND NOT EXISTS (SELECT 1 FROM asset_column k JOIN column_edge e ON e.target_asset_id = k.asset_id AND e.target_column_id = k.id
                             JOIN edge_evidence x ON x.edge_id = e.id AND x.ended_change_id IS NULL
                            WHERE k.id = column_id)
        """, arguments: [change.id])
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

/// One row of evidence, as a scan gives it and as it is in the file.
private struct EvidenceKey: Hashable, FlatKey {
  var edge: Int64
  /// 0 outside of routines.
  var routine: Int64
  var file: Int64
  var line: Int32
  var statement: Int32
  var expression: Int64
  var columns: Int64
  var confidence: Double
  var isDeclared: Bool

  var flatHash: UInt64 {
    let place = UInt64(bitPattern: Int64(statement)) << 28 ^ UInt64(bitPattern: routine) << 40 ^ UInt64(bitPattern: expression)
    return (UInt64(bitPattern: edge) ^ (place &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
  }

  func hash(into hasher: inout Hasher) { hasher.combine(flatHash) }
}

extension EvidenceKey {
  /// A row of id, edge, routine, file, line, statement, expression, columns, confidence, origin.
  init(_ row: Row) {
    self.init(
      edge: row[1], routine: row[2] ?? 0, file: row[3], line: row[4], statement: row[5], expression: row[6], columns: row[7] ?? 0, confidence: row[8],
      isDeclared: row[9] == "declared")
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

  /// Writes on what a unit depends; answers whether that differs.
  func describe(_ id: Int64, _ unit: ScanUnit, _ change: ChangeWriter) throws -> Bool {
    let dependencies = unit.dependencies.isEmpty ? "" : "\n" + unit.dependencies.joined(separator: "\n") + "\n"
    let resolves = unit.resolves.isEmpty ? nil : change.json(unit.resolves)
    try db.cachedStatement(
      sql: "UPDATE scan_unit SET dependencies = ?1, resolves = ?2 WHERE id = ?3 AND (dependencies <> ?1 OR resolves IS NOT ?2)"
    ).execute(arguments: [dependencies, resolves, id])
    return db.changesCount > 0
  }
}

/// Rows of `column_edge`: found, or made.
private struct EdgeTable {
  private struct Key: FlatKey {
    var source: Int64
    var targetAsset: Int64
    var targetColumn: Int64
    var subtype: EdgeSubtype

    var flatHash: UInt64 {
      let target = UInt64(bitPattern: targetAsset) << 3 ^ UInt64(bitPattern: targetColumn) << 32 ^ UInt64(subtype.place) << 60
      return (UInt64(bitPattern: source) ^ (target &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
    }
  }

  private let db: Database
  private var known = FlatTable<Key>()
  /// The rows of the known edges, by their numbers.
  private var ids: [Int64] = []
  private let isWhole: Bool
  private let select: Statement
  private let insert: Statement

  init(_ db: Database, whole: Bool) throws {
    self.db = db
    isWhole = whole
    select = try db.makeStatement(
      sql: "SELECT id FROM column_edge WHERE source_column_id = ? AND target_asset_id = ? AND ifnull(target_column_id, 0) = ? AND kind = ? AND subtype = ?")
    let subtypes = EdgeSubtype.allCases.enumerated().map { "WHEN \($0.offset) THEN '\($0.element.rawValue)'" }.joined(separator: " ")
    let kinds = EdgeSubtype.allCases.enumerated().map { "WHEN \($0.offset) THEN '\($0.element.kind.rawValue)'" }.joined(separator: " ")
    insert = try db.makeStatement(
      sql: """
        INSERT INTO column_edge (source_column_id, target_asset_id, target_column_id, kind, subtype)
        VALUES (?1, ?2, nullif(?3, 0), CASE ?4 \(kinds) END, CASE ?4 \(subtypes) END)
        """)
    guard whole else { return }
    let rows = try Row.fetchCursor(db, sql: "SELECT id, source_column_id, target_asset_id, target_column_id, subtype FROM column_edge")
    while let row = try rows.next() {
      guard let subtype = EdgeSubtype(rawValue: row[4]) else { continue }
      if known.number(Key(source: row[1], targetAsset: row[2], targetColumn: row[3] ?? 0, subtype: subtype)).isNew { ids.append(row[0]) }
    }
  }

  mutating func find(_ source: Int64, _ targetAsset: Int64, _ targetColumn: Int64, _ subtype: EdgeSubtype) throws -> Int64 {
    let key = Key(source: source, targetAsset: targetAsset, targetColumn: targetColumn, subtype: subtype)
    let (number, isNew) = known.number(key)
    guard isNew else { return ids[number] }
    if !isWhole, let id = try Int64.fetchOne(select, arguments: [source, targetAsset, targetColumn, subtype.kind.rawValue, subtype.rawValue]) {
      ids.append(id)
      return id
    }
    let handle = insert.sqliteStatement
    sqlite3_bind_int64(handle, 1, source)
    sqlite3_bind_int64(handle, 2, targetAsset)
    sqlite3_bind_int64(handle, 3, targetColumn)
    sqlite3_bind_int64(handle, 4, Int64(subtype.place))
    try step(handle)
    ids.append(db.lastInsertedRowID)
    return db.lastInsertedRowID
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

  func insert(_ key: EvidenceKey, unit: Int64) throws {
    let handle = statement.sqliteStatement
    sqlite3_bind_int64(handle, 1, key.edge)
    sqlite3_bind_int64(handle, 2, key.routine)
    sqlite3_bind_int64(handle, 3, unit)
    sqlite3_bind_int64(handle, 4, key.file)
    sqlite3_bind_int64(handle, 5, Int64(key.line))
    sqlite3_bind_int64(handle, 6, Int64(key.statement))
    sqlite3_bind_int64(handle, 7, key.expression)
    sqlite3_bind_int64(handle, 8, key.columns)
    sqlite3_bind_double(handle, 9, key.confidence)
    sqlite3_bind_int64(handle, 10, key.isDeclared ? 1 : 0)
    try step(handle)
  }
}
