internal import GRDB

/// Why the registry could not be read or written. Each case says enough for one clear sentence to the user.
public enum StoreError: Error, Sendable, Hashable {
  case notFound(path: String)
  case alreadyExists(path: String)
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
  case diskFull(path: String)
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
    } catch let error as StoreError {
      throw error
    } catch let error as DatabaseError {
      throw translated(error, path)
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
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(path: path, holder: "another process")
    case .SQLITE_NOTADB: return .notARegistry(path: path, reason: "not a SQLite file")
    case .SQLITE_CORRUPT: return .corrupt(path: path, reason: reason)
    case .SQLITE_IOERR: return .inputOutput(path: path, reason: reason)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH: return .permission(path: path, reason: reason)
    default: return .unexpected("\(error)")
    }
  }
}
