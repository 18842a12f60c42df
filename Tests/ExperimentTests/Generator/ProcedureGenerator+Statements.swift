import GoldenSupport

extension ProcedureGenerator {
  /// One statement, or a few that belong together.
  ///
  /// - Parameter scope: variables and record fields in reach; `level` counts the blocks around.
  mutating func statement(_ scope: [Term] = variables, level: Int = 0) -> String {
    let deep = level >= 2
    switch Int.random(in: 0..<(deep ? 9 : 23), using: &chance) {
    case 0, 1: return insertQuery(scope)
    case 2: return insertValues(scope)
    case 3: return update(scope)
    case 4: return delete(scope)
    case 5: return upsert(scope)
    case 6: return selectInto(scope) + "\n" + insertValues(scope)
    case 7: return assignment(scope)
    case 8: return returning(scope)
    case 9: return merge(scope)
    case 10, 11: return branch(scope, level)
    case 12: return bounded(scope, level)
    case 13, 14: return loop(scope, level)
    case 15: return cursor(scope, level)
    case 16: return temporary(scope)
    case 17: return dynamic(scope)
    case 18: return nestedCall(scope)
    case 19: return caught(scope)
    case 20: return eachElement(scope)
    case 21: return record(scope)
    default: return functionCall(scope)
    }
  }

  private mutating func outlet() -> (name: String, columns: [GeneratedSchema.Column]) {
    let table = pick(schema.outlets)
    return (table.name, Array(table.columns.shuffled(using: &chance).prefix(Int.random(in: 2...4, using: &chance))))
  }

  private func names(_ columns: [GeneratedSchema.Column]) -> String { columns.map(\.name).joined(separator: ", ") }

  private mutating func insertQuery(_ scope: [Term]) -> String {
    let (name, columns) = outlet()
    return "INSERT INTO g.\(name) (\(names(columns)))\n\(query(columns.map(\.type), outer: scope));"
  }

  mutating func insertValues(_ scope: [Term]) -> String {
    let (name, columns) = outlet()
    return "INSERT INTO g.\(name) (\(names(columns))) VALUES (\(columns.map { expression($0.type, scope, depth: 1) }.joined(separator: ", ")));"
  }

  private mutating func settings(_ table: GeneratedSchema.Table, _ scope: [Term]) -> String {
    table.columns.shuffled(using: &chance).prefix(Int.random(in: 1...2, using: &chance)).map { "\($0.name) = \(expression($0.type, scope, depth: 1))" }
      .joined(separator: ", ")
  }

  private mutating func update(_ scope: [Term]) -> String {
    let table = pick(schema.keyed)
    let mine = terms(table, "t")
    let limit = flip(40) ? scope : []
    if flip(35) { return "UPDATE g.\(table.name) t SET \(settings(table, mine + limit)) WHERE \(condition(mine + limit, subqueries: true));" }
    let other = pick(schema.keyed)
    let theirs = terms(other, "f")
    if flip(25) {
      let column = pick(table.columns)
      return "UPDATE g.\(table.name) t SET \(column.name) = (SELECT \(aggregate(column.type, theirs, order: ["f.id"])) FROM g.\(other.name) f WHERE f.ref = t.id) "
        + "WHERE \(condition(mine));"
    }
    return "UPDATE g.\(table.name) t SET \(settings(table, mine + theirs + limit))\nFROM g.\(other.name) f WHERE f.id = t.ref AND \(condition(theirs + mine));"
  }

  private mutating func delete(_ scope: [Term]) -> String {
    let table = pick(schema.tables)
    let mine = terms(table, "t")
    let other = pick(schema.keyed)
    let theirs = terms(other, "u")
    let mineIntegers = mine.filter { $0.type == .integer }
    if flip() || mineIntegers.isEmpty { return "DELETE FROM g.\(table.name) t WHERE \(condition(mine + (flip(30) ? scope : []), subqueries: true));" }
    return "DELETE FROM g.\(table.name) t USING g.\(other.name) u WHERE u.id = \(pick(mineIntegers).sql) AND \(condition(theirs));"
  }

