public import CadastreDialects
public import CadastreDiagnostics
internal import CadastreModel
internal import Synchronization

/// Why a statement could not be read. Caught at the statement; never leaves the parser.
struct SyntaxFailure: Error {
  /// Index of the token that did not fit.
  var token: Int
  /// What was expected there, as a user reads it: `')'`, `a table name`.
  var expected: String
  /// The text is nested more deeply than is read.
  var isTooDeep = false
}

/// What a parser asks of a dialect, shared by all parsers of it. A class, so that asking copies a pointer and not the dialect.
final class Grammar: Sendable {
  let dialect: Dialect
  /// The statements and options of the dialect that are data.
  let table: StatementTable
  let reserved: KeywordSet
  let callable: KeywordSet

  init(_ dialect: Dialect) {
    self.dialect = dialect
    table = StatementTable(reading: dialect.statementTables)
    reserved = ReservedWords.of(dialect.procedural)
    callable = ReservedWords.callable(dialect.procedural)
  }

  private static let known = Mutex<[DialectName: Grammar]>([:])

  /// The grammar of a dialect; its tables are compiled at the first use.
  static func of(_ dialect: Dialect) -> Grammar {
    known.withLock { known in
      if let grammar = known[dialect.name] { return grammar }
      let grammar = Grammar(dialect)
      known[dialect.name] = grammar
      return grammar
    }
  }
}

/// Where a node begins: the next token and the next node.
struct Mark {
  var token: Int
  var node: Int
}

/// Reads tokens into nodes, statement by statement. A statement that does not fit becomes `.unparsed`, and the next one is read.
///
/// The grammar areas are extensions, one file each; each asks `has(feature)`, none asks for a dialect. Every function
/// leaves its node as the last of `nodes`, so that wrapping what was just read is one `finish` with the earlier mark.
struct Parser {
  let bytes: UnsafeBufferPointer<UInt8>
  let grammar: Grammar
  let features: Features
  let extensions: QueryExtensions
  var tokens: [Token]
  var nodes: [Node] = []
  var at = 0
  /// The first token of the run that is read: of the script, or of a quoted body, whose tokens follow it.
  var runStart = 0
  /// The end of that run.
  var last: Int
  /// The closing bracket of each opening one in the run, by its place in it, built at the first question; 0 where there is none.
  var closings: [UInt32] = []
  /// How many open brackets, blocks and queries surround the current token.
  var depth = 0
  /// Inside a routine's body of the PL/pgSQL kind, where INTO fills variables.
  var inBlockBody = false
  /// What ends the lists of statements around the current token.
  var terminators: Terminators = []
  /// How many of the angle brackets in one token `>>` are closed.
  var closedAngles = 0
  /// The arguments that come next may be named by `name = value`.
  var namesArguments = false
  /// How many loops surround the current token.
  var loops = 0
  /// The label before the block or loop that comes next, in lower case.
  /// The body being read is that of an inline table function: one RETURN with its query.
  var inlineBody = false
  var label: String?
  /// The furthest failure of a table's optional part in this statement.
  var furthest: SyntaxFailure?
  var comments: [SourceRange] = []
  var unparsed: [UnparsedStatement] = []

  /// Deepest nesting that is read; one level costs at most about 2 KiB of stack in a release build.
  static let maximumDepth = 120

  // MARK: looking

  @inline(__always) var token: Token { tokens[at] }
  @inline(__always) var kind: TokenKind { tokens[at].kind }
  @inline(__always) var keyword: Keyword { tokens[at].keyword }

  /// The token `offset` places ahead; the end of file past the end.
  @inline(__always)
  func peek(_ offset: Int) -> Token { token(at + offset) }

  /// The token at an index; the end of the run past it.
  @inline(__always)
  func token(_ index: Int) -> Token { tokens[min(index, last)] }

  @inline(__always)
  func peekKeyword(_ offset: Int) -> Keyword { peek(offset).keyword }

  @inline(__always)
  func at(_ kind: TokenKind) -> Bool { tokens[at].kind == kind }

  @inline(__always)
  func at(_ keyword: Keyword) -> Bool { tokens[at].keyword == keyword }

  /// Whether these keywords stand here, in a row.
  func at(_ first: Keyword, _ second: Keyword) -> Bool { keyword == first && peekKeyword(1) == second }

  var dialect: Dialect { grammar.dialect }
  var table: StatementTable { grammar.table }

