internal import CadastreDialects

/// The statements of a dialect whose grammar is data, compiled from the dialect's tables; their notation is in `docs/statement-tables.md`.
struct StatementTable: Sendable {
  /// One statement form.
  struct Statement: Sendable {
    var phrase: Phrase
    var kind: NodeKind
  }

  private(set) var statements: [Statement] = []
  private(set) var rules: [Phrase] = []
  /// What is wrong with the tables themselves; empty unless one was edited badly.
  private(set) var problems: [String] = []
  private var byKeyword: [[Int]] = []
  private var entries: [Int?] = []

  /// Compiles tables; a rule or statement of an earlier table comes before one of a later table.
  init(reading texts: [String]) {
    var reader = StatementTableReader()
    for text in texts { reader.read(text) }
    let compiled = reader.finished()
    statements = compiled.statements
    rules = compiled.rules
    problems = compiled.problems
    entries = PhraseRule.allCases.map { compiled.names[$0.name] }
    byKeyword = [[Int]](repeating: [], count: Keyword.allCases.count)
    for (index, statement) in statements.enumerated() {
      guard let words = statement.phrase.firstWords(rules) else {
        problems.append("a statement of kind \(statement.kind) does not begin with a word")
        continue
      }
      for word in Set(words) {
        let keyword = word.withUnsafeBufferPointer { KeywordTable.shared.keyword($0, 0, word.count) }
        if keyword == .none_ {
          problems.append("'\(String(decoding: word, as: UTF8.self))' begins a statement but is no keyword")
        } else {
          byKeyword[Int(keyword.rawValue)].append(index)
        }
      }
    }
  }

  /// The statements that can begin with a keyword, in the tables' order.
  func statements(beginningWith keyword: Keyword) -> [Int] { byKeyword[Int(keyword.rawValue)] }

  func rule(_ rule: PhraseRule) -> Phrase? { entries[Int(rule.rawValue)].map { rules[$0] } }
}
