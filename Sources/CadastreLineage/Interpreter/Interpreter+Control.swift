internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreModel
internal import CadastreSQL

/// Branches, loops, jumps and handlers.
extension Interpreter {
  /// Something that a path can leave before its end.
  struct Level: Sendable {
    enum Kind: Sendable { case routine, loop, block, protected, label }

    var kind: Kind
    var label: String?
    /// What the paths held that have gone to its end, and those that have gone to its next round.
    var left: State?
    var again: State?
  }

  mutating func enter(_ level: Level) {
    levels.append(level)
    state.departures.append(State.Departure())
  }

  /// Ends the innermost level: paths that went to its end are here again.
  mutating func leave() {
    let depth = levels.count - 1
    let level = levels.removeLast()
    if state.jump == .leave(depth) || state.jump == .again(depth) { state.jump = nil }
    if let left = level.left {
      let departures = state.departures
      state.joinValues(left)
      state.departures = departures
    }
    state.departures.removeLast()
  }

  /// Takes the current path away.
  mutating func jump(_ jump: State.Jump) {
    switch jump {
    case .leave(let level): Interpreter.keep(state, in: &levels[level].left)
    case .again(let level): Interpreter.keep(state, in: &levels[level].again)
    case .goto(let label): Interpreter.keep(state, in: &gotos[label])
    }
    state.jump = jump
  }

  /// Runs the body of a routine, a trigger or a dynamic text: RETURN leads to its end, and no farther.
  mutating func inner(_ body: (inout Interpreter) -> Void) {
    let saved = (levels, gotos, state.departures, wantsTexts, caught, handling)
    wantsTexts = true
    handling = 0
    raised = Flow()
    levels = [Level(kind: .routine)]
    gotos = [:]
    state.departures = [State.Departure()]
    body(&self)
    if let left = levels[0].left { state.joinValues(left) }
    state.jump = nil
    (levels, gotos, state.departures, wantsTexts, caught, handling) = saved
  }

  private static func keep(_ state: State, in place: inout State?) {
    if place == nil { place = state } else { place?.joinValues(state) }
  }

  // MARK: lists of steps

  mutating func run(_ steps: [Step]) { run(steps[...], from: state.control) }

  private mutating func run(_ steps: ArraySlice<Step>, from outer: Flow) {
    var index = steps.startIndex
    while index < steps.endIndex {
      let step = steps[index]
      if case .label(let name) = step.operation {
        if land(at: name, outer) { state.jump = nil }
        if state.jump == nil, Interpreter.goes(to: name, in: steps[(index + 1)...]) { return again(from: name, steps[(index + 1)...]) }
      } else if state.jump == nil {
        if unit.line == nil { unit.ordinal = step.ordinal }
        if let annotations = program.annotations[ObjectIdentifier(unit.tree)]?[step.node] { run(step, explainedBy: annotations) } else { run(step) }
        // a handler may be reached from anywhere in what it protects
        if !faults.isEmpty, step.operation.changesVariables, let level = levels.lastIndex(where: { $0.kind == .protected }) { Interpreter.keep(state, in: &levels[level].left) }
      } else if gotos.isEmpty {
        return
      }
      index += 1
    }
  }

  /// A label: paths that jumped here arrive. Answers whether any did.
  private mutating func land(at name: String, _ outer: Flow) -> Bool {
    guard let arriving = gotos.removeValue(forKey: name) else { return false }
    if state.jump == nil {
      state.joinValues(arriving)
    } else {
      let departures = state.departures
      state = arriving
      state.departures = departures
    }
    state.control = outer.adding(state.departed)
    return true
  }

  /// The steps behind a label that a later one jumps back to: a loop.
  private mutating func again(from name: String, _ steps: ArraySlice<Step>) {
    guard !levels.contains(where: { $0.kind == .label && $0.label == name }) else { return run(steps, from: state.control) }
    repeatBody(name, kind: .label, control: Flow()) { interpreter in interpreter.run(steps, from: interpreter.state.control) }
  }

