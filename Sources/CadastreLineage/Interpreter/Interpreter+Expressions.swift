internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

extension Interpreter {
  /// What flows into an expression's value.
  mutating func flow(_ node: NodeID) -> Flow {
    let kind = tree.kind(node)
    switch kind {
    case .literal: return holes(inLiteral: node)
    case .wordValue, .placeholder, .star, .typeName, .identifier, .frame, .alias: return Flow()
    case .nextValue: return tree.child(node, .over).map { flow($0) } ?? Flow()
    case .name: return nameFlow(node)
    case .variable: return variableCell(node).flow
    case .parameter: return binding(node).flow
    case .paren:
      return tree.firstChild(node).map { flow($0) } ?? Flow()
    case .subquery: return subqueryFlow(node)
    case .exists:
      guard let query = tree.children(node).first else { return Flow() }
      let outer = onlyExists
      onlyExists = true
      defer { onlyExists = outer }
      return relation(query).rows.influence(.filter)
    case .inQuery: return inQuery(node)
    case .caseExpression: return caseFlow(node)
    case .cast:
      var result = Flow()
      for child in tree.eachChild(node) where tree.kind(child) != .typeName { result.add(flow(child)) }
      if let type = tree.child(node, .typeName), !tree.text(tree.firstToken(node)).lowercased().hasPrefix("try_") {
        noteFault(result, becoming: tree.text(type))
      }
      return result.transformed()
    case .call: return callCell(node).flow
    case .chain:
      if !faults.isEmpty { divisors(node) }
      return childrenFlow(node)
    case .collate, .atTimeZone:
      return tree.firstChild(node).map { flow($0).transformed() } ?? Flow()
    case .fieldAccess: return fieldAccess(node).flow
    case .qualifiedStar: return starRow(node).flow
    case .namedArgument:
      return tree.children(node).last.map { flow($0) } ?? Flow()
    case .array:
      guard let query = tree.child(node, .query) else { return childrenFlow(node) }
      keepsOrder = true
      let rows = relation(query)
      return (rows.columns.first?.flow ?? Flow()).transformed().adding(rows.rows.influence(.filter))
    case .lambda: return lambdaFlow(node)
    case .columns: return columnsFlow(node)
    case .filter: return childrenFlow(node).influence(.conditional)
    case .over: return overFlow(node)
    case .withinGroup, .orderBy: return orderFlow(node).influence(.sort)
    case .query:
      let rows = relation(node)
      return (rows.columns.first?.flow ?? Flow()).adding(rows.rows.influence(.filter))
    default: return childrenFlow(node)
    }
  }

  private mutating func childrenFlow(_ node: NodeID) -> Flow {
    var result = Flow()
    for child in tree.eachChild(node) { result.add(flow(child)) }
    return result.transformed()
  }

  /// A division by zero is an error that may be caught.
  private mutating func divisors(_ node: NodeID) {
    for child in tree.children(node).dropFirst() {
      let before = Int(tree.nodes[child].firstToken) - 1
      guard before >= 0, tree.tokens[before].kind == .slash || tree.tokens[before].kind == .percentSign else { continue }
      let divisor = flow(child)
      noteFault(divisor)
    }
  }

  /// A literal of dynamic SQL may have holes in its text.
  private mutating func holes(inLiteral node: NodeID) -> Flow {
    guard !unit.holes.isEmpty else { return Flow() }
    let text = tree.text(node)
    guard text.contains(Hole.prefix) else { return Flow() }
    var result = Flow()
    for hole in unit.holes where text.contains(hole.word) { result.add(hole.flow.transformed()) }
    return result
  }

  @inline(__always)
  func variableCell(_ node: NodeID) -> State.Cell {
    state.cells[variableKey(tree.text(node))] ?? State.Cell()
  }

  /// The value of `$1` in dynamic SQL or in a SQL function.
  mutating func binding(_ node: NodeID) -> State.Cell {
    let text = tree.text(node)
    guard text.hasPrefix("$"), let number = Int(text.dropFirst()), number >= 1 else { return State.Cell() }
    if number <= unit.bindings.count { return unit.bindings[number - 1] }
    if unit.bindings.isEmpty, let index = unit.routine, number <= program.routines[index].parameters.count {
      return state.cells[variableKey(program.routines[index].parameters[number - 1].name)] ?? State.Cell()
    }
    return State.Cell()
  }

