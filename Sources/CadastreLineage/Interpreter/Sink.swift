internal import CadastreSQL
internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreModel

/// What an analysis has found so far: edges, the ledger, what each routine reads, writes and calls.
struct Sink: Sendable {
  struct EdgeKey: Hashable {
    var source: ColumnReference
    var target: ColumnReference
    var kind: EdgeKind
    var subtype: EdgeSubtype
    var routine: ObjectName?
    var file: String
    var statement: Int
  }

  /// Per routine (`nil`: the statements of a script): what coverage is computed from.
  struct Facts: Sendable {
    var reads: Set<String> = []
    var writes: Set<String> = []
    var calls: Set<String> = []
    /// Ordinals of statements that move data, and of those that have an unresolved row.
    var moving: Set<Int> = []
    var troubled: Set<Int> = []
  }

  private(set) var edges: [EdgeKey: ColumnEdge] = [:]
  private(set) var unresolved: [UnresolvedKey: Unresolved] = [:]
  var facts: [ObjectName?: Facts] = [:]
  /// The columns of the views that the subjects define, in order.
  var viewColumns: [ObjectName: [String]] = [:]

  struct UnresolvedKey: Hashable {
    var row: Unresolved
    /// Set for a name that is a parameter's value: the row goes when a call gives the value.
    var parameter: String?
  }

  mutating func add(_ edge: ColumnEdge) {
    let key = EdgeKey(
      source: edge.source, target: edge.target, kind: edge.kind, subtype: edge.subtype, routine: edge.routine, file: edge.file,
      statement: edge.statement)
    guard let known = edges[key] else {
      edges[key] = edge
      return
    }
    var columns = known.columns
    for column in edge.columns where !columns.contains(column) { columns.append(column) }
    edges[key]?.columns = columns
    if edge.confidence > known.confidence { edges[key]?.confidence = edge.confidence }
  }

  mutating func add(_ row: Unresolved, statement: Int, parameter: String? = nil) {
    unresolved[UnresolvedKey(row: row, parameter: parameter)] = row
    facts[row.routine, default: Facts()].troubled.insert(statement)
  }
}
