internal import CadastreCatalog
internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreModel
internal import CadastreSQL

/// Where a write arrives: tables, temporary tables, and the tables behind views and queries that are written through.
extension Interpreter {
  /// Writes columns of a table: edges for a permanent one, new contents for a temporary one.
  ///
  /// - Parameter replaces: every row gets the new values, so that the old ones are gone.
  mutating func write(_ table: Table, _ written: [Written], _ rows: Flow, _ node: NodeID, event: Keyword, replaces: Bool = false) {
    var rows = rows
    if let limit = state.cells["set rowcount"]?.flow { rows.add(limit) }
    noteRows(rows)
    switch table {
    case .permanent(let name, let position):
      if name.parts.count == 4 { trouble(.remote, node) }
      let written = spelled(written, position, node)
      if let position, let view = program.view(catalog.assets[position]) {
        guard goesThrough(node) else { return }
        defer { throughDepth -= 1 }
        return write(view: position, view, written, rows, node, event)
      }
      if instead(name, event, written, rows) { return }
      noteRefusals(written, position, rows)
      emit(name, written + computed(from: written, position, node), rows, node)
      if event == .insert { existence[name, default: Existence()].add(rows.adding(state.control).influences, written.map(\.column)) }
      fire(name, event, written.map(\.column))
    case .query(let query):
      guard goesThrough(node) else { return }
      defer { throughDepth -= 1 }
      for (table, items) in origins(of: written, in: query, node) { write(table, items, rows, node, event: event) }
    case .temporary(let key):
      var contents = state.tables[key] ?? Relation()
      var written = written
      for column in contents.columns where !column.computedFrom.isEmpty {
        var flow = Flow()
        for item in written {
          guard let uses = column.computedFrom.first(where: { same($0.key, item.column) })?.value else { continue }
          if !uses.isDisjoint(with: .direct) { flow.add(item.flow.transformed()) }
          if !uses.subtracting(.direct).isEmpty { flow.add(item.flow.influence(.conditional)) }
        }
        if !flow.isEmpty { written.append(Written(column: column.name, flow: flow, node: node)) }
      }
      for item in written {
        var flow = item.flow.adding(state.control)
        if event == .update { flow.add(rows) }
        if let index = contents.columns.firstIndex(where: { same($0.name, item.column) }) {
          if replaces { contents.columns[index].flow = flow } else { contents.columns[index].flow.add(flow) }
          contents.columns[index].texts = nil
        } else {
          contents.columns.append(Relation.Column(name: item.column, flow: flow))
        }
      }
      if event == .insert { contents.rows.add(rows.adding(state.control)) }
      state.tables[key] = collapses ? contents : shownTable(key, contents, written, rows, node)
    }
  }

  /// Counts one more view or query that a write goes through. Definitions that go in circles lead nowhere, and the ledger says so.
  private mutating func goesThrough(_ node: NodeID) -> Bool {
    guard throughDepth < Interpreter.deepestWrite else {
      trouble(.unknownObject, node, hint: "the views that are written through are defined by one another")
      return false
    }
    throughDepth += 1
    return true
  }

  /// Takes rows out of a table: what decides about it decides about every column.
  mutating func erase(_ table: Table, _ rows: Flow, _ node: NodeID) {
    switch table {
    case .permanent(let name, let position):
      if let position, let view = program.view(catalog.assets[position]) {
        guard goesThrough(node) else { return }
        defer { throughDepth -= 1 }
        let seen = viewRows(position, view)
        if instead(name, .delete, [], rows.adding(seen.rows)) { return }
        guard let query = view.tree.child(view.node, .query) else { return }
        let behind = isolated(in: view.tree) { interpreter in interpreter.sources(of: query).first.flatMap { interpreter.table(of: $0.node) } }
        if let behind { erase(behind, rows.adding(seen.rows), node) } else { trouble(.unknownColumns, node) }
        return
      }
      if instead(name, .delete, [], rows) { return }
      emit(name, columnNames(table).map { Written(column: $0, flow: Flow(), node: node) }, rows, node)
      existence[name, default: Existence()].add(rows.adding(state.control).influences, columnNames(table))
      fire(name, .delete, [])
    case .query(let query):
      guard goesThrough(node) else { return }
      defer { throughDepth -= 1 }
      guard let first = sources(of: query).first, let behind = self.table(of: first.node) else { return trouble(.unknownColumns, node) }
      erase(behind, rows, node)
    case .temporary(let key): state.tables[key]?.rows.add(rows.adding(state.control))
    }
  }

