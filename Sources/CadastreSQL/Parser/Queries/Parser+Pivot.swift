internal import CadastreDialects

extension Parser {
  /// `PIVOT (agg(x) FOR c IN ([a], [b])) AS p`, `UNPIVOT (v FOR n IN (a, b)) AS u` behind a table.
  mutating func pivot(_ mark: Mark) throws(SyntaxFailure) {
    let kind: NodeKind = at(.pivot) ? .pivot : .unpivot
    let spec = self.mark()
    advance()
    if at(.include) || at(.exclude), peekKeyword(1) == .nulls { at += 2 }
    try brackets { (p) throws(SyntaxFailure) in
      if kind == .unpivot, p.has(.pivotStatement), p.at(.leftParen) {
        // several columns of values: `((v, w) FOR n IN ((a, b) AS x, (c, d) AS y))`
        try p.brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.identifier("a column") } }
      } else {
        try p.list { (p) throws(SyntaxFailure) in
          if kind == .pivot { try p.nameOrCall() } else { try p.identifier("a column") }
          if p.take(.as) || kind == .pivot && p.has(.pivotStatement) && p.atName && !p.at(.for) { p.leaf(.alias) }
        }
      }
      try p.expect(.for)
      repeat {
        if p.at(.leftParen), p.has(.pivotStatement) {
          let row = p.mark()
          try p.brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.name("a column") } }
          p.finish(row, .row)
        } else {
          try p.name("a column")
        }
        try p.expect(.in)
        if p.has(.derivedTablesNeedAlias) { try p.columnList() } else { try p.pivotValues() }
      } while p.has(.pivotStatement) && (p.atName || p.at(.leftParen)) && !p.at(.group)
      if p.at(.group), p.has(.pivotStatement) { try p.pivotGroups() }
    }
    finish(spec, .pivotSpec)
    try tableAlias(required: has(.derivedTablesNeedAlias))
    finish(mark, kind)
  }

  /// `(value [[AS] alias], ...)`: a `columnList` of what names the columns; or the name of an enumeration.
  private mutating func pivotValues() throws(SyntaxFailure) {
    let list = mark()
    if has(.pivotStatement), atName {
      advance()
      return finish(list, .columnList)
    }
    try brackets { (p) throws(SyntaxFailure) in
      if p.has(.pivotStatement), p.atQuery() { return try p.query() }
      try p.list { (p) throws(SyntaxFailure) in
        if p.at(.star) { try p.starOfColumns() } else { try p.value() }
        if p.take(.as) || p.atName { p.leaf(.alias) }
      }
    }
    finish(list, .columnList)
  }

  private mutating func starOfColumns() throws(SyntaxFailure) {
    let mark = mark()
    leaf(.star)
    try starModifiers()
    finish(mark, .columns)
  }

  private mutating func pivotGroups() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.group)
    try expect(.by)
    try list { (p) throws(SyntaxFailure) in try p.value() }
    finish(mark, .groupBy)
  }

  /// `PIVOT t ON c [IN (...)] USING sum(x) GROUP BY g`, `UNPIVOT t ON a, b INTO NAME n VALUE v`: a query of the pivoted table.
  /// <https://duckdb.org/docs/stable/sql/statements/pivot>, <https://duckdb.org/docs/stable/sql/statements/unpivot>
  mutating func pivotStatement() throws(SyntaxFailure) {
    let mark = mark()
    let kind: NodeKind = at(.pivot) ? .pivot : .unpivot
    advance()
    let table = self.mark()
    try tableFactor()
    let spec = self.mark()
    if kind == .pivot { try pivotParts() } else { try unpivotParts() }
    finish(spec, .pivotSpec, flags: 1)
    finish(table, kind)
    finish(table, .joined)
    finish(table, .from)
    finish(mark, .select, flags: 1)
  }

  private mutating func pivotParts() throws(SyntaxFailure) {
    if take(.on) {
      try list { (p) throws(SyntaxFailure) in
        let column = p.mark()
        // the value ends before IN
        try p.operators(.other)
        if p.take(.in) { try p.pivotValues() }
        p.finish(column, .pivotColumn)
      }
    }
    if take(.using) {
      try list { (p) throws(SyntaxFailure) in
        try p.value()
        if p.take(.as) || p.atName && !p.at(.group) && !p.at(.order) { p.leaf(.alias) }
      }
    }
    if at(.group) { try pivotGroups() }
  }

  private mutating func unpivotParts() throws(SyntaxFailure) {
    if at(.include) || at(.exclude), peekKeyword(1) == .nulls { at += 2 }
    try expect(.on)
    let columns = mark()
    try list { (p) throws(SyntaxFailure) in
      if p.at(.star) { try p.starOfColumns() } else { try p.value() }
      if p.take(.as) { p.leaf(.alias) }
    }
    finish(columns, .columnList)
    guard take(.into) else { return }
    try expect(.name)
    try name("a column")
    guard take(.value) || take(.values) else { throw failure("'VALUE'") }
    try list { (p) throws(SyntaxFailure) in try p.identifier("a column") }
  }
}
