import Cadastre
import CadastreExchange
import CadastreModel
import CadastreStore
import Foundation
import GoldenSupport
import Testing

/// Two copies of a random registry, edited by chance and merged.
@Suite struct MergePropertyTests {
  static let seeds: [UInt64] = {
    let all = ManifestPropertyTests.seeds
    let isAsked = ManifestPropertyTests.isFull || ProcessInfo.processInfo.environment["CADASTRE_SEEDS"] != nil
    return isAsked ? all : Array(all.prefix(5))
  }()

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  // MARK: edits

  /// One thing that is edited: what two edits of different slots do never meets.
  struct Slot {
    var label: String
    var key: [String]
    /// Of the object as it is; `side` makes what two do to one slot differ. `nil`: it goes.
    var edit: (RegistryObject, String) -> RegistryObject?
  }

  static func id(_ object: RegistryObject) -> [String] { [object.kind.rawValue, object.namespace, object.name] }

  static func asset(_ object: RegistryObject, _ label: String, _ edit: @escaping (inout AssetEntry, String) -> Void) -> Slot {
    Slot(label: label, key: id(object)) { object, side in
      guard case .asset(var entry) = object else { return object }
      edit(&entry, side)
      return .asset(entry)
    }
  }

  static func feed(_ object: RegistryObject, _ label: String, _ edit: @escaping (inout Feed, String) -> Void) -> Slot {
    Slot(label: label, key: id(object)) { object, side in
      guard case .feed(var entry) = object else { return object }
      edit(&entry.feed, side)
      return .feed(entry)
    }
  }

  static func slots(_ objects: [RegistryObject], _ random: inout SplitMix64) -> [Slot] {
    var result: [Slot] = []
    for object in objects where object.kind != .namespace && !object.isMention {
      if random.next() % 6 == 0 {
        result.append(Slot(label: "", key: id(object)) { _, _ in nil })
        continue
      }
      switch object {
      case .asset(let entry) where entry.isDefined:
        result.append(asset(object, "owner") { $0.asset.owner = "owner of \($1)" })
        result.append(asset(object, "description") { $0.asset.description = "said by \($1)" })
        result.append(asset(object, "client") { $0.asset.client = "client of \($1)" })
        result.append(asset(object, "constraints") { entry, side in entry.asset.constraints = [Constraint(kind: .check, name: "c", expression: side)] })
        result.append(asset(object, "indexes") { entry, side in entry.asset.indexes.append(Index(name: "i_\(side)", columns: [])) })
        for column in entry.asset.columns {
          let label = "columns." + ObjectName.renderedPart(column.name)
          result.append(
            asset(object, label + ".description") { entry, side in
              for index in entry.asset.columns.indices where ExactText(entry.asset.columns[index].name) == ExactText(column.name) {
                entry.asset.columns[index].description = "said by \(side)"
              }
            })
          result.append(
            asset(object, label + ".native_type") { entry, side in
              for index in entry.asset.columns.indices where ExactText(entry.asset.columns[index].name) == ExactText(column.name) {
                entry.asset.columns[index].nativeType = "type_\(side)"
              }
            })
        }
        for edge in entry.lineage {
          result.append(
            asset(object, "lineage") { entry, side in
              for index in entry.lineage.indices where entry.lineage[index].identity == edge.identity { entry.lineage[index].expression = "by \(side)" }
            })
        }
      case .routine: result.append(
        Slot(label: "source", key: id(object)) { object, side in
          guard case .routine(var entry) = object else { return object }
          entry.source = "-- \(side)"
          return .routine(entry)
        })
      case .feed:
        result.append(feed(object, "contact") { $0.contact = "contact of \($1)" })
        result.append(feed(object, "schedule") { feed, side in feed.schedule = "1 1 * * \(side.utf8.count)" })
      default: break
      }
    }
    for index in result.indices.reversed() { result.swapAt(index, Int(random.next() % UInt64(index + 1))) }
    return result
  }

  /// What both sides add, each its own: `a...` before `b...`.
  static func additions(_ objects: [RegistryObject]) -> [Slot] {
    objects.compactMap { object in
      guard case .asset(let entry) = object, entry.isDefined else { return nil }
      return asset(object, "added") { entry, side in
        entry.asset.columns.append(Column(name: "\(side)_added", ordinal: (entry.asset.columns.last?.ordinal ?? 0) + 1, nativeType: "int"))
        entry.asset.tags.append("\(side) tag")
        entry.asset.options["\(side) option"] = side
      }
    }
  }

  // MARK: registries

  func registry(_ name: String) -> Registry { Registry(path: folder.appending(path: name).path) }

  static func author(_ command: String, _ reason: String) -> ChangeAuthor { RegistryLocation.author(command: command, reason: reason, actor: "ann") }

