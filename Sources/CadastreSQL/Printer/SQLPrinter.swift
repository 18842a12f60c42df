internal import CadastreDiagnostics

/// Prints expressions and queries in one normal form: comments dropped, blanks by rule, words of the grammar in capitals, names and
/// literals as they are written. What it prints is read again as the same tree.
public struct SQLPrinter: Sendable {
  public enum Layout: Sendable {
    /// Everything on one line: the text of an expression in a report.
    case line
    /// A clause a line, subqueries indented by two.
    case clauses
  }

  private let tree: SyntaxTree
  private let layout: Layout
  /// The innermost node of each token, within the node that is printed.
  private var owner: [NodeID?] = []
  private var firstToken = 0

  public init(_ tree: SyntaxTree, layout: Layout = .line) {
    self.tree = tree
    self.layout = layout
  }

  /// The text of an expression, query or statement.
  ///
  /// - Parameter spelling: what to print for a token, by its index in the tree; `nil` prints it as the normal form says. An empty text leaves it out.
  public func print(_ node: NodeID, spelling: ((Int) -> String?)? = nil) -> String {
    var printer = self
    printer.prepare(node)
    return printer.text(of: node, spelling)
  }

  private mutating func prepare(_ node: NodeID) {
    let value = tree.nodes[node]
    firstToken = Int(value.firstToken)
    owner = [NodeID?](repeating: nil, count: Int(value.endToken) - firstToken)
    // nodes come in postorder: the first that covers a token is the innermost; the tokens of a quoted body are a run of their own
    for inner in tree.descendants(node) {
      for token in Int(tree.nodes[inner].firstToken)..<Int(tree.nodes[inner].endToken) where owner.indices.contains(token - firstToken) {
        if owner[token - firstToken] == nil { owner[token - firstToken] = inner }
      }
    }
  }

  private func kind(ofToken index: Int) -> NodeKind? {
    guard owner.indices.contains(index - firstToken), let node = owner[index - firstToken] else { return nil }
    return tree.kind(node)
  }

  private func text(of node: NodeID, _ spelling: ((Int) -> String?)?) -> String {
    let breaks = layout == .clauses ? lineBreaks(node) : [:]
    var text = ""
    var previous: Int?
    for index in firstToken..<(firstToken + owner.count) {
      let piece = spelling?(index) ?? self.spelling(index)
      guard !piece.isEmpty else { continue }
      if let indent = breaks[index], previous != nil {
        text += "\n" + String(repeating: " ", count: indent)
      } else if let previous, continuesString(previous, index) {
        text += "\n"
      } else if let previous, !joins(previous, index) {
        text += " "
      }
      text += piece
      previous = index
    }
    return text
  }

  /// The second of two strings that are one literal: it must stand on a line of its own.
  private func continuesString(_ left: Int, _ right: Int) -> Bool {
    tree.tokens[left].kind == .string && tree.tokens[right].kind == .string && kind(ofToken: right) == .literal
      && owner[left - firstToken] == owner[right - firstToken]
  }

  // MARK: words

  /// A token in normal form.
  private func spelling(_ index: Int) -> String {
    let token = tree.tokens[index]
    let text = tree.source.text(SourceRange(token.start, token.end))
    guard token.kind == .word, token.keyword != .none_ else { return text }
    switch kind(ofToken: index) {
    case .name, .identifier, .alias, .literal, .variable, .label, .columnList, .sample, .frame, nil: return isGrammar(index) ? text.uppercased() : text
    default: return text.uppercased()
    }
  }

  /// Words of the grammar in nodes that else hold names.
  private func isGrammar(_ index: Int) -> Bool {
    switch kind(ofToken: index) {
    case .frame, .sample: true
    default: false
    }
  }

  // MARK: blanks

  /// Whether two tokens stand without a blank between them.
  private func joins(_ left: Int, _ right: Int) -> Bool {
    let before = tree.tokens[left]
    let after = tree.tokens[right]
    switch after.kind {
    case .comma, .semicolon, .rightParen, .rightBracket: return true
    case .dot, .doubleColon: return true
    case .percentSign where kind(ofToken: right) == .typeName: return true
    case .leftParen: if isCall(left, right) { return true }
    case .leftBracket: if kind(ofToken: right) != .array || before.keyword == .array { return true }
    case .colon: return kind(ofToken: right) == .subscript
    default: break
    }
    switch before.kind {
    case .leftParen, .leftBracket, .dot, .doubleColon: return true
    case .percentSign: return kind(ofToken: left) == .typeName
    case .colon: return kind(ofToken: left) == .subscript
    case .plus, .hyphen, .tilde:
      // a sign, unless another sign follows: `- -1`
      guard kind(ofToken: left) == .unary else { return false }
      return after.kind != .plus && after.kind != .hyphen && after.kind != .tilde && after.kind != .otherOperator
    default: return false
    }
  }

  /// Whether a bracket opens the arguments of what stands before it: a function, a type, CAST.
  private func isCall(_ left: Int, _ right: Int) -> Bool {
    let before = tree.tokens[left]
    guard before.kind == .word || before.kind == .quotedName || before.kind == .placeholder else { return false }
    switch kind(ofToken: right) {
    case .call, .typeName: return kind(ofToken: left) == .name || kind(ofToken: left) == .identifier
    case .cast: return kind(ofToken: left) == .cast && before.keyword != .as
    default: return false
    }
  }

  // MARK: lines

  /// The indent of each token that begins a line.
  private func lineBreaks(_ node: NodeID) -> [Int: Int] {
    var depth: [NodeID: Int] = [node: 0]
    var breaks: [Int: Int] = [:]
    // parents come after their children
    for inner in tree.descendants(node).reversed() {
      let level = depth[inner] ?? 0
      for child in tree.children(inner) {
        var childLevel = level
        let first = Int(tree.nodes[child].firstToken)
        switch tree.kind(child) {
        case .query where inner != node || tree.kind(node) != .query:
          let end = Int(tree.nodes[child].endToken)
          if first > firstToken, tree.tokens[first - 1].kind == .leftParen, end < tree.tokens.count, tree.tokens[end].kind == .rightParen {
            childLevel += 2
            breaks[first] = childLevel
            breaks[end] = level
          }
        case .from, .where, .groupBy, .having, .windowClause, .qualify, .orderBy, .limit, .join, .setOperator, .onConflict, .returning:
          let isClause = tree.kind(inner) != .call && tree.kind(inner) != .over && tree.kind(inner) != .withinGroup && tree.kind(inner) != .filter
          if isClause { breaks[first] = level + (tree.kind(child) == .join ? 2 : 0) }
        case .select, .values: if tree.kind(inner) == .setOperation { breaks[first] = level }
        default: break
        }
        depth[child] = childLevel
      }
    }
    return breaks
  }
}
