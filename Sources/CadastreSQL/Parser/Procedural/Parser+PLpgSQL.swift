internal import CadastreDialects

extension Parser {
  /// A statement that only PL/pgSQL has; answers false when the statement is plain SQL.
  /// <https://www.postgresql.org/docs/17/plpgsql-statements.html>
  mutating func plStatement() throws(SyntaxFailure) -> Bool {
    let mark = mark()
    if atLoopLabel {
      try loopLabel()
      switch keyword {
      case .declare, .begin, .loop, .while, .for, .foreach: return try plStatement()
      default: throw failure("a block or loop")
      }
    }
    if peek(1).kind == .assign { return try plAssignment() }
    switch keyword {
    case .declare, .begin: plBlock()
    case .if: plIf()
    case .case: plCase()
    case .loop:
      plLoopBody(takeLabel())
      finish(mark, .loop)
    case .while:
      let label = takeLabel()
      advance()
      head(until: .loop) { (p) throws(SyntaxFailure) in try p.performExpression() }
      plLoopBody(label)
      finish(mark, .whileLoop)
    case .for: plFor()
    case .foreach:
      let label = takeLabel()
      advance()
      head(until: .loop) { (p) throws(SyntaxFailure) in
        try p.list { (p) throws(SyntaxFailure) in try p.name("a variable") }
        if p.take(.slice) { guard p.take(.number) else { throw p.failure("a number") } }
        try p.expect(.in)
        try p.expect(.array)
        try p.performExpression()
      }
      plLoopBody(label)
      finish(mark, .forEach)
    case .exit, .continue:
      advance()
      if atName, !at(.when) {
        leaf(.identifier)
      } else if loops == 0 {
        throw SyntaxFailure(token: at - 1, expected: "a loop around it")
      }
      if take(.when) { try performExpression() }
      finish(mark, .exitStatement)
    case .return: try plReturn()
    case .raise: try plRaise()
    case .perform:
      advance()
      try performQuery()
      finish(mark, .perform)
    case .execute: try plExecute()
    case .get:
      advance()
      let stacked = !take(.current) && take(.stacked)
      try expect(.diagnostics)
      try list { (p) throws(SyntaxFailure) in
        try p.name("a variable")
        guard p.take(.assign) || p.take(.equal) else { throw p.failure("'='") }
        let items = stacked ? Self.stackedItems : Self.currentItems
        guard p.kind == .word, items.contains(p.tokenText(p.token).lowercased()) else { throw p.failure(stacked ? "a stacked item" : "an item") }
        p.leaf(.identifier)
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
      try performExpression()
      if take(.comma) { try performExpression() }
      finish(mark, .utility)
    case .call:
      advance()
      try nameOrCall()
      guard nodes.last?.kind == .call else { throw failure("'('") }
      finish(mark, .execute, flags: 2)
    case .commit, .rollback:
      advance()
      if take(.and) {
        _ = take(.no)
        try expect(.chain)
      }
      finish(mark, .transaction)
    default: return try plAssignment()
    }
    return true
  }

  /// <https://www.postgresql.org/docs/17/plpgsql-statements.html#PLPGSQL-STATEMENTS-DIAGNOSTICS>
  private static let currentItems: Set<String> = ["row_count", "pg_context", "pg_routine_oid", "result_oid", "integer_var"]
  /// <https://www.postgresql.org/docs/17/plpgsql-control-structures.html#PLPGSQL-EXCEPTION-DIAGNOSTICS>
  private static let stackedItems: Set<String> = [
    "returned_sqlstate", "column_name", "constraint_name", "pg_datatype_name", "message_text", "table_name", "schema_name",
    "pg_exception_detail", "pg_exception_hint", "pg_exception_context",
  ]

  /// `<<` of a label.
  private var atLoopLabel: Bool {
    kind == .otherOperator && token.end - token.start == 2 && bytes[Int(token.start)] == 0x3C && bytes[Int(token.start) + 1] == 0x3C
  }

  private mutating func loopLabel() throws(SyntaxFailure) {
    advance()
    try identifier("a label")
    guard kind == .otherOperator, token.end - token.start == 2, bytes[Int(token.start)] == 0x3E, bytes[Int(token.start) + 1] == 0x3E else {
      throw failure("'>>'")
    }
    nodes.removeLast()
    label = tokenText(tokens[at - 1]).lowercased()
    advance()
  }

  /// The label that stands before what is read now.
  private mutating func takeLabel() -> String? {
    defer { label = nil }
    return label
  }

  /// `x := e`, `x = e`, `r.f := e`, `a[1] := e`.
  private mutating func plAssignment() throws(SyntaxFailure) -> Bool {
    guard kind == .word || kind == .quotedName || kind == .bindParameter else { return false }
    var look = at + 1
    while token(look).kind == .dot { look += 2 }
    if token(look).kind == .leftBracket {
      var open = 0
      repeat {
        if token(look).kind == .leftBracket { open += 1 }
        if token(look).kind == .rightBracket { open -= 1 }
        look += 1
      } while look < last && (open > 0 || token(look).kind == .leftBracket)
      while token(look).kind == .dot { look += 2 }
    }
    guard token(look).kind == .assign || token(look).kind == .equal else { return false }
    if kind == .word, isReserved(keyword) || keyword == .select { return false }
    let mark = mark()
    if at(.bindParameter) { leaf(.parameter) } else {
      let nameMark = self.mark()
      advance()
      while take(.dot) { advance() }
      finish(nameMark, .name)
    }
    while at(.leftBracket) {
      let target = mark
      try subscripts()
      finish(target, .subscript)
    }
    while take(.dot) {
      guard atWord else { throw failure("a field") }
      advance()
    }
    guard take(.assign) || take(.equal) else { throw failure("':='") }
    try performExpression()
    finish(mark, .assignStatement)
    return true
  }

  /// An expression of PL/pgSQL: it may go on as a query does (`x := count(*) FROM t WHERE ...`).
  private mutating func performExpression() throws(SyntaxFailure) {
    let mark = mark()
    if atQuery() { throw failure("an expression") }
    if at(.distinct) { return try performQuery() }
    try expression()
    switch keyword {
    case .as, .from, .where, .order, .group, .limit, .having, .offset, .union, .except, .intersect:
      rewind(mark)
      try performQuery()
    default: break
    }
  }

  /// What stands behind PERFORM: a query without its SELECT.
  private mutating func performQuery() throws(SyntaxFailure) {
    let mark = mark()
    if at(.with) || at(.leftParen) && atQuery(peekFrom: 1) {
      try query()
      guard !at(.semicolon), !at(.then), !at(.loop), !at(.endOfFile) else { return }
      rewind(mark)
    }
    try selectBody(mark)
    try queryTail(mark)
  }

  /// Declarations, BEGIN, statements, handlers, END: what is wrong in one part leaves the others as they are.
  private mutating func plBlock() {
    let mark = mark()
    let label = takeLabel()
    if at(.declare) {
      let declarations = self.mark()
      while take(.declare) {
        while !at(.begin), !at(.declare), !at(.endOfFile), !atTerminator { plDeclaration() }
      }
      finish(declarations, .declarations)
    }
    close(.begin)
    let body = self.mark()
    statements(until: [.end, .exception])
    finish(body, .body)
    if take(.exception) {
      if !at(.when) { missing(failure("'WHEN'")) }
      while at(.when) {
        let handler = self.mark()
        advance()
        head(until: .then) { (p) throws(SyntaxFailure) in try p.handledConditions() }
        _ = take(.then)
        let handlerBody = self.mark()
        statements(until: [.end, .when])
        finish(handlerBody, .body)
        finish(handler, .handler)
      }
    }
    close(.end)
    closingLabel(label)
    finish(mark, .block)
  }

  /// The label that a block or loop repeats at its end: any word, the one before it.
  private mutating func closingLabel(_ label: String?) {
    guard atWord, peek(1).kind == .semicolon || peek(1).kind == .endOfFile else { return }
    if tokenText(token).lowercased() != label { missing(failure(label.map { "the label '\($0)'" } ?? "';'")) }
    advance()
  }

  /// `unique_violation OR SQLSTATE '22012'`.
  private mutating func handledConditions() throws(SyntaxFailure) {
    repeat {
      if at(.sqlstate) {
        advance()
        try sqlState()
      } else {
        try plainIdentifier("a condition")
      }
    } while take(.or)
  }

  /// One declaration through its semicolon.
  private mutating func plDeclaration() {
    if take(.directive) { return }
    let start = mark()
    let saved = (depth, inBlockBody)
    do throws(SyntaxFailure) { try plDeclarationBody() } catch {
      (depth, inBlockBody) = saved
      declarationFailed(error, start)
      finish(start, .unparsed)
    }
  }

  /// The name of a variable: any word that PL/pgSQL itself does not reserve.
  private mutating func variableName() throws(SyntaxFailure) {
    switch keyword {
    case .all, .begin, .by, .case, .declare, .else, .end, .execute, .for, .foreach, .from, .if, .in, .into, .loop, .not, .null, .or, .strict, .then,
      .to, .using, .when, .while:
      throw failure("a variable")
    default: try identifier("a variable")
    }
  }

  private mutating func plDeclarationBody() throws(SyntaxFailure) {
    let mark = mark()
    try variableName()
    if at(.alias) {
      advance()
      try expect(.for)
      guard at(.bindParameter) || atWord else { throw failure("a parameter") }
      advance()
      while take(.dot) { advance() }
      try expect(.semicolon, "';'")
      return finish(mark, .declareVariable, flags: 2)
    }
    if at(.cursor) || at(.no) || at(.scroll) {
      if take(.no) { try expect(.scroll) } else { _ = take(.scroll) }
      try expect(.cursor)
      if at(.leftParen) {
        let parameters = self.mark()
        try brackets { (p) throws(SyntaxFailure) in
          try p.list { (p) throws(SyntaxFailure) in
            let item = p.mark()
            try p.plainIdentifier("a parameter")
            try p.typeName()
            p.finish(item, .parameterItem)
          }
        }
        finish(parameters, .parameterList)
      }
      guard take(.for) || take(.is) else { throw failure("FOR") }
      try cursorQuery()
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

  /// A query in which INTO fills no variables.
  private mutating func cursorQuery() throws(SyntaxFailure) {
    inBlockBody = false
    defer { inBlockBody = true }
    if at(.explain) || at(.show) { try tableStatement() } else { try queryOrData() }
  }

  private mutating func bodyNode(until own: Terminators) {
    let mark = mark()
    statements(until: own)
    finish(mark, .body)
  }

  private mutating func plIf() {
    let mark = mark()
    repeat {
      let branch = self.mark()
      advance()
      head(until: .then) { (p) throws(SyntaxFailure) in try p.performExpression() }
      _ = take(.then)
      bodyNode(until: [.endIf, .else, .elsif])
      finish(branch, .branch)
    } while at(.elsif) || at(.elseif)
    if at(.else) {
      let other = self.mark()
      advance()
      bodyNode(until: .endIf)
      finish(other, .elseStatements)
    }
    close(.end, .if)
    finish(mark, .ifStatement)
  }

  private mutating func plCase() {
    let mark = mark()
    advance()
    if !at(.when) { head(until: .when) { (p) throws(SyntaxFailure) in try p.performExpression() } }
    while at(.when) {
      let branch = self.mark()
      advance()
      head(until: .then) { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.performExpression() } }
      _ = take(.then)
      bodyNode(until: [.endCase, .when, .else])
      finish(branch, .branch)
    }
    if at(.else) {
      let other = self.mark()
      advance()
      bodyNode(until: .endCase)
      finish(other, .elseStatements)
    }
    close(.end, .case)
    finish(mark, .caseStatement)
  }

  private mutating func plLoopBody(_ label: String?) {
    close(.loop)
    loops += 1
    bodyNode(until: .endLoop)
    loops -= 1
    close(.end, .loop)
    closingLabel(label)
  }

  private mutating func plFor() {
    let mark = mark()
    let label = takeLabel()
    advance()
    var isRange = false
    head(until: .loop) { (p) throws(SyntaxFailure) in
      try p.list { (p) throws(SyntaxFailure) in try p.name("a loop variable") }
      try p.expect(.in)
      if p.atQuery() || (p.at(.leftParen) && p.atQuery(peekFrom: 1) && !p.rangeAhead) || p.at(.insert) || p.at(.update) || p.at(.delete)
        || p.at(.merge) || p.at(.explain) || p.at(.show)
      {
        try p.cursorQuery()
      } else if p.at(.execute) {
        try p.plExecute()
      } else {
        _ = p.take(.reverse)
        try p.expression()
        if p.take(.dotDot) {
          isRange = true
          try p.expression()
          if p.take(.by) { try p.expression() }
        } else if p.nodes.last?.kind != .name, p.nodes.last?.kind != .call, p.nodes.last?.kind != .placeholder {
          // what is no range is a cursor's name
          throw p.failure("'..'")
        }
      }
    }
    plLoopBody(label)
    finish(mark, isRange ? .forRange : .forQuery)
  }

  /// Whether `..` stands before LOOP.
  private var rangeAhead: Bool {
    var look = at
    while look < last, token(look).kind != .semicolon, token(look).keyword != .loop {
      if token(look).kind == .dotDot { return true }
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
      if at(.execute) { try plExecute() } else { try cursorQuery() }
      return finish(mark, .returnQuery)
    }
    if !at(.semicolon) { if atQuery() { try query() } else { try performExpression() } }
    finish(mark, .returnStatement)
  }

  /// `RAISE [level] ['format', e, ... | condition | SQLSTATE 'x'] [USING option = e, ...]`.
  private mutating func plRaise() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.raise)
    if at(.debug) || at(.log) || at(.info) || at(.notice) || at(.warning) || at(.exception) { advance() }
    if at(.string) || at(.dollarString) {
      let format = token
      advance()
      while at(.string), startsLine(at) { advance() }
      let holes = tokens[at - 1].start == format.start ? holes(in: format) : nil
      var values = 0
      while take(.comma) {
        try performExpression()
        values += 1
      }
      if let holes, holes != values { throw failure(values < holes ? "a value for each % of the message" : "as many % in the message as values") }
    } else if at(.sqlstate) {
      advance()
      try sqlState()
    } else if kind == .word, !at(.using) {
      try plainIdentifier("a condition")
    } else if at(.semicolon), tokens[at - 1].keyword != .raise {
      throw failure("a message, a condition or USING")
    }
    if take(.using) {
      try list { (p) throws(SyntaxFailure) in
        guard p.kind == .word, Self.raiseOptions.contains(p.tokenText(p.token).lowercased()) else { throw p.failure("an option of RAISE") }
        p.leaf(.identifier)
        guard p.take(.equal) || p.take(.assign) else { throw p.failure("'='") }
        try p.performExpression()
      }
    }
    finish(mark, .raise)
  }

