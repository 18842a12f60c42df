/// What a token is. Blanks and comments are no tokens: they are the gaps between them.
public enum TokenKind: UInt8, Sendable {
  case endOfFile
  /// An unquoted word: a keyword, a name, or both.
  case word
  /// `"x"`, `[x]`, `` `x` ``.
  case quotedName
  /// `'x'`, `N'x'`, `E'x'`, and `"x"` where the dialect reads that as a string.
  case string
  /// `$$ x $$`, `$tag$ x $tag$`.
  case dollarString
  case number
  /// `0xFF`, `X'FF'`, `B'01'`.
  case binaryLiteral
  /// `@name`, `@@name`.
  case atVariable
  /// `$1`, `:name`, `?`.
  case bindParameter
  /// A template's placeholder, which may stand where a name or a value may: `{{ x }}`, `${x}`, `$(x)`, `@x@`, `<x, type, value>`.
  case placeholder
  /// A line `GO [n]`.
  case batchSeparator
  /// A line for the client program: psql's `\...`, sqlcmd's `:...`; the data lines behind COPY ... FROM stdin.
  case directive
  case comma, dot, semicolon, leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
  case equal, less, greater, lessEqual, greaterEqual, notEqual
  case plus, hyphen, star, slash, percentSign, concat, ampersand, pipe, caret, tilde
  case colon, doubleColon, assign, fatArrow
  /// `+=`, `-=` and the like of T-SQL.
  case compoundAssign
  /// `->`, `->>`, `#>`, `@>`, `~*` and every other operator.
  case otherOperator
  /// `..`, of integer ranges.
  case dotDot
  /// A byte that begins no token, or a string, name or comment that never ends.
  case invalid
}

/// One token: kind and UTF-8 byte offsets into the source, half-open.
public struct Token: Sendable {
  public var start: UInt32
  public var end: UInt32
  public var kind: TokenKind
  /// How many quotes in the file stand for one quote of this token's text: 2 inside a body that itself stands in quotes.
  public var quoteWidth: UInt8 = 1
  public var keyword: Keyword

  @inline(__always)
  init(_ kind: TokenKind, _ start: Int, _ end: Int, keyword: Keyword = .none_) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
    self.kind = kind
    self.keyword = keyword
  }
}
