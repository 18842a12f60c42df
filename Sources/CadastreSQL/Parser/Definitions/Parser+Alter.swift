internal import CadastreDialects

extension Parser {
  mutating func alter(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    switch keyword {
    case .table, .foreign, .external:
      if !at(.table), peekKeyword(1) != .table { return try alterOther(mark) }
      _ = take(.foreign) || take(.external)
      try alterTable(mark)
    case .procedure, .proc, .function:
      if dialect.procedural == .tsql { return try createRoutine(from: mark) }
      try alterOther(mark)
    case .trigger where dialect.procedural == .tsql: try createTrigger(from: mark)
    case .view where dialect.procedural == .tsql:
      advance()
      try name("a view")
      if at(.leftParen) { try columnList() }
      if at(.with) {
        advance()
        try list { (p) throws(SyntaxFailure) in try p.identifier("an option") }
      }
      try expect(.as)
      try query()
      if take(.with) {
        try expect(.check)
        try expect(.option)
      }
      finish(mark, .createView)
    default: try alterOther(mark)
    }
  }

  private mutating func alterOther(_ mark: Mark) throws(SyntaxFailure) {
    guard kind == .word, !isReserved(keyword) || at(.index) || at(.database) || at(.schema) || at(.user) || at(.default) || at(.view) || at(.procedure)
      || at(.function) || at(.trigger) || at(.foreign) || at(.external) || at(.column) || at(.authorization)
    else { throw failure("the kind of object to alter") }
    advance()
    guard atWord || at(.all) || at(.string) || at(.otherOperator) || at(.dot) else { throw failure("a name") }
    // the name, then the action, whose word may begin a statement elsewhere: ALTER DATABASE x SET ...
    while atWord || at(.dot) || at(.leftParen), !at(.set), !at(.merge), !at(.add), !at(.on), !at(.with) {
      if at(.leftParen) { try skipBrackets() } else { advance() }
      if !at(.dot), tokens[at - 1].kind != .dot, startsStatement(token) { break }
    }
    if at(.set) || at(.merge) || at(.add), kind == .word { advance() }
    restOfStatement()
    finish(mark, .otherDefinition)
  }

  private mutating func alterTable(_ mark: Mark) throws(SyntaxFailure) {
    try expect(.table)
    if take(.if) { try expect(.exists) }
    _ = take(.only)
    try name("a table")
    _ = take(.star)
    repeat {
      let action = self.mark()
      let flags = try alterAction()
      finish(action, .alterAction, flags: flags)
    } while take(.comma)
    finish(mark, .alterTable)
  }

  /// One action. Flags: 1 add, 2 drop column, 3 drop constraint, 4 alter column, 5 rename column, 6 rename table, 7 switch, 0 other.
  private mutating func alterAction() throws(SyntaxFailure) -> UInt8 {
    switch keyword {
    case .with where peekKeyword(1) == .check || peekKeyword(1) == .nocheck:
      at += 2
      if at(.constraint) {
        try checkConstraint()
        return 0
      }
      try expect(.add)
      try addElements()
      return 1
    case .add:
      advance()
      try addElements()
      return 1
    case .drop:
      advance()
      return try dropElements()
    case .alter:
      advance()
      _ = take(.column)
      try identifier("a column")
      try alterColumn()
      return 4
    case .rename:
      advance()
      if take(.to) {
        try identifier("a name")
        return 6
      }
      if take(.constraint) {
        at += 1
        try expect(.to)
        try identifier("a name")
        return 0
      }
      _ = take(.column)
      try identifier("a column")
      try expect(.to)
      try identifier("a name")
      return 5
    case .switch:
      advance()
      if take(.partition) { try expression() }
      try expect(.to)
      try name("a table")
      if take(.partition) { try expression() }
      if at(.with) {
        advance()
        try skipBrackets()
      }
      return 7
    case .check, .nocheck:
      advance()
      try checkConstraint()
      return 0
    case .enable, .disable:
      advance()
      _ = take(.replica) || take(.always)
      guard take(.trigger) || take(.rule) || take(.row) || kind == .word else { throw failure("TRIGGER") }
      if tokens[at - 1].keyword == .row {
        try expect(.level)
        try expect(.security)
        return 0
      }
      try list { (p) throws(SyntaxFailure) in
        guard p.atWord else { throw p.failure("a trigger") }
        p.advance()
      }
      return 0
    case .owner:
      advance()
      try expect(.to)
      advance()
      return 0
    case .set:
      advance()
      if at(.leftParen) { try skipBrackets() } else {
        guard kind == .word else { throw failure("an option") }
        advance()
        if kind == .word || at(.quotedName) { advance() }
      }
      return 0
    case .reset:
      advance()
      try skipBrackets()
      return 0
    case .attach, .detach:
      advance()
      try expect(.partition)
      try name("a table")
      if at(.for) || at(.default) { restOfStatement() }
      _ = take(.concurrently)
      return 0
    case .rebuild:
      advance()
      if take(.partition) {
        try expect(.equal, "'='")
        advance()
      }
      if at(.with) {
        advance()
        try skipBrackets()
      }
      return 0
    case .validate:
      advance()
      try expect(.constraint)
      advance()
      return 0
    case .inherit, .cluster, .no, .force, .replica, .without, .of, .not, .append:
      restOfStatementOrComma()
      return 0
    default: throw failure("ADD, DROP, ALTER or another change")
    }
  }

