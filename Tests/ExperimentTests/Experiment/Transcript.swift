import Foundation

/// What an engine printed: lines of marks and, between them, rows whose fields are split by tabs.
enum Transcript {
  static let null = "\\N"

  static func mark(_ word: String) -> String { "@@" + word }

  /// The parts of a text that follow each mark of a word, up to the next one.
  static func parts(_ text: String, after word: String) -> [String] {
    Array(text.components(separatedBy: mark(word) + "\n").dropFirst())
  }

  static func rows(_ text: String) -> [[String]] {
    // the last line ends too; an empty line is a row of one empty field
    text.components(separatedBy: "\n").dropLast().filter { !$0.hasPrefix("@@") }.map { $0.components(separatedBy: "\t") }
  }

  /// A value as engines print it in a field.
  static func field(_ value: String) -> String {
    guard value.contains(where: { "\\\t\n\r".contains($0) }) else { return value }
    return String(value.flatMap { character -> [Character] in
      switch character {
      case "\\": ["\\", "\\"]
      case "\t": ["\\", "t"]
      case "\n": ["\\", "n"]
      case "\r": ["\\", "r"]
      default: [character]
      }
    })
  }

  /// A field as the value it stands for; nil for NULL.
  static func value(_ field: String) -> String? {
    if field == null { return nil }
    guard field.contains("\\") else { return field }
    var value = ""
    var escaped = false
    for character in field {
      if escaped {
        switch character {
        case "t": value.append("\t")
        case "n": value.append("\n")
        case "r": value.append("\r")
        default: value.append(character)
        }
        escaped = false
      } else if character == "\\" {
        escaped = true
      } else {
        value.append(character)
      }
    }
    return value
  }
}
