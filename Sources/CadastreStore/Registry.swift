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

  /// Makes a new registry. Fails when anything exists at the path.
  public func create() throws(StoreError) {
    guard !FileManager.default.fileExists(atPath: path) else { throw .alreadyExists(path: path) }
    let lock = try WriterLock(for: path, seconds: patience)
    defer { lock.release() }
    guard !FileManager.default.fileExists(atPath: path) else { throw .alreadyExists(path: path) }
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .permission(path: path, reason: String(cString: strerror(errno)))
    }
    _ = close(descriptor)
    do {
      try Registry.writing(path) {
        let queue = try writer()
        try queue.inDatabase { db in
          try db.inTransaction(.immediate) {
            for migration in Migration.all { try db.execute(sql: migration.sql) }
            try db.execute(sql: "PRAGMA user_version = \(Migration.all.count)")
            return .commit
          }
        }
        try queue.close()
      }
    } catch {
      _ = unlink(path)
      throw error
    }
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

  func writer() throws -> DatabaseQueue { try DatabaseQueue(path: path, configuration: configuration(readonly: false)) }

  /// Looks at the path before SQLite does: it would make an empty database of a missing file and hang on a pipe.
  func checkFile() throws(StoreError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == EACCES { throw .permission(path: path, reason: "permission denied") }
      throw .notFound(path: path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegistry(path: path, reason: "not a regular file") }
    guard access(path, R_OK) == 0 else { throw .permission(path: path, reason: "permission denied") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .permission(path: path, reason: String(cString: strerror(errno))) }
    defer { _ = close(descriptor) }
    var header = [UInt8](repeating: 0, count: 100)
    let count = pread(descriptor, &header, 100, 0)
    guard count == 100, header.starts(with: Array("SQLite format 3\u{0}".utf8)) else {
      throw .notARegistry(path: path, reason: count == 0 ? "the file is empty" : "not a SQLite file")
    }
  }

  func checkIdentity(_ db: Database) throws {
    let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard application == Registry.applicationID else { throw StoreError.notARegistry(path: path, reason: "a SQLite file of another program") }
    let schema = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    if schema > Migration.all.count { throw StoreError.newer(path: path, schema: schema, known: Migration.all.count) }
    if schema < Migration.all.count { throw StoreError.older(path: path, schema: schema, known: Migration.all.count) }
  }

  /// Reads in one snapshot. Readers never write, so they never checkpoint.
  func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    try checkFile()
    return try Registry.reading(path) {
      let queue = try reader()
      defer { try? queue.close() }
      return try queue.read { db in
        try checkIdentity(db)
        if let moment { try Snapshot(db, moment).shadow() }
        return try body(db)
      }
    }
  }

  /// Where the folder cannot be written and no WAL exists, SQLite cannot open a WAL database; the file cannot change either then.
  func reader() throws -> DatabaseQueue {
    let folder = (path as NSString).deletingLastPathComponent
    let writable = access(folder.isEmpty ? "." : folder, W_OK) == 0
    let hasLog = FileManager.default.fileExists(atPath: path + "-wal")
    if !writable, !hasLog {
      let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
      return try DatabaseQueue(path: "file:\(escaped)?immutable=1", configuration: configuration(readonly: true))
    }
    return try DatabaseQueue(path: path, configuration: configuration(readonly: true))
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
    try checkFile()
    guard access(path, W_OK) == 0 else { throw .permission(path: path, reason: "the file cannot be written") }
    let lock = try WriterLock(for: path, seconds: patience)
    defer { lock.release() }
    return try Registry.writing(path) {
      let queue = try writer()
      defer { try? queue.close() }
      var outcome: (Result, Int64?)?
      _ = try migrate(queue)
      try queue.inDatabase { db in
        try checkIdentity(db)
        if bulk { try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA cache_size = -262144") }
        try db.inTransaction(.immediate) {
          var change = try ChangeWriter(db: db, author: author)
          let result = try body(&change)
          let id = try change.finish()
          if let id { try AdjacencyWriter.update(db, change: id) }
          outcome = (result, id)
          return id == nil ? .rollback : .commit
        }
      }
      guard let outcome else { throw StoreError.unexpected("a write ended without a result") }
      return outcome
    }
  }

  /// Writes, in one transaction under the writer's lock, what is no part of the history: no change is recorded.
  func keep(_ author: ChangeAuthor, _ body: (ChangeWriter) throws -> Void) throws(StoreError) {
    let lock = try WriterLock(for: path, seconds: patience)
    defer { lock.release() }
    try Registry.writing(path) {
      let queue = try writer()
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
