internal import CadastreDialects

extension Parser {
  /// Binding strength of operators, weakest first.
  enum Precedence: Int {
    case or = 1, and, not, comparison, other, additive, multiplicative, power, unary, postfix
  }

  /// An expression of any kind.
  mutating func expression() throws(SyntaxFailure) {
    try nested { (p) throws(SyntaxFailure) in try p.operation(.or) }
  }

  /// An expression whose operators all bind at least as strongly as `level`.
  private mutating func operation(_ level: Precedence) throws(SyntaxFailure) {
    switch level {
    case .or: try flat(.or, .or, next: .and, word: .or)
    case .and: try flat(.and, .and, next: .not, word: .and)
    case .not:
      guard at(.not) else { return try comparison() }
      let mark = mark()
      while take(.not) {}
      try comparison()
      finish(mark, .not)
    case .comparison: try comparison()
    default: try arithmetic(level)
    }
  }

  private mutating func flat(_ level: Precedence, _ kind: NodeKind, next: Precedence, word: Keyword) throws(SyntaxFailure) {
    let mark = mark()
    try operation(next)
    guard at(word) else { return }
    while take(word) { try operation(next) }
    finish(mark, kind)
  }

  // MARK: comparisons and tests

  private mutating func comparison() throws(SyntaxFailure) {
    let mark = mark()
    try arithmetic(.other)
    while try comparisonTail(mark) {}
  }

  private mutating func comparisonTail(_ mark: Mark) throws(SyntaxFailure) -> Bool {
    switch kind {
    case .equal, .less, .greater, .lessEqual, .greaterEqual, .notEqual:
      let flags = kind.rawValue
      advance()
      if at(.any) || at(.some) || at(.all), peek(1).kind == .leftParen { advance() }
      try arithmetic(.other)
      finish(mark, .comparison, flags: flags)
      return true
    case .word: break
    default: return false
    }
    let negated = at(.not)
    switch negated ? peekKeyword(1) : keyword {
    case .in:
      at += negated ? 2 : 1
      try inTail(mark)
    case .between:
      at += negated ? 2 : 1
      _ = take(.symmetric) || take(.asymmetric)
      try arithmetic(.other)
      try expect(.and)
      try arithmetic(.other)
      finish(mark, .between)
    case .like, .ilike, .similar, .regexp:
      at += negated ? 2 : 1
      _ = take(.to)
      if at(.any) || at(.all), peek(1).kind == .leftParen { advance() }
      try arithmetic(.other)
      if take(.escape) { try arithmetic(.other) }
      finish(mark, .like)
    case .is where !negated: try isTail(mark)
    case .isnull, .notnull:
      guard !negated else { return false }
      advance()
      finish(mark, .isTest)
    case .overlaps where !negated:
      advance()
      try arithmetic(.other)
      finish(mark, .comparison)
    default: return false
    }
    return true
  }

