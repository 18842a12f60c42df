internal import CadastreModel
internal import GRDB

/// What was read: kept so that the next scan reads only what has changed.
extension ScanApplication {
  mutating func scannedFiles() throws {
    let given = Set(scan.files.map(\.path))
    let held = try Row.fetchAll(change.db, sql: "SELECT * FROM scan_file WHERE namespace_id = ?", arguments: [names.namespaceID])
    var byPath: [String: Row] = [:]
    for row in held { byPath[row["path"]] = row }
    for row in held where !given.contains(row["path"]) && isScanned(row["path"]) {
      try change.db.execute(sql: "DELETE FROM scan_name WHERE file_id = ?", arguments: [row["id"] as Int64])
      try change.db.execute(sql: "DELETE FROM scan_file WHERE id = ?", arguments: [row["id"] as Int64])
      change.hasBookkeeping = true
    }
    for file in scan.files { try write(file, byPath[file.path]) }
  }

  private mutating func write(_ file: ScannedFile, _ old: Row?) throws {
    let db = change.db
    let isSame = old.map { $0["size"] == file.size && $0["modified"] == file.modified && $0["hash"] == file.hash && $0["tool_version"] == file.toolVersion } ?? false
    let id: Int64
    if let old {
      id = old["id"]
      if !isSame {
        try db.cachedStatement(sql: "UPDATE scan_file SET size = ?, modified = ?, hash = ?, tool_version = ? WHERE id = ?")
          .execute(arguments: [file.size, file.modified, file.hash, file.toolVersion, id])
      }
    } else {
      try db.cachedStatement(sql: "INSERT INTO scan_file (namespace_id, path, size, modified, hash, tool_version) VALUES (?, ?, ?, ?, ?, ?)")
        .execute(arguments: [names.namespaceID, file.path, file.size, file.modified, file.hash, file.toolVersion])
      id = db.lastInsertedRowID
    }
    if isSame { return }
    change.hasBookkeeping = true
    try db.cachedStatement(sql: "DELETE FROM scan_name WHERE file_id = ?").execute(arguments: [id])
    let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO scan_name (name, file_id) VALUES (?, ?)")
    for name in file.names { try insert.execute(arguments: [name, id]) }
  }
}
