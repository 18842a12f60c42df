public import CadastreModel
public import CadastreStore

/// What `lineage compare` reports: the registry's lineage beside what OpenLineage events say.
public struct CompareLineage: Sendable, Codable {
  public struct Edge: Sendable, Codable, Hashable {
    public var source: String
    public var target: String
    public var kind: String
    public var subtype: String?
    /// Of a missing edge: the registry leads there through other columns.
    public var reached: Bool?
  }

  public struct Unmatched: Sendable, Codable, Hashable {
    public var name: String
    /// Why no asset or column answers to it.
    public var reason: String
  }

  public var file: String
  public var events: Int
  public var verified: [Edge] = []
  /// In OTHER only.
  public var missing: [Edge] = []
  /// In the registry only, among the targets that OTHER speaks about.
  public var extra: [Edge] = []
  public var unmatched: [Unmatched] = []
  /// Indirect edges of the registry into targets for which OTHER says nothing indirect at all.
  public var indirectNotCompared = 0
  public var observed: ObservationSummary?

  public var differs: Bool { !missing.isEmpty || !extra.isEmpty || !unmatched.isEmpty }

  /// - Parameter observe: record what OTHER has seen; nothing is written when `nil`.
  public static func run(_ path: String, namespace: String? = nil, in registry: Registry, observe author: ChangeAuthor? = nil) throws -> CompareLineage {
    let document = try OpenLineageDocument(try InputFile.bytes(path), path: path)
    let graph = try LineageQuestion(registry, namespace: namespace).graph
    let insensitive = Dictionary(try registry.namespaces().map { ($0.name, $0.caseInsensitive) }) { first, _ in first }
    var comparison = Comparison(graph, OpenLineageNames(graph, caseInsensitive: insensitive, namespace: namespace), document)
    var result = CompareLineage(file: path, events: document.events)
    comparison.run(&result)
    if let author { result.observed = try registry.observe(comparison.observations, document: path, by: author) }
    return result
  }

  public func rendered(_ format: LineageFormat) -> String {
    let groups = [("verified", verified), ("missing", missing), ("extra", extra)]
    let table = TextTable(
      ["finding", "source", "target", "kind", "subtype", "note"],
      groups.flatMap { name, edges in edges.map { [name, $0.source, $0.target, $0.kind, $0.subtype ?? "", Self.note($0)] } }
        + unmatched.map { ["unmatched", $0.name, "", "", "", $0.reason] })
    switch format {
    case .csv: return table.csv
    case .markdown: return table.markdown
    case .table: return table.aligned
    default:
      var lines = ["\(events) events; verified \(verified.count), missing \(missing.count), extra \(extra.count), unmatched \(unmatched.count)"]
      for (title, edges) in [("missing: \(file) has it, the registry does not", missing), ("extra: the registry has it, \(file) does not", extra)]
      where !edges.isEmpty {
        lines.append(Printable.text(title))
        lines += edges.map { edge in
          let note = Self.note(edge)
          return "  \(Printable.text(edge.source)) -> \(Printable.text(edge.target))  \(edge.kind)\(edge.subtype.map { "/" + $0 } ?? "")"
            + (note.isEmpty ? "" : "  (\(note))")
        }
      }
      if !unmatched.isEmpty {
        lines.append("unmatched names")
        lines += unmatched.map { "  \(Printable.text($0.name)): \($0.reason)" }
      }
      if indirectNotCompared > 0 {
        lines.append("\(indirectNotCompared) indirect edges not compared: \(Printable.text(file)) says nothing indirect of their targets")
      }
      if let observed {
        lines.append("observed: \(observed.confirmed) confirmed, \(observed.inserted) inserted, \(observed.unchanged) seen before")
        lines.append(observed.change.map { "change \($0) recorded" } ?? "nothing changed")
      }
      return lines.map { $0 + "\n" }.joined()
    }
  }

  private static func note(_ edge: Edge) -> String {
    edge.reached == true ? "reached through other columns" : ""
  }
}

/// One comparison. Edges that the registry knows by observation alone count as not held: they came from such documents.
private struct Comparison {
  private struct Key: Hashable {
    var source: Int
    var target: Int
    var kind: EdgeKind
  }

  let graph: LineageGraph
  let names: OpenLineageNames
  let document: OpenLineageDocument
  /// Every link by its ends, those that stand for a column of rows too.
  private var held: [Key: [Int64]] = [:]
  /// Links as they are stored: into a column, or into rows.
  private var stored: [Key] = []
  private(set) var observations: [Observation] = []

  init(_ graph: LineageGraph, _ names: OpenLineageNames, _ document: OpenLineageDocument) {
    self.graph = graph
    self.names = names
    self.document = document
    let rows = Set(graph.links.lazy.filter { graph.nodes[$0.target].column == nil }.map(\.evidence))
    var seen: Set<Key> = []
    for link in graph.links where link.origin != .observed {
      let key = Key(source: link.source, target: link.target, kind: link.kind)
      let expansion = graph.nodes[link.target].column != nil && rows.contains(link.evidence)
      if !expansion, seen.insert(key).inserted { stored.append(key) }
      held[key, default: []].append(link.evidence)
    }
  }

