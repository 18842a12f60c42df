public import CadastreModel
internal import GRDB

extension Registry {
  /// Brings objects to what is given, as one change, or throws and changes nothing.
  ///
  /// An object that is what it is to be already is left alone. One that is neither that nor what it was when its change was computed has moved.
  ///
  /// - Returns: the change's id; `nil` when nothing had to be changed.
  /// - Throws: `.moved` with the objects that are no longer what they were.
  public func bring(_ changes: [ObjectChange], by author: ChangeAuthor) throws(StoreError) -> Int64? {
    try write(author) { change in
      var application = ObjectApplication(path: path, registry: self, change: change)
      try application.run(changes)
      change = application.change
    }.1
  }
}

/// One plan being checked against a registry and written.
struct ObjectApplication {
  let path: String
  let registry: Registry
  var change: ChangeWriter
  private var warehouses: [String: ObjectReader.Warehouse] = [:]
  private var applications: [String: ScanApplication] = [:]

  init(path: String, registry: Registry, change: ChangeWriter) {
    self.path = path
    self.registry = registry
    self.change = change
  }

  private var reader: ObjectReader { ObjectReader(db: change.db) }

  mutating func run(_ changes: [ObjectChange]) throws {
    warehouses = try reader.warehouses()
    let (assets, routines, feeds) = try held(changes)
    let coming = Set(changes.lazy.filter { $0.kind == .namespace }.map(\.namespace))
    var moved: [String] = []
    var due: [ObjectChange] = []
    for item in changes {
      let current: RegistryObject?
      let key = key(item)
      switch item.kind {
      case .namespace: current = warehouses[item.namespace].map { .namespace($0.namespace) }
      case .asset: current = assets[key].map { .asset($0.entry) }
      case .routine: current = routines[key].map { .routine($0.entry) }
      case .feed: current = feeds[key].map { .feed($0) }
      }
      if item.kind != .namespace, item.object != nil, warehouses[item.namespace] == nil, !coming.contains(item.namespace) {
        moved.append(item.described)
        continue
      }
      let now = try hash(current)
      if now == item.basis { due.append(item) } else if now != (try hash(item.object)) { moved.append(item.described) }
    }
    guard moved.isEmpty else { throw StoreError.moved(path: path, objects: moved) }
    due.sort { ($0.kind, $0.namespace, $0.name) < ($1.kind, $1.namespace, $1.name) }
    for item in due where item.kind == .namespace {
      guard case .namespace(let namespace)? = item.object, item.basis == nil else { throw StoreError.unexpected("a namespace cannot change") }
      _ = try NamespaceRows.find(namespace, &change)
    }
    warehouses = try reader.warehouses()
    for item in due where item.kind == .asset { try bring(item, assets[key(item)]) }
    for item in due where item.kind == .routine { try bring(item, routines[key(item)]) }
    for item in due where item.kind == .feed { try bring(item, feeds[key(item)]) }
    for item in due where item.kind == .asset { try lineage(item, assets[key(item)]?.entry.lineage ?? []) }
    for name in applications.keys.sorted() {
      try inWarehouse(name) { application in
        try application.keepUsedColumns()
        try application.retireUnusedColumns()
      }
    }
  }

  private func hash(_ object: RegistryObject?) throws -> String? {
    guard let object, !object.isMention else { return nil }
    return try Registry.hash(of: object)
  }

  private func key(_ item: ObjectChange) -> RegistryObject.Key {
    let folds = (item.kind == .asset || item.kind == .routine) && warehouses[item.namespace]?.namespace.caseInsensitive == true
    return RegistryObject.Key(kind: item.kind, namespace: ExactText(item.namespace), name: ExactText(folds ? item.name.lowercased() : item.name))
  }

  private typealias Held = (
    assets: [RegistryObject.Key: ObjectReader.HeldAsset], routines: [RegistryObject.Key: ObjectReader.HeldRoutine], feeds: [RegistryObject.Key: FeedEntry]
  )

  /// The objects that changes are about, as they are now.
  private func held(_ changes: [ObjectChange]) throws -> Held {
    var result: Held = ([:], [:], [:])
    for (name, items) in Dictionary(grouping: changes, by: \.namespace) {
      guard let warehouse = warehouses[name] else { continue }
      func names(_ kind: RegistryObject.Kind) -> [String] { items.filter { $0.kind == kind }.map(\.name) }
      func key(_ object: RegistryObject) -> RegistryObject.Key { object.key(caseInsensitive: warehouse.namespace.caseInsensitive) }
      let assets = Set(try reader.ids("asset", names(.asset), warehouse).values)
      for item in try reader.assets(warehouse, only: assets) { result.assets[key(.asset(item.entry))] = item }
      let routines = Set(try reader.ids("routine", names(.routine), warehouse).values)
      for item in try reader.routines(warehouse, only: routines) { result.routines[key(.routine(item.entry))] = item }
      for item in try reader.feeds(warehouse, only: names(.feed)) { result.feeds[key(.feed(item))] = item }
    }
    return result
  }

