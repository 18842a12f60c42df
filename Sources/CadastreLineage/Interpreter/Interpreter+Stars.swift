internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

/// What stands for several columns at once: modifiers of a star, COLUMNS(...).
extension Interpreter {
  /// Does to the columns that a star has added what stands behind it: EXCLUDE, REPLACE, RENAME, LIKE.
  mutating func modify(_ result: inout Relation, from first: Int, by modifiers: some Sequence<NodeID>) {
    for modifier in modifiers {
      switch tree.kind(modifier) {
      case .columnList:
        for name in tree.children(modifier, .name) { exclude(name, from: &result, first) }
      case .starReplace:
        for item in tree.children(modifier, .selectItem) {
          guard let value = tree.children(item).first, let name = alias(of: item) else { continue }
          let cell = cell(value)
          for index in result.columns.indices where index >= first && same(result.columns[index].name, name) {
            result.columns[index].flow = cell.flow
            result.columns[index].texts = cell.texts
          }
        }
      case .starRename:
        for item in tree.children(modifier, .selectItem) {
          guard let old = tree.children(item).first.map({ catalog.columnName(of: $0, in: tree) }), let name = alias(of: item) else { continue }
          for index in result.columns.indices where index >= first && same(result.columns[index].name, old) { result.columns[index].name = name }
        }
      case .starFilter:
        guard let pattern = namePattern(modifier, tree.children(modifier).last) else { continue }
        let negated = tree.flags(modifier) & 1 != 0
        let fitting = result.columns[first...].filter { pattern.matches($0.name) != negated }
        result.columns.replaceSubrange(first..., with: fitting)
      default: continue
      }
    }
  }

  private mutating func exclude(_ name: NodeID, from result: inout Relation, _ first: Int) {
    let column = catalog.columnName(of: name, in: tree)
    let parts = tree.nameParts(name).map { catalog.folded($0.text, quoted: $0.quoted) }
    var own: Flow?
    if parts.count > 1 {
      // `t.a`: that of this table only
      for entry in frames[frames.count - 1].entries where entry.matches(qualifier: parts.dropLast(), names) {
        own = entry.relation.column(named: column, names)?.flow
      }
    }
    for index in result.columns.indices.reversed() where index >= first && same(result.columns[index].name, column) {
      if own == nil || own == result.columns[index].flow { result.columns.remove(at: index) }
    }
  }

  private mutating func alias(of item: NodeID) -> String? { tree.child(item, .alias).map { catalog.columnName(of: $0, in: tree) } }

  // MARK: COLUMNS

  /// The first `COLUMNS(...)` in an expression that stands for a column each.
  mutating func columnsExpression(in node: NodeID) -> NodeID? {
    guard catalog.dialect.extensions.contains(.columnsExpression) else { return nil }
    var todo = [node]
    while let next = todo.popLast() {
      switch tree.kind(next) {
      case .columns where tree.flags(next) & 1 == 0: return next
      case .query, .subquery, .exists: continue
      default: todo.append(contentsOf: tree.children(next).reversed())
      }
    }
    return nil
  }

  /// A select item with COLUMNS(...): the expression for each column that it stands for.
  mutating func expand(_ expression: NodeID, _ value: NodeID, as alias: String?, into result: inout Relation) {
    let pattern = tree.children(expression).first.flatMap { namePattern(expression, $0) }
    let outer = columnsValue
    defer { columnsValue = outer }
    for column in columnsMeant(expression) {
      columnsValue = column
      let cell = cell(value)
      let name = alias.map { $0.contains("\\") ? pattern?.filled($0, column.name) ?? $0 : $0 }
      result.columns.append(Relation.Column(name: name ?? column.name, flow: cell.flow, texts: cell.texts))
    }
  }

  /// What flows through `COLUMNS(...)`: the column that it stands for at the moment, else all of them.
  mutating func columnsFlow(_ node: NodeID) -> Flow {
    if let column = columnsValue { return column.flow }
    var result = Flow()
    for column in columnsMeant(node) { result.add(column.flow) }
    return result
  }

