internal import CadastreDialects

extension Parser {
  /// A statement as the body of IF, ELSE or WHILE, in a `body` node.
  private mutating func singleStatement(in branch: Terminators = []) {
    let mark = mark()
    let outer = terminators
    terminators.formUnion(branch)
    defer { terminators = outer }
    while take(.directive) {}
    if atTerminator || at(.semicolon) { missing(failure("a statement")) } else { statement() }
    finish(mark, .body)
  }

  /// IF and all its ELSE IFs: one node with a branch each, so that long chains do not nest.
  private mutating func tsqlIf() {
    let mark = mark()
    var more = true
    while more {
      let branch = self.mark()
      advance()
      headOfStatement { (p) throws(SyntaxFailure) in try p.condition() }
      singleStatement(in: .else)
      finish(branch, .branch)
      more = at(.else, .if)
      if more { advance() }
    }
    if at(.else) {
      let other = self.mark()
      advance()
      singleStatement()
      finish(other, .elseStatements)
    }
    finish(mark, .ifStatement)
  }

  private mutating func tsqlWhile() {
    let mark = mark()
    advance()
    headOfStatement { (p) throws(SyntaxFailure) in try p.condition() }
    singleStatement()
    finish(mark, .whileLoop)
  }

  private mutating func tsqlBegin() throws(SyntaxFailure) {
    let mark = mark()
    switch peekKeyword(1) {
    case .tran, .transaction:
      advance()
      try transactionTail()
      return finish(mark, .transaction)
    case .distributed where peekKeyword(2) == .tran || peekKeyword(2) == .transaction:
      at += 2
      try transactionTail()
      return finish(mark, .transaction)
    case .dialog, .conversation: return try tableStatement()
    case .try: return tsqlTry()
    default: break
    }
    try expect(.begin)
    if at(.atomic), peekKeyword(1) == .with {
      at += 2
      try phrase(.atomicOptions)
    }
    let body = self.mark()
    statements(until: .end)
    if nodes.count == body.node { missing(failure("a statement")) }
    finish(body, .body)
    close(.end)
    finish(mark, .block)
  }

  private mutating func tsqlTry() {
    let mark = mark()
    at += 2
    let body = self.mark()
    statements(until: .end)
    if nodes.count == body.node { missing(failure("a statement")) }
    finish(body, .tryBody)
    close(.end, .try)
    if at(.begin, .catch) {
      at += 2
      let handler = self.mark()
      statements(until: .end)
      finish(handler, .catchBody)
      close(.end, .catch)
    } else {
      missing(failure("BEGIN CATCH"))
    }
    finish(mark, .tryCatch)
  }

  /// Behind BEGIN, COMMIT, ROLLBACK or SAVE.
  private mutating func transactionTail() throws(SyntaxFailure) {
    let named = take(.tran) || take(.transaction)
    if !named { _ = take(.work) }
    if named, at(.atVariable) || at(.placeholder) || (atName && !startsStatement && !atLabel) { advance() }
    guard at(.with) else { return }
    if peekKeyword(1) == .mark {
      at += 2
      _ = take(.string) || take(.atVariable)
    } else if peek(1).kind == .leftParen {
      at += 2
      guard isWord(token, "delayed_durability") else { throw failure("DELAYED_DURABILITY") }
      advance()
      try expect(.equal, "'='")
      guard take(.on) || take(.off) else { throw failure("ON or OFF") }
      try expect(.rightParen, "')'")
    }
  }

