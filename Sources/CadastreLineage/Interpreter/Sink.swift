internal import CadastreModel

/// What one unit of analysis has found: edges, the ledger, what each routine reads, writes and calls.
struct Sink: Sendable {
  struct EdgeKey: Equatable, Sendable {
    var source: ColumnID
    var target: ColumnID
    /// Index of the routine whose text holds the expression; `script` outside of routines.
    var routine: Int32
    var statement: Int32
    /// Position in `EdgeSubtype.allCases`.
    var subtype: UInt8
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

  var edges = EdgeSet()
  private(set) var unresolved: Set<UnresolvedKey> = []
  /// By index of the routine, or `script`.
  var facts: [Int: Facts] = [:]
  /// The columns of the views that the subjects define, in order.
  var viewColumns: [ObjectName: [String]] = [:]

  /// Where a statement's edges are noted: in whose text, by which expression.
  struct Place: Sendable {
    var routine: Int32
    var statement: Int32
    var line: Int32
    /// Position in the interpreter's expressions.
    var expression: Int32
  }

  /// Notes an edge for the strongest DIRECT use of a column, and one for each INDIRECT use.
  ///
  /// - Parameter uses: those of the entry that count.
  mutating func add(_ entry: Flow.Entry, _ uses: Uses, to target: ColumnID, columns: [String] = [], at place: Place) {
    if let subtype = uses.strongestDirect { add(entry, subtype, target, columns, place) }
    var rest = uses.subtracting(.direct).rawValue
    while rest != 0 {
      add(entry, UInt8(rest.trailingZeroBitCount), target, columns, place)
      rest &= rest &- 1
    }
  }

  @inline(__always)
  private mutating func add(_ entry: Flow.Entry, _ subtype: UInt8, _ target: ColumnID, _ columns: [String], _ place: Place) {
    edges.add(
      EdgeKey(source: entry.column, target: target, routine: place.routine, statement: place.statement, subtype: subtype),
      EdgeBody(columns: columns, line: place.line, expression: place.expression, candidates: entry.candidates, origin: .parsed))
  }

  /// Notes an edge that a comment states.
  mutating func declare(_ source: ColumnID, _ target: ColumnID, _ subtype: EdgeSubtype, at place: Place) {
    edges.add(
      EdgeKey(source: source, target: target, routine: place.routine, statement: place.statement, subtype: subtype.place),
      EdgeBody(columns: [], line: place.line, expression: place.expression, candidates: 1, origin: .declared))
  }

  mutating func add(_ other: Sink) {
    for (key, body) in zip(other.edges.keys, other.edges.bodies) { edges.add(key, body) }
    unresolved.formUnion(other.unresolved)
    for (routine, known) in other.facts { facts[routine, default: Facts()].add(known) }
    viewColumns.merge(other.viewColumns) { _, later in later }
  }

  mutating func add(_ row: Unresolved, routine: Int, statement: Int, parameter: String? = nil) {
    unresolved.insert(UnresolvedKey(row: row, routine: routine, parameter: parameter))
    facts[routine, default: Facts()].troubled.insert(statement)
  }
}
