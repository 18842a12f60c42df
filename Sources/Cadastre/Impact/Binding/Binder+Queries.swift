internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreModel
internal import CadastreSQL

extension Binder {
  /// The rows of a query, or of a data statement that returns some.
  mutating func rows(_ node: NodeID) -> Rows {
    switch tree.kind(node) {
    case .query: return query(node)
    case .select: return select(node)
    case .setOperation: return setOperation(node)
    case .values: return values(node)
    case .subquery, .paren: return tree.children(node).first.map { rows($0) } ?? Rows(isOpen: true)
    case .insert, .update, .delete, .merge: return data(node)
    default: return Rows(isOpen: true)
    }
  }

  private mutating func query(_ node: NodeID) -> Rows {
    scopes.append(Scope())
    defer { scopes.removeLast() }
    if let with = tree.child(node, .with) { commonTables(with) }
    let body = tree.children(node).first {
      switch tree.kind($0) {
      case .select, .setOperation, .values, .query: true
      default: false
      }
    }
    guard let body else { return Rows(isOpen: true) }
    let order = tree.child(node, .orderBy)
    let result = tree.kind(body) == .select ? select(body, order: order) : rows(body)
    if tree.kind(body) != .select, let order {
      scopes.append(Scope(entries: [Entry(alias: "", fields: result.fields, isOpen: result.isOpen)]))
      self.order(order)
      scopes.removeLast()
    }
    for limit in tree.children(node, .limit) { for item in tree.children(limit) { _ = value(item) } }
    return result
  }

  mutating func commonTables(_ with: NodeID) {
    for cte in tree.children(with, .cte) {
      guard let nameNode = tree.child(cte, .identifier), let body = tree.children(cte).last else { continue }
      let name = spelling(nameNode)
      let list = tree.child(cte, .columnList).map { tree.children($0, .identifier).map { spelling($0) } } ?? []
      let level = scopes.count - 1
      if tree.flags(with) == 1, let seed = seed(of: body) {
        // a recursive table first has the columns of its first operand
        let quiet = isQuiet
        isQuiet = true
        let known = named(rows(seed), list)
        isQuiet = quiet
        scopes[level].ctes.append((name, known.fields, known.isOpen))
        let result = named(rows(body), list)
        scopes[level].ctes[scopes[level].ctes.count - 1] = (name, result.fields, result.isOpen)
      } else {
        let result = named(rows(body), list)
        scopes[level].ctes.append((name, result.fields, result.isOpen))
      }
    }
  }

  private func seed(of body: NodeID) -> NodeID? {
    let inner = tree.kind(body) == .query ? tree.child(body, .setOperation) : tree.kind(body) == .setOperation ? body : nil
    return inner.flatMap { tree.children($0).first }
  }

  func named(_ rows: Rows, _ names: [String]) -> Rows {
    var result = rows
    for (index, name) in names.enumerated() where index < result.fields.count { result.fields[index].name = name }
    return result
  }

  private mutating func setOperation(_ node: NodeID) -> Rows {
    var result: Rows?
    for child in tree.children(node) where tree.kind(child) != .setOperator {
      let operand = rows(child)
      guard var first = result else {
        result = operand
        continue
      }
      if !first.isOpen, !operand.isOpen {
        if first.fields.count != operand.fields.count {
          fault(.count, child, "union", "the operands of the set operation have \(first.fields.count) and \(operand.fields.count) columns")
        }
        for (index, field) in operand.fields.enumerated() where index < first.fields.count {
          if !Family.isUnionable(first.fields[index].type.type, field.type.type) {
            fault(.type, child, "union", "column \(index + 1) of the set operation has types that do not go together")
          }
          first.fields[index].type = first.fields[index].type.joined(field.type)
          first.fields[index].origin = nil
        }
      }
      first.isOpen = first.isOpen || operand.isOpen
      result = first
    }
    return result ?? Rows(isOpen: true)
  }

  private mutating func values(_ node: NodeID) -> Rows {
    var result: Rows?
    for row in tree.children(node, .rowConstructor) {
      var fields: [Field] = []
      var isOpen = false
      for item in tree.children(row) {
        if tree.kind(item) == .qualifiedStar {
          if let record = self.row(item) { fields += record } else { isOpen = true }
        } else {
          fields.append(Field(name: "column\(fields.count + 1)", type: value(item)))
        }
      }
      if var known = result {
        for index in known.fields.indices where index < fields.count { known.fields[index].type = known.fields[index].type.joined(fields[index].type) }
        result = known
      } else {
        result = Rows(fields: fields.map { Field(name: $0.name, type: $0.type) }, isOpen: isOpen)
      }
    }
    return result ?? Rows(isOpen: true)
  }

