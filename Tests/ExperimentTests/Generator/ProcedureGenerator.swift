import GoldenSupport

/// Writes PL/pgSQL by chance. The same seed gives the same text on every machine.
///
/// What is written never depends on an order that the engine is free to choose: limits, loops and ordered aggregates go by keys.
struct ProcedureGenerator {
  typealias ColumnType = GeneratedSchema.ColumnType

  /// Something that has a value in an expression.
  struct Term {
    var sql: String
    var type: ColumnType
  }

  var chance: SplitMix64
  let schema: GeneratedSchema
  /// Routines that the statements call.
  var helpers: [String] = []
  var number = 0

  static let variables = [
    Term(sql: "v_int", type: .integer), Term(sql: "v_other", type: .integer), Term(sql: "v_text", type: .text), Term(sql: "v_num", type: .number),
    Term(sql: "v_day", type: .day), Term(sql: "v_flag", type: .truth),
  ]

  static let declarations = """
    v_int int := 3;
    v_other int := 1;
    v_text text := 'bob';
    v_num numeric := 2.5;
    v_day date := DATE '2024-03-15';
    v_flag boolean := true;
    v_name text := '';
    v_list text[] := '{}';
    v_item text;
    r1 record;
    r2 record;
    i1 int := 0;
    i2 int := 0;
    c1 refcursor;
    c2 refcursor;
  """

  init(seed: UInt64) {
    chance = SplitMix64(seed: seed)
    schema = GeneratedSchema(&chance)
  }

  mutating func pick<Item>(_ items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &chance)] }

  /// True so many times in a hundred.
  mutating func flip(_ percent: Int = 50) -> Bool { Int.random(in: 0..<100, using: &chance) < percent }

  mutating func fresh(_ stem: String) -> String {
    number += 1
    return stem + "\(number)"
  }

  static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
  }

  /// The routine, after the routines it calls.
  func routine(_ statements: [String]) -> String {
    let used = helpers.filter { helper in statements.contains { $0.contains(ProcedureGenerator.name(of: helper)) } }
    let body = statements.map(ProcedureGenerator.indented).joined(separator: "\n")
    return (used + ["CREATE PROCEDURE g.run() LANGUAGE plpgsql AS $$\nDECLARE\n\(ProcedureGenerator.declarations)\nBEGIN\n\(body)\nEND $$;"]).joined(separator: "\n")
  }

  /// `g.helper3` of `CREATE PROCEDURE g.helper3(...`.
  private static func name(of helper: String) -> String {
    String(helper.drop { $0 != "." }.dropFirst().prefix { $0 != "(" })
  }
}
