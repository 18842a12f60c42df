public import CadastreModel
internal import GRDB

/// What a registry knows of earlier scans of a warehouse.
public struct ScanState: Sendable {
  /// By path.
  public var files: [String: ScannedFile] = [:]
  /// Files that could not be read, of which the ledger has a row.
  public var unread: Set<String> = []
  /// The last change: a scan that was computed from an older one is stale.
  public var lastChange: Int64 = 0
}

extension Registry {
  /// The files that scans have read.
  public func scanState(namespace: String) throws(StoreError) -> ScanState {
    try read { db in
      var state = ScanState()
      state.lastChange = try Int64.fetchOne(db, sql: "SELECT max(id) FROM change") ?? 0
      let rows = try Row.fetchCursor(
        db, sql: "SELECT f.path, f.size, f.modified, f.hash, f.tool_version FROM scan_file f JOIN namespace n ON n.id = f.namespace_id WHERE n.name = ?",
        arguments: [namespace])
      while let row = try rows.next() {
        state.files[row[0]] = ScannedFile(path: row[0], size: row[1], modified: row[2], hash: row[3], toolVersion: row[4])
      }
      state.unread = try String.fetchSet(
        db,
        sql: """
          SELECT u.path FROM unresolved x JOIN scan_unit u ON u.id = x.unit_id JOIN namespace n ON n.id = x.namespace_id
           WHERE n.name = ? AND x.ended_change_id IS NULL
          """, arguments: [namespace]
      ).subtracting(state.files.keys)
      return state
    }
  }

  /// The names that files define or alter, as their last scan saw them.
  public func names(ofFiles files: Set<String>, namespace: String) throws(StoreError) -> Set<String> {
    try picked(
      files, namespace,
      "SELECT s.name FROM scan_name s JOIN scan_file f ON f.id = s.file_id JOIN namespace n ON n.id = f.namespace_id WHERE n.name = ? AND f.path = ?")
  }

  /// The files that define or alter objects of some names.
  public func files(defining names: Set<String>, namespace: String) throws(StoreError) -> Set<String> {
    try picked(
      names, namespace,
      // the name comes first: the planner would go through all files for each
      "SELECT f.path FROM scan_name s CROSS JOIN scan_file f ON f.id = s.file_id JOIN namespace n ON n.id = f.namespace_id WHERE n.name = ? AND s.name = ?")
  }

  private func picked(_ keys: Set<String>, _ namespace: String, _ sql: String) throws(StoreError) -> Set<String> {
    try read { db in
      let statement = try db.makeStatement(sql: sql)
      var result: Set<String> = []
      for key in keys { result.formUnion(try String.fetchSet(statement, arguments: [namespace, key])) }
      return result
    }
  }

  /// The units whose findings depend on objects of some names, or that some files hold; without their findings.
  public func units(dependingOn names: Set<String>, inFiles files: Set<String>, namespace: String) throws(StoreError) -> [ScanUnit] {
    try read { db in
      let byName = try db.makeStatement(
        sql: "SELECT u.id FROM scan_unit u JOIN namespace n ON n.id = u.namespace_id WHERE n.name = ? AND instr(u.dependencies, char(10) || ? || char(10))")
      let byFile = try db.makeStatement(sql: "SELECT u.id FROM scan_unit u JOIN namespace n ON n.id = u.namespace_id WHERE n.name = ? AND u.path = ?")
      var ids: Set<Int64> = []
      for name in names { ids.formUnion(try Int64.fetchSet(byName, arguments: [namespace, name])) }
      for file in files { ids.formUnion(try Int64.fetchSet(byFile, arguments: [namespace, file])) }
      let unit = try db.makeStatement(
        sql: """
          SELECT u.path, u.resolves, u.dependencies,
                 (SELECT v.parts FROM routine_version v WHERE v.routine_id = u.routine_id ORDER BY v.id DESC LIMIT 1) AS parts
            FROM scan_unit u WHERE u.id = ?
          """)
      return try ids.sorted().compactMap { id in
        guard let row = try Row.fetchOne(unit, arguments: [id]) else { return nil }
        return ScanUnit(
          routine: try AssetRows.decode([String].self, row["parts"]).map { ObjectName($0) }, file: row["path"],
          dependencies: (row["dependencies"] as String).split(separator: "\n").map(String.init), resolves: try AssetRows.decode([String].self, row["resolves"]) ?? [])
      }
    }
  }

  /// The parameters whose value some unit gives: by unit.
  public func resolvedParameters(namespace: String) throws(StoreError) -> [ScanUnit] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT u.path, u.resolves, (SELECT v.parts FROM routine_version v WHERE v.routine_id = u.routine_id ORDER BY v.id DESC LIMIT 1) AS parts
            FROM scan_unit u JOIN namespace n ON n.id = u.namespace_id WHERE n.name = ? AND u.resolves IS NOT NULL
          """, arguments: [namespace]
      ).map { row in
        ScanUnit(
          routine: try AssetRows.decode([String].self, row["parts"]).map { ObjectName($0) }, file: row["path"],
          resolves: try AssetRows.decode([String].self, row["resolves"]) ?? [])
      }
    }
  }

  /// The routines of which the ledger has a row that another unit has found, by that unit.
  public func routinesInLedger(namespace: String) throws(StoreError) -> [(unit: ScanUnit, routine: ObjectName)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT DISTINCT u.path, (SELECT v.parts FROM routine_version v WHERE v.routine_id = u.routine_id ORDER BY v.id DESC LIMIT 1) AS parts,
                 (SELECT v.parts FROM routine_version v WHERE v.routine_id = x.routine_id ORDER BY v.id DESC LIMIT 1) AS subject
            FROM unresolved x JOIN scan_unit u ON u.id = x.unit_id JOIN namespace n ON n.id = x.namespace_id
           WHERE n.name = ? AND x.ended_change_id IS NULL AND x.routine_id IS NOT NULL AND x.routine_id IS NOT u.routine_id
          """, arguments: [namespace]
      ).compactMap { row in
        guard let subject = try AssetRows.decode([String].self, row["subject"]) else { return nil }
        return (ScanUnit(routine: try AssetRows.decode([String].self, row["parts"]).map { ObjectName($0) }, file: row["path"]), ObjectName(subject))
      }
    }
  }

  /// The current assets whose last name part, as it is compared, is one of these.
  public func assets(namespace: String, lastNames: Set<String>) throws(StoreError) -> [Asset] {
    try read { db in
      guard let row = try Row.fetchOne(db, sql: "SELECT id, case_insensitive FROM namespace WHERE name = ?", arguments: [namespace]) else { return [] }
      let folds: Bool = row["case_insensitive"]
      var ids: Set<Int64> = []
      let versions = try Row.fetchCursor(
        db,
        sql: "SELECT v.asset_id, v.parts FROM asset_version v JOIN asset a ON a.id = v.asset_id WHERE a.namespace_id = ? AND v.ended_change_id IS NULL AND v.known = 1",
        arguments: [row["id"] as Int64])
      while let version = try versions.next() {
        let last = try AssetRows.decode([String].self, version[1])?.last ?? ""
        if lastNames.contains(folds ? last.lowercased() : last) { ids.insert(version[0]) }
      }
      return try AssetRows.current(db, namespaceID: row["id"], only: ids).map(\.asset)
    }
  }
}
