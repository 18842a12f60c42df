public import CadastreModel
internal import GRDB

/// One edge found on a walk through the lineage graph.
public struct LineageStep: Sendable, Hashable {
  public var edge: ColumnEdge
  /// Hops from where the walk began, 1-based.
  public var depth: Int
  /// Version of the routine that holds the evidence; `nil` outside routines.
  public var routineVersion: Int?
  /// The change that began the evidence, and its instant, UTC, ISO 8601.
  public var change: Int64
  public var since: String
}

public enum LineageDirection: Sendable, Hashable {
  case upstream, downstream
}

/// What a registry holds, in numbers.
public struct RegistrySummary: Sendable, Codable {
  public var namespaces = 0
  public var assets = 0
  public var columns = 0
  public var routines = 0
  public var edges = 0
  public var unresolved = 0
  public var changes = 0
}

extension Registry {
  public func namespaces() throws(StoreError) -> [Namespace] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT name, dialect, case_insensitive FROM namespace ORDER BY name").map {
        Namespace(name: $0["name"], dialect: DialectName(rawValue: $0["dialect"]) ?? .ansi, caseInsensitive: $0["case_insensitive"])
      }
    }
  }

  /// The current assets of a namespace, or of all.
  public func assets(namespace: String? = nil) throws(StoreError) -> [Asset] {
    try read { db in
      let ids = try Int64.fetchAll(db, sql: "SELECT id FROM namespace WHERE ?1 IS NULL OR name = ?1 ORDER BY name", arguments: [namespace])
      return try ids.flatMap { id in try AssetRows.current(db, namespaceID: id).map(\.asset) }
    }
  }

  /// The current asset of exactly a name; `nil` when there is none.
  public func asset(_ name: ObjectName, namespace: String) throws(StoreError) -> Asset? {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: "SELECT a.id, a.namespace_id FROM asset a JOIN namespace n ON n.id = a.namespace_id WHERE n.name = ?1 AND a.folded_name IN (?2, ?3)",
        arguments: [namespace, name.rendered, name.rendered.lowercased()])
      for row in rows {
        if let found = try AssetRows.current(db, namespaceID: row[1], only: [row[0]]).first(where: { $0.asset.name == name }) { return found.asset }
      }
      return nil
    }
  }

  public func summary() throws(StoreError) -> RegistrySummary {
    try read { db in
      func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
      var summary = RegistrySummary()
      summary.namespaces = try count("SELECT count(*) FROM namespace")
      summary.assets = try count("SELECT count(*) FROM asset_version WHERE ended_change_id IS NULL AND known = 1")
      summary.columns = try count("SELECT count(*) FROM v_column")
      summary.routines = try count("SELECT count(*) FROM routine_version WHERE ended_change_id IS NULL")
      summary.edges = try count("SELECT count(DISTINCT edge_id) FROM edge_evidence WHERE ended_change_id IS NULL")
      summary.unresolved = try count("SELECT count(*) FROM unresolved WHERE ended_change_id IS NULL")
      summary.changes = try count("SELECT count(*) FROM change")
      return summary
    }
  }

  public func unresolved(namespace: String? = nil) throws(StoreError) -> [Unresolved] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT u.*, v.parts FROM unresolved u JOIN namespace n ON n.id = u.namespace_id
            LEFT JOIN routine_version v ON v.routine_id = u.routine_id AND v.ended_change_id IS NULL
           WHERE u.ended_change_id IS NULL AND (?1 IS NULL OR n.name = ?1) ORDER BY u.file, u.line
          """, arguments: [namespace]
      ).map {
        Unresolved(
          file: $0["file"], line: $0["line"], routine: try AssetRows.decode([String].self, $0["parts"]).map { ObjectName($0) },
          reason: UnresolvedReason(rawValue: $0["reason"]) ?? .unparsed, text: $0["text"], hint: $0["hint"])
      }
    }
  }

  /// Everything upstream or downstream of a column, or of an asset's columns when `reference.column` is nil. Never cut.
  ///
  /// - Parameters:
  ///   - namespace: the warehouse of `reference`; any when `nil`.
  ///   - depth: most hops; `nil` for all.
  public func lineage(
    _ direction: LineageDirection, of reference: ColumnReference, namespace: String? = nil, depth: Int? = nil,
    kinds: Set<EdgeKind> = [.direct, .indirect]
  ) throws(StoreError) -> [LineageStep] {
    try read { db in try LineageWalk(db: db, direction: direction, kinds: kinds).run(from: reference, namespace: namespace, depth: depth) }
  }

  /// What holds of the file: SQLite's own checks, the schema, the foreign keys, the hash chain, and that rows, texts and indexes are what was written.
  /// Empty when all is well.
  public func verify() throws(StoreError) -> [String] {
    if let reason = try logDamage() { return ["log: \(reason)"] }
    return try read { db in
      var findings: [String] = []
      for text in try String.fetchAll(db, sql: "PRAGMA integrity_check") where text != "ok" { findings.append("integrity: \(text)") }
      // what a row of a damaged file says leads nowhere
      let isReadable = findings.isEmpty
      findings += try SchemaCheck.disagreements(db)
      guard isReadable, !findings.contains(where: { $0.hasPrefix("schema: table") }) else { return findings }
      let broken = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
      if !broken.isEmpty { findings.append("foreign keys: \(broken.count) rows point at nothing") }
      if let broken = try ChangeLog(db).firstBroken() { findings.append("change log: \(broken.sentence)") }
      findings += try RowSums.disagreements(db)
      findings += try TextCheck.disagreements(db)
      findings += try AdjacencyWriter.disagreements(db)
      findings += try SearchIndex(db: db).findings()
      return findings
    }
  }
}