  func base(_ seed: UInt64) throws -> Registry {
    let registry = registry("base.db")
    try registry.create()
    let objects = RandomRegistry(seed: seed).objects.map { object in
      guard case .asset(var entry) = object else { return object }
      // a list with one name twice is one value
      entry.asset.tags = []
      if entry.asset.indexes.contains(where: { $0.name == nil }) || entry.asset.indexes.count > 1 { entry.asset.indexes = [] }
      return .asset(entry)
    }
    _ = try registry.bring(
      objects.map { ObjectChange(kind: $0.kind, namespace: $0.namespace, name: $0.name, basis: nil, object: $0) }, by: Self.author("test", "base"))
    return registry
  }

  func copy(_ registry: Registry, _ name: String) throws -> Registry {
    _ = try registry.backup(to: self.registry(name).path)
    return self.registry(name)
  }

  func edit(_ registry: Registry, _ slots: [Slot], _ side: String) throws {
    var changes: [ObjectChange] = []
    for object in try registry.objects() where object.kind != .namespace && !object.isMention {
      var edited: RegistryObject? = object
      for slot in slots where slot.key == Self.id(object) { edited = edited.flatMap { slot.edit($0, side) } }
      changes.append(
        ObjectChange(kind: object.kind, namespace: object.namespace, name: object.name, basis: try Registry.hash(of: object), object: edited))
    }
    _ = try registry.bring(changes, by: Self.author("test", side))
  }

  func state(_ registry: Registry) throws -> [String: String] {
    var result: [String: String] = [:]
    for object in try registry.objects() where !object.isMention { result[Self.id(object).joined(separator: " ")] = object.manifestText }
    return result
  }

  func merge(_ registry: Registry, _ other: Registry, _ all: MergeSide? = nil) throws -> MergeRegistries.Report {
    try MergeRegistries(registry: registry, other: other).merge(MergeDecisions(all: all), reason: nil) { Self.author($0, $1) }
  }

  func unlike(_ left: Registry, _ right: Registry) throws -> [String] {
    let (mine, other) = (try state(left), try state(right))
    return Set(mine.keys).union(other.keys).filter { mine[$0].map(ExactText.init) != other[$0].map(ExactText.init) }
      .map { "\(mine[$0] ?? "nothing")\nand\n\(other[$0] ?? "nothing")" }
  }

  // MARK: properties

