internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreDiagnostics
internal import CadastreModel
internal import CadastreSQL

/// Runs steps over abstract values and notes an edge for every column that reaches a table.
///
/// One value per analysis. `frames` is the stack of query scopes, `state` what variables and temporary tables hold, `unit` the text being read.
struct Interpreter {
  let program: Program
  let names: NameRule
  var columns = ColumnTable()
  var sink = Sink()
  /// Folded last names of all that was looked up: when one of them changes, this analysis may.
  var dependencies: Set<String> = []
  /// Permanent tables by the text that names them, and their rows and views' rows by index in the catalogue.
  var tableCache: [String: CachedTable] = [:]
  var baseCache: [Int: Relation] = [:]
  var viewCache: [Int: (rows: Relation, dependencies: Set<String>)] = [:]
  /// Functions by the text that names them.
  var callNumbers: [String: Int] = [:]
  var callNames: [CallName] = []
  /// The text of the expression that edges were last noted for.
  var lastExpression: (tree: SyntaxTree, node: NodeID, line: Int32, expression: Int32)?
  /// The texts of expressions, by the numbers that edges have for them.
  var expressions: [String] = []
  var expressionNumbers: [ExpressionKey: Int32] = [:]
  var state = State()
  var unit: Unit
  var frames: [Frame] = []
  /// Rows that the running routine gives to its caller.
  var results: [Relation] = []
  /// The value that a function returns.
  var returned = State.Cell()
  /// Columns of permanent tables that the running unit has made from queries.
  var made: [ObjectName: [String]] = [:]
  /// Temporary tables that the running routine made itself, where they end with it.
  var ownTables: Set<String> = []
  /// What decides that a BEFORE trigger keeps a row from being written.
  var suppressed = Flow()
  /// Routines being run, to end recursion.
  var running: [Int] = []
  /// Calls that were followed in this unit, and what they came to.
  var calls = 0
  var outcomes: [Int: [CallOutcome]] = [:]
  /// What routines come to, of any unit: with nothing flowing in, and with their parameters as columns. What they write is found by their own units.
  var plainSummaries: [Int: CallSummary] = [:]
  var summaries: [Int: CallSummary] = [:]
  /// Routines that have no summary, since they depend on what flows in.
  var followedOnly: Set<Int> = []
  /// The columns that stand for parameters, from the first on.
  var parameterColumns: ColumnID?
  /// What a routine being summarised comes to depends on the type of a column that flows in.
  var readsParameterType = false
  /// Writes of the plain call that is being run; `nil` outside of one.
  var writes: [TableWrite]?
  /// Routines that the unit has run: those it calls, those that they call, triggers.
  var ran: Set<Int> = []
  /// Parameters that some call of the input gives a known text: `routine index`, name.
  var resolvedParameters: Set<String> = []
  var firing: Set<String> = []
  var nextHole = 1
  var nextBranch = 0
  var loopDepth = 0
  /// The routine, and the loops, labelled blocks and protected bodies around the current point.
  var levels: [Level] = [Level(kind: .routine)]
  /// Paths that have jumped to a label which has not come yet.
  var gotos: [String: State] = [:]
  /// The refusals of rows that the handlers around the current point catch, innermost last.
  var caught: [Step.Refusals] = []
  /// Handlers around the current point.
  var handling = 0
  /// What decides that the running routine ends with an error which it does not catch.
  var raised = Flow()
  /// Rows of permanent tables that the unit has written: what decides which are there.
  var existence: [ObjectName: Existence] = [:]
  /// Casts that may fail, of the protected bodies around the current point.
  var faults: [Flow] = []
  var expandsViews = true
  /// Temporary tables, variables and cursors are looked through.
  var collapses = true
  /// Rows given to the caller are printed as `{result}`.
  var printsResults = false
  /// Named windows of the query being read.
  var windowDefinitions: [String: NodeID] = [:]
  /// ORDER BY and LIMIT of the query whose SELECT comes next.
  var queryOrder: NodeID?
  var queryLimit = false
  /// By what the rows of the query that comes next are sorted is asked for; and the answer.
  var wantsOrder = false
  var rowOrder = Flow()
  /// The outermost query's order matters: it is a cursor's.
  var keepsOrder = false
  /// The query whose SELECT comes next is gone through row by row: its rows decide about what is done for each.
  var queryIsControl = false
  /// What texts a value can be is asked for: it may become dynamic SQL.
  var wantsTexts = true
  /// Only whether the query has rows matters: EXISTS (SELECT * ...).
  var onlyExists = false
  /// The column for which `COLUMNS(...)` stands at the moment.
  var columnsValue: Relation.Column?

