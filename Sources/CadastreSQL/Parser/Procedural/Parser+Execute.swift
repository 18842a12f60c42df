internal import CadastreDialects

extension Parser {
  /// `EXEC [@r =] p args`, `EXEC ('text' + @x) [AT server]`, `EXECUTE AS ...`.
  /// <https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql>
  mutating func tsqlExecute() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    if at(.as) { return try executeAs(mark) }
    if at(.leftParen) {
      try brackets { (p) throws(SyntaxFailure) in try p.list { (p) throws(SyntaxFailure) in
        try p.value()
        _ = p.take(.output) || p.take(.out)
      } }
      if at(.as), isWord(peek(1), "login") || peekKeyword(1) == .user {
        at += 2
        try expect(.equal, "'='")
        try value()
      }
      var flags: UInt8 = 0
      if at(.at) {
        advance()
        if isWord(token, "data_source") { advance() }
        try name("a linked server")
        flags = 1
      }
      try executeOptions()
      return finish(mark, .executeDynamic, flags: flags)
    }
    var flags: UInt8 = 0
    if at(.atVariable), peek(1).kind == .equal {
      leaf(.variable)
      advance()
      flags = 1
    }
    try executeTarget()
    try executeArguments()
    finish(mark, .execute, flags: flags)
  }

  /// EXECUTE AS {CALLER | OWNER | SELF | USER = 'x' | LOGIN = 'x'} [WITH ...].
  private mutating func executeAs(_ mark: Mark) throws(SyntaxFailure) {
    try expect(.as)
    if at(.user) || isWord(token, "login") {
      advance()
      try expect(.equal, "'='")
      try value()
      if at(.with) {
        advance()
        if take(.no) {
          try expect(.revert)
        } else {
          guard isWord(token, "cookie") else { throw failure("NO REVERT or COOKIE INTO") }
          advance()
          try expect(.into)
          guard at(.atVariable) else { throw failure("a variable") }
          leaf(.variable)
        }
      }
    } else {
      guard at(.string) || isWord(token, "caller") || at(.owner) || at(.self) else { throw failure("CALLER, USER or LOGIN") }
      advance()
    }
    finish(mark, .utility)
  }

  private mutating func executeTarget() throws(SyntaxFailure) {
    if at(.atVariable) { return leaf(.variable) }
    if at(.placeholder), peek(1).kind != .dot { return leaf(.placeholder) }
    try name("a procedure")
    if at(.semicolon), peek(1).kind == .number { at += 2 }
  }

  mutating func executeArguments() throws(SyntaxFailure) {
    if atExecuteArgument { try list { (p) throws(SyntaxFailure) in try p.executeArgument() } }
    try executeOptions()
  }

  private var atExecuteArgument: Bool {
    switch kind {
    case .atVariable, .string, .number, .binaryLiteral, .hyphen, .plus, .placeholder, .quotedName, .leftBrace: return true
    case .word:
      if at(.null) || at(.default) || at(.on) || at(.off) { return true }
      return !isReserved(keyword) && !startsStatement && peek(1).kind != .colon
    default: return false
    }
  }

  /// WITH RECOMPILE, WITH RESULT SETS ...
  private mutating func executeOptions() throws(SyntaxFailure) {
    guard at(.with) else { return }
    if peekKeyword(1) == .recompile {
      at += 2
      guard take(.comma) else { return }
      try expect(.result)
      try expect(.sets)
      try phrase(.resultSets)
    } else if peekKeyword(1) == .result {
      at += 2
      try expect(.sets)
      try phrase(.resultSets)
    }
  }

  private mutating func executeArgument() throws(SyntaxFailure) {
    let mark = mark()
    if at(.atVariable), peek(1).kind == .equal {
      leaf(.identifier)
      advance()
    }
    switch kind {
    case .word where !(at(.null) || at(.default)):
      // a bare word is a string here; calls and names are not allowed
      guard at(.on) || at(.off) || !isReserved(keyword) else { throw failure("a value") }
      leaf(.literal)
    case .quotedName: leaf(.literal)
    case .atVariable: leaf(.variable)
    case .placeholder, .string, .number, .binaryLiteral, .hyphen, .plus, .leftBrace: try operators(.unary)
    case .word: leaf(.wordValue)
    default: throw failure("a value")
    }
    var flags: UInt8 = 0
    if take(.output) || take(.out) { flags = 1 }
    finish(mark, .executeArgument, flags: flags)
  }
}