  private mutating func restOfStatementOrComma() {
    repeat { advance() } while kind == .word || at(.quotedName) || at(.dot)
  }

  private mutating func checkConstraint() throws(SyntaxFailure) {
    try expect(.constraint)
    if take(.all) { return }
    try list { (p) throws(SyntaxFailure) in try p.identifier("a constraint") }
  }

  private mutating func addElements() throws(SyntaxFailure) {
    let explicit = take(.column)
    if explicit || at(.if), take(.if) {
      try expect(.not)
      try expect(.exists)
    }
    if at(.leftParen), !explicit { return try tableElements() }
    repeat {
      switch keyword {
      case .constraint, .primary, .unique, .foreign, .check, .exclude, .default: try tableConstraint()
      case .period:
        at += 3
        try skipBrackets()
      default: try columnItem()
      }
      // T-SQL goes on with further elements, PostgreSQL with further actions
    } while has(.top) && take(.comma)
    if at(.not), peekKeyword(1) == .valid { at += 2 }
  }

  private mutating func dropElements() throws(SyntaxFailure) -> UInt8 {
    var flags: UInt8 = 2
    repeat {
      if take(.constraint) { flags = 3 } else if take(.column) { flags = 2 } else if take(.period) {
        at += 2
        continue
      } else if has(.top), flags == 2, tokens[at - 1].kind != .comma { flags = 3 }
      if take(.if) { try expect(.exists) }
      try identifier("a name")
      _ = take(.cascade) || take(.restrict)
      if at(.with), peek(1).kind == .leftParen {
        advance()
        try skipBrackets()
      }
    } while has(.top) && take(.comma)
    return flags
  }

  private mutating func alterColumn() throws(SyntaxFailure) {
    switch keyword {
    case .set:
      advance()
      if take(.default) { return try expression() }
      if take(.not) { return try expect(.null) }
      if take(.data) {
        _ = take(.type)
        return try alterType()
      }
      if at(.leftParen) { return try skipBrackets() }
      guard kind == .word else { throw failure("DEFAULT, NOT NULL or DATA TYPE") }
      repeat { advance() } while kind == .word || at(.number)
    case .drop:
      advance()
      if take(.not) { return try expect(.null) }
      guard take(.default) || take(.identity) || kind == .word else { throw failure("DEFAULT or NOT NULL") }
      if take(.if) { try expect(.exists) }
      if has(.top), take(.with) {}
      if kind == .word, !startsStatement(token), !at(.end) { advance() }
    case .type:
      advance()
      try alterType()
    case .add:
      advance()
      if at(.generated) { _ = try columnOption() } else { advance() }
    case .restart:
      restOfStatementOrComma()
    default:
      try typeName()
      while try columnOption() {}
      if at(.with), peek(1).kind == .leftParen {
        advance()
        try skipBrackets()
      }
    }
  }

  private mutating func alterType() throws(SyntaxFailure) {
    try typeName()
    if take(.collate) { try name("a collation") }
    if take(.using) { try expression() }
  }
}
