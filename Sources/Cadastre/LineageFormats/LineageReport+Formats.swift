internal import CadastreModel
internal import CadastreStore

extension LineageReport {
  /// The report in a format other than JSON, which is its own encoding.
  public func rendered(_ format: LineageFormat) -> String {
    let notes = omission.map { [$0] } ?? []
    switch format {
    case .text: return LineageTree(self).text + "\(edges.count) edges, \(omission ?? "complete")\n"
    case .table: return Self.shortTable(edges).aligned + notes.map { $0 + "\n" }.joined()
    case .markdown: return Self.shortTable(edges).markdown + notes.map { "\n\($0)\n" }.joined()
    case .csv: return Self.fullTable(edges).csv
    case .mermaid: return LineageDrawing(edges: edges, notes: notes).mermaid
    case .dot: return LineageDrawing(edges: edges, notes: notes).dot
    case .json: return ""
    }
  }

  /// The same between assets.
  public var byAsset: AssetReport {
    AssetReport(of: of, direction: direction, complete: complete, omission: omission, edges: AssetLink.rollUp(edges), root: rootAsset)
  }

  /// The asset the walk begins at.
  private var rootAsset: String { edges.first.map { direction == "upstream" ? $0.targetAsset : $0.sourceAsset } ?? of }

  /// For people: what, how, where.
  static func shortTable(_ edges: [Edge], lead: (header: [String], cells: [[String]])? = nil) -> TextTable {
    table(["source", "target", "rule", "origin", "routine", "place"], edges, lead) {
      [$0.source, $0.target, "\($0.kind)/\($0.subtype)", $0.origin, $0.routine ?? "", $0.place]
    }
  }

  /// For programs: all of it.
  static func fullTable(_ edges: [Edge], lead: (header: [String], cells: [[String]])? = nil) -> TextTable {
    table(
      [
        "source", "target", "kind", "subtype", "origin", "routine", "routine_version", "file", "line", "statement", "expression", "confidence", "depth",
        "columns", "since", "change",
      ], edges, lead
    ) {
      [
        $0.source, $0.target, $0.kind, $0.subtype, $0.origin, $0.routine ?? "", $0.routineVersion.map(String.init) ?? "", $0.file, String($0.line),
        String($0.statement), $0.expression, String($0.confidence), String($0.depth),
        ($0.columns ?? []).map(ObjectName.renderedPart).joined(separator: " "), $0.since, String($0.change),
      ]
    }
  }

  private static func table(
    _ header: [String], _ edges: [Edge], _ lead: (header: [String], cells: [[String]])?, _ cells: (Edge) -> [String]
  ) -> TextTable {
    TextTable((lead?.header ?? []) + header, edges.enumerated().map { index, edge in (lead?.cells[index] ?? []) + cells(edge) })
  }
}

/// Upstream or downstream between assets.
public struct AssetReport: Sendable, Codable {
  public var of: String
  public var direction: String
  public var complete: Bool
  public var omission: String?
  public var edges: [AssetLink]
  var root: String

  private enum CodingKeys: String, CodingKey {
    case of, direction, complete, omission, edges, root
  }

  public func rendered(_ format: LineageFormat) -> String {
    let notes = omission.map { [$0] } ?? []
    switch format {
    case .text:
      let columns = edges.reduce(0) { $0 + $1.direct + $1.indirect }
      return LineageTree(assets: edges, root: root, upstream: direction == "upstream").text
        + "\(edges.count) asset edges of \(columns) column edges, \(omission ?? "complete")\n"
    case .table: return AssetLink.table(edges).aligned + notes.map { $0 + "\n" }.joined()
    case .markdown: return AssetLink.table(edges).markdown + notes.map { "\n\($0)\n" }.joined()
    case .csv: return AssetLink.table(edges).csv
    case .mermaid: return LineageDrawing(assets: edges, notes: notes).mermaid
    case .dot: return LineageDrawing(assets: edges, notes: notes).dot
    case .json: return ""
    }
  }
}

extension AssetLink {
  static func table(_ links: [AssetLink], lead: (header: [String], cells: [[String]])? = nil) -> TextTable {
    TextTable(
      (lead?.header ?? []) + ["source", "target", "direct", "indirect"],
      links.enumerated().map { index, link in (lead?.cells[index] ?? []) + [link.source, link.target, String(link.direct), String(link.indirect)] })
  }
}
