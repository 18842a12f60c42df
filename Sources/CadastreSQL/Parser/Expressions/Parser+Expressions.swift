internal import CadastreDialects

extension Parser {
  /// Binding strength of operators, weakest first.
  enum Precedence: Int {
    case or = 1, and, not, comparison, other, additive, multiplicative, power, unary, postfix
  }

  /// An expression of any kind: a value or a condition.
  mutating func expression() throws(SyntaxFailure) {
    try nested { (p) throws(SyntaxFailure) in try p.disjunction() }
  }

  /// An expression that is a condition. Where the dialect has no boolean values, a value is an error here.
  mutating func condition() throws(SyntaxFailure) {
    try expression()
    try requireCondition()
  }

  /// An expression that is a value. Where the dialect has no boolean values, a condition is an error here.
  mutating func value() throws(SyntaxFailure) {
    try expression()
    try requireValue()
  }

  /// An expression, or DEFAULT where the column's own value may stand.
  mutating func expressionOrDefault() throws(SyntaxFailure) {
    if at(.default), peek(1).kind == .comma || peek(1).kind == .rightParen { leaf(.wordValue) } else { try expression() }
  }

  /// A value, or DEFAULT where the column's own value may stand.
  mutating func valueOrDefault() throws(SyntaxFailure) {
    if at(.default), peek(1).kind != .leftParen, peek(1).kind != .dot { leaf(.wordValue) } else { try value() }
  }

  @inline(__always)
  func requireCondition() throws(SyntaxFailure) {
    if has(.conditionsAreNoValues), lastIsCondition == false { throw failure("a comparison: a value is no condition") }
  }

  @inline(__always)
  func requireValue() throws(SyntaxFailure) {
    if has(.conditionsAreNoValues), lastIsCondition == true { throw failure("a value: a condition is none") }
  }

  /// Whether the expression just read is a condition; `nil` when it could be either.
  private var lastIsCondition: Bool? {
    var node = nodes.count - 1
    while node > 0, nodes[node].kind == .paren { node -= 1 }
    switch nodes[node].kind {
    case .and, .or, .not, .comparison, .like, .between, .inList, .inQuery, .isTest, .distinctFrom, .exists: return true
    case .placeholder, .parameter: return nil
    case .call:
      let name = tokens[Int(nodes[node].firstToken)]
      switch name.keyword {
      case .contains, .freetext, .update, .match, .tsequal, .regexp_like: return true
      default: return name.kind == .placeholder ? nil : false
      }
    default: return false
    }
  }

  // MARK: AND, OR, NOT

  private mutating func disjunction() throws(SyntaxFailure) {
    let mark = mark()
    try conjunction()
    guard at(.or) else { return }
    try requireCondition()
    while take(.or) {
      try conjunction()
      try requireCondition()
    }
    finish(mark, .or)
  }

  private mutating func conjunction() throws(SyntaxFailure) {
    let mark = mark()
    try negation()
    guard at(.and) else { return }
    try requireCondition()
    while take(.and) {
      try negation()
      try requireCondition()
    }
    finish(mark, .and)
  }

  private mutating func negation() throws(SyntaxFailure) {
    guard at(.not) else { return try comparison() }
    let mark = mark()
    while take(.not) {}
    try comparison()
    try requireCondition()
    finish(mark, .not)
  }

  // MARK: comparisons and tests

  /// `a = b`, then any number of IS tests. Comparisons do not chain.
  private mutating func comparison() throws(SyntaxFailure) {
    let mark = mark()
    try predicate()
    switch kind {
    case .equal, .less, .greater, .lessEqual, .greaterEqual, .notEqual, .compoundAssign:
      // `*=` and `=*`: the outer joins of SQL Server before 2012
      if at(.compoundAssign) { guard has(.conditionsAreNoValues), bytes[Int(token.start)] == 0x2A else { return } }
      let flags = at(.compoundAssign) ? TokenKind.equal.rawValue : kind.rawValue
      try requireValue()
      advance()
      if has(.conditionsAreNoValues), tokens[at - 1].kind == .equal { _ = take(.star) }
      if at(.any) || at(.some) || at(.all), peek(1).kind == .leftParen { advance() }
      try predicate()
      try requireValue()
      finish(mark, .comparison, flags: flags)
    default: break
    }
    while kind == .word {
      switch keyword {
      case .is: try isTail(mark)
      case .isnull, .notnull:
        guard has(.postgresPredicates) else { return }
        advance()
        finish(mark, .isTest)
      default: return
      }
    }
  }

  /// A value with the tests that bind more strongly than comparisons: IN, BETWEEN, LIKE.
  private mutating func predicate() throws(SyntaxFailure) {
    let mark = mark()
    try operators(.other)
    // they do not chain
    if kind == .word { _ = try predicateTail(mark) }
  }

