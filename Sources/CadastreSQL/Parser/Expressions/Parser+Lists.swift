internal import CadastreDialects

extension Parser {
  /// `[a, b]`, or `[x + 1 FOR x IN l IF c]`.
  /// <https://duckdb.org/docs/stable/sql/data_types/list>, <https://duckdb.org/docs/stable/sql/functions/list#list-comprehension>
  mutating func listLiteral() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    if at(.rightBracket) {
      advance()
      return finish(mark, .array)
    }
    try nested { (p) throws(SyntaxFailure) in
      let first = p.mark()
      try p.expression()
      if p.take(.for) {
        try p.list { (p) throws(SyntaxFailure) in try p.plainIdentifier("a name") }
        try p.expect(.in)
        try p.expression()
        if p.take(.if) { try p.expression() }
        return p.finish(first, .lambda)
      }
      while p.take(.comma), !(p.at(.rightBracket) && p.has(.trailingCommas)) { try p.expression() }
    }
    try expect(.rightBracket, "']'")
    finish(mark, .array)
  }

  /// `{'a': x, b: y}`.
  /// <https://duckdb.org/docs/stable/sql/data_types/struct>
  mutating func structLiteral() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    try nested { (p) throws(SyntaxFailure) in
      try p.list { (p) throws(SyntaxFailure) in
        let field = p.mark()
        guard p.atWord || p.at(.string) else { throw p.failure("a field") }
        p.leaf(.identifier)
        try p.expect(.colon, "':'")
        try p.expression()
        p.finish(field, .namedArgument)
      }
    }
    try expect(.rightBrace, "'}'")
    finish(mark, .row)
  }

  /// `MAP {key: value}`.
  /// <https://duckdb.org/docs/stable/sql/data_types/map>
  mutating func mapLiteral() throws(SyntaxFailure) {
    let mark = mark()
    at += 2
    if !at(.rightBrace) {
      try nested { (p) throws(SyntaxFailure) in
        try p.list { (p) throws(SyntaxFailure) in
          try p.expression()
          try p.expect(.colon, "':'")
          try p.expression()
        }
      }
    }
    try expect(.rightBrace, "'}'")
    finish(mark, .row)
  }

  /// `INTERVAL 1 DAY`, `INTERVAL (n) DAY`.
  mutating func intervalOfValue() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    try operators(.unary)
    if atTimeUnit(0) { advance() }
    finish(mark, .unary)
  }

  /// `lambda x, y: body`, and where a function takes them, `x -> body` and `(x, y) -> body`; answers whether there was one.
  /// <https://duckdb.org/docs/stable/sql/functions/lambda>
  mutating func lambda(arrows: Bool) throws(SyntaxFailure) -> Bool {
    let mark = mark()
    if at(.lambda), peek(1).kind == .word || peek(1).kind == .quotedName {
      advance()
      try list { (p) throws(SyntaxFailure) in try p.plainIdentifier("a parameter") }
      try expect(.colon, "':'")
    } else if arrows, atWord, isArrow(peek(1)) {
      leaf(.identifier)
      advance()
    } else if arrows, at(.leftParen), arrowBehindNames {
      advance()
      try list { (p) throws(SyntaxFailure) in try p.plainIdentifier("a parameter") }
      try expect(.rightParen, "')'")
      advance()
    } else {
      return false
    }
    try expression()
    finish(mark, .lambda)
    return true
  }

  private func isArrow(_ token: Token) -> Bool {
    token.kind == .otherOperator && token.end - token.start == 2 && bytes[Int(token.start)] == 0x2D && bytes[Int(token.start) + 1] == 0x3E
  }

  /// With the cursor on `(`: whether names in brackets and an arrow follow.
  private var arrowBehindNames: Bool {
    var offset = 1
    while peek(offset).kind == .word, peek(offset + 1).kind == .comma { offset += 2 }
    return peek(offset).kind == .word && peek(offset + 1).kind == .rightParen && isArrow(peek(offset + 2))
  }

  /// Whether a function of this name takes lambdas: elsewhere the arrow takes a field out of JSON.
  func takesLambda(_ name: Token) -> Bool {
    guard name.kind == .word else { return false }
    return Parser.lambdaFunctions.contains { isWord(name, $0) }
  }

  private static let lambdaFunctions: [StaticString] = [
    "list_transform", "array_transform", "list_apply", "array_apply", "apply", "list_filter", "array_filter", "filter", "list_reduce",
    "array_reduce", "reduce",
  ]
}
