internal import CadastreDiagnostics
public import CadastreCatalog
internal import CadastreDialects
internal import CadastreModel
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
    /// What its edges name; shared by the units of one range. Their owners are the program's routines, then the subjects' scripts.
    var names = EdgeNames()
    /// The range it was analysed in.
    var range = 0
    /// Index of its routine, `Sink.script` for a script.
    var routine: Int
    /// Rows of the ledger with the parameter whose value would resolve them.
    var rows: [Sink.UnresolvedKey]
    var facts: [Int: Sink.Facts]
    var resolvedParameters: Set<String>
    /// Other routines that it has run.
    var ran: Set<Int>
    var viewColumns: [ObjectName: [String]]
  }

  private enum Work: Sendable {
    /// Position among the subjects.
    case script(Int)
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
    work = subjects.enumerated().flatMap { [.script($0)] + (routines[ObjectIdentifier($1)] ?? []) }
  }

  /// How many units of work there are.
  public var unitCount: Int { work.count }

  /// What a unit is of: a routine by its name as printed, or (`nil`) the statements of a script; and its file.
  public func key(of unit: Int) -> (routine: String?, file: String) {
    switch work[unit] {
    case .script(let script): (nil, subjects[script].source.name)
    case .routine(let routine): (program.routines[routine].name.rendered, program.routines[routine].tree.source.name)
    case .trigger(let trigger): (program.routines[program.triggers[trigger].routine].name.rendered, program.triggers[trigger].tree.source.name)
    }
  }

  /// The units of the routines that some findings have run: with them among the findings, what is theirs is said once.
  ///
  /// - Parameter own: the units of the findings. A trigger's function has one for each trigger.
  public func unitsRun(by findings: [Findings], beside own: [Int]) -> [Int] {
    let ran = findings.reduce(into: Set<Int>()) { $0.formUnion($1.ran) }
    let done = Set(own)
    return work.indices.filter { index in
      if done.contains(index) { return false }
      return switch work[index] {
      case .script: false
      case .routine(let routine): ran.contains(routine)
      case .trigger(let trigger): ran.contains(program.triggers[trigger].routine)
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
    var lists = ListTable()
    // what is called comes first, so that a call finds its outcome; the findings come in the order asked for
    let places = Array(range)
    let order = places.indices.sorted { rank(places[$0]) < rank(places[$1]) }
    var byPlace = [Findings?](repeating: nil, count: places.count)
    for place in order { byPlace[place] = findings(places[place], &interpreter, &lists) }
    var found = byPlace.compactMap { $0 }
    var names = EdgeNames()
    names.columns = interpreter.columns.references
    names.expressions = interpreter.expressions
    names.lists = lists.lists
    for index in found.indices {
      found[index].names = names
      found[index].range = range.first ?? 0
    }
    return found
  }

  private func rank(_ unit: Int) -> Int {
    switch work[unit] {
    case .script: -1
    case .routine(let routine): program.ranks[routine]
    case .trigger(let trigger): program.ranks[program.triggers[trigger].routine]
    }
  }

  private func findings(_ index: Int, _ interpreter: inout Interpreter, _ lists: inout ListTable) -> Findings {
    switch work[index] {
    case .script(let script):
      let tree = subjects[script]
      interpreter.begin(Interpreter.Unit(tree: tree, routine: nil, routineName: nil, file: tree.source.name))
      var lowering = Lowering(tree)
      interpreter.run(lowering.steps(in: tree.root))
      return findings(&interpreter, &lists, nil, script, tree.source.name)
    case .routine(let routine):
      interpreter.runAlone(routine)
      return findings(&interpreter, &lists, routine, nil, program.routines[routine].tree.source.name)
    case .trigger(let index):
      let trigger = program.triggers[index]
      interpreter.begin(Interpreter.Unit(tree: trigger.tree, routine: nil, routineName: nil, file: trigger.tree.source.name))
      for event in trigger.events.sorted(by: { $0.rawValue < $1.rawValue }) where Keyword.triggerEvents.contains(event) {
        interpreter.runAlone(trigger, event)
      }
      return findings(&interpreter, &lists, trigger.routine, nil, trigger.tree.source.name)
    }
  }

  /// Analyses everything on this thread.
  public func extract() -> LineageResult { result(of: analyse(0..<unitCount)) }

  private func findings(_ interpreter: inout Interpreter, _ lists: inout ListTable, _ routine: Int?, _ script: Int?, _ file: String) -> Findings {
    let sink = interpreter.sink
    var unit = LineageResult.Unit(routine: routine.map { program.routines[$0].name }, file: file)
    // and on its own definition: another of that name may hold instead, or none
    var dependencies = interpreter.dependencies
    if let routine { dependencies.insert(program.catalog.compared(program.routines[routine].name.name)) }
    unit.dependencies = dependencies.sorted()
    unit.edges.reserveCapacity(sink.edges.count)
    let own = Int32(script.map { program.routines.count + $0 } ?? routine ?? 0)
    for (key, body) in zip(sink.edges.keys, sink.edges.bodies) {
      unit.edges.append(
        NumberedEdge(
          source: key.source, target: key.target, owner: key.routine < 0 ? own : key.routine, line: body.line, statement: key.statement,
          expression: body.expression, columns: body.columns.isEmpty ? 0 : lists.number(body.columns), subtype: EdgeSubtype.allCases[Int(key.subtype)],
          origin: body.origin, candidates: body.candidates))
    }
    return Findings(
      unit: unit, routine: routine ?? Sink.script, rows: Array(sink.unresolved), facts: sink.facts,
      resolvedParameters: interpreter.resolvedParameters, ran: interpreter.ran.subtracting([routine ?? Sink.script]), viewColumns: sink.viewColumns)
  }
}

/// Lists of columns, by numbers; a list that comes again soon has the number it had.
private struct ListTable {
  var lists: [[String]] = [[]]
  private var recent: [Int] = []

  mutating func number(_ list: [String]) -> Int32 {
    for index in recent.reversed() where lists[index] == list { return Int32(index) }
    recent.append(lists.count)
    if recent.count > 8 { recent.removeFirst() }
    lists.append(list)
    return Int32(lists.count - 1)
  }
}
