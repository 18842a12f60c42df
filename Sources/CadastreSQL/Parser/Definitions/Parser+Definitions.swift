internal import CadastreDialects

extension Parser {
  /// CREATE, ALTER, DROP, COMMENT.
  mutating func definition() throws(SyntaxFailure) {
    let mark = mark()
    switch keyword {
    case .create: try create(mark)
    case .alter: try alter(mark)
    case .drop: try drop(mark)
    default: try commentOn(mark)
    }
  }

  private mutating func create(_ mark: Mark) throws(SyntaxFailure) {
    let start = self.mark()
    advance()
    let replaces = at(.or)
    if take(.or) {
      guard has(.sqlServerDefinitions) ? take(.alter) : take(.replace) else { throw failure(has(.sqlServerDefinitions) ? "'ALTER'" : "'REPLACE'") }
    }
    let prefixed = self.mark()
    let temporary = takeTablePrefix()
    if replaces, !has(.replacesTables), !canBeReplaced { throw failure("an object that can be replaced") }
    switch keyword {
    case .table: try createTable(mark, temporary: temporary)
    case .view, .recursive, .materialized: try createView(mark)
    case .macro where has(.macros), .function where has(.macros): try createMacro(mark)
    case .procedure, .proc, .function: try createRoutine(from: mark)
    case .trigger: try createTrigger(from: mark)
    case .constraint where peekKeyword(1) == .trigger: try createTrigger(from: mark)
    case .unique, .clustered, .nonclustered, .index, .columnstore: try createIndex(mark)
    case .schema: try createSchema(mark)
    case .sequence: try createSequence(mark)
    case .synonym:
      advance()
      try name("a synonym")
      try expect(.for)
      try name("an object")
      finish(mark, .createSynonym)
    case .type, .domain: try createType(mark)
    case .foreign where peekKeyword(1) == .table:
      advance()
      try createTable(mark)
    case .external where peekKeyword(1) == .table:
      advance()
      try createTable(mark, external: true)
    default:
      guard prefixed.token == at else { throw failure("TABLE, VIEW or SEQUENCE") }
      rewind(start)
      try tableStatement()
    }
  }

  /// Whether OR REPLACE or OR ALTER may stand before what is defined here.
  private var canBeReplaced: Bool {
    switch keyword {
    case .table, .materialized, .index, .unique, .clustered, .nonclustered, .schema, .sequence, .synonym, .type, .domain, .database, .extension:
      false
    default: true
    }
  }

  /// [GLOBAL | LOCAL] TEMP[ORARY], UNLOGGED; answers whether the table is temporary.
  private mutating func takeTablePrefix() -> Bool {
    guard !has(.sqlServerDefinitions) else { return false }
    _ = take(.global) || take(.local)
    if take(.temporary) || take(.temp) { return true }
    _ = take(.unlogged)
    return false
  }

  mutating func ifNotExists() throws(SyntaxFailure) {
    guard at(.if), !has(.sqlServerDefinitions) else { return }
    advance()
    try expect(.not)
    try expect(.exists)
  }

  private mutating func createSchema(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    try ifNotExists()
    if !at(.authorization) { try name("a schema") }
    if take(.authorization) { if table.rule(.roleName) != nil { try phrase(.roleName) } else { try plainIdentifier("an owner") } }
    if isWord(token, "quota"), has(.partiQL) {
      advance()
      guard take(.number) || take(.unlimited) else { throw failure("a size") }
      if kind == .word { advance() }
    }
    // objects that are made in the schema at once
    while at(.create) || (at(.grant) && (has(.postgresDefinitions) || startsLine(at))) {
      try nested { (p) throws(SyntaxFailure) in try p.statementBody() }
    }
    finish(mark, .createSchema)
  }

  private mutating func createSequence(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    try ifNotExists()
    try name("a sequence")
    try sequenceOptions()
    finish(mark, .createSequence)
  }