  @inline(__always)
  func has(_ feature: Features) -> Bool { features.contains(feature) }

  @inline(__always)
  func has(_ feature: QueryExtensions) -> Bool { extensions.contains(feature) }

  // MARK: taking

  @inline(__always)
  mutating func advance() { if tokens[at].kind != .endOfFile { at += 1 } }

  @inline(__always)
  mutating func take(_ kind: TokenKind) -> Bool {
    guard tokens[at].kind == kind else { return false }
    at += 1
    return true
  }

  @inline(__always)
  mutating func take(_ keyword: Keyword) -> Bool {
    guard tokens[at].keyword == keyword else { return false }
    at += 1
    return true
  }

  /// Takes two keywords in a row, or nothing.
  mutating func take(_ first: Keyword, _ second: Keyword) -> Bool {
    guard at(first, second) else { return false }
    at += 2
    return true
  }

  mutating func expect(_ kind: TokenKind, _ name: String) throws(SyntaxFailure) {
    guard take(kind) else { throw failure(name) }
  }

  mutating func expect(_ keyword: Keyword) throws(SyntaxFailure) {
    guard take(keyword) else { throw failure("'" + "\(keyword)".uppercased() + "'") }
  }

  func failure(_ expected: String) -> SyntaxFailure { SyntaxFailure(token: at, expected: expected) }

  // MARK: nodes

  @inline(__always)
  func mark() -> Mark { Mark(token: at, node: nodes.count) }

  /// Makes a node of everything read since the mark.
  @inline(__always)
  mutating func finish(_ mark: Mark, _ kind: NodeKind, flags: UInt8 = 0) {
    nodes.append(
      Node(
        kind: kind, flags: flags, firstToken: UInt32(truncatingIfNeeded: mark.token), endToken: UInt32(truncatingIfNeeded: at),
        firstDescendant: UInt32(truncatingIfNeeded: mark.node)))
  }

  /// Takes the next token as a node of its own.
  @inline(__always)
  mutating func leaf(_ kind: NodeKind, flags: UInt8 = 0) {
    let mark = mark()
    advance()
    finish(mark, kind, flags: flags)
  }

  /// Forgets what was read since the mark.
  mutating func rewind(_ mark: Mark) {
    at = mark.token
    nodes.removeLast(nodes.count - mark.node)
  }

  /// Runs a rule one level deeper, or fails when the text is nested too deeply to read.
  @inline(never)
  mutating func nested(_ rule: (inout Parser) throws(SyntaxFailure) -> Void) throws(SyntaxFailure) {
    guard depth < Parser.maximumDepth else {
      throw SyntaxFailure(token: at, expected: "less than \(Parser.maximumDepth) levels of nesting", isTooDeep: true)
    }
    depth += 1
    defer { depth -= 1 }
    try rule(&self)
  }

  /// Reads `rule` once or more, with commas between.
  mutating func list(_ rule: (inout Parser) throws(SyntaxFailure) -> Void) throws(SyntaxFailure) {
    repeat { try rule(&self) } while take(.comma)
  }
}

extension SyntaxTree {
  /// Parses a text. Total: any bytes give a tree, and what could not be read is in `unparsed` with its range and reason.
  public static func parse(_ source: SourceText, dialect: Dialect) -> SyntaxTree {
    source.bytes.withUnsafeBufferPointer { buffer in
      var lexer = Lexer(buffer, from: 0, to: buffer.count, rules: dialect.lexical)
      lexer.run()
      let scriptTokens = lexer.tokens.count
      var parser = Parser(bytes: buffer, grammar: .of(dialect), features: dialect.features, extensions: dialect.extensions, tokens: lexer.tokens,
        last: scriptTokens - 1)
      parser.nodes.reserveCapacity(scriptTokens)
      parser.comments = lexer.comments.map { SourceRange(UInt32($0.0), UInt32($0.1)) }
      parser.script(until: scriptTokens - 1)
      let diagnostics = parser.unparsed.map { item in
        Diagnostic(
          code: "P001", severity: .error, message: item.reason, file: source.name, position: source.position(of: item.at.lower))
      }
      return SyntaxTree(
        source: source, dialect: dialect.name, tokens: parser.tokens, nodes: parser.nodes, scriptTokens: scriptTokens,
        comments: parser.comments, unparsed: parser.unparsed, diagnostics: diagnostics)
    }
  }
}