  private mutating func upsert(_ scope: [Term]) -> String {
    let target = pick(schema.keyed)
    let other = pick(schema.keyed)
    let theirs = terms(other, "n")
    let columns = Array(target.columns.shuffled(using: &chance).prefix(3))
    let excluded = columns.map { Term(sql: "excluded.\($0.name)", type: $0.type) } + terms(target, "t")
    let action = flip(80)
      ? "DO UPDATE SET " + columns.prefix(2).map { "\($0.name) = \(expression($0.type, excluded, depth: 1))" }.joined(separator: ", ")
        + (flip(40) ? " WHERE \(condition(excluded, depth: 0))" : "") : "DO NOTHING"
    return "INSERT INTO g.\(target.name) AS t (id, \(names(columns)))\nSELECT n.id + \(pick([0, 2])), "
      + "\(columns.map { expression($0.type, theirs, depth: 1) }.joined(separator: ", ")) FROM g.\(other.name) n WHERE \(condition(theirs))\n"
      + "ON CONFLICT (id) \(action);"
  }

  private mutating func merge(_ scope: [Term]) -> String {
    let target = pick(schema.keyed)
    let other = pick(schema.keyed)
    let (mine, theirs) = (terms(target, "t"), terms(other, "s"))
    let columns = Array(target.columns.shuffled(using: &chance).prefix(2))
    var arms: [String] = []
    if flip(40) { arms.append("WHEN MATCHED AND \(condition(mine + theirs, depth: 0)) THEN DELETE") }
    arms.append("WHEN MATCHED\(flip() ? " AND \(condition(mine + theirs, depth: 0))" : "") THEN UPDATE SET \(settings(target, mine + theirs))")
    if flip(70) {
      arms.append(
        "WHEN NOT MATCHED\(flip() ? " AND \(condition(theirs, depth: 0))" : "") THEN INSERT (id, \(names(columns))) "
          + "VALUES (s.id, \(columns.map { expression($0.type, theirs, depth: 1) }.joined(separator: ", ")))")
    }
    return "MERGE INTO g.\(target.name) t USING g.\(other.name) s ON t.id = s.id\(flip(20) ? " AND \(condition(mine, depth: 0))" : "")\n\(arms.joined(separator: "\n"));"
  }

  private mutating func selectInto(_ scope: [Term]) -> String {
    let targets = Array(Self.variables.shuffled(using: &chance).prefix(Int.random(in: 1...2, using: &chance)))
    let into = targets.map(\.sql).joined(separator: ", ")
    let table = pick(schema.keyed)
    let mine = terms(table, "t")
    if flip() {
      return "SELECT \(targets.map { aggregate($0.type, mine, order: ["t.id"]) }.joined(separator: ", ")) INTO \(into) FROM g.\(table.name) t WHERE \(condition(mine + scope));"
    }
    return "SELECT \(targets.map { expression($0.type, mine, depth: 1) }.joined(separator: ", ")) INTO \(into) FROM g.\(table.name) t "
      + "WHERE \(condition(mine)) ORDER BY \(flip() ? pick(mine).sql + ", " : "")t.id LIMIT 1;"
  }

  private mutating func assignment(_ scope: [Term]) -> String {
    let target = pick(Self.variables)
    if flip(40) {
      let table = pick(schema.keyed)
      return "\(target.sql) := (SELECT \(aggregate(target.type, terms(table, "t"), order: ["t.id"])) FROM g.\(table.name) t WHERE \(condition(terms(table, "t"))));"
    }
    return "\(target.sql) := \(expression(target.type, scope));"
  }

  private mutating func returning(_ scope: [Term]) -> String {
    let table = pick(schema.keyed)
    let mine = terms(table, "t")
    let target = pick(Self.variables)
    let id = Int.random(in: 1...4, using: &chance)
    let change = flip(70) ? "UPDATE g.\(table.name) t SET \(settings(table, mine + scope))" : "DELETE FROM g.\(table.name) t"
    return "\(change) WHERE t.id = \(id) AND \(condition(mine, depth: 0)) RETURNING \(expression(target.type, mine, depth: 1)) INTO \(target.sql);\n" + insertValues(scope)
  }

  private mutating func branch(_ scope: [Term], _ level: Int) -> String {
    var test = condition(scope)
    var lines: [String] = []
    switch Int.random(in: 0..<5, using: &chance) {
    case 0:
      lines.append(update(scope))
      test = "FOUND"
    case 1:
      lines.append(delete(scope))
      lines.append("GET DIAGNOSTICS v_other = ROW_COUNT;")
      test = "v_other > 0"
    case 2:
      let table = pick(schema.keyed)
      test = "EXISTS (SELECT 1 FROM g.\(table.name) t WHERE \(condition(terms(table, "t"))))"
    default: break
    }
    lines.append("IF \(test) THEN\n\(Self.indented(statement(scope, level: level + 1)))")
    if flip(30) { lines.append("ELSIF \(condition(scope)) THEN\n\(Self.indented(statement(scope, level: level + 1)))") }
    if flip() { lines.append("ELSE\n\(Self.indented(statement(scope, level: level + 1)))") }
    return (lines + ["END IF;"]).joined(separator: "\n")
  }

