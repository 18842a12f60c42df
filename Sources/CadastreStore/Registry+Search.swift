public import CadastreModel
internal import GRDB

extension Registry {
  /// Finds what is current, best matches first, at most `limit` of it. Without hits the answer says why.
  public func search(_ query: SearchQuery, limit: Int = 20) throws(StoreError) -> SearchAnswer {
    try read { db in
      var engine = try SearchEngine(db, query, limit: limit)
      return try engine.run()
    }
  }
}

/// One search at work. It goes from what matches best to what matches least and stops when there is more than was asked for.
struct SearchEngine {
  let db: Database
  let query: SearchQuery
  let limit: Int
  let filter: SearchFilter
  var hits: [SearchHit] = []
  private var seen: Set<Key> = []
  /// The assets and columns that filters leave, where they are few; read when they are first looked through.
  var fewRows: [FewRow]?

  private struct Key: Hashable {
    var type: String
    var id: Int64
  }

  init(_ db: Database, _ query: SearchQuery, limit: Int) throws {
    self.db = db
    self.query = query
    self.limit = limit
    filter = try SearchFilter(query, db)
  }

  /// One more than is shown tells that there is more.
  var isFull: Bool { hits.count > limit }

  mutating func run() throws -> SearchAnswer {
    if query.words.isEmpty {
      if !query.filters.isEmpty { try listFiltered() }
    } else {
      try findNames()
      if !isFull { try findDescriptions() }
      if !isFull { try findCode() }
      // what is spelled right somewhere is no misspelling
      if !hits.contains(where: { $0.matched == .exact || $0.matched == .prefix || $0.matched == .word }) { try findTypos() }
    }
    var answer = SearchAnswer()
    answer.more = hits.count > limit
    answer.hits = Array(hits.prefix(limit))
    if hits.isEmpty { try explain(&answer) }
    return answer
  }

  // MARK: names

  /// A query's words as they are matched with names.
  struct Names {
    /// All words joined, or those of the last part of a dotted name.
    var whole: String
    var qualifiers: [String]
    /// Looked for in any order, each as it stands between blanks.
    var words: [String]
    /// Misspelt words were replaced.
    var isGuess = false
  }

  private mutating func findNames() throws {
    try find(Names(whole: query.name, qualifiers: query.qualifiers, words: query.terms.count > 1 ? query.terms : query.words))
  }

  mutating func find(_ names: Names) throws {
    func label(_ match: SearchMatch) -> SearchMatch { names.isGuess ? .typo : match }
    guard !names.whole.isEmpty else { return }
    if let few = filter.few { try look(through: few, names) }
    for place in [NameWords.Place.thing, .column] where !isFull {
      try stream(place, from: names.whole, exact: true) { engine, name, _ in try engine.take(name, place, label(.exact), names) }
    }
    for place in [NameWords.Place.thing, .column] where !isFull {
      try stream(place, from: names.whole, exact: false) { engine, name, tail in
        if tail == names.whole { return }
        try engine.take(name, place, label(.prefix), names)
      }
    }
    for (place, base) in [(NameWords.Place.thingWord, NameWords.Place.thing), (.columnWord, .column)] where !isFull {
      try stream(place, from: names.whole, exact: false) { engine, name, _ in try engine.take(name, base, label(.word), names) }
    }
    // what was named in full is meant
    if !names.qualifiers.isEmpty, !hits.isEmpty { return }
    // one name as it stands is no list of words, unless there is nothing of that name
    if names.words.count > 1, !isFull, query.terms.count > 1 || hits.isEmpty { try findScattered(names, label(.word)) }
    if names.qualifiers.isEmpty, names.words.count == 1, !isFull {
      try stream(.container, from: names.whole, exact: true) { engine, name, _ in try engine.take(name, .thing, label(.word), names) }
    }
  }

  /// Calls `body` with the names (and tails) at a place that begin with a text, or are equal to it, until there are enough hits.
  private mutating func stream(
    _ place: NameWords.Place, from start: String, exact: Bool, _ body: (inout SearchEngine, String, String) throws -> Void
  ) throws {
    guard admits(place) else { return }
    let range = exact ? "w.tail = ?2" : "w.tail >= ?2 AND w.tail < ?2 || char(1114111)"
    let order = exact ? "length(n.name), n.name" : "w.tail, w.name_id"
    let statement = try db.makeStatement(
      sql: "SELECT n.name, w.tail FROM search_word w JOIN search_name n ON n.id = w.name_id WHERE w.place = ?1 AND \(range) ORDER BY \(order)")
    let rows = try Row.fetchCursor(statement, arguments: [place.rawValue, start])
    while !isFull, let row = try rows.next() { try body(&self, row[0], row[1]) }
  }

