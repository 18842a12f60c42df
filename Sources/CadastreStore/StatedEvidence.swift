internal import CadastreModel
internal import GRDB

/// Writes evidence that no scan makes. Names are looked up as each warehouse compares them.
struct StatedEvidence {
  struct Held {
    var id: Int64
    var edge: Int64
    var text: String
  }

  private struct Warehouse {
    var id: Int64
    var caseInsensitive: Bool
    var dialect: DialectName
  }

  private let db: Database
  private var warehouses: [String: Warehouse] = [:]

  init(_ change: inout ChangeWriter) throws {
    db = change.db
    for row in try Row.fetchAll(db, sql: "SELECT id, name, case_insensitive, dialect FROM namespace") {
      warehouses[row["name"]] = Warehouse(id: row["id"], caseInsensitive: row["case_insensitive"], dialect: DialectName(rawValue: row["dialect"]) ?? .ansi)
    }
  }

  private func warehouse(_ name: String) throws -> Warehouse {
    guard let found = warehouses[name] else { throw StoreError.unexpected("no warehouse '\(name)'") }
    return found
  }

  func assetID(_ place: LineagePlace) throws -> Int64? {
    let warehouse = try warehouse(place.namespace)
    let name = place.reference.asset.rendered
    return try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT id FROM asset WHERE namespace_id = ? AND folded_name = ?"),
      arguments: [warehouse.id, warehouse.caseInsensitive ? name.lowercased() : name])
  }

  func columnID(_ place: LineagePlace) throws -> Int64? {
    guard let asset = try assetID(place), let column = place.reference.column else { return nil }
    return try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT id FROM asset_column WHERE asset_id = ? AND folded_name = ?"),
      arguments: [asset, try warehouse(place.namespace).caseInsensitive ? column.lowercased() : column])
  }

  /// An asset outside the warehouse, with one column.
  func makeExternal(_ place: LineagePlace, _ change: inout ChangeWriter) throws {
    let warehouse = try warehouse(place.namespace)
    let name = place.reference.asset
    var id = try assetID(place)
    if id == nil {
      try db.execute(
        sql: "INSERT INTO asset (namespace_id, folded_name) VALUES (?, ?)",
        arguments: [warehouse.id, warehouse.caseInsensitive ? name.rendered.lowercased() : name.rendered])
      id = db.lastInsertedRowID
    }
    guard let id else { return }
    if try Int64.fetchOne(db, sql: "SELECT id FROM asset_version WHERE asset_id = ? AND ended_change_id IS NULL", arguments: [id]) == nil {
      let asset = Asset(name: name, kind: .externalSystem, dialect: warehouse.dialect)
      try AssetRows.insert(asset, id: id, known: true, change)
      change.namespace = place.namespace
      try change.note("asset", name.rendered, before: nil, after: try change.json(AssetRows.bare(asset)))
    }
    guard let column = place.reference.column else { return }
    var columnID = try columnID(place)
    if columnID == nil {
      try db.execute(
        sql: "INSERT INTO asset_column (asset_id, folded_name) VALUES (?, ?)", arguments: [id, warehouse.caseInsensitive ? column.lowercased() : column])
      columnID = db.lastInsertedRowID
    }
    guard let columnID,
      try Int64.fetchOne(
        db, sql: "SELECT id FROM asset_column_version WHERE column_id = ? AND ended_change_id IS NULL", arguments: [columnID]) == nil
    else { return }
    let ordinal = try Int.fetchOne(db, sql: "SELECT count(*) FROM asset_column WHERE asset_id = ?", arguments: [id]) ?? 1
    let made = CadastreModel.Column(name: column, ordinal: ordinal)
    try AssetRows.insert(made, id: columnID, change)
    change.namespace = place.namespace
    try change.note("column", place.reference.rendered, before: nil, after: try change.json(made))
  }

  /// The edge between two places, made when it is not there; `nil` when a name is not.
  func edge(_ source: LineagePlace, _ target: LineagePlace, _ subtype: EdgeSubtype, make: Bool) throws -> Int64? {
    guard let from = try columnID(source), let asset = try assetID(target) else { return nil }
    let to = try columnID(target)
    if target.reference.column != nil, to == nil { return nil }
    let known = try Int64.fetchOne(
      db.cachedStatement(
        sql: "SELECT id FROM column_edge WHERE source_column_id = ? AND target_asset_id = ? AND ifnull(target_column_id, 0) = ? AND kind = ? AND subtype = ?"),
      arguments: [from, asset, to ?? 0, subtype.kind.rawValue, subtype.rawValue])
    if known != nil || !make { return known }
    try db.cachedStatement(sql: "INSERT INTO column_edge (source_column_id, target_asset_id, target_column_id, kind, subtype) VALUES (?, ?, ?, ?, ?)")
      .execute(arguments: [from, asset, to, subtype.kind.rawValue, subtype.rawValue])
    return db.lastInsertedRowID
  }

  /// What people or events state of an edge. What a script's comment declares belongs to the script's unit and is a scan's.
  func held(_ edge: Int64, _ origin: EdgeOrigin) throws -> [Held] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT x.id, x.edge_id, t.value FROM edge_evidence x JOIN text_value t ON t.id = x.expression_id
           WHERE x.edge_id = ? AND x.origin = ? AND x.unit_id IS NULL AND x.ended_change_id IS NULL ORDER BY x.id
          """), arguments: [edge, origin.rawValue]
    ).map { Held(id: $0["id"], edge: $0["edge_id"], text: $0["value"]) }
  }

  private func text(_ value: String) throws -> Int64 {
    let hash = NameTable.hash(value)
    if let id = try Int64.fetchOne(db.cachedStatement(sql: "SELECT id FROM text_value WHERE hash = ? AND value = ?"), arguments: [hash, value]) { return id }
    try db.cachedStatement(sql: "INSERT INTO text_value (hash, value) VALUES (?, ?)").execute(arguments: [hash, value])
    return db.lastInsertedRowID
  }

  func end(_ evidence: Int64, _ change: ChangeWriter) throws {
    try db.cachedStatement(sql: "UPDATE edge_evidence SET ended_change_id = ? WHERE id = ?").execute(arguments: [change.id, evidence])
  }

  /// One piece of evidence that no routine holds. No script stands behind a declaration: its file is empty, its line 0.
  func begin(_ edge: Int64, _ target: LineagePlace, _ origin: EdgeOrigin, file: String = "", expression: String, _ change: ChangeWriter) throws {
    let rows = target.reference.column == nil
    // what decides about all rows bears on every column there is
    let columns =
      rows
      ? try String.fetchAll(
        db,
        sql: """
          SELECT w.name FROM asset_column k JOIN asset_column_version w ON w.column_id = k.id AND w.ended_change_id IS NULL
           WHERE k.asset_id = ? ORDER BY w.ordinal, w.id
          """, arguments: [try assetID(target)]) : []
    try db.cachedStatement(
      sql: """
        INSERT INTO edge_evidence (edge_id, namespace_id, origin, routine_id, file_id, line, statement, expression_id, columns_id, confidence, began_change_id)
        VALUES (?, ?, ?, NULL, ?, 0, 0, ?, ?, 1.0, ?)
        """
    ).execute(arguments: [
      edge, try warehouse(target.namespace).id, origin.rawValue, try text(file), try text(expression), rows ? try text(change.json(columns)) : nil,
      change.id,
    ])
  }

  /// Observed evidence for the edge that another piece stands for, with the columns that one names.
  func copy(_ evidence: Int64, _ file: String, _ expression: String, _ change: ChangeWriter) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO edge_evidence (edge_id, namespace_id, origin, routine_id, file_id, line, statement, expression_id, columns_id, confidence, began_change_id)
        SELECT edge_id, namespace_id, 'observed', NULL, ?, 0, 0, ?, columns_id, 1.0, ? FROM edge_evidence WHERE id = ?
        """
    ).execute(arguments: [try text(file), try text(expression), change.id, evidence])
  }

  /// What the change log says of an edge.
  struct Note: Encodable {
    var kind: EdgeKind
    var subtype: EdgeSubtype
    var origin: EdgeOrigin
    var expression: String
  }

  mutating func declare(_ wanted: Declaration, _ change: inout ChangeWriter) throws -> DeclarationOutcome {
    guard let edge = try edge(wanted.source, wanted.target, wanted.subtype, make: true) else { throw StoreError.unexpected("a declared column is not there") }
    let held = try held(edge, .declared)
    if held.count == 1, ExactText(held[0].text) == ExactText(wanted.expression) { return .unchanged }
    for row in held { try end(row.id, change) }
    try begin(edge, wanted.target, .declared, expression: wanted.expression, change)
    func note(_ text: String) throws -> String {
      try change.json(Note(kind: wanted.subtype.kind, subtype: wanted.subtype, origin: .declared, expression: text))
    }
    change.namespace = wanted.target.namespace
    try change.note("edge", subject(wanted.source, wanted.target), before: try held.first.map { try note($0.text) }, after: try note(wanted.expression))
    return held.isEmpty ? .begun(change: nil) : .changed(change: nil)
  }

  func subject(_ source: LineagePlace, _ target: LineagePlace) -> String { "\(source.reference.rendered) -> \(target.reference.rendered)" }

  func retract(_ source: LineagePlace, _ target: LineagePlace, _ kind: EdgeKind?, _ change: inout ChangeWriter) throws -> DeclarationOutcome {
    guard let from = try columnID(source), let asset = try assetID(target) else { return .notDeclared(heldBy: []) }
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT x.id, x.origin, x.unit_id, x.line, x.ended_change_id, e.kind, e.subtype, f.value AS file, t.value AS expression
          FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id JOIN text_value f ON f.id = x.file_id JOIN text_value t ON t.id = x.expression_id
         WHERE e.source_column_id = ?1 AND e.target_asset_id = ?2 AND ifnull(e.target_column_id, 0) = ?3 AND (?4 IS NULL OR e.kind = ?4) ORDER BY x.id
        """, arguments: [from, asset, try columnID(target) ?? 0, kind?.rawValue])
    let current = rows.filter { ($0["ended_change_id"] as Int64?) == nil }
    func isStated(_ row: Row) -> Bool { row["origin"] == EdgeOrigin.declared.rawValue && (row["unit_id"] as Int64?) == nil }
    let declared = current.filter(isStated)
    guard !declared.isEmpty else {
      let places = current.map { EvidencePlace(origin: EdgeOrigin(rawValue: $0["origin"]) ?? .parsed, file: $0["file"], line: $0["line"]) }
      if places.isEmpty, rows.contains(where: isStated) { return .unchanged }
      return .notDeclared(heldBy: places)
    }
    for row in declared {
      try end(row["id"], change)
      let note = Note(
        kind: EdgeKind(rawValue: row["kind"]) ?? .direct, subtype: EdgeSubtype(rawValue: row["subtype"]) ?? .transformation, origin: .declared,
        expression: row["expression"])
      change.namespace = target.namespace
      try change.note("edge", subject(source, target), before: try change.json(note), after: nil)
    }
    return .retracted(change: nil)
  }
}