  /// Options of a sequence, in any order.
  private mutating func sequenceOptions() throws(SyntaxFailure) {
    guard has(.sqlServerDefinitions) else {
      return optionalPhrase(.sequenceOptions, as: .tableOption)
    }
    while true {
      let option = self.mark()
      switch keyword {
      case .as:
        advance()
        try typeName()
      case .start, .increment:
        let first: Keyword = at(.start) ? .with : .by
        advance()
        try expect(first)
        try signedNumber()
      case .minvalue, .maxvalue:
        advance()
        try signedNumber()
      case .cache:
        advance()
        _ = take(.number)
      case .no:
        advance()
        guard take(.minvalue) || take(.maxvalue) || take(.cycle) || take(.cache) else { throw failure("MINVALUE, MAXVALUE, CYCLE or CACHE") }
      case .cycle: advance()
      default: return
      }
      finish(option, .tableOption)
    }
  }

  private mutating func signedNumber() throws(SyntaxFailure) {
    _ = take(.hyphen) || take(.plus)
    guard take(.number) || take(.placeholder) else { throw failure("a number") }
  }

  private mutating func createType(_ mark: Mark) throws(SyntaxFailure) {
    let domain = at(.domain)
    advance()
    try name("a type")
    if domain {
      _ = take(.as)
      try typeName()
      while at(.default) || at(.not) || at(.null) || at(.check) || at(.constraint) || at(.collate) { try columnOption() }
    } else if at(.from), has(.sqlServerDefinitions) {
      advance()
      try typeName()
      if take(.not) { try expect(.null) } else { _ = take(.null) }
    } else if at(.external), has(.sqlServerDefinitions) {
      advance()
      try expect(.name)
      try name("an assembly's class")
    } else if take(.as) {
      if has(.sqlServerDefinitions) {
        try expect(.table)
        try tableElements()
        if take(.with) { try phrase(.tableOptions) }
      } else if at(.leftParen) {
        try tableElements()
      } else if take(.enum) {
        try phrase(.enumLabels)
      } else if has(.fieldTypes) {
        try typeName()
      } else {
        guard take(.range) else { throw failure("ENUM, RANGE or '('") }
        try phrase(.rangeDefinition)
      }
    } else if at(.leftParen), !has(.sqlServerDefinitions) {
      try phrase(.typeDefinition)
    } else if has(.sqlServerDefinitions) {
      throw failure("FROM, AS TABLE or EXTERNAL NAME")
    }
    finish(mark, .createType)
  }

  /// Behind CREATE or ALTER: VIEW and all of it.
  mutating func createView(_ mark: Mark) throws(SyntaxFailure) {
    let materialized = take(.materialized)
    if !has(.sqlServerDefinitions) { _ = take(.recursive) }
    try expect(.view)
    try ifNotExists()
    try name("a view")
    if at(.leftParen) { try columnList() }
    let option = self.mark()
    if materialized, table.rule(.materializedViewOptions) != nil, !at(.as) {
      try phrase(.materializedViewOptions)
    }
    while at(.with) || at(.using) || at(.tablespace) {
      if at(.with), has(.sqlServerDefinitions) {
        advance()
        try phrase(at(.leftParen) ? .tableOptions : .viewOptions)
      } else if at(.with) {
        advance()
        try phrase(.storageParameters)
      } else {
        advance()
        try plainIdentifier()
      }
    }
    if at > option.token { finish(option, .tableOption) }
    try expect(.as)
    try query()
    if at(.with) {
      advance()
      if materialized {
        _ = take(.no)
        try expect(.data)
      } else if at(.no), peekKeyword(1) == .schema {
        // Redshift's late-binding view
        at += 2
        try expect(.binding)
      } else {
        if !has(.sqlServerDefinitions) { _ = take(.cascaded) || take(.local) }
        try expect(.check)
        try expect(.option)
      }
    }
    finish(mark, .createView, flags: materialized ? 1 : 0)
  }

  private mutating func createIndex(_ mark: Mark) throws(SyntaxFailure) {
    var flags: UInt8 = take(.unique) ? 1 : 0
    if take(.clustered) { flags |= 2 } else if take(.nonclustered) { flags |= 4 }
    if take(.columnstore) { flags |= 8 }
    try expect(.index)
    if !has(.sqlServerDefinitions) { _ = take(.concurrently) }
    let guarded = at(.if)
    try ifNotExists()
    if guarded || !(at(.on) && has(.postgresDefinitions)) { try name("an index") }
    try expect(.on)
    if has(.postgresDefinitions) { _ = take(.only) }
    let table = self.mark()
    try name("a table")
    finish(table, .target)
    if take(.using) { try plainIdentifier("an access method") }
    if at(.leftParen) { try keyColumns() } else if flags & 8 == 0 { throw failure("'('") }
    try indexTail()
    finish(mark, .createIndex, flags: flags)
  }

