internal import CadastreDialects

extension Parser {
  /// A statement as the body of IF, ELSE or WHILE, in a `body` node.
  private mutating func singleStatement() throws(SyntaxFailure) {
    let mark = mark()
    while take(.semicolon) {}
    guard !ends(.block), !at(.endOfFile) else { throw failure("a statement") }
    statement(terminators: .block)
    finish(mark, .body)
  }

  mutating func tsqlIf() throws(SyntaxFailure) {
    let mark = mark()
    let branch = self.mark()
    try expect(.if)
    try expression()
    try singleStatement()
    finish(branch, .branch)
    if at(.else) {
      let other = self.mark()
      advance()
      try singleStatement()
      finish(other, .elseStatements)
    }
    finish(mark, .ifStatement)
  }

  mutating func tsqlWhile() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.while)
    try expression()
    try singleStatement()
    finish(mark, .whileLoop)
  }

  mutating func tsqlBegin() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.begin)
    switch keyword {
    case .tran, .transaction:
      try transactionTail()
      return finish(mark, .transaction)
    case .dialog, .conversation:
      restOfStatement()
      return finish(mark, .utility)
    case .try:
      advance()
      let body = self.mark()
      statements(.block)
      finish(body, .tryBody)
      try expect(.end)
      try expect(.try)
      while take(.semicolon) {}
      try expect(.begin)
      try expect(.catch)
      let handler = self.mark()
      statements(.block)
      finish(handler, .catchBody)
      try expect(.end)
      try expect(.catch)
      return finish(mark, .tryCatch)
    default: break
    }
    if take(.atomic) {
      try expect(.with)
      try skipBrackets()
    }
    let body = self.mark()
    statements(.block)
    finish(body, .body)
    try expect(.end)
    if take(.conversation) { advance() }
    finish(mark, .block)
  }

  private mutating func transactionTail() throws(SyntaxFailure) {
    _ = take(.tran) || take(.transaction) || take(.work)
    if at(.atVariable) || (atName && !startsStatement(token)) { advance() }
    if at(.with), peek(1).kind == .leftParen || isWord(peek(1), "mark") {
      advance()
      if at(.leftParen) { try skipBrackets() } else {
        advance()
        _ = take(.string)
      }
    }
  }

  mutating func tsqlDeclare() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.declare)
    if !at(.atVariable) {
      // DECLARE name CURSOR ... FOR query
      let cursor = self.mark()
      try identifier("a variable or cursor")
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
      if p.take(.equal) { try p.expression() }
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
      at += 2
      _ = take(.only)
      if take(.of) { try list { (p) throws(SyntaxFailure) in try p.name("a column") } }
    }
  }

  /// Every other T-SQL statement.
  mutating func tsqlStatement() throws(SyntaxFailure) {
    let mark = mark()
    switch keyword {
    case .set: try tsqlSet()
    case .exec, .execute: try tsqlExecute()
    case .print:
      advance()
      try expression()
      finish(mark, .utility)
    case .raiserror:
      advance()
      if at(.leftParen) {
        try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.expression() } }
      } else {
        try list { (p) throws(SyntaxFailure) in try p.expression() }
        if at(.string) || at(.atVariable) { try expression() }
      }
      if take(.with) { try list { (p) throws(SyntaxFailure) in try p.identifier("an option") } }
      finish(mark, .raise)
    case .throw:
      advance()
      if !at(.semicolon), !Terminators.block.ends(token), !startsStatement(token) {
        try list { (p) throws(SyntaxFailure) in try p.expression() }
      }
      finish(mark, .raise)
    case .return:
      advance()
      if at(.leftParen), atQuery(peekFrom: 1) {
        try expression()
      } else if !at(.semicolon), !Terminators.block.ends(token), !startsStatement(token) {
        try expression()
      } else if at(.select) || at(.with) {
        try query()
      }
      finish(mark, .returnStatement)
    case .break, .continue:
      advance()
      finish(mark, .exitStatement)
    case .goto:
      advance()
      try identifier("a label")
      finish(mark, .gotoStatement)
    case .commit, .rollback, .save:
      advance()
      try transactionTail()
      finish(mark, .transaction)
    case .use:
      advance()
      try name("a database")
      finish(mark, .useDatabase)
    case .open, .close, .deallocate:
      let kind: NodeKind = at(.open) ? .open : at(.close) ? .close : .deallocate
      advance()
      if take(.symmetric_key) || take(.all) {
        restOfStatement()
        return finish(mark, .utility)
      }
      _ = take(.global)
      if at(.atVariable) { leaf(.variable) } else { try identifier("a cursor") }
      finish(mark, kind)
    case .fetch: try tsqlFetch()
    case .bulk:
      try bulkInsert()
    case .waitfor:
      advance()
      if at(.leftParen) { try skipBrackets() } else {
        advance()
        try expression()
      }
      if take(.comma) {
        advance()
        try expression()
      }
      finish(mark, .utility)
    case .dbcc:
      advance()
      try identifier("a command")
      if at(.leftParen) { try skipBrackets() }
      if at(.with) {
        advance()
        try list { (p) throws(SyntaxFailure) in try p.identifier("an option") }
      }
      finish(mark, .utility)
    case .enable, .disable:
      advance()
      try expect(.trigger)
      if !take(.all) { try list { (p) throws(SyntaxFailure) in try p.name("a trigger") } }
      try expect(.on)
      if take(.all) { try expect(.server) } else if !take(.database) { try name("a table") }
      finish(mark, .otherDefinition)
    case .checkpoint, .reconfigure, .kill, .backup, .restore, .revert, .shutdown, .setuser, .receive, .send, .get, .end, .move, .add, .updatetext:
      guard !at(.end) || peekKeyword(1) == .conversation else { throw failure("a statement") }
      advance()
      restOfStatement()
      finish(mark, .utility)
    default:
      // a procedure's name alone is a call, as the first statement of a batch
      guard atName, isBatchStart else { throw failure("a statement") }
      try name("a procedure")
      try executeArguments()
      finish(mark, .execute)
    }
  }

  private func isWord(_ token: Token, _ text: String) -> Bool { token.kind == .word && tokenText(token).lowercased() == text }

  private var isBatchStart: Bool {
    at == 0 || tokens[at - 1].kind == .batchSeparator || tokens[at - 1].kind == .directive || tokens[at - 1].kind == .semicolon && at == 1
  }

  private mutating func tsqlSet() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.set)
    if at(.atVariable) {
      leaf(.variable)
      if take(.dot) {
        try nameOrCall()
        if take(.equal) { try expression() }
        return finish(mark, .assignStatement, flags: 1)
      }
      var flags: UInt8 = 0
      if take(.compoundAssign) { flags = 1 } else { try expect(.equal, "'='") }
      if at(.cursor) {
        advance()
        try cursorDefinition()
        return finish(mark, .declareCursor)
      }
      try expression()
      return finish(mark, .assignStatement, flags: flags)
    }
    // options: SET NOCOUNT, XACT_ABORT ON; SET IDENTITY_INSERT t ON; SET TRANSACTION ISOLATION LEVEL ...; SET DATEFIRST 1
    guard kind == .word else { throw failure("a variable or an option") }
    if at(.transaction) {
      advance()
      try expect(.isolation)
      try expect(.level)
      while at(.read) || at(.uncommitted) || at(.committed) || at(.repeatable) || at(.snapshot) || at(.serializable) { advance() }
    } else if at(.identity_insert) {
      advance()
      try name("a table")
      guard take(.on) || take(.off) else { throw failure("ON or OFF") }
    } else {
      try list { (p) throws(SyntaxFailure) in
        guard p.kind == .word else { throw p.failure("an option") }
        p.advance()
        while p.kind == .word, !p.at(.on), !p.at(.off), !p.startsStatement(p.token), !p.at(.end) { p.advance() }
      }
      if !(take(.on) || take(.off)) {
        if at(.hyphen) || at(.number) || at(.atVariable) || at(.string) || at(.binaryLiteral) { try expression() }
      }
    }
    finish(mark, .setOption)
  }

  private mutating func tsqlFetch() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.fetch)
    if at(.next) || at(.prior) || at(.first) || at(.last) {
      advance()
    } else if at(.absolute) || at(.relative) {
      advance()
      try expression()
    }
    _ = take(.from)
    _ = take(.global)
    if at(.atVariable) { leaf(.variable) } else { try identifier("a cursor") }
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

  private mutating func bulkInsert() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    try expect(.insert)
    try name("a table")
    try expect(.from)
    try expression()
    if at(.with) {
      advance()
      try skipBrackets()
    }
    finish(mark, .bulkInsert)
  }

  /// `EXEC [@r =] p args`, `EXEC ('text' + @x) [AT server]`.
  mutating func tsqlExecute() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    if at(.as) {
      // EXECUTE AS USER = 'x'
      advance()
      advance()
      if take(.equal) { try expression() }
      if at(.with) {
        at += 2
        if at(.revert) { advance() }
        if take(.into) { leaf(.variable) }
      }
      return finish(mark, .utility)
    }
    if at(.leftParen) {
      try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in
        try p.expression()
        _ = p.take(.output)
      } }
      if take(.as) {
        advance()
        if take(.equal) { try expression() }
      }
      if take(.at) {
        try name("a linked server")
        return finish(mark, .executeDynamic, flags: 1)
      }
      return finish(mark, .executeDynamic)
    }
    if at(.atVariable), peek(1).kind == .equal {
      leaf(.variable)
      advance()
      try executeTarget()
      try executeArguments()
      return finish(mark, .execute, flags: 1)
    }
    try executeTarget()
    try executeArguments()
    finish(mark, .execute)
  }

  private mutating func executeTarget() throws(SyntaxFailure) {
    if at(.atVariable) { return leaf(.variable) }
    guard atWord || at(.dot) else { throw failure("a procedure") }
    if at(.placeholder), peek(1).kind != .dot { return leaf(.placeholder) }
    if isReserved(keyword) { throw failure("a procedure") }
    try name("a procedure")
    if at(.semicolon), peek(1).kind == .number { at += 2 }
  }

  private mutating func executeArguments() throws(SyntaxFailure) {
    if at(.atVariable) || at(.string) || at(.number) || at(.binaryLiteral) || at(.hyphen) || at(.plus) || at(.null) || at(.default) || at(.placeholder) || at(.quotedName)
      || (kind == .word && !isReserved(keyword) && !startsStatement(token) && !(peek(1).kind == .colon))
      || (kind == .word && (at(.on) || at(.off)))
    {
      try list { (p) throws(SyntaxFailure) in try p.executeArgument() }
    }
    if at(.with), isWord(peek(1), "recompile") || peekKeyword(1) == .result {
      at += 2
      if take(.sets) {
        if at(.leftParen) { try skipBrackets() } else { advance() }
      }
    }
  }

  private mutating func executeArgument() throws(SyntaxFailure) {
    let mark = mark()
    if at(.atVariable), peek(1).kind == .equal {
      leaf(.identifier)
      advance()
    }
    if kind == .word, peek(1).kind != .dot, peek(1).kind != .leftParen, !at(.null), !at(.default) {
      leaf(.literal)  // a bare word is a string here
    } else {
      try expression()
    }
    var flags: UInt8 = 0
    if take(.output) || take(.out) { flags = 1 }
    finish(mark, .executeArgument, flags: flags)
  }
}
