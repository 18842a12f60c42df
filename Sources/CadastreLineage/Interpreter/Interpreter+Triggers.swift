internal import CadastreDiagnostics
internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreModel
internal import CadastreSQL

extension Interpreter {
  /// Runs the triggers that a write of a table fires, once for each table and event in a unit.
  mutating func fire(_ table: ObjectName, _ event: Keyword, _ written: [String]) {
    for trigger in program.triggers(on: table) where trigger.events.contains(event) && !trigger.isInstead {
      // UPDATE OF: only when one of the columns is set
      if event == .update, !trigger.updated.isEmpty, !trigger.updated.contains(where: { column in written.contains { same($0, column) } }) { continue }
      let key = program.key(trigger.name) + "\u{1}\(event.rawValue)" + program.key(table)
      guard firing.insert(key).inserted, running.count < Interpreter.deepestCall else { continue }
      runAlone(trigger, event)
    }
  }

  /// A trigger on the rows of its table as they stand.
  mutating func runAlone(_ trigger: TriggerDefinition, _ event: Keyword) {
    let position = catalog.position(named: trigger.table)
    dependencies.insert(compared(trigger.table.name))
    var row = Relation(columns: [], rows: Flow(), open: trigger.table)
    if let position {
      let asset = catalog.assets[position]
      var names = asset.columns.map(\.name)
      if names.isEmpty, let view = program.view(asset) { names = viewRows(position, view).columns.map(\.name) }
      if !names.isEmpty { row = base(asset.name, names) }
    }
    run(trigger, trigger.table, new: row, old: row, control: Flow())
  }

  /// Runs a trigger's routine with the rows it sees.
  mutating func run(_ trigger: TriggerDefinition, _ table: ObjectName, new: Relation, old: Relation, control: Flow) {
    let definition = program.routines[trigger.routine]
    let asset = asset(named: table)
    dependencies.insert(compared(definition.name.name))
    let saved = (unit, frames, state, results, returned, suppressed)
    defer { (unit, frames, state, results, returned, suppressed) = saved }
    unit = Unit(tree: definition.tree, routine: trigger.routine, routineName: definition.name, file: definition.tree.source.name)
    frames = []
    state = State()
    state.control = control
    state.cells["new"] = wholeRow(new)
    state.cells["old"] = wholeRow(old)
    if catalog.dialect.procedural == .tsql {
      state.tables["inserted"] = new
      state.tables["deleted"] = old
    }
    unit.searchPath = definition.searchPath
    unit.bindings = trigger.arguments.map { State.Cell(texts: [AbstractText(text: $0)]) }
    for name in trigger.transitions { state.tables[variableKey(name)] = new }
    if let condition = trigger.condition {
      let outer = unit.tree
      unit.tree = trigger.tree
      state.control.add(flow(condition).influence(.conditional))
      unit.tree = outer
    }
    returned = State.Cell()
    suppressed = Flow()
    ran.insert(trigger.routine)
    running.append(trigger.routine)
    inner { $0.run(definition.steps) }
    running.removeLast()
    guard trigger.isBefore, let asset else { return }
    let columns = asset.columns.map { Written(column: $0.name, flow: Flow(), node: definition.node) }
    state.control = Flow()
    if !suppressed.isEmpty { emit(asset.name, columns, suppressed, definition.node) }
    if let changed = returned.record ?? state.cells["new"]?.record { change(asset, changed, definition.node) }
  }

  /// A BEFORE trigger changes the row by assigning to NEW. A column that keeps its value is not written.
  private mutating func change(_ asset: Asset, _ row: Relation, _ node: NodeID) {
    var written: [Written] = []
    for column in row.columns {
      let own = columns.id(ColumnReference(asset: asset.name, column: column.name))
      let flow = column.flow.without(identityOf: own)
      if !flow.isEmpty { written.append(Written(column: column.name, flow: flow, node: node)) }
    }
    emit(asset.name, written + computed(from: written, catalog.position(named: asset.name), node), Flow(), node)
  }
}
