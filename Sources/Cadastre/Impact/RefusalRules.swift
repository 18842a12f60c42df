internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreModel
internal import CadastreSQL
internal import Foundation

/// What a view, or a routine whose body is bound, uses.
struct BoundUse: Sendable {
  var subject: ImpactSubject
  var columns: Set<ColumnReference>
  var objects: Set<ObjectName>
  var calls: Set<ObjectName>
}

/// The objects because of which a server refuses a change. A server that looks names up when they are used refuses only what keys forbid.
struct RefusalRules {
  let state: ImpactState
  let rules: ChangeRules
  let uses: [BoundUse]
  /// Objects that an earlier statement of the same script has dropped.
  var gone: Set<ObjectName> = []

  private var catalog: Catalog { state.catalog }

  func refusals(of change: SchemaChange) -> [ImpactReport.Break] {
    switch change.kind {
    case .dropColumn:
      guard let column = change.column else { return [] }
      // columns computed from it go with it
      let gone = [column] + generated(from: column, of: change.object).map(\.name)
      return gone.flatMap { boundTo($0, of: change.object, "used_by_view", "uses \(change.object.rendered(column: $0))") }
        + foreignKeys(to: column, of: change.object) + triggers(on: column, of: change.object, change)
    case .retypeColumn:
      guard let column = change.column else { return [] }
      return boundTo(column, of: change.object, "used_by_view", "uses \(change.rendered), whose type may not change under it")
        + computed(from: column, change) + triggers(on: column, of: change.object, change) + keys(over: column, change) + checks(over: column, change)
    case .dropConstraint: return foreignKeys(over: change.newName ?? "", of: change.object)
    case .renameColumn, .addColumn:
      guard let name = change.kind == .addColumn ? change.column : change.newName, let asset = catalog.asset(named: change.object) else { return [] }
      guard asset.columns.contains(where: { catalog.names.same($0.name, name) }) else { return [] }
      return [found(asset.name.rendered, asset.kind.rawValue, "name_taken", asset.definedAt?.file, asset.definedAt?.line, "\(asset.name.rendered) already has a column \(name)")]
    case .dropTable, .dropView:
      let name = change.object
      var result = deep(uses.filter { $0.objects.contains(name) }, "used_by_view", "uses \(name.rendered)")
      for other in catalog.assets where other.name != name && rules.hasCascade {
        for key in other.constraints where key.references?.table == name { result.append(constraint(key, of: other, "foreign_key", "refers to \(name.rendered)")) }
      }
      return result + rowTypes(name)
    case .dropRoutine:
      let using = uses.filter { $0.calls.contains(change.object) }
      var result = deep(using, "used_by_view", "calls \(change.object.rendered)")
      for (name, facts) in state.triggers where rules.viewsAreBound && facts.function.map(state.key) == state.key(change.object) {
        result.append(found(name.rendered, "trigger", "used_by_trigger", nil, nil, "\(name.rendered) runs \(change.object.rendered)"))
      }
      return result
    default: return []
    }
  }

  private func found(_ object: String, _ kind: String, _ reason: String, _ file: String?, _ line: Int?, _ detail: String, certain: Bool = true) -> ImpactReport.Break {
    ImpactReport.Break(object: object, kind: kind, stage: .refusal, reason: reason, file: file ?? "", line: line ?? 1, detail: detail, certain: certain, caught: false)
  }

  private func constraint(_ key: Constraint, of asset: Asset, _ reason: String, _ detail: String, certain: Bool = true) -> ImpactReport.Break {
    let name = ConstraintNames.name(of: key, in: asset)
    return found("\(asset.name.rendered).\(name)", "constraint", reason, asset.definedAt?.file, asset.definedAt?.line, "\(name) of \(asset.name.rendered) \(detail)", certain: certain)
  }

  // MARK: views

  /// Views that use a column, and those over them.
  private func boundTo(_ column: String, of table: ObjectName, _ reason: String, _ detail: String) -> [ImpactReport.Break] {
    guard rules.viewsAreBound else { return [] }
    let direct = uses.filter { use in use.columns.contains { $0.asset == table && catalog.names.same($0.column ?? "", column) } }
    return deep(direct, reason, detail)
  }

  private func deep(_ direct: [BoundUse], _ reason: String, _ detail: String) -> [ImpactReport.Break] {
    guard rules.viewsAreBound else { return [] }
    var result: [ImpactReport.Break] = []
    var seen: Set<ObjectName> = []
    var todo = direct.map { ($0, detail) }
    while !todo.isEmpty {
      let (use, why) = todo.removeFirst()
      guard !gone.contains(use.subject.name), seen.insert(use.subject.name).inserted else { continue }
      let node = use.subject.node ?? use.subject.tree.root
      result.append(
        found(use.subject.name.rendered, use.subject.kind.rawValue, reason, use.subject.file, use.subject.tree.position(node).line, "\(use.subject.name.rendered) \(why)"))
      let name = use.subject.name
      todo += uses.filter { $0.objects.contains(name) || $0.calls.contains(name) }.map { ($0, "uses \(name.rendered)") }
    }
    return result
  }

  /// Routines whose parameters or result are rows of a table: its type goes with it.
  private func rowTypes(_ table: ObjectName) -> [ImpactReport.Break] {
    guard rules.viewsAreBound else { return [] }
    return state.library.entries.compactMap { entry in
      let tree = entry.tree
      var types = tree.child(entry.node, .returns).map { tree.children($0, .typeName) } ?? []
      if let list = tree.child(entry.node, .parameterList) { types += tree.children(list, .parameterItem).compactMap { tree.child($0, .typeName) } }
      let uses = types.contains { type in
        guard !tree.text(type).contains("%"), let name = tree.child(type, .name), tree.nameParts(name).count > 1 || catalog.position(named: catalog.objectName(name, in: tree)) != nil else { return false }
        return catalog.asset(named: catalog.objectName(name, in: tree))?.name == table
      }
      guard uses, !gone.contains(entry.name) else { return nil }
      return found(entry.name.rendered, entry.kind.rawValue, "row_type", tree.source.name, tree.position(entry.node).line, "\(entry.name.rendered) takes or returns rows of \(table.rendered)")
    }
  }