  private mutating func inTail(_ mark: Mark) throws(SyntaxFailure) {
    guard at(.leftParen) else {
      try arithmetic(.other)
      return finish(mark, .inList)
    }
    if atQuery(peekFrom: 1) {
      try brackets { (p) throws(SyntaxFailure) in try p.query() }
      return finish(mark, .inQuery)
    }
    try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.expression() } }
    finish(mark, .inList)
  }

  private mutating func isTail(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    _ = take(.not)
    if take(.distinct) {
      try expect(.from)
      try arithmetic(.other)
      return finish(mark, .distinctFrom)
    }
    switch keyword {
    case .null, .true, .false, .unknown, .document: advance()
    case .json:
      advance()
      _ = take(.object) || take(.array) || take(.value)
    default: throw failure("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM")
    }
    finish(mark, .isTest)
  }

  // MARK: operators

  /// Operators above comparisons; every level is a flat chain.
  private mutating func arithmetic(_ level: Precedence) throws(SyntaxFailure) {
    guard level.rawValue < Precedence.unary.rawValue, let next = Precedence(rawValue: level.rawValue + 1) else {
      return try unary()
    }
    let mark = mark()
    try arithmetic(next)
    var operation: UInt8?
    while let flags = binary(level) {
      operation = operation == nil || operation == flags ? flags : 0
      try arithmetic(next)
    }
    if let operation { finish(mark, .chain, flags: operation) }
  }

  /// Takes an operator of a level; answers its token kind.
  private mutating func binary(_ level: Precedence) -> UInt8? {
    let matches: Bool
    switch kind {
    case .plus, .hyphen: matches = level == .additive
    case .star, .slash, .percentSign: matches = level == .multiplicative
    case .caret: matches = level == .power
    case .concat, .ampersand, .pipe, .otherOperator: matches = level == .other
    case .tilde: matches = level == .other
    case .word where keyword == .operator && peek(1).kind == .leftParen && level == .other:
      let flags = TokenKind.otherOperator.rawValue
      advance()
      while !at(.rightParen), !at(.endOfFile) { advance() }
      advance()
      return flags
    default: matches = false
    }
    guard matches else { return nil }
    let flags = kind.rawValue
    advance()
    if flags == TokenKind.otherOperator.rawValue || flags == TokenKind.tilde.rawValue, at(.any) || at(.all), peek(1).kind == .leftParen {
      advance()
    }
    return flags
  }

  private mutating func unary() throws(SyntaxFailure) {
    switch kind {
    case .plus, .hyphen, .tilde, .otherOperator:
      let mark = mark()
      let flags = kind.rawValue
      advance()
      while at(.plus) || at(.hyphen) || at(.tilde) { advance() }
      try postfix()
      finish(mark, .unary, flags: flags)
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
          // a static method of a CLR type: `geography::Point(...)`
          try name()
          if at(.leftParen) { try arguments() }
          finish(mark, .call)
        }
      case .leftBracket where has(.arrays):
        advance()
        if !at(.colon) { try expression() }
        if take(.colon), !at(.rightBracket) { try expression() }
        try expect(.rightBracket, "']'")
        finish(mark, .subscript)
      case .dot where nodes.last.map({ $0.kind == .paren || $0.kind == .cast || $0.kind == .subquery || $0.kind == .call || $0.kind == .subscript || $0.kind == .variable }) ?? false:
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
      case .word where keyword == .at && peekKeyword(1) == .time && peekKeyword(2) == .zone:
        at += 3
        try unary()
        finish(mark, .atTimeZone)
      case .word where keyword == .collate:
        advance()
        try name("a collation")
        finish(mark, .collate)
      default: return
      }
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
    case .select, .with, .values: peek(offset).kind == .word
    case .table: peek(offset + 1).kind == .word && has(.distinctOn)
    default: false
    }
  }

  // MARK: primaries

  private mutating func primary() throws(SyntaxFailure) {
    switch kind {
    case .number, .binaryLiteral, .dollarString: leaf(.literal)
    case .string:
      let mark = mark()
      advance()
      while at(.string), has(.distinctOn) { advance() }
      finish(mark, .literal)
    case .atVariable: leaf(.variable)
    case .bindParameter: leaf(.parameter)
    case .placeholder:
      if peek(1).kind == .dot || peek(1).kind == .leftParen { try nameOrCall() } else { leaf(.placeholder) }
    case .star: leaf(.star)
    case .leftParen: try bracketed()
    case .quotedName: try nameOrCall()
    case .word: try wordPrimary()
    case .dot where has(.tableHints): try nameOrCall()
    default: throw failure("an expression")
    }
  }

  private mutating func bracketed() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.leftParen, "'('")
    if atQuery() {
      try nested { (p) throws(SyntaxFailure) in try p.query() }
      try expect(.rightParen, "')'")
      finish(mark, .subquery)
      return
    }
    if take(.rightParen) { return finish(mark, .row) }
    let inner = self.mark()
    try expression()
    // `((SELECT ...) UNION SELECT ...)`: what was read as a value is the first operand of a set operation
    if nodes.last?.kind == .subquery, atSetOperator || at(.order) || at(.limit) || at(.offset) {
      nodes.removeLast()
      finish(inner, .query)
      try queryTail(inner)
      try expect(.rightParen, "')'")
      return finish(mark, .subquery)
    }
    if take(.comma) {
      try list { (p) throws(SyntaxFailure) in try p.expression() }
      try expect(.rightParen, "')'")
      return finish(mark, .row)
    }
    try expect(.rightParen, "')'")
    finish(mark, .paren)
  }

  private mutating func wordPrimary() throws(SyntaxFailure) {
    let next = peek(1).kind
    switch keyword {
    case .none_: return try nameOrCall()
    case .case: return try caseExpression()
    case .exists where next == .leftParen:
      let mark = mark()
      advance()
      try brackets { (p) throws(SyntaxFailure) in try p.query() }
      return finish(mark, .exists)
    case .not:
      let mark = mark()
      advance()
      try comparison()
      return finish(mark, .not)
    case .null, .true, .false, .default, .current_timestamp, .current_date, .current_time, .current_user, .session_user,
      .system_user, .localtime, .localtimestamp, .user, .unknown:
      if next != .leftParen, next != .dot { return leaf(.wordValue) }
    case .cast, .try_cast: if next == .leftParen { return try castCall() }
    case .convert, .try_convert: if next == .leftParen, has(.top) { return try convertCall() }
    case .extract, .position, .overlay, .substring, .trim, .xmlelement, .xmlparse, .xmlforest, .xmlattributes, .normalize:
      if next == .leftParen { return try keywordCall() }
    case .row where next == .leftParen:
      let mark = mark()
      advance()
      try brackets { (p) throws(SyntaxFailure) in
        if !p.at(.rightParen) { try p.list { (p) throws(SyntaxFailure) in try p.expression() } }
      }
      return finish(mark, .row)
    case .array where has(.arrays) && (next == .leftBracket || next == .leftParen): return try arrayConstructor()
    case .interval where next == .string:
      let mark = mark()
      at += 2
      intervalFields()
      return finish(mark, .literal)
    case _ where (keyword == .date || keyword == .time || keyword == .timestamp) && next == .string && has(.doubleColonCast):
      let mark = mark()
      at += 2
      return finish(mark, .literal)
    case .timestamp where (peekKeyword(1) == .with || peekKeyword(1) == .without) && peek(4).kind == .string:
      let mark = mark()
      at += 5
      return finish(mark, .literal)
    case .next where peekKeyword(1) == .value:
      let mark = mark()
      at += 2
      try expect(.for)
      try name("a sequence")
      if at(.over) { try over() }
      return finish(mark, .nextValue)
    case .current where peekKeyword(1) == .of: throw failure("an expression")
    default: break
    }
    if next == .string, has(.doubleColonCast), !isReserved(keyword) {
      let mark = mark()
      at += 2
      return finish(mark, .literal)
    }
    try nameOrCall()
  }

  private func callable(_ keyword: Keyword) -> Bool {
    switch keyword {
    case .left, .right, .coalesce, .nullif, .convert, .user, .identity, .contains, .freetext, .any, .some, .all, .if, .replace,
      .insert, .update, .char, .current_date, .current_timestamp, .session_user, .system_user, .current_user, .try_convert,
      .localtimestamp, .localtime, .current_time, .openxml, .like, .schema, .truncate, .table, .over, .open, .default:
      true
    default: !isReserved(keyword)
    }
  }

  /// A name, a call, or `t.*`.
  mutating func nameOrCall() throws(SyntaxFailure) {
    let mark = mark()
    if kind == .word, isReserved(keyword) {
      guard peek(1).kind == .leftParen, callable(keyword) else { throw failure("an expression") }
      let nameMark = self.mark()
      advance()
      finish(nameMark, .name)
    } else {
      try name("an expression")
    }
    if at(.dot), peek(1).kind == .star {
      at += 2
      return finish(mark, .qualifiedStar)
    }
    guard at(.leftParen) else { return }
    if at(.leftParen), peek(1).kind == .plus, peek(2).kind == .rightParen {
      at += 3  // Oracle's outer join mark
      return
    }
    try arguments()
    try callTail()
    finish(mark, .call)
  }

  /// `(...)` of a call, without a node of its own.
  mutating func arguments() throws(SyntaxFailure) {
    try brackets { (p) throws(SyntaxFailure) in
      if p.at(.rightParen) { return }
      _ = p.take(.distinct) || p.take(.all)
      try p.list { (p) throws(SyntaxFailure) in try p.argument() }
      if p.at(.order) { try p.orderBy() }
      while !p.at(.rightParen) {
        // separators of aggregates in other dialects, NULL handling of JSON functions
        switch p.keyword {
        case .ignore, .null, .absent, .on, .returning, .error, .empty, .with, .without, .unique:
          p.advance()
        default:
          if p.at(.string) || p.at(.word), p.tokens[p.at - 1].kind == .word { p.advance() } else { throw p.failure("')'") }
        }
      }
    }
  }

  private mutating func argument() throws(SyntaxFailure) {
    let mark = mark()
    if peek(1).kind == .fatArrow || peek(1).kind == .assign, atWord {
      leaf(.identifier)
      advance()
      try expression()
      return finish(mark, .namedArgument)
    }
    if at(.variadic) { advance() }
    if atQuery() {
      try query()
      return finish(mark, .subquery)
    }
    try expression()
    if at(.colon), has(.forXML) {
      // JSON_OBJECT('a': x)
      advance()
      try expression()
      finish(mark, .row)
    } else if take(.as) {
      try typeName()
    }
  }

  /// WITHIN GROUP, FILTER, null treatment and OVER behind a call.
  private mutating func callTail() throws(SyntaxFailure) {
    if at(.within), peekKeyword(1) == .group {
      let mark = mark()
      at += 2
      try brackets { (p) throws(SyntaxFailure) in try p.orderBy() }
      finish(mark, .withinGroup)
    }
    if at(.filter), peek(1).kind == .leftParen {
      let mark = mark()
      advance()
      try brackets { (p) throws(SyntaxFailure) in
        try p.expect(.where)
        try p.expression()
      }
      finish(mark, .filter)
    }
    if at(.ignore), peekKeyword(1) == .nulls { at += 2 }
    if at(.over) { try over() }
  }

  mutating func over() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.over)
    if at(.leftParen) { try windowSpecification() } else { try identifier("a window") }
    finish(mark, .over)
  }

  /// `( [name] [PARTITION BY ...] [ORDER BY ...] [frame] )`.
  mutating func windowSpecification() throws(SyntaxFailure) {
    try brackets { (p) throws(SyntaxFailure) in
      if p.atName, !p.at(.partition), !p.at(.rows), !p.at(.range), !p.at(.groups) { p.leaf(.identifier) }
      if p.at(.partition) {
        let mark = p.mark()
        p.advance()
        try p.expect(.by)
        try p.list { (p) throws(SyntaxFailure) in try p.expression() }
        p.finish(mark, .partitionBy)
      }
      if p.at(.order) { try p.orderBy() }
      if p.at(.rows) || p.at(.range) || p.at(.groups) {
        let mark = p.mark()
        p.advance()
        if p.take(.between) {
          try p.frameBound()
          try p.expect(.and)
        }
        try p.frameBound()
        if p.take(.exclude) { p.advance(); _ = p.take(.row) }
        p.finish(mark, .frame)
      }
    }
  }

  private mutating func frameBound() throws(SyntaxFailure) {
    if take(.unbounded) {} else if take(.current) {
      return try expect(.row)
    } else {
      try expression()
    }
    guard take(.preceding) || take(.following) else { throw failure("PRECEDING or FOLLOWING") }
  }

  private mutating func caseExpression() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.case)
    if !at(.when) { try expression() }
    guard at(.when) else { throw failure("'WHEN'") }
    while at(.when) {
      let branch = self.mark()
      advance()
      try expression()
      try expect(.then)
      try expression()
      finish(branch, .whenBranch)
    }
    if at(.else) {
      let branch = self.mark()
      advance()
      try expression()
      finish(branch, .elseBranch)
    }
    try expect(.end)
    finish(mark, .caseExpression)
  }

  private mutating func castCall() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    try brackets { (p) throws(SyntaxFailure) in
      try p.expression()
      try p.expect(.as)
      try p.typeName()
      _ = p.take(.using)
    }
    finish(mark, .cast)
  }

  /// `CONVERT(type, value [, style])`.
  private mutating func convertCall() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    try brackets { (p) throws(SyntaxFailure) in
      try p.typeName()
      try p.expect(.comma, "','")
      try p.list { (p) throws(SyntaxFailure) in try p.expression() }
    }
    finish(mark, .cast)
  }

  /// Functions whose arguments are joined by words: EXTRACT(x FROM y), TRIM(BOTH x FROM y), SUBSTRING(x FROM 1 FOR 2).
  private mutating func keywordCall() throws(SyntaxFailure) {
    let mark = mark()
    let nameMark = self.mark()
    advance()
    finish(nameMark, .name)
    try brackets { (p) throws(SyntaxFailure) in
      _ = p.take(.both) || p.take(.leading) || p.take(.trailing) || p.take(.name) || p.take(.document)
      while !p.at(.rightParen) {
        if p.take(.from) || p.take(.for) || p.take(.in) || p.take(.placing) || p.take(.comma) || p.take(.similar) || p.take(.escape) { continue }
        if p.at(.as) {
          p.advance()
          try p.identifier()
          continue
        }
        // the operand of POSITION ends before IN, so comparisons are left out
        try p.arithmetic(.other)
        guard p.at(.rightParen) || p.at(.from) || p.at(.for) || p.at(.in) || p.at(.placing) || p.at(.comma) || p.at(.as) || p.at(.similar) || p.at(.escape)
        else { throw p.failure("')'") }
      }
    }
    try callTail()
    finish(mark, .call)
  }

  private mutating func arrayConstructor() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    if at(.leftParen) {
      try brackets { (p) throws(SyntaxFailure) in try p.query() }
      return finish(mark, .array)
    }
    try arrayElements()
    finish(mark, .array)
  }

  private mutating func arrayElements() throws(SyntaxFailure) {
    try expect(.leftBracket, "'['")
    if !at(.rightBracket) {
      try nested { (p) throws(SyntaxFailure) in
        try p.list { (p) throws(SyntaxFailure) in
          if p.at(.leftBracket) { try p.arrayElements() } else { try p.expression() }
        }
      }
    }
    try expect(.rightBracket, "']'")
  }
}
