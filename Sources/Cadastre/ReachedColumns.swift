public import CadastreModel
public import CadastreStore

/// The columns that a column reaches, without the evidence of each hop: for questions whose answer is hundreds of thousands of columns.
public struct ReachedColumns: Sendable {
  public struct Line: Sendable, Codable {
    public var namespace: String
    public var asset: String
    public var column: String
    /// Hops, 1-based.
    public var depth: Int
  }

  public var name: String
  public var direction: LineageDirection
  /// Nearest first.
  public var columns: [Line]

  /// - Parameter depth: most hops; all when `nil`.
  public init(_ direction: LineageDirection, of place: LineagePlace, kinds: Set<EdgeKind>, depth: Int?, in registry: Registry) throws {
    name = place.rendered
    self.direction = direction
    let reached = try registry.reached(direction, from: place.reference, namespace: place.namespace, kinds: kinds, depth: depth)
    columns = zip(reached, try registry.names(of: reached)).compactMap { column, name in
      name.map { Line(namespace: $0.namespace, asset: $0.asset, column: $0.column, depth: Int(column.depth)) }
    }
  }

  /// A line a column, and a last one with the count.
  ///
  /// - Parameter write: takes pieces of the text, UTF-8.
  public func writeText(_ write: ([UInt8]) -> Void) {
    var text: [UInt8] = []
    for line in columns {
      text += Printable.text(line.asset).utf8
      text.append(0x2E)
      text += Printable.text(ObjectName.renderedPart(line.column)).utf8
      text += "  ".utf8
      text += String(line.depth).utf8
      text.append(0x0A)
      if text.count > 1 << 16 {
        write(text)
        text.removeAll(keepingCapacity: true)
      }
    }
    text += "\(columns.count) columns \(direction == .downstream ? "downstream" : "upstream") of \(Printable.text(name)), complete\n".utf8
    write(text)
  }

  /// A JSON object: the name asked for, and an array of the columns.
  ///
  /// - Parameter write: takes pieces of the text, UTF-8.
  public func writeJSON(_ write: ([UInt8]) -> Void) {
    var text = Array("{\"columns\":[".utf8)
    for (index, line) in columns.enumerated() {
      if index > 0 { text.append(0x2C) }
      text += "{\"asset\":".utf8
      text += JSONText.string(line.asset)
      text += ",\"column\":".utf8
      text += JSONText.string(line.column)
      text += ",\"depth\":\(line.depth),\"namespace\":".utf8
      text += JSONText.string(line.namespace)
      text.append(0x7D)
      if text.count > 1 << 16 {
        write(text)
        text.removeAll(keepingCapacity: true)
      }
    }
    text += "],\"complete\":true,\"count\":\(columns.count),\"direction\":\"\(direction == .downstream ? "downstream" : "upstream")\",\"name\":".utf8
    text += JSONText.string(name)
    text.append(0x7D)
    write(text)
  }

  public var table: TextTable {
    TextTable(["namespace", "asset", "column", "depth"], columns.map { [$0.namespace, $0.asset, $0.column, String($0.depth)] })
  }
}
