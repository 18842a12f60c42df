internal import Crypto
internal import Foundation
internal import GRDB

/// The first place where the change log is not what was written.
public struct BrokenChange: Sendable, Hashable, Codable {
  public var change: Int64
  /// Position of the entry in its change; `nil` where the change's own row is broken.
  public var entry: Int?
  /// What does not fit.
  public var reason: String

  public var sentence: String { "change \(change)" + (entry.map { ", entry \($0)" } ?? "") + ": \(reason)" }
}

/// The state of a whole chain.
public struct ChainReport: Sendable, Codable {
  public var changes: Int
  /// Hash of the last change: to be kept elsewhere, since who rewrites the whole file can rewrite the chain.
  public var head: String
  public var broken: BrokenChange?
}

/// The append-only log of changes, each with the hash of the one before.
struct ChangeLog {
  private let db: Database

  init(_ db: Database) { self.db = db }

  /// Walks the chain from its start.
  func firstBroken() throws -> BrokenChange? {
    var previous = String(repeating: "0", count: 64)
    var last: Int64 = 0
    let changes = try Row.fetchCursor(db, sql: "SELECT * FROM change ORDER BY id")
    while let row = try changes.next() {
      let id: Int64 = row["id"]
      if id != last + 1 { return BrokenChange(change: last + 1, entry: nil, reason: "it is missing") }
      last = id
      if row["previous_hash"] != previous { return BrokenChange(change: id, entry: nil, reason: "it does not name the hash of the change before it") }
      if let broken = try firstBroken(of: id, digest: row["digest"]) { return broken }
      let hash = ChangeWriter.hash(
        id: id, at: row["at"], actor: row["actor"], command: row["command"], reason: row["reason"], toolVersion: row["tool_version"], digest: row["digest"],
        previous: previous)
      if row["hash"] != hash { return BrokenChange(change: id, entry: nil, reason: "its instant, actor, command, reason or version is not what was written") }
      previous = hash
    }
    if let stray = try Int64.fetchOne(db, sql: "SELECT change_id FROM change_entry WHERE change_id > ? LIMIT 1", arguments: [last]) {
      return BrokenChange(change: stray, entry: nil, reason: "it has entries and no row")
    }
    return nil
  }

  private func firstBroken(of change: Int64, digest: String) throws -> BrokenChange? {
    var hash = SHA256()
    var position = 0
    var suspect: BrokenChange?
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: "SELECT * FROM change_entry WHERE change_id = ? ORDER BY position"), arguments: [change])
    while let row = try rows.next() {
      position += 1
      let line = ChangeWriter.line(row["position"], row["kind"], row["namespace"], row["subject"], row["action"], row["before"], row["after"])
      hash.update(data: Data(line.utf8))
      guard suspect == nil else { continue }
      if row["position"] != position {
        suspect = BrokenChange(change: change, entry: position, reason: "it is missing")
      } else if row["mark"] != NameTable.hash(line) {
        suspect = BrokenChange(change: change, entry: position, reason: "\(row["kind"] as String) \(row["subject"] as String) is not what was written")
      }
    }
    for sum in try RowSums.written(by: change, db) { hash.update(data: Data(sum.line.utf8)) }
    guard ChangeWriter.hexadecimal(hash.finalize()) != digest else { return nil }
    return suspect ?? BrokenChange(change: change, entry: nil, reason: "its entries are not those that were written")
  }
}

extension Registry {
  /// Walks the hash chain.
  public func chain() throws(StoreError) -> ChainReport {
    try read { db in
      ChainReport(
        changes: try Int.fetchOne(db, sql: "SELECT count(*) FROM change") ?? 0,
        head: try String.fetchOne(db, sql: "SELECT hash FROM change ORDER BY id DESC LIMIT 1") ?? String(repeating: "0", count: 64),
        broken: try ChangeLog(db).firstBroken())
    }
  }
}
