internal import CadastreSchema
internal import Foundation
internal import GRDB

/// One thing that `doctor` looked at.
public struct Diagnosis: Sendable, Hashable, Codable {
  public enum State: String, Sendable, Hashable, Codable {
    case ok, warning, problem
  }

  public var subject: String
  public var state: State
  public var detail: String
  /// What to do about it; `nil` where nothing is to be done.
  public var fix: String?
}

/// What a migration did.
public struct MigrationReport: Sendable, Codable {
  public var from: Int
  public var to: Int
  /// The copy made before; `nil` where nothing had to be done.
  public var backup: String?
}

extension Registry {
  // MARK: backup

  /// Writes a whole and compact copy of the registry as it is at one instant, while others write. The copy appears when it is complete and checked.
  ///
  /// - Returns: its size in bytes.
  public func backup(to target: String) throws(StoreError) -> Int {
    let file = try checkFile()
    guard !FileManager.default.fileExists(atPath: target) else { throw .alreadyExists(path: target) }
    if let reason = try logDamage() { throw .corrupt(path: path, reason: reason) }
    return try whileUnchanged(file) { immutable throws(StoreError) in
      let queue = try Registry.reading(path) { try reader(file, immutable: immutable) }
      defer { try? queue.close() }
      try Registry.reading(path) { try queue.inDatabase { db in try checkIdentity(db) } }
      return try Registry.copy(queue, from: path, to: target)
    }
  }

