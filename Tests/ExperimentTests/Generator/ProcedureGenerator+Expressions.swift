import GoldenSupport

extension ProcedureGenerator {
  mutating func literal(_ type: ColumnType) -> String {
    let value = GeneratedSchema.value(type, &chance)
    return type == .text ? value + "::text" : value
  }

  mutating func expression(_ type: ColumnType, _ scope: [Term], depth: Int = 2) -> String {
    let candidates = scope.filter { $0.type == type }
    if depth == 0 || flip(45) { return !candidates.isEmpty && flip(92) ? pick(candidates).sql : literal(type) }
    let next = depth - 1
    func has(_ other: ColumnType) -> Bool { scope.contains { $0.type == other } }
    switch Int.random(in: 0..<5, using: &chance) {
    case 0: return "CASE WHEN \(condition(scope, depth: next)) THEN \(expression(type, scope, depth: next)) ELSE \(expression(type, scope, depth: next)) END"
    case 1: return "coalesce(\(expression(type, scope, depth: next)), \(literal(type)))"
    default: break
    }
    switch type {
    case .integer:
      switch Int.random(in: 0..<6, using: &chance) {
      case 0: return "(\(expression(.integer, scope, depth: next)) + \(expression(.integer, scope, depth: next)))"
      case 1 where has(.text): return "length(\(expression(.text, scope, depth: next)))"
      case 2 where has(.day): return "extract(day FROM \(expression(.day, scope, depth: next)))::int"
      case 3: return "greatest(\(expression(.integer, scope, depth: next)), \(expression(.integer, scope, depth: next)))"
      case 4: return "nullif(\(expression(.integer, scope, depth: next)), \(literal(.integer)))"
      default: return "(\(expression(.integer, scope, depth: next)) * 2)"
      }
    case .text:
      switch Int.random(in: 0..<5, using: &chance) {
      case 0: return "upper(\(expression(.text, scope, depth: next)))"
      case 1: return "(\(expression(.text, scope, depth: next)) || \(expression(.text, scope, depth: next)))"
      case 2 where has(.integer): return "\(expression(.integer, scope, depth: 0))::text"
      case 3: return "left(\(expression(.text, scope, depth: next)), 2)"
      default: return "concat_ws('-', \(expression(.text, scope, depth: next)), \(expression(.integer, scope, depth: 0)))"
      }
    case .number:
      return flip()
        ? "round(\(expression(.number, scope, depth: next)) * 1.5, 1)" : "(\(expression(.number, scope, depth: next)) - \(expression(.integer, scope, depth: 0)))"
    case .day: return flip() ? "(\(expression(.day, scope, depth: next)) + 3)" : "least(\(expression(.day, scope, depth: next)), \(literal(.day)))"
    case .truth: return "(\(condition(scope, depth: next)))"
    }
  }

  mutating func condition(_ scope: [Term], depth: Int = 1, subqueries: Bool = false) -> String {
    if depth > 0, flip(25) {
      return "(\(condition(scope, depth: depth - 1)) \(pick(["AND", "OR"])) \(condition(scope, depth: depth - 1)))"
    }
    if subqueries, flip(20), let subquery = membership(scope) { return subquery }
    guard !scope.isEmpty else { return "true" }
    let term = pick(scope)
    switch (term.type, Int.random(in: 0..<4, using: &chance)) {
    case (_, 0): return "\(term.sql) IS \(pick(["", "NOT "]))NULL"
    case (.truth, _): return flip() ? term.sql : "NOT coalesce(\(term.sql), false)"
    case (.text, 1): return "\(term.sql) LIKE '%\(pick(["b", "e", "y"]))%'"
    case (.text, 2): return "\(term.sql) IN (\(literal(.text)), \(literal(.text)))"
    case (let type, 3): return "\(term.sql) \(pick(["<", ">=", "<>"])) \(expression(type, scope, depth: 0))"
    case (.integer, 1): return "\(term.sql) BETWEEN 1 AND \(expression(.integer, scope, depth: 0)) + 4"
    case (let type, _): return "\(term.sql) \(pick(["<=", ">", "<>", "IS DISTINCT FROM"])) \(literal(type))"
    }
  }

  private mutating func membership(_ scope: [Term]) -> String? {
    let integers = scope.filter { $0.type == .integer }
    guard !integers.isEmpty else { return nil }
    let outer = pick(integers).sql
    let table = pick(schema.keyed)
    let alias = fresh("e")
    let inner = terms(table, alias)
    switch Int.random(in: 0..<3, using: &chance) {
    case 0: return "EXISTS (SELECT 1 FROM g.\(table.name) \(alias) WHERE \(alias).ref = \(outer) AND \(condition(inner, depth: 0)))"
    case 1: return "\(outer) IN (SELECT \(alias).ref FROM g.\(table.name) \(alias) WHERE \(condition(inner, depth: 0)))"
    default: return "NOT EXISTS (SELECT * FROM g.\(table.name) \(alias) WHERE \(alias).id = \(outer) AND \(condition(inner, depth: 0)))"
    }
  }

  func terms(_ table: GeneratedSchema.Table, _ alias: String) -> [Term] { table.all.map { Term(sql: "\(alias).\($0.name)", type: $0.type) } }

  /// - Parameter order: columns that make an order without ties.
  mutating func aggregate(_ type: ColumnType, _ scope: [Term], order: [String]) -> String {
    let filter = flip(15) ? " FILTER (WHERE \(condition(scope, depth: 0)))" : ""
    switch (type, Int.random(in: 0..<4, using: &chance)) {
    case (.integer, 0): return "count(*)\(filter)::int"
    case (.integer, 1): return "count(DISTINCT \(expression(.text, scope, depth: 1)))\(filter)::int"
    case (.integer, 2): return "sum(\(expression(.integer, scope, depth: 1)))\(filter)::int"
    case (.text, 0...1): return "string_agg(\(expression(.text, scope, depth: 1)), ',' ORDER BY \(order.joined(separator: ", ")))\(filter)"
    case (.text, 2): return "(array_agg(\(expression(.text, scope, depth: 0)) ORDER BY \(order.joined(separator: ", "))))[1]"
    case (.number, 0...1): return "sum(\(expression(.number, scope, depth: 1)))\(filter)"
    case (.number, 2): return "round(avg(\(expression(.number, scope, depth: 1)))\(filter), 2)"
    case (.truth, _): return "bool_or(\(expression(.truth, scope, depth: 1)))\(filter)"
    default: return "\(pick(["min", "max"]))(\(expression(type, scope, depth: 1)))\(filter)"
    }
  }

  mutating func window(_ type: ColumnType, _ scope: [Term], order: [String]) -> String {
    let partition = flip(60) ? "PARTITION BY \(pick(scope).sql) " : ""
    let over = "OVER (\(partition)ORDER BY \(flip(40) ? pick(scope).sql + " DESC, " : "")\(order.joined(separator: ", ")))"
    switch type {
    case .integer: return "\(pick(["row_number()", "sum(\(expression(.integer, scope, depth: 0)))", "count(*)", "dense_rank()"])) \(over)"
    case .truth: return "bool_and(\(expression(.truth, scope, depth: 0))) \(over)"
    default: return "\(pick(["lag", "lead", "first_value", "max"]))(\(expression(type, scope, depth: 0))) \(over)"
    }
  }
}
