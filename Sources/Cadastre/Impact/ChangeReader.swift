internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreModel
internal import CadastreSQL

/// Reads what a script changes of a catalogue.
struct ChangeReader {
  let catalog: Catalog
  let tree: SyntaxTree
  let routines: Set<String>

  /// The changes in the order of the script.
  func changes() -> [SchemaChange] { tree.definitions.flatMap { changes(of: $0) } }

  private func key(_ name: ObjectName) -> String { name.parts.map(catalog.compared).joined(separator: "\u{0}") }

  private func changes(of node: NodeID) -> [SchemaChange] {
    guard let head = tree.child(node, .name) else { return [] }
    let written = catalog.objectName(head, in: tree)
    let name = catalog.asset(named: written)?.name ?? written
    let line = tree.position(node).line
    switch tree.kind(node) {
    case .alterTable: return tree.children(node, .alterAction).flatMap { actions($0, of: name) }
    case .drop: return drops(node)
    case .createView:
      return [SchemaChange(kind: catalog.asset(named: name) == nil ? .newObject : .replaceView, object: name, line: line)]
    case .createRoutine, .createTrigger:
      return [SchemaChange(kind: routines.contains(key(name)) ? .replaceRoutine : .newObject, object: name, line: line)]
    case .createTable: return [SchemaChange(kind: .newObject, object: name, line: line)]
    case .execute: return systemRename(node)
    default: return []
    }
  }

  private func actions(_ action: NodeID, of name: ObjectName) -> [SchemaChange] {
    let line = tree.position(action).line
    let names = tree.children(action, .identifier).map { catalog.columnName(of: $0, in: tree) }
    let isCascade = tree.contains(action, .cascade)
    func typed(_ node: NodeID) -> LogicalType? { tree.child(node, .typeName).map { LogicalType(spelled: tree.text($0), types: catalog.dialect.types) } }
    switch tree.flags(action) {
    case 1:
      return tree.children(action, .columnItem).compactMap { item in
        tree.child(item, .identifier).map { SchemaChange(kind: .addColumn, object: name, column: catalog.columnName(of: $0, in: tree), newType: typed(item), line: line) }
      }
    case 2: return names.map { SchemaChange(kind: .dropColumn, object: name, column: $0, isCascade: isCascade, line: line) }
    case 3: return names.map { SchemaChange(kind: .dropConstraint, object: name, newName: $0, isCascade: isCascade, line: line) }
    case 4:
      guard let column = names.first else { return [] }
      let old = catalog.asset(named: name)?.columns.first { catalog.names.same($0.name, column) }
      guard let new = typed(action) else { return [SchemaChange(kind: .alterColumn, object: name, column: column, line: line)] }
      let using = tree.children(action).last { tree.kind($0) != .identifier && tree.kind($0) != .typeName && tree.kind($0) != .name }
      return [
        SchemaChange(
          kind: .retypeColumn, object: name, column: column, oldType: old?.type, newType: new,
          changesValues: using.map { tree.kind($0) != .cast || tree.descendants($0).contains { tree.kind($0) == .call || tree.kind($0) == .caseExpression || tree.kind($0) == .chain } } ?? false,
          line: line)
      ]
    case 5 where names.count == 2: return [SchemaChange(kind: .renameColumn, object: name, column: names[0], newName: names[1], line: line)]
    case 6: return names.last.map { [SchemaChange(kind: .renameTable, object: name, newName: $0, line: line)] } ?? []
    default: return [SchemaChange(kind: .alterTable, object: name, line: line)]
    }
  }

  private func drops(_ node: NodeID) -> [SchemaChange] {
    let isCascade = tree.contains(node, .cascade)
    let kind: SchemaChange.Kind = switch tree.child(node, .identifier).map({ tree.firstToken($0).keyword }) {
    case .table: .dropTable
    case .view: .dropView
    case .function, .procedure, .proc, .routine: .dropRoutine
    default: .dropOther
    }
    let names = tree.children(node, .name)
    let isTrigger = tree.child(node, .identifier).map { tree.firstToken($0).keyword } == .trigger
    if isTrigger, names.count == 2, tree.contains(node, .on) {
      let written = catalog.objectName(names[1], in: tree)
      let table = catalog.asset(named: written)?.name ?? written
      return [
        SchemaChange(kind: .dropOther, object: ObjectName(table.parts + [catalog.columnName(of: names[0], in: tree)]), isCascade: isCascade, line: tree.position(node).line)
      ]
    }
    return names.map { item in
      let written = catalog.objectName(item, in: tree)
      return SchemaChange(kind: kind, object: catalog.asset(named: written)?.name ?? written, isCascade: isCascade, line: tree.position(node).line)
    }
  }

  /// `sp_rename 'schema.table.column', 'new', 'COLUMN'`.
  private func systemRename(_ node: NodeID) -> [SchemaChange] {
    guard let name = tree.child(node, .name), tree.lastPart(name)?.text.lowercased() == "sp_rename" else { return [] }
    let texts = tree.children(node, .executeArgument).compactMap { tree.child($0, .literal) }.map { tree.stringValue(tree.firstToken($0)) }
    guard texts.count >= 2 else { return [] }
    var parts = texts[0].split(separator: ".").map { String($0.filter { $0 != "[" && $0 != "]" }) }
    let line = tree.position(node).line
    if texts.count > 2, texts[2].uppercased() == "COLUMN", let column = parts.popLast() {
      let table = ObjectName(parts)
      return [SchemaChange(kind: .renameColumn, object: catalog.asset(named: table)?.name ?? table, column: column, newName: texts[1], line: line)]
    }
    let table = ObjectName(parts)
    return [SchemaChange(kind: .renameTable, object: catalog.asset(named: table)?.name ?? table, newName: texts[1], line: line)]
  }
}
