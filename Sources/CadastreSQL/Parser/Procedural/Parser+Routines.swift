internal import CadastreDialects
internal import CadastreDiagnostics

extension Parser {
  /// Behind CREATE [OR REPLACE | OR ALTER] or ALTER: PROCEDURE or FUNCTION and all of it.
  mutating func createRoutine(from mark: Mark) throws(SyntaxFailure) {
    let form: RoutineForm = at(.function) ? .function : .procedure
    advance()
    if has(.sqlServerDefinitions) { try tsqlRoutine(form) } else { try postgresRoutine(form) }
    finish(mark, .createRoutine, flags: form.rawValue)
  }

  /// Behind CREATE: MACRO f(a, b := 1) AS expression, or AS TABLE query; more forms of it behind commas.
  /// <https://duckdb.org/docs/stable/sql/statements/create_macro>
  mutating func createMacro(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    try ifNotExists()
    try name("a macro")
    repeat {
      let parameters = self.mark()
      try expect(.leftParen, "'('")
      if !at(.rightParen) { try list { (p) throws(SyntaxFailure) in try p.macroParameter() } }
      try expect(.rightParen, "')'")
      finish(parameters, .parameterList)
      try expect(.as)
      let body = self.mark()
      if take(.table) {
        try query()
      } else {
        try expression()
        finish(body, .returnStatement)
      }
      finish(body, .body)
    } while take(.comma)
    finish(mark, .createRoutine, flags: RoutineForm.function.rawValue)
  }

  private mutating func macroParameter() throws(SyntaxFailure) {
    let mark = mark()
    try plainIdentifier("a parameter")
    if atName { try typeName() }
    if at(.assign) {
      let value = self.mark()
      advance()
      try expression()
      finish(value, .defaultClause)
    }
    finish(mark, .parameterItem)
  }

  // MARK: T-SQL

  private mutating func tsqlRoutine(_ form: RoutineForm) throws(SyntaxFailure) {
    try name("a routine's name")
    var returns: UInt8?
    moduleHead { (p) throws(SyntaxFailure) in
      if p.take(.semicolon) { try p.expect(.number, "a number") }
      let parameters = p.mark()
      let bracket = form == .function ? p.at(.leftParen) : p.take(.leftParen)
      if form == .function { try p.expect(.leftParen, "'('") }
      if p.at(.atVariable) { try p.list { (p) throws(SyntaxFailure) in try p.tsqlParameter() } }
      if bracket { try p.expect(.rightParen, "')'") }
      p.finish(parameters, .parameterList)
      if form == .function {
        try p.tsqlReturns()
        returns = p.nodes[p.nodes.count - 1].flags
      }
      if p.take(.with) { try p.phrase(form == .function ? .functionOptions : .procedureOptions, as: .routineOption) }
      if p.at(.for), form == .procedure {
        p.advance()
        try p.expect(.replication)
      }
      if p.at(.order), form == .function {
        p.advance()
        try p.keyColumns()
      }
      if form == .function, p.at(.begin) || p.at(.return) { return }
      try p.expect(.as)
    }
    // flags 1: an inline table function, whose body is one RETURN; every other function's body is a block
    if let returns, !at(.external), !at(returns == 1 ? .return : .begin) { missing(failure(returns == 1 ? "'RETURN'" : "'BEGIN'")) }
    inlineBody = returns == 1
    defer { inlineBody = false }
    try tsqlBody(mayBeEmpty: form == .procedure)
  }

  /// The head of a module, AS included; what cannot be read becomes `.unparsed`, and the body is read all the same.
  private mutating func moduleHead(_ rule: (inout Parser) throws(SyntaxFailure) -> Void) {
    let start = mark()
    let savedDepth = depth
    do throws(SyntaxFailure) { try rule(&self) } catch {
      depth = savedDepth
      rewind(start)
      at = max(at, error.token)
      scan: while true {
        switch kind {
        case .endOfFile, .batchSeparator: break scan
        case .word:
          if at(.begin) || at(.external) { break scan }
          if at(.as), startsLine(at) || startsLine(at + 1) || peekKeyword(1) == .begin {
            advance()
            break scan
          }
        default: break
        }
        advance()
      }
      finish(start, .unparsed)
      note(error, start)
    }
  }

