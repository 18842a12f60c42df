internal import CadastreModel
internal import Foundation
internal import GRDB

/// Assets as rows, and rows as assets.
enum AssetRows {
  static func decode<Value: Decodable>(_ type: Value.Type, _ text: String?) throws -> Value? {
    try text.map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
  }

  /// The asset without its columns, constraints and indexes: what one `asset_version` holds.
  static func bare(_ asset: Asset) -> Asset {
    var copy = asset
    copy.columns = []
    copy.constraints = []
    copy.indexes = []
    // where it stands in its file is no change of the asset
    copy.definedAt = asset.definedAt.map { SourceSpan(file: $0.file, line: 0, start: 0, end: 0) }
    return copy
  }

  static func insert(_ asset: Asset, id: Int64, known: Bool, _ change: ChangeWriter) throws {
    try change.db.cachedStatement(
      sql: """
        INSERT INTO asset_version (asset_id, name, parts, kind, known, layer, status, description, owner, steward, client, tags, options, dialect,
          query, file, line, start_offset, end_offset, began_change_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      id, asset.name.rendered, change.json(asset.name.parts), asset.kind.rawValue, known, asset.layer?.rawValue, asset.status.rawValue,
      asset.description, asset.owner, asset.steward, asset.client, change.json(asset.tags), try change.json(asset.options),
      asset.dialect.rawValue, asset.query, asset.definedAt?.file, asset.definedAt?.line, asset.definedAt?.start, asset.definedAt?.end, change.id,
    ])
  }

  static func insert(_ column: CadastreModel.Column, id: Int64, _ change: ChangeWriter) throws {
    try change.db.cachedStatement(
      sql: """
        INSERT INTO asset_column_version (column_id, name, ordinal, logical_type, native_type, nullable, default_value, computed, identity, collation,
          description, classification, began_change_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).run(
      .integer(id), .text(column.name), .integer(Int64(column.ordinal)), BoundValue(try column.type.map { try change.json($0) }), BoundValue(column.nativeType),
      .integer(column.nullable ? 1 : 0), BoundValue(try column.defaultValue.map { try change.json($0) }),
      BoundValue(try column.computed.map { try change.json($0) }), BoundValue(try column.identity.map { try change.json($0) }), BoundValue(column.collation),
      BoundValue(column.description), BoundValue(column.classification?.rawValue), .integer(change.id))
  }

  /// The current assets of a namespace by id; only those that something defined, unless `referenced`.
  static func current(_ db: Database, namespaceID: Int64, referenced: Bool = false, only ids: Set<Int64>? = nil) throws -> [(id: Int64, asset: Asset, known: Bool)] {
    let picked = ids.map { " AND a.id IN (" + $0.sorted().map(String.init).joined(separator: ", ") + ")" } ?? ""
    var result: [(id: Int64, asset: Asset, known: Bool)] = []
    var index: [Int64: Int] = [:]
    let versions = try Row.fetchCursor(
      db,
      sql: """
        SELECT v.* FROM asset_version v JOIN asset a ON a.id = v.asset_id
         WHERE a.namespace_id = ? AND v.ended_change_id IS NULL\(picked) ORDER BY v.asset_id
        """, arguments: [namespaceID])
    while let row = try versions.next() {
      let known: Bool = row["known"]
      if !known, !referenced { continue }
      let file: String? = row["file"]
      let asset = Asset(
        name: ObjectName(try decode([String].self, row["parts"]) ?? []), kind: AssetKind(rawValue: row["kind"]) ?? .table,
        layer: (row["layer"] as String?).flatMap(AssetLayer.init(rawValue:)), status: AssetStatus(rawValue: row["status"]) ?? .active,
        description: row["description"], owner: row["owner"], steward: row["steward"], client: row["client"],
        tags: try decode([String].self, row["tags"]) ?? [], options: try decode([String: String].self, row["options"]) ?? [:],
        dialect: DialectName(rawValue: row["dialect"]) ?? .ansi, query: row["query"],
        definedAt: file.map { SourceSpan(file: $0, line: row["line"] ?? 0, start: row["start_offset"] ?? 0, end: row["end_offset"] ?? 0) })
      index[row["asset_id"]] = result.count
      result.append((row["asset_id"], asset, known))
    }
    let columns = try Row.fetchCursor(
      db,
      sql: """
        SELECT k.asset_id, w.* FROM asset_column k JOIN asset a ON a.id = k.asset_id JOIN asset_column_version w ON w.column_id = k.id
         WHERE a.namespace_id = ? AND w.ended_change_id IS NULL\(picked) ORDER BY k.asset_id, w.ordinal, w.id
        """, arguments: [namespaceID])
    while let row = try columns.next() {
      guard let at = index[row["asset_id"]] else { continue }
      let ordinal: Int = row["ordinal"]
      if ordinal == 0, !referenced { continue }
      result[at].asset.columns.append(
        CadastreModel.Column(
          name: row["name"], ordinal: ordinal, type: try decode(LogicalType.self, row["logical_type"]), nativeType: row["native_type"],
          nullable: row["nullable"], defaultValue: try decode(DefaultValue.self, row["default_value"]),
          computed: try decode(ComputedValue.self, row["computed"]), identity: try decode(Identity.self, row["identity"]),
          collation: row["collation"], description: row["description"],
          classification: (row["classification"] as String?).flatMap(Classification.init(rawValue:))))
    }
    let parts = try Row.fetchCursor(
      db,
      sql: """
        SELECT p.asset_id, p.kind, p.definition FROM asset_part p JOIN asset a ON a.id = p.asset_id
         WHERE a.namespace_id = ? AND p.ended_change_id IS NULL\(picked) ORDER BY p.asset_id, p.position
        """, arguments: [namespaceID])
    while let row = try parts.next() {
      guard let at = index[row["asset_id"]] else { continue }
      let definition: String = row["definition"]
      if row["kind"] == "constraint" {
        if let value = try decode(Constraint.self, definition) { result[at].asset.constraints.append(value) }
      } else if let value = try decode(Index.self, definition) {
        result[at].asset.indexes.append(value)
      }
    }
    return result
  }
}
