internal import CadastreDialects

extension Parser {
  var atSetOperator: Bool {
    switch keyword {
    case .union, .except, .intersect: true
    case .minus: kind == .word && (peekKeyword(1) == .select || peekKeyword(1) == .all || peek(1).kind == .leftParen)
    default: false
    }
  }

  /// A query with everything around it.
  mutating func query() throws(SyntaxFailure) {
    let mark = mark()
    try nested { (p) throws(SyntaxFailure) in
      if p.at(.with) { try p.with() }
      try p.query(from: mark)
    }
  }

  /// The rest of a query whose WITH has been read.
  mutating func query(from mark: Mark) throws(SyntaxFailure) {
    try queryOperand()
    try queryTail(mark)
  }

  /// Set operators, ORDER BY, LIMIT and the like behind a first operand; makes the `query` node.
  mutating func queryTail(_ mark: Mark) throws(SyntaxFailure) {
    if atSetOperator {
      // the operand is the last node; a WITH before it stays outside the set operation
      let operand = Mark(token: Int(nodes[nodes.count - 1].firstToken), node: Int(nodes[nodes.count - 1].firstDescendant))
      while atSetOperator {
        let operatorMark = self.mark()
        advance()
        let all = take(.all)
        if !all { _ = take(.distinct) }
        finish(operatorMark, .setOperator, flags: all ? 1 : 0)
        try queryOperand()
      }
      finish(operand, .setOperation)
    }
    while true {
      if at(.order), peekKeyword(1) == .by {
        try orderBy()
      } else if at(.limit) || at(.offset) || (at(.fetch) && (peekKeyword(1) == .first || peekKeyword(1) == .next)) {
        try limitClause()
      } else if at(.for), try lockingClause() {
        continue
      } else if at(.option), peek(1).kind == .leftParen {
        let mark = self.mark()
        advance()
        try skipBrackets()
        finish(mark, .queryOptions)
      } else if at(.into), inBlockBody {
        try intoVariables()
      } else {
        break
      }
    }
    finish(mark, .query)
  }

  private mutating func queryOperand() throws(SyntaxFailure) {
    switch keyword {
    case .select: try select()
    case .values: try values()
    case .table:
      // TABLE t: the same as SELECT * FROM t
      let mark = mark()
      advance()
      let from = self.mark()
      let reference = self.mark()
      try name("a table")
      finish(reference, .tableReference)
      finish(reference, .joined)
      finish(from, .from)
      finish(mark, .select, flags: 1)
    default:
      guard at(.leftParen) else { throw failure("SELECT") }
      try brackets { (p) throws(SyntaxFailure) in try p.query() }
    }
  }

