internal import CadastreModel

/// How a column bears on a value: the DIRECT uses and the INDIRECT ones, as bits.
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

  /// The subtypes these uses are printed as: the strongest DIRECT one, every INDIRECT one.
  var subtypes: [(EdgeKind, EdgeSubtype)] {
    var result: [(EdgeKind, EdgeSubtype)] = []
    if contains(.aggregation) {
      result.append((.direct, .aggregation))
    } else if contains(.transformation) {
      result.append((.direct, .transformation))
    } else if contains(.identity) {
      result.append((.direct, .identity))
    }
    if contains(.join) { result.append((.indirect, .join)) }
    if contains(.filter) { result.append((.indirect, .filter)) }
    if contains(.groupBy) { result.append((.indirect, .groupBy)) }
    if contains(.sort) { result.append((.indirect, .sort)) }
    if contains(.window) { result.append((.indirect, .window)) }
    if contains(.conditional) { result.append((.indirect, .conditional)) }
    return result
  }
}

/// Index of a column in the analysis' `ColumnTable`.
typealias ColumnID = Int

/// What a value depends on: columns, and how each bears on it.
struct Flow: Sendable, Equatable {
  private(set) var uses: [ColumnID: Uses] = [:]

  static let none = Flow()

  init() {}

  init(_ column: ColumnID, _ use: Uses = .identity) { uses = [column: use] }

  var isEmpty: Bool { uses.isEmpty }

  mutating func add(_ other: Flow) {
    if uses.isEmpty {
      uses = other.uses
      return
    }
    for (column, use) in other.uses { uses[column, default: []].formUnion(use) }
  }

  func adding(_ other: Flow) -> Flow {
    var copy = self
    copy.add(other)
    return copy
  }

  /// The flow of a value computed from this one: what flowed still flows, but no longer as it was.
  func transformed(_ use: Uses = .transformation) -> Flow {
    var copy = self
    for (column, old) in uses where !old.isDisjoint(with: .direct) {
      let aggregated = old.contains(.aggregation) ? Uses.aggregation : use
      copy.uses[column] = old.subtracting(.direct).union(aggregated)
    }
    return copy
  }

  /// The flow of something that this value decides about: nothing flows, everything influences.
  func influence(_ use: Uses) -> Flow {
    var copy = self
    for (column, old) in uses where !old.isDisjoint(with: .direct) {
      copy.uses[column] = old.subtracting(.direct).union(use)
    }
    return copy
  }

  /// Only what influences, without what flows.
  var influences: Flow {
    var copy = Flow()
    for (column, old) in uses where !old.subtracting(.direct).isEmpty { copy.uses[column] = old.subtracting(.direct) }
    return copy
  }
}

/// The columns that an analysis has met, each once.
struct ColumnTable: Sendable {
  private(set) var references: [ColumnReference] = []
  private var index: [ColumnReference: ColumnID] = [:]

  mutating func id(_ reference: ColumnReference) -> ColumnID {
    if let known = index[reference] { return known }
    let id = references.count
    references.append(reference)
    index[reference] = id
    return id
  }
}
