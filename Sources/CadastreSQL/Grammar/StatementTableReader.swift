internal import CadastreDialects

/// Compiles the text of statement tables (`docs/statement-tables.md` says how they are written).
struct StatementTableReader {
  private enum Lexeme: Equatable {
    case word(String)
    case symbol(String)
    case reference(String)
    case open(Character)
    case close(Character)
    case bar, ellipsis, commaEllipsis
  }

  private var statements: [StatementTable.Statement] = []
  private var ruleNames: [String: Int] = [:]
  private var rules: [Phrase?] = []
  private var problems: [String] = []
  private var kind = NodeKind.utility

  private var lexemes: [Lexeme] = []
  private var at = 0

  /// Takes in one table.
  mutating func read(_ text: String) {
    var entry = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let content = line.prefix { $0 != "#" }
      let isContinuation = content.first == " " || content.first == "\t"
      if isContinuation, !entry.isEmpty {
        entry += " " + content
        continue
      }
      take(entry)
      entry = String(content)
    }
    take(entry)
  }

  /// The compiled tables; a rule that is named but defined nowhere is a problem.
  mutating func finished() -> (statements: [StatementTable.Statement], rules: [Phrase], names: [String: Int], problems: [String]) {
    for (name, index) in ruleNames where rules[index] == nil { problems.append("<\(name)> is defined nowhere") }
    return (statements, rules.map { $0 ?? .choice([]) }, ruleNames, problems)
  }

  private mutating func take(_ entry: String) {
    guard let first = entry.first(where: { !$0.isWhitespace }) else { return }
    if first == "@" {
      let name = entry.dropFirst().prefix { $0.isLetter }
      if let known = Self.kinds[String(name)] { kind = known } else { problems.append("no such kind: \(entry)") }
      return
    }
    lexemes = []
    at = 0
    guard lex(entry) else { return }
    if case .reference(let name) = lexemes.first, lexemes.count > 1, lexemes[1] == .symbol("::=") {
      at = 2
      let body = alternatives()
      finishEntry(entry)
      let index = index(ofRule: name)
      // a rule of an earlier table stands: it is the deriving dialect's
      if rules[index] == nil { rules[index] = body }
      return
    }
    let phrase = alternatives()
    finishEntry(entry)
    statements.append(.init(phrase: phrase, kind: kind))
  }

  private static let kinds: [String: NodeKind] = [
    "utility": .utility, "otherDefinition": .otherDefinition, "grant": .grant, "setOption": .setOption, "drop": .drop, "rename": .rename,
    "copy": .copy,
  ]

  private mutating func finishEntry(_ entry: String) {
    if at != lexemes.count { problems.append("not understood behind element \(at): \(entry)") }
  }

  private mutating func index(ofRule name: String) -> Int {
    if let known = ruleNames[name] { return known }
    rules.append(nil)
    ruleNames[name] = rules.count - 1
    return rules.count - 1
  }

  // MARK: the notation

  private mutating func lex(_ text: String) -> Bool {
    var rest = Substring(text)
    while let letter = rest.first {
      if letter.isWhitespace {
        rest = rest.dropFirst()
      } else if letter.isASCII, letter.isLetter || letter.isNumber || letter == "_" {
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        lexemes.append(.word(word.lowercased()))
        rest = rest.dropFirst(word.count)
      } else if letter == "'" {
        let inner = rest.dropFirst().prefix { $0 != "'" }
        lexemes.append(.symbol(String(inner)))
        rest = rest.dropFirst(inner.count + 2)
      } else if letter == "<" {
        let inner = rest.dropFirst().prefix { $0 != ">" }
        lexemes.append(.reference(String(inner)))
        rest = rest.dropFirst(inner.count + 2)
      } else if rest.hasPrefix("::=") {
        lexemes.append(.symbol("::="))
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix(",...") {
        lexemes.append(.commaEllipsis)
        rest = rest.dropFirst(4)
      } else if rest.hasPrefix("...") {
        lexemes.append(.ellipsis)
        rest = rest.dropFirst(3)
      } else {
        switch letter {
        case "[", "{": lexemes.append(.open(letter))
        case "]", "}": lexemes.append(.close(letter))
        case "|": lexemes.append(.bar)
        default: lexemes.append(.symbol(String(letter)))
        }
        rest = rest.dropFirst()
      }
    }
    return !lexemes.isEmpty
  }

  private mutating func alternatives() -> Phrase {
    var arms = [sequence()]
    while at < lexemes.count, lexemes[at] == .bar {
      at += 1
      arms.append(sequence())
    }
    return arms.count == 1 ? arms[0] : .choice(arms)
  }

  private mutating func sequence() -> Phrase {
    var parts: [Phrase] = []
    while at < lexemes.count, let part = element() { parts.append(part) }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func element() -> Phrase? {
    var part: Phrase
    switch lexemes[at] {
    case .word(let word):
      at += 1
      let bytes = Array(word.utf8)
      part = .word(bytes, bytes.withUnsafeBufferPointer { KeywordTable.shared.keyword($0, 0, bytes.count) })
    case .symbol(let text):
      at += 1
      part = .symbol(Array(text.utf8))
    case .reference(let name):
      at += 1
      if let builtIn = Phrase.BuiltIn(rawValue: name) { part = .builtIn(builtIn) } else { part = .rule(index(ofRule: name)) }
    case .open(let bracket):
      at += 1
      part = alternatives()
      let close: Character = bracket == "[" ? "]" : "}"
      guard at < lexemes.count, lexemes[at] == .close(close) else {
        problems.append("'\(bracket)' is never closed")
        return nil
      }
      at += 1
      if bracket == "[" { part = .optional(part) }
    case .close, .bar, .ellipsis, .commaEllipsis: return nil
    }
    guard at < lexemes.count else { return part }
    if lexemes[at] == .commaEllipsis {
      at += 1
      return .list(part)
    }
    if lexemes[at] == .ellipsis {
      at += 1
      // `[x]...` is any number: an optional repetition
      if case .optional(let inner) = part { return .optional(.repeated(inner)) }
      return .repeated(part)
    }
    return part
  }
}
