internal import CadastreModel
internal import GRDB

/// Several words in any order, and names looked through one by one.
extension SearchEngine {
  /// How often the words of a query begin a word of a name, counted no further than is of use.
  private struct Frequency {
    var things: [Int]
    var columns: [Int]
  }

  private static let things = [NameWords.Place.thing, .thingWord, .container]
  private static let columns = [NameWords.Place.column, .columnWord]
  private static let range = "tail >= ?2 AND tail < ?2 || char(1114111)"

  /// Names that have all words, in any order; then columns some of whose words are the names of what they are in.
  mutating func findScattered(_ names: Names, _ match: SearchMatch) throws {
    let words = Array(names.words.prefix(8))
    let bytes = words.map { Array($0.utf8) }
    let frequency = Frequency(things: try words.map { try count($0, Self.things) }, columns: try words.map { try count($0, Self.columns) })
    for (counts, places, base) in [(frequency.things, Self.things, NameWords.Place.thing), (frequency.columns, Self.columns, .column)] where !isFull {
      guard admits(base), let least = counts.min(), least > 0, let rarest = counts.firstIndex(of: least) else { continue }
      try eachName(with: words[rarest], places) { engine, name in
        if NameWords.mask(of: name, isColumn: base == .column, bytes) == (1 << words.count) - 1 { try engine.take(name, base, match, names) }
      }
    }
    if !isFull, admits(.column) { try findInContext(words, frequency, names, match) }
  }

  private func count(_ word: String, _ places: [NameWords.Place]) throws -> Int {
    let statement = try db.cachedStatement(
      sql: "SELECT count(*) FROM (SELECT 1 FROM search_word WHERE place = ?1 AND \(Self.range) LIMIT 5000)")
    return try places.reduce(0) { try $0 + (Int.fetchOne(statement, arguments: [$1.rawValue, word]) ?? 0) }
  }

  private mutating func eachName(with word: String, _ places: [NameWords.Place], _ body: (inout SearchEngine, String) throws -> Void) throws {
    for place in places where !isFull {
      let statement = try db.makeStatement(
        sql: "SELECT n.name FROM search_word w JOIN search_name n ON n.id = w.name_id WHERE w.place = ?1 AND w.\(Self.range.replacing(" AND tail", with: " AND w.tail"))")
      let rows = try String.fetchCursor(statement, arguments: [place.rawValue, word])
      while !isFull, let name = try rows.next() { try body(&self, name) }
    }
  }

