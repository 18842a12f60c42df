internal import CadastreSchema
internal import CadastreModel
internal import Foundation
internal import GRDB

/// A registry file. A value: it names the file; each call opens it, does its work and closes it.
public struct Registry: Sendable {
  public let path: String
  /// Longest wait for another writer, in seconds.
  public var patience: Double
  /// The moment that is read; `nil` for now. What writes is always of now.
  public var moment: Moment?

  static let applicationID: Int32 = 1_128_354_884
  /// The newest schema this version knows.
  public static var newestSchema: Int { Migration.all.count }

  public init(path: String, patience: Double = 5) {
    self.path = path
    self.patience = patience
  }

  // MARK: making one

  /// Makes a new registry. Fails when anything exists at the path. The file is there whole or not at all.
  public func create() throws(StoreError) {
    guard !isTaken else { throw .alreadyExists(path: path) }
    let lock = try WriterLock(for: path, seconds: patience)
    defer { lock.release() }
    guard !isTaken else { throw .alreadyExists(path: path) }
    let fresh = path + ".new"
    // what an earlier try has left that was killed
    for suffix in ["", "-wal", "-shm", "-journal"] { _ = unlink(fresh + suffix) }
    let descriptor = open(fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .ofSystem(errno, path: path, what: "cannot make it") }
    _ = close(descriptor)
    do {
      try Registry.writing(path) {
        let queue = try writer(fresh)
        try queue.inDatabase { db in
          try db.inTransaction(.immediate) {
            for migration in Migration.all { try db.execute(sql: migration.sql) }
            try db.execute(sql: "PRAGMA user_version = \(Migration.all.count)")
            return .commit
          }
          try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        try queue.close()
      }
      guard rename(fresh, path) == 0 else { throw StoreError.ofSystem(errno, path: path, what: "cannot make it") }
      let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      _ = fsync(parent)
      _ = close(parent)
    } catch {
      for suffix in ["", "-wal", "-shm"] { _ = unlink(fresh + suffix) }
      throw error as? StoreError ?? .unexpected("\(error)")
    }
  }

  /// Whether anything has that name, a link to nowhere included.
  private var isTaken: Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  private var folder: String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  // MARK: opening

  private func configuration(readonly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.busyMode = .timeout(patience)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536")
      if !readonly { try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL") }
    }
    return configuration
  }

  func writer(_ file: String) throws -> DatabaseQueue { try DatabaseQueue(path: file, configuration: configuration(readonly: false)) }

  /// Looks at the path before SQLite does: it would make an empty database of a missing file, hang on a pipe, and turn another program's file into one
  /// with a write-ahead log.
  ///
  /// - Returns: the file behind links: SQLite keeps its log beside that one, so the lock lies there too.
  @discardableResult
  func checkFile() throws(StoreError) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR { throw .notFound(path: path) }
      throw .ofSystem(code, path: path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegistry(path: path, reason: "not a regular file") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .ofSystem(errno, path: path) }
    defer { _ = close(descriptor) }
    var header = [UInt8](repeating: 0, count: 100)
    let count = pread(descriptor, &header, 100, 0)
    guard count >= 0 else { throw .ofSystem(errno, path: path) }
    guard count == 100, header.starts(with: Array("SQLite format 3\u{0}".utf8)) else {
      throw .notARegistry(path: path, reason: count == 0 ? "the file is empty" : "not a SQLite file")
    }
    let application = header[68..<72].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard Int32(bitPattern: application) == Registry.applicationID else { throw .notARegistry(path: path, reason: "a SQLite file of another program") }
    guard status.st_nlink == 1 else { throw .linked(path: path, names: Int(status.st_nlink)) }
    guard let resolved = realpath(path, nil) else { throw .ofSystem(errno, path: path) }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  func checkIdentity(_ db: Database) throws {
    let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard application == Registry.applicationID else { throw StoreError.notARegistry(path: path, reason: "a SQLite file of another program") }
    let schema = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    if schema > Migration.all.count { throw StoreError.newer(path: path, schema: schema, known: Migration.all.count) }
    if schema < Migration.all.count { throw StoreError.older(path: path, schema: schema, known: Migration.all.count) }
  }

  /// Reads in one snapshot. Readers never write, so they never checkpoint.
  ///
  /// Who may not write to a file or its folder, or has no room to, and finds no log there opens it as one that does not change, and reads again if it
  /// did: SQLite needs to make a log even for reading, which would then be that user's and in the way of those who write.
  func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    let file = try checkFile()
    return try whileUnchanged(file) { immutable throws(StoreError) in try read(file, immutable: immutable, body) }
  }

