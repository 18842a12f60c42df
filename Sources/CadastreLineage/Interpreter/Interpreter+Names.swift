internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

extension Interpreter {
  /// What a dotted name means as a value.
  mutating func nameFlow(_ node: NodeID) -> Flow {
    if let place = visibleColumn(node) { return frames[place.frame].entries[place.entry].relation.columns[place.column].flow }
    return nameCell(node).flow
  }

  mutating func nameCell(_ node: NodeID) -> State.Cell {
    if let place = visibleColumn(node) {
      let column = frames[place.frame].entries[place.entry].relation.columns[place.column]
      return State.Cell(flow: column.flow, texts: column.texts)
    }
    let parts = tree.nameParts(node).map { catalog.folded($0.text, quoted: $0.quoted) }
    guard let last = parts.last else { return State.Cell() }
    if let hole = hole(in: last) { return filled(hole, isWhole: parts.count == 1 && last == hole.word, node) }
    if parts.count == 1 { return simpleName(last, node) }
    return qualifiedName(parts, node)
  }

  /// Where the column stands that a name means without any doubt; `nil` for a name that takes more to find.
  @inline(__always)
  private func visibleColumn(_ node: NodeID) -> (frame: Int, entry: Int, column: Int)? {
    guard unit.holes.isEmpty, !frames.isEmpty else { return nil }
    if let pair = tree.pair(node) {
      let qualifier = catalog.folded(pair.0.text, quoted: pair.0.quoted)
      for frame in frames.indices.reversed() {
        for entry in frames[frame].entries.indices where same(frames[frame].entries[entry].alias, qualifier) {
          let name = catalog.folded(pair.1.text, quoted: pair.1.quoted)
          return frames[frame].entries[entry].relation.index(named: name, names).map { (frame, entry, $0) }
        }
      }
      return nil
    }
    guard tree.nodes[node].endToken == tree.nodes[node].firstToken + 1, let part = tree.lastPart(node) else { return nil }
    let name = catalog.folded(part.text, quoted: part.quoted)
    for frame in frames.indices.reversed() {
      var found: (frame: Int, entry: Int, column: Int)?
      for entry in frames[frame].entries.indices {
        guard let column = frames[frame].entries[entry].relation.index(named: name, names) else { continue }
        if found != nil || !frames[frame].entries[entry].hidden.isEmpty { return nil }
        found = (frame, entry, column)
      }
      if found != nil { return found }
    }
    return nil
  }

  /// What stands where a word of dynamic SQL is only known at run time: a value flows; a name or text decides, and is said not to be known.
  private mutating func filled(_ hole: Hole, isWhole: Bool, _ node: NodeID) -> State.Cell {
    if isWhole, hole.kind == .value { return State.Cell(flow: hole.flow, texts: [AbstractText(text: hole.word, holes: [hole])]) }
    trouble(hole.kind == .text ? .dynamicText : .dynamicName, node, parameter: hole.name)
    return State.Cell(flow: hole.flow.influence(.conditional))
  }

  /// Whether a name of dynamic SQL has a part that is only known at run time.
  @inline(__always)
  func isHole(_ name: String) -> Bool { !unit.holes.isEmpty && name.contains(Hole.prefix) }

  /// The hole that a word of dynamic SQL stands for.
  @inline(__always)
  func hole(in word: String) -> Hole? {
    guard !unit.holes.isEmpty, word.contains(Hole.prefix) else { return nil }
    return unit.holes.first { word.contains($0.word) }
  }

  private mutating func simpleName(_ name: String, _ node: NodeID) -> State.Cell {
    for index in frames.indices.reversed() {
      if let cell = column(name, in: frames[index], node) { return cell }
    }
    if let cell = state.cells[variableKey(name)] { return cell }
    for index in frames.indices.reversed() {
      let frame = frames[index]
      if let entry = frame.entries.first(where: { same($0.alias, name) }) { return wholeRow(entry.relation) }
      if let alias = frame.aliases.first(where: { same($0.name, name) }) { return State.Cell(flow: alias.flow) }
      let open = frame.entries.filter { $0.relation.open != nil || $0.relation.fallback != nil }
      if open.count == 1 { return State.Cell(flow: openColumn(open[0].relation, name)) }
      if open.count > 1 {
        trouble(.ambiguous, node)
        return State.Cell(flow: shared(open.map { openColumn($0.relation, name) }))
      }
    }
    if !frames.allSatisfy({ $0.entries.isEmpty }), !isSystemName(name) { trouble(.unknownColumns, node) }
    return State.Cell()
  }

