internal import CadastreSQL

/// The dataflow form of a routine: what every procedural family is lowered to, and all that the interpreter runs.
///
/// Queries, data statements and expressions stay nodes of the syntax tree, which is the same for every dialect.
struct Step: Sendable {
  indirect enum Operation: Sendable {
    /// Rows go to the caller, to variables or to a new table.
    case query
    /// INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY.
    case data
    /// `target := value`; compound keeps the old value as a source.
    case assign(target: NodeID, value: NodeID, compound: Bool)
    case declareVariable(name: NodeID, type: NodeID?, value: NodeID?)
    case declareTable(name: NodeID)
    case declareCursor(name: NodeID, query: NodeID?)
    case branch(operand: NodeID?, arms: [Arm], otherwise: [Step])
    case loop(label: String?, condition: NodeID?, body: [Step])
    /// A loop over numbers or array elements.
    case count(label: String?, variables: [NodeID], bounds: [NodeID], body: [Step])
    /// A loop over the rows of a query, a dynamic query or a cursor.
    case rows(label: String?, variables: [NodeID], source: NodeID, body: [Step])
    /// A block that EXIT may leave by its label.
    case labelled(label: String, body: [Step])
    /// Handlers run when something in the body fails.
    case protected(body: [Step], handlers: [Handler])
    case open(cursor: NodeID, query: NodeID?)
    case fetch(cursor: NodeID, into: [NodeID])
    case call
    case dynamic
    /// RETURN, RETURN QUERY, RETURN NEXT with what they return.
    case give(value: NodeID?, row: Bool, ends: Bool)
    /// EXIT, BREAK (`again` false), CONTINUE (`again` true), of the innermost loop or the labelled one.
    case exit(label: String?, again: Bool, condition: NodeID?)
    /// A block with variables of its own.
    case scope(label: String?, names: [String], body: [Step])
    case alias(name: NodeID, variable: NodeID)
    /// RECEIVE from a queue, into variables or a table variable.
    case receive
    /// REFRESH MATERIALIZED VIEW.
    case refresh(NodeID)
    /// SET search_path.
    case searchPath([String])
    /// SET ROWCOUNT.
    case rowLimit(NodeID)
    case goto(String)
    case label(String)
    /// RAISE EXCEPTION, THROW: on to the handler, or out. `certain` is false where it may go on.
    case fail(certain: Bool)
    case definition
    /// A value that flows nowhere but may call: PERFORM, PRINT, ASSERT.
    case evaluate(NodeID)
    case rowCount(variables: [NodeID])
    case unread
  }

  /// Why a server may refuse a row: conditions of PL/pgSQL. https://www.postgresql.org/docs/15/errcodes-appendix.html
  struct Refusals: OptionSet, Sendable {
    let rawValue: UInt8

    static let unique = Refusals(rawValue: 1)
    static let notNull = Refusals(rawValue: 2)
    static let check = Refusals(rawValue: 4)
    static let foreignKey = Refusals(rawValue: 8)

    private static let names: [String: Refusals] = [
      "unique_violation": .unique, "not_null_violation": .notNull, "check_violation": .check, "foreign_key_violation": .foreignKey,
    ]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// - Parameter words: of a handler's conditions, lower case.
    init(named words: [String]) { self = words.reduce(into: []) { $0.formUnion(Refusals.names[$1] ?? []) } }
  }

  struct Handler: Sendable {
    /// Refusals of a row that it names.
    var refusals: Refusals
    var body: [Step]

    /// It only raises again: nothing is caught.
    var raisesAgain: Bool {
      guard let last = body.last, body.count == 1, case .fail(let certain) = last.operation else { return false }
      return certain
    }
  }

  struct Arm: Sendable {
    var conditions: [NodeID]
    var body: [Step]
  }

  var operation: Operation
  var node: NodeID
  /// 1-based among the innermost statements of its routine.
  var ordinal: Int
}

extension Step.Operation {
  /// Whether variables may have other values behind it; what is inside of it is asked for itself.
  var changesVariables: Bool {
    switch self {
    case .assign, .declareVariable, .query, .fetch, .call, .dynamic, .receive, .rowCount, .evaluate: true
    default: false
    }
  }
}
