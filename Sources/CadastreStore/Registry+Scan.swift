public import CadastreModel
internal import Foundation
internal import GRDB

extension Registry {
  /// Brings a registry to what a scan found, in one transaction. What is the same stays untouched; nothing new: no change.
  public func apply(_ scan: ScanResult, by author: ChangeAuthor) throws(StoreError) -> ScanSummary {
    var hasBookkeeping = false
    var (summary, change) = try write(author, bulk: scan.units.reduce(0) { $0 + $1.edges.count } > 50_000) { change in
      if scan.isEmpty, scan.files.isEmpty, try Int64.fetchOne(change.db, sql: "SELECT id FROM namespace WHERE name = ?", arguments: [scan.namespace.name]) == nil {
        return ScanSummary()
      }
      if let basis = scan.basis, basis != change.id - 1 { throw StoreError.stale(path: path) }
      var application = try ScanApplication(scan, change)
      let summary = try application.run()
      change = application.change
      hasBookkeeping = change.hasBookkeeping
      return summary
    }
    if change == nil, hasBookkeeping { try keep(author) { try ScanApplication.keep(scan, $0) } }
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
  var summary = ScanSummary()
  /// Assets and columns that have a current version now.
  var present: Set<Int64> = []
  var presentColumns: Set<Int64> = []
  /// Columns that no longer are what the scripts define.
  var lostColumns: [ColumnReference] = []
  /// What people have stated.
  let stated: StatedFields
  /// The only files that the scan says something about; `nil` for all under its roots.
  let files: Set<String>?
  /// Assets are brought to what is given as it is, what people have set included: a person gives it.
  var isExact = false

  init(_ scan: ScanResult, _ change: ChangeWriter) throws {
    self.scan = scan
    self.change = change
    if case .files(let only) = scan.scope { files = only } else { files = nil }
    let namespace = try NamespaceRows.find(scan.namespace, &self.change)
    stated = try StatedFields(change.db, namespaceID: namespace)
    names = try NameTable(change.db, namespaceID: namespace, caseInsensitive: scan.namespace.caseInsensitive, whole: files == nil)
  }

  /// Whether what lay in a file before and is not found now is gone.
  func isScanned(_ file: String) -> Bool {
    if let files { return files.contains(file) }
    return scan.roots.contains { file == $0 || file.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") || $0 == "." }
  }

  mutating func run() throws -> ScanSummary {
    try assets()
    try routines()
    try units()
    try keepUsedColumns()
    try retireUnusedColumns()
    try scannedFiles()
    return summary
  }

  // MARK: assets

  private mutating func assets() throws {
    let current = try AssetRows.current(change.db, namespaceID: names.namespaceID, referenced: true, only: try concerned())
    var byID: [Int64: (asset: Asset, known: Bool)] = [:]
    for item in current {
      byID[item.id] = (item.asset, item.known)
      present.insert(item.id)
    }
    if files == nil {
      presentColumns = try Int64.fetchSet(
        change.db,
        sql: """
          SELECT w.column_id FROM asset_column_version w JOIN asset_column k ON k.id = w.column_id JOIN asset a ON a.id = k.asset_id
           WHERE a.namespace_id = ? AND w.ended_change_id IS NULL
          """, arguments: [names.namespaceID])
    }
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

  /// Of a scan of some files: the assets that it gives and those that its files have defined before.
  private mutating func concerned() throws -> Set<Int64>? {
    guard let files else { return nil }
    var result: Set<Int64> = []
    for asset in scan.assets { result.insert(try names.asset(asset.name)) }
    for file in files {
      result.formUnion(
        try Int64.fetchSet(
          change.db, sql: "SELECT v.asset_id FROM asset_version v JOIN asset a ON a.id = v.asset_id WHERE a.namespace_id = ? AND v.file = ? AND v.ended_change_id IS NULL",
          arguments: [names.namespaceID, file]))
    }
    return result
  }

  /// Whether an asset has a current version.
  mutating func isPresent(_ asset: Int64) throws -> Bool {
    if present.contains(asset) { return true }
    guard files != nil else { return false }
    let statement = try change.db.cachedStatement(sql: "SELECT 1 FROM asset_version WHERE asset_id = ? AND ended_change_id IS NULL")
    guard try Int.fetchOne(statement, arguments: [asset]) != nil else { return false }
    present.insert(asset)
    return true
  }

  /// Whether a column has a current version.
  mutating func isPresent(column: Int64) throws -> Bool {
    if presentColumns.contains(column) { return true }
    guard files != nil else { return false }
    let statement = try change.db.cachedStatement(sql: "SELECT 1 FROM asset_column_version WHERE column_id = ? AND ended_change_id IS NULL")
    guard try Int.fetchOne(statement, arguments: [column]) != nil else { return false }
    presentColumns.insert(column)
    return true
  }

  /// Writes what differs between an asset as it is held and as it was found.
  mutating func bring(_ asset: Asset, _ id: Int64, old: (asset: Asset, known: Bool)?) throws {
    let fresh = try change.json(AssetRows.bare(asset))
    if let old, old.known {
      // what people have added is theirs: a script does not know it
      var kept = isExact ? asset : ScanApplication.keeping(asset, old.asset)
      if !isExact { stated.keep(id, old.asset, in: &kept) }
      let held = try change.json(AssetRows.bare(old.asset))
      let wanted = try change.json(AssetRows.bare(kept))
      if ExactText(held) == ExactText(wanted) {
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

  /// An asset as a script gives it, with what people have set: their words, its layer (a script's is a guess) and where it stands in its life.
  private static func keeping(_ asset: Asset, _ old: Asset) -> Asset {
    var kept = asset
    kept.owner = asset.owner ?? old.owner
    kept.steward = asset.steward ?? old.steward
    kept.client = asset.client ?? old.client
    kept.description = asset.description ?? old.description
    kept.layer = old.layer ?? asset.layer
    // a script that defines what was only proposed makes it active
    if asset.status == .active, old.status != .proposed { kept.status = old.status }
    if kept.tags.isEmpty { kept.tags = old.tags }
    return kept
  }

  /// Whether nothing has changed; what people give counts by its bytes, too.
  private func isSame<Value: Encodable & Equatable>(_ held: Value, _ wanted: Value) throws -> Bool {
    guard held == wanted else { return false }
    return try !isExact || ExactText(change.json(held)) == ExactText(change.json(wanted))
  }

  /// What of a column can look the same and not be: of those without such texts nothing has to be encoded to know.
  private static func texts(_ column: CadastreModel.Column) -> [ExactText] {
    var texts = [column.name, column.nativeType, column.defaultValue?.expression, column.defaultValue?.constraintName, column.computed?.expression]
    texts += [column.collation, column.description]
    if case .other(let name)? = column.type { texts.append(name) }
    return texts.map { ExactText($0 ?? "") }
  }

  private mutating func columns(_ asset: Asset, _ id: Int64, old: [CadastreModel.Column]) throws {
    var held: [ExactText: CadastreModel.Column] = [:]
    for column in old { held[ExactText(names.folded(column.name))] = column }
    // scripts may add a column twice
    var seen: Set<ExactText> = []
    for column in asset.columns where seen.insert(ExactText(names.folded(column.name))).inserted {
      let columnID = try names.column(column.name, of: id)
      let before = held.removeValue(forKey: ExactText(names.folded(column.name)))
      var wanted = column
      if !isExact {
        wanted.classification = column.classification ?? before?.classification
        wanted.description = column.description ?? before?.description
        stated.keep(column: columnID, before, in: &wanted)
      }
      if let before, before == wanted, try ScanApplication.texts(before) == ScanApplication.texts(wanted) || isSame(before, wanted) {
        summary.columns.unchanged += 1
        continue
      }
      if try isPresent(column: columnID) { try end("asset_column_version", "column_id", columnID) }
      try AssetRows.insert(wanted, id: columnID, change)
      presentColumns.insert(columnID)
      let isNew = before == nil || before?.ordinal == 0
      try change.note(
        "column", asset.name.rendered(column: column.name), before: isNew ? nil : try before.map { try change.json($0) }, after: try change.json(wanted))
      if isNew { summary.columns.added += 1 } else { summary.columns.changed += 1 }
    }
    for (key, column) in held where column.ordinal > 0 {
      let columnID = try names.column(key.text, of: id)
      try end("asset_column_version", "column_id", columnID)
      presentColumns.remove(columnID)
      lostColumns.append(ColumnReference(asset: asset.name, column: column.name))
      try change.note("column", asset.name.rendered(column: column.name), before: try change.json(column), after: nil)
      summary.columns.retired += 1
    }
  }

  private mutating func parts(_ asset: Asset, _ id: Int64, old: Asset?) throws {
    if let old, try isSame(old.constraints, asset.constraints), try isSame(old.indexes, asset.indexes) { return }
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
    try noteParts(before, asset)
  }

  private mutating func noteParts(_ before: Asset?, _ after: Asset?) throws {
    struct Parts: Encodable {
      var constraints: [Constraint]
      var indexes: [Index]

      init?(_ asset: Asset?) {
        guard let asset, !asset.constraints.isEmpty || !asset.indexes.isEmpty else { return nil }
        (constraints, indexes) = (asset.constraints, asset.indexes)
      }
    }
    let (old, new) = (Parts(before), Parts(after))
    guard old != nil || new != nil, let name = (after ?? before)?.name.rendered else { return }
    try change.note("keys", name, before: try old.map { try change.json($0) }, after: try new.map { try change.json($0) })
  }

  mutating func retire(_ asset: Asset, _ id: Int64) throws {
    try end("asset_version", "asset_id", id)
    present.remove(id)
    try change.note("asset", asset.name.rendered, before: try change.json(AssetRows.bare(asset)), after: nil)
    for column in asset.columns {
      let columnID = try names.column(column.name, of: id)
      try end("asset_column_version", "column_id", columnID)
      presentColumns.remove(columnID)
      lostColumns.append(ColumnReference(asset: asset.name, column: column.name))
      guard column.ordinal > 0 else { continue }
      summary.columns.retired += 1
      try change.note("column", asset.name.rendered(column: column.name), before: try change.json(column), after: nil)
    }
    try noteParts(asset, nil)
    try change.db.execute(
      sql: "UPDATE asset_part SET ended_change_id = ? WHERE asset_id = ? AND ended_change_id IS NULL", arguments: [change.id, id])
    lostColumns.append(ColumnReference(asset: asset.name, column: nil))
    summary.assets.retired += 1
  }

  func end(_ table: String, _ key: String, _ id: Int64) throws {
    try change.db.cachedStatement(sql: "UPDATE \(table) SET ended_change_id = ? WHERE \(key) = ? AND ended_change_id IS NULL")
      .execute(arguments: [change.id, id])
  }

  // MARK: routines

  /// A condition that picks the routines that a scan of some files concerns: those that it gives and those that its files held before.
  private mutating func concernedRoutines() throws -> String {
    guard let files else { return "" }
    var ids: Set<Int64> = []
    for routine in scan.routines { ids.insert(try names.routine(routine.name)) }
    for file in files {
      ids.formUnion(try Int64.fetchSet(change.db, sql: "SELECT routine_id FROM routine_analysis WHERE file = ? AND ended_change_id IS NULL", arguments: [file]))
    }
    return " AND r.id IN (" + ids.sorted().map(String.init).joined(separator: ", ") + ")"
  }

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
        """ + (try concernedRoutines()), arguments: [names.namespaceID])
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
      let texts = [routine.definedAt.file, change.json(routine.reads), change.json(routine.writes), change.json(routine.calls)]
      let numbers = [String(routine.coverage), String(routine.statements), String(routine.unparsed)]
      let facts = (texts + numbers).joined(separator: "\u{1}")
      let sameText = before?.hash == hash
      if !sameText {
        if before != nil { try end("routine_version", "routine_id", id) }
        let entry = RoutineEntry(
          namespace: "", name: routine.name, kind: routine.kind, dialect: routine.dialect, parameters: routine.parameters, source: routine.source)
        let version = try RoutineRows.insert(entry, id: id, hash: hash, change)
        try change.note(
          "routine", routine.name.rendered, before: before.map { "{\"hash\":\"\($0.hash)\",\"version\":\($0.version)}" },
          after: "{\"hash\":\"\(hash)\",\"version\":\(version)}")
        if before == nil { summary.routines.added += 1 } else { summary.routines.changed += 1 }
      } else {
        summary.routines.unchanged += 1
      }
      guard before?.analysis != facts else { continue }
      if before != nil { try end("routine_analysis", "routine_id", id) }
      try change.db.cachedStatement(
        sql: """
          INSERT INTO routine_analysis (routine_id, file, line, start_offset, end_offset, reads, writes, calls, coverage, statements, unparsed, began_change_id)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        id, routine.definedAt.file, routine.definedAt.line, routine.definedAt.start, routine.definedAt.end, texts[1], texts[2], texts[3], routine.coverage,
        routine.statements, routine.unparsed, change.id,
      ])
      if sameText { try change.note("analysis", routine.name.rendered, before: before?.analysis, after: facts) }
    }
    // no script has defined what has no file
    for (id, gone) in held where !gone.file.isEmpty && isScanned(gone.file) {
      try end("routine_version", "routine_id", id)
      try end("routine_analysis", "routine_id", id)
      try change.note("routine", gone.name, before: "{\"hash\":\"\(gone.hash)\",\"version\":\(gone.version)}", after: nil)
      summary.routines.retired += 1
    }
  }
}

/// Rows of `namespace`.
enum NamespaceRows {
  /// The id of a namespace, made when it is new.
  static func find(_ namespace: Namespace, _ change: inout ChangeWriter) throws -> Int64 {
    change.namespace = namespace.name
    if let id = try Int64.fetchOne(change.db, sql: "SELECT id FROM namespace WHERE name = ?", arguments: [namespace.name]) { return id }
    try change.db.execute(
      sql: "INSERT INTO namespace (name, dialect, case_insensitive, began_change_id) VALUES (?, ?, ?, ?)",
      arguments: [namespace.name, namespace.dialect.rawValue, namespace.caseInsensitive, change.id])
    let id = change.db.lastInsertedRowID
    try change.note("namespace", namespace.name, before: nil, after: try change.json(namespace))
    return id
  }
}
