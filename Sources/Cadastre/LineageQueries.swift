public import CadastreModel
public import CadastreStore

/// What `lineage upstream|downstream|why` report.
public struct LineageReport: Sendable, Codable {
  public struct Edge: Sendable, Codable {
    public var source: String
    public var target: String
    public var columns: [String]?
    public var kind: String
    public var subtype: String
    public var origin: String
    public var routine: String?
    public var routineVersion: Int?
    public var file: String
    public var line: Int
    public var statement: Int
    public var expression: String
    public var confidence: Double
    public var depth: Int
  }

  public var of: String
  public var direction: String
  public var complete = true
  public var edges: [Edge]

  public init(of reference: ColumnReference, direction: LineageDirection, steps: [LineageStep]) {
    of = reference.rendered
    self.direction = direction == .upstream ? "upstream" : "downstream"
    edges = steps.map { step in
      Edge(
        source: step.edge.source.rendered, target: step.edge.target.rendered, columns: step.edge.target.column == nil ? step.edge.columns : nil,
        kind: step.edge.kind.rawValue, subtype: step.edge.subtype.rawValue, origin: step.edge.origin.rawValue, routine: step.edge.routine?.rendered,
        routineVersion: step.routineVersion, file: step.edge.file, line: step.edge.line, statement: step.edge.statement,
        expression: step.edge.expression, confidence: step.edge.confidence, depth: step.depth)
    }
  }
}

/// Paths through the lineage graph.
public enum LineagePath {
  /// The shortest path from one column or asset to another, DIRECT edges before INDIRECT ones; `nil` when there is none.
  public static func shortest(from: ColumnReference, to: ColumnReference, in registry: Registry) throws(StoreError) -> [LineageStep]? {
    for kinds in [Set([EdgeKind.direct]), Set([EdgeKind.direct, .indirect])] {
      let steps = try registry.lineage(.upstream, of: to, kinds: kinds)
      if let path = search(steps, from, to) { return path }
    }
    return nil
  }

  private static func covers(_ reference: ColumnReference, _ column: ColumnReference) -> Bool {
    reference.asset == column.asset && (reference.column == nil || reference.column?.lowercased() == column.column?.lowercased())
  }

  private static func search(_ steps: [LineageStep], _ from: ColumnReference, _ to: ColumnReference) -> [LineageStep]? {
    // walk back from the target; remember by which step each column was first reached
    var reachedBy: [ColumnReference: (step: LineageStep, from: ColumnReference?)] = [:]
    var frontier: [ColumnReference?] = [nil]
    while !frontier.isEmpty {
      var next: [ColumnReference?] = []
      for place in frontier {
        for step in steps where leads(step.edge, to: place ?? to) {
          let source = step.edge.source
          guard reachedBy[source] == nil else { continue }
          reachedBy[source] = (step, place)
          if covers(from, source) { return path(source, reachedBy) }
          next.append(source)
        }
      }
      frontier = next
    }
    return nil
  }

  private static func leads(_ edge: ColumnEdge, to place: ColumnReference) -> Bool {
    guard edge.target.asset == place.asset else { return false }
    guard let column = place.column else { return true }
    if let target = edge.target.column { return target.lowercased() == column.lowercased() }
    return edge.columns.contains { $0.lowercased() == column.lowercased() }
  }

  private static func path(_ source: ColumnReference, _ reachedBy: [ColumnReference: (step: LineageStep, from: ColumnReference?)]) -> [LineageStep] {
    var result: [LineageStep] = []
    var place: ColumnReference? = source
    while let at = place, let reached = reachedBy[at] {
      result.append(reached.step)
      place = reached.from
    }
    return result
  }
}
