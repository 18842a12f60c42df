internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreDiagnostics
internal import CadastreModel
internal import CadastreSQL
internal import CadastreStore
internal import Foundation

/// A script as the file system shows it.
struct ListedFile: Sendable, Hashable {
  var path: String
  /// The user named it; otherwise it was found in a folder.
  var isNamed: Bool
  /// Bytes.
  var size: Int64
  /// Nanoseconds since 1970.
  var modified: Int64
}

/// What has changed since earlier scans.
struct FileChanges: Sendable {
  /// New, or with other bytes than before.
  var changed: [ListedFile] = []
  /// Scanned before under the same roots, and not there now.
  var removed: Set<String> = []

  var isNothing: Bool { changed.isEmpty && removed.isEmpty }
}

/// Finds scripts and what has changed of them.
enum ScanFiles {
  /// Endings of the files that are taken from a folder.
  static let endings: Set<String> = ["sql", "ddl", "prc", "proc", "fnc", "viw", "vw", "tab", "trg", "pgsql", "tsql"]

  /// A path without `./` before it or `/` behind it.
  static func normalised(_ path: String) -> String {
    var result = path
    while result.hasPrefix("./") { result.removeFirst(2) }
    while result.count > 1, result.hasSuffix("/") { result.removeLast() }
    return result.isEmpty ? "." : result
  }

  static func isUnder(_ root: String, _ file: String?) -> Bool {
    guard let file else { return false }
    return root == "." || file == root || file.hasPrefix(root + "/")
  }

  static func reason(_ failure: InputFailure) -> String {
    switch failure {
    case .notFound: "no such file"
    case .notPermitted: "permission denied"
    case .isFolder: "a folder"
    case .notText: "not text"
    case .unreadable(_, let reason): reason
    }
  }

  /// The scripts under files and folders, by name.
  static func list(under roots: [String]) throws(InputFailure) -> [ListedFile] {
    var found: [ListedFile] = []
    for root in roots {
      guard let status = status(root) else { throw .notFound(path: root) }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        found.append(file(root, status, isNamed: true))
        continue
      }
      var folders = [root]
      while let folder = folders.popLast() {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
          if folder == root { throw .notPermitted(path: root) }
          continue
        }
        for name in names {
          let path = folder == "." ? name : folder + "/" + name
          let isScript = name.split(separator: ".").last.map { endings.contains($0.lowercased()) } ?? false
          // a name with an ending of ours is looked at once; another only to see whether it is a folder
          guard isScript || !name.contains("."), let status = ScanFiles.status(path) else {
            if !isScript, let status = ScanFiles.status(path), status.st_mode & S_IFMT == S_IFDIR { folders.append(path) }
            continue
          }
          if status.st_mode & S_IFMT == S_IFDIR { folders.append(path) } else if isScript { found.append(file(path, status, isNamed: false)) }
        }
      }
    }
    return found.sorted { $0.path < $1.path }
  }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  private static func file(_ path: String, _ status: stat, isNamed: Bool) -> ListedFile {
    #if os(Linux)
      let time = status.st_mtim
    #else
      let time = status.st_mtimespec
    #endif
    return ListedFile(path: path, isNamed: isNamed, size: Int64(status.st_size), modified: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// A file's text and the SHA-256 of its bytes.
  static func source(_ file: ListedFile) -> Result<(text: SourceText, hash: String), InputFailure> {
    let bytes: [UInt8]
    do { bytes = try InputFile.bytes(file.path) } catch { return .failure(error) }
    guard let decoded = DecodedText(decoding: bytes) else { return .failure(.notText(path: file.path)) }
    return .success((SourceText(name: file.path, bytes: decoded.bytes), Registry.contentHash(bytes)))
  }

  /// What differs from what earlier scans have read; `nil` when so much does that everything is to be read.
  static func changes(_ listed: [ListedFile], _ roots: [String], _ state: ScanState, tool: String) throws -> FileChanges? {
    guard !state.files.isEmpty else { return nil }
    var changes = FileChanges()
    let present = Set(listed.map(\.path))
    for path in state.unread.union(state.files.keys) where !present.contains(path) && roots.contains(where: { isUnder($0, path) }) { changes.removed.insert(path) }
    for file in listed {
      if let known = state.files[file.path] {
        if known.toolVersion != tool { return nil }
        if known.size == file.size, known.modified == file.modified { continue }
        if known.size == file.size, let bytes = try? InputFile.bytes(file.path), Registry.contentHash(bytes) == known.hash { continue }
      }
      changes.changed.append(file)
    }
    return changes.changed.count + changes.removed.count > max(8, listed.count / 5) ? nil : changes
  }

  /// Last names, as they are compared, of what a script defines or alters. `on t`: a trigger on a table; the function that it runs is named as well.
  static func names(in tree: SyntaxTree, _ rules: Dialect) -> [String] {
    var result: Set<String> = []
    for node in tree.definitions {
      func last(_ name: NodeID) -> String? {
        tree.lastPart(name).map { part in
          rules.identifiers.caseInsensitive ? part.text.lowercased() : part.quoted ? part.text : folded(part.text, rules)
        }
      }
      let names = tree.children(node, .name).compactMap(last)
      switch tree.kind(node) {
      case .createTrigger:
        result.formUnion(names)
        if names.count > 1 { result.insert("on " + names[1]) }
        if let call = tree.child(node, .call), let function = tree.child(call, .name).flatMap(last) { result.insert(function) }
      case .createIndex:
        if let target = tree.child(node, .target), let table = tree.child(target, .name).flatMap(last) { result.insert(table) }
      case .commentOn:
        // a column's comment is one of its table
        let parts = tree.child(node, .name).map { tree.nameParts($0) } ?? []
        for part in parts.suffix(2) { result.insert(rules.identifiers.caseInsensitive ? part.text.lowercased() : part.quoted ? part.text : folded(part.text, rules)) }
      case .execute:
        // procedures of the server take the names of what they rename and describe as texts
        guard names.last?.hasPrefix("sp_") == true else { continue }
        for argument in tree.children(node, .executeArgument) {
          guard let value = tree.child(argument, .literal), tree.firstToken(value).kind == .string else { continue }
          let parts = tree.stringValue(tree.firstToken(value)).split(separator: ".").map { $0.filter { $0 != "[" && $0 != "]" } }
          result.formUnion(rules.identifiers.caseInsensitive ? parts.map { $0.lowercased() } : parts)
        }
      case .call, .useDatabase: continue
      default: result.formUnion(names)
      }
    }
    return result.sorted()
  }

  private static func folded(_ text: String, _ rules: Dialect) -> String {
    switch rules.identifiers.folding {
    case .lower: text.lowercased()
    case .upper: text.uppercased()
    case .none: text
    }
  }
}
