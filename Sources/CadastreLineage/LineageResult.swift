public import CadastreModel

/// What an analysis of scripts gives: edges, the ledger and a summary of each routine.
public struct LineageResult: Sendable {
  /// Innermost statements, how many were analysed, and how many stand in the ledger.
  public struct Statements: Sendable {
    public var total = 0
    public var analysed = 0
    public var opaque = 0
  }

  /// What was found by analysing one routine by itself, one trigger, or the statements of one script.
  ///
  /// A unit's edges may belong to other routines: those it calls with its own arguments, and triggers that it fires.
  public struct Unit: Sendable {
    /// `nil` for the statements of a script outside of routines.
    public var routine: ObjectName?
    public var file: String
    public var edges: [NumberedEdge] = []
    public var unresolved: [Unresolved] = []
    /// Folded last names of the objects whose definitions it depends on, those that do not exist included; sorted.
    public var dependencies: [String] = []
    /// Parameters of other routines whose value its calls give, `routine:parameter`; sorted.
    public var resolves: [String] = []
  }

  /// What the edges of the units name.
  public var names = EdgeNames()
  public var statements = Statements()
  /// Routines of the subject scripts, in order of definition.
  public var routines: [Routine] = []
  /// In order of the scripts: each script's own statements, its routines, its triggers.
  public var units: [Unit] = []
  /// The columns of each view that the subjects define, in order.
  public var viewColumns: [ObjectName: [String]] = [:]

  /// Sorted by file, statement, target, source; each once, whatever units have found it.
  public var sortedEdges: [NumberedEdge] { EdgeOrder.sorted(units.flatMap(\.edges), names) }

  /// `sortedEdges` with their names. The columns of one that several units have found are those of all.
  public var edges: [ColumnEdge] { EdgeOrder.joined(units.flatMap(\.edges), names) }

  /// Sorted by file and line.
  public var unresolved: [Unresolved] {
    Set(units.flatMap(\.unresolved)).sorted { ($0.file, $0.line, $0.reason.rawValue, $0.text) < ($1.file, $1.line, $1.reason.rawValue, $1.text) }
  }
}

/// The order edges are printed in: file, statement, target, source, and then whatever makes it total.
enum EdgeOrder {
  static func sorted(_ edges: [NumberedEdge], _ names: EdgeNames) -> [NumberedEdge] {
    var result: [NumberedEdge] = []
    result.reserveCapacity(edges.count)
    for edge in ordered(edges, names) where result.last.map({ !isSame($0, edge) }) ?? true { result.append(edge) }
    return result
  }

  static func joined(_ edges: [NumberedEdge], _ names: EdgeNames) -> [ColumnEdge] {
    var result: [ColumnEdge] = []
    result.reserveCapacity(edges.count)
    var last: NumberedEdge?
    for edge in ordered(edges, names) {
      if let last, isSame(last, edge) {
        let index = result.count - 1
        for column in names.lists[Int(edge.columns)] where !result[index].columns.contains(column) { result[index].columns.append(column) }
        result[index].confidence = max(result[index].confidence, edge.confidence)
      } else {
        result.append(names.edge(edge))
        last = edge
      }
    }
    return result
  }

  private static func isSame(_ left: NumberedEdge, _ right: NumberedEdge) -> Bool {
    left.source == right.source && left.target == right.target && left.subtype == right.subtype && left.statement == right.statement
      && left.owner == right.owner
  }

  /// An edge's place in the order, by the ranks of its names.
  private struct Key {
    /// File, then statement.
    var statement: UInt64
    /// Target, then source.
    var ends: UInt64
    /// Routine, line and subtype.
    var rest: UInt64
    var index: Int32
  }

  private static func ordered(_ edges: [NumberedEdge], _ names: EdgeNames) -> [NumberedEdge] {
    // names are compared once each, edges by the ranks of their names
    let columns = ranks(names.columns.map(\.rendered))
    let files = ranks(names.owners.map(\.file))
    let routines = ranks(names.owners.map { $0.routine?.rendered ?? "" })
    func pair(_ upper: Int32, _ lower: Int32) -> UInt64 { UInt64(UInt32(bitPattern: upper)) << 32 | UInt64(UInt32(bitPattern: lower)) }
    var keys: [Key] = []
    keys.reserveCapacity(edges.count)
    for (index, edge) in edges.enumerated() {
      let owner = Int(edge.owner)
      keys.append(
        Key(
          statement: pair(files[owner], edge.statement), ends: pair(columns[Int(edge.target)], columns[Int(edge.source)]),
          rest: UInt64(routines[owner]) << 36 | UInt64(edge.subtype.place) << 32 | UInt64(UInt32(bitPattern: edge.line)), index: Int32(index)))
    }
    // statements mostly come in order: then only the edges of each are sorted
    let inOrder = zip(keys, keys.dropFirst()).allSatisfy { $0.statement <= $1.statement }
    if !inOrder { keys.sort { $0.statement < $1.statement } }
    var lower = 0
    while lower < keys.count {
      var upper = lower + 1
      while upper < keys.count, keys[upper].statement == keys[lower].statement { upper += 1 }
      keys[lower..<upper].sort { $0.ends != $1.ends ? $0.ends < $1.ends : $0.rest < $1.rest }
      lower = upper
    }
    return keys.map { edges[Int($0.index)] }
  }

  /// The place of each text among them all; the same for the same text.
  private static func ranks(_ texts: [String]) -> [Int32] {
    var result = [Int32](repeating: 0, count: texts.count)
    var rank: Int32 = -1
    var last: String?
    for index in texts.indices.sorted(by: { texts[$0] < texts[$1] }) {
      if texts[index] != last { rank += 1 }
      last = texts[index]
      result[index] = rank
    }
    return result
  }
}
