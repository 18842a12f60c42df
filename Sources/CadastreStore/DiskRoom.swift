internal import Foundation
internal import GRDB

/// How much room a change takes, to say what is missing when a disk is full.
struct DiskRoom {
  private let file: String
  private let size: Int64
  /// By how much the registry grows.
  private var growth: Int64 = 0
  /// How long its log was when writing ended.
  private var log: Int64 = 0

  init(_ file: String) {
    self.file = file
    size = FileStamp(file)?.size ?? 0
  }

  mutating func noteGrowth(_ db: Database) {
    let pages = (try? Int64.fetchOne(db, sql: "PRAGMA page_count")) ?? 0
    growth = max(0, pages * ((try? Int64.fetchOne(db, sql: "PRAGMA page_size")) ?? 4096) - size)
  }

  mutating func noteLog() { log = FileStamp(file + "-wal")?.size ?? 0 }

  /// A full disk with what was needed at least and what is free; any other error as it is.
  func explained(_ error: StoreError, _ path: String) -> StoreError {
    guard case .diskFull = error else { return error }
    // pages go to the log first, then into the file; and some room for the log's index
    return .diskFull(path: path, needed: max(log, growth) + growth + 65_536, free: DiskRoom.free(file))
  }

  /// Bytes that are free where a file lies.
  static func free(_ path: String) -> Int64? {
    var status = statvfs()
    let folder = (path as NSString).deletingLastPathComponent
    guard statvfs(folder.isEmpty ? "." : folder, &status) == 0 else { return nil }
    return Int64(status.f_bavail) * Int64(status.f_frsize)
  }

  static func isUsedUp(_ path: String) -> Bool { free(path).map { $0 < 131_072 } ?? false }
}
