public import CadastreModel
internal import GRDB

/// A term with what it is linked to.
public struct LinkedTerm: Sendable, Hashable {
  public var term: Term
  public var links: [LineagePlace]
}

/// What became of a term or a link.
public enum TermOutcome: String, Sendable, Hashable, Codable {
  case added, changed, linked, unlinked, unchanged
}

extension Registry {
  /// Adds a term, or brings one of that name (apart from case) to what is given.
  public func save(_ term: Term, by author: ChangeAuthor) throws(StoreError) -> (outcome: TermOutcome, change: Int64?) {
    let (outcome, id) = try write(author) { change in
      let held = try TermRows.find(term.name, change.db)
      if held?.term == term { return TermOutcome.unchanged }
      let termID: Int64
      if let held {
        termID = held.id
        try TermRows.end(termID, change)
      } else {
        try change.db.execute(
          sql: "INSERT INTO term (folded_name) VALUES (?) ON CONFLICT (folded_name) DO NOTHING", arguments: [term.name.lowercased()])
        termID = try Int64.fetchOne(change.db, sql: "SELECT id FROM term WHERE folded_name = ?", arguments: [term.name.lowercased()]) ?? 0
      }
      try change.db.execute(
        sql: "INSERT INTO term_version (term_id, name, definition, synonyms, owner, began_change_id) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [termID, term.name, term.definition, change.json(term.synonyms), term.owner, change.id])
      for name in [term.name] + term.synonyms {
        try change.db.execute(sql: "INSERT OR IGNORE INTO term_name (name, term_id) VALUES (?, ?)", arguments: [name, termID])
      }
      try change.note("term", term.name, before: try held.map { try change.json($0.term) }, after: try change.json(term))
      return held == nil ? .added : .changed
    }
    return (outcome, id)
  }

  /// Ends a term and its links; `nil` when there is none of that name.
  public func removeTerm(_ name: String, by author: ChangeAuthor) throws(StoreError) -> Int64? {
    try write(author) { change in
      guard let held = try TermRows.find(name, change.db) else { return }
      try TermRows.end(held.id, change)
      try change.db.execute(sql: "UPDATE term_link SET ended_change_id = ? WHERE term_id = ? AND ended_change_id IS NULL", arguments: [change.id, held.id])
      try change.note("term", held.term.name, before: try change.json(held.term), after: nil)
    }.1
  }

  /// Links a term with assets and columns, or takes the links away, as one change.
  ///
  /// - Returns: what became of each; `nil` when there is no term of that name.
  public func link(
    _ name: String, with places: [LineagePlace], remove: Bool = false, by author: ChangeAuthor
  ) throws(StoreError) -> (outcomes: [TermOutcome], change: Int64?)? {
    let (outcomes, id) = try write(author) { change -> [TermOutcome]? in
      guard let held = try TermRows.find(name, change.db) else { return nil }
      let names = try StatedEvidence(&change)
      return try places.map { try TermRows.link(held.id, held.term.name, with: $0, remove, names, &change) }
    }
    return outcomes.map { ($0, id) }
  }

  /// The terms of the glossary in order of name, or the one of a name or synonym.
  public func terms(named name: String? = nil) throws(StoreError) -> [LinkedTerm] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT v.* FROM term t JOIN term_version v ON v.term_id = t.id AND v.ended_change_id IS NULL
           WHERE ?1 IS NULL OR t.folded_name = ?1 OR EXISTS (SELECT 1 FROM json_each(v.synonyms) s WHERE lower(s.value) = ?1)
           ORDER BY t.folded_name
          """, arguments: [name?.lowercased()])
      let links = try db.makeStatement(
        sql: """
          SELECT n.name AS namespace, v.parts, w.name AS column_name, l.column_id
            FROM term_link l JOIN asset a ON a.id = l.asset_id JOIN namespace n ON n.id = a.namespace_id
            JOIN asset_version v ON v.asset_id = a.id AND v.ended_change_id IS NULL
            LEFT JOIN asset_column_version w ON w.column_id = l.column_id AND w.ended_change_id IS NULL
           WHERE l.term_id = ? AND l.ended_change_id IS NULL AND (l.column_id IS NULL OR w.id IS NOT NULL) ORDER BY n.name, v.name, w.ordinal
          """)
      return try rows.map { row in
        let places = try Row.fetchAll(links, arguments: [row["term_id"] as Int64]).map {
          LineagePlace(
            namespace: $0["namespace"],
            reference: ColumnReference(asset: ObjectName(try AssetRows.decode([String].self, $0["parts"]) ?? []), column: $0["column_name"]))
        }
        return LinkedTerm(term: try TermRows.term(row), links: places)
      }
    }
  }
}

/// Rows of the glossary.
enum TermRows {
  static func term(_ row: Row) throws -> Term {
    Term(name: row["name"], definition: row["definition"], synonyms: try AssetRows.decode([String].self, row["synonyms"]) ?? [], owner: row["owner"])
  }

  static func find(_ name: String, _ db: Database) throws -> (id: Int64, term: Term)? {
    try Row.fetchOne(
      db, sql: "SELECT v.* FROM term t JOIN term_version v ON v.term_id = t.id AND v.ended_change_id IS NULL WHERE t.folded_name = ?",
      arguments: [name.lowercased()]
    ).map { ($0["term_id"], try term($0)) }
  }

  static func link(
    _ term: Int64, _ name: String, with place: LineagePlace, _ remove: Bool, _ names: StatedEvidence, _ change: inout ChangeWriter
  ) throws -> TermOutcome {
    guard let asset = try names.assetID(place) else { throw StoreError.unexpected("an asset that was found is not there") }
    let column = try names.columnID(place)
    let known = try Int64.fetchOne(
      change.db, sql: "SELECT id FROM term_link WHERE term_id = ? AND asset_id = ? AND ifnull(column_id, 0) = ? AND ended_change_id IS NULL",
      arguments: [term, asset, column ?? 0])
    guard (known == nil) != remove else { return .unchanged }
    let text = try change.json(["term": name, "namespace": place.namespace, "place": place.rendered])
    let outer = change.namespace
    change.namespace = place.namespace
    defer { change.namespace = outer }
    if let known {
      try change.db.execute(sql: "UPDATE term_link SET ended_change_id = ? WHERE id = ?", arguments: [change.id, known])
      try change.note("term_link", "\(name) \(place.rendered)", before: text, after: nil)
      return .unlinked
    }
    try change.db.execute(
      sql: "INSERT INTO term_link (term_id, asset_id, column_id, began_change_id) VALUES (?, ?, ?, ?)", arguments: [term, asset, column, change.id])
    try change.note("term_link", "\(name) \(place.rendered)", before: nil, after: text)
    return .linked
  }

  static func end(_ id: Int64, _ change: ChangeWriter) throws {
    try change.db.execute(sql: "UPDATE term_version SET ended_change_id = ? WHERE term_id = ? AND ended_change_id IS NULL", arguments: [change.id, id])
    try change.db.execute(sql: "DELETE FROM term_name WHERE term_id = ?", arguments: [id])
  }
}
