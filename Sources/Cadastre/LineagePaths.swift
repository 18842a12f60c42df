public import CadastreModel
public import CadastreStore

/// What `lineage path` reports: the ways by which one column or asset reaches another, shortest first.
public struct LineagePaths: Sendable, Codable {
  public struct Hop: Sendable, Codable {
    public var source: String
    public var target: String
    /// Direct when any evidence of the hop is.
    public var kind: String
    public var evidence: [LineageReport.Edge]
    /// Between assets: what the hop stands for; `evidence` is empty then.
    public var assets: AssetLink?
  }

  public struct Path: Sendable, Codable {
    public var length: Int
    public var hops: [Hop]
  }

  public var source: String
  public var target: String
  public var paths: [Path]
  /// Whether there are paths beyond those given.
  public var more: Bool

  /// Up to `limit` distinct simple paths in order of length; of equal ones those with fewer indirect hops first.
  public static func find(
    from source: LineagePlace, to target: LineagePlace, limit: Int = 1, kinds: Set<EdgeKind> = [.direct, .indirect], byAsset: Bool = false,
    in registry: Registry
  ) throws -> LineagePaths {
    let question = try LineageQuestion(registry, kinds: kinds)
    return try byAsset ? assets(from: source, to: target, limit: limit, question) : find(from: source, to: target, limit: limit, in: question)
  }

  private static func assets(from source: LineagePlace, to target: LineagePlace, limit: Int, _ question: LineageQuestion) throws -> LineagePaths {
    let rolled = AssetGraph(question.graph, kinds: question.kinds)
    let found = rolled.digraph.shortestPaths(
      from: Set(question.graph.nodes(of: source).map { question.graph.nodes[$0].asset }),
      to: Set(question.graph.nodes(of: target).map { question.graph.nodes[$0].asset }), limit: limit + 1)
    let paths = found.prefix(limit).map { assets in
      Path(
        length: assets.count - 1,
        hops: zip(assets, assets.dropFirst()).map { from, to in
          let link = rolled.link(from, to)
          return Hop(source: link.source, target: link.target, kind: (link.direct > 0 ? EdgeKind.direct : .indirect).rawValue, evidence: [], assets: link)
        })
    }
    return LineagePaths(source: source.reference.asset.rendered, target: target.reference.asset.rendered, paths: paths, more: found.count > limit)
  }

  static func find(from source: LineagePlace, to target: LineagePlace, limit: Int, in question: LineageQuestion) throws -> LineagePaths {
    let graph = question.graph
    let found = question.digraph.shortestPaths(
      from: Set(graph.nodes(of: source)), to: Set(graph.nodes(of: target)), limit: limit + 1)
    var paths: [Path] = []
    for nodes in found.prefix(limit) {
      let hops = Array(zip(nodes, nodes.dropFirst()).map { (source: $0, target: $1) })
      let evidence = try question.evidence(hops)
      paths.append(
        Path(
          length: hops.count,
          hops: zip(hops, evidence).map { hop, edges in
            Hop(
              source: graph.reference(hop.source).rendered, target: graph.reference(hop.target).rendered,
              kind: edges.contains { $0.kind == EdgeKind.direct.rawValue } ? EdgeKind.direct.rawValue : EdgeKind.indirect.rawValue, evidence: edges)
          }))
    }
    return LineagePaths(source: source.rendered, target: target.rendered, paths: paths, more: found.count > limit)
  }

  /// The path that `lineage why` explains: one along which the value flows when there is one, else the shortest.
  static func carrying(from source: LineagePlace, to target: LineagePlace, kinds: Set<EdgeKind>, in registry: Registry) throws -> LineagePaths {
    let graph = try registry.lineageGraph()
    let direct = try find(from: source, to: target, limit: 1, in: LineageQuestion(registry, graph: graph, kinds: kinds.intersection([.direct])))
    if !direct.paths.isEmpty { return direct }
    return try find(from: source, to: target, limit: 1, in: LineageQuestion(registry, graph: graph, kinds: kinds))
  }

  /// Why there is no path between two places, in one sentence.
  public static func absence(from source: LineagePlace, to target: LineagePlace, kinds: Set<EdgeKind> = [.direct, .indirect], in registry: Registry) throws
    -> String
  {
    let question = try LineageQuestion(registry, kinds: kinds)
    let starts = question.graph.nodes(of: source)
    let ends = question.graph.nodes(of: target)
    let turned = question.digraph.reversed
    let only = kinds.count == 1 ? "\(kinds.first?.rawValue ?? "") " : ""
    let reason =
      if starts.allSatisfy({ question.digraph[$0].isEmpty }) {
        "nothing that is known reads \(source.rendered)"
      } else if ends.allSatisfy({ turned[$0].isEmpty }) {
        "nothing that is known writes \(target.rendered)"
      } else if case let back = question.digraph.reachable(from: ends), starts.contains(where: { back[$0] }) {
        "it runs the other way, from \(target.rendered) to \(source.rendered)"
      } else {
        "no routine that was scanned carries it there"
      }
    let gaps = try registry.unresolved().count
    let caveat = gaps == 0 ? "" : "; \(gaps) places could not be resolved, see 'cadastre lineage gaps'"
    return "no \(only)path from \(source.rendered) to \(target.rendered): \(reason)\(caveat)"
  }
}
