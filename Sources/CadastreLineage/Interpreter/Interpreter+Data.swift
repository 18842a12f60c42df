internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

extension Interpreter {
  /// One column that a statement writes: what flows in, and the expression that says so.
  struct Written {
    var column: String
    var flow: Flow
    var node: NodeID
    /// Position in the columns of a query that is written through; `nil` where the name says which.
    var place: Int?
  }

  mutating func dataStatement(_ node: NodeID) {
    guard let rows = data(node) else { return }
    // OUTPUT and RETURNING without INTO: rows for the caller
    if printsResults { emitResult(rows, node) }
    results.append(rows)
  }

  /// Runs a data statement; answers the rows of its RETURNING or OUTPUT, when they go to a query around it.
  mutating func data(_ node: NodeID) -> Relation? {
    noteMoving()
    // what goes into a table is no text of a statement
    let outer = wantsTexts
    wantsTexts = tree.child(node, .execute) != nil || tree.child(node, .executeDynamic) != nil
    defer { wantsTexts = outer }
    frames.append(Frame())
    defer { frames.removeLast() }
    if let with = tree.child(node, .with) { commonTables(with) }
    switch tree.kind(node) {
    case .insert: return insert(node)
    case .update: return update(node)
    case .delete: return delete(node)
    case .merge: return merge(node)
    case .truncate:
      for target in tree.children(node, .target) {
        guard let head = tree.children(target).first else { continue }
        let table = table(head)
        if case .temporary(let key) = table { clear(key) } else { erase(table, Flow(), node) }
      }
    case .copy, .bulkInsert: copy(node)
    default: break
    }
    return nil
  }

  private mutating func clear(_ key: String) {
    guard var table = state.tables[key] else { return }
    for index in table.columns.indices { table.columns[index].flow = Flow() }
    // what decides to empty it decides which rows are there
    table.rows = state.control
    state.tables[key] = table
  }

  // MARK: INSERT

  private mutating func insert(_ node: NodeID) -> Relation? {
    guard let target = tree.child(node, .target), let head = tree.children(target).first else { return nil }
    let table = table(head)
    let known = settableNames(table)
    var names = tree.child(node, .columnList).map { tree.children($0, .identifier).map { catalog.columnName(of: $0, in: tree) } } ?? []
    let listed = !names.isEmpty
    if !listed { names = known }
    var source = Relation()
    var bodies: [NodeID] = []
    var numbered: [String] = []
    for child in tree.children(node) {
      switch tree.kind(child) {
      case .query:
        if case .temporary(let key) = table, tree.child(child, .orderBy) != nil {
          numbered = state.tables[key]?.columns.filter { $0.isGenerated && $0.computedFrom.isEmpty }.map(\.name) ?? []
        }
        wantsOrder = !numbered.isEmpty
        source = relation(child)
        bodies = itemNodes(child)
      case .execute, .executeDynamic:
        let saved = results
        results = []
        if tree.kind(child) == .execute { execute(child) } else { dynamicStatement(child) }
        for result in results { source.merge(result) }
        if results.isEmpty { trouble(.unknownColumns, child) }
        results = saved
      default: continue
      }
    }
    if tree.flags(node) & 1 != 0 {
      // BY NAME: each column of the query goes to the one of its name
      names = source.columns.map { column in known.first { same($0, column.name) } ?? column.name }
      if source.fallback != nil || source.open != nil { trouble(.unknownColumns, node) }
    }
    if names.isEmpty, case .permanent = table, !source.columns.isEmpty { trouble(.unknownColumns, head) }
    for name in names where isHole(name) {
      trouble(.dynamicName, head)
      if let hole = hole(in: name) { state.control.add(hole.flow.influence(.conditional)) }
    }
    var written: [Written] = []
    for (index, name) in names.enumerated() where !isHole(name) {
      guard index < source.columns.count else {
        if let fallback = source.fallback { written.append(Written(column: name, flow: fallback, node: node)) }
        continue
      }
      written.append(Written(column: name, flow: source.columns[index].flow, node: index < bodies.count ? bodies[index] : node))
    }
    if source.open != nil { trouble(.unknownColumns, node) }
    // the server numbers the rows in the order in which they come
    if !rowOrder.isEmpty { for name in numbered { written.append(Written(column: name, flow: rowOrder, node: node)) } }
    rowOrder = Flow()
    var rows = source.rows
    let conflict = tree.child(node, .onConflict)
    // OR REPLACE, OR IGNORE: a row of the same key decides
    if conflict != nil || tree.flags(node) & 2 != 0 { conflictRows(conflict, table, written, into: &rows) }
    write(table, written, rows, node, event: .insert)
    if let conflict, let update = tree.child(conflict, .conflictUpdate) {
      conflictUpdate(update, table, node, written, rows)
    }
    return output(node, table, inserted: written, rows: rows)
  }

