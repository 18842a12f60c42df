internal import Foundation

/// `embed-text migrations|tables OUTPUT FILE...`: writes a Swift file that holds the files as raw string literals.
@main struct EmbedText {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count > 2 else { return }
    let isMigrations = arguments[0] == "migrations"
    var swift =
      isMigrations
      ? "extension Migration {\n  /// Every migration, oldest first.\n  public static let all: [Migration] = [\n"
      : "extension StatementTables {\n  /// Every table, by the name of its file.\n  static let all: [String: String] = [\n"
    for path in arguments.dropFirst(2) {
      let file = URL(filePath: path)
      let text = try String(contentsOf: file, encoding: .utf8)
      let name = file.deletingPathExtension().lastPathComponent
      let literal = "###\"\"\"\n\(text)\n\"\"\"###"
      swift += isMigrations ? "    Migration(identifier: \"\(name)\", sql: \(literal)),\n" : "    \"\(name)\": \(literal),\n"
    }
    swift += "  ]\n}\n"
    try swift.write(toFile: arguments[1], atomically: true, encoding: .utf8)
  }
}
