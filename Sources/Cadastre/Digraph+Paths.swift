extension Digraph {
  /// The shortest simple paths from one set of nodes to another, by length, then cost, then order of nodes: at most `limit`.
  ///
  /// A path begins in `sources`, ends in `targets` and touches neither set in between. Where the sets share a node, a path from it back to it is a
  /// cycle of at least one arc. J. Yen, Finding the K shortest loopless paths in a network (1971).
  public func shortestPaths(from sources: Set<Int>, to targets: Set<Int>, limit: Int) -> [[Int]] {
    guard limit > 0, !sources.isEmpty, !targets.isEmpty else { return [] }
    let search = PathSearch(self, sources, targets)
    var found: [PathSearch.Path] = []
    var candidates: Set<PathSearch.Path> = []
    if let first = search.best(from: search.start, blocked: [], banned: []) { candidates.insert(first) }
    while found.count < limit, let next = candidates.min() {
      candidates.remove(next)
      found.append(next)
      guard found.count < limit else { break }
      for spur in 0..<(next.nodes.count - 1) {
        let root = next.nodes[...spur]
        var banned: Set<Int> = []
        for path in found where path.nodes.count > spur + 1 && path.nodes[...spur] == root { banned.insert(path.nodes[spur + 1]) }
        if let tail = search.best(from: next.nodes[spur], blocked: Set(root.dropLast()), banned: banned) {
          candidates.insert(PathSearch.Path(nodes: Array(root.dropLast()) + tail.nodes, cost: search.cost(root) + tail.cost))
        }
      }
    }
    return found.map { search.original($0.nodes) }
  }
}

/// The part of a graph that lies between two sets of nodes, with one node before the first and one behind the second.
private struct PathSearch {
  struct Path: Hashable, Comparable {
    var nodes: [Int]
    var cost: Int

    static func < (left: Path, right: Path) -> Bool {
      if left.nodes.count != right.nodes.count { return left.nodes.count < right.nodes.count }
      if left.cost != right.cost { return left.cost < right.cost }
      return left.nodes.lexicographicallyPrecedes(right.nodes)
    }
  }

  let graph: Digraph
  /// By the search's number, the graph's; -1 for the two that are not its own.
  let names: [Int]
  let start: Int
  let end: Int

  init(_ whole: Digraph, _ sources: Set<Int>, _ targets: Set<Int>) {
    let forward = whole.reachable(from: sources.sorted())
    let backward = whole.reversed.reachable(from: targets.sorted())
    var names: [Int] = []
    var inner: [Int: Int] = [:]
    var first: [Int: Int] = [:]
    var last: [Int: Int] = [:]
    // a node of either set stands twice: as where a path begins, as where it ends
    for node in 0..<whole.count where forward[node] && backward[node] {
      if sources.contains(node) {
        first[node] = names.count
        names.append(node)
      }
      if targets.contains(node) {
        last[node] = names.count
        names.append(node)
      }
      if !sources.contains(node), !targets.contains(node) {
        inner[node] = names.count
        names.append(node)
      }
    }
    var arcs: [(source: Int, target: Int, cost: Int)] = []
    for node in 0..<whole.count where forward[node] && backward[node] {
      guard let from = first[node] ?? inner[node] else { continue }
      for arc in whole[node] {
        guard let to = last[arc.target] ?? inner[arc.target] else { continue }
        arcs.append((from, to, arc.cost))
      }
    }
    start = names.count
    end = names.count + 1
    for node in first.values { arcs.append((start, node, 0)) }
    for node in last.values { arcs.append((node, end, 0)) }
    graph = Digraph(count: names.count + 2, arcs: arcs)
    self.names = names + [-1, -1]
  }

  func original(_ nodes: [Int]) -> [Int] { nodes.compactMap { names[$0] < 0 ? nil : names[$0] } }

  func cost(_ nodes: ArraySlice<Int>) -> Int {
    zip(nodes, nodes.dropFirst()).reduce(0) { sum, pair in sum + (graph[pair.0].first { $0.target == pair.1 }?.cost ?? 0) }
  }

  /// The best path from a node to the end, layer by layer: of several ways to a node in one layer the cheapest stays.
  func best(from start: Int, blocked: Set<Int>, banned: Set<Int>) -> Path? {
    var before = [Int](repeating: -1, count: graph.count)
    var depth = [Int](repeating: -1, count: graph.count)
    var cost = [Int](repeating: 0, count: graph.count)
    for node in blocked { depth[node] = -2 }
    depth[start] = 0
    var layer = [start]
    var level = 0
    while !layer.isEmpty, depth[end] < 0 {
      level += 1
      var next: [Int] = []
      for node in layer {
        for arc in graph[node] where node != start || !banned.contains(arc.target) {
          let reached = cost[node] + arc.cost
          if depth[arc.target] == -1 {
            depth[arc.target] = level
            next.append(arc.target)
          } else if depth[arc.target] != level || cost[arc.target] <= reached {
            continue
          }
          cost[arc.target] = reached
          before[arc.target] = node
        }
      }
      layer = next.sorted()
    }
    guard depth[end] > 0 else { return nil }
    var nodes = [end]
    while let node = nodes.last, node != start { nodes.append(before[node]) }
    return Path(nodes: nodes.reversed(), cost: cost[end])
  }
}
