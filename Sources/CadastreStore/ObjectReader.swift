public import CadastreModel
internal import Foundation
internal import GRDB

/// Reads what one manifest holds: assets with the lineage declared into them, routines, feeds.
struct ObjectReader {
  struct Warehouse {
    var id: Int64
    var namespace: Namespace
  }

  struct HeldAsset {
    var id: Int64
    /// As a scan compares it, with columns that nothing defines.
    var raw: Asset
    var known: Bool
    var entry: AssetEntry
  }

  struct HeldRoutine {
    var id: Int64
    var version: Int
    var hash: String
    /// The script that defines it, as far as a scan has said.
    var file: String?
    var entry: RoutineEntry
  }

  /// Evidence that people have declared; what a script's comment declares is its unit's.
  static let declared = "x.origin = 'declared' AND x.unit_id IS NULL AND x.ended_change_id IS NULL"

  let db: Database

  func warehouses() throws -> [String: Warehouse] {
    var result: [String: Warehouse] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT id, name, dialect, case_insensitive FROM namespace") {
      let namespace = Namespace(name: row["name"], dialect: DialectName(rawValue: row["dialect"]) ?? .ansi, caseInsensitive: row["case_insensitive"])
      result[namespace.name] = Warehouse(id: row["id"], namespace: namespace)
    }
    return result
  }

  private func among(_ column: String, _ ids: Set<Int64>?) -> String {
    ids.map { " AND \(column) IN (" + $0.sorted().map(String.init).joined(separator: ", ") + ")" } ?? ""
  }

  func assets(_ warehouse: Warehouse, only ids: Set<Int64>? = nil) throws -> [HeldAsset] {
    let lineage = try lineage(warehouse, only: ids)
    let undefined = try undefinedColumns(warehouse, only: ids)
    return try AssetRows.current(db, namespaceID: warehouse.id, referenced: true, only: ids).compactMap { item in
      let edges = lineage[item.id] ?? []
      let names = undefined[item.id] ?? []
      var asset = item.asset
      if item.known {
        asset.columns.removeAll { $0.ordinal == 0 }
        asset.definedAt = nil
      } else {
        // most of these are only names in code
        guard !edges.isEmpty || !names.isEmpty else { return nil }
        asset = Asset(name: asset.name, kind: .table, dialect: .ansi)
      }
      let entry = AssetEntry(
        namespace: warehouse.namespace.name, asset: asset, isDefined: item.known, undefinedColumns: names, lineage: edges.sorted())
      return HeldAsset(id: item.id, raw: item.asset, known: item.known, entry: entry)
    }
  }

  private func lineage(_ warehouse: Warehouse, only ids: Set<Int64>?) throws -> [Int64: [DeclaredEdge]] {
    var result: [Int64: [DeclaredEdge]] = [:]
    // a name that holds no longer is still the one under which its row was made
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT e.target_asset_id, n.name AS namespace, s.folded_name AS source_name, sv.parts, sk.folded_name AS source_key, sw.name AS source_column,
               e.target_column_id, tk.folded_name AS target_key, tw.name AS target_column, e.subtype, t.value AS expression
          FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id JOIN asset a ON a.id = e.target_asset_id
          JOIN asset_column sk ON sk.id = e.source_column_id JOIN asset s ON s.id = sk.asset_id JOIN namespace n ON n.id = s.namespace_id
          LEFT JOIN asset_version sv ON sv.asset_id = s.id AND sv.ended_change_id IS NULL
          LEFT JOIN asset_column_version sw ON sw.column_id = sk.id AND sw.ended_change_id IS NULL
          LEFT JOIN asset_column tk ON tk.id = e.target_column_id LEFT JOIN asset_column_version tw ON tw.column_id = tk.id AND tw.ended_change_id IS NULL
          JOIN text_value t ON t.id = x.expression_id
         WHERE a.namespace_id = ? AND \(ObjectReader.declared)\(among("e.target_asset_id", ids))
        """, arguments: [warehouse.id])
    while let row = try rows.next() {
      let namespace: String = row["namespace"]
      let isRows = (row["target_column_id"] as Int64?) == nil
      let edge = DeclaredEdge(
        sourceNamespace: namespace == warehouse.namespace.name ? nil : namespace,
        source: ObjectName(try AssetRows.decode([String].self, row["parts"]) ?? ObjectName.parts(reading: row["source_name"])),
        sourceColumn: (row["source_column"] as String?) ?? row["source_key"],
        column: isRows ? nil : (row["target_column"] as String?) ?? row["target_key"],
        subtype: EdgeSubtype(rawValue: row["subtype"]) ?? .transformation, expression: row["expression"])
      result[row["target_asset_id"], default: []].append(edge)
    }
    return result
  }

  /// Columns that declared edges name and nothing defines, sorted.
  private func undefinedColumns(_ warehouse: Warehouse, only ids: Set<Int64>?) throws -> [Int64: [String]] {
    var result: [Int64: [String]] = [:]
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT k.asset_id, coalesce(w.name, k.folded_name) AS name
          FROM asset_column k JOIN asset a ON a.id = k.asset_id LEFT JOIN asset_column_version w ON w.column_id = k.id AND w.ended_change_id IS NULL
         WHERE a.namespace_id = ? AND ifnull(w.ordinal, 0) = 0\(among("k.asset_id", ids)) AND k.id IN (
               SELECT e.source_column_id FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id WHERE \(ObjectReader.declared)
               UNION SELECT e.target_column_id FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id WHERE \(ObjectReader.declared))
         ORDER BY k.asset_id, 2
        """, arguments: [warehouse.id])
    while let row = try rows.next() { result[row["asset_id"], default: []].append(row["name"]) }
    return result
  }

  func routines(_ warehouse: Warehouse, only ids: Set<Int64>? = nil) throws -> [HeldRoutine] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT v.routine_id, v.version, v.hash, v.parts, v.kind, v.dialect, v.parameters, t.text, x.file
          FROM routine r JOIN routine_version v ON v.routine_id = r.id AND v.ended_change_id IS NULL JOIN routine_text t ON t.hash = v.hash
          LEFT JOIN routine_analysis x ON x.routine_id = r.id AND x.ended_change_id IS NULL
         WHERE r.namespace_id = ?\(among("r.id", ids)) ORDER BY r.id
        """, arguments: [warehouse.id]
    ).map { row in
      let entry = RoutineEntry(
        namespace: warehouse.namespace.name, name: ObjectName(try AssetRows.decode([String].self, row["parts"]) ?? []),
        kind: RoutineKind(rawValue: row["kind"]) ?? .procedure, dialect: DialectName(rawValue: row["dialect"]) ?? .ansi,
        parameters: try AssetRows.decode([Parameter].self, row["parameters"]) ?? [], source: row["text"])
      return HeldRoutine(id: row["routine_id"], version: row["version"], hash: row["hash"], file: row["file"], entry: entry)
    }
  }

  func feeds(_ warehouse: Warehouse, only names: [String]? = nil) throws -> [FeedEntry] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT v.definition FROM feed f JOIN feed_version v ON v.feed_id = f.id AND v.ended_change_id IS NULL
         WHERE f.namespace_id = ?1 AND (?2 IS NULL OR f.name IN (SELECT value FROM json_each(?2))) ORDER BY f.name
        """, arguments: [warehouse.id, names.map { String(decoding: JSONText.strings($0), as: UTF8.self) }]
    ).compactMap { row in try AssetRows.decode(Feed.self, row["definition"]).map { FeedEntry(namespace: warehouse.namespace.name, feed: $0) } }
  }

  // MARK: by name

  /// Rows of `asset` or `routine` by their names, as the warehouse compares them.
  func ids(_ table: String, _ names: [String], _ warehouse: Warehouse) throws -> [ExactText: Int64] {
    let statement = try db.cachedStatement(sql: "SELECT id FROM \(table) WHERE namespace_id = ? AND folded_name = ?")
    var result: [ExactText: Int64] = [:]
    for name in names {
      let folded = warehouse.namespace.caseInsensitive ? name.lowercased() : name
      if let id = try Int64.fetchOne(statement, arguments: [warehouse.id, folded]) { result[ExactText(folded)] = id }
    }
    return result
  }
}

extension Registry {
  /// All that people would maintain or review, in one snapshot: namespaces, assets with declared lineage, routines, feeds.
  public func objects() throws(StoreError) -> [RegistryObject] {
    try read { db in
      let reader = ObjectReader(db: db)
      var result: [RegistryObject] = []
      for warehouse in try reader.warehouses().values.sorted(by: { $0.id < $1.id }) {
        result.append(.namespace(warehouse.namespace))
        result += try reader.assets(warehouse).map { .asset($0.entry) }
        result += try reader.routines(warehouse).map { .routine($0.entry) }
        result += try reader.feeds(warehouse).map { .feed($0) }
      }
      return result
    }
  }

  /// SHA-256 over an object, hexadecimal: by this a plan knows whether it is still what it was. Which undefined columns an asset lists does not count.
  public static func hash(of object: RegistryObject) throws(StoreError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var counted = object
    if case .asset(var entry) = object {
      entry.undefinedColumns = []
      counted = .asset(entry)
    }
    do {
      return ChangeWriter.contentHash(String(decoding: try encoder.encode(counted), as: UTF8.self))
    } catch {
      throw .unexpected("\(error)")
    }
  }
}
