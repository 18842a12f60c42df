internal import CadastreDialects

extension Parser {
  /// A statement that only PL/pgSQL has; answers false when the statement is plain SQL.
  mutating func plStatement() throws(SyntaxFailure) -> Bool {
    let mark = mark()
    if at(.otherOperator) || (at(.less) && peek(1).kind == .less) {
      try loopLabel()
      guard try plStatement() else { throw failure("a block or loop") }
      return true
    }
    if at(.exec) || at(.less) { return false }
    switch keyword {
    case .declare, .begin: try plBlock()
    case .if: try plIf()
    case .case: try plCase()
    case .loop:
      try plLoopBody()
      finish(mark, .loop)
    case .while:
      advance()
      try expression()
      try plLoopBody()
      finish(mark, .whileLoop)
    case .for: try plFor()
    case .foreach:
      advance()
      try list { (p) throws(SyntaxFailure) in try p.name("a variable") }
      if take(.slice) { advance() }
      try expect(.in)
      try expect(.array)
      try expression()
      try plLoopBody()
      finish(mark, .forEach)
    case .exit, .continue:
      advance()
      if atName, !at(.when) { leaf(.identifier) }
      if take(.when) { try expression() }
      finish(mark, .exitStatement)
    case .return: try plReturn()
    case .raise: try plRaise()
    case .perform:
      advance()
      try performQuery()
      finish(mark, .perform)
    case .execute:
      try plExecute()
    case .get where peekKeyword(1) == .diagnostics || peekKeyword(2) == .diagnostics:
      advance()
      while !take(.diagnostics) { advance() }
      try list { (p) throws(SyntaxFailure) in
        try p.name("a variable")
        guard p.take(.assign) || p.take(.equal) else { throw p.failure("'='") }
        try p.identifier("an item")
      }
      finish(mark, .getDiagnostics)
    case .open: try plOpen()
    case .fetch, .move: try plFetch()
    case .close:
      advance()
      try name("a cursor")
      finish(mark, .close)
    case .null where peek(1).kind == .semicolon:
      advance()
      finish(mark, .nullStatement)
    case .assert:
      advance()
      try list { (p) throws(SyntaxFailure) in try p.expression() }
      finish(mark, .utility)
    case .call:
      advance()
      try nameOrCall()
      finish(mark, .execute, flags: 2)
    case .commit, .rollback:
      advance()
      if take(.and) {
        _ = take(.no)
        advance()
      }
      finish(mark, .transaction)
    default: return try plAssignment()
    }
    return true
  }

  private mutating func loopLabel() throws(SyntaxFailure) {
    while !at(.greater), !at(.otherOperator) || tokens[at].end - tokens[at].start != 2 || bytes[Int(tokens[at].start)] != 0x3E {
      guard !at(.endOfFile) else { throw failure("'>>'") }
      advance()
    }
    advance()
    _ = take(.greater)
  }

  /// `x := e`, `x = e`, `r.f := e`, `a[1] := e`.
  private mutating func plAssignment() throws(SyntaxFailure) -> Bool {
    guard kind == .word || kind == .quotedName || kind == .bindParameter else { return false }
    var look = at + 1
    while tokens[look].kind == .dot { look += 2 }
    guard look < tokens.count else { return false }
    if tokens[look].kind == .leftBracket {
      var open = 0
      repeat {
        if tokens[look].kind == .leftBracket { open += 1 }
        if tokens[look].kind == .rightBracket { open -= 1 }
        look += 1
      } while look < tokens.count && (open > 0 || tokens[look].kind == .leftBracket)
      while look < tokens.count, tokens[look].kind == .dot { look += 2 }
    }
    guard look < tokens.count, tokens[look].kind == .assign || tokens[look].kind == .equal else { return false }
    let mark = mark()
    if at(.bindParameter) { leaf(.parameter) } else {
      let nameMark = self.mark()
      advance()
      while take(.dot) { advance() }
      finish(nameMark, .name)
    }
    while at(.leftBracket) {
      let target = mark
      advance()
      try expression()
      if take(.colon) { try expression() }
      try expect(.rightBracket, "']'")
      finish(target, .subscript)
    }
    while at(.dot) {
      advance()
      advance()
    }
    advance()
    try performExpression()
    finish(mark, .assignStatement)
    return true
  }

