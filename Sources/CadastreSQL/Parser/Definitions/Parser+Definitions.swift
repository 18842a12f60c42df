internal import CadastreDialects

extension Parser {
  /// CREATE, ALTER, DROP, GRANT, REVOKE, DENY, COMMENT.
  mutating func definition() throws(SyntaxFailure) {
    let mark = mark()
    switch keyword {
    case .create: try create(mark)
    case .alter: try alter(mark)
    case .drop: try drop(mark)
    case .comment: try commentOn(mark)
    default: try grant(mark)
    }
  }

  private mutating func create(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    if take(.or) { guard take(.replace) || take(.alter) else { throw failure("REPLACE or ALTER") } }
    let temporary = takeTablePrefix()
    switch keyword {
    case .table: try createTable(mark, temporary: temporary)
    case .view, .recursive: try createView(mark)
    case .materialized: try createView(mark)
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
      try createTable(mark, temporary: false)
    case .external where peekKeyword(1) == .table:
      advance()
      try createTable(mark, temporary: false)
    default: try otherDefinition(mark)
    }
  }

  /// [GLOBAL | LOCAL] TEMP[ORARY], UNLOGGED; answers whether the table is temporary.
  private mutating func takeTablePrefix() -> Bool {
    _ = take(.global) || take(.local)
    if take(.temporary) || take(.temp) { return true }
    _ = take(.unlogged)
    return false
  }

  private mutating func ifNotExists() throws(SyntaxFailure) {
    guard at(.if) else { return }
    advance()
    try expect(.not)
    try expect(.exists)
  }

  /// Definitions that say nothing of data: the object's kind must be a known one, brackets must close.
  private mutating func otherDefinition(_ mark: Mark) throws(SyntaxFailure) {
    switch keyword {
    case .database, .user, .login, .role, .server, .statistics, .partition, .rule, .policy, .security, .publication, .subscription,
      .extension, .aggregate, .operator, .cast, .external, .fulltext, .xml, .certificate, .symmetric_key, .asymmetric_key, .assembly,
      .contract, .message, .queue, .service, .route, .broker, .event, .language, .trusted, .procedural, .collation,
      .text, .tablespace, .group, .foreign, .transform, .credential, .audit, .endpoint, .default, .symmetric, .asymmetric, .column,
      .primary, .search:
      advance()
    default:
      guard kind == .word, keyword != .select, keyword != .from, keyword != .or else { throw failure("the kind of object to create") }
      guard Self.otherKinds.contains(tokenText(token).lowercased()) else { throw failure("the kind of object to create") }
      advance()
    }
    guard atWord || at(.string) || at(.leftParen) || at(.otherOperator) || at(.equal) || at(.less) || at(.greater) else { throw failure("a name") }
    restOfStatement()
    finish(mark, .otherDefinition)
  }

  /// Kinds of objects that are no words of the grammar elsewhere.
  private static let otherKinds: Set<String> = [
    "access", "conversion", "master", "application", "resource", "availability", "remote", "cryptographic", "spatial", "workload",
    "selective", "json", "vector",
  ]

