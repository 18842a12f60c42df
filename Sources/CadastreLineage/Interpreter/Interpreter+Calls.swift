internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

extension Interpreter {
  /// A parameter with what a call gives for it: a value, or a table; neither where it gives none.
  typealias BoundParameter = (RoutineDefinition.Parameter, State.Cell?, Relation?)

  /// One argument of a call, bound to the parameter it is for.
  private struct Argument {
    var name: String?
    var cell: State.Cell
    /// The caller's variable that an OUT parameter fills.
    var variable: NodeID?
    /// T-SQL: OUTPUT stands behind it.
    var isOutput = false
    /// DEFAULT: as if it were not given.
    var isDefault = false
    /// A table given as a parameter.
    var table: Relation?
  }

  /// EXEC p ..., CALL p(...).
  mutating func execute(_ node: NodeID) {
    let children = tree.children(node)
    guard let call = children.first else { return }
    if tree.flags(node) == 2 {
      // CALL: a call expression
      guard tree.kind(call) == .call, let head = tree.child(call, .name) else { return }
      return invoke(head, arguments(tree.children(call).dropFirst()), node)
    }
    let hasResult = tree.flags(node) & 1 != 0
    let target = hasResult && children.count > 1 ? children[1] : call
    let given = arguments(children.filter { tree.kind($0) == .executeArgument }[...])
    if tree.kind(target) == .variable {
      // EXEC @name: a procedure named by a variable
      guard let names = state.cells[variableKey(tree.text(target))]?.texts else {
        noteMoving()
        return trouble(.dynamicName, node)
      }
      for name in names where name.holes.isEmpty {
        if name.text.lowercased().hasSuffix("sp_executesql") {
          executeSQL(children.filter { tree.kind($0) == .executeArgument }, node)
          continue
        }
        let object = ObjectName(name.text.split(separator: ".").map { String($0.filter { $0 != "[" && $0 != "]" }) })
        if let index = routine(named: object, arguments: given.count) { run(routine: index, given, node) } else { trouble(.unknownObject, node) }
      }
      return
    }
    guard tree.kind(target) == .name else { return }
    if tree.nameParts(target).count == 4 {
      noteMoving()
      return trouble(.remote, node)
    }
    if tree.lastPart(target)?.text.lowercased() == "sp_executesql" { return executeSQL(children.filter { tree.kind($0) == .executeArgument }, node) }
    invoke(target, given, node)
    if hasResult { setCell(call, returned) }
  }

  private mutating func arguments(_ nodes: ArraySlice<NodeID>) -> [Argument] {
    nodes.map { node in
      var name: String?
      var value = node
      if tree.kind(node) == .executeArgument || tree.kind(node) == .namedArgument {
        let parts = tree.children(node)
        if parts.count == 2 { name = tree.text(parts[0]) }
        value = parts.last ?? node
      }
      let plain = tree.kind(value) == .variable || tree.kind(value) == .name
      let table = plain ? state.tables[variableKey(tree.text(value))] : nil
      let isDefault = tree.kind(value) == .wordValue && tree.firstToken(value).keyword == .default
      return Argument(
        name: name, cell: isDefault ? State.Cell() : cell(value), variable: plain ? value : nil,
        isOutput: tree.kind(node) == .executeArgument && tree.flags(node) & 1 != 0, isDefault: isDefault, table: table)
    }
  }

  private mutating func invoke(_ head: NodeID, _ given: [Argument], _ node: NodeID) {
    let name = catalog.objectName(head, in: tree)
    guard let index = routine(named: name, arguments: given.count) else {
      let parts = tree.nameParts(head)
      let last = parts.last?.text.lowercased() ?? ""
      facts.calls.insert(ObjectName(parts.map(\.text)))
      if parts.count == 4 {
        noteMoving()
        return trouble(.remote, node)
      }
      if systemProcedure(last, given, node) || parts.first?.text.lowercased() == "sys" { return }
      noteMoving()
      return trouble(.unknownObject, node, hint: "add the definition of \(name.rendered) to the input, or -- cadastre: reads a.b; writes c.d")
    }
    run(routine: index, given, node)
  }

  /// Runs a routine with its parameters bound; gives OUT values back to the caller's variables.
  private mutating func run(routine index: Int, _ given: [Argument], _ node: NodeID) {
    let definition = program.routines[index]
    facts.calls.insert(definition.name)
    let bound = bind(definition.parameters, given, definition)
    let outcome = body(index, bound.map { ($0.0, $0.1.flatMap { $0.isDefault ? nil : $0.cell }, $0.1?.table) }, sharesTables: true, node)
    let marksOutput = catalog.dialect.procedural == .tsql
    for (parameter, argument) in bound where parameter.mode != .in {
      guard let argument, let variable = argument.variable, !marksOutput || argument.isOutput else { continue }
      let key = variableKey(parameter.name)
      if let cell = outcome?.cells[key] { setCell(variable, cell) }
      if let cursor = outcome?.cursors[key] { state.cursors[variableKey(tree.text(variable))] = cursor }
    }
    if let outcome {
      for name in ["@@rowcount", "found"] { state.cells[name] = outcome.cells[name] }
      // what is no variable is a cursor of the connection
      if marksOutput { for (name, cursor) in outcome.cursors where !name.hasPrefix("@") && state.cursors[name] == nil { state.cursors[name] = cursor } }
    }
  }

