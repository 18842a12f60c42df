internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreDiagnostics
internal import CadastreModel
internal import CadastreSQL
internal import Foundation

extension Binder {
  /// What is known of an expression's value. Every name in it is looked up.
  mutating func value(_ node: NodeID) -> ValueType {
    let children = tree.children(node)
    switch tree.kind(node) {
    case .literal: return literal(node)
    case .wordValue: return word(node)
    case .name: return name(node)
    case .variable: return variable(tree.text(node))?.type ?? .unknown
    case .parameter: return positional(node)
    case .placeholder, .star, .typeName, .identifier, .frame, .alias: return .unknown
    case .paren: return children.first.map { value($0) } ?? .unknown
    case .subquery, .query: return subquery(node)
    case .exists:
      if let query = children.first { _ = rows(query) }
      return ValueType(type: .boolean, size: .unknown)
    case .inQuery:
      if let left = children.first { _ = value(left) }
      if let query = children.last { _ = rows(query) }
      return ValueType(type: .boolean, size: .unknown)
    case .and, .or, .not, .comparison, .like, .between, .inList, .isTest, .distinctFrom:
      for child in children { if tree.kind(child) == .query { _ = rows(child) } else { _ = value(child) } }
      return ValueType(type: .boolean, size: .unknown)
    case .caseExpression: return choice(children)
    case .cast: return cast(node, children)
    case .call: return call(node)
    case .chain: return chain(node, children)
    case .unary: return children.first.map { value($0) } ?? .unknown
    case .collate: return children.first.map { value($0) } ?? .unknown
    case .fieldAccess:
      guard children.count == 2 else { return .unknown }
      return field(of: children[0], children[1])
    case .qualifiedStar:
      _ = row(node)
      return .unknown
    case .namedArgument: return children.last.map { value($0) } ?? .unknown
    case .array:
      var inner = ValueType.null
      for child in children { inner = inner.joined(tree.kind(child) == .query ? subquery(child) : value(child)) }
      return ValueType(type: inner.type.map { .array($0) }, size: .unknown)
    case .subscript:
      var whole = ValueType.unknown
      for (index, child) in children.enumerated() {
        let value = value(child)
        if index == 0 { whole = value }
      }
      if case .array(let element)? = whole.type { return ValueType(type: element, size: .unknown) }
      return .unknown
    default:
      for child in children { _ = value(child) }
      return .unknown
    }
  }

  private func literal(_ node: NodeID) -> ValueType {
    let token = tree.firstToken(node)
    switch token.kind {
    case .string, .dollarString: return ValueType(type: nil, size: .known(Decimal(tree.stringValue(token).unicodeScalars.count)))
    case .number:
      let text = tree.text(node)
      guard let number = Decimal(string: text) else { return .unknown }
      if text.contains(where: { $0 == "." || $0 == "e" || $0 == "E" }) { return ValueType(type: .decimal(precision: nil, scale: nil), size: .known(number)) }
      return ValueType(type: number <= 2_147_483_647 ? .int32 : .int64, size: .known(number))
    default: return ValueType(type: nil, size: .unknown)
    }
  }

  private func word(_ node: NodeID) -> ValueType {
    switch tree.firstToken(node).keyword {
    case .null, .default: .null
    case .true, .false: ValueType(type: .boolean, size: .unknown)
    case .current_date: ValueType(type: .date, size: .unknown)
    case .current_timestamp, .localtimestamp: ValueType(type: .timestamptz(precision: nil), size: .unknown)
    default: .unknown
    }
  }

  /// `$1` in a function of SQL.
  private func positional(_ node: NodeID) -> ValueType { variable(tree.text(node))?.type ?? .unknown }

  private mutating func subquery(_ node: NodeID) -> ValueType {
    let query = tree.kind(node) == .query ? node : tree.children(node).first ?? node
    return rows(query).fields.first?.type ?? .unknown
  }

  private mutating func choice(_ children: [NodeID]) -> ValueType {
    var result = ValueType.null
    for child in children {
      let parts = tree.children(child)
      switch tree.kind(child) {
      case .whenBranch where parts.count == 2:
        _ = value(parts[0])
        result = result.joined(value(parts[1]))
      case .elseBranch: if let part = parts.first { result = result.joined(value(part)) }
      default: _ = value(child)
      }
    }
    return result
  }

