internal import CadastreDialects

extension Parser {
  /// The table a data statement writes: name, variable or placeholder, hints and an alias.
  private mutating func target(alias: Bool) throws(SyntaxFailure) {
    let mark = mark()
    _ = take(.only)
    if at(.atVariable) || at(.bindParameter) || (at(.placeholder) && peek(1).kind != .dot) {
      leaf(at(.atVariable) ? .variable : at(.bindParameter) ? .parameter : .placeholder)
    } else if at(.openquery) || at(.openrowset) {
      try nameOrCall()
    } else {
      try name("a table")
    }
    _ = alias && take(.star)
    if at(.with), peek(1).kind == .leftParen, has(.tableHints) { try tableHints() }
    if alias {
      if take(.as) { leaf(.alias) } else if atBareAlias, !at(.set), !at(.output), !at(.where), !(has(.optionalSemicolons) && startsStatement(token)) {
        leaf(.alias)
      }
      if at(.with), peek(1).kind == .leftParen, has(.tableHints) { try tableHints() }
    }
    finish(mark, .target)
  }

  mutating func insert(from mark: Mark) throws(SyntaxFailure) {
    try expect(.insert)
    if at(.top), has(.top) { try top() }
    if has(.top) { _ = take(.into) } else { try expect(.into) }
    try target(alias: false)
    if take(.as) { leaf(.alias) }
    if at(.leftParen), !atQuery(peekFrom: 1), !(peek(1).kind == .leftParen) { try columnList() }
    if at(.overriding) {
      advance()
      advance()
      try expect(.value)
    }
    if at(.output), has(.output) { try outputClauses() }
    try insertSource()
    if at(.on), peekKeyword(1) == .conflict { try onConflict() }
    if at(.returning), has(.returning) { try returning() }
    if at(.option), peek(1).kind == .leftParen {
      advance()
      try skipBrackets()
    }
    finish(mark, .insert)
  }

  private mutating func insertSource() throws(SyntaxFailure) {
    switch keyword {
    case .default where peekKeyword(1) == .values:
      let mark = mark()
      at += 2
      finish(mark, .defaultValues)
    case .exec where has(.top), .execute where has(.top): try tsqlExecute()
    case .values, .select, .with, .table: try query()
    default:
      guard at(.leftParen) else { throw failure("VALUES, SELECT or a column list") }
      try query()
    }
  }

  private mutating func onConflict() throws(SyntaxFailure) {
    let mark = mark()
    at += 2
    let target = self.mark()
    if take(.on) {
      try expect(.constraint)
      try identifier("a constraint")
      finish(target, .conflictTarget)
    } else if at(.leftParen) {
      try brackets { (p) throws(SyntaxFailure) in
        try p.list { (p) throws(SyntaxFailure) in
          try p.expression()
          if p.atName { try p.name() }
        }
      }
      if at(.where) { try whereClause() }
      finish(target, .conflictTarget)
    }
    try expect(.do)
    if !take(.nothing) {
      let update = self.mark()
      try expect(.update)
      try expect(.set)
      try list { (p) throws(SyntaxFailure) in try p.assignment() }
      if at(.where) { try whereClause() }
      finish(update, .conflictUpdate)
    }
    finish(mark, .onConflict)
  }

