internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

extension Interpreter {
  /// A query, or a data statement that returns rows, as a relation.
  mutating func relation(_ node: NodeID) -> Relation {
    switch tree.kind(node) {
    case .query: return queryRelation(node)
    case .select: return select(node)
    case .setOperation: return setOperation(node)
    case .values: return values(node)
    case .subquery, .paren: return tree.children(node).first.map { relation($0) } ?? Relation()
    case .insert, .update, .delete, .merge: return data(node) ?? Relation()
    case .call, .tableFunction: return functionRows(node, alias: nil)
    default: return Relation()
    }
  }

  private mutating func queryRelation(_ node: NodeID) -> Relation {
    frames.append(Frame())
    defer { frames.removeLast() }
    let keepsOrder = self.keepsOrder
    self.keepsOrder = false
    let givesOrder = wantsOrder
    wantsOrder = false
    if let with = tree.child(node, .with) { commonTables(with) }
    guard let body = tree.children(node).first(where: { isBody($0) }) else { return Relation() }
    queryOrder = tree.child(node, .orderBy)
    queryIsControl = keepsOrder
    rowOrder = Flow()
    // one value is made of all rows by FOR XML and FOR JSON
    let isDocument = tree.children(node, .locking).contains { tree.contains($0, .xml) || tree.contains($0, .json) }
    queryLimit = !tree.children(node, .limit).isEmpty || keepsOrder || isDocument
    let order = queryOrder
    let limited = queryLimit
    wantsOrder = givesOrder && tree.kind(body) == .select
    var result = relation(body)
    // ORDER BY of a set operation or bracketed query sees the result's columns
    if limited, let order, tree.kind(body) != .select {
      frames.append(Frame(entries: [Frame.Entry(alias: "", name: nil, relation: result)]))
      result.rows.add(orderFlow(order).influence(.sort))
      frames.removeLast()
    }
    for limit in tree.children(node, .limit) {
      for value in tree.children(limit) { result.rows.add(flow(value).influence(.filter)) }
    }
    return result
  }

  private mutating func isBody(_ node: NodeID) -> Bool {
    switch tree.kind(node) {
    case .select, .setOperation, .values, .query: true
    default: false
    }
  }

  /// WITH: each table is visible to the next, a recursive one to itself.
  mutating func commonTables(_ with: NodeID) {
    for cte in tree.children(with, .cte) {
      guard let nameNode = tree.child(cte, .identifier), let body = tree.children(cte).last else { continue }
      let name = compared(catalog.columnName(of: nameNode, in: tree))
      let list = tree.child(cte, .columnList).map { tree.children($0, .identifier).map { catalog.columnName(of: $0, in: tree) } } ?? []
      let level = frames.count - 1
      var result = Relation()
      if isRecursive(body, name) {
        // the first operand without itself, then with what is known until nothing new comes
        let seed = Relation(columns: list.map { Relation.Column(name: $0, flow: Flow()) }, rows: Flow(), open: nil, fallback: list.isEmpty ? Flow() : nil)
        frames[level].ctes.append((name, seed))
        let slot = frames[level].ctes.count - 1
        for _ in 0..<Interpreter.mostRounds {
          result = named(relation(body), list)
          if result == frames[level].ctes[slot].relation { break }
          frames[level].ctes[slot].relation = result
        }
        frames[level].ctes[slot].relation = result
      } else {
        result = named(relation(body), list)
        frames[level].ctes.append((name, result))
      }
    }
  }

  private mutating func isRecursive(_ body: NodeID, _ name: String) -> Bool {
    for node in tree.descendants(body) where tree.kind(node) == .tableReference {
      if let reference = tree.child(node, .name), tree.nameParts(reference).count == 1, compared(catalog.columnName(of: reference, in: tree)) == name {
        return true
      }
    }
    return false
  }

  mutating func named(_ relation: Relation, _ names: [String]) -> Relation {
    var result = relation
    for (index, name) in names.enumerated() {
      if index < result.columns.count {
        result.columns[index].name = name
      } else if let fallback = relation.fallback {
        result.columns.append(Relation.Column(name: name, flow: fallback))
      }
    }
    return result
  }