  func admits(_ place: NameWords.Place) -> Bool {
    switch place {
    case .column, .columnWord: filter.few == nil && filter.admits(type: "column")
    default: (filter.few == nil && filter.admits(type: "asset")) || filter.admits(type: "routine") || filter.admits(type: "feed") || filter.admits(type: "term")
    }
  }

  // MARK: from names to things

  /// Everything current of a name.
  mutating func take(_ name: String, _ base: NameWords.Place, _ match: SearchMatch, _ names: Names) throws {
    if base == .column {
      try eachColumn(named: name) { engine, column, asset in try engine.takeColumn(column, asset, match, names) }
      return
    }
    if !names.qualifiers.isEmpty, !Self.qualifies(ObjectName.parts(reading: name).dropLast(), names.qualifiers) { return }
    try takeAssets(name, match, names)
    if !isFull { try takeRoutines(name, match, names) }
    if !isFull { try takeFeeds(name, match, names) }
    if !isFull { try takeTerms(name, match, names) }
  }

  /// Whether the parts before a name end with those of a dotted query.
  private static func qualifies(_ parts: some BidirectionalCollection<String>, _ qualifiers: [String]) -> Bool {
    parts.count >= qualifiers.count && parts.suffix(qualifiers.count).map(NameWords.folded) == qualifiers
  }

  mutating func eachColumn(named name: String, _ body: (inout SearchEngine, Int64, Int64) throws -> Void) throws {
    let lower = name.lowercased()
    let statement = try db.cachedStatement(sql: "SELECT id, asset_id FROM asset_column WHERE folded_name = ?")
    for folded in name == lower ? [name] : [name, lower] where !isFull {
      let rows = try Row.fetchCursor(statement, arguments: [folded])
      while !isFull, let row = try rows.next() { try body(&self, row[0], row[1]) }
    }
  }

  private mutating func takeAssets(_ name: String, _ match: SearchMatch, _ names: Names) throws {
    guard filter.few == nil, filter.admits(type: "asset") else { return }
    let rows = try Row.fetchAll(
      db.cachedStatement(sql: SearchRows.asset + " WHERE v.name = ? AND v.ended_change_id IS NULL ORDER BY v.known DESC, v.id"), arguments: [name])
    for row in rows where !isFull { addAsset(row, match, Self.fragment(name, names)) }
  }

  mutating func addAsset(_ row: Row, _ match: SearchMatch, _ fragment: String) {
    guard filter.admits(asset: row["asset_id"], kind: row["kind"], namespace: row["namespace_id"]) else { return }
    add("asset", row["asset_id"], SearchRows.hit(asset: row, match, fragment))
  }

  /// - Parameter words: that have to begin words of its name, as it is spelled.
  mutating func takeColumn(_ column: Int64, _ asset: Int64, _ match: SearchMatch, _ names: Names, having words: [String] = []) throws {
    guard filter.admits(column: column, of: asset), !seen.contains(Key(type: "column", id: column)) else { return }
    let row = try Row.fetchOne(
      db.cachedStatement(sql: SearchRows.column + " WHERE w.column_id = ? AND w.ended_change_id IS NULL"), arguments: [column])
    guard let row else { return }
    if !names.qualifiers.isEmpty, !Self.qualifies(ObjectName.parts(reading: row["asset"]), names.qualifiers) { return }
    let name: String = row["name"]
    if !words.isEmpty, NameWords.mask(of: name, isColumn: true, words.map { Array($0.utf8) }) != (1 << words.count) - 1 { return }
    // words that its own name has not are those of what it is in
    let isOwn = names.words.count == 1 || NameWords.piece(of: name, beginning: names.whole) != nil
    addColumn(row, match, Self.fragment(isOwn ? name : (row["asset"] as String) + "." + ObjectName.renderedPart(name), names))
  }

  mutating func addColumn(_ row: Row, _ match: SearchMatch, _ fragment: String) {
    guard filter.admits(column: row["column_id"], of: row["asset_id"]), filter.namespaces?.contains(row["namespace_id"]) != false else { return }
    add("column", row["column_id"], SearchRows.hit(column: row, match, fragment))
  }

  private mutating func takeRoutines(_ name: String, _ match: SearchMatch, _ names: Names) throws {
    guard filter.admits(type: "routine") else { return }
    let rows = try Row.fetchAll(
      db.cachedStatement(sql: SearchRows.routine + " WHERE v.name = ? AND v.ended_change_id IS NULL ORDER BY v.id"), arguments: [name])
    for row in rows where !isFull { addRoutine(row, match, Self.fragment(name, names)) }
  }