  private mutating func isSystemName(_ name: String) -> Bool {
    switch name.lowercased() {
    case "ctid", "xmin", "xmax", "oid", "tableoid", "$action", "$identity", "$rowguid", "rownum", "sysdate", "user", "current_user", "tg_op", "tg_table_name",
      "tg_argv", "tg_name", "tg_when", "tg_level", "tg_table_schema", "sqlerrm", "sqlstate", "found", "value", "max", "day", "month", "year", "hour",
      "minute", "second", "week", "quarter", "dd", "mm", "yy", "yyyy", "hh", "mi", "ss", "ms", "dayofyear", "weekday", "ww", "qq", "epoch", "dow", "isodow",
      "doy", "century", "decade", "millennium", "milliseconds", "microsecond", "millisecond", "nanosecond", "wk", "iso_week", "d", "m", "n", "s", "h", "q", "dw", "mcs", "ns": true
    default: false
    }
  }

  /// A column of the innermost query that has it; `nil` to look further out.
  private mutating func column(_ name: String, in frame: Frame, _ node: NodeID) -> State.Cell? {
    var found: [(Relation.Column, Bool)] = []
    for place in frame.entries.indices {
      guard let column = frame.entries[place].relation.column(named: name, names) else { continue }
      found.append((column, !frame.entries[place].hidden.isEmpty && frame.entries[place].hidden.contains(compared(name))))
    }
    if found.count == 1 { return State.Cell(flow: found[0].0.flow, texts: found[0].0.texts) }
    let visible = found.filter { !$0.1 }
    if visible.count > 1 {
      trouble(.ambiguous, node)
      return State.Cell(flow: shared(visible.map(\.0.flow)))
    }
    guard let column = visible.first?.0 ?? found.first?.0 else { return nil }
    return State.Cell(flow: column.flow, texts: column.texts)
  }

  /// What flows where a name may mean any of several columns: each with its share.
  private func shared(_ candidates: [Flow]) -> Flow {
    var result = Flow()
    for candidate in candidates { result.add(candidate.shared(among: candidates.count)) }
    return result
  }

  mutating func wholeRow(_ relation: Relation) -> State.Cell {
    var flow = relation.fallback ?? Flow()
    for column in relation.columns { flow.add(column.flow) }
    return State.Cell(flow: flow, texts: nil, record: relation)
  }

  mutating func openColumn(_ relation: Relation, _ name: String) -> Flow {
    if let open = relation.open { return Flow(columns.id(ColumnReference(asset: open, column: name))) }
    return relation.fallback ?? Flow()
  }

  private mutating func qualifiedName(_ parts: [String], _ node: NodeID) -> State.Cell {
    let column = parts[parts.count - 1]
    let qualifier = parts[parts.count - 2]
    for index in frames.indices.reversed() {
      for place in frames[index].entries.indices where frames[index].entries[place].matches(qualifier: parts.dropLast(), names) {
        if let found = frames[index].entries[place].relation.column(named: column, names) { return State.Cell(flow: found.flow, texts: found.texts) }
        let entry = frames[index].entries[place]
        if entry.relation.open != nil || entry.relation.fallback != nil { return State.Cell(flow: openColumn(entry.relation, column)) }
        if !isSystemName(column) { trouble(.unknownColumns, node) }
        return State.Cell()
      }
    }
    if let key = labelled(variableKey(parts[0]), parts[1]), parts.count == 2, let cell = state.cells[key] { return cell }
    // a field of a record variable, or `routine.variable`
    if let cell = state.cells[variableKey(parts[0])], parts.count == 2 || cell.record != nil {
      if let record = cell.record {
        if let field = record.column(named: parts[1], names) { return State.Cell(flow: field.flow, texts: field.texts) }
        if record.open?.name == "{new}" { trouble(.unknownObject, node, hint: "add the CREATE TRIGGER that runs the function") }
        if record.open != nil || record.fallback != nil { return State.Cell(flow: openColumn(record, parts[1])) }
        return State.Cell()
      }
      return cell
    }
    if let routine = unit.routineName, same(routine.name, qualifier), let cell = state.cells[variableKey(column)] { return cell }
    // a property of a column's value: `alias.column.property`
    if parts.count > 2 {
      for frame in frames.reversed() {
        for entry in frame.entries where same(entry.alias, parts[0]) {
          if let whole = entry.relation.column(named: parts[1], names) { return State.Cell(flow: whole.flow.transformed()) }
        }
      }
    }
    // a column of composite type: `column.field`, `column.field.field`
    if parts.count == 2 || catalog.dialect.extensions.contains(.fieldTypes) {
      for frame in frames.reversed() {
        for entry in frame.entries {
          if let whole = entry.relation.column(named: parts[0], names) { return State.Cell(flow: whole.flow.transformed()) }
        }
      }
    }
    if !frames.isEmpty { trouble(.unknownObject, node) }
    return State.Cell()
  }