  /// The expressions of a query's columns, for the text and line of edges.
  private mutating func itemNodes(_ query: NodeID) -> [NodeID] {
    guard let body = tree.children(query).first(where: { tree.kind($0) == .select || tree.kind($0) == .values || tree.kind($0) == .setOperation })
    else { return [] }
    switch tree.kind(body) {
    case .select:
      let items = tree.child(body, .selectList).map { tree.children($0) } ?? []
      if items.contains(where: { item in tree.children(item).contains { tree.kind($0) == .star || tree.kind($0) == .qualifiedStar } }) { return [] }
      return items.map { item in tree.children(item).first { tree.kind($0) != .alias } ?? item }
    case .values: return tree.children(body).first.map { tree.children($0) } ?? []
    default: return []
    }
  }

  private mutating func conflictRows(_ conflict: NodeID?, _ table: Table, _ written: [Written], into rows: inout Flow) {
    var keys: [String] = []
    if let target = conflict.flatMap({ tree.child($0, .conflictTarget) }) {
      for node in tree.children(target) where tree.kind(node) == .name { keys.append(catalog.columnName(of: node, in: tree)) }
    }
    // without a list, or by the name of a constraint, any key of the table decides
    if keys.isEmpty { keys = uniqueColumns(table) }
    for column in keys {
      if case .permanent(let name, _) = table { rows.add(Flow(columns.id(ColumnReference(asset: name, column: column)), .filter)) }
      if let source = written.first(where: { same($0.column, column) }) { rows.add(source.flow.influence(.filter)) }
    }
  }

  /// The columns of a table's primary key, unique constraints and unique indexes.
  mutating func uniqueColumns(_ table: Table) -> [String] {
    guard case .permanent(_, let position?) = table else { return [] }
    let asset = catalog.assets[position]
    var result: [String] = []
    for key in asset.constraints where key.kind == .primaryKey || key.kind == .unique { result += key.columns.map(\.name) }
    for index in asset.indexes where index.unique { result += index.columns.map(\.name) }
    return asset.columns.map(\.name).filter { column in result.contains { same($0, column) } }
  }

  private mutating func conflictUpdate(_ node: NodeID, _ table: Table, _ insert: NodeID, _ written: [Written], _ rows: Flow) {
    let alias = tree.child(insert, .alias).map { catalog.columnName(of: $0, in: tree) }
    addTarget(table, alias: alias ?? targetName(table))
    frames[frames.count - 1].entries.append(
      Frame.Entry(alias: "excluded", name: nil, relation: Relation(columns: written.map { Relation.Column(name: $0.column, flow: $0.flow) })))
    // a bare name is the target's column, never excluded's
    for column in written { frames[frames.count - 1].entries[frames[frames.count - 1].entries.count - 1].hidden.insert(compared(column.column)) }
    var rows = rows
    if let filter = tree.child(node, .where), let condition = tree.children(filter).first { rows.add(flow(condition).influence(.filter)) }
    write(table, assignments(node), rows, insert, event: .update)
  }

  private mutating func targetName(_ table: Table) -> String {
    switch table {
    case .temporary(let key): key
    case .permanent(let name, _): name.name
    case .query: ""
    }
  }

  /// Puts the table a statement writes into scope, its columns as they stand.
  mutating func addTarget(_ table: Table, alias: String) {
    var name: ObjectName?
    if case .permanent(let object, _) = table { name = object }
    frames[frames.count - 1].entries.append(Frame.Entry(alias: alias, name: name, relation: targetRows(table)))
  }

