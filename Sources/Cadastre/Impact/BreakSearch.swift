internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreLineage
internal import CadastreModel
internal import CadastreSQL

/// Finds the routines and views that fail after a change: first those that name what is changed, then whatever calls what is broken.
struct BreakSearch {
  /// What a subject uses after the change, for callers and for the order of mending.
  struct Use {
    var calls: [(name: ObjectName, call: Binder.RoutineCall)] = []
    var writes: [ObjectName: Binder.Write] = [:]
    var objects: Set<ObjectName> = []
    /// Where an object is first named.
    var lines: [ObjectName: Int] = [:]
    var file: String
    var kind: RoutineKind
  }

  let analysis: ImpactAnalysis
  let changes: [SchemaChange]
  let after: ImpactState
  let subjects: [ImpactSubject]
  let changed: SyntaxTree
  var breaks: [ImpactReport.Break] = []
  var unsure: [ImpactReport.Unsure] = []
  var uses: [ObjectName: Use] = [:]
  var analysed = 0
  private var done: Set<ObjectName> = []

  init(analysis: ImpactAnalysis, changes: [SchemaChange], after: ImpactState, subjects: [ImpactSubject], changed: SyntaxTree) {
    self.analysis = analysis
    self.changes = changes
    self.after = after
    self.subjects = subjects
    self.changed = changed
  }

  mutating func run(knowing refusals: [ImpactReport.Break]) {
    // whatever changes; views over it and triggers on it bring their names
    var named = Set(changes.map(\.object))
    for change in changes where change.kind == .renameTable { named.insert(ObjectName(Array(change.object.parts.dropLast()) + [change.newName ?? ""])) }
    var tables = named
    var grown = true
    while grown {
      grown = false
      for use in analysis.uses where use.subject.kind == .view && !use.objects.isDisjoint(with: tables) {
        if tables.insert(use.subject.name).inserted { grown = true }
        named.insert(use.subject.name)
      }
    }
    let states = analysis.before.triggers + after.triggers
    for (name, facts) in states where tables.contains(facts.table) {
      named.insert(name)
      if let function = facts.function { named.insert(function) }
    }
    analyse(subjects.filter { subject in named.contains { mentions(subject, $0) } })
    spread()
  }

  // MARK: what names it

  /// Whether a text may name an object: its last name stands in it, and its schema or no need of one.
  private func mentions(_ subject: ImpactSubject, _ name: ObjectName) -> Bool {
    // a trigger is named by nobody
    if name.parts.count > 2 { return subject.name == name }
    guard subject.words.contains(name.name.lowercased()) else { return false }
    guard let schema = name.schema?.lowercased(), schema != after.catalog.dialect.identifiers.defaultSchema?.lowercased() else { return true }
    return subject.words.contains(schema) || subject.words.contains("search_path") || subject.name.schema?.lowercased() == schema || subject.name == name
      || analysis.before.catalog.candidates(for: name.name) == 1
  }

  private mutating func analyse(_ candidates: [ImpactSubject]) {
    let fresh = candidates.filter { !done.contains($0.name) }
    guard !fresh.isEmpty else { return }
    for subject in fresh {
      done.insert(subject.name)
      compare(subject)
    }
    analysed += fresh.count
    compareLedgers(fresh)
  }

  private mutating func compare(_ subject: ImpactSubject) {
    let now = after.bind(subject, rules: analysis.rules)
    var use = Use(file: subject.file, kind: subject.kind)
    use.calls = now.calls.map { (after.library.entries[$0.routine].name, $0) }
    use.writes = now.writes
    use.objects = now.objects
    use.lines = now.lines
    uses[subject.name] = use
    if isIdle(subject) { return }
    let isNew = subject.tree === changed
    let old = isNew ? analysis.subjects.first { $0.name == subject.name } : subject
    let then = old.map { analysis.before.bind($0, rules: analysis.rules) }
    var known: [String: BindingFault] = [:]
    for fault in then?.faults ?? [] { known[key(fault, byPlace: !isNew)] = fault }
    for fault in now.faults {
      var fault = fault
      if let before = known[key(fault, byPlace: !isNew)] ?? known[key(earlier(fault), byPlace: !isNew)] {
        // what did not fit before is only worse where the target has shrunk
        guard fault.code == .width, let limit = fault.limit, let earlier = before.limit, limit < earlier else { continue }
        if !before.isCertain { fault.isCertain = false }
      }
      // a width that is not known is no news of its own
      if fault.code == .width, !fault.isCertain, !changes.contains(where: \.narrows) { continue }
      breaks.append(
        ImpactReport.Break(
          object: subject.name.rendered, kind: subject.kind.rawValue, stage: .run, reason: fault.code.rawValue, file: subject.file, line: fault.line,
          detail: fault.detail, certain: fault.isCertain, caught: fault.isCaught))
    }
  }

  /// Whether a function that only triggers run has lost its last one.
  private func isIdle(_ subject: ImpactSubject) -> Bool {
    func runs(_ trigger: (name: ObjectName, facts: TriggerFacts)) -> Bool { trigger.facts.function.map(after.key) == after.key(subject.name) }
    return analysis.before.triggers.contains(where: runs) && !after.triggers.contains(where: runs)
  }

  /// A fault as it would have been named before a column was renamed.
  private func earlier(_ fault: BindingFault) -> BindingFault {
    var fault = fault
    for change in changes where change.kind == .renameColumn {
      guard let old = change.column, let new = change.newName, fault.subject == "\(change.object.rendered).\(new)" else { continue }
      fault.subject = "\(change.object.rendered).\(old)"
    }
    return fault
  }

