internal import CadastreModel
internal import GRDB

/// The filters of a search, looked up once.
struct SearchFilter {
  /// Types or kinds allowed; empty for all.
  let kinds: Set<String>
  /// The only assets allowed, and with them their columns; `nil` for all.
  let assets: Set<Int64>?
  /// All assets that pass the filters on assets, where they are few: then their names are looked through rather than the index.
  let few: [Int64]?
  /// The only columns allowed; `nil` for all.
  let columns: Set<Int64>?
  /// Whether any routine is of the kinds asked for.
  private let hasRoutines: Bool
  /// Namespaces by id that are allowed; `nil` for all.
  let namespaces: Set<Int64>?
  /// Clients allowed, folded; for feeds.
  private let clients: Set<String>?
  /// Whether something is asked for that only assets have.
  private let needsAsset: Bool

  static let types = ["asset", "column", "routine", "feed", "term", "note"]

  init(_ query: SearchQuery, _ db: Database) throws {
    let filters = query.filters
    kinds = Set((filters[.kind] ?? []).map { $0.lowercased() })
    clients = filters[.client].map { Set($0.map(NameWords.folded)) }
    let names = try Row.fetchAll(db, sql: "SELECT id, name FROM namespace")
    namespaces = filters[.namespace].map { wanted in
      Set(names.filter { row in wanted.contains { $0.lowercased() == (row["name"] as String).lowercased() } }.map { $0["id"] })
    }
    var conditions: [String] = []
    var arguments: [any DatabaseValueConvertible] = []
    func marks(_ values: [String]) -> String {
      arguments += values
      return values.map { _ in "?" }.joined(separator: ", ")
    }
    for (field, column) in [(SearchField.owner, "owner"), (.steward, "steward"), (.client, "client")] {
      if let values = filters[field] { conditions.append("v.\(column) COLLATE NOCASE IN (\(marks(values)))") }
    }
    if let values = filters[.layer] { conditions.append("v.layer IN (\(marks(values.map { $0.lowercased() })))") }
    if let values = filters[.status] { conditions.append("v.status IN (\(marks(values.map { $0.lowercased() })))") }
    if let values = filters[.domain] {
      conditions.append("v.asset_id IN (SELECT asset_id FROM asset_domain WHERE ended_change_id IS NULL AND domain COLLATE NOCASE IN (\(marks(values))))")
    }
    if let values = filters[.tag] {
      conditions.append("v.tags <> '[]' AND EXISTS (SELECT 1 FROM json_each(v.tags) t WHERE t.value COLLATE NOCASE IN (\(marks(values))))")
    }
    needsAsset = !conditions.isEmpty
    if conditions.isEmpty {
      assets = nil
    } else {
      assets = try Int64.fetchSet(
        db, sql: "SELECT v.asset_id FROM asset_version v WHERE v.ended_change_id IS NULL AND " + conditions.joined(separator: " AND "),
        arguments: StatementArguments(arguments))
    }
    few = try Self.few(conditions, arguments, kinds, namespaces, db)
    let ofRoutines = kinds.contains("routine") ? [] : RoutineKind.allCases.map(\.rawValue).filter(kinds.contains)
    hasRoutines =
      try ofRoutines.isEmpty
      || Int.fetchOne(
        db, sql: "SELECT 1 FROM routine_version WHERE ended_change_id IS NULL AND kind IN (\(ofRoutines.map { _ in "?" }.joined(separator: ", "))) LIMIT 1",
        arguments: StatementArguments(ofRoutines)) != nil
    if let values = filters[.classification] {
      let wanted = values.map { $0.lowercased() }
      columns = try Int64.fetchSet(
        db,
        sql: """
          SELECT column_id FROM asset_column_version WHERE ended_change_id IS NULL AND classification IS NOT NULL
           AND classification IN (\(wanted.map { _ in "?" }.joined(separator: ", ")))
          """, arguments: StatementArguments(wanted))
    } else {
      columns = nil
    }
  }

  private static let most = 500