  /// A scalar subquery: its one column flows, what picks the row influences.
  private mutating func subqueryFlow(_ node: NodeID) -> Flow {
    guard let query = tree.children(node).first else { return Flow() }
    let rows = relation(query)
    var result = Flow()
    for column in rows.columns { result.add(column.flow) }
    if rows.columns.isEmpty, let fallback = rows.fallback { result.add(fallback) }
    result.add(rows.rows.influence(.filter))
    return result
  }

  private mutating func inQuery(_ node: NodeID) -> Flow {
    let children = tree.children(node)
    guard children.count == 2 else { return Flow() }
    let rows = relation(children[1])
    var result = flow(children[0]).transformed()
    for column in rows.columns { result.add(column.flow.transformed()) }
    result.add(rows.rows.influence(.filter))
    return result
  }

  private mutating func caseFlow(_ node: NodeID) -> Flow {
    var result = Flow()
    for child in tree.children(node) {
      let parts = tree.children(child)
      switch tree.kind(child) {
      case .whenBranch where parts.count == 2:
        result.add(flow(parts[0]).influence(.conditional))
        result.add(flow(parts[1]).transformed())
      case .elseBranch: if let value = parts.first { result.add(flow(value).transformed()) }
      default: result.add(flow(child).influence(.conditional))
      }
    }
    return result
  }

  /// What flows out of a lambda by itself: its parameters are what the call around it is given.
  private mutating func lambdaFlow(_ node: NodeID) -> Flow {
    let parameters = tree.children(node, .identifier).map { Relation.Column(name: catalog.columnName(of: $0, in: tree), flow: Flow()) }
    frames.append(Frame(entries: [Frame.Entry(alias: "", name: nil, relation: Relation(columns: parameters))]))
    defer { frames.removeLast() }
    return childrenFlow(node)
  }

  private mutating func overFlow(_ node: NodeID) -> Flow {
    var result = Flow()
    for child in tree.children(node) {
      switch tree.kind(child) {
      case .identifier:
        // a window's definition begins with its own name; another name in it is an earlier window
        if let window = windowDefinitions[catalog.columnName(of: child, in: tree)], window < child || tree.kind(node) == .over, window != node {
          result.add(overFlow(window))
        }
      case .orderBy: result.add(orderFlow(child).influence(.window))
      case .partitionBy: result.add(childrenFlow(child).influence(.window))
      default: continue
      }
    }
    return result
  }

  mutating func orderFlow(_ node: NodeID) -> Flow {
    var result = Flow()
    let order = tree.kind(node) == .withinGroup ? tree.child(node, .orderBy) ?? node : node
    for item in tree.children(order, .orderItem) {
      if let value = tree.children(item).first { result.add(flow(value)) }
    }
    return result
  }

  private mutating func fieldAccess(_ node: NodeID) -> State.Cell {
    let children = tree.children(node)
    guard children.count == 2 else { return State.Cell() }
    let cell = cell(children[0])
    if let record = cell.record, let field = record.column(named: catalog.columnName(of: children[1], in: tree), names) {
      return State.Cell(flow: field.flow)
    }
    return State.Cell(flow: cell.flow.transformed())
  }

  /// `t.*` as a value: the whole row.
  mutating func starRow(_ node: NodeID) -> State.Cell {
    guard let inner = tree.children(node).first else { return State.Cell() }
    if tree.kind(inner) != .name { return cell(inner) }
    let parts = tree.nameParts(inner).map { catalog.folded($0.text, quoted: $0.quoted) }
    for frame in frames.reversed() {
      for entry in frame.entries where entry.matches(qualifier: parts[...], names) { return wholeRow(entry.relation) }
    }
    if let known = state.cells[variableKey(parts.last ?? "")] { return known }
    // a column of several fields
    if catalog.dialect.extensions.contains(.fieldTypes) {
      let value = nameCell(inner)
      return State.Cell(flow: value.flow, record: value.record ?? Relation(fallback: value.flow.transformed()))
    }
    return State.Cell()
  }

