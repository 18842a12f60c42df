internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreDiagnostics
internal import CadastreModel
internal import CadastreSQL

extension Interpreter {
  /// The texts an expression can give; `nil` when nothing is known of them.
  mutating func texts(_ node: NodeID) -> [AbstractText]? {
    guard wantsTexts else { return nil }
    let children = tree.children(node)
    switch tree.kind(node) {
    case .literal:
      let token = tree.firstToken(node)
      switch token.kind {
      case .string, .dollarString:
        // pieces on lines of their own are one string
        let value = tree.nodes[node]
        let pieces = (Int(value.firstToken)..<Int(value.endToken)).map { tree.tokens[$0] }.filter { $0.kind == .string || $0.kind == .dollarString }
        let text = pieces.map { tree.stringValue($0) }.joined()
        return [AbstractText(text: text, holes: unit.holes.filter { text.contains($0.word) })]
      case .number: return [AbstractText(text: tree.text(node))]
      default: return nil
      }
    case .paren, .collate: return children.first.flatMap { texts($0) }
    case .cast: return children.first { tree.kind($0) != .typeName }.flatMap { texts($0) }
    case .chain where tree.flags(node) == TokenKind.concat.rawValue || tree.flags(node) == TokenKind.plus.rawValue:
      var result: [AbstractText]? = [.none]
      for child in children {
        guard let left = result else { return nil }
        result = AbstractText.product(left, pieces(child))
      }
      return result
    case .caseExpression:
      var result: [AbstractText] = []
      for child in children where tree.kind(child) == .whenBranch || tree.kind(child) == .elseBranch {
        guard let value = tree.children(child).last else { continue }
        for text in pieces(value) where !result.contains(text) { result.append(text) }
      }
      return result.count <= AbstractText.mostAlternatives ? result : nil
    case .call: return functionTexts(node, children)
    case .array: return tree.child(node, .query) == nil ? united(children[...]) : nil
    case .variable, .name, .parameter, .subscript:
      return tree.kind(node) == .subscript && tree.children(node).first.map({ tree.text($0).lowercased() }) != "tg_argv" ? nil : cell(node).texts
    case .wordValue: return [.none]
    default: return nil
    }
  }

  /// The texts of an operand; what is not known becomes a hole.
  mutating func pieces(_ node: NodeID) -> [AbstractText] {
    if let known = texts(node), !known.isEmpty { return known }
    return [hole(for: node)]
  }

