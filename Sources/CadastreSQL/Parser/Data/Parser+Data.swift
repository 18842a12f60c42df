internal import CadastreDialects

extension Parser {
  /// The table a data statement writes: name, variable or placeholder, hints and an alias.
  private mutating func target(alias: Bool, hints: Bool = true) throws(SyntaxFailure) {
    let mark = mark()
    let only = has(.inheritance) && take(.only)
    if only, at(.leftParen) {
      try brackets { (p) throws(SyntaxFailure) in try p.name("a table") }
    } else if at(.atVariable) || at(.bindParameter) || (at(.placeholder) && peek(1).kind != .dot) {
      leaf(at(.atVariable) ? .variable : at(.bindParameter) ? .parameter : .placeholder)
    } else if at(.openquery) || at(.openrowset) || at(.opendatasource), has(.rowsetFunctions) {
      try rowsetCall()
    } else {
      try name("a table")
    }
    if alias, has(.inheritance) { _ = take(.star) }
    if hints, at(.with), peek(1).kind == .leftParen, has(.tableHints) { try tableHints() }
    if alias {
      if take(.as) { leaf(.alias) } else if atBareAlias, !at(.set), !at(.output), !at(.where), !at(.using), !(has(.optionalSemicolons) && startsStatement) {
        leaf(.alias)
      }
      if at(.with), peek(1).kind == .leftParen, has(.tableHints) { try tableHints() }
    }
    finish(mark, .target)
  }

  mutating func insert(from mark: Mark) throws(SyntaxFailure) {
    var flags: UInt8 = 0
    if !(has(.replaceInto) && take(.replace)) {
      try expect(.insert)
      if take(.or) {
        guard has(.insertOr), kind == .word else { throw SyntaxFailure(token: at - 1, expected: "'INTO'") }
        flags = 2
        advance()
      }
    } else {
      flags = 2
    }
    if at(.top), has(.topInData) { try top() }
    if has(.optionalInto) { _ = take(.into) } else { try expect(.into) }
    try target(alias: false)
    if at(.as), has(.onConflict) {
      advance()
      guard atName else { throw failure("an alias") }
      leaf(.alias)
    }
    if at(.leftParen), !atQuery(peekFrom: 1), !(peek(1).kind == .leftParen) { try columnList() }
    if has(.byName), at(.by) {
      if take(.by, .name) { flags |= 1 } else if !take(.by, .position) { throw failure("BY NAME or BY POSITION") }
    }
    try overriding()
    if at(.output), has(.output) { try outputClauses() }
    try insertSource()
    if at(.on), peekKeyword(1) == .conflict, has(.onConflict) { try onConflict() }
    if at(.returning), has(.returning) { try returning() }
    if at(.option), peek(1).kind == .leftParen, has(.tableHints) { try queryOptions() }
    finish(mark, .insert, flags: flags)
  }

  /// OVERRIDING {SYSTEM | USER} VALUE.
  private mutating func overriding() throws(SyntaxFailure) {
    guard at(.overriding) else { return }
    advance()
    guard take(.system) || take(.user) else { throw failure("SYSTEM or USER") }
    try expect(.value)
  }

  private mutating func insertSource() throws(SyntaxFailure) {
    switch keyword {
    case .default where peekKeyword(1) == .values:
      let mark = mark()
      at += 2
      finish(mark, .defaultValues)
    case .exec where has(.insertExec), .execute where has(.insertExec): try tsqlExecute()
    case .values, .select, .with: try query()
    case .table where has(.tableQuery): try query()
    default:
      guard at(.leftParen) || atQuery() else { throw failure("VALUES, SELECT or a column list") }
      try query()
    }
  }

