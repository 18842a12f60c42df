internal import CadastreDialects

extension Parser {
  mutating func fromClause() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.from)
    try list { (p) throws(SyntaxFailure) in try p.joined() }
    finish(mark, .from)
  }

  /// A table and its joins.
  mutating func joined() throws(SyntaxFailure) {
    let mark = mark()
    try tableFactor()
    while true {
      if try join() { continue }
      guard at(.pivot) || at(.unpivot), has(.pivot), peek(1).kind == .leftParen else { break }
      // PIVOT of all that was joined so far
      finish(mark, .joined)
      try pivot(mark)
    }
    finish(mark, .joined)
  }

  /// One JOIN or APPLY with its condition; answers whether there was one.
  private mutating func join() throws(SyntaxFailure) -> Bool {
    let mark = mark()
    guard let kind = joinKind() else { return false }
    let chained = kind != .cross && kind != .positional && kind != .crossApply && kind != .outerApply && kind != .natural && kind != .naturalLeft
      && kind != .naturalRight && kind != .naturalFull
    let right = self.mark()
    try tableFactor()
    guard chained else {
      finish(mark, .join, flags: kind.rawValue)
      return true
    }
    // `a JOIN b JOIN c ON ... ON ...`: the right side is itself joined before its condition comes
    if !at(.on), !at(.using) {
      try nested { (p) throws(SyntaxFailure) in
        var joins = 0
        while !p.at(.on), !p.at(.using), try p.join() { joins += 1 }
        if joins > 0 { p.finish(right, .joined) }
      }
    }
    if at(.on) {
      let on = self.mark()
      advance()
      try condition()
      finish(on, .on)
    } else if at(.using), has(.usingJoins) {
      let using = self.mark()
      advance()
      try columnList()
      if take(.as) { try identifier("an alias") }
      finish(using, .using)
    } else {
      throw failure("'ON'")
    }
    finish(mark, .join, flags: kind.rawValue)
    return true
  }

  /// Takes the words of a join.
  private mutating func joinKind() -> JoinKind? {
    let start = at
    var kind = JoinKind.inner
    let natural = has(.usingJoins) && take(.natural)
    switch keyword {
    case .cross where natural:
      at = start
      return nil
    case .inner: advance()
    case .left:
      advance()
      _ = take(.outer)
      kind = .left
    case .right:
      advance()
      _ = take(.outer)
      kind = .right
    case .full:
      advance()
      _ = take(.outer)
      kind = .full
    case .cross:
      advance()
      if take(.apply) { return .crossApply }
      kind = .cross
    case .outer where peekKeyword(1) == .apply:
      at += 2
      return .outerApply
    case .asof where has(.moreJoins):
      advance()
      if take(.left) { kind = .left } else if take(.right) { kind = .right } else if take(.full) { kind = .full } else { _ = take(.inner) }
      _ = take(.outer)
    case .positional where has(.moreJoins):
      advance()
      kind = .positional
    case .semi where has(.moreJoins), .anti where has(.moreJoins):
      kind = .semi
      advance()
    default: break
    }
    // join hints: INNER HASH JOIN
    if has(.tableHints), at(.hash) || at(.loop) || at(.merge) || at(.remote), peekKeyword(1) == .join { advance() }
    guard take(.join) else {
      at = start
      return nil
    }
    guard natural else { return kind }
    switch kind {
    case .left: return .naturalLeft
    case .right: return .naturalRight
    case .full: return .naturalFull
    default: return .natural
    }
  }

  /// One table of any kind, with what can stand behind it.
  mutating func tableFactor() throws(SyntaxFailure) {
    let mark = mark()
    try nested { (p) throws(SyntaxFailure) in try p.tablePrimary() }
    while at(.pivot) || at(.unpivot), has(.pivot), peek(1).kind == .leftParen || peekKeyword(2) == .nulls { try pivot(mark) }
  }

  private mutating func tablePrimary() throws(SyntaxFailure) {
    let mark = mark()
    let lateral = has(.lateral) && take(.lateral)
    if at(.leftParen) {
      if atQuery(peekFrom: 1) || (peek(1).kind == .leftParen && bracketsHoldQuery()) {
        try brackets { (p) throws(SyntaxFailure) in try p.query() }
        try tableAlias(required: has(.derivedTablesNeedAlias))
        if at(.tablesample), has(.usingSample) { try sample() }
        return finish(mark, .derivedTable, flags: lateral ? 1 : 0)
      }
      if has(.output), peekKeyword(1) == .insert || peekKeyword(1) == .update || peekKeyword(1) == .delete || peekKeyword(1) == .merge {
        try brackets { (p) throws(SyntaxFailure) in try p.dataStatement() }
        try tableAlias(required: true)
        return finish(mark, .derivedTable)
      }
      // a join in brackets
      try brackets { (p) throws(SyntaxFailure) in try p.joined() }
      let before = at
      if !has(.derivedTablesNeedAlias) { try tableAlias(required: false) }
      if at != before { finish(mark, .derivedTable, flags: 2) }
      return
    }
    if has(.prefixAliases), peek(1).kind == .colon, atName {
      leaf(.alias)
      advance()
    }
    if at(.string), has(.filesAsTables) {
      leaf(.literal)
      try tableAlias(required: false)
      if at(.tablesample) { try sample() }
      return finish(mark, .tableReference)
    }
    if at(.values), peek(1).kind == .leftParen, has(.fromFirst) {
      let query = self.mark()
      try values()
      finish(query, .query)
      try tableAlias(required: false)
      return finish(mark, .derivedTable)
    }
    if at(.leftBrace), isWord(peek(1), "oj") {
      // ODBC's outer join
      at += 2
      try joined()
      return try expect(.rightBrace, "'}'")
    }
    if at(.rows), peekKeyword(1) == .from, peek(2).kind == .leftParen {
      at += 2
      try brackets { (p) throws(SyntaxFailure) in
        try p.list { (p) throws(SyntaxFailure) in
          try p.nameOrCall()
          if p.take(.as) { try p.columnDefinitions() }
        }
      }
      if at(.with), peekKeyword(1) == .ordinality { at += 2 }
      try tableAlias(required: false, typed: true)
      return finish(mark, .tableFunction, flags: lateral ? 1 : 0)
    }
    if has(.partiQL), at(.unpivot), peek(1).kind != .leftParen {
      advance()
      try expression()
      try partiQLAlias()
      return finish(mark, .tableFunction, flags: 1)
    }
    if at(.atVariable), peek(1).kind == .dot {
      try expression()
      try tableAlias(required: false)
      return finish(mark, .tableFunction)
    }
    if at(.atVariable) || at(.bindParameter) || (at(.placeholder) && peek(1).kind != .dot) {
      leaf(at(.atVariable) ? .variable : at(.bindParameter) ? .parameter : .placeholder)
      try tableAlias(required: false)
      if at(.with), peek(1).kind == .leftParen, has(.tableHints) { try tableHints() }
      return finish(mark, .tableReference)
    }
    if at(.json_table) || at(.xmltable), peek(1).kind == .leftParen {
      try documentTable()
      try tableAlias(required: false)
      return finish(mark, .tableFunction, flags: lateral ? 1 : 0)
    }
    if has(.valueFunctionsAsTables), kind == .word, peek(1).kind != .leftParen, atValueFunction {
      leaf(.wordValue)
      try tableAlias(required: false)
      return finish(mark, .tableFunction, flags: lateral ? 1 : 0)
    }
    if has(.valueFunctionsAsTables), at(.cast), peek(1).kind == .leftParen {
      try castCall()
      try tableAlias(required: false)
      return finish(mark, .tableFunction, flags: lateral ? 1 : 0)
    }
    if has(.rowsetFunctions) { _ = take(.doubleColon) }  // `FROM ::fn_f()`, the old call of a system function
    let start = at
    let only = has(.inheritance) && take(.only)
    if only, at(.leftParen) {
      try brackets { (p) throws(SyntaxFailure) in try p.name("a table") }
    } else if isTableFunction {
      try functionTable()
      return finish(mark, .tableFunction, flags: lateral ? 1 : 0)
    } else {
      try name("a table")
      if at(.leftBracket), has(.partiQL) {
        // `c.attributes.contacts[0].phones`
        rewind(Mark(token: start, node: mark.node))
        try expression()
        try partiQLAlias()
        return finish(mark, .tableFunction, flags: 1)
      }
      // `schema.function(...)`, or an old-style hint `t (NOLOCK)`
      if at(.leftParen), !isOldHint {
        rewind(Mark(token: start, node: mark.node))
        try functionTable()
        return finish(mark, .tableFunction, flags: lateral ? 1 : 0)
      }
    }
    if has(.inheritance) { _ = take(.star) }
    if at(.for), has(.temporalTables) {
      if peekKeyword(1) == .system_time { try temporal() } else if peekKeyword(1) == .path { at += 2 }
    }
    if at(.tablesample), has(.sampleBeforeAlias) { try sample() }
    if at(.at), peek(1).kind == .leftParen, has(.timeTravel) { try travel() }
    if has(.sqliteTables), at(.not) && isWord(peek(1), "indexed") { at += 2 }
    if at(.leftParen), isOldHint { try tableHints() }
    try tableAlias(required: false)
    if has(.sqliteTables) { try indexedBy() }
    if at(.tablesample) { try sample() }
    if at(.with), peek(1).kind == .leftParen, has(.tableHints) { try tableHints() }
    if at(.leftParen), has(.tableHints), isOldHint { try tableHints() }
    if has(.tableHints) { _ = take(.holdlock) }  // the hint of old, without brackets
    if at(.at), has(.partiQL) { try partiQLAlias() }
    finish(mark, .tableReference)
  }

  /// Functions of the standard that are called without brackets.
  private var atValueFunction: Bool {
    switch keyword {
    case .current_date, .current_time, .current_timestamp, .localtime, .localtimestamp, .current_user, .session_user, .user, .current_role,
      .current_catalog, .current_schema, .system_user:
      true
    default: false
    }
  }

  /// `[AS value] [AT position]` behind a navigated value.
  /// <https://docs.aws.amazon.com/redshift/latest/dg/query-super.html>
  private mutating func partiQLAlias() throws(SyntaxFailure) {
    if at(.as) || atBareAlias && !at(.at) { try tableAlias(required: false) }
    if take(.at) { try plainIdentifier("an alias") }
  }

  /// Functions whose first word is a keyword of the grammar.
  private var isTableFunction: Bool {
    guard peek(1).kind == .leftParen else { return false }
    switch keyword {
    case .openjson, .openrowset, .openquery, .openxml, .opendatasource, .unnest, .containstable, .freetexttable, .changetable, .predict,
      .semantickeyphrasetable, .semanticsimilaritytable, .semanticsimilaritydetailstable:
      return true
    default: return false
    }
  }

  /// `JSON_TABLE(value, path [AS name] [PASSING ...] COLUMNS (...))`, `XMLTABLE(...)`.
  /// <https://www.postgresql.org/docs/17/functions-json.html#FUNCTIONS-SQLJSON-TABLE>
  private mutating func documentTable() throws(SyntaxFailure) {
    let call = mark()
    let isJSON = at(.json_table)
    leaf(.name)
    try brackets { (p) throws(SyntaxFailure) in
      guard isJSON else { return try p.phrase(.xmlTable) }
      try p.expression()
      if p.at(.format) { try p.phrase(.jsonValueFormat) }
      try p.expect(.comma, "','")
      try p.expression()
      if p.take(.as) { try p.identifier("a name") }
      if p.take(.passing) {
        try p.list { (p) throws(SyntaxFailure) in
          try p.expression()
          if p.at(.format) { try p.phrase(.jsonValueFormat) }
          try p.expect(.as)
          try p.identifier("a name")
        }
      }
      try p.expect(.columns)
      let columns = p.mark()
      try p.phrase(.jsonTableColumns)
      p.finish(columns, .columnDefinitions)
      if !p.at(.rightParen) { try p.phrase(.jsonClauses) }
    }
    finish(call, .call)
  }

  private var isOldHint: Bool {
    guard has(.tableHints), at(.leftParen) else { return false }
    let word = peek(1)
    guard word.kind == .word else { return false }
    let text = String(decoding: bytes[Int(word.start)..<Int(word.end)], as: UTF8.self).uppercased()
    return ["NOLOCK", "HOLDLOCK", "UPDLOCK", "ROWLOCK", "TABLOCK", "TABLOCKX", "READPAST", "READUNCOMMITTED", "XLOCK", "PAGLOCK", "INDEX", "NOEXPAND", "SERIALIZABLE", "READCOMMITTED", "REPEATABLEREAD", "FORCESEEK"]
      .contains(text) && (peek(2).kind == .rightParen || peek(2).kind == .comma || peek(2).kind == .leftParen || peek(2).kind == .equal)
  }

  /// A call of one of the functions that give tables and have words of their own between their arguments.
  mutating func rowsetCall() throws(SyntaxFailure) {
    let call = mark()
    let function = keyword
    leaf(.name)
    switch function {
    case .openrowset: try phrase(.openrowsetArguments)
    case .containstable, .freetexttable, .semantickeyphrasetable, .semanticsimilaritytable, .semanticsimilaritydetailstable:
      try fullTextArguments()
    case .changetable, .predict: try wordedArguments()
    default: try arguments()
    }
    if function == .opendatasource {
      // OPENDATASOURCE(...).db.schema.table
      while take(.dot) { if !at(.dot) { try identifier("a name") } }
    }
    finish(call, .call)
  }

  private mutating func functionTable() throws(SyntaxFailure) {
    let function = keyword
    namesArguments = has(.filesAsTables)
    defer { namesArguments = false }
    if isReserved(keyword) || isTableFunction { try rowsetCall() } else { try nameOrCall() }
    if at(.with), peekKeyword(1) == .ordinality { at += 2 }
    if at(.with), peek(1).kind == .leftParen, has(.rowsetFunctions) {
      advance()
      if function == .openxml, peek(1).kind == .word || peek(1).kind == .quotedName, peek(2).kind == .rightParen || peek(2).kind == .dot {
        try brackets { (p) throws(SyntaxFailure) in try p.name("a table") }
      } else {
        try columnDefinitions()
      }
    } else if at(.with), function == .openxml {
      advance()
      try name("a table")
    }
    try tableAlias(required: false, typed: has(.postgresDefinitions))
  }

  /// `(table, column | (column, ...) | *, 'search' [, LANGUAGE x] [, n])`; CONTAINS and FREETEXT begin with the columns.
  /// <https://learn.microsoft.com/sql/relational-databases/system-functions/containstable-transact-sql>
  mutating func fullTextArguments() throws(SyntaxFailure) {
    try brackets { (p) throws(SyntaxFailure) in
      try p.list { (p) throws(SyntaxFailure) in
        if p.at(.star) {
          p.leaf(.star)
        } else if p.at(.language) {
          p.advance()
          try p.value()
        } else if p.at(.leftParen) {
          try p.brackets { (p) throws(SyntaxFailure) in
            if p.at(.star) { p.leaf(.star) } else { try p.list { (p) throws(SyntaxFailure) in try p.name("a column") } }
          }
        } else {
          try p.value()
        }
      }
    }
  }

  /// `CHANGETABLE(CHANGES t, @version)`, `PREDICT(MODEL = @m, DATA = t AS d)`.
  private mutating func wordedArguments() throws(SyntaxFailure) {
    try brackets { (p) throws(SyntaxFailure) in
      try p.list { (p) throws(SyntaxFailure) in
        if p.at(.leftParen) {
          return try p.brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.value() } }
        }
        if p.kind == .word, p.peek(1).kind == .word || p.peek(1).kind == .quotedName {
          p.advance()
          return try p.name("a table")
        }
        if p.kind == .word, p.peek(1).kind == .equal { p.at += 2 }
        try p.value()
        if p.take(.as) { p.leaf(.alias) }
      }
    }
  }

  /// `(name type ['path'] [AS JSON], ...)`.
  mutating func columnDefinitions() throws(SyntaxFailure) {
    let mark = mark()
    try brackets { (p) throws(SyntaxFailure) in
      try p.list { (p) throws(SyntaxFailure) in
        let item = p.mark()
        try p.identifier("a column")
        try p.typeName()
        if p.at(.collate) {
          p.advance()
          try p.name("a collation")
        }
        if p.has(.rowsetFunctions) {
          _ = p.take(.string) || p.take(.number)
          if p.take(.as) { try p.expect(.json) }
        }
        p.finish(item, .columnDefinitionItem)
      }
    }
    finish(mark, .columnDefinitions)
  }

  /// `[AS] alias [(column, ...) | (column type, ...)]`, or PostgreSQL's `AS (column type, ...)`.
  ///
  /// - Parameter typed: the columns may have types, as those of a function's record.
  mutating func tableAlias(required: Bool, typed: Bool = false) throws(SyntaxFailure) {
    if at(.as) {
      advance()
      if at(.leftParen), has(.valueFunctionsAsTables) { return try columnDefinitions() }
      guard atName || (at(.string) && has(.stringAliases)) else { throw failure("an alias") }
      leaf(.alias)
    } else if atBareAlias, !(has(.optionalSemicolons) && startsStatement) {
      leaf(.alias)
    } else if required {
      throw failure("an alias")
    } else {
      return
    }
    guard at(.leftParen), !isOldHint else { return }
    let named = peek(1).kind == .word || peek(1).kind == .quotedName
    if named, typed || !(has(.derivedTablesNeedAlias) || has(.postgresDefinitions)), peek(2).kind == .word || peek(2).kind == .quotedName {
      try columnDefinitions()
    } else if named {
      try columnList()
    } else {
      throw failure("a column")
    }
  }

  /// With the cursor on `((`: whether a query, not a join, stands in the brackets.
  mutating func bracketsHoldQuery() -> Bool {
    var look = at
    while token(look).kind == .leftParen { look += 1 }
    guard atQuery(peekFrom: look - at), token(look).keyword != .table else { return false }
    // `((SELECT ...) x JOIN ...)` is a join: what follows the inner closing bracket decides
    guard let close = closing(of: at + 1) else { return true }
    let after = token(close + 1)
    return after.kind == .rightParen || after.keyword == .union || after.keyword == .except || after.keyword == .intersect
      || after.keyword == .order || after.keyword == .limit
  }

  /// The bracket that closes an opening one of this statement. All of a run are paired at once: asking for each would read to the
  /// end of the text every time.
  private mutating func closing(of open: Int) -> Int? {
    if closings.isEmpty {
      closings = [UInt32](repeating: 0, count: last - runStart + 1)
      var opened: [Int] = []
      for index in runStart...last {
        switch tokens[index].kind {
        case .leftParen: opened.append(index)
        case .rightParen: if let start = opened.popLast() { closings[start - runStart] = UInt32(truncatingIfNeeded: index) }
        case .semicolon, .batchSeparator: opened.removeAll()
        default: break
        }
      }
    }
    let close = closings[open - runStart]
    return close == 0 ? nil : Int(close)
  }

  mutating func tableHints() throws(SyntaxFailure) {
    let mark = mark()
    _ = take(.with)
    try phrase(.tableHints)
    finish(mark, .tableHints)
  }

  private mutating func sample() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.tablesample)
    if has(.usingSample) { return try sampleSize(mark) }
    if !at(.leftParen) || has(.postgresDefinitions) { try name("a sampling method") }
    try brackets { (p) throws(SyntaxFailure) in
      try p.list { (p) throws(SyntaxFailure) in try p.value() }
      _ = p.take(.percent) || p.take(.rows)
    }
    if take(.repeatable) { try brackets { (p) throws(SyntaxFailure) in try p.value() } }
    finish(mark, .sample)
  }

  /// USING SAMPLE at the end of a SELECT.
  /// <https://duckdb.org/docs/stable/sql/query_syntax/sample>
  mutating func usingSample() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.using)
    try expect(.sample)
    try sampleSize(mark)
  }

  /// `10%`, `10 ROWS (method, seed)`, `[method] (10 PERCENT) [REPEATABLE (seed)]`.
  private mutating func sampleSize(_ mark: Mark) throws(SyntaxFailure) {
    if at(.number) {
      sampleAmount()
      if at(.leftParen) {
        try brackets { (p) throws(SyntaxFailure) in
          try p.identifier("a sampling method")
          if p.take(.comma) { try p.value() }
        }
      }
    } else {
      if !at(.leftParen) { try identifier("a sampling method") }
      try brackets { (p) throws(SyntaxFailure) in
        if p.at(.number) { p.sampleAmount() } else { try p.value() }
      }
    }
    if take(.repeatable) { try brackets { (p) throws(SyntaxFailure) in try p.value() } }
    finish(mark, .sample)
  }

  private mutating func sampleAmount() {
    leaf(.literal)
    _ = take(.percentSign) || take(.percent) || take(.rows) || take(.row)
  }

  /// `AT (VERSION => 3)`, `AT (TIMESTAMP => ...)`.
  private mutating func travel() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    try arguments()
    finish(mark, .temporal)
  }

  /// `INDEXED BY i`, `NOT INDEXED`.
  /// <https://www.sqlite.org/lang_indexedby.html>
  private mutating func indexedBy() throws(SyntaxFailure) {
    if at(.not), isWord(peek(1), "indexed") {
      at += 2
    } else if isWord(token, "indexed"), peekKeyword(1) == .by {
      at += 2
      try identifier("an index")
    }
  }

  /// FOR SYSTEM_TIME ...
  /// <https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql>
  private mutating func temporal() throws(SyntaxFailure) {
    let mark = mark()
    at += 2
    switch keyword {
    case .all: advance()
    case .as:
      advance()
      try expect(.of)
      try operators(.other)
    case .between:
      advance()
      try operators(.other)
      try expect(.and)
      try operators(.other)
    case .from:
      advance()
      try operators(.other)
      try expect(.to)
      try operators(.other)
    case .contained:
      advance()
      try expect(.in)
      try brackets { (p) throws(SyntaxFailure) in
        try p.value()
        try p.expect(.comma, "','")
        try p.value()
      }
    default: throw failure("AS OF, FROM, BETWEEN, CONTAINED IN or ALL")
    }
    finish(mark, .temporal)
  }
}