  private mutating func predicateTail(_ mark: Mark) throws(SyntaxFailure) -> Bool {
    let negated = at(.not)
    switch negated ? peekKeyword(1) : keyword {
    case .in:
      try requireValue()
      at += negated ? 2 : 1
      try inTail(mark)
    case .between:
      try requireValue()
      at += negated ? 2 : 1
      if has(.postgresPredicates) { _ = take(.symmetric) || take(.asymmetric) }
      try operators(.other)
      try expect(.and)
      try operators(.other)
      finish(mark, .between)
    case .ilike where has(.conditionsAreNoValues), .similar where has(.conditionsAreNoValues), .regexp where has(.conditionsAreNoValues):
      return false
    case .like, .ilike, .similar, .regexp:
      try requireValue()
      let similar = (negated ? peekKeyword(1) : keyword) == .similar
      at += negated ? 2 : 1
      if similar { try expect(.to) }
      if at(.any) || at(.all) || at(.some), peek(1).kind == .leftParen { advance() }
      try operators(.other)
      if take(.escape) { try operators(.other) }
      finish(mark, .like)
    case .glob where has(.glob), .match where has(.isCompares) && peek(negated ? 2 : 1).kind != .leftParen:
      at += negated ? 2 : 1
      try operators(.other)
      finish(mark, .like)
    case .overlaps where !negated && !has(.conditionsAreNoValues):
      advance()
      try operators(.other)
      finish(mark, .comparison)
    default: return false
    }
    return true
  }

