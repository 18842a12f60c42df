internal import CadastreCatalog
public import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreLineage
internal import CadastreModel
internal import CadastreSQL
public import CadastreStore

/// What a change would break: the registry's routines and views, analysed against the catalogue as it is and as it would be.
public struct ImpactAnalysis: Sendable {
  let registry: Registry
  let namespace: Namespace
  let dialect: Dialect
  let rules: ChangeRules
  let subjects: [ImpactSubject]
  let before: ImpactState
  let uses: [BoundUse]
  let feeds: [Feed]

  /// Loads a namespace of a registry; without a name the only one.
  public init(registry: Registry, namespace name: String? = nil) throws {
    let known = try registry.namespaces()
    if let name {
      guard let found = known.first(where: { $0.name == name }) else { throw ImpactFailure.unknownNamespace(name, known: known.map(\.name)) }
      namespace = found
    } else {
      guard known.count == 1 else { throw ImpactFailure.severalNamespaces(known.map(\.name)) }
      namespace = known[0]
    }
    self.registry = registry
    dialect = Dialect.named(namespace.dialect)
    rules = ChangeRules.of(dialect)
    var catalog = Catalog(dialect: dialect)
    catalog.add(try registry.assets(namespace: namespace.name))
    let lines = try registry.queryLines(namespace: namespace.name)
    var subjects = try registry.routines(namespace: namespace.name).filter { $0.kind != .script && $0.kind != .view }.map {
      ImpactSubject(name: $0.name, kind: $0.kind, file: $0.definedAt.file, line: $0.definedAt.line, text: $0.source, catalog: catalog)
    }
    for asset in catalog.assets {
      guard let query = asset.query, asset.kind == .view || asset.kind == .materializedView else { continue }
      let line = lines[asset.name.rendered] ?? asset.definedAt?.line ?? 1
      subjects.append(ImpactSubject(name: asset.name, kind: .view, file: asset.definedAt?.file ?? "", line: line, text: query, catalog: catalog))
    }
    self.subjects = subjects
    let state = ImpactState(catalog: catalog, subjects: subjects)
    before = state
    let rules = rules
    uses = subjects.filter { $0.kind == .view || $0.isBound(rules) }.map { subject in
      let binder = state.bind(subject, rules: rules)
      return BoundUse(
        subject: subject, columns: binder.references, objects: binder.objects, calls: Set(binder.calls.map { state.library.entries[$0.routine].name }))
    }
    feeds = try registry.feeds(namespace: namespace.name)
  }

  /// What a script would do. Nothing is changed.
  public func report(on script: SourceText) throws -> ImpactReport {
    let tree = SyntaxTree.parse(script, dialect: dialect)
    let names = Set(subjects.filter { $0.kind != .view }.map { before.key($0.name) })
    let changes = ChangeReader(catalog: before.catalog, tree: tree, routines: names).changes()
    guard !changes.isEmpty else { throw ImpactFailure.nothingChanged(path: script.name) }
    var report = ImpactReport(namespace: namespace.name)
    var refusal = RefusalRules(state: before, rules: rules, uses: uses)
    var taken: Set<ObjectName> = []
    for change in changes {
      let found = refusal.refusals(of: change)
      if change.isCascade {
        for item in found {
          if let use = uses.first(where: { $0.subject.name.rendered == item.object }) { taken.insert(use.subject.name) }
          for trigger in before.triggers where item.kind == "trigger" && trigger.name.rendered == item.object { taken.insert(trigger.name) }
          var gone = item
          gone.stage = .run
          gone.reason = "dropped_by_cascade"
          report.breaks.append(gone)
        }
      } else {
        report.breaks += found
      }
      if change.kind == .dropTable || change.kind == .dropView || change.kind == .dropRoutine { refusal.gone.insert(change.object) }
      report.changes.append(
        ImpactReport.Change(
          kind: change.kind.rawValue, object: change.rendered, line: change.line, detail: change.detail,
          refused: !change.isCascade && found.contains { $0.certain }))
    }
    let after = state(after: changes, tree, without: taken)
    let replacement = ReplacementRules(before: before, after: after.state, rules: rules, tree: tree)
    for (index, change) in changes.enumerated() {
      guard let item = replacement.refusal(of: change) else { continue }
      report.breaks.append(item)
      report.changes[index].refused = true
    }
    var search = BreakSearch(analysis: self, changes: changes, after: after.state, subjects: after.subjects, changed: tree)
    search.run(knowing: report.breaks)
    report.breaks += search.breaks
    report.unsure = search.unsure
    report.analysed = search.analysed
    report.breaks = Array(Set(report.breaks)).sorted { ($0.object, $0.stage.rawValue, $0.line, $0.reason, $0.detail) < ($1.object, $1.stage.rawValue, $1.line, $1.reason, $1.detail) }
    report.order = FixOrder(breaks: report.breaks, uses: search.uses).order
    report.downstream = try downstream(of: changes)
    return report
  }

