/// How an upstream column bears on a downstream one.
public enum EdgeKind: String, Sendable, Hashable, Codable {
  /// The value flows.
  case direct
  /// The value decides which rows or which of several values arrive.
  case indirect
}

/// The finer kind, by the names of OpenLineage's column lineage facet.
public enum EdgeSubtype: String, Sendable, Hashable, Codable, CaseIterable {
  case identity, transformation, aggregation
  case join, filter
  case groupBy = "group_by"
  case sort, window, conditional

  /// Position in `allCases`.
  @inlinable
  public var place: UInt8 {
    switch self {
    case .identity: 0
    case .transformation: 1
    case .aggregation: 2
    case .join: 3
    case .filter: 4
    case .groupBy: 5
    case .sort: 6
    case .window: 7
    case .conditional: 8
    }
  }

  /// Whether the value itself flows, or only decides.
  public var kind: EdgeKind {
    switch self {
    case .identity, .transformation, .aggregation: .direct
    case .join, .filter, .groupBy, .sort, .window, .conditional: .indirect
    }
  }
}

/// Where knowledge of an edge comes from.
public enum EdgeOrigin: String, Sendable, Hashable, Codable {
  case parsed, declared, observed
}

/// One column of an asset, or (`column` nil) the rows of it.
public struct ColumnReference: Sendable, Hashable, Codable, Comparable {
  public var asset: ObjectName
  /// `nil` stands for `*`: the existence of rows.
  public var column: String?

  public init(asset: ObjectName, column: String?) {
    self.asset = asset
    self.column = column
  }

  public var rendered: String { asset.rendered + "." + (column.map(ObjectName.renderedPart) ?? "*") }

  public static func < (left: ColumnReference, right: ColumnReference) -> Bool { left.rendered < right.rendered }
}

/// One edge of column lineage with its evidence.
public struct ColumnEdge: Sendable, Hashable, Codable {
  public var source: ColumnReference
  public var target: ColumnReference
  /// For a target of rows: the columns that the statement writes. Otherwise empty.
  public var columns: [String]
  public var kind: EdgeKind
  public var subtype: EdgeSubtype
  public var origin: EdgeOrigin
  /// The routine whose text holds the expression; `nil` for a statement outside any routine.
  public var routine: ObjectName?
  public var file: String
  /// 1-based line of the expression.
  public var line: Int
  /// 1-based ordinal of the statement in its routine (in the file, outside routines).
  public var statement: Int
  public var expression: String
  /// 1.0 unless resolution was ambiguous or names were completed.
  public var confidence: Double

  public init(
    source: ColumnReference, target: ColumnReference, columns: [String] = [], kind: EdgeKind, subtype: EdgeSubtype,
    origin: EdgeOrigin = .parsed, routine: ObjectName?, file: String, line: Int, statement: Int, expression: String,
    confidence: Double = 1
  ) {
    self.source = source
    self.target = target
    self.columns = columns
    self.kind = kind
    self.subtype = subtype
    self.origin = origin
    self.routine = routine
    self.file = file
    self.line = line
    self.statement = statement
    self.expression = expression
    self.confidence = confidence
  }
}

/// An edge by numbers: positions in the lists of an `EdgeNames`. Hundreds of thousands of them fit where as many names would not.
public struct NumberedEdge: Sendable, Hashable {
  public var source: Int32
  public var target: Int32
  /// In whose text the expression stands.
  public var owner: Int32
  /// 1-based.
  public var line: Int32
  public var statement: Int32
  public var expression: Int32
  /// For a target of rows: the columns that the statement writes; the first list is empty.
  public var columns: Int32
  public var subtype: EdgeSubtype
  public var origin: EdgeOrigin
  /// Among how many columns the source's name was shared; 1 where it is clear.
  public var candidates: UInt8

  public init(
    source: Int32, target: Int32, owner: Int32, line: Int32, statement: Int32, expression: Int32, columns: Int32, subtype: EdgeSubtype,
    origin: EdgeOrigin, candidates: UInt8
  ) {
    self.source = source
    self.target = target
    self.owner = owner
    self.line = line
    self.statement = statement
    self.expression = expression
    self.columns = columns
    self.subtype = subtype
    self.origin = origin
    self.candidates = candidates
  }

  public var confidence: Double { candidates <= 1 ? 1 : 1 / Double(candidates) }
}

/// What numbered edges name.
public struct EdgeNames: Sendable {
  public struct Owner: Sendable, Hashable {
    /// `nil` for the statements of a script.
    public var routine: ObjectName?
    public var file: String

    public init(routine: ObjectName?, file: String) {
      self.routine = routine
      self.file = file
    }
  }

  public var columns: [ColumnReference] = []
  public var owners: [Owner] = []
  public var expressions: [String] = []
  public var lists: [[String]] = [[]]

  public init() {}

  /// An edge with its names.
  public func edge(_ edge: NumberedEdge) -> ColumnEdge {
    let owner = owners[Int(edge.owner)]
    return ColumnEdge(
      source: columns[Int(edge.source)], target: columns[Int(edge.target)], columns: lists[Int(edge.columns)], kind: edge.subtype.kind,
      subtype: edge.subtype, origin: edge.origin, routine: owner.routine, file: owner.file, line: Int(edge.line), statement: Int(edge.statement),
      expression: expressions[Int(edge.expression)], confidence: edge.confidence)
  }
}

/// Why something stands in the ledger of what could not be analysed.
public enum UnresolvedReason: String, Sendable, Hashable, Codable, CaseIterable {
  case unparsed
  case dynamicName = "dynamic_name"
  case dynamicText = "dynamic_text"
  case unknownObject = "unknown_object"
  case unknownColumns = "unknown_columns"
  case ambiguous, remote
  case externalCode = "external_code"
}

/// One row of the ledger.
public struct Unresolved: Sendable, Hashable, Codable {
  public var file: String
  /// 1-based.
  public var line: Int
  public var routine: ObjectName?
  public var reason: UnresolvedReason
  /// What stands there, at most 200 bytes.
  public var text: String
  /// A one-line annotation that would resolve it.
  public var hint: String

  public init(file: String, line: Int, routine: ObjectName?, reason: UnresolvedReason, text: String, hint: String) {
    self.file = file
    self.line = line
    self.routine = routine
    self.reason = reason
    self.text = text
    self.hint = hint
  }
}