  /// Runs a body that opens the file for reading; again where it was told that the file does not change, and it did.
  func whileUnchanged<Result>(_ file: String, _ body: (_ immutable: Bool) throws(StoreError) -> Result) throws(StoreError) -> Result {
    let start = DispatchTime.now().uptimeNanoseconds
    let parent = (file as NSString).deletingLastPathComponent
    while true {
      // in this order: what writes makes a log first, and takes it away last
      let before = FileStamp(file)
      let isSettled = before?.isSettled ?? false
      let hasLog = FileStamp(file + "-wal").map { $0.size > 0 } ?? false
      guard !hasLog, access(parent, W_OK) != 0 || access(file, W_OK) != 0 || DiskRoom.isUsedUp(file) else { return try body(false) }
      var outcome: Swift.Result<Result, StoreError>
      do throws(StoreError) {
        outcome = .success(try body(true))
      } catch {
        outcome = .failure(error)
      }
      let isLogged = FileStamp(file + "-wal").map { $0.size > 0 } ?? false
      if FileStamp(file) == before, !isLogged, isSettled { return try outcome.get() }
      if Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 > patience { throw .busy(path: path, holder: "another process") }
      usleep(10_000)
    }
  }

  func reader(_ file: String, immutable: Bool) throws -> DatabaseQueue {
    let escaped = file.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? file
    return try DatabaseQueue(path: immutable ? "file:\(escaped)?immutable=1" : file, configuration: configuration(readonly: true))
  }

  private func read<Result>(_ file: String, immutable: Bool, _ body: (Database) throws -> Result) throws(StoreError) -> Result {
    try Registry.reading(path) {
      let queue = try reader(file, immutable: immutable)
      defer { try? queue.close() }
      return try queue.read { db in
        try Damage.watched(path, db) {
          try checkIdentity(db)
          if let moment { try Snapshot(db, moment).shadow() }
          return try body(db)
        }
      }
    }
  }

  /// What is wrong with the write-ahead log beside the file.
  func logDamage() throws(StoreError) -> String? { try LogFileCheck.damage(beside: try checkFile()) }

  /// The file to be written, and the lock on it.
  func lockForWriting() throws(StoreError) -> (file: String, lock: WriterLock) {
    let file = try checkFile()
    guard access(file, W_OK) == 0 else { throw .permission(path: path, reason: "the file cannot be written") }
    let lock = try WriterLock(for: file, seconds: patience)
    do throws(StoreError) {
      // it would be given up for good
      if let reason = try LogFileCheck.damage(beside: file) { throw .corrupt(path: path, reason: reason) }
    } catch {
      lock.release()
      throw error
    }
    return (file, lock)
  }

  /// Changes the registry in one transaction under the writer's lock, as one change record. Nothing changed: no record.
  ///
  /// - Returns: what the body returns, and the change's id when there is one.
  ///
  /// - Parameter bulk: hundreds of thousands of rows come, all of whose ids are made or looked up in the same transaction: foreign keys, eight to a row
  ///   of evidence, are not looked up again for each. `verify` checks them.
  func write<Result>(
    _ author: ChangeAuthor, bulk: Bool = false, _ body: (inout ChangeWriter) throws -> Result
  ) throws(StoreError) -> (Result, Int64?) {
    let (file, lock) = try lockForWriting()
    defer { lock.release() }
    var room = DiskRoom(file)
    do throws(StoreError) {
      return try Registry.writing(path) {
        let queue = try writer(file)
        defer { try? queue.close() }
        var outcome: (Result, Int64?)?
        _ = try migrate(queue)
        try queue.inDatabase { db in
          try Damage.watched(path, db) { try checkIdentity(db) }
          if bulk { try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA cache_size = -262144") }
          defer { room.noteLog() }
          try db.inTransaction(.immediate) {
            try Damage.watched(path, db) {
              var change = try ChangeWriter(db: db, author: author)
              let result = try body(&change)
              let id = try change.finish()
              if let id { try AdjacencyWriter.update(db, change: id) }
              outcome = (result, id)
            }
            room.noteGrowth(db)
            return outcome?.1 == nil ? .rollback : .commit
          }
        }
        guard let outcome else { throw StoreError.unexpected("a write ended without a result") }
        return outcome
      }
    } catch {
      throw room.explained(error, path)
    }
  }

  /// Writes, in one transaction under the writer's lock, what is no part of the history: no change is recorded.
  func keep(_ author: ChangeAuthor, _ body: (ChangeWriter) throws -> Void) throws(StoreError) {
    let (file, lock) = try lockForWriting()
    defer { lock.release() }
    try Registry.writing(path) {
      let queue = try writer(file)
      defer { try? queue.close() }
      try queue.inDatabase { db in
        try db.inTransaction(.immediate) {
          try body(try ChangeWriter(unrecorded: db, author: author))
          return .commit
        }
      }
    }
  }
}
