public import CadastreModel
internal import GRDB

/// What an analysis of a change reads: the texts of routines, the feeds, where the queries of views begin.
extension Registry {
  /// The current routines of a namespace with their texts, by name.
  public func routines(namespace: String) throws(StoreError) -> [Routine] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT v.parts, v.kind, v.dialect, v.parameters, t.text, x.file, x.line, x.start_offset, x.end_offset, x.reads, x.writes, x.calls, x.coverage,
                 x.statements, x.unparsed
            FROM routine r JOIN namespace n ON n.id = r.namespace_id JOIN routine_version v ON v.routine_id = r.id AND v.ended_change_id IS NULL
            JOIN routine_text t ON t.hash = v.hash LEFT JOIN routine_analysis x ON x.routine_id = r.id AND x.ended_change_id IS NULL
           WHERE n.name = ? ORDER BY v.name
          """, arguments: [namespace]
      ).map { row in
        Routine(
          name: ObjectName(try AssetRows.decode([String].self, row["parts"]) ?? []), kind: RoutineKind(rawValue: row["kind"]) ?? .procedure,
          dialect: DialectName(rawValue: row["dialect"]) ?? .ansi, parameters: try AssetRows.decode([Parameter].self, row["parameters"]) ?? [],
          source: row["text"],
          definedAt: SourceSpan(file: row["file"] ?? "", line: row["line"] ?? 1, start: row["start_offset"] ?? 0, end: row["end_offset"] ?? 0),
          reads: try AssetRows.decode([String].self, row["reads"]) ?? [], writes: try AssetRows.decode([String].self, row["writes"]) ?? [],
          calls: try AssetRows.decode([String].self, row["calls"]) ?? [], coverage: row["coverage"] ?? 0, statements: row["statements"] ?? 0,
          unparsed: row["unparsed"] ?? 0)
      }
    }
  }

  /// The feeds of a namespace, by name.
  public func feeds(namespace: String) throws(StoreError) -> [Feed] {
    try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT v.definition FROM feed f JOIN namespace n ON n.id = f.namespace_id JOIN feed_version v ON v.feed_id = f.id AND v.ended_change_id IS NULL
           WHERE n.name = ? ORDER BY f.name
          """, arguments: [namespace]
      ).compactMap { try AssetRows.decode(Feed.self, $0) }
    }
  }

  /// The line on which the query of each view begins, by the view's name; only of views that have edges.
  public func queryLines(namespace: String) throws(StoreError) -> [String: Int] {
    try read { db in
      var lines: [String: Int] = [:]
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT v.name, min(x.line) AS line FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id JOIN namespace n ON n.id = x.namespace_id
            JOIN asset_version v ON v.asset_id = e.target_asset_id AND v.ended_change_id IS NULL JOIN text_value f ON f.id = x.file_id
           WHERE n.name = ? AND x.ended_change_id IS NULL AND x.routine_id IS NULL AND e.target_column_id IS NOT NULL AND v.query IS NOT NULL AND f.value = v.file AND x.line >= v.line
           GROUP BY v.name
          """, arguments: [namespace])
      for row in rows { lines[row["name"]] = row["line"] }
      return lines
    }
  }
}
