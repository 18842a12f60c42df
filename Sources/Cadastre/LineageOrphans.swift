internal import CadastreModel
public import CadastreStore

/// What `lineage orphans` reports: what the scanned code does not touch, or touches on one side only.
public struct LineageOrphans: Sendable, Codable {
  public struct Item: Sendable, Codable, Hashable {
    public var namespace: String
    public var name: String
    public var kind: String
  }

  /// Assets that nothing writes and nothing reads.
  public var untouchedAssets: [Item] = []
  /// Written but never read, and read but never written.
  public var writtenNeverRead: [Item] = []
  public var readNeverWritten: [Item] = []
  /// Columns that no edge touches, of assets that are touched. Code may still write them from constants and parameters: that is no edge.
  public var untouchedColumns: [Item] = []

  /// An asset is read or written when a column edge says so, or a routine that names it (`TRUNCATE`, `count(*)`).
  public static func find(namespace: String? = nil, in registry: Registry) throws -> LineageOrphans {
    let graph = try LineageQuestion(registry, namespace: namespace).graph
    var reads = graph.readByRoutines
    var writes = graph.writtenByRoutines
    var touched = [Bool](repeating: false, count: graph.nodes.count)
    for link in graph.links {
      // that a table's rows decide about the table itself is no use of it
      if graph.nodes[link.source].asset != graph.nodes[link.target].asset { reads.insert(graph.nodes[link.source].asset) }
      writes.insert(graph.nodes[link.target].asset)
      touched[link.source] = true
      touched[link.target] = true
    }
    var result = LineageOrphans()
    for (index, asset) in graph.assets.enumerated() where asset.known && (namespace == nil || asset.namespace == namespace) {
      guard [.table, .view, .materializedView, .file].contains(asset.kind) else { continue }
      let item = Item(namespace: asset.namespace, name: asset.name.rendered, kind: asset.kind.rawValue)
      switch (reads.contains(index), writes.contains(index)) {
      case (false, false): result.untouchedAssets.append(item)
      case (false, true): result.writtenNeverRead.append(item)
      case (true, false): if asset.query == nil { result.readNeverWritten.append(item) }
      case (true, true): break
      }
    }
    for (index, node) in graph.nodes.enumerated() where node.column != nil && !touched[index] {
      let asset = graph.assets[node.asset]
      guard asset.known, namespace == nil || asset.namespace == namespace, reads.contains(node.asset) || writes.contains(node.asset) else { continue }
      result.untouchedColumns.append(Item(namespace: asset.namespace, name: graph.reference(index).rendered, kind: "column"))
    }
    return result
  }

  private var groups: [(title: String, key: String, items: [Item])] {
    [
      ("nothing writes or reads", "untouched_asset", untouchedAssets), ("written but never read", "written_never_read", writtenNeverRead),
      ("read but never written", "read_never_written", readNeverWritten),
      ("columns without any edge (what is written from constants or parameters has none)", "untouched_column", untouchedColumns),
    ]
  }

  public func rendered(_ format: LineageFormat) -> String {
    let table = TextTable(
      ["finding", "namespace", "name", "kind"], groups.flatMap { group in group.items.map { [group.key, $0.namespace, $0.name, $0.kind] } })
    switch format {
    case .csv: return table.csv
    case .markdown: return table.markdown
    case .table: return table.aligned
    default:
      return groups.map { group in
        "\(group.title): \(group.items.count)\n"
          + group.items.map { "  " + Printable.text($0.name) + ($0.kind == "column" || $0.kind == "table" ? "" : "  \($0.kind)") + "\n" }.joined()
      }.joined()
    }
  }
}
