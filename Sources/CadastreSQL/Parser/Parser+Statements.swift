internal import CadastreDialects

extension Parser {
  /// Reads statements to token `end` and makes the root of them.
  mutating func script(until end: Int) {
    let mark = mark()
    while at < end {
      if take(.semicolon) || take(.batchSeparator) || take(.directive) { continue }
      statement()
    }
    finish(mark, .script)
  }

  /// `name:` of T-SQL.
  var atLabel: Bool {
    has(.optionalSemicolons) && (kind == .word || kind == .quotedName) && peek(1).kind == .colon && (keyword == .none_ || !isReserved(keyword))
  }

  /// Whether the current token can begin a statement.
  var startsStatement: Bool {
    guard kind == .word else { return at(.leftParen) && has(.optionalSemicolons) && (peekKeyword(1) == .select || peek(1).kind == .leftParen) && startsLine(at) }
    switch keyword {
    case .select, .insert, .update, .delete, .merge, .with, .create, .alter, .drop, .truncate, .declare, .set, .grant, .revoke, .commit,
      .rollback, .open, .fetch, .close, .begin:
      return true
    default: break
    }
    guard has(.optionalSemicolons) else { return startsScriptStatement }
    switch keyword {
    case .if, .while, .exec, .execute, .return, .print, .raiserror, .save, .use, .deny, .deallocate, .goto, .break, .continue, .waitfor,
      .bulk, .dbcc, .checkpoint, .kill, .reconfigure, .restore, .backup, .revert, .updatetext, .shutdown, .setuser, .readtext, .writetext:
      return true
    case .throw: return true
    case .end: return peekKeyword(1) == .conversation
    case .add: return peekKeyword(1) == .signature || peekKeyword(1) == .counter || peekKeyword(1) == .sensitivity
    case .enable, .disable: return peekKeyword(1) == .trigger
    case .get, .move: return peekKeyword(1) == .conversation
    case .send: return peekKeyword(1) == .on
    case .receive: return startsLine(at)
    case .rename: return peekKeyword(1) == .object || peekKeyword(1) == .database
    case .copy: return peekKeyword(1) == .into
    case .lineno: return peek(1).kind == .number
    default: return false
    }
  }

  private var startsScriptStatement: Bool {
    switch keyword {
    case .call, .copy, .analyze, .vacuum, .comment, .lock, .do, .explain, .refresh, .notify, .listen, .reset, .discard, .values, .unload:
      true
    default: false
    }
  }

  /// Dispatches on the first word.
  mutating func statementBody() throws(SyntaxFailure) {
    if atLabel {
      let mark = mark()
      advance()
      advance()
      finish(mark, .label)
      return
    }
    if inBlockBody, try plStatement() { return }
    switch keyword {
    case .select, .with: try queryOrData()
    case .values, .table: if has(.optionalSemicolons) { throw failure("a statement") } else { try query() }
    case .update where peekKeyword(1) == .statistics && has(.sqlServerDefinitions): try tableStatement()
    case .from where has(.fromFirst), .pivot where has(.pivotStatement), .unpivot where has(.pivotStatement): try query()
    case .insert, .update, .delete, .merge: try dataStatement()
    case .replace where has(.replaceInto) && peekKeyword(1) == .into: try dataStatement()
    case .truncate: try truncate()
    case .create, .alter, .drop, .comment: try definition()
    default:
      if at(.leftParen) { return try query() }
      switch dialect.procedural {
      case .tsql: try tsqlStatement()
      case .plpgsql, .plsql, .sqlPSM, .snowflakeScripting, .none: try scriptStatement()
      }
    }
  }

  /// `SELECT ...`, or a WITH before INSERT, UPDATE, DELETE, MERGE; or those themselves.
  mutating func queryOrData() throws(SyntaxFailure) {
    if at(.insert) || at(.update) || at(.delete) || at(.merge) { return try dataStatement() }
    guard at(.with) else { return try query() }
    let mark = mark()
    try with()
    switch keyword {
    case .insert: try insert(from: mark)
    case .replace where has(.replaceInto): try insert(from: mark)
    case .update: try update(from: mark)
    case .delete: try delete(from: mark)
    case .merge: try merge(from: mark)
    default: try query(from: mark)
    }
  }

  mutating func dataStatement() throws(SyntaxFailure) {
    let mark = mark()
    switch keyword {
    case .insert, .replace: try insert(from: mark)
    case .update: try update(from: mark)
    case .delete: try delete(from: mark)
    default: try merge(from: mark)
    }
  }

  /// Statements outside routines that the common grammar does not have.
  private mutating func scriptStatement() throws(SyntaxFailure) {
    let mark = mark()
    switch keyword {
    case .do where peekKeyword(1) != .also && peekKeyword(1) != .instead: try anonymousBlock()
    case .call:
      advance()
      try nameOrCall()
      guard nodes.last?.kind == .call || !has(.postgresDefinitions) else { throw failure("'('") }
      finish(mark, .execute, flags: 2)
    case .use:
      advance()
      try name("a database")
      finish(mark, .useDatabase)
    case .copy where table.statements(beginningWith: .copy).isEmpty: try copy()
    default: try tableStatement()
    }
  }
}