  /// The value of an expression with what is known of its text and its fields.
  mutating func cell(_ node: NodeID) -> State.Cell {
    switch tree.kind(node) {
    case .variable: return variableCell(node)
    case .name: return nameCell(node)
    case .parameter: return binding(node)
    case .paren: return tree.firstChild(node).map { cell($0) } ?? State.Cell()
    case .call:
      var result = callCell(node)
      result.texts = texts(node)
      return result
    case .fieldAccess: return fieldAccess(node)
    case .qualifiedStar: return starRow(node)
    case .cast:
      guard let inner = tree.children(node).first(where: { tree.kind($0) != .typeName }), let type = tree.child(node, .typeName),
        let name = tree.child(type, .name), let known = asset(named: catalog.objectName(name, in: tree)), !known.columns.isEmpty
      else { return State.Cell(flow: flow(node), texts: texts(node)) }
      // a row as a composite type: its fields by position
      var value = cell(inner)
      if var record = value.record, record.columns.count == known.columns.count {
        for index in record.columns.indices { record.columns[index].name = known.columns[index].name }
        value.record = record
      }
      return value
    case .subscript:
      if let argument = triggerArgument(node) { return argument }
      return State.Cell(flow: flow(node), texts: texts(node))
    case .row:
      var record = Relation()
      for child in tree.children(node) {
        // `{'a': x}` names its fields
        let name = tree.kind(child) == .namedArgument ? tree.children(child).first.map { catalog.columnName(of: $0, in: tree) } : nil
        record.columns.append(Relation.Column(name: name ?? "", flow: flow(child)))
      }
      return wholeRow(record)
    case .query, .subquery:
      let query = tree.kind(node) == .query ? node : tree.children(node).first ?? node
      let rows = relation(query)
      var result = State.Cell(flow: Flow(), texts: rows.columns.first?.texts)
      for column in rows.columns { result.flow.add(column.flow) }
      result.flow.add(rows.rows.influence(.filter))
      if rows.columns.count > 1 {
        result.record = rows
        for index in rows.columns.indices { result.record?.columns[index].flow.add(rows.rows.influence(.filter)) }
      }
      return result
    default: return State.Cell(flow: flow(node), texts: texts(node))
    }
  }

  /// `TG_ARGV[n]`: what CREATE TRIGGER gives.
  private func triggerArgument(_ node: NodeID) -> State.Cell? {
    let parts = tree.children(node)
    guard parts.count == 2, tree.text(parts[0]).lowercased() == "tg_argv", let number = Int(tree.text(parts[1])), number < unit.bindings.count, number >= 0
    else { return nil }
    return unit.bindings[number]
  }

  // MARK: calls in expressions

  /// Functions that make one value of many rows, of every dialect.
  static let aggregates: Set<String> = [
    "sum", "avg", "min", "max", "count", "count_big", "stdev", "stdevp", "var", "varp", "stddev", "stddev_pop", "stddev_samp", "variance",
    "var_pop", "var_samp", "string_agg", "array_agg", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg", "xmlagg", "bool_and",
    "bool_or", "every", "bit_and", "bit_or", "bit_xor", "corr", "covar_pop", "covar_samp", "regr_slope", "mode", "percentile_cont",
    "percentile_disc", "listagg", "group_concat", "median", "any_value", "checksum_agg", "approx_count_distinct", "grouping", "grouping_id",
    "range_agg", "first", "last", "arg_max", "arg_min", "list", "total", "json_arrayagg", "json_objectagg", "json_group_array", "json_group_object",
    "max_by", "min_by", "quantile_cont", "quantile_disc", "approx_quantile", "histogram", "count_if", "product", "fsum", "kurtosis", "skewness",
    "entropy", "mad", "bitstring_agg", "count_star",
  ]

  /// Aggregates whose value depends on the order of the rows.
  static let orderedAggregates: Set<String> = [
    "string_agg", "array_agg", "json_agg", "jsonb_agg", "xmlagg", "listagg", "group_concat", "first", "last", "any_value", "list",
    "json_arrayagg", "json_group_array", "json_object_agg", "json_group_object",
  ]

  mutating func isAggregate(_ node: NodeID) -> Bool {
    guard tree.kind(node) == .call, let head = tree.firstChild(node), tree.kind(head) == .name else { return false }
    return callNames[callName(head)].isAggregate && tree.child(node, .over) == nil
  }

