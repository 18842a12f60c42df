public import CadastreModel
internal import GRDB

extension Registry {
  /// Sets fields of an asset or a column as one change. Values are taken as they are: whoever asks has checked them.
  public func set(_ changes: [FieldChange], of place: LineagePlace, by author: ChangeAuthor) throws(StoreError) -> FieldOutcome {
    var (outcome, id) = try write(author) { change in
      let names = try StatedEvidence(&change)
      guard let asset = try names.assetID(place) else { throw StoreError.unexpected("an asset that was found is not there") }
      guard place.reference.column != nil else { return try Registry.setAsset(changes, asset, &change) }
      guard let column = try names.columnID(place) else { throw StoreError.unexpected("a column that was found is not there") }
      return try Registry.setColumn(changes, asset, column, &change)
    }
    outcome.change = id
    return outcome
  }

  private static func held(_ id: Int64, _ change: ChangeWriter) throws -> (asset: Asset, known: Bool)? {
    let namespace = try Int64.fetchOne(change.db, sql: "SELECT namespace_id FROM asset WHERE id = ?", arguments: [id]) ?? 0
    return try AssetRows.current(change.db, namespaceID: namespace, referenced: true, only: [id]).first.map { ($0.asset, $0.known) }
  }

  private static func setAsset(_ changes: [FieldChange], _ id: Int64, _ change: inout ChangeWriter) throws -> FieldOutcome {
    try change.belongs(to: id, of: "asset")
    var outcome = FieldOutcome()
    guard let (asset, known) = try held(id, change), known else {
      outcome.isUnknown = true
      return outcome
    }
    var wanted = asset
    for item in changes {
      switch item {
      case .tags(let adding, let removing):
        let gone = Set(removing.map { $0.lowercased() })
        wanted.tags.removeAll { gone.contains($0.lowercased()) }
        for tag in adding where !wanted.tags.contains(where: { $0.lowercased() == tag.lowercased() }) { wanted.tags.append(tag) }
      case .value(.owner, let value): wanted.owner = value
      case .value(.steward, let value): wanted.steward = value
      case .value(.client, let value): wanted.client = value
      case .value(.description, let value): wanted.description = value
      case .value(.layer, let value): wanted.layer = value.flatMap(AssetLayer.init(rawValue:))
      case .value(.status, let value):
        guard let status = value.flatMap(AssetStatus.init(rawValue:)), status != wanted.status else { continue }
        guard wanted.status.successors.contains(status) else {
          (outcome.refusedFrom, outcome.refusedTo) = (wanted.status, status)
          return outcome
        }
        wanted.status = status
      default: continue
      }
    }
    func differs(_ field: StatedField, _ before: String?, _ after: String?) {
      if before != after { outcome.differences.append(FieldOutcome.Difference(field: field.rawValue, before: before, after: after)) }
    }
    differs(.owner, asset.owner, wanted.owner)
    differs(.steward, asset.steward, wanted.steward)
    differs(.client, asset.client, wanted.client)
    differs(.layer, asset.layer?.rawValue, wanted.layer?.rawValue)
    differs(.status, asset.status.rawValue, wanted.status.rawValue)
    differs(.description, asset.description, wanted.description)
    differs(.tags, asset.tags.joined(separator: ","), wanted.tags.joined(separator: ","))
    if !outcome.differences.isEmpty {
      try change.db.execute(sql: "UPDATE asset_version SET ended_change_id = ? WHERE asset_id = ? AND ended_change_id IS NULL", arguments: [change.id, id])
      try AssetRows.insert(wanted, id: id, known: true, change)
      try change.note(
        "asset", asset.name.rendered, before: try change.json(AssetRows.bare(asset)), after: try change.json(AssetRows.bare(wanted)))
    }
    for item in changes where item.field != .domain { try keep(item, id, nil, asset.name.rendered, outcome, &change) }
    for case .value(.domain, let value) in changes { try setDomain(value, id, asset.name.rendered, &outcome, &change) }
    return outcome
  }

  /// A field that a person sets is no script's from then on; one that he clears is free again, but for tags, of which none is an answer too.
  private static func keep(
    _ item: FieldChange, _ asset: Int64, _ column: Int64?, _ subject: String, _ outcome: FieldOutcome, _ change: inout ChangeWriter
  ) throws {
    if case .value(let field, nil) = item { return try StatedFields.forget(asset, column, field, change) }
    let isNew = try Int.fetchOne(
      change.db,
      sql: "SELECT 1 FROM stated_field WHERE asset_id = ? AND ifnull(column_id, 0) = ? AND field = ? AND origin = 'person' AND ended_change_id IS NULL",
      arguments: [asset, column ?? 0, item.field.rawValue]) == nil
    try StatedFields.state(asset, column, item.field, change)
    if isNew, !outcome.differences.contains(where: { $0.field == item.field.rawValue }) {
      try change.note("stated", "\(subject) \(item.field.rawValue)", before: nil, after: "{\"field\":\"\(item.field.rawValue)\",\"origin\":\"person\"}")
    }
  }

