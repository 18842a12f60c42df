/// Writes a value as YAML that reads well in a comparison: one field a line, code as blocks, quotes only where they are needed.
///
/// Written here rather than by the library, so that the bytes stay the same whichever version of it reads them. <https://yaml.org/spec/1.2.2/>
package enum YAMLWriter {
  /// A document, ending in a line feed.
  package static func write(_ value: ManifestValue) -> String {
    var out = ""
    switch value {
    case .map(let fields): self.fields(fields, indent: 0, first: "", &out)
    case .list(let items): self.items(items, indent: 0, &out)
    default: scalar(value, indent: 0, &out)
    }
    return out
  }

  /// The fields of a map; the first stands behind what `first` says (a list's dash) instead of its indentation.
  private static func fields(_ fields: [ManifestValue.Field], indent: Int, first: String, _ out: inout String) {
    for (index, field) in fields.enumerated() {
      out += index == 0 && !first.isEmpty ? first : blanks(indent)
      key(field.key, indent: indent, &out)
      switch field.value {
      case .map(let inner) where !inner.isEmpty:
        out += "\n"
        self.fields(inner, indent: indent + 2, first: "", &out)
      case .list(let inner) where !inner.isEmpty:
        out += "\n"
        items(inner, indent: indent + 2, &out)
      default:
        out += " "
        scalar(field.value, indent: indent, &out)
      }
    }
  }

  private static func items(_ items: [ManifestValue], indent: Int, _ out: inout String) {
    for item in items {
      let dash = blanks(indent) + "- "
      switch item {
      case .map(let inner) where !inner.isEmpty: fields(inner, indent: indent + 2, first: dash, &out)
      default:
        out += dash
        scalar(item, indent: indent, &out)
      }
    }
  }

  private static func key(_ key: String, indent: Int, _ out: inout String) {
    let text = isPlain(key) ? key : quoted(key)
    // a key of more than 1024 characters has to be announced
    if text.unicodeScalars.count > 512 {
      out += "? " + text + "\n" + blanks(indent) + ":"
    } else {
      out += text + ":"
    }
  }

  private static func scalar(_ value: ManifestValue, indent: Int, _ out: inout String) {
    switch value {
    case .flag(let flag): out += flag ? "true\n" : "false\n"
    case .number(let number): out += "\(number)\n"
    case .text(let text):
      if isPlain(text) { out += text + "\n" } else if !block(text, indent: indent + 2, &out) { out += quoted(text) + "\n" }
    case .list: out += "[]\n"
    case .map: out += "{}\n"
    }
  }

  private static func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }

  // MARK: scalars

  private static let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"]

  /// Whether a text can stand without quotes and is text to every reader of YAML 1.1 and 1.2: letters first, nothing that could mean something.
  static func isPlain(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, isLetter(first) || first == 0x5F, bytes.last != 0x20, bytes.count <= 200 else { return false }
    guard !words.contains(text.lowercased()) else { return false }
    return bytes.allSatisfy { byte in
      isLetter(byte) || (byte >= 0x30 && byte <= 0x39)
        || byte == 0x5F || byte == 0x2E || byte == 0x20 || byte == 0x2D || byte == 0x2F || byte == 0x28 || byte == 0x29 || byte == 0x2C || byte == 0x3B
        || byte == 0x2B || byte == 0x24 || byte == 0x40 || byte == 0x3D || byte == 0x3C || byte == 0x3E
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }

  /// Whether a character may stand in a block as it is: it is seen, or is a tab.
  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value >= 0x20 || scalar == "\t" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: return false
    default: return true
    }
  }

  /// A text of several lines as a literal block; answers `false` when it cannot be one without loss.
  private static func block(_ text: String, indent: Int, _ out: inout String) -> Bool {
    var scalars = Array(text.unicodeScalars)
    guard scalars.contains("\n"), scalars.allSatisfy({ $0 == "\n" || isVisible($0) }) else { return false }
    var ends = 0
    while scalars.last == "\n" {
      scalars.removeLast()
      ends += 1
    }
    let lines = scalars.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, let last = lines.last, last.contains(where: { $0 != " " && $0 != "\t" }) else { return false }
    // where the first line begins with a blank or is empty, the indentation has to be said
    let isClear = first.first.map { $0 != " " && $0 != "\t" } ?? false
    out += "|" + (isClear ? "" : "2") + (ends == 0 ? "-" : ends == 1 ? "" : "+") + "\n"
    for line in lines {
      if !line.isEmpty {
        out += blanks(indent)
        out.unicodeScalars.append(contentsOf: line)
      }
      out += "\n"
    }
    if ends > 1 { out += String(repeating: "\n", count: ends - 1) }
    return true
  }

  /// A text in double quotes; what cannot be seen is escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where isVisible(scalar): result.unicodeScalars.append(scalar)
      case _ where scalar.value <= 0xFF: result += "\\x" + hexadecimal(scalar.value, 2)
      case _ where scalar.value <= 0xFFFF: result += "\\u" + hexadecimal(scalar.value, 4)
      default: result += "\\U" + hexadecimal(scalar.value, 8)
      }
    }
    return result + "\""
  }

  private static func hexadecimal(_ value: UInt32, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
