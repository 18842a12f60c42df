internal import CadastreDialects

extension Parser {
  /// Behind CREATE [TEMP]: TABLE and all of it. Flags bit 0: temporary.
  mutating func createTable(_ mark: Mark, temporary: Bool = false, external: Bool = false) throws(SyntaxFailure) {
    try expect(.table)
    try ifNotExists()
    try name("a table")
    var hasShape = false
    if at(.partition), peekKeyword(1) == .of {
      let parent = self.mark()
      at += 2
      try name("a table")
      finish(parent, .likeClause)
      if at(.leftParen) { try tableElements(bareColumns: true) }
      try partitionBound()
      hasShape = true
    } else if take(.of) {
      try name("a type")
      if at(.leftParen) { try tableElements(bareColumns: true) }
      hasShape = true
    } else if at(.leftParen), !atQuery(peekFrom: 1) {
      if isPlainColumnList {
        try columnList()
      } else {
        try tableElements()
        hasShape = true
      }
    }
    if at(.as), has(.sqlServerDefinitions), peekKeyword(1) == .node || peekKeyword(1) == .edge || isWord(peek(1), "filetable") {
      at += 2
      hasShape = true
    }
    if external { try externalTail() } else { try tableOptions() }
    if at(.as), !hasShape || !(has(.sqlServerDefinitions) || has(.postgresDefinitions)) {
      advance()
      if at(.execute), has(.postgresDefinitions) { try tableStatement() } else { try query() }
      if at(.with), peekKeyword(1) == .no || peekKeyword(1) == .data {
        advance()
        _ = take(.no)
        try expect(.data)
      }
      hasShape = true
      if at(.option), has(.sqlServerDefinitions) { try queryOptions() }
    } else if at(.leftParen), atQuery(peekFrom: 1) {
      try query()
      hasShape = true
    }
    guard hasShape else { throw failure("'(' or AS") }
    finish(mark, .createTable, flags: temporary ? 1 : 0)
  }

  /// What stands behind the columns of an external table.
  private mutating func externalTail() throws(SyntaxFailure) {
    let option = mark()
    if has(.sqlServerDefinitions) {
      try expect(.with)
      try phrase(.externalTableOptions)
    } else if !at(.as), !at(.semicolon), !at(.endOfFile) {
      try phrase(.externalTableTail)
    }
    finish(option, .tableOption)
  }

  /// With the cursor on `(`: names and commas only, as in CREATE TABLE t (a, b) AS SELECT.
  private var isPlainColumnList: Bool {
    var look = at + 1
    while look < last, tokens[look].kind == .word || tokens[look].kind == .quotedName {
      if tokens[look + 1].kind == .comma { look += 2 } else { return tokens[look + 1].kind == .rightParen }
    }
    return false
  }

  /// `( column | constraint | index, ... )`, the nodes side by side without one around them.
  ///
  /// - Parameter bareColumns: columns may stand without a type, which is known from elsewhere.
  mutating func tableElements(bareColumns: Bool = false) throws(SyntaxFailure) {
    try brackets { (p) throws(SyntaxFailure) in
      if p.at(.rightParen), !p.has(.sqlServerDefinitions) { return }
      while true {
        try p.tableElement(bareColumns)
        guard p.take(.comma) else { break }
        if p.at(.rightParen), p.has(.sqlServerDefinitions) { break }  // SQL Server allows a comma at the end
      }
    }
  }

  private mutating func tableElement(_ bareColumns: Bool) throws(SyntaxFailure) {
    let mark = mark()
    switch keyword {
    case .constraint, .primary, .unique, .foreign, .check: return try tableConstraint()
    case .exclude where peek(1).kind == .leftParen || peekKeyword(1) == .using: return try tableConstraint()
    case .like:
      advance()
      try name("a table")
      while take(.including) || take(.excluding) {
        guard kind == .word, peek(1).kind != .leftParen else { throw failure("what is included") }
        advance()
      }
      return finish(mark, .likeClause)
    case .index where has(.sqlServerDefinitions): return try inlineIndex()
    case .period where peekKeyword(1) == .for:
      try period()
      return finish(mark, .columnOption)
    default: break
    }
    try columnItem(bare: bareColumns)
  }

