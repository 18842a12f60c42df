public import CadastreDiagnostics
internal import CadastreDialects
public import CadastreModel
internal import CadastreSQL

/// What `cadastre parse` reports of a set of scripts; its JSON is a contract.
public struct ParseReport: Sendable, Codable {
  public struct Statements: Sendable, Codable {
    public var total = 0
    public var parsed = 0
    public var unparsed = 0
  }

  public struct Routines: Sendable, Codable {
    public var total = 0
    public var parsed = 0
  }

  public struct Unparsed: Sendable, Codable {
    public var file: String
    public var line: Int
    public var column: Int
    public var reason: String
    /// The first 200 bytes of the statement.
    public var text: String
  }

  public var dialect: String
  public var files = 0
  public var bytes = 0
  /// Tokens, those of quoted bodies included.
  public var tokens = 0
  public var statements = Statements()
  public var routines = Routines()
  public var unparsed: [Unparsed] = []

  /// Parses scripts and counts what was read.
  public init(parsing sources: [SourceText], dialect: DialectName) {
    self.dialect = dialect.rawValue
    let rules = Dialect.named(dialect)
    for source in sources {
      let tree = SyntaxTree.parse(source, dialect: rules)
      let counts = tree.counts
      files += 1
      bytes += source.bytes.count
      tokens += tree.tokens.count
      statements.total += counts.statements
      statements.unparsed += counts.unparsed
      statements.parsed = statements.total - statements.unparsed
      routines.total += counts.routines
      routines.parsed += counts.routinesParsed
      for item in tree.unparsed {
        let position = source.position(of: item.at.lower)
        unparsed.append(
          Unparsed(
            file: source.name, line: position.line, column: position.column, reason: item.reason,
            text: source.text(item.range, limit: 200)))
      }
    }
  }
}

/// What `cadastre parse --tree` prints of one script.
public struct ParsedTree: Sendable {
  /// A line a node, indented by depth: kind, flags when not 0, line:column, and the text of a node without children.
  public let text: String

  public init(parsing source: SourceText, dialect: DialectName) {
    text = SyntaxTree.parse(source, dialect: .named(dialect)).rendered()
  }
}