  /// INCLUDE, WHERE, WITH, ON of an index or key.
  mutating func indexTail() throws(SyntaxFailure) {
    while true {
      let option = mark()
      switch keyword {
      case .include where peek(1).kind == .leftParen:
        advance()
        try columnList()
        finish(option, .includeColumns)
      case .where:
        try whereClause()
        if has(.postgresDefinitions) { return }
      case .order where peek(1).kind == .leftParen && has(.sqlServerDefinitions):
        advance()
        try keyColumns()
        finish(option, .tableOption)
      case .with:
        if peek(1).kind == .leftParen {
          advance()
          try phrase(has(.sqlServerDefinitions) ? .indexOptions : .storageParameters)
        } else if has(.sqlServerDefinitions), atOldIndexOption(1) {
          advance()
          repeat {
            advance()
            if tokens[at - 1].keyword == .fillfactor {
              try expect(.equal, "'='")
              try signedNumber()
            }
          } while atOldIndexOption(1) && take(.comma)
        } else {
          return
        }
        finish(option, .tableOption)
      case .on where has(.sqlServerDefinitions) && peekKeyword(1) != .delete && peekKeyword(1) != .update:
        advance()
        try storagePlace()
        finish(option, .tableOption)
      case .filestream_on where has(.sqlServerDefinitions):
        advance()
        guard atWord || at(.string) else { throw failure("a file group") }
        advance()
        finish(option, .tableOption)
      case .tablespace where has(.postgresDefinitions):
        advance()
        try plainIdentifier("a tablespace")
        finish(option, .tableOption)
      case .using where has(.postgresDefinitions) && peekKeyword(1) == .index:
        at += 2
        try expect(.tablespace)
        try plainIdentifier("a tablespace")
        finish(option, .tableOption)
      case .nulls where has(.postgresDefinitions):
        advance()
        _ = take(.not)
        try expect(.distinct)
      default: return
      }
    }
  }

  /// Index options of SQL Server before 2005, still read: `WITH PAD_INDEX, IGNORE_DUP_KEY`.
  private func atOldIndexOption(_ offset: Int) -> Bool {
    let token = peek(offset)
    return token.keyword == .fillfactor || isWord(token, "pad_index") || isWord(token, "ignore_dup_key") || isWord(token, "drop_existing") || isWord(token, "statistics_norecompute")
      || isWord(token, "sort_in_tempdb")
  }

  /// `(a DESC, lower(b), ...)`.
  ///
  /// - Parameter plain: columns only, without order, operator class or collation.
  mutating func keyColumns(plain: Bool = false) throws(SyntaxFailure) {
    let mark = mark()
    try brackets { (p) throws(SyntaxFailure) in
      try p.list { (p) throws(SyntaxFailure) in
        let item = p.mark()
        if plain {
          try p.name("a column")
          return p.finish(item, .keyColumn)
        }
        // a column, a call, or any expression in brackets
        try p.primary()
        if p.take(.collate) {
          try p.name("a collation")
          p.finish(item, .collate)
        }
        if p.has(.postgresDefinitions), p.atName, !p.at(.nulls), !p.at(.include) {
          let place = p.mark()
          try p.name("an operator class")
          p.nodes.removeLast(p.nodes.count - place.node)
          if p.at(.leftParen) { try p.phrase(.storageParameters) }
        }
        var flags: UInt8 = 0
        if p.take(.desc) { flags = 1 } else { _ = p.take(.asc) }
        if p.at(.nulls), !p.has(.sqlServerDefinitions) {
          p.advance()
          guard p.at(.first) || p.at(.last) else { throw p.failure("FIRST or LAST") }
          flags |= p.at(.first) ? 2 : 4
          p.advance()
        }
        p.finish(item, .keyColumn, flags: flags)
      }
    }
    finish(mark, .keyColumns)
  }

