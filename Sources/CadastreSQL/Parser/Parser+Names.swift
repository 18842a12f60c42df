internal import CadastreDialects

extension Parser {
  /// Whether the current token can be a name. A word that the grammar needs elsewhere cannot.
  var atName: Bool {
    switch kind {
    case .word: !isReserved(keyword)
    case .quotedName, .placeholder: true
    default: false
    }
  }

  /// Whether the current token can be an alias without AS before it.
  var atBareAlias: Bool {
    switch kind {
    case .word: !isReserved(keyword) && !endsTable(keyword)
    case .quotedName: true
    default: false
    }
  }

  /// Whether any word or quoted name stands here, reserved or not.
  var atWord: Bool { kind == .word || kind == .quotedName || kind == .placeholder }

  func isReserved(_ keyword: Keyword) -> Bool { keyword != .none_ && ReservedWords.of(dialect.procedural).contains(keyword) }

  /// Words that are names elsewhere but go on with a table reference where an alias could stand.
  private func endsTable(_ keyword: Keyword) -> Bool {
    switch keyword {
    case .limit, .offset, .returning, .window, .qualify, .tablesample, .pivot, .unpivot, .natural, .lateral, .apply, .option,
      .matched, .set, .loop, .values, .output, .using, .partition: true
    default: false
    }
  }

  /// One to four dotted parts, as a `name` node.
  mutating func name(_ what: String = "a name") throws(SyntaxFailure) {
    let mark = mark()
    guard atName || (kind == .dot && has(.tableHints)) else { throw failure(what) }
    if !at(.dot) { advance() }
    while true {
      if at(.dot), peek(1).kind == .word || peek(1).kind == .quotedName || peek(1).kind == .placeholder || peek(1).kind == .dot {
        advance()
        if !at(.dot) { advance() }
      } else {
        break
      }
    }
    finish(mark, .name)
  }

  /// One word or quoted name, reserved or not, as an `identifier` node.
  mutating func identifier(_ what: String = "a name") throws(SyntaxFailure) {
    guard atWord else { throw failure(what) }
    leaf(.identifier)
  }

  /// One name that is no reserved word, as an `identifier` node.
  mutating func plainIdentifier(_ what: String = "a name") throws(SyntaxFailure) {
    guard atName else { throw failure(what) }
    leaf(.identifier)
  }

  /// `(a, b, c)` as a `columnList` of identifiers.
  mutating func columnList() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.leftParen, "'('")
    try list { (p) throws(SyntaxFailure) in
      if p.kind == .word, p.keyword == .none_ || !p.isReserved(p.keyword) || p.dialect.procedural != .tsql {
        p.leaf(.identifier)
      } else {
        try p.identifier("a column name")
      }
      while p.take(.dot) { p.advance() }
    }
    try expect(.rightParen, "')'")
    finish(mark, .columnList)
  }

  /// A type with its arguments: `decimal(10, 2)`, `timestamp with time zone`, `t.c%TYPE`, `int[]`.
  mutating func typeName() throws(SyntaxFailure) {
    let mark = mark()
    _ = take(.setof)
    guard atWord else { throw failure("a type") }
    let first = keyword
    let nameMark = self.mark()
    advance()
    switch first {
    case .double: _ = take(.precision)
    case .national:
      _ = take(.character) || take(.char)
      _ = take(.varying)
    case .character, .char, .nchar, .bit, .binary: _ = take(.varying)
    default: break
    }
    while at(.dot), peek(1).kind == .word || peek(1).kind == .quotedName {
      advance()
      advance()
    }
    finish(nameMark, .name)
    if at(.percentSign), peek(1).kind == .word {
      advance()
      advance()
    }
    if at(.leftParen), !(first == .table) { try skipBrackets() }
    if first == .timestamp || first == .time, at(.with) || at(.without), peekKeyword(1) == .time { at += 3 }
    if first == .interval { intervalFields() }
    while true {
      if at(.leftBracket) {
        advance()
        _ = take(.number)
        try expect(.rightBracket, "']'")
      } else if at(.array), has(.arrays) {
        advance()
      } else {
        break
      }
    }
    finish(mark, .typeName)
  }

  mutating func intervalFields() {
    func isField(_ token: Token) -> Bool {
      guard token.kind == .word, token.end > token.start else { return false }
      let text = String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self).lowercased()
      return ["year", "month", "day", "hour", "minute", "second"].contains(text)
    }
    if isField(token) {
      advance()
      if at(.to), isField(peek(1)) { at += 2 }
    }
  }
}
