internal import Foundation
internal import GRDB

/// Why the registry could not be read or written. Each case says enough for one clear sentence to the user.
public enum StoreError: Error, Sendable, Hashable {
  case notFound(path: String)
  case alreadyExists(path: String)
  /// The folder that it would lie in is not there.
  case noFolder(path: String)
  /// The file has several names (hard links). SQLite keeps its log beside one of them: by the other, changes are lost.
  case linked(path: String, names: Int)
  /// Not a SQLite file, or one of another program.
  case notARegistry(path: String, reason: String)
  /// Written by a newer version: the file's schema and the newest this version knows.
  case newer(path: String, schema: Int, known: Int)
  /// Written by an older version; a writing command migrates it.
  case older(path: String, schema: Int, known: Int)
  case permission(path: String, reason: String)
  /// Somebody else is writing; who, as far as is known.
  case busy(path: String, holder: String)
  /// Somebody has written since what was to be written was computed.
  case stale(path: String)
  /// Objects are no longer what they were when a change of them was computed; which ones, in words.
  case moved(path: String, objects: [String])
  /// Bytes that the change needs at least, and bytes that are free, where they are known.
  case diskFull(path: String, needed: Int64? = nil, free: Int64? = nil)
  case inputOutput(path: String, reason: String)
  case corrupt(path: String, reason: String)
  /// An invariant of ours did not hold: a bug.
  case unexpected(String)
}

extension Registry {
  /// Runs a read and translates the database's errors. With `writing`, one of the only two places that know them.
  static func reading<Result>(_ path: String, _ body: () throws -> Result) throws(StoreError) -> Result {
    do {
      return try body()
    } catch StoreError.corrupt(_, let reason) {
      throw .corrupt(path: path, reason: reason)
    } catch let error as StoreError {
      throw error
    } catch let error as DatabaseError {
      throw translated(error, path)
    } catch let error as DecodingError {
      throw .corrupt(path: path, reason: "a text that is not the JSON it must be: \(error)")
    } catch let error as RowDecodingError {
      throw .corrupt(path: path, reason: "a value that is not of its type: \(error)")
    } catch {
      throw .unexpected("\(error)")
    }
  }

  /// Runs a write and translates the database's errors; a failed write has left the file as it was.
  static func writing<Result>(_ path: String, _ body: () throws -> Result) throws(StoreError) -> Result {
    try reading(path, body)
  }

  private static func translated(_ error: DatabaseError, _ path: String) -> StoreError {
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode.primaryResultCode {
    case .SQLITE_FULL: return .diskFull(path: path)
    // where a file beside the registry cannot be made or grow for want of room, SQLite says this
    case .SQLITE_IOERR where DiskRoom.isUsedUp(path), .SQLITE_CANTOPEN where DiskRoom.isUsedUp(path): return .diskFull(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: return .busy(path: path, holder: "another process")
    case .SQLITE_NOTADB: return .notARegistry(path: path, reason: "not a SQLite file")
    case .SQLITE_CORRUPT: return .corrupt(path: path, reason: reason)
    case .SQLITE_IOERR: return .inputOutput(path: path, reason: reason)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH: return .permission(path: path, reason: reason)
    // the search index keeps a format of its own, in rows that nothing else checks
    case .SQLITE_ERROR where reason.contains("fts5") && !reason.contains("syntax error") || reason.contains("vtable constructor failed"): return .corrupt(path: path, reason: reason)
    default: return .unexpected("\(error)")
    }
  }
}

extension StoreError {
  /// What a failed call of the system means.
  static func ofSystem(_ code: Int32, path: String, what: String? = nil) -> StoreError {
    let reason = (what.map { $0 + ": " } ?? "") + String(cString: strerror(code)).lowercased()
    switch code {
    case ENOSPC, EDQUOT: return .diskFull(path: path)
    case EACCES, EPERM, EROFS: return .permission(path: path, reason: reason)
    case ENOENT, ENOTDIR: return .noFolder(path: path)
    default: return .inputOutput(path: path, reason: reason)
    }
  }
}
