import Cadastre
import Testing

/// Components and paths on small graphs drawn by hand.
@Suite struct DigraphTests {
  func graph(_ count: Int, _ arcs: [(Int, Int)], indirect: [(Int, Int)] = []) -> Digraph {
    Digraph(count: count, arcs: arcs.map { ($0.0, $0.1, 0) } + indirect.map { ($0.0, $0.1, 1) })
  }

  @Test func components() {
    // 0 -> 1 -> 2 -> 0, 2 -> 3 -> 4 -> 3, 5 alone, 6 to itself
    let graph = graph(7, [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 3), (6, 6)])
    #expect(graph.components() == [[3, 4], [0, 1, 2], [5], [6]])
    #expect(graph.loops(6))
    #expect(!graph.loops(5))
  }

  @Test func deepGraphsDoNotRecurse() {
    let count = 200_000
    let chain = graph(count, (0..<(count - 1)).map { ($0, $0 + 1) })
    #expect(chain.components().count == count)
    let ring = graph(count, (0..<count).map { ($0, ($0 + 1) % count) })
    #expect(ring.components().count == 1)
    #expect(chain.shortestPaths(from: [0], to: [count - 1], limit: 1).first?.count == count)
  }

  @Test func pathsInOrderOfLength() {
    // 0 -> 3 by 1, by 2, by 4 and 5; a cycle 1 -> 4 -> 1 must not be walked twice
    let graph = graph(6, [(0, 1), (1, 3), (0, 2), (2, 3), (0, 4), (4, 5), (5, 3), (1, 4), (4, 1)])
    let paths = graph.shortestPaths(from: [0], to: [3], limit: 100)
    #expect(paths == [[0, 1, 3], [0, 2, 3], [0, 4, 1, 3], [0, 4, 5, 3], [0, 1, 4, 5, 3]])
    #expect(graph.shortestPaths(from: [0], to: [3], limit: 2) == [[0, 1, 3], [0, 2, 3]])
    #expect(graph.shortestPaths(from: [3], to: [0], limit: 2).isEmpty)
  }

  @Test func ofEqualPathsTheDirectOneWins() {
    let graph = graph(4, [(0, 2), (2, 3)], indirect: [(0, 1), (1, 3)])
    #expect(graph.shortestPaths(from: [0], to: [3], limit: 2) == [[0, 2, 3], [0, 1, 3]])
    // a parallel indirect arc costs nothing where a direct one is
    let both = self.graph(4, [(0, 1), (1, 3)], indirect: [(0, 1), (0, 2), (2, 3)])
    #expect(both.shortestPaths(from: [0], to: [3], limit: 1) == [[0, 1, 3]])
  }

  @Test func setsAreNotCrossed() {
    // 0 and 1 are one asset, 3 and 4 another
    let graph = graph(5, [(0, 1), (1, 2), (2, 3), (3, 4), (0, 2)])
    #expect(graph.shortestPaths(from: [0, 1], to: [3, 4], limit: 10) == [[0, 2, 3], [1, 2, 3]])
  }

  @Test func fromItselfIsACycle() {
    let graph = graph(3, [(0, 1), (1, 0), (1, 2)])
    #expect(graph.shortestPaths(from: [0], to: [0], limit: 5) == [[0, 1, 0]])
    #expect(graph.shortestPaths(from: [2], to: [2], limit: 5).isEmpty)
  }

  /// Every simple path, found by trying all, against the search, on graphs of every shape a seed gives.
  @Test(arguments: 0..<60) func againstTryingAll(_ seed: Int) {
    var state = UInt64(seed) &* 6_364_136_223_846_793_005 &+ 1
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(limit))
    }
    let count = 3 + random(5)
    let arcs = (0..<(2 + random(16))).map { _ in (random(count), random(count)) }.filter { $0.0 != $0.1 }
    let graph = graph(count, arcs)
    var all: [[Int]] = []
    var stack = [[0]]
    while let path = stack.popLast() {
      if path.last == count - 1 {
        all.append(path)
        continue
      }
      for arc in graph[path[path.count - 1]] where !path.contains(arc.target) { stack.append(path + [arc.target]) }
    }
    all.sort { $0.count != $1.count ? $0.count < $1.count : $0.lexicographicallyPrecedes($1) }
    let found = graph.shortestPaths(from: [0], to: [count - 1], limit: 10_000)
    #expect(found.map(\.count) == all.map(\.count))
    #expect(Set(found) == Set(all))
  }
}
