internal import CadastreDialects

extension Parser {
  var atSetOperator: Bool {
    switch keyword {
    case .union, .except, .intersect: true
    case .minus: has(.minus) && kind == .word && (peekKeyword(1) == .select || peekKeyword(1) == .all || peek(1).kind == .leftParen)
    default: false
    }
  }

  /// A query with everything around it.
  mutating func query() throws(SyntaxFailure) {
    let mark = mark()
    try nested { (p) throws(SyntaxFailure) in
      if p.at(.with) {
        guard p.has(.withInSubqueries) || p.tokens[max(0, p.at - 1)].kind != .leftParen else { throw p.failure("SELECT") }
        try p.with()
      }
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
        let all = (!has(.allOnlyWithUnion) || tokens[at - 1].keyword == .union) && take(.all)
        if !all, !has(.allOnlyWithUnion) { _ = take(.distinct) }
        let byName = has(.byName) && take(.by, .name)
        finish(operatorMark, .setOperator, flags: (all ? 1 : 0) | (byName ? 2 : 0))
        try queryOperand()
      }
      finish(operand, .setOperation)
    }
    if at(.order), peekKeyword(1) == .by { try orderBy() }
    if has(.forXML) {
      if at(.offset), nodes.last?.kind == .orderBy {
        try limitClause()
        if at(.fetch) { try limitClause() }
      }
      while at(.for), try lockingClause() {}
      if at(.option), peek(1).kind == .leftParen { try queryOptions() }
    } else {
      var seen: Set<Keyword> = []
      while true {
        if at(.limit) || at(.offset) || (at(.fetch) && (peekKeyword(1) == .first || peekKeyword(1) == .next)) {
          let clause: Keyword = at(.fetch) ? .limit : keyword
          guard seen.insert(clause).inserted else { throw failure("';' or the end of the statement") }
          try limitClause()
        } else if at(.for), try lockingClause() {
          continue
        } else if at(.into), inBlockBody {
          try intoVariables()
        } else {
          break
        }
      }
    }
    finish(mark, .query)
  }

  /// OPTION (hint, ...).
  mutating func queryOptions() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.option)
    try phrase(.queryHints)
    finish(mark, .queryOptions)
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
      _ = take(.only)
      try name("a table")
      _ = take(.star)
      finish(reference, .tableReference)
      finish(reference, .joined)
      finish(from, .from)
      finish(mark, .select, flags: 1)
    case .from where has(.fromFirst): try fromFirst()
    case .pivot where has(.pivotStatement), .unpivot where has(.pivotStatement): try pivotStatement()
    default:
      guard at(.leftParen) else { throw failure("SELECT") }
      try brackets { (p) throws(SyntaxFailure) in try p.query() }
    }
  }

  /// `FROM t [SELECT ...]`: without SELECT all columns.
  /// <https://duckdb.org/docs/stable/sql/query_syntax/from#from-first-syntax>
  private mutating func fromFirst() throws(SyntaxFailure) {
    let mark = mark()
    try fromClause()
    if take(.select) { return try selectBody(mark) }
    try selectClauses()
    finish(mark, .select, flags: 1)
  }

  mutating func values() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.values)
    try list { (p) throws(SyntaxFailure) in
      let row = p.mark()
      try p.brackets { (p) throws(SyntaxFailure) in
        try p.list { (p) throws(SyntaxFailure) in try p.valueOrDefault() }
      }
      p.finish(row, .rowConstructor)
    }
    finish(mark, .values)
  }

  mutating func with() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.with)
    let recursive = peekKeyword(1) != .as && take(.recursive)
    if has(.sqlServerDefinitions), isWord(token, "change_tracking_context"), peek(1).kind == .leftParen {
      advance()
      try brackets { (p) throws(SyntaxFailure) in try p.value() }
      guard take(.comma) else { return finish(mark, .with) }
    }
    if at(.xmlnamespaces) {
      advance()
      try phrase(.xmlNamespaces)
      guard take(.comma) else { return finish(mark, .with) }
    }
    try list { (p) throws(SyntaxFailure) in
      let cte = p.mark()
      try p.plainIdentifier("a name for the common table expression")
      if p.at(.leftParen) { try p.columnList() }
      if p.at(.using), p.peekKeyword(1) == .key, p.has(.fromFirst) {
        p.at += 2
        try p.columnList()
      }
      try p.expect(.as)
      if p.take(.not) { try p.expect(.materialized) } else { _ = p.take(.materialized) }
      let body = p.inBlockBody
      try p.brackets { (p) throws(SyntaxFailure) in
        p.inBlockBody = false
        defer { p.inBlockBody = body }
        if p.has(.dataInWith) { try p.queryOrData() } else { try p.query() }
      }
      try p.recursionClauses()
      p.finish(cte, .cte)
    }
    finish(mark, .with, flags: recursive ? 1 : 0)
  }

  /// SEARCH and CYCLE behind a recursive common table expression.
  /// <https://www.postgresql.org/docs/17/queries-with.html#QUERIES-WITH-SEARCH>
  private mutating func recursionClauses() throws(SyntaxFailure) {
    if take(.search) {
      guard take(.breadth) || take(.depth) else { throw failure("BREADTH or DEPTH") }
      try expect(.first)
      try expect(.by)
      try list { (p) throws(SyntaxFailure) in try p.plainIdentifier("a column") }
      try expect(.set)
      try plainIdentifier("a column")
    }
    if take(.cycle) {
      try list { (p) throws(SyntaxFailure) in try p.plainIdentifier("a column") }
      try expect(.set)
      try plainIdentifier("a column")
      if take(.to) {
        try operators(.other)
        try expect(.default)
        try operators(.other)
      }
      try expect(.using)
      try plainIdentifier("a column")
    }
  }

  private mutating func select() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.select)
    try selectBody(mark)
  }

  /// Everything behind SELECT.
  mutating func selectBody(_ mark: Mark) throws(SyntaxFailure) {
    if at(.into), inBlockBody { try intoVariables() }
    if at(.distinct) {
      let distinct = self.mark()
      advance()
      if at(.on), has(.distinctOn) {
        advance()
        try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.expression() } }
      }
      finish(distinct, .distinct)
      if endsEmptySelectList, !at(.into) { throw failure("a column") }
    } else {
      _ = take(.all)
    }
    if at(.top), has(.top) { try top() }
    if at(.into), inBlockBody { try intoVariables() }
    // PostgreSQL lets the list be empty
    if !(has(.emptySelectList) && endsEmptySelectList) {
      let list = self.mark()
      repeat { try selectItem() } while take(.comma) && !(has(.trailingCommas) && endsEmptySelectList)
      finish(list, .selectList)
    }
    try selectClauses()
    finish(mark, .select)
  }

  private var endsEmptySelectList: Bool {
    switch kind {
    case .semicolon, .rightParen, .endOfFile: true
    case .word: at(.from) || at(.where) || at(.into) || at(.group) || at(.having) || at(.order) || at(.limit) || at(.window) || atSetOperator
    default: false
    }
  }

  private mutating func selectClauses() throws(SyntaxFailure) {
    if at(.into) {
      if inBlockBody { try intoVariables() } else { try intoTable() }
    }
    if at(.from) { try fromClause() }
    if at(.into), inBlockBody { try intoVariables() }
    if at(.where) { try whereClause() }
    if at(.into), inBlockBody { try intoVariables() }
    while has(.connectBy), at(.start, .with) || at(.connect, .by) {
      let mark = mark()
      at += 2
      _ = isWord(tokens[at], "nocycle") && take(.nocycle)
      try condition()
      finish(mark, .connectBy)
    }
    if at(.group), peekKeyword(1) == .by { try groupBy() }
    if at(.having) { try conditionClause(.having) }
    if at(.into), inBlockBody { try intoVariables() }
    if at(.window), peekKeyword(2) == .as, has(.namedWindows) {
      let mark = mark()
      advance()
      try list { (p) throws(SyntaxFailure) in
        let definition = p.mark()
        try p.plainIdentifier("a window's name")
        try p.expect(.as)
        try p.windowSpecification()
        p.finish(definition, .windowDefinition)
      }
      finish(mark, .windowClause)
    }
    if at(.qualify), has(.qualify) { try conditionClause(.qualify) }
    if at(.using), has(.usingSample) { try usingSample() }
  }

  mutating func top() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.top)
    if at(.leftParen) {
      if atQuery(peekFrom: 1) { try primary() } else { try brackets { (p) throws(SyntaxFailure) in try p.value() } }
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

  var atSelectAlias: Bool {
    if at(.string) { return has(.stringAliases) }
    if kind == .quotedName { return true }
    guard kind == .word else { return false }
    if has(.optionalSemicolons) {
      guard !isReserved(keyword), peek(1).kind != .colon else { return false }
      return keyword == .none_ || !startsStatement || peek(1).kind == .comma || peekKeyword(1) == .from
    }
    if isReserved(keyword) { return isBareLabel(keyword) }
    switch keyword {
    case .none_: return true
    case .limit, .offset, .returning, .window, .loop, .within, .filter, .over, .uescape: return false
    case .qualify: return !has(.qualify)
    case .minus: return !atSetOperator
    default: return true
    }
  }

  /// Reserved words that may be a column's label without AS: all but those that go on with the query or the block around it.
  /// <https://www.postgresql.org/docs/17/sql-keywords-appendix.html>
  private func isBareLabel(_ keyword: Keyword) -> Bool {
    switch keyword {
    case .array, .as, .create, .except, .fetch, .for, .from, .grant, .group, .having, .intersect, .into, .isnull, .limit, .notnull, .offset, .on,
      .order, .overlaps, .returning, .to, .union, .where, .window, .with, .and, .or, .not, .in, .is, .like, .ilike, .similar, .collate, .case,
      .when, .then, .else, .end, .using, .join, .inner, .left, .right, .full, .outer, .cross, .natural, .do, .select, .tablesample, .lateral, .only:
      false
    default: true
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
      }
    }
    finish(mark, .into)
  }

  /// INTO a new table.
  private mutating func intoTable() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.into)
    if !has(.optionalSemicolons) {
      _ = take(.local) || take(.global)
      _ = take(.temporary) || take(.temp) || take(.unlogged)
      _ = take(.table)
    }
    try name("a table")
    if at(.on), has(.optionalSemicolons) {
      advance()
      try identifier("a file group")
    }
    finish(mark, .into, flags: 1)
  }

  /// A clause of one word and a condition.
  private mutating func conditionClause(_ kind: NodeKind) throws(SyntaxFailure) {
    let mark = mark()
    advance()
    try condition()
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
    try conditionClause(.where)
  }

  private mutating func groupBy() throws(SyntaxFailure) {
    let mark = mark()
    at += 2
    let all = take(.all)
    if !all { _ = take(.distinct) }
    if all, has(.groupByAll), !atExpressionStart {
      // every column that is not aggregated
      return finish(mark, .groupBy)
    }
    try list { (p) throws(SyntaxFailure) in try p.groupingElement() }
    if at(.with), peekKeyword(1) == .rollup || peekKeyword(1) == .cube { at += 2 }
    finish(mark, .groupBy)
  }

  private var atExpressionStart: Bool {
    switch kind {
    case .word:
      !isReserved(keyword) && keyword != .having && keyword != .order && keyword != .limit && keyword != .qualify && keyword != .window
        && keyword != .offset && keyword != .fetch && keyword != .for
    case .semicolon, .rightParen, .endOfFile: false
    default: true
    }
  }

  private mutating func groupingElement() throws(SyntaxFailure) {
    let mark = mark()
    if at(.rollup) || at(.cube), peek(1).kind == .leftParen {
      advance()
    } else if at(.grouping), peekKeyword(1) == .sets {
      at += 2
    } else if at(.leftParen), peek(1).kind == .rightParen {
      at += 2
      return finish(mark, .row)
    } else if at(.leftParen), has(.conditionsAreNoValues) {
      // a grouping set of several columns, where the dialect has no row values
      try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.groupingElement() } }
      return finish(mark, .row)
    } else {
      return try value()
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
      // ALL: every column of the result
      if p.at(.all), p.has(.groupByAll), p.peek(1).kind != .leftParen { p.leaf(.star) } else { try p.value() }
      if p.at(.using), p.has(.postgresPredicates) {
        p.advance()
        if p.at(.operator) {
          try p.namedOperator()
        } else {
          guard p.kind != .word, p.kind != .comma, p.kind != .endOfFile, p.kind != .semicolon else { throw p.failure("an operator") }
          p.advance()
        }
      }
      _ = p.take(.asc) || p.take(.desc)
      if p.at(.nulls), !p.has(.optionalSemicolons) {
        p.advance()
        guard p.take(.first) || p.take(.last) else { throw p.failure("FIRST or LAST") }
      }
      p.finish(item, .orderItem)
    }
    finish(mark, .orderBy)
  }

  private mutating func limitClause() throws(SyntaxFailure) {
    let mark = mark()
    if take(.limit) {
      if has(.usingSample), at(.number), peek(1).kind == .percentSign, endsPercentage(2) {
        leaf(.literal)
        advance()
      } else if !take(.all) {
        try expression()
        if has(.usingSample) { _ = take(.percent) }
      }
      if has(.limitWithComma), take(.comma) { try expression() }
    } else if take(.offset) {
      try value()
      if has(.optionalSemicolons) {
        guard take(.row) || take(.rows) else { throw failure("ROWS") }
      } else {
        _ = take(.row) || take(.rows)
      }
    } else {
      try expect(.fetch)
      guard take(.first) || take(.next) else { throw failure("FIRST or NEXT") }
      if !at(.row), !at(.rows) { try operators(.other) }
      _ = take(.percent)
      guard take(.row) || take(.rows) else { throw failure("ROWS") }
      if !take(.only) {
        try expect(.with)
        try expect(.ties)
      }
    }
    finish(mark, .limit)
  }

  /// Whether a sign `%` before a token stands for percent.
  func endsPercentage(_ offset: Int) -> Bool {
    switch peek(offset).kind {
    case .semicolon, .rightParen, .endOfFile, .word: true
    default: false
    }
  }

  /// FOR UPDATE, FOR XML, FOR JSON; answers whether one was read.
  private mutating func lockingClause() throws(SyntaxFailure) -> Bool {
    let mark = mark()
    switch peekKeyword(1) {
    case .xml where has(.forXML):
      at += 2
      try phrase(.forXml)
    case .json where has(.forXML):
      at += 2
      try phrase(.forJson)
    case .browse where has(.forXML): at += 2
    case .update, .share, .no, .key:
      guard !has(.forXML) else { return false }
      advance()
      if take(.no) {
        try expect(.key)
        try expect(.update)
      } else if take(.key) {
        try expect(.share)
      } else {
        advance()
      }
      if take(.of) { try list { (p) throws(SyntaxFailure) in try p.name("a table") } }
      if take(.skip) { try expect(.locked) } else { _ = take(.nowait) }
    case .read:
      guard !has(.forXML) else { return false }
      at += 2
      try expect(.only)
    default: return false
    }
    finish(mark, .locking)
    return true
  }
}
