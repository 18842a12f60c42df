internal import CadastreDialects

extension Parser {
  mutating func alter(_ mark: Mark) throws(SyntaxFailure) {
    let start = self.mark()
    advance()
    switch keyword {
    case .table: try alterTable(mark)
    case .foreign where peekKeyword(1) == .table, .external where peekKeyword(1) == .table && has(.postgresDefinitions):
      advance()
      try alterTable(mark)
    case .procedure where has(.sqlServerDefinitions), .proc where has(.sqlServerDefinitions), .function where has(.sqlServerDefinitions):
      try createRoutine(from: mark)
    case .trigger where has(.sqlServerDefinitions): try createTrigger(from: mark)
    case .view where has(.sqlServerDefinitions): try createView(mark)
    default:
      rewind(start)
      try tableStatement()
    }
  }

  private mutating func alterTable(_ mark: Mark) throws(SyntaxFailure) {
    try expect(.table)
    if at(.all), peekKeyword(1) == .in {
      // PostgreSQL: ALTER TABLE ALL IN TABLESPACE
      rewind(Mark(token: mark.token, node: nodes.count))
      return try tableStatement()
    }
    if take(.if) { try expect(.exists) }
    if has(.postgresDefinitions) { _ = take(.only) }
    try name("a table")
    if has(.postgresDefinitions) { _ = take(.star) }
    repeat {
      let action = self.mark()
      let flags = try alterAction()
      finish(action, .alterAction, flags: flags)
    } while !has(.sqlServerDefinitions) && take(.comma)
    finish(mark, .alterTable)
  }