  // MARK: SELECT

  private mutating func select(_ node: NodeID, order: NodeID? = nil) -> Rows {
    scopes.append(Scope())
    defer { scopes.removeLast() }
    if let from = tree.child(node, .from) { self.from(from) }
    if let filter = tree.child(node, .where), let condition = tree.children(filter).first { _ = value(condition) }
    var result = Rows()
    let list = tree.child(node, .selectList)
    for item in list.map({ tree.children($0) }) ?? [] { selectItem(item, into: &result) }
    if list == nil, tree.flags(node) == 1 { star(into: &result) }
    scopes[scopes.count - 1].outputs = result.fields
    if let group = tree.child(node, .groupBy) { keys(group) }
    if let having = tree.child(node, .having), let condition = tree.children(having).first { _ = value(condition) }
    if let distinct = tree.child(node, .distinct) { for key in tree.children(distinct) { _ = value(key) } }
    if let windows = tree.child(node, .windowClause) { for window in tree.children(windows) { windowKeys(window) } }
    if let order { self.order(order) }
    for index in result.fields.indices { result.fields[index].origin = nil }
    return result
  }

  private mutating func windowKeys(_ node: NodeID) {
    for child in tree.children(node) {
      switch tree.kind(child) {
      case .identifier, .frame: continue
      case .orderBy: order(child)
      case .partitionBy: for key in tree.children(child) { _ = value(key) }
      default: _ = value(child)
      }
    }
  }

  private mutating func keys(_ node: NodeID) {
    for child in tree.children(node) {
      switch tree.kind(child) {
      case .groupingSet, .row, .paren: keys(child)
      case .literal, .orderBy: continue
      default: _ = value(child)
      }
    }
  }

  mutating func order(_ node: NodeID) {
    for item in tree.children(node, .orderItem) {
      guard let key = tree.children(item).first, tree.kind(key) != .literal else { continue }
      if tree.kind(key) == .name, tree.nameParts(key).count == 1, let scope = scopes.last, scope.outputs.contains(where: { same($0.name, spelling(key)) }) { continue }
      _ = value(key)
    }
  }

  mutating func selectItem(_ item: NodeID, into result: inout Rows) {
    if tree.kind(item) == .assignment {
      // T-SQL: SELECT @x = value
      let parts = tree.children(item)
      if let target = parts.first, let given = parts.last, parts.count >= 2 { assign(target, value(given), given) }
      return
    }
    guard let expression = tree.children(item).first(where: { tree.kind($0) != .alias }) else { return }
    switch tree.kind(expression) {
    case .star: star(into: &result)
    case .qualifiedStar:
      if let fields = row(expression) { result.fields += fields } else {
        _ = value(expression)
        result.isOpen = true
      }
    default:
      let type = value(expression)
      result.fields.append(Field(name: tree.child(item, .alias).map { spelling($0) } ?? implicitName(expression), type: type))
    }
  }

  private mutating func star(into result: inout Rows) {
    guard let scope = scopes.last else { return }
    for entry in scope.entries {
      if entry.isOpen { result.isOpen = true }
      for field in entry.fields where !entry.hidden.contains(catalog.compared(field.name)) {
        if let origin = field.origin { references.insert(origin) }
        result.fields.append(field)
      }
    }
  }

  private func implicitName(_ node: NodeID) -> String {
    switch tree.kind(node) {
    case .name: spelling(node)
    case .call: tree.child(node, .name).map { tree.nameParts($0).last?.text.lowercased() ?? "" } ?? ""
    case .cast, .paren, .collate: tree.children(node).first.map { implicitName($0) } ?? ""
    case .fieldAccess: tree.children(node).last.map { spelling($0) } ?? ""
    case .caseExpression: "case"
    default: ""
    }
  }

  // MARK: FROM

  mutating func from(_ node: NodeID) { for item in tree.children(node) { table(item) } }

  mutating func table(_ node: NodeID) {
    switch tree.kind(node) {
    case .joined: for child in tree.children(node) { if tree.kind(child) == .join { join(child) } else { table(child) } }
    case .tableReference: reference(node)
    case .derivedTable: derived(node)
    case .tableFunction: function(node)
    default:
      for child in tree.children(node) where tree.kind(child) == .tableReference { table(child) }
      scopes[scopes.count - 1].entries.append(Entry(alias: tree.child(node, .alias).map { spelling($0) } ?? "", fields: [], isOpen: true))
    }
  }

  private func columnNames(_ node: NodeID) -> [String] { tree.child(node, .columnList).map { tree.children($0, .identifier).map { spelling($0) } } ?? [] }