  private static func few(
    _ conditions: [String], _ arguments: [any DatabaseValueConvertible], _ kinds: Set<String>, _ namespaces: Set<Int64>?, _ db: Database
  ) throws -> [Int64]? {
    var conditions = conditions
    var arguments = arguments
    let ofAssets = kinds.filter { AssetKind(rawValue: $0) != nil }
    if !kinds.isEmpty, ofAssets.count == kinds.count {
      conditions.append("v.kind IN (\(ofAssets.map { _ in "?" }.joined(separator: ", ")))")
      arguments += ofAssets.sorted()
    }
    if let namespaces { conditions.append("v.asset_id IN (SELECT id FROM asset WHERE namespace_id IN (\(namespaces.sorted().map(String.init).joined(separator: ", "))))") }
    guard !conditions.isEmpty else { return nil }
    let ids = try Int64.fetchAll(
      db, sql: "SELECT v.asset_id FROM asset_version v WHERE v.ended_change_id IS NULL AND \(conditions.joined(separator: " AND ")) LIMIT \(most + 1)",
      arguments: StatementArguments(arguments))
    return ids.count > most ? nil : ids.sorted()
  }

  /// Values of filters that nothing in the registry has, in words, with what there is instead.
  static func unknownValues(_ filters: [SearchField: [String]], _ db: Database) throws -> [String] {
    var result: [String] = []
    for field in SearchField.allCases {
      for value in filters[field] ?? [] {
        let known: [String]
        switch field {
        case .kind:
          known = types + AssetKind.allCases.map(\.rawValue) + RoutineKind.allCases.map(\.rawValue)
        case .layer: known = AssetLayer.allCases.map(\.rawValue)
        case .status: known = AssetStatus.allCases.map(\.rawValue)
        case .classification:
          known = try String.fetchAll(
            db, sql: "SELECT DISTINCT classification FROM asset_column_version WHERE ended_change_id IS NULL AND classification IS NOT NULL ORDER BY 1")
        case .namespace: known = try String.fetchAll(db, sql: "SELECT name FROM namespace ORDER BY name")
        case .owner, .steward:
          known = try String.fetchAll(
            db, sql: "SELECT DISTINCT \(field.rawValue) FROM asset_version WHERE ended_change_id IS NULL AND \(field.rawValue) IS NOT NULL ORDER BY 1")
        case .domain: known = try String.fetchAll(db, sql: "SELECT DISTINCT domain FROM asset_domain WHERE ended_change_id IS NULL ORDER BY 1")
        case .client:
          known = try String.fetchAll(
            db,
            sql: """
              SELECT client FROM asset_version WHERE ended_change_id IS NULL AND client IS NOT NULL
              UNION SELECT client FROM feed_version WHERE ended_change_id IS NULL ORDER BY 1
              """)
        case .tag:
          known = try String.fetchAll(
            db,
            sql: "SELECT DISTINCT t.value FROM asset_version v, json_each(v.tags) t WHERE v.ended_change_id IS NULL AND v.tags <> '[]' ORDER BY 1")
        }
        guard !known.contains(where: { NameWords.folded($0) == NameWords.folded(value) }) else { continue }
        let some = known.prefix(8).joined(separator: ", ") + (known.count > 8 ? " and \(known.count - 8) more" : "")
        result.append("nothing has \(field.rawValue) '\(value)'" + (known.isEmpty ? "; nothing has any" : "; there is \(some)"))
      }
    }
    return result
  }

  /// Whether results of a type can pass at all.
  func admits(type: String) -> Bool {
    switch type {
    case "column": if !kinds.isEmpty, !kinds.contains("column") { return false }
    case "asset": if columns != nil || (!kinds.isEmpty && !kinds.contains("asset") && !AssetKind.allCases.contains { kinds.contains($0.rawValue) }) { return false }
    case "feed": if columns != nil || (needsAsset && clients == nil) || (!kinds.isEmpty && !kinds.contains("feed")) { return false }
    case "routine":
      if columns != nil || needsAsset || !hasRoutines { return false }
      if !kinds.isEmpty, !kinds.contains("routine"), !RoutineKind.allCases.contains(where: { kinds.contains($0.rawValue) }) { return false }
    default: if columns != nil || needsAsset || namespaces != nil || (!kinds.isEmpty && !kinds.contains(type)) { return false }
    }
    return true
  }

  func admits(asset: Int64, kind: String, namespace: Int64) -> Bool {
    (kinds.isEmpty || kinds.contains("asset") || kinds.contains(kind)) && assets?.contains(asset) != false && namespaces?.contains(namespace) != false
  }

  func admits(column: Int64, of asset: Int64) -> Bool { columns?.contains(column) != false && assets?.contains(asset) != false }

  func admits(routineOfKind kind: String, namespace: Int64) -> Bool {
    (kinds.isEmpty || kinds.contains("routine") || kinds.contains(kind)) && namespaces?.contains(namespace) != false
  }

  func admits(feedOf client: String, namespace: Int64) -> Bool {
    clients?.contains(NameWords.folded(client)) != false && namespaces?.contains(namespace) != false
  }
}
