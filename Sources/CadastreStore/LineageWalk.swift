internal import CadastreModel
internal import GRDB

/// A breadth-first walk over the edges that hold now.
struct LineageWalk {
  let db: Database
  let direction: LineageDirection
  let kinds: Set<EdgeKind>

  private static let select = """
    SELECT x.id AS evidence_id, e.source_column_id, e.target_asset_id, e.target_column_id, e.kind, e.subtype, x.origin, x.line, x.statement, x.confidence,
           sv.parts AS source_parts, sw.name AS source_name, tv.parts AS target_parts, tw.name AS target_name, rv.parts AS routine_parts, rv.version,
           f.value AS file, t.value AS expression, l.value AS columns, x.began_change_id, c.at AS since
      FROM column_edge e JOIN edge_evidence x ON x.edge_id = e.id AND x.ended_change_id IS NULL
      JOIN asset_column sk ON sk.id = e.source_column_id
      JOIN change c ON c.id = x.began_change_id
      LEFT JOIN asset_version sv ON sv.asset_id = sk.asset_id AND sv.ended_change_id IS NULL
      LEFT JOIN asset_column_version sw ON sw.column_id = e.source_column_id AND sw.ended_change_id IS NULL
      LEFT JOIN asset_version tv ON tv.asset_id = e.target_asset_id AND tv.ended_change_id IS NULL
      LEFT JOIN asset_column_version tw ON tw.column_id = e.target_column_id AND tw.ended_change_id IS NULL
      LEFT JOIN routine_version rv ON rv.routine_id = x.routine_id AND rv.ended_change_id IS NULL
      JOIN text_value f ON f.id = x.file_id JOIN text_value t ON t.id = x.expression_id LEFT JOIN text_value l ON l.id = x.columns_id
    """

  private struct Decoded {
    let edge: ColumnEdge
    /// In lower case.
    let columns: Set<String>

    init(_ edge: ColumnEdge) {
      self.edge = edge
      columns = Set(edge.columns.map { $0.lowercased() })
    }
  }

  func run(from reference: ColumnReference, namespace: String?, depth: Int?) throws -> [LineageStep] {
    var frontier = try columns(of: reference, namespace)
    var seen = Set(frontier)
    var steps: [LineageStep] = []
    var noted: Set<ColumnEdge> = []
    var decoded: [Int64: Decoded] = [:]
    let statement = try db.cachedStatement(
      sql: direction == .downstream
        ? Self.select + " WHERE e.source_column_id = ?1 ORDER BY e.id, x.id"
        : Self.select + """
           WHERE e.target_asset_id = (SELECT asset_id FROM asset_column WHERE id = ?1) AND (e.target_column_id = ?1 OR e.target_column_id IS NULL) ORDER BY e.id, x.id
          """)
    let name = try db.cachedStatement(
      sql: "SELECT w.name FROM asset_column_version w WHERE w.column_id = ? AND w.ended_change_id IS NULL")
    let members = try db.cachedStatement(
      sql: "SELECT k.id, w.name FROM asset_column k JOIN asset_column_version w ON w.column_id = k.id AND w.ended_change_id IS NULL WHERE k.asset_id = ?")
    var level = 0
    while !frontier.isEmpty, depth.map({ level < $0 }) ?? true {
      level += 1
      var next: [Int64] = []
      for column in frontier {
        let own = (try String.fetchOne(name, arguments: [column]) ?? "").lowercased()
        for row in try Row.fetchAll(statement, arguments: [column]) {
          guard let kind = EdgeKind(rawValue: row["kind"]), kinds.contains(kind) else { continue }
          let evidence: Int64 = row["evidence_id"]
          // an edge into rows comes up for each column of its asset, but is read once
          let known = try decoded[evidence] ?? Decoded(Self.edge(row, kind))
          if known.edge.target.column == nil { decoded[evidence] = known }
          let edge = known.edge
          if edge.target.column == nil, direction == .upstream, !known.columns.contains(own) { continue }
          if noted.insert(edge).inserted { steps.append(LineageStep(edge: edge, depth: level, routineVersion: row["version"], change: row["began_change_id"], since: row["since"])) }
          if direction == .upstream {
            let source: Int64 = row["source_column_id"]
            if seen.insert(source).inserted { next.append(source) }
          } else if let target = row["target_column_id"] as Int64? {
            if seen.insert(target).inserted { next.append(target) }
          } else {
            for member in try Row.fetchAll(members, arguments: [row["target_asset_id"] as Int64]) where known.columns.contains((member["name"] as String).lowercased()) {
              if seen.insert(member["id"]).inserted { next.append(member["id"]) }
            }
          }
        }
      }
      frontier = next
    }
    return steps
  }

  /// The columns a walk begins at. An exact name wins over one that differs by case alone.
  func columns(of reference: ColumnReference, _ namespace: String?) throws -> [Int64] {
    let name = reference.asset.rendered
    func matching(_ condition: String) throws -> [Row] {
      try Row.fetchAll(
        db,
        sql: """
          SELECT k.id, v.name, w.name AS column_name FROM namespace n CROSS JOIN asset a ON a.namespace_id = n.id JOIN asset_column k ON k.asset_id = a.id
            JOIN asset_version v ON v.asset_id = a.id AND v.ended_change_id IS NULL
            JOIN asset_column_version w ON w.column_id = k.id AND w.ended_change_id IS NULL
           WHERE \(condition) AND (?3 IS NULL OR n.name = ?3) ORDER BY w.ordinal, k.id
          """, arguments: [name, name.lowercased(), namespace])
    }
    // by the index first; a name that differs by case alone takes a look at all
    var rows = try matching("a.folded_name IN (?1, ?2)")
    if rows.isEmpty { rows = try matching("lower(a.folded_name) = ?2") }
    let own = rows.filter { row in reference.column.map { $0.lowercased() == (row["column_name"] as String).lowercased() } ?? true }
    let exact = own.filter { row in row["name"] == name && (reference.column == nil || row["column_name"] == reference.column) }
    return (exact.isEmpty ? own : exact).map { $0["id"] }
  }

  static func edge(_ row: Row, _ kind: EdgeKind) throws -> ColumnEdge {
    func name(_ parts: String?) throws -> ObjectName { ObjectName(try AssetRows.decode([String].self, parts) ?? ["?"]) }
    return ColumnEdge(
      source: ColumnReference(asset: try name(row["source_parts"]), column: row["source_name"]),
      target: ColumnReference(asset: try name(row["target_parts"]), column: row["target_name"]),
      columns: try AssetRows.decode([String].self, row["columns"]) ?? [], kind: kind, subtype: EdgeSubtype(rawValue: row["subtype"]) ?? .transformation,
      origin: EdgeOrigin(rawValue: row["origin"]) ?? .parsed, routine: try (row["routine_parts"] as String?).map { try name($0) }, file: row["file"],
      line: row["line"], statement: row["statement"], expression: row["expression"], confidence: row["confidence"])
  }
}
