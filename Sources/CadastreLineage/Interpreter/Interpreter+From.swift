internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

extension Interpreter {
  /// Puts the tables of FROM into the innermost frame; answers what decides about their rows.
  mutating func from(_ node: NodeID) -> Flow {
    var rows = Flow()
    for item in tree.children(node) { rows.add(tableExpression(item)) }
    return rows
  }

  mutating func tableExpression(_ node: NodeID) -> Flow {
    switch tree.kind(node) {
    case .joined:
      var rows = Flow()
      for child in tree.children(node) {
        if tree.kind(child) == .join { rows.add(join(child)) } else { rows.add(tableExpression(child)) }
      }
      return rows
    case .tableReference: return tableReference(node)
    case .derivedTable: return derivedTable(node)
    case .tableFunction:
      let alias = tree.child(node, .alias).map { catalog.columnName(of: $0, in: tree) }
      let relation = functionRows(node, alias: alias)
      add(Frame.Entry(alias: alias ?? functionName(node), name: nil, relation: relation))
      return relation.rows
    case .pivot, .unpivot: return pivot(node)
    default: return Flow()
    }
  }

  private mutating func add(_ entry: Frame.Entry) { frames[frames.count - 1].entries.append(entry) }

  private mutating func join(_ node: NodeID) -> Flow {
    let before = frames[frames.count - 1].entries.count
    var rows = Flow()
    let children = tree.children(node)
    if let right = children.first { rows.add(tableExpression(right)) }
    if let on = tree.child(node, .on), let condition = tree.children(on).first { rows.add(flow(condition).influence(.join)) }
    if let using = tree.child(node, .using), let list = tree.child(using, .columnList) {
      rows.add(merge(tree.children(list, .identifier).map { catalog.columnName(of: $0, in: tree) }, from: before, node))
    }
    switch JoinKind(rawValue: tree.flags(node)) {
    case .natural, .naturalLeft, .naturalRight, .naturalFull:
      let level = frames.count - 1
      let left = frames[level].entries[..<before].flatMap { $0.relation.columns.map(\.name) }
      let right = frames[level].entries[before...].flatMap { $0.relation.columns.map(\.name) }
      rows.add(merge(right.filter { name in left.contains { same($0, name) } }, from: before, node))
    // only which rows of the left there are comes of the right
    case .semi: frames[frames.count - 1].entries.removeSubrange(before...)
    default: break
    }
    return rows
  }

  /// Columns joined by name: seen once, both sides decide which rows meet.
  private mutating func merge(_ names: [String], from right: Int, _ node: NodeID) -> Flow {
    var rows = Flow()
    let level = frames.count - 1
    let outer = JoinKind(rawValue: tree.flags(node))
    for name in names {
      var left: Flow?
      for index in frames[level].entries.indices {
        guard let position = frames[level].entries[index].relation.columns.firstIndex(where: { same($0.name, name) }) else { continue }
        rows.add(frames[level].entries[index].relation.columns[position].flow.influence(.join))
        guard index >= right else {
          if !frames[level].entries[index].hidden.contains(compared(name)) { left = frames[level].entries[index].relation.columns[position].flow }
          continue
        }
        frames[level].entries[index].hidden.insert(compared(name))
        if outer == .full || outer == .right || outer == .naturalFull || outer == .naturalRight, left != nil {
          let flow = frames[level].entries[index].relation.columns[position].flow
          for other in frames[level].entries[..<right].indices {
            if let place = frames[level].entries[other].relation.columns.firstIndex(where: { same($0.name, name) }) {
              frames[level].entries[other].relation.columns[place].flow.add(flow)
            }
          }
        }
      }
    }
    return rows
  }

