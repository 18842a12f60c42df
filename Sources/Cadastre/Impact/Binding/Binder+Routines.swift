internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreLineage
internal import CadastreModel
internal import CadastreSQL
internal import Foundation

extension Binder {
  // MARK: routines that are called

  /// The routine of the registry that a call means.
  mutating func routine(_ head: NodeID, _ values: [ValueType], _ node: NodeID) -> Int? {
    let arguments = values.count
    let name = completed(head)
    let candidates = library.named(key(name))
    guard !candidates.isEmpty else {
      let written = tree.nameParts(head).count
      if written > 1, !isSystem(name), tree.kind(node) == .execute || !catalog.dialect.features.contains(.xmlMethods) { fault(.unknownRoutine, node, key(name), "there is no routine \(name.rendered)") }
      return nil
    }
    let index = candidates.last { takes($0, arguments) }
    guard let index else {
      fault(.count, node, key(name), "no routine \(name.rendered) takes \(arguments) arguments")
      return candidates.last
    }
    if !isQuiet { calls.append(RoutineCall(routine: index, arguments: values, line: tree.position(node).line, isCaught: catching > 0 || handling > 0)) }
    return index
  }

  private func parameters(of index: Int) -> [NodeID] {
    let entry = library.entries[index]
    return entry.tree.child(entry.node, .parameterList).map { entry.tree.children($0, .parameterItem) } ?? []
  }

  private func takes(_ index: Int, _ count: Int) -> Bool {
    let entry = library.entries[index]
    let items = parameters(of: index)
    let isFunction = entry.tree.flags(entry.node) == RoutineForm.function.rawValue
    let taken = isFunction ? items.filter { entry.tree.flags($0) != 1 } : items
    let optional = taken.filter { entry.tree.child($0, .defaultClause) != nil }.count
    let isVariadic = taken.last.map { entry.tree.contains($0, .variadic) } ?? false
    return count >= taken.count - optional && (count <= taken.count || isVariadic)
  }

  private mutating func inner(_ index: Int, _ arguments: [ValueType]) -> Binder {
    let entry = library.entries[index]
    var binder = Binder(catalog: catalog, library: library, rules: rules, tree: entry.tree)
    binder.isQuiet = true
    binder.depth = depth + 1
    binder.viewRows = viewRows
    binder.declareParameters(entry.node, arguments)
    return binder
  }

  /// What a function gives: its declared type, as wide as its body makes it of these arguments.
  mutating func result(ofCall index: Int, _ arguments: [ValueType], _ node: NodeID) -> ValueType {
    let entry = library.entries[index]
    guard let returns = entry.tree.child(entry.node, .returns), let typeNode = entry.tree.child(returns, .typeName) else { return .unknown }
    guard depth < 3 else { return .unknown }
    var binder = inner(index, arguments)
    let declared = binder.declaredType(typeNode).type
    binder.body(entry.node)
    var result = ValueType(parameter: declared)
    if result.size == .open || Family(result.type) == .text { result.size = binder.returned.size == .nothing ? .unknown : binder.returned.size }
    return result
  }

  mutating func rows(ofFunction index: Int, _ arguments: [ValueType]) -> Rows {
    let entry = library.entries[index]
    guard depth < 3 else { return Rows(isOpen: true) }
    var binder = inner(index, arguments)
    guard let declared = binder.declaredRows(entry.node) else { return Rows(isOpen: true) }
    binder.body(entry.node)
    var fields = declared
    if let given = binder.returnedRows, given.count == fields.count {
      for position in fields.indices { fields[position].type.size = given[position].type.size }
    }
    for position in fields.indices { fields[position].origin = nil }
    return Rows(fields: fields)
  }