  /// Views and queries through which the current write goes.
  var throughDepth = 0

  /// Most views and queries, one through the other, that a write goes through: definitions may go in circles.
  static let deepestWrite = 32
  /// Longest chain of calls that is followed, most calls in one unit, and how often one routine may be within itself.
  static let deepestCall = 24
  static let mostCalls = 2_000
  static let deepestRecursion = 3
  /// Rounds after which a loop's state is taken as it is.
  static let mostRounds = 6

  /// The text that nodes belong to, and to whom its statements are attributed.
  struct Unit: Sendable {
    var tree: SyntaxTree
    var routine: Int?
    var routineName: ObjectName?
    /// Ordinal of the running statement.
    var ordinal = 1
    /// For dynamic SQL: the statement of the file that runs it.
    var line: Int?
    var file: String
    var holes: [Hole] = []
    /// Values of `$1`, `$2` ... in dynamic SQL, or of an unnamed parameter.
    var bindings: [State.Cell] = []
    /// Declared types of variables and parameters, by compared name.
    var types: [String: String] = [:]
    /// Cursors whose query is run when they are opened: their declarations.
    var cursors: [String: NodeID] = [:]
    /// Schemas in which names without one are looked up, first found first; empty for the dialect's default.
    var searchPath: [String] = []
    /// A comment says what the running statement does: what cannot be read of it is no gap.
    var isExplained = false
    /// Other names of variables.
    var aliases: [String: String] = [:]
    /// Labels of the blocks around the current point, with the variables they declare, outermost first.
    var scopes: [(label: String?, names: [String])] = []
  }

  /// The names visible in one query.
  struct Frame: Sendable {
    struct Entry: Sendable {
      var alias: String
      var name: ObjectName?
      var relation: Relation
      /// Columns merged by USING or NATURAL, hidden on this side.
      var hidden: Set<String> = []
    }

    var entries: [Entry] = []
    var ctes: [(name: String, relation: Relation)] = []
    /// Select aliases, where the dialect lets them be seen.
    var aliases: [(name: String, flow: Flow)] = []
    /// What decides about the rows, as far as it has been read.
    var rows = Flow()
    /// What functions of the select list make several rows of.
    var unnested = Flow()
    /// By what the rows of its derived tables are sorted: aggregates that keep the order of their rows take it over.
    var order = Flow()
  }

  init(program: Program, tree: SyntaxTree) {
    self.program = program
    self.names = program.catalog.names
    self.unit = Unit(tree: tree, routine: nil, routineName: nil, file: tree.source.name)
  }

  var catalog: Catalog { _read { yield program.catalog } }
  var tree: SyntaxTree { _read { yield unit.tree } }

  /// What is known of the running routine.
  var facts: Sink.Facts {
    _read { yield sink.facts[unit.routine ?? Sink.script, default: Sink.Facts()] }
    _modify { yield &sink.facts[unit.routine ?? Sink.script, default: Sink.Facts()] }
  }

  /// Notes that the running statement moves data.
  mutating func noteMoving() { facts.moving.insert(unit.ordinal) }

  @inline(__always)
  func compared(_ name: String) -> String { catalog.compared(name) }

  @inline(__always)
  func same(_ left: String, _ right: String) -> Bool { names.same(left, right) }

  /// A variable's key: without regard to case in every procedural family; PL/pgSQL quotes are rare there.
  @inline(__always)
  func variableKey(_ text: String) -> String {
    var key = text.lowercased()
    if key.hasPrefix("\""), key.hasSuffix("\""), key.utf8.count > 2 { key = String(key.dropFirst().dropLast()) }
    return unit.aliases.isEmpty ? key : unit.aliases[key] ?? key
  }