  /// One `column = value` of SET, in all its forms.
  private mutating func assignment() throws(SyntaxFailure) {
    let mark = mark()
    var flags: UInt8 = 0
    if at(.leftParen) {
      let row = self.mark()
      try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.name("a column") } }
      finish(row, .row)
    } else if at(.atVariable) {
      leaf(.variable)
      // @x = column = value
      if at(.equal), peek(1).kind == .word || peek(1).kind == .quotedName, peek(2).kind == .equal || peek(2).kind == .compoundAssign {
        advance()
        try name("a column")
        flags = 2
      }
    } else {
      try name("a column")
      while at(.leftBracket) {
        advance()
        try expression()
        if take(.colon) { try expression() }
        try expect(.rightBracket, "']'")
      }
      if at(.leftParen) {
        // a method that changes: xml.modify('...')
        try arguments()
        return finish(mark, .assignment, flags: 4)
      }
    }
    if take(.compoundAssign) { flags |= 1 } else { try expect(.equal, "'='") }
    if at(.row), peek(1).kind == .leftParen, has(.distinctOn) { advance() }
    try expression()
    finish(mark, .assignment, flags: flags)
  }

  mutating func update(from mark: Mark) throws(SyntaxFailure) {
    try expect(.update)
    if at(.top), has(.top) { try top() }
    try target(alias: true)
    try expect(.set)
    try list { (p) throws(SyntaxFailure) in try p.assignment() }
    if at(.output), has(.output) { try outputClauses() }
    if at(.from) { try fromClause() }
    if at(.where) { try whereClause() }
    if at(.returning), has(.returning) { try returning() }
    try options()
    finish(mark, .update)
  }

  mutating func delete(from mark: Mark) throws(SyntaxFailure) {
    try expect(.delete)
    if at(.top), has(.top) { try top() }
    if has(.top) { _ = take(.from) } else { try expect(.from) }
    try target(alias: true)
    if at(.output), has(.output) { try outputClauses() }
    if at(.from) {
      try fromClause()
    } else if at(.using), has(.deleteUsing) {
      let from = self.mark()
      advance()
      try list { (p) throws(SyntaxFailure) in try p.joined() }
      finish(from, .from)
    }
    if at(.where) { try whereClause() }
    if at(.returning), has(.returning) { try returning() }
    try options()
    finish(mark, .delete)
  }

  private mutating func options() throws(SyntaxFailure) {
    guard at(.option), peek(1).kind == .leftParen else { return }
    let mark = mark()
    advance()
    try skipBrackets()
    finish(mark, .queryOptions)
  }

  /// OUTPUT ... [INTO t], once or twice.
  private mutating func outputClauses() throws(SyntaxFailure) {
    while at(.output) {
      let mark = mark()
      advance()
      try list { (p) throws(SyntaxFailure) in try p.selectItem() }
      if at(.into) {
        let into = self.mark()
        advance()
        if at(.atVariable) { leaf(.variable) } else { try name("a table") }
        if at(.leftParen) { try columnList() }
        finish(into, .into, flags: 2)
      }
      finish(mark, .output)
    }
  }

  private mutating func returning() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.returning)
    try list { (p) throws(SyntaxFailure) in try p.selectItem() }
    if at(.into) { try intoVariables() }
    finish(mark, .returning)
  }

  mutating func merge(from mark: Mark) throws(SyntaxFailure) {
    try expect(.merge)
    if at(.top) { try top() }
    _ = take(.into)
    try target(alias: true)
    try expect(.using)
    try joined()
    let on = self.mark()
    try expect(.on)
    try expression()
    finish(on, .on)
    guard at(.when) else { throw failure("'WHEN'") }
    while at(.when) { try mergeWhen() }
    if at(.output), has(.output) { try outputClauses() }
    if at(.returning), has(.returning) { try returning() }
    try options()
    finish(mark, .merge)
  }

  private mutating func mergeWhen() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.when)
    var match = MergeMatch.matched
    if take(.not) { match = .notMatched }
    try expect(.matched)
    if take(.by) {
      if take(.source) { match = .notMatchedBySource } else { try expect(.target) }
    }
    if take(.and) { try expression() }
    try expect(.then)
    let action = self.mark()
    switch keyword {
    case .update:
      advance()
      try expect(.set)
      try list { (p) throws(SyntaxFailure) in try p.assignment() }
      finish(action, .mergeUpdate)
    case .delete:
      advance()
      finish(action, .mergeDelete)
    case .do:
      advance()
      try expect(.nothing)
      finish(action, .mergeNothing)
    case .insert:
      advance()
      if at(.leftParen) { try columnList() }
      if at(.overriding) {
        at += 2
        try expect(.value)
      }
      if at(.default) {
        let values = self.mark()
        advance()
        try expect(.values)
        finish(values, .defaultValues)
      } else {
        try values()
      }
      finish(action, .mergeInsert)
    default: throw failure("UPDATE, INSERT, DELETE or DO NOTHING")
    }
    finish(mark, .mergeWhen, flags: match.rawValue)
  }

  mutating func truncate() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.truncate)
    _ = take(.table)
    _ = take(.only)
    try list { (p) throws(SyntaxFailure) in
      try p.target(alias: false)
      _ = p.take(.star)
    }
    if at(.with), peek(1).kind == .leftParen, has(.tableHints) {
      advance()
      try skipBrackets()
    }
    if at(.restart) || at(.continue) && peekKeyword(1) == .identity {
      at += 2
    }
    _ = take(.cascade) || take(.restrict)
    finish(mark, .truncate)
  }

  /// COPY t [(columns)] FROM|TO file ..., COPY (query) TO ...
  mutating func copy() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.copy)
    if at(.leftParen) {
      try brackets { (p) throws(SyntaxFailure) in try p.queryOrData() }
    } else {
      try name("a table")
      if at(.leftParen) { try columnList() }
    }
    guard take(.from) || take(.to) else { throw failure("FROM or TO") }
    _ = take(.program)
    if at(.string) || at(.placeholder) || at(.bindParameter) {
      leaf(.literal)
    } else if !(take(.stdin) || take(.stdout)) {
      throw failure("a file, STDIN or STDOUT")
    }
    _ = take(.with)
    if at(.leftParen) { try skipBrackets() } else {
      while kind == .word || at(.string) || at(.comma), !at(.where) { advance() }
    }
    if at(.where) { try whereClause() }
    finish(mark, .copy)
  }
}
