internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

extension Interpreter {
  /// PIVOT and UNPIVOT of a table, behind it or as statements of their own.
  mutating func pivot(_ node: NodeID) -> Flow {
    guard let input = tree.children(node).first(where: { tree.kind($0) != .pivotSpec }), let spec = tree.child(node, .pivotSpec) else { return Flow() }
    frames.append(Frame())
    let rows = tableExpression(input)
    let source = Relation(columns: frames[frames.count - 1].entries.flatMap { $0.relation.columns }, rows: rows)
    let result = tree.kind(node) == .pivot ? pivoted(source, spec, node) : unpivoted(source, spec)
    frames.removeLast()
    let alias = tree.children(node, .alias).last.map { catalog.columnName(of: $0, in: tree) } ?? ""
    frames[frames.count - 1].entries.append(Frame.Entry(alias: alias, name: nil, relation: result))
    return result.rows
  }

  /// A column of PIVOT for each value and aggregate; the other columns group.
  private mutating func pivoted(_ source: Relation, _ spec: NodeID, _ node: NodeID) -> Relation {
    var result = Relation(columns: [], rows: source.rows)
    var aggregates: [(name: String?, text: String, flow: Flow)] = []
    var decides = Flow()
    var labels: [String]? = [""]
    var used: Set<String> = []
    func combine(_ more: [String]?) {
      guard let known = labels, let more else { return labels = nil }
      labels = known.flatMap { first in more.map { first.isEmpty ? $0 : first + "_" + $0 } }
    }
    for child in tree.children(spec) {
      switch tree.kind(child) {
      case .alias: if !aggregates.isEmpty { aggregates[aggregates.count - 1].name = catalog.columnName(of: child, in: tree) }
      case .columnList: combine(pivotLabels(child))
      case .pivotColumn:
        guard let value = tree.children(child).first else { continue }
        decides.add(flow(value))
        used.formUnion(namesUsed(value))
        combine(tree.child(child, .columnList).flatMap { pivotLabels($0) })
      case .name, .row:
        decides.add(flow(child))
        used.formUnion(namesUsed(child))
      case .groupBy: continue
      default:
        aggregates.append((nil, tree.text(child), flow(child)))
        used.formUnion(namesUsed(child))
      }
    }
    // without USING the rows are counted
    if aggregates.isEmpty { aggregates = [(nil, "count", Flow())] }
    if let group = tree.child(spec, .groupBy) {
      for key in tree.children(group) {
        let value = flow(key)
        result.columns.append(Relation.Column(name: catalog.columnName(of: key, in: tree), flow: value))
        result.rows.add(value.influence(.groupBy))
      }
    } else {
      for column in source.columns where !used.contains(compared(column.name)) {
        result.columns.append(column)
        result.rows.add(column.flow.influence(.groupBy))
      }
    }
    decides = decides.influence(.conditional)
    guard let labels else {
      // the values decide which columns there are
      trouble(.unknownColumns, node, hint: "name the values of the columns: IN ('a', 'b')")
      result.fallback = aggregates.reduce(into: decides) { $0.add($1.flow) }
      return result
    }
    for label in labels {
      for aggregate in aggregates {
        let name = aggregate.name ?? (aggregates.count > 1 ? aggregate.text : nil)
        result.columns.append(Relation.Column(name: name.map { label + "_" + $0 } ?? label, flow: aggregate.flow.adding(decides)))
      }
    }
    return result
  }

  private mutating func namesUsed(_ node: NodeID) -> [String] {
    tree.descendants(node).filter { tree.kind($0) == .name }.map { compared(catalog.columnName(of: $0, in: tree)) }
  }

  /// The names that the values behind IN give to columns; `nil` where they are not listed.
  private mutating func pivotLabels(_ list: NodeID) -> [String]? {
    var labels: [String] = []
    for value in tree.children(list) {
      switch tree.kind(value) {
      case .alias: if !labels.isEmpty { labels[labels.count - 1] = catalog.columnName(of: value, in: tree) }
      case .identifier: labels.append(catalog.columnName(of: value, in: tree))
      case .query: return nil
      case .row: labels.append(tree.children(value).map { pivotLabel($0) }.joined(separator: "_"))
      default: labels.append(pivotLabel(value))
      }
    }
    return labels.isEmpty ? nil : labels
  }

  private mutating func pivotLabel(_ value: NodeID) -> String {
    let token = tree.firstToken(value)
    if tree.kind(value) == .literal, token.kind == .string { return tree.stringValue(token) }
    return tree.kind(value) == .name ? catalog.columnName(of: value, in: tree) : tree.text(value)
  }

  /// The values of several columns in rows of their own, each with the name of the column that it comes from.
  private mutating func unpivoted(_ source: Relation, _ spec: NodeID) -> Relation {
    let names = tree.children(spec, .identifier).map { catalog.columnName(of: $0, in: tree) }
    let valueNames = names.isEmpty ? ["value"] : names
    var values = [Flow](repeating: Flow(), count: valueNames.count)
    var taken: Set<String> = []
    for item in tree.child(spec, .columnList).map({ tree.children($0) }) ?? [] where tree.kind(item) != .alias {
      if tree.kind(item) == .columns {
        for column in columnsMeant(item) {
          taken.insert(compared(column.name))
          values[0].add(column.flow)
        }
        continue
      }
      // `(a, b) AS x`: one for each column of values
      for (place, part) in (tree.kind(item) == .row ? tree.children(item) : [item]).enumerated() {
        let value = tree.kind(part) == .identifier ? source.column(named: catalog.columnName(of: part, in: tree), self.names)?.flow ?? Flow() : flow(part)
        values[min(place, values.count - 1)].add(value)
        taken.formUnion(tree.kind(part) == .identifier ? [compared(catalog.columnName(of: part, in: tree))] : namesUsed(part))
      }
    }
    var result = Relation(columns: source.columns.filter { !taken.contains(compared($0.name)) }, rows: source.rows)
    let isStatement = tree.flags(spec) & 1 != 0
    let label = tree.child(spec, .name).map { catalog.columnName(of: $0, in: tree) } ?? (isStatement ? "name" : nil)
    let named = label.map { [Relation.Column(name: $0, flow: Flow())] } ?? []
    let columns = zip(valueNames, values).map { Relation.Column(name: $0, flow: $1) }
    result.columns += catalog.dialect.extensions.contains(.pivotStatement) ? named + columns : columns + named
    // a row for each value that is there
    for value in values { result.rows.add(value.influence(.filter)) }
    return result
  }
}
