public import CadastreModel
internal import GRDB

/// What came of taking a change back.
public enum RevertOutcome: Sendable, Hashable {
  case reverted(change: Int64)
  case unknownChange
  /// Things that the change touched and that later ones have touched again: each with the last change of it.
  case changedSince([String])
  /// It began and ended nothing that can be taken back, or all of that has been.
  case nothing
}

extension Registry {
  /// Makes a new change that takes another back: what it began ends, what it ended begins again as it was. History stays.
  ///
  /// Nothing is taken back of a change whose things are not as it left them: what changed them is to be reverted first. The next scan reads every file
  /// again, since what the files say is no longer what is recorded.
  public func revert(_ id: Int64, by author: ChangeAuthor) throws(StoreError) -> RevertOutcome {
    let (outcome, made) = try write(author) { change in
      let db = change.db
      guard id < change.id, try Int.fetchOne(db, sql: "SELECT 1 FROM change WHERE id = ?", arguments: [id]) != nil else { return RevertOutcome.unknownChange }
      var since = try changedSince(id, db)
      let tables = try VersionedTable.all(db)
      for table in tables { since += try table.changedSince(id, db) }
      guard since.isEmpty else { return .changedSince(since) }
      var count = 0
      for table in tables { count += try table.revert(id, change) }
      guard count > 0 else { return .nothing }
      let entries = try Row.fetchAll(db, sql: "SELECT * FROM change_entry WHERE change_id = ? AND kind <> 'namespace' ORDER BY position DESC", arguments: [id])
      for row in entries {
        change.namespace = row["namespace"]
        var after: String? = row["before"]
        if row["kind"] == "routine", after != nil {
          // the text that holds again is a version of its own
          after = try String.fetchOne(
            db,
            sql: """
              SELECT json_object('hash', v.hash, 'version', v.version) FROM routine_version v JOIN routine r ON r.id = v.routine_id
                JOIN namespace n ON n.id = r.namespace_id WHERE v.name = ? AND n.name IS ? AND v.ended_change_id IS NULL
              """, arguments: [row["subject"] as String, row["namespace"] as String?])
        }
        try change.note(row["kind"], row["subject"], before: row["after"], after: after)
      }
      try db.execute(sql: "DELETE FROM scan_name; DELETE FROM scan_file")
      return .reverted(change: 0)
    }
    if case .reverted = outcome, let made { return .reverted(change: made) }
    return outcome
  }
}

/// Things that a change left in another state than they are in now, each with the last change of it.
private func changedSince(_ id: Int64, _ db: Database) throws -> [String] {
  try Row.fetchAll(
    db,
    sql: """
      WITH own AS (SELECT kind, namespace, subject, after, max(position) FROM change_entry
                    WHERE change_id = ? AND kind NOT IN ('edges', 'unresolved', 'analysis', 'namespace') GROUP BY kind, namespace, subject),
           last AS (SELECT own.kind, own.subject, own.after AS own_after,
                           (SELECT l.rowid_ FROM (SELECT change_id * 1000000000 + position AS rowid_ FROM change_entry m
                             WHERE m.subject = own.subject AND m.kind = own.kind AND m.namespace IS own.namespace ORDER BY change_id DESC, position DESC LIMIT 1) l) AS place
                      FROM own)
      SELECT last.kind, last.subject, e.change_id FROM last JOIN change_entry e ON e.change_id = place / 1000000000 AND e.position = place % 1000000000
       WHERE CASE WHEN last.kind = 'routine' THEN json_extract(e.after, '$.hash') IS NOT json_extract(own_after, '$.hash') ELSE e.after IS NOT own_after END
       ORDER BY last.kind, last.subject
      """, arguments: [id]
  ).map { "\($0["kind"] as String) \($0["subject"] as String): change \($0["change_id"] as Int64)" }
}

/// A table whose rows carry the change that began and the change that ended them.
struct VersionedTable {
  let name: String
  /// Without `id` and the two changes.
  let columns: [String]

  /// Every such table of the schema.
  static func all(_ db: Database) throws -> [VersionedTable] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT s.name AS "table", c.name AS "column" FROM sqlite_schema s JOIN pragma_table_info(s.name) c
         WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite%' AND s.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY s.rowid, c.cid
        """)
    var columns: [String: [String]] = [:]
    var order: [String] = []
    for row in rows {
      let table: String = row["table"]
      if columns[table] == nil { order.append(table) }
      columns[table, default: []].append(row["column"])
    }
    return order.compactMap { table in
      guard let names = columns[table], names.contains("began_change_id"), names.contains("ended_change_id") else { return nil }
      return VersionedTable(name: table, columns: names.filter { !["id", "began_change_id", "ended_change_id"].contains($0) })
    }
  }

  /// Current rows with the values of a row that a change began or ended; of a version of a text its number does not count.
  private var isSame: String {
    columns.filter { !(name == "routine_version" && $0 == "version") }.map { column in
      // the first column is what the row belongs to, and is there: an index finds by it
      column == columns.first ? "now.\"\(column)\" = old.\"\(column)\"" : "now.\"\(column)\" IS old.\"\(column)\""
    }.joined(separator: " AND ") + " AND now.ended_change_id IS NULL"
  }

  /// Edges that a change began and that code has ended since.
  func changedSince(_ id: Int64, _ db: Database) throws -> [String] {
    guard name == "edge_evidence" else { return [] }
    return try String.fetchAll(
      db,
      sql: """
        SELECT DISTINCT 'edges ' || coalesce((SELECT v.name FROM routine_version v WHERE v.routine_id = old.routine_id ORDER BY v.id DESC LIMIT 1), f.value)
               || coalesce(': change ' || old.ended_change_id, '')
          FROM edge_evidence old JOIN text_value f ON f.id = old.file_id
         WHERE old.began_change_id = ? AND NOT EXISTS (SELECT 1 FROM edge_evidence now WHERE \(isSame)) ORDER BY 1
        """, arguments: [id])
  }

  /// Ends what a change began and begins again what it ended; answers how many rows that were.
  func revert(_ id: Int64, _ change: ChangeWriter) throws -> Int {
    try change.db.execute(
      sql: "UPDATE \(name) SET ended_change_id = ? WHERE id IN (SELECT now.id FROM \(name) old JOIN \(name) now ON \(isSame) WHERE old.began_change_id = ?)",
      arguments: [change.id, id])
    var count = change.db.changesCount
    let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    // a version's number is its own
    let values = columns.map { column in
      name == "routine_version" && column == "version"
        ? "(SELECT max(v.version) + 1 FROM routine_version v WHERE v.routine_id = old.routine_id)" : "old.\"\(column)\""
    }.joined(separator: ", ")
    try change.db.execute(
      sql: """
        INSERT INTO \(name) (\(list), began_change_id) SELECT \(values), ? FROM \(name) old
         WHERE old.ended_change_id = ? AND NOT EXISTS (SELECT 1 FROM \(name) now WHERE \(isSame)) ORDER BY old.id
        """, arguments: [change.id, id])
    count += change.db.changesCount
    return count
  }
}