  private mutating func cast(_ node: NodeID, _ children: [NodeID]) -> ValueType {
    var inner = ValueType.unknown
    for child in children where tree.kind(child) != .typeName { inner = value(child) }
    guard let typeNode = tree.child(node, .typeName) else { return inner }
    let type = declaredType(typeNode).type
    return converted(inner, to: type)
  }

  /// A value as another type: an explicit cast of a text cuts it, one of a number refuses what is too large.
  func converted(_ value: ValueType, to type: LogicalType?) -> ValueType {
    guard let type else { return ValueType(type: nil, size: .unknown) }
    let full = ValueType(column: type)
    switch (Family(value.type), Family(type)) {
    case (.text, .text), (nil, .text), (.number, .number):
      guard let size = value.size.value else {
        if case .known = full.size, case .open = value.size { return full }
        return ValueType(type: type, size: value.size)
      }
      guard let most = Limit(type)?.largest else { return ValueType(type: type, size: .known(size)) }
      return ValueType(type: type, size: .known(min(size, most)))
    case (.date, .text): return ValueType(type: type, size: .known(10))
    case (.uuid, .text): return ValueType(type: type, size: .known(36))
    default: return ValueType(type: type, size: .unknown)
    }
  }

  // MARK: operators

  private mutating func chain(_ node: NodeID, _ children: [NodeID]) -> ValueType {
    guard let first = children.first else { return .unknown }
    var result = value(first)
    for child in children.dropFirst() {
      let right = value(child)
      let before = Int(tree.nodes[child].firstToken) - 1
      let sign = before >= 0 ? operatorToken(before) : .endOfFile
      let joinsText = sign == .concat || (sign == .plus && catalog.dialect.features.contains(.plusConcatenates) && Family(result.type) != .number)
      if joinsText {
        let isJSON = result.type == .json || right.type == .json
        result = ValueType(type: isJSON ? .json : .text, size: piece(result).adding(piece(right)))
        continue
      }
      result = arithmetic(result, right, sign, child)
    }
    return result
  }

  /// The operator before an operand; brackets that open it are passed over.
  private func operatorToken(_ index: Int) -> TokenKind {
    var at = index
    while at > 0, tree.tokens[at].kind == .leftParen { at -= 1 }
    return tree.tokens[at].kind
  }

  /// How long a value is as a text.
  private func piece(_ value: ValueType) -> ValueType.Size {
    switch Family(value.type) {
    case .text, nil: value.size
    case .date: .known(10)
    case .uuid: .known(36)
    default: .unknown
    }
  }

  private mutating func arithmetic(_ left: ValueType, _ right: ValueType, _ sign: TokenKind, _ node: NodeID) -> ValueType {
    guard Family(left.type) == .number, Family(right.type) == .number || right.type == nil else {
      // a date and a number of days
      if Family(left.type) == .date, sign == .hyphen, Family(right.type) == .date { return ValueType(type: .int32, size: .unknown) }
      return ValueType(type: left.type ?? right.type, size: .unknown)
    }
    let type = ValueType.common(left.type, right.type)
    var size = ValueType.Size.unknown
    if let mine = left.size.value, let theirs = right.size.value {
      switch sign {
      case .plus: size = .known(mine + theirs)
      case .hyphen: size = .known(mine)
      case .star: size = .known(mine * theirs)
      case .percentSign: size = .known(min(mine, theirs))
      default: size = .unknown
      }
    } else if case .open = left.size, sign == .plus || sign == .star {
      size = .unknown
    }
    if let type, ValueType.rank(type) <= 3, let limit = Limit(type), let value = size.value, !limit.holds(value) {
      fault(.width, node, "expression", "the result is \(type.spelled), its value can be up to \(value)")
      size = .known(limit.largest)
    }
    return ValueType(type: type, size: size)
  }

  // MARK: calls

  mutating func call(_ node: NodeID) -> ValueType {
    let children = tree.children(node)
    guard let head = children.first else { return .unknown }
    guard tree.kind(head) == .name else {
      for child in children { _ = value(child) }
      return .unknown
    }
    var arguments: [ValueType] = []
    var nodes: [NodeID] = []
    for child in children.dropFirst() {
      switch tree.kind(child) {
      case .orderBy, .withinGroup, .filter, .over, .partitionBy: clause(child)
      default:
        arguments.append(value(child))
        nodes.append(child)
      }
    }
    let parts = tree.nameParts(head)
    if let index = routine(head, arguments, node) { return result(ofCall: index, arguments, node) }
    return builtIn(parts.last?.text.lowercased() ?? "", arguments, nodes)
  }