  private mutating func setOperation(_ node: NodeID) -> Relation {
    var result: Relation?
    var pending: (Keyword, Bool)?
    var byName = false
    for child in tree.children(node) {
      if tree.kind(child) == .setOperator {
        pending = (tree.firstToken(child).keyword, tree.flags(child) & 1 != 0)
        byName = tree.flags(child) & 2 != 0
        continue
      }
      var operand = relation(child)
      guard var merged = result else {
        result = operand
        continue
      }
      if byName { align(&merged, &operand) }
      let keys = !(pending?.1 ?? false)
      var keyFlow = Flow()
      if keys {
        for column in merged.columns + operand.columns { keyFlow.add(column.flow.influence(.filter)) }
      }
      switch pending?.0 {
      case .union, nil: merged.merge(operand)
      default:
        for column in operand.columns { keyFlow.add(column.flow.influence(.filter)) }
        for column in merged.columns { keyFlow.add(column.flow.influence(.filter)) }
        merged.rows.add(operand.rows)
      }
      merged.rows.add(keyFlow)
      result = merged
    }
    return result ?? Relation()
  }

  /// BY NAME: both operands have the columns of either, in one order.
  private mutating func align(_ left: inout Relation, _ right: inout Relation) {
    for column in right.columns where left.column(named: column.name, names) == nil { left.columns.append(Relation.Column(name: column.name, flow: Flow())) }
    let given = right
    right.columns = left.columns.map { given.column(named: $0.name, names) ?? Relation.Column(name: $0.name, flow: Flow()) }
  }

  private mutating func values(_ node: NodeID) -> Relation {
    var result = Relation()
    for (rowIndex, row) in tree.children(node, .rowConstructor).enumerated() {
      var items: [Relation.Column] = []
      for value in tree.children(row) {
        let isRow = tree.kind(value) == .name && tree.children(row).count == 1 && state.cells[variableKey(tree.text(value))]?.record != nil
        if tree.kind(value) == .qualifiedStar || isRow {
          items.append(contentsOf: cell(value).record?.columns ?? [])
        } else {
          items.append(Relation.Column(name: "column\(items.count + 1)", flow: flow(value), texts: texts(value)))
        }
      }
      if rowIndex == 0 { result.columns = items } else { result.merge(Relation(columns: items)) }
    }
    return result
  }

  // MARK: SELECT

  private mutating func select(_ node: NodeID) -> Relation {
    let order = queryOrder
    let decidesRows = queryIsControl || onlyExists
    queryIsControl = false
    let givesOrder = wantsOrder
    wantsOrder = false
    let limited = queryLimit || tree.child(node, .top) != nil
    queryOrder = nil
    queryLimit = false
    let savedWindows = windowDefinitions
    defer { windowDefinitions = savedWindows }
    frames.append(Frame())
    defer { frames.removeLast() }
    var rows = Flow()
    if let from = tree.child(node, .from) { rows.add(self.from(from)) }
    if let clause = tree.child(node, .windowClause) {
      for definition in tree.children(clause, .windowDefinition) {
        if let name = tree.children(definition).first { windowDefinitions[catalog.columnName(of: name, in: tree)] = definition }
      }
    }
    let seesAliases = catalog.dialect.extensions.contains(.lateralAliases)
    if !seesAliases { rows.add(filter(of: node)) }

    if isTemplate(node) { return template(node) }
    frames[frames.count - 1].rows = rows
    var result = Relation()
    let items = tree.child(node, .selectList).map { tree.children($0) } ?? []
    // where each item's columns begin, and the end of the last
    var places: [Int] = []
    for item in items {
      places.append(result.columns.count)
      selectItem(item, into: &result)
      if seesAliases { frames[frames.count - 1].aliases += result.columns.dropFirst(places[places.count - 1]).map { ($0.name, $0.flow) } }
    }
    places.append(result.columns.count)
    if seesAliases { rows.add(filter(of: node)) }
    // what the list's own functions make several rows of
    rows.add(frames[frames.count - 1].unnested)
    if tree.flags(node) == 1, tree.child(node, .selectList) == nil { star(into: &result) }  // TABLE t
    frames[frames.count - 1].aliases = result.columns.map { ($0.name, $0.flow) }

    var grouped = false
    if let group = tree.child(node, .groupBy) {
      grouped = true
      let keys = tree.children(group).isEmpty ? plainColumns(items, places, result) : groupFlow(group, result)
      rows.add(keys.influence(.groupBy))
    }
    if let having = tree.child(node, .having), let condition = tree.children(having).first {
      let value = flow(condition).influence(.filter)
      rows.add(value)
    }
    if !grouped, aggregates(items) {
      // one row whatever the filter says: it decides about the aggregates' values
      for (index, item) in items.enumerated() where tree.kind(item) == .selectItem && hasAggregate(item) {
        for place in places[index]..<places[index + 1] { result.columns[place].flow.add(rows) }
      }
      if tree.child(node, .having) == nil { rows = Flow() }
    }
    if let distinct = tree.child(node, .distinct) {
      let keys = tree.children(distinct)
      if keys.isEmpty {
        for column in result.columns { rows.add(column.flow.influence(.filter)) }
      } else {
        for key in keys { rows.add(flow(key).influence(.filter)) }
        if let order { rows.add(orderColumns(order, result).influence(.sort)) }
      }
    }
    if let qualify = tree.child(node, .qualify), let condition = tree.children(qualify).first { rows.add(flow(condition).influence(.filter)) }
    if limited, let order { rows.add(orderColumns(order, result).influence(.sort)) }
    if let top = tree.child(node, .top) {
      for value in tree.children(top) { rows.add(flow(value).influence(.filter)) }
    }
    result.rows.add(rows)
    rowOrder = givesOrder ? order.map { orderColumns($0, result).influence(.sort) } ?? Flow() : Flow()
    if !existence.isEmpty {
      // an aggregate without GROUP BY gives one row, whatever rows there are: only what is computed of them depends on them
      let isSingle = !grouped && aggregates(items)
      let computed = isSingle ? items.indices.filter { hasAggregate(items[$0]) }.flatMap { places[$0]..<places[$0 + 1] } : []
      addExistence(to: &result, decidesRows, onlyAt: isSingle ? Set(computed) : nil)
    }
    return result
  }

