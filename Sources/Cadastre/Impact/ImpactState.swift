internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

/// A warehouse at one moment: its catalogue, its routines, its triggers. One before a change, one after it.
struct ImpactState: Sendable {
  var catalog: Catalog
  var library = RoutineLibrary()
  var triggers: [(name: ObjectName, facts: TriggerFacts)] = []
  /// Renamed columns and tables, which bound views follow.
  var renames: [String: String] = [:]

  init(catalog: Catalog, subjects: [ImpactSubject]) {
    self.catalog = catalog
    for subject in subjects { add(subject) }
  }

  func key(_ name: ObjectName) -> String { name.parts.map(catalog.compared).joined(separator: "\u{0}") }

  private mutating func add(_ subject: ImpactSubject) {
    if let facts = subject.trigger(catalog) { triggers.append((subject.name, facts)) }
    guard let node = subject.node, subject.tree.kind(node) == .createRoutine else { return }
    library.add(RoutineLibrary.Entry(name: subject.name, kind: subject.kind, tree: subject.tree, node: node), key: key(subject.name))
  }

  /// Reads a subject against this state.
  ///
  /// - Parameter arguments: what is passed to it; `nil` for whatever its parameters allow.
  func bind(_ subject: ImpactSubject, rules: ChangeRules, arguments: [ValueType]? = nil) -> Binder {
    var binder = Binder(catalog: catalog, library: library, rules: rules, tree: subject.tree)
    guard let node = subject.node else { return binder }
    if subject.isBound(rules) { binder.renames = renames }
    if subject.kind == .view {
      _ = binder.rows(node)
      return binder
    }
    binder.declareParameters(node, arguments)
    binder.declared = binder.declaredRows(node)
    let returnsRows = subject.tree.child(node, .returns).map { subject.tree.contains($0, .setof) || subject.tree.child($0, .columnDefinitions) != nil } ?? false
    if !returnsRows { binder.declared = nil }
    for (name, facts) in triggers where facts.function.map({ key($0) == key(subject.name) }) ?? (key(name) == key(subject.name)) { declareRows(of: facts, in: &binder) }
    declareTriggerWords(in: &binder)
    binder.body(node)
    return binder
  }

  /// NEW and OLD, `inserted` and `deleted`.
  private func declareRows(of facts: TriggerFacts, in binder: inout Binder) {
    let rows = catalog.asset(named: facts.table).map { binder.rows(of: $0) } ?? Binder.Rows(isOpen: true)
    for name in ["new", "old"] { binder.variables[0][name] = Binder.Variable(type: .unknown, fields: rows.fields, isRow: true, isOpen: rows.isOpen) }
    for name in ["inserted", "deleted"] { binder.temporaries[name] = rows }
  }

  private func declareTriggerWords(in binder: inout Binder) {
    let words = [
      "tg_op", "tg_name", "tg_when", "tg_level", "tg_table_name", "tg_table_schema", "tg_relname", "tg_nargs", "tg_argv", "tg_relid", "sqlerrm", "sqlstate", "found",
    ]
    for name in words { binder.variables[0][name] = Binder.Variable(type: .unknown) }
    if binder.variables[0]["new"] == nil {
      for name in ["new", "old"] { binder.variables[0][name] = Binder.Variable(type: .unknown, fields: [], isOpen: true) }
    }
  }
}
