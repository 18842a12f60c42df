internal import GRDB
internal import GRDBSQLite

/// A value bound to a statement that runs a million times.
enum BoundValue {
  case null
  case integer(Int64)
  case text(String)

  init(_ text: String?) { self = text.map(BoundValue.text) ?? .null }
}

extension Statement {
  /// Runs an INSERT or UPDATE with its values in order, without boxing them.
  func run(_ values: BoundValue...) throws {
    let handle = sqliteStatement
    for (index, value) in values.enumerated() {
      let place = Int32(index + 1)
      switch value {
      case .null: sqlite3_bind_null(handle, place)
      case .integer(let number): sqlite3_bind_int64(handle, place, number)
      case .text(""): sqlite3_bind_text(handle, place, "", 0, BoundValue.transient)
      case .text(var text):
        // the bytes stay where they are until the statement has run; SQLite is told to take a copy all the same
        text.withUTF8 { bytes in
          _ = bytes.withMemoryRebound(to: CChar.self) { sqlite3_bind_text(handle, place, $0.baseAddress, Int32($0.count), BoundValue.transient) }
        }
      }
    }
    try step(handle)
  }
}

extension BoundValue {
  /// SQLITE_TRANSIENT.
  fileprivate static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

/// Runs a statement whose values are bound, and makes it ready for the next.
func step(_ handle: OpaquePointer) throws {
  let code = sqlite3_step(handle)
  sqlite3_reset(handle)
  guard code == SQLITE_DONE else {
    throw DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
  }
}