  /// The rows of a table that is written, as they stand.
  private mutating func targetRows(_ table: Table) -> Relation {
    switch table {
    case .temporary(let key): return state.tables[key] ?? Relation(columns: [], rows: Flow(), open: nil, fallback: Flow())
    case .permanent(let object, let asset):
      if let asset, let view = program.view(catalog.assets[asset]), expandsViews, !program.isKept(catalog.assets[asset]) { return viewRows(asset, view) }
      let names = columnNames(table)
      return names.isEmpty ? Relation(columns: [], rows: Flow(), open: object) : base(object, names)
    case .query(let query): return relation(query)
    }
  }

  /// The columns that an INSERT without a list fills, in order: in T-SQL none that the server fills itself.
  mutating func settableNames(_ table: Table) -> [String] {
    guard catalog.dialect.procedural == .tsql else { return columnNames(table) }
    switch table {
    case .temporary(let key): return state.tables[key]?.columns.filter { !$0.isGenerated }.map(\.name) ?? []
    case .permanent(_, let asset?) where catalog.assets[asset].kind == .table && !catalog.assets[asset].columns.isEmpty:
      return catalog.assets[asset].columns.filter { $0.computed == nil && $0.identity == nil }.map(\.name)
    default: return columnNames(table)
    }
  }

  /// The columns of a table that is written, in order; none when they are not known.
  mutating func columnNames(_ table: Table) -> [String] {
    switch table {
    case .temporary(let key): return state.tables[key]?.columns.map(\.name) ?? []
    case .permanent(let name, let asset):
      if let columns = made[name] { return columns }
      guard let asset else { return [] }
      let names = catalog.assets[asset].columns.map(\.name)
      if names.isEmpty, let view = program.view(catalog.assets[asset]) { return viewRows(asset, view).columns.map(\.name) }
      return names
    case .query(let query):
      return relation(query).columns.map(\.name)
    }
  }

  // MARK: UPDATE, DELETE

  /// The values of SET.
  mutating func assignments(_ node: NodeID, _ rows: Flow = Flow()) -> [Written] {
    var written: [Written] = []
    for item in tree.children(node, .assignment) {
      let children = tree.children(item)
      guard let left = children.first, let value = children.last, children.count >= 2 else { continue }
      let flags = tree.flags(item)
      if tree.kind(left) == .row {
        let names = tree.children(left).map { catalog.columnName(of: $0, in: tree) }
        let record: Relation
        if tree.kind(value) == .subquery, let query = tree.children(value).first {
          record = relation(query)
          for (index, name) in names.enumerated() where index < record.columns.count {
            written.append(Written(column: name, flow: record.columns[index].flow.adding(record.rows.influence(.filter)), node: value))
          }
        } else {
          let parts = tree.kind(value) == .row ? tree.children(value) : [value]
          for (index, name) in names.enumerated() where index < parts.count {
            written.append(Written(column: name, flow: flow(parts[index]), node: parts[index]))
          }
        }
        continue
      }
      if flags & 4 != 0 {
        written += method(left, Array(children.dropFirst()), item)
        continue
      }
      var flow = flow(value)
      if tree.kind(left) == .variable {
        if flags & 2 != 0, children.count == 3 {
          written.append(Written(column: catalog.columnName(of: children[1], in: tree), flow: flow, node: value))
        }
        setCell(left, State.Cell(flow: flow.adding(rows)))
        continue
      }
      if flags & 1 != 0 { flow.add(nameFlow(left).transformed()) }
      if children.count > 2 { flow.add(nameFlow(left).transformed()) }  // an element of an array column
      written.append(Written(column: catalog.columnName(of: left, in: tree), flow: flow, node: value))
    }
    return written
  }

  /// `column.WRITE(...)`, `column.modify('...')`: what was there stays a part of it.
  private mutating func method(_ left: NodeID, _ arguments: [NodeID], _ item: NodeID) -> [Written] {
    var parts = tree.nameParts(left).map(\.text)
    parts.removeLast()
    guard let column = parts.last else { return [] }
    var value = Flow()
    for argument in arguments {
      value.add(flow(argument).transformed())
      if tree.kind(argument) == .literal { value.add(xmlReferences(tree.text(argument))) }
    }
    for entry in frames[frames.count - 1].entries {
      if let own = entry.relation.column(named: column, names) {
        value.add(own.flow.transformed())
        break
      }
    }
    return [Written(column: column, flow: value, node: item)]
  }