  /// The arguments of a call by parameter: by name, else by position; what is left goes to a variadic one.
  private func bind(
    _ parameters: [RoutineDefinition.Parameter], _ given: [Argument], _ definition: RoutineDefinition
  ) -> [(RoutineDefinition.Parameter, Argument?)] {
    var bound: [(RoutineDefinition.Parameter, Argument?)] = []
    var position = 0
    for parameter in parameters {
      if let named = given.first(where: { $0.name.map { variableKey($0) } == variableKey(parameter.name) }) {
        bound.append((parameter, named))
      } else if position < given.count, given[position].name == nil {
        bound.append((parameter, given[position]))
        position += 1
      } else {
        bound.append((parameter, nil))
      }
    }
    if definition.isVariadic, position < given.count, let last = bound.indices.last {
      for argument in given[position...] { bound[last].1?.cell.flow.add(argument.cell.flow) }
      bound[last].1?.cell.texts = nil
    }
    return bound
  }

  /// Runs a routine's steps in a state of its own. Temporary tables of the caller are visible, and changes of them stay.
  ///
  /// The same inputs give the same outcome, so a call is run once for each in a unit.
  private mutating func body(
    _ index: Int, _ bound: [BoundParameter], sharesTables: Bool, _ node: NodeID
  ) -> State? {
    let definition = program.routines[index]
    returned = State.Cell()
    guard definition.isReadable else {
      // a function in a foreign language gives a value of its arguments; what a procedure does is not known
      if definition.kind == .procedure {
        noteMoving()
        trouble(.externalCode, node)
      }
      return nil
    }
    guard running.count < Interpreter.deepestCall, calls < Interpreter.mostCalls, running.count(where: { $0 == index }) < Interpreter.deepestRecursion
    else {
      // recursion has been followed far enough; anything else that is cut is said so
      if !running.contains(index) {
        noteMoving()
        trouble(.externalCode, node, hint: "calls nest too deep or are too many to follow: -- cadastre: reads a.b; writes c.d")
      }
      return nil
    }
    let given = CallOutcome.Inputs(
      cells: bound.map { $0.1 }, parameters: bound.map { $0.2 }, control: state.control,
      tables: sharesTables ? program.seen(by: index, of: state.tables.filter { !$0.key.hasPrefix("@") }) : [:])
    if let known = summary(of: index, bound, given) { return apply(known, given, sharesTables) }
    if let known = outcomes[index]?.first(where: { $0.inputs == given }) {
      returned = known.returned
      results += known.results
      if sharesTables { shareTables(of: known) }
      follow(error: known.raised)
      return known.state
    }
    calls += 1
    ran.insert(index)
    let outcome = body(of: definition, index, bound, given)
    if sharesTables { shareTables(of: outcome) }
    results += outcome.results
    follow(error: outcome.raised)
    if outcomes[index, default: []].count < 8, !running.contains(index) { outcomes[index, default: []].append(outcome) }
    return outcome.state
  }

  /// What a callee did to temporary tables that its caller sees.
  mutating func shareTables(of outcome: CallOutcome) {
    // a temporary table of T-SQL ends with the routine that made it; PostgreSQL's outlive it
    let outlives = catalog.dialect.procedural != .tsql
    for (name, table) in outcome.state.tables where !name.hasPrefix("@") {
      if outlives || name.hasPrefix("##") || (state.tables[name] != nil && !outcome.ownTables.contains(name)) { state.tables[name] = table }
    }
  }

