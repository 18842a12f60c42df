internal import GRDB

/// A moment in a registry's history.
public enum Moment: Sendable, Hashable {
  /// UTC, ISO 8601 with microseconds, as changes have it: all changes up to then have been made.
  case instant(String)
  /// Right after a change.
  case change(Int64)
}

extension Registry {
  /// The same file as it was.
  public func at(_ moment: Moment) -> Registry {
    var copy = self
    copy.moment = moment
    return copy
  }
}

/// Shows one connection every table as it stood at a moment: temporary views of the tables' names, which SQLite finds before the tables.
///
/// A row that had not begun is not there, one that has ended since is current. Every query of the store, and every documented view, then
/// answers for that moment without knowing it. <https://www.sqlite.org/lang_naming.html>
struct Snapshot {
  private let db: Database
  private let change: Int64

  init(_ db: Database, _ moment: Moment) throws {
    self.db = db
    change = try Snapshot.change(of: moment, db)
  }

  /// The last change that had been made; 0 before the first.
  static func change(of moment: Moment, _ db: Database) throws -> Int64 {
    switch moment {
    case .change(let id): min(id, try Int64.fetchOne(db, sql: "SELECT max(id) FROM change") ?? 0)
    case .instant(let instant): try Int64.fetchOne(db, sql: "SELECT max(id) FROM change WHERE at <= ?", arguments: [instant]) ?? 0
    }
  }

  func shadow() throws {
    let tables = try Row.fetchAll(
      db,
      sql: """
        SELECT s.name AS "table", c.name AS "column" FROM main.sqlite_schema s JOIN pragma_table_info(s.name) c
         WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite%' ORDER BY s.name, c.cid
        """)
    var columns: [String: [String]] = [:]
    for row in tables { columns[row["table"], default: []].append(row["column"]) }
    for (table, names) in columns.sorted(by: { $0.key < $1.key }) {
      guard let began = table == "change" ? "id" : names.first(where: { $0 == "began_change_id" || $0 == "change_id" }) else { continue }
      let list = names.map { $0 == "ended_change_id" ? "iif(ended_change_id > \(change), NULL, ended_change_id) AS ended_change_id" : "\"\($0)\"" }
      try db.execute(sql: "CREATE TEMP VIEW \"\(table)\" AS SELECT \(list.joined(separator: ", ")) FROM main.\"\(table)\" WHERE \(began) <= \(change)")
    }
    for text in try String.fetchAll(db, sql: "SELECT sql FROM main.sqlite_schema WHERE type = 'view' ORDER BY rowid") {
      try db.execute(sql: "CREATE TEMP " + text.dropFirst("CREATE ".count))
    }
  }
}
