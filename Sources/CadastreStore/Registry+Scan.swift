public import CadastreModel
internal import Foundation
internal import GRDB

extension Registry {
  /// Brings a registry to what a scan found, in one transaction. What is the same stays untouched; nothing new: no change.
  public func apply(_ scan: ScanResult, by author: ChangeAuthor) throws(StoreError) -> ScanSummary {
    var (summary, change) = try write(author) { change in
      if scan.isEmpty, try Int64.fetchOne(change.db, sql: "SELECT id FROM namespace WHERE name = ?", arguments: [scan.namespace.name]) == nil {
        return ScanSummary()
      }
      var application = try ScanApplication(scan, change)
      let summary = try application.run()
      change = application.change
      return summary
    }
    summary.change = change
    return summary
  }

  /// Puts one asset in, or brings it to what is given.
  public func save(_ asset: Asset, in namespace: Namespace, by author: ChangeAuthor) throws(StoreError) -> Int64? {
    try save([asset], feed: nil, checklist: nil, in: namespace, by: author)
  }
}

/// One scan being compared with a registry and written.
struct ScanApplication {
  let scan: ScanResult
  var change: ChangeWriter
  var names: NameTable
  private var summary = ScanSummary()
  /// Assets and columns that have a current version now.
  private var present: Set<Int64> = []
  private var presentColumns: Set<Int64> = []

  init(_ scan: ScanResult, _ change: ChangeWriter) throws {
    self.scan = scan
    self.change = change
    let namespace = try NamespaceRows.find(scan.namespace, &self.change)
    names = try NameTable(change.db, namespaceID: namespace, caseInsensitive: scan.namespace.caseInsensitive)
  }

