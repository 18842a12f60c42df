public import Foundation

/// Finds the project's folders from where this file lies.
public enum Fixtures {
  public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The command that was built with the tests: it lies beside their bundle.
  public static let command: URL = {
    var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    for _ in 0..<6 {
      let candidate = folder.appending(path: "cadastre")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      folder.deleteLastPathComponent()
    }
    return root.appending(path: ".build/debug/cadastre")
  }()

  public static func path(_ relative: String) -> String { root.appending(path: relative).path }

  public static func text(_ relative: String) throws -> String {
    try String(contentsOf: root.appending(path: relative), encoding: .utf8)
  }

  /// The files under a folder with an ending, by name, relative to the project.
  public static func list(_ folder: String, ending: String) -> [String] {
    guard let names = FileManager.default.enumerator(atPath: path(folder)) else { return [] }
    var found: [String] = []
    while let name = names.nextObject() as? String { if name.hasSuffix("." + ending) { found.append(folder + "/" + name) } }
    return found.sorted()
  }
}
