/// Nodes and links to be drawn: columns within their assets, or assets alone.
public struct LineageDrawing: Sendable {
  struct Node: Sendable, Hashable {
    var label: String
    /// The asset whose box it stands in; `nil` for an asset.
    var group: String?
  }

  struct Link: Sendable, Hashable {
    var source: Int
    var target: Int
    /// Solid when the value flows, else dashed.
    var solid: Bool
    var label: String
  }

  private(set) var nodes: [Node] = []
  private(set) var links: [Link] = []
  /// Our own words, printed as comments.
  var notes: [String]

  /// Columns: one link for each pair of columns and kind, labelled by its subtypes.
  public init(edges: [LineageReport.Edge], notes: [String] = []) {
    self.notes = notes
    var index: [String: Int] = [:]
    func node(_ name: String, _ asset: String) -> Int {
      if let known = index[name] { return known }
      index[name] = nodes.count
      nodes.append(Node(label: name.hasPrefix(asset + ".") ? String(name.dropFirst(asset.count + 1)) : name, group: asset))
      return nodes.count - 1
    }
    struct Key: Hashable {
      var source: Int
      var target: Int
      var solid: Bool
    }
    var order: [Key] = []
    var subtypes: [Key: [String]] = [:]
    for edge in edges {
      let key = Key(source: node(edge.source, edge.sourceAsset), target: node(edge.target, edge.targetAsset), solid: edge.isDirect)
      if subtypes[key] == nil { order.append(key) }
      if subtypes[key]?.contains(edge.subtype) != true { subtypes[key, default: []].append(edge.subtype) }
    }
    links = order.map { Link(source: $0.source, target: $0.target, solid: $0.solid, label: (subtypes[$0] ?? []).joined(separator: ", ")) }
  }

  /// Assets: one link for each pair, labelled by how many column edges it stands for.
  public init(assets: [AssetLink], notes: [String] = []) {
    self.notes = notes
    var index: [String: Int] = [:]
    func node(_ name: String) -> Int {
      if let known = index[name] { return known }
      index[name] = nodes.count
      nodes.append(Node(label: name, group: nil))
      return nodes.count - 1
    }
    links = assets.map { Link(source: node($0.source), target: node($0.target), solid: $0.direct > 0, label: $0.counts) }
  }

  /// The nodes by the box they stand in, in order of first appearance.
  private var groups: [(name: String?, nodes: [Int])] {
    var order: [String?] = []
    var members: [String?: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      if members[node.group] == nil { order.append(node.group) }
      members[node.group, default: []].append(index)
    }
    return order.map { ($0, members[$0] ?? []) }
  }

  // MARK: Mermaid

  /// A flowchart. https://mermaid.js.org/syntax/flowchart.html
  public var mermaid: String {
    var text = "flowchart LR\n"
    for note in notes { text += "  %% \(note)\n" }
    for (number, group) in groups.enumerated() {
      if let name = group.name { text += "  subgraph g\(number)[\"\(Self.mermaidText(name))\"]\n" }
      for index in group.nodes { text += "\(group.name == nil ? "  " : "    ")n\(index)[\"\(Self.mermaidText(nodes[index].label))\"]\n" }
      if group.name != nil { text += "  end\n" }
    }
    for link in links {
      let arrow = link.solid ? "-->" : "-.->"
      text += "  n\(link.source) \(arrow)|\"\(Self.mermaidText(link.label))\"| n\(link.target)\n"
    }
    return text
  }

  /// Text within double quotes: letters, digits and plain punctuation as they are, all else as `#code;`, which Mermaid decodes last.
  static func mermaidText(_ text: String) -> String {
    let scalars = Array(Printable.text(text).unicodeScalars)
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      let plain: Bool
      switch scalar {
      case "_": plain = index > 0 && index + 1 < scalars.count && TextTable.isWord(scalars[index - 1]) && TextTable.isWord(scalars[index + 1])
      case ".": plain = !scalars[..<index].allSatisfy { ("0"..."9").contains($0) }  // "1. x" would be a list
      case ",", " ", ":", "/": plain = true
      default: plain = TextTable.isWord(scalar) || (scalar.value > 127 && scalar.properties.generalCategory != .format)
      }
      if plain { result.unicodeScalars.append(scalar) } else { result += "#\(scalar.value);" }
    }
    return result.isEmpty ? " " : result
  }

  // MARK: DOT

  /// Graphviz. https://graphviz.org/doc/info/lang.html
  public var dot: String {
    var text = "digraph lineage {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n"
    for note in notes { text += "  // \(note)\n" }
    for (number, group) in groups.enumerated() {
      if let name = group.name { text += "  subgraph cluster_\(number) {\n    label=\(Self.dotText(name));\n" }
      for index in group.nodes { text += "\(group.name == nil ? "  " : "    ")n\(index) [label=\(Self.dotText(nodes[index].label))];\n" }
      if group.name != nil { text += "  }\n" }
    }
    for link in links { text += "  n\(link.source) -> n\(link.target) [style=\(link.solid ? "solid" : "dashed"), label=\(Self.dotText(link.label))];\n" }
    return text + "}\n"
  }

  /// A quoted label: a backslash would begin an escape, `&` an entity.
  static func dotText(_ text: String) -> String {
    var result = "\""
    for scalar in Printable.text(text).unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "&": result += "&amp;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// All column edges between two assets, as one.
public struct AssetLink: Sendable, Hashable, Codable {
  public var source: String
  public var target: String
  /// How many column edges it stands for, by kind.
  public var direct: Int
  public var indirect: Int

  var counts: String { "\(direct) direct, \(indirect) indirect" }

  /// Rolls column edges up; evidence of one edge counts once. In order of first appearance.
  static func rollUp(_ edges: [LineageReport.Edge]) -> [AssetLink] {
    struct Column: Hashable {
      var source: String
      var target: String
      var kind: String
    }
    var seen: Set<Column> = []
    var index: [[String]: Int] = [:]
    var links: [AssetLink] = []
    for edge in edges where seen.insert(Column(source: edge.source, target: edge.target, kind: edge.kind)).inserted {
      let key = [edge.sourceAsset, edge.targetAsset]
      if index[key] == nil {
        index[key] = links.count
        links.append(AssetLink(source: edge.sourceAsset, target: edge.targetAsset, direct: 0, indirect: 0))
      }
      guard let at = index[key] else { continue }
      if edge.isDirect { links[at].direct += 1 } else { links[at].indirect += 1 }
    }
    return links
  }
}
