internal import Foundation
internal import GRDB
internal import Synchronization

/// Notes, while a transaction's rows are read, that one held what no row of ours can hold: a file whose bytes have changed.
final class Damage: Sendable {
  @TaskLocal static var current: Damage?

  private let first = Mutex<String?>(nil)

  func note(_ reason: String) { first.withLock { if $0 == nil { $0 = reason } } }

  /// Runs a body, and fails with what was noted meanwhile, whatever the body made of it.
  static func watched<Result>(_ path: String, _ db: Database, _ body: () throws -> Result) throws -> Result {
    let damage = Damage()
    let result = Swift.Result { try Damage.$current.withValue(damage, operation: body) }
    if let reason = damage.first.withLock({ $0 }) { throw StoreError.corrupt(path: path, reason: reason) }
    if case .failure(let error) = result, isUnexplained(error), let reason = Damage.found(db) { throw StoreError.corrupt(path: path, reason: reason) }
    return try result.get()
  }

  /// What may be a bug of ours, or the work of a damaged file.
  private static func isUnexplained(_ error: any Error) -> Bool {
    switch error {
    case let error as StoreError:
      if case .unexpected = error { return true }
      return false
    case let error as DatabaseError:
      return [.SQLITE_ERROR, .SQLITE_INTERNAL, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_RANGE].contains(error.resultCode.primaryResultCode)
    default: return true
    }
  }

  /// What a look at the whole file finds.
  private static func found(_ db: Database) -> String? {
    do {
      if let text = try String.fetchOne(db, sql: "PRAGMA main.quick_check(1)"), text != "ok" { return text }
      return try SchemaCheck.disagreements(db).first
    } catch let error as DatabaseError {
      return error.message ?? "\(error.resultCode)"
    } catch {
      return "\(error)"
    }
  }
}

/// A value that stands in for one that could not be read.
protocol Blank { static var blank: Self { get } }

extension Int: Blank { static var blank: Int { 0 } }
extension Int64: Blank { static var blank: Int64 { 0 } }
extension Int32: Blank { static var blank: Int32 { 0 } }
extension Double: Blank { static var blank: Double { 0 } }
extension Bool: Blank { static var blank: Bool { false } }
extension String: Blank { static var blank: String { "" } }
extension Data: Blank { static var blank: Data { Data() } }
extension Optional: Blank where Wrapped: Blank { static var blank: Wrapped? { nil } }

/// GRDB ends the process on a value that is not of the type asked for. These are found first, and make it an error of the transaction.
extension Row {
  subscript<Value: DatabaseValueConvertible & StatementColumnConvertible & Blank>(_ column: String) -> Value {
    do {
      return try decode(Value.self, forColumn: column)
    } catch {
      Damage.current?.note("a row holds in \(column) what is no \(Value.self)")
      return .blank
    }
  }

  subscript<Value: DatabaseValueConvertible & StatementColumnConvertible & Blank>(_ index: Int) -> Value {
    do {
      return try decode(Value.self, atIndex: index)
    } catch {
      Damage.current?.note("a row holds in its value \(index + 1) what is no \(Value.self)")
      return .blank
    }
  }
}
