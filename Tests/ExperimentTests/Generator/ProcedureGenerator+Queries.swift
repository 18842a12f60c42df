import GoldenSupport

extension ProcedureGenerator {
  /// What stands after FROM.
  struct Source {
    var sql: String
    var terms: [Term]
    /// Columns that make an order without ties.
    var order: [String]
  }

  mutating func source() -> Source {
    let table = pick(schema.keyed)
    let alias = fresh("a")
    var source = Source(sql: "g.\(table.name) \(alias)", terms: terms(table, alias), order: ["\(alias).id"])
    guard flip(60) else { return source }
    let other = pick(schema.keyed)
    let joined = fresh("b")
    let inner = terms(other, joined)
    switch Int.random(in: 0..<6, using: &chance) {
    case 0:
      source.sql += " JOIN g.\(other.name) \(joined) ON \(joined).id = \(alias).ref"
      source.terms += inner
    case 1:
      source.sql += " LEFT JOIN g.\(other.name) \(joined) ON \(joined).id = \(alias).ref AND \(condition(inner, depth: 0))"
      source.terms += inner
    case 2:
      source.sql += " JOIN g.\(other.name) \(joined) USING (\(flip() ? "id" : "ref"))"
      source.terms += inner
      source.order.append("\(joined).id")
    case 3:
      let type = pick(ColumnType.allCases)
      let outside = source.terms
      source.sql +=
        " LEFT JOIN LATERAL (SELECT \(expression(type, inner + outside, depth: 1)) AS x FROM g.\(other.name) \(joined) WHERE \(joined).ref = \(alias).id "
        + "ORDER BY \(flip() ? pick(inner).sql + ", " : "")\(joined).id LIMIT 1) l\(joined) ON true"
      source.terms.append(Term(sql: "l\(joined).x", type: type))
    case 4:
      let type = pick(ColumnType.allCases)
      let value = aggregate(type, inner, order: ["\(joined).id"])
      source.sql +=
        " \(pick(["JOIN", "LEFT JOIN"])) (SELECT \(joined).ref, \(value) AS x FROM g.\(other.name) \(joined) WHERE \(condition(inner)) GROUP BY \(joined).ref) "
        + "q\(joined) ON q\(joined).ref = \(alias).id"
      source.terms.append(Term(sql: "q\(joined).x", type: type))
    default:
      source.sql += ", g.\(other.name) \(joined)"
      source.sql += " WHERE \(joined).ref = \(alias).ref"
      source.terms += inner
      source.order.append("\(joined).id")
    }
    return source
  }

  private func filtered(_ source: Source, _ condition: String) -> String {
    source.sql + (source.sql.hasSuffix(".ref") && source.sql.contains(", g.") ? " AND (\(condition))" : " WHERE \(condition)")
  }

  /// A query with columns of the types, named `c0`, `c1`, ...
  ///
  /// - Parameter outer: variables and record fields that may be used too.
  mutating func query(_ types: [ColumnType], outer: [Term], depth: Int = 1) -> String {
    let source = source()
    let scope = source.terms + (flip(30) ? outer : [])
    let from = filtered(source, condition(scope, subqueries: true))
    func list(_ values: [String]) -> String { values.enumerated().map { "\($1) AS c\($0)" }.joined(separator: ", ") }
    switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &chance) {
    case 0, 1: return "SELECT \(list(types.map { expression($0, scope) })) FROM \(from)"
    case 2:
      let keys = Int.random(in: 0..<min(2, types.count), using: &chance)
      let values = types.enumerated().map { $0 <= keys ? expression($1, source.terms, depth: 1) : aggregate($1, scope, order: source.order) }
      let having = flip(40) ? " HAVING \(aggregate(.integer, scope, order: source.order)) > \(Int.random(in: 0...2, using: &chance))" : ""
      return "SELECT \(list(values)) FROM \(from) GROUP BY \((1...keys + 1).map { "\($0)" }.joined(separator: ", "))\(having)"
    case 3:
      let values = types.map { flip(45) ? window($0, source.terms, order: source.order) : expression($0, scope, depth: 1) }
      return "SELECT \(list(values)) FROM \(from)"
    case 4:
      return "SELECT \(list(types.map { expression($0, scope, depth: 1) })) FROM \(from) ORDER BY \(pick(source.terms).sql), "
        + "\(source.order.joined(separator: ", ")) LIMIT \(Int.random(in: 1...3, using: &chance))"
    case 5:
      let key = pick(source.terms).sql
      return flip()
        ? "SELECT DISTINCT \(list(types.map { expression($0, source.terms, depth: 1) })) FROM \(from)"
        : "SELECT DISTINCT ON (\(key)) \(list(types.map { expression($0, scope, depth: 1) })) FROM \(from) ORDER BY \(key), \(source.order.joined(separator: ", "))"
    case 6:
      let operation = pick(["UNION", "UNION ALL", "EXCEPT", "UNION ALL", "INTERSECT"])
      return "(\(query(types, outer: outer, depth: 0))) \(operation) (\(query(types, outer: outer, depth: 0)))"
    case 7, 8:
      let name = fresh("w")
      let inside = (types + [.integer, .text]).shuffled(using: &chance)
      let columns = inside.enumerated().map { Term(sql: "\(name).c\($0)", type: $1) }
      let body = query(inside, outer: outer, depth: 0)
      return "WITH \(name) AS (\(body)) SELECT \(list(types.map { expression($0, columns, depth: 1) })) FROM \(name) WHERE \(condition(columns))"
    default:
      let values = types.map { type -> String in
        guard flip() else { return expression(type, scope, depth: 1) }
        let table = pick(schema.keyed)
        let alias = fresh("s")
        return "(SELECT \(aggregate(type, terms(table, alias), order: ["\(alias).id"])) FROM g.\(table.name) \(alias) WHERE \(alias).ref = \(source.order[0]))"
      }
      return "SELECT \(list(values)) FROM \(from)"
    }
  }
}