  private static func setDomain(_ value: String?, _ id: Int64, _ subject: String, _ outcome: inout FieldOutcome, _ change: inout ChangeWriter) throws {
    let before = try String.fetchOne(change.db, sql: "SELECT domain FROM asset_domain WHERE asset_id = ? AND ended_change_id IS NULL", arguments: [id])
    guard before != value else { return }
    try change.db.execute(sql: "UPDATE asset_domain SET ended_change_id = ? WHERE asset_id = ? AND ended_change_id IS NULL", arguments: [change.id, id])
    if let value {
      try change.db.execute(sql: "INSERT INTO asset_domain (asset_id, domain, began_change_id) VALUES (?, ?, ?)", arguments: [id, value, change.id])
    }
    func json(_ domain: String) throws -> String { try change.json(["asset": subject, "domain": domain]) }
    try change.note("domain", subject, before: try before.map(json), after: try value.map(json))
    outcome.differences.append(FieldOutcome.Difference(field: StatedField.domain.rawValue, before: before, after: value))
  }

  private static func setColumn(_ changes: [FieldChange], _ asset: Int64, _ id: Int64, _ change: inout ChangeWriter) throws -> FieldOutcome {
    try change.belongs(to: asset, of: "asset")
    var outcome = FieldOutcome()
    let name = try String.fetchOne(
      change.db, sql: "SELECT name FROM asset_column_version WHERE column_id = ? AND ended_change_id IS NULL", arguments: [id])
    guard let held = try held(asset, change), let column = held.asset.columns.first(where: { $0.name == name }) else {
      outcome.isUnknown = true
      return outcome
    }
    var wanted = column
    for case .value(let field, let value) in changes {
      if field == .description { wanted.description = value }
      if field == .classification { wanted.classification = value.flatMap(Classification.init(rawValue:)) }
    }
    if column.description != wanted.description {
      outcome.differences.append(FieldOutcome.Difference(field: "description", before: column.description, after: wanted.description))
    }
    if column.classification != wanted.classification {
      outcome.differences.append(
        FieldOutcome.Difference(field: "classification", before: column.classification?.rawValue, after: wanted.classification?.rawValue))
    }
    let subject = held.asset.name.rendered(column: column.name)
    if !outcome.differences.isEmpty { try replace(column, by: wanted, id, subject, &change) }
    for item in changes { try keep(item, asset, id, subject, outcome, &change) }
    return outcome
  }

  static func replace(_ column: CadastreModel.Column, by wanted: CadastreModel.Column, _ id: Int64, _ subject: String, _ change: inout ChangeWriter) throws {
    try change.db.execute(
      sql: "UPDATE asset_column_version SET ended_change_id = ? WHERE column_id = ? AND ended_change_id IS NULL", arguments: [change.id, id])
    try AssetRows.insert(wanted, id: id, change)
    try change.note("column", subject, before: try change.json(column), after: try change.json(wanted))
  }

  /// The values that a field has in the registry, with how many assets (or columns) have each.
  public func values(of field: StatedField) throws(StoreError) -> [(value: String, count: Int)] {
    try read { db in
      let current = "FROM asset_version v WHERE v.ended_change_id IS NULL AND v.known = 1"
      let sql =
        switch field {
        case .tags: "SELECT t.value AS value, count(*) FROM asset_version v, json_each(v.tags) t WHERE v.ended_change_id IS NULL AND v.tags <> '[]' GROUP BY 1"
        case .domain: "SELECT domain, count(*) FROM asset_domain WHERE ended_change_id IS NULL GROUP BY 1"
        case .classification:
          "SELECT classification, count(*) FROM asset_column_version WHERE ended_change_id IS NULL AND classification IS NOT NULL GROUP BY 1"
        case .description: "SELECT '', 0 WHERE 0"
        default: "SELECT v.\(field.rawValue), count(*) \(current) AND v.\(field.rawValue) IS NOT NULL GROUP BY 1"
        }
      return try Row.fetchAll(db, sql: sql + " ORDER BY 2 DESC, 1").map { ($0[0], $0[1]) }
    }
  }
}
