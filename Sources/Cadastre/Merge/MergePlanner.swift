internal import CadastreExchange
internal import CadastreModel
internal import CadastreStore

/// Compares three states of a registry object by object.
struct MergePlanner {
  private typealias Key = RegistryObject.Key

  /// One object in the three states; what only edges name is not there.
  private struct States {
    var base: RegistryObject?
    var ours: RegistryObject?
    var theirs: RegistryObject?
    var oursHash: String?
    var any: RegistryObject? { ours ?? theirs ?? base }
  }

  private let decisions: MergeDecisions
  private var warehouses: [ExactText: Namespace] = [:]
  private var states: [Key: States] = [:]
  private var hashes: [Key: (base: String?, theirs: String?)] = [:]
  private(set) var plan = RegistryPlan(items: [], left: 0)
  private(set) var conflicts: [MergeConflict] = []

  /// - Throws: `.namespaces` where a warehouse compares names in another way there.
  init(base: [RegistryObject], ours: [RegistryObject], theirs: [RegistryObject], decisions: MergeDecisions) throws {
    self.decisions = decisions
    var unlike: [String] = []
    for case .namespace(let namespace) in ours { warehouses[ExactText(namespace.name)] = namespace }
    for case .namespace(let namespace) in theirs {
      if let mine = warehouses.updateValue(namespace, forKey: ExactText(namespace.name)), mine != namespace { unlike.append(namespace.name) }
    }
    guard unlike.isEmpty else { throw MergeFailure.unlikeNamespaces(unlike) }
    for (object, hash) in try MergePlanner.hashed(base) {
      let key = key(object)
      states[key, default: States()].base = object
      hashes[key, default: (nil, nil)].base = hash
    }
    for (object, hash) in try MergePlanner.hashed(ours) {
      states[key(object), default: States()].ours = object
      states[key(object), default: States()].oursHash = hash
    }
    for (object, hash) in try MergePlanner.hashed(theirs) {
      let key = key(object)
      states[key, default: States()].theirs = object
      hashes[key, default: (nil, nil)].theirs = hash
    }
  }

  private func key(_ object: RegistryObject) -> Key { object.key(caseInsensitive: folds(object.namespace)) }

  private func folds(_ namespace: String) -> Bool { warehouses[ExactText(namespace)]?.caseInsensitive ?? false }

  private static func hashed(_ objects: [RegistryObject]) throws -> [(RegistryObject, String)] {
    let held = objects.filter { !$0.isMention }
    let hashes = Workers.map(held, minimum: 256) { part in part.map { object in Result { try Registry.hash(of: object) } } }
    return try zip(held, hashes).map { ($0, try $1.get()) }
  }

  mutating func run() throws {
    try checkDecisions()
    for (key, state) in states {
      let hashes = hashes[key] ?? (nil, nil)
      // what the other has not changed stays, as does a warehouse
      guard hashes.theirs != state.oursHash, hashes.theirs != hashes.base, let any = state.any, any.kind != .namespace || state.ours == nil else { continue }
      if state.oursHash == hashes.base {
        add(state, state.theirs)
      } else {
        merge(state, any)
      }
    }
    plan.items.sort { MergePlanner.precedes(MergePlanner.texts($0.change), MergePlanner.texts($1.change)) }
    conflicts.sort { MergePlanner.precedes($0.texts, $1.texts) }
  }

  private static func texts(_ change: ObjectChange) -> [String] { [change.kind.rank, change.namespace, change.name] }

