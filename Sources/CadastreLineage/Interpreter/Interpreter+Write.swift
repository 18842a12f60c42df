internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

extension Interpreter {
  /// What the last statement's row count depends on.
  mutating func noteRows(_ rows: Flow) {
    let cell = State.Cell(flow: rows.adding(state.control))
    state.cells["found"] = cell
    state.cells["@@rowcount"] = cell
  }

  /// Notes the edges of one statement.
  mutating func emit(_ target: ObjectName, _ written: [Written], _ rows: Flow, _ node: NodeID) {
    facts.writes.insert(target)
    for item in written where !item.flow.isEmpty {
      let column = columns.id(ColumnReference(asset: target, column: item.column))
      let place = place(of: item.node)
      for entry in item.flow.entries { sink.add(entry, entry.uses, to: column, at: place) }
    }
    let all = rows.adding(state.control)
    guard !all.isEmpty || writes != nil else { return }
    let names = written.map(\.column)
    let column = columns.id(ColumnReference(asset: target, column: nil))
    let place = place(of: node)
    writes?.append(TableWrite(target: column, columns: names, place: place))
    for entry in all.entries { sink.add(entry, entry.uses.subtracting(.direct), to: column, columns: names, at: place) }
  }

  /// In whose text an expression stands, its line and the number of its text.
  mutating func place(of node: NodeID) -> Sink.Place {
    var place = Sink.Place(routine: Int32(unit.routine ?? Sink.script), statement: Int32(unit.ordinal), line: 0, expression: 0)
    // in dynamic SQL one node may stand at several lines
    if let last = lastExpression, last.node == node, last.tree === tree {
      place.line = unit.line.map { Int32($0) } ?? last.line
      place.expression = last.expression
      return place
    }
    place.line = Int32(line(node))
    place.expression = expressionNumber(node)
    lastExpression = (tree, node, place.line, place.expression)
    return place
  }

  /// The number of an expression's text: the same for each call that runs it.
  private mutating func expressionNumber(_ node: NodeID) -> Int32 {
    // the trees of dynamic SQL come and go
    let key = unit.line == nil ? ExpressionKey(tree: ObjectIdentifier(tree), node: Int32(truncatingIfNeeded: node)) : nil
    if let key, let known = expressionNumbers[key] { return known }
    let number = Int32(expressions.count)
    expressions.append(expressionText(node))
    if let key { expressionNumbers[key] = number }
    return number
  }

  struct ExpressionKey: Hashable {
    var tree: ObjectIdentifier
    var node: Int32
  }

  /// An expression in one line and normal form, at most 200 letters; a long one as it is written.
  private mutating func expressionText(_ node: NodeID) -> String {
    if tree.kind(node) == .name, tree.isPlainWord(node) { return tree.text(node) }
    let range = tree.range(node)
    if range.upper - range.lower > 400 { return tree.text(node, limit: 200) }
    return String(SQLPrinter(tree).print(node).prefix(200))
  }

  // MARK: what is shown instead of looked through

  /// Edges into a temporary table, which from here on is a source itself.
  mutating func shownTable(_ key: String, _ contents: Relation, _ written: [Written], _ rows: Flow, _ node: NodeID) -> Relation {
    let name = ObjectName([key])
    emit(name, written, rows, node)
    return base(name, contents.columns.map(\.name))
  }

  /// Edges into a variable, named as a column of its routine; answers the variable as a source.
  mutating func shown(_ flow: Flow, _ variable: String, _ node: NodeID) -> Flow {
    let owner = unit.routineName ?? ObjectName(["script"])
    emit(owner, [Written(column: variable, flow: flow, node: node)], Flow(), node)
    return Flow(columns.id(ColumnReference(asset: owner, column: variable)))
  }

  /// Edges into a cursor, named as an object in its routine; answers the cursor as a source.
  mutating func shown(_ rows: Relation, _ cursor: String, _ node: NodeID) -> Relation {
    guard !collapses else { return rows }
    let name = ObjectName((unit.routineName?.parts ?? ["script"]) + [cursor])
    emit(name, rows.columns.map { Written(column: $0.name, flow: $0.flow, node: node) }, rows.rows, node)
    return base(name, rows.columns.map(\.name))
  }