  /// A text that names a function, and what it came to.
  struct CallName {
    /// The last part in small letters.
    var name: String
    /// The last part as objects are compared.
    var dependency: String
    var object: ObjectName
    var isQualified: Bool
    /// One of `aggregates`, without a schema.
    var isAggregate: Bool
    /// Some routine of the input has that last name.
    var isDefined: Bool
    /// It may be a method of the column that stands before it.
    var isMethod: Bool
    /// It makes several rows of one.
    var makesRows: Bool
    /// Its value depends on the order of the rows.
    var keepsOrder: Bool
  }

  /// The number, in `callNames`, of a function's name.
  private mutating func callName(_ head: NodeID) -> Int {
    let text = tree.text(head)
    if let known = callNumbers[text] { return known }
    let parts = tree.nameParts(head)
    let name = parts.last?.text.lowercased() ?? ""
    let object = catalog.objectName(head, in: tree)
    callNumbers[text] = callNames.count
    callNames.append(
      CallName(
        name: name, dependency: compared(object.name), object: object, isQualified: parts.count > 1,
        isAggregate: parts.count == 1 && Interpreter.aggregates.contains(name), isDefined: program.hasRoutine(lastName: object.name),
        isMethod: parts.count > 2 || parts.count == 2 && isMethod(name), makesRows: makesRows(name),
        keepsOrder: Interpreter.orderedAggregates.contains(name)))
    return callNames.count - 1
  }

  private static func isArgument(_ kind: NodeKind) -> Bool {
    switch kind {
    case .orderBy, .withinGroup, .filter, .over: false
    default: true
    }
  }

  private mutating func callCell(_ node: NodeID) -> State.Cell {
    guard let head = tree.firstChild(node) else { return State.Cell() }
    // a method: `@x.value(...)`, `(expression).method(...)`
    if tree.kind(head) != .name { return State.Cell(flow: childrenFlow(node)) }
    let called = callName(head)
    let name = callNames[called].name
    dependencies.insert(callNames[called].dependency)
    if callNames[called].isDefined, callNames[called].isQualified || !Interpreter.aggregates.contains(name) {
      let arguments = tree.children(node).dropFirst().filter { Interpreter.isArgument(tree.kind($0)) }
      if let index = program.routine(named: callNames[called].object, arguments: arguments.count) { return callFunction(index, arguments, node) }
    }
    var result = Flow()
    var influences = Flow()
    // `column.method(...)`: XML and CLR types
    if callNames[called].isMethod { result.add(methodReceiver(tree.nameParts(head))) }
    let isGrouping = name == "grouping" || name == "grouping_id"
    for child in tree.eachChild(node) where child != head {
      switch tree.kind(child) {
      case .orderBy, .withinGroup:
        // an ordered-set aggregate takes its value from its order
        let ordered = orderFlow(child)
        if tree.kind(child) == .withinGroup, name.hasPrefix("percentile") || name == "mode" || name == "median" {
          result.add(ordered)
        } else {
          influences.add(ordered.influence(.sort))
        }
      case .filter, .over: influences.add(flow(child))
      default:
        let value = flow(child)
        if tree.kind(child) == .star, name.hasSuffix("checksum") { result.add(allColumns()) }
        if isGrouping { influences.add(value.influence(.groupBy)) } else { result.add(value) }
      }
    }
    if callNames[called].keepsOrder, let order = frames.last?.order, !order.isEmpty, tree.child(node, .orderBy) == nil { influences.add(order) }
    if callNames[called].makesRows, !frames.isEmpty, let list = tree.children(node).dropFirst().first {
      let count = countFlow(list)
      frames[frames.count - 1].unnested.add(count)
    }
    if Interpreter.parsers.contains(name) { noteFault(result, becoming: name) }
    if name == "rowcount_big", let rows = state.cells["@@rowcount"] { return rows }
    if let special = specialCall(name, node) { return State.Cell(flow: special.adding(influences)) }
    return State.Cell(flow: result.transformed(Interpreter.aggregates.contains(name) ? .aggregation : .transformation).adding(influences))
  }

  /// Functions of which not every argument becomes the value.
  private mutating func specialCall(_ name: String, _ node: NodeID) -> Flow? {
    guard name == "iif" || Interpreter.datePartFunctions.contains(name) else { return nil }
    let arguments = tree.children(node).dropFirst().filter { Interpreter.isArgument(tree.kind($0)) }
    if name == "iif" {
      guard arguments.count == 3 else { return nil }
      return flow(arguments[1]).adding(flow(arguments[2])).transformed().adding(flow(arguments[0]).influence(.conditional))
    }
    guard arguments.count > 1 else { return nil }
    var result = Flow()
    for argument in arguments.dropFirst() { result.add(flow(argument)) }
    return result.transformed()
  }

