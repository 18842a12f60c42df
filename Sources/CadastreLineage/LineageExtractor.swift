internal import CadastreDiagnostics
public import CadastreCatalog
internal import CadastreDialects
public import CadastreModel
public import CadastreSQL

/// Extracts column lineage from scripts against what they and other scripts define.
///
/// The work falls into units that do not need each other: `analyse` may run on several threads, `result` puts together what they found.
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

  /// What one unit gave, before it is put together with the others.
  public struct Findings: Sendable {
    var unit: LineageResult.Unit
    /// The columns that its edges name by index; shared by the units of one range.
    var columns: [ColumnReference] = []
    /// The range it was analysed in: units of one range share `columns`.
    var range = 0
    /// Index of its routine, `Sink.script` for a script.
    var routine: Int
    /// Of the edges, which routine's text each stands in.
    var owners: [Int32]
    /// Rows of the ledger with the parameter whose value would resolve them.
    var rows: [Sink.UnresolvedKey]
    var facts: [Int: Sink.Facts]
    var resolvedParameters: Set<String>
    /// Other routines that it has run.
    var ran: Set<Int>
    var viewColumns: [ObjectName: [String]]
  }

  private enum Work: Sendable {
    case script(SyntaxTree)
    case routine(Int)
    case trigger(Int)
  }

  let program: Program
  let subjects: [SyntaxTree]
  let options: Options
  private let work: [Work]

  /// - Parameters:
  ///   - catalog: what the subjects and their context define.
  ///   - subjects: the scripts whose statements give edges.
  ///   - context: scripts that resolve, compose and fire, but have no edges of their own.
  public init(catalog: Catalog, subjects: [SyntaxTree], context: [SyntaxTree] = [], options: Options = Options()) {
    var program = Program(catalog: catalog)
    for tree in context { program.add(tree, isSubject: false) }
    for tree in subjects { program.add(tree, isSubject: true) }
    program.finish()
    self.program = program
    self.subjects = subjects
    self.options = options
    var routines: [ObjectIdentifier: [Work]] = [:]
    for (index, routine) in program.routines.enumerated() where routine.isSubject && routine.kind != .trigger
      && !(routine.isTriggerFunction && program.triggerFunctions.contains(index))
    {
      routines[ObjectIdentifier(routine.tree), default: []].append(.routine(index))
    }
    // triggers that the subjects define are analysed even when no statement of theirs fires them
    for (index, trigger) in program.triggers.enumerated() { routines[ObjectIdentifier(trigger.tree), default: []].append(.trigger(index)) }
    work = subjects.flatMap { [.script($0)] + (routines[ObjectIdentifier($0)] ?? []) }
  }

  /// How many units of work there are.
  public var unitCount: Int { work.count }

  /// What a unit is of: a routine by its name as printed, or (`nil`) the statements of a script; and its file.
  public func key(of unit: Int) -> (routine: String?, file: String) {
    switch work[unit] {
    case .script(let tree): (nil, tree.source.name)
    case .routine(let routine): (program.routines[routine].name.rendered, program.routines[routine].tree.source.name)
    case .trigger(let trigger): (program.routines[program.triggers[trigger].routine].name.rendered, program.triggers[trigger].tree.source.name)
    }
  }

  /// The units of the routines that some findings have run: with them among the findings, what is theirs is said once.
  public func unitsRun(by findings: [Findings]) -> [Int] {
    let ran = findings.reduce(into: Set<Int>()) { $0.formUnion($1.ran) }
    let done = Set(findings.map(\.routine))
    return work.indices.filter { index in
      switch work[index] {
      case .script: false
      case .routine(let routine): ran.contains(routine) && !done.contains(routine)
      case .trigger(let trigger): ran.contains(program.triggers[trigger].routine) && !done.contains(program.triggers[trigger].routine)
      }
    }
  }

  /// The units that are wanted.
  public func units(where isWanted: (_ routine: String?, _ file: String) -> Bool) -> [Int] {
    work.indices.filter { index in
      let key = key(of: index)
      return isWanted(key.routine, key.file)
    }
  }

  /// Analyses some units. Several calls may run at the same time.
  public func analyse(_ range: some Collection<Int>) -> [Findings] {
    guard let first = subjects.first else { return [] }
    var interpreter = Interpreter(program: program, tree: first)
    interpreter.expandsViews = !options.keepViews
    interpreter.collapses = !options.keepTemporaries
    interpreter.printsResults = options.results
    var found = range.map { index in
      switch work[index] {
      case .script(let tree):
        interpreter.begin(Interpreter.Unit(tree: tree, routine: nil, routineName: nil, file: tree.source.name))
        var lowering = Lowering(tree)
        interpreter.run(lowering.steps(in: tree.root))
        return findings(&interpreter, nil, tree.source.name)
      case .routine(let routine):
        interpreter.runAlone(routine)
        return findings(&interpreter, routine, program.routines[routine].tree.source.name)
      case .trigger(let index):
        let trigger = program.triggers[index]
        interpreter.begin(Interpreter.Unit(tree: trigger.tree, routine: nil, routineName: nil, file: trigger.tree.source.name))
        for event in trigger.events.sorted(by: { $0.rawValue < $1.rawValue }) where Keyword.triggerEvents.contains(event) {
          interpreter.runAlone(trigger, event)
        }
        return findings(&interpreter, trigger.routine, trigger.tree.source.name)
      }
    }
    for index in found.indices {
      found[index].columns = interpreter.columns.references
      found[index].range = range.first ?? 0
    }
    return found
  }

  /// Analyses everything on this thread.
  public func extract() -> LineageResult { result(of: analyse(0..<unitCount)) }

  private func findings(_ interpreter: inout Interpreter, _ routine: Int?, _ file: String) -> Findings {
    let sink = interpreter.sink
    var unit = LineageResult.Unit(routine: routine.map { program.routines[$0].name }, file: file)
    unit.dependencies = interpreter.dependencies.sorted()
    unit.edges.reserveCapacity(sink.edges.count)
    var owners: [Int32] = []
    owners.reserveCapacity(sink.edges.count)
    for (key, body) in sink.edges {
      let owner = key.routine < 0 ? nil : program.routines[Int(key.routine)]
      let subtype = EdgeSubtype.allCases[Int(key.subtype)]
      unit.edges.append(
        LineageResult.Edge(
          source: key.source, target: key.target, columns: body.columns, subtype: subtype, origin: body.origin, routine: owner?.name, file: owner?.tree.source.name ?? file, line: body.line,
          statement: Int(key.statement), expression: body.expression, confidence: body.candidates == 1 ? 1 : 1 / Double(body.candidates)))
      owners.append(key.routine)
    }
    return Findings(
      unit: unit, routine: routine ?? Sink.script, owners: owners, rows: Array(sink.unresolved), facts: sink.facts,
      resolvedParameters: interpreter.resolvedParameters, ran: interpreter.ran.subtracting([routine ?? Sink.script]), viewColumns: sink.viewColumns)
  }
}