  private mutating func inTail(_ mark: Mark) throws(SyntaxFailure) {
    guard at(.leftParen) else {
      // a list is a value too
      if has(.sqliteTables), atName {
        // `a IN t`: any row of the table
        let query = self.mark()
        try tableFactor()
        finish(query, .joined)
        finish(query, .from)
        finish(query, .select, flags: 1)
        finish(query, .query)
        return finish(mark, .inQuery)
      }
      guard at(.placeholder) || at(.bindParameter) || at(.unnest) || has(.listLiterals) else { throw failure("'('") }
      try operators(.other)
      return finish(mark, .inList)
    }
    if atQuery(peekFrom: 1) || peek(1).kind == .leftParen && bracketsHoldQuery() {
      try brackets { (p) throws(SyntaxFailure) in try p.query() }
      return finish(mark, .inQuery)
    }
    try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.value() } }
    finish(mark, .inList)
  }

  private mutating func isTail(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    _ = take(.not)
    if take(.distinct) {
      try expect(.from)
      try predicate()
      return finish(mark, .distinctFrom)
    }
    switch keyword {
    case .null: advance()
    case .true, .false, .unknown, .document, .normalized:
      guard !has(.conditionsAreNoValues) else { throw failure("NULL or DISTINCT FROM") }
      advance()
    case .nfc, .nfd, .nfkc, .nfkd:
      advance()
      try expect(.normalized)
    case .json where has(.postgresPredicates):
      advance()
      _ = take(.value) || take(.scalar) || take(.array) || take(.object)
      if at(.with) || at(.without), peekKeyword(1) == .unique {
        at += 2
        _ = take(.keys)
      }
    default:
      guard has(.isCompares) else { throw failure("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM") }
      try predicate()
      return finish(mark, .distinctFrom)
    }
    finish(mark, .isTest)
  }

  // MARK: operators

  /// Operators that bind more strongly than comparisons; every level is a flat chain. One function climbs all levels, so that a plain
  /// operand costs one call, not one a level.
  mutating func operators(_ level: Precedence) throws(SyntaxFailure) {
    let mark = mark()
    try unary()
    var least = Precedence.unary.rawValue
    while let found = binaryLevel, found.rawValue >= level.rawValue, found.rawValue < least {
      // what was read so far is the first operand of this level
      let flags = try chain(found)
      finish(mark, .chain, flags: flags)
      least = found.rawValue
    }
  }

  /// The operators of one level and the operands behind them; answers the operators' token kind, 0 when they differ.
  private mutating func chain(_ level: Precedence) throws(SyntaxFailure) -> UInt8 {
    guard let next = Precedence(rawValue: level.rawValue + 1) else { throw failure("an expression") }
    var operation: UInt8?
    try requireValue()
    while binaryLevel == level {
      let flags = try takeOperator()
      operation = operation == nil || operation == flags ? flags : 0
      try operators(next)
      try requireValue()
    }
    return operation ?? 0
  }

  /// The level of the binary operator that stands here.
  @inline(__always)
  private var binaryLevel: Precedence? {
    switch kind {
    case .plus, .hyphen: .additive
    case .star, .slash, .percentSign: .multiplicative
    case .caret: has(.conditionsAreNoValues) ? .other : .power
    case .concat, .ampersand, .pipe: .other
    case .otherOperator, .tilde:
      // T-SQL has of these only `<<` and `>>`
      !has(.conditionsAreNoValues) || (token.end - token.start == 2 && (bytes[Int(token.start)] == 0x3C || bytes[Int(token.start)] == 0x3E)) ? .other : nil
    case .word: keyword == .operator && peek(1).kind == .leftParen ? .other : nil
    default: nil
    }
  }

  private mutating func takeOperator() throws(SyntaxFailure) -> UInt8 {
    var flags = kind.rawValue
    if kind == .word {
      try namedOperator()
      flags = TokenKind.otherOperator.rawValue
    } else {
      advance()
    }
    if flags == TokenKind.otherOperator.rawValue || flags == TokenKind.tilde.rawValue, at(.any) || at(.all) || at(.some), peek(1).kind == .leftParen {
      advance()
    }
    return flags
  }

  /// `OPERATOR(schema.+)`.
  mutating func namedOperator() throws(SyntaxFailure) {
    try expect(.operator)
    try expect(.leftParen, "'('")
    while kind == .word || kind == .quotedName, peek(1).kind == .dot { at += 2 }
    switch kind {
    case .word, .quotedName, .comma, .leftParen, .rightParen, .endOfFile, .semicolon: throw failure("an operator")
    default: advance()
    }
    try expect(.rightParen, "')'")
  }

  private mutating func unary() throws(SyntaxFailure) {
    switch kind {
    case .plus, .hyphen, .tilde, .otherOperator:
      let mark = mark()
      let flags = kind.rawValue
      advance()
      while at(.plus) || at(.hyphen) || at(.tilde) { advance() }
      try postfix()
      try requireValue()
      finish(mark, .unary, flags: flags)
    case .word where keyword == .operator && peek(1).kind == .leftParen && has(.postgresPredicates):
      let mark = mark()
      try namedOperator()
      try postfix()
      finish(mark, .unary, flags: TokenKind.otherOperator.rawValue)
    default: try postfix()
    }
  }

  private mutating func postfix() throws(SyntaxFailure) {
    let mark = mark()
    try primary()
    while true {
      switch kind {
      case .doubleColon:
        advance()
        if has(.doubleColonCast) {
          try typeName()
          finish(mark, .cast)
        } else {
          // a static member of a CLR type: `geography::Point(...)`, `hierarchyid::GetRoot()`
          try identifier("a member of the type")
          if at(.leftParen) { try arguments() }
          finish(mark, .call)
        }
      case .leftBracket where has(.arrays) && (nodes.last?.kind != .array || has(.listLiterals)):
        try subscripts()
        finish(mark, .subscript)
      case .dot where canHaveMembers:
        advance()
        if at(.star) {
          leaf(.star)
          finish(mark, .qualifiedStar)
        } else {
          try identifier("a field or method")
          if at(.leftParen) {
            try arguments()
            finish(mark, .call, flags: 1)
          } else {
            finish(mark, .fieldAccess)
          }
        }
      case .word where keyword == .at:
        if peekKeyword(1) == .time, peekKeyword(2) == .zone {
          at += 3
          try unary()
        } else if peekKeyword(1) == .local, has(.postgresPredicates) {
          at += 2
        } else {
          return
        }
        finish(mark, .atTimeZone)
      case .word where keyword == .collate:
        advance()
        try name("a collation")
        finish(mark, .collate)
      default: return
      }
    }
  }

  /// Whether `.x` may follow what was just read.
  private var canHaveMembers: Bool {
    switch nodes.last?.kind {
    case .paren, .cast, .subquery, .call, .subscript, .variable, .parameter, .fieldAccess: true
    case .row, .array: has(.listLiterals)
    default: false
    }
  }

  /// `( ... )` around what `rule` reads.
  mutating func brackets(_ rule: (inout Parser) throws(SyntaxFailure) -> Void) throws(SyntaxFailure) {
    try expect(.leftParen, "'('")
    try nested(rule)
    try expect(.rightParen, "')'")
  }

  /// Whether a query begins `offset` tokens ahead.
  func atQuery(peekFrom offset: Int = 0) -> Bool {
    switch peekKeyword(offset) {
    case .select, .with: peek(offset).kind == .word
    case .values: peek(offset + 1).kind == .leftParen
    case .table: peek(offset + 1).kind == .word && has(.tableQuery)
    case .from: has(.fromFirst)
    case .pivot, .unpivot: has(.pivotStatement)
    default: false
    }
  }
}