  private static func goes(to name: String, in steps: ArraySlice<Step>) -> Bool {
    steps.contains { step in
      switch step.operation {
      case .goto(let label): label == name
      case .branch(_, let arms, let otherwise): arms.contains { goes(to: name, in: $0.body[...]) } || goes(to: name, in: otherwise[...])
      case .loop(_, _, let body), .count(_, _, _, let body), .rows(_, _, _, let body), .labelled(_, let body): goes(to: name, in: body[...])
      case .protected(let body, let handlers): goes(to: name, in: body[...]) || handlers.contains { goes(to: name, in: $0.body[...]) }
      default: false
      }
    }
  }

  /// A block with variables of its own: what they hide is there again behind it.
  mutating func scope(_ label: String?, _ names: [String], _ body: [Step]) {
    var hidden: [(name: String, place: String, cell: State.Cell)] = []
    for name in names {
      guard let cell = state.cells[name] else { continue }
      // a hidden variable can be reached by the label of its block
      let owner = unit.scopes.last { $0.names.contains(name) }?.label ?? unit.routineName?.name.lowercased() ?? ""
      hidden.append((name, owner + "." + name, cell))
      state.cells[owner + "." + name] = cell
      state.cells[name] = nil
    }
    unit.scopes.append((label, names))
    run(body)
    unit.scopes.removeLast()
    for (name, place, _) in hidden { state.cells[name] = state.cells.removeValue(forKey: place) }
  }

  /// The cell of a variable that is named with the label of its block.
  @inline(__always)
  func labelled(_ label: String, _ name: String) -> String? {
    guard unit.scopes.contains(where: { $0.label == label }) || unit.routineName.map({ $0.name.lowercased() == label }) == true else { return nil }
    let key = variableKey(name)
    if state.cells[label + "." + key] != nil { return label + "." + key }
    return state.cells[key] != nil && state.cells[label]?.record == nil ? key : nil
  }

  // MARK: branches

  mutating func branch(_ operand: NodeID?, _ arms: [Step.Arm], _ otherwise: [Step]) {
    let outer = state.control
    let operandFlow = operand.map { flow($0) } ?? Flow()
    var conditions = operandFlow.influence(.conditional)
    var merged: State?
    let site = nextBranch
    nextBranch += 1
    for (number, arm) in arms.enumerated() {
      for condition in arm.conditions { conditions.add(flow(condition).influence(.conditional)) }
      let before = state
      state.control.add(conditions)
      run(arm.body)
      let after = chosen(state, since: before, site, number)
      state = before
      finishArm(after, outer, into: &merged)
    }
    let before = state
    state.control.add(conditions)
    run(otherwise)
    finishArm(chosen(state, since: before, site, arms.count), outer, into: &merged)
    if let merged { state = merged }
  }

  /// Marks the texts that an arm has built with the arm, so that texts of different arms are not put together.
  private mutating func chosen(_ after: State, since before: State, _ site: Int, _ arm: Int) -> State {
    guard loopDepth == 0 else { return after }
    var result = after
    for (name, cell) in after.cells where cell.texts != nil && cell.texts != before.cells[name]?.texts {
      result.cells[name]?.texts = cell.texts?.map { text in
        var marked = text
        marked.choices[site] = arm
        return marked
      }
    }
    return result
  }

  /// Joins one arm of a branch. Behind it the condition no longer decides, unless an arm has left.
  private mutating func finishArm(_ after: State, _ outer: Flow, into merged: inout State?) {
    var arm = after
    if arm.jump == nil { arm.control = outer.adding(arm.departed) }
    guard merged != nil else {
      merged = arm
      return
    }
    merged?.join(arm)
  }

  // MARK: loops

  mutating func loop(_ label: String?, _ condition: NodeID?, _ body: [Step]) {
    repeatBody(label, control: Flow()) { interpreter in
      if let condition {
        let decides = interpreter.flow(condition).influence(.conditional)
        interpreter.state.control.add(decides)
      }
      interpreter.run(body)
    }
  }