  @Test(arguments: seeds) func disjointEditsComeTogether(_ seed: UInt64) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let base = try base(seed)
    var random = SplitMix64(seed: seed &+ 77)
    let objects = try base.objects()
    let slots = Self.slots(objects, &random)
    let both = Self.additions(objects).filter { addition in !slots.contains { $0.label.isEmpty && $0.key == addition.key } }
    let cut = slots.count / 2
    let (a, b, all) = (try copy(base, "a.db"), try copy(base, "b.db"), try copy(base, "all.db"))
    try edit(a, Array(slots[..<cut]) + both, "a")
    try edit(b, Array(slots[cut...]) + both, "b")
    try edit(all, Array(slots[..<cut]) + both, "a")
    try edit(all, Array(slots[cut...]) + both, "b")
    let (mine, theirs) = (try copy(a, "mine.db"), try copy(b, "theirs.db"))
    let first = try merge(mine, b)
    #expect(first.conflicts.isEmpty, "seed \(seed): \(first.conflicts)")
    #expect(first.base.origin == .shared && first.base.change == 1)
    let second = try merge(theirs, a)
    #expect(second.conflicts.isEmpty, "seed \(seed): \(second.conflicts)")
    #expect(try unlike(mine, theirs).isEmpty, "seed \(seed)")
    #expect(try unlike(mine, all).isEmpty, "seed \(seed)")
    // again, and the other way round
    for (one, other) in [(mine, b), (theirs, a), (mine, theirs), (b, mine), (theirs, mine), (mine, b)] {
      let again = try merge(one, other)
      #expect(again.conflicts.isEmpty && (again.plan.isEmpty || one.path == b.path), "seed \(seed): \(again.conflicts)")
    }
    #expect(try unlike(b, mine).isEmpty, "seed \(seed)")
    #expect(try mine.verify().isEmpty)
  }

  @Test(arguments: seeds) func identicalEditsAreNone(_ seed: UInt64) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let base = try base(seed)
    var random = SplitMix64(seed: seed &+ 78)
    let objects = try base.objects()
    let slots = Self.slots(objects, &random)
    let (a, b) = (try copy(base, "a.db"), try copy(base, "b.db"))
    try edit(a, slots, "same")
    try edit(b, slots.reversed(), "same")
    let report = try merge(a, b)
    #expect(report.conflicts.isEmpty && report.plan.isEmpty && report.change == nil, "seed \(seed): \(report.conflicts)")
  }

  @Test(arguments: seeds) func overlappingEditsAreConflicts(_ seed: UInt64) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let base = try base(seed)
    var random = SplitMix64(seed: seed &+ 79)
    let objects = try base.objects()
    let slots = Self.slots(objects, &random).filter { !$0.label.isEmpty && $0.label != "indexes" && $0.label != "schedule" }
    guard let met = slots.first else { return }
    let cut = slots.count / 2
    let (a, b) = (try copy(base, "a.db"), try copy(base, "b.db"))
    try edit(a, Array(slots[..<max(1, cut)]), "a")
    try edit(b, [met] + slots[max(1, cut)...], "b")
    let (before, log) = (try state(a), try a.changes())
    let report = try merge(a, b)
    let conflict = try #require(report.conflicts.first)
    #expect(report.conflicts.count == 1 && report.change == nil, "seed \(seed): \(report.conflicts)")
    #expect([conflict.kind.rawValue, conflict.namespace, conflict.name] == met.key)
    #expect(conflict.field.hasPrefix(met.label), "seed \(seed): \(conflict.field), expected \(met.label)")
    #expect(try state(a) == before && a.changes() == log)
    // each side's word, and the other's disjoint edits in any case
    let (mine, theirs) = (try copy(a, "mine.db"), try copy(a, "theirs.db"))
    let (kept, taken) = (try merge(mine, b, .ours), try merge(theirs, b, .theirs))
    #expect(kept.open == 0 && taken.open == 0 && taken.change == log.last.map { $0.id + 1 })
    try edit(a, Array(slots[max(1, cut)...]), "b")
    #expect(try unlike(mine, a).isEmpty, "seed \(seed)")
    try edit(a, [met], "b")
    #expect(try unlike(theirs, a).isEmpty, "seed \(seed)")
    // what was decided stays decided
    let again = try merge(theirs, b)
    #expect(again.conflicts.isEmpty && again.plan.isEmpty)
  }

  @Test func removedHereAndChangedThere() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let base = registry("base.db")
    try base.create()
    let namespace = RegistryObject.namespace(Namespace(name: "w", dialect: .tsql, caseInsensitive: true))
    func table(_ name: String) -> RegistryObject {
      .asset(AssetEntry(namespace: "w", asset: Asset(name: ObjectName(["dbo", name]), kind: .table, columns: [Column(name: "id", ordinal: 1)], dialect: .tsql)))
    }
    let objects = [namespace, table("t"), table("u")]
    _ = try base.bring(
      objects.map { ObjectChange(kind: $0.kind, namespace: $0.namespace, name: $0.name, basis: nil, object: $0) }, by: Self.author("test", "base"))
    let (a, b) = (try copy(base, "a.db"), try copy(base, "b.db"))
    let gone = [table("t"), table("u")].map { Slot(label: "", key: Self.id($0)) { _, _ in nil } }
    let owner = Self.asset(table("t"), "owner") { entry, side in entry.asset.owner = side }
    try edit(a, gone, "a")
    try edit(b, [owner], "b")
    for (one, other, word) in [(a, b, "ours"), (b, a, "theirs")] {
      let report = try merge(one, other)
      #expect(report.conflicts.map(\.name) == ["dbo.t"] && report.conflicts[0].field.isEmpty, "\(word)")
    }
    // the one that nobody has changed goes
    #expect(try merge(b, a, .ours).plan.items.map { $0.action } == [.remove])
    #expect(try state(b).keys.sorted() == ["asset w dbo.t", "namespace w w"])
    #expect(try merge(a, b).plan.isEmpty == false)
  }

  /// A key that one side has made on a column that the other has removed.
  @Test func aKeyOnARemovedColumn() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let base = registry("base.db")
    try base.create()
    let namespace = RegistryObject.namespace(Namespace(name: "w", dialect: .tsql, caseInsensitive: true))
    let columns = ["id", "x", "y"].enumerated().map { Column(name: $1, ordinal: $0 + 1) }
    let table = RegistryObject.asset(AssetEntry(namespace: "w", asset: Asset(name: ObjectName(["dbo", "t"]), kind: .table, columns: columns, dialect: .tsql)))
    _ = try base.bring(
      [namespace, table].map { ObjectChange(kind: $0.kind, namespace: $0.namespace, name: $0.name, basis: nil, object: $0) }, by: Self.author("test", "base"))
    let (a, b) = (try copy(base, "a.db"), try copy(base, "b.db"))
    try edit(a, [Self.asset(table, "columns") { entry, _ in entry.asset.columns.removeLast() }], "a")
    try edit(b, [Self.asset(table, "indexes") { entry, _ in entry.asset.indexes = [Index(name: "i", columns: [KeyColumn("Y")])] }], "b")
    let report = try merge(a, b)
    #expect(report.conflicts.map(\.field) == ["columns.Y"] && report.change == nil)
    #expect(try merge(a, b, .theirs).change == 3)
    guard case .asset(let entry)? = try a.objects().last else { return }
    #expect(entry.asset.columns.count == 3 && entry.asset.indexes.count == 1)
  }
}
