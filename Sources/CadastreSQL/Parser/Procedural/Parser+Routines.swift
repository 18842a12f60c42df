internal import CadastreDialects
internal import CadastreDiagnostics

extension Parser {
  /// Behind CREATE [OR REPLACE | OR ALTER] or ALTER: PROCEDURE or FUNCTION and all of it.
  mutating func createRoutine(from mark: Mark) throws(SyntaxFailure) {
    let form: RoutineForm = at(.function) ? .function : .procedure
    advance()
    if dialect.procedural == .tsql { try tsqlRoutine(form) } else { try postgresRoutine(form) }
    finish(mark, .createRoutine, flags: form.rawValue)
  }

  // MARK: T-SQL

  private mutating func tsqlRoutine(_ form: RoutineForm) throws(SyntaxFailure) {
    try name("a routine's name")
    if take(.semicolon) { try expect(.number, "a number") }
    let parameters = mark()
    let bracket = take(.leftParen)
    if at(.atVariable) { try list { (p) throws(SyntaxFailure) in try p.tsqlParameter() } }
    if bracket { try expect(.rightParen, "')'") }
    finish(parameters, .parameterList)
    if form == .function { try tsqlReturns() }
    try tsqlRoutineOptions()
    if form == .procedure { try expect(.as) } else { _ = take(.as) }
    try tsqlBody()
  }

  /// WITH EXECUTE AS OWNER, RECOMPILE ...; FOR REPLICATION; NOT FOR REPLICATION
  private mutating func tsqlRoutineOptions() throws(SyntaxFailure) {
    if at(.with) {
      let mark = mark()
      advance()
      try list { (p) throws(SyntaxFailure) in
        guard p.atWord else { throw p.failure("an option") }
        if p.at(.exec) || p.at(.execute) {
          p.advance()
          try p.expect(.as)
          p.advance()
        } else if p.at(.returns) {
          while p.atWord, !p.at(.as), !p.at(.begin) { p.advance() }
        } else {
          p.advance()
          if p.take(.equal) { p.advance() }
        }
      }
      finish(mark, .routineOption)
    }
    if at(.for), peekKeyword(1) == .replication { at += 2 }
    if at(.not), peekKeyword(1) == .for { at += 3 }
  }

  /// The statements of a T-SQL module: to the end of the batch.
  private mutating func tsqlBody() throws(SyntaxFailure) {
    let mark = mark()
    if at(.external) {
      advance()
      _ = take(.name)
      try name("an assembly's method")
      return finish(mark, .foreignBody)
    }
    guard at != tokens.count - 1, !at(.endOfFile), !at(.batchSeparator) else { throw failure("a statement") }
    statements(.none)
    finish(mark, .body)
  }

  private mutating func tsqlParameter() throws(SyntaxFailure) {
    let mark = mark()
    guard at(.atVariable) else { throw failure("a parameter") }
    leaf(.identifier)
    _ = take(.as)
    try typeName()
    _ = take(.varying)
    if at(.not), peekKeyword(1) == .null { at += 2 } else { _ = take(.null) }
    if at(.equal) {
      let value = self.mark()
      advance()
      try expression()
      finish(value, .defaultClause)
    }
    var flags: UInt8 = 0
    if take(.output) || take(.out) { flags = 1 }
    _ = take(.readonly)
    finish(mark, .parameterItem, flags: flags)
  }

