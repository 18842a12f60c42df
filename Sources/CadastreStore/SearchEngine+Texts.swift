internal import CadastreModel
internal import GRDB

/// Descriptions, code and misspellings.
extension SearchEngine {
  /// A query of FTS5 that has each word, or all of them as one. Words are letters and digits alone, and quoted all the same.
  private var expression: String {
    let quoted = query.words.prefix(16).map { "\"\($0)\"" }
    let all = quoted.joined(separator: " AND ")
    return quoted.count == 1 ? all : "(\(all)) OR \"\(query.words.prefix(16).joined())\""
  }

  mutating func findDescriptions() throws {
    lookThroughDescriptions()
    let (assets, columns) = (filter.few == nil && filter.admits(type: "asset"), filter.few == nil && filter.admits(type: "column"))
    guard assets || columns || filter.admits(type: "term") || filter.admits(type: "note") else { return }
    let documents = try Int64.fetchCursor(
      db.makeStatement(sql: "SELECT rowid FROM search_text WHERE search_text MATCH ?"), arguments: [expression])
    while !isFull, let document = try documents.next() {
      let id = document >> 4
      switch document & 15 {
      case 0:
        guard assets else { continue }
        let row = try Row.fetchOne(db.cachedStatement(sql: SearchRows.asset + " WHERE v.id = ? AND v.ended_change_id IS NULL"), arguments: [id])
        if let row { addAsset(row, .description, SearchExcerpt.around(query.words, in: row["description"] ?? "").text) }
      case 1:
        guard columns else { continue }
        let row = try Row.fetchOne(db.cachedStatement(sql: SearchRows.column + " WHERE w.id = ? AND w.ended_change_id IS NULL"), arguments: [id])
        if let row { addColumn(row, .description, SearchExcerpt.around(query.words, in: row["description"] ?? "").text) }
      case 3:
        guard filter.admits(type: "term") else { continue }
        let row = try Row.fetchOne(db.cachedStatement(sql: SearchRows.term + " WHERE v.id = ? AND v.ended_change_id IS NULL"), arguments: [id])
        if let row { add("term", row["term_id"], SearchRows.hit(term: row, .description, SearchExcerpt.around(query.words, in: row["definition"]).text)) }
      case 4:
        guard filter.admits(type: "note") else { continue }
        let row = try Row.fetchOne(db.cachedStatement(sql: SearchRows.note + " WHERE v.id = ? AND v.ended_change_id IS NULL"), arguments: [id])
        guard let row else { continue }
        var hit = SearchHit(
          type: "note", kind: "note", namespace: "", name: row["subject"], matched: .description,
          fragment: SearchExcerpt.around(query.words, in: row["text"]).text)
        hit.description = row["text"]
        add("note", id, hit)
      default: continue
      }
    }
  }

  mutating func findCode() throws {
    guard filter.admits(type: "routine") || filter.admits(type: "asset") else { return }
    let documents = try Int64.fetchCursor(
      db.makeStatement(sql: "SELECT rowid FROM search_code WHERE search_code MATCH ?"), arguments: [expression])
    while !isFull, let document = try documents.next() {
      let id = document >> 4
      if document & 15 == 8 {
        guard filter.admits(type: "routine") else { continue }
        guard
          let row = try Row.fetchOne(db.cachedStatement(sql: SearchRows.routine + " WHERE v.id = ? AND v.ended_change_id IS NULL"), arguments: [id]),
          filter.admits(routineOfKind: row["kind"], namespace: row["namespace_id"]),
          let text = try String.fetchOne(db.cachedStatement(sql: "SELECT text FROM routine_text WHERE hash = ?"), arguments: [row["hash"] as String])
        else { continue }
        let excerpt = SearchExcerpt.line(with: query.words, in: text)
        addRoutine(row, .code, excerpt.text, line: excerpt.line)
      } else {
        guard filter.admits(type: "asset"),
          let row = try Row.fetchOne(db.cachedStatement(sql: SearchRows.asset + " WHERE v.id = ? AND v.ended_change_id IS NULL"), arguments: [id])
        else { continue }
        let text = try String.fetchOne(db.cachedStatement(sql: "SELECT query FROM asset_version WHERE id = ?"), arguments: [id]) ?? ""
        addAsset(row, .code, SearchExcerpt.line(with: query.words, in: text).text)
      }
    }
  }

  // MARK: misspellings

  private struct Correction {
    var word: String
    var distance: Int
  }

  /// Beyond this many words the first letter has to be right.
  private static let wholeVocabulary = 120_000

