internal import CadastreDelimited

/// How an answer about lineage is printed.
public enum LineageFormat: String, Sendable, CaseIterable {
  /// For people: a tree that prints each node once.
  case text
  /// One edge a line, in columns.
  case table
  case json
  case mermaid, dot
  case csv, markdown
}

/// Rows under a header, for the formats that are tables.
public struct TextTable: Sendable {
  public var header: [String]
  public var rows: [[String]]

  public init(_ header: [String], _ rows: [[String]] = []) {
    self.header = header
    self.rows = rows
  }

  /// Columns as wide as their longest cell; what a terminal must not be given is escaped.
  public var aligned: String {
    let cells = ([header] + rows).map { $0.map(Printable.text) }
    var widths = header.map { _ in 0 }
    for row in cells { for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) } }
    return cells.map { row in
      var line = ""
      for (index, cell) in row.enumerated() {
        line += index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count + 2)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// RFC 4180, but for lines that end in LF alone. Cells are as they are, line ends within them too.
  public var csv: String {
    ([header] + rows).map(DelimitedWriter.record).joined()
  }

  /// GitHub's tables. https://github.github.com/gfm/#tables-extension-
  public var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    return line(header.map(Self.markdownCell)) + line(header.map { _ in "---" }) + rows.map { line($0.map(Self.markdownCell)) }.joined()
  }

  /// Text that Markdown shows as it is: punctuation behind backslashes, `_` only where it could begin or end emphasis.
  static func markdownCell(_ text: String) -> String {
    var result = ""
    let scalars = Array(Printable.text(text).unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "\\", "`", "*", "[", "]", "<", ">", "|", "~", "#", "!", "&": result += "\\"
      case "_":
        let within = index > 0 && index + 1 < scalars.count && isWord(scalars[index - 1]) && isWord(scalars[index + 1])
        if !within { result += "\\" }
      default: break
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  static func isWord(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic || scalar.properties.numericType != nil }
}
