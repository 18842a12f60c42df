internal import CadastreModel
internal import GRDB

/// Finds and makes the identity rows of one namespace: assets, columns, routines, shared texts.
struct NameTable {
  let namespaceID: Int64
  let caseInsensitive: Bool
  private let db: Database
  private var assets: [String: Int64] = [:]
  private var columns: [Int64: [String: Int64]] = [:]
  private var routines: [String: Int64] = [:]
  private var texts: [String: Int64] = [:]
  private let insertAsset: Statement
  private let insertColumn: Statement
  private let insertText: Statement

  init(_ db: Database, namespaceID: Int64, caseInsensitive: Bool) throws {
    self.db = db
    self.namespaceID = namespaceID
    self.caseInsensitive = caseInsensitive
    insertAsset = try db.makeStatement(sql: "INSERT INTO asset (namespace_id, folded_name) VALUES (?, ?)")
    insertColumn = try db.makeStatement(sql: "INSERT INTO asset_column (asset_id, folded_name) VALUES (?, ?)")
    insertText = try db.makeStatement(sql: "INSERT INTO text_value (value) VALUES (?)")
    for row in try Row.fetchAll(db, sql: "SELECT id, folded_name FROM asset WHERE namespace_id = ?", arguments: [namespaceID]) {
      assets[row["folded_name"]] = row["id"]
    }
    let cursor = try Row.fetchCursor(
      db, sql: "SELECT k.id, k.asset_id, k.folded_name FROM asset_column k JOIN asset a ON a.id = k.asset_id WHERE a.namespace_id = ?",
      arguments: [namespaceID])
    while let row = try cursor.next() { columns[row["asset_id"], default: [:]][row["folded_name"]] = row["id"] }
    for row in try Row.fetchAll(db, sql: "SELECT id, folded_name FROM routine WHERE namespace_id = ?", arguments: [namespaceID]) {
      routines[row["folded_name"]] = row["id"]
    }
    for row in try Row.fetchAll(db, sql: "SELECT id, value FROM text_value") { texts[row["value"]] = row["id"] }
  }

  func folded(_ text: String) -> String { caseInsensitive ? text.lowercased() : text }

  func key(_ name: ObjectName) -> String { folded(name.rendered) }

  mutating func asset(_ name: ObjectName) throws -> Int64 {
    let key = key(name)
    if let id = assets[key] { return id }
    try insertAsset.execute(arguments: [namespaceID, key])
    let id = db.lastInsertedRowID
    assets[key] = id
    return id
  }

  mutating func column(_ name: String, of asset: Int64) throws -> Int64 {
    let key = folded(name)
    if let id = columns[asset]?[key] { return id }
    try insertColumn.execute(arguments: [asset, key])
    let id = db.lastInsertedRowID
    columns[asset, default: [:]][key] = id
    return id
  }

  mutating func routine(_ name: ObjectName) throws -> Int64 {
    let key = key(name)
    if let id = routines[key] { return id }
    try db.execute(sql: "INSERT INTO routine (namespace_id, folded_name) VALUES (?, ?)", arguments: [namespaceID, key])
    let id = db.lastInsertedRowID
    routines[key] = id
    return id
  }

  mutating func text(_ value: String) throws -> Int64 {
    if let id = texts[value] { return id }
    try insertText.execute(arguments: [value])
    let id = db.lastInsertedRowID
    texts[value] = id
    return id
  }
}