  /// ORDER BY, PARTITION BY and FILTER inside a call.
  private mutating func clause(_ node: NodeID) {
    for child in tree.children(node) {
      switch tree.kind(child) {
      case .orderBy, .partitionBy, .orderItem, .over: clause(child)
      case .frame, .identifier: continue
      default: _ = value(child)
      }
    }
  }

  func builtIn(_ name: String, _ arguments: [ValueType], _ nodes: [NodeID]) -> ValueType {
    func argument(_ index: Int) -> ValueType { index < arguments.count ? arguments[index] : .unknown }
    func number(_ index: Int) -> Decimal? {
      guard index < nodes.count, tree.kind(nodes[index]) == .literal else { return nil }
      return Decimal(string: tree.text(nodes[index]))
    }
    func text(_ value: ValueType) -> LogicalType? { Family(value.type) == .text ? .text : value.type }
    switch FunctionTypes.rule(name) {
    case .like(let index): return ValueType(type: text(argument(index)), size: argument(index).size)
    case .cut(let index):
      guard let length = number(index) else { return ValueType(type: .text, size: name.hasPrefix("substr") && arguments.count == 2 ? .unknown : .unknown) }
      guard let known = argument(0).size.value else { return ValueType(type: .text, size: argument(0).size == .open ? .known(length) : argument(0).size) }
      return ValueType(type: .text, size: .known(min(known, length)))
    case .padded(let index): return ValueType(type: .text, size: number(index).map { .known($0) } ?? .unknown)
    case .concatenated(let from):
      var size = ValueType.Size.known(0)
      for value in arguments.dropFirst(from) { size = size.adding(piece(value)) }
      if from > 0, let separator = argument(0).size.value, arguments.count > 2 { size = size.adding(.known(separator * Decimal(arguments.count - 2))) }
      return ValueType(type: .text, size: size)
    case .widest: return arguments.reduce(ValueType.null) { $0.joined($1) }
    case .total:
      let type: LogicalType? = switch argument(0).type {
      case .int8, .int16, .int32: .int64
      case .int64, .decimal: .decimal(precision: nil, scale: nil)
      default: argument(0).type
      }
      return ValueType(type: type, size: argument(0).size)
    case .fixed(let type, let size): return ValueType(type: type, size: size.map { .known($0) } ?? .unknown)
    case .formatted(let index):
      if index < nodes.count, tree.kind(nodes[index]) == .literal, Family(argument(0).type) != .number { return ValueType(type: .text, size: argument(index).size) }
      return ValueType(type: .text, size: .unknown)
    case .part: return ValueType(type: text(argument(0)), size: .unknown)
    case .arrayOf(let index): return ValueType(type: argument(index).type.map { .array($0) }, size: .unknown)
    case nil: return .unknown
    }
  }

  // MARK: names

  func name(parts node: NodeID) -> [String] { tree.nameParts(node).map { catalog.folded($0.text, quoted: $0.quoted) } }

  mutating func name(_ node: NodeID) -> ValueType {
    let parts = name(parts: node)
    if let found = lookup(parts, node) { return found.type }
    return .unknown
  }

  /// The column or variable that a name means; a name that means nothing is a fault.
  mutating func lookup(_ parts: [String], _ node: NodeID) -> Field? {
    guard let last = parts.last else { return nil }
    if parts.count == 1 { return simple(last, node) }
    let qualifier = parts[parts.count - 2]
    for scope in scopes.reversed() {
      for entry in scope.entries where same(entry.alias, qualifier) {
        if parts.count > 2, let schema = entry.name?.schema, !same(schema, parts[parts.count - 3]) { continue }
        if let field = field(last, in: entry) { return field }
        if !entry.isOpen { missing(last, of: entry, node) }
        return nil
      }
    }
    if let variable = variable(parts[0]) {
      guard let fields = variable.fields else { return variable.isOpen ? nil : Field(name: parts[0], type: variable.type) }
      if let field = fields.first(where: { same($0.name, parts[1]) }) {
        if let origin = field.origin { references.insert(origin) }
        return field
      }
      if !variable.isOpen { fault(.unknownColumn, node, "\(parts[0]).\(parts[1])", "the record \(parts[0]) has no field \(parts[1])") }
      return nil
    }
    if let name = routineName, same(name.name, qualifier), let variable = variable(last) { return Field(name: last, type: variable.type) }
    // a column of a composite type
    if parts.count == 2, scopes.contains(where: { scope in scope.entries.contains { field(parts[0], in: $0, noting: false) != nil } }) { return nil }
    if !scopes.contains(where: { scope in scope.entries.contains(where: \.isOpen) }) { fault(.unknownObject, node, qualifier, "nothing here is named \(qualifier)") }
    return nil
  }

