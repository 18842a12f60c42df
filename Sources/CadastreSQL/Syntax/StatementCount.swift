extension NodeKind {
  /// Whether a node is a statement that a script or block can hold.
  public var isStatement: Bool {
    switch self {
    case .query, .insert, .update, .delete, .merge, .truncate, .copy, .bulkInsert, .createTable, .createView, .createIndex,
      .createSchema, .createSequence, .createSynonym, .createType, .otherDefinition, .alterTable, .drop, .grant, .commentOn, .rename,
      .createRoutine, .createTrigger, .anonymousBlock, .block, .declarations, .assignStatement, .setOption, .ifStatement,
      .caseStatement, .loop, .whileLoop, .forRange, .forQuery, .forEach, .exitStatement, .returnStatement, .returnQuery, .returnNext,
      .tryCatch, .raise, .transaction, .open, .fetch, .close, .deallocate, .move, .execute, .executeDynamic, .perform, .nullStatement,
      .getDiagnostics, .gotoStatement, .useDatabase, .utility, .unparsed, .declareCursor:
      true
    default: false
    }
  }

  /// Whether a statement was kept as text rather than read.
  public var isUnread: Bool { self == .unparsed }
}

/// How many statements and routines a script holds, and how many of them were read.
public struct ParseCounts: Sendable, Hashable {
  /// Innermost statements: those that hold no other statement.
  public var statements = 0
  public var unparsed = 0
  public var routines = 0
  /// Routines all of whose statements were read.
  public var routinesParsed = 0
}

extension SyntaxTree {
  /// Nodes that hold statements: the parents whose children are counted.
  static func holdsStatements(_ kind: NodeKind) -> Bool {
    switch kind {
    case .script, .body, .tryBody, .catchBody, .createSchema: true
    default: false
    }
  }

  /// The statements directly in a node that holds statements, in order.
  public func statements(in holder: NodeID) -> [NodeID] {
    children(holder).filter { kind($0).isStatement || kind($0) == .label }
  }

  /// Statements and routines, and how many of them were read.
  public var counts: ParseCounts {
    var counts = ParseCounts()
    var isHeld = [Bool](repeating: false, count: nodes.count)
    for node in nodes.indices where Self.holdsStatements(kind(node)) {
      let first = Int(nodes[node].firstDescendant)
      var child = node - 1
      while child >= first {
        if kind(child).isStatement { isHeld[child] = true }
        child = Int(nodes[child].firstDescendant) - 1
      }
    }
    // nodes come in postorder, so the last held statement or unread node before a node tells whether the node holds one
    var lastStatement = -1
    var lastUnread = -1
    for node in nodes.indices {
      let kind = kind(node)
      let first = Int(nodes[node].firstDescendant)
      if isHeld[node] {
        let holds = lastStatement >= first
        lastStatement = node
        if !holds {
          counts.statements += 1
          if kind.isUnread { counts.unparsed += 1 }
        }
        if kind == .createRoutine || kind == .createTrigger {
          counts.routines += 1
          if lastUnread < first { counts.routinesParsed += 1 }
        }
        // a routine whose own statement could not be read still is one
        if kind == .unparsed, beginsRoutine(node) { counts.routines += 1 }
      } else if kind == .unparsed {
        // the head of a compound statement, or an end that is missing
        counts.statements += 1
        counts.unparsed += 1
      }
      if kind.isUnread { lastUnread = node }
    }
    return counts
  }

  private func beginsRoutine(_ node: NodeID) -> Bool {
    let value = nodes[node]
    guard value.endToken > value.firstToken else { return false }
    guard tokens[Int(value.firstToken)].keyword == .create || tokens[Int(value.firstToken)].keyword == .alter else { return false }
    for index in Int(value.firstToken)..<min(Int(value.endToken), Int(value.firstToken) + 6) {
      switch tokens[index].keyword {
      case .procedure, .proc, .function, .trigger: return true
      case .table, .view, .index: return false
      default: continue
      }
    }
    return false
  }
}
