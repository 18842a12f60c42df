import GoldenSupport

/// A small warehouse drawn by chance: tables with a key, a reference to another table's key and columns of five types; others that only take in.
struct GeneratedSchema: Sendable {
  enum ColumnType: String, Sendable, CaseIterable {
    case integer = "int"
    case text
    case number = "numeric(10,2)"
    case day = "date"
    case truth = "boolean"

    var names: [String] {
      switch self {
      case .integer: ["qty", "score", "points", "quota", "clicks"]
      case .text: ["email", "city", "channel", "status", "source"]
      case .number: ["amount", "price", "cost"]
      case .day: ["joined", "sold_on", "due"]
      case .truth: ["active", "paid", "opt_in"]
      }
    }
  }

  struct Column: Sendable, Hashable {
    var name: String
    var type: ColumnType
  }

  struct Table: Sendable {
    var name: String
    /// `id int PRIMARY KEY` and `ref int` come before the columns.
    var keyed: Bool
    var columns: [Column]
    var rows: [[String]]

    var all: [Column] { (keyed ? [Column(name: "id", type: .integer), Column(name: "ref", type: .integer)] : []) + columns }
  }

  var tables: [Table] = []

  var keyed: [Table] { tables.filter(\.keyed) }
  var outlets: [Table] { tables.filter { !$0.keyed } }

  init(_ chance: inout SplitMix64) {
    var names = ["customer", "orders", "offer", "visit", "segment", "invoice"].shuffled(using: &chance)
    for _ in 0..<Int.random(in: 2...3, using: &chance) { tables.append(Self.table(names.removeLast(), keyed: true, &chance)) }
    names = ["mart_a", "mart_b"]
    for name in names { tables.append(Self.table(name, keyed: false, &chance)) }
  }

  private static func table(_ name: String, keyed: Bool, _ chance: inout SplitMix64) -> Table {
    var columns: [Column] = []
    for type in ColumnType.allCases {
      for name in type.names.shuffled(using: &chance).prefix(type == .integer || type == .text ? Int.random(in: 1...2, using: &chance) : 1) {
        columns.append(Column(name: name, type: type))
      }
    }
    columns.shuffle(using: &chance)
    var rows: [[String]] = []
    for id in 1...(keyed ? Int.random(in: 4...6, using: &chance) : 2) {
      let values = columns.map { Int.random(in: 0..<7, using: &chance) == 0 ? "NULL" : value($0.type, &chance) }
      rows.append((keyed ? ["\(id)", "\(Int.random(in: 1...5, using: &chance))"] : []) + values)
    }
    return Table(name: name, keyed: keyed, columns: columns, rows: rows)
  }

  static func value(_ type: ColumnType, _ chance: inout SplitMix64) -> String {
    switch type {
    case .integer: "\(Int.random(in: 0...9, using: &chance))"
    case .text: "'" + (["ann", "Bob", "cyd", "DEE", "eve"].randomElement(using: &chance) ?? "") + "'"
    case .number: "\(Int.random(in: 1...60, using: &chance)).\(Int.random(in: 0...1, using: &chance) * 5)"
    case .day: "DATE '2024-0\(Int.random(in: 1...6, using: &chance))-1\(Int.random(in: 0...9, using: &chance))'"
    case .truth: Bool.random(using: &chance) ? "true" : "false"
    }
  }

  var definition: String {
    let texts = tables.map { table in
      let columns = (table.keyed ? ["id int PRIMARY KEY", "ref int"] : []) + table.columns.map { "\($0.name) \($0.type.rawValue)" }
      return "CREATE TABLE g.\(table.name) (\(columns.joined(separator: ", ")));"
    }
    return (["CREATE SCHEMA g;"] + texts).joined(separator: "\n")
  }

  var seed: String {
    tables.map { table in "INSERT INTO g.\(table.name) VALUES \(table.rows.map { "(" + $0.joined(separator: ", ") + ")" }.joined(separator: ", "));" }
      .joined(separator: "\n")
  }
}