  private mutating func tsqlReturns() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.returns)
    if at(.atVariable) {
      leaf(.variable)
      try expect(.table)
      try tableElements()
      finish(mark, .returns, flags: 2)
    } else if at(.table) {
      advance()
      if at(.leftParen) { try tableElements() }
      finish(mark, .returns, flags: 1)
    } else {
      try typeName()
      finish(mark, .returns)
    }
  }

  // MARK: PostgreSQL

  private mutating func postgresRoutine(_ form: RoutineForm) throws(SyntaxFailure) {
    try name("a routine's name")
    let parameters = mark()
    try brackets { (p) throws(SyntaxFailure) in
      if !p.at(.rightParen) { try p.list { (p) throws(SyntaxFailure) in try p.postgresParameter() } }
    }
    finish(parameters, .parameterList)
    if at(.returns), peekKeyword(1) != .null {
      let mark = mark()
      advance()
      if at(.table) {
        advance()
        try columnDefinitions()
        finish(mark, .returns, flags: 1)
      } else {
        try typeName()
        finish(mark, .returns)
      }
    }
    var language = ""
    var bodyToken: Int?
    var native = false
    options: while true {
      switch keyword {
      case .language:
        advance()
        language = tokenText(token).lowercased()
        if language.hasPrefix("'") { language = String(language.dropFirst().dropLast()) }
        advance()
      case .as:
        advance()
        guard at(.string) || at(.dollarString) || at(.placeholder) else { throw failure("the routine's body as a string") }
        bodyToken = at
        advance()
        if take(.comma) { advance() }
      case .immutable, .stable, .volatile, .strict, .window, .leakproof: advance()
      case .not where peekKeyword(1) == .leakproof: at += 2
      case .security:
        at += 2
      case .external: at += 3
      case .parallel: at += 2
      case .cost, .rows: at += 2
      case .returns where peekKeyword(1) == .null:
        while !at(.input), !at(.endOfFile) { advance() }
        advance()
      case .set: try routineSetting()
      case .transform:
        advance()
        try list { (p) throws(SyntaxFailure) in
          p.advance()
          p.advance()
          try p.typeName()
        }
      case .begin where peekKeyword(1) == .atomic:
        let mark = mark()
        at += 2
        statements(.block)
        try expect(.end)
        finish(mark, .body)
        native = true
      case .return:
        let mark = mark()
        let statement = self.mark()
        advance()
        try expression()
        finish(statement, .returnStatement)
        finish(mark, .body)
        native = true
      default:
        if kind == .word, tokenText(token).lowercased() == "called" {
          while !at(.input), !at(.endOfFile) { advance() }
          advance()
        } else if kind == .word, tokenText(token).lowercased() == "support" {
          at += 2
        } else {
          break options
        }
      }
    }
    if let bodyToken { quotedBody(bodyToken, language: language) } else if !native { throw failure("AS and the routine's body") }
  }

  private mutating func routineSetting() throws(SyntaxFailure) {
    advance()
    try name("a setting")
    if take(.from) { return try expect(.current) }
    guard take(.to) || take(.equal) else { throw failure("TO or '='") }
    repeat { advance() } while take(.comma)
  }

  private mutating func postgresParameter() throws(SyntaxFailure) {
    let mark = mark()
    var flags: UInt8 = 0
    switch keyword {
    case .in: advance()
    case .out:
      advance()
      flags = 1
    case .inout:
      advance()
      flags = 2
    case .variadic: advance()
    default: break
    }
    // `name type` or `type`: a name is there when another word follows that cannot go on the type
    let next = peek(1)
    let twoWords: Bool
    switch keyword {
    case .double: twoWords = next.keyword != .precision
    case .character, .char, .bit, .national, .nchar: twoWords = next.kind == .word && next.keyword != .varying
    case .timestamp, .time: twoWords = next.kind == .word && next.keyword != .with && next.keyword != .without && next.keyword != .default
    default: twoWords = next.kind == .word || next.kind == .quotedName
    }
    if twoWords, next.keyword != .default, next.keyword != .array {
      if flags == 0, peekKeyword(1) == .out || peekKeyword(1) == .inout || peekKeyword(1) == .in, peek(2).kind == .word {
        leaf(.identifier)
        flags = keyword == .out ? 1 : keyword == .inout ? 2 : 0
        advance()
      } else {
        leaf(.identifier)
      }
    }
    try typeName()
    if at(.default) || at(.equal) || at(.assign) {
      let value = self.mark()
      advance()
      try expression()
      finish(value, .defaultClause)
    }
    finish(mark, .parameterItem, flags: flags)
  }

  func tokenText(_ token: Token) -> String {
    String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
  }

  /// Reads a body that stands in quotes, in place: its tokens are appended as a run of their own with offsets into the file.
  mutating func quotedBody(_ index: Int, language: String) {
    let outer = tokens[index]
    let bodyMark = Mark(token: index, node: nodes.count)
    let resume = at
    defer { at = resume }
    guard let family = BodyLanguage(language), let inner = innerRange(outer) else {
      at = index + 1
      finish(bodyMark, .foreignBody)
      return
    }
    var lexer = Lexer(bytes, from: inner.lower, to: inner.upper, rules: dialect.lexical)
    lexer.run()
    let start = tokens.count
    tokens.append(contentsOf: lexer.tokens)
    comments.append(contentsOf: lexer.comments.map { SourceRange(UInt32($0.0), UInt32($0.1)) })
    at = start
    let mark = mark()
    let saved = (inBlockBody, depth)
    defer { (inBlockBody, depth) = saved }
    switch family {
    case .plpgsql:
      inBlockBody = true
      while !at(.endOfFile) {
        if take(.semicolon) || take(.directive) { continue }
        statement(terminators: .none)
      }
    case .sql:
      inBlockBody = false
      statements(.none)
    }
    finish(mark, .body)
  }

  private enum BodyLanguage {
    case plpgsql, sql

    init?(_ name: String) {
      switch name {
      case "plpgsql", "": self = .plpgsql
      case "sql": self = .sql
      default: return nil
      }
    }
  }

  /// The bytes between the quotes of a body; `nil` for a string whose content differs from its text.
  private func innerRange(_ token: Token) -> (lower: Int, upper: Int)? {
    let start = Int(token.start)
    let end = Int(token.end)
    switch token.kind {
    case .dollarString:
      var tag = start + 1
      while tag < end, bytes[tag] != 0x24 { tag += 1 }
      return (tag + 1, end - (tag + 1 - start))
    case .string:
      guard bytes[start] == 0x27 else { return nil }
      var index = start + 1
      while index < end - 1 {
        if bytes[index] == 0x27 { return nil }
        index += 1
      }
      return (start + 1, end - 1)
    default: return nil
    }
  }

  /// `DO [LANGUAGE x] $$ ... $$`.
  mutating func anonymousBlock() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.do)
    var language = "plpgsql"
    if take(.language) {
      language = tokenText(token).lowercased()
      advance()
    }
    guard at(.string) || at(.dollarString) else { throw failure("a block as a string") }
    let body = at
    advance()
    if take(.language) {
      language = tokenText(token).lowercased()
      advance()
    }
    quotedBody(body, language: language)
    finish(mark, .anonymousBlock)
  }

  // MARK: triggers

  /// Behind CREATE: [CONSTRAINT] TRIGGER and all of it.
  mutating func createTrigger(from mark: Mark) throws(SyntaxFailure) {
    _ = take(.constraint)
    try expect(.trigger)
    try name("a trigger's name")
    if dialect.procedural == .tsql {
      try expect(.on)
      if take(.all) { try expect(.server) } else if !take(.database) { try name("a table") }
      try tsqlRoutineOptions()
      let events = self.mark()
      guard take(.for) || take(.after) || take(.instead, .of) else { throw failure("FOR, AFTER or INSTEAD OF") }
      try list { (p) throws(SyntaxFailure) in
        guard p.atWord else { throw p.failure("an event") }
        p.advance()
      }
      finish(events, .triggerEvents)
      if take(.with) { try expect(.append) }
      try tsqlRoutineOptions()
      try expect(.as)
      try tsqlBody()
      return finish(mark, .createTrigger)
    }
    let events = self.mark()
    guard take(.before) || take(.after) || take(.instead, .of) else { throw failure("BEFORE, AFTER or INSTEAD OF") }
    repeat {
      guard at(.insert) || at(.update) || at(.delete) || at(.truncate) else { throw failure("an event") }
      advance()
      if take(.of) { try list { (p) throws(SyntaxFailure) in try p.identifier("a column") } }
    } while take(.or)
    finish(events, .triggerEvents)
    try expect(.on)
    try name("a table")
    if take(.from) { try name("a table") }
    while !at(.execute) {
      switch keyword {
      case .not, .deferrable, .initially, .deferred, .immediate, .for, .each, .row, .statement: advance()
      case .referencing:
        advance()
        while take(.old) || take(.new) {
          _ = take(.table) || take(.row)
          _ = take(.as)
          try identifier("a name")
        }
      case .when:
        advance()
        let condition = self.mark()
        try brackets { (p) throws(SyntaxFailure) in try p.expression() }
        finish(condition, .where)
      default: throw failure("EXECUTE FUNCTION")
      }
    }
    advance()
    guard take(.function) || take(.procedure) else { throw failure("FUNCTION") }
    let call = self.mark()
    try name("a function")
    try arguments()
    finish(call, .call)
    finish(mark, .createTrigger)
  }
}