  mutating func addRoutine(_ row: Row, _ match: SearchMatch, _ fragment: String, line: Int? = nil) {
    guard filter.admits(routineOfKind: row["kind"], namespace: row["namespace_id"]) else { return }
    var hit = SearchHit(type: "routine", kind: row["kind"], namespace: row["namespace"], name: row["name"], matched: match, fragment: fragment)
    hit.line = line
    add("routine", row["routine_id"], hit)
  }

  private mutating func takeFeeds(_ name: String, _ match: SearchMatch, _ names: Names) throws {
    guard filter.admits(type: "feed") else { return }
    let rows = try Row.fetchAll(db.cachedStatement(sql: SearchRows.feed + " WHERE f.name = ? ORDER BY f.id"), arguments: [name])
    for row in rows where !isFull && filter.admits(feedOf: row["client"], namespace: row["namespace_id"]) {
      add("feed", row["feed_id"], SearchRows.hit(feed: row, match, Self.fragment(name, names)))
    }
  }

  private mutating func takeTerms(_ name: String, _ match: SearchMatch, _ names: Names) throws {
    guard filter.admits(type: "term") else { return }
    let rows = try Row.fetchAll(
      db.cachedStatement(sql: SearchRows.term + " JOIN term_name m ON m.term_id = v.term_id WHERE m.name = ? AND v.ended_change_id IS NULL"), arguments: [name])
    for row in rows where !isFull { add("term", row["term_id"], SearchRows.hit(term: row, match, Self.fragment(name, names))) }
  }

  /// Adds a hit unless the same thing was found by something better.
  mutating func add(_ type: String, _ id: Int64, _ hit: SearchHit) {
    if !isFull, seen.insert(Key(type: type, id: id)).inserted { hits.append(hit) }
  }

  /// What of a name was matched, as it is spelled.
  static func fragment(_ name: String, _ names: Names) -> String {
    let parts = ObjectName.parts(reading: name)
    for part in parts.reversed() {
      if let piece = NameWords.piece(of: part, beginning: names.whole) { return piece }
    }
    let pieces = names.words.compactMap { word in parts.reversed().lazy.compactMap { NameWords.piece(of: $0, beginning: word) }.first }
    return pieces.isEmpty ? name : pieces.joined(separator: " ")
  }

  // MARK: filters alone

  private mutating func listFiltered() throws {
    if filter.admits(type: "asset") {
      let rows = try Row.fetchCursor(db, sql: SearchRows.asset + " WHERE v.ended_change_id IS NULL ORDER BY v.name")
      while !isFull, let row = try rows.next() { addAsset(row, .filter, "") }
    }
    if !isFull, filter.admits(type: "routine") {
      let rows = try Row.fetchCursor(db, sql: SearchRows.routine + " WHERE v.ended_change_id IS NULL ORDER BY v.name")
      while !isFull, let row = try rows.next() { addRoutine(row, .filter, "") }
    }
    if !isFull, filter.admits(type: "feed") {
      let rows = try Row.fetchCursor(db, sql: SearchRows.feed + " ORDER BY f.name")
      while !isFull, let row = try rows.next() {
        if filter.admits(feedOf: row["client"], namespace: row["namespace_id"]) { add("feed", row["feed_id"], SearchRows.hit(feed: row, .filter, "")) }
      }
    }
    if !isFull, filter.admits(type: "term") {
      let rows = try Row.fetchCursor(db, sql: SearchRows.term + " WHERE v.ended_change_id IS NULL ORDER BY v.name")
      while !isFull, let row = try rows.next() { add("term", row["term_id"], SearchRows.hit(term: row, .filter, "")) }
    }
    guard !isFull, filter.admits(type: "column"), filter.columns != nil || filter.kinds.contains("column") else { return }
    if let columns = filter.columns {
      for column in columns.sorted() where !isFull {
        let row = try Row.fetchOne(
          db.cachedStatement(sql: SearchRows.column + " WHERE w.column_id = ? AND w.ended_change_id IS NULL"), arguments: [column])
        if let row { addColumn(row, .filter, "") }
      }
    } else {
      let rows = try Row.fetchCursor(db, sql: SearchRows.column + " WHERE w.ended_change_id IS NULL ORDER BY w.column_id")
      while !isFull, let row = try rows.next() { addColumn(row, .filter, "") }
    }
  }
}