  /// The columns for which `COLUMNS(...)` stands; all where its condition cannot be computed here.
  mutating func columnsMeant(_ node: NodeID) -> [Relation.Column] {
    let children = tree.children(node)
    guard let head = children.first else { return [] }
    var result = Relation()
    switch tree.kind(head) {
    case .star: star(into: &result)
    case .qualifiedStar: result.columns = starRow(head).record?.columns ?? []
    case .array:
      let listed = tree.children(head, .literal).map { tree.stringValue(tree.firstToken($0)) }
      star(into: &result)
      result.columns = listed.compactMap { result.column(named: $0, names) }
      return result.columns
    default:
      star(into: &result)
      if let pattern = namePattern(node, head) { result.columns.removeAll { !pattern.matches($0.name) } }
      return result.columns
    }
    modify(&result, from: 0, by: children.dropFirst())
    return result.columns
  }

  /// The pattern of names that a literal behind LIKE, GLOB ... or in COLUMNS is; `nil` for one that is not known.
  private mutating func namePattern(_ holder: NodeID, _ node: NodeID?) -> NamePattern? {
    guard let node else { return nil }
    if tree.kind(node) == .lambda {
      // `c -> c LIKE 'a%'`
      guard let test = tree.children(node).last, tree.kind(test) == .like, let pattern = tree.children(test).last else { return nil }
      return namePattern(test, pattern)
    }
    guard tree.kind(node) == .literal, tree.firstToken(node).kind == .string else { return nil }
    let text = tree.stringValue(tree.firstToken(node))
    if tree.contains(holder, .glob) { return NamePattern(glob: text) }
    if tree.contains(holder, .like) { return NamePattern(like: text, ignoresCase: false) }
    if tree.contains(holder, .ilike) { return NamePattern(like: text, ignoresCase: true) }
    return NamePattern(regex: text, isWhole: tree.contains(holder, .similar))
  }
}

/// A pattern of column names.
struct NamePattern {
  private let regex: Regex<AnyRegexOutput>
  private let isWhole: Bool

  /// - Parameter regex: a regular expression; refused where matching it could take long.
  init?(regex: String, isWhole: Bool) {
    let signs = regex.utf8.count { $0 == 0x2A || $0 == 0x2B || $0 == 0x3F || $0 == 0x7B }
    guard regex.utf8.count <= 200, signs <= 4, !regex.contains(")*"), !regex.contains(")+"), !regex.contains("){"),
      let compiled = try? Regex(regex)
    else { return nil }
    self.regex = compiled
    self.isWhole = isWhole
  }

  /// `%` is any text, `_` any letter.
  init?(like: String, ignoresCase: Bool) { self.init(like, any: "%", one: "_", ignoresCase) }

  /// `*` is any text, `?` any letter.
  init?(glob: String) { self.init(glob, any: "*", one: "?", false) }

  private init?(_ text: String, any: Character, one: Character, _ ignoresCase: Bool) {
    var pattern = ignoresCase ? "(?i)" : ""
    for letter in text {
      if letter == any { pattern += ".*" } else if letter == one { pattern += "." } else {
        pattern += letter.isLetter || letter.isNumber || letter == "_" ? String(letter) : "\\" + String(letter)
      }
    }
    self.init(regex: pattern, isWhole: true)
  }

  func matches(_ name: String) -> Bool { (isWhole ? name.wholeMatch(of: regex) : name.firstMatch(of: regex)) != nil }

  /// A name given by `\0`, `\1` ... of what was matched.
  func filled(_ template: String, _ name: String) -> String? {
    guard let match = name.firstMatch(of: regex) else { return nil }
    var result = ""
    var escaped = false
    for letter in template {
      if escaped {
        if let number = letter.wholeNumberValue, number < match.output.count { result += match.output[number].substring ?? "" }
        escaped = false
      } else if letter == "\\" {
        escaped = true
      } else {
        result.append(letter)
      }
    }
    return result
  }
}
