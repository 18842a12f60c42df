package import CadastreSQL

/// Lowers the statements of a body to steps. One function per construct; which constructs occur is the dialect's affair.
struct Lowering {
  let tree: SyntaxTree
  private var ordinal = 0
  /// Blocks around the current one.
  private var depth = 0

  init(_ tree: SyntaxTree) { self.tree = tree }

  /// The statements of a `script`, `body`, `tryBody` or `catchBody` node.
  mutating func steps(in holder: NodeID) -> [Step] {
    var result: [Step] = []
    for statement in tree.statements(in: holder) { result.append(contentsOf: steps(of: statement)) }
    return result
  }

  private mutating func one(_ operation: Step.Operation, _ node: NodeID) -> [Step] {
    ordinal += 1
    return [Step(operation: operation, node: node, ordinal: ordinal)]
  }

  /// A statement that holds others. What could not be read of its head or end is a step of its own before it.
  private mutating func compound(_ node: NodeID, _ operation: (inout Lowering) -> Step.Operation) -> [Step] {
    let unread = tree.children(node).flatMap { child in
      tree.kind(child) == .branch || tree.kind(child) == .handler ? tree.children(child, .unparsed) : tree.kind(child) == .unparsed ? [child] : []
    }
    let at = ordinal + 1
    return unread.map { Step(operation: .unread, node: $0, ordinal: at) } + [Step(operation: operation(&self), node: node, ordinal: at)]
  }

  private mutating func body(of node: NodeID) -> [Step] {
    tree.child(node, .body).map { steps(in: $0) } ?? []
  }

  private mutating func steps(of node: NodeID) -> [Step] {
    let children = tree.children(node)
    switch tree.kind(node) {
    case .query: return one(.query, node)
    case .insert, .update, .delete, .merge, .truncate, .copy, .bulkInsert: return one(.data, node)
    case .createTable, .createView, .alterTable, .drop, .rename: return one(.definition, node)
    case .block: return block(node)
    case .declarations: return declarations(node)
    case .assignStatement:
      guard children.count >= 2 else { return one(.evaluate(node), node) }
      return one(.assign(target: children[0], value: children[children.count - 1], compound: tree.flags(node) & 1 != 0), node)
    case .ifStatement, .caseStatement: return compound(node) { $0.branch(node) }
    case .loop: return compound(node) { .loop(label: $0.label(before: node), condition: nil, body: $0.body(of: node)) }
    case .whileLoop: return compound(node) { .loop(label: $0.label(before: node), condition: children.first, body: $0.body(of: node)) }
    case .forRange, .forEach:
      return compound(node) { lowering in
        let variables = children.filter { lowering.tree.kind($0) == .name }.prefix(1)
        let bounds = children.filter { !variables.contains($0) && lowering.tree.kind($0) != .body }
        return .count(label: lowering.label(before: node), variables: Array(variables), bounds: bounds, body: lowering.body(of: node))
      }
    case .forQuery:
      return compound(node) { lowering in
        let parts = children.filter { lowering.tree.kind($0) != .body }
        return .rows(label: lowering.label(before: node), variables: Array(parts.dropLast()), source: parts.last ?? node, body: lowering.body(of: node))
      }
    case .tryCatch:
      return compound(node) { lowering in
        let body = lowering.tree.child(node, .tryBody).map { lowering.steps(in: $0) } ?? []
        let handler = lowering.tree.child(node, .catchBody).map { lowering.steps(in: $0) } ?? []
        return .protected(body: body, handlers: [Step.Handler(refusals: [], body: handler)])
      }
    case .exitStatement:
      let label = tree.child(node, .identifier).map { tree.text($0).lowercased() }
      let again = tree.firstToken(node).keyword == .continue
      return one(.exit(label: label, again: again, condition: children.first { tree.kind($0) != .identifier }), node)
    case .gotoStatement:
      return one(.goto(tree.child(node, .identifier).map { tree.text($0).lowercased() } ?? ""), node)
    case .label:
      return [Step(operation: .label(tree.text(tree.firstToken(node)).lowercased()), node: node, ordinal: max(1, ordinal))]
    case .raise: return raise(node)
    case .otherDefinition where tree.firstToken(node).keyword == .refresh:
      guard let name = tree.child(node, .name) else { return one(.evaluate(node), node) }
      return one(.refresh(name), node)
    case .utility where tree.firstToken(node).keyword == .set:
      guard let schemas = tree.searchPath(of: node) else { break }
      return one(.searchPath(schemas), node)
    case .utility where tree.contains(node, .receive): return one(.receive, node)
    case .setOption:
      guard let value = children.first, tree.contains(node, .rowcount) else { break }
      return one(.rowLimit(value), node)
    case .returnStatement: return one(.give(value: children.first, row: false, ends: true), node)
    case .returnQuery: return one(.give(value: children.first, row: true, ends: false), node)
    case .returnNext: return one(.give(value: children.first, row: true, ends: false), node)
    case .open:
      return one(.open(cursor: children.first ?? node, query: children.count > 1 ? children.last : nil), node)
    case .fetch:
      let into = tree.child(node, .into).map { tree.children($0) } ?? []
      return one(.fetch(cursor: children.first { tree.kind($0) != .into && tree.kind($0) != .literal } ?? node, into: into), node)
    case .declareCursor:
      return one(.declareCursor(name: children.first ?? node, query: tree.child(node, .query)), node)
    case .execute: return one(.call, node)
    case .executeDynamic: return one(.dynamic, node)
    case .perform: return one(.evaluate(children.first ?? node), node)
    case .getDiagnostics: return one(.rowCount(variables: tree.children(node, .name)), node)
    case .anonymousBlock:
      return tree.child(node, .body).map { steps(in: $0) } ?? []
    case .unparsed: return one(.unread, node)
    default: break
    }
    ordinal += tree.kind(node).isStatement ? 1 : 0
    return []
  }