  /// What this unit's earlier statements have decided about the rows of a table arrives by the columns that are read of it; where none is, as for
  /// `count(*)` and constants, it arrives by itself.
  private mutating func addExistence(to result: inout Relation, _ decidesRows: Bool, onlyAt places: Set<Int>?) {
    for entry in frames[frames.count - 1].entries {
      guard let name = entry.name, let known = existence[name], !known.rows.isEmpty else { continue }
      let decides = known.rows
      let table = columns
      func touches(_ flow: Flow) -> Bool {
        flow.entries.contains { entry in
          let column = table.reference(entry.column)
          return column.asset == name && column.column.map { known.columns.contains($0) } ?? false
        }
      }
      if touches(result.rows) { continue }
      if decidesRows, places == nil {
        result.rows.add(decides)
        continue
      }
      for index in result.columns.indices where places?.contains(index) ?? true && !touches(result.columns[index].flow) { result.columns[index].flow.add(decides) }
    }
  }

  /// TOP 0, WHERE 1 = 0: the columns are wanted, no row ever comes.
  private mutating func isTemplate(_ node: NodeID) -> Bool {
    if let top = tree.child(node, .top), let value = tree.children(top).first, tree.kind(value) == .literal, tree.text(value) == "0" { return true }
    guard let filter = tree.child(node, .where), let condition = tree.children(filter).first else { return false }
    if tree.kind(condition) == .wordValue, tree.firstToken(condition).keyword == .false { return true }
    let sides = tree.children(condition)
    guard tree.kind(condition) == .comparison, tree.flags(condition) == TokenKind.equal.rawValue, sides.count == 2 else { return false }
    guard sides.allSatisfy({ tree.kind($0) == .literal && tree.firstToken($0).kind == .number }) else { return false }
    return tree.text(sides[0]) != tree.text(sides[1])
  }

  private mutating func template(_ node: NodeID) -> Relation {
    var result = Relation()
    for item in tree.child(node, .selectList).map({ tree.children($0) }) ?? [] { selectItem(item, into: &result) }
    for index in result.columns.indices {
      result.columns[index].flow = Flow()
      result.columns[index].texts = nil
    }
    return result
  }

  private mutating func filter(of node: NodeID) -> Flow {
    guard let filter = tree.child(node, .where), let condition = tree.children(filter).first else { return Flow() }
    return flow(condition).influence(.filter)
  }

  /// GROUP BY ALL: the columns that are no aggregates.
  private mutating func plainColumns(_ items: [NodeID], _ places: [Int], _ result: Relation) -> Flow {
    var flow = Flow()
    for (index, item) in items.enumerated() where !hasAggregate(item) {
      for column in result.columns[places[index]..<places[index + 1]] { flow.add(column.flow) }
    }
    return flow
  }

  private mutating func aggregates(_ items: [NodeID]) -> Bool {
    items.contains { hasAggregate($0) }
  }

