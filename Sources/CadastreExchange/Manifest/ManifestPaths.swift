public import CadastreModel

/// Where in a folder each object's manifest lies: `assets/NAMESPACE/SCHEMA/NAME.yaml`.
///
/// Names may be anything; paths are letters, digits, `_` and `-` of ASCII, fit every file system and are told apart by more than case. Where a name
/// had to be changed, or another differs by case alone, a hash of it stands behind `~`.
public enum ManifestPaths {
  /// Folders that an export owns, one for each kind.
  public static let folders = ["namespaces", "assets", "routines", "feeds"]

  /// A path for each object, relative, with `/`; the same whatever the order in which objects come.
  public static func assign(_ objects: [RegistryObject]) -> [String] {
    let root = Folder()
    for (index, object) in objects.enumerated() { root.insert(parts(object)[...], index) }
    var paths = [String](repeating: "", count: objects.count)
    root.name("", &paths, isTop: true)
    return paths
  }

  private static func parts(_ object: RegistryObject) -> [String] {
    switch object {
    case .namespace(let value): ["namespaces", value.name]
    case .asset(let entry): ["assets", entry.namespace] + entry.asset.name.parts
    case .routine(let entry): ["routines", entry.namespace] + entry.name.parts
    case .feed(let entry): ["feeds", entry.namespace, entry.feed.name]
    }
  }

  private final class Folder {
    var folders: [ExactText: Folder] = [:]
    var files: [(name: String, index: Int)] = []

    func insert(_ parts: ArraySlice<String>, _ index: Int) {
      guard let first = parts.first, parts.count > 1 else { return files.append((parts.first ?? "", index)) }
      let key = ExactText(first)
      let inner = folders[key] ?? Folder()
      folders[key] = inner
      inner.insert(parts.dropFirst(), index)
    }

    func name(_ path: String, _ paths: inout [String], isTop: Bool = false) {
      let inner = folders.sorted { $0.key.text.utf8.lexicographicallyPrecedes($1.key.text.utf8) }
      let names = isTop ? inner.map(\.key.text) : ManifestPaths.safe(inner.map(\.key.text))
      for (folder, name) in zip(inner, names) { folder.value.name(path + name + "/", &paths) }
      files.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      for (file, name) in zip(files, ManifestPaths.safe(files.map(\.name))) { paths[file.index] = path + name + ".yaml" }
    }
  }

  /// Names that Windows keeps for devices, whatever ending they have.
  /// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
  private static let devices: Set<String> = Set(
    ["con", "prn", "aux", "nul", "conin", "conout", "clock"] + (0...9).flatMap { ["com\($0)", "lpt\($0)"] })

  private static let longest = 80

  /// Safe names for the members of one folder, in their order, no two the same but for case.
  static func safe(_ names: [String]) -> [String] {
    var result = names.map { plain($0) ?? marked($0) }
    var counts: [String: Int] = [:]
    for name in result { counts[name.lowercased(), default: 0] += 1 }
    for index in result.indices where counts[result[index].lowercased(), default: 0] > 1 { result[index] = marked(names[index]) }
    // hashes of 48 bits can meet when somebody wants them to
    var seen: [String: Int] = [:]
    for index in result.indices {
      let folded = result[index].lowercased()
      seen[folded, default: 0] += 1
      if let count = seen[folded], count > 1 { result[index] += "-\(count)" }
    }
    return result
  }

  private static func isSafe(_ byte: UInt8) -> Bool {
    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x5F || byte == 0x2D
  }

  /// The name itself, where it can be one of a file.
  private static func plain(_ name: String) -> String? {
    let bytes = name.utf8
    guard !bytes.isEmpty, bytes.count <= longest, bytes.allSatisfy(isSafe), bytes.first != 0x2D, !devices.contains(name.lowercased()) else { return nil }
    return name
  }

  /// What of a name can stand in a path, with a hash of the name behind it.
  private static func marked(_ name: String) -> String {
    var result = ""
    for scalar in name.unicodeScalars.prefix(longest) {
      result.unicodeScalars.append(scalar.isASCII && isSafe(UInt8(scalar.value)) ? scalar : "_")
    }
    if result.isEmpty || result.first == "-" { result = "_" + result.dropFirst() }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return result + "~" + String((String(repeating: "0", count: 16 - digits.count) + digits).suffix(12))
  }
}