  private func key(_ fault: BindingFault, byPlace: Bool) -> String { "\(fault.code.rawValue) \(byPlace ? fault.node : 0) \(fault.subject)" }

  // MARK: the ledger of lineage, before and after

  /// Texts that only lineage reads, dynamic SQL above all: what is new in its ledger.
  private mutating func compareLedgers(_ candidates: [ImpactSubject]) {
    let routines = candidates.filter { $0.kind != .view && $0.node != nil && $0.tree !== changed && !$0.isBound(analysis.rules) }
    guard !routines.isEmpty else { return }
    let mine = Set(routines.map { after.key($0.name) })
    let then = ledger(routines, in: analysis.before, rest: analysis.subjects.filter { !mine.contains(after.key($0.name)) })
    let now = ledger(routines, in: after, rest: subjects.filter { !mine.contains(after.key($0.name)) })
    for row in now.subtracting(then) {
      guard let name = row.routine, let subject = routines.first(where: { after.key($0.name) == after.key(name) }) else { continue }
      guard [.unknownColumns, .unknownObject, .ambiguous].contains(row.reason) else { continue }
      let words = row.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let detail = row.hint.contains(" has no column ") ? row.hint : "\(words) no longer means anything here"
      if breaks.contains(where: { $0.object == subject.name.rendered && ($0.line == row.line || $0.detail == detail) }) { continue }
      breaks.append(
        ImpactReport.Break(
          object: subject.name.rendered, kind: subject.kind.rawValue, stage: .run, reason: row.reason == .unknownColumns ? "unknown_column" : row.reason.rawValue,
          file: row.file, line: row.line, detail: detail, certain: true, caught: false))
    }
    for row in now where row.reason == .dynamicName || row.reason == .dynamicText {
      guard let name = row.routine, let subject = routines.first(where: { after.key($0.name) == after.key(name) }) else { continue }
      unsure.append(ImpactReport.Unsure(object: subject.name.rendered, file: row.file, line: row.line, reason: row.reason.rawValue, text: row.text))
    }
  }

  private func ledger(_ routines: [ImpactSubject], in state: ImpactState, rest: [ImpactSubject]) -> Set<Unresolved> {
    let extractor = LineageExtractor(
      catalog: state.catalog, subjects: routines.map(\.tree), context: rest.filter { $0.kind != .view }.map(\.tree), options: .init(keepViews: true))
    return Set(extractor.extract().unresolved)
  }

  // MARK: what calls it

  /// Callers of what is broken break too, and so does what fires a broken trigger, unless a handler catches it.
  private mutating func spread() {
    var reported: Set<String> = []
    while true {
      let broken = Set(breaks.filter { $0.stage == .run && $0.certain && !$0.caught }.map(\.object))
      guard broken != reported else { return }
      reported = broken
      var firing = Set(subjects.filter { broken.contains($0.name.rendered) }.map(\.name))
      for (name, facts) in after.triggers where broken.contains(name.rendered) || broken.contains(facts.function?.rendered ?? "") { firing.insert(facts.table) }
      analyse(subjects.filter { subject in firing.contains { mentions(subject, $0) } })
      for subject in subjects {
        guard let use = uses[subject.name] else { continue }
        for (callee, call) in use.calls where broken.contains(callee.rendered) && callee != subject.name && fails(callee, call.arguments) {
          add(subject, "calls_broken", call.line, "calls \(callee.rendered), which breaks", call.isCaught)
        }
        for view in use.objects where broken.contains(view.rendered) && view != subject.name && use.writes[view] == nil {
          add(subject, "reads_broken", use.lines[view] ?? 1, "reads \(view.rendered), which breaks", false)
        }
        for (table, write) in use.writes {
          for (name, facts) in after.triggers where facts.table == table && facts.isFired(by: write, after.catalog.names.same) {
            let function = facts.function ?? name
            if broken.contains(function.rendered), function != subject.name { add(subject, "fires_broken", write.line, "writes \(table.rendered), whose trigger \(function.rendered) breaks", write.isCaught) }
          }
        }
      }
    }
  }

  /// Whether a broken routine fails with these arguments: what is too wide for it in general may fit here.
  private func fails(_ callee: ObjectName, _ arguments: [ValueType], _ depth: Int = 0) -> Bool {
    let own = breaks.filter { $0.object == callee.rendered && $0.stage == .run && $0.certain && !$0.caught }
    if depth > 6 || own.contains(where: { $0.reason != BindingFault.Code.width.rawValue && $0.reason != "calls_broken" }) { return true }
    guard let subject = subjects.first(where: { $0.name == callee }) else { return true }
    let bound = after.bind(subject, rules: analysis.rules, arguments: arguments)
    let lines = Set(own.map(\.line))
    if bound.faults.contains(where: { $0.code == .width && $0.isCertain && !$0.isCaught && lines.contains($0.line) }) { return true }
    return bound.calls.contains { call in
      let name = after.library.entries[call.routine].name
      return !call.isCaught && name != callee && breaks.contains { $0.object == name.rendered && $0.stage == .run && $0.certain && !$0.caught } && fails(name, call.arguments, depth + 1)
    }
  }

  private mutating func add(_ subject: ImpactSubject, _ reason: String, _ line: Int, _ detail: String, _ isCaught: Bool) {
    let item = ImpactReport.Break(
      object: subject.name.rendered, kind: subject.kind.rawValue, stage: .run, reason: reason, file: subject.file, line: line, detail: detail, certain: true,
      caught: isCaught)
    if !breaks.contains(item) { breaks.append(item) }
  }
}