  private static func copy(_ queue: DatabaseQueue, from path: String, to target: String) throws(StoreError) -> Int {
    let part = target + ".part-\(getpid())"
    _ = unlink(part)
    // SQLite makes the file with the process' mask: an empty one of ours comes first
    let descriptor = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .ofSystem(errno, path: target) }
    do {
      try reading(target) { try queue.inDatabase { db in try db.execute(sql: "VACUUM INTO ?", arguments: [part]) } }
      guard fsync(descriptor) == 0 else { throw StoreError.ofSystem(errno, path: target) }
      let findings = try reading(part) {
        var configuration = Configuration()
        configuration.readonly = true
        let copy = try DatabaseQueue(path: part, configuration: configuration)
        defer { try? copy.close() }
        return try copy.inDatabase { db in try String.fetchAll(db, sql: "PRAGMA quick_check") }
      }
      guard findings == ["ok"] else { throw StoreError.corrupt(path: path, reason: findings.first ?? "the copy cannot be checked") }
      guard rename(part, target) == 0 else { throw StoreError.ofSystem(errno, path: target) }
      _ = close(descriptor)
      syncFolder(of: target)
      return (try? FileManager.default.attributesOfItem(atPath: target)[.size] as? Int) ?? 0
    } catch {
      _ = close(descriptor)
      _ = unlink(part)
      throw error as? StoreError ?? .unexpected("\(error)")
    }
  }

  private static func syncFolder(of path: String) {
    let folder = (path as NSString).deletingLastPathComponent
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    _ = close(descriptor)
  }

  // MARK: migrate

  /// Brings an older registry to this version's schema: a backup beside it first, then every step in one transaction. A current one stays as it is.
  public func migrate() throws(StoreError) -> MigrationReport {
    let (file, lock) = try lockForWriting()
    defer { lock.release() }
    return try Registry.writing(path) {
      let queue = try writer(file)
      defer { try? queue.close() }
      return try migrate(queue)
    }
  }

  /// The same under a lock that is held. Schemas between 1 and the newest are known.
  func migrate(_ queue: DatabaseQueue) throws -> MigrationReport {
    let (application, schema) = try queue.inDatabase { db in
      (try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0, try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0)
    }
    let newest = Registry.newestSchema
    guard application == Registry.applicationID, schema > 0, schema < newest else {
      try queue.inDatabase { db in try checkIdentity(db) }
      return MigrationReport(from: schema, to: schema)
    }
    var target = "\(path).schema-\(schema).backup"
    var number = 1
    while FileManager.default.fileExists(atPath: target) {
      number += 1
      target = "\(path).schema-\(schema).backup-\(number)"
    }
    _ = try Registry.copy(queue, from: path, to: target)
    try queue.inDatabase { db in
      try db.inTransaction(.immediate) {
        for migration in Migration.all.dropFirst(schema) { try db.execute(sql: migration.sql) }
        try db.execute(sql: "PRAGMA user_version = \(newest)")
        // what is derived is derived anew
        try AdjacencyWriter.update(db, change: 0)
        try SearchIndex(db: db).update()
        return .commit
      }
    }
    return MigrationReport(from: schema, to: newest, backup: target)
  }

  // MARK: doctor

  /// What about the file and where it lies could hurt. Looks only; `verify` looks at what is in it.
  public func doctor() throws(StoreError) -> [Diagnosis] {
    do throws(StoreError) {
      try checkFile()
    } catch .linked {
      return [mode(), fileSystem(), links()]
    }
    var list: [Diagnosis] = []
    let (version, schema, pages, free, size) = try read { db in
      (
        try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "", try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0,
        try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0, try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0, try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
      )
    }
    let isOld = version.compare("3.51.3", options: .numeric) == .orderedAscending
    list.append(
      Diagnosis(
        subject: "SQLite", state: .ok,
        detail: version + (isOld ? "; before 3.51.3 two writers can corrupt a file: every write of ours holds \(path).lock" : "")))
    list.append(Diagnosis(subject: "schema", state: .ok, detail: "\(schema), the newest this version knows is \(Registry.newestSchema)"))
    list.append(
      Diagnosis(
        subject: "size", state: .ok, detail: "\(pages * size) bytes, \(pages == 0 ? 0 : 100 * free / pages) % of it free",
        fix: pages > 1000 && free > pages / 3 ? "cadastre backup makes a compact copy" : nil))
    list.append(mode())
    list.append(fileSystem())
    list.append(log())
    list.append(links())
    list.append(space(needed: pages * size))
    return list
  }

  private func status() -> stat {
    var status = stat()
    _ = stat(path, &status)
    return status
  }

  private func mode() -> Diagnosis {
    let bits = status().st_mode & 0o777
    let text = "0" + String(bits, radix: 8)
    guard bits & 0o077 != 0 else { return Diagnosis(subject: "permissions", state: .ok, detail: "\(text): its owner alone") }
    let others = bits & 0o022 != 0 ? "others can write it" : "others can read it"
    return Diagnosis(subject: "permissions", state: .warning, detail: "\(text): \(others)", fix: "chmod 600 \(path), unless that is meant")
  }

  private func fileSystem() -> Diagnosis {
    // https://man7.org/linux/man-pages/man5/proc_pid_mounts.5.html
    let place = URL(filePath: path).resolvingSymlinksInPath().path
    var found: (folder: String, type: String) = ("", "")
    for line in ((try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? "").split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2 else { continue }
      let folder = String(fields[1])
      let isAbove = folder == "/" || place == folder || place.hasPrefix(folder + "/")
      if isAbove, folder.utf8.count >= found.folder.utf8.count { found = (folder, String(fields[2])) }
    }
    guard !found.type.isEmpty else { return Diagnosis(subject: "file system", state: .warning, detail: "not known") }
    let isRemote = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "glusterfs"].contains(found.type) || found.type.hasPrefix("fuse.")
    guard isRemote else { return Diagnosis(subject: "file system", state: .ok, detail: "\(found.type) at \(found.folder)") }
    let name = found.type
    return Diagnosis(
      subject: "file system", state: .problem, detail: "\(name): its locks do not hold between machines, and SQLite's WAL needs one host",
      fix: "move the registry to a local disk, and share it by cadastre backup or export")
  }

  private func log() -> Diagnosis {
    let bytes = ((try? FileManager.default.attributesOfItem(atPath: path + "-wal"))?[.size] as? Int) ?? 0
    guard bytes > 64 << 20 else { return Diagnosis(subject: "write-ahead log", state: .ok, detail: "\(bytes) bytes") }
    return Diagnosis(
      subject: "write-ahead log", state: .warning, detail: "\(bytes) bytes: a reader that does not end keeps it from being taken in",
      fix: "end long readers; the next writing command takes it in")
  }

  private func links() -> Diagnosis {
    var own = stat()
    _ = lstat(path, &own)
    if own.st_mode & S_IFMT == S_IFLNK {
      return Diagnosis(subject: "links", state: .ok, detail: "a symbolic link: log and lock lie beside the file it leads to")
    }
    guard own.st_nlink > 1 else { return Diagnosis(subject: "links", state: .ok, detail: "one name") }
    return Diagnosis(
      subject: "links", state: .problem, detail: "\(own.st_nlink) hard links: SQLite keeps a log for each name, and they know nothing of each other",
      fix: "remove the other names, or make a copy with cadastre backup")
  }

  private func space(needed: Int) -> Diagnosis {
    var found = statvfs()
    guard statvfs(path, &found) == 0 else { return Diagnosis(subject: "space", state: .warning, detail: "not known") }
    let free = Int(found.f_bavail) * Int(found.f_frsize)
    let detail = "\(free >> 20) MB free"
    return free > needed
      ? Diagnosis(subject: "space", state: .ok, detail: detail)
      : Diagnosis(subject: "space", state: .warning, detail: detail + ": less than the file has", fix: "free some: a large change needs as much again")
  }
}
