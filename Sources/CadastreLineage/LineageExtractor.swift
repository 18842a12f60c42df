internal import CadastreDiagnostics
public import CadastreCatalog
internal import CadastreDialects
public import CadastreModel
public import CadastreSQL

/// What an analysis of scripts gives: edges, the ledger and a summary of each routine.
public struct LineageResult: Sendable {
  /// Innermost statements, how many were analysed, and how many stand in the ledger.
  public struct Statements: Sendable {
    public var total = 0
    public var analysed = 0
    public var opaque = 0
  }

  public var statements = Statements()
  /// Routines of the subject scripts, in order of definition.
  public var routines: [Routine] = []
  /// Sorted by file, statement, target, source.
  public var edges: [ColumnEdge] = []
  public var unresolved: [Unresolved] = []
  /// The columns of each view that the subjects define, in order.
  public var viewColumns: [ObjectName: [String]] = [:]
}

/// Extracts column lineage from scripts against what they and other scripts define.
public struct LineageExtractor: Sendable {
  public struct Options: Sendable {
    /// Views that only context scripts define are kept as they are rather than expanded to base columns.
    public var keepViews = false

    /// Temporary tables, variables and cursors are shown rather than looked through.
    public var keepTemporaries = false
    /// Rows given to the caller are printed as columns of `{result}`.
    public var results = false

    public init(keepViews: Bool = false, keepTemporaries: Bool = false, results: Bool = false) {
      self.keepViews = keepViews
      self.keepTemporaries = keepTemporaries
      self.results = results
    }
  }

  let catalog: Catalog
  let options: Options

  /// - Parameter catalog: what the subjects and their context define.
  public init(catalog: Catalog, options: Options = Options()) {
    self.catalog = catalog
    self.options = options
  }

  /// Analyses `subjects`; `context` resolves, composes and fires, but has no edges of its own.
  public func extract(_ subjects: [SyntaxTree], context: [SyntaxTree] = []) -> LineageResult {
    var program = Program(catalog: catalog)
    for tree in context { program.add(tree, isSubject: false) }
    for tree in subjects { program.add(tree, isSubject: true) }
    guard let first = subjects.first else { return LineageResult() }
    var interpreter = Interpreter(program: program, tree: first)
    interpreter.expandsViews = !options.keepViews
    interpreter.collapses = !options.keepTemporaries
    interpreter.printsResults = options.results
    for tree in subjects { runScript(tree, &interpreter) }
    for index in program.routines.indices where program.routines[index].isSubject && program.routines[index].kind != .trigger {
      if isTriggerFunction(program.routines[index]) { continue }
      interpreter.runAlone(index)
    }
    fireSubjectTriggers(program, subjects, &interpreter)
    return result(interpreter, program, subjects)
  }

  /// The statements of a script outside its routines, and the queries of its views.
  private func runScript(_ tree: SyntaxTree, _ interpreter: inout Interpreter) {
    var lowering = Lowering(tree)
    let steps = lowering.steps(in: tree.root)
    interpreter.unit = Interpreter.Unit(tree: tree, routine: nil, routineName: nil, file: tree.source.name)
    interpreter.frames = []
    interpreter.state = State()
    interpreter.results = []
    interpreter.run(steps)
  }

  private func isTriggerFunction(_ routine: RoutineDefinition) -> Bool {
    guard let returns = routine.tree.child(routine.node, .returns) else { return false }
    return routine.tree.text(returns).lowercased().hasSuffix("trigger")
  }

  /// Triggers that the subjects themselves define are analysed even when no statement of theirs fires them.
  private func fireSubjectTriggers(_ program: Program, _ subjects: [SyntaxTree], _ interpreter: inout Interpreter) {
    for trigger in program.triggers where subjects.contains(where: { $0 === trigger.tree }) {
      for event in trigger.events { interpreter.fire(trigger.table, event, 0) }
    }
  }

  private func result(_ interpreter: Interpreter, _ program: Program, _ subjects: [SyntaxTree]) -> LineageResult {
    var result = LineageResult()
    let sink = interpreter.sink
    result.viewColumns = sink.viewColumns
    let resolved = { (name: ObjectName?, parameter: String) -> Bool in
      guard let name, let index = program.routines.firstIndex(where: { $0.name == name }) else { return false }
      return interpreter.resolvedParameters.contains("\(index):\(parameter)")
    }
    for edge in sink.edges.values {
      if let hole = pending(edge.source.asset) ?? pending(edge.target.asset), resolved(edge.routine, hole) { continue }
      result.edges.append(edge)
    }
    result.edges = result.edges.map { (SortKey($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    for (key, row) in sink.unresolved {
      if let parameter = key.parameter, resolved(row.routine, interpreter.holeName(parameter)) { continue }
      result.unresolved.append(row)
    }
    result.unresolved.sort { ($0.file, $0.line, $0.reason.rawValue, $0.text) < ($1.file, $1.line, $1.reason.rawValue, $1.text) }
    let troubled = Set(result.unresolved.map { "\($0.file):\($0.line)" })
    for tree in subjects {
      let counts = tree.counts
      result.statements.total += counts.statements
      result.statements.opaque += min(counts.statements, troubled.filter { $0.hasPrefix(tree.source.name + ":") }.count)
    }
    result.statements.analysed = result.statements.total - result.statements.opaque
    for definition in program.routines where definition.isSubject { result.routines.append(routine(definition, sink, result.unresolved)) }
    return result
  }

  /// What a caller has to give for a name to mean something: a parameter's value, or a temporary table of that name.
  private func pending(_ name: ObjectName) -> String? {
    guard name.parts.count == 1 else { return nil }
    return name.name.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "_" }
  }

  private func routine(_ definition: RoutineDefinition, _ sink: Sink, _ unresolved: [Unresolved]) -> Routine {
    let facts = sink.facts[definition.name] ?? Sink.Facts()
    let stillOpen = unresolved.contains { $0.routine == definition.name }
    let troubled = stillOpen ? facts.troubled.intersection(facts.moving).count : 0
    let range = definition.tree.range(definition.node)
    let nodes = definition.tree.descendants(definition.node)
    return Routine(
      name: definition.name, kind: definition.kind, dialect: catalog.dialect.name,
      parameters: definition.parameters.map { Parameter(name: $0.name, nativeType: $0.nativeType, mode: $0.mode, defaultValue: $0.defaultText) },
      source: definition.tree.text(definition.node),
      definedAt: SourceSpan(
        file: definition.tree.source.name, line: definition.tree.position(definition.node).line, start: Int(range.lower), end: Int(range.upper)),
      reads: facts.reads.sorted(), writes: facts.writes.sorted(), calls: facts.calls.sorted(),
      coverage: facts.moving.isEmpty ? 1 : Double(facts.moving.count - troubled) / Double(facts.moving.count),
      statements: nodes.filter { definition.tree.kind($0).isStatement }.count,
      unparsed: nodes.filter { definition.tree.kind($0).isUnread }.count)
  }
}

/// The order edges are printed in: file, statement, target, source, and then whatever makes it total.
private struct SortKey: Comparable {
  let file: String
  let statement: Int
  let rest: [String]

  init(_ edge: ColumnEdge) {
    file = edge.file
    statement = edge.statement
    rest = [edge.target.rendered, edge.source.rendered, edge.routine?.rendered ?? "", edge.kind.rawValue, edge.subtype.rawValue]
  }

  static func < (left: SortKey, right: SortKey) -> Bool {
    if left.file != right.file { return left.file < right.file }
    if left.statement != right.statement { return left.statement < right.statement }
    return left.rest.lexicographicallyPrecedes(right.rest)
  }
}