  /// Runs a body until nothing new is learned, and once not at all.
  mutating func repeatBody(_ label: String?, kind: Level.Kind = .loop, control: Flow, _ body: (inout Interpreter) -> Void) {
    let outer = state.control
    loopDepth += 1
    enter(Level(kind: kind, label: label))
    let depth = levels.count - 1
    // a condition that was once computed decides about every later round
    var deciding = Flow()
    for _ in 0..<Interpreter.mostRounds {
      let before = state
      state.control = outer.adding(control).adding(deciding)
      body(&self)
      if state.jump == .leave(depth) || state.jump == .again(depth) { state.jump = nil }
      if let again = levels[depth].again { state.joinValues(again) }
      // an error or RETURN at the end of the body does not take the loop's other paths away
      state.jump = nil
      state.departures[depth].again = Flow()
      deciding = state.departed
      state.control = outer
      state.joinValues(before)
      if state == before { break }
    }
    loopDepth -= 1
    leave()
    state.control = outer.adding(state.departed)
  }

  mutating func exit(_ label: String?, _ again: Bool, _ condition: NodeID?) {
    let decides = condition.map { flow($0).influence(.conditional) } ?? Flow()
    let target = levels.lastIndex { level in label.map { level.label == $0 } ?? (level.kind == .loop) }
    guard let target else { return }
    let before = state
    state.control.add(decides)
    jump(again ? .again(target) : .leave(target))
    guard condition != nil else { return }
    var stays = before
    stays.join(state)
    state = stays
  }

  mutating func goto(_ label: String) {
    if let target = levels.lastIndex(where: { $0.kind == .label && $0.label == label }) {
      // what decides to go round again decides about every later round
      state.departures[target].left.add(state.control)
      return jump(.again(target))
    }
    jump(.goto(label))
  }

  // MARK: errors

  /// A callee may have ended with an error: what decides about that decides about all that follows, to the innermost handler.
  mutating func follow(error: Flow) {
    guard !error.isEmpty else { return }
    let target = levels.lastIndex { $0.kind == .protected } ?? 0
    var failing = state
    failing.control.add(error)
    Interpreter.keep(failing, in: &levels[target].left)
    if target == 0 { raised.add(error) }
    state.departures[target].left.add(error)
    state.control.add(error)
  }

  /// RAISE, THROW, RAISERROR: on to the innermost handler, or out of the routine.
  mutating func fail(_ certain: Bool) {
    let target = levels.lastIndex { $0.kind == .protected }
    guard certain || target != nil else { return }
    // what no handler catches here ends the caller's statements too
    // what a handler throws on has been an error before: whether it comes is no condition of the code
    if target == nil, handling == 0 { raised.add(state.control) }
    jump(.leave(target ?? 0))
  }

  /// A value that may not fit what it is turned into: where errors are caught, it decides what goes on.
  mutating func noteFault(_ value: Flow, becoming type: String) {
    guard !faults.isEmpty, !value.isEmpty, !Interpreter.isText(type) else { return }
    var flow = Flow()
    for entry in value.entries where !entry.uses.isDisjoint(with: .direct) {
      let reference = columns.reference(entry.column)
      if isParameter(entry.column) { readsParameterType = true }
      let known = catalog.asset(named: reference.asset)?.columns.first { $0.name == reference.column }?.nativeType
      if known.map(Interpreter.mayBeAnything) ?? true { flow.add(Flow(entry.column)) }
    }
    if !flow.isEmpty { noteFault(flow) }
  }

  /// Something may fail: what decides whether it is tried decides too.
  mutating func noteFault(_ flow: Flow) {
    guard !faults.isEmpty else { return }
    faults[faults.count - 1].add(flow)
    faults[faults.count - 1].add(state.control)
    for frame in frames { faults[faults.count - 1].add(frame.rows) }
  }