  /// `sql:column("c")` and `sql:variable("@v")` in an XQuery text.
  private mutating func xmlReferences(_ text: String) -> Flow {
    var flow = Flow()
    for part in text.split(separator: "sql:").dropFirst() {
      guard let open = part.firstIndex(of: "\""), let close = part[part.index(after: open)...].firstIndex(of: "\"") else { continue }
      let name = String(part[part.index(after: open)..<close])
      if part.hasPrefix("variable") { flow.add(state.cells[variableKey(name)]?.flow.transformed() ?? Flow()) }
      guard part.hasPrefix("column") else { continue }
      let column = String(name.split(separator: ".").last ?? "")
      for frame in frames.reversed() {
        for entry in frame.entries { if let found = entry.relation.column(named: column, names) { flow.add(found.flow.transformed()) } }
      }
    }
    return flow
  }

  /// The table an UPDATE or DELETE writes: in T-SQL its name may be an alias of FROM.
  private mutating func targetTable(_ node: NodeID, _ target: NodeID) -> (Table, alias: String, inFrom: Bool)? {
    guard let head = tree.children(target).first else { return nil }
    let alias = tree.child(target, .alias).map { catalog.columnName(of: $0, in: tree) }
    if alias == nil, tree.kind(head) == .name, tree.nameParts(head).count == 1, let from = tree.child(node, .from) {
      let name = catalog.columnName(of: head, in: tree)
      for reference in tree.descendants(from) where tree.kind(reference) == .tableReference {
        guard let given = tree.child(reference, .alias), same(catalog.columnName(of: given, in: tree), name),
          let real = tree.children(reference).first
        else { continue }
        return (writable(real), name, true)
      }
      for derived in tree.descendants(from) where tree.kind(derived) == .derivedTable {
        guard let given = tree.child(derived, .alias), same(catalog.columnName(of: given, in: tree), name), let query = tree.child(derived, .query) else { continue }
        return (.query(query), name, true)
      }
      if catalog.dialect.features.contains(.top) {
        // the table's own name stands in FROM as well
        for reference in tree.descendants(from) where tree.kind(reference) == .tableReference {
          guard let real = tree.children(reference).first, tree.kind(real) == .name, tree.child(reference, .alias) == nil,
            same(catalog.columnName(of: real, in: tree), name)
          else { continue }
          return (writable(real), name, true)
        }
      }
    }
    if let cte = cteTarget(head) { return (cte, catalog.columnName(of: head, in: tree), false) }
    let table = table(head)
    if let from = tree.child(node, .from), catalog.dialect.features.contains(.top), alias == nil {
      // UPDATE dbo.t ... FROM dbo.t AS x: the same table
      for reference in tree.descendants(from) where tree.kind(reference) == .tableReference {
        guard let real = tree.children(reference).first, tree.kind(real) == .name, tree.kind(head) == .name,
          catalog.objectName(real, in: tree) == catalog.objectName(head, in: tree)
        else { continue }
        let given = tree.child(reference, .alias).map { catalog.columnName(of: $0, in: tree) }
        return (table, given ?? catalog.columnName(of: real, in: tree), true)
      }
    }
    let name = alias ?? (tree.kind(head) == .variable ? tree.text(head) : catalog.columnName(of: head, in: tree))
    return (table, name, false)
  }

  /// A table as a target: a common table expression is written through.
  mutating func writable(_ head: NodeID) -> Table {
    if let query = cteTarget(head) { return query }
    return table(head)
  }

  /// A common table expression that is written through.
  private mutating func cteTarget(_ head: NodeID) -> Table? {
    guard tree.kind(head) == .name, tree.nameParts(head).count == 1, catalog.dialect.features.contains(.top) else { return nil }
    let name = compared(catalog.columnName(of: head, in: tree))
    guard frames.reversed().contains(where: { $0.ctes.contains { $0.name == name } }) else { return nil }
    return cteQuery(name, before: head).map { .query($0) }
  }

