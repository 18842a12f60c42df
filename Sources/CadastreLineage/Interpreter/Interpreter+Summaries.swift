internal import CadastreModel

/// Calls by what the callee comes to, found once for all callers.
///
/// A routine is run with its parameters as columns of their own; for a call, whatever flows into an argument takes the parameter's place in all that
/// came of it. What the callee writes by itself is found by its own unit: a caller adds what its arguments and conditions bring.
extension Interpreter {
  /// Most parameters that are looked through in this way.
  private static let mostParameters = 64

  /// The summary that stands for a call; `nil` for one that must be followed: the callee depends on texts or tables it is given, or fills variables.
  mutating func summary(of index: Int, _ bound: [BoundParameter], _ given: CallOutcome.Inputs) -> CallSummary? {
    let definition = program.routines[index]
    guard definition.isSubject, definition.kind != .trigger, given.isBare, !program.usesTexts(index), !running.contains(index) else { return nil }
    if given.isPlain {
      if plainSummaries[index] == nil { plainSummaries[index] = summarised(index, bound, given) }
      return plainSummaries[index]
    }
    guard definition.kind == .procedure, bound.count <= Interpreter.mostParameters, bound.allSatisfy({ $0.0.mode == .in }), !followedOnly.contains(index)
    else { return nil }
    if summaries[index] == nil {
      let first = firstParameterColumn()
      let parameters = bound.enumerated().map { place, item in
        (item.0, State.Cell(flow: Flow(first + ColumnID(place))) as State.Cell?, nil as Relation?)
      }
      let outer = (sink, readsParameterType)
      (sink, readsParameterType) = (Sink(), false)
      var found = summarised(index, parameters, given)
      let standIns = first..<first + ColumnID(Interpreter.mostParameters)
      found.edges = sink.edges.taken { standIns.contains($0.source) }
      let (own, isTyped) = (sink, readsParameterType)
      (sink, readsParameterType) = outer
      sink.add(own)
      guard !isTyped else {
        followedOnly.insert(index)
        return nil
      }
      // a procedure without OUT parameters leaves no more than its row count
      found.outcome.state.cells = found.outcome.state.cells.filter { $0.key == "@@rowcount" || $0.key == "found" }
      summaries[index] = found
    }
    return summaries[index]
  }

  private mutating func summarised(_ index: Int, _ bound: [BoundParameter], _ given: CallOutcome.Inputs) -> CallSummary {
    // what another unit of this range, in which the same calls were not followed before, needs to know is all noted
    let outer = (dependencies, ran, writes, firing, existence, outcomes, resolvedParameters)
    (dependencies, ran, writes, firing, existence, outcomes, resolvedParameters) = ([], [index], [], [], [:], [:], [])
    defer { (dependencies, ran, writes, firing, existence, outcomes, resolvedParameters) = outer }
    calls += 1
    var alone = given
    alone.control = Flow()
    faults.append(Flow())
    let outcome = body(of: program.routines[index], index, bound, alone)
    return CallSummary(
      outcome: outcome, writes: writes ?? [], faults: faults.popLast() ?? Flow(), dependencies: dependencies, existence: existence, ran: ran,
      resolves: resolvedParameters)
  }

  /// What a call comes to: what flows into its arguments in place of the parameters, if what decides about the call lets it.
  mutating func apply(_ known: CallSummary, _ given: CallOutcome.Inputs, _ sharesTables: Bool) -> State? {
    dependencies.formUnion(known.dependencies)
    ran.formUnion(known.ran)
    resolvedParameters.formUnion(known.resolves)
    writes?.append(contentsOf: known.writes)
    let arguments = given.isPlain ? [] : given.cells.map { $0?.flow ?? Flow() }
    let first = arguments.isEmpty ? 0 : firstParameterColumn()
    func bound(_ flow: Flow) -> Flow { arguments.isEmpty ? flow : flow.replacing(first, arguments) }
    for (table, rows) in known.existence { existence[table, default: Existence()].add(bound(rows.rows).adding(given.control), rows.columns) }
    if !faults.isEmpty { faults[faults.count - 1].add(bound(known.faults)) }
    for (key, body) in known.edges {
      let place = Sink.Place(routine: key.routine, statement: key.statement, line: body.line, expression: body.expression)
      for entry in arguments[Int(key.source - first)].entries {
        sink.add(entry, entry.uses.through(Uses(rawValue: 1 << UInt16(key.subtype))), to: key.target, columns: body.columns, at: place)
      }
    }
    for entry in given.control.entries {
      for write in known.writes { sink.add(entry, entry.uses.subtracting(.direct), to: write.target, columns: write.columns, at: write.place) }
    }
    var outcome = known.outcome
    if !arguments.isEmpty { outcome.mapFlows(bound) }
    if !given.control.isEmpty {
      for name in outcome.state.cells.keys { outcome.state.cells[name]?.flow.add(given.control) }
      for place in outcome.results.indices { outcome.results[place].rows.add(given.control) }
      outcome.returned.flow.add(given.control)
    }
    returned = outcome.returned
    results += outcome.results
    if sharesTables { shareTables(of: outcome) }
    follow(error: outcome.raised.isEmpty ? Flow() : outcome.raised.adding(given.control))
    return outcome.state
  }

  // MARK: parameters as columns

  /// The column that stands for the first parameter of whatever routine is summarised; those of the others follow it.
  private mutating func firstParameterColumn() -> ColumnID {
    if let known = parameterColumns { return known }
    let first = ColumnID(columns.references.count)
    for place in 0..<Interpreter.mostParameters { _ = columns.id(ColumnReference(asset: ObjectName(["{}"]), column: String(place))) }
    parameterColumns = first
    return first
  }

  /// Whether a column stands for a parameter.
  @inline(__always)
  func isParameter(_ column: ColumnID) -> Bool {
    guard let first = parameterColumns else { return false }
    return column >= first && column < first + ColumnID(Interpreter.mostParameters)
  }
}

extension Uses {
  /// How a column bears on a value of which it bears on a part in this way.
  ///
  /// - Parameter next: how the part bears on the value; one use.
  func through(_ next: Uses) -> Uses {
    if isDisjoint(with: .direct) || next == .identity { return self }
    // what is an aggregate once stays one
    let direct: Uses = next == .transformation && contains(.aggregation) ? .aggregation : next
    return subtracting(.direct).union(direct)
  }
}

extension Flow {
  /// This flow with others in place of columns: the first stands for `first`, the next for the column after it.
  func replacing(_ first: ColumnID, _ others: [Flow]) -> Flow {
    guard entries.contains(where: { $0.column >= first && $0.column < first + ColumnID(others.count) }) else { return self }
    var result = Flow()
    for entry in entries {
      let place = Int(entry.column - first)
      guard others.indices.contains(place) else {
        result.add(Flow(entry))
        continue
      }
      for bit in 0..<UInt16(EdgeSubtype.allCases.count) where entry.uses.rawValue & 1 << bit != 0 {
        result.add(others[place].mapped { $0.through(Uses(rawValue: 1 << bit)) })
      }
    }
    return result
  }
}