  // MARK: tables

  /// The table that a name of a statement means.
  indirect enum Table {
    case temporary(String)
    /// The rows of a query that is written through: its columns are those of the tables behind it.
    case query(NodeID)
    /// A table of the catalogue by its index there; `nil` when it is not known.
    case permanent(ObjectName, Int?)
  }

  /// What a text that names a permanent table came to.
  struct CachedTable {
    /// The name's last part as variables and temporary tables are compared.
    var key: String
    var isQualified: Bool
    var dependency: String
    /// What a synonym stands for, as it is compared.
    var target: String?
    var name: ObjectName
    var asset: Int?
  }

  /// Finds a table by the name's node: table variable, temporary table or a table of the catalogue.
  mutating func table(_ node: NodeID) -> Table {
    if tree.kind(node) == .variable { return .temporary(variableKey(tree.text(node))) }
    var text = tree.text(node)
    // names without a schema mean what the routine's schema and search path say
    if !unit.searchPath.isEmpty { text += "\u{0}" + unit.searchPath.joined(separator: "\u{0}") }
    if catalog.dialect.procedural == .tsql, let schema = unit.routineName?.schema, unit.line == nil { text += "\u{0}" + schema }
    if let cached = tableCache[text], state.tables.isEmpty || cached.isQualified || state.tables[cached.key] == nil {
      dependencies.insert(cached.dependency)
      if let target = cached.target { dependencies.insert(target) }
      return .permanent(cached.name, cached.asset)
    }
    let parts = tree.nameParts(node)
    let last = parts.last?.text ?? ""
    let unknown = parts.compactMap { hole(in: $0.text) }.first
    if let hole = unknown {
      trouble(.dynamicName, node, hint: "-- cadastre: reads schema.table; writes schema.table", parameter: hole.name)
      state.control.add(hole.flow.influence(.conditional))
      return .permanent(ObjectName(["{\(hole.name)}"]), nil)
    }
    let key = variableKey(last)
    let known = state.tables[key] != nil && (parts.count == 1 || parts.first?.text.lowercased() == "pg_temp" || last.hasPrefix("#"))
    if known, let routine = unit.routine, running.count > 1, !ownTables.contains(key) { resolvedParameters.insert("\(routine):\(Interpreter.holeName(key))") }
    if known || last.hasPrefix("#") { return .temporary(key) }
    let dependency = compared(catalog.folded(last, quoted: parts.last?.quoted ?? false))
    dependencies.insert(dependency)
    let (name, asset, target) = permanent(node, parts)
    if let target { dependencies.insert(target) }
    tableCache[text] = CachedTable(key: key, isQualified: parts.count > 1 && !last.hasPrefix("#"), dependency: dependency, target: target, name: name, asset: asset)
    return .permanent(name, asset)
  }

  private mutating func permanent(_ node: NodeID, _ parts: [NamePart]) -> (name: ObjectName, asset: Int?, target: String?) {
    if parts.count == 4 { return (ObjectName(parts.map { catalog.folded($0.text, quoted: $0.quoted) }), nil, nil) }
    if parts.count == 1 {
      let name = catalog.folded(parts[0].text, quoted: parts[0].quoted)
      var schemas = unit.searchPath
      if catalog.dialect.procedural == .tsql, unit.line == nil, let own = unit.routineName?.schema { schemas = [own] }
      for schema in schemas {
        let full = ObjectName([schema, name])
        if let position = catalog.position(named: full), catalog.assets[position].name.parts.count > 1, catalog.assets[position].kind != .synonym {
          return (catalog.assets[position].name, position, nil)
        }
        if made[full] != nil { return (full, nil, nil) }
      }
    }
    if let position = catalog.position(named: catalog.objectName(node, in: tree)) {
      let asset = catalog.assets[position]
      guard asset.kind == .synonym, let target = asset.options["for"] else { return (asset.name, position, nil) }
      let real = ObjectName(target.split(separator: ".").map(String.init))
      let known = catalog.position(named: real)
      return (known.map { catalog.assets[$0].name } ?? real, known, compared(real.name))
    }
    // as first seen, with as many parts as were written
    return (ObjectName(parts.map { catalog.folded($0.text, quoted: $0.quoted) }), nil, nil)
  }

  /// An asset of the catalogue by name; what depends on its definition is noted.
  mutating func asset(named name: ObjectName) -> Asset? {
    dependencies.insert(compared(name.name))
    return catalog.asset(named: name)
  }

  /// A routine of the input by name; what depends on its definition is noted.
  mutating func routine(named name: ObjectName, arguments: Int) -> Int? {
    dependencies.insert(compared(name.name))
    return program.routine(named: name, arguments: arguments)
  }

