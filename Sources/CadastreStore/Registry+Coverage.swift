internal import GRDB

/// How much of one routine is understood.
public struct RoutineCoverage: Sendable, Hashable, Codable {
  public var namespace: String
  public var routine: String
  public var kind: String
  public var version: Int
  public var file: String
  public var line: Int
  /// Analysed statements that move data without an unresolved row, over all that move data: 0...1.
  public var coverage: Double
  public var statements: Int
  public var unparsed: Int
  /// Rows of the ledger that name it.
  public var unresolved: Int
}

extension Registry {
  /// Every routine that holds now with its coverage.
  public func routineCoverage(namespace: String? = nil) throws(StoreError) -> [RoutineCoverage] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT n.name AS namespace, v.name, v.kind, v.version, x.file, x.line, x.coverage, x.statements, x.unparsed,
                 (SELECT count(*) FROM unresolved u WHERE u.routine_id = r.id AND u.ended_change_id IS NULL) AS unresolved
            FROM routine r JOIN namespace n ON n.id = r.namespace_id JOIN routine_version v ON v.routine_id = r.id AND v.ended_change_id IS NULL
            JOIN routine_analysis x ON x.routine_id = r.id AND x.ended_change_id IS NULL
           WHERE ?1 IS NULL OR n.name = ?1 ORDER BY n.name, v.name
          """, arguments: [namespace]
      ).map {
        RoutineCoverage(
          namespace: $0["namespace"], routine: $0["name"], kind: $0["kind"], version: $0["version"], file: $0["file"], line: $0["line"],
          coverage: $0["coverage"], statements: $0["statements"], unparsed: $0["unparsed"], unresolved: $0["unresolved"])
      }
    }
  }
}
