public import CadastreModel
public import CadastreStore

/// What `lineage roots|leaves` report: where a walk ends because nothing leads further.
public struct LineageEnds: Sendable, Codable {
  public struct End: Sendable, Codable, Hashable {
    public var namespace: String
    public var name: String
    public var asset: String
    /// Index into `cycles`: it is an end together with others that feed each other.
    public var cycle: Int?
  }

  /// `nil` for all of a warehouse or of the registry.
  public var of: String?
  /// `roots` or `leaves`.
  public var side: String
  public var ends: [End]
  /// Cycles that nothing outside them leads into (or out of), by their members.
  public var cycles: [[String]]

  /// - Parameters:
  ///   - place: `nil` for every root or leaf there is; columns without any edge are orphans, not ends.
  ///   - upstream: roots; else leaves.
  public static func find(
    upstream: Bool, of place: LineagePlace?, namespace: String? = nil, kinds: Set<EdgeKind> = [.direct, .indirect], byAsset: Bool = false,
    in registry: Registry
  ) throws -> LineageEnds {
    let question = try LineageQuestion(registry, namespace: namespace, kinds: kinds)
    let graph = question.graph
    var starts = place.map { graph.nodes(of: $0) } ?? []
    var digraph = question.digraph
    if byAsset {
      let rolled = AssetGraph(graph, kinds: kinds)
      digraph = rolled.digraph
      starts = Array(Set(starts.map { graph.nodes[$0].asset })).sorted()
    }
    func name(_ node: Int) -> String { byAsset ? graph.assets[node].name.rendered : graph.reference(node).rendered }
    func asset(_ node: Int) -> LineageGraph.AssetNode { byAsset ? graph.assets[node] : graph.assets[graph.nodes[node].asset] }
    let turned = digraph.reversed
    // arcs that lead away from the question, and back
    let away = upstream ? turned : digraph
    let back = upstream ? digraph : turned
    let inside: [Bool]
    if place == nil {
      inside = (0..<digraph.count).map { !away[$0].isEmpty || !back[$0].isEmpty }
    } else {
      inside = away.reachable(from: starts)
    }
    let asked = Set(starts)
    let columnsReached = byAsset ? [] : Set((0..<digraph.count).filter { inside[$0] && graph.nodes[$0].column != nil }.map { graph.nodes[$0].asset })
    var ends: [End] = []
    var cycles: [[String]] = []
    var component = [Int](repeating: -1, count: digraph.count)
    let components = away.components()
    for (index, members) in components.enumerated() { for member in members { component[member] = index } }
    for (index, members) in components.enumerated() {
      guard let first = members.first, inside[first], members.allSatisfy({ away[$0].allSatisfy { component[$0.target] == index } }) else { continue }
      // what was asked about is no answer, unless it is its own end
      if members.allSatisfy({ asked.contains($0) && away[$0].isEmpty }) { continue }
      // rows stand for the columns that are written with them, where there are any
      if !byAsset, graph.nodes[first].column == nil, upstream || columnsReached.contains(graph.nodes[first].asset) { continue }
      let cycle = members.count > 1 ? cycles.count : nil
      if cycle != nil { cycles.append(members.map(name)) }
      for member in members {
        ends.append(End(namespace: asset(member).namespace, name: name(member), asset: asset(member).name.rendered, cycle: cycle))
      }
    }
    ends.sort { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
    return LineageEnds(of: place?.rendered, side: upstream ? "roots" : "leaves", ends: ends, cycles: cycles)
  }

  public func rendered(_ format: LineageFormat) -> String {
    let several = Set(ends.map(\.namespace)).count > 1
    let table = TextTable(
      ["namespace", "name", "asset", "cycle"], ends.map { [$0.namespace, $0.name, $0.asset, $0.cycle.map { String($0 + 1) } ?? ""] })
    switch format {
    case .csv: return table.csv
    case .markdown: return table.markdown
    case .table: return table.aligned
    default:
      let lines = ends.map { end in
        (several ? end.namespace + ": " : "") + Printable.text(end.name) + (end.cycle.map { "  (in a cycle of \(cycles[$0].count))" } ?? "")
      }
      let what = side == "roots" ? "ultimate source" : "final target"
      let summary =
        ends.isEmpty
        ? "\(of ?? "the registry"): no \(what)s; \(side == "roots" ? "nothing known writes it" : "nothing known reads it")"
        : "\(ends.count) \(what)\(ends.count == 1 ? "" : "s")"
      return (lines + [summary]).map { $0 + "\n" }.joined()
    }
  }
}
