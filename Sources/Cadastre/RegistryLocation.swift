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

  /// The author of a change made now.
  public static func author(command: String, reason: String, actor: String? = nil) -> ChangeAuthor {
    ChangeAuthor(actor: actor ?? NSUserName(), command: command, reason: reason, at: now(), toolVersion: version)
  }

  /// Now in UTC, ISO 8601 with microseconds.
  static func now() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var seconds = time.tv_sec
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let micros = String(time.tv_nsec / 1000)
    let padded = String(repeating: "0", count: max(0, 6 - micros.count)) + micros
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(padded)Z"
  }
}
