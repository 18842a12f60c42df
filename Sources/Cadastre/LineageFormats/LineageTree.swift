internal import CadastreModel

/// A walk as an indented tree. Each node is printed with what follows it once; where it comes again it is marked and not followed.
struct LineageTree {
  /// Deeper lines are not indented further: they begin with their depth instead.
  private static let widest = 30

  struct Child {
    var arrow: String
    var label: String
    /// By which a repeat is known.
    var key: String
    var detail: String
    /// What its own children are looked up by.
    var follow: [String]
  }

  let root: String
  private var children: [String: [Child]] = [:]
  private var bases: [String] = []

  /// - Parameter report: of columns. The root of an asset's report has its columns as children.
  init(_ report: LineageReport) {
    root = report.of
    let up = report.direction == "upstream"
    if up { fillUpstream(report.edges) } else { fillDownstream(report.edges) }
    let own = report.edges.filter { (up ? $0.targetAsset : $0.sourceAsset) == root && $0.depth == 1 }
    guard !own.isEmpty, children[root] == nil else { return }
    var seen: Set<String> = []
    for edge in own {
      for name in up ? Self.written(edge) : [edge.source] where seen.insert(name).inserted { bases.append(name) }
    }
  }

  init(assets: [AssetLink], root: String, upstream: Bool) {
    self.root = root
    for link in assets {
      let child = Child(
        arrow: Self.arrow(upstream, link.direct > 0), label: upstream ? link.source : link.target, key: upstream ? link.source : link.target,
        detail: link.counts, follow: [upstream ? link.source : link.target])
      children[upstream ? link.target : link.source, default: []].append(child)
    }
  }

  private static func arrow(_ upstream: Bool, _ direct: Bool) -> String { upstream ? (direct ? "<-" : "<~") : direct ? "->" : "~>" }

  /// The columns an edge writes, as printed names; the rows themselves when it names none.
  private static func written(_ edge: LineageReport.Edge) -> [String] {
    guard let columns = edge.columns, !columns.isEmpty else { return [edge.target] }
    return columns.map { edge.targetAsset + "." + ObjectName.renderedPart($0) }
  }

  /// One line for all evidence between two nodes.
  private static func merged(_ edges: [LineageReport.Edge], upstream: Bool) -> [Child] {
    var order: [String] = []
    var groups: [String: [LineageReport.Edge]] = [:]
    for edge in edges {
      let name = upstream ? edge.source : edge.target + "\u{1}" + (edge.columns ?? []).joined(separator: "\u{1}")
      if groups[name] == nil { order.append(name) }
      groups[name, default: []].append(edge)
    }
    return order.compactMap { name in
      guard let all = groups[name], let first = all.first(where: \.isDirect) ?? all.first else { return nil }
      var rules: [String] = []
      for edge in all where !rules.contains("\(edge.kind)/\(edge.subtype)") { rules.append("\(edge.kind)/\(edge.subtype)") }
      let place = "\(first.routine ?? "script") \(first.place)" + (all.count > 1 ? " and \(all.count - 1) more" : "")
      let rows = first.columns.map { " (\($0.count) columns)" } ?? ""
      return Child(
        arrow: arrow(upstream, first.isDirect), label: upstream ? first.source : first.target + rows, key: name,
        detail: rules.joined(separator: ", ") + "  " + (first.isInScript ? place : first.origin),
        follow: upstream ? [first.source] : written(first))
    }
  }

  private mutating func fillUpstream(_ edges: [LineageReport.Edge]) {
    var own: [String: [LineageReport.Edge]] = [:]
    var rows: [String: [Int]] = [:]
    for (index, edge) in edges.enumerated() {
      if edge.columns == nil { own[edge.target, default: []].append(edge) } else { for name in Self.written(edge) { rows[name, default: []].append(index) } }
    }
    for (name, list) in own { children[name] = Self.merged(list, upstream: true) }
    // what decides which rows there are is one node that the columns share
    for (name, list) in rows {
      guard let first = list.first.map({ edges[$0] }) else { continue }
      let key = "\u{2}" + list.map(String.init).joined(separator: ",")
      children[name, default: []].append(Child(arrow: "<~", label: first.targetAsset + ".*", key: key, detail: "rows", follow: [key]))
      if children[key] == nil { children[key] = Self.merged(list.map { edges[$0] }, upstream: true) }
    }
  }

  private mutating func fillDownstream(_ edges: [LineageReport.Edge]) {
    var own: [String: [LineageReport.Edge]] = [:]
    for edge in edges { own[edge.source, default: []].append(edge) }
    for (name, list) in own { children[name] = Self.merged(list, upstream: false) }
  }

  var text: String {
    struct Line {
      var depth: Int
      var child: Child
    }
    var lines = [Printable.text(root)]
    var printed: Set<String> = [root]
    func below(_ child: Child) -> [Child] {
      guard child.follow.count > 1 || child.label.hasSuffix(" columns)") else { return child.follow.flatMap { children[$0] ?? [] } }
      return child.follow.filter { children[$0] != nil }.map { Child(arrow: "  ", label: $0, key: $0, detail: "", follow: [$0]) }
    }
    let first = bases.isEmpty ? children[root] ?? [] : bases.map { Child(arrow: "  ", label: $0, key: $0, detail: "", follow: [$0]) }
    var stack = first.reversed().map { Line(depth: 1, child: $0) }
    while let line = stack.popLast() {
      let child = line.child
      let indent = line.depth <= Self.widest ? String(repeating: "  ", count: line.depth) : String(repeating: "  ", count: Self.widest) + "[\(line.depth)] "
      let repeated = !printed.insert(child.key).inserted
      let below = repeated ? [] : below(child)
      let detail = child.detail.isEmpty ? "" : "  " + Printable.text(child.detail)
      lines.append(indent + (child.arrow == "  " ? "" : child.arrow + " ") + Printable.text(child.label) + detail + (repeated ? "  (above)" : ""))
      for next in below.reversed() { stack.append(Line(depth: line.depth + 1, child: next)) }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