  /// An expression of PL/pgSQL: it may go on as a query does (`x := count(*) FROM t WHERE ...`).
  private mutating func performExpression() throws(SyntaxFailure) {
    let mark = mark()
    if atQuery() { return try query() }
    try expression()
    guard at(.from) || at(.where) || at(.order) || at(.group) || at(.limit) else { return }
    rewind(mark)
    try performQuery()
  }

  /// What stands behind PERFORM: a query without its SELECT.
  private mutating func performQuery() throws(SyntaxFailure) {
    let mark = mark()
    if at(.with) || at(.leftParen) && atQuery(peekFrom: 1) { return try query() }
    _ = take(.distinct)
    let listMark = self.mark()
    try list { (p) throws(SyntaxFailure) in try p.selectItem() }
    finish(listMark, .selectList)
    if at(.from) { try fromClause() }
    if at(.where) { try whereClause() }
    if at(.group) {
      rewind(mark)
      throw failure("a query")
    }
    finish(mark, .select)
    try queryTail(mark)
  }

  private mutating func plBlock() throws(SyntaxFailure) {
    let mark = mark()
    if at(.declare) {
      let declarations = self.mark()
      while take(.declare) {
        while !at(.begin), !at(.declare), !at(.endOfFile) { try plDeclaration() }
      }
      finish(declarations, .declarations)
    }
    try expect(.begin)
    let body = self.mark()
    statements(.block)
    finish(body, .body)
    if at(.exception) {
      advance()
      while at(.when) {
        let handler = self.mark()
        advance()
        try expression()
        try expect(.then)
        let handlerBody = self.mark()
        statements(.block)
        finish(handlerBody, .body)
        finish(handler, .handler)
      }
    }
    try expect(.end)
    if atName { advance() }
    finish(mark, .block)
  }

  private mutating func plDeclaration() throws(SyntaxFailure) {
    if take(.semicolon) || take(.directive) { return }
    let mark = mark()
    if at(.less) || at(.otherOperator) { return try loopLabel() }
    try identifier("a variable")
    if at(.alias) {
      advance()
      try expect(.for)
      advance()
      try expect(.semicolon, "';'")
      return finish(mark, .declareVariable, flags: 2)
    }
    if at(.cursor) || at(.no) || at(.scroll) {
      _ = take(.no)
      _ = take(.scroll)
      try expect(.cursor)
      if at(.leftParen) {
        let parameters = self.mark()
        try brackets { (p) throws(SyntaxFailure) in
          try p.list { (p) throws(SyntaxFailure) in
            let item = p.mark()
            try p.identifier("a parameter")
            try p.typeName()
            p.finish(item, .parameterItem)
          }
        }
        finish(parameters, .parameterList)
      }
      guard take(.for) || take(.is) else { throw failure("FOR") }
      inBlockBody = false
      defer { inBlockBody = true }
      try query()
      try expect(.semicolon, "';'")
      return finish(mark, .declareCursor)
    }
    _ = take(.constant)
    try typeName()
    if take(.collate) { try name("a collation") }
    if at(.not), peekKeyword(1) == .null { at += 2 }
    if take(.default) || take(.assign) || take(.equal) { try performExpression() }
    try expect(.semicolon, "';'")
    finish(mark, .declareVariable)
  }

  private mutating func bodyNode() {
    let mark = mark()
    statements(.block)
    finish(mark, .body)
  }

  private mutating func plIf() throws(SyntaxFailure) {
    let mark = mark()
    repeat {
      let branch = self.mark()
      advance()
      try performExpression()
      try expect(.then)
      bodyNode()
      finish(branch, .branch)
    } while at(.elsif) || at(.elseif)
    if at(.else) {
      let other = self.mark()
      advance()
      bodyNode()
      finish(other, .elseStatements)
    }
    try expect(.end)
    try expect(.if)
    finish(mark, .ifStatement)
  }