  private mutating func tableReference(_ node: NodeID) -> Flow {
    guard let head = tree.children(node).first(where: { tree.kind($0) != .alias }) else { return Flow() }
    let aliasNode = tree.child(node, .alias)
    let names = tree.child(node, .columnList).map { tree.children($0, .identifier).map { catalog.columnName(of: $0, in: tree) } } ?? []
    var relation: Relation
    var name: ObjectName?
    var alias = aliasNode.map { catalog.columnName(of: $0, in: tree) }
    if let given = alias, hole(in: given) != nil {
      trouble(.dynamicText, node)
      alias = nil
    }
    if tree.kind(head) == .parameter || tree.kind(head) == .placeholder {
      let text = tree.text(head)
      trouble(.dynamicName, node)
      relation = Relation(columns: [], rows: Flow(), open: ObjectName(["{\(text.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "_" })}"]))
    } else if tree.kind(head) == .literal {
      // a file by its path
      let path = tree.stringValue(tree.firstToken(head))
      relation = Relation(columns: [], rows: Flow(), open: ObjectName(["file:" + path]))
      alias = alias ?? String(path.split(separator: "/").last?.prefix { $0 != "." } ?? "")
    } else if tree.kind(head) == .name, let known = commonTable(head) {
      relation = known
      alias = alias ?? catalog.columnName(of: head, in: tree)
    } else {
      let table = table(head)
      relation = rows(of: table, head)
      if case .permanent(let permanent, _) = table { name = permanent }
      alias = alias ?? (tree.kind(head) == .variable ? tree.text(head) : catalog.columnName(of: head, in: tree))
    }
    relation = named(relation, names)
    add(Frame.Entry(alias: alias ?? "", name: name, relation: relation))
    return relation.rows
  }

  private mutating func commonTable(_ node: NodeID) -> Relation? {
    let parts = tree.nameParts(node)
    guard parts.count == 1 else { return nil }
    let name = compared(catalog.folded(parts[0].text, quoted: parts[0].quoted))
    for frame in frames.reversed() {
      if let known = frame.ctes.last(where: { $0.name == name }) { return known.relation }
    }
    return nil
  }

  private mutating func derivedTable(_ node: NodeID) -> Flow {
    let children = tree.children(node)
    guard let body = children.first else { return Flow() }
    let alias = tree.child(node, .alias).map { catalog.columnName(of: $0, in: tree) } ?? ""
    let names = tree.child(node, .columnList).map { tree.children($0, .identifier).map { catalog.columnName(of: $0, in: tree) } } ?? []
    let level = frames.count - 1
    var relation: Relation
    wantsOrder = tree.kind(body) == .query && tree.child(body, .orderBy) != nil
    rowOrder = Flow()
    if tree.kind(body) == .joined {
      // a join in brackets under one alias
      frames.append(Frame())
      let rows = tableExpression(body)
      relation = Relation(columns: frames[frames.count - 1].entries.flatMap { $0.relation.columns }, rows: rows)
      frames.removeLast()
    } else if tree.flags(node) & 1 != 0 || isApplied(node) {
      relation = self.relation(body)
    } else {
      // the tables beside it cannot be seen from within
      let hidden = frames[level].entries
      frames[level].entries = []
      relation = self.relation(body)
      frames[level].entries = hidden
    }
    wantsOrder = false
    frames[level].order.add(rowOrder)
    rowOrder = Flow()
    relation = named(relation, names)
    add(Frame.Entry(alias: alias, name: nil, relation: relation))
    return relation.rows
  }

  /// Whether a derived table is the right side of APPLY, from where it sees the tables before it.
  private mutating func isApplied(_ node: NodeID) -> Bool {
    guard node + 1 < tree.nodes.count, tree.kind(node + 1) == .join else { return false }
    let kind = JoinKind(rawValue: tree.flags(node + 1))
    return kind == .crossApply || kind == .outerApply
  }

  private mutating func functionName(_ node: NodeID) -> String {
    guard let call = tree.child(node, .call), let name = tree.child(call, .name) else { return "" }
    return tree.lastPart(name)?.text ?? ""
  }

