internal import CadastreModel
internal import GRDB

/// Finds and makes the identity rows of one namespace: assets, columns, routines, shared texts.
///
/// For a large scan all of them are read first; for a small one each is looked up when it is asked for.
struct NameTable {
  let namespaceID: Int64
  let caseInsensitive: Bool
  private let db: Database
  /// Everything there is has been read: what is not known here does not exist.
  private let isWhole: Bool
  // by bytes: names that Unicode takes for the same are two to a database
  private var assets: [ExactText: Int64] = [:]
  private var columns: [Int64: [ExactText: Int64]] = [:]
  private var routines: [ExactText: Int64] = [:]
  private var texts: [ExactText: Int64] = [:]
  private let insertAsset: Statement
  private let insertColumn: Statement
  private let insertText: Statement
  private let selectAsset: Statement
  private let selectColumn: Statement
  private let selectRoutine: Statement
  private let selectText: Statement

  init(_ db: Database, namespaceID: Int64, caseInsensitive: Bool, whole: Bool = true) throws {
    self.db = db
    self.namespaceID = namespaceID
    self.caseInsensitive = caseInsensitive
    isWhole = whole
    insertAsset = try db.makeStatement(sql: "INSERT INTO asset (namespace_id, folded_name) VALUES (?, ?)")
    insertColumn = try db.makeStatement(sql: "INSERT INTO asset_column (asset_id, folded_name) VALUES (?, ?)")
    insertText = try db.makeStatement(sql: "INSERT INTO text_value (hash, value) VALUES (?, ?)")
    selectAsset = try db.makeStatement(sql: "SELECT id FROM asset WHERE namespace_id = ? AND folded_name = ?")
    selectColumn = try db.makeStatement(sql: "SELECT id FROM asset_column WHERE asset_id = ? AND folded_name = ?")
    selectRoutine = try db.makeStatement(sql: "SELECT id FROM routine WHERE namespace_id = ? AND folded_name = ?")
    selectText = try db.makeStatement(sql: "SELECT id FROM text_value WHERE hash = ? AND value = ?")
    guard whole else { return }
    for row in try Row.fetchAll(db, sql: "SELECT id, folded_name FROM asset WHERE namespace_id = ?", arguments: [namespaceID]) {
      assets[ExactText(row["folded_name"])] = row["id"]
    }
    let cursor = try Row.fetchCursor(
      db, sql: "SELECT k.id, k.asset_id, k.folded_name FROM asset_column k JOIN asset a ON a.id = k.asset_id WHERE a.namespace_id = ?",
      arguments: [namespaceID])
    while let row = try cursor.next() { columns[row["asset_id"], default: [:]][ExactText(row["folded_name"])] = row["id"] }
    for row in try Row.fetchAll(db, sql: "SELECT id, folded_name FROM routine WHERE namespace_id = ?", arguments: [namespaceID]) {
      routines[ExactText(row["folded_name"])] = row["id"]
    }
    let known = try Row.fetchCursor(db, sql: "SELECT id, value FROM text_value")
    while let row = try known.next() { texts[ExactText(row["value"])] = row["id"] }
  }

  func folded(_ text: String) -> String { caseInsensitive ? text.lowercased() : text }

  func key(_ name: ObjectName) -> String { folded(name.rendered) }

  mutating func asset(_ name: ObjectName) throws -> Int64 {
    let key = key(name)
    if let id = assets[ExactText(key)] { return id }
    if !isWhole, let id = try Int64.fetchOne(selectAsset, arguments: [namespaceID, key]) {
      assets[ExactText(key)] = id
      return id
    }
    try insertAsset.execute(arguments: [namespaceID, key])
    let id = db.lastInsertedRowID
    assets[ExactText(key)] = id
    return id
  }

  mutating func column(_ name: String, of asset: Int64) throws -> Int64 {
    let key = folded(name)
    if let id = columns[asset]?[ExactText(key)] { return id }
    if !isWhole, let id = try Int64.fetchOne(selectColumn, arguments: [asset, key]) {
      columns[asset, default: [:]][ExactText(key)] = id
      return id
    }
    try insertColumn.execute(arguments: [asset, key])
    let id = db.lastInsertedRowID
    columns[asset, default: [:]][ExactText(key)] = id
    return id
  }

  mutating func routine(_ name: ObjectName) throws -> Int64 {
    let key = key(name)
    if let id = routines[ExactText(key)] { return id }
    if !isWhole, let id = try Int64.fetchOne(selectRoutine, arguments: [namespaceID, key]) {
      routines[ExactText(key)] = id
      return id
    }
    try db.execute(sql: "INSERT INTO routine (namespace_id, folded_name) VALUES (?, ?)", arguments: [namespaceID, key])
    let id = db.lastInsertedRowID
    routines[ExactText(key)] = id
    return id
  }

  mutating func text(_ value: String) throws -> Int64 {
    if let id = texts[ExactText(value)] { return id }
    let hash = NameTable.hash(value)
    if !isWhole, let id = try Int64.fetchOne(selectText, arguments: [hash, value]) {
      texts[ExactText(value)] = id
      return id
    }
    try insertText.execute(arguments: [hash, value])
    let id = db.lastInsertedRowID
    texts[ExactText(value)] = id
    return id
  }

  /// FNV-1a, 64 bits. <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>
  static func hash(_ text: String) -> Int64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int64(bitPattern: hash)
  }
}