  /// One action. Flags: 1 add, 2 drop column, 3 drop constraint, 4 alter column, 5 rename column, 6 rename table, 7 switch, 0 other.
  private mutating func alterAction() throws(SyntaxFailure) -> UInt8 {
    if table.rule(.alterTableRedshift) != nil, atRedshiftAction {
      try phrase(.alterTableRedshift)
      return 0
    }
    switch keyword {
    case .with where peekKeyword(1) == .check || peekKeyword(1) == .nocheck:
      at += 2
      if at(.constraint) || at(.check) || at(.nocheck) {
        if !at(.constraint) { advance() }
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
      if at(.constraint), has(.postgresDefinitions) {
        advance()
        try plainIdentifier("a constraint")
        while at(.deferrable) || at(.not) || at(.initially) || at(.enforced) || at(.no) { try constraintTiming() }
        return 0
      }
      if at(.index), has(.sqlServerDefinitions) {
        advance()
        try plainIdentifier("an index")
        try expect(.rebuild)
        try phrase(.rebuildOptions)
        return 0
      }
      if has(.sqlServerDefinitions) { try expect(.column) } else { _ = take(.column) }
      if at(.number), has(.postgresDefinitions) { leaf(.identifier) } else { try plainIdentifier("a column") }
      try alterColumn()
      return 4
    case .rename where !has(.sqlServerDefinitions): return try renameAction()
    case .switch where has(.sqlServerDefinitions):
      advance()
      if take(.partition) { try value() }
      try expect(.to)
      try name("a table")
      if take(.partition) { try value() }
      if take(.with) { try phrase(.switchOptions) }
      return 7
    case .check, .nocheck:
      advance()
      try checkConstraint()
      return 0
    case .enable, .disable, .force, .no: try switchAction()
    case .set: try setAction()
    case .rebuild where has(.sqlServerDefinitions):
      advance()
      try phrase(.rebuildOptions)
    default: try otherAction()
    }
    return 0
  }

  /// Actions that Redshift has besides PostgreSQL's.
  private var atRedshiftAction: Bool {
    switch keyword {
    case .append, .row, .masking: true
    case .alter:
      switch peekKeyword(1) {
      case .diststyle, .distkey, .sortkey, .compound, .interleaved, .encode: true
      case .column: peekKeyword(3) == .encode
      default: false
      }
    case .add: peekKeyword(1) == .partition || (peekKeyword(1) == .if && peekKeyword(4) == .partition)
    case .drop: peekKeyword(1) == .partition
    case .set: peekKeyword(1) == .location || peekKeyword(1) == .file || peekKeyword(1) == .table
    case .partition: true
    default: false
    }
  }

  private mutating func constraintTiming() throws(SyntaxFailure) {
    if take(.initially) {
      guard take(.deferred) || take(.immediate) else { throw failure("DEFERRED or IMMEDIATE") }
      return
    }
    if take(.no) { return try expect(.inherit) }
    _ = take(.not)
    guard take(.deferrable) || take(.enforced) || take(.valid) else { throw failure("DEFERRABLE") }
  }

  private mutating func renameAction() throws(SyntaxFailure) -> UInt8 {
    try expect(.rename)
    if take(.to) {
      try plainIdentifier("a name")
      return 6
    }
    if take(.constraint) {
      try plainIdentifier("a constraint")
      try expect(.to)
      try plainIdentifier("a name")
      return 0
    }
    _ = take(.column)
    try plainIdentifier("a column")
    try expect(.to)
    try plainIdentifier("a name")
    return 5
  }

  /// ENABLE, DISABLE, FORCE and their like.
  private mutating func switchAction() throws(SyntaxFailure) {
    let isForce = at(.force) || at(.no)
    if take(.no) { guard at(.force) || at(.inherit) else { throw failure("FORCE or INHERIT") } }
    if take(.inherit) { return try name("a table") }
    advance()
    if at(.row), has(.postgresDefinitions) {
      at += 1
      try expect(.level)
      return try expect(.security)
    }
    if isForce { throw failure("ROW LEVEL SECURITY") }
    if has(.sqlServerDefinitions), isWord(token, "change_tracking") || isWord(token, "filetable_namespace") {
      advance()
      if take(.with) {
        try brackets { (p) throws(SyntaxFailure) in
          p.advance()
          try p.expect(.equal, "'='")
          guard p.take(.on) || p.take(.off) else { throw p.failure("ON or OFF") }
        }
      }
      return
    }
    _ = take(.replica) || take(.always)
    guard take(.trigger) || (has(.postgresDefinitions) && take(.rule)) else { throw failure("TRIGGER") }
    if take(.all) || (has(.postgresDefinitions) && take(.user)) { return }
    repeat { try plainIdentifier("a trigger") } while has(.sqlServerDefinitions) && take(.comma)
  }

  private mutating func setAction() throws(SyntaxFailure) {
    try expect(.set)
    if has(.sqlServerDefinitions) { return try phrase(.setOptions) }
    switch keyword {
    case .schema, .tablespace:
      advance()
      try plainIdentifier()
      _ = take(.nowait)
    case .access:
      advance()
      try expect(.method)
      if !take(.default) { try plainIdentifier("an access method") }
    case .logged, .unlogged: advance()
    case .with, .without:
      advance()
      guard take(.oids) || take(.cluster) else { throw failure("CLUSTER or OIDS") }
    default: try phrase(.storageParameters)
    }
  }

  /// Actions of PostgreSQL that change no column.
  private mutating func otherAction() throws(SyntaxFailure) {
    switch keyword {
    case .owner where has(.postgresDefinitions):
      advance()
      try expect(.to)
      try phrase(.roleName)
    case .reset where has(.postgresDefinitions):
      advance()
      try phrase(.storageParameterNames)
    case .attach where has(.postgresDefinitions):
      advance()
      try expect(.partition)
      try name("a table")
      try partitionBound()
    case .detach where has(.postgresDefinitions):
      advance()
      try expect(.partition)
      try name("a table")
      _ = take(.concurrently) || take(.finalize)
    case .validate where has(.postgresDefinitions):
      advance()
      try expect(.constraint)
      try plainIdentifier("a constraint")
    case .inherit where has(.postgresDefinitions):
      advance()
      try name("a table")
    case .cluster where has(.postgresDefinitions):
      advance()
      try expect(.on)
      try plainIdentifier("an index")
    case .of where has(.postgresDefinitions):
      advance()
      try name("a type")
    case .not where has(.postgresDefinitions):
      advance()
      try expect(.of)
    case .replica where has(.postgresDefinitions):
      advance()
      try expect(.identity)
      if take(.using) {
        try expect(.index)
        try plainIdentifier("an index")
      } else if !(take(.default) || take(.full) || take(.nothing)) {
        throw failure("DEFAULT, USING INDEX, FULL or NOTHING")
      }
    case .options where has(.postgresDefinitions):
      advance()
      try phrase(.fdwOptions)
    default: throw failure("ADD, DROP, ALTER or another change")
    }
  }

  private mutating func checkConstraint() throws(SyntaxFailure) {
    try expect(.constraint)
    if take(.all) { return }
    try list { (p) throws(SyntaxFailure) in try p.plainIdentifier("a constraint") }
  }

  private mutating func addElements() throws(SyntaxFailure) {
    let explicit = !has(.sqlServerDefinitions) && take(.column)
    if take(.if) {
      try expect(.not)
      try expect(.exists)
    }
    if at(.leftParen), !explicit { return try tableElements() }
    repeat {
      switch keyword {
      case .constraint, .primary, .unique, .foreign, .check: try tableConstraint()
      case .exclude where peek(1).kind == .leftParen || peekKeyword(1) == .using: try tableConstraint()
      case .default where has(.sqlServerDefinitions): try tableConstraint()
      case .period where peekKeyword(1) == .for: try period()
      case .index where has(.sqlServerDefinitions): try inlineIndex()
      default: try columnItem()
      }
      // T-SQL goes on with further elements, PostgreSQL with further actions
    } while has(.sqlServerDefinitions) && take(.comma)
  }

  private mutating func dropElements() throws(SyntaxFailure) -> UInt8 {
    var flags: UInt8 = has(.sqlServerDefinitions) ? 3 : 2
    repeat {
      if take(.constraint) {
        flags = 3
      } else if take(.column) {
        flags = 2
      } else if has(.sqlServerDefinitions), take(.index) {
        flags = 0
      } else if has(.sqlServerDefinitions), take(.period) {
        try expect(.for)
        try expect(.system_time)
        continue
      }
      if take(.if) { try expect(.exists) }
      try plainIdentifier("a name")
      if !has(.sqlServerDefinitions) { _ = take(.cascade) || take(.restrict) }
      if at(.with), peek(1).kind == .leftParen, has(.sqlServerDefinitions) {
        advance()
        try phrase(.dropConstraintOptions)
      }
    } while has(.sqlServerDefinitions) && take(.comma)
    return flags
  }

  private mutating func alterColumn() throws(SyntaxFailure) {
    if has(.sqlServerDefinitions) { return try alterColumnOfTSQL() }
    switch keyword {
    case .set: try setColumn()
    case .drop:
      advance()
      if take(.not) { return try expect(.null) }
      guard take(.default) || take(.identity) || take(.expression) else { throw failure("DEFAULT, NOT NULL, IDENTITY or EXPRESSION") }
      if take(.if) { try expect(.exists) }
    case .type:
      advance()
      try alterType()
    case .add:
      advance()
      guard at(.generated) else { throw failure("'GENERATED'") }
      _ = try columnOption()
    case .reset:
      advance()
      try phrase(.storageParameterNames)
    case .restart: try phrase(.sequenceOptions)
    case .options:
      advance()
      try phrase(.fdwOptions)
    default: throw failure("SET, DROP, TYPE, ADD or RESTART")
    }
  }

  private mutating func setColumn() throws(SyntaxFailure) {
    try expect(.set)
    switch keyword {
    case .default:
      advance()
      try expression()
    case .not:
      advance()
      try expect(.null)
    case .data:
      advance()
      try expect(.type)
      try alterType()
    case .statistics:
      advance()
      if !take(.default) {
        _ = take(.hyphen)
        guard take(.number) else { throw failure("a number") }
      }
    case .storage, .compression:
      advance()
      guard kind == .word else { throw failure("a kind of storage") }
      advance()
    case .generated:
      advance()
      if !take(.always) {
        try expect(.by)
        try expect(.default)
      }
      if at(.set) || at(.restart) { try moreSequenceOptions() }
    case .expression:
      advance()
      try expect(.as)
      try brackets { (p) throws(SyntaxFailure) in try p.expression() }
    case .increment, .minvalue, .maxvalue, .no, .start, .cache, .cycle, .restart:
      try phrase(.sequenceOptions)
      if at(.set) { try moreSequenceOptions() }
    default: try phrase(.storageParameters)
    }
  }

  private mutating func moreSequenceOptions() throws(SyntaxFailure) {
    while at(.set) || at(.restart) {
      _ = take(.set)
      try phrase(.sequenceOptions)
    }
  }

  /// `type [COLLATE x] [NULL | NOT NULL] ...`, or ADD and DROP of ROWGUIDCOL, SPARSE, MASKED and the like.
  /// <https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql>
  private mutating func alterColumnOfTSQL() throws(SyntaxFailure) {
    if at(.add) || at(.drop) {
      let adds = at(.add)
      advance()
      switch keyword {
      case .rowguidcol, .persisted, .sparse, .hidden: advance()
      case .not where peekKeyword(1) == .for:
        at += 2
        try expect(.replication)
      case .masked:
        advance()
        if adds {
          try expect(.with)
          try phrase(.maskedOptions)
        }
      default: throw failure("ROWGUIDCOL, PERSISTED, NOT FOR REPLICATION, SPARSE, HIDDEN or MASKED")
      }
      return
    }
    try typeName()
    while at(.collate) || at(.null) || at(.not) || at(.sparse) || at(.masked) || at(.encrypted) || at(.rowguidcol) || at(.hidden) {
      try columnOption()
    }
    if at(.with), peek(1).kind == .leftParen {
      advance()
      try phrase(.indexOptions)
    }
  }

  private mutating func alterType() throws(SyntaxFailure) {
    try typeName()
    if take(.collate) { try name("a collation") }
    if take(.using) { try expression() }
  }
}