  private static func precedes(_ left: [String], _ right: [String]) -> Bool {
    left.lexicographicallyPrecedes(right) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Every object that a decision names is one of the three states.
  private func checkDecisions() throws {
    guard !decisions.objects.isEmpty else { return }
    var known: Set<ExactText> = []
    for state in states.values { if let any = state.any { known.insert(label(any)) } }
    let unknown = decisions.objects.filter { !known.contains(folded($0.object)) }.map(\.object)
    guard unknown.isEmpty else { throw MergeFailure.unknownObjects(unknown) }
    var sides: [ExactText: MergeSide] = [:]
    for decision in decisions.objects {
      if let other = sides.updateValue(decision.side, forKey: folded(decision.object)), other != decision.side { throw MergeFailure.decidedTwice(decision.object) }
    }
  }

  /// `NAMESPACE/OBJECT`, as the warehouse compares names.
  private func label(_ object: RegistryObject) -> ExactText { folded(object.namespace + "/" + object.name) }

  private func folded(_ label: String) -> ExactText {
    let warehouse = warehouses.keys.filter { label.hasPrefix($0.text + "/") }.max { $0.text.utf8.count < $1.text.utf8.count }
    guard let warehouse, folds(warehouse.text) else { return ExactText(label) }
    return ExactText(warehouse.text + label.dropFirst(warehouse.text.count).lowercased())
  }

  private func decision(_ object: RegistryObject) -> MergeSide? {
    guard !decisions.objects.isEmpty else { return decisions.all }
    let label = label(object)
    return decisions.objects.first { folded($0.object) == label }?.side ?? decisions.all
  }

  // MARK: one object

  private mutating func merge(_ state: States, _ any: RegistryObject) {
    let side = decision(any)
    if let base = state.base, let ours = state.ours, let theirs = state.theirs {
      var rule = ThreeWay(folds: folds(any.namespace), decision: side)
      let merged = rule.object(base, ours, theirs)
      note(rule.conflicts, state, side)
      add(state, merged)
      return
    }
    if let ours = state.ours, let theirs = state.theirs {
      // both have made it
      for difference in FieldDifference.between(ours, theirs) {
        conflicts.append(conflict(any, difference.path, nil, difference.before, difference.after, side))
      }
    } else {
      // one has removed what the other has changed
      func word(_ object: RegistryObject?) -> ManifestValue? { object.map { .text(ThreeWayWord.word(state.base, $0)) } }
      conflicts.append(conflict(any, "", state.base.map { _ in .text("there") }, word(state.ours), word(state.theirs), side))
    }
    add(state, side == .theirs ? state.theirs : state.ours)
  }

  private mutating func note(_ paths: [[String]], _ state: States, _ side: MergeSide?) {
    guard let ours = state.ours, !paths.isEmpty else { return }
    let (base, mine, theirs) = (state.base?.manifest, ours.manifest, state.theirs?.manifest)
    var found = paths.map { path in
      conflict(ours, FieldDifference.path(path), base?.value(at: path), mine.value(at: path), theirs?.value(at: path), side)
    }
    // of fields that stand and fall together those that are the same say nothing
    let different = found.filter { $0.ours != $0.theirs }
    if !different.isEmpty { found = different }
    conflicts += found
  }

  private func conflict(
    _ object: RegistryObject, _ field: String, _ base: ManifestValue?, _ ours: ManifestValue?, _ theirs: ManifestValue?, _ side: MergeSide?
  ) -> MergeConflict {
    MergeConflict(kind: object.kind, namespace: object.namespace, name: object.name, field: field, base: base, ours: ours, theirs: theirs, taken: side)
  }

  private mutating func add(_ state: States, _ object: RegistryObject?) {
    guard let named = object ?? state.ours else { return }
    let fields = state.ours.flatMap { mine in object.map { FieldDifference.between(mine, $0) } } ?? []
    if state.ours != nil, object != nil, fields.isEmpty { return }
    let change = ObjectChange(kind: named.kind, namespace: named.namespace, name: named.name, basis: state.oursHash, object: object)
    plan.items.append(
      RegistryPlan.Item(action: state.ours == nil ? .create : object == nil ? .remove : .change, change: change, file: nil, fields: fields))
  }
}

/// What one side did to an object that the other has removed, in a word.
private enum ThreeWayWord {
  static func word(_ base: RegistryObject?, _ now: RegistryObject) -> String {
    guard let base else { return "new" }
    let fields = FieldDifference.between(base, now).map(\.path)
    return "changed: " + fields.prefix(5).joined(separator: ", ") + (fields.count > 5 ? " and \(fields.count - 5) others" : "")
  }
}

extension RegistryObject.Kind {
  /// Sorts as the kinds do.
  fileprivate var rank: String { RegistryObject.Kind.allCases.firstIndex(of: self).map(String.init) ?? "" }
}

extension MergeConflict {
  fileprivate var texts: [String] { [kind.rank, namespace, name, field] }
}
