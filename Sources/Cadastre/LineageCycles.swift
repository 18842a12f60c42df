public import CadastreModel
public import CadastreStore

/// What `lineage cycles` reports: columns, or assets, that feed each other.
public struct LineageCycles: Sendable, Codable {
  public struct Cycle: Sendable, Codable {
    public var members: [String]
    /// A shortest way round: begins and ends with the same member.
    public var example: [String]
    /// Column edges within the cycle.
    public var edges: [LineageReport.Edge]
    /// With assets: the same, rolled up.
    public var assets: [AssetLink]?
  }

  public var cycles: [Cycle]
  /// Columns or assets with an edge to themselves alone, which are cycles too but seldom of interest; listed only on demand.
  public var selfLoops: [String]
  public var selfLoopsShown: Bool
  private var byAsset: Bool

  private enum CodingKeys: String, CodingKey {
    case cycles, selfLoops, selfLoopsShown, byAsset
  }

  /// The strongly connected components, largest first.
  public static func find(
    namespace: String? = nil, kinds: Set<EdgeKind> = [.direct, .indirect], byAsset: Bool = false, selfLoops: Bool = false, in registry: Registry
  ) throws -> LineageCycles {
    let question = try LineageQuestion(registry, namespace: namespace, kinds: kinds)
    let graph = question.graph
    let rolled = byAsset ? AssetGraph(graph, kinds: kinds) : nil
    let digraph = rolled?.digraph ?? question.digraph
    func name(_ node: Int) -> String { byAsset ? graph.assets[node].name.rendered : graph.reference(node).rendered }
    let components = digraph.components()
    var loops: [String] = []
    var cycles: [Cycle] = []
    for members in components {
      guard members.count > 1 else {
        if digraph.loops(members[0]) { loops.append(name(members[0])) }
        continue
      }
      let inside = Set(members)
      let pairs = members.flatMap { node in digraph[node].filter { inside.contains($0.target) }.map { (source: node, target: $0.target) } }
      let example = Self.wayRound(members[0], inside: inside, digraph)
      if let rolled {
        cycles.append(
          Cycle(
            members: members.map(name), example: example.map(name), edges: [],
            assets: pairs.filter { $0.source != $0.target }.map { rolled.link($0.source, $0.target) }))
      } else {
        cycles.append(Cycle(members: members.map(name), example: example.map(name), edges: try question.evidence(pairs).flatMap { $0 }, assets: nil))
      }
    }
    cycles.sort { $0.members.count != $1.members.count ? $0.members.count > $1.members.count : $0.members.lexicographicallyPrecedes($1.members) }
    return LineageCycles(cycles: cycles, selfLoops: loops.sorted(), selfLoopsShown: selfLoops, byAsset: byAsset)
  }

  /// The shortest way from a member back to itself, within its component.
  private static func wayRound(_ start: Int, inside: Set<Int>, _ digraph: Digraph) -> [Int] {
    var before: [Int: Int] = [:]
    var layer = [start]
    while !layer.isEmpty {
      var next: [Int] = []
      for node in layer {
        for arc in digraph[node] where inside.contains(arc.target) && before[arc.target] == nil && arc.target != node {
          before[arc.target] = node
          if arc.target == start {
            var way = [start]
            var at = node
            while at != start {
              way.append(at)
              at = before[at] ?? start
            }
            return (way + [start]).reversed()
          }
          next.append(arc.target)
        }
      }
      layer = next
    }
    return [start]
  }

  /// What is not shown, in words.
  public var remark: String? {
    guard !selfLoops.isEmpty else { return nil }
    let one = selfLoops.count == 1
    let what = byAsset ? "asset" : "column"
    return
      "\(selfLoops.count) \(what)\(one ? " has" : "s have") an edge to \(one ? "itself" : "themselves") alone\(selfLoopsShown ? "" : ", not shown: --self lists \(one ? "it" : "them")")"
  }

  public func rendered(_ format: LineageFormat) -> String {
    let what = byAsset ? "asset" : "column"
    let numbers = cycles.enumerated().flatMap { number, cycle in
      [String](repeating: String(number + 1), count: byAsset ? cycle.assets?.count ?? 0 : cycle.edges.count)
    }
    let lead = (header: ["cycle"], cells: numbers.map { [$0] })
    let links = cycles.flatMap { $0.assets ?? [] }
    let edges = cycles.flatMap(\.edges)
    let notes = remark.map { [$0] } ?? []
    switch format {
    case .table: return (byAsset ? AssetLink.table(links, lead: lead) : LineageReport.shortTable(edges, lead: lead)).aligned + notes.map { $0 + "\n" }.joined()
    case .markdown:
      return (byAsset ? AssetLink.table(links, lead: lead) : LineageReport.shortTable(edges, lead: lead)).markdown + notes.map { "\n\($0)\n" }.joined()
    case .csv: return (byAsset ? AssetLink.table(links, lead: lead) : LineageReport.fullTable(edges, lead: lead)).csv
    case .mermaid: return drawing(links, edges, notes).mermaid
    case .dot: return drawing(links, edges, notes).dot
    case .json: return ""
    case .text:
      var lines: [String] = []
      for (number, cycle) in cycles.enumerated() {
        lines.append("cycle \(number + 1): \(cycle.members.count) \(what)s")
        lines += cycle.members.map { "  " + Printable.text($0) }
        lines.append("  round: " + cycle.example.map(Printable.text).joined(separator: " -> "))
      }
      lines.append(cycles.isEmpty ? "no cycles" : cycles.count == 1 ? "1 cycle" : "\(cycles.count) cycles")
      if selfLoopsShown { lines += selfLoops.map { "  " + Printable.text($0) } }
      return (lines + notes).map { $0 + "\n" }.joined()
    }
  }

  private func drawing(_ links: [AssetLink], _ edges: [LineageReport.Edge], _ notes: [String]) -> LineageDrawing {
    byAsset ? LineageDrawing(assets: links, notes: notes) : LineageDrawing(edges: edges, notes: notes)
  }
}