  /// Runs what scans also do, in the same change.
  private mutating func inWarehouse(_ name: String, _ body: (inout ScanApplication) throws -> Void) throws {
    if applications[name] == nil {
      guard let namespace = warehouses[name]?.namespace else { throw StoreError.unexpected("no warehouse '\(name)'") }
      // no file is concerned: nothing retires of itself, names are looked up one by one
      applications[name] = try ScanApplication(ScanResult(namespace: namespace, roots: [], scope: .files([]), assets: []), change)
      applications[name]?.isExact = true
    }
    // out of the dictionary while it changes: what it knows of names would be copied
    guard var application = applications.removeValue(forKey: name) else { return }
    application.change = change
    try body(&application)
    change = application.change
    applications[name] = application
  }

  // MARK: assets

  private mutating func bring(_ item: ObjectChange, _ held: ObjectReader.HeldAsset?) throws {
    change.namespace = item.namespace
    guard case .asset(let entry)? = item.object, entry.isDefined else {
      // what nothing defines any more stays as a name where edges need it
      guard let held, held.known else { return }
      try readAgain(held.raw.definedAt?.file, item.namespace)
      return try inWarehouse(item.namespace) { try $0.retire(held.raw, held.id) }
    }
    var wanted = entry.asset
    wanted.definedAt = held?.raw.definedAt
    if let held, held.known, ObjectApplication.script(held.entry.asset) != ObjectApplication.script(entry.asset) {
      try readAgain(held.raw.definedAt?.file, item.namespace)
    }
    try inWarehouse(item.namespace) { application in
      try application.bring(wanted, try application.names.asset(wanted.name), old: held.map { ($0.raw, $0.known) })
    }
  }

  /// What of an asset scripts give: the rest is people's.
  private static func script(_ asset: Asset) -> Asset {
    var copy = asset
    (copy.layer, copy.status, copy.tags) = (nil, .active, [])
    (copy.description, copy.owner, copy.steward, copy.client) = (nil, nil, nil, nil)
    for index in copy.columns.indices { (copy.columns[index].description, copy.columns[index].classification) = (nil, nil) }
    return copy
  }

  /// What a script defines and a person has changed: the next scan reads the script again, or what it finds would depend on which files have changed.
  private func readAgain(_ file: String?, _ namespace: String) throws {
    guard let file, let warehouse = warehouses[namespace] else { return }
    try change.db.execute(sql: "UPDATE scan_file SET size = -1, hash = '' WHERE namespace_id = ? AND path = ?", arguments: [warehouse.id, file])
  }

  // MARK: lineage

  private mutating func lineage(_ item: ObjectChange, _ held: [DeclaredEdge]) throws {
    var wanted: [DeclaredEdge] = []
    var target = ObjectName(ObjectName.parts(reading: item.name))
    if case .asset(let entry)? = item.object {
      wanted = entry.lineage
      target = entry.asset.name
    }
    var before: [[ExactText]: ExactText] = [:]
    for edge in held { before[edge.identity] = ExactText(edge.expression) }
    func places(_ edge: DeclaredEdge) -> (LineagePlace, LineagePlace) {
      (
        LineagePlace(namespace: edge.sourceNamespace ?? item.namespace, reference: ColumnReference(asset: edge.source, column: edge.sourceColumn)),
        LineagePlace(namespace: item.namespace, reference: ColumnReference(asset: target, column: edge.column))
      )
    }
    let kept = Set(wanted.map(\.identity))
    var writer = try StatedEvidence(&change)
    for edge in held where !kept.contains(edge.identity) {
      let (source, end) = places(edge)
      guard let id = try writer.edge(source, end, edge.subtype, make: false) else { continue }
      try writer.end(id, source, end, edge.subtype, &change)
      try inWarehouse(item.namespace) { $0.summary.edges.retired += 1 }
    }
    for edge in wanted where before[edge.identity] != ExactText(edge.expression) {
      let (source, end) = places(edge)
      for place in [source, end] {
        try inWarehouse(place.namespace) { application in
          let asset = try application.referenced(place.reference.asset)
          if let column = place.reference.column { _ = try application.referenced(column, of: asset) }
        }
      }
      _ = try writer.declare(Declaration(source: source, target: end, subtype: edge.subtype, expression: edge.expression), &change)
    }
  }

