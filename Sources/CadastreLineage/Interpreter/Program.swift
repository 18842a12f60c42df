internal import CadastreDiagnostics
internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreModel
internal import CadastreSQL

/// A routine of the input, lowered once.
struct RoutineDefinition: Sendable {
  struct Parameter: Sendable {
    /// As written, with its sigil.
    var name: String
    var mode: CadastreModel.Parameter.Mode
    var defaultValue: NodeID?
    var nativeType: String
    var defaultText: String?
  }

  var name: ObjectName
  var kind: RoutineKind
  var tree: SyntaxTree
  var node: NodeID
  var parameters: [Parameter]
  var steps: [Step]
  /// The columns of a table function, in order.
  var resultColumns: [String]
  /// The table variable that a T-SQL function returns.
  var resultVariable: String?
  /// The body's language is one that is read.
  var isReadable: Bool
  /// SET search_path of its head.
  var searchPath: [String]
  /// Its last parameter takes all further arguments.
  var isVariadic = false
  /// Whether edges of it are asked for (a file to extract), or it only composes (`--ddl`).
  var isSubject: Bool

  /// A function that only triggers run.
  var isTriggerFunction: Bool {
    guard let returns = tree.child(node, .returns) else { return false }
    return tree.text(returns).lowercased().hasSuffix("trigger")
  }
}

extension Keyword {
  /// What fires a trigger.
  static let triggerEvents: Set<Keyword> = [.insert, .update, .delete, .truncate]
}

struct TriggerDefinition: Sendable {
  var name: ObjectName
  var table: ObjectName
  /// The words between AFTER and ON: which events fire it.
  var events: Set<Keyword>
  /// Index of the routine it runs.
  var routine: Int
  var tree: SyntaxTree
  var condition: NodeID?
  var isBefore: Bool
  /// INSTEAD OF: what fires it does not happen.
  var isInstead: Bool
  /// REFERENCING: the names under which the rows before and after are seen.
  var transitions: [String]
  /// UPDATE OF: the columns whose setting fires it; empty for any.
  var updated: [String]
  /// The constants that the trigger's function is given.
  var arguments: [String]
}

/// All that the interpreter reads of the input: never changes while it runs.
struct Program: Sendable {
  var catalog: Catalog
  var routines: [RoutineDefinition] = []
  private(set) var triggers: [TriggerDefinition] = []
  private var triggersByTable: [String: [Int]] = [:]
  private var byFullName: [String: Int] = [:]
  private var byLastName: [String: [Int]] = [:]
  /// What comments say of statements, by script.
  private(set) var annotations: [ObjectIdentifier: [NodeID: [Annotation]]] = [:]
  /// Tables on which some trigger function is run, by the function's index.
  private(set) var triggerFunctions: Set<Int> = []
  /// Routines that run dynamic SQL or call one that does.
  private var textual: Set<Int> = []
  /// By routine: its place in an order in which what a routine calls comes before it.
  private(set) var ranks: [Int] = []
  /// By routine: names in its text, and in those of the routines that it calls, that may be temporary tables of a caller.
  private var mentioned: [Set<String>] = []
  /// Views that stay as they are: those the files to extract define.
  var keptViews: Set<String> = []
  /// The views' trees, for expansion and for their own edges.
  var views: [String: (tree: SyntaxTree, node: NodeID)] = [:]

  init(catalog: Catalog) { self.catalog = catalog }

  func key(_ name: ObjectName) -> String { name.parts.map(catalog.compared).joined(separator: "\u{0}") }

  mutating func add(_ tree: SyntaxTree, isSubject: Bool) {
    if !tree.comments.isEmpty {
      let found = Annotation.all(in: tree)
      if !found.isEmpty { annotations[ObjectIdentifier(tree)] = found }
    }
    for node in tree.definitions {
      switch tree.kind(node) {
      case .createRoutine: addRoutine(node, tree, isSubject)
      case .createTrigger: addTrigger(node, tree, isSubject)
      case .createView:
        guard let name = tree.child(node, .name) else { continue }
        let key = key(catalog.objectName(name, in: tree))
        views[key] = (tree, node)
        if isSubject || tree.flags(node) & 1 != 0 { keptViews.insert(key) }
      default: continue
      }
    }
  }

