internal import CadastreModel

/// How a column bears on a value: the DIRECT uses and the INDIRECT ones, as bits in the order of `EdgeSubtype.allCases`.
struct Uses: OptionSet, Sendable, Hashable {
  let rawValue: UInt16

  static let identity = Uses(rawValue: 1 << 0)
  static let transformation = Uses(rawValue: 1 << 1)
  static let aggregation = Uses(rawValue: 1 << 2)
  static let join = Uses(rawValue: 1 << 3)
  static let filter = Uses(rawValue: 1 << 4)
  static let groupBy = Uses(rawValue: 1 << 5)
  static let sort = Uses(rawValue: 1 << 6)
  static let window = Uses(rawValue: 1 << 7)
  static let conditional = Uses(rawValue: 1 << 8)

  static let direct: Uses = [.identity, .transformation, .aggregation]

  /// The position in `EdgeSubtype.allCases` of the strongest DIRECT use; `nil` when the value does not flow.
  @inline(__always)
  var strongestDirect: UInt8? {
    let direct = rawValue & Uses.direct.rawValue
    return direct == 0 ? nil : UInt8(15 - direct.leadingZeroBitCount)
  }
}

/// Index of a column in the analysis' `ColumnTable`.
typealias ColumnID = Int32

/// What a value depends on: columns, and how each bears on it.
struct Flow: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var column: ColumnID
    var uses: Uses
    /// Among how many columns a name that is not clear was shared; 1 where it is clear.
    var candidates: UInt8 = 1
  }

  /// Each column once, in ascending order.
  private(set) var entries: [Entry] = []

  static let none = Flow()

  init() {}

  init(_ column: ColumnID, _ use: Uses = .identity) { entries = [Entry(column: column, uses: use)] }

  init(_ entry: Entry) { entries = [entry] }

  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ other: Flow) {
    if other.entries.isEmpty { return }
    if entries.isEmpty {
      entries = other.entries
      return
    }
    if let last = entries.last, last.column < other.entries[0].column {
      entries.append(contentsOf: other.entries)
      return
    }
    if other.entries.count == 1 { return add(other.entries[0]) }
    if entries == other.entries { return }
    var merged: [Entry] = []
    merged.reserveCapacity(entries.count + other.entries.count)
    var mine = 0
    var theirs = 0
    while mine < entries.count, theirs < other.entries.count {
      let left = entries[mine]
      let right = other.entries[theirs]
      if left.column < right.column {
        merged.append(left)
        mine += 1
      } else if right.column < left.column {
        merged.append(right)
        theirs += 1
      } else {
        merged.append(Flow.both(left, right))
        mine += 1
        theirs += 1
      }
    }
    merged.append(contentsOf: entries[mine...])
    merged.append(contentsOf: other.entries[theirs...])
    entries = merged
  }

  private static func both(_ left: Entry, _ right: Entry) -> Entry {
    Entry(column: left.column, uses: left.uses.union(right.uses), candidates: min(left.candidates, right.candidates))
  }

  private mutating func add(_ entry: Entry) {
    var lower = 0
    var upper = entries.count
    while lower < upper {
      let middle = (lower + upper) / 2
      if entries[middle].column < entry.column { lower = middle + 1 } else { upper = middle }
    }
    if lower < entries.count, entries[lower].column == entry.column {
      let joined = Flow.both(entries[lower], entry)
      if joined != entries[lower] { entries[lower] = joined }
    } else {
      entries.insert(entry, at: lower)
    }
  }

  func adding(_ other: Flow) -> Flow {
    var copy = self
    copy.add(other)
    return copy
  }

  private func mapped(_ isChanged: (Uses) -> Bool, _ change: (Uses) -> Uses) -> Flow {
    guard let first = entries.firstIndex(where: { isChanged($0.uses) }) else { return self }
    var copy = self
    for index in first..<entries.count { copy.entries[index].uses = change(copy.entries[index].uses) }
    return copy
  }

  func mapped(_ change: (Uses) -> Uses) -> Flow {
    var copy = self
    for index in copy.entries.indices { copy.entries[index].uses = change(copy.entries[index].uses) }
    return copy
  }

  /// The flow of a value computed from this one: what flowed still flows, but no longer as it was.
  func transformed(_ use: Uses = .transformation) -> Flow {
    mapped({ $0.contains(.identity) || (use == .aggregation && !$0.isDisjoint(with: .direct)) }) { old in
      old.isDisjoint(with: .direct) ? old : old.subtracting(.direct).union(old.contains(.aggregation) ? .aggregation : use)
    }
  }

  /// The flow of something that this value decides about: nothing flows, everything influences.
  func influence(_ use: Uses) -> Flow {
    mapped({ !$0.isDisjoint(with: .direct) }) { old in old.isDisjoint(with: .direct) ? old : old.subtracting(.direct).union(use) }
  }

  /// Only what influences, without what flows.
  var influences: Flow {
    guard entries.contains(where: { !$0.uses.isDisjoint(with: .direct) }) else { return self }
    var copy = Flow()
    for entry in entries where !entry.uses.subtracting(.direct).isEmpty {
      copy.entries.append(Entry(column: entry.column, uses: entry.uses.subtracting(.direct), candidates: entry.candidates))
    }
    return copy
  }

  /// This flow but for a column that is passed on as it was.
  func without(identityOf column: ColumnID) -> Flow {
    var copy = self
    for index in copy.entries.indices where copy.entries[index].column == column { copy.entries[index].uses.remove(.identity) }
    copy.entries.removeAll { $0.uses.isEmpty }
    return copy
  }

  /// The flow of a name that may mean this or one of so many others.
  func shared(among count: Int) -> Flow {
    var copy = self
    for index in copy.entries.indices { copy.entries[index].candidates = UInt8(clamping: max(count, Int(copy.entries[index].candidates))) }
    return copy
  }
}

/// The columns that an analysis has met, each once.
struct ColumnTable: Sendable {
  private(set) var references: [ColumnReference] = []
  private var index: [ColumnReference: ColumnID] = [:]

  mutating func id(_ reference: ColumnReference) -> ColumnID {
    if let known = index[reference] { return known }
    let id = ColumnID(references.count)
    references.append(reference)
    index[reference] = id
    return id
  }

  func reference(_ id: ColumnID) -> ColumnReference { references[Int(id)] }
}
