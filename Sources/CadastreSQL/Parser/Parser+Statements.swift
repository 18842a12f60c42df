internal import CadastreDialects
internal import CadastreDiagnostics

extension Parser {
  /// Reads statements to token `end` and makes the root of them.
  mutating func script(until end: Int) {
    let mark = mark()
    while at < end {
      if take(.semicolon) || take(.batchSeparator) || take(.directive) { continue }
      statement(terminators: .none)
    }
    finish(mark, .script)
  }

  /// What may follow the statements of a block.
  enum Terminators {
    /// Nothing: the end of the text.
    case none
    /// END of a block, ELSE of an IF and the like.
    case block

    func ends(_ token: Token) -> Bool {
      switch token.kind {
      case .endOfFile: return true
      case .batchSeparator: return true
      default: break
      }
      guard self == .block else { return false }
      switch token.keyword {
      case .end, .else, .elsif, .elseif, .exception, .when, .until: return true
      default: return false
      }
    }
  }

  /// Whether what stands here ends a list of statements. END CONVERSATION is a statement itself.
  func ends(_ terminators: Terminators) -> Bool {
    if at(.end, .conversation), has(.optionalSemicolons) { return false }
    return terminators.ends(token)
  }

  /// Reads statements until a terminator, which is not taken.
  mutating func statements(_ terminators: Terminators) {
    while !ends(terminators) {
      if take(.semicolon) || take(.directive) { continue }
      statement(terminators: terminators)
    }
  }

  /// Reads one statement; what cannot be read becomes `.unparsed`. Always takes at least one token.
  mutating func statement(terminators: Terminators) {
    let start = mark()
    let savedDepth = depth
    let savedUnparsed = unparsed.count
    do throws(SyntaxFailure) {
      try nested { (p) throws(SyntaxFailure) in
        try p.statementBody()
        try p.statementEnd(terminators)
      }
    } catch {
      depth = savedDepth
      unparsed.removeLast(unparsed.count - savedUnparsed)
      rewind(start)
      skipStatement(failedAt: error.token)
      finish(start, .unparsed)
      note(error, start)
    }
    if at == start.token { advance() }
  }

  /// Checks that what follows a statement can follow one.
  private mutating func statementEnd(_ terminators: Terminators) throws(SyntaxFailure) {
    if take(.semicolon) { return }
    switch kind {
    case .endOfFile, .batchSeparator, .directive: return
    default: break
    }
    if ends(terminators) || at(.end, .conversation) { return }
    if has(.optionalSemicolons), startsStatement(token) || atLabel { return }
    if at > 0, tokens[at - 1].kind == .semicolon { return }
    throw failure("';' or the end of the statement")
  }

  private mutating func note(_ error: SyntaxFailure, _ start: Mark) {
    let found = tokens[min(error.token, tokens.count - 1)]
    let lower = tokens[start.token].start
    let upper = at > start.token ? tokens[at - 1].end : lower
    let text: String
    if found.kind == .endOfFile {
      text = "the end of the text"
    } else {
      let end = min(Int(found.end), Int(found.start) + 60)
      text = "'" + String(decoding: bytes[Int(found.start)..<end], as: UTF8.self) + "'"
    }
    unparsed.append(
      UnparsedStatement(
        range: SourceRange(lower, upper), reason: "expected \(error.expected) but found \(text)",
        at: SourceRange(found.start, found.end)))
  }

  /// Moves behind a statement that could not be read: to the next semicolon, batch end or, behind the failing token, word that begins a statement on a line of its own.
  private mutating func skipStatement(failedAt failed: Int) {
    let from = at
    var brackets = 0
    while true {
      switch kind {
      case .endOfFile, .batchSeparator: return
      case .semicolon:
        advance()
        if at > failed || brackets <= 0 { return }
        continue
      case .leftParen: brackets += 1
      case .rightParen: brackets -= 1
      default:
        if at > from, at >= failed, brackets <= 0 || at > failed + 200, startsLine(at) || keyword == .end || keyword == .else,
          startsStatement(token) || keyword == .end || keyword == .else
        {
          return
        }
      }
      advance()
    }
  }

