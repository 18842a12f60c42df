internal import CadastreModel
internal import GRDB

/// The fields that are not a script's, by asset and column: a scan leaves them as they are.
struct StatedFields {
  private var ofAssets: [Int64: Set<String>] = [:]
  private var ofColumns: [Int64: Set<String>] = [:]

  init(_ db: Database, namespaceID: Int64) throws {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT s.asset_id, s.column_id, s.field FROM stated_field s JOIN asset a ON a.id = s.asset_id
         WHERE a.namespace_id = ? AND s.ended_change_id IS NULL
        """, arguments: [namespaceID])
    while let row = try rows.next() {
      if let column = row[1] as Int64? { ofColumns[column, default: []].insert(row[2]) } else { ofAssets[row[0], default: []].insert(row[2]) }
    }
  }

  /// Puts what people have stated of an asset, as `held` has it, into what a script says.
  func keep(_ id: Int64, _ held: Asset, in asset: inout Asset) {
    for field in ofAssets[id] ?? [] {
      switch StatedField(rawValue: field) {
      case .owner: asset.owner = held.owner
      case .steward: asset.steward = held.steward
      case .client: asset.client = held.client
      case .layer: asset.layer = held.layer
      case .status: asset.status = held.status
      case .description: asset.description = held.description
      case .tags: asset.tags = held.tags
      default: continue
      }
    }
  }

  func keep(column id: Int64, _ held: CadastreModel.Column?, in column: inout CadastreModel.Column) {
    guard let held, let fields = ofColumns[id] else { return }
    if fields.contains(StatedField.description.rawValue) { column.description = held.description }
    if fields.contains(StatedField.classification.rawValue) { column.classification = held.classification }
  }

  /// Notes that a field is not a script's from now on.
  static func state(_ asset: Int64, _ column: Int64?, _ field: StatedField, origin: String = "person", evidence: String? = nil, _ change: ChangeWriter) throws {
    let held = try Row.fetchOne(
      change.db, sql: "SELECT id, origin, evidence FROM stated_field WHERE asset_id = ? AND ifnull(column_id, 0) = ? AND field = ? AND ended_change_id IS NULL",
      arguments: [asset, column ?? 0, field.rawValue])
    if let held, held["origin"] == origin, held["evidence"] == evidence { return }
    if let held { try change.db.execute(sql: "UPDATE stated_field SET ended_change_id = ? WHERE id = ?", arguments: [change.id, held["id"] as Int64]) }
    try change.db.execute(
      sql: "INSERT INTO stated_field (asset_id, column_id, field, origin, evidence, began_change_id) VALUES (?, ?, ?, ?, ?, ?)",
      arguments: [asset, column, field.rawValue, origin, evidence, change.id])
  }

  static func forget(_ asset: Int64, _ column: Int64?, _ field: StatedField, _ change: ChangeWriter) throws {
    try change.db.execute(
      sql: "UPDATE stated_field SET ended_change_id = ? WHERE asset_id = ? AND ifnull(column_id, 0) = ? AND field = ? AND ended_change_id IS NULL",
      arguments: [change.id, asset, column ?? 0, field.rawValue])
  }
}