  private mutating func plCase() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    if !at(.when) { try expression() }
    while at(.when) {
      let branch = self.mark()
      advance()
      try list { (p) throws(SyntaxFailure) in try p.expression() }
      try expect(.then)
      bodyNode()
      finish(branch, .branch)
    }
    if at(.else) {
      let other = self.mark()
      advance()
      bodyNode()
      finish(other, .elseStatements)
    }
    try expect(.end)
    try expect(.case)
    finish(mark, .caseStatement)
  }

  private mutating func plLoopBody() throws(SyntaxFailure) {
    try expect(.loop)
    bodyNode()
    try expect(.end)
    try expect(.loop)
    if atName { advance() }
  }

  private mutating func plFor() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.for)
    try list { (p) throws(SyntaxFailure) in try p.name("a loop variable") }
    try expect(.in)
    if atQuery() || (at(.leftParen) && atQuery(peekFrom: 1) && !rangeAhead) {
      inBlockBody = false
      defer { inBlockBody = true }
      try queryOrData()
    } else if at(.insert) || at(.update) || at(.delete) {
      inBlockBody = false
      defer { inBlockBody = true }
      try dataStatement()
    } else if at(.execute) {
      try plExecute()
    } else {
      _ = take(.reverse)
      try expression()
      if take(.dotDot) {
        try expression()
        if take(.by) { try expression() }
        try plLoopBody()
        return finish(mark, .forRange)
      }
    }
    try plLoopBody()
    finish(mark, .forQuery)
  }

  /// Whether `..` stands before LOOP.
  private var rangeAhead: Bool {
    var look = at
    while tokens[look].kind != .endOfFile, tokens[look].keyword != .loop {
      if tokens[look].kind == .dotDot { return true }
      look += 1
    }
    return false
  }

  private mutating func plReturn() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.return)
    if take(.next) {
      if !at(.semicolon) { try performExpression() }
      return finish(mark, .returnNext)
    }
    if take(.query) {
      if at(.execute) { try plExecute() } else {
        inBlockBody = false
        defer { inBlockBody = true }
        if at(.insert) || at(.update) || at(.delete) { try dataStatement() } else { try queryOrData() }
      }
      return finish(mark, .returnQuery)
    }
    if !at(.semicolon) { try performExpression() }
    finish(mark, .returnStatement)
  }

  private mutating func plRaise() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.raise)
    while !at(.semicolon) {
      switch kind {
      case .word where at(.using):
        advance()
        try list { (p) throws(SyntaxFailure) in
          try p.identifier("an option")
          guard p.take(.equal) || p.take(.assign) else { throw p.failure("'='") }
          try p.expression()
        }
      case .word, .string: advance()
      case .comma:
        advance()
        try expression()
      default: throw failure("';'")
      }
    }
    finish(mark, .raise)
  }

  /// `EXECUTE e [INTO [STRICT] v] [USING e, ...]`, in either order.
  private mutating func plExecute() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.execute)
    try expression()
    while at(.into) || at(.using) {
      if at(.into) {
        try intoVariables()
      } else {
        let using = self.mark()
        advance()
        try list { (p) throws(SyntaxFailure) in try p.expression() }
        finish(using, .row)
      }
    }
    finish(mark, .executeDynamic)
  }

  private mutating func plOpen() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.open)
    try name("a cursor")
    if at(.leftParen) { try arguments() }
    if take(.no) || at(.scroll) { _ = take(.scroll) }
    if take(.for) {
      if at(.execute) { try plExecute() } else {
        inBlockBody = false
        defer { inBlockBody = true }
        try query()
      }
    }
    finish(mark, .open)
  }

  private mutating func plFetch() throws(SyntaxFailure) {
    let mark = mark()
    let kind: NodeKind = at(.fetch) ? .fetch : .move
    advance()
    switch keyword {
    case .next, .prior, .first, .last, .all, .forward:
      advance()
      if at(.all) || at(.number) { advance() }
      _ = take(.from) || take(.in)
    case .absolute, .relative:
      advance()
      try expression()
      _ = take(.from) || take(.in)
    default: _ = take(.from) || take(.in)
    }
    try name("a cursor")
    if at(.into) { try intoVariables() }
    finish(mark, kind)
  }

  /// Statements of a PostgreSQL script outside routines that the common grammar does not have.
  mutating func scriptStatement() throws(SyntaxFailure) {
    let mark = mark()
    switch keyword {
    case .do: try anonymousBlock()
    case .call:
      advance()
      try nameOrCall()
      finish(mark, .execute, flags: 2)
    case .set, .reset, .show, .begin, .start, .commit, .rollback, .savepoint, .release, .analyze, .vacuum, .lock, .listen, .notify,
      .discard, .explain, .refresh, .reindex, .cluster, .load, .checkpoint, .prepare, .execute, .deallocate, .declare, .fetch,
      .close, .end, .security, .use, .import, .reassign, .move:
      let kind: NodeKind = at(.use) ? .useDatabase : at(.refresh) || at(.reassign) || at(.import) ? .otherDefinition : .utility
      advance()
      if kind == .useDatabase { try name("a database") } else { restOfStatement() }
      finish(mark, kind)
    default: throw failure("a statement")
    }
  }
}
