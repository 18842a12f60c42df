internal import CadastreDialects

extension Parser {
  /// Behind CREATE [TEMP]: TABLE and all of it. Flags bit 0: temporary.
  mutating func createTable(_ mark: Mark, temporary: Bool) throws(SyntaxFailure) {
    try expect(.table)
    if take(.if) {
      try expect(.not)
      try expect(.exists)
    }
    try name("a table")
    var hasShape = false
    if at(.partition), peekKeyword(1) == .of {
      let parent = self.mark()
      at += 2
      try name("a table")
      finish(parent, .likeClause)
      if at(.leftParen) { try tableElements() }
      if at(.for), peekKeyword(1) == .values {
        at += 2
        let bounds = self.mark()
        if take(.in) { try skipBrackets() } else if take(.from) {
          try skipBrackets()
          try expect(.to)
          try skipBrackets()
        } else if take(.with) { try skipBrackets() } else { throw failure("IN, FROM or WITH") }
        finish(bounds, .tableOption)
      } else {
        try expect(.default)
      }
      hasShape = true
    } else if take(.of) {
      try name("a type")
      if at(.leftParen) { try tableElements() }
      hasShape = true
    } else if at(.leftParen), !atQuery(peekFrom: 1) {
      if isPlainColumnList {
        try columnList()
      } else {
        try tableElements()
        hasShape = true
      }
    }
    try tableOptions()
    if at(.as), peekKeyword(1) == .node || peekKeyword(1) == .file {
      at += 2
      hasShape = true
      try tableOptions()
    }
    if take(.as) {
      if at(.execute) { restOfStatement() } else { try query() }
      if at(.with), peekKeyword(1) == .no || peekKeyword(1) == .data {
        advance()
        _ = take(.no)
        try expect(.data)
      }
      hasShape = true
      if at(.option) {
        advance()
        try skipBrackets()
      }
    } else if at(.leftParen), atQuery(peekFrom: 1) {
      try query()
      hasShape = true
    }
    guard hasShape else { throw failure("'(' or AS") }
    finish(mark, .createTable, flags: temporary ? 1 : 0)
  }

  /// With the cursor on `(`: names and commas only, as in CREATE TABLE t (a, b) AS SELECT.
  private var isPlainColumnList: Bool {
    var look = at + 1
    while look + 1 < tokens.count, tokens[look].kind == .word || tokens[look].kind == .quotedName {
      if tokens[look + 1].kind == .comma { look += 2 } else { return tokens[look + 1].kind == .rightParen }
    }
    return false
  }

  /// `( column | constraint | index, ... )`, the nodes side by side without one around them.
  mutating func tableElements() throws(SyntaxFailure) {
    try brackets { (p) throws(SyntaxFailure) in
      if p.at(.rightParen) { return }
      while true {
        try p.tableElement()
        guard p.take(.comma) else { break }
        if p.at(.rightParen), p.has(.top) { break }  // SQL Server allows a comma at the end
      }
    }
  }

  private mutating func tableElement() throws(SyntaxFailure) {
    let mark = mark()
    switch keyword {
    case .constraint, .primary, .unique, .foreign, .check, .exclude: return try tableConstraint()
    case .like:
      advance()
      try name("a table")
      while take(.including) || take(.excluding) { advance() }
      return finish(mark, .likeClause)
    case .index where peek(1).kind == .word || peek(1).kind == .quotedName:
      advance()
      try identifier("an index")
      var flags: UInt8 = take(.unique) ? 1 : 0
      if take(.clustered) { flags |= 2 } else if take(.nonclustered) { flags |= 4 }
      if take(.columnstore) { flags |= 8 }
      if take(.hash) {}
      if at(.leftParen) { try keyColumns() }
      try indexTail()
      return finish(mark, .indexItem, flags: flags)
    case .period where peekKeyword(1) == .for:
      at += 2
      advance()
      try skipBrackets()
      return finish(mark, .columnOption)
    default: break
    }
    try columnItem()
  }