  private mutating func bounded(_ scope: [Term], _ level: Int) -> String {
    let counter = "i\(level + 1)"
    let body = statement(scope + [Term(sql: counter, type: .integer)], level: level + 1)
    return "\(counter) := 0;\nWHILE \(counter) < 2\(flip(60) ? " AND \(condition(scope, depth: 0))" : "") LOOP\n  \(counter) := \(counter) + 1;\n"
      + "\(Self.indented(body))\nEND LOOP;"
  }

  /// A query ordered by its key, and what a record of it offers.
  private mutating func rows(_ record: String, _ scope: [Term]) -> (query: String, fields: [Term]) {
    let table = pick(schema.keyed)
    let mine = terms(table, "t")
    let types: [ColumnType] = [.integer, pick(ColumnType.allCases), pick(ColumnType.allCases)]
    let values = types.enumerated().map { "\(expression($1, mine, depth: 1)) AS c\($0)" }
    return (
      "SELECT \(values.joined(separator: ", ")) FROM g.\(table.name) t WHERE \(condition(mine + scope)) ORDER BY t.id",
      types.enumerated().map { Term(sql: "\(record).c\($0)", type: $1) }
    )
  }

  private mutating func turn(_ scope: [Term], _ fields: [Term], _ level: Int) -> String {
    var lines: [String] = []
    if flip(35) { lines.append("\(pick(["CONTINUE", "EXIT"])) WHEN \(condition(fields + scope, depth: 0));") }
    if flip(40) { lines.append("v_int := coalesce(v_int, 0) + coalesce(\(fields[0].sql), 1);") }
    lines.append(flip() ? insertValues(fields + scope) : statement(fields + scope, level: level + 1))
    return Self.indented(lines.joined(separator: "\n"))
  }

  private mutating func loop(_ scope: [Term], _ level: Int) -> String {
    let record = "r\(level + 1)"
    let (query, fields) = rows(record, scope)
    return "FOR \(record) IN \(query) LOOP\n\(turn(scope, fields, level))\nEND LOOP;"
  }

  private mutating func cursor(_ scope: [Term], _ level: Int) -> String {
    let (record, cursor) = ("r\(level + 1)", "c\(level + 1)")
    let (query, fields) = rows(record, scope)
    return "OPEN \(cursor) FOR \(query);\nLOOP\n  FETCH \(cursor) INTO \(record);\n  EXIT WHEN NOT FOUND;\n\(turn(scope, fields, level))\nEND LOOP;\nCLOSE \(cursor);"
  }

  private mutating func temporary(_ scope: [Term]) -> String {
    let name = fresh("tmp")
    let types: [ColumnType] = [.integer, .text, pick(ColumnType.allCases)]
    let columns = types.enumerated().map { Term(sql: "x.c\($0)", type: $1) }
    var lines = ["CREATE TEMP TABLE \(name) ON COMMIT DROP AS\n\(query(types, outer: scope));"]
    if flip(40) { lines.append("UPDATE \(name) x SET c0 = \(expression(.integer, columns + scope, depth: 1)) WHERE \(condition(columns));") }
    if flip(30) { lines.append("DELETE FROM \(name) x WHERE \(condition(columns));") }
    let (target, into) = outlet()
    lines.append(
      "INSERT INTO g.\(target) (\(names(into))) SELECT \(into.map { expression($0.type, columns, depth: 1) }.joined(separator: ", ")) FROM \(name) x "
        + "WHERE \(condition(columns));")
    return lines.joined(separator: "\n")
  }