  /// Starts a unit of analysis: nothing of the one before is left but what is known of the catalogue.
  mutating func begin(_ unit: Unit) {
    self.unit = unit
    sink = Sink()
    dependencies = []
    made = [:]
    ownTables = []
    frames = []
    state = State()
    results = []
    returned = State.Cell()
    calls = 0
    outcomes = [:]
    firing = []
    resolvedParameters = []
    ran = []
    writes = nil
    nextHole = 1
    nextBranch = 0
    running = []
    levels = [Level(kind: .routine)]
    gotos = [:]
    faults = []
    caught = []
    raised = Flow()
    existence = [:]
  }

  // MARK: findings

  @inline(__always)
  func line(_ node: NodeID) -> Int { unit.line ?? tree.position(node).line }

  mutating func trouble(_ reason: UnresolvedReason, _ node: NodeID, hint: String? = nil, parameter: String? = nil) {
    guard !unit.isExplained else { return }
    var text = tree.text(node, limit: 200)
    for hole in unit.holes where text.contains(hole.word) { text = text.split(separator: hole.word, omittingEmptySubsequences: false).joined(separator: "{\(hole.name)}") }
    let fallback: String
    switch reason {
    case .dynamicName, .dynamicText, .externalCode, .remote, .unparsed: fallback = "-- cadastre: reads schema.table; writes schema.table"
    case .unknownObject, .unknownColumns: fallback = "add the definition of the object to the input (--ddl)"
    case .ambiguous: fallback = "qualify the column with its table"
    }
    sink.add(
      Unresolved(
        file: unit.file, line: line(node), routine: unit.routineName, reason: reason, text: text, hint: hint ?? fallback),
      routine: unit.routine ?? Sink.script, statement: unit.ordinal, parameter: parameter)
  }

  // MARK: steps

  mutating func run(_ step: Step) {
    switch step.operation {
    case .query: queryStatement(step.node)
    case .data: dataStatement(step.node)
    case .assign(let target, let value, let compound): assign(target, value, compound)
    case .declareVariable(let name, let type, let value): declare(name, type, value)
    case .declareTable(let name):
      state.tables[variableKey(tree.text(name))] = declaredTable(step.node)
    case .declareCursor(let name, let query):
      let key = variableKey(tree.text(name))
      if catalog.dialect.procedural != .tsql, query != nil {
        unit.cursors[key] = step.node
        state.cursors[key] = Relation()
      } else if let query {
        state.cursors[key] = shown(orderedRows(query), key, query)
      } else {
        state.cursors[key] = Relation()
      }
    case .branch(let operand, let arms, let otherwise): branch(operand, arms, otherwise)
    case .loop(let label, let condition, let body): loop(label, condition, body)
    case .count(let label, let variables, let bounds, let body):
      var flow = Flow()
      for bound in bounds { flow.add(self.flow(bound)) }
      let elements = bounds.count == 1 ? bounds.first.flatMap { cell($0).texts ?? texts($0) } : nil
      for variable in variables { setCell(variable, State.Cell(flow: flow.transformed(), texts: elements)) }
      repeatBody(label, control: flow.influence(.conditional)) { $0.run(body) }
    case .rows(let label, let variables, let source, let body): rowLoop(label, variables, source, body)
    case .labelled(let label, let body):
      let outer = state.control
      enter(Level(kind: .block, label: label))
      run(body)
      leave()
      state.control = outer.adding(state.departed)
    case .protected(let body, let handlers): protected(body, handlers)
    case .open(let cursor, let query):
      let key = variableKey(tree.text(cursor))
      guard let query, unit.cursors[key] == nil else {
        if let declared = unit.cursors[key] { state.cursors[key] = opened(declared, tree.children(step.node).dropFirst(), key) }
        return
      }
      if tree.kind(query) == .executeDynamic {
        state.cursors[key] = dynamicRelation(query)
      } else {
        state.cursors[key] = shown(orderedRows(query), key, query)
      }
    case .fetch(let cursor, let into): fetch(cursor, into)
    case .call: execute(step.node)
    case .dynamic: dynamicStatement(step.node)
    case .give(let value, let row, let ends): give(value, row: row, ends: ends)
    case .exit(let label, let again, let condition): exit(label, again, condition)
    case .goto(let label): goto(label)
    case .label: break
    case .fail(let certain): fail(certain)
    case .definition: define(step.node)
    case .evaluate(let node):
      if tree.kind(node) == .query { noteRows(relation(node).rows) } else { _ = flow(node) }
    case .receive: receive(step.node)
    case .refresh(let name): refresh(name, step.node)
    case .searchPath(let schemas): unit.searchPath = schemas
    case .rowLimit(let value): state.cells["set rowcount"] = State.Cell(flow: flow(value).influence(.filter))
    case .alias(let name, let variable):
      let key = variableKey(tree.text(variable))
      unit.aliases[variableKey(tree.text(name))] = key
    case .scope(let label, let names, let body): scope(label, names, body)
    case .rowCount(let variables):
      let rows = state.cells["found"]?.flow ?? Flow()
      for variable in variables { setCell(variable, State.Cell(flow: rows)) }
    case .unread:
      noteMoving()
      trouble(.unparsed, step.node)
    }
  }