  /// A table function's rows: of a routine of the input, or of a built-in whose arguments flow into its columns.
  mutating func functionRows(_ node: NodeID, alias: String?) -> Relation {
    let call = tree.kind(node) == .call ? node : tree.child(node, .call) ?? node
    var result: Relation
    if let head = tree.child(call, .name), tree.kind(call) == .call {
      let arguments = tree.children(call).dropFirst().filter { tree.kind($0) != .over }
      if let index = routine(named: catalog.objectName(head, in: tree), arguments: arguments.count) {
        result = callTableFunction(index, Array(arguments), call)
      } else {
        let name = tree.lastPart(head)?.text.lowercased() ?? ""
        if let foreign = foreignRows(name, Array(arguments), call) { return foreign }
        var flow = Flow()
        for argument in arguments { flow.add(self.flow(argument)) }
        if ["nodes"].contains(name) { flow.add(self.flow(call)) }
        let known = Interpreter.functionColumns[name] ?? []
        if tree.nameParts(head).count > 1, name != "nodes", !isSystemSchema(catalog.objectName(head, in: tree)) { trouble(.unknownObject, call) }
        // how many elements there are decides how many rows come
        result = Relation(
          columns: known.map { Relation.Column(name: $0, flow: flow.transformed()) }, rows: flow.influence(.filter), open: nil, fallback: flow.transformed())
      }
    } else {
      result = Relation(columns: [], rows: Flow(), open: nil, fallback: tree.children(node).first.map { flow($0).transformed() } ?? Flow())
    }
    if let definitions = tree.child(node, .columnDefinitions) {
      let flow = result.fallback ?? result.columns.reduce(into: Flow()) { $0.add($1.flow) }
      result.columns = tree.children(definitions, .columnDefinitionItem).compactMap { item in
        tree.child(item, .identifier).map { Relation.Column(name: catalog.columnName(of: $0, in: tree), flow: flow) }
      }
      result.fallback = nil
    } else if let list = tree.child(node, .columnList) {
      result = named(result, tree.children(list, .identifier).map { catalog.columnName(of: $0, in: tree) })
    } else if let alias, result.columns.isEmpty, let fallback = result.fallback {
      result.columns = [Relation.Column(name: alias, flow: fallback)]
    } else if let alias, result.columns.count == 1, result.columns[0].name.isEmpty {
      result.columns[0].name = alias
    }
    return result
  }

  /// Rows of a file or of another server.
  private mutating func foreignRows(_ name: String, _ arguments: [NodeID], _ call: NodeID) -> Relation? {
    switch name {
    case "openrowset" where tree.contains(call, .bulk):
      let path = arguments.first.map { tree.stringValue(tree.firstToken($0)) } ?? ""
      return Relation(columns: [], rows: Flow(), open: ObjectName(["file:" + path]))
    case _ where Interpreter.fileReaders.contains(name) && catalog.dialect.extensions.contains(.filesAsTables):
      // a list of files: the first stands for all
      guard let first = arguments.first, let path = tree.descendants(first).first(where: { tree.kind($0) == .literal }),
        tree.firstToken(path).kind == .string
      else { return nil }
      return Relation(columns: [], rows: Flow(), open: ObjectName(["file:" + tree.stringValue(tree.firstToken(path))]))
    case _ where catalog.dialect.procedural == .tsql && isServerFunction(call):
      // a function of the server: a table of its name, chosen by its arguments
      var rows = Flow()
      for argument in arguments { rows.add(flow(argument).influence(.filter)) }
      let parts = tree.child(call, .name).map { tree.nameParts($0).map { $0.text.lowercased() } } ?? []
      var result = systemRows(ObjectName(parts), isFunction: true) ?? Relation(columns: [], rows: Flow(), open: ObjectName(parts))
      result.rows.add(rows)
      return result
    case "openquery", "openrowset", "opendatasource", "dblink":
      trouble(.remote, call)
      return Relation(columns: [], rows: Flow(), open: nil, fallback: Flow())
    default: return nil
    }
  }

  private mutating func isServerFunction(_ call: NodeID) -> Bool {
    guard let name = tree.child(call, .name) else { return false }
    let parts = tree.nameParts(name)
    return parts.count > 1 && parts[parts.count - 2].text.lowercased() == "sys"
  }

  /// Functions that read files.
  /// <https://duckdb.org/docs/stable/data/overview>
  static let fileReaders: Set<String> = [
    "read_csv", "read_csv_auto", "sniff_csv", "read_parquet", "parquet_scan", "read_json", "read_json_auto", "read_json_objects", "read_ndjson",
    "read_ndjson_auto", "read_ndjson_objects", "read_text", "read_blob", "read_xlsx",
  ]

  /// The columns of built-in table functions.
  static let functionColumns: [String: [String]] = [
    "string_split": ["value", "ordinal"], "openjson": ["key", "value", "type"], "generate_series": [], "json_each": ["key", "value"],
    "jsonb_each": ["key", "value"], "json_each_text": ["key", "value"], "jsonb_each_text": ["key", "value"],
    "jsonb_array_elements": ["value"], "json_array_elements": ["value"], "jsonb_array_elements_text": ["value"],
    "json_array_elements_text": ["value"],
  ]
}
