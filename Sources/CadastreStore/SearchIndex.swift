internal import CadastreModel
internal import GRDB

/// The search index as rows: what `schema/0008_search.sql` says of it.
struct SearchIndex {
  let db: Database

  /// A table whose rows are looked through. Ids of its rows grow; its rows stay.
  private struct Source {
    var table: String
    /// A query of scope and name of the rows `x` beyond ?1.
    var names: String?
    var texts: [Text] = []
  }

  /// A text of a source's row `x`: the kind that ends its document's number, the index, what to join, the text.
  private struct Text {
    var kind: Int
    var index: String
    var join = ""
    var value: String
  }

  private static let sources = [
    Source(
      table: "asset_version", names: "SELECT 0, x.name FROM asset_version x WHERE x.id > ?1",
      texts: [Text(kind: 0, index: "search_text", value: "x.description"), Text(kind: 9, index: "search_code", value: "x.query")]),
    Source(
      table: "asset_column_version", names: "SELECT 1, x.name FROM asset_column_version x WHERE x.id > ?1",
      texts: [Text(kind: 1, index: "search_text", value: "x.description")]),
    Source(
      table: "routine_version", names: "SELECT 0, x.name FROM routine_version x WHERE x.id > ?1",
      texts: [Text(kind: 8, index: "search_code", join: "JOIN routine_text t ON t.hash = x.hash", value: "t.text")]),
    Source(table: "feed", names: "SELECT 0, x.name FROM feed x WHERE x.id > ?1"),
    Source(
      table: "term_version",
      names: """
        SELECT 0, x.name FROM term_version x WHERE x.id > ?1 UNION ALL SELECT 0, s.value FROM term_version x, json_each(x.synonyms) s WHERE x.id > ?1
        """, texts: [Text(kind: 3, index: "search_text", value: "x.definition")]),
    Source(table: "note", texts: [Text(kind: 4, index: "search_text", value: "x.text")]),
  ]

  /// Takes in what the transaction has changed. The last thing a writer does before it commits.
  func update() throws {
    let hasEnded = try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM search_pending LIMIT 1")) != nil
    for source in Self.sources {
      let done = try progress(source.table)
      let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM \(source.table)") ?? 0
      for text in source.texts where hasEnded {
        try db.execute(
          sql: """
            INSERT INTO \(text.index) (\(text.index), rowid, text)
            SELECT 'delete', p.document, \(text.value) FROM search_pending p CROSS JOIN \(source.table) x \(text.join)
             WHERE x.id = (p.document >> 4) AND (p.document & 15) = \(text.kind) AND x.id <= ?
            """, arguments: [done])
      }
      guard last > done else { continue }
      if let names = source.names { try db.execute(sql: "INSERT OR IGNORE INTO search_name (scope, name) \(names)", arguments: [done]) }
      for text in source.texts {
        try db.execute(
          sql: """
            INSERT INTO \(text.index) (rowid, text) SELECT x.id * 16 + \(text.kind), \(text.value) FROM \(source.table) x \(text.join)
             WHERE x.id > ? AND \(text.value) IS NOT NULL AND x.ended_change_id IS NULL
            """, arguments: [done])
      }
      try setProgress(source.table, last)
    }
    if hasEnded { try db.execute(sql: "DELETE FROM search_pending") }
    try splitNames()
  }

  private func progress(_ source: String) throws -> Int64 {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT row_id FROM search_progress WHERE source = ?"), arguments: [source]) ?? 0
  }

  private func setProgress(_ source: String, _ row: Int64) throws {
    try db.execute(
      sql: "INSERT INTO search_progress (source, row_id) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET row_id = excluded.row_id", arguments: [source, row])
  }

  private func splitNames() throws {
    let done = try progress("search_name")
    let last = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM search_name")) ?? 0
    guard last > done else { return }
    let names = try db.makeStatement(sql: "SELECT id, scope, name FROM search_name WHERE id > ? ORDER BY id")
    let insert = try db.makeStatement(sql: "INSERT OR IGNORE INTO search_word (place, tail, name_id) VALUES (?, ?, ?)")
    let learn = try db.makeStatement(sql: "INSERT OR IGNORE INTO search_vocabulary (word) VALUES (?)")
    // in the order of the table a large batch is written once through; a batch is bounded so that memory is
    var batch: [(place: Int, tail: String, name: Int64)] = []
    var vocabulary: Set<String> = []
    func flush() throws {
      batch.sort { ($0.place, $0.tail, $0.name) < ($1.place, $1.tail, $1.name) }
      for row in batch { try insert.execute(arguments: [row.place, row.tail, row.name]) }
      for word in vocabulary.sorted() { try learn.execute(arguments: [word]) }
      batch.removeAll(keepingCapacity: true)
      vocabulary.removeAll(keepingCapacity: true)
    }
    let rows = try Row.fetchCursor(names, arguments: [done])
    while let row = try rows.next() {
      let name: String = row[2]
      for tail in NameWords.tails(of: name, isColumn: row[1] == 1) { batch.append((tail.place.rawValue, tail.tail, row[0])) }
      for word in NameWords.words(name) where NameWords.isVocabulary(word) { vocabulary.insert(word) }
      if batch.count > 400_000 { try flush() }
    }
    try flush()
    try setProgress("search_name", last)
  }