  // MARK: routines and feeds

  /// What the change log says of a routine; its text is in `routine_text`.
  private struct RoutineNote: Encodable {
    var name: ObjectName
    var kind: RoutineKind
    var dialect: DialectName
    var parameters: [Parameter]
    var hash: String
    var version: Int

    init(_ entry: RoutineEntry, hash: String, version: Int) {
      (name, kind, dialect, parameters) = (entry.name, entry.kind, entry.dialect, entry.parameters)
      self.hash = hash
      self.version = version
    }
  }

  private mutating func bring(_ item: ObjectChange, _ held: ObjectReader.HeldRoutine?) throws {
    change.namespace = item.namespace
    let before = try held.map { try change.json(RoutineNote($0.entry, hash: $0.hash, version: $0.version)) }
    try readAgain(held?.file, item.namespace)
    if let held {
      try change.db.execute(
        sql: "UPDATE routine_version SET ended_change_id = ? WHERE routine_id = ? AND ended_change_id IS NULL", arguments: [change.id, held.id])
    }
    guard case .routine(let entry)? = item.object else {
      guard let held else { return }
      try change.note("routine", item.name, before: before, after: nil)
      return try forget(held, item)
    }
    var id: Int64 = 0
    try inWarehouse(item.namespace) { id = try $0.names.routine(entry.name) }
    let hash = ChangeWriter.contentHash(entry.source)
    let version = try RoutineRows.insert(entry, id: id, hash: hash, change)
    try change.note("routine", item.name, before: before, after: try change.json(RoutineNote(entry, hash: hash, version: version)))
  }

  /// What was found in a routine ends with it.
  private mutating func forget(_ routine: ObjectReader.HeldRoutine, _ item: ObjectChange) throws {
    try change.db.execute(
      sql: "UPDATE routine_analysis SET ended_change_id = ? WHERE routine_id = ? AND ended_change_id IS NULL", arguments: [change.id, routine.id])
    try change.db.execute(
      sql: "UPDATE edge_evidence SET ended_change_id = ? WHERE ended_change_id IS NULL AND unit_id IN (SELECT id FROM scan_unit WHERE routine_id = ?)",
      arguments: [change.id, routine.id])
    let edges = change.db.changesCount
    if edges > 0 { try change.note("edges", item.name, before: "{\"ended\":\(edges)}", after: nil) }
    try inWarehouse(item.namespace) { $0.summary.edges.retired += edges }
    let rows = try Row.fetchAll(
      change.db,
      sql: "SELECT * FROM unresolved WHERE ended_change_id IS NULL AND unit_id IN (SELECT id FROM scan_unit WHERE routine_id = ?)", arguments: [routine.id])
    for row in rows {
      let value = Unresolved(
        file: row["file"], line: row["line"], routine: routine.entry.name, reason: UnresolvedReason(rawValue: row["reason"]) ?? .unparsed, text: row["text"],
        hint: row["hint"])
      try change.db.execute(sql: "UPDATE unresolved SET ended_change_id = ? WHERE id = ?", arguments: [change.id, row["id"] as Int64])
      try change.note("unresolved", "\(value.file):\(value.line)", before: try change.json(value), after: nil)
    }
  }

  private mutating func bring(_ item: ObjectChange, _ held: FeedEntry?) throws {
    change.namespace = item.namespace
    guard let warehouse = warehouses[item.namespace] else { throw StoreError.unexpected("no warehouse '\(item.namespace)'") }
    if case .feed(let entry)? = item.object { return try registry.save(entry.feed, warehouse.id, &change) }
    guard let held else { return }
    try change.db.execute(
      sql: """
        UPDATE feed_version SET ended_change_id = ?
         WHERE ended_change_id IS NULL AND feed_id IN (SELECT id FROM feed WHERE namespace_id = ? AND name = ?)
        """, arguments: [change.id, warehouse.id, item.name])
    try change.note("feed", item.name, before: try change.json(held.feed), after: nil)
  }
}

extension StatedEvidence {
  /// Ends what people have declared of an edge.
  func end(_ edge: Int64, _ source: LineagePlace, _ target: LineagePlace, _ subtype: EdgeSubtype, _ change: inout ChangeWriter) throws {
    for row in try held(edge, .declared) {
      try end(row.id, change)
      let note = Note(kind: subtype.kind, subtype: subtype, origin: .declared, expression: row.text)
      change.namespace = target.namespace
      try change.note("edge", subject(source, target), before: try change.json(note), after: nil)
    }
  }
}