  private mutating func onConflict() throws(SyntaxFailure) {
    let mark = mark()
    at += 2
    let target = self.mark()
    if take(.on) {
      try expect(.constraint)
      try plainIdentifier("a constraint")
      finish(target, .conflictTarget)
    } else if at(.leftParen) {
      try brackets { (p) throws(SyntaxFailure) in
        try p.list { (p) throws(SyntaxFailure) in
          try p.expression()
          if p.atName { try p.name("an operator class") }
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
        if !at(.colon) { try expression() }
        if take(.colon), !at(.rightBracket) { try expression() }
        try expect(.rightBracket, "']'")
      }
      while take(.dot) {
        guard atWord else { throw failure("a field") }
        advance()
      }
      if at(.leftParen), has(.xmlMethods) {
        // a method that changes: xml.modify('...')
        try arguments()
        return finish(mark, .assignment, flags: 4)
      }
    }
    if take(.compoundAssign) { flags |= 1 } else { try expect(.equal, "'='") }
    if at(.row), peek(1).kind == .leftParen, has(.postgresPredicates) { advance() }
    try valueOrDefault()
    finish(mark, .assignment, flags: flags)
  }

  mutating func update(from mark: Mark) throws(SyntaxFailure) {
    try expect(.update)
    if at(.top), has(.topInData) { try top() }
    if has(.sqliteTables), at(.or), peek(1).kind == .word { at += 2 }
    try target(alias: !has(.updateTargetMayBeAlias))
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
    if at(.top), has(.topInData) { try top() }
    if has(.optionalFrom) { _ = take(.from) } else { try expect(.from) }
    try target(alias: !has(.updateTargetMayBeAlias))
    if at(.output), has(.output) { try outputClauses() }
    if at(.from), has(.updateTargetMayBeAlias) {
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
    if at(.option), peek(1).kind == .leftParen, has(.tableHints) { try queryOptions() }
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
    if at(.top), has(.topInData) { try top() }
    _ = take(.into)
    try target(alias: true)
    try expect(.using)
    try joined()
    let on = self.mark()
    if at(.using), has(.mergeByName) {
      advance()
      try columnList()
      finish(on, .using)
    } else {
      try expect(.on)
      try condition()
      finish(on, .on)
    }
    if at(.remove), has(.mergeRemovesDuplicates) {
      // Redshift's MERGE ... REMOVE DUPLICATES
      advance()
      try expect(.duplicates)
      return finish(mark, .merge)
    }
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
    if take(.and) { try condition() }
    try expect(.then)
    let action = self.mark()
    switch keyword {
    case .insert where match != .notMatched, .update where match == .notMatched, .delete where match == .notMatched:
      throw failure(match == .notMatched ? "'INSERT'" : "UPDATE or DELETE")
    case .update:
      advance()
      if has(.mergeByName), at(.set) && peek(1).kind == .star || !at(.set) {
        // every column of the target by its name in the source, or by its place
        if take(.set) { advance() } else if take(.by), !take(.name), !take(.position) { throw failure("BY NAME or BY POSITION") }
        return finishAll(action, .mergeUpdate, mark, match)
      }
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
      if has(.mergeByName), !at(.leftParen), !at(.values), !at(.default) {
        if !take(.star), take(.by), !take(.name), !take(.position) { throw failure("BY NAME or BY POSITION") }
        return finishAll(action, .mergeInsert, mark, match)
      }
      if at(.leftParen) { try columnList() }
      try overriding()
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

  /// An arm of MERGE that takes all columns of the source.
  private mutating func finishAll(_ action: Mark, _ kind: NodeKind, _ mark: Mark, _ match: MergeMatch) {
    finish(action, kind, flags: 1)
    finish(mark, .mergeWhen, flags: match.rawValue)
  }

  mutating func truncate() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.truncate)
    if has(.sqlServerDefinitions) {
      try expect(.table)
      try target(alias: false, hints: false)
      if at(.with) {
        advance()
        try brackets { (p) throws(SyntaxFailure) in
          try p.expect(.partitions)
          try p.brackets { (p) throws(SyntaxFailure) in
            try p.list { (p) throws(SyntaxFailure) in
              try p.value()
              if p.take(.to) { try p.value() }
            }
          }
        }
      }
      return finish(mark, .truncate)
    }
    _ = take(.table)
    try list { (p) throws(SyntaxFailure) in
      try p.target(alias: false)
      _ = p.take(.star)
    }
    if at(.restart) || at(.continue) {
      advance()
      try expect(.identity)
    }
    _ = take(.cascade) || take(.restrict)
    finish(mark, .truncate)
  }

  /// COPY t [(columns)] FROM|TO file ..., COPY (query) TO ...
  /// <https://www.postgresql.org/docs/17/sql-copy.html>
  mutating func copy() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.copy)
    if at(.from), has(.fromFirst), isWord(peek(1), "database") || peekKeyword(1) == .database {
      // COPY FROM DATABASE a TO b
      at += 2
      try identifier("a database")
      try expect(.to)
      try identifier("a database")
      return finish(mark, .utility)
    }
    _ = take(.binary)
    let isQuery = at(.leftParen)
    if isQuery {
      try brackets { (p) throws(SyntaxFailure) in try p.queryOrData() }
    } else {
      try name("a table")
      if at(.leftParen) { try columnList() }
    }
    guard take(.to) || (!isQuery && take(.from)) else { throw failure(isQuery ? "'TO'" : "FROM or TO") }
    let isProgram = take(.program)
    if at(.string) || at(.placeholder) || at(.bindParameter) {
      leaf(.literal)
    } else if isProgram || !(take(.stdin) || take(.stdout)) {
      throw failure("a file, STDIN or STDOUT")
    }
    if !at(.where), kind == .word || at(.leftParen) { try phrase(.copyOptions) }
    if at(.where) { try whereClause() }
    finish(mark, .copy)
  }

  /// BULK INSERT t FROM 'file' [WITH (...)].
  /// <https://learn.microsoft.com/sql/t-sql/statements/bulk-insert-transact-sql>
  mutating func bulkInsert() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.bulk)
    try expect(.insert)
    try name("a table")
    try expect(.from)
    try value()
    if at(.with) {
      advance()
      try phrase(.bulkOptions)
    }
    finish(mark, .bulkInsert)
  }
}
