internal import Foundation

/// Runs a command to its end and answers its exit code and what it printed.
public enum Subprocess {
  public struct Outcome: Sendable {
    public var code: Int32
    public var output: String
  }

  /// - Parameter errors: whether the error stream is part of the output; it is thrown away otherwise.
  public static func run(_ command: String, _ arguments: [String], errors: Bool = true) -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: command)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: "/tmp")
    let file = FileManager.default.temporaryDirectory.appending(path: "out-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: file) }
    guard let handle = try? FileHandle(forWritingTo: file) else { return Outcome(code: -1, output: "no temporary file") }
    process.standardOutput = handle
    process.standardError = errors ? handle : FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    do { try process.run() } catch { return Outcome(code: -1, output: "\(error)") }
    process.waitUntilExit()
    try? handle.close()
    return Outcome(code: process.terminationStatus, output: (try? String(contentsOf: file, encoding: .utf8)) ?? "")
  }
}