  /// A cursor's rows: their order decides what a loop over them sees first.
  private mutating func orderedRows(_ node: NodeID) -> Relation {
    keepsOrder = true
    defer { keepsOrder = false }
    return relation(node)
  }

  /// A declared cursor's rows, its parameters bound as it is opened.
  private mutating func opened(_ declaration: NodeID, _ arguments: ArraySlice<NodeID>, _ key: String) -> Relation {
    guard let query = tree.child(declaration, .query) else { return Relation() }
    let parameters = tree.child(declaration, .parameterList).map { tree.children($0, .parameterItem) } ?? []
    let names = parameters.map { tree.child($0, .identifier).map { variableKey(tree.text($0)) } ?? "" }
    let outer = names.map { state.cells[$0] }
    var position = 0
    for argument in arguments {
      if tree.kind(argument) == .namedArgument, let name = tree.children(argument).first, let value = tree.children(argument).last {
        state.cells[variableKey(tree.text(name))] = cell(value)
      } else if position < names.count {
        state.cells[names[position]] = cell(argument)
        position += 1
      }
    }
    let rows = shown(orderedRows(query), key, query)
    for (name, cell) in zip(names, outer) { state.cells[name] = cell }
    return rows
  }

  private mutating func rowLoop(_ label: String?, _ variables: [NodeID], _ source: NodeID, _ body: [Step]) {
    let rows: Relation
    switch tree.kind(source) {
    case .executeDynamic: rows = dynamicRelation(source)
    case .name where unit.cursors[variableKey(tree.text(source))] != nil:
      let key = variableKey(tree.text(source))
      rows = unit.cursors[key].map { opened($0, [], key) } ?? Relation()
    case .name where state.cursors[variableKey(tree.text(source))] != nil: rows = state.cursors[variableKey(tree.text(source))] ?? Relation()
    case .call:
      let name = tree.children(source).first.map { variableKey(tree.text($0)) } ?? ""
      if let declared = unit.cursors[name] {
        rows = opened(declared, tree.children(source).dropFirst(), name)
      } else if let cursor = state.cursors[name] {
        rows = cursor
      } else {
        rows = relation(source)
      }
    default: rows = orderedRows(source)
    }
    repeatBody(label, control: rows.rows.influence(.conditional)) { interpreter in
      interpreter.bind(variables, rows)
      interpreter.run(body)
    }
  }

  /// Puts a row into variables: one record, or a scalar for each column.
  mutating func bind(_ variables: [NodeID], _ row: Relation) {
    if variables.count == 1, let variable = variables.first {
      let key = variableKey(tree.text(variable))
      let isRecord = state.cells[key]?.record != nil || row.columns.count != 1 || state.cells[key] == nil
      if isRecord, tree.nodes[variable].endToken - tree.nodes[variable].firstToken == 1 {
        var record = row
        // a declared row keeps its field names
        if isDeclaredRow(key), let declared = state.cells[key]?.record, !declared.columns.isEmpty, declared.columns.count == row.columns.count,
          declared.fallback == nil
        {
          for index in record.columns.indices { record.columns[index].name = declared.columns[index].name }
        }
        let decides = state.control.adding(row.rows.influence(.filter))
        for index in record.columns.indices { record.columns[index].flow.add(decides) }
        record.rows = Flow()
        var all = Flow()
        for column in record.columns { all.add(column.flow) }
        state.cells[key] = State.Cell(flow: all, texts: nil, record: record)
        return
      }
    }
    for (index, variable) in variables.enumerated() {
      let column = index < row.columns.count ? row.columns[index] : nil
      var flow = column?.flow ?? row.fallback ?? Flow()
      flow.add(row.rows.influence(.filter))
      setCell(variable, State.Cell(flow: flow, texts: column?.texts))
    }
  }

