public import CadastreModel
internal import GRDB

extension Registry {
  /// The whole column lineage that holds now, of one warehouse or of all.
  public func lineageGraph(namespace: String? = nil) throws(StoreError) -> LineageGraph {
    try read { db in
      var loading = GraphLoading(db: db, namespace: namespace)
      return try loading.run()
    }
  }

  /// Pieces of evidence by the numbers that a graph's links hold. What has ended since is still given.
  public func evidence(_ ids: [Int64]) throws(StoreError) -> [Int64: LineageEvidence] {
    try read { db in
      let statement = try db.makeStatement(sql: LineageWalk.selectEvidence)
      var found: [Int64: LineageEvidence] = [:]
      for id in Set(ids) {
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { continue }
        found[id] = try LineageWalk.evidence(row)
      }
      return found
    }
  }
}

/// Reads a `LineageGraph`. Columns come in order of name, so that what is computed on them does not depend on when they were scanned.
private struct GraphLoading {
  let db: Database
  let namespace: String?
  var graph = LineageGraph()
  var assets: [Int64: Int] = [:]
  var columns: [Int64: Int] = [:]
  var columnsOfAsset: [Int: [String: Int]] = [:]
  var insensitive: [String: Bool] = [:]
  var rows: [Int: Int] = [:]
  var lists: [Int64: [String]] = [:]

  init(db: Database, namespace: String?) {
    self.db = db
    self.namespace = namespace
  }

  mutating func run() throws -> LineageGraph {
    try loadAssets()
    try loadColumns()
    try loadLinks()
    try loadRoutines()
    return graph
  }

  /// What is retired but still named by an edge is there under its last name.
  private mutating func loadAssets() throws {
    let cursor = try Row.fetchCursor(
      db,
      sql: """
        SELECT a.id, n.name AS namespace, n.case_insensitive, v.name, v.parts, v.kind, v.known, v.query, v.ended_change_id
          FROM asset a JOIN namespace n ON n.id = a.namespace_id JOIN asset_version v ON v.asset_id = a.id
         WHERE v.id = (SELECT max(id) FROM asset_version WHERE asset_id = a.id) ORDER BY n.name, v.name, a.id
        """)
    while let row = try cursor.next() {
      let name: String = row["namespace"]
      insensitive[name] = row["case_insensitive"]
      let ended: Int64? = row["ended_change_id"]
      assets[row["id"]] = graph.assets.count
      graph.assets.append(
        LineageGraph.AssetNode(
          namespace: name, name: ObjectName(try AssetRows.decode([String].self, row["parts"]) ?? []), kind: AssetKind(rawValue: row["kind"]) ?? .table,
          known: row["known"] && ended == nil, query: row["query"]))
    }
  }

  private mutating func loadColumns() throws {
    let cursor = try Row.fetchCursor(
      db,
      sql: """
        SELECT k.id, k.asset_id, k.folded_name, w.name FROM asset_column k JOIN asset_column_version w ON w.column_id = k.id
          JOIN asset_version v ON v.asset_id = k.asset_id AND v.id = (SELECT max(id) FROM asset_version WHERE asset_id = k.asset_id)
         WHERE w.id = (SELECT max(id) FROM asset_column_version WHERE column_id = k.id)
           AND (w.ended_change_id IS NULL OR v.ended_change_id IS NOT NULL
                OR EXISTS (SELECT 1 FROM column_edge e JOIN edge_evidence x ON x.edge_id = e.id AND x.ended_change_id IS NULL WHERE e.source_column_id = k.id)
                OR EXISTS (SELECT 1 FROM column_edge e JOIN edge_evidence x ON x.edge_id = e.id AND x.ended_change_id IS NULL
                            WHERE e.target_asset_id = k.asset_id AND e.target_column_id = k.id))
         ORDER BY v.name, w.ordinal, w.name, k.id
        """)
    while let row = try cursor.next() {
      guard let asset = assets[row["asset_id"]] else { continue }
      columns[row["id"]] = graph.nodes.count
      columnsOfAsset[asset, default: [:]][row["folded_name"]] = graph.nodes.count
      graph.nodes.append(LineageGraph.Node(asset: asset, column: row["name"]))
    }
  }