  /// <https://www.postgresql.org/docs/17/plpgsql-errors-and-messages.html>
  private static let raiseOptions: Set<String> = ["message", "detail", "hint", "errcode", "column", "constraint", "datatype", "table", "schema"]

  /// How many values a message's `%` stand for.
  private func holes(in token: Token) -> Int {
    var count = 0
    var at = Int(token.start)
    while at < Int(token.end) {
      if bytes[at] == 0x25 {
        if at + 1 < Int(token.end), bytes[at + 1] == 0x25 { at += 1 } else { count += 1 }
      }
      at += 1
    }
    return count
  }

  /// A five-letter SQLSTATE.
  private mutating func sqlState() throws(SyntaxFailure) {
    let length = Int(token.end - token.start) - 2 * Int(token.quoteWidth)
    guard at(.string), length == 5 else { throw failure("a state of five letters as a string") }
    advance()
  }

  /// `EXECUTE e [INTO [STRICT] v] [USING e, ...]`, in either order.
  private mutating func plExecute() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.execute)
    try performExpression()
    var seen: Set<Keyword> = []
    while at(.into) || at(.using) {
      guard seen.insert(keyword).inserted else { throw failure("';'") }
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
    if at(.bindParameter) { leaf(.parameter) } else { try name("a cursor") }
    if at(.leftParen) { try arguments() }
    if take(.no) { try expect(.scroll) } else { _ = take(.scroll) }
    if take(.for) {
      if at(.execute) { try plExecute() } else { try cursorQuery() }
    }
    finish(mark, .open)
  }

  private mutating func plFetch() throws(SyntaxFailure) {
    let mark = mark()
    let kind: NodeKind = at(.fetch) ? .fetch : .move
    advance()
    var direction = true
    switch keyword {
    case .next, .prior, .first, .last, .all: advance()
    case .forward, .backward:
      advance()
      if at(.all) || at(.number) {
        advance()
      } else if atName, peekKeyword(1) == .from || peekKeyword(1) == .in {
        try name("a number")
        nodes.removeLast()
      }
    case .absolute, .relative:
      advance()
      try expression()
    default:
      direction = at(.number) || at(.hyphen)
      if direction { try expression() }
    }
    if !(take(.from) || take(.in)), direction { throw failure("FROM or IN") }
    try name("a cursor")
    if kind == .fetch { try intoVariables() }
    finish(mark, kind)
  }
}
