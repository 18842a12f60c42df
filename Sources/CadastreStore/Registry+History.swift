internal import CadastreModel
internal import GRDB

/// One change of a registry: who made it, when, by what and why.
public struct ChangeRecord: Sendable, Hashable, Codable {
  public var id: Int64
  /// UTC, ISO 8601 with microseconds.
  public var at: String
  public var actor: String
  public var command: String
  public var reason: String
  public var toolVersion: String
  /// SHA-256, hexadecimal: over the change and the hash of the one before.
  public var hash: String
}

/// One thing that a change began, changed or ended.
public struct ChangeEntry: Sendable, Hashable {
  public var change: Int64
  /// asset, column, keys, routine, edges, feed ...
  public var kind: String
  /// The warehouse it belongs to.
  public var namespace: String?
  /// Its name.
  public var subject: String
  /// JSON; `nil` where it begins.
  public var before: String?
  /// JSON; `nil` where it ends.
  public var after: String?
}

/// An edge with all that it is told apart by.
public struct EdgeName: Sendable, Hashable, Codable {
  public var namespace: String
  public var source: String
  public var target: String
  public var kind: String
  public var subtype: String
}

extension Registry {
  /// The id of the last change made by a moment; 0 before the first.
  public func change(at moment: Moment) throws(StoreError) -> Int64 {
    try read { db in try Snapshot.change(of: moment, db) }
  }

  /// The changes after one and up to another, in order.
  public func changes(after first: Int64 = 0, through last: Int64 = .max) throws(StoreError) -> [ChangeRecord] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM change WHERE id > ? AND id <= ? ORDER BY id", arguments: [first, last]).map(Registry.record)
    }
  }

  static func record(_ row: Row) -> ChangeRecord {
    ChangeRecord(
      id: row["id"], at: row["at"], actor: row["actor"], command: row["command"], reason: row["reason"], toolVersion: row["tool_version"], hash: row["hash"])
  }

  /// What the changes after one and up to another have begun, changed and ended, in order.
  public func entries(after first: Int64, through last: Int64) throws(StoreError) -> [ChangeEntry] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM change_entry WHERE change_id > ? AND change_id <= ? ORDER BY change_id, position", arguments: [first, last])
        .map(Registry.entry)
    }
  }

  /// What has been done to a thing and what is in it, in order: an asset with its columns and keys, a routine, a feed.
  public func entries(about name: String, namespace: String? = nil) throws(StoreError) -> [ChangeEntry] {
    try read { db in
      // `.` and blank begin what is within: a column's name, an item of a checklist; the bytes after them end that range
      try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM change_entry
           WHERE (subject = ?1 OR (subject > ?1 || '.' AND subject < ?1 || '/') OR (subject > ?1 || ' ' AND subject < ?1 || '!'))
             AND (?2 IS NULL OR namespace IS ?2) ORDER BY change_id, position
          """, arguments: [name, namespace]
      ).map(Registry.entry)
    }
  }

  private static func entry(_ row: Row) -> ChangeEntry {
    ChangeEntry(
      change: row["change_id"], kind: row["kind"], namespace: row["namespace"], subject: row["subject"], before: row["before"], after: row["after"])
  }

  /// The names under which the log may know a thing: what is spelled like it, whatever the case.
  public func subjects(like name: String) throws(StoreError) -> [(namespace: String?, subject: String)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT n.name AS namespace, v.name AS subject FROM asset a JOIN namespace n ON n.id = a.namespace_id JOIN asset_version v ON v.asset_id = a.id
           WHERE a.folded_name IN (?1, ?2) OR lower(a.folded_name) = ?2
          UNION
          SELECT n.name, v.name FROM routine r JOIN namespace n ON n.id = r.namespace_id JOIN routine_version v ON v.routine_id = r.id
           WHERE r.folded_name IN (?1, ?2) OR lower(r.folded_name) = ?2
          UNION
          SELECT n.name, f.name FROM feed f JOIN namespace n ON n.id = f.namespace_id WHERE f.name = ?1
          UNION
          SELECT namespace, subject FROM change_entry WHERE subject = ?1
          """, arguments: [name, name.lowercased()]
      ).map { ($0["namespace"], $0["subject"]) }
    }
  }

  /// The edges that hold at one of two moments and not at the other.
  public func edgeDifference(_ first: Int64, _ last: Int64) throws(StoreError) -> (begun: [EdgeName], ended: [EdgeName]) {
    let select = """
      SELECT DISTINCT n.name AS namespace, e.id, e.kind, e.subtype,
             (SELECT v.name FROM asset_column k JOIN asset_version v ON v.asset_id = k.asset_id WHERE k.id = e.source_column_id ORDER BY v.id DESC LIMIT 1) AS source_asset,
             (SELECT w.name FROM asset_column_version w WHERE w.column_id = e.source_column_id ORDER BY w.id DESC LIMIT 1) AS source_column,
             (SELECT v.name FROM asset_version v WHERE v.asset_id = e.target_asset_id ORDER BY v.id DESC LIMIT 1) AS target_asset,
             (SELECT w.name FROM asset_column_version w WHERE w.column_id = e.target_column_id ORDER BY w.id DESC LIMIT 1) AS target_column
        FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id JOIN namespace n ON n.id = x.namespace_id
       WHERE x.began_change_id <= ?1 AND (x.ended_change_id IS NULL OR x.ended_change_id > ?1) AND (x.began_change_id > ?2 OR x.ended_change_id <= ?2)
         AND NOT EXISTS (SELECT 1 FROM edge_evidence y WHERE y.edge_id = e.id AND y.began_change_id <= ?2 AND (y.ended_change_id IS NULL OR y.ended_change_id > ?2))
       ORDER BY namespace, target_asset, target_column, source_asset, source_column, e.kind, e.subtype
      """
    func names(_ there: Int64, _ notThere: Int64, _ db: Database) throws -> [EdgeName] {
      try Row.fetchAll(db, sql: select, arguments: [there, notThere]).map { row in
        func name(_ asset: String?, _ column: String?) -> String { (asset ?? "?") + "." + (column.map(ObjectName.renderedPart) ?? "*") }
        return EdgeName(
          namespace: row["namespace"], source: name(row["source_asset"], row["source_column"]), target: name(row["target_asset"], row["target_column"]),
          kind: row["kind"], subtype: row["subtype"])
      }
    }
    return try read { db in (try names(last, first, db), try names(first, last, db)) }
  }

  // MARK: routines

  /// One version of a routine's text.
  public struct RoutineVersion: Sendable, Hashable, Codable {
    public var namespace: String
    public var routine: String
    /// 1-based.
    public var version: Int
    /// SHA-256 of the text, hexadecimal.
    public var hash: String
    public var began: ChangeRecord
    /// `nil` while it holds.
    public var ended: ChangeRecord?
    public var text: String
  }

  /// Every version of a routine, oldest first; of several warehouses those of each. Empty when there is none of that name.
  public func routineVersions(_ name: String, namespace: String? = nil) throws(StoreError) -> [RoutineVersion] {
    try read { db in
      var records: [Int64: ChangeRecord] = [:]
      func change(_ id: Int64?) throws -> ChangeRecord? {
        guard let id else { return nil }
        if let known = records[id] { return known }
        records[id] = try Row.fetchOne(db, sql: "SELECT * FROM change WHERE id = ?", arguments: [id]).map(Registry.record)
        return records[id]
      }
      return try Row.fetchAll(
        db,
        sql: """
          SELECT n.name AS namespace, v.name, v.version, v.hash, v.began_change_id, v.ended_change_id, t.text
            FROM routine r JOIN namespace n ON n.id = r.namespace_id JOIN routine_version v ON v.routine_id = r.id JOIN routine_text t ON t.hash = v.hash
           WHERE (r.folded_name IN (?1, ?2) OR lower(r.folded_name) = ?2) AND (?3 IS NULL OR n.name = ?3) ORDER BY n.name, r.id, v.version
          """, arguments: [name, name.lowercased(), namespace]
      ).compactMap { row in
        guard let began = try change(row["began_change_id"]) else { return nil }
        return RoutineVersion(
          namespace: row["namespace"], routine: row["name"], version: row["version"], hash: row["hash"], began: began,
          ended: try change(row["ended_change_id"]), text: row["text"])
      }
    }
  }
}

