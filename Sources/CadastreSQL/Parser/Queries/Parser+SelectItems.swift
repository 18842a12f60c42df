internal import CadastreDialects

extension Parser {
  /// One item of a select list, OUTPUT or RETURNING.
  mutating func selectItem() throws(SyntaxFailure) {
    let mark = mark()
    if at(.star), !(has(.columnsExpression) && peekKeyword(1) == .columns) {
      leaf(.star)
      try starModifiers()
      return finish(mark, .selectItem)
    }
    // `alias = expression` and `@variable = expression`
    if has(.assignedAlias), peek(1).kind == .equal || peek(1).kind == .compoundAssign {
      if at(.atVariable) {
        leaf(.variable)
        let compound = at(.compoundAssign)
        advance()
        try value()
        return finish(mark, .assignment, flags: compound ? 1 : 0)
      }
      if atName || at(.string), peek(1).kind == .equal {
        leaf(.alias)
        advance()
        try value()
        return finish(mark, .selectItem, flags: 1)
      }
    }
    if has(.prefixAliases), peek(1).kind == .colon, atName {
      leaf(.alias)
      advance()
      try value()
      return finish(mark, .selectItem, flags: 1)
    }
    try value()
    if nodes.last?.kind == .qualifiedStar {
      try starModifiers()
      return finish(mark, .selectItem)
    }
    if take(.as) {
      guard (has(.reservedAliases) ? atWord : atName) || (at(.string) && (has(.stringAliases) || has(.columnsExpression))) else {
        throw failure("an alias")
      }
      leaf(.alias)
    } else if atSelectAlias {
      leaf(.alias)
    }
    finish(mark, .selectItem)
  }

  /// What leaves columns out of a star or gives others in their place: `EXCLUDE (a)`, `REPLACE (x AS a)`, `RENAME (a AS b)`, `LIKE 'a%'`.
  /// <https://duckdb.org/docs/stable/sql/expressions/star>, <https://docs.snowflake.com/en/sql-reference/sql/select>
  mutating func starModifiers() throws(SyntaxFailure) {
    guard kind == .word, has(.starExclude) || has(.starReplace) else { return }
    if has(.columnsExpression) { try starFilter() }
    if at(.exclude), has(.starExclude) {
      let list = mark()
      advance()
      if at(.leftParen) {
        try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.name("a column") } }
      } else {
        try name("a column")
      }
      finish(list, .columnList)
    }
    guard has(.starReplace) else { return }
    if at(.replace), peek(1).kind == .leftParen || !isReserved(peekKeyword(1)) {
      let list = mark()
      advance()
      try oneOrBracketed { (p) throws(SyntaxFailure) in try p.namedItem { (p) throws(SyntaxFailure) in try p.value() } }
      finish(list, .starReplace)
    }
    if at(.rename), peek(1).kind == .leftParen || !isReserved(peekKeyword(1)) {
      let list = mark()
      advance()
      try oneOrBracketed { (p) throws(SyntaxFailure) in try p.namedItem { (p) throws(SyntaxFailure) in try p.name("a column") } }
      finish(list, .starRename)
    }
  }

  /// `* [NOT] LIKE pattern`, GLOB, ILIKE, SIMILAR TO: only the columns whose names fit.
  private mutating func starFilter() throws(SyntaxFailure) {
    let mark = mark()
    let negated = at(.not)
    switch negated ? peekKeyword(1) : keyword {
    case .like, .ilike, .glob, .similar:
      at += negated ? 2 : 1
      if tokens[at - 1].keyword == .similar { try expect(.to) }
      try operators(.other)
      finish(mark, .starFilter, flags: negated ? 1 : 0)
    default: return
    }
  }

  /// One element, or several in brackets.
  private mutating func oneOrBracketed(_ rule: (inout Parser) throws(SyntaxFailure) -> Void) throws(SyntaxFailure) {
    guard at(.leftParen) else { return try rule(&self) }
    try brackets { (p) throws(SyntaxFailure) in try p.list(rule) }
  }

  /// `expression AS name` as a select item.
  private mutating func namedItem(_ rule: (inout Parser) throws(SyntaxFailure) -> Void) throws(SyntaxFailure) {
    let item = mark()
    try rule(&self)
    try expect(.as)
    guard atWord else { throw failure("a name") }
    leaf(.alias)
    finish(item, .selectItem)
  }

  /// `COLUMNS(star with modifiers | regular expression | list of names | lambda)`.
  /// <https://duckdb.org/docs/stable/sql/expressions/star#columns-expression>
  mutating func columnsExpression() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    try brackets { (p) throws(SyntaxFailure) in
      if p.at(.star) {
        p.leaf(.star)
        return try p.starModifiers()
      }
      if try p.lambda(arrows: true) { return }
      try p.expression()
      if p.nodes.last?.kind == .qualifiedStar { try p.starModifiers() }
    }
    finish(mark, .columns)
  }
}