  private func startsLine(_ index: Int) -> Bool {
    guard index > 0 else { return true }
    var look = Int(tokens[index].start) - 1
    let stop = Int(tokens[index - 1].end)
    while look >= stop {
      if bytes[look] == 0x0A { return true }
      look -= 1
    }
    return false
  }

  /// `name:` of T-SQL.
  var atLabel: Bool { has(.optionalSemicolons) && kind == .word && peek(1).kind == .colon }

  /// Whether a token can begin a statement.
  func startsStatement(_ token: Token) -> Bool {
    guard token.kind == .word else { return false }
    switch token.keyword {
    case .select, .insert, .update, .delete, .merge, .with, .create, .alter, .drop, .truncate, .declare, .set, .if, .while, .begin,
      .exec, .execute, .return, .print, .raiserror, .throw, .commit, .rollback, .save, .use, .grant, .revoke, .deny, .open, .fetch,
      .close, .deallocate, .goto, .break, .continue, .waitfor, .bulk, .dbcc, .checkpoint, .kill, .reconfigure, .restore, .backup,
      .disable, .enable, .call, .copy, .analyze, .vacuum, .comment, .lock, .do, .perform, .raise, .explain, .refresh, .notify,
      .listen, .reset, .discard, .for, .loop, .get, .move, .exit, .null, .add, .receive, .revert, .updatetext, .shutdown, .setuser:
      return true
    default: return false
    }
  }

  /// Dispatches on the first word.
  private mutating func statementBody() throws(SyntaxFailure) {
    if atLabel, keyword == .none_ || !isReserved(keyword) {
      let mark = mark()
      advance()
      advance()
      finish(mark, .label)
      return
    }
    if dialect.procedural == .plpgsql, inBlockBody, try plStatement() { return }
    switch keyword {
    case .select, .values, .with: try queryOrData()
    case .table where peek(1).kind == .word || peek(1).kind == .quotedName: try queryStatement()
    case .update where has(.top) && peekKeyword(1) == .statistics:
      let mark = mark()
      at += 2
      try name("a table")
      restOfStatement()
      finish(mark, .utility)
    case .insert, .update, .delete, .merge: try dataStatement()
    case .truncate: try truncate()
    case .copy: try copy()
    case .create, .alter, .drop, .grant, .revoke, .deny, .comment: try definition()
    case .if where dialect.procedural == .tsql: try tsqlIf()
    case .while where dialect.procedural == .tsql: try tsqlWhile()
    case .begin where dialect.procedural == .tsql: try tsqlBegin()
    case .declare where dialect.procedural == .tsql: try tsqlDeclare()
    default:
      if at(.leftParen) {
        try queryStatement()
      } else if dialect.procedural == .tsql {
        try tsqlStatement()
      } else {
        try scriptStatement()
      }
    }
  }

  mutating func queryStatement() throws(SyntaxFailure) { try query() }

  /// `SELECT ...`, or a WITH before INSERT, UPDATE, DELETE, MERGE.
  mutating func queryOrData() throws(SyntaxFailure) {
    if at(.insert) || at(.update) || at(.delete) || at(.merge) { return try dataStatement() }
    guard at(.with) else { return try query() }
    let mark = mark()
    try with()
    switch keyword {
    case .insert: try insert(from: mark)
    case .update: try update(from: mark)
    case .delete: try delete(from: mark)
    case .merge: try merge(from: mark)
    default: try query(from: mark)
    }
  }

  mutating func dataStatement() throws(SyntaxFailure) {
    let mark = mark()
    switch keyword {
    case .insert: try insert(from: mark)
    case .update: try update(from: mark)
    case .delete: try delete(from: mark)
    default: try merge(from: mark)
    }
  }

  /// Takes everything up to the end of the statement: for statements whose insides say nothing of data.
  mutating func restOfStatement() {
    var brackets = 0
    while true {
      switch kind {
      case .endOfFile, .batchSeparator, .directive, .semicolon: return
      case .leftParen: brackets += 1
      case .rightParen: brackets -= 1
      default:
        if brackets <= 0, has(.optionalSemicolons), startsStatement(token), startsLine(at), keyword != .with, keyword != .for, keyword != .add,
          !(keyword == .set && peek(1).kind == .leftParen)
        {
          return
        }
        if brackets <= 0, keyword == .end, has(.optionalSemicolons), startsLine(at) { return }
      }
      advance()
    }
  }
}