  /// What decides how many elements a list has: a lambda gives another element for each.
  private mutating func countFlow(_ node: NodeID) -> Flow {
    if tree.kind(node) == .call, let head = tree.child(node, .name), let list = tree.children(node).dropFirst().first,
      ["list_transform", "array_transform", "list_apply", "array_apply", "apply"].contains(tree.text(head).lowercased())
    {
      return countFlow(list)
    }
    return flow(node).influence(.filter)
  }

  /// `CHECKSUM(*)`: every column of the query's tables.
  private func allColumns() -> Flow {
    var result = Flow()
    for entry in frames.last?.entries ?? [] { for column in entry.relation.columns { result.add(column.flow) } }
    return result
  }

  /// Functions of a select list that make several rows of one.
  /// <https://www.postgresql.org/docs/17/functions-srf.html>, <https://duckdb.org/docs/stable/sql/query_syntax/unnest>
  static let rowMakers: Set<String> = [
    "unnest", "generate_series", "generate_subscripts", "regexp_split_to_table", "regexp_matches", "string_to_table", "json_array_elements",
    "jsonb_array_elements", "json_array_elements_text", "jsonb_array_elements_text", "json_each", "jsonb_each", "json_each_text",
    "jsonb_each_text", "json_object_keys", "jsonb_object_keys",
  ]

  /// Functions that fail on a text they cannot read.
  static let parsers: Set<String> = ["to_date", "to_number", "to_timestamp", "make_date", "make_time", "make_timestamp", "parse"]

  /// Functions whose first argument is the name of a date part, not a column.
  static let datePartFunctions: Set<String> = [
    "dateadd", "datediff", "datediff_big", "datepart", "datename", "datetrunc", "timestampdiff", "timestampadd", "date_bucket",
  ]

  /// Whether a call behind a name may be a method of the column of that name: one of XML, hierarchyid or a spatial type; any where all functions
  /// can be called so.
  @inline(__always)
  private func isMethod(_ name: String) -> Bool {
    Interpreter.methods.contains(name) || name.hasPrefix("st") && catalog.dialect.procedural == .tsql || catalog.dialect.extensions.contains(.lambdas)
  }

  /// Whether a function of a select list makes several rows of one; where lists are values, all but unnest give one.
  @inline(__always)
  private func makesRows(_ name: String) -> Bool {
    if catalog.dialect.procedural == .tsql { return false }
    return catalog.dialect.extensions.contains(.listLiterals) ? name == "unnest" : Interpreter.rowMakers.contains(name)
  }

  /// <https://learn.microsoft.com/sql/t-sql/data-types/hierarchyid-data-type-method-reference>,
  /// <https://learn.microsoft.com/sql/t-sql/xml/xml-data-type-methods>
  static let methods: Set<String> = [
    "value", "query", "exist", "nodes", "modify", "tostring", "getancestor", "getdescendant", "getlevel", "isdescendantof", "getreparentedvalue",
  ]

  private mutating func methodReceiver(_ parts: [NamePart]) -> Flow {
    let path = parts.dropLast().map(\.text)
    guard let column = path.last else { return Flow() }
    for frame in frames.reversed() {
      for entry in frame.entries {
        if path.count > 1, !same(entry.alias, path[path.count - 2]) { continue }
        if let found = entry.relation.column(named: column, names) { return found.flow.transformed() }
        if path.count == 1, same(entry.alias, column), let fallback = entry.relation.fallback { return fallback }
      }
    }
    return Flow()
  }

  /// Whether an aggregate that is no window function stands in an expression, subqueries left out.
  mutating func hasAggregate(_ node: NodeID) -> Bool {
    let first = Int(tree.nodes[node].firstDescendant)
    var at = node
    while at >= first {
      switch tree.kind(at) {
      case .query, .subquery, .exists: at = Int(tree.nodes[at].firstDescendant)
      case .call: if isAggregate(at) { return true }
      default: break
      }
      at -= 1
    }
    return false
  }
}
