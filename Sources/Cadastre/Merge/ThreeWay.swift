internal import CadastreModel
internal import Foundation

/// Whose value counts where both have changed one: this registry's or the other's.
public enum MergeSide: String, Sendable, Hashable, Codable, CaseIterable {
  case ours, theirs
}

/// The three-way rule for values and lists: what one side alone has changed counts; what both have changed differently is a conflict.
///
/// The rule knows no first side: with the sides exchanged the result is the same, as long as no conflict is decided.
struct ThreeWay {
  /// Who has the word where both have changed a value; `nil`: nobody, the conflict stays open and ours stands in for the value.
  let decision: MergeSide?
  /// Whether names are compared without case.
  let folds: Bool
  /// Fields that both have changed differently: keys from the outside in.
  private(set) var conflicts: [[String]] = []

  init(folds: Bool, decision: MergeSide?) {
    self.folds = folds
    self.decision = decision
  }

  mutating func conflict(_ paths: [[String]]) { conflicts += paths.filter { !conflicts.contains($0) } }

  /// Equal byte by byte: texts that only look alike differ.
  static func same<Value: Equatable & Encodable>(_ left: Value, _ right: Value) -> Bool {
    guard left == right else { return false }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let mine = try? encoder.encode([left]), let theirs = try? encoder.encode([right]) else { return false }
    return mine == theirs
  }

  /// - Parameter paths: the fields that a conflict is about.
  /// - Parameter base: `nil`: both have made it.
  mutating func value<Value: Equatable & Encodable>(_ paths: [[String]], _ base: Value?, _ ours: Value, _ theirs: Value) -> Value {
    if ThreeWay.same(ours, theirs) { return ours }
    if let base {
      if ThreeWay.same(base, theirs) { return ours }
      if ThreeWay.same(base, ours) { return theirs }
    }
    conflict(paths)
    return decision == .theirs ? theirs : ours
  }

  // MARK: lists

  typealias Key = ExactText

  func key(_ name: String) -> Key { ExactText(folds ? name.lowercased() : name) }

  /// Merges lists member by member. A list with members that have no name, or one name twice, is one value.
  ///
  /// - Parameter merge: of a member that both have; without a base both have added it.
  mutating func members<Member: Equatable & Encodable>(
    _ path: String, _ base: [Member], _ ours: [Member], _ theirs: [Member], key: (Member) -> Key?, name: (Member) -> String,
    merge: (inout ThreeWay, [String], Member?, Member, Member) -> Member
  ) -> [Member] {
    if ThreeWay.same(ours, theirs) || ThreeWay.same(base, theirs) { return ours }
    if ThreeWay.same(base, ours) { return theirs }
    guard let old = Keyed(base, key), let mine = Keyed(ours, key), let other = Keyed(theirs, key) else { return value([[path]], base, ours, theirs) }
    var kept: [Key: Member] = [:]
    for key in mine.order + other.order.filter({ mine.members[$0] == nil }) {
      switch (old.members[key], mine.members[key], other.members[key]) {
      case (let before, let mine?, let other?): kept[key] = merge(&self, [path, name(mine)], before, mine, other)
      case (nil, let mine?, nil): kept[key] = mine
      case (nil, nil, let other?): kept[key] = other
      case (let before?, let mine?, nil): if changed(before, mine, [path, name(mine)], by: .ours) { kept[key] = mine }
      case (let before?, nil, let other?): if changed(before, other, [path, name(other)], by: .theirs) { kept[key] = other }
      case (_, nil, nil): break
      }
    }
    return order(path, old.order, mine.order, other.order, kept).compactMap { kept[$0] }
  }

  /// Whether a member that the other side has removed stays: it goes where nobody has changed it, and is a conflict else.
  private mutating func changed<Member: Equatable & Encodable>(_ before: Member, _ after: Member, _ path: [String], by side: MergeSide) -> Bool {
    if ThreeWay.same(before, after) { return false }
    conflict([path])
    return (decision ?? .ours) == side
  }

  private struct Keyed<Member> {
    var order: [Key] = []
    var members: [Key: Member] = [:]

    init?(_ list: [Member], _ key: (Member) -> Key?) {
      for member in list {
        guard let key = key(member), members.updateValue(member, forKey: key) == nil else { return nil }
        order.append(key)
      }
    }
  }

  /// The order of what stays: that of the side that has changed it; what one side has added comes behind what it comes behind there. Where both have
  /// added behind one member, the run whose first name is less comes first.
  private mutating func order<Member>(_ path: String, _ base: [Key], _ ours: [Key], _ theirs: [Key], _ kept: [Key: Member]) -> [Key] {
    let shared = Set(ours).intersection(theirs).filter { kept[$0] != nil }
    let (mine, other) = (ours.filter(shared.contains), theirs.filter(shared.contains))
    let old = Set(base)
    let before = base.filter(shared.contains)
    var lead = mine
    if mine != other {
      let (mineMoved, otherMoved) = (mine.filter(old.contains) != before, other.filter(old.contains) != before)
      if mineMoved == otherMoved { conflict([[path]]) }
      if mineMoved == otherMoved ? decision == .theirs : otherMoved { lead = other }
    }
    func runs(_ side: [Key]) -> [Key?: [Key]] {
      var result: [Key?: [Key]] = [:]
      var anchor: Key?
      for key in side { if shared.contains(key) { anchor = key } else if kept[key] != nil { result[anchor, default: []].append(key) } }
      return result
    }
    let (first, second) = (runs(ours), runs(theirs))
    var result: [Key] = []
    for anchor in [nil] + lead.map(Optional.some) {
      if let anchor { result.append(anchor) }
      let added = [first[anchor] ?? [], second[anchor] ?? []].filter { !$0.isEmpty }
      for run in added.sorted(by: { $0[0].text.utf8.lexicographicallyPrecedes($1[0].text.utf8) }) { result += run }
    }
    return result
  }
}