  mutating func body(of definition: RoutineDefinition, _ index: Int, _ bound: [BoundParameter], _ given: CallOutcome.Inputs) -> CallOutcome {
    let saved = (unit, frames, state, results)
    let outerRaised = raised
    unit = Unit(tree: definition.tree, routine: index, routineName: definition.name, file: definition.tree.source.name)
    frames = []
    state = State()
    state.control = given.control
    unit.searchPath = definition.searchPath
    state.tables = given.tables
    for (parameter, cell, table) in bound {
      let key = variableKey(parameter.name)
      if let table { state.tables[key] = table }
      if var cell {
        // a value matters where it may become a part of a statement
        if program.usesTexts(index), let texts = cell.texts, texts.allSatisfy(\.holes.isEmpty) {
          resolvedParameters.insert("\(index):\(Interpreter.holeName(parameter.name))")
        }
        if parameter.mode == .out { cell = State.Cell() }
        state.cells[key] = cell
      } else {
        state.cells[key] = defaultCell(parameter, definition)
      }
    }
    for parameter in definition.parameters { unit.types[variableKey(parameter.name)] = parameter.nativeType }
    if let variable = definition.resultVariable {
      state.tables[variable] = Relation(columns: definition.resultColumns.map { Relation.Column(name: $0, flow: Flow()) })
    }
    let outerTables = ownTables
    ownTables = []
    defer { ownTables = outerTables }
    running.append(index)
    results = []
    inner { $0.run(definition.steps) }
    running.removeLast()
    let outcome = CallOutcome(inputs: given, state: state, returned: returned, results: results, ownTables: ownTables, raised: raised)
    (unit, frames, state, results) = saved
    raised = outerRaised
    return outcome
  }

  private mutating func defaultCell(_ parameter: RoutineDefinition.Parameter, _ definition: RoutineDefinition) -> State.Cell {
    guard let value = parameter.defaultValue, definition.tree.kind(value) == .literal else { return State.Cell() }
    return State.Cell(texts: texts(value))
  }