  private mutating func createSchema(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    try ifNotExists()
    if at(.authorization) {
      advance()
      try identifier("an owner")
    } else {
      try name("a schema")
      if take(.authorization) { try identifier("an owner") }
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

  mutating func sequenceOptions() throws(SyntaxFailure) {
    while true {
      let option = self.mark()
      switch keyword {
      case .as:
        advance()
        try typeName()
      case .start, .increment, .minvalue, .maxvalue, .cache, .restart:
        advance()
        _ = take(.with) || take(.by)
        _ = take(.hyphen)
        _ = take(.number)
      case .no:
        at += 2
      case .cycle: advance()
      case .owned:
        at += 2
        try name("a column")
      default:
        if kind == .word, tokenText(token).lowercased() == "nocycle" || tokenText(token).lowercased() == "nocache" {
          advance()
        } else {
          return
        }
      }
      finish(option, .tableOption)
    }
  }

  private mutating func createType(_ mark: Mark) throws(SyntaxFailure) {
    let domain = at(.domain)
    advance()
    try name("a type")
    if domain {
      _ = take(.as)
      try typeName()
      while at(.default) || at(.not) || at(.null) || at(.check) || at(.constraint) || at(.collate) { try columnOption() }
    } else if take(.from) {
      try typeName()
      if take(.not) { try expect(.null) } else { _ = take(.null) }
    } else if take(.as) {
      if at(.table) {
        advance()
        try tableElements()
        while at(.with) {
          advance()
          try skipBrackets()
        }
      } else if at(.leftParen) {
        try tableElements()
      } else {
        guard take(.enum) || take(.range) else { throw failure("TABLE, ENUM, RANGE or '('") }
        try skipBrackets()
      }
    } else if at(.leftParen) {
      try skipBrackets()
    } else if at(.external) {
      restOfStatement()
    }
    finish(mark, .createType)
  }

  private mutating func createView(_ mark: Mark) throws(SyntaxFailure) {
    let materialized = take(.materialized)
    _ = take(.recursive)
    try expect(.view)
    try ifNotExists()
    try name("a view")
    if at(.leftParen) { try columnList() }
    while at(.with) || at(.using) || at(.tablespace) {
      let option = self.mark()
      if at(.with), peek(1).kind == .leftParen {
        advance()
        try skipBrackets()
      } else if at(.with) {
        advance()
        try list { (p) throws(SyntaxFailure) in try p.identifier("an option") }
      } else {
        at += 2
      }
      finish(option, .tableOption)
    }
    try expect(.as)
    try query()
    if at(.with) {
      if peekKeyword(1) == .no || peekKeyword(1) == .data {
        advance()
        _ = take(.no)
        try expect(.data)
      } else {
        advance()
        _ = take(.cascaded) || take(.local)
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
    _ = take(.concurrently)
    try ifNotExists()
    if !at(.on) { try name("an index") }
    try expect(.on)
    _ = take(.only)
    let table = self.mark()
    try name("a table")
    finish(table, .target)
    if take(.using) { try identifier("an access method") }
    if at(.leftParen) { try keyColumns() } else if flags & 8 == 0 { throw failure("'('") }
    try indexTail()
    finish(mark, .createIndex, flags: flags)
  }

  /// INCLUDE, WHERE, WITH, ON of an index or key.
  mutating func indexTail() throws(SyntaxFailure) {
    while true {
      let option = mark()
      switch keyword {
      case .include:
        advance()
        try columnList()
        finish(option, .includeColumns)
      case .where: try whereClause()
      case .with:
        guard peek(1).kind == .leftParen || peekKeyword(1) == .fillfactor else { return }
        advance()
        if at(.leftParen) { try skipBrackets() } else { at += 3 }
        finish(option, .tableOption)
      case .on where has(.top):
        advance()
        try name("a file group")
        if at(.leftParen) { try skipBrackets() }
        finish(option, .tableOption)
      case .tablespace:
        at += 2
        finish(option, .tableOption)
      case .nulls:
        advance()
        _ = take(.not)
        try expect(.distinct)
      default: return
      }
    }
  }

  /// `(a DESC, lower(b), ...)`.
  mutating func keyColumns() throws(SyntaxFailure) {
    let mark = mark()
    try brackets { (p) throws(SyntaxFailure) in
      try p.list { (p) throws(SyntaxFailure) in
        let item = p.mark()
        try p.expression()
        if p.kind == .word, !p.at(.asc), !p.at(.desc), !p.at(.nulls), !p.at(.include) { p.advance() }  // operator class
        var flags: UInt8 = 0
        if p.take(.desc) { flags = 1 } else { _ = p.take(.asc) }
        if p.take(.nulls) { flags |= p.at(.first) ? 2 : 4; p.advance() }
        p.finish(item, .keyColumn, flags: flags)
      }
    }
    finish(mark, .keyColumns)
  }

  // MARK: DROP, GRANT, COMMENT

  private mutating func drop(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    guard kind == .word else { throw failure("the kind of object to drop") }
    _ = take(.materialized) || take(.foreign) || take(.external)
    let kindMark = self.mark()
    switch keyword {
    case .table, .view, .procedure, .proc, .function, .trigger, .index, .schema, .sequence, .synonym, .type, .database, .user, .login,
      .role, .statistics, .domain, .extension, .aggregate, .rule, .default, .column, .policy, .constraint, .publication, .subscription, .assembly, .collation, .server, .tablespace, .language, .text, .operator, .cast, .owned, .event, .partition, .security,
      .service, .queue, .contract, .message, .route, .symmetric, .asymmetric, .certificate, .credential, .fulltext, .xml, .group: advance()
    default:
      guard Self.otherKinds.contains(tokenText(token).lowercased()) || tokenText(token).lowercased() == "routine" else {
        throw failure("the kind of object to drop")
      }
      advance()
    }
    finish(kindMark, .identifier)
    let simple = peek(0).kind == .word || at(.quotedName) || at(.placeholder)
    guard simple || at(.otherOperator) || at(.leftParen) || at(.dot) else { throw failure("a name") }
    switch tokens[kindMark.token].keyword {
    case .table, .view, .procedure, .proc, .function, .schema, .sequence, .synonym, .index, .trigger, .type:
      _ = take(.concurrently)
      if take(.if) { try expect(.exists) }
      try list { (p) throws(SyntaxFailure) in
        try p.name("a name")
        if p.at(.leftParen) { try p.skipBrackets() }
        if p.take(.on) {
          if p.take(.all) { try p.expect(.server) } else if !p.take(.database) { try p.name("a table") }
        }
      }
      if at(.with), peek(1).kind == .leftParen {
        advance()
        try skipBrackets()
      }
      _ = take(.cascade) || take(.restrict)
    default: restOfStatement()
    }
    finish(mark, .drop)
  }

  private mutating func grant(_ mark: Mark) throws(SyntaxFailure) {
    let first = keyword
    advance()
    guard kind == .word else { throw failure("a privilege") }
    var seen = false
    var open = 0
    while !at(.endOfFile), !at(.semicolon), !at(.batchSeparator) {
      if at(.leftParen) { open += 1 }
      if at(.rightParen) { open -= 1 }
      if open == 0, at(.to) || at(.from) {
        seen = true
        advance()
        break
      }
      advance()
    }
    guard seen else { throw failure(first == .revoke ? "FROM" : "TO") }
    try list { (p) throws(SyntaxFailure) in
      _ = p.take(.group) || p.take(.role)
      guard p.atWord || p.at(.string) else { throw p.failure("a grantee") }
      p.advance()
    }
    if at(.with) {
      advance()
      advance()
      try expect(.option)
    }
    if take(.granted) {
      advance()
      advance()
    }
    _ = take(.cascade) || take(.restrict)
    if take(.as) { advance() }
    finish(mark, .grant)
  }

  private mutating func commentOn(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    try expect(.on)
    let kindMark = self.mark()
    _ = take(.materialized) || take(.foreign)
    guard kind == .word else { throw failure("the kind of object") }
    advance()
    if at(.search) || at(.trigger) { advance() }
    finish(kindMark, .identifier)
    if !at(.is) {
      if at(.leftParen) { try skipBrackets() } else if at(.otherOperator) { advance() } else { try name("a name") }
      if at(.leftParen) { try skipBrackets() }
      while at(.on) || at(.using) || at(.for) || at(.domain) || at(.language) || at(.as) {
        advance()
        if !at(.domain), atName { try name("a name") }
      }
    }
    try expect(.is)
    guard at(.string) || at(.null) || at(.dollarString) || at(.placeholder) else { throw failure("a string or NULL") }
    leaf(.literal)
    finish(mark, .commentOn)
  }
}
