internal import CadastreDiagnostics
internal import CadastreExchange
internal import CadastreModel
internal import CadastreStore

/// Compares objects as they are to be with a registry, and says what is wrong with them (X020...X024).
struct PlanBuilder {
  private typealias Key = RegistryObject.Key

  private var warehouses: [ExactText: Namespace] = [:]
  private var held: [Key: RegistryObject] = [:]
  private var wanted: [(key: Key, manifest: ReadManifest)] = []
  private var findings: [Diagnostic] = []
  /// Where edges may begin and end: the columns of every asset that there will be, by their folded names, as they are spelled.
  private var places: [Key: (name: ObjectName, columns: [ExactText: String])] = [:]

  init(held objects: [RegistryObject]) {
    for case .namespace(let namespace) in objects { warehouses[ExactText(namespace.name)] = namespace }
    for object in objects { held[key(object)] = object }
  }

  private func key(_ object: RegistryObject) -> Key { object.key(caseInsensitive: folds(object.namespace)) }

  private func folds(_ namespace: String) -> Bool { warehouses[ExactText(namespace)]?.caseInsensitive ?? false }

  private func folded(_ text: String, _ namespace: String) -> ExactText { ExactText(folds(namespace) ? text.lowercased() : text) }

  private mutating func add(_ code: String, _ message: String, _ manifest: ReadManifest, at position: SourcePosition? = nil) {
    findings.append(Diagnostic(code: code, severity: .error, message: message, file: manifest.file, position: position ?? manifest.position))
  }

  /// - Parameter prune: what the mentioned warehouses hold and the input does not is to go.
  mutating func plan(_ manifests: [ReadManifest], prune: Bool) throws -> RegistryPlan {
    takeNamespaces(manifests)
    takeObjects(manifests)
    let mentioned = Set(wanted.map { $0.key.namespace })
    let keys = Set(wanted.map(\.key))
    let left = held.filter { key, object in
      !keys.contains(key) && mentioned.contains(key.namespace) && key.kind != .namespace && !object.isMention
    }
    collectPlaces(without: prune ? Set(left.keys) : [])
    for index in wanted.indices { resolveLineage(index) }
    guard findings.isEmpty else { throw ManifestFailure.findings(findings.sorted { ($0.file, $0.position?.line ?? 0) < ($1.file, $1.position?.line ?? 0) }) }
    var plan = RegistryPlan(items: [], left: prune ? 0 : left.count)
    for item in wanted { if let due = try due(item.key, item.manifest) { plan.items.append(due) } }
    if prune {
      for object in left.values {
        let change = ObjectChange(kind: object.kind, namespace: object.namespace, name: object.name, basis: try Registry.hash(of: object), object: nil)
        plan.items.append(RegistryPlan.Item(action: .remove, change: change, file: nil, fields: []))
      }
    }
    plan.items.sort {
      let (mine, theirs) = ($0.change, $1.change)
      if mine.kind != theirs.kind { return mine.kind < theirs.kind }
      if mine.namespace != theirs.namespace { return mine.namespace.utf8.lexicographicallyPrecedes(theirs.namespace.utf8) }
      return mine.name.utf8.lexicographicallyPrecedes(theirs.name.utf8)
    }
    return plan
  }

  private func due(_ key: Key, _ manifest: ReadManifest) throws -> RegistryPlan.Item? {
    let object = manifest.object
    let old = held[key].flatMap { $0.isMention ? nil : $0 }
    if old == nil, object.isMention { return nil }
    let fields = old.map { FieldDifference.between($0, object) } ?? []
    if old != nil, fields.isEmpty { return nil }
    let change = ObjectChange(
      kind: object.kind, namespace: object.namespace, name: object.name, basis: try old.map { try Registry.hash(of: $0) }, object: object)
    return RegistryPlan.Item(action: old == nil ? .create : .change, change: change, file: manifest.file.isEmpty ? nil : manifest.file, fields: fields)
  }

  // MARK: what is given

  private mutating func takeNamespaces(_ manifests: [ReadManifest]) {
    for manifest in manifests {
      guard case .namespace(let namespace) = manifest.object else { continue }
      let name = ExactText(namespace.name)
      if let old = warehouses[name], held[key(manifest.object)] != nil, old != namespace {
        add(
          "X022",
          "expected namespace '\(namespace.name)' to stay \(old.dialect.rawValue) with case_insensitive \(old.caseInsensitive), found "
            + "\(namespace.dialect.rawValue) and \(namespace.caseInsensitive); names are compared by it, make a namespace of another name", manifest)
        continue
      }
      warehouses[name] = namespace
    }
  }

