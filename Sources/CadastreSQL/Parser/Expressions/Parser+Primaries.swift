internal import CadastreDialects

extension Parser {
  mutating func primary() throws(SyntaxFailure) {
    switch kind {
    case .number, .binaryLiteral, .dollarString: leaf(.literal)
    case .string: try stringLiteral()
    case .atVariable: leaf(.variable)
    case .bindParameter: leaf(.parameter)
    case .placeholder:
      if peek(1).kind == .dot || peek(1).kind == .leftParen { try nameOrCall() } else { leaf(.placeholder) }
    case .leftParen: try bracketed()
    case .leftBracket where has(.listLiterals): try listLiteral()
    case .leftBrace: if has(.listLiterals) { try structLiteral() } else { try odbcEscape() }
    case .quotedName: try nameOrCall()
    case .word: try wordPrimary()
    case .dot where has(.omittedNameParts): try nameOrCall()
    case .less where dialect.lexical.angleTemplates: try anglePlaceholder()
    default: throw failure("an expression")
    }
  }

  /// `<what to put here>`: a template's placeholder of several words, where nothing else could begin with `<`.
  private mutating func anglePlaceholder() throws(SyntaxFailure) {
    var look = at + 1
    while token(look).kind != .greater {
      guard look < last, !startsLine(look), token(look).kind != .semicolon, look < at + 20 else { throw failure("an expression") }
      look += 1
    }
    let mark = mark()
    at = look + 1
    finish(mark, .placeholder)
  }

