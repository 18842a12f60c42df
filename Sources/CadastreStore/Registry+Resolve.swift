public import CadastreModel
internal import GRDB

extension Registry {
  /// The names that a reference could mean: `schema.table`, `schema.table.column`, or fewer parts where that is enough.
  public func resolve(_ text: String) throws(StoreError) -> [ColumnReference] { try places(text).map(\.reference) }

  /// What a text could mean: assets first; columns when it names no asset. Compared as each warehouse compares names; where case
  /// matters there, a name that differs by case alone is found when none is equal.
  public func places(_ text: String, namespace: String? = nil) throws(StoreError) -> [LineagePlace] {
    let parts = ObjectName.parts(reading: text)
    guard !parts.isEmpty else { return [] }
    return try read { db in
      let assets = try Registry.places(db, asset: parts, column: nil, namespace)
      if !assets.isEmpty || parts.count < 2 { return assets }
      return try Registry.places(db, asset: Array(parts.dropLast()), column: parts[parts.count - 1], namespace)
    }
  }

  private static func places(_ db: Database, asset parts: [String], column: String?, _ namespace: String?) throws -> [LineagePlace] {
    // a whole name is found by its index; it is what is meant unless one that differs by case may be meant as well
    let whole = try places(db, asset: parts, column: column, namespace, "a.folded_name IN (?1, ?2)")
    let isSensitive = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM namespace WHERE case_insensitive = 0)") ?? true
    if whole.isExact || !isSensitive && !whole.places.isEmpty { return whole.places }
    // the exact name ends the folded one of an asset, or does so but for case
    let names = """
      (a.folded_name IN (?1, ?2) OR substr(a.folded_name, -length(?1) - 1) = '.' || ?1 OR substr(a.folded_name, -length(?2) - 1) = '.' || ?2
        OR lower(a.folded_name) = ?2 OR substr(lower(a.folded_name), -length(?2) - 1) = '.' || ?2)
      """
    return try places(db, asset: parts, column: column, namespace, names).places
  }

  private static func places(
    _ db: Database, asset parts: [String], column: String?, _ namespace: String?, _ names: String
  ) throws -> (places: [LineagePlace], isExact: Bool) {
    let exact = ObjectName(parts).rendered
    let folded = exact.lowercased()
    let sql =
      column == nil
      ? """
      SELECT n.name AS namespace, n.case_insensitive, v.name, v.parts, NULL AS column_name FROM namespace n CROSS JOIN asset a ON a.namespace_id = n.id
        JOIN asset_version v ON v.asset_id = a.id AND v.ended_change_id IS NULL
       WHERE \(names) AND (?3 IS NULL OR n.name = ?3) ORDER BY n.name, v.name
      """
      : """
      SELECT n.name AS namespace, n.case_insensitive, v.name, v.parts, w.name AS column_name FROM namespace n CROSS JOIN asset a ON a.namespace_id = n.id
        JOIN asset_version v ON v.asset_id = a.id AND v.ended_change_id IS NULL JOIN asset_column k ON k.asset_id = a.id
        JOIN asset_column_version w ON w.column_id = k.id AND w.ended_change_id IS NULL
       WHERE \(names) AND (?3 IS NULL OR n.name = ?3) AND (k.folded_name IN (?4, ?5) OR lower(k.folded_name) = ?5) ORDER BY n.name, v.name, w.ordinal
      """
    var arguments: [(any DatabaseValueConvertible)?] = [exact, folded, namespace]
    if let column { arguments += [column, column.lowercased()] }
    let rows = try Row.fetchAll(db, sql: sql, arguments: StatementArguments(arguments)).map { row in
      let place = LineagePlace(
        namespace: row["namespace"],
        reference: ColumnReference(asset: ObjectName(try AssetRows.decode([String].self, row["parts"]) ?? []), column: row["column_name"]))
      let name: String = row["name"]
      let known: String? = row["column_name"]
      return (place, exact: (name == exact || name.hasSuffix("." + exact)) && known == column, whole: name.lowercased() == folded)
    }
    // whole names before shorter ones, equal ones before those that differ by case
    let whole = rows.contains(where: \.whole) ? rows.filter(\.whole) : rows
    let same = whole.contains(where: \.exact) ? whole.filter(\.exact) : whole
    return (same.map(\.0), whole.contains(where: \.exact))
  }
}
