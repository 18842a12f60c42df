internal import CadastreDialects

extension Parser {
  /// Reads a statement that only the dialect's tables know.
  mutating func tableStatement() throws(SyntaxFailure) {
    let start = mark()
    var best: SyntaxFailure?
    guard kind == .word else { throw failure("a statement") }
    for index in table.statements(beginningWith: keyword) {
      let statement = table.statements[index]
      do throws(SyntaxFailure) {
        try match(statement.phrase)
        return finish(start, statement.kind)
      } catch {
        if best == nil || error.token > best!.token { best = error }
        rewind(start)
      }
    }
    throw best ?? failure("a statement")
  }

  /// Reads a rule of the dialect's tables.
  mutating func phrase(_ rule: PhraseRule) throws(SyntaxFailure) {
    guard let phrase = table.rule(rule) else { throw failure(rule.name) }
    try match(phrase)
  }

  /// Reads a rule of the dialect's tables as a node.
  mutating func phrase(_ rule: PhraseRule, as kind: NodeKind) throws(SyntaxFailure) {
    let mark = mark()
    try phrase(rule)
    finish(mark, kind)
  }

  /// Reads a rule of the dialect's tables as a node, if it stands here.
  mutating func optionalPhrase(_ rule: PhraseRule, as kind: NodeKind) {
    let mark = mark()
    if let phrase = table.rule(rule), attempt(phrase) { finish(mark, kind) }
  }

  // MARK: matching

  private mutating func match(_ phrase: Phrase) throws(SyntaxFailure) {
    switch phrase {
    case .word(let word, let keyword):
      guard atWord(word, keyword) else { throw failure("'" + String(decoding: word, as: UTF8.self).uppercased() + "'") }
      advance()
    case .symbol(let symbol):
      guard atSymbol(symbol) else { throw failure("'" + String(decoding: symbol, as: UTF8.self) + "'") }
      advance()
    case .sequence(let parts): for part in parts { try match(part) }
    case .choice(let arms): try choose(arms)
    case .optional(let part): _ = attempt(part)
    case .repeated(let part):
      try match(part)
      var before = at
      while attempt(part), at > before { before = at }
    case .list(let part):
      try match(part)
      while at(.comma) {
        let comma = mark()
        advance()
        do throws(SyntaxFailure) { try match(part) } catch {
          remember(error)
          rewind(comma)
          return
        }
      }
    case .rule(let index): try nested { (p) throws(SyntaxFailure) in try p.match(p.table.rules[index]) }
    case .builtIn(let rule): try builtIn(rule)
    }
  }

  private mutating func choose(_ arms: [Phrase]) throws(SyntaxFailure) {
    let start = mark()
    var best: SyntaxFailure?
    for arm in arms {
      do throws(SyntaxFailure) { return try match(arm) } catch {
        if best == nil || error.token > best!.token { best = error }
        rewind(start)
      }
    }
    throw best ?? failure("something else")
  }

  /// Reads a part if it is there; answers whether it was.
  private mutating func attempt(_ part: Phrase) -> Bool {
    let start = mark()
    let savedDepth = depth
    do throws(SyntaxFailure) {
      try match(part)
      return true
    } catch {
      remember(error)
      depth = savedDepth
      rewind(start)
      return false
    }
  }

  /// Keeps the failure that came furthest: when the statement fails for good, it says more than where the pattern gave up.
  private mutating func remember(_ error: SyntaxFailure) {
    if error.token > (furthest?.token ?? -1) { furthest = error }
  }

  private func atWord(_ word: [UInt8], _ known: Keyword) -> Bool {
    guard kind == .word else { return false }
    if known != .none_ { return keyword == known }
    let start = Int(token.start)
    guard keyword == .none_, Int(token.end) - start == word.count else { return false }
    for offset in word.indices where word[offset] != (bytes[start + offset] | (isUpper(bytes[start + offset]) ? 0x20 : 0)) { return false }
    return true
  }

  private func isUpper(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }

  private func atSymbol(_ symbol: [UInt8]) -> Bool {
    let start = Int(token.start)
    guard kind != .endOfFile, Int(token.end) - start == symbol.count else { return false }
    for offset in symbol.indices where symbol[offset] != bytes[start + offset] { return false }
    return kind != .string
  }

  private mutating func builtIn(_ rule: Phrase.BuiltIn) throws(SyntaxFailure) {
    switch rule {
    case .name: try name()
    case .identifier: try identifier()
    case .plain: try plainIdentifier()
    case .word:
      guard kind == .word else { throw failure("a word") }
      advance()
    case .string:
      guard at(.string) || at(.dollarString) || atStandIn else { throw failure("a string") }
      leaf(.literal)
    case .number:
      let mark = mark()
      _ = take(.hyphen) || take(.plus)
      guard at(.number) || atStandIn else { throw failure("a number") }
      advance()
      finish(mark, .literal)
    case .literal:
      let mark = mark()
      _ = take(.hyphen) || take(.plus)
      switch kind {
      case .string, .dollarString, .number, .binaryLiteral, .placeholder, .bindParameter: advance()
      case .word where at(.null) || at(.true) || at(.false): advance()
      default: throw failure("a literal")
      }
      finish(mark, .literal)
    case .variable:
      guard at(.atVariable) || at(.placeholder) else { throw failure("a variable") }
      leaf(.variable)
    case .expression: try expression()
    case .condition: try condition()
    case .query: try query()
    case .dataStatement: try queryOrData()
    case .statement: try nested { (p) throws(SyntaxFailure) in try p.statementBody() }
    case .type: try typeName()
    case .columns: try columnList()
    case .arguments: try arguments()
    case .where: try whereClause()
    case .operator:
      switch kind {
      case .otherOperator, .equal, .less, .greater, .lessEqual, .greaterEqual, .notEqual, .plus, .hyphen, .star, .slash, .percentSign,
        .concat, .ampersand, .pipe, .caret, .tilde, .fatArrow: advance()
      default: throw failure("an operator")
      }
    case .tableElements: try tableElements()
    case .keyColumns: try keyColumns()
    case .parameterList: try postgresParameterList()
    case .aggregateSignature: try aggregateSignature()
    }
  }

  /// A placeholder or parameter that stands for a value.
  private var atStandIn: Bool { at(.placeholder) || at(.bindParameter) }

  /// `(*)`, `(int, text ORDER BY text)`.
  mutating func aggregateSignature() throws(SyntaxFailure) {
    try brackets { (p) throws(SyntaxFailure) in
      if p.take(.star) || p.at(.rightParen) { return }
      if !p.at(.order) { try p.list { (p) throws(SyntaxFailure) in try p.postgresParameter() } }
      if p.take(.order) {
        try p.expect(.by)
        try p.list { (p) throws(SyntaxFailure) in try p.postgresParameter() }
      }
    }
  }
}
