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
    case .word: !isReserved(keyword) && !endsTable(keyword) && !(has(.optionalSemicolons) && peek(1).kind == .colon)
    case .quotedName: true
    default: false
    }
  }

  /// Whether any word or quoted name stands here, reserved or not.
  var atWord: Bool { kind == .word || kind == .quotedName || kind == .placeholder }

  @inline(__always)
  func isReserved(_ keyword: Keyword) -> Bool { keyword != .none_ && grammar.reserved.contains(keyword) }

  /// Words that are names elsewhere but go on with a table reference where an alias could stand.
  private func endsTable(_ keyword: Keyword) -> Bool {
    // where semicolons are optional all of them are reserved, or may be aliases
    if has(.optionalSemicolons) { return false }
    return switch keyword {
    case .limit, .offset, .returning, .window, .tablesample, .natural, .lateral, .apply, .set, .loop, .using, .partition: true
    case .option, .output, .matched: has(.tableHints)
    case .values: peek(1).kind == .leftParen
    case .pivot, .unpivot: has(.pivot)
    case .qualify: has(.qualify)
    case .minus: atSetOperator
    case .asof, .semi, .anti, .positional: has(.moreJoins) && peek(1).kind == .word
    case .at: has(.timeTravel) && peek(1).kind == .leftParen
    case .none_: has(.sqliteTables) && isWord(token, "indexed") && peekKeyword(1) == .by
    case .start: has(.connectBy) && peekKeyword(1) == .with
    case .connect: has(.connectBy) && peekKeyword(1) == .by
    default: false
    }
  }

  /// One to four dotted parts, as a `name` node. A reserved word that may name a function is one before a bracket.
  mutating func name(_ what: String = "a name") throws(SyntaxFailure) {
    let mark = mark()
    if at(.dot), has(.omittedNameParts) {
      // `.t`, `..t`: parts left out
    } else if atName || (kind == .word && peek(1).kind == .leftParen && has(.postgresDefinitions) && canBeCalled(keyword)) {
      advance()
    } else {
      throw failure(what)
    }
    while at(.dot) {
      switch peek(1).kind {
      case .quotedName, .placeholder: at += 2
      case .word:
        guard !has(.optionalSemicolons) || !isReserved(peekKeyword(1)) || peekKeyword(1) == .identitycol || peekKeyword(1) == .rowguidcol else {
          throw SyntaxFailure(token: at + 1, expected: "a name")
        }
        at += 2
      case .dot where has(.omittedNameParts): advance()
      default: return finish(mark, .name)
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
      try p.plainIdentifier("a column name")
      while p.take(.dot) {
        guard p.atWord else { throw p.failure("a field") }
        p.advance()
      }
      while p.at(.leftBracket) || p.at(.dot), p.has(.arrays) {
        if p.take(.dot) {
          guard p.atWord else { throw p.failure("a field") }
          p.advance()
        } else {
          try p.subscripts()
        }
      }
    }
    try expect(.rightParen, "')'")
    finish(mark, .columnList)
  }

  /// `[i]`, `[lower:upper]`, either bound missing.
  mutating func subscripts() throws(SyntaxFailure) {
    try expect(.leftBracket, "'['")
    if !at(.colon) { try expression() }
    if take(.colon), !at(.rightBracket), !at(.colon) { try expression() }
    if has(.listLiterals), take(.colon), !at(.rightBracket) { try expression() }
    try expect(.rightBracket, "']'")
  }

  // MARK: types

  /// A type with its arguments: `decimal(10, 2)`, `timestamp with time zone`, `t.c%TYPE`, `int[]`.
  mutating func typeName() throws(SyntaxFailure) {
    let mark = mark()
    if has(.postgresDefinitions) { _ = take(.setof) }
    let first = keyword
    guard atName || at(.array) && has(.partiQL) || (kind == .word && (first == .double || first == .national || first == .table || first == .cursor || first == .binary || first == .union && has(.fieldTypes))) else {
      throw failure("a type")
    }
    let nameMark = self.mark()
    advance()
    switch first {
    case .double: _ = take(.precision)
    case .national:
      guard take(.character) || take(.char) || take(.text) else { throw failure("CHARACTER") }
      _ = take(.varying)
    case .character, .char, .nchar, .bit, .binary: _ = take(.varying)
    default: break
    }
    while at(.dot), peek(1).kind == .word || peek(1).kind == .quotedName || peek(1).kind == .placeholder { at += 2 }
    finish(nameMark, .name)
    if at(.percentSign), peekKeyword(1) == .type || peekKeyword(1) == .rowtype { at += 2 }
    if first == .interval { intervalFields() }
    if at(.less), has(.partiQL) { try typeParameters() }
    if at(.leftParen), has(.fieldTypes), let isMap = holdsTypes(tokens[nameMark.token]) {
      try brackets { (p) throws(SyntaxFailure) in
        try p.list { (p) throws(SyntaxFailure) in
          if !isMap { try p.identifier("a field") }
          try p.typeName()
        }
      }
    } else if at(.leftParen), first != .table {
      // only XML's schemas are arguments by name in T-SQL
      let isXML = first == .xml || (tokens[nameMark.token].kind == .quotedName && tokenText(tokens[nameMark.token]).lowercased().contains("xml"))
      try typeArguments(named: !has(.sqlServerDefinitions) || isXML)
    }
    if first == .timestamp || first == .time, at(.with) || at(.without) && peekKeyword(1) == .time {
      if peekKeyword(1) == .time {
        at += 2
        try expect(.zone)
      }
    }
    while true {
      if at(.leftBracket), has(.arrays) {
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

  /// Whether a type's arguments are types: true for those of a map, false for fields with names; `nil` for another type.
  /// <https://duckdb.org/docs/stable/sql/data_types/overview#nested--composite-types>
  private func holdsTypes(_ name: Token) -> Bool? {
    if isWord(name, "struct") || isWord(name, "union") || isWord(name, "row") { return false }
    return isWord(name, "map") ? true : nil
  }

  /// `<type>`, `<name: type, ...>` of nested types. `>>` closes two of them.
  private mutating func typeParameters() throws(SyntaxFailure) {
    try expect(.less, "'<'")
    try nested { (p) throws(SyntaxFailure) in
      try p.list { (p) throws(SyntaxFailure) in
        if p.peek(1).kind == .colon { p.at += 2 }
        try p.typeName()
      }
    }
    if at(.otherOperator), bytes[Int(token.start)] == 0x3E {
      closedAngles += 1
      guard closedAngles == Int(token.end - token.start) else { return }
      closedAngles = 0
      return advance()
    }
    try expect(.greater, "'>'")
  }

  /// `(10)`, `(10, 2)`, `(max)`, `(20 CHAR)`, `(CONTENT schema)`, `(Point, 4326)`.
  private mutating func typeArguments(named: Bool) throws(SyntaxFailure) {
    try brackets { (p) throws(SyntaxFailure) in
      try p.list { (p) throws(SyntaxFailure) in
        switch p.kind {
        case .number, .hyphen:
          _ = p.take(.hyphen)
          guard p.take(.number) else { throw p.failure("a number") }
          if p.kind == .word, named { p.advance() }
        case .string, .placeholder, .bindParameter, .atVariable: p.advance()
        default:
          if p.at(.content) || p.at(.document), p.peek(1).kind == .word || p.peek(1).kind == .quotedName { p.advance() }
          guard p.atName, named || p.isWord(p.token, "max") else { throw p.failure("a length or precision") }
          p.advance()
          while p.at(.dot), p.peek(1).kind == .word || p.peek(1).kind == .quotedName { p.at += 2 }
        }
      }
    }
  }

  /// `DAY TO SECOND (3)` behind INTERVAL.
  mutating func intervalFields() {
    guard atIntervalField(0) else { return }
    advance()
    if at(.to), atIntervalField(1) { at += 2 }
    if at(.leftParen), peek(1).kind == .number, peek(2).kind == .rightParen { at += 3 }
  }

  private func atIntervalField(_ offset: Int) -> Bool {
    let token = peek(offset)
    return isWord(token, "year") || isWord(token, "month") || isWord(token, "day") || isWord(token, "hour") || isWord(token, "minute")
      || isWord(token, "second")
  }

  /// Whether a unit of time stands here, as behind `INTERVAL 1`.
  func atTimeUnit(_ offset: Int) -> Bool {
    let token = peek(offset)
    guard token.kind == .word, token.end - token.start >= 3 else { return false }
    if atIntervalField(offset) { return true }
    return Parser.timeUnits.contains { isWord(token, $0) }
  }

  private static let timeUnits: [StaticString] = [
    "years", "months", "days", "hours", "minutes", "seconds", "week", "weeks", "quarter", "quarters", "millisecond", "milliseconds", "microsecond",
    "microseconds", "decade", "decades", "century", "centuries", "millennium", "millennia", "year_month", "day_hour", "day_minute", "day_second",
    "hour_minute", "hour_second", "minute_second",
  ]
}