  /// The columns that a function says it returns; `nil` when it returns no rows or does not say which.
  mutating func declaredRows(_ node: NodeID) -> [Field]? {
    guard let returns = tree.child(node, .returns) else { return nil }
    if let list = tree.child(returns, .columnDefinitions) {
      return tree.children(list, .columnDefinitionItem).compactMap { item in
        guard let name = tree.child(item, .identifier) else { return nil }
        return Field(name: spelling(name), type: ValueType(parameter: tree.child(item, .typeName).flatMap { declaredType($0).type }))
      }
    }
    guard let typeNode = tree.child(returns, .typeName) else { return nil }
    let (type, row) = declaredType(typeNode)
    if let row { return row }
    let items = tree.child(node, .parameterList).map { tree.children($0, .parameterItem) } ?? []
    let outs = items.filter { tree.flags($0) != 0 }
    if outs.count > 1 {
      return outs.compactMap { item in
        tree.child(item, .identifier).map { Field(name: spelling($0), type: ValueType(parameter: tree.child(item, .typeName).flatMap { declaredType($0).type })) }
      }
    }
    guard tree.contains(returns, .setof), Family(type) != nil else { return nil }
    return [Field(name: tree.child(node, .name).map { spelling($0) } ?? "", type: ValueType(parameter: type))]
  }

  // MARK: a routine's own text

  mutating func declareParameters(_ node: NodeID, _ arguments: [ValueType]? = nil) {
    searchPath = tree.searchPath(of: node) ?? []
    if let name = tree.child(node, .name), searchPath.isEmpty, rules.routinesSeeOwnSchema { searchPath = [catalog.objectName(name, in: tree).schema].compactMap(\.self) }
    let items = tree.child(node, .parameterList).map { tree.children($0, .parameterItem) } ?? []
    var position = 0
    for (ordinal, item) in items.enumerated() {
      let quiet = isQuiet
      isQuiet = true  // a parameter's type was looked up when the routine was made
      let declared = tree.child(item, .typeName).map { declaredType($0) }
      isQuiet = quiet
      var type = ValueType(parameter: declared?.type)
      if tree.flags(item) == 1 { type.size = .nothing } else if let arguments {
        if position < arguments.count {
          type.size = arguments[position].size
        } else if let value = tree.child(item, .defaultClause).flatMap({ tree.children($0).first }), tree.kind(value) == .literal || tree.kind(value) == .wordValue {
          type.size = self.value(value).size
        }
        position += 1
      }
      let variable = Variable(type: type, declared: rules.parametersHoldWidths ? declared?.type : Self.bare(declared?.type), fields: declared?.row)
      let names = [tree.child(item, .identifier).map { tree.text($0).lowercased() } ?? "", "$\(ordinal + 1)"]
      for name in names where !name.isEmpty { variables[variables.count - 1][name] = variable }
    }
    if let returns = tree.child(node, .returns), let list = tree.child(returns, .columnDefinitions) {
      for item in tree.children(list, .columnDefinitionItem) {
        guard let name = tree.child(item, .identifier) else { continue }
        let type = tree.child(item, .typeName).flatMap { declaredType($0).type }
        variables[variables.count - 1][tree.text(name).lowercased()] = Variable(type: ValueType(type: type, size: .nothing), declared: Self.bare(type))
      }
    }
  }

  /// A type without its length or precision.
  private static func bare(_ type: LogicalType?) -> LogicalType? {
    switch type {
    case .varchar, .char: .text
    case .decimal: .decimal(precision: nil, scale: nil)
    default: type
    }
  }

  /// Runs through the body of a routine or trigger.
  mutating func body(_ node: NodeID) {
    if let name = tree.child(node, .name) { routineName = catalog.objectName(name, in: tree) }
    guard let body = tree.child(node, .body) else { return }
    statements(in: body, isLast: true)
    // a function of SQL gives its last query
    if let last = tree.statements(in: body).last, tree.kind(last) == .query, let result = lastRows {
      returned = result.fields.first?.type ?? returned
      if !result.isOpen { returnedRows = result.fields }
    }
  }

  mutating func statements(in holder: NodeID, isLast: Bool = false) {
    for statement in tree.statements(in: holder) { self.statement(statement) }
  }
}