  private mutating func missing(_ column: String, of entry: Entry, _ node: NodeID) {
    if isSystemColumn(column) { return }
    let owner = entry.name?.rendered ?? entry.alias
    fault(.unknownColumn, node, "\(owner).\(column)", "\(owner) has no column \(column)")
  }

  private func isSystemColumn(_ name: String) -> Bool { ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"].contains(name.lowercased()) }

  func field(_ name: String, in entry: Entry, noting: Bool) -> Field? { entry.fields.first { same($0.name, name) } }

  /// A column of one table in scope; views follow a renamed one.
  mutating func field(_ name: String, in entry: Entry) -> Field? {
    var found = entry.fields.first { same($0.name, name) }
    if found == nil, let owner = entry.name, let new = renames[key(owner) + "\u{0}" + catalog.compared(name)] { found = entry.fields.first { same($0.name, new) } }
    if let origin = found?.origin { references.insert(origin) }
    return found
  }

  private mutating func simple(_ name: String, _ node: NodeID) -> Field? {
    for index in scopes.indices.reversed() {
      var found: [Field] = []
      for entry in scopes[index].entries where !entry.hidden.contains(catalog.compared(name)) {
        if let field = field(name, in: entry) { found.append(field) }
      }
      if found.isEmpty {
        for entry in scopes[index].entries { if let field = field(name, in: entry) { found = [field] } }
      }
      if found.count > 1 {
        fault(.ambiguous, node, name, "'\(name)' could be a column of several tables")
        return nil
      }
      if let field = found.first { return field }
    }
    if let variable = variable(name) { return Field(name: name, type: variable.type) }
    for scope in scopes.reversed() {
      if let entry = scope.entries.first(where: { same($0.alias, name) }) {
        for field in entry.fields { if let origin = field.origin { references.insert(origin) } }
        return Field(name: name, type: .unknown)
      }
      if let output = scope.outputs.first(where: { same($0.name, name) }) { return output }
      if scope.entries.contains(where: \.isOpen) { return nil }
    }
    if !isSystemColumn(name) { fault(.unknownColumn, node, name, "no table or variable here has '\(name)'") }
    return nil
  }

  private mutating func field(of value: NodeID, _ name: NodeID) -> ValueType {
    if let fields = row(value) {
      if let field = fields.first(where: { same($0.name, spelling(name)) }) { return field.type }
      if !fields.contains(where: \.name.isEmpty) { fault(.unknownColumn, name, spelling(name), "\(tree.text(value, limit: 60)) has no field \(spelling(name))") }
      return .unknown
    }
    _ = self.value(value)
    return .unknown
  }

  /// The fields of a row value: `t.*`, a record variable, `ROW(...)`; `nil` when it is none, or its fields are not known.
  mutating func row(_ node: NodeID) -> [Field]? {
    switch tree.kind(node) {
    case .paren, .qualifiedStar:
      guard let inner = tree.children(node).first else { return nil }
      return row(inner)
    case .name:
      let parts = name(parts: node)
      guard let last = parts.last else { return nil }
      for scope in scopes.reversed() {
        if let entry = scope.entries.first(where: { same($0.alias, last) }) {
          for field in entry.fields { if let origin = field.origin { references.insert(origin) } }
          return entry.isOpen ? nil : entry.fields.filter { !entry.hidden.contains(catalog.compared($0.name)) }
        }
      }
      guard let variable = variable(last), !variable.isOpen else { return nil }
      return variable.fields
    case .row:
      return tree.children(node).map { Field(name: "", type: value($0)) }
    case .call:
      guard let head = tree.child(node, .name) else { return nil }
      let arguments = tree.children(node).dropFirst().map { value($0) }
      guard let index = routine(head, arguments, node) else { return nil }
      let rows = rows(ofFunction: index, arguments)
      return rows.isOpen ? nil : rows.fields
    default: return nil
    }
  }
}
