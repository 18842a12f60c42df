internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreModel
internal import CadastreSQL

/// Carries a default, check or computed expression from one dialect to another, token by token. What it is not sure of it refuses.
struct ExpressionTranslator {
  let from: Dialect
  let to: Dialect
  let table: DDLTable

  enum Outcome {
    case text(String)
    case refused(reason: String)
  }

  /// - Parameter booleans: names of columns of type boolean, compared with 0 and 1 where the source has no such type.
  func translate(_ expression: String, booleans: Set<String> = [], isBoolean: Bool = false) -> Outcome {
    if from.name.rawValue == to.name.rawValue { return .text(expression) }
    let bare = DDLTable.stripped(expression)
    let key = bare.lowercased().filter { !$0.isWhitespace }
    if isBoolean, from.procedural == .tsql, key == "0" || key == "1" { return .text(key == "1" ? "true" : "false") }
    if let known = table.expressions[key] { return .text(known) }
    guard let (tree, node) = read(bare) else { return .refused(reason: "the expression could not be read") }
    if let number = soleNumber(tree, node) { return .text(number) }
    return rewrite(tree, node, booleans)
  }

  /// The expression's node: as a condition, or as a value where that is none. (`SELECT a = 1` would name a column in T-SQL.)
  private func read(_ expression: String) -> (SyntaxTree, NodeID)? {
    for (before, holder) in [("SELECT 1 WHERE ", NodeKind.where), ("SELECT ", .selectItem)] {
      let tree = SyntaxTree.parse(SourceText(name: "expression", text: before + expression), dialect: from)
      guard tree.unparsed.isEmpty, let node = tree.nodes.indices.last(where: { tree.kind($0) == holder }) else { continue }
      if let value = tree.children(node).first { return (tree, value) }
    }
    return nil
  }

  private func soleNumber(_ tree: SyntaxTree, _ node: NodeID) -> String? {
    let tokens = tree.tokens[Int(tree.nodes[node].firstToken)..<Int(tree.nodes[node].endToken)]
    guard tokens.count <= 2, tokens.last?.kind == .number, tokens.count == 1 || tokens.first?.kind == .hyphen else { return nil }
    return tokens.map { tree.source.text(SourceRange($0.start, $0.end)) }.joined()
  }

  /// Functions with the same arguments under another name.
  private static let renamed: [String: String] = [
    "isnull": "coalesce", "coalesce": "coalesce", "len": "length", "length": "length", "upper": "upper", "lower": "lower", "ltrim": "ltrim", "rtrim": "rtrim",
    "abs": "abs", "round": "round", "floor": "floor", "ceiling": "ceiling", "nullif": "nullif", "replace": "replace", "left": "left", "right": "right",
    "substring": "substring", "concat": "concat",
  ]

  private func rewrite(_ tree: SyntaxTree, _ value: NodeID, _ booleans: Set<String>) -> Outcome {
    // what is spelled otherwise than in the source, by token
    var spelled: [Int: String] = [:]
    var index = Int(tree.nodes[value].firstToken)
    let end = Int(tree.nodes[value].endToken)
    while index < end {
      let token = tree.tokens[index]
      let text = tree.source.text(SourceRange(token.start, token.end))
      let isCall = index + 1 < end && tree.tokens[index + 1].kind == .leftParen
      switch token.kind {
      case .string: spelled[index] = to.literal(tree.stringValue(token))
      case .number, .leftParen, .rightParen, .comma, .equal, .less, .greater, .lessEqual, .greaterEqual, .notEqual, .hyphen, .star, .slash, .percentSign:
        if token.kind == .number, booleanComparison(tree, index, booleans) {
          spelled[index] = text == "1" ? "true" : "false"
        } else if token.kind == .notEqual {
          spelled[index] = "<>"
        }
      case .plus:
        return .refused(reason: "'+' may add or join strings")
      case .quotedName: spelled[index] = to.quoted(tree.part(token).text)
      case .word where isCall && !Self.words.contains(text.uppercased()):
        let lowered = text.lowercased()
        if let known = table.expressions[lowered + "()"], index + 2 < end, tree.tokens[index + 2].kind == .rightParen {
          spelled[index] = known
          (spelled[index + 1], spelled[index + 2]) = ("", "")
          index += 3
          continue
        }
        guard let name = Self.renamed[lowered] else { return .refused(reason: "no translation of the function '\(text)' is known") }
        spelled[index] = to.procedural == .tsql && name == "length" ? "LEN" : name
      case .word:
        if !Self.words.contains(text.uppercased()) { spelled[index] = to.quoted(text) }
      default: return .refused(reason: "no translation of '\(text)' is known")
      }
      index += 1
    }
    return .text(SQLPrinter(tree).print(value) { spelled[$0] })
  }

  private func booleanComparison(_ tree: SyntaxTree, _ index: Int, _ booleans: Set<String>) -> Bool {
    guard index >= 2, tree.tokens[index - 1].kind == .equal || tree.tokens[index - 1].kind == .notEqual else { return false }
    let name = tree.part(tree.tokens[index - 2]).text
    return booleans.contains(name.lowercased()) && from.procedural == .tsql && to.procedural != .tsql
  }

  private static let words: Set<String> = ["AND", "OR", "NOT", "NULL", "IS", "IN", "BETWEEN", "LIKE", "CASE", "WHEN", "THEN", "ELSE", "END"]
}
