/// The column lineage that holds now, as numbers with names behind them: small enough to keep whole, made for questions about the whole.
///
/// Nodes are columns, and for every asset whose rows are decided by something one node for its rows. A link into rows is there for the rows'
/// node and for each column that the statement writes; so walks need no special case.
public struct LineageGraph: Sendable {
  public struct AssetNode: Sendable, Hashable {
    public var namespace: String
    public var name: ObjectName
    public var kind: AssetKind
    /// Whether something defines it, rather than only naming it.
    public var known: Bool
    /// Of a view, as written.
    public var query: String?

    public init(namespace: String, name: ObjectName, kind: AssetKind = .table, known: Bool = true, query: String? = nil) {
      self.namespace = namespace
      self.name = name
      self.kind = kind
      self.known = known
      self.query = query
    }
  }

  public struct Node: Sendable, Hashable {
    /// Index into `assets`.
    public var asset: Int
    /// `nil` for the rows of the asset.
    public var column: String?

    public init(asset: Int, column: String?) {
      self.asset = asset
      self.column = column
    }
  }

  /// One piece of evidence that one node bears on another.
  public struct Link: Sendable, Hashable {
    /// Indices into `nodes`.
    public var source: Int
    public var target: Int
    public var kind: EdgeKind
    public var origin: EdgeOrigin
    /// By which the registry gives the evidence.
    public var evidence: Int64

    public init(source: Int, target: Int, kind: EdgeKind, origin: EdgeOrigin = .parsed, evidence: Int64 = 0) {
      self.source = source
      self.target = target
      self.kind = kind
      self.origin = origin
      self.evidence = evidence
    }
  }

  public var assets: [AssetNode]
  public var nodes: [Node]
  public var links: [Link]
  /// Assets that scanned routines name as read or written, by index, with or without column edges.
  public var readByRoutines: Set<Int> = []
  public var writtenByRoutines: Set<Int> = []

  public init(assets: [AssetNode] = [], nodes: [Node] = [], links: [Link] = []) {
    self.assets = assets
    self.nodes = nodes
    self.links = links
  }

  public func reference(_ node: Int) -> ColumnReference {
    ColumnReference(asset: assets[nodes[node].asset].name, column: nodes[node].column)
  }

  /// The nodes a place stands for: one column, or all columns of an asset and its rows.
  public func nodes(of place: LineagePlace) -> [Int] {
    nodes.indices.filter { index in
      let node = nodes[index]
      guard assets[node.asset].namespace == place.namespace, assets[node.asset].name == place.reference.asset else { return false }
      return place.reference.column == nil || node.column == place.reference.column
    }
  }
}

/// A column or an asset of one warehouse.
public struct LineagePlace: Sendable, Hashable {
  public var namespace: String
  public var reference: ColumnReference

  public init(namespace: String, reference: ColumnReference) {
    self.namespace = namespace
    self.reference = reference
  }

  /// As it is printed: `schema.table.column`, or `schema.table` for an asset.
  public var rendered: String { reference.column == nil ? reference.asset.rendered : reference.rendered }
}

/// One piece of evidence for an edge, with the change that began it.
public struct LineageEvidence: Sendable, Hashable {
  public var edge: ColumnEdge
  /// Version of the routine that holds it now; `nil` outside routines.
  public var routineVersion: Int?
  public var change: Int64
  /// Instant of that change, UTC, ISO 8601; its author and his reason.
  public var since: String
  public var actor: String
  public var reason: String

  public init(edge: ColumnEdge, routineVersion: Int?, change: Int64, since: String, actor: String, reason: String) {
    self.edge = edge
    self.routineVersion = routineVersion
    self.change = change
    self.since = since
    self.actor = actor
    self.reason = reason
  }
}
