internal import Foundation

/// `embed-schema OUTPUT MIGRATION...`: writes a Swift file that lists the migrations as raw string literals.
@main struct EmbedSchema {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard let output = arguments.first else { return }
    var swift = "extension Migration {\n  /// Every migration, oldest first.\n  public static let all: [Migration] = [\n"
    for path in arguments.dropFirst() {
      let file = URL(filePath: path)
      let sql = try String(contentsOf: file, encoding: .utf8)
      let identifier = file.deletingPathExtension().lastPathComponent
      swift += "    Migration(identifier: \"\(identifier)\", sql: ###\"\"\"\n\(sql)\n\"\"\"###),\n"
    }
    swift += "  ]\n}\n"
    try swift.write(toFile: output, atomically: true, encoding: .utf8)
  }
}
