/// What a routine is.
public enum RoutineKind: String, Sendable, Hashable, Codable, CaseIterable {
  case procedure, function, trigger
  /// The query of a view, seen as code.
  case view
  /// Statements of a script outside any routine.
  case script
}

public struct Parameter: Sendable, Hashable, Codable {
  public enum Mode: String, Sendable, Hashable, Codable {
    case `in`, out, `inout`
  }

  /// With its sigil, as written (`@day`, `p_day`).
  public var name: String
  public var nativeType: String
  public var mode: Mode
  /// As written; `nil` when there is none.
  public var defaultValue: String?

  public init(name: String, nativeType: String, mode: Mode = .in, defaultValue: String? = nil) {
    self.name = name
    self.nativeType = nativeType
    self.mode = mode
    self.defaultValue = defaultValue
  }
}

/// One version of a routine as scanned, with what analysis found in it.
public struct Routine: Sendable, Hashable, Codable {
  public var name: ObjectName
  public var kind: RoutineKind
  public var dialect: DialectName
  public var parameters: [Parameter]
  /// The whole definition, as written.
  public var source: String
  public var definedAt: SourceSpan
  /// Rendered names of the assets it reads and writes, and of the routines it calls; sorted.
  public var reads: [String]
  public var writes: [String]
  public var calls: [String]
  /// Analysed statements that move data without an unresolved row, over all that move data: 0...1.
  public var coverage: Double
  /// Innermost statements in it, and how many of them could not be parsed.
  public var statements: Int
  public var unparsed: Int

  public init(
    name: ObjectName, kind: RoutineKind, dialect: DialectName, parameters: [Parameter] = [], source: String,
    definedAt: SourceSpan, reads: [String] = [], writes: [String] = [], calls: [String] = [], coverage: Double = 1,
    statements: Int = 0, unparsed: Int = 0
  ) {
    self.name = name
    self.kind = kind
    self.dialect = dialect
    self.parameters = parameters
    self.source = source
    self.definedAt = definedAt
    self.reads = reads
    self.writes = writes
    self.calls = calls
    self.coverage = coverage
    self.statements = statements
    self.unparsed = unparsed
  }
}
