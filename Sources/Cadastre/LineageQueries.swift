public import CadastreModel
public import CadastreStore

/// What `lineage upstream|downstream` report.
public struct LineageReport: Sendable, Codable {
  public struct Edge: Sendable, Codable, Hashable {
    public var source: String
    public var target: String
    public var sourceAsset: String
    public var targetAsset: String
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
    /// Instant of the change that began this evidence, and that change.
    public var since: String
    public var change: Int64
    /// Who declared or observed it, and why.
    public var actor: String?
    public var reason: String?

    init(_ edge: ColumnEdge, version: Int?, change: Int64, since: String, depth: Int) {
      source = edge.source.rendered
      target = edge.target.rendered
      sourceAsset = edge.source.asset.rendered
      targetAsset = edge.target.asset.rendered
      columns = edge.target.column == nil ? edge.columns : nil
      kind = edge.kind.rawValue
      subtype = edge.subtype.rawValue
      origin = edge.origin.rawValue
      routine = edge.routine?.rendered
      routineVersion = version
      file = edge.file
      line = edge.line
      statement = edge.statement
      expression = edge.expression
      confidence = edge.confidence
      self.depth = depth
      self.since = since
      self.change = change
    }

    init(_ evidence: LineageEvidence, depth: Int) {
      self.init(evidence.edge, version: evidence.routineVersion, change: evidence.change, since: evidence.since, depth: depth)
      guard !isInScript else { return }
      actor = evidence.actor
      reason = evidence.reason
    }

    /// `file:line`, or how the edge is known when no script holds it.
    public var place: String { file.isEmpty ? origin : line > 0 ? "\(file):\(line)" : file }
    /// Whether a script holds it, as code or as a comment that declares it; else a person stated it or an event showed it.
    public var isInScript: Bool { line > 0 }
    public var isDirect: Bool { kind == EdgeKind.direct.rawValue }
  }

  public var of: String
  public var direction: String
  /// Whether every edge there is is given.
  public var complete = true
  /// Edges that `--depth` kept out one hop further, behind which there may be more; edges that `--limit` kept out.
  public var hiddenByDepth = 0
  public var hiddenByLimit = 0
  public var edges: [Edge]

  public init(of reference: ColumnReference, direction: LineageDirection, steps: [LineageStep], hiddenByDepth: Int = 0, limit: Int? = nil) {
    of = reference.column == nil ? reference.asset.rendered : reference.rendered
    self.direction = direction == .upstream ? "upstream" : "downstream"
    edges = steps.map { Edge($0.edge, version: $0.routineVersion, change: $0.change, since: $0.since, depth: $0.depth) }
    self.hiddenByDepth = hiddenByDepth
    if let limit, edges.count > limit {
      hiddenByLimit = edges.count - limit
      edges = Array(edges.prefix(limit))
    }
    complete = hiddenByDepth + hiddenByLimit == 0
  }

  /// What is not given, in words; `nil` when nothing is missing.
  public var omission: String? {
    var parts: [String] = []
    if hiddenByDepth > 0 { parts.append("\(hiddenByDepth) and what lies behind them beyond --depth") }
    if hiddenByLimit > 0 { parts.append("\(hiddenByLimit) beyond --limit") }
    return parts.isEmpty ? nil : "\(hiddenByDepth + hiddenByLimit) edges not shown: " + parts.joined(separator: ", ")
  }

  /// All upstream or downstream of a place; that something is cut is said.
  public static func walk(
    _ direction: LineageDirection, of place: LineagePlace, kinds: Set<EdgeKind> = [.direct, .indirect], depth: Int? = nil, limit: Int? = nil,
    in registry: Registry
  ) throws(StoreError) -> LineageReport {
    let steps = try registry.lineage(direction, of: place.reference, namespace: place.namespace, depth: depth, kinds: kinds)
    let hidden = try depth.map { depth throws(StoreError) in try registry.beyond(depth, direction, from: place.reference, namespace: place.namespace, kinds: kinds) }
    return LineageReport(of: place.reference, direction: direction, steps: steps, hiddenByDepth: hidden ?? 0, limit: limit)
  }

  /// An empty answer says why it is empty.
  public func absence(in registry: Registry) throws(StoreError) -> String {
    let gaps = try registry.unresolved().count
    let side = direction == "upstream" ? "nothing scanned writes it" : "nothing scanned reads it"
    let caveat = gaps == 0 ? "the ledger is empty" : "\(gaps) places could not be resolved: see 'cadastre lineage gaps'"
    return "\(of): no edges; \(side); \(caveat)"
  }
}
