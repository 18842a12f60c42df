internal import CadastreModel
internal import GRDB

/// The search index as rows: what `schema/0008_search.sql` says of it.
struct SearchIndex {
  let db: Database

  /// Where the texts of documents are: the kind that ends a document's number, the index, and a query's table, id and text.
  private static let sources: [(kind: Int64, index: String, table: String, key: String, text: String)] = [
    (0, "search_text", "asset_version x", "x.id", "x.description"),
    (1, "search_text", "asset_column_version x", "x.id", "x.description"),
    (8, "search_code", "routine_version x JOIN routine_text t ON t.hash = x.hash", "x.id", "t.text"),
    (9, "search_code", "asset_version x", "x.id", "x.query"),
  ]

  /// Takes in what the transaction has changed. The last thing a writer does before it commits.
  func update() throws {
    try takeTexts()
    try splitNames()
  }

  private func takeTexts() throws {
    guard try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM search_pending LIMIT 1")) != nil else { return }
    for source in Self.sources {
      let texts = "FROM search_pending p CROSS JOIN \(source.table) WHERE \(source.key) = (p.document >> 4) AND (p.document & 15) = \(source.kind)"
      guard try Int.fetchOne(db, sql: "SELECT 1 FROM search_pending WHERE (document & 15) = \(source.kind) AND balance <> 0 LIMIT 1") != nil else { continue }
      try db.execute(
        sql: """
          INSERT INTO \(source.index) (\(source.index), rowid, text) SELECT 'delete', p.document, \(source.text) \(texts) AND p.balance < 0;
          INSERT INTO \(source.index) (rowid, text) SELECT p.document, \(source.text) \(texts) AND p.balance > 0;
          """)
    }
    try db.execute(sql: "DELETE FROM search_pending")
  }

  private func splitNames() throws {
    let done = try Int64.fetchOne(db.cachedStatement(sql: "SELECT name_id FROM search_progress")) ?? 0
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
    try db.execute(sql: "UPDATE search_progress SET name_id = ?", arguments: [last])
  }

  // MARK: verifying

  /// Where the index disagrees with the rows; empty when it does not. Reads and rebuilds all of it.
  func findings() throws -> [String] {
    var findings: [String] = []
    let pending = try Int.fetchOne(db, sql: "SELECT count(*) FROM search_pending") ?? 0
    if pending > 0 { findings.append("search index: \(pending) texts are not taken in; the next write does it") }
    let done = try Int64.fetchOne(db, sql: "SELECT name_id FROM search_progress") ?? 0
    let unsplit = try Int.fetchOne(db, sql: "SELECT count(*) FROM search_name WHERE id > ?", arguments: [done]) ?? 0
    if unsplit > 0 { findings.append("search index: \(unsplit) names are not split into words; the next write does it") }
    let missing = try Int.fetchOne(
      db,
      sql: """
        SELECT count(*) FROM (SELECT 0 AS scope, name FROM asset_version UNION SELECT 0, name FROM routine_version UNION SELECT 0, name FROM feed
          UNION SELECT 1, name FROM asset_column_version EXCEPT SELECT scope, name FROM search_name)
        """) ?? 0
    if missing > 0 { findings.append("search index: \(missing) names are not in it") }
    let words = try wordDifference(upTo: done)
    if words > 0 { findings.append("search index: the words of \(words) names are not those of their spelling") }
    if pending == 0 {
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
    for source in Self.sources where source.index == index {
      try db.execute(
        sql: """
          INSERT INTO temp.search_again (rowid, text) SELECT \(source.key) * 16 + \(source.kind), \(source.text) FROM \(source.table)
           WHERE x.ended_change_id IS NULL AND \(source.text) IS NOT NULL
          """)
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