  /// Rows that a key, NOT NULL, a check or a foreign key may refuse, where a handler catches that.
  mutating func noteRefusals(_ written: [Written], _ position: Int?, _ rows: Flow) {
    guard let refusals = caught.last, !refusals.isEmpty, !faults.isEmpty, let position else { return }
    let asset = catalog.assets[position]
    func note(_ names: [String], own: Bool) {
      for name in names {
        if let item = written.first(where: { same($0.column, name) }) { noteFault(item.flow.adding(rows)) }
        if own { noteFault(Flow(columns.id(ColumnReference(asset: asset.name, column: name)))) }
      }
    }
    if refusals.contains(.unique) { note(uniqueColumns(.permanent(asset.name, position)), own: true) }
    if refusals.contains(.notNull) { note(asset.columns.filter { !$0.nullable }.map(\.name), own: false) }
    for constraint in asset.constraints {
      if constraint.kind == .check, refusals.contains(.check) {
        note(asset.columns.map(\.name).filter { constraint.expression?.contains($0) ?? false }, own: false)
      }
      if constraint.kind == .foreignKey, refusals.contains(.foreignKey) { note(constraint.columns.map(\.name), own: false) }
    }
  }

  /// Whether a value of a type can be a text of any shape: it may not fit what it is turned into.
  static func mayBeAnything(_ type: String) -> Bool { isText(type) || type.lowercased().hasPrefix("json") || type.lowercased() == "xml" }

  private static let textTypes = ["char", "text", "clob", "string", "name", "variant"].map { Array($0.utf8) }

  /// Whether a type holds any text: what is turned into it always fits.
  static func isText(_ type: String) -> Bool {
    let letters = type.utf8.map { $0 | 0x20 }
    return textTypes.contains { word in
      guard letters.count >= word.count else { return false }
      return (0...(letters.count - word.count)).contains { start in letters[start] == word[0] && letters[start..<(start + word.count)].elementsEqual(word) }
    }
  }

  /// A body whose errors are caught. Where an error undoes what the body has written, what may fail decides about all of it.
  mutating func protected(_ body: [Step], _ handlers: [Step.Handler]) {
    let handlers = handlers.filter { !$0.raisesAgain || catalog.dialect.procedural == .tsql }
    guard !handlers.isEmpty else { return run(body) }
    caught.append(handlers.reduce(into: []) { $0.formUnion($1.refusals) })
    defer { caught.removeLast() }
    let outer = state.control
    let start = state
    var fault = Flow()
    func attempt(_ interpreter: inout Interpreter) -> (after: State, thrown: State?, departed: Flow) {
      interpreter.state = start
      interpreter.enter(Level(kind: .protected))
      interpreter.faults.append(Flow())
      interpreter.state.control.add(fault)
      interpreter.run(body)
      fault.add((interpreter.faults.popLast() ?? Flow()).influence(.conditional))
      let thrown = interpreter.levels[interpreter.levels.count - 1].left
      let departed = interpreter.state.departures.last?.left ?? Flow()
      let after = interpreter.state
      interpreter.levels.removeLast()
      return (after, thrown, departed)
    }
    let depth = levels.count
    var (after, thrown, departed) = attempt(&self)
    if !fault.isEmpty, catalog.dialect.procedural != .tsql { (after, thrown, departed) = attempt(&self) }
    // the body may have failed anywhere
    var failed = start
    failed.joinValues(after)
    if let thrown { failed.joinValues(thrown) }
    failed.control = outer.adding(departed).adding(fault)
    after.departures = Array(after.departures.prefix(depth))
    var merged: State? = after.jump == .leave(depth) ? nil : after
    if merged?.jump == nil { merged?.control = outer.adding(after.departures.reduce(into: Flow()) { $0.add($1.left.adding($1.again)) }) }
    for handler in handlers {
      state = failed
      handling += 1
      run(handler.body)
      handling -= 1
      var handled = state
      if handled.jump == nil { handled.control = outer.adding(handled.departed) }
      if merged == nil { merged = handled } else { merged?.join(handled) }
    }
    if let merged { state = merged }
  }
}
