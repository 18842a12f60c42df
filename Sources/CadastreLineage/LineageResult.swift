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
    public var edges: [ColumnEdge] = []
    public var unresolved: [Unresolved] = []
    /// Folded last names of the objects whose definitions it depends on, those that do not exist included; sorted.
    public var dependencies: [String] = []
  }

  public var statements = Statements()
  /// Routines of the subject scripts, in order of definition.
  public var routines: [Routine] = []
  /// In order of the scripts: each script's own statements, its routines, its triggers.
  public var units: [Unit] = []
  /// The columns of each view that the subjects define, in order.
  public var viewColumns: [ObjectName: [String]] = [:]

  /// Sorted by file, statement, target, source.
  public var edges: [ColumnEdge] { EdgeOrder.sorted(units.flatMap(\.edges)) }

  /// Sorted by file and line.
  public var unresolved: [Unresolved] {
    units.flatMap(\.unresolved).sorted { ($0.file, $0.line, $0.reason.rawValue, $0.text) < ($1.file, $1.line, $1.reason.rawValue, $1.text) }
  }
}

/// The order edges are printed in: file, statement, target, source, and then whatever makes it total.
enum EdgeOrder {
  private struct Key {
    var file: Int
    var statement: Int
    var target: Int
    var source: Int
    var routine: Int
    var subtype: UInt8
    var position: Int
  }

  static func sorted(_ edges: [ColumnEdge]) -> [ColumnEdge] {
    // names are compared once each, edges by the ranks of their names
    var texts: [ColumnReference: String] = [:]
    for edge in edges {
      if texts[edge.source] == nil { texts[edge.source] = edge.source.rendered }
      if texts[edge.target] == nil { texts[edge.target] = edge.target.rendered }
    }
    let ranks = rank(Set(texts.values))
    let places = texts.mapValues { ranks[$0] ?? 0 }
    let files = rank(Set(edges.map(\.file)))
    let routines = rank(Set(edges.map { $0.routine?.rendered ?? "" }))
    var names: [ObjectName: Int] = [:]
    let keys = edges.enumerated().map { position, edge in
      var routine = 0
      if let name = edge.routine {
        routine = names[name] ?? routines[name.rendered] ?? 0
        names[name] = routine
      }
      return Key(
        file: files[edge.file] ?? 0, statement: edge.statement, target: places[edge.target] ?? 0, source: places[edge.source] ?? 0, routine: routine,
        subtype: edge.subtype.index, position: position)
    }
    return keys.sorted { left, right in
      if left.file != right.file { return left.file < right.file }
      if left.statement != right.statement { return left.statement < right.statement }
      if left.target != right.target { return left.target < right.target }
      if left.source != right.source { return left.source < right.source }
      if left.routine != right.routine { return left.routine < right.routine }
      return left.subtype < right.subtype
    }.map { edges[$0.position] }
  }

  private static func rank(_ texts: Set<String>) -> [String: Int] {
    var result: [String: Int] = [:]
    for (place, text) in texts.sorted().enumerated() { result[text] = place + 1 }
    return result
  }
}