  /// Edges into the rows that a routine gives to its caller.
  mutating func emitResult(_ rows: Relation, _ node: NodeID) {
    let name = ObjectName(["{result}"])
    emit(name, rows.columns.map { Written(column: $0.name, flow: $0.flow, node: node) }, rows.rows, node)
    facts.writes.remove(name)
  }

  /// ALTER TABLE of a permanent table that moves rows: SWITCH, RENAME.
  private mutating func alter(_ node: NodeID, _ head: NodeID) {
    guard case .permanent(let name, let position) = table(head) else { return }
    for action in tree.children(node, .alterAction) {
      if tree.flags(action) == 7, let other = tree.child(action, .name), case .permanent(let target, let known) = table(other) {
        noteMoving()
        let names = (known ?? position).map { catalog.assets[$0].columns.map(\.name) } ?? []
        if names.isEmpty { trouble(.unknownColumns, node) }
        emit(target, names.map { Written(column: $0, flow: Flow(columns.id(ColumnReference(asset: name, column: $0))), node: node) }, Flow(), node)
      } else if tree.flags(action) == 6, let new = tree.child(action, .identifier) {
        rename(name, to: ObjectName(Array(name.parts.dropLast()) + [catalog.columnName(of: new, in: tree)]), node)
      }
    }
  }

  // MARK: statements that make tables

  /// A query as a statement: into variables, into a new table, or to the caller.
  mutating func queryStatement(_ node: NodeID) {
    let select = tree.descendants(node).first { tree.kind($0) == .into }
    if let into = select {
      let target = tree.children(into)
      if tree.flags(into) & 1 != 0, let head = target.first {
        noteMoving()
        return make(head, relation(node), node)
      }
      let rows = relation(node)
      noteRows(rows.rows)
      // STRICT: no row, or more than one, is an error
      if tree.contains(into, .strict) { noteFault(rows.rows) }
      return bind(target, rows)
    }
    if let body = tree.child(node, .select), let list = tree.child(body, .selectList),
      tree.children(list).contains(where: { tree.kind($0) == .assignment })
    {
      return selectVariables(body, list, node)
    }
    let rows = relation(node)
    noteRows(rows.rows)
    var given = rows
    given.rows.add(state.control)
    if printsResults { emitResult(given, node) }
    results.append(given)
  }

  /// T-SQL's `SELECT @x = a, @y = b FROM ...`.
  private mutating func selectVariables(_ body: NodeID, _ list: NodeID, _ query: NodeID) {
    frames.append(Frame())
    defer { frames.removeLast() }
    if let with = tree.child(query, .with) { commonTables(with) }
    var rows = Flow()
    if let from = tree.child(body, .from) { rows.add(self.from(from)) }
    if let filter = tree.child(body, .where), let condition = tree.children(filter).first { rows.add(flow(condition).influence(.filter)) }
    if let group = tree.child(body, .groupBy) { for key in tree.children(group) { rows.add(flow(key).influence(.groupBy)) } }
    // the order says which row's value stays
    if let order = tree.child(query, .orderBy) { rows.add(orderFlow(order).influence(.sort)) }
    for item in tree.children(list, .assignment) {
      let parts = tree.children(item)
      guard parts.count == 2 else { continue }
      var value = cell(parts[1])
      value.flow.add(rows)
      let key = variableKey(tree.text(parts[0]))
      if tree.flags(item) == 1 || refersTo(parts[1], key) {
        // accumulates over the rows
        if let old = state.cells[key] { value.flow.add(old.flow.transformed()) }
        if tree.child(body, .from) != nil { value.texts = nil }
      }
      setCell(parts[0], value)
    }
    noteRows(rows)
  }

  private mutating func refersTo(_ node: NodeID, _ key: String) -> Bool {
    tree.descendants(node).contains { tree.kind($0) == .variable && variableKey(tree.text($0)) == key }
  }