  private mutating func addRoutine(_ node: NodeID, _ tree: SyntaxTree, _ isSubject: Bool) {
    guard let nameNode = tree.child(node, .name) else { return }
    let name = catalog.objectName(nameNode, in: tree)
    var parameters: [RoutineDefinition.Parameter] = []
    if let list = tree.child(node, .parameterList) {
      for item in tree.children(list, .parameterItem) {
        let value = tree.child(item, .defaultClause)
        let flags = tree.flags(item)
        parameters.append(
          .init(
            name: tree.child(item, .identifier).map { tree.text($0) } ?? "", mode: flags == 1 ? .out : flags == 2 ? .inout : .in,
            defaultValue: value.flatMap { tree.children($0).first },
            nativeType: tree.child(item, .typeName).map { tree.text($0) } ?? "",
            defaultText: value.flatMap { tree.children($0).first }.map { tree.text($0) }))
      }
    }
    // T-SQL's OUTPUT parameters carry values both ways
    if catalog.dialect.procedural == .tsql {
      for index in parameters.indices where parameters[index].mode == .out { parameters[index].mode = .inout }
    }
    var resultColumns: [String] = []
    var resultVariable: String?
    if let returns = tree.child(node, .returns) {
      if let list = tree.child(returns, .columnDefinitions) {
        for item in tree.children(list, .columnDefinitionItem) {
          if let name = tree.child(item, .identifier) { resultColumns.append(catalog.columnName(of: name, in: tree)) }
        }
      }
      if let variable = tree.child(returns, .variable) {
        resultVariable = tree.text(variable).lowercased()
        resultColumns = tree.children(returns, .columnItem).compactMap { tree.child($0, .identifier).map { catalog.columnName(of: $0, in: tree) } }
      }
    }
    if resultColumns.isEmpty, let returns = tree.child(node, .returns), let type = tree.child(returns, .typeName), let name = tree.child(type, .name) {
      // SETOF a table or composite type
      resultColumns = catalog.asset(named: catalog.objectName(name, in: tree))?.columns.map(\.name) ?? []
    }
    if resultColumns.isEmpty {
      let outs = parameters.filter { $0.mode != .in }
      if outs.count > 1, tree.flags(node) == RoutineForm.function.rawValue {
        resultColumns = outs.map { name in catalog.dialect.procedural == .tsql ? name.name : catalog.folded(name.name, quoted: name.name.hasPrefix("\"")) }
      }
    }
    let body = tree.child(node, .body)
    var lowering = Lowering(tree)
    let definition = RoutineDefinition(
      name: name, kind: tree.flags(node) == RoutineForm.function.rawValue ? .function : .procedure, tree: tree, node: node,
      parameters: parameters, steps: body.map { lowering.steps(in: $0) } ?? [], resultColumns: resultColumns,
      resultVariable: resultVariable, isReadable: body != nil, searchPath: tree.searchPath(of: node) ?? [],
      isVariadic: tree.child(node, .parameterList).map { tree.contains($0, .variadic) } ?? false, isSubject: isSubject)
    let index = routines.count
    if let known = byFullName[key(name)], routines[known].parameters.count == parameters.count { 
      routines[known] = definition
      return
    }
    routines.append(definition)
    byFullName[key(name)] = index
    byLastName[catalog.compared(name.name), default: []].append(index)
  }

  private mutating func addTrigger(_ node: NodeID, _ tree: SyntaxTree, _ isSubject: Bool) {
    let names = tree.children(node, .name)
    guard names.count >= 2 else { return }
    let name = catalog.objectName(names[0], in: tree)
    let table = catalog.objectName(names[1], in: tree)
    var events: Set<Keyword> = []
    var isBefore = false
    var isInstead = false
    if let list = tree.child(node, .triggerEvents) {
      let value = tree.nodes[list]
      for index in Int(value.firstToken)..<Int(value.endToken) {
        events.insert(tree.tokens[index].keyword)
        if tree.tokens[index].keyword == .before { isBefore = true }
        if tree.tokens[index].keyword == .instead { isInstead = true }
      }
    }
    let routine: Int
    if let call = tree.child(node, .call), let function = tree.child(call, .name) {
      guard let known = self.routine(named: catalog.objectName(function, in: tree), arguments: 0) else { return }
      routine = known
      triggerFunctions.insert(known)
    } else {
      var lowering = Lowering(tree)
      routine = routines.count
      routines.append(
        RoutineDefinition(
          name: ObjectName(schema: name.parts.count > 1 ? name.schema : table.schema, name.name), kind: .trigger, tree: tree, node: node,
          parameters: [], steps: tree.child(node, .body).map { lowering.steps(in: $0) } ?? [], resultColumns: [], resultVariable: nil,
          isReadable: true, searchPath: [], isSubject: isSubject))
    }
    triggersByTable[key(table), default: []].append(triggers.count)
    triggers.append(
      TriggerDefinition(
        name: name, table: table, events: events, routine: routine, tree: tree, condition: tree.child(node, .where), isBefore: isBefore,
        isInstead: isInstead, transitions: tree.children(node, .identifier).map { catalog.columnName(of: $0, in: tree) },
        updated: tree.child(node, .triggerEvents).map { tree.children($0, .identifier).map { catalog.columnName(of: $0, in: tree) } } ?? [],
        arguments: tree.child(node, .call).map { call in
          tree.children(call, .literal).map { tree.firstToken($0).kind == .string ? tree.stringValue(tree.firstToken($0)) : tree.text($0) }
        } ?? []))
  }

  /// Whether what a routine or one that it calls does depends on texts it is given: it runs dynamic SQL.
  func usesTexts(_ index: Int) -> Bool { textual.contains(index) }

