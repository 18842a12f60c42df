extension LineagePaths {
  /// Whether there is more than what is given, in words.
  public var remark: String? { more ? "there are more paths: a larger --all shows them" : paths.count > 1 ? "there are no other paths" : nil }

  /// The paths in a format other than JSON, which is their own encoding.
  public func rendered(_ format: LineageFormat) -> String {
    let note = remark
    switch format {
    case .text: return text + (note.map { $0 + "\n" } ?? "")
    case .table: return table(LineageReport.shortTable, AssetLink.table).aligned + (note.map { $0 + "\n" } ?? "")
    case .markdown: return table(LineageReport.shortTable, AssetLink.table).markdown + (note.map { "\n\($0)\n" } ?? "")
    case .csv: return table(LineageReport.fullTable, AssetLink.table).csv
    case .mermaid: return drawing(note).mermaid
    case .dot: return drawing(note).dot
    case .json: return ""
    }
  }

  private var text: String {
    var lines: [String] = []
    for (number, path) in paths.enumerated() {
      lines.append("path \(number + 1), \(path.length) \(path.length == 1 ? "hop" : "hops")")
      lines.append("  " + Printable.text(path.hops.first?.source ?? ""))
      for hop in path.hops {
        let arrow = hop.kind == "direct" ? "->" : "~>"
        var detail = hop.assets?.counts ?? ""
        if let first = hop.evidence.first {
          let others = hop.evidence.count > 1 ? " and \(hop.evidence.count - 1) more" : ""
          detail = "\(first.kind)/\(first.subtype)  \(first.routine ?? "script") \(first.place)\(others)"
        }
        lines.append("  \(arrow) \(Printable.text(hop.target))  \(Printable.text(detail))")
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private var hops: [(path: Int, hop: Int, Hop)] {
    paths.enumerated().flatMap { number, path in path.hops.enumerated().map { (number + 1, $0 + 1, $1) } }
  }

  private typealias Lead = (header: [String], cells: [[String]])

  private func table(_ columns: ([LineageReport.Edge], Lead?) -> TextTable, _ assets: ([AssetLink], Lead?) -> TextTable) -> TextTable {
    let header = ["path", "hop"]
    if isOfAssets { return assets(hops.compactMap(\.2.assets), (header, hops.map { [String($0.path), String($0.hop)] })) }
    return columns(
      hops.flatMap(\.2.evidence), (header, hops.flatMap { item in item.2.evidence.map { _ in [String(item.path), String(item.hop)] } }))
  }

  private func drawing(_ note: String?) -> LineageDrawing {
    let notes = note.map { [$0] } ?? []
    guard isOfAssets else { return LineageDrawing(edges: hops.flatMap(\.2.evidence), notes: notes) }
    var seen: Set<AssetLink> = []
    return LineageDrawing(assets: hops.compactMap(\.2.assets).filter { seen.insert($0).inserted }, notes: notes)
  }

  private var isOfAssets: Bool { paths.contains { $0.hops.contains { $0.assets != nil } } }
}