  private mutating func dynamic(_ scope: [Term]) -> String {
    let table = pick(schema.keyed)
    let (target, into) = outlet()
    let like = table.columns.filter { column in into.contains { $0.type == column.type } }
    guard let from = like.first, let to = into.first(where: { $0.type == from.type }) else { return insertQuery(scope) }
    let other = into.first { $0 != to } ?? to
    let filter = pick(table.columns.filter { $0.type == .text })
    let variable = Self.variables.first { $0.type == other.type }?.sql ?? "NULL"
    return "v_name := '\(table.name)';\n"
      + "EXECUTE format('INSERT INTO g.\(target) (%I, %I) SELECT x.%I, $1 FROM g.%I x WHERE x.%I IS DISTINCT FROM %L', "
      + "'\(to.name)', '\(other.name)', '\(from.name)', v_name, '\(filter.name)', \(literal(.text))) USING \(variable);"
  }

  private mutating func nestedCall(_ scope: [Term]) -> String {
    let name = fresh("step")
    let table = pick(schema.keyed)
    let target = pick(Self.variables)
    let mine = terms(table, "t")
    let inside = [Term(sql: "p_in", type: .integer), Term(sql: "p_io", type: target.type)]
    let type = target.type == .number ? "numeric" : target.type.rawValue
    var body = ["SELECT coalesce(\(aggregate(target.type, mine, order: ["t.id"])), p_io) INTO p_io FROM g.\(table.name) t WHERE t.ref >= p_in AND \(condition(mine));"]
    if flip() { body.append(insertValues(inside)) }
    helpers.append(
      "CREATE PROCEDURE g.\(name)(IN p_in int, INOUT p_io \(type)) LANGUAGE plpgsql AS $$\nBEGIN\n\(Self.indented(body.joined(separator: "\n")))\nEND $$;")
    return "CALL g.\(name)(\(expression(.integer, scope, depth: 1)), \(target.sql));\n" + insertValues(scope)
  }

  private mutating func caught(_ scope: [Term]) -> String {
    let table = pick(schema.keyed)
    let integers = terms(table, "t").filter { $0.type == .integer }
    return "BEGIN\n  SELECT 100 / max(\(pick(integers).sql)) INTO v_other FROM g.\(table.name) t WHERE \(condition(terms(table, "t")));\n"
      + "\(Self.indented(insertValues(scope)))\nEXCEPTION WHEN division_by_zero THEN\n\(Self.indented(insertValues(scope)))\nEND;"
  }

  private mutating func eachElement(_ scope: [Term]) -> String {
    let table = pick(schema.keyed)
    let mine = terms(table, "t")
    let texts = mine.filter { $0.type == .text }
    return "SELECT coalesce(array_agg(\(pick(texts).sql) ORDER BY t.id), '{}') INTO v_list FROM g.\(table.name) t WHERE \(condition(mine));\n"
      + "FOREACH v_item IN ARRAY v_list LOOP\n\(Self.indented(insertValues(scope + [Term(sql: "v_item", type: .text), Term(sql: "v_item", type: .text)])))\nEND LOOP;"
  }

  private mutating func record(_ scope: [Term]) -> String {
    let table = pick(schema.keyed)
    let fields = terms(table, "r2")
    let key = flip() ? "\(Int.random(in: 1...4, using: &chance))" : expression(.integer, scope, depth: 0)
    let insert = insertValues(fields + scope)
    return "SELECT * INTO r2 FROM g.\(table.name) t WHERE t.id = \(key);\n" + (flip() ? "IF FOUND THEN\n\(Self.indented(insert))\nEND IF;" : insert)
  }

  private mutating func functionCall(_ scope: [Term]) -> String {
    let name = fresh("rate")
    let table = pick(schema.keyed)
    let type = pick([ColumnType.integer, .text, .number])
    let mine = terms(table, "t")
    let returns = type == .number ? "numeric" : type.rawValue
    helpers.append(
      "CREATE FUNCTION g.\(name)(p_key int) RETURNS \(returns) LANGUAGE \(flip() ? "sql" : "SQL") STABLE AS $$\n"
        + "  SELECT \(aggregate(type, mine, order: ["t.id"])) FROM g.\(table.name) t WHERE t.ref = p_key AND \(condition(mine))\n$$;")
    let (target, into) = outlet()
    let from = pick(schema.keyed)
    let outer = terms(from, "o") + [Term(sql: "g.\(name)(o.id)", type: type), Term(sql: "g.\(name)(o.ref)", type: type)]
    return "INSERT INTO g.\(target) (\(names(into))) SELECT \(into.map { expression($0.type, outer, depth: 1) }.joined(separator: ", ")) FROM g.\(from.name) o "
      + "WHERE \(condition(terms(from, "o")));"
  }
}