  private mutating func block(_ node: NodeID) -> [Step] {
    var steps: [Step] = []
    for unread in tree.children(node, .unparsed) { steps += one(.unread, unread) }
    let outer = depth
    depth += 1
    defer { depth = outer }
    if let declared = tree.child(node, .declarations) {
      steps += declarations(declared, counted: false)
      let names = tree.children(declared).compactMap { tree.children($0).first }.filter { tree.kind($0) == .identifier }.map { tree.text($0).lowercased() }
      let label = label(before: node)
      if outer > 0 || label != nil {
        steps += statements(of: node)
        return [Step(operation: .scope(label: label, names: names, body: steps), node: node, ordinal: max(1, ordinal))]
      }
    }
    return steps + statements(of: node)
  }

  /// The statements of a block with its handlers.
  private mutating func statements(of node: NodeID) -> [Step] {
    var steps: [Step] = []
    let handlers = tree.children(node, .handler)
    guard !handlers.isEmpty else {
      let inner = body(of: node)
      guard let label = label(before: node) else { return steps + inner }
      return steps + [Step(operation: .labelled(label: label, body: inner), node: node, ordinal: max(1, ordinal))]
    }
    steps += compound(node) { lowering in
      let body = lowering.body(of: node)
      return .protected(body: body, handlers: handlers.map { handler in
        let head = lowering.tree.nodes[handler].firstToken..<(lowering.tree.child(handler, .body).map { lowering.tree.nodes[$0].firstToken } ?? lowering.tree.nodes[handler].endToken)
        let words = head.map { lowering.tree.text(lowering.tree.tokens[Int($0)]).lowercased() }
        return Step.Handler(refusals: Step.Refusals(named: words), body: lowering.body(of: handler))
      })
    }
    return steps
  }

  /// The label `<<x>>` before a block or loop.
  private func label(before node: NodeID) -> String? {
    let first = Int(tree.nodes[node].firstToken)
    guard first >= 3, tree.tokens[first - 1].kind == .otherOperator, tree.text(tree.tokens[first - 1]) == ">>" else { return nil }
    return tree.text(tree.tokens[first - 2]).lowercased()
  }

  /// RAISE with a level goes on unless the level is EXCEPTION; RAISERROR goes on outside of TRY.
  private mutating func raise(_ node: NodeID) -> [Step] {
    let value = tree.nodes[node]
    let level = Int(value.firstToken) + 1 < Int(value.endToken) ? tree.tokens[Int(value.firstToken) + 1].keyword : .none_
    switch (tree.firstToken(node).keyword, level) {
    case (.raise, .debug), (.raise, .log), (.raise, .info), (.raise, .notice), (.raise, .warning):
      ordinal += 1
      return []
    case (.raiserror, _): return one(.fail(certain: false), node)
    default: return one(.fail(certain: true), node)
    }
  }

  private mutating func declarations(_ node: NodeID, counted: Bool = true) -> [Step] {
    if counted { ordinal += 1 }
    var steps: [Step] = []
    for item in tree.children(node) {
      let children = tree.children(item)
      guard let name = children.first ?? (tree.kind(item) == .unparsed ? item : nil) else { continue }
      let operation: Step.Operation
      switch tree.kind(item) {
      case .declareVariable where tree.flags(item) == 2:
        guard children.count > 1 else { continue }
        operation = .alias(name: name, variable: children[1])
      case .unparsed: operation = .unread
      case .declareTable: operation = .declareTable(name: name)
      case .declareCursor: operation = .declareCursor(name: name, query: tree.child(item, .query))
      default:
        let value = children.dropFirst().last { tree.kind($0) != .typeName && tree.kind($0) != .name }
          ?? children.dropFirst().last { tree.kind($0) == .name }
        operation = .declareVariable(name: name, type: tree.child(item, .typeName), value: value)
      }
      steps.append(Step(operation: operation, node: item, ordinal: max(1, ordinal)))
    }
    return steps
  }

  private mutating func branch(_ node: NodeID) -> Step.Operation {
    var operand: NodeID?
    var arms: [Step.Arm] = []
    var otherwise: [Step] = []
    for child in tree.children(node) {
      switch tree.kind(child) {
      case .branch:
        let conditions = tree.children(child).filter { tree.kind($0) != .body && tree.kind($0) != .unparsed }
        arms.append(Step.Arm(conditions: conditions, body: body(of: child)))
      case .elseStatements: otherwise = body(of: child)
      default: operand = child
      }
    }
    return .branch(operand: operand, arms: arms, otherwise: otherwise)
  }
}

extension SyntaxTree {
  /// The schemas of `SET search_path TO a, b`; `nil` for another SET. `"$user"` and pg_temp name none.
  package func searchPath(of node: NodeID) -> [String]? {
    let children = children(node)
    guard let at = children.firstIndex(where: { kind($0) == .name && text($0).lowercased() == "search_path" }) else { return nil }
    return children[(at + 1)...].prefix { kind($0) == .identifier || kind($0) == .literal || kind($0) == .name }.compactMap { part in
      let token = firstToken(part)
      let name = token.kind == .string ? stringValue(token) : lastPart(part).map { $0.quoted ? $0.text : $0.text.lowercased() } ?? ""
      return name.isEmpty || name == "$user" || name == "pg_temp" || name == "pg_catalog" ? nil : name
    }
  }
}
