internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreLineage
internal import CadastreModel
internal import CadastreSQL
internal import Foundation

extension Binder {
  mutating func statement(_ node: NodeID) {
    let children = tree.children(node)
    switch tree.kind(node) {
    case .query: queryStatement(node)
    case .insert, .update, .delete, .merge: lastRows = data(node)
    case .truncate:
      for target in tree.children(node, .target) { if let head = tree.children(target).first, tree.kind(head) == .name { _ = rows(ofTable: head) } }
    case .block: block(node)
    case .declarations: declarations(node)
    case .assignStatement:
      guard let target = children.first, let given = children.last, children.count >= 2 else { return }
      assign(target, self.given(given), given, fields: record(given))
    case .ifStatement, .caseStatement: branches(node)
    case .loop, .whileLoop, .forEach, .forRange, .forQuery: loop(node, children)
    case .tryCatch:
      let hides = !children.contains { part in tree.kind(part) == .catchBody && tree.descendants(part).contains { tree.kind($0) == .raise } }
      for part in children {
        let isBody = tree.kind(part) == .tryBody
        if isBody { catching += hides ? 1 : 0 } else { handling += 1 }
        statements(in: part)
        if isBody { catching -= hides ? 1 : 0 } else { handling -= 1 }
      }
    case .returnStatement: give(children.first)
    case .returnQuery: returnQuery(children.first, node)
    case .returnNext:
      guard let value = children.first else { return }
      if let fields = row(value) { compare(fields, node) } else { _ = self.value(value) }
    case .perform:
      if let query = children.first { if tree.kind(query) == .query { _ = rows(query) } else { _ = value(query) } }
    case .open: open(children)
    case .fetch:
      guard let cursor = children.first(where: { tree.kind($0) == .name }) else { return }
      let known = cursors[tree.text(cursor).lowercased()] ?? Rows(isOpen: true)
      if let into = tree.child(node, .into) { bind(tree.children(into), known, node) }
    case .execute: execute(node, children)
    case .executeDynamic:
      if let into = tree.child(node, .into) { bind(tree.children(into), Rows(isOpen: true), node) }
      for child in children where tree.kind(child) != .into { _ = value(child) }
    case .getDiagnostics: for target in tree.children(node, .name) { widen(tree.text(target), .known(1)) }
    case .createTable: createTable(node)
    case .otherDefinition where tree.firstToken(node).keyword == .refresh:
      if let name = tree.child(node, .name) { _ = rows(ofTable: name) }
    case .utility where tree.firstToken(node).keyword == .set:
      if let schemas = tree.searchPath(of: node) { searchPath = schemas }
    case .raise, .exitStatement, .utility: for child in children { if tree.kind(child) != .identifier, tree.kind(child) != .label { _ = value(child) } }
    default: return
    }
  }

  private mutating func queryStatement(_ node: NodeID) {
    let rows = rows(node)
    lastRows = rows
    guard let into = tree.descendants(node).first(where: { tree.kind($0) == .into }) else { return }
    let targets = tree.children(into)
    if tree.flags(into) & 1 != 0, let head = targets.first {
      temporaries[catalog.compared(spelling(head))] = rows
    } else {
      bind(targets, rows, node)
    }
  }

  /// An expression of PL/pgSQL, which may go on as a query does.
  private mutating func given(_ node: NodeID) -> ValueType { tree.kind(node) == .query ? rows(node).fields.first?.type ?? .unknown : value(node) }

  private mutating func record(_ node: NodeID) -> [Field]? {
    guard tree.kind(node) == .name || tree.kind(node) == .row || tree.kind(node) == .call else { return nil }
    let quiet = isQuiet
    isQuiet = true
    defer { isQuiet = quiet }
    return row(node)
  }

  // MARK: blocks

  private mutating func block(_ node: NodeID) {
    variables.append([:])
    defer { variables.removeLast() }
    let handlers = tree.children(node, .handler)
    let catches = handlers.contains { catchesAll($0) }
    if let declared = tree.child(node, .declarations) { declarations(declared) }
    if catches { catching += 1 }
    if let body = tree.child(node, .body) { statements(in: body) }
    if catches { catching -= 1 }
    handling += 1
    for handler in handlers { if let body = tree.child(handler, .body) { statements(in: body) } }
    handling -= 1
  }

  /// Whether a handler takes every error and does not raise one itself.
  private func catchesAll(_ handler: NodeID) -> Bool {
    guard tree.children(handler, .identifier).contains(where: { tree.text($0).lowercased() == "others" }), let body = tree.child(handler, .body) else { return false }
    return !tree.descendants(body).contains { node in
      guard tree.kind(node) == .raise else { return false }
      let value = tree.nodes[node]
      guard Int(value.firstToken) + 1 < Int(value.endToken) else { return true }
      return switch tree.tokens[Int(value.firstToken) + 1].keyword {
      case .notice, .warning, .info, .log, .debug: false
      default: true
      }
    }
  }

