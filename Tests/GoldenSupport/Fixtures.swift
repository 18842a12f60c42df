public import Foundation

/// Finds the project's folders from where this file lies.
public enum Fixtures {
  public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

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