  // MARK: verifying

  /// Where the index disagrees with the rows; empty when it does not. Reads and rebuilds all of it.
  func findings() throws -> [String] {
    var findings: [String] = []
    var behind = try Int.fetchOne(db, sql: "SELECT count(*) FROM search_pending") ?? 0
    for source in Self.sources {
      behind += try Int.fetchOne(db, sql: "SELECT count(*) FROM \(source.table) WHERE id > ?", arguments: [try progress(source.table)]) ?? 0
    }
    let done = try progress("search_name")
    behind += try Int.fetchOne(db, sql: "SELECT count(*) FROM search_name WHERE id > ?", arguments: [done]) ?? 0
    if behind > 0 { findings.append("search index: \(behind) rows are not taken in; the next change does it") }
    for source in Self.sources {
      guard behind == 0, let names = source.names else { continue }
      let missing = try Int.fetchOne(db, sql: "SELECT count(*) FROM (\(names) EXCEPT SELECT scope, name FROM search_name)", arguments: [0]) ?? 0
      if missing > 0 { findings.append("search index: \(missing) names of \(source.table) are not in it") }
    }
    let words = try wordDifference(upTo: done)
    if words > 0 { findings.append("search index: the words of \(words) names are not those of their spelling") }
    if behind == 0 {
      for index in ["search_text", "search_code"] where try !textsAgree(index) { findings.append("search index: \(index) does not hold the texts of the rows") }
    }
    return findings
  }

  /// Names, among those split, whose tails are not the rows of `search_word`, and tails that belong to no name.
  private func wordDifference(upTo done: Int64) throws -> Int {
    // one number a name, the same whatever the order of its tails
    func mark(_ place: Int, _ tail: String) -> UInt64 { (UInt64(bitPattern: NameTable.hash(tail)) &+ UInt64(place)) &* 0x9E37_79B9_7F4A_7C15 }
    var marks: [Int64: UInt64] = [:]
    var known: Set<String> = []
    let names = try Row.fetchCursor(db, sql: "SELECT id, scope, name FROM search_name WHERE id <= ?", arguments: [done])
    while let row = try names.next() {
      let name: String = row[2]
      var rows: Set<String> = []
      for tail in NameWords.tails(of: name, isColumn: row[1] == 1) where rows.insert("\(tail.place.rawValue)\(tail.tail)").inserted {
        marks[row[0], default: 0] &+= mark(tail.place.rawValue, tail.tail)
      }
      for word in NameWords.words(name) where NameWords.isVocabulary(word) { known.insert(word) }
    }
    let rows = try Row.fetchCursor(db, sql: "SELECT place, tail, name_id FROM search_word")
    while let row = try rows.next() { marks[row[2], default: 0] &-= mark(row[0], row[1]) }
    let vocabulary = try String.fetchCursor(db, sql: "SELECT word FROM search_vocabulary")
    while let word = try vocabulary.next() { if known.remove(word) == nil { known.insert(word + "?") } }
    return marks.values.count { $0 != 0 } + known.count
  }

  /// Whether a text index has each word of each current text, and no other: it is compared with one made anew beside the file.
  private func textsAgree(_ index: String) throws -> Bool {
    // the tokenizer is SQLite's, so it has to do the work again
    let definition = try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [index]) ?? ""
    guard let options = definition.firstRange(of: "USING") else { return false }
    try db.execute(sql: "CREATE VIRTUAL TABLE temp.search_again \(definition[options.lowerBound...])")
    defer { try? db.execute(sql: "DROP TABLE IF EXISTS temp.search_again; DROP TABLE IF EXISTS temp.search_held; DROP TABLE IF EXISTS temp.search_made") }
    for source in Self.sources {
      for text in source.texts where text.index == index {
        try db.execute(
          sql: """
            INSERT INTO temp.search_again (rowid, text) SELECT x.id * 16 + \(text.kind), \(text.value) FROM \(source.table) x \(text.join)
             WHERE x.ended_change_id IS NULL AND \(text.value) IS NOT NULL
            """)
      }
    }
    try db.execute(
      sql: """
        CREATE VIRTUAL TABLE temp.search_held USING fts5vocab (main, \(index), instance);
        CREATE VIRTUAL TABLE temp.search_made USING fts5vocab (temp, search_again, instance);
        """)
    return try sum(of: "search_held") == sum(of: "search_made")
  }

  /// One number for all pairs of word and document, the same whatever their order.
  private func sum(of vocabulary: String) throws -> UInt64 {
    var sum: UInt64 = 0
    var (word, hash): (String, UInt64) = ("", 0)
    let rows = try Row.fetchCursor(db, sql: "SELECT term, doc FROM temp.\(vocabulary)")
    while let row = try rows.next() {
      let term: String = row[0]
      if term != word { (word, hash) = (term, UInt64(bitPattern: NameTable.hash(term))) }
      sum &+= (hash ^ (UInt64(bitPattern: row[1] as Int64) &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
    }
    return sum
  }
}
