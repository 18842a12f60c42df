internal import CadastreDiagnostics
internal import CadastreExchange
internal import CadastreModel
internal import Foundation

/// A folder of manifests as an export writes it and a plan reads it.
struct ManifestFolder {
  let path: String

  /// Lists what an export has written, so that the next one knows what of the folder is its own.
  static let indexName = ".cadastre-export"
  private static let title = "cadastre export 1"
  private static let unfinished = " unfinished"

  /// Of a path: `nil` when nothing is there. Symbolic links are not followed.
  private static func kind(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  // MARK: the index

  struct Index {
    /// Relative paths of the files that an export has written.
    var files: Set<String>
    var isFinished: Bool
  }

  /// What an earlier export says; `nil` where none has been.
  func index() throws -> Index? {
    let place = path + "/" + ManifestFolder.indexName
    guard ManifestFolder.kind(place) == S_IFREG else { return nil }
    let lines = String(decoding: try InputFile.bytes(place), as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    guard let first = lines.first, first.hasPrefix(ManifestFolder.title) else { return nil }
    return Index(files: Set(lines.dropFirst().filter(ManifestFolder.isOurs)), isFinished: !first.hasSuffix(ManifestFolder.unfinished))
  }

  /// Whether a line of the index can be a path of ours: it decides what is deleted, and anybody may have written it.
  private static func isOurs(_ line: String) -> Bool {
    let parts = line.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, let first = parts.first, ManifestPaths.folders.contains(String(first)), line.hasSuffix(".yaml") else { return false }
    return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && !$0.contains("\\") }
  }

  private func writeIndex(_ files: Set<String>, finished: Bool) throws {
    let title = ManifestFolder.title + (finished ? "" : ManifestFolder.unfinished)
    let lines = [title] + files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    _ = try put(lines.joined(separator: "\n") + "\n", at: ManifestFolder.indexName)
  }

  // MARK: writing

  struct Written {
    var written = 0
    var unchanged = 0
    var removed = 0
  }

  /// Brings the folder to these files. Each is whole or as it was; what an earlier export wrote and is not among them goes, nothing else does.
  ///
  /// The index says that the export is unfinished until all is there, so that what is missing is not taken for gone.
  func write(_ files: [(path: String, text: String)]) throws -> Written {
    let earlier = try prepare()
    let wanted = Set(files.map(\.path))
    var result = Written()
    let stale = earlier.subtracting(wanted)
    let differs = try files.contains { try !holds($0.text, at: $0.path) }
    let isFinished = try index()?.isFinished == true
    if differs || wanted != earlier || !isFinished { try writeIndex(earlier.union(wanted), finished: false) }
    for file in files { if try put(file.text, at: file.path) { result.written += 1 } else { result.unchanged += 1 } }
    for name in stale.sorted() { if try remove(name) { result.removed += 1 } }
    try writeIndex(wanted, finished: true)
    return result
  }

  /// Makes the folder, or looks whether it may be written to; answers what an earlier export wrote into it.
  private func prepare() throws -> Set<String> {
    var status = stat()
    if stat(path, &status) != 0 {
      try makeFolder(path)
      return []
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw ManifestFailure.notAnExport(path: path) }
    if let index = try index() { return index.files }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { throw ManifestFailure.unwritable(path: path, reason: "permission denied") }
    guard names.allSatisfy({ $0 == ".git" }) else { throw ManifestFailure.notAnExport(path: path) }
    return []
  }

  private func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw ManifestFailure.unwritable(path: path, reason: error.localizedDescription)
    }
  }

  private func holds(_ text: String, at name: String) throws -> Bool {
    let place = path + "/" + name
    guard ManifestFolder.kind(place) == S_IFREG, let bytes = FileManager.default.contents(atPath: place) else { return false }
    return bytes.elementsEqual(text.utf8)
  }

  /// Writes a file beside its place and moves it there; answers whether it was another before.
  private func put(_ text: String, at name: String) throws -> Bool {
    if try holds(text, at: name) { return false }
    try checkFolders(of: name, making: true)
    let place = path + "/" + name
    if let kind = ManifestFolder.kind(place), kind != S_IFREG { throw ManifestFailure.notAFile(path: place) }
    let temporary = place + ".part\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw ManifestFailure.unwritable(path: place, reason: String(cString: strerror(errno))) }
    var failure: Int32 = 0
    var bytes = Array(text.utf8)[...]
    while failure == 0, !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 { failure = errno } else { bytes = bytes.dropFirst(count) }
    }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(temporary, place) != 0 { failure = errno }
    guard failure == 0 else {
      _ = unlink(temporary)
      throw ManifestFailure.unwritable(path: place, reason: String(cString: strerror(failure)))
    }
    return true
  }

  /// The folders above a file have to be folders, none of them a link to elsewhere.
  private func checkFolders(of name: String, making: Bool) throws {
    var place = path
    for part in name.split(separator: "/").dropLast() {
      place += "/" + part
      switch ManifestFolder.kind(place) {
      case S_IFDIR?: continue
      case nil where making: try makeFolder(place)
      default: throw ManifestFailure.notAFile(path: place)
      }
    }
  }

  /// Takes a file of an earlier export away, and folders that are empty then.
  private func remove(_ name: String) throws -> Bool {
    guard (try? checkFolders(of: name, making: false)) != nil, ManifestFolder.kind(path + "/" + name) == S_IFREG else { return false }
    guard unlink(path + "/" + name) == 0 else { throw ManifestFailure.unwritable(path: path + "/" + name, reason: String(cString: strerror(errno))) }
    var parts = name.split(separator: "/").dropLast()
    while !parts.isEmpty, rmdir(path + "/" + parts.joined(separator: "/")) == 0 { parts = parts.dropLast() }
    return true
  }

  // MARK: reading

  /// Every manifest of a folder and the folders in it, by path: files that end in `.yaml` or `.yml`. Hidden ones are left out, links are not followed.
  func read() throws -> [ReadManifest] {
    if let index = try index(), !index.isFinished { throw ManifestFailure.unfinishedExport(path: path) }
    var names: [String] = []
    guard let found = FileManager.default.enumerator(atPath: path) else { throw InputFailure.notPermitted(path: path) }
    while let name = found.nextObject() as? String {
      guard !name.split(separator: "/").contains(where: { $0.first == "." }) else { continue }
      let ending = (name as NSString).pathExtension.lowercased()
      if ending == "yaml" || ending == "yml", ManifestFolder.kind(path + "/" + name) == S_IFREG { names.append(name) }
    }
    guard !names.isEmpty else { throw ManifestFailure.nothingToRead(path: path) }
    names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let base = path.hasSuffix("/") ? path : path + "/"
    return try ManifestFolder.read(names.map { base + $0 })
  }

  /// The manifests of some files, or all that is wrong with any of them.
  static func read(_ paths: [String]) throws -> [ReadManifest] {
    typealias Outcome = Result<(manifest: ReadManifest?, findings: [Diagnostic]), InputFailure>
    let outcomes = Workers.map(paths, minimum: 16) { part in
      part.map { path -> Outcome in
        do throws(InputFailure) {
          return .success(ManifestReader.read(try InputFile.bytes(path), file: path))
        } catch {
          return .failure(error)
        }
      }
    }
    var manifests: [ReadManifest] = []
    var findings: [Diagnostic] = []
    for outcome in outcomes {
      let (manifest, found) = try outcome.get()
      if let manifest { manifests.append(manifest) }
      findings += found
    }
    guard findings.isEmpty else { throw ManifestFailure.findings(findings) }
    return manifests
  }
}
