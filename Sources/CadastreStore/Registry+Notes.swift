public import CadastreModel
internal import GRDB

extension Registry {
  /// Writes a note about something.
  ///
  /// - Returns: the note; `nil` when what it is about is not there.
  public func add(_ text: String, kind: NoteKind, about subject: NoteSubject, namespace: String? = nil, by author: ChangeAuthor) throws(StoreError) -> Note? {
    try write(author) { change -> Note? in
      guard let target = try NoteRows.find(subject, namespace, change) else { return nil }
      try change.belongs(to: target)
      try change.db.execute(
        sql: """
          INSERT INTO note (kind, asset_id, column_id, routine_id, feed_id, change_id, subject, text, began_change_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [kind.rawValue, target.asset, target.column, target.routine, target.feed, target.change, target.name, text, change.id])
      let note = Note(id: change.db.lastInsertedRowID, kind: kind, subject: target.name, text: text, at: change.at, actor: author.actor)
      try change.note("note", target.name, before: nil, after: try change.json(note))
      return note
    }.0
  }

  /// Takes a note away; `nil` when there is none of that number.
  public func removeNote(_ id: Int64, by author: ChangeAuthor) throws(StoreError) -> Int64? {
    try write(author) { change in
      guard let row = try Row.fetchOne(change.db, sql: NoteRows.select + " AND x.id = ?", arguments: [id]) else { return }
      let note = NoteRows.note(row)
      try change.belongs(to: try NoteRows.target(id, change.db))
      try change.db.execute(sql: "UPDATE note SET ended_change_id = ? WHERE id = ?", arguments: [change.id, id])
      try change.note("note", note.subject, before: try change.json(note), after: nil)
    }.1
  }

  /// Notes about something, an asset's with those of its columns, or all; oldest first. `nil` when what they are to be about is not there.
  public func notes(about subject: NoteSubject? = nil, namespace: String? = nil) throws(StoreError) -> [Note]? {
    try read { db in
      guard let subject else { return try Row.fetchAll(db, sql: NoteRows.select + " ORDER BY x.id").map(NoteRows.note) }
      guard let target = try NoteRows.find(subject, namespace, db) else { return nil }
      return try Row.fetchAll(
        db,
        sql: NoteRows.select + """
           AND x.asset_id IS ?1 AND (?2 IS NULL OR x.column_id = ?2) AND x.routine_id IS ?3 AND x.feed_id IS ?4 AND x.change_id IS ?5 ORDER BY x.id
          """, arguments: [target.asset, target.column, target.routine, target.feed, target.change]
      ).map(NoteRows.note)
    }
  }
}

/// Rows of notes and what they are about.
enum NoteRows {
  struct Target {
    var name: String
    var asset: Int64?
    var column: Int64?
    var routine: Int64?
    var feed: Int64?
    var change: Int64?
  }

  /// What a note is about.
  static func target(_ note: Int64, _ db: Database) throws -> Target {
    let row = try Row.fetchOne(db, sql: "SELECT * FROM note WHERE id = ?", arguments: [note])
    return Target(name: row?["subject"] ?? "", asset: row?["asset_id"], column: row?["column_id"], routine: row?["routine_id"], feed: row?["feed_id"], change: row?["change_id"])
  }

  static let select = """
    SELECT x.id, x.kind, x.subject, x.text, c.at, c.actor FROM note x JOIN change c ON c.id = x.began_change_id WHERE x.ended_change_id IS NULL
    """

  static func note(_ row: Row) -> Note {
    Note(id: row["id"], kind: NoteKind(rawValue: row["kind"]) ?? .note, subject: row["subject"], text: row["text"], at: row["at"], actor: row["actor"])
  }

  static func find(_ subject: NoteSubject, _ namespace: String?, _ change: ChangeWriter) throws -> Target? {
    if case .change(let id) = subject, id >= change.id { return nil }
    return try find(subject, namespace, change.db)
  }

  static func find(_ subject: NoteSubject, _ namespace: String?, _ db: Database) throws -> Target? {
    func one(_ sql: String, _ name: String) throws -> Row? {
      let rows = try Row.fetchAll(db, sql: sql, arguments: [name, name.lowercased(), namespace])
      return rows.count == 1 ? rows[0] : rows.first { $0["name"] == name }
    }
    switch subject {
    case .place(let place):
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT a.id, k.id AS column_id FROM asset a JOIN namespace n ON n.id = a.namespace_id JOIN asset_version v ON v.asset_id = a.id AND v.ended_change_id IS NULL
            LEFT JOIN asset_column k ON k.asset_id = a.id
             AND EXISTS (SELECT 1 FROM asset_column_version w WHERE w.column_id = k.id AND w.ended_change_id IS NULL AND w.name = ?3)
           WHERE n.name = ?1 AND v.name = ?2
          """, arguments: [place.namespace, place.reference.asset.rendered, place.reference.column])
      guard let row, place.reference.column == nil || (row["column_id"] as Int64?) != nil else { return nil }
      return Target(name: place.rendered, asset: row["id"], column: row["column_id"])
    case .routine(let name):
      return try one(
        """
        SELECT r.id, v.name FROM routine r JOIN namespace n ON n.id = r.namespace_id JOIN routine_version v ON v.routine_id = r.id AND v.ended_change_id IS NULL
         WHERE (r.folded_name IN (?1, ?2) OR lower(v.name) = ?2) AND (?3 IS NULL OR n.name = ?3)
        """, name
      ).map { Target(name: $0["name"], routine: $0["id"]) }
    case .feed(let name):
      return try one(
        "SELECT f.id, f.name FROM feed f JOIN namespace n ON n.id = f.namespace_id WHERE lower(f.name) IN (?1, ?2) AND (?3 IS NULL OR n.name = ?3)", name
      ).map { Target(name: $0["name"], feed: $0["id"]) }
    case .change(let id):
      return try Int64.fetchOne(db, sql: "SELECT id FROM change WHERE id = ?", arguments: [id]).map { Target(name: "change \($0)", change: $0) }
    }
  }
}

extension ChangeWriter {
  /// Says that what is noted next belongs to the warehouse of what a note is about.
  fileprivate mutating func belongs(to target: NoteRows.Target) throws {
    try belongs(to: target.asset, of: "asset")
    try belongs(to: target.routine, of: "routine")
    try belongs(to: target.feed, of: "feed")
  }
}