  /// Finds the routines that run dynamic SQL, and those that call them.
  mutating func finish() {
    var callers: [Int: [Int]] = [:]
    var todo: [Int] = []
    mentioned = routines.map { mentions($0) }
    for (index, routine) in routines.enumerated() {
      var isDynamic = false
      for node in routine.tree.descendants(routine.node) {
        switch routine.tree.kind(node) {
        case .executeDynamic: isDynamic = true
        case .execute:
          guard let head = routine.tree.children(node).first(where: { routine.tree.kind($0) == .name }) else {
            isDynamic = true
            continue
          }
          if routine.tree.lastPart(head)?.text.lowercased() == "sp_executesql" { isDynamic = true }
          for callee in named(head, routine.tree) { callers[callee, default: []].append(index) }
        case .call:
          guard let head = routine.tree.child(node, .name) else { continue }
          for callee in named(head, routine.tree) { callers[callee, default: []].append(index) }
        default: continue
        }
      }
      if isDynamic { todo.append(index) }
    }
    rank(callers)
    var changed = routines.indices.filter { !mentioned[$0].isEmpty }
    while let next = changed.popLast() {
      for caller in callers[next] ?? [] where !mentioned[caller].isSuperset(of: mentioned[next]) {
        mentioned[caller].formUnion(mentioned[next])
        changed.append(caller)
      }
    }
    while let next = todo.popLast() {
      guard textual.insert(next).inserted else { continue }
      todo += callers[next] ?? []
    }
  }

  /// Ranks the routines so that what a routine calls comes before it, as far as calls do not go in circles.
  private mutating func rank(_ callers: [Int: [Int]]) {
    var open = [Int](repeating: 0, count: routines.count)
    for (callee, list) in callers { for caller in list where caller != callee { open[caller] += 1 } }
    ranks = [Int](repeating: routines.count, count: routines.count)
    var ready = routines.indices.filter { open[$0] == 0 }
    var next = 0
    while next < ready.count {
      let routine = ready[next]
      ranks[routine] = next
      next += 1
      for caller in callers[routine] ?? [] where caller != routine {
        open[caller] -= 1
        if open[caller] == 0 { ready.append(caller) }
      }
    }
  }

  /// Names in a routine's text that may be those of a caller's temporary tables.
  private func mentions(_ routine: RoutineDefinition) -> Set<String> {
    let tree = routine.tree
    var result: Set<String> = []
    for node in tree.descendants(routine.node) {
      switch tree.kind(node) {
      case .name where catalog.dialect.procedural == .tsql:
        let text = tree.text(node)
        if text.utf8.contains(0x23) { result.insert(tree.lastPart(node)?.text.lowercased() ?? "") }
      case .tableReference where catalog.dialect.procedural != .tsql, .target where catalog.dialect.procedural != .tsql:
        if let name = tree.children(node).first, tree.kind(name) == .name { result.insert(tree.lastPart(name)?.text.lowercased() ?? "") }
      default: continue
      }
    }
    return result
  }

  /// The temporary tables of a caller that a routine, or one that it calls, may see; all where it runs dynamic SQL.
  func seen(by index: Int, of tables: [String: Relation]) -> [String: Relation] {
    if tables.isEmpty || textual.contains(index) { return tables }
    return tables.filter { mentioned[index].contains($0.key) }
  }

  /// Every routine that a call could mean.
  private func named(_ head: NodeID, _ tree: SyntaxTree) -> [Int] {
    guard let last = tree.lastPart(head) else { return [] }
    return byLastName[catalog.compared(catalog.folded(last.text, quoted: last.quoted))] ?? []
  }

  /// The definition of a view.
  func view(_ asset: Asset) -> (tree: SyntaxTree, node: NodeID)? {
    guard asset.kind == .view || asset.kind == .materializedView else { return nil }
    return views[key(asset.name)]
  }

  /// Whether a view stays as it is rather than being looked through.
  func isKept(_ asset: Asset) -> Bool { keptViews.contains(key(asset.name)) }

  /// The triggers on a table.
  func triggers(on table: ObjectName) -> [TriggerDefinition] {
    triggers.isEmpty ? [] : (triggersByTable[key(table)] ?? []).map { triggers[$0] }
  }

  /// Whether some routine has that name, in whatever schema.
  func hasRoutine(lastName: String) -> Bool { byLastName[catalog.compared(lastName)] != nil }

  /// The routine a name means: the full name, or the only one of its last name.
  func routine(named name: ObjectName, arguments: Int) -> Int? {
    if let exact = byFullName[key(name)] {
      // overloads: the one that takes that many arguments
      let fits = (byLastName[catalog.compared(name.name)] ?? []).filter {
        key(routines[$0].name) == key(name) && routines[$0].parameters.count == arguments
      }
      return fits.last ?? exact
    }
    let candidates = byLastName[catalog.compared(name.name)] ?? []
    return candidates.count == 1 && (name.schema == nil || name.schema == catalog.dialect.identifiers.defaultSchema) ? candidates[0] : nil
  }
}