  private mutating func reference(_ node: NodeID) {
    guard let head = tree.children(node).first else { return }
    let alias = tree.child(node, .alias).map { spelling($0) }
    guard tree.kind(head) == .name else {
      let known = tree.kind(head) == .variable ? temporaries[catalog.compared(tree.text(head))] : nil
      scopes[scopes.count - 1].entries.append(Entry(alias: alias ?? tree.text(head), fields: known?.fields ?? [], isOpen: known?.isOpen ?? true))
      return
    }
    let (found, name) = rows(ofTable: head)
    let rows = named(found, columnNames(node))
    scopes[scopes.count - 1].entries.append(Entry(alias: alias ?? spelling(head), name: name, fields: rows.fields, isOpen: rows.isOpen))
  }

  private mutating func derived(_ node: NodeID) {
    guard let body = tree.children(node).first else { return }
    let alias = tree.child(node, .alias).map { spelling($0) } ?? ""
    if tree.kind(body) == .joined {
      table(body)
      return
    }
    let level = scopes.count - 1
    let sees = tree.flags(node) & 1 != 0 || catalog.dialect.features.contains(.apply)
    let beside = scopes[level].entries
    if !sees { scopes[level].entries = [] }
    let rows = named(self.rows(body), columnNames(node))
    if !sees { scopes[level].entries = beside }
    scopes[level].entries.append(Entry(alias: alias, fields: rows.fields.map { Field(name: $0.name, type: $0.type) }, isOpen: rows.isOpen))
  }

  private mutating func function(_ node: NodeID) {
    var rows = Rows(isOpen: true)
    var name = ""
    if let call = tree.child(node, .call), let head = tree.child(call, .name) {
      name = tree.lastPart(head)?.text ?? ""
      var arguments: [ValueType] = []
      for argument in tree.children(call).dropFirst() { arguments.append(value(argument)) }
      if let index = routine(head, arguments, call) { rows = self.rows(ofFunction: index, arguments) } else {
        let alias = tree.child(node, .alias).map { spelling($0) } ?? name
        switch name.lowercased() {
        case "generate_series":
          rows = Rows(fields: [Field(name: alias, type: ValueType(type: arguments.first?.type, size: arguments.dropFirst().first?.size ?? .unknown))])
        case "unnest", "regexp_split_to_table", "string_to_table", "jsonb_array_elements", "jsonb_array_elements_text":
          var element = ValueType.unknown
          if case .array(let type)? = arguments.first?.type { element = ValueType(type: type, size: .unknown) }
          rows = Rows(fields: [Field(name: alias, type: element)])
        default: break
        }
      }
    }
    if let definitions = tree.child(node, .columnDefinitions) {
      rows = Rows(
        fields: tree.children(definitions, .columnDefinitionItem).compactMap { item in
          guard let name = tree.child(item, .identifier) else { return nil }
          return Field(name: spelling(name), type: ValueType(column: tree.child(item, .typeName).flatMap { declaredType($0).type }))
        })
    }
    let alias = tree.child(node, .alias).map { spelling($0) } ?? name
    rows = named(rows, columnNames(node))
    scopes[scopes.count - 1].entries.append(Entry(alias: alias, fields: rows.fields, isOpen: rows.isOpen))
  }

  private mutating func join(_ node: NodeID) {
    let level = scopes.count - 1
    let before = scopes[level].entries.count
    if let right = tree.children(node).first { table(right) }
    if let on = tree.child(node, .on), let condition = tree.children(on).first { _ = value(condition) }
    if let using = tree.child(node, .using), let list = tree.child(using, .columnList) {
      for item in tree.children(list, .identifier) { merge(spelling(item), from: before, item) }
    }
    switch JoinKind(rawValue: tree.flags(node)) {
    case .natural, .naturalLeft, .naturalRight, .naturalFull:
      let left = scopes[level].entries[..<before].flatMap { $0.fields.map(\.name) }
      let shared = scopes[level].entries[before...].flatMap { $0.fields.map(\.name) }.filter { name in left.contains { same($0, name) } }
      for name in shared { merge(name, from: before, node) }
    default: break
    }
  }

  /// A column that joins two sides must be on both; it is seen once.
  private mutating func merge(_ name: String, from right: Int, _ node: NodeID) {
    let level = scopes.count - 1
    for side in [scopes[level].entries.indices.prefix(right), scopes[level].entries.indices.suffix(from: right)] {
      var found = false
      for index in side where field(name, in: scopes[level].entries[index]) != nil {
        found = true
        if index >= right { scopes[level].entries[index].hidden.insert(catalog.compared(name)) }
      }
      if !found, !side.contains(where: { scopes[level].entries[$0].isOpen }) {
        fault(.unknownColumn, node, "using.\(name).\(side.first ?? 0)", "column \(name) of USING is not on both sides of the join")
      }
    }
  }
}
