internal import CadastreCatalog
internal import CadastreDiagnostics
internal import CadastreDialects
public import CadastreModel
internal import CadastreSQL

/// Putting together what the units found.
///
/// What a unit found in the text of a routine that it runs, and a unit of a routine that it runs found as well, is said once, by the latter.
extension LineageExtractor {
  /// What makes two edges of one routine's text the same.
  private struct Identity: Hashable {
    var owner: Int32
    var source: Int32
    var target: Int32
    var subtype: EdgeSubtype
    var statement: Int32

    init(_ edge: NumberedEdge) {
      owner = edge.owner
      source = edge.source
      target = edge.target
      subtype = edge.subtype
      statement = edge.statement
    }
  }

  /// - Parameters:
  ///   - known: parameters, `routine:parameter`, whose value units that are not among the findings give.
  ///   - others: routines of which units that are not among the findings have a row of the ledger.
  public func result(of findings: [Findings], known: Set<String> = [], open others: Set<ObjectName> = []) -> LineageResult {
    var result = LineageResult()
    let findings = renumbered(findings, &result.names)
    var resolved: Set<String> = []
    if !known.isEmpty {
      for (index, routine) in program.routines.enumerated() {
        for parameter in routine.parameters where known.contains(routine.name.rendered + ":" + Interpreter.holeName(parameter.name)) {
          resolved.insert("\(index):\(Interpreter.holeName(parameter.name))")
        }
      }
    }
    for found in findings {
      resolved.formUnion(found.resolvedParameters)
      // of several definitions the last one holds
      result.viewColumns.merge(found.viewColumns) { _, later in later }
    }
    let run = findings.reduce(into: Set<Int>()) { $0.formUnion($1.ran) }
    var told: [Int: Set<Identity>] = [:]
    var toldRows: [Int: Set<Unresolved>] = [:]
    for found in findings where run.contains(found.routine) {
      for edge in found.unit.edges { told[found.routine, default: []].insert(Identity(edge)) }
      for key in found.rows { toldRows[found.routine, default: []].insert(key.row) }
    }
    // what a routine reads and writes is what its own unit says
    var facts: [Int: Sink.Facts] = [:]
    for found in findings {
      var unit = found.unit
      unit.edges = []
      unit.edges.reserveCapacity(found.unit.edges.count)
      let own = found.routine
      for edge in found.unit.edges {
        if !resolved.isEmpty, isPending(edge, resolved, result.names) { continue }
        if Int(edge.owner) != own, own >= 0 || Int(edge.owner) < program.routines.count {
          let identity = Identity(edge)
          if found.ran.contains(where: { told[$0]?.contains(identity) == true }) { continue }
        }
        unit.edges.append(edge)
      }
      for key in found.rows {
        if let parameter = key.parameter, resolved.contains("\(key.routine):\(Interpreter.holeName(parameter))") { continue }
        if key.routine != found.routine, found.ran.contains(where: { toldRows[$0]?.contains(key.row) == true }) { continue }
        unit.unresolved.append(key.row)
      }
      if let known = found.facts[found.routine] { facts[found.routine, default: Sink.Facts()].add(known) }
      unit.resolves = found.resolvedParameters.map(named).sorted()
      result.units.append(unit)
    }
    count(&result)
    let open = others.union(result.units.flatMap(\.unresolved).compactMap(\.routine))
    for (index, definition) in program.routines.enumerated() where definition.isSubject {
      result.routines.append(routine(definition, facts[index] ?? Sink.Facts(), isOpen: open.contains(definition.name)))
    }
    return result
  }

  /// `index:parameter` by the routine's name.
  private func named(_ parameter: String) -> String {
    let parts = parameter.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let index = Int(parts[0]) else { return parameter }
    return program.routines[index].name.rendered + ":" + parts[1]
  }

