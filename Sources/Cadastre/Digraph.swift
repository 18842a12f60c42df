/// A directed graph of numbered nodes, arcs packed by source. Nothing here recurses: graphs may be as deep as they are large.
public struct Digraph: Sendable {
  public struct Arc: Sendable, Hashable {
    public var target: Int
    /// Decides between paths of one length: less is better.
    public var cost: Int
  }

  public let count: Int
  private let offsets: [Int]
  private let arcs: [Arc]

  /// - Parameter arcs: of several arcs between the same two nodes the cheapest counts.
  public init(count: Int, arcs given: [(source: Int, target: Int, cost: Int)]) {
    self.count = count
    var offsets = [Int](repeating: 0, count: count + 1)
    var packed: [Arc] = []
    packed.reserveCapacity(given.count)
    var source = 0
    for arc in given.sorted(by: { ($0.source, $0.target, $0.cost) < ($1.source, $1.target, $1.cost) }) {
      while source < arc.source {
        source += 1
        offsets[source] = packed.count
      }
      if packed.count > offsets[source], packed.last?.target == arc.target { continue }
      packed.append(Arc(target: arc.target, cost: arc.cost))
    }
    while source < count {
      source += 1
      offsets[source] = packed.count
    }
    self.offsets = offsets
    self.arcs = packed
  }

  /// The arcs that leave a node, by target.
  public subscript(_ node: Int) -> ArraySlice<Arc> { arcs[offsets[node]..<offsets[node + 1]] }

  public var reversed: Digraph {
    var turned: [(source: Int, target: Int, cost: Int)] = []
    turned.reserveCapacity(arcs.count)
    for node in 0..<count { for arc in self[node] { turned.append((arc.target, node, arc.cost)) } }
    return Digraph(count: count, arcs: turned)
  }

  /// Which nodes can be reached from some, themselves included.
  public func reachable(from starts: [Int]) -> [Bool] {
    var seen = [Bool](repeating: false, count: count)
    var stack = starts
    for start in starts { seen[start] = true }
    while let node = stack.popLast() {
      for arc in self[node] where !seen[arc.target] {
        seen[arc.target] = true
        stack.append(arc.target)
      }
    }
    return seen
  }

  /// The strongly connected components, each in ascending order; a component comes after those it leads to.
  ///
  /// R. Tarjan, Depth-first search and linear graph algorithms (1972), with the stack of calls kept as data.
  public func components() -> [[Int]] {
    var index = [Int](repeating: -1, count: count)
    var low = [Int](repeating: 0, count: count)
    var onStack = [Bool](repeating: false, count: count)
    var stack: [Int] = []
    var calls: [(node: Int, next: Int)] = []
    var found: [[Int]] = []
    var counter = 0
    for root in 0..<count where index[root] < 0 {
      calls.append((root, offsets[root]))
      while let call = calls.last {
        let node = call.node
        if index[node] < 0 {
          index[node] = counter
          low[node] = counter
          counter += 1
          stack.append(node)
          onStack[node] = true
        }
        if call.next < offsets[node + 1] {
          calls[calls.count - 1].next += 1
          let target = arcs[call.next].target
          if index[target] < 0 {
            calls.append((target, offsets[target]))
          } else if onStack[target] {
            low[node] = min(low[node], index[target])
          }
          continue
        }
        calls.removeLast()
        if let caller = calls.last?.node { low[caller] = min(low[caller], low[node]) }
        guard low[node] == index[node] else { continue }
        var component: [Int] = []
        while let member = stack.popLast() {
          onStack[member] = false
          component.append(member)
          if member == node { break }
        }
        found.append(component.sorted())
      }
    }
    return found
  }

  /// Whether a node has an arc to itself.
  public func loops(_ node: Int) -> Bool { self[node].contains { $0.target == node } }
}