  /// Whether a file lies under what was scanned.
  private func isScanned(_ file: String) -> Bool {
    scan.roots.contains { file == $0 || file.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") || $0 == "." }
  }

  mutating func run() throws -> ScanSummary {
    try assets()
    try routines()
    try edges()
    try ledger()
    return summary
  }

  // MARK: assets

  private mutating func assets() throws {
    let current = try AssetRows.current(change.db, namespaceID: names.namespaceID, referenced: true)
    var byID: [Int64: (asset: Asset, known: Bool)] = [:]
    for item in current {
      byID[item.id] = (item.asset, item.known)
      present.insert(item.id)
    }
    for row in try Row.fetchAll(
      change.db,
      sql: """
        SELECT w.column_id FROM asset_column_version w JOIN asset_column k ON k.id = w.column_id JOIN asset a ON a.id = k.asset_id
         WHERE a.namespace_id = ? AND w.ended_change_id IS NULL
        """, arguments: [names.namespaceID])
    { presentColumns.insert(row["column_id"]) }
    var seen: Set<Int64> = []
    for asset in scan.assets {
      let id = try names.asset(asset.name)
      guard seen.insert(id).inserted else { continue }
      try bring(asset, id, old: byID[id])
    }
    for item in current where item.known && !seen.contains(item.id) {
      guard let file = item.asset.definedAt?.file, isScanned(file) else { continue }
      try retire(item.asset, item.id)
    }
  }

  /// Writes what differs between an asset as it is held and as it was found.
  mutating func bring(_ asset: Asset, _ id: Int64, old: (asset: Asset, known: Bool)?) throws {
    let fresh = try change.json(AssetRows.bare(asset))
    if let old, old.known {
      // what people have added is theirs: a script does not know it
      var kept = asset
      kept.owner = asset.owner ?? old.asset.owner
      kept.steward = asset.steward ?? old.asset.steward
      kept.client = asset.client ?? old.asset.client
      kept.description = asset.description ?? old.asset.description
      if kept.tags.isEmpty { kept.tags = old.asset.tags }
      let held = try change.json(AssetRows.bare(old.asset))
      let wanted = try change.json(AssetRows.bare(kept))
      if held == wanted {
        summary.assets.unchanged += 1
      } else {
        try end("asset_version", "asset_id", id)
        try AssetRows.insert(kept, id: id, known: true, change)
        try change.note("asset", asset.name.rendered, before: held, after: wanted)
        summary.assets.changed += 1
      }
    } else {
      if old != nil { try end("asset_version", "asset_id", id) }
      try AssetRows.insert(asset, id: id, known: true, change)
      try change.note("asset", asset.name.rendered, before: nil, after: fresh)
      summary.assets.added += 1
      present.insert(id)
    }
    try columns(asset, id, old: old?.asset.columns ?? [])
    try parts(asset, id, old: old?.asset)
  }

  private mutating func columns(_ asset: Asset, _ id: Int64, old: [CadastreModel.Column]) throws {
    var held: [String: CadastreModel.Column] = [:]
    for column in old { held[names.folded(column.name)] = column }
    for column in asset.columns {
      let columnID = try names.column(column.name, of: id)
      let before = held.removeValue(forKey: names.folded(column.name))
      var wanted = column
      wanted.classification = column.classification ?? before?.classification
      wanted.description = column.description ?? before?.description
      if before == wanted {
        summary.columns.unchanged += 1
        continue
      }
      if presentColumns.contains(columnID) { try end("asset_column_version", "column_id", columnID) }
      try AssetRows.insert(wanted, id: columnID, change)
      presentColumns.insert(columnID)
      let isNew = before == nil || before?.ordinal == 0
      try change.note(
        "column", asset.name.rendered(column: column.name), before: isNew ? nil : try before.map { try change.json($0) }, after: try change.json(wanted))
      if isNew { summary.columns.added += 1 } else { summary.columns.changed += 1 }
    }
    for (key, column) in held where column.ordinal > 0 {
      let columnID = try names.column(key, of: id)
      try end("asset_column_version", "column_id", columnID)
      presentColumns.remove(columnID)
      try change.note("column", asset.name.rendered(column: column.name), before: try change.json(column), after: nil)
      summary.columns.retired += 1
    }
  }

  private mutating func parts(_ asset: Asset, _ id: Int64, old: Asset?) throws {
    if let old, old.constraints == asset.constraints, old.indexes == asset.indexes { return }
    let before = old.map { $0.constraints.isEmpty && $0.indexes.isEmpty } == false ? old : nil
    guard before != nil || !asset.constraints.isEmpty || !asset.indexes.isEmpty else { return }
    try change.db.execute(
      sql: "UPDATE asset_part SET ended_change_id = ? WHERE asset_id = ? AND ended_change_id IS NULL", arguments: [change.id, id])
    let insert = try change.db.cachedStatement(
      sql: "INSERT INTO asset_part (asset_id, kind, position, name, definition, began_change_id) VALUES (?, ?, ?, ?, ?, ?)")
    for (index, constraint) in asset.constraints.enumerated() {
      try insert.execute(arguments: [id, "constraint", index + 1, constraint.name, try change.json(constraint), change.id])
    }
    for (index, item) in asset.indexes.enumerated() {
      try insert.execute(arguments: [id, "index", index + 1, item.name, try change.json(item), change.id])
    }
    struct Parts: Encodable {
      var constraints: [Constraint]
      var indexes: [Index]
    }
    try change.note(
      "keys", asset.name.rendered, before: try before.map { try change.json(Parts(constraints: $0.constraints, indexes: $0.indexes)) },
      after: try change.json(Parts(constraints: asset.constraints, indexes: asset.indexes)))
  }

  private mutating func retire(_ asset: Asset, _ id: Int64) throws {
    var retired = asset
    retired.status = .retired
    guard asset.status != .retired else { return }
    try end("asset_version", "asset_id", id)
    present.remove(id)
    try change.note("asset", asset.name.rendered, before: try change.json(AssetRows.bare(asset)), after: nil)
    for column in asset.columns {
      let columnID = try names.column(column.name, of: id)
      try end("asset_column_version", "column_id", columnID)
      presentColumns.remove(columnID)
      if column.ordinal > 0 { summary.columns.retired += 1 }
    }
    try change.db.execute(
      sql: "UPDATE asset_part SET ended_change_id = ? WHERE asset_id = ? AND ended_change_id IS NULL", arguments: [change.id, id])
    summary.assets.retired += 1
  }

  private func end(_ table: String, _ key: String, _ id: Int64) throws {
    try change.db.cachedStatement(sql: "UPDATE \(table) SET ended_change_id = ? WHERE \(key) = ? AND ended_change_id IS NULL")
      .execute(arguments: [change.id, id])
  }

  // MARK: routines

  private mutating func routines() throws {
    struct Held {
      var hash: String
      var version: Int
      var name: String
      var file: String
      var analysis: String
    }
    var held: [Int64: Held] = [:]
    for row in try Row.fetchAll(
      change.db,
      sql: """
        SELECT v.routine_id, v.hash, v.version, v.name, x.file, x.reads, x.writes, x.calls, x.coverage, x.statements, x.unparsed
          FROM routine_version v JOIN routine r ON r.id = v.routine_id LEFT JOIN routine_analysis x ON x.routine_id = r.id AND x.ended_change_id IS NULL
         WHERE r.namespace_id = ? AND v.ended_change_id IS NULL
        """, arguments: [names.namespaceID])
    {
      let texts: [String?] = [row["file"], row["reads"], row["writes"], row["calls"]]
      let coverage: Double? = row["coverage"]
      let counts: [Int?] = [row["statements"], row["unparsed"]]
      let numbers = [String(coverage ?? 0)] + counts.map { String($0 ?? 0) }
      let facts = (texts.map { $0 ?? "" } + numbers).joined(separator: "\u{1}")
      held[row["routine_id"]] = Held(
        hash: row["hash"], version: row["version"], name: row["name"], file: row["file"] ?? "", analysis: facts)
    }
    for routine in scan.routines {
      let id = try names.routine(routine.name)
      let before = held.removeValue(forKey: id)
      let hash = ChangeWriter.contentHash(routine.source)
      let texts = [routine.definedAt.file, try change.json(routine.reads), try change.json(routine.writes), try change.json(routine.calls)]
      let numbers = [String(routine.coverage), String(routine.statements), String(routine.unparsed)]
      let facts = (texts + numbers).joined(separator: "\u{1}")
      let sameText = before?.hash == hash
      if !sameText {
        if before != nil { try end("routine_version", "routine_id", id) }
        try change.db.execute(sql: "INSERT OR IGNORE INTO routine_text (hash, text) VALUES (?, ?)", arguments: [hash, routine.source])
        let version = (try Int.fetchOne(change.db, sql: "SELECT max(version) FROM routine_version WHERE routine_id = ?", arguments: [id]) ?? 0) + 1
        try change.db.execute(
          sql: """
            INSERT INTO routine_version (routine_id, version, hash, name, parts, kind, dialect, parameters, began_change_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            id, version, hash, routine.name.rendered, try change.json(routine.name.parts), routine.kind.rawValue, routine.dialect.rawValue,
            try change.json(routine.parameters), change.id,
          ])
        try change.note(
          "routine", routine.name.rendered, before: before.map { "{\"hash\":\"\($0.hash)\",\"version\":\($0.version)}" },
          after: "{\"hash\":\"\(hash)\",\"version\":\(version)}")
        if before == nil { summary.routines.added += 1 } else { summary.routines.changed += 1 }
      } else {
        summary.routines.unchanged += 1
      }
      guard before?.analysis != facts else { continue }
      try end("routine_analysis", "routine_id", id)
      try change.db.execute(
        sql: """
          INSERT INTO routine_analysis (routine_id, file, line, start_offset, end_offset, reads, writes, calls, coverage, statements, unparsed, began_change_id)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          id, routine.definedAt.file, routine.definedAt.line, routine.definedAt.start, routine.definedAt.end, try change.json(routine.reads),
          try change.json(routine.writes), try change.json(routine.calls), routine.coverage, routine.statements, routine.unparsed, change.id,
        ])
      if sameText { try change.note("analysis", routine.name.rendered, before: before?.analysis, after: facts) }
    }
    for (id, gone) in held where isScanned(gone.file) {
      try end("routine_version", "routine_id", id)
      try end("routine_analysis", "routine_id", id)
      try change.note("routine", gone.name, before: "{\"hash\":\"\(gone.hash)\",\"version\":\(gone.version)}", after: nil)
      summary.routines.retired += 1
    }
  }

  // MARK: edges

  private struct EvidenceKey: Hashable {
    var source: Int64
    var targetAsset: Int64
    var targetColumn: Int64
    var kind: String
    var subtype: String
    var routine: Int64
    var file: Int64
    var line: Int
    var statement: Int
    var expression: Int64
    var columns: Int64
    var confidence: Double
  }

  private mutating func edges() throws {
    var held: [EvidenceKey: Int64] = [:]
    var heldFiles: [Int64: String] = [:]
    for row in try Row.fetchAll(
      change.db,
      sql: """
        SELECT x.id, e.source_column_id, e.target_asset_id, e.target_column_id, e.kind, e.subtype, x.routine_id, x.file_id, x.line, x.statement,
               x.expression_id, x.columns_id, x.confidence, f.value AS file
          FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id JOIN text_value f ON f.id = x.file_id
         WHERE x.namespace_id = ? AND x.ended_change_id IS NULL AND x.origin = 'parsed'
        """, arguments: [names.namespaceID])
    {
      let key = EvidenceKey(
        source: row["source_column_id"], targetAsset: row["target_asset_id"], targetColumn: row["target_column_id"] ?? 0, kind: row["kind"],
        subtype: row["subtype"], routine: row["routine_id"] ?? 0, file: row["file_id"], line: row["line"], statement: row["statement"],
        expression: row["expression_id"], columns: row["columns_id"] ?? 0, confidence: row["confidence"])
      held[key] = row["id"]
      heldFiles[row["file_id"]] = row["file"]
    }
    var begun: [String: Int] = [:]
    let insert = try change.db.makeStatement(
      sql: """
        INSERT INTO edge_evidence (edge_id, namespace_id, origin, routine_id, file_id, line, statement, expression_id, columns_id, confidence, began_change_id)
        VALUES (?, ?, 'parsed', ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    for edge in scan.edges {
      let sourceAsset = try referenced(edge.source.asset)
      let source = try referenced(edge.source.column ?? "*", of: sourceAsset, edge.source.asset)
      let targetAsset = try referenced(edge.target.asset)
      let targetColumn = try edge.target.column.map { try referenced($0, of: targetAsset, edge.target.asset) }
      let routine = try edge.routine.map { try names.routine($0) }
      let key = EvidenceKey(
        source: source, targetAsset: targetAsset, targetColumn: targetColumn ?? 0, kind: edge.kind.rawValue, subtype: edge.subtype.rawValue,
        routine: routine ?? 0, file: try names.text(edge.file), line: edge.line, statement: edge.statement,
        expression: try names.text(edge.expression), columns: edge.target.column == nil ? try names.text(try change.json(edge.columns)) : 0,
        confidence: edge.confidence)
      if held.removeValue(forKey: key) != nil {
        summary.edges.unchanged += 1
        continue
      }
      let edgeID = try edgeRow(key, targetColumn)
      try insert.execute(arguments: [
        edgeID, names.namespaceID, routine, key.file, key.line, key.statement, key.expression, key.columns == 0 ? nil : key.columns, key.confidence, change.id,
      ])
      begun[edge.routine?.rendered ?? edge.file, default: 0] += 1
      summary.edges.added += 1
    }
    var ended: [String: Int] = [:]
    for (key, id) in held {
      guard let file = heldFiles[key.file], isScanned(file) else { continue }
      try change.db.cachedStatement(sql: "UPDATE edge_evidence SET ended_change_id = ? WHERE id = ?").execute(arguments: [change.id, id])
      ended[file, default: 0] += 1
      summary.edges.retired += 1
    }
    for (subject, count) in begun.sorted(by: { $0.key < $1.key }) { try change.note("edges", subject, before: nil, after: "{\"begun\":\(count)}") }
    for (subject, count) in ended.sorted(by: { $0.key < $1.key }) { try change.note("edges", subject, before: "{\"ended\":\(count)}", after: nil) }
  }

  private func edgeRow(_ key: EvidenceKey, _ targetColumn: Int64?) throws -> Int64 {
    let known = try Int64.fetchOne(
      change.db.cachedStatement(
        sql: """
          SELECT id FROM column_edge WHERE source_column_id = ? AND target_asset_id = ? AND ifnull(target_column_id, 0) = ? AND kind = ? AND subtype = ?
          """), arguments: [key.source, key.targetAsset, key.targetColumn, key.kind, key.subtype])
    if let known { return known }
    try change.db.cachedStatement(
      sql: "INSERT INTO column_edge (source_column_id, target_asset_id, target_column_id, kind, subtype) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [key.source, key.targetAsset, targetColumn, key.kind, key.subtype])
    return change.db.lastInsertedRowID
  }

  /// An asset that an edge names; one that nothing defines gets a row that says so.
  private mutating func referenced(_ name: ObjectName) throws -> Int64 {
    let id = try names.asset(name)
    guard present.insert(id).inserted else { return id }
    try AssetRows.insert(Asset(name: name, kind: name.name.hasPrefix("file:") ? .file : .table, dialect: scan.namespace.dialect), id: id, known: false, change)
    return id
  }

  private mutating func referenced(_ column: String, of asset: Int64, _ name: ObjectName) throws -> Int64 {
    let id = try names.column(column, of: asset)
    guard presentColumns.insert(id).inserted else { return id }
    try AssetRows.insert(CadastreModel.Column(name: column, ordinal: 0), id: id, change)
    return id
  }

  // MARK: the ledger

  private mutating func ledger() throws {
    var held: [Unresolved: Int64] = [:]
    for row in try Row.fetchAll(
      change.db,
      sql: """
        SELECT u.*, v.parts FROM unresolved u LEFT JOIN routine_version v ON v.routine_id = u.routine_id AND
               v.id = (SELECT max(id) FROM routine_version w WHERE w.routine_id = u.routine_id)
         WHERE u.namespace_id = ? AND u.ended_change_id IS NULL
        """, arguments: [names.namespaceID])
    {
      let value = Unresolved(
        file: row["file"], line: row["line"], routine: try AssetRows.decode([String].self, row["parts"]).map { ObjectName($0) },
        reason: UnresolvedReason(rawValue: row["reason"]) ?? .unparsed, text: row["text"], hint: row["hint"])
      held[value] = row["id"]
    }
    for row in scan.unresolved {
      if held.removeValue(forKey: row) != nil {
        summary.unresolved.unchanged += 1
        continue
      }
      try change.db.execute(
        sql: "INSERT INTO unresolved (namespace_id, routine_id, file, line, reason, text, hint, began_change_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [names.namespaceID, try row.routine.map { try names.routine($0) }, row.file, row.line, row.reason.rawValue, row.text, row.hint, change.id])
      try change.note("unresolved", "\(row.file):\(row.line)", before: nil, after: try change.json(row))
      summary.unresolved.added += 1
    }
    for (row, id) in held where isScanned(row.file) {
      try change.db.execute(sql: "UPDATE unresolved SET ended_change_id = ? WHERE id = ?", arguments: [change.id, id])
      try change.note("unresolved", "\(row.file):\(row.line)", before: try change.json(row), after: nil)
      summary.unresolved.retired += 1
    }
  }
}

/// Rows of `namespace`.
enum NamespaceRows {
  /// The id of a namespace, made when it is new.
  static func find(_ namespace: Namespace, _ change: inout ChangeWriter) throws -> Int64 {
    if let id = try Int64.fetchOne(change.db, sql: "SELECT id FROM namespace WHERE name = ?", arguments: [namespace.name]) { return id }
    try change.db.execute(
      sql: "INSERT INTO namespace (name, dialect, case_insensitive, began_change_id) VALUES (?, ?, ?, ?)",
      arguments: [namespace.name, namespace.dialect.rawValue, namespace.caseInsensitive, change.id])
    let id = change.db.lastInsertedRowID
    try change.note("namespace", namespace.name, before: nil, after: try change.json(namespace))
    return id
  }
}
