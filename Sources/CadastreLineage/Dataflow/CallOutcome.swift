internal import CadastreModel

/// One statement's write of a table: what decides about a call decides about it.
struct TableWrite: Sendable {
  /// The table's rows.
  var target: ColumnID
  var columns: [String]
  var place: Sink.Place
}

/// What decides which rows a table has, as far as a unit has written it; and the columns by which that arrives where they are read.
struct Existence: Sendable {
  var rows = Flow()
  var columns: Set<String> = []

  mutating func add(_ rows: Flow, _ columns: some Sequence<String>) {
    self.rows.add(rows)
    self.columns.formUnion(columns)
  }
}

/// What a routine comes to, whoever calls it.
struct CallSummary: Sendable {
  var outcome: CallOutcome
  /// Edges whose sources are the columns that stand for its parameters.
  var edges: [(Sink.EdgeKey, Sink.EdgeBody)] = []
  var writes: [TableWrite]
  /// What may fail in it: a caller's handler may catch that.
  var faults: Flow
  var dependencies: Set<String>
  /// What decides which rows are in the tables that it writes.
  var existence: [ObjectName: Existence]
  /// Routines that it has run.
  var ran: Set<Int>
  /// Parameters whose value its own calls give.
  var resolves: Set<String>
}

/// A call that was followed: what went in and what came of it.
struct CallOutcome: Sendable {
  struct Inputs: Sendable, Equatable {
    /// By parameter; `nil` where none was given.
    var cells: [State.Cell?]
    var parameters: [Relation?]
    var control: Flow
    /// The caller's temporary tables.
    var tables: [String: Relation]

    /// No table goes in, nor a record.
    var isBare: Bool { tables.isEmpty && parameters.allSatisfy { $0 == nil } && cells.allSatisfy { $0?.record == nil } }

    /// Of a bare call: nothing flows in. Texts and what decides about the call apart, the callee does what it does by itself.
    var isPlain: Bool { cells.allSatisfy { $0?.flow.isEmpty ?? true } }
  }

  var inputs: Inputs
  /// The callee's state at its end: OUT parameters, temporary tables.
  var state: State
  var returned: State.Cell
  var results: [Relation]
  /// Temporary tables that the callee made itself.
  var ownTables: Set<String>
  /// What decides that it ends with an error.
  var raised = Flow()

  /// Changes every flow that a caller may see.
  mutating func mapFlows(_ change: (Flow) -> Flow) {
    for name in state.cells.keys { state.cells[name]?.mapFlows(change) }
    for name in state.tables.keys { state.tables[name]?.mapFlows(change) }
    returned.mapFlows(change)
    for place in results.indices { results[place].mapFlows(change) }
    raised = change(raised)
  }
}

extension State.Cell {
  mutating func mapFlows(_ change: (Flow) -> Flow) {
    flow = change(flow)
    record?.mapFlows(change)
  }
}

extension Relation {
  mutating func mapFlows(_ change: (Flow) -> Flow) {
    for place in columns.indices { columns[place].flow = change(columns[place].flow) }
    rows = change(rows)
    fallback = fallback.map(change)
  }
}
