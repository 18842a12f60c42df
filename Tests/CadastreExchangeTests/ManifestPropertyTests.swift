import Cadastre
import CadastreDiagnostics
import CadastreExchange
import CadastreModel
import CadastreStore
import Foundation
import GoldenSupport
import Testing

/// Random registries through manifests and back: ten manifests a seed.
@Suite struct ManifestPropertyTests {
  static let isFull = ProcessInfo.processInfo.environment["CADASTRE_FULL"] != nil

  /// `CADASTRE_SEEDS=20-40` asks for others.
  static let seeds: [UInt64] = {
    let asked = (ProcessInfo.processInfo.environment["CADASTRE_SEEDS"] ?? "").split(separator: "-").compactMap { UInt64($0) }
    if let first = asked.first, let last = asked.last, first <= last { return Array(first...last) }
    return Array(1...(isFull ? 100 : 10))
  }()

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func exchange(_ name: String) throws -> ManifestExchange {
    let registry = Registry(path: folder.appending(path: name).path)
    try registry.create()
    return ManifestExchange(registry: registry)
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  static func author(_ reason: String) -> ChangeAuthor { RegistryLocation.author(command: "test", reason: reason, actor: "ann") }

  /// Writes manifests as people might: other file names, CRLF, a byte order mark.
  func write(_ objects: [RegistryObject], to name: String, seed: UInt64) throws {
    let root = folder.appending(path: name)
    try? FileManager.default.removeItem(at: root)
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    for (index, object) in objects.enumerated() {
      var text = object.manifestText
      // a CR within a text is escaped: line ends are only the file's
      #expect(!text.utf8.contains(0x0D))
      if (seed + UInt64(index)) % 4 == 1 { text = text.replacingOccurrences(of: "\n", with: "\r\n") }
      if (seed + UInt64(index)) % 5 == 1 { text = "\u{FEFF}" + text }
      try Data(text.utf8).write(to: root.appending(path: "\(index).yml"))
    }
  }

  func files(_ name: String) throws -> [String: Data] {
    var result: [String: Data] = [:]
    let names = try #require(FileManager.default.enumerator(atPath: path(name)))
    while let item = names.nextObject() as? String {
      if let data = FileManager.default.contents(atPath: path(name) + "/" + item), !item.hasPrefix(".") { result[item] = data }
    }
    return result
  }

  @Test(arguments: seeds) func readsWhatItWrites(_ seed: UInt64) throws {
    for object in RandomRegistry(seed: seed).objects {
      let (manifest, findings) = ManifestReader.read(Array(object.manifestText.utf8), file: "m.yaml")
      #expect(findings.isEmpty, "seed \(seed): \(findings.map { $0.rendered() })\n\(object.manifestText)")
      guard let read = manifest?.object else { continue }
      #expect(read == object, "seed \(seed): \(FieldDifference.between(object, read))")
      #expect(FieldDifference.between(object, read).isEmpty, "seed \(seed)")
      #expect(read.manifestText == object.manifestText)
    }
  }

  @Test(arguments: seeds) func applyingConverges(_ seed: UInt64) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let random = RandomRegistry(seed: seed)
    let first = try exchange("a.db")
    try write(random.objects, to: "in", seed: seed)
    #expect(try !first.plan(path("in")).isEmpty)
    let done = try first.apply(path("in"), by: Self.author("first"))
    #expect(done.change == 1)
    try isSettled(first, "in", seed)
    // the same in an empty registry
    _ = try first.export(to: path("out1"))
    let second = try exchange("b.db")
    _ = try second.apply(path("out1"), by: Self.author("copy"))
    _ = try second.export(to: path("out2"))
    #expect(try files("out1") == files("out2"), "seed \(seed)")
    // changed, shortened and grown
    try write(random.edited(seed: seed &+ 1_000), to: "edited", seed: seed)
    let plan = try first.plan(path("edited"), prune: true)
    try Data(plan.json(saved: true)).write(to: folder.appending(path: "plan.json"))
    #expect(try first.apply(path("plan.json"), by: Self.author("edit")).change == 2)
    #expect(try first.apply(path("plan.json"), by: Self.author("again")).change == nil)
    try isSettled(first, "edited", seed)
    _ = try second.apply(path("edited"), prune: true, by: Self.author("edit"))
    _ = try first.export(to: path("out1"))
    _ = try second.export(to: path("out2"))
    #expect(try files("out1") == files("out2"), "seed \(seed) after the edit")
    let third = try exchange("c.db")
    _ = try third.apply(path("out1"), by: Self.author("copy"))
    _ = try third.export(to: path("out3"))
    #expect(try files("out1") == files("out3"), "seed \(seed) in an empty registry")
    #expect(try third.registry.verify().isEmpty)
  }

  /// A second plan has nothing to do, a second apply records nothing.
  private func isSettled(_ exchange: ManifestExchange, _ name: String, _ seed: UInt64) throws {
    for prune in [false, true] {
      let plan = try exchange.plan(path(name), prune: prune)
      #expect(plan.isEmpty, "seed \(seed), \(name): \(plan.items.map { ($0.action, $0.change.described, $0.fields) })")
    }
    #expect(try exchange.apply(path(name), prune: true, by: Self.author("again")).change == nil)
    #expect(try exchange.registry.verify().isEmpty)
  }
}