  /// Names with words that are one or two letters away from those asked for.
  mutating func findTypos() throws {
    let words = Array(query.words.prefix(6))
    var choices: [[Correction]] = []
    for word in words {
      var near = word.utf8.count >= 3 && NameWords.isVocabulary(word) ? try corrections(word, atMost: word.utf8.count < 5 ? 1 : 2, count: 4) : []
      near.removeAll { $0.distance == 0 }
      // a word that names have is kept as it is, first of all
      choices.append([Correction(word: word, distance: 0)] + near)
    }
    var combinations: [(words: [String], distance: Int)] = [([], 0)]
    for choice in choices {
      combinations = combinations.flatMap { head in choice.map { (head.words + [$0.word], head.distance + $0.distance) } }
      combinations = Array(combinations.sorted { $0.distance < $1.distance }.prefix(24))
    }
    for combination in combinations where combination.distance > 0 && !isFull {
      // a guess for each part of a dotted name at once would be no guess but a lottery
      try find(Names(whole: combination.words.joined(), qualifiers: [], words: combination.words, isGuess: true))
    }
  }

  /// Words of names close to a word, closest first.
  private func corrections(_ word: String, atMost most: Int, count: Int) throws -> [Correction] {
    let bytes = Array(word.utf8)
    let isLarge = try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM (SELECT 1 FROM search_vocabulary LIMIT \(Self.wholeVocabulary))")) == Self.wholeVocabulary
    let first = word.prefix(1)
    let statement = try db.makeStatement(
      sql: isLarge
        ? "SELECT word FROM search_vocabulary WHERE word >= ?1 AND word < ?1 || char(1114111) AND length(word) BETWEEN ?2 AND ?3"
        : "SELECT word FROM search_vocabulary WHERE length(word) BETWEEN ?2 AND ?3 AND ?1 <> ''")
    var found: [Correction] = []
    let candidates = try String.fetchCursor(statement, arguments: [String(first), word.count - most, word.count + most])
    while let candidate = try candidates.next() {
      if let distance = EditDistance.between(bytes, candidate.utf8, atMost: most) { found.append(Correction(word: candidate, distance: distance)) }
    }
    let sameStart = { (correction: Correction) in correction.word.first == word.first ? 0 : 1 }
    return Array(found.sorted { ($0.distance, sameStart($0), $0.word) < ($1.distance, sameStart($1), $1.word) }.prefix(count))
  }

  // MARK: nothing found

  func explain(_ answer: inout SearchAnswer) throws {
    if query.words.isEmpty, query.filters.isEmpty {
      answer.reason = "there is no word in '\(query.text)': letters or digits are looked for"
      return
    }
    if try Int.fetchOne(db, sql: "SELECT 1 FROM asset_version LIMIT 1") == nil, try Int.fetchOne(db, sql: "SELECT 1 FROM routine LIMIT 1") == nil {
      answer.reason = "the registry is empty; 'cadastre scan' fills it"
      return
    }
    let unknown = try SearchFilter.unknownValues(query.filters, db)
    if !unknown.isEmpty {
      answer.reason = unknown.joined(separator: "; ")
      return
    }
    if !query.filters.isEmpty {
      var open = query
      open.filters = [:]
      var engine = try SearchEngine(db, open, limit: 1)
      let found = query.words.isEmpty ? SearchAnswer() : try engine.run()
      answer.reason =
        found.hits.first.map { "nothing that passes the filters; without them there is \($0.name) (\($0.kind))" }
        ?? (query.words.isEmpty ? "nothing passes all filters" : nil)
      if answer.reason != nil { return }
    }
    let words = query.words.joined(separator: " ")
    answer.reason = "nothing of that name: no name, description or code has '\(words)', nor a name with one or two letters different"
    for word in query.words.prefix(4) where word.utf8.count >= 3 {
      answer.suggestions += try corrections(word, atMost: max(3, word.utf8.count / 3), count: 2).filter { $0.distance < word.utf8.count }.map(\.word)
    }
  }
}

/// The piece of a text that shows a match.
enum SearchExcerpt {
  static let width = 100

  /// The text around the first of some words, on one line.
  static func around(_ words: [String], in text: String) -> (text: String, line: Int) {
    let flat = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard flat.count > width else { return (flat, 1) }
    let tokens = flat.split(separator: " ")
    let wanted = Set(words)
    let at = tokens.firstIndex { !wanted.isDisjoint(with: NameWords.words(String($0))) } ?? 0
    var piece = tokens[max(0, at - 5)...].joined(separator: " ").prefix(width)
    if max(0, at - 5) > 0 { piece = "... " + piece }
    return (String(piece), 1)
  }

  /// The first line with all the words, else the first with one of them; 1-based.
  static func line(with words: [String], in text: String) -> (text: String, line: Int) {
    let wanted = Set(words)
    let joined = words.joined()
    var some: (text: String, line: Int)?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let folded = NameWords.folded(String(line))
      guard words.contains(where: { folded.contains($0) }) || folded.contains(joined) else { continue }
      let found = Set(NameWords.words(String(line)))
      let shown = String(line.trimmingPrefix { $0.isWhitespace }.prefix(width))
      if wanted.isSubset(of: found) || folded.contains(joined) { return (shown, index + 1) }
      if some == nil, !wanted.isDisjoint(with: found) { some = (shown, index + 1) }
    }
    return some ?? ("", 1)
  }
}