  /// A string; in PostgreSQL those on following lines go on with it.
  private mutating func stringLiteral() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    while at(.string), has(.continuedStrings), startsLine(at) { advance() }
    if at(.uescape) {
      advance()
      guard take(.string) else { throw failure("an escape character") }
    }
    finish(mark, .literal)
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
    let inner = self.mark()
    if has(.conditionsAreNoValues) { try expression() } else { try expressionOrDefault() }
    // `((SELECT ...) UNION SELECT ...)`: what was read as a value is the first operand of a set operation
    if nodes.last?.kind == .subquery, atSetOperator || at(.order) || at(.limit) || at(.offset) {
      nodes.removeLast()
      finish(inner, .query)
      try queryTail(inner)
      try expect(.rightParen, "')'")
      return finish(mark, .subquery)
    }
    if at(.comma), !has(.conditionsAreNoValues) {
      advance()
      try list { (p) throws(SyntaxFailure) in try p.expressionOrDefault() }
      try expect(.rightParen, "')'")
      return finish(mark, .row)
    }
    try expect(.rightParen, "')'")
    finish(mark, .paren)
  }

  /// `{d '2026-01-01'}`, `{ts '...'}`, `{fn name(...)}`.
  /// <https://learn.microsoft.com/sql/odbc/reference/develop-app/escape-sequences-in-odbc>
  private mutating func odbcEscape() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.leftBrace, "'{'")
    if isWord(token, "fn") {
      advance()
      if at(.extract) { try wordCall() } else if at(.convert) { try nameOrCall() } else { try wordPrimary() }
      try expect(.rightBrace, "'}'")
      return finish(mark, .paren)
    }
    guard ["d", "t", "ts", "guid"].contains(where: { isWord(token, $0) }) else { throw failure("d, t, ts, guid or fn") }
    advance()
    guard take(.string) else { throw failure("a string") }
    try expect(.rightBrace, "'}'")
    finish(mark, .literal)
  }

  func isWord(_ token: Token, _ text: StaticString) -> Bool {
    guard token.kind == .word, Int(token.end - token.start) == text.utf8CodeUnitCount else { return false }
    for offset in 0..<text.utf8CodeUnitCount where bytes[Int(token.start) + offset] | 0x20 != text.utf8Start[offset] | 0x20 { return false }
    return true
  }

  mutating func wordPrimary() throws(SyntaxFailure) {
    let next = peek(1).kind
    switch keyword {
    case .none_:
      if has(.doubleColonCast) {
        if next == .string { return typedLiteral() }
        if next == .leftParen, typedLiteralWithArguments() { return }
        if next == .leftBrace, has(.listLiterals), isWord(token, "map") { return try mapLiteral() }
        if next == .word, has(.partiQL), isWord(token, "approximate"), peek(2).kind == .leftParen { advance() }
      }
      return try nameOrCall()
    case .case: return try caseExpression()
    case .exists where next == .leftParen:
      let mark = mark()
      advance()
      try brackets { (p) throws(SyntaxFailure) in try p.query() }
      return finish(mark, .exists)
    case .identitycol where has(.sqlServerDefinitions), .rowguidcol where has(.sqlServerDefinitions): return leaf(.name)
    case .null, .true, .false, .current_timestamp, .current_date, .current_time, .current_user, .session_user,
      .system_user, .localtime, .localtimestamp, .user, .unknown, .current_role, .current_catalog, .current_schema:
      if next != .leftParen, next != .dot { return leaf(.wordValue) }
    case .cast, .try_cast, .parse, .try_parse, .treat: if next == .leftParen { return try castCall() }
    case .convert, .try_convert: if next == .leftParen, has(.convertToType) { return try convertCall() }
    case .extract, .position, .overlay, .substring, .trim, .normalize, .xmlelement, .xmlparse, .xmlforest, .xmlpi, .xmlroot, .xmlserialize,
      .xmlexists:
      if next == .leftParen, !has(.conditionsAreNoValues) || keyword == .trim { return try wordCall() }
    case .collation where peekKeyword(1) == .for && peek(2).kind == .leftParen:
      let mark = mark()
      let nameMark = self.mark()
      at += 2
      finish(nameMark, .name)
      try arguments()
      return finish(mark, .call)
    case .contains where next == .leftParen && has(.fullText), .freetext where next == .leftParen && has(.fullText):
      let mark = mark()
      leaf(.name)
      try fullTextArguments()
      return finish(mark, .call)
    case .match where next == .leftParen && has(.graph): return try graphMatch()
    case .row where next == .leftParen:
      let mark = mark()
      advance()
      try brackets { (p) throws(SyntaxFailure) in
        if !p.at(.rightParen) { try p.list { (p) throws(SyntaxFailure) in try p.expressionOrDefault() } }
      }
      return finish(mark, .row)
    case .array where next == .leftParen && has(.partiQL) && !atQuery(peekFrom: 2):
      let mark = mark()
      leaf(.name)
      try arguments()
      return finish(mark, .call)
    case .array where has(.arrays) && (next == .leftBracket || next == .leftParen): return try arrayConstructor()
    case .interval where next == .string && !has(.conditionsAreNoValues):
      let mark = mark()
      at += 2
      intervalFields()
      return finish(mark, .literal)
    case .interval where has(.intervalOfValue) && (next == .number || next == .hyphen || next == .leftParen || next == .word && atTimeUnit(2)):
      return try intervalOfValue()
    case .columns where next == .leftParen && has(.columnsExpression): return try columnsExpression()
    case .interval where next == .leftParen && peek(2).kind == .number && peek(4).kind == .string:
      let mark = mark()
      at += 5
      return finish(mark, .literal)
    case .timestamp, .time:
      if peekKeyword(1) == .with || peekKeyword(1) == .without, peek(4).kind == .string {
        let mark = mark()
        at += 5
        return finish(mark, .literal)
      }
      if next == .leftParen, peek(2).kind == .number, peek(4).kind == .string || peek(7).kind == .string && peekKeyword(5) == .time {
        let mark = mark()
        at += peek(4).kind == .string ? 5 : 8
        return finish(mark, .literal)
      }
    case .character, .bit, .national, .char, .nchar, .varchar:
      if has(.doubleColonCast), next == .word, try typedLiteralOfWords() { return }
    case .collate where next == .leftParen && has(.partiQL):
      let mark = mark()
      leaf(.name)
      try arguments()
      return finish(mark, .call)
    case .prior where has(.connectBy) && next != .comma:
      let mark = mark()
      advance()
      try primary()
      return finish(mark, .unary)
    case .double where peekKeyword(1) == .precision && peek(2).kind == .string:
      let mark = mark()
      at += 3
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
    if has(.doubleColonCast), !isReserved(keyword) {
      if next == .string { return typedLiteral() }
      if next == .leftParen, typedLiteralWithArguments() { return }
    }
    try nameOrCall()
  }

  /// `numeric(10, 2) '1.25'`: takes it if it is one.
  private mutating func typedLiteralWithArguments() -> Bool {
    guard peek(2).kind == .number else { return false }
    let length: Int
    if peek(3).kind == .rightParen, peek(4).kind == .string {
      length = 5
    } else if peek(3).kind == .comma, peek(4).kind == .number, peek(5).kind == .rightParen, peek(6).kind == .string {
      length = 7
    } else {
      return false
    }
    let mark = mark()
    at += length
    finish(mark, .literal)
    return true
  }

  /// `character varying(10) 'abc'`: takes it if it is one.
  private mutating func typedLiteralOfWords() throws(SyntaxFailure) -> Bool {
    let mark = mark()
    do throws(SyntaxFailure) { try typeName() } catch {
      rewind(mark)
      return false
    }
    guard at(.string) else {
      rewind(mark)
      return false
    }
    nodes.removeLast(nodes.count - mark.node)
    advance()
    finish(mark, .literal)
    return true
  }

  /// `date '2026-01-01'`: a type's name and a string.
  private mutating func typedLiteral() {
    let mark = mark()
    at += 2
    finish(mark, .literal)
  }

  /// A name, a call, or `t.*`.
  mutating func nameOrCall() throws(SyntaxFailure) {
    let mark = mark()
    if kind == .word, isReserved(keyword) {
      guard peek(1).kind == .leftParen, canBeCalled(keyword) else { throw failure("an expression") }
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
    guard at(.leftParen) else {
      if at(.string), has(.doubleColonCast), kind == .string {
        // `pg_catalog.int4 '7'`: a type and a string
        nodes.removeLast(nodes.count - mark.node)
        advance()
        finish(mark, .literal)
      }
      return
    }
    if peek(1).kind == .plus, peek(2).kind == .rightParen {
      at += 3  // Oracle's outer join mark
      return
    }
    try arguments(of: tokens[mark.token])
    try callTail()
    finish(mark, .call)
  }

  private mutating func caseExpression() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.case)
    let simple = !at(.when)
    if simple { try value() }
    guard at(.when) else { throw failure("'WHEN'") }
    while at(.when) {
      let branch = self.mark()
      advance()
      if simple { try value() } else { try condition() }
      try expect(.then)
      try value()
      finish(branch, .whenBranch)
    }
    if at(.else) {
      let branch = self.mark()
      advance()
      try value()
      finish(branch, .elseBranch)
    }
    try expect(.end)
    finish(mark, .caseExpression)
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
