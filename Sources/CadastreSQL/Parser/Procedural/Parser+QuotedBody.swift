internal import CadastreDialects
internal import CadastreDiagnostics

extension Parser {
  private enum BodyLanguage {
    case plpgsql, sql

    init?(_ name: String) {
      switch name {
      case "plpgsql", "": self = .plpgsql
      case "sql": self = .sql
      default: return nil
      }
    }
  }

  /// Reads a body that stands in quotes, in place: its tokens are appended as a run of their own with offsets into the file.
  mutating func quotedBody(_ index: Int, language: String) {
    let outer = tokens[index]
    let bodyMark = Mark(token: index, node: nodes.count)
    let resume = at
    let resumeFurthest = furthest
    defer { (at, furthest) = (resume, resumeFurthest) }
    guard let family = BodyLanguage(language) else {
      at = index + 1
      finish(bodyMark, .foreignBody)
      return
    }
    guard let inner = innerRange(outer) else {
      // the body's text differs from what stands in the file (escapes, a placeholder)
      at = index + 1
      finish(bodyMark, .unparsed)
      note(SyntaxFailure(token: index, expected: "a body between dollar quotes or plain quotes"), bodyMark)
      return
    }
    var lexer = Lexer(bytes, from: inner.lower, to: inner.upper, rules: dialect.lexical, quoteWidth: inner.quoteWidth)
    lexer.run()
    let start = tokens.count
    tokens.append(contentsOf: lexer.tokens)
    comments.append(contentsOf: lexer.comments.map { SourceRange(UInt32($0.0), UInt32($0.1)) })
    at = start
    let mark = mark()
    let saved = (inBlockBody, depth, terminators, loops, label, runStart, last, closings)
    defer { (inBlockBody, depth, terminators, loops, label, runStart, last, closings) = saved }
    (runStart, last, closings) = (start, tokens.count - 1, [])
    (terminators, loops, label) = ([], 0, nil)
    inBlockBody = family == .plpgsql
    if inBlockBody { outermostBlock() }
    statements()
    finish(mark, .body)
  }

  /// The one block that a PL/pgSQL body is, with the compiler's options before it: `#variable_conflict use_column`.
  private mutating func outermostBlock() {
    while take(.directive) {}
    while kind == .otherOperator, bytes[Int(token.start)] == 0x23, peek(1).kind == .word, peek(2).kind == .word { at += 3 }
    guard at(.declare) || at(.begin) || at(.otherOperator) else { return missing(failure("DECLARE or BEGIN")) }
    statement()
    while take(.semicolon) || take(.directive) {}
    if !at(.endOfFile) { missing(failure("the end of the body")) }
  }

  /// The bytes between the quotes of a body, and how many quotes stand for one in it; `nil` when they are not its text.
  private func innerRange(_ token: Token) -> (lower: Int, upper: Int, quoteWidth: Int)? {
    let start = Int(token.start)
    let end = Int(token.end)
    let width = Int(token.quoteWidth)
    switch token.kind {
    case .dollarString:
      var tag = start + 1
      while tag < end, bytes[tag] != 0x24 { tag += 1 }
      return (tag + 1, end - (tag + 1 - start), width)
    case .string:
      guard bytes[start] == 0x27, end - start >= 2 * width else { return nil }
      return (start + width, end - width, width * 2)
    default: return nil
    }
  }

  /// `DO [LANGUAGE x] $$ ... $$ [LANGUAGE x]`.
  mutating func anonymousBlock() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.do)
    var language = "plpgsql"
    if take(.language) {
      guard atWord || at(.string) else { throw failure("a language") }
      language = languageName(token)
      advance()
    }
    guard at(.string) || at(.dollarString) else { throw failure("a block as a string") }
    let body = at
    advance()
    if take(.language) {
      guard atWord || at(.string) else { throw failure("a language") }
      language = languageName(token)
      advance()
    }
    quotedBody(body, language: language)
    finish(mark, .anonymousBlock)
  }
}
