internal import CadastreCatalog
internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreModel
internal import CadastreSQL

/// A text that a change may break: a routine, a trigger or the query of a view, as the registry keeps it.
struct ImpactSubject: Sendable {
  var name: ObjectName
  var kind: RoutineKind
  var file: String
  /// The text with as many lines before it as in its file, so that its lines are the file's.
  var tree: SyntaxTree
  /// The routine's, trigger's or query's node; `nil` when the text could not be read.
  var node: NodeID?
  /// Every word of the text, as names are compared.
  var words: Set<String>

  init(name: ObjectName, kind: RoutineKind, file: String, line: Int, text: String, catalog: Catalog) {
    self.name = name
    self.kind = kind
    self.file = file
    tree = SyntaxTree.parse(SourceText(name: file, text: String(repeating: "\n", count: max(0, line - 1)) + text), dialect: catalog.dialect)
    node = kind == .view ? tree.statements(in: tree.root).first : ImpactSubject.definition(in: tree)
    words = ImpactSubject.words(text)
  }

  /// A routine or trigger that the change itself defines.
  init(name: ObjectName, kind: RoutineKind, tree: SyntaxTree, node: NodeID) {
    self.name = name
    self.kind = kind
    file = tree.source.name
    self.tree = tree
    self.node = node
    words = ImpactSubject.words(tree.text(node))
  }

  /// Whether a server parses the text when it is made and keeps it bound to what it names: a view's query, a body that is no string.
  func isBound(_ rules: ChangeRules) -> Bool {
    guard rules.viewsAreBound else { return false }
    if kind == .view { return true }
    guard let node, let body = tree.child(node, .body), tree.nodes[body].endToken > tree.nodes[body].firstToken else { return false }
    let first = Int(tree.nodes[body].firstToken)
    return tree.tokens[first].keyword == .return || tree.tokens[first].keyword == .atomic || (first > 0 && tree.tokens[first - 1].keyword == .atomic)
      || (first + 1 < tree.tokens.count && tree.tokens[first].keyword == .begin && tree.tokens[first + 1].keyword == .atomic)
  }

  static func definition(in tree: SyntaxTree) -> NodeID? {
    tree.definitions.first { tree.kind($0) == .createRoutine || tree.kind($0) == .createTrigger }
  }

  private static func words(_ text: String) -> Set<String> {
    Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" || $0 == "#") }.map { $0.lowercased() })
  }

  /// The table and function of a trigger's definition.
  func trigger(_ catalog: Catalog) -> TriggerFacts? {
    guard let node, tree.kind(node) == .createTrigger else { return nil }
    let names = tree.children(node, .name)
    guard names.count > 1 else { return nil }
    let written = catalog.objectName(names[1], in: tree)
    var facts = TriggerFacts(table: catalog.asset(named: written)?.name ?? written)
    if let call = tree.child(node, .call), let head = tree.child(call, .name) { facts.function = catalog.objectName(head, in: tree) }
    if let events = tree.child(node, .triggerEvents) {
      for word in [Keyword.insert, .update, .delete] where tree.contains(events, word) { facts.events.insert(word) }
      facts.updated = tree.children(events, .identifier).map { catalog.columnName(of: $0, in: tree) }
    }
    if let condition = tree.child(node, .where) {
      facts.watched += tree.descendants(condition).filter { tree.kind($0) == .name }.compactMap { tree.nameParts($0).last?.text.lowercased() }
    }
    return facts
  }
}

struct TriggerFacts: Sendable {
  var table: ObjectName
  /// `nil` where the trigger has a body of its own.
  var function: ObjectName?
  var events: Set<Keyword> = []
  /// Columns of UPDATE OF; none where any column fires it.
  var updated: [String] = []
  /// Columns of the condition.
  var watched: [String] = []

  /// Whether a write fires it.
  func isFired(by write: Binder.Write, _ same: (String, String) -> Bool) -> Bool {
    let fired = events.intersection(write.events)
    if fired != [.update] || updated.isEmpty { return !fired.isEmpty }
    return updated.contains { column in write.columns.contains { same($0, column) } }
  }
}