  /// INDEX inside a table's definition.
  mutating func inlineIndex() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.index)
    try plainIdentifier("an index")
    var flags: UInt8 = take(.unique) ? 1 : 0
    if take(.clustered) { flags |= 2 } else if take(.nonclustered) { flags |= 4 }
    if take(.columnstore) { flags |= 8 }
    _ = take(.hash)
    if at(.leftParen) { try keyColumns() } else if flags & 8 == 0 { throw failure("'('") }
    try indexTail()
    finish(mark, .indexItem, flags: flags)
  }

  /// PERIOD FOR SYSTEM_TIME (a, b).
  mutating func period() throws(SyntaxFailure) {
    try expect(.period)
    try expect(.for)
    try expect(.system_time)
    try columnList()
  }

  /// `name type options`; also the definition behind ALTER TABLE ADD.
  mutating func columnItem(bare: Bool = false) throws(SyntaxFailure) {
    let mark = mark()
    try plainIdentifier("a column")
    if at(.as), has(.sqlServerDefinitions) {
      let computed = self.mark()
      advance()
      try value()
      var stored: UInt8 = 0
      if take(.persisted) { stored = 1 }
      finish(computed, .computedClause, flags: stored)
    } else if at(.as), !has(.postgresDefinitions) || has(.fieldTypes) {
      // a computed column without a type
    } else if at(.with), peekKeyword(1) == .options {
      at += 2
    } else if atName || at(.double) || at(.national) || (at(.array) && has(.partiQL)) || (at(.union) && has(.fieldTypes)), !(bare && atColumnOption) {
      try typeName()
      // SQLite's types are any words: `UNSIGNED BIG INT`
      if has(.sqliteTables) { while keyword == .none_ || at(.int) || at(.integer), atName { try identifier() } }
      if at(.column_set) {
        advance()
        try expect(.for)
        try expect(.all_sparse_columns)
      }
    } else if !bare, !has(.untypedColumns), tokens[at - 1].keyword != .timestamp {
      throw failure("a type")
    }
    while try columnOption() {}
    finish(mark, .columnItem)
  }

  /// Whether an option of a column stands where a type could.
  private var atColumnOption: Bool {
    switch keyword {
    case .generated, .storage, .compression, .options, .deferrable, .initially: true
    default: false
    }
  }

  /// One option of a column; answers whether there was one.
  @discardableResult
  mutating func columnOption() throws(SyntaxFailure) -> Bool {
    let mark = mark()
    if at(.constraint) {
      advance()
      try plainIdentifier("a constraint")
      finish(mark, .constraintName)
      // a name alone (its constraint stands on) is allowed to be followed by any constraint
    }
    switch keyword {
    case .not:
      if peekKeyword(1) == .for {
        at += 2
        try expect(.replication)
        finish(mark, .columnOption)
      } else if peekKeyword(1) == .deferrable || peekKeyword(1) == .enforced || peekKeyword(1) == .valid {
        at += 2
        finish(mark, .columnOption)
      } else {
        advance()
        try expect(.null)
        finish(mark, .notNullClause)
      }
    case .null:
      advance()
      finish(mark, .nullClause)
    case .default:
      advance()
      try value()  // ends before NOT NULL and CHECK
      if at(.with), peekKeyword(1) == .values { at += 2 }
      finish(mark, .defaultClause)
    case .identity:
      advance()
      if at(.leftParen) {
        try brackets { (p) throws(SyntaxFailure) in
          try p.value()
          try p.expect(.comma, "','")
          try p.value()
        }
      }
      if at(.not), peekKeyword(1) == .for, peekKeyword(2) == .replication { at += 3 }
      finish(mark, .identityClause, flags: 1)
    case .generated: try generated(mark)
    case .as where (!has(.postgresDefinitions) || has(.fieldTypes)) && !has(.sqlServerDefinitions) && peek(1).kind == .leftParen:
      advance()
      try brackets { (p) throws(SyntaxFailure) in try p.expression() }
      let stored = take(.stored)
      if !stored { _ = take(.virtual) }
      finish(mark, .computedClause, flags: stored ? 1 : 0)
    case .autoincrement where has(.sqliteTables):
      advance()
      finish(mark, .columnOption)
    case .on where has(.sqliteTables) && peekKeyword(1) == .conflict:
      // what is done where a constraint does not hold
      at += 2
      guard kind == .word else { throw failure("what is done with the row") }
      advance()
      finish(mark, .columnOption)
    case .primary, .unique:
      let primary = at(.primary)
      advance()
      if primary { try expect(.key) }
      try keyTail(mark, primary ? .primaryKeyClause : .uniqueClause, isTable: false)
    case .check:
      try check(mark)
    case .references, .foreign:
      if take(.foreign) { try expect(.key) }
      try references()
      finish(mark, .foreignKeyClause)
    case .collate:
      advance()
      try name("a collation")
      finish(mark, .collateClause)
    case .filestream where has(.sqlServerDefinitions):
      advance()
      finish(mark, .columnOption)
    case .sparse, .rowguidcol, .persisted, .hidden, .deferrable, .enforced:
      advance()
      finish(mark, .columnOption)
    case .encrypted where has(.sqlServerDefinitions):
      advance()
      try expect(.with)
      try phrase(.encryptedOptions)
      finish(mark, .columnOption)
    case .initially:
      advance()
      guard take(.deferred) || take(.immediate) else { throw failure("DEFERRED or IMMEDIATE") }
      finish(mark, .columnOption)
    case .masked where has(.sqlServerDefinitions):
      advance()
      try expect(.with)
      try phrase(.maskedOptions)
      finish(mark, .columnOption)
    case .storage, .compression, .encode:
      advance()
      guard kind == .word else { throw failure("a kind of storage") }
      advance()
      finish(mark, .columnOption)
    case .distkey, .sortkey:
      advance()
      finish(mark, .columnOption)
    case .options where has(.postgresDefinitions):
      advance()
      try phrase(.fdwOptions)
      finish(mark, .columnOption)
    case .index where has(.sqlServerDefinitions):
      advance()
      try identifier("an index")
      _ = take(.unique)
      _ = take(.clustered) || take(.nonclustered)
      _ = take(.hash)
      if at(.leftParen) { try keyColumns() }
      try indexTail()
      finish(mark, .columnOption)
    case .comment where peek(1).kind == .string:
      advance()
      leaf(.literal)
      finish(mark, .columnOption)
    default:
      if nodes.last?.kind == .constraintName { throw failure("a constraint") }
      return false
    }
    return true
  }

  private mutating func check(_ mark: Mark) throws(SyntaxFailure) {
    try expect(.check)
    if at(.not), peekKeyword(1) == .for {
      at += 2
      try expect(.replication)
    }
    try brackets { (p) throws(SyntaxFailure) in try p.condition() }
    if at(.no), peekKeyword(1) == .inherit { at += 2 }
    if at(.not), peekKeyword(1) == .valid { at += 2 }
    finish(mark, .checkClause)
  }

  private mutating func generated(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    let always = take(.always)
    if !always {
      try expect(.by)
      try expect(.default)
      if take(.on) { try expect(.null) }
    }
    try expect(.as)
    if take(.identity) {
      if at(.leftParen) {
        try brackets { (p) throws(SyntaxFailure) in
          if p.at(.number) || p.at(.hyphen) {
            // Redshift's IDENTITY (seed, step)
            try p.value()
            try p.expect(.comma, "','")
            try p.value()
          } else {
            try p.phrase(.sequenceOptions)
          }
        }
      }
      return finish(mark, .identityClause, flags: always ? 1 : 0)
    }
    if has(.sqlServerDefinitions) {
      guard take(.row) || isWord(token, "transaction_id") || isWord(token, "sequence_number") else { throw failure("ROW START or ROW END") }
      if tokens[at - 1].keyword != .row { advance() }
      guard take(.start) || take(.end) else { throw failure("START or END") }
      _ = take(.hidden)
      return finish(mark, .columnOption)
    }
    try brackets { (p) throws(SyntaxFailure) in try p.expression() }
    let stored = take(.stored)
    if !stored, !take(.virtual), has(.postgresDefinitions) { throw failure("'STORED'") }
    finish(mark, .computedClause, flags: stored ? 1 : 0)
  }

  /// CLUSTERED, key columns and options of a PRIMARY KEY or UNIQUE.
  private mutating func keyTail(_ mark: Mark, _ kind: NodeKind, isTable: Bool) throws(SyntaxFailure) {
    var flags: UInt8 = 0
    if at(.nulls) {
      advance()
      _ = take(.not)
      try expect(.distinct)
    }
    if take(.clustered) { flags = 1 } else if take(.nonclustered) { flags = 2 }
    _ = take(.hash)
    if has(.sqliteTables), !isTable { _ = take(.asc) || take(.desc) }
    if at(.using), peekKeyword(1) == .index {
      at += 2
      try plainIdentifier("an index")
    } else if at(.leftParen) {
      try keyColumns(plain: has(.postgresDefinitions))
    } else if isTable {
      throw failure("'('")
    }
    if has(.sqliteTables), at(.on, .conflict), peek(2).kind == .word { at += 3 }
    try indexTail()
    if at(.not), peekKeyword(1) == .enforced { at += 2 }
    finish(mark, kind, flags: flags)
  }

  mutating func tableConstraint() throws(SyntaxFailure) {
    let mark = mark()
    if at(.constraint) {
      let nameMark = self.mark()
      advance()
      try plainIdentifier("a constraint")
      finish(nameMark, .constraintName)
    }
    switch keyword {
    case .primary:
      advance()
      try expect(.key)
      try keyTail(mark, .primaryKeyClause, isTable: true)
    case .unique:
      advance()
      try keyTail(mark, .uniqueClause, isTable: true)
    case .check: try check(mark)
    case .foreign:
      advance()
      try expect(.key)
      try columnList()
      try references()
      finish(mark, .foreignKeyClause)
    case .exclude:
      advance()
      if take(.using) { try plainIdentifier("an access method") }
      try phrase(.exclusionElements)
      try indexTail()
      finish(mark, .columnOption)
    case .default where has(.sqlServerDefinitions):
      advance()
      try value()
      try expect(.for)
      try plainIdentifier("a column")
      if at(.with), peekKeyword(1) == .values { at += 2 }
      finish(mark, .defaultClause)
    case .connection where has(.sqlServerDefinitions):
      // an edge constraint of a graph
      advance()
      try brackets { (p) throws(SyntaxFailure) in
        try p.list { (p) throws(SyntaxFailure) in
          try p.name("a node table")
          try p.expect(.to)
          try p.name("a node table")
        }
      }
      if take(.on) {
        try expect(.delete)
        if take(.no) { try expect(.action) } else { try expect(.cascade) }
      }
      finish(mark, .columnOption)
    default: throw failure("PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK")
    }
    while true {
      if take(.deferrable) { continue }
      if take(.initially) {
        guard take(.deferred) || take(.immediate) else { throw failure("DEFERRED or IMMEDIATE") }
      } else if at(.not), peekKeyword(1) == .deferrable || peekKeyword(1) == .valid || peekKeyword(1) == .enforced {
        at += 2
      } else {
        return
      }
    }
  }

  /// REFERENCES t [(columns)] actions.
  private mutating func references() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.references)
    try name("a table")
    if at(.leftParen) { try columnList() }
    finish(mark, .references)
    while true {
      let action = self.mark()
      if take(.match) {
        guard take(.full) || take(.partial) || take(.simple) else { throw failure("FULL, PARTIAL or SIMPLE") }
      } else if at(.on), peekKeyword(1) == .delete || peekKeyword(1) == .update {
        at += 2
        if take(.no) { try expect(.action) } else if take(.set) {
          guard take(.null) || take(.default) else { throw failure("NULL or DEFAULT") }
          if at(.leftParen) { try columnList() }
        } else if !(take(.cascade) || take(.restrict)) { throw failure("CASCADE, RESTRICT, SET or NO ACTION") }
        finish(action, .referenceAction)
      } else if at(.not), peekKeyword(1) == .for {
        at += 2
        try expect(.replication)
      } else {
        return
      }
    }
  }

  /// FOR VALUES ... | DEFAULT of a partition.
  mutating func partitionBound() throws(SyntaxFailure) {
    let bounds = mark()
    if take(.for) {
      try expect(.values)
      try phrase(.partitionBound)
    } else {
      try expect(.default)
    }
    finish(bounds, .tableOption)
  }

  /// What stands behind a table's elements.
  private mutating func tableOptions() throws(SyntaxFailure) {
    while true {
      let option = mark()
      switch keyword {
      case .on:
        advance()
        if take(.commit) {
          if take(.drop) {} else {
            guard take(.preserve) || take(.delete) else { throw failure("PRESERVE, DELETE or DROP") }
            try expect(.rows)
          }
        } else {
          guard !has(.postgresDefinitions) else { throw failure("'COMMIT'") }
          try storagePlace()
        }
      case .with where peek(1).kind == .leftParen:
        advance()
        try phrase(has(.sqlServerDefinitions) ? .tableOptions : .storageParameters)
      case .without where has(.sqliteTables) && isWord(peek(1), "rowid"):
        at += 2
        _ = take(.comma)
      case .strict where has(.sqliteTables):
        advance()
        _ = take(.comma)
      case .with, .without:
        guard peekKeyword(1) == .oids, has(.postgresDefinitions) else { return }
        at += 2
      case .inherits:
        advance()
        try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.name("a table") } }
      case .partition where peekKeyword(1) == .by:
        at += 2
        try plainIdentifier("a partition method")
        try phrase(.partitionKey)
      case .tablespace, .using:
        advance()
        try plainIdentifier()
      case .server where has(.postgresDefinitions):
        advance()
        try plainIdentifier("a server")
        if take(.options) { try phrase(.fdwOptions) }
      case .diststyle, .distkey, .sortkey, .compound, .interleaved, .backup, .encode:
        guard has(.postgresDefinitions) else { return }
        try phrase(.tableAttributes)
      case .textimage_on, .filestream_on:
        advance()
        guard atWord || at(.string) else { throw failure("a file group") }
        advance()
      default: return
      }
      finish(option, .tableOption)
    }
  }

  /// A file group or partition scheme: `[PRIMARY]`, `"default"`, `ps_month (sold_on)`.
  mutating func storagePlace() throws(SyntaxFailure) {
    guard atName || at(.string) || at(.primary) && !has(.postgresDefinitions) else { throw failure("a file group") }
    advance()
    if at(.leftParen) { try columnList() }
  }
}
