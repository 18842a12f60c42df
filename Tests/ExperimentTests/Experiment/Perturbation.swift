import GoldenSupport

/// Other contents of one column: row number to value, nil for NULL.
struct Perturbation: Sendable, Hashable, CustomStringConvertible {
  var table: Int
  var column: Int
  var values: [Int: String?]
  /// As a person would write it.
  var description: String

  /// Every perturbation of a database, columns in order; of each column at most `limit`, drawn with `seed` from what there is.
  static func plan(_ tables: [Table], limit: Int, seed: UInt64, emptyList: String) -> [Perturbation] {
    var chance = SplitMix64(seed: seed)
    var found: [Perturbation] = []
    for (table, at) in zip(tables, tables.indices) where table.base {
      for column in table.columns.indices where !table.columns[column].generated {
        var all = perturbations(of: column, in: table, at: at, emptyList: emptyList)
        if all.count > limit { all.shuffle(using: &chance) }
        found += all.prefix(limit)
      }
    }
    return found
  }

  private static func perturbations(of column: Int, in table: Table, at: Int, emptyList: String) -> [Perturbation] {
    let facts = table.columns[column]
    let current = table.rows.map { Transcript.value($0[column]) }
    var seen: Set<[String?]> = [current]
    var found: [Perturbation] = []
    func add(_ values: [Int: String?], _ words: String) {
      var contents = current
      for (row, value) in values { contents[row] = value }
      guard seen.insert(contents).inserted else { return }
      found.append(Perturbation(table: at, column: column, values: values, description: "UPDATE \(table.name) SET \(facts.name) = \(words)"))
    }
    func literal(_ value: String?) -> String { value.map { "'\($0)'" } ?? "NULL" }
    var everywhere: [String?] = []
    for (row, value) in current.enumerated() {
      let others = value.map { Values.variants(of: $0, kind: facts.kind, emptyList: emptyList) } ?? Values.variants(of: "1", kind: facts.kind, emptyList: emptyList)
      everywhere += others.prefix(4).map(Optional.some)
      for other in others { add([row: other], "\(literal(other)) in row \(row + 1)") }
      for other in Set(current).sorted(by: { ($0 ?? "") < ($1 ?? "") }) { add([row: other], "\(literal(other)) in row \(row + 1)") }
      if facts.nullable { add([row: nil], "NULL in row \(row + 1)") }
      for next in current.indices where next > row && next <= row + 2 {
        add([row: current[next], next: value], "(rows \(row + 1) and \(next + 1) swapped)")
      }
    }
    for value in (current + everywhere).prefix(24) where value != nil || facts.nullable {
      add(Dictionary(uniqueKeysWithValues: current.indices.map { ($0, value) }), "\(literal(value)) in all rows")
    }
    let stepped = current.map { $0.flatMap { Values.variants(of: $0, kind: facts.kind, emptyList: emptyList).first } ?? $0 }
    add(Dictionary(uniqueKeysWithValues: zip(current.indices, stepped)), "another value in each row")
    return found
  }
}
