internal import CadastreModel

/// Which asset or column of a registry an OpenLineage name means: by the parts at its end, as the asset's warehouse compares names.
struct OpenLineageNames {
  struct Reason: Error {
    var value: CompareLineage.Unmatched
  }

  private let graph: LineageGraph
  private let caseInsensitive: [String: Bool]
  private var byLastPart: [String: [Int]] = [:]
  private var columns: [Int: [String: Int]] = [:]
  private var members: [Int: [Int]] = [:]

  init(_ graph: LineageGraph, caseInsensitive: [String: Bool], namespace: String?) {
    self.graph = graph
    self.caseInsensitive = caseInsensitive
    for (index, asset) in graph.assets.enumerated() where namespace == nil || asset.namespace == namespace {
      byLastPart[asset.name.name.lowercased(), default: []].append(index)
    }
    for (index, node) in graph.nodes.enumerated() {
      members[node.asset, default: []].append(index)
      if let column = node.column { columns[node.asset, default: [:]][folded(column, node.asset)] = index }
    }
  }

  private func folded(_ text: String, _ asset: Int) -> String { caseInsensitive[graph.assets[asset].namespace] == true ? text.lowercased() : text }

  /// The columns of an asset, and its rows.
  func nodes(of asset: Int) -> [Int] { members[asset] ?? [] }

  /// `database.schema.table` for a table, a path for a file. The more parts are shared the better; several that share as many are no answer.
  func asset(_ name: OpenLineageDocument.Name) -> Result<Int, Reason> {
    func failure(_ reason: String) -> Result<Int, Reason> { .failure(Reason(value: CompareLineage.Unmatched(name: name.name, reason: reason))) }
    var best: [Int] = []
    var shared = 0
    for parts in [ObjectName.parts(reading: name.name), ["file:" + name.name]] {
      for candidate in byLastPart[(parts.last ?? "").lowercased()] ?? [] {
        let own = graph.assets[candidate].name.parts
        let count = min(own.count, parts.count)
        guard zip(own.suffix(count), parts.suffix(count)).allSatisfy({ folded($0, candidate) == folded($1, candidate) }) else { continue }
        if count > shared { (best, shared) = ([candidate], count) } else if count == shared, !best.contains(candidate) { best.append(candidate) }
      }
    }
    if let only = best.first, best.count == 1 { return .success(only) }
    if best.isEmpty { return failure("no such asset in the registry") }
    return failure("could be " + best.prefix(8).map { graph.assets[$0].name.rendered + " of " + graph.assets[$0].namespace }.joined(separator: ", "))
  }

  func column(_ name: OpenLineageDocument.Name, _ column: String) -> Result<Int, Reason> {
    switch asset(name) {
    case .failure(let reason): return .failure(reason)
    case .success(let asset):
      if let node = columns[asset]?[folded(column, asset)] { return .success(node) }
      return .failure(
        Reason(value: CompareLineage.Unmatched(name: name.name + "." + column, reason: "\(graph.assets[asset].name.rendered) has no such column")))
    }
  }
}