  // MARK: keys, checks, generated columns, triggers

  private func foreignKeys(to column: String, of table: ObjectName) -> [ImpactReport.Break] {
    guard let asset = catalog.asset(named: table), rules.hasCascade else { return [] }
    let primary = asset.constraints.first { $0.kind == .primaryKey }?.columns.map(\.name) ?? []
    var result: [ImpactReport.Break] = []
    for other in catalog.assets {
      for key in other.constraints where key.references?.table == asset.name {
        let columns = key.references?.columns ?? []
        guard (columns.isEmpty ? primary : columns).contains(where: { catalog.names.same($0, column) }) else { continue }
        // a key over the dropped column itself goes with it
        if other.name == asset.name, key.columns.contains(where: { catalog.names.same($0.name, column) }) { continue }
        result.append(constraint(key, of: other, "foreign_key", "refers to \(table.rendered(column: column))"))
      }
    }
    return result
  }

  /// Foreign keys that refer to what a key says is unique.
  private func foreignKeys(over name: String, of table: ObjectName) -> [ImpactReport.Break] {
    guard let asset = catalog.asset(named: table), let key = asset.constraints.first(where: { catalog.names.same(ConstraintNames.name(of: $0, in: asset), name) }),
      key.kind == .primaryKey || key.kind == .unique
    else { return [] }
    let own = Set(key.columns.map { catalog.compared($0.name) })
    return catalog.assets.flatMap { other in
      other.constraints.filter { constraint in
        guard let reference = constraint.references, reference.table == asset.name else { return false }
        return reference.columns.isEmpty ? key.kind == .primaryKey : Set(reference.columns.map(catalog.compared)) == own
      }.map { self.constraint($0, of: other, "foreign_key", "refers to what \(name) keeps unique") }
    }
  }

  private func words(_ text: String) -> [String] { text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init) }

  private func generated(from column: String, of table: ObjectName) -> [Column] {
    catalog.asset(named: table)?.columns.filter { other in
      !catalog.names.same(other.name, column) && other.computed.map { words($0.expression).contains { catalog.names.same($0, column) } } ?? false
    } ?? []
  }

  private func computed(from column: String, _ change: SchemaChange) -> [ImpactReport.Break] {
    guard let asset = catalog.asset(named: change.object) else { return [] }
    return generated(from: column, of: change.object).map {
      found(asset.name.rendered(column: $0.name), "column", "generated_column", asset.definedAt?.file, asset.definedAt?.line, "\(asset.name.rendered(column: $0.name)) is computed from \(change.rendered)")
    }
  }

  private func triggers(on column: String, of table: ObjectName, _ change: SchemaChange) -> [ImpactReport.Break] {
    guard rules.viewsAreBound else { return [] }
    return state.triggers.filter { $0.facts.table == table && ($0.facts.updated + $0.facts.watched).contains { catalog.names.same($0, column) } }.map {
      found($0.name.rendered, "trigger", "used_by_trigger", nil, nil, "\($0.name.rendered) watches \(change.rendered)")
    }
  }

  /// Keys whose values the change makes shorter: a foreign key's no longer meet, a unique key's may come twice.
  private func keys(over column: String, _ change: SchemaChange) -> [ImpactReport.Break] {
    guard change.narrows, let asset = catalog.asset(named: change.object) else { return [] }
    guard change.changesValues else {
      let old = change.oldType?.spelled ?? "?"
      return [
        found(
          asset.name.rendered, "table", "rows_may_not_fit", asset.definedAt?.file, asset.definedAt?.line,
          "rows of \(change.rendered) that fill \(old) do not fit \(change.newType?.spelled ?? "?")", certain: false)
      ]
    }
    var result: [ImpactReport.Break] = []
    let primary = asset.constraints.first { $0.kind == .primaryKey }?.columns.map(\.name) ?? []
    for other in catalog.assets {
      for key in other.constraints {
        let isOwn = other.name == asset.name && key.columns.contains { catalog.names.same($0.name, column) }
        switch key.kind {
        case .foreignKey:
          let columns = key.references?.columns ?? []
          let isReferenced = key.references?.table == asset.name && (columns.isEmpty ? primary : columns).contains { catalog.names.same($0, column) }
          if isOwn || isReferenced { result.append(constraint(key, of: other, "key_parts", "no longer meets: its values are made shorter on one side")) }
        case .primaryKey, .unique:
          if isOwn { result.append(constraint(key, of: other, "key_may_repeat", "may find values twice that differ only in what is cut off", certain: false)) }
        case .check: continue
        }
      }
    }
    return result
  }

  /// Checks that compare a text column with a value that no longer fits it.
  private func checks(over column: String, _ change: SchemaChange) -> [ImpactReport.Break] {
    guard change.narrows, Family(change.newType) == .text, let limit = Limit(change.newType), let asset = catalog.asset(named: change.object) else { return [] }
    return asset.constraints.compactMap { key in
      guard key.kind == .check, let text = key.expression, words(text).contains(where: { catalog.names.same($0, column) }) else { return nil }
      let literals = text.split(separator: "'", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map { $0.element.count }
      guard let longest = literals.max(), !limit.holds(Decimal(longest)) else { return nil }
      return constraint(key, of: asset, "check_violated", "names values of \(longest) characters that no longer fit")
    }
  }
}
