internal import CadastreModel
internal import GRDB

/// Rows of `routine_version`.
enum RoutineRows {
  /// Begins the next version of a routine; answers its number.
  static func insert(_ routine: RoutineEntry, id: Int64, hash: String, _ change: ChangeWriter) throws -> Int {
    try change.db.cachedStatement(sql: "INSERT OR IGNORE INTO routine_text (hash, text) VALUES (?, ?)").execute(arguments: [hash, routine.source])
    let last = try change.db.cachedStatement(sql: "SELECT max(version) FROM routine_version WHERE routine_id = ?")
    let version = (try Int.fetchOne(last, arguments: [id]) ?? 0) + 1
    try change.db.cachedStatement(
      sql: """
        INSERT INTO routine_version (routine_id, version, hash, name, parts, kind, dialect, parameters, began_change_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      id, version, hash, routine.name.rendered, change.json(routine.name.parts), routine.kind.rawValue, routine.dialect.rawValue,
      try change.json(routine.parameters), change.id,
    ])
    return version
  }
}