  private mutating func fetch(_ cursor: NodeID, _ into: [NodeID]) {
    let rows = state.cursors[variableKey(tree.text(cursor))] ?? Relation()
    bind(into, rows)
    let status = State.Cell(flow: rows.rows.influence(.filter))
    state.cells["@@fetch_status"] = status
    state.cells["found"] = status
  }

  // MARK: variables

  /// Whether a variable is declared as a row of a table or composite type, whose fields keep their names; a `record` takes those of what it is given.
  private func isDeclaredRow(_ key: String) -> Bool { unit.types[key].map { $0.lowercased() != "record" } ?? false }

  /// Gives a variable, or a field of a record variable, a new value.
  mutating func setCell(_ target: NodeID, _ value: State.Cell, compound: Bool = false) {
    var value = value
    value.flow.add(state.control)
    let parts = tree.kind(target) == .subscript ? tree.nameParts(tree.children(target).first ?? target) : tree.nameParts(target)
    let weak = compound || tree.kind(target) == .subscript
    guard let first = parts.first else { return }
    var key = variableKey(first.text)
    var fields = parts.dropFirst().map { catalog.folded($0.text, quoted: $0.quoted) }
    if !fields.isEmpty, let labelled = labelled(key, fields[0]) {
      key = labelled
      fields.removeFirst()
    }
    // `routine.variable`
    if !fields.isEmpty, state.cells[key] == nil, let name = unit.routineName, variableKey(name.name) == key {
      key = variableKey(fields.removeFirst())
    }
    if let field = fields.first {
      var cell = state.cells[key] ?? State.Cell()
      var record = cell.record ?? Relation()
      if let index = record.columns.firstIndex(where: { same($0.name, field) }) {
        record.columns[index].flow = value.flow
        record.columns[index].texts = value.texts
      } else {
        record.columns.append(Relation.Column(name: field, flow: value.flow, texts: value.texts))
      }
      var all = Flow()
      for column in record.columns { all.add(column.flow) }
      cell.record = record
      cell.flow = all
      state.cells[key] = cell
      return
    }
    if var record = value.record {
      if isDeclaredRow(key), let declared = state.cells[key]?.record, !declared.columns.isEmpty, declared.columns.count == record.columns.count,
        declared.fallback == nil
      {
        for index in record.columns.indices { record.columns[index].name = declared.columns[index].name }
      }
      for index in record.columns.indices { record.columns[index].flow.add(state.control) }
      value.record = record
    } else if let declared = state.cells[key]?.record {
      // a value without fields into a record: every field may come of it
      value.record = declared
      for index in declared.columns.indices { value.record?.columns[index].flow = value.flow }
    }
    if weak, let old = state.cells[key] { value.flow.add(old.flow.transformed()) }
    if !collapses, value.record == nil { value.flow = shown(value.flow, first.text, target) }
    state.cells[key] = value
  }

  private mutating func assign(_ target: NodeID, _ value: NodeID, _ compound: Bool) {
    if tree.kind(target) == .variable, tree.kind(value) == .name || tree.kind(value) == .variable, let cursor = state.cursors[variableKey(tree.text(value))] {
      // SET @c = cursor
      state.cursors[variableKey(tree.text(target))] = cursor
      return
    }
    if !faults.isEmpty, let type = unit.types[variableKey(tree.text(target))] { noteFault(flow(value), becoming: type) }
    if compound, tree.kind(target) == .variable {
      let key = variableKey(tree.text(target))
      var cell = self.cell(value)
      if let old = state.cells[key] {
        cell.texts = old.texts.flatMap { left in cell.texts.flatMap { AbstractText.product(left, $0) } }
        cell.flow = cell.flow.adding(old.flow).transformed()
      }
      return setCell(target, cell)
    }
    setCell(target, cell(value))
  }