  private mutating func tsqlDeclare() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.declare)
    if !at(.atVariable) {
      // DECLARE name CURSOR ... FOR query
      let cursor = self.mark()
      try plainIdentifier("a variable or cursor")
      _ = take(.insensitive)
      _ = take(.scroll)
      try expect(.cursor)
      try cursorDefinition()
      finish(cursor, .declareCursor)
      return finish(mark, .declarations)
    }
    try list { (p) throws(SyntaxFailure) in
      let item = p.mark()
      guard p.at(.atVariable) else { throw p.failure("a variable") }
      p.leaf(.variable)
      _ = p.take(.as)
      if p.at(.table) {
        p.advance()
        try p.tableElements()
        return p.finish(item, .declareTable)
      }
      if p.at(.cursor) {
        p.advance()
        return p.finish(item, .declareVariable, flags: 1)
      }
      try p.typeName()
      if p.at(.not), p.peekKeyword(1) == .null { p.at += 2 } else { _ = p.take(.null) }
      if p.take(.equal) { try p.value() }
      p.finish(item, .declareVariable)
    }
    finish(mark, .declarations)
  }

  /// Options and the query of a cursor, behind CURSOR.
  private mutating func cursorDefinition() throws(SyntaxFailure) {
    while kind == .word, !at(.for) {
      switch keyword {
      case .local, .global, .forward_only, .scroll, .static, .keyset, .dynamic, .fast_forward, .read_only, .scroll_locks, .optimistic,
        .type_warning, .insensitive: advance()
      default: throw failure("'FOR'")
      }
    }
    try expect(.for)
    try query()
    if at(.for), peekKeyword(1) == .update || peekKeyword(1) == .read {
      advance()
      if take(.read) {
        try expect(.only)
      } else {
        advance()
        if take(.of) { try list { (p) throws(SyntaxFailure) in try p.name("a column") } }
      }
    }
  }

  /// A statement of T-SQL that the common grammar does not have.
  mutating func tsqlStatement() throws(SyntaxFailure) {
    let mark = mark()
    switch keyword {
    case .if: tsqlIf()
    case .while: tsqlWhile()
    case .begin: try tsqlBegin()
    case .declare: try tsqlDeclare()
    case .set: try tsqlSet()
    case .exec, .execute: try tsqlExecute()
    case .print:
      advance()
      try value()
      finish(mark, .utility)
    case .raiserror: try raiserror()
    case .throw:
      advance()
      if at(.number) || at(.atVariable) || at(.placeholder) {
        try value()
        try expect(.comma, "','")
        try value()
        try expect(.comma, "','")
        try value()
      }
      finish(mark, .raise)
    case .return:
      advance()
      if at(.leftParen), peekKeyword(1) == .with {
        // the query of an inline function
        let query = self.mark()
        advance()
        let inner = self.mark()
        try with()
        try self.query(from: inner)
        try expect(.rightParen, "')'")
        finish(query, .subquery)
      } else if inlineBody, at(.select) || at(.with) {
        try query()
      } else if at(.leftParen) || (!at(.semicolon) && !atTerminator && !startsStatement && !atLabel && !at(.directive) && !at(.else) && !at(.end)) {
        // a bracket belongs to RETURN, whatever line it stands on
        try value()
      }
      finish(mark, .returnStatement)
    case .break, .continue:
      advance()
      finish(mark, .exitStatement)
    case .goto:
      advance()
      try plainIdentifier("a label")
      finish(mark, .gotoStatement)
    case .commit, .rollback:
      advance()
      try transactionTail()
      finish(mark, .transaction)
    case .save:
      advance()
      guard at(.tran) || at(.transaction) else { throw failure("TRANSACTION") }
      guard peek(1).kind == .word || peek(1).kind == .quotedName || peek(1).kind == .atVariable || peek(1).kind == .placeholder else {
        throw SyntaxFailure(token: at + 1, expected: "a savepoint")
      }
      try transactionTail()
      finish(mark, .transaction)
    case .use:
      advance()
      try name("a database")
      finish(mark, .useDatabase)
    case .open, .close, .deallocate:
      if atKeyStatement { return try tableStatement() }
      let kind: NodeKind = at(.open) ? .open : at(.close) ? .close : .deallocate
      advance()
      try cursorName()
      finish(mark, kind)
    case .fetch: try tsqlFetch()
    case .bulk: try bulkInsert()
    default:
      guard table.statements(beginningWith: keyword).isEmpty else { return try tableStatement() }
      // a procedure's name alone is a call, as the first statement of a batch
      guard atName, isBatchStart else { throw failure("a statement") }
      try name("a procedure")
      guard !at(.on), !at(.off) else { throw failure("a value") }
      try executeArguments()
      finish(mark, .execute)
    }
  }

  /// OPEN and CLOSE of keys rather than cursors.
  private var atKeyStatement: Bool {
    switch peekKeyword(1) {
    case .symmetric, .master: peekKeyword(2) == .key
    case .all: true
    default: false
    }
  }

  private mutating func cursorName() throws(SyntaxFailure) {
    if at(.global), peek(1).kind == .word || peek(1).kind == .quotedName, startsStatementAhead(1) == false { advance() }
    if at(.atVariable) { leaf(.variable) } else { try plainIdentifier("a cursor") }
  }

  private func startsStatementAhead(_ offset: Int) -> Bool { isReserved(peekKeyword(offset)) }

  private mutating func raiserror() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.raiserror)
    if at(.leftParen) {
      try brackets { (p) throws(SyntaxFailure) in
        try p.value()
        try p.expect(.comma, "','")
        try p.value()
        try p.expect(.comma, "','")
        try p.list { (p) throws(SyntaxFailure) in try p.value() }
      }
    } else {
      // the form before SQL Server 7: RAISERROR 50001 'text'
      try value()
      if at(.string) || at(.atVariable) { try value() }
    }
    if at(.with) {
      advance()
      try list { (p) throws(SyntaxFailure) in
        guard p.isWord(p.token, "log") || p.at(.nowait) || p.isWord(p.token, "seterror") else { throw p.failure("LOG, NOWAIT or SETERROR") }
        p.advance()
      }
    }
    finish(mark, .raise)
  }

  private var isBatchStart: Bool {
    at == 0 || tokens[at - 1].kind == .batchSeparator || tokens[at - 1].kind == .directive
  }

  private mutating func tsqlSet() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.set)
    guard at(.atVariable) else {
      try phrase(.sessionSetting)
      return finish(mark, .setOption)
    }
    leaf(.variable)
    if at(.dot) || at(.doubleColon) {
      advance()
      try nameOrCall()
      if take(.equal) { try value() }
      return finish(mark, .assignStatement, flags: 1)
    }
    var flags: UInt8 = 0
    if take(.compoundAssign) { flags = 1 } else { try expect(.equal, "'='") }
    if at(.cursor) {
      advance()
      try cursorDefinition()
      return finish(mark, .declareCursor)
    }
    try value()
    finish(mark, .assignStatement, flags: flags)
  }

  private mutating func tsqlFetch() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.fetch)
    if at(.next) || at(.prior) || at(.first) || at(.last), peek(1).kind == .word, peekKeyword(1) == .from {
      advance()
    } else if at(.absolute) || at(.relative) {
      advance()
      try value()
    }
    _ = take(.from)
    try cursorName()
    if at(.into) {
      let into = self.mark()
      advance()
      try list { (p) throws(SyntaxFailure) in
        guard p.at(.atVariable) else { throw p.failure("a variable") }
        p.leaf(.variable)
      }
      finish(into, .into)
    }
    finish(mark, .fetch)
  }
}