  // MARK: DROP, COMMENT

  private mutating func drop(_ mark: Mark) throws(SyntaxFailure) {
    let start = self.mark()
    advance()
    if at(.materialized) || at(.foreign) || at(.external), peekKeyword(1) == .view || (peekKeyword(1) == .table && !has(.sqlServerDefinitions)) { advance() }
    let kindMark = self.mark()
    let object = keyword
    switch object {
    case .table, .view, .procedure, .proc, .function, .schema, .sequence, .synonym, .index, .trigger, .type, .domain, .routine: advance()
    default:
      rewind(start)
      return try tableStatement()
    }
    finish(kindMark, .identifier)
    if object == .index, has(.postgresDefinitions) { _ = take(.concurrently) }
    if take(.if) { try expect(.exists) }
    try list { (p) throws(SyntaxFailure) in
      try p.name("a name")
      if p.at(.leftParen) {
        guard object == .function || object == .procedure || object == .routine else { throw p.failure("';' or the end of the statement") }
        try p.postgresParameterList()
      }
      if object == .index || object == .trigger, p.take(.on) {
        if object == .trigger, p.has(.sqlServerDefinitions) {
          if p.take(.all) { try p.expect(.server) } else { try p.expect(.database) }
        } else {
          try p.name("a table")
        }
      }
      if p.at(.with), p.peek(1).kind == .leftParen, p.has(.sqlServerDefinitions) {
        p.advance()
        try p.phrase(.dropConstraintOptions)
      }
    }
    if object == .schema, has(.partiQL), at(.drop) {
      advance()
      try expect(.external)
      try expect(.database)
    }
    if !has(.sqlServerDefinitions) { _ = take(.cascade) || take(.restrict) }
    finish(mark, .drop)
  }

  /// COMMENT ON object IS 'text'.
  /// <https://www.postgresql.org/docs/17/sql-comment.html>
  private mutating func commentOn(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    try expect(.on)
    let kindMark = self.mark()
    _ = take(.materialized) || take(.foreign)
    let object = keyword
    guard kind == .word else { throw failure("the kind of object") }
    advance()
    switch object {
    case .text: try expect(.search)
    case .event: try expect(.trigger)
    case .access: try expect(.method)
    case .procedural: try expect(.language)
    case .large: try expect(.object)
    case .operator: _ = take(.class) || take(.family)
    default: break
    }
    if object == .text || object == .data { guard kind == .word else { throw failure("the kind of object") } }
    if object == .text { advance() }
    if object == .data { try expect(.wrapper) }
    finish(kindMark, .identifier)
    try commentedObject(object)
    try expect(.is)
    guard at(.string) || at(.null) || at(.dollarString) || at(.placeholder) || at(.bindParameter) else { throw failure("a string or NULL") }
    let value = self.mark()
    advance()
    while at(.string) { advance() }
    finish(value, .literal)
    finish(mark, .commentOn)
  }

  private mutating func commentedObject(_ object: Keyword) throws(SyntaxFailure) {
    switch object {
    case .large:
      guard take(.number) else { throw failure("a number") }
    case .cast:
      try brackets { (p) throws(SyntaxFailure) in
        try p.typeName()
        try p.expect(.as)
        try p.typeName()
      }
    case .operator:
      while kind == .word || kind == .quotedName, peek(1).kind == .dot { at += 2 }
      advance()
      if at(.leftParen) {
        try brackets { (p) throws(SyntaxFailure) in
          try p.list { (p) throws(SyntaxFailure) in if !p.take(.none) { try p.typeName() } }
        }
      }
      if take(.using) { try plainIdentifier() }
    case .aggregate:
      try name()
      try aggregateSignature()
    case .function, .procedure, .routine:
      try name()
      if at(.leftParen) { try postgresParameterList() }
    case .transform:
      try expect(.for)
      try typeName()
      try expect(.language)
      try plainIdentifier("a language")
    default:
      try name()
      if object == .constraint || object == .policy || object == .rule || object == .trigger {
        if object == .constraint || object == .trigger || at(.on) {
          try expect(.on)
          _ = take(.domain)
          try name("a table")
        }
      }
    }
  }
}