  private mutating func declarations(_ node: NodeID) {
    for item in tree.children(node) {
      let children = tree.children(item)
      guard let name = children.first else { continue }
      switch tree.kind(item) {
      case .declareCursor:
        if let query = tree.child(item, .query) {
          if let list = tree.child(item, .parameterList) {
            for parameter in tree.children(list, .parameterItem) {
              guard let name = tree.child(parameter, .identifier) else { continue }
              variables[variables.count - 1][tree.text(name).lowercased()] = Variable(type: ValueType(parameter: tree.child(parameter, .typeName).flatMap { declaredType($0).type }))
            }
          }
          cursors[tree.text(name).lowercased()] = rows(query)
        }
      case .declareTable:
        temporaries[catalog.compared(tree.text(name))] = Rows(fields: columns(item))
      case .declareVariable: declare(item, name, children)
      default: continue
      }
    }
  }

  private mutating func declare(_ item: NodeID, _ name: NodeID, _ children: [NodeID]) {
    let value = children.dropFirst().last { tree.kind($0) != .typeName && tree.kind($0) != .name } ?? children.dropFirst().last { tree.kind($0) == .name }
    let key = tree.text(name).lowercased()
    var variable = Variable(type: .null)
    if let typeNode = tree.child(item, .typeName) {
      let isRecord = tree.text(typeNode).lowercased() == "record"
      let (type, row) = declaredType(typeNode)
      variable.declared = isRecord ? nil : type
      variable.type = ValueType(type: isRecord ? nil : type, size: .nothing)
      if let row {
        variable.fields = row
        variable.isRow = true
      } else if isRecord {
        variable.fields = []
        variable.isOpen = true
      }
    }
    variables[variables.count - 1][key] = variable
    if let value { assign(name, given(value), value, fields: record(value)) }
  }

  func columns(_ node: NodeID) -> [Field] {
    tree.children(node, .columnItem).compactMap { item in
      guard let name = tree.child(item, .identifier) else { return nil }
      let type = tree.child(item, .typeName).map { LogicalType(spelled: tree.text($0), types: catalog.dialect.types) }
      return Field(name: spelling(name), type: ValueType(column: type))
    }
  }

  private mutating func createTable(_ node: NodeID) {
    guard let head = tree.child(node, .name) else { return }
    var rows = Rows(fields: columns(node))
    if let query = tree.child(node, .query) {
      let names = tree.child(node, .columnList).map { tree.children($0, .identifier).map { spelling($0) } } ?? []
      rows = named(self.rows(query), names)
    }
    for like in tree.children(node, .likeClause) {
      guard let name = tree.child(like, .name) else { continue }
      let parent = self.rows(ofTable: name).rows
      rows.fields += parent.fields.map { Field(name: $0.name, type: $0.type) }
      rows.isOpen = rows.isOpen || parent.isOpen
    }
    temporaries[catalog.compared(spelling(head))] = rows
  }

  private mutating func branches(_ node: NodeID) {
    for child in tree.children(node) {
      switch tree.kind(child) {
      case .branch:
        for part in tree.children(child) { if tree.kind(part) == .body { statements(in: part) } else { _ = given(part) } }
      case .elseStatements: if let body = tree.child(child, .body) { statements(in: body) }
      case .body: statements(in: child)
      default: _ = given(child)
      }
    }
  }

  private mutating func loop(_ node: NodeID, _ children: [NodeID]) {
    let body = tree.child(node, .body)
    let heads = children.filter { tree.kind($0) != .body }
    variables.append([:])
    defer { variables.removeLast() }
    switch tree.kind(node) {
    case .forQuery:
      guard let source = heads.last else { return }
      let targets = Array(heads.dropLast())
      bind(targets, loopRows(source), node)
    case .forRange:
      var size = ValueType.Size.nothing
      for bound in heads.dropFirst() { size = size.joined(value(bound).size) }
      if let name = heads.first { variables[variables.count - 1][tree.text(name).lowercased()] = Variable(type: ValueType(type: .int32, size: size), declared: .int32) }
    default: for head in heads { _ = value(head) }
    }
    if let body { statements(in: body) }
  }

  private mutating func loopRows(_ source: NodeID) -> Rows {
    switch tree.kind(source) {
    case .query, .insert, .update, .delete, .merge: return rows(source)
    case .name: return cursors[tree.text(source).lowercased()] ?? Rows(isOpen: true)
    case .call:
      for argument in tree.children(source).dropFirst() { _ = value(argument) }
      return tree.children(source).first.flatMap { cursors[tree.text($0).lowercased()] } ?? Rows(isOpen: true)
    default:
      for child in tree.children(source) { _ = value(child) }
      return Rows(isOpen: true)
    }
  }

  private mutating func open(_ children: [NodeID]) {
    guard let cursor = children.first else { return }
    guard let query = children.last, tree.kind(query) == .query else {
      for child in children.dropFirst() { _ = value(child) }
      return
    }
    cursors[tree.text(cursor).lowercased()] = rows(query)
  }

