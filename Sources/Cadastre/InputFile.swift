public import CadastreDiagnostics
internal import Foundation

/// Why an input could not be used. The exit code of the command follows from the case.
public enum InputFailure: Error, Sendable, Hashable {
  case notFound(path: String)
  case notPermitted(path: String)
  case isFolder(path: String)
  case notText(path: String, fault: TextFault? = nil)
  case unreadable(path: String, reason: String)
}

/// Reads the scripts that a user names.
public enum InputFile {
  /// The bytes of a file, or of standard input for `-`.
  public static func bytes(_ path: String) throws(InputFailure) -> [UInt8] {
    if path == "-" {
      var data = Data()
      do {
        data = try FileHandle.standardInput.readToEnd() ?? Data()
      } catch {
        throw .unreadable(path: "standard input", reason: "\(error)")
      }
      return [UInt8](data)
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .notFound(path: path) }
    if isFolder.boolValue { throw .isFolder(path: path) }
    guard FileManager.default.isReadableFile(atPath: path) else { throw .notPermitted(path: path) }
    do {
      return [UInt8](try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw .unreadable(path: path, reason: "\(error.localizedDescription)")
    }
  }

  /// A script as UTF-8 text.
  public static func text(_ path: String) throws(InputFailure) -> SourceText {
    let raw = try bytes(path)
    guard let decoded = DecodedText(decoding: raw) else { throw .notText(path: path, fault: TextFault(in: raw)) }
    return SourceText(name: path == "-" ? "<stdin>" : path, bytes: decoded.bytes)
  }
}