  mutating func run(_ result: inout CompareLineage) {
    var said: Set<Key> = []
    var saidOfAsset: Set<Key> = []
    var unmatched: Set<CompareLineage.Unmatched> = []
    let digraph = Digraph(count: graph.nodes.count, arcs: graph.links.filter { $0.origin != .observed }.map { ($0.source, $0.target, 0) })
    var reach: [Int: [Bool]] = [:]
    for (edge, sighting) in document.edges.sorted(by: { Self.order($0.key).lexicographicallyPrecedes(Self.order($1.key)) }) {
      let ends = ends(edge, &unmatched)
      guard let (source, target, asset) = ends else { continue }
      // keys by asset stand for effects on the whole of it
      saidOfAsset.insert(Key(source: source, target: asset, kind: edge.kind))
      if let target { said.insert(Key(source: source, target: target, kind: edge.kind)) }
      let evidence = found(source, target, asset, edge.kind)
      let named = graph.reference(source).rendered
      let end = target.map { graph.reference($0).rendered } ?? graph.assets[asset].name.rendered + ".*"
      if evidence.isEmpty {
        var reached = false
        if let target, edge.kind == .direct {
          if reach[source] == nil { reach[source] = digraph.reachable(from: [source]) }
          reached = source != target && reach[source]?[target] == true
        }
        result.missing.append(
          CompareLineage.Edge(source: named, target: end, kind: edge.kind.rawValue, subtype: edge.subtype?.rawValue, reached: reached ? true : nil))
        let place = LineagePlace(
          namespace: graph.assets[asset].namespace,
          reference: ColumnReference(asset: graph.assets[asset].name, column: target.flatMap { graph.nodes[$0].column }))
        let from = graph.assets[graph.nodes[source].asset]
        observations.append(
          Observation(
            subject: .new(
              source: LineagePlace(namespace: from.namespace, reference: graph.reference(source)), target: place,
              subtype: edge.subtype ?? (edge.kind == .direct ? .transformation : .filter)), at: sighting.at, detail: Self.detail(sighting)))
      } else {
        result.verified.append(CompareLineage.Edge(source: named, target: end, kind: edge.kind.rawValue, subtype: edge.subtype?.rawValue))
        for id in evidence { observations.append(Observation(subject: .known(evidence: id), at: sighting.at, detail: Self.detail(sighting))) }
      }
    }
    extra(&result, said, saidOfAsset, &unmatched)
    func unique(_ edges: [CompareLineage.Edge]) -> [CompareLineage.Edge] {
      Set(edges).sorted { ($0.target, $0.source, $0.kind, $0.subtype ?? "") < ($1.target, $1.source, $1.kind, $1.subtype ?? "") }
    }
    result.verified = unique(result.verified)
    result.missing = unique(result.missing)
    result.extra = unique(result.extra)
    result.unmatched = unmatched.sorted { ($0.name, $0.reason) < ($1.name, $1.reason) }
  }

  private static func order(_ edge: OpenLineageDocument.Edge) -> [String] {
    [edge.target.name, edge.column ?? "", edge.source.name, edge.field, edge.kind.rawValue, edge.subtype?.rawValue ?? ""]
  }

  private static func detail(_ sighting: OpenLineageDocument.Sighting) -> String {
    [sighting.job, sighting.text].filter { !$0.isEmpty }.joined(separator: ": ")
  }

  private func ends(_ edge: OpenLineageDocument.Edge, _ unmatched: inout Set<CompareLineage.Unmatched>) -> (source: Int, target: Int?, asset: Int)? {
    let from = names.column(edge.source, edge.field)
    let to = edge.column.map { names.column(edge.target, $0) }
    let whole = names.asset(edge.target)
    if case .failure(let reason) = from { unmatched.insert(reason.value) }
    if case .failure(let reason) = to { unmatched.insert(reason.value) }
    if case .failure(let reason) = whole { unmatched.insert(reason.value) }
    guard case .success(let source) = from, case .success(let asset) = whole else { return nil }
    guard let to else { return (source, nil, asset) }
    guard case .success(let target) = to else { return nil }
    return (source, target, asset)
  }

  /// Evidence for an edge; for an effect on a whole asset any that its rows or one of its columns have.
  private func found(_ source: Int, _ target: Int?, _ asset: Int, _ kind: EdgeKind) -> [Int64] {
    if let target { return held[Key(source: source, target: target, kind: kind)] ?? [] }
    return names.nodes(of: asset).flatMap { held[Key(source: source, target: $0, kind: .indirect)] ?? [] }.reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
  }

  private func extra(
    _ result: inout CompareLineage, _ said: Set<Key>, _ saidOfAsset: Set<Key>, _ unmatched: inout Set<CompareLineage.Unmatched>
  ) {
    var covered: Set<Int> = []
    var indirect: Set<Int> = []
    var assets: Set<Int> = []
    for name in Set(document.covered.keys).union(document.speaksOfIndirect) {
      guard case .success(let asset) = names.asset(name) else { continue }
      assets.insert(asset)
      if document.speaksOfIndirect.contains(name) { indirect.insert(asset) }
      for column in document.covered[name] ?? [] {
        switch names.column(name, column) {
        case .success(let node): covered.insert(node)
        case .failure(let reason): unmatched.insert(reason.value)
        }
      }
    }
    for key in stored {
      let asset = graph.nodes[key.target].asset
      let isRows = graph.nodes[key.target].column == nil
      guard isRows ? assets.contains(asset) : covered.contains(key.target) else { continue }
      if key.kind == .indirect, !indirect.contains(asset) {
        result.indirectNotCompared += 1
        continue
      }
      if said.contains(key) || (key.kind == .indirect && saidOfAsset.contains(Key(source: key.source, target: asset, kind: .indirect))) { continue }
      result.extra.append(
        CompareLineage.Edge(source: graph.reference(key.source).rendered, target: graph.reference(key.target).rendered, kind: key.kind.rawValue))
    }
  }
}