  /// The query of the nearest common table expression of a name that stands before a node.
  private mutating func cteQuery(_ name: String, before node: NodeID) -> NodeID? {
    for cte in tree.nodes.indices.prefix(node).reversed() where tree.kind(cte) == .cte {
      guard let given = tree.child(cte, .identifier), compared(catalog.columnName(of: given, in: tree)) == name else { continue }
      return tree.children(cte).last
    }
    return nil
  }

  private mutating func update(_ node: NodeID) -> Relation? {
    guard let target = tree.child(node, .target), let (table, alias, inFrom) = targetTable(node, target) else { return nil }
    let cte = commonRows(tree.children(target).first)
    if !inFrom {
      if let cte { frames[frames.count - 1].entries.append(Frame.Entry(alias: alias, name: nil, relation: cte)) } else { addTarget(table, alias: alias) }
    }
    var rows = Flow()
    if let from = tree.child(node, .from) { rows.add(self.from(from)) }
    if let cte { rows.add(cte.rows) }
    rows.add(filterFlow(node))
    if let top = tree.child(node, .top) { for value in tree.children(top) { rows.add(flow(value).influence(.filter)) } }
    if case .temporary(let key) = table, let known = state.tables[key] { rows.add(known.rows) }
    if case .query(let query) = table, cte == nil { rows.add(relation(query).rows) }
    let written = assignments(node, rows)
    let replaces = tree.child(node, .where) == nil && tree.child(node, .from) == nil && tree.child(node, .top) == nil
    write(table, written, rows, node, event: .update, replaces: replaces && tree.child(node, .whereCurrentOf) == nil)
    return output(node, table, inserted: written, rows: rows)
  }

  mutating func commonRows(_ head: NodeID?) -> Relation? {
    guard let head, tree.kind(head) == .name, tree.nameParts(head).count == 1 else { return nil }
    let name = compared(catalog.columnName(of: head, in: tree))
    for frame in frames.reversed() { if let known = frame.ctes.last(where: { $0.name == name }) { return known.relation } }
    return nil
  }

  private mutating func filterFlow(_ node: NodeID) -> Flow {
    if let filter = tree.child(node, .where), let condition = tree.children(filter).first { return flow(condition).influence(.filter) }
    if let current = tree.child(node, .whereCurrentOf), let cursor = tree.children(current).first {
      return state.cursors[variableKey(tree.text(cursor))]?.rows ?? Flow()
    }
    return Flow()
  }

  private mutating func delete(_ node: NodeID) -> Relation? {
    guard let target = tree.child(node, .target), let (table, alias, inFrom) = targetTable(node, target) else { return nil }
    let cte = commonRows(tree.children(target).first)
    if !inFrom {
      if let cte { frames[frames.count - 1].entries.append(Frame.Entry(alias: alias, name: nil, relation: cte)) } else { addTarget(table, alias: alias) }
    }
    var rows = cte?.rows ?? Flow()
    if let from = tree.child(node, .from) { rows.add(self.from(from)) }
    rows.add(filterFlow(node))
    let result = output(node, table, inserted: [], rows: rows)
    switch table {
    case .temporary(let key):
      if tree.child(node, .where) == nil, tree.child(node, .from) == nil { clear(key) } else { state.tables[key]?.rows.add(rows.adding(state.control)) }
    case .permanent, .query: erase(table, rows, node)
    }
    if case .temporary(let key) = table { rows.add(state.tables[key]?.rows ?? Flow()) }
    noteRows(rows)
    return result
  }

  // MARK: OUTPUT, RETURNING