extension Registry {
  /// Both ends of every piece of evidence of an origin.
  func edges(origin: EdgeOrigin) throws(StoreError) -> [(source: LineagePlace, target: LineagePlace)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT n.name AS namespace, sv.parts AS source_parts, sw.name AS source_name, tv.parts AS target_parts, tw.name AS target_name
            FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id JOIN namespace n ON n.id = x.namespace_id
            JOIN asset_column sk ON sk.id = e.source_column_id
            JOIN asset_version sv ON sv.id = (SELECT max(id) FROM asset_version WHERE asset_id = sk.asset_id)
            JOIN asset_column_version sw ON sw.id = (SELECT max(id) FROM asset_column_version WHERE column_id = sk.id)
            JOIN asset_version tv ON tv.id = (SELECT max(id) FROM asset_version WHERE asset_id = e.target_asset_id)
            LEFT JOIN asset_column_version tw ON tw.id = (SELECT max(id) FROM asset_column_version WHERE column_id = e.target_column_id)
           WHERE x.ended_change_id IS NULL AND x.origin = ? ORDER BY x.id
          """, arguments: [origin.rawValue]
      ).map { row in
        func place(_ parts: String, _ column: String?) throws -> LineagePlace {
          LineagePlace(
            namespace: row["namespace"], reference: ColumnReference(asset: ObjectName(try AssetRows.decode([String].self, parts) ?? []), column: column))
        }
        return (try place(row["source_parts"], row["source_name"]), try place(row["target_parts"], row["target_name"]))
      }
    }
  }
}