  mutating func values() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.values)
    try list { (p) throws(SyntaxFailure) in
      let row = p.mark()
      try p.brackets { (p) throws(SyntaxFailure) in
        try p.list { (p) throws(SyntaxFailure) in try p.expression() }
      }
      p.finish(row, .rowConstructor)
    }
    finish(mark, .values)
  }

  mutating func with() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.with)
    let recursive = take(.recursive)
    if at(.xmlnamespaces) {
      advance()
      try skipBrackets()
      guard take(.comma) else { return finish(mark, .with) }
    }
    try list { (p) throws(SyntaxFailure) in
      let cte = p.mark()
      try p.plainIdentifier("a name for the common table expression")
      if p.at(.leftParen) { try p.columnList() }
      try p.expect(.as)
      _ = p.take(.not)
      _ = p.take(.materialized)
      let body = p.inBlockBody
      try p.brackets { (p) throws(SyntaxFailure) in
        p.inBlockBody = false
        defer { p.inBlockBody = body }
        try p.queryOrData()
      }
      // SEARCH and CYCLE of recursive queries
      while p.at(.search) || p.at(.cycle) {
        p.advance()
        while !p.at(.comma), !p.at(.select), !p.at(.endOfFile), !p.at(.semicolon), !p.at(.rightParen), !p.at(.insert), !p.at(.update),
          !p.at(.delete), !p.at(.search), !p.at(.cycle)
        {
          p.advance()
          if p.at(.comma), p.peek(1).kind == .word, p.peekKeyword(2) == .set { p.advance() }
        }
      }
      p.finish(cte, .cte)
    }
    finish(mark, .with, flags: recursive ? 1 : 0)
  }

  private mutating func select() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.select)
    if at(.distinct) {
      let distinct = self.mark()
      advance()
      if at(.on), has(.distinctOn) {
        advance()
        try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.expression() } }
      }
      finish(distinct, .distinct)
    } else {
      _ = take(.all)
    }
    if at(.top), has(.top) { try top() }
    if at(.into), inBlockBody { try intoVariables() }
    // PostgreSQL lets the list be empty
    if !(has(.distinctOn) && (at(.from) || at(.semicolon) || at(.rightParen) || at(.endOfFile) || at(.where))) {
      let list = self.mark()
      try self.list { (p) throws(SyntaxFailure) in try p.selectItem() }
      finish(list, .selectList)
    }
    try selectClauses()
    finish(mark, .select)
  }

  private mutating func selectClauses() throws(SyntaxFailure) {
    if at(.into) {
      if inBlockBody { try intoVariables() } else { try intoTable() }
    }
    if at(.from) { try fromClause() }
    if at(.into), inBlockBody { try intoVariables() }
    if at(.where) { try whereClause() }
    if at(.group), peekKeyword(1) == .by { try groupBy() }
    if at(.having) {
      let mark = mark()
      advance()
      try expression()
      finish(mark, .having)
    }
    if at(.window) {
      let mark = mark()
      advance()
      try list { (p) throws(SyntaxFailure) in
        let definition = p.mark()
        try p.identifier("a window's name")
        try p.expect(.as)
        try p.windowSpecification()
        p.finish(definition, .windowDefinition)
      }
      finish(mark, .windowClause)
    }
    if at(.qualify) {
      let mark = mark()
      advance()
      try expression()
      finish(mark, .qualify)
    }
  }

  mutating func top() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.top)
    if at(.leftParen) {
      try brackets { (p) throws(SyntaxFailure) in try p.expression() }
    } else if at(.number) {
      leaf(.literal)
    } else if at(.atVariable) {
      leaf(.variable)
    } else if at(.placeholder) {
      leaf(.placeholder)
    } else {
      throw failure("a number of rows")
    }
    _ = take(.percent)
    if at(.with), peekKeyword(1) == .ties { at += 2 }
    finish(mark, .top)
  }

  /// One item of a select list, OUTPUT or RETURNING.
  mutating func selectItem() throws(SyntaxFailure) {
    let mark = mark()
    // `alias = expression` and `@variable = expression`
    if has(.assignedAlias), peek(1).kind == .equal || peek(1).kind == .compoundAssign {
      if at(.atVariable) {
        leaf(.variable)
        let compound = at(.compoundAssign)
        advance()
        try expression()
        return finish(mark, .assignment, flags: compound ? 1 : 0)
      }
      if atName || at(.string), peek(1).kind == .equal {
        leaf(.alias)
        advance()
        try expression()
        return finish(mark, .selectItem, flags: 1)
      }
    }
    try expression()
    if take(.as) {
      guard atWord || at(.string) else { throw failure("an alias") }
      leaf(.alias)
    } else if atSelectAlias {
      leaf(.alias)
    }
    finish(mark, .selectItem)
  }

  private var atSelectAlias: Bool {
    if at(.string) { return has(.top) }
    guard kind == .word || kind == .quotedName else { return false }
    if kind == .quotedName { return true }
    guard !isReserved(keyword) else { return false }
    switch keyword {
    case .limit, .offset, .returning, .window, .qualify, .loop, .output, .option: return false
    default:
      return !(has(.optionalSemicolons) && startsStatement(token) && !(keyword == .none_))
        || peek(1).kind == .comma || peekKeyword(1) == .from
    }
  }

  /// INTO variables: `INTO [STRICT] a, b.c`.
  mutating func intoVariables() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.into)
    // INTO TEMP t and INTO TABLE t make tables even in a routine, but PL/pgSQL does not allow them
    _ = take(.strict)
    try list { (p) throws(SyntaxFailure) in
      if p.at(.atVariable) || p.at(.bindParameter) { p.leaf(.variable) } else {
        try p.name("a variable")
        while p.at(.leftBracket) {
          p.advance()
          try p.expression()
          try p.expect(.rightBracket, "']'")
        }
      }
    }
    finish(mark, .into)
  }

  /// INTO a new table.
  private mutating func intoTable() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.into)
    _ = take(.temporary) || take(.temp) || take(.unlogged)
    _ = take(.table)
    if at(.atVariable) { leaf(.variable) } else { try name("a table") }
    if at(.on), has(.top) {
      advance()
      try identifier("a file group")
    }
    finish(mark, .into, flags: 1)
  }

  private mutating func whereClauseNode(_ kind: NodeKind) throws(SyntaxFailure) {
    let mark = mark()
    advance()
    try expression()
    finish(mark, kind)
  }

  mutating func whereClause() throws(SyntaxFailure) {
    if at(.where), peekKeyword(1) == .current, peekKeyword(2) == .of {
      let mark = mark()
      at += 3
      _ = take(.global)
      if at(.atVariable) { leaf(.variable) } else { try identifier("a cursor") }
      return finish(mark, .whereCurrentOf)
    }
    try whereClauseNode(.where)
  }

  private mutating func groupBy() throws(SyntaxFailure) {
    let mark = mark()
    at += 2
    _ = take(.all) || take(.distinct)
    try list { (p) throws(SyntaxFailure) in try p.groupingElement() }
    if at(.with), peekKeyword(1) == .rollup || peekKeyword(1) == .cube { at += 2 }
    finish(mark, .groupBy)
  }

  private mutating func groupingElement() throws(SyntaxFailure) {
    let mark = mark()
    if at(.rollup) || at(.cube), peek(1).kind == .leftParen {
      advance()
    } else if at(.grouping), peekKeyword(1) == .sets {
      at += 2
    } else {
      return try expression()
    }
    try brackets { (p) throws(SyntaxFailure) in
      try p.list { (p) throws(SyntaxFailure) in try p.groupingElement() }
    }
    finish(mark, .groupingSet)
  }

  mutating func orderBy() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.order)

    try expect(.by)
    try list { (p) throws(SyntaxFailure) in
      let item = p.mark()
      try p.expression()
      if p.take(.using) { p.advance() }
      _ = p.take(.asc) || p.take(.desc)
      if p.take(.nulls), !(p.take(.first) || p.take(.last)) { throw p.failure("FIRST or LAST") }
      p.finish(item, .orderItem)
    }
    finish(mark, .orderBy)
  }

  private mutating func limitClause() throws(SyntaxFailure) {
    let mark = mark()
    if take(.limit) {
      if !take(.all) { try expression() }
      if take(.comma) { try expression() }
    } else if take(.offset) {
      try expression()
      _ = take(.row) || take(.rows)
    } else {
      advance()
      advance()
      if !at(.row), !at(.rows) { try expression() }
      if keyword == .percent { advance() }
      guard take(.row) || take(.rows) else { throw failure("ROWS") }
      if !take(.only) {
        try expect(.with)
        try expect(.ties)
      }
    }
    finish(mark, .limit)
  }

  /// FOR UPDATE, FOR XML, FOR JSON; answers whether one was read.
  private mutating func lockingClause() throws(SyntaxFailure) -> Bool {
    let mark = mark()
    switch peekKeyword(1) {
    case .xml where has(.forXML), .json where has(.forXML), .browse where has(.forXML):
      at += 2
      while atWord || at(.leftParen) || at(.comma) {
        if at(.leftParen) { try skipBrackets() } else {
          if has(.optionalSemicolons), startsStatement(token) || at(.end) || at(.else) { break }
          if isReserved(keyword), !at(.comma) { break }
          advance()
        }
      }
    case .update, .share, .no, .key:
      at += 2
      while at(.key) || at(.update) || at(.share) { advance() }
      if take(.of) { try list { (p) throws(SyntaxFailure) in try p.name("a table") } }
      if take(.skip) { try expect(.locked) } else { _ = take(.nowait) }
    case .read:
      at += 2
      _ = take(.only)
    default: return false
    }
    finish(mark, .locking)
    return true
  }
}