  /// The statements of a T-SQL module: to the end of the batch.
  private mutating func tsqlBody(mayBeEmpty: Bool) throws(SyntaxFailure) {
    let mark = mark()
    if at(.external) {
      advance()
      try expect(.name)
      try name("an assembly's method")
      return finish(mark, .foreignBody)
    }
    let outer = terminators
    terminators = []
    defer { terminators = outer }
    // a procedure may be empty, a trigger not
    if !mayBeEmpty, at(.endOfFile) || at(.batchSeparator) { missing(failure("a statement")) }
    statements()
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
      if kind == .word, !isReserved(keyword) || at(.on) || at(.off), peek(1).kind != .leftParen { leaf(.literal) } else { try self.value() }
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

  /// What the options of a PostgreSQL routine say of its body.
  private struct RoutineBody {
    var language = ""
    /// The string that holds it.
    var token: Int?
    /// RETURN or BEGIN ATOMIC, read already.
    var isRead = false
  }

  private mutating func postgresRoutine(_ form: RoutineForm) throws(SyntaxFailure) {
    var body = RoutineBody()
    let start = mark()
    let savedDepth = depth
    do throws(SyntaxFailure) {
      try name("a routine's name")
      try postgresRoutineHead(&body)
      if body.token == nil, !body.isRead { throw failure("AS and the routine's body") }
    } catch {
      // the body is a string of its own: it can be read whatever is wrong around it
      let failed = error
      depth = savedDepth
      guard let token = bodyAhead(from: start.token) else { throw failed }
      rewind(start)
      at = token.index
      while !at(.semicolon), !at(.endOfFile) { advance() }
      let end = at
      finish(start, .unparsed)
      note(failed, start)
      quotedBody(token.index, language: token.language)
      at = end
      return
    }
    if let token = body.token { quotedBody(token, language: body.language) }
  }

  /// The string that AS introduces before the statement's semicolon, and the language that the statement names.
  private func bodyAhead(from start: Int) -> (index: Int, language: String)? {
    var look = start
    var found: Int?
    var quoted: Int?
    var language = ""
    while look < last, token(look).kind != .semicolon {
      let next = token(look + 1)
      if tokens[look].keyword == .as, next.kind == .dollarString || next.kind == .string { found = look + 1 }
      if tokens[look].kind == .dollarString { quoted = look }
      if tokens[look].keyword == .language, next.kind == .word || next.kind == .string, !isReserved(next.keyword) { language = languageName(next) }
      look += 1
    }
    return (found ?? quoted).map { ($0, language) }
  }

  func languageName(_ token: Token) -> String {
    let text = tokenText(token).lowercased()
    return text.hasPrefix("'") || text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text
  }

  private mutating func postgresRoutineHead(_ body: inout RoutineBody) throws(SyntaxFailure) {
    try postgresParameterList()
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
    while !body.isRead, try postgresRoutineOption(&body) {}
  }

  /// One option of CREATE FUNCTION; answers whether there was one.
  /// <https://www.postgresql.org/docs/17/sql-createfunction.html>
  private mutating func postgresRoutineOption(_ body: inout RoutineBody) throws(SyntaxFailure) -> Bool {
    switch keyword {
    case .language:
      advance()
      guard atWord || at(.string) else { throw failure("a language") }
      body.language = languageName(token)
      advance()
    case .as:
      advance()
      guard at(.string) || at(.dollarString) || at(.placeholder) else { throw failure("the routine's body as a string") }
      body.token = at
      advance()
      if take(.comma) { guard take(.string) || take(.dollarString) else { throw failure("a symbol's name") } }
    case .immutable, .stable, .volatile, .strict, .window, .leakproof, .nonatomic: advance()
    case .not:
      advance()
      try expect(.leakproof)
    case .called:
      advance()
      try onNullInput()
    case .returns:
      advance()
      try expect(.null)
      try onNullInput()
    case .external, .security:
      _ = take(.external)
      try expect(.security)
      guard take(.definer) || take(.invoker) else { throw failure("DEFINER or INVOKER") }
    case .parallel:
      advance()
      guard kind == .word else { throw failure("UNSAFE, RESTRICTED or SAFE") }
      advance()
    case .cost, .rows:
      advance()
      guard take(.number) || take(.placeholder) else { throw failure("a number") }
    case .support:
      advance()
      try name("a function")
    case .set:
      advance()
      try phrase(.routineSetting)
    case .transform:
      advance()
      try list { (p) throws(SyntaxFailure) in
        try p.expect(.for)
        try p.expect(.type)
        try p.typeName()
      }
    case .begin where peekKeyword(1) == .atomic:
      let mark = mark()
      at += 2
      let block = inBlockBody
      inBlockBody = false
      statements(until: .end)
      inBlockBody = block
      close(.end)
      finish(mark, .body)
      body.isRead = true
    case .return:
      let mark = mark()
      let statement = self.mark()
      advance()
      try expression()
      finish(statement, .returnStatement)
      finish(mark, .body)
      body.isRead = true
    default: return false
    }
    return true
  }

  private mutating func onNullInput() throws(SyntaxFailure) {
    try expect(.on)
    try expect(.null)
    try expect(.input)
  }

  /// `(IN a int DEFAULT 1, OUT b text, VARIADIC c int[])`.
  mutating func postgresParameterList() throws(SyntaxFailure) {
    let parameters = mark()
    try brackets { (p) throws(SyntaxFailure) in
      if p.at(.star), p.peek(1).kind == .rightParen { return p.advance() }
      if !p.at(.rightParen) { try p.list { (p) throws(SyntaxFailure) in try p.postgresParameter() } }
    }
    finish(parameters, .parameterList)
  }

  mutating func postgresParameter() throws(SyntaxFailure) {
    let mark = mark()
    var flags = parameterMode
    if at(.variadic) || at(.in) || at(.out) || at(.inout), peek(1).kind != .comma, peek(1).kind != .rightParen {
      if at(.in), peekKeyword(1) == .out { advance() }
      advance()
    } else {
      flags = 0
    }
    // `name type` or `type`: a name is there when another word follows that cannot go on the type
    let next = peek(1)
    let twoWords: Bool
    switch keyword {
    case .double: twoWords = next.kind == .word && next.keyword != .precision
    case .character, .char, .bit, .national, .nchar: twoWords = next.kind == .word && next.keyword != .varying && next.keyword != .character
    case .timestamp, .time: twoWords = next.kind == .word && next.keyword != .with && next.keyword != .without
    default: twoWords = next.kind == .word || next.kind == .quotedName || next.kind == .placeholder
    }
    if twoWords, next.keyword != .default, next.keyword != .array, next.keyword != .order {
      try plainIdentifier("a parameter")
      if flags == 0, at(.out) || at(.inout) || at(.in) || at(.variadic), peek(1).kind == .word || peek(1).kind == .quotedName {
        flags = parameterMode
        advance()
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

  /// The flags of the mode that stands here: 1 OUT, 2 INOUT, 0 otherwise.
  private var parameterMode: UInt8 {
    switch keyword {
    case .out: 1
    case .inout: 2
    case .in: peekKeyword(1) == .out ? 2 : 0
    default: 0
    }
  }

  func tokenText(_ token: Token) -> String {
    String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
  }

  // MARK: triggers

  /// Behind CREATE: [CONSTRAINT] TRIGGER and all of it.
  mutating func createTrigger(from mark: Mark) throws(SyntaxFailure) {
    _ = take(.constraint)
    try expect(.trigger)
    try name("a trigger's name")
    if has(.sqlServerDefinitions) {
      try expect(.on)
      let onServer = at(.all) || at(.database)
      if take(.all) { try expect(.server) } else if !take(.database) { try name("a table") }
      moduleHead { (p) throws(SyntaxFailure) in
        if p.take(.with) { try p.phrase(.triggerOptions, as: .routineOption) }
        let events = p.mark()
        guard p.take(.for) || p.take(.after) || p.take(.instead, .of) else { throw p.failure("FOR, AFTER or INSTEAD OF") }
        try p.list { (p) throws(SyntaxFailure) in
          guard onServer ? p.kind == .word : p.at(.insert) || p.at(.update) || p.at(.delete) else { throw p.failure("an event") }
          p.advance()
        }
        p.finish(events, .triggerEvents)
        if p.take(.with) { try p.expect(.append) }
        if p.take(.not) {
          try p.expect(.for)
          try p.expect(.replication)
        }
        try p.expect(.as)
      }
      try tsqlBody(mayBeEmpty: false)
      return finish(mark, .createTrigger)
    }
    let events = self.mark()
    guard take(.before) || take(.after) || take(.instead, .of) else { throw failure("BEFORE, AFTER or INSTEAD OF") }
    repeat {
      guard at(.insert) || at(.update) || at(.delete) || at(.truncate) else { throw failure("an event") }
      advance()
      if tokens[at - 1].keyword == .update, take(.of) { try list { (p) throws(SyntaxFailure) in try p.plainIdentifier("a column") } }
    } while take(.or)
    finish(events, .triggerEvents)
    try expect(.on)
    try name("a table")
    if take(.from) { try name("a table") }
    if take(.not) {
      try expect(.deferrable)
    } else {
      _ = take(.deferrable)
    }
    if take(.initially) { guard take(.deferred) || take(.immediate) else { throw failure("DEFERRED or IMMEDIATE") } }
    if take(.referencing) {
      while take(.old) || take(.new) {
        try expect(.table)
        _ = take(.as)
        try plainIdentifier("a name")
      }
    }
    if take(.for) {
      _ = take(.each)
      guard take(.row) || take(.statement) else { throw failure("ROW or STATEMENT") }
    }
    if take(.when) {
      let condition = self.mark()
      try brackets { (p) throws(SyntaxFailure) in try p.expression() }
      finish(condition, .where)
    }
    guard at(.execute) else { throw failure("EXECUTE FUNCTION") }
    advance()
    guard take(.function) || take(.procedure) else { throw failure("FUNCTION") }
    let call = self.mark()
    try name("a function")
    try arguments()
    finish(call, .call)
    finish(mark, .createTrigger)
  }
}
