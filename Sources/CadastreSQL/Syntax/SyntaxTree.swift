public import CadastreDiagnostics
public import CadastreModel

/// Index of a node in its tree.
public typealias NodeID = Int

/// One node: what it is, the tokens it covers, and where its descendants begin.
///
/// Nodes lie in postorder: the descendants of node `i` are the nodes `firstDescendant..<i`.
public struct Node: Sendable {
  public var kind: NodeKind
  /// Meaning by kind, see `NodeKind`.
  public var flags: UInt8
  /// Tokens, half-open.
  public var firstToken: UInt32
  public var endToken: UInt32
  public var firstDescendant: UInt32
  /// The next child of the same parent; 0 for the last one, since node 0 comes after none.
  public internal(set) var nextSibling: UInt32 = 0
}

/// The children of a node in order of the text.
public struct Children: Sequence, IteratorProtocol {
  let nodes: [Node]
  /// -1 after the last one.
  var upcoming: NodeID

  @inline(__always)
  public mutating func next() -> NodeID? {
    guard upcoming >= 0 else { return nil }
    let node = upcoming
    let sibling = Int(nodes[node].nextSibling)
    upcoming = sibling == 0 ? -1 : sibling
    return node
  }
}

/// A statement that was not read: where, why.
public struct UnparsedStatement: Sendable {
  public let range: SourceRange
  /// What was expected and what was found, and where.
  public let reason: String
  public let at: SourceRange
}

/// What parsing one input gives: all tokens, all nodes, all findings. Never fails.
///
/// Tokens of quoted bodies (`$$ ... $$`) follow the tokens of the script as further runs; each token's offsets are those of the file.
public final class SyntaxTree: Sendable {
  public let source: SourceText
  public let dialect: DialectName
  public let tokens: [Token]
  public let nodes: [Node]
  /// How many of `tokens` belong to the script itself; the rest are tokens of quoted bodies.
  public let scriptTokens: Int
  public let comments: [SourceRange]
  public let unparsed: [UnparsedStatement]
  public let diagnostics: [Diagnostic]

  init(
    source: SourceText, dialect: DialectName, tokens: [Token], nodes: [Node], scriptTokens: Int, comments: [SourceRange],
    unparsed: [UnparsedStatement], diagnostics: [Diagnostic]
  ) {
    self.source = source
    self.dialect = dialect
    self.tokens = tokens
    self.nodes = SyntaxTree.linked(nodes)
    self.scriptTokens = scriptTokens
    self.comments = comments
    self.unparsed = unparsed
    self.diagnostics = diagnostics
  }

  private static func linked(_ nodes: [Node]) -> [Node] {
    var linked = nodes
    linked.withUnsafeMutableBufferPointer { nodes in
      for parent in nodes.indices {
        let first = Int(nodes[parent].firstDescendant)
        var next = 0
        var at = parent - 1
        while at >= first {
          nodes[at].nextSibling = UInt32(truncatingIfNeeded: next)
          next = at
          at = Int(nodes[at].firstDescendant) - 1
        }
      }
    }
    return linked
  }

  /// The script node. There always is one.
  public var root: NodeID { nodes.count - 1 }

  @inline(__always)
  public func kind(_ node: NodeID) -> NodeKind { nodes[node].kind }

  @inline(__always)
  public func flags(_ node: NodeID) -> UInt8 { nodes[node].flags }

  /// The children of a node, in order of the text.
  public func children(_ node: NodeID) -> [NodeID] {
    var result: [NodeID] = []
    let first = Int(nodes[node].firstDescendant)
    var at = node - 1
    while at >= first {
      result.append(at)
      at = Int(nodes[at].firstDescendant) - 1
    }
    result.reverse()
    return result
  }

  /// The children of a node, one after the other, without an array of them.
  @inline(__always)
  public func eachChild(_ node: NodeID) -> Children { Children(nodes: nodes, upcoming: firstChild(node) ?? -1) }

  /// The first child of a node.
  @inline(__always)
  public func firstChild(_ node: NodeID) -> NodeID? {
    let first = Int(nodes[node].firstDescendant)
    guard first < node else { return nil }
    var at = node - 1
    while Int(nodes[at].firstDescendant) > first { at = Int(nodes[at].firstDescendant) - 1 }
    return at
  }

  /// The first child of a kind.
  public func child(_ node: NodeID, _ kind: NodeKind) -> NodeID? {
    let first = Int(nodes[node].firstDescendant)
    var at = node - 1
    var found: NodeID?
    while at >= first {
      if nodes[at].kind == kind { found = at }
      at = Int(nodes[at].firstDescendant) - 1
    }
    return found
  }

  /// The children of a kind, in order.
  public func children(_ node: NodeID, _ kind: NodeKind) -> [NodeID] {
    children(node).filter { nodes[$0].kind == kind }
  }

  /// The descendants of a node and the node itself, in postorder: the one walker of the project.
  public func descendants(_ node: NodeID) -> ClosedRange<NodeID> {
    Int(nodes[node].firstDescendant)...node
  }

  /// UTF-8 byte offsets that a node covers; empty for a node without tokens.
  public func range(_ node: NodeID) -> SourceRange {
    let value = nodes[node]
    guard value.endToken > value.firstToken else {
      let start = tokens.isEmpty ? 0 : tokens[min(Int(value.firstToken), tokens.count - 1)].start
      return SourceRange(start, start)
    }
    return SourceRange(tokens[Int(value.firstToken)].start, tokens[Int(value.endToken) - 1].end)
  }

  /// The text of a node as written.
  public func text(_ node: NodeID, limit: Int = .max) -> String { source.text(range(node), limit: limit) }

  /// The text of one token as written.
  public func text(_ token: Token) -> String { source.text(SourceRange(token.start, token.end)) }

  public func position(_ node: NodeID) -> SourcePosition { source.position(of: range(node).lower) }

  @inline(__always)
  public func firstToken(_ node: NodeID) -> Token { tokens[Int(nodes[node].firstToken)] }

  /// Whether a keyword stands among a node's own tokens (children included).
  public func contains(_ node: NodeID, _ keyword: Keyword) -> Bool {
    let value = nodes[node]
    for index in Int(value.firstToken)..<Int(value.endToken) where tokens[index].keyword == keyword { return true }
    return false
  }
}
