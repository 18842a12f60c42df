public import CadastreModel
public import CadastreStore

/// What `lineage why` reports: each hop of the path that carries a value, with every piece of evidence.
public struct ExplainLineage: Sendable, Codable {
  public var of: String
  public var source: String
  public var direction = "upstream"
  public var complete = true
  /// From the source to the target; the edges of one hop share a depth.
  public var edges: [LineageReport.Edge]
  /// Why there are none.
  public var absence: String?

  /// Along a path by which the value flows when there is one, else along the shortest.
  public static func run(from source: LineagePlace, to target: LineagePlace, kinds: Set<EdgeKind> = [.direct, .indirect], in registry: Registry) throws
    -> ExplainLineage
  {
    let paths = try LineagePaths.carrying(from: source, to: target, kinds: kinds, in: registry)
    let edges = paths.paths.first?.hops.flatMap(\.evidence) ?? []
    return ExplainLineage(
      of: target.rendered, source: source.rendered, edges: edges,
      absence: edges.isEmpty ? try LineagePaths.absence(from: source, to: target, kinds: kinds, in: registry) : nil)
  }

  public var text: String {
    if let absence { return absence + "\n" }
    var lines: [String] = []
    for edge in edges {
      let version = edge.routineVersion.map { " version \($0)" } ?? ""
      lines.append("\(Printable.text(edge.target)) <- \(Printable.text(edge.source))  \(edge.kind)/\(edge.subtype): \(Self.rule(edge))")
      let place =
        edge.isInScript
        ? "\(Printable.text(edge.routine.map { $0 + version } ?? "script")), statement \(edge.statement), \(Printable.text(edge.place)), \(edge.origin)"
        : edge.origin + (edge.actor.map { " by \(Printable.text($0))" } ?? "") + (edge.reason.map { ", \(Printable.text($0))" } ?? "")
          + (edge.file.isEmpty ? "" : ", \(Printable.text(edge.place))")
      lines.append("  \(place), since \(edge.since) (change \(edge.change))")
      let expression = edge.expression.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if !expression.isEmpty { lines.append("  \(Printable.text(expression))") }
      if edge.confidence < 1 { lines.append("  confidence \(edge.confidence): the reference may mean something else") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// How a source bears on its target, in words.
  static func rule(_ edge: LineageReport.Edge) -> String {
    switch EdgeSubtype(rawValue: edge.subtype) {
    case .identity: "the value as it is"
    case .transformation: "a value computed from it"
    case .aggregation: "an aggregate over it"
    case .join: "it joins the rows that arrive"
    case .filter: "it decides which rows arrive"
    case .groupBy: "it groups the rows"
    case .sort: "it orders the rows"
    case .window: "it partitions or orders a window"
    case .conditional: "it decides which of several values arrives"
    case nil: edge.subtype
    }
  }
}
