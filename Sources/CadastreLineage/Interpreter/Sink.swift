internal import CadastreModel

/// What one unit of analysis has found: edges, the ledger, what each routine reads, writes and calls.
struct Sink: Sendable {
  struct EdgeKey: Hashable, Sendable {
    var source: ColumnID
    var target: ColumnID
    /// Index of the routine whose text holds the expression; `script` outside of routines.
    var routine: Int32
    var statement: Int32
    /// Position in `EdgeSubtype.allCases`.
    var subtype: UInt8

    func hash(into hasher: inout Hasher) {
      // one word in place of five fields: this is done for every edge of every expression
      let ends = UInt64(UInt32(bitPattern: source)) << 32 | UInt64(UInt32(bitPattern: target))
      let place = UInt64(UInt32(bitPattern: routine)) << 36 ^ UInt64(UInt32(bitPattern: statement)) << 4 ^ UInt64(subtype)
      hasher.combine(ends ^ (place &* 0x9E37_79B9_7F4A_7C15))
    }
  }

  struct EdgeBody: Sendable {
    var columns: [String]
    var line: Int32
    /// Position in the interpreter's expressions.
    var expression: Int32
    var candidates: UInt8
    var origin: EdgeOrigin
  }

  /// Per routine: what coverage is computed from.
  struct Facts: Sendable {
    var reads: Set<ObjectName> = []
    var writes: Set<ObjectName> = []
    var calls: Set<ObjectName> = []
    /// Ordinals of statements that move data, and of those that have an unresolved row.
    var moving: Set<Int> = []
    var troubled: Set<Int> = []

    mutating func add(_ other: Facts) {
      reads.formUnion(other.reads)
      writes.formUnion(other.writes)
      calls.formUnion(other.calls)
      moving.formUnion(other.moving)
      troubled.formUnion(other.troubled)
    }
  }

  struct UnresolvedKey: Hashable, Sendable {
    var row: Unresolved
    /// In whose text it is: index of a routine, or `script`.
    var routine: Int
    /// Set for a name that is a parameter's value: the row goes when a call gives the value.
    var parameter: String?
  }

  /// The index that stands for statements outside of routines.
  static let script = -1

  private(set) var edges: [EdgeKey: EdgeBody] = [:]
  private(set) var unresolved: Set<UnresolvedKey> = []
  /// By index of the routine, or `script`.
  var facts: [Int: Facts] = [:]
  /// The columns of the views that the subjects define, in order.
  var viewColumns: [ObjectName: [String]] = [:]

  mutating func add(_ key: EdgeKey, columns: [String], candidates: UInt8, origin: EdgeOrigin, _ place: (line: Int32, expression: Int32)) {
    guard let index = edges.index(forKey: key) else {
      edges[key] = EdgeBody(columns: columns, line: place.line, expression: place.expression, candidates: candidates, origin: origin)
      return
    }
    if columns != edges.values[index].columns {
      for column in columns where !edges.values[index].columns.contains(column) { edges.values[index].columns.append(column) }
    }
    if candidates < edges.values[index].candidates { edges.values[index].candidates = candidates }
  }

  mutating func add(_ row: Unresolved, routine: Int, statement: Int, parameter: String? = nil) {
    unresolved.insert(UnresolvedKey(row: row, routine: routine, parameter: parameter))
    facts[routine, default: Facts()].troubled.insert(statement)
  }
}

extension EdgeSubtype {
  /// Position in `allCases`.
  var index: UInt8 {
    switch self {
    case .identity: 0
    case .transformation: 1
    case .aggregation: 2
    case .join: 3
    case .filter: 4
    case .groupBy: 5
    case .sort: 6
    case .window: 7
    case .conditional: 8
    }
  }
}