  private mutating func loadLinks() throws {
    let cursor = try Row.fetchCursor(
      db,
      sql: """
        SELECT x.id, e.source_column_id, e.target_asset_id, e.target_column_id, e.kind, x.origin, x.columns_id
          FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id JOIN namespace n ON n.id = x.namespace_id
         WHERE x.ended_change_id IS NULL AND (?1 IS NULL OR n.name = ?1) ORDER BY x.id
        """, arguments: [namespace])
    while let row = try cursor.next() {
      guard let source = columns[row["source_column_id"]], let kind = EdgeKind(rawValue: row["kind"]) else { continue }
      let id: Int64 = row["id"]
      let origin = EdgeOrigin(rawValue: row["origin"]) ?? .parsed
      if let target = row["target_column_id"] as Int64? {
        if let target = columns[target] { graph.links.append(LineageGraph.Link(source: source, target: target, kind: kind, origin: origin, evidence: id)) }
        continue
      }
      guard let asset = assets[row["target_asset_id"]] else { continue }
      graph.links.append(LineageGraph.Link(source: source, target: rowsNode(asset), kind: kind, origin: origin, evidence: id))
      guard let list = row["columns_id"] as Int64? else { continue }
      for name in try names(list) {
        let folded = insensitive[graph.assets[asset].namespace] == true ? name.lowercased() : name
        guard let target = columnsOfAsset[asset]?[folded] else { continue }
        graph.links.append(LineageGraph.Link(source: source, target: target, kind: kind, origin: origin, evidence: id))
      }
    }
  }

  private mutating func rowsNode(_ asset: Int) -> Int {
    if let node = rows[asset] { return node }
    rows[asset] = graph.nodes.count
    graph.nodes.append(LineageGraph.Node(asset: asset, column: nil))
    return graph.nodes.count - 1
  }

  private mutating func names(_ list: Int64) throws -> [String] {
    if let known = lists[list] { return known }
    let text = try String.fetchOne(db.cachedStatement(sql: "SELECT value FROM text_value WHERE id = ?"), arguments: [list])
    let names = try AssetRows.decode([String].self, text) ?? []
    lists[list] = names
    return names
  }

  private mutating func loadRoutines() throws {
    var byName: [String: [String: Int]] = [:]
    for (index, asset) in graph.assets.enumerated() { byName[asset.namespace, default: [:]][asset.name.rendered.lowercased()] = index }
    let cursor = try Row.fetchCursor(
      db,
      sql: """
        SELECT n.name AS namespace, x.reads, x.writes FROM routine_analysis x JOIN routine r ON r.id = x.routine_id JOIN namespace n ON n.id = r.namespace_id
         WHERE x.ended_change_id IS NULL
        """)
    while let row = try cursor.next() {
      let known = byName[row["namespace"]] ?? [:]
      graph.readByRoutines.formUnion((try AssetRows.decode([String].self, row["reads"]) ?? []).compactMap { known[$0.lowercased()] })
      graph.writtenByRoutines.formUnion((try AssetRows.decode([String].self, row["writes"]) ?? []).compactMap { known[$0.lowercased()] })
    }
  }
}

extension LineageWalk {
  /// One piece of evidence by its number, with names as they are or last were.
  static let selectEvidence = """
    SELECT e.kind, e.subtype, x.origin, x.line, x.statement, x.confidence, x.began_change_id, c.at AS since, c.actor, c.reason,
           sv.parts AS source_parts, sw.name AS source_name, tv.parts AS target_parts, tw.name AS target_name, rv.parts AS routine_parts, rv.version,
           f.value AS file, t.value AS expression, l.value AS columns
      FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id JOIN change c ON c.id = x.began_change_id
      JOIN asset_column sk ON sk.id = e.source_column_id
      JOIN asset_version sv ON sv.id = (SELECT max(id) FROM asset_version WHERE asset_id = sk.asset_id)
      JOIN asset_column_version sw ON sw.id = (SELECT max(id) FROM asset_column_version WHERE column_id = sk.id)
      JOIN asset_version tv ON tv.id = (SELECT max(id) FROM asset_version WHERE asset_id = e.target_asset_id)
      LEFT JOIN asset_column_version tw ON tw.id = (SELECT max(id) FROM asset_column_version WHERE column_id = e.target_column_id)
      LEFT JOIN routine_version rv ON rv.routine_id = x.routine_id AND rv.ended_change_id IS NULL
      JOIN text_value f ON f.id = x.file_id JOIN text_value t ON t.id = x.expression_id LEFT JOIN text_value l ON l.id = x.columns_id
     WHERE x.id = ?
    """

  static func evidence(_ row: Row) throws -> LineageEvidence {
    LineageEvidence(
      edge: try edge(row, EdgeKind(rawValue: row["kind"]) ?? .direct), routineVersion: row["version"], change: row["began_change_id"], since: row["since"],
      actor: row["actor"], reason: row["reason"])
  }
}
