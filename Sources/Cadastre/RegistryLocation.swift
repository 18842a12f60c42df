public import CadastreModel
internal import Foundation

/// Finds the registry a command works on, and says who the user is.
public enum RegistryLocation {
  public static let fileName = "cadastre.db"
  public static let version = "0.1.0"

  /// The given path, else `$CADASTRE_REGISTRY`, else `cadastre.db` searched upward from the current folder; `nil` when there is none.
  public static func find(_ given: String?) -> String? {
    if let given { return given }
    if let named = ProcessInfo.processInfo.environment["CADASTRE_REGISTRY"], !named.isEmpty { return named }
    var folder = FileManager.default.currentDirectoryPath
    while true {
      let path = (folder as NSString).appendingPathComponent(fileName)
      if FileManager.default.fileExists(atPath: path) { return path }
      let parent = (folder as NSString).deletingLastPathComponent
      if parent == folder || parent.isEmpty { return nil }
      folder = parent
    }
  }

  /// The author of a change that is about to be made.
  public static func author(command: String, reason: String, actor: String? = nil) -> ChangeAuthor {
    ChangeAuthor(actor: actor ?? NSUserName(), command: command, reason: reason, toolVersion: version)
  }
}