  /// The word that the least has is either in the column's name or in that of its asset.
  private mutating func findInContext(_ words: [String], _ frequency: Frequency, _ names: Names, _ match: SearchMatch) throws {
    let all = (1 << words.count) - 1
    let bytes = words.map { Array($0.utf8) }
    let total = try Int.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM asset_column")) ?? 0
    let each = 1 + total / max(1, try Int.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM search_name")) ?? 1)
    let work = words.indices.map { frequency.columns[$0] * each + frequency.things[$0] * 20 }
    guard let least = work.min(), let rarest = work.firstIndex(of: least) else { return }

    let byName = try db.cachedStatement(sql: "SELECT asset_id FROM asset_version WHERE name = ? AND ended_change_id IS NULL")
    // in the column's name: the rest has to be in the asset's, of which those with one of the other words are looked up at once if they are few
    var assets: [Int64: Int] = [:]
    let others = Self.telling(words.indices.filter { $0 != rarest }, frequency)
    let isKnown = others.reduce(0) { $0 + frequency.things[$1] } <= frequency.columns[rarest] * each
    if isKnown, frequency.columns[rarest] > 0 {
      for index in others {
        try eachName(with: words[index], Self.things) { engine, name in
          let mask = NameWords.mask(of: name, isColumn: false, bytes)
          for id in try Int64.fetchAll(byName, arguments: [name]) { assets[id] = mask }
        }
      }
    }
    if frequency.columns[rarest] > 0, !isKnown || !assets.isEmpty {
      let nameOf = try db.cachedStatement(sql: "SELECT name FROM asset_version WHERE asset_id = ? AND ended_change_id IS NULL")
      let present = Set(assets.values)
      try eachName(with: words[rarest], Self.columns) { engine, name in
        let own = NameWords.mask(of: name, isColumn: true, bytes)
        guard own != all, !isKnown || present.contains(where: { own | $0 == all }) else { return }
        try engine.eachColumn(named: name) { engine, column, asset in
          guard engine.filter.admits(column: column, of: asset) else { return }
          if !isKnown, assets[asset] == nil {
            assets[asset] = try String.fetchOne(nameOf, arguments: [asset]).map { NameWords.mask(of: $0, isColumn: false, bytes) } ?? 0
          }
          if own | (assets[asset] ?? 0) == all { try engine.takeColumn(column, asset, match, names) }
        }
      }
    }
    // in the asset's name: the rest has to be in the column's
    guard !isFull, frequency.things[rarest] > 0 else { return }
    var statements: [Int: Statement] = [:]
    try eachName(with: words[rarest], Self.things) { engine, name in
      let own = NameWords.mask(of: name, isColumn: false, bytes)
      guard own != all else { return }
      let rest = words.indices.filter { own & 1 << $0 == 0 }
      guard rest.allSatisfy({ frequency.columns[$0] > 0 }) else { return }
      let statement =
        try statements[own]
        ?? engine.db.makeStatement(
          sql: "SELECT id, folded_name FROM asset_column WHERE asset_id = ?" + rest.map { _ in " AND instr(lower(folded_name), ?) > 0" }.joined())
      statements[own] = statement
      for asset in try Int64.fetchAll(byName, arguments: [name]) where !engine.isFull && engine.filter.assets?.contains(asset) != false {
        for row in try Row.fetchAll(statement, arguments: StatementArguments([asset as any DatabaseValueConvertible] + rest.map { words[$0] })) where !engine.isFull {
          // a name that holds a word need not have one that begins so
          try engine.takeColumn(row[0], asset, match, names, having: rest.map { words[$0] })
        }
      }
    }
  }

  /// Of words that the asset may have to have, those by which all that come into question are found: one that no column has is enough.
  private static func telling(_ words: [Int], _ frequency: Frequency) -> [Int] {
    let needed = words.filter { frequency.columns[$0] == 0 }
    return needed.min { frequency.things[$0] < frequency.things[$1] }.map { [$0] } ?? words
  }

  // MARK: few assets

  /// Compares the names of some assets and their columns themselves, where filters leave too few for the index to be of use.
  mutating func look(through ids: [Int64], _ names: Names) throws {
    if fewRows == nil { fewRows = try load(ids) }
    guard let rows = fewRows else { return }
    var found: [(match: SearchMatch, index: Int)] = []
    for (index, row) in rows.enumerated() {
      if let match = Self.match(row, names) { found.append((match, index)) }
    }
    let order = SearchMatch.allCases
    found.sort { (order.firstIndex(of: $0.match) ?? 0, $0.index) < (order.firstIndex(of: $1.match) ?? 0, $1.index) }
    for (match, index) in found where !isFull {
      let row = rows[index]
      let shown = names.isGuess ? SearchMatch.typo : match
      if row.isColumn { addColumn(row.row, shown, Self.fragment(row.row["name"], names)) } else { addAsset(row.row, shown, Self.fragment(row.name, names)) }
    }
  }

  private func load(_ ids: [Int64]) throws -> [FewRow] {
    var result: [FewRow] = []
    for id in ids where filter.admits(type: "asset") {
      let row = try Row.fetchOne(db.cachedStatement(sql: SearchRows.asset + " WHERE v.asset_id = ? AND v.ended_change_id IS NULL"), arguments: [id])
      if let row { result.append(FewRow(row: row, name: row["name"], isColumn: false)) }
    }
    for id in ids where filter.admits(type: "column") {
      let rows = try Row.fetchAll(
        db.cachedStatement(sql: SearchRows.column + " WHERE k.asset_id = ? AND w.ended_change_id IS NULL ORDER BY w.ordinal"), arguments: [id])
      for row in rows { result.append(FewRow(row: row, name: (row["asset"] as String) + "." + ObjectName.renderedPart(row["name"]), isColumn: true)) }
    }
    return result
  }

  private static func match(_ row: FewRow, _ names: Names) -> SearchMatch? {
    let parts = ObjectName.parts(reading: row.name)
    let own = NameWords.tails(of: parts.last ?? "", isColumn: true)
    let qualified = names.qualifiers.isEmpty || parts.dropLast().suffix(names.qualifiers.count).map(NameWords.folded) == names.qualifiers
    if qualified, let first = own.first?.tail {
      if first == names.whole { return .exact }
      if first.hasPrefix(names.whole) { return .prefix }
      if own.contains(where: { $0.tail.hasPrefix(names.whole) }) { return .word }
    }
    let context = parts.dropLast().flatMap { NameWords.tails(of: $0, isColumn: true) }
    func has(_ word: String, _ tails: [(place: NameWords.Place, tail: String)]) -> Bool { tails.contains { $0.tail.hasPrefix(word) } }
    guard names.words.contains(where: { has($0, own) }) || (!row.isColumn && names.words.count == 1) else { return nil }
    return names.words.allSatisfy { has($0, own) || has($0, context) } ? .word : nil
  }

  mutating func lookThroughDescriptions() {
    let wanted = Set(query.words)
    for row in fewRows ?? [] where !isFull {
      guard let text = row.row["description"] as String?, wanted.isSubset(of: NameWords.words(text)) else { continue }
      let excerpt = SearchExcerpt.around(query.words, in: text).text
      if row.isColumn { addColumn(row.row, .description, excerpt) } else { addAsset(row.row, .description, excerpt) }
    }
  }
}

/// An asset or column among few.
struct FewRow {
  var row: Row
  /// As printed, with the asset before a column.
  var name: String
  var isColumn: Bool
}
