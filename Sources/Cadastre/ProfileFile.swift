internal import CadastreDelimited
public import CadastreOnboarding
internal import Foundation

/// Profiles a file, reading it in chunks.
public enum ProfileFile {
  private static let chunk = 1 << 18

  /// - Parameter layout: a CSV of name, start, length, type, description; the file is fixed-width then.
  public static func run(_ path: String, layout: String? = nil) throws -> Profile {
    _ = try check(path)
    let fields = try layout.map { try readLayout($0) }
    guard let handle = FileHandle(forReadingAtPath: path) else { throw InputFailure.notPermitted(path: path) }
    defer { try? handle.close() }
    let sample = [UInt8](try handle.read(upToCount: chunk) ?? Data())
    guard let shape = FileShape(sample: sample) else { throw InputFailure.notText(path: path) }
    var profiler = Profiler(shape: shape, layout: fields)
    profiler.consume(sample)
    while let data = try handle.read(upToCount: chunk), !data.isEmpty { profiler.consume([UInt8](data)) }
    return profiler.finish()
  }

  private static func check(_ path: String) throws(InputFailure) -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .notFound(path: path) }
    if isFolder.boolValue { throw .isFolder(path: path) }
    guard FileManager.default.isReadableFile(atPath: path) else { throw .notPermitted(path: path) }
    return true
  }

  private static func readLayout(_ path: String) throws(InputFailure) -> [LayoutField] {
    let bytes = try InputFile.bytes(path)
    var rows: [[String]] = []
    var reader = DelimitedReader(delimiter: 0x2C, quote: 0x22)
    reader.consume(bytes) { _, fields, _ in rows.append(fields.map { String(decoding: $0, as: UTF8.self) }) }
    reader.finish { _, fields, _ in rows.append(fields.map { String(decoding: $0, as: UTF8.self) }) }
    var fields: [LayoutField] = []
    for (index, row) in rows.enumerated() where index > 0 {
      guard row.count >= 3, let start = Int(row[1]), let length = Int(row[2]), start >= 1, length >= 1 else {
        throw .unreadable(path: "\(path):\(index + 1)", reason: "expected name,start,length,type,description with 1-based numbers")
      }
      fields.append(
        LayoutField(name: row[0], start: start, length: length, type: row.count > 3 ? row[3] : "", description: row.count > 4 ? row[4] : ""))
    }
    guard !fields.isEmpty else { throw .unreadable(path: path, reason: "a layout without fields") }
    return fields
  }
}
