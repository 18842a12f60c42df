public import CadastreModel
internal import GRDB

/// A classification that travels to a column.
public struct ClassificationAssignment: Sendable, Hashable {
  /// The registry's id of the column.
  public var column: Int64
  /// `nil` takes away what had travelled there before.
  public var classification: Classification?
  /// JSON of where it comes from.
  public var evidence: String

  public init(column: Int64, classification: Classification?, evidence: String) {
    self.column = column
    self.classification = classification
    self.evidence = evidence
  }
}

extension Registry {
  /// The columns that have a classification or a direct edge, and those edges.
  public func classificationGraph(namespace: String? = nil) throws(StoreError) -> ClassificationGraph {
    try read { db in
      var graph = ClassificationGraph()
      graph.basis = try Int64.fetchOne(db, sql: "SELECT max(id) FROM change") ?? 0
      let edges = try Row.fetchCursor(
        db,
        sql: """
          SELECT e.source_column_id, e.target_column_id, e.subtype, t.value, rv.name, f.value, x.line
            FROM column_edge e JOIN edge_evidence x ON x.edge_id = e.id AND x.ended_change_id IS NULL
            JOIN text_value t ON t.id = x.expression_id JOIN text_value f ON f.id = x.file_id
            LEFT JOIN routine_version rv ON rv.routine_id = x.routine_id AND rv.ended_change_id IS NULL
           WHERE e.kind = 'direct' AND e.target_column_id IS NOT NULL ORDER BY e.id, x.id
          """)
      var used: Set<Int64> = []
      while let row = try edges.next() {
        guard let subtype = EdgeSubtype(rawValue: row[2]) else { continue }
        graph.edges.append(
          ClassificationGraph.Edge(source: row[0], target: row[1], subtype: subtype, expression: row[3], routine: row[4], file: row[5], line: row[6]))
        used.insert(row[0])
        used.insert(row[1])
      }
      let columns = try Row.fetchCursor(
        db,
        sql: """
          SELECT w.column_id, n.name AS namespace, v.parts, w.name, w.classification, s.origin, v.known = 1 AND w.ordinal > 0 AS known
            FROM asset_column_version w JOIN asset_column k ON k.id = w.column_id JOIN asset a ON a.id = k.asset_id JOIN namespace n ON n.id = a.namespace_id
            JOIN asset_version v ON v.asset_id = a.id AND v.ended_change_id IS NULL
            LEFT JOIN stated_field s ON s.asset_id = a.id AND s.column_id = k.id AND s.field = 'classification' AND s.ended_change_id IS NULL
           WHERE w.ended_change_id IS NULL AND (?1 IS NULL OR n.name = ?1)
          """, arguments: [namespace])
      var parsed: [String: ObjectName] = [:]
      while let row = try columns.next() {
        let id: Int64 = row["column_id"]
        let classification: String? = row["classification"]
        let origin: String? = row["origin"]
        guard classification != nil || origin != nil || used.contains(id) else { continue }
        let parts: String = row["parts"]
        let name = try parsed[parts] ?? ObjectName(AssetRows.decode([String].self, parts) ?? [])
        parsed[parts] = name
        graph.columns[id] = ClassificationGraph.Column(
          place: LineagePlace(namespace: row["namespace"], reference: ColumnReference(asset: name, column: row["name"])), classification: classification,
          origin: origin, known: row["known"])
      }
      return graph
    }
  }

  /// Writes classifications that have travelled, as one change.
  ///
  /// - Parameter basis: the last change that they were computed from; a later one makes them stale.
  public func classify(_ assignments: [ClassificationAssignment], basis: Int64, by author: ChangeAuthor) throws(StoreError) -> Int64? {
    try write(author) { change in
      guard basis == change.id - 1 else { throw StoreError.stale(path: path) }
      for item in assignments {
        guard let asset = try Int64.fetchOne(change.db, sql: "SELECT asset_id FROM asset_column WHERE id = ?", arguments: [item.column]) else { continue }
        let namespace = try Int64.fetchOne(change.db, sql: "SELECT namespace_id FROM asset WHERE id = ?", arguments: [asset]) ?? 0
        let name = try String.fetchOne(
          change.db, sql: "SELECT name FROM asset_column_version WHERE column_id = ? AND ended_change_id IS NULL", arguments: [item.column])
        guard let held = try AssetRows.current(change.db, namespaceID: namespace, referenced: true, only: [asset]).first?.asset,
          let column = held.columns.first(where: { $0.name == name })
        else { continue }
        var wanted = column
        wanted.classification = item.classification
        try Registry.replace(column, by: wanted, item.column, held.name.rendered(column: column.name), &change)
        if item.classification == nil {
          try StatedFields.forget(asset, item.column, .classification, change)
        } else {
          try StatedFields.state(asset, item.column, .classification, origin: "propagated", evidence: item.evidence, change)
        }
      }
    }.1
  }
}
