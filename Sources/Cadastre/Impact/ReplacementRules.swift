internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

/// What a server refuses of new definitions under old names.
struct ReplacementRules {
  let before: ImpactState
  let after: ImpactState
  let rules: ChangeRules
  let tree: SyntaxTree

  /// Why a view or routine cannot be replaced as the script says; `nil` when it can.
  func refusal(of change: SchemaChange) -> ImpactReport.Break? {
    guard rules.viewsAreBound else { return nil }
    switch change.kind {
    case .replaceView: return view(change)
    case .replaceRoutine: return routine(change)
    default: return nil
    }
  }

  private func refused(_ change: SchemaChange, _ kind: String, _ reason: String, _ detail: String) -> ImpactReport.Break {
    ImpactReport.Break(
      object: change.object.rendered, kind: kind, stage: .refusal, reason: reason, file: tree.source.name, line: change.line, detail: detail, certain: true,
      caught: false)
  }

  /// A view keeps its columns, in their order and of their types; new ones come behind.
  /// <https://www.postgresql.org/docs/15/sql-createview.html>
  private func view(_ change: SchemaChange) -> ImpactReport.Break? {
    let (old, new) = (rows(change.object, before), rows(change.object, after))
    guard !new.isOpen, !old.isOpen else { return nil }
    let name = change.object.rendered
    for (index, field) in old.fields.enumerated() {
      guard index < new.fields.count else { return refused(change, "view", "view_columns", "column \(field.name) of \(name) would be gone") }
      guard before.catalog.names.same(field.name, new.fields[index].name) else {
        return refused(change, "view", "view_columns", "column \(index + 1) of \(name) is \(field.name) and would be \(new.fields[index].name)")
      }
      guard let was = field.type.type, let becomes = new.fields[index].type.type, Family(was) != nil, was != becomes else { continue }
      if Family(was) != Family(becomes) || (Limit(was) != nil && Limit(was) != Limit(becomes)) {
        return refused(change, "view", "view_columns", "column \(field.name) of \(name) is \(was.spelled) and would be \(becomes.spelled)")
      }
    }
    return nil
  }

  private func rows(_ name: ObjectName, _ state: ImpactState) -> Binder.Rows {
    guard let asset = state.catalog.asset(named: name) else { return Binder.Rows(isOpen: true) }
    var binder = Binder(catalog: state.catalog, library: state.library, rules: rules, tree: tree)
    binder.isQuiet = true
    return binder.rows(of: asset)
  }

  /// A function keeps what it returns and the names of its parameters.
  /// <https://www.postgresql.org/docs/15/sql-createfunction.html>
  private func routine(_ change: SchemaChange) -> ImpactReport.Break? {
    guard let old = entry(change.object, before), let new = entry(change.object, after) else { return nil }
    let (was, becomes) = (parameters(old), parameters(new))
    // other types of parameters make another routine
    guard was.map(\.type) == becomes.map(\.type) else { return nil }
    for (left, right) in zip(was, becomes) where !left.name.isEmpty && left.name != right.name {
      return refused(change, old.kind.rawValue, "parameter_name", "parameter \(left.name) of \(change.object.rendered) would be named \(right.name)")
    }
    let (gave, gives) = (returns(old), returns(new))
    if gave != gives { return refused(change, old.kind.rawValue, "return_type", "\(change.object.rendered) returns \(gave) and would return \(gives)") }
    return nil
  }

  private func entry(_ name: ObjectName, _ state: ImpactState) -> RoutineLibrary.Entry? { state.library.named(state.key(name)).last.map { state.library.entries[$0] } }

  private func parameters(_ entry: RoutineLibrary.Entry) -> [(name: String, type: String)] {
    let tree = entry.tree
    return (tree.child(entry.node, .parameterList).map { tree.children($0, .parameterItem) } ?? []).map { item in
      let type = tree.child(item, .typeName).map { LogicalType(spelled: tree.text($0), types: before.catalog.dialect.types).name } ?? ""
      return (tree.child(item, .identifier).map { tree.text($0).lowercased() } ?? "", "\(tree.flags(item)) \(type)")
    }
  }

  /// What is returned, lengths and precisions left out.
  private func returns(_ entry: RoutineLibrary.Entry) -> String {
    let tree = entry.tree
    guard let node = tree.child(entry.node, .returns) else { return "nothing" }
    func name(_ type: NodeID) -> String {
      switch LogicalType(spelled: tree.text(type), types: before.catalog.dialect.types) {
      case .decimal: "numeric"
      case .varchar: "varchar"
      case let type: type.spelled
      }
    }
    if let list = tree.child(node, .columnDefinitions) {
      let columns = tree.children(list, .columnDefinitionItem).map { item in
        "\(tree.child(item, .identifier).map { tree.text($0).lowercased() } ?? "") \(tree.child(item, .typeName).map(name) ?? "")"
      }
      return "table (\(columns.joined(separator: ", ")))"
    }
    return (tree.contains(node, .setof) ? "setof " : "") + (tree.child(node, .typeName).map(name) ?? "")
  }
}
