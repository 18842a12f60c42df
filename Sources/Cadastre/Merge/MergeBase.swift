internal import CadastreStore

/// The state that two registries both come from.
public struct MergeBase: Sendable, Hashable, Encodable {
  public enum Origin: String, Sendable, Hashable, Encodable {
    /// The last change at the start of both logs that is the same.
    case shared
    /// What this registry has taken from the other in an earlier merge.
    case taken
    /// What the other has taken from this one.
    case given
    /// They have nothing in common: the base is empty.
    case none
  }

  public var origin: Origin
  /// The change after which the base stood: of the other's log where `taken`, of this one's else; 0 where there is none.
  public var change: Int64
  /// Hash of that change.
  public var hash: String?

  /// Finds it in two logs: what was merged before counts as common.
  static func find(ours: [ChangeRecord], theirs: [ChangeRecord]) -> MergeBase {
    let common = zip(ours, theirs).prefix { $0.hash == $1.hash }.count
    let (mine, other) = (Ancestors(ours, in: theirs, from: common), Ancestors(theirs, in: ours, from: common))
    // of two earlier merges the one counts that came after the other
    if let taken = mine.last, other.last.map({ taken.source.id >= $0.by }) ?? true {
      return MergeBase(origin: .taken, change: taken.source.id, hash: taken.source.hash)
    }
    if let given = other.last { return MergeBase(origin: .given, change: given.source.id, hash: given.source.hash) }
    guard common > 0 else { return MergeBase(origin: .none, change: 0, hash: nil) }
    return MergeBase(origin: .shared, change: ours[common - 1].id, hash: ours[common - 1].hash)
  }

  /// Merges of one log whose other registry is the other log.
  private struct Ancestors {
    /// The last change of the other log that was merged, and the change that did.
    var last: (source: ChangeRecord, by: Int64)?

    init(_ log: [ChangeRecord], in other: [ChangeRecord], from common: Int) {
      let merges = log.dropFirst(common).filter { $0.command == MergeRegistries.command }
      guard !merges.isEmpty else { return }
      var known: [String: ChangeRecord] = [:]
      for change in other.dropFirst(common) { known[change.hash] = change }
      for merge in merges {
        guard let hash = MergeRegistries.head(in: merge.reason), let source = known[hash], source.id > last?.source.id ?? 0 else { continue }
        last = (source, merge.id)
      }
    }
  }
}
