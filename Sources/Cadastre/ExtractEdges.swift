internal import CadastreLineage
internal import CadastreModel

/// The edges of an extraction, in their order. An edge has its names when it is looked at: there may be millions.
public struct ExtractEdges: Sendable, RandomAccessCollection {
  public struct Edge: Sendable, Encodable {
    public var source: String
    public var target: String
    /// Only for a target of rows: the columns that the statement writes.
    public var columns: [String]?
    public var kind: String
    public var subtype: String
    public var routine: String?
    public var file: String
    public var line: Int
    public var statement: Int
    public var expression: String
    public var confidence: Double
  }

  private let edges: [NumberedEdge]
  private let names: EdgeNames
  private let columns: [String]
  private let routines: [String?]

  init(_ edges: [NumberedEdge], _ names: EdgeNames) {
    self.edges = edges
    self.names = names
    columns = names.columns.map(\.rendered)
    routines = names.owners.map { $0.routine?.rendered }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { edges.count }

  public subscript(index: Int) -> Edge {
    let edge = edges[index]
    return Edge(
      source: columns[Int(edge.source)], target: columns[Int(edge.target)], columns: written(edge).map { names.lists[$0] },
      kind: edge.subtype.kind.rawValue, subtype: edge.subtype.rawValue, routine: routines[Int(edge.owner)], file: names.owners[Int(edge.owner)].file,
      line: Int(edge.line), statement: Int(edge.statement), expression: names.expressions[Int(edge.expression)], confidence: edge.confidence)
  }

  /// For a target of rows: the list of the columns that the statement writes.
  private func written(_ edge: NumberedEdge) -> Int? { names.columns[Int(edge.target)].column == nil ? Int(edge.columns) : nil }

  /// A line for each edge: target, source, kind, place.
  ///
  /// - Parameter write: takes pieces of the text, UTF-8.
  public func writeText(_ write: ([UInt8]) -> Void) {
    let columns = columns.map { Array(Printable.text($0).utf8) }
    let files = names.owners.map { Array(Printable.text($0.file).utf8) }
    let kinds = EdgeSubtype.allCases.map { Array("  \($0.kind.rawValue)/\($0.rawValue)  ".utf8) }
    var text: [UInt8] = []
    for edge in edges {
      text += columns[Int(edge.target)]
      text += [0x20, 0x3C, 0x2D, 0x20]  // ` <- `
      text += columns[Int(edge.source)]
      text += kinds[Int(edge.subtype.place)]
      text += files[Int(edge.owner)]
      text.append(0x3A)
      text += String(edge.line).utf8
      text.append(0x0A)
      if text.count > 1 << 16 {
        write(text)
        text.removeAll(keepingCapacity: true)
      }
    }
    write(text)
  }

  /// A JSON array of the edges, keys sorted.
  ///
  /// Written by itself: each name is escaped once here, where an encoder escapes it once an edge and takes three times as long as the analysis.
  ///
  /// - Parameter write: takes pieces of the text, UTF-8.
  public func writeJSON(_ write: ([UInt8]) -> Void) {
    let columns = columns.map(JSONText.string)
    let routines = routines.map { $0.map { Array(",\"routine\":".utf8) + JSONText.string($0) } ?? [] }
    let files = names.owners.map { Array(",\"file\":".utf8) + JSONText.string($0.file) }
    let expressions = names.expressions.map { Array(",\"expression\":".utf8) + JSONText.string($0) }
    let lists = names.lists.map { Array("\"columns\":".utf8) + JSONText.strings($0) + [0x2C] }
    let kinds = EdgeSubtype.allCases.map { Array(",\"kind\":\"\($0.kind.rawValue)\",\"line\":".utf8) }
    let subtypes = EdgeSubtype.allCases.map { Array(",\"subtype\":\"\($0.rawValue)\",\"target\":".utf8) }
    let (confidence, source, statement) = (Array("\"confidence\":".utf8), Array(",\"source\":".utf8), Array(",\"statement\":".utf8))
    var text: [UInt8] = [0x5B]
    for (index, edge) in edges.enumerated() {
      let subtype = Int(edge.subtype.place)
      if index > 0 { text.append(0x2C) }
      text.append(0x7B)
      if let list = written(edge) { text += lists[list] }
      text += confidence
      text += JSONText.number(edge.confidence)
      text += expressions[Int(edge.expression)]
      text += files[Int(edge.owner)]
      text += kinds[subtype]
      text += String(edge.line).utf8
      text += routines[Int(edge.owner)]
      text += source
      text += columns[Int(edge.source)]
      text += statement
      text += String(edge.statement).utf8
      text += subtypes[subtype]
      text += columns[Int(edge.target)]
      text.append(0x7D)
      if text.count > 1 << 16 {
        write(text)
        text.removeAll(keepingCapacity: true)
      }
    }
    text.append(0x5D)
    write(text)
  }

  /// Every edge as a row, under the keys of its JSON.
  public var table: TextTable {
    TextTable(
      ["source", "target", "columns", "kind", "subtype", "routine", "file", "line", "statement", "expression", "confidence"],
      map {
        [
          $0.source, $0.target, $0.columns?.joined(separator: " ") ?? "", $0.kind, $0.subtype, $0.routine ?? "", $0.file, String($0.line),
          String($0.statement), $0.expression, String($0.confidence),
        ]
      })
  }
}