  static func holeName(_ parameter: String) -> String { parameter.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "_" } }

  /// A routine by itself, its parameters unknown.
  mutating func runAlone(_ index: Int) {
    let definition = program.routines[index]
    begin(Unit(tree: definition.tree, routine: index, routineName: definition.name, file: definition.tree.source.name))
    unit.searchPath = definition.searchPath
    for parameter in definition.parameters {
      state.cells[variableKey(parameter.name)] = State.Cell(parameter: parameter.name)
      unit.types[variableKey(parameter.name)] = parameter.nativeType
      let typeName = parameter.nativeType.split(separator: " ").first.map(String.init) ?? ""
      let table = asset(named: ObjectName(typeName.split(separator: ".").map { String($0.filter { $0 != "[" && $0 != "]" }) }))
      if let table, table.kind == .tableType {
        state.tables[variableKey(parameter.name)] = Relation(columns: table.columns.map { Relation.Column(name: $0.name, flow: Flow()) })
      }
    }
    if let variable = definition.resultVariable {
      state.tables[variable] = Relation(columns: definition.resultColumns.map { Relation.Column(name: $0, flow: Flow()) })
    }
    if definition.isTriggerFunction {
      // no trigger of the input runs it: what its rows are is not known
      let row = wholeRow(Relation(columns: [], rows: Flow(), open: ObjectName(["{new}"])))
      state.cells["new"] = row
      state.cells["old"] = row
    }
    // a call of it into which nothing flows comes to the same
    let isPlain = definition.isSubject && !definition.isTriggerFunction && !program.usesTexts(index)
    if isPlain {
      writes = []
      faults = [Flow()]
    }
    running = [index]
    inner { $0.run(definition.steps) }
    running = []
    if isPlain {
      let inputs = CallOutcome.Inputs(cells: [], parameters: [], control: Flow(), tables: [:])
      plainSummaries[index] = CallSummary(
        outcome: CallOutcome(inputs: inputs, state: state, returned: returned, results: results, ownTables: ownTables, raised: raised),
        writes: writes ?? [], faults: faults.popLast() ?? Flow(), dependencies: dependencies, existence: existence, ran: ran.union([index]),
        resolves: resolvedParameters)
      writes = nil
    }
  }

  // MARK: functions

  /// A function in an expression: by its summary when its body is known.
  mutating func callFunction(_ index: Int, _ nodes: [NodeID], _ node: NodeID) -> State.Cell {
    let definition = program.routines[index]
    facts.calls.insert(definition.name)
    let given = arguments(nodes[...])
    var plain = Flow()
    for argument in given { plain.add(argument.cell.flow) }
    let outer = results
    results = []
    let takes = definition.parameters.filter { $0.mode != .out || catalog.dialect.procedural == .tsql }
    let bound = bind(takes, given, definition).map { ($0.0, $0.1?.cell, $0.1?.table) }
    let outerControl = self.state.control
    // the rows of the query around it decide how often it is called
    for frame in frames { self.state.control.add(frame.rows) }
    let state = body(index, bound, sharesTables: false, node)
    self.state.control = outerControl
    var value = returned
    for result in results {
      for column in result.columns { value.flow.add(column.flow) }
      value.flow.add(result.rows.influence(.filter))
      if result.columns.count > 1 { value.record = result }
    }
    results = outer
    guard let state else { return State.Cell(flow: plain.transformed()) }
    for parameter in definition.parameters where parameter.mode != .in {
      if let cell = state.cells[variableKey(parameter.name)], !catalog.dialect.features.contains(.top) { value.flow.add(cell.flow) }
    }
    value.flow = value.flow.transformed()
    return value
  }

  /// A table function of the input.
  mutating func callTableFunction(_ index: Int, _ nodes: [NodeID], _ node: NodeID) -> Relation {
    let definition = program.routines[index]
    facts.calls.insert(definition.name)
    let given = arguments(nodes[...])
    let outer = results
    results = []
    let bound = bind(definition.parameters.filter { $0.mode != .out }, given, definition).map { ($0.0, $0.1?.cell, $0.1?.table) }
    let state = body(index, bound, sharesTables: false, node)
    var rows = Relation()
    for result in results { rows.merge(result) }
    results = outer
    if let variable = definition.resultVariable, let table = state?.tables[variable] { rows = table }
    if rows.columns.isEmpty, let record = returned.record, !record.columns.isEmpty { rows.columns = record.columns }
    if rows.columns.isEmpty, !definition.resultColumns.isEmpty, let state {
      rows.columns = definition.resultColumns.map { Relation.Column(name: $0, flow: state.cells[variableKey($0)]?.flow ?? Flow()) }
    }
    if rows.columns.isEmpty {
      var flow = returned.flow
      if state == nil { for argument in given { flow.add(argument.cell.flow) } }
      rows.fallback = flow
      if let record = returned.record { rows.columns = record.columns }
    }
    return definition.resultColumns.isEmpty ? rows : named(rows, definition.resultColumns)
  }

  // MARK: procedures of the server

  /// What a procedure of the server does to columns; answers whether it is one.
  private mutating func systemProcedure(_ name: String, _ given: [Argument], _ node: NodeID) -> Bool {
    switch name {
    case "sp_rename":
      guard given.count == 2, let from = given[0].cell.texts?.first?.text, let to = given[1].cell.texts?.first?.text else { return true }
      let old = ObjectName(from.split(separator: ".").map { String($0.filter { $0 != "[" && $0 != "]" }) })
      rename(old, to: ObjectName(Array(old.parts.dropLast()) + [to]), node)
    case "sp_xml_preparedocument":
      if given.count > 1, let handle = given[0].variable { setCell(handle, State.Cell(flow: given[1].cell.flow.transformed())) }
    case "xp_cmdshell", "sp_execute_external_script", "sp_oamethod":
      noteMoving()
      trouble(.externalCode, node)
    default: return name.hasPrefix("sp_") || name.hasPrefix("xp_")
    }
    return true
  }

  /// A table takes the name of another: its rows are now that one's.
  mutating func rename(_ old: ObjectName, to new: ObjectName, _ node: NodeID) {
    let source = catalog.position(named: old).map { catalog.assets[$0].name } ?? old
    if let columns = made.removeValue(forKey: source) { made[new] = columns }
    guard let position = catalog.position(named: new), !catalog.assets[position].columns.isEmpty else { return }
    noteMoving()
    let target = catalog.assets[position]
    emit(target.name, target.columns.map { column in
      Written(column: column.name, flow: Flow(columns.id(ColumnReference(asset: source, column: column.name))), node: node)
    }, Flow(), node)
  }

  // MARK: sp_executesql

  /// `sp_executesql @text, N'@a int, @b int OUTPUT', @a = ..., @b = ... OUTPUT`.
  private mutating func executeSQL(_ nodes: [NodeID], _ node: NodeID) {
    noteMoving()
    guard let first = nodes.first, let expression = tree.children(first).last else { return }
    var names: [String] = []
    if nodes.count > 1, let declared = tree.children(nodes[1]).last, let text = texts(declared)?.first?.text {
      names = text.split(separator: ",").compactMap { part in
        part.split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" }).first.map { variableKey(String($0)) }
      }.filter { $0.hasPrefix("@") }
    }
    let given = arguments(nodes.dropFirst(2))
    let outer = state
    var inner = state
    inner.cells = [:]
    var outputs: [(String, NodeID)] = []
    for (offset, argument) in given.enumerated() {
      let name = argument.name.map { variableKey($0) } ?? (offset < names.count ? names[offset] : "")
      let cell = argument.cell
      inner.cells[name] = cell
      if let table = argument.table { inner.tables[name] = table }
      if let variable = argument.variable, tree.flags(nodes[offset + 2]) == 1 { outputs.append((name, variable)) }
    }
    let texts = self.texts(expression)
    let callerCells = state.cells
    guard let texts, !texts.isEmpty else {
      trouble(.dynamicText, node, parameter: cell(expression).parameter)
      return
    }
    let chosen = flow(expression)
    state = inner
    let rows = run(texts: texts, chosen: chosen, node)
    let after = state
    state.cells = callerCells
    state.control = outer.control
    for (name, variable) in outputs { if let cell = after.cells[name] { setCell(variable, cell) } }
    if !rows.columns.isEmpty { results.append(rows) }
  }
}