  /// The findings of several ranges with one numbering of names.
  private func renumbered(_ findings: [Findings], _ names: inout EdgeNames) -> [Findings] {
    names.owners = program.routines.map { EdgeNames.Owner(routine: $0.name, file: $0.tree.source.name) }
      + subjects.map { EdgeNames.Owner(routine: nil, file: $0.source.name) }
    guard let first = findings.first else { return findings }
    if findings.allSatisfy({ $0.range == first.range }) {
      names.columns = first.names.columns
      names.expressions = first.names.expressions
      names.lists = first.names.lists
      return findings
    }
    var table = ColumnTable()
    var result = findings
    var columns: [Int32] = []
    var (expressions, lists) = (Int32(0), Int32(0))
    var range: Int?
    for index in result.indices {
      if result[index].range != range {
        range = result[index].range
        columns = result[index].names.columns.map { table.id($0) }
        expressions = Int32(names.expressions.count)
        lists = Int32(names.lists.count) - 1
        names.expressions += result[index].names.expressions
        names.lists += result[index].names.lists.dropFirst()
      }
      for place in result[index].unit.edges.indices {
        let edge = result[index].unit.edges[place]
        result[index].unit.edges[place].source = columns[Int(edge.source)]
        result[index].unit.edges[place].target = columns[Int(edge.target)]
        result[index].unit.edges[place].expression = edge.expression + expressions
        if edge.columns > 0 { result[index].unit.edges[place].columns = edge.columns + lists }
      }
    }
    names.columns = table.references
    return result
  }

  /// What a caller has to give for a name to mean something, a parameter's value or a temporary table of that name, where a caller has.
  private func isPending(_ edge: NumberedEdge, _ resolved: Set<String>, _ names: EdgeNames) -> Bool {
    for name in [names.columns[Int(edge.source)].asset, names.columns[Int(edge.target)].asset] where name.parts.count == 1 {
      if resolved.contains("\(edge.owner):\(Interpreter.holeName(name.name))") { return true }
    }
    return false
  }

  private func count(_ result: inout LineageResult) {
    var lines: [String: Set<Int>] = [:]
    for unit in result.units { for row in unit.unresolved { lines[row.file, default: []].insert(row.line) } }
    for tree in subjects {
      let statements = tree.counts.statements
      result.statements.total += statements
      result.statements.opaque += min(statements, lines[tree.source.name]?.count ?? 0)
    }
    result.statements.analysed = result.statements.total - result.statements.opaque
  }

  /// Names as printed; what stands for a name that a caller gives is none where callers have given it.
  private func rendered(_ names: Set<ObjectName>, _ isOpen: Bool) -> [String] {
    names.filter { isOpen || !$0.name.hasPrefix("{") }.map(\.rendered).sorted()
  }

  private func routine(_ definition: RoutineDefinition, _ facts: Sink.Facts, isOpen: Bool) -> Routine {
    let troubled = isOpen ? facts.troubled.intersection(facts.moving).count : 0
    let tree = definition.tree
    let range = tree.range(definition.node)
    var statements = 0
    var unread = 0
    for node in tree.descendants(definition.node) {
      let kind = tree.kind(node)
      if kind.isStatement { statements += 1 }
      if kind.isUnread { unread += 1 }
    }
    return Routine(
      name: definition.name, kind: definition.kind, dialect: program.catalog.dialect.name,
      parameters: definition.parameters.map { Parameter(name: $0.name, nativeType: $0.nativeType, mode: $0.mode, defaultValue: $0.defaultText) },
      source: tree.text(definition.node),
      definedAt: SourceSpan(file: tree.source.name, line: tree.position(definition.node).line, start: Int(range.lower), end: Int(range.upper)),
      reads: rendered(facts.reads, isOpen), writes: rendered(facts.writes, isOpen), calls: facts.calls.map(\.rendered).sorted(),
      coverage: facts.moving.isEmpty ? 1 : Double(facts.moving.count - troubled) / Double(facts.moving.count), statements: statements, unparsed: unread)
  }
}