  private mutating func takeObjects(_ manifests: [ReadManifest]) {
    var first: [Key: ReadManifest] = [:]
    for manifest in manifests {
      let object = manifest.object
      guard warehouses[ExactText(object.namespace)] != nil else {
        let known = warehouses.keys.map(\.text).sorted()
        let mend = Spelling.nearest(object.namespace, among: known).map { "; did you mean '\($0)'?" } ?? "; add a manifest of that namespace"
        add("X021", "expected a namespace of the registry or of the manifests, found '\(object.namespace)'" + mend, manifest)
        continue
      }
      let key = key(object)
      if let other = first.updateValue(manifest, forKey: key) {
        add(
          "X020",
          "expected one manifest for each object, found a second for \(object.kind.rawValue) '\(object.name)' (the first: "
            + "\(other.file):\(other.position.line)); remove one", manifest)
        continue
      }
      checkColumns(manifest)
      wanted.append((key, manifest))
    }
  }

  /// Columns that are one where case does not count.
  private mutating func checkColumns(_ manifest: ReadManifest) {
    guard case .asset(let entry) = manifest.object else { return }
    var seen: Set<ExactText> = []
    for column in entry.asset.columns where !seen.insert(folded(column.name, entry.namespace)).inserted {
      add("X014", "expected each column once, found '\(column.name)' again; case does not count in '\(entry.namespace)'", manifest)
    }
  }

  // MARK: lineage

  private mutating func collectPlaces(without removed: Set<Key>) {
    for (key, object) in held where !removed.contains(key) { collect(key, object) }
    for item in wanted { collect(item.key, item.manifest.object) }
  }

  private mutating func collect(_ key: Key, _ object: RegistryObject) {
    guard case .asset(let entry) = object else { return }
    var columns: [ExactText: String] = [:]
    for name in entry.undefinedColumns + entry.asset.columns.map(\.name) { columns[folded(name, entry.namespace)] = name }
    places[key] = (entry.asset.name, columns)
  }

  /// Finds the ends of an asset's declared edges, and spells them as the assets do.
  private mutating func resolveLineage(_ index: Int) {
    let manifest = wanted[index].manifest
    guard case .asset(var entry) = manifest.object, !entry.lineage.isEmpty else { return }
    let own = places[wanted[index].key]?.columns ?? [:]
    for position in entry.lineage.indices {
      let place = position < manifest.lineagePositions.count ? manifest.lineagePositions[position] : manifest.position
      var edge = entry.lineage[position]
      if edge.sourceNamespace == entry.namespace { edge.sourceNamespace = nil }
      let namespace = edge.sourceNamespace ?? entry.namespace
      let name = edge.source.rendered
      guard let source = places[Key(kind: .asset, namespace: ExactText(namespace), name: folded(name, namespace))] else {
        // what was meant is looked for among all assets: only for the first findings
        let known = findings.count < 20 ? places.filter { $0.key.namespace == ExactText(namespace) }.map(\.value.name.rendered).sorted() : []
        let mend = Spelling.nearest(name, among: known).map { "; did you mean '\($0)'?" } ?? "; add its manifest, with 'defined: false' where nothing defines it"
        add("X023", "expected an edge to begin at an asset, found '\(name)', which '\(namespace)' does not hold" + mend, manifest, at: place)
        continue
      }
      edge.source = source.name
      guard let column = source.columns[folded(edge.sourceColumn, namespace)] else {
        missing(edge.sourceColumn, source.name, source.columns, manifest, place)
        continue
      }
      edge.sourceColumn = column
      if let target = edge.column {
        guard let column = own[folded(target, entry.namespace)] else {
          missing(target, entry.asset.name, own, manifest, place)
          continue
        }
        edge.column = column
      }
      if edge.source == entry.asset.name, namespace == entry.namespace, edge.sourceColumn == edge.column {
        add("X023", "expected an edge between two columns, found '\(edge.sourceColumn)' at both ends; leave it out", manifest, at: place)
      }
      entry.lineage[position] = edge
    }
    entry.lineage.sort()
    let ends = Set(entry.lineage.map(\.identity))
    if ends.count < entry.lineage.count { add("X014", "expected each edge once, found one twice; leave one out", manifest) }
    wanted[index].manifest.object = .asset(entry)
  }

  private mutating func missing(
    _ column: String, _ asset: ObjectName, _ columns: [ExactText: String], _ manifest: ReadManifest, _ place: SourcePosition
  ) {
    let mend = Spelling.nearest(column, among: columns.values.sorted()).map { "; did you mean '\($0)'?" } ?? "; add it, under 'undefined_columns' where nothing defines it"
    add("X023", "expected a column of \(asset.rendered), found '\(column)', which it does not have" + mend, manifest, at: place)
  }
}