  private mutating func execute(_ node: NodeID, _ children: [NodeID]) {
    guard let first = children.first else { return }
    if tree.kind(first) == .call {
      _ = call(first)
      return
    }
    let arguments = children.filter { tree.kind($0) == .executeArgument }
    var values: [ValueType] = []
    for argument in arguments { values.append(tree.children(argument).last.map { self.value($0) } ?? .unknown) }
    if let head = children.first(where: { tree.kind($0) == .name }) { _ = routine(head, values, node) }
  }

  // MARK: what a routine returns

  private mutating func give(_ node: NodeID?) {
    guard let node else { return }
    if let fields = record(node) { returnedRows = fields }
    returned = returned.joined(given(node))
  }

  private mutating func returnQuery(_ node: NodeID?, _ statement: NodeID) {
    guard let node else { return }
    guard tree.kind(node) != .executeDynamic else {
      for child in tree.children(node) { _ = value(child) }
      return
    }
    let rows = rows(node)
    guard !rows.isOpen else { return }
    compare(rows.fields, statement)
    if var known = returnedRows, known.count == rows.fields.count {
      for index in known.indices { known[index].type = known[index].type.joined(rows.fields[index].type) }
      returnedRows = known
    } else {
      returnedRows = rows.fields
    }
  }

  /// The rows that are returned are exactly those that were declared: as many columns, of the same types.
  private mutating func compare(_ fields: [Field], _ node: NodeID) {
    guard let declared else { return }
    if fields.count != declared.count {
      return fault(.count, node, "returns", "\(fields.count) columns are returned, \(declared.count) are declared")
    }
    for (index, field) in fields.enumerated() {
      guard let given = field.type.type, let wanted = declared[index].type.type, Family(given) != nil, Family(wanted) != nil else { continue }
      if Family(given) != Family(wanted) || (Family(given) == .number && ValueType.rank(given) != ValueType.rank(wanted)) {
        fault(.type, node, "returns.\(index)", "column \(index + 1) is declared \(wanted.spelled) and returned as \(given.spelled)")
      }
    }
  }

  // MARK: assigning

  /// Gives a variable, or a field of one, a value.
  mutating func assign(_ target: NodeID, _ value: ValueType, _ node: NodeID, fields: [Field]? = nil) {
    let head = tree.kind(target) == .subscript ? tree.children(target).first ?? target : target
    var parts = tree.nameParts(head).map(\.text)
    if parts.count > 1, variable(parts[0]) == nil, let name = routineName, same(name.name, parts[0]) { parts.removeFirst() }
    guard let first = parts.first, let known = variable(first), tree.kind(target) != .subscript else { return }
    if parts.count > 1, let rowFields = known.fields {
      guard let index = rowFields.firstIndex(where: { same($0.name, parts[1]) }) else {
        if !known.isOpen { fault(.unknownColumn, target, "\(first).\(parts[1])", "the record \(first) has no field \(parts[1])") }
        return
      }
      if let origin = rowFields[index].origin { references.insert(origin) }
      if known.isRow { check(value, fits: rowFields[index].type.type, node, "\(first).\(parts[1])") }
      return
    }
    if let fields, known.fields != nil {
      if known.isRow { checkRow(fields, known, node, first) } else {
        change(first) {
          $0.fields = fields
          $0.isOpen = false
        }
      }
      return
    }
    check(value, fits: known.declared, node, first)
    widen(first, converted(value, to: known.declared).size)
  }

  private mutating func widen(_ name: String, _ size: ValueType.Size) { change(name) { $0.type.size = $0.type.size.joined(size) } }

  private mutating func checkRow(_ fields: [Field], _ variable: Variable, _ node: NodeID, _ name: String) {
    for (index, field) in fields.enumerated() {
      guard let own = variable.fields, index < own.count else { return }
      check(field.type, fits: own[index].type.type, node, "\(name).\(own[index].name)")
    }
  }

  /// Puts the columns of a row into variables, or the row into one.
  mutating func bind(_ targets: [NodeID], _ rows: Rows, _ node: NodeID) {
    if targets.count == 1, let target = targets.first, tree.nameParts(target).count == 1 {
      let name = tree.text(target).lowercased()
      let known = variable(name)
      if known == nil || known?.fields != nil {
        if let known, known.isRow {
          if !rows.isOpen { checkRow(rows.fields, known, node, name) }
          return
        }
        let filled = Variable(type: .unknown, fields: rows.fields, isOpen: rows.isOpen)
        if known == nil { variables[variables.count - 1][name] = filled } else { change(name) { $0 = filled } }
        return
      }
    }
    guard !rows.isOpen else { return }
    for (index, target) in targets.enumerated() where index < rows.fields.count { assign(target, rows.fields[index].type, node) }
  }
}
