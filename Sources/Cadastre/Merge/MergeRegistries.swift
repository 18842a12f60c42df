public import CadastreExchange
public import CadastreModel
public import CadastreStore
internal import Foundation

/// A field, or a whole object, that both sides have changed, each in its way.
public struct MergeConflict: Sendable, Equatable, Encodable {
  public var kind: RegistryObject.Kind
  public var namespace: String
  public var name: String
  /// As a plan has it (`columns.email.description`); empty: the object, which one side has removed and the other changed.
  public var field: String
  /// `nil` on any side: not there.
  public var base: ManifestValue?
  public var ours: ManifestValue?
  public var theirs: ManifestValue?
  /// Whose was asked for; `nil` while it is open.
  public var taken: MergeSide?
}

/// What was said beforehand about conflicts.
public struct MergeDecisions: Sendable {
  /// For all conflicts that no object's decision is about.
  public var all: MergeSide?
  /// `NAMESPACE/OBJECT`, and whose counts.
  public var objects: [(side: MergeSide, object: String)]

  public init(all: MergeSide? = nil, objects: [(side: MergeSide, object: String)] = []) {
    self.all = all
    self.objects = objects
  }
}

/// Why registries could not be merged. Nothing was changed.
public enum MergeFailure: Error, Sendable, Hashable {
  case sameFile(path: String, other: String)
  /// Warehouses of one name with another dialect, or that compare names in another way.
  case unlikeNamespaces([String])
  /// What decisions name and neither registry has.
  case unknownObjects([String])
  case decidedTwice(String)
}

/// Brings what another registry has changed since the two were one into this one: namespaces, assets with declared lineage, routines, feeds.
///
/// What scans find (parsed edges), glossary terms, notes and which fields people have stated are not merged.
public struct MergeRegistries: Sendable {
  public let registry: Registry
  public let other: Registry

  public init(registry: Registry, other: Registry) {
    self.registry = registry
    self.other = other
  }

  public struct Report: Sendable {
    public var base: MergeBase
    /// Last change of the other registry, and its hash.
    public var head: (change: Int64, hash: String)
    /// What would change, or has.
    public var plan: RegistryPlan
    /// Open and decided ones.
    public var conflicts: [MergeConflict]
    /// `nil` where nothing was written.
    public var change: Int64?

    public var open: Int { conflicts.reduce(0) { $0 + ($1.taken == nil ? 1 : 0) } }
  }

  static let command = "merge"

  /// How the reason of a merge begins, so that the next one knows what has been taken.
  static func reason(_ head: String, _ path: String, _ given: String?) -> String {
    "head \(head) of \((path as NSString).lastPathComponent)" + (given.map { ": " + $0 } ?? "")
  }

  /// The other registry's head in the reason of a merge.
  static func head(in reason: String) -> String? {
    let words = reason.split(separator: " ", maxSplits: 2)
    guard words.count == 3, words[0] == "head", words[1].utf8.count == 64 else { return nil }
    return String(words[1])
  }

  /// Merges as one change, or, where a conflict is open or nothing is to be written, only says what there is.
  ///
  /// - Parameter author: with the reason that was given; `nil`: nothing is written.
  public func merge(_ decisions: MergeDecisions, reason: String?, by author: ((_ command: String, _ reason: String) -> ChangeAuthor)?) throws -> Report {
    if registry.isSameFile(as: other) { throw MergeFailure.sameFile(path: registry.path, other: other.path) }
    var tries = 0
    while true {
      var report = try compare(decisions)
      guard let author, report.open == 0, !report.plan.isEmpty else { return report }
      tries += 1
      do throws(StoreError) {
        let author = author(MergeRegistries.command, MergeRegistries.reason(report.head.hash, other.path, reason))
        report.change = try registry.bring(report.plan.items.map(\.change), by: author)
        return report
      } catch {
        // somebody has written in between: compared again
        guard case .moved = error, tries < 3 else { throw error }
      }
    }
  }

  private func compare(_ decisions: MergeDecisions) throws -> Report {
    let (ours, theirs) = (try registry.changes(), try other.changes())
    let base = MergeBase.find(ours: ours, theirs: theirs)
    let head = theirs.last.map { ($0.id, $0.hash) } ?? (0, String(repeating: "0", count: 64))
    // what others write meanwhile comes with the next merge
    let now = try other.at(.change(head.0)).objects()
    let past: [RegistryObject] =
      switch base.origin {
      case .none: []
      case .taken: try other.at(.change(base.change)).objects()
      case .shared, .given: try registry.at(.change(base.change)).objects()
      }
    var planner = try MergePlanner(base: past, ours: try registry.objects(), theirs: now, decisions: decisions)
    try planner.run()
    return Report(base: base, head: head, plan: planner.plan, conflicts: planner.conflicts, change: nil)
  }
}

// MARK: JSON

extension MergeRegistries.Report {
  private struct Head: Encodable {
    var change: Int64
    var hash: String
  }

  private struct Document: Encodable {
    var base: MergeBase
    var head: Head
    var create: Int
    var change: Int
    var remove: Int
    var open: Int
    var items: [RegistryPlan.Line]
    var conflicts: [MergeConflict]
    /// `null` where nothing was written.
    var recorded: Int64?

    enum CodingKeys: CodingKey { case base, head, create, change, remove, open, items, conflicts, recorded }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(base, forKey: .base)
      try container.encode(head, forKey: .head)
      try container.encode(create, forKey: .create)
      try container.encode(change, forKey: .change)
      try container.encode(remove, forKey: .remove)
      try container.encode(open, forKey: .open)
      try container.encode(items, forKey: .items)
      try container.encode(conflicts, forKey: .conflicts)
      try container.encode(recorded, forKey: .recorded)
    }
  }

  /// One JSON document. Keys are written as they are: those of options are a user's.
  public func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      base: base, head: Head(change: head.change, hash: head.hash), create: plan.count(.create), change: plan.count(.change), remove: plan.count(.remove),
      open: open, items: plan.lines, conflicts: conflicts, recorded: change)
    return Array(try encoder.encode(document)) + [0x0A]
  }
}
