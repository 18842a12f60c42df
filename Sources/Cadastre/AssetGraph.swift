internal import CadastreModel

/// A lineage graph between assets: every column edge rolled up.
struct AssetGraph {
  private struct Pair: Hashable {
    var source: Int
    var target: Int
  }

  let graph: LineageGraph
  /// Nodes are indices into `graph.assets`.
  let digraph: Digraph
  private let counts: [Pair: (direct: Int, indirect: Int)]

  init(_ graph: LineageGraph, kinds: Set<EdgeKind>) {
    self.graph = graph
    // a link into rows stands for its columns too: count it once, not once for each
    let rows = Set(graph.links.lazy.filter { graph.nodes[$0.target].column == nil }.map(\.evidence))
    struct Edge: Hashable {
      var source: Int
      var target: Int
      var kind: EdgeKind
    }
    var seen: Set<Edge> = []
    var counts: [Pair: (direct: Int, indirect: Int)] = [:]
    for link in graph.links where kinds.contains(link.kind) {
      if graph.nodes[link.target].column != nil, rows.contains(link.evidence) { continue }
      guard seen.insert(Edge(source: link.source, target: link.target, kind: link.kind)).inserted else { continue }
      let pair = Pair(source: graph.nodes[link.source].asset, target: graph.nodes[link.target].asset)
      if link.kind == .direct { counts[pair, default: (0, 0)].direct += 1 } else { counts[pair, default: (0, 0)].indirect += 1 }
    }
    self.counts = counts
    digraph = Digraph(count: graph.assets.count, arcs: counts.map { ($0.key.source, $0.key.target, $0.value.direct > 0 ? 0 : 1) })
  }

  func link(_ source: Int, _ target: Int) -> AssetLink {
    let count = counts[Pair(source: source, target: target)] ?? (0, 0)
    return AssetLink(source: graph.assets[source].name.rendered, target: graph.assets[target].name.rendered, direct: count.direct, indirect: count.indirect)
  }
}