  /// Column names as the catalogue spells them. A name that a known table does not have is a row of the ledger.
  private mutating func spelled(_ written: [Written], _ position: Int?, _ node: NodeID) -> [Written] {
    guard let position else { return written }
    let asset = catalog.assets[position]
    guard asset.kind == .table, !asset.columns.isEmpty, asset.options["columns"] == nil else { return written }
    var result = written
    for index in result.indices {
      if let column = asset.columns.first(where: { same($0.name, result[index].column) }) {
        result[index].column = column.name
      } else if isHole(result[index].column) {
        trouble(.dynamicName, result[index].node)
      } else {
        trouble(.unknownColumns, result[index].node, hint: "\(asset.name.rendered) has no column \(result[index].column)")
      }
    }
    return unit.holes.isEmpty ? result : result.filter { !isHole($0.column) }
  }

  // MARK: computed columns

  /// The computed columns that change with what is written.
  mutating func computed(from written: [Written], _ position: Int?, _ node: NodeID) -> [Written] {
    guard let position, catalog.assets[position].columns.contains(where: { $0.computed != nil }) else { return [] }
    let asset = catalog.assets[position]
    // the expression sees the row as it becomes: what is written, and the row's own columns
    var row = base(asset.name, asset.columns.map(\.name))
    for item in written { if let index = row.columns.firstIndex(where: { same($0.name, item.column) }) { row.columns[index].flow.add(item.flow) } }
    var result: [Written] = []
    for column in asset.columns {
      guard let expression = column.computed?.expression else { continue }
      let parsed = SyntaxTree.parse(SourceText(name: "", text: "SELECT " + expression), dialect: catalog.dialect)
      let names = parsed.nodes.indices.filter { parsed.kind($0) == .name }.compactMap { parsed.nameParts($0).last?.text }
      guard names.contains(where: { name in written.contains { same($0.column, name) } }) else { continue }
      guard let item = parsed.nodes.indices.first(where: { parsed.kind($0) == .selectItem }), let value = parsed.children(item).first else { continue }
      let flow = isolated(in: parsed) { interpreter in
        interpreter.frames = [Frame(entries: [Frame.Entry(alias: asset.name.name, name: asset.name, relation: row)])]
        return interpreter.flow(value).transformed()
      }
      result.append(Written(column: column.name, flow: flow, node: node))
    }
    return result
  }

  // MARK: views

  private mutating func write(
    view position: Int, _ view: (tree: SyntaxTree, node: NodeID), _ written: [Written], _ rows: Flow, _ node: NodeID, _ event: Keyword
  ) {
    let name = catalog.assets[position].name
    let seen = viewRows(position, view)
    // only rows that the view shows are changed
    let reached = event == .insert ? rows : rows.adding(seen.rows)
    if instead(name, event, written, reached) { return }
    guard let query = view.tree.child(view.node, .query) else { return emit(name, written, rows, node) }
    var renamed = written
    for index in renamed.indices {
      // a view's own list of columns gives its query's columns other names
      if let place = seen.columns.firstIndex(where: { same($0.name, renamed[index].column) }) { renamed[index].place = place }
    }
    let placed = renamed
    let groups = isolated(in: view.tree) { interpreter in interpreter.origins(of: placed, in: query, query) }
    for (table, items) in groups { write(table, items, reached, node, event: event) }
    if groups.isEmpty { trouble(.unknownColumns, node) }
  }

  /// Runs the INSTEAD OF triggers of a write; answers whether there are any.
  private mutating func instead(_ table: ObjectName, _ event: Keyword, _ written: [Written], _ rows: Flow) -> Bool {
    let triggers = program.triggers(on: table).filter { $0.isInstead && $0.events.contains(event) }
    guard let first = triggers.first else { return false }
    guard running.count < Interpreter.deepestCall, !running.contains(first.routine) else { return false }
    let position = catalog.position(named: table)
    var old = Relation(columns: [], rows: Flow(), open: table)
    if let position {
      let asset = catalog.assets[position]
      if let view = program.view(asset) { old = viewRows(position, view) } else { old = base(asset.name, asset.columns.map(\.name)) }
    }
    var new = old
    for index in new.columns.indices {
      let given = written.first { same($0.column, new.columns[index].name) }
      if let given { new.columns[index].flow = given.flow } else if event == .insert { new.columns[index].flow = Flow() }
    }
    new.rows = rows
    old.rows = rows
    for trigger in triggers { run(trigger, table, new: new, old: old, control: rows.influence(.filter)) }
    return true
  }

