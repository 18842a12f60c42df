/// A call that was followed: what went in and what came of it.
struct CallOutcome: Sendable {
  struct Inputs: Sendable, Equatable {
    /// By parameter; `nil` where none was given.
    var cells: [State.Cell?]
    var parameters: [Relation?]
    var control: Flow
    /// The caller's temporary tables.
    var tables: [String: Relation]

    /// Nothing flows in: texts apart, the callee does what it does by itself.
    var isPlain: Bool {
      control.isEmpty && tables.isEmpty && parameters.allSatisfy { $0 == nil }
        && cells.allSatisfy { cell in cell.map { $0.flow.isEmpty && $0.record == nil } ?? true }
    }
  }

  var inputs: Inputs
  /// The callee's state at its end: OUT parameters, temporary tables.
  var state: State
  var returned: State.Cell
  var results: [Relation]
  /// Temporary tables that the callee made itself.
  var ownTables: Set<String>
}
