public import CadastreModel
public import CadastreStore

/// Why a question about lineage has no answer.
public enum LineageFailure: Error, Sendable, Hashable {
  case unknown(name: String, registry: String)
  case ambiguous(name: String, candidates: [String])
  case unknownNamespace(String)
  /// An end of a declared edge that is not there; `external` is what was to be made, which it is no column of.
  case unknownColumn(name: String, external: String?)
  /// The edge makes no sense; why.
  case notDeclarable(String)
  /// Nothing to retract; what holds the edge instead.
  case notDeclared(source: String, target: String, heldBy: [EvidencePlace])
}

/// A registry's lineage as a graph that is asked.
public struct LineageQuestion: Sendable {
  public let registry: Registry
  public let graph: LineageGraph
  /// Arcs of the kinds asked for; an indirect one costs 1, so that of equal paths the one that carries the value wins.
  public let digraph: Digraph
  public let kinds: Set<EdgeKind>

  public init(_ registry: Registry, namespace: String? = nil, kinds: Set<EdgeKind> = [.direct, .indirect]) throws {
    if let namespace, try !registry.namespaces().contains(where: { $0.name == namespace }) { throw LineageFailure.unknownNamespace(namespace) }
    self.init(registry, graph: try registry.lineageGraph(namespace: namespace), kinds: kinds)
  }

  public init(_ registry: Registry, graph: LineageGraph, kinds: Set<EdgeKind>) {
    self.registry = registry
    self.graph = graph
    self.kinds = kinds
    digraph = Digraph(
      count: graph.nodes.count,
      arcs: graph.links.filter { kinds.contains($0.kind) }.map { ($0.source, $0.target, $0.kind == .direct ? 0 : 1) })
  }

  /// The one thing a name means.
  public static func place(_ name: String, namespace: String? = nil, in registry: Registry) throws -> LineagePlace {
    let found = try registry.places(name, namespace: namespace)
    if found.count == 1 { return found[0] }
    if found.isEmpty { throw LineageFailure.unknown(name: name, registry: registry.path) }
    let several = Set(found.map(\.namespace)).count > 1
    throw LineageFailure.ambiguous(name: name, candidates: found.map { $0.rendered + (several ? " of \($0.namespace)" : "") })
  }

  /// Every piece of evidence for hops, each a pair of nodes, as edges of a report; the hop's number (1-based) is their depth.
  func evidence(_ hops: [(source: Int, target: Int)]) throws -> [[LineageReport.Edge]] {
    struct Hop: Hashable {
      var source: Int
      var target: Int
    }
    let wanted = Set(hops.map { Hop(source: $0.source, target: $0.target) })
    var ids: [Hop: [Int64]] = [:]
    for link in graph.links where kinds.contains(link.kind) {
      let hop = Hop(source: link.source, target: link.target)
      if wanted.contains(hop) { ids[hop, default: []].append(link.evidence) }
    }
    let rows = try registry.evidence(ids.values.flatMap { $0 })
    return hops.enumerated().map { index, hop in
      (ids[Hop(source: hop.source, target: hop.target)] ?? []).compactMap { rows[$0] }
        .sorted { ($0.edge.kind == .direct ? 0 : 1, $0.edge.file, $0.edge.line) < ($1.edge.kind == .direct ? 0 : 1, $1.edge.file, $1.edge.line) }
        .map { LineageReport.Edge($0, depth: index + 1) }
    }
  }
}