  /// REFRESH MATERIALIZED VIEW: the view's query is written into what it stores.
  mutating func refresh(_ name: NodeID, _ node: NodeID) {
    noteMoving()
    guard case .permanent(let target, let position?) = table(name), let view = program.view(catalog.assets[position]) else { return trouble(.unknownObject, node) }
    let rows = viewRows(position, view)
    emit(target, rows.columns.map { Written(column: $0.name, flow: $0.flow, node: node) }, rows.rows, node)
  }

  // MARK: the tables behind a query

  /// The tables and derived tables of a query's FROM, outermost level, with the names they go by.
  mutating func sources(of query: NodeID) -> [(name: String, node: NodeID)] {
    guard let body = tree.kind(query) == .select ? query : tree.child(query, .select), let from = tree.child(body, .from) else { return [] }
    var todo = tree.children(from)
    var result: [(String, NodeID)] = []
    while !todo.isEmpty {
      let node = todo.removeFirst()
      switch tree.kind(node) {
      case .joined: todo.insert(contentsOf: tree.children(node), at: 0)
      case .join: if let right = tree.children(node).first { todo.insert(right, at: 0) }
      case .tableReference, .derivedTable:
        let alias = tree.child(node, .alias).map { catalog.columnName(of: $0, in: tree) }
        result.append((alias ?? tree.children(node).first.map { catalog.columnName(of: $0, in: tree) } ?? "", node))
      default: continue
      }
    }
    return result
  }

  /// What a table reference or derived table is as a target.
  mutating func table(of reference: NodeID) -> Table? {
    guard let head = tree.children(reference).first else { return nil }
    if tree.kind(reference) == .derivedTable { return tree.child(reference, .query).map { .query($0) } }
    return writable(head)
  }

  /// What is written, by the tables that the columns of a query come from.
  mutating func origins(of written: [Written], in query: NodeID, _ node: NodeID) -> [(Table, [Written])] {
    var groups: [(reference: NodeID, items: [Written])] = []
    for item in written {
      guard let (reference, column) = origin(of: item, in: query) else {
        trouble(.unknownColumns, node)
        continue
      }
      var moved = item
      moved.column = column
      moved.place = nil
      if let index = groups.firstIndex(where: { $0.reference == reference }) { groups[index].items.append(moved) } else { groups.append((reference, [moved])) }
    }
    return groups.compactMap { group in table(of: group.reference).map { ($0, group.items) } }
  }

  private mutating func origin(of item: Written, in query: NodeID) -> (NodeID, String)? {
    guard let body = tree.kind(query) == .select ? query : tree.child(query, .select), let list = tree.child(body, .selectList) else { return nil }
    let sources = sources(of: query)
    var place = 0
    for selected in tree.children(list) {
      guard let value = tree.children(selected).first(where: { tree.kind($0) != .alias }) else { continue }
      switch tree.kind(value) {
      case .star, .qualifiedStar:
        let qualifier = tree.children(value).first.map { catalog.columnName(of: $0, in: tree) }
        for source in sources where qualifier.map({ same($0, source.name) }) ?? true {
          guard let table = table(of: source.node) else { continue }
          for column in columnNames(table) {
            if item.place.map({ $0 == place }) ?? same(column, item.column) { return (source.node, column) }
            place += 1
          }
        }
      default:
        let alias = tree.child(selected, .alias).map { catalog.columnName(of: $0, in: tree) }
        let name = tree.kind(value) == .name ? catalog.columnName(of: value, in: tree) : nil
        if item.place.map({ $0 == place }) ?? same(alias ?? name ?? "", item.column), let name {
          let parts = tree.nameParts(value)
          let qualifier = parts.count > 1 ? parts[parts.count - 2].text : nil
          for source in sources {
            if let qualifier { guard same(qualifier, source.name) else { continue } }
            if qualifier == nil, sources.count > 1 {
              guard let table = table(of: source.node), columnNames(table).contains(where: { same($0, name) }) else { continue }
            }
            return (source.node, name)
          }
        }
        place += 1
      }
    }
    return nil
  }
}