  /// The rows of a table as they can be read.
  mutating func rows(of table: Table, _ node: NodeID) -> Relation {
    switch table {
    case .query: return Relation()
    case .temporary(let key):
      if let known = state.tables[key] { return known }
      trouble(.unknownObject, node, parameter: key)
      return Relation(columns: [], rows: Flow(), open: nil, fallback: Flow())
    case .permanent(let name, let asset):
      facts.reads.insert(name)
      if name.parts.count == 4 {
        trouble(.remote, node)
        return Relation(columns: [], rows: Flow(), open: name)
      }
      if let columns = made[name] { return base(name, columns) }
      guard let asset else {
        if let system = systemRows(name, isFunction: false) { return system }
        if !name.name.hasPrefix("{"), !isSystemSchema(name) {
          trouble(.unknownObject, node, parameter: name.parts.count == 1 ? name.name : nil)
        }
        return Relation(columns: [], rows: Flow(), open: name)
      }
      if let known = baseCache[asset] { return known }
      let kind = catalog.assets[asset].kind
      if kind == .view || kind == .materializedView {
        let key = program.key(name)
        if let view = program.views[key] {
          if expandsViews, !program.keptViews.contains(key) { return viewRows(asset, view) }
          var names = catalog.assets[asset].columns.map(\.name)
          if names.isEmpty { names = viewRows(asset, view).columns.map(\.name) }
          return base(name, names)
        }
      }
      let names = catalog.assets[asset].columns.map(\.name)
      let rows = names.isEmpty ? Relation(columns: [], rows: Flow(), open: name) : base(name, names)
      baseCache[asset] = rows
      return rows
    }
  }

  /// A table or function of the server's own catalogue.
  mutating func systemRows(_ name: ObjectName, isFunction: Bool) -> Relation? {
    guard let system = catalog.dialect.systemCatalog, name.schema != nil || catalog.dialect.procedural != .tsql,
      let columns = system.columns(schema: name.schema, name.name, isFunction: isFunction)
    else { return nil }
    var rows = base(name, columns)
    if !system.isComplete { rows.open = name }
    return rows
  }

  @inline(__always)
  func isSystemSchema(_ name: ObjectName) -> Bool {
    switch (name.schema ?? "").lowercased() {
    case "sys", "information_schema", "pg_catalog", "msdb": true
    default: name.name.hasPrefix("pg_") || name.name.lowercased().hasPrefix("sys")
    }
  }

  mutating func base(_ name: ObjectName, _ names: [String]) -> Relation {
    Relation(
      columns: names.map { column in
        Relation.Column(name: column, flow: Flow(columns.id(ColumnReference(asset: name, column: column))))
      })
  }

  /// A view's query as its rows.
  mutating func viewRows(_ asset: Int, _ view: (tree: SyntaxTree, node: NodeID)) -> Relation {
    if let known = viewCache[asset] {
      dependencies.formUnion(known.dependencies)
      return known.rows
    }
    let outer = dependencies
    dependencies = []
    // a view that reads itself has no rows
    viewCache[asset] = (Relation(), [])
    var result = isolated(in: view.tree) { interpreter in
      view.tree.child(view.node, .query).map { interpreter.relation($0) } ?? Relation()
    }
    for (index, column) in catalog.assets[asset].columns.enumerated() where index < result.columns.count { result.columns[index].name = column.name }
    viewCache[asset] = (result, dependencies)
    dependencies.formUnion(outer)
    return result
  }

  /// Runs something in a text of its own: outer scopes, variables and findings do not mix with it.
  mutating func isolated<Result>(in tree: SyntaxTree, _ body: (inout Interpreter) -> Result) -> Result {
    let saved = (unit, frames, state, sink)
    unit.tree = tree
    unit.file = tree.source.name
    unit.line = nil
    unit.holes = []
    frames = []
    state = State()
    defer { (unit, frames, state, sink) = saved }
    guard running.count < Interpreter.deepestCall else { return body(&self) }
    running.append(-1)
    defer { running.removeLast() }
    return body(&self)
  }
}

extension Interpreter.Frame.Entry {
  /// Whether a column's qualifier means this table: its alias, or the table's own name.
  func matches(qualifier: ArraySlice<String>, _ names: NameRule) -> Bool {
    guard let last = qualifier.last, names.same(alias, last) else { return false }
    guard qualifier.count > 1, let name else { return qualifier.count == 1 }
    let written = Array(qualifier.dropLast().reversed())
    let known = Array(name.parts.dropLast().reversed())
    for (index, part) in written.enumerated() where index < known.count && !part.isEmpty && !names.same(known[index], part) { return false }
    return true
  }
}