  /// `name type options`; also the definition behind ALTER TABLE ADD.
  mutating func columnItem() throws(SyntaxFailure) {
    let mark = mark()
    guard atWord else { throw failure("a column") }
    leaf(.identifier)
    if at(.as), has(.top) {
      let computed = self.mark()
      advance()
      try expression()
      var stored: UInt8 = 0
      if take(.persisted) { stored = 1 }
      finish(computed, .computedClause, flags: stored)
    } else if at(.with), peekKeyword(1) == .options {
      at += 2
    } else if atWord, !at(.default), !at(.constraint), !at(.generated) {
      try typeName()
    }
    while try columnOption() {}
    finish(mark, .columnItem)
  }

  /// One option of a column; answers whether there was one.
  @discardableResult
  mutating func columnOption() throws(SyntaxFailure) -> Bool {
    let mark = mark()
    if at(.constraint) {
      advance()
      try identifier("a constraint")
      finish(mark, .constraintName)
      // a name alone (its constraint stands on) is allowed to be followed by any constraint
    }
    switch keyword {
    case .not:
      if peekKeyword(1) == .for {
        at += 3
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
      try expression()  // ends before NOT NULL and CHECK
      if at(.for) {
        advance()
        try identifier("a column")
      }
      if at(.with), peekKeyword(1) == .values { at += 2 }
      finish(mark, .defaultClause)
    case .identity:
      advance()
      if at(.leftParen) {
        try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in try p.expression() } }
      }
      if at(.not), peekKeyword(1) == .for { at += 3 }
      finish(mark, .identityClause, flags: 1)
    case .generated: try generated(mark)
    case .primary, .unique:
      let primary = at(.primary)
      advance()
      if primary { try expect(.key) }
      try keyTail(mark, primary ? .primaryKeyClause : .uniqueClause)
    case .check:
      advance()
      if at(.not), peekKeyword(1) == .for { at += 3 }
      try brackets { (p) throws(SyntaxFailure) in try p.expression() }
      if at(.no), peekKeyword(1) == .inherit { at += 2 }
      if at(.not), peekKeyword(1) == .valid { at += 2 }
      finish(mark, .checkClause)
    case .references, .foreign:
      if take(.foreign) { try expect(.key) }
      try references()
      finish(mark, .foreignKeyClause)
    case .collate:
      advance()
      try name("a collation")
      finish(mark, .collateClause)
    case .sparse, .rowguidcol, .persisted, .hidden, .deferrable, .enforced, .nonclustered, .encrypted:
      advance()
      if tokens[at - 1].keyword == .encrypted {
        try expect(.with)
        try skipBrackets()
      }
      finish(mark, .columnOption)
    case .initially:
      at += 2
      finish(mark, .columnOption)
    case .masked:
      advance()
      try expect(.with)
      try skipBrackets()
      finish(mark, .columnOption)
    case .storage, .compression, .distkey, .sortkey, .encode:
      let bare = at(.distkey) || at(.sortkey)
      advance()
      if !bare { advance() }
      finish(mark, .columnOption)
    case .index where has(.top):
      advance()
      try identifier("an index")
      _ = take(.unique)
      _ = take(.clustered) || take(.nonclustered)
      if at(.leftParen) { try keyColumns() }
      try indexTail()
      finish(mark, .columnOption)
    case .comment:
      advance()
      leaf(.literal)
      finish(mark, .columnOption)
    default:
      if nodes.last?.kind == .constraintName { throw failure("a constraint") }
      return false
    }
    return true
  }

  private mutating func generated(_ mark: Mark) throws(SyntaxFailure) {
    advance()
    let always = take(.always)
    if !always {
      try expect(.by)
      try expect(.default)
      if take(.on) { advance() }
    }
    try expect(.as)
    if take(.identity) {
      if at(.leftParen) { try brackets { (p) throws(SyntaxFailure) in try p.sequenceOptions() } }
      return finish(mark, .identityClause, flags: always ? 1 : 0)
    }
    if take(.row) {
      guard take(.start) || take(.end) else { throw failure("START or END") }
      _ = take(.hidden)
      return finish(mark, .columnOption)
    }
    try brackets { (p) throws(SyntaxFailure) in try p.expression() }
    let stored = take(.stored)
    if !stored, kind == .word, tokenText(token).lowercased() == "virtual" { advance() }
    finish(mark, .computedClause, flags: stored ? 1 : 0)
  }

  /// CLUSTERED, key columns and options of a PRIMARY KEY or UNIQUE.
  private mutating func keyTail(_ mark: Mark, _ kind: NodeKind) throws(SyntaxFailure) {
    var flags: UInt8 = 0
    if at(.nulls) {
      advance()
      _ = take(.not)
      try expect(.distinct)
    }
    if take(.clustered) { flags = 1 } else if take(.nonclustered) { flags = 2 }
    _ = take(.hash)
    if at(.using), peekKeyword(1) == .index {
      at += 2
      try identifier("an index")
    } else if at(.leftParen) {
      try keyColumns()
    }
    try indexTail()
    if at(.not), peekKeyword(1) == .enforced { at += 2 }
    finish(mark, kind, flags: flags)
  }

  mutating func tableConstraint() throws(SyntaxFailure) {
    let mark = mark()
    if at(.constraint) {
      let nameMark = self.mark()
      advance()
      try identifier("a constraint")
      finish(nameMark, .constraintName)
    }
    switch keyword {
    case .primary:
      advance()
      try expect(.key)
      try keyTail(mark, .primaryKeyClause)
    case .unique:
      advance()
      try keyTail(mark, .uniqueClause)
    case .check:
      advance()
      if at(.not), peekKeyword(1) == .for { at += 3 }
      try brackets { (p) throws(SyntaxFailure) in try p.expression() }
      if at(.no), peekKeyword(1) == .inherit { at += 2 }
      finish(mark, .checkClause)
    case .foreign:
      advance()
      try expect(.key)
      try columnList()
      try references()
      finish(mark, .foreignKeyClause)
    case .exclude:
      advance()
      if take(.using) { try identifier("an access method") }
      try skipBrackets()
      if at(.where) { try whereClause() }
      finish(mark, .columnOption)
    case .default:
      advance()
      try expression()
      try expect(.for)
      try identifier("a column")
      if at(.with), peekKeyword(1) == .values { at += 2 }
      finish(mark, .defaultClause)
    default: throw failure("PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK")
    }
    while at(.deferrable) || at(.initially) || (at(.not) && (peekKeyword(1) == .deferrable || peekKeyword(1) == .valid || peekKeyword(1) == .enforced)) {
      at += at(.deferrable) ? 1 : 2
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
        advance()
      } else if at(.on), peekKeyword(1) == .delete || peekKeyword(1) == .update {
        at += 2
        if take(.no) { try expect(.action) } else if take(.set) {
          guard take(.null) || take(.default) else { throw failure("NULL or DEFAULT") }
          if at(.leftParen) { try skipBrackets() }
        } else if !(take(.cascade) || take(.restrict)) { throw failure("CASCADE, RESTRICT, SET or NO ACTION") }
        finish(action, .referenceAction)
      } else if at(.not), peekKeyword(1) == .for {
        at += 3
      } else {
        return
      }
    }
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
          try name("a file group")
          if at(.leftParen) { try skipBrackets() }
        }
      case .with where peek(1).kind == .leftParen:
        advance()
        try skipBrackets()
      case .without where tokenText(peek(1)).lowercased() == "oids": at += 2
      case .inherits:
        advance()
        try skipBrackets()
      case .partition where peekKeyword(1) == .by:
        at += 3
        try skipBrackets()
      case .tablespace, .using, .server:
        at += 2
      case .options:
        advance()
        try skipBrackets()
      case .diststyle:
        at += 2
      case .distkey, .sortkey, .compound:
        advance()
        _ = take(.sortkey)
        try skipBrackets()
      case .backup:
        at += 2
      default:
        let text = kind == .word ? tokenText(token).lowercased() : ""
        if text == "textimage_on" || text == "filestream_on" { at += 2 } else { return }
      }
      finish(option, .tableOption)
    }
  }
}
