internal import CadastreCatalog
public import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreLineage
public import CadastreModel
internal import CadastreSQL
internal import Foundation

/// What `cadastre extract` reports; its JSON is a contract.
public struct ExtractReport: Sendable {
  public struct Statements: Sendable, Encodable {
    public var total: Int
    public var analysed: Int
    public var opaque: Int
  }

  public struct RoutineParameter: Sendable, Encodable {
    public var name: String
    public var type: String
    public var mode: String
  }

  public struct RoutineSummary: Sendable, Encodable {
    public var name: String
    public var kind: String
    public var parameters: [RoutineParameter]
    public var reads: [String]
    public var writes: [String]
    public var calls: [String]
    public var coverage: Double
  }

  public struct UnresolvedRow: Sendable, Encodable {
    public var file: String
    public var line: Int
    public var routine: String?
    public var reason: String
    public var text: String
    public var hint: String
  }

  public struct Finding: Sendable, Encodable {
    public var code: String
    public var severity: String
    public var file: String
    public var line: Int?
    public var column: Int?
    public var message: String
  }

  public var dialect: String
  public var statements: Statements
  public var routines: [RoutineSummary]
  public var edges: ExtractEdges
  public var unresolved: [UnresolvedRow]
  public var diagnostics: [Finding]

  /// Extracts lineage from scripts.
  ///
  /// - Parameters:
  ///   - subjects: the scripts whose statements give edges.
  ///   - context: scripts that only define (`--ddl`).
  ///   - keepViews: stop at the views that only the context defines rather than look through them.
  ///   - keepTemporaries: show temporary tables, variables and cursors rather than look through them.
  ///   - results: print what is given to the caller as columns of `{result}`.
  public init(subjects: [SourceText], context: [SourceText], dialect: DialectName, keepViews: Bool = false, keepTemporaries: Bool = false, results: Bool = false) {
    let rules = Dialect.named(dialect)
    let contextTrees = context.map { SyntaxTree.parse($0, dialect: rules) }
    let subjectTrees = subjects.map { SyntaxTree.parse($0, dialect: rules) }
    var catalog = Catalog(dialect: rules)
    catalog.add(contextTrees + subjectTrees)
    let result = LineageExtractor(
      catalog: catalog, subjects: subjectTrees, context: contextTrees,
      options: .init(keepViews: keepViews, keepTemporaries: keepTemporaries, results: results)
    ).extract()
    self.dialect = dialect.rawValue
    self.statements = Statements(total: result.statements.total, analysed: result.statements.analysed, opaque: result.statements.opaque)
    self.routines = result.routines.map { routine in
      RoutineSummary(
        name: routine.name.rendered, kind: routine.kind.rawValue,
        parameters: routine.parameters.map { RoutineParameter(name: $0.name, type: $0.nativeType, mode: $0.mode.rawValue) },
        reads: routine.reads, writes: routine.writes, calls: routine.calls, coverage: (routine.coverage * 10_000).rounded() / 10_000)
    }
    self.edges = ExtractEdges(result.sortedEdges, result.names)
    self.unresolved = result.unresolved.map {
      UnresolvedRow(file: $0.file, line: $0.line, routine: $0.routine?.rendered, reason: $0.reason.rawValue, text: $0.text, hint: $0.hint)
    }
    let findings = (contextTrees + subjectTrees).flatMap(\.diagnostics) + catalog.diagnostics
    self.diagnostics = findings.map {
      Finding(
        code: $0.code, severity: $0.severity.rawValue, file: $0.file, line: $0.position?.line, column: $0.position?.column, message: $0.message)
    }
  }
}

extension ExtractReport {
  /// One JSON document with a line end, keys sorted.
  ///
  /// - Parameter write: takes pieces of the text, UTF-8.
  public func writeJSON(_ write: ([UInt8]) -> Void) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    func member(_ key: String, _ value: some Encodable) throws { write(Array("\(key == "diagnostics" ? "{" : ",")\"\(key)\":".utf8) + Array(try encoder.encode(value))) }
    try member("diagnostics", diagnostics)
    try member("dialect", dialect)
    write(Array(",\"edges\":".utf8))
    edges.writeJSON(write)
    try member("routines", routines)
    try member("statements", statements)
    try member("unresolved", unresolved)
    write([0x7D, 0x0A])
  }
}