  /// Runs OUTPUT ... INTO and RETURNING ... INTO; answers the rows when they go further.
  mutating func output(_ node: NodeID, _ table: Table, inserted: [Written], rows: Flow) -> Relation? {
    var result: Relation?
    for clause in tree.children(node) where tree.kind(clause) == .output || tree.kind(clause) == .returning {
      frames.append(Frame())
      defer { frames.removeLast() }
      var image: Relation
      switch table {
      case .permanent: image = targetRows(table)
      case .temporary(let key):
        image = state.tables[key] ?? Relation()
        for column in inserted {
          if let index = image.columns.firstIndex(where: { same($0.name, column.column) }) { image.columns[index].flow = column.flow }
        }
      case .query(let query): image = self.relation(query)
      }
      if tree.kind(clause) == .output {
        frames[frames.count - 1].entries = [
          Frame.Entry(alias: "inserted", name: nil, relation: image), Frame.Entry(alias: "deleted", name: nil, relation: image),
        ]
      } else {
        let alias = tree.child(node, .target).flatMap { tree.child($0, .alias) }.map { catalog.columnName(of: $0, in: tree) }
        frames[frames.count - 1].entries = [Frame.Entry(alias: alias ?? targetName(table), name: nil, relation: image)]
        // the tables of FROM and USING are visible as well
        if frames.count > 1 { frames[frames.count - 1].entries += frames[frames.count - 2].entries.filter { !same($0.alias, alias ?? targetName(table)) } }
      }
      var relation = Relation()
      for item in tree.children(clause) { selectItem(item, into: &relation) }
      relation.rows.add(rows)
      // only rows that a view shows are changed through it
      if case .permanent = table, tree.kind(node) != .insert { relation.rows.add(image.rows) }
      guard let into = tree.child(clause, .into) else {
        result = relation
        continue
      }
      if tree.kind(clause) == .returning {
        bind(tree.children(into), relation)
        continue
      }
      guard let head = tree.children(into).first else { continue }
      let destination = self.table(head)
      let names = tree.child(into, .columnList).map { tree.children($0, .identifier).map { catalog.columnName(of: $0, in: tree) } } ?? settableNames(destination)
      var written: [Written] = []
      for (index, name) in names.enumerated() where index < relation.columns.count {
        written.append(Written(column: name, flow: relation.columns[index].flow, node: clause))
      }
      if names.isEmpty { trouble(.unknownColumns, head) }
      write(destination, written, relation.rows, clause, event: .insert)
    }
    return result
  }

  // MARK: RECEIVE

  /// Messages of a queue, a table with fixed columns, into variables or a table variable.
  mutating func receive(_ node: NodeID) {
    noteMoving()
    let parts = tree.children(node).filter { tree.kind($0) == .variable || tree.kind($0) == .name }
    guard let queue = parts.last(where: { tree.kind($0) == .name }) else { return }
    let name = catalog.objectName(queue, in: tree)
    facts.reads.insert(name)
    var variable: NodeID?
    for part in parts where part < queue {
      if tree.kind(part) == .variable {
        variable = part
        continue
      }
      let column = catalog.columnName(of: part, in: tree)
      if let variable { setCell(variable, State.Cell(flow: Flow(columns.id(ColumnReference(asset: name, column: column.lowercased()))))) }
      variable = nil
    }
    guard let into = parts.last, into > queue, tree.kind(into) == .variable else { return }
    let table = Table.temporary(variableKey(tree.text(into)))
    let listed = parts.filter { $0 < queue }.map { catalog.columnName(of: $0, in: tree) }
    let written = zip(columnNames(table), listed).map { target, column in
      Written(column: target, flow: Flow(columns.id(ColumnReference(asset: name, column: column.lowercased()))), node: node)
    }
    write(table, written, Flow(), node, event: .insert)
  }

  // MARK: COPY

  private mutating func copy(_ node: NodeID) {
    let file = tree.child(node, .literal).flatMap { literal in
      tree.firstToken(literal).kind == .string ? tree.stringValue(tree.firstToken(literal)) : nil
    }
    let pseudo = ObjectName(["file:\(file ?? "stdin")"])
    if let query = tree.child(node, .query) {
      let rows = relation(query)
      emit(pseudo, rows.columns.map { Written(column: $0.name, flow: $0.flow, node: query) }, rows.rows, node)
      return
    }
    guard let head = tree.child(node, .name) else { return }
    let table = table(head)
    let names = tree.child(node, .columnList).map { tree.children($0, .identifier).map { catalog.columnName(of: $0, in: tree) } } ?? columnNames(table)
    if tree.contains(node, .to), tree.kind(node) == .copy {
      let rows = rows(of: table, head)
      emit(pseudo, rows.columns.filter { column in names.contains { same($0, column.name) } }.map { Written(column: $0.name, flow: $0.flow, node: node) }, rows.rows, node)
    } else {
      let written = names.map { Written(column: $0, flow: Flow(columns.id(ColumnReference(asset: pseudo, column: $0))), node: node) }
      write(table, written, Flow(), node, event: .insert)
    }
  }
}
