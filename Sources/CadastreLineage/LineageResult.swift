public import CadastreModel

/// What an analysis of scripts gives: edges, the ledger and a summary of each routine.
public struct LineageResult: Sendable {
  /// Innermost statements, how many were analysed, and how many stand in the ledger.
  public struct Statements: Sendable {
    public var total = 0
    public var analysed = 0
    public var opaque = 0
  }

  /// What was found by analysing one routine by itself, one trigger, or the statements of one script.
  ///
  /// A unit's edges may belong to other routines: those it calls with its own arguments, and triggers that it fires.
  public struct Unit: Sendable {
    /// `nil` for the statements of a script outside of routines.
    public var routine: ObjectName?
    public var file: String
    public var edges: [Edge] = []
    public var unresolved: [Unresolved] = []
    /// Folded last names of the objects whose definitions it depends on, those that do not exist included; sorted.
    public var dependencies: [String] = []
    /// Parameters of other routines whose value its calls give, `routine:parameter`; sorted.
    public var resolves: [String] = []
  }

  public typealias Edge = NumberedEdge

  /// The columns that edges name.
  public var columns: [ColumnReference] = []
  public var statements = Statements()
  /// Routines of the subject scripts, in order of definition.
  public var routines: [Routine] = []
  /// In order of the scripts: each script's own statements, its routines, its triggers.
  public var units: [Unit] = []
  /// The columns of each view that the subjects define, in order.
  public var viewColumns: [ObjectName: [String]] = [:]

  /// Sorted by file, statement, target, source.
  public var sortedEdges: [Edge] { EdgeOrder.sorted(units.flatMap(\.edges), columns) }

  /// `sortedEdges` with their names.
  public var edges: [ColumnEdge] { sortedEdges.map { edge($0) } }

  /// An edge with its names.
  public func edge(_ edge: Edge) -> ColumnEdge {
    ColumnEdge(
      source: columns[Int(edge.source)], target: columns[Int(edge.target)], columns: edge.columns, kind: edge.subtype.kind, subtype: edge.subtype,
      origin: edge.origin, routine: edge.routine, file: edge.file, line: edge.line, statement: edge.statement, expression: edge.expression,
      confidence: edge.confidence)
  }

  /// Sorted by file and line.
  public var unresolved: [Unresolved] {
    Set(units.flatMap(\.unresolved)).sorted { ($0.file, $0.line, $0.reason.rawValue, $0.text) < ($1.file, $1.line, $1.reason.rawValue, $1.text) }
  }
}

/// The order edges are printed in: file, statement, target, source, and then whatever makes it total.
enum EdgeOrder {
  private struct Key {
    var file: Int
    var statement: Int
    var target: Int
    var source: Int
    var routine: Int
    var subtype: UInt8
    var position: Int
  }

  static func sorted(_ edges: [LineageResult.Edge], _ columns: [ColumnReference]) -> [LineageResult.Edge] {
    // names are compared once each, edges by the ranks of their names
    let texts = columns.map(\.rendered)
    var places = [Int](repeating: 0, count: columns.count)
    for (place, column) in columns.indices.sorted(by: { texts[$0] < texts[$1] }).enumerated() { places[column] = place }
    let files = rank(Set(edges.map(\.file)))
    var routines: [ObjectName: Int] = [:]
    for (place, name) in Set(edges.compactMap(\.routine)).sorted(by: { $0.rendered < $1.rendered }).enumerated() { routines[name] = place + 1 }
    let keys = edges.enumerated().map { position, edge in
      Key(
        file: files[edge.file] ?? 0, statement: edge.statement, target: places[Int(edge.target)], source: places[Int(edge.source)],
        routine: edge.routine.flatMap { routines[$0] } ?? 0, subtype: edge.subtype.index, position: position)
    }
    return keys.sorted { left, right in
      if left.file != right.file { return left.file < right.file }
      if left.statement != right.statement { return left.statement < right.statement }
      if left.target != right.target { return left.target < right.target }
      if left.source != right.source { return left.source < right.source }
      if left.routine != right.routine { return left.routine < right.routine }
      return left.subtype < right.subtype
    }.reduce(into: [LineageResult.Edge]()) { result, key in
      let edge = edges[key.position]
      // several units may have found the same
      guard let last = result.last, last.source == edge.source, last.target == edge.target, last.subtype == edge.subtype, last.statement == edge.statement,
        last.file == edge.file, last.routine == edge.routine
      else { return result.append(edge) }
      for column in edge.columns where !last.columns.contains(column) { result[result.count - 1].columns.append(column) }
      result[result.count - 1].confidence = max(last.confidence, edge.confidence)
    }
  }

  private static func rank(_ texts: Set<String>) -> [String: Int] {
    var result: [String: Int] = [:]
    for (place, text) in texts.sorted().enumerated() { result[text] = place + 1 }
    return result
  }
}