  /// A new table from a query's rows.
  private mutating func make(_ head: NodeID, _ rows: Relation, _ node: NodeID, names: [String] = [], temporary: Bool = false) {
    let rows = named(rows, names)
    noteRows(rows.rows)
    let last = tree.lastPart(head)?.text ?? ""
    if temporary || last.hasPrefix("#") || tree.kind(head) == .variable {
      var contents = rows
      for index in contents.columns.indices { contents.columns[index].flow.add(state.control) }
      contents.rows.add(state.control)
      let written = rows.columns.map { Written(column: $0.name, flow: $0.flow, node: node) }
      ownTables.insert(variableKey(last))
      state.tables[variableKey(last)] = collapses ? contents : shownTable(variableKey(last), contents, written, rows.rows, node)
      return
    }
    guard case .permanent(let name, _) = table(head) else {
      state.tables[variableKey(last)] = rows
      return
    }
    if rows.open != nil { trouble(.unknownColumns, node) } else { made[name] = rows.columns.map(\.name) }
    emit(name, rows.columns.map { Written(column: $0.name, flow: $0.flow, node: node) }, rows.rows, node)
  }

  /// CREATE TABLE, CREATE VIEW, ALTER TABLE and DROP inside code.
  mutating func define(_ node: NodeID) {
    guard let head = tree.child(node, .name) else { return }
    let last = tree.lastPart(head)?.text ?? ""
    let temporary = last.hasPrefix("#") || tree.flags(node) & 1 != 0
    let outer = wantsTexts
    wantsTexts = false
    defer { wantsTexts = outer }
    switch tree.kind(node) {
    case .createTable:
      if let query = tree.child(node, .query) {
        noteMoving()
        let names = tree.child(node, .columnList).map { tree.children($0, .identifier).map { catalog.columnName(of: $0, in: tree) } } ?? []
        return make(head, relation(query), node, names: names, temporary: temporary)
      }
      if temporary {
        var table = declaredTable(node)
        if let like = tree.child(node, .likeClause), let name = tree.child(like, .name), let parent = asset(named: catalog.objectName(name, in: tree)) {
          table.columns += parent.columns.map { Relation.Column(name: $0.name, flow: Flow()) }
        }
        ownTables.insert(variableKey(last))
        state.tables[variableKey(last)] = table
      } else if unit.routine != nil, case .permanent(let name, let position) = table(head), position.map({ catalog.assets[$0].columns.isEmpty }) ?? true {
        made[catalog.objectName(head, in: tree)] = declaredTable(node).columns.map(\.name)
        made[name] = declaredTable(node).columns.map(\.name)
      }
    case .createView:
      guard let query = tree.child(node, .query) else { return }
      noteMoving()
      let names = tree.child(node, .columnList).map { tree.children($0, .identifier).map { catalog.columnName(of: $0, in: tree) } } ?? []
      let rows = named(relation(query), names)
      if rows.open != nil { trouble(.unknownColumns, node) }
      if unit.routine != nil, tree.contains(node, .temp) || tree.contains(node, .temporary) {
        state.tables[variableKey(last)] = rows
        return
      }
      let view = catalog.objectName(head, in: tree)
      dependencies.insert(compared(view.name))
      sink.viewColumns[view] = rows.columns.map(\.name)
      emit(view, rows.columns.map { Written(column: $0.name, flow: $0.flow, node: query) }, rows.rows, node)
    case .alterTable:
      let key = variableKey(last)
      guard var table = state.tables[key] else { return alter(node, head) }
      for action in tree.children(node, .alterAction) {
        switch tree.flags(action) {
        case 1: table.columns += declaredTable(action).columns
        case 2:
          let dropped = tree.children(action, .identifier).map { compared(catalog.columnName(of: $0, in: tree)) }
          table.columns.removeAll { dropped.contains(compared($0.name)) }
        case 5:
          let names = tree.children(action, .identifier).map { catalog.columnName(of: $0, in: tree) }
          if names.count == 2, let index = table.columns.firstIndex(where: { same($0.name, names[0]) }) { table.columns[index].name = names[1] }
        case 6:
          if let name = tree.child(action, .identifier) {
            state.tables[key] = nil
            state.tables[variableKey(catalog.columnName(of: name, in: tree))] = table
            return
          }
        default: continue
        }
      }
      state.tables[key] = table
    case .drop:
      for name in tree.children(node, .name) { state.tables[variableKey(tree.lastPart(name)?.text ?? "")] = nil }
    default: return
    }
  }
}