  /// The warehouse as it would be, and the texts in it.
  private func state(after changes: [SchemaChange], _ tree: SyntaxTree, without taken: Set<ObjectName>) -> (state: ImpactState, subjects: [ImpactSubject]) {
    var catalog = before.catalog
    catalog.apply(tree)
    for name in taken { catalog.remove(name) }
    var dropped: Set<String> = []
    for change in changes where change.kind == .dropRoutine || change.kind == .dropOther { dropped.insert(before.key(change.object)) }
    for name in taken { dropped.insert(before.key(name)) }
    for trigger in before.triggers where catalog.asset(named: trigger.facts.table) == nil && !changes.contains(where: { $0.kind == .renameTable }) {
      dropped.insert(before.key(trigger.name))
    }
    var replaced: [String: ImpactSubject] = [:]
    for node in tree.definitions where tree.kind(node) == .createRoutine || tree.kind(node) == .createTrigger {
      guard let head = tree.child(node, .name) else { continue }
      let name = catalog.objectName(head, in: tree)
      let kind: RoutineKind = tree.kind(node) == .createTrigger ? .trigger : tree.flags(node) == RoutineForm.function.rawValue ? .function : .procedure
      replaced[before.key(name)] = ImpactSubject(name: name, kind: kind, tree: tree, node: node)
    }
    for node in tree.definitions where tree.kind(node) == .createView {
      guard let head = tree.child(node, .name), let query = tree.child(node, .query) else { continue }
      let name = catalog.objectName(head, in: tree)
      replaced[before.key(name)] = ImpactSubject(name: name, kind: .view, tree: tree, node: query)
    }
    var texts: [ImpactSubject] = []
    for subject in subjects where !dropped.contains(before.key(subject.name)) {
      if subject.kind == .view, catalog.asset(named: subject.name) == nil { continue }
      texts.append(replaced.removeValue(forKey: before.key(subject.name)) ?? subject)
    }
    texts += replaced.values.sorted { $0.name.rendered < $1.name.rendered }
    var state = ImpactState(catalog: catalog, subjects: texts)
    for change in changes {
      if change.kind == .renameColumn, let old = change.column, let new = change.newName {
        state.renames[before.key(change.object) + "\u{0}" + catalog.compared(old)] = new
      } else if change.kind == .renameTable, let new = change.newName {
        state.renames[before.key(change.object)] = before.key(ObjectName(Array(change.object.parts.dropLast()) + [new]))
      }
    }
    return (state, texts)
  }

  // MARK: downstream

  private func downstream(of changes: [SchemaChange]) throws -> ImpactReport.Downstream {
    var columns: Set<String> = []
    var assets: Set<ObjectName> = []
    var touched = Set(changes.map(\.object))
    for change in changes {
      guard before.catalog.asset(named: change.object) != nil else { continue }
      let start = ColumnReference(asset: change.object, column: change.kind == .addColumn ? nil : change.column)
      if change.kind == .addColumn || change.kind == .newObject { continue }
      for step in try registry.lineage(.downstream, of: start) {
        assets.insert(step.edge.target.asset)
        if step.edge.target.column != nil { columns.insert(step.edge.target.rendered) } else { for name in step.edge.columns { columns.insert(step.edge.target.asset.rendered(column: name)) } }
      }
    }
    touched.formUnion(assets)
    var result = ImpactReport.Downstream()
    result.columns = columns.sorted()
    result.assets = assets.map(\.rendered).sorted()
    result.feeds = feeds.filter { touched.contains($0.target) || touched.contains($0.source) }.map(\.name).sorted()
    result.checklists = try registry.checklists(namespace: namespace.name).filter { touched.contains($0.subject) || result.feeds.contains($0.subject.rendered) }.map {
      "\($0.template) \($0.subject.rendered)"
    }.sorted()
    return result
  }
}