  private mutating func declare(_ name: NodeID, _ type: NodeID?, _ value: NodeID?) {
    let key = variableKey(tree.text(name))
    if let type { unit.types[key] = tree.text(type) }
    var cell = value.map { self.cell($0) } ?? State.Cell()
    if let type { noteFault(cell.flow, becoming: tree.text(type)) }
    if let type, value == nil || cell.record == nil {
      let text = tree.text(type)
      let lowered = text.lowercased()
      if lowered == "record" {
        cell.record = Relation()
      } else if let typeName = tree.child(type, .name) {
        let table = lowered.hasSuffix("%rowtype") || !lowered.contains("%") ? asset(named: catalog.objectName(typeName, in: tree)) : nil
        if let table, table.kind == .tableType, key.hasPrefix("@") {
          state.tables[key] = Relation(columns: table.columns.map { Relation.Column(name: $0.name, flow: Flow()) })
          return
        }
        if let table, lowered.hasSuffix("%rowtype") || tree.nameParts(typeName).count > 1 || table.kind == .table {
          cell.record = Relation(columns: table.columns.map { Relation.Column(name: $0.name, flow: cell.flow) })
        }
      }
    }
    if value == nil, !key.hasPrefix("@") { cell.texts = nil }
    state.cells[key] = cell
    if value != nil {
      state.cells[key]?.flow.add(state.control)
      if !collapses, cell.record == nil {
        let own = shown(cell.flow.adding(state.control), tree.text(name), name)
        state.cells[key]?.flow = own
      }
    }
  }

  mutating func declaredTable(_ node: NodeID) -> Relation {
    var table = Relation()
    var computed: [(place: Int, value: NodeID)] = []
    for item in tree.children(node, .columnItem) {
      guard let name = tree.child(item, .identifier) else { continue }
      var column = Relation.Column(name: catalog.columnName(of: name, in: tree), flow: Flow())
      if let clause = tree.child(item, .computedClause), let value = tree.children(clause).first {
        column.isGenerated = true
        computed.append((table.columns.count, value))
      }
      if tree.child(item, .identityClause) != nil { column.isGenerated = true }
      table.columns.append(column)
    }
    guard !computed.isEmpty else { return table }
    // how the other columns bear on a computed one: its expression over a row of them
    let row = ObjectName(["{row}"])
    frames.append(Frame(entries: [Frame.Entry(alias: "", name: nil, relation: base(row, table.columns.map(\.name)))]))
    defer { frames.removeLast() }
    for (place, value) in computed {
      for entry in flow(value).entries {
        let source = columns.reference(entry.column)
        if source.asset == row, let name = source.column { table.columns[place].computedFrom[name] = entry.uses }
      }
    }
    return table
  }

  private mutating func give(_ value: NodeID?, row: Bool, ends: Bool) {
    defer { if ends { jump(.leave(0)) } }
    if let value, !row, tree.kind(value) == .wordValue, tree.firstToken(value).keyword == .null { suppressed.add(state.control) }
    guard let value else {
      if row {
        // RETURN NEXT of the OUT parameters
        if let index = unit.routine {
          let definition = program.routines[index]
          results.append(
            Relation(
              columns: definition.resultColumns.map {
                Relation.Column(name: $0, flow: (state.cells[variableKey($0)]?.flow ?? Flow()).adding(state.control))
              }))
        }
      }
      return
    }
    let kind = tree.kind(value)
    if row || kind == .query || (kind == .subquery && ends) {
      var result: Relation
      if kind == .executeDynamic {
        result = dynamicRelation(value)
      } else if kind == .query || kind == .subquery || kind == .insert || kind == .update || kind == .delete {
        result = relation(value)
      } else {
        let cell = cell(value)
        result = cell.record ?? Relation(columns: [Relation.Column(name: "", flow: cell.flow)])
      }
      result.rows.add(state.control)
      if printsResults { emitResult(result, value) }
      if row || kind != .subquery { results.append(result) }
      if !row { returned.flow.add((result.columns.first?.flow ?? Flow()).adding(result.rows.influence(.filter))) }
      if kind == .subquery { results.append(result) }
      return
    }
    var cell = cell(value)
    cell.flow.add(state.control)
    returned.flow.add(cell.flow)
    returned.record = cell.record ?? returned.record
    returned.texts = cell.texts
  }
}
