internal import CadastreSchema
internal import GRDB

/// Tables, indexes, triggers and views are those that the migrations make. Others, as replication tools add them, are none of ours.
enum SchemaCheck {
  static func disagreements(_ db: Database) throws -> [String] {
    let version = try Int.fetchOne(db, sql: "PRAGMA main.user_version") ?? 0
    let model = try DatabaseQueue()
    defer { try? model.close() }
    let select = "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1"
    let wanted = try model.inDatabase { model in
      for migration in Migration.all.prefix(version) { try model.execute(sql: migration.sql) }
      return try Row.fetchAll(model, sql: select)
    }
    var there: [String: String] = [:]
    for row in try Row.fetchAll(db, sql: select.replacing("sqlite_schema", with: "main.sqlite_schema")) { there[row[0]] = row[1] }
    return wanted.compactMap { row in
      let name: String = row[0]
      guard let sql = there[name] else { return "schema: \(name) is missing" }
      return sql == row[1] ? nil : "schema: \(name) is not what a registry has"
    }
  }
}