  private mutating func hole(for node: NodeID) -> AbstractText {
    let cell = tree.kind(node) == .name || tree.kind(node) == .variable || tree.kind(node) == .parameter ? self.cell(node) : State.Cell(flow: flow(node))
    let plain = tree.kind(node) == .name || tree.kind(node) == .variable
    let name = cell.parameter ?? (plain ? tree.text(node, limit: 60) : "expression")
    let hole = Hole(
      number: nextHole, name: name.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "_" }, flow: cell.flow, kind: isTextual(node) ? .text : .value)
    nextHole += 1
    return AbstractText(text: hole.word, holes: [hole])
  }

  /// Whether a value is text of which nothing says that it is one literal.
  private func isTextual(_ node: NodeID) -> Bool {
    switch tree.kind(node) {
    case .variable, .name:
      let key = variableKey(tree.text(node))
      if let type = unit.types[key] { return Interpreter.isText(type) }
      guard let entry = nameOnly(node), let asset = catalog.asset(named: columns.reference(entry).asset) else { return false }
      return asset.columns.first { $0.name == columns.reference(entry).column }?.nativeType.map(Interpreter.isText) ?? false
    case .paren: return tree.children(node).first.map(isTextual) ?? false
    case .subquery, .caseExpression: return true
    case .call:
      let name = tree.child(node, .name).map { tree.nameParts($0).last?.text.lowercased() ?? "" } ?? ""
      return ["string_agg", "stuff", "array_to_string", "listagg", "group_concat", "substring", "left", "right", "concat", "concat_ws"].contains(name)
    default: return false
    }
  }

  /// The one column that a name in a query is.
  private func nameOnly(_ node: NodeID) -> ColumnID? {
    guard tree.kind(node) == .name, let column = tree.lastPart(node)?.text else { return nil }
    for frame in frames.reversed() {
      for entry in frame.entries {
        if let found = entry.relation.column(named: column, names), found.flow.entries.count == 1 { return found.flow.entries[0].column }
      }
    }
    return nil
  }

  private mutating func functionTexts(_ node: NodeID, _ children: [NodeID]) -> [AbstractText]? {
    guard let head = children.first, tree.kind(head) == .name else { return nil }
    let arguments = Array(children.dropFirst())
    switch tree.lastPart(head)?.text.lowercased() ?? "" {
    case "quotename" where arguments.count > 1 && tree.text(arguments[1]).contains("''"):
      return pieces(arguments[0]).map { $0.holes.isEmpty ? AbstractText(text: "'" + $0.text + "'") : $0.with(.value) }
    case "quote_ident", "quotename":
      return arguments.first.map { pieces($0).map { quoted($0) } }
    case "quote_literal", "quote_nullable":
      return arguments.first.map { argument in
        pieces(argument).map { $0.holes.isEmpty ? AbstractText(text: "'" + $0.text + "'") : $0.with(.value) }
      }
    case "iif" where arguments.count == 3: return united(arguments.dropFirst())
    case "choose" where arguments.count > 1: return united(arguments.dropFirst())
    case "concat": return concatenated(arguments, separator: nil)
    case "concat_ws": return arguments.first.flatMap { first in concatenated(Array(arguments.dropFirst()), separator: texts(first)?.first) }
    case "format": return format(arguments)
    case "upper", "lower", "trim", "ltrim", "rtrim", "btrim", "rtrim_", "convert", "isnull", "coalesce", "nullif", "to_char":
      return arguments.first.map { pieces($0) }
    case "replace":
      guard arguments.count == 3, let subject = texts(arguments[0]), let from = texts(arguments[1])?.first, from.holes.isEmpty, !from.text.isEmpty
      else { return nil }
      var result: [AbstractText] = []
      for text in subject {
        for value in pieces(arguments[2]) {
          let replaced = text.text.split(separator: from.text, omittingEmptySubsequences: false).joined(separator: value.text)
          result.append(AbstractText(text: replaced, holes: text.holes + value.holes))
        }
      }
      return result
    case "left" where arguments.count == 2, "substring" where arguments.count == 3, "stuff" where arguments.count == 4:
      return cut(tree.lastPart(head)?.text.lowercased() ?? "", arguments)
    case "char", "nchar", "chr": return [AbstractText(text: "\n")]
    case "object_name", "db_name", "schema_name": return nil
    default: return nil
    }
  }

  /// The usual ways to take a separator off a list: `LEFT(x, LEN(x) - 1)`, `STUFF(x, 1, 2, '')`, `SUBSTRING(x, 2, ...)`.
  private mutating func cut(_ function: String, _ arguments: [NodeID]) -> [AbstractText]? {
    guard let known = texts(arguments[0]) else { return nil }
    if function == "left" {
      let parts = tree.children(arguments[1])
      guard tree.kind(arguments[1]) == .chain, parts.count == 2, tree.kind(parts[0]) == .call, let count = Int(tree.text(parts[1])) else { return nil }
      // LEN does not count blanks at the end
      let name = tree.child(parts[0], .name).map { tree.text($0).lowercased() }
      return known.map { text in
        var shorter = text
        if name == "len" { while shorter.text.utf8.last == 0x20 { shorter.text.removeLast() } }
        shorter.text = String(shorter.text.dropLast(count))
        return shorter
      }
    }
    guard let start = Int(tree.text(arguments[1])), start >= 1 else { return nil }
    var taken = start - 1
    if function == "stuff" {
      guard start == 1, let length = Int(tree.text(arguments[2])), texts(arguments[3])?.first?.text.isEmpty ?? false else { return nil }
      taken = length
    }
    return known.map { text in
      var shorter = text
      shorter.text = String(text.text.dropFirst(taken))
      return shorter
    }
  }

  private mutating func united(_ nodes: ArraySlice<NodeID>) -> [AbstractText]? {
    var result: [AbstractText] = []
    for node in nodes { for text in pieces(node) where !result.contains(text) { result.append(text) } }
    return result.count <= AbstractText.mostAlternatives ? result : nil
  }

  private func quoted(_ text: AbstractText) -> AbstractText {
    guard text.holes.isEmpty else { return text.with(.name) }
    let rules = catalog.dialect.identifiers
    let plain = text.text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && (rules.folding != .lower || text.text == text.text.lowercased())
    return plain ? text : AbstractText(text: "\(rules.quoteOpen)\(text.text)\(rules.quoteClose)")
  }

  private mutating func concatenated(_ arguments: [NodeID], separator: AbstractText?) -> [AbstractText]? {
    var result: [AbstractText]? = [.none]
    for (index, argument) in arguments.enumerated() {
      if index > 0, let separator { result = result.flatMap { AbstractText.product($0, [separator]) } }
      guard let left = result else { return nil }
      result = AbstractText.product(left, pieces(argument))
    }
    return result
  }

  /// PostgreSQL's `format('%I %L %s', ...)`. <https://www.postgresql.org/docs/15/functions-string.html#FUNCTIONS-STRING-FORMAT>
  private mutating func format(_ arguments: [NodeID]) -> [AbstractText]? {
    guard let first = arguments.first, let patterns = texts(first) else { return nil }
    var result: [AbstractText] = []
    for pattern in patterns {
      var built: [AbstractText]? = [AbstractText(text: "", holes: pattern.holes)]
      var next = 1
      var literal = ""
      var characters = pattern.text.unicodeScalars.makeIterator()
      while let scalar = characters.next() {
        guard scalar == "%" else {
          literal.unicodeScalars.append(scalar)
          continue
        }
        var position: Int?
        var digits = ""
        var kind = characters.next()
        while let digit = kind, digit.properties.numericType != nil || digit == "-" {
          digits.unicodeScalars.append(digit)
          kind = characters.next()
        }
        if kind == "$" {
          position = Int(digits)
          kind = characters.next()
        }
        if kind == "%" {
          literal += "%"
          continue
        }
        let index = position ?? next
        next = index + 1
        guard index < arguments.count else { return nil }
        var values = pieces(arguments[index])
        if kind == "I" { values = values.map { quoted($0) } }
        if kind == "L" { values = values.map { $0.holes.isEmpty ? AbstractText(text: "'" + $0.text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'") : $0.with(.value) } }
        built = built.flatMap { AbstractText.product($0, [AbstractText(text: literal)]) }.flatMap { AbstractText.product($0, values) }
        literal = ""
      }
      guard let done = built.flatMap({ AbstractText.product($0, [AbstractText(text: literal)]) }) else { return nil }
      result += done
    }
    return result.count <= AbstractText.mostAlternatives ? result : nil
  }

  // MARK: running it

  /// EXECUTE and EXEC ('...') as a statement.
  mutating func dynamicStatement(_ node: NodeID) {
    let rows = runDynamic(node)
    if let into = tree.child(node, .into) { bind(tree.children(into), rows) } else if !rows.columns.isEmpty { results.append(rows) }
  }

  mutating func dynamicRelation(_ node: NodeID) -> Relation { runDynamic(node) }

  private mutating func runDynamic(_ node: NodeID) -> Relation {
    noteMoving()
    let children = tree.children(node)
    guard let expression = children.first else { return Relation() }
    if tree.flags(node) & 1 != 0 {
      trouble(.remote, node)
      return Relation()
    }
    var bindings: [State.Cell] = []
    if children.count > 1, let using = children.dropFirst().last(where: { tree.kind($0) == .row }) {
      for value in tree.children(using) { bindings.append(cell(value)) }
    }
    guard let texts = texts(expression), !texts.isEmpty else {
      let cell = cell(expression)
      trouble(.dynamicText, node, parameter: cell.parameter)
      return Relation()
    }
    if texts.allSatisfy({ text in text.holes.count == 1 && text.text == text.holes[0].word }) {
      trouble(.dynamicText, node, parameter: cell(expression).parameter)
      return Relation()
    }
    return run(texts: texts, chosen: flow(expression), bindings: bindings, node)
  }

  /// Runs every text that an expression can give, each on the state before, and joins what they leave.
  ///
  /// `chosen` is what the text was built from: it decides which text runs.
  mutating func run(texts: [AbstractText], chosen: Flow, bindings: [State.Cell] = [], _ node: NodeID) -> Relation {
    var result = Relation()
    let start = state
    var merged: State?
    for text in texts {
      state = start
      state.control.add(texts.count > 1 ? chosen.influence(.conditional) : chosen.influences)
      result.merge(run(text, node, bindings))
      state.control = start.control
      if merged == nil { merged = state } else { merged?.join(state) }
    }
    if let merged { state = merged }
    return result
  }

  private mutating func run(_ text: AbstractText, _ node: NodeID, _ bindings: [State.Cell]) -> Relation {
    guard running.count < Interpreter.deepestCall else { return Relation() }
    let source = SourceText(name: unit.file, text: text.text)
    let parsed = SyntaxTree.parse(source, dialect: catalog.dialect)
    if !parsed.unparsed.isEmpty {
      trouble(text.holes.isEmpty ? .unparsed : .dynamicText, node)
    }
    let saved = (unit, frames, results)
    let at = line(node)
    unit.tree = parsed
    unit.line = at
    unit.holes = text.holes
    unit.bindings = bindings
    frames = []
    results = []
    running.append(-2)
    defer {
      running.removeLast()
      (unit, frames, results) = saved
    }
    var lowering = Lowering(parsed)
    let steps = lowering.steps(in: parsed.root).filter { if case .unread = $0.operation { false } else { true } }
    inner { $0.run(steps) }
    var rows = Relation()
    for result in results { rows.merge(result) }
    return rows
  }
}