  /// ORDER BY with ordinals and aliases resolved.
  private mutating func orderColumns(_ order: NodeID, _ result: Relation) -> Flow {
    var flow = Flow()
    for item in tree.children(order, .orderItem) {
      guard let value = tree.children(item).first else { continue }
      if tree.kind(value) == .star {
        for column in result.columns { flow.add(column.flow) }
      } else if tree.kind(value) == .literal, let position = Int(tree.text(value)), position >= 1, position <= result.columns.count {
        flow.add(result.columns[position - 1].flow)
      } else if tree.kind(value) == .name, tree.nameParts(value).count == 1,
        let column = result.column(named: catalog.folded(tree.nameParts(value)[0].text, quoted: tree.nameParts(value)[0].quoted), names)
      {
        flow.add(column.flow)
      } else {
        flow.add(self.flow(value))
      }
    }
    return flow
  }

  private mutating func groupFlow(_ node: NodeID, _ result: Relation) -> Flow {
    var flow = Flow()
    for child in tree.children(node) {
      if tree.kind(child) == .groupingSet || tree.kind(child) == .row || tree.kind(child) == .paren {
        flow.add(groupFlow(child, result))
      } else if tree.kind(child) == .literal {
        if let position = Int(tree.text(child)), position >= 1, position <= result.columns.count { flow.add(result.columns[position - 1].flow) }
      } else if tree.kind(child) == .orderBy {
        continue
      } else {
        flow.add(self.flow(child))
      }
    }
    return flow
  }

  mutating func selectItem(_ item: NodeID, into result: inout Relation) {
    let children = tree.children(item)
    guard tree.kind(item) == .selectItem, let value = children.first(where: { tree.kind($0) != .alias }) else { return }
    let first = result.columns.count
    switch tree.kind(value) {
    case .star:
      star(into: &result)
      if children.count > 1 { modify(&result, from: first, by: children.dropFirst()) }
    case .qualifiedStar:
      defer { if children.count > 1 { modify(&result, from: first, by: children.dropFirst()) } }
      let row = starRow(value)
      if let record = row.record {
        result.columns.append(contentsOf: record.columns)
        if record.open != nil {
          trouble(.unknownColumns, value)
          result.open = record.open
        }
        if record.columns.isEmpty, let fallback = record.fallback { result.columns.append(Relation.Column(name: "", flow: fallback)) }
      } else {
        trouble(.unknownColumns, value)
      }
    default:
      let alias = tree.child(item, .alias).map { catalog.columnName(of: $0, in: tree) }
      if let expression = columnsExpression(in: value) { return expand(expression, value, as: alias, into: &result) }
      let cell = cell(value)
      result.columns.append(Relation.Column(name: alias ?? implicitName(value), flow: cell.flow, texts: cell.texts))
    }
  }

  mutating func star(into result: inout Relation) {
    for entry in frames[frames.count - 1].entries {
      if let open = entry.relation.open, isSystemSchema(open) || onlyExists {
        // the lists of a server's own tables may be older than the server: a star means what is listed
        if entry.relation.columns.isEmpty { result.open = open }
      } else if entry.relation.open != nil {
        let name = entry.relation.open?.rendered ?? ""
        sink.add(
          Unresolved(
            file: unit.file, line: unit.line ?? tree.position(tree.root).line, routine: unit.routineName, reason: .unknownColumns,
            text: "* of \(name)", hint: "add the definition of \(name) to the input (--ddl)"), routine: unit.routine ?? Sink.script, statement: unit.ordinal)
        result.open = entry.relation.open
      }
      if entry.hidden.isEmpty {
        result.columns.append(contentsOf: entry.relation.columns)
      } else {
        for column in entry.relation.columns where !entry.hidden.contains(compared(column.name)) { result.columns.append(column) }
      }
      // PIVOT without a list of values has columns that are not known beside those that are
      if !entry.relation.columns.isEmpty, let fallback = entry.relation.fallback, catalog.dialect.extensions.contains(.pivotStatement) {
        result.fallback = (result.fallback ?? Flow()).adding(fallback)
      }
      if entry.relation.columns.isEmpty, let fallback = entry.relation.fallback {
        result.columns.append(Relation.Column(name: entry.alias, flow: fallback))
      }
    }
  }

  /// The name a column has when it is given none.
  private mutating func implicitName(_ value: NodeID) -> String {
    switch tree.kind(value) {
    case .name:
      return catalog.columnName(of: value, in: tree)
    case .call:
      return tree.child(value, .name).map { tree.nameParts($0).last?.text.lowercased() ?? "" } ?? ""
    case .cast, .paren, .collate:
      return tree.children(value).first.map { implicitName($0) } ?? ""
    case .fieldAccess:
      return tree.children(value).last.map { catalog.columnName(of: $0, in: tree) } ?? ""
    case .subquery: return ""
    case .caseExpression: return "case"
    default: return ""
    }
  }
}
