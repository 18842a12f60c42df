internal import CadastreDialects
public import CadastreModel
public import CadastreSQL

/// A script applied to a catalogue that stands: what it alters, renames, drops and replaces.
extension Catalog {
  /// Applies a script's definitions and changes in their order. What it drops is gone, wherever it was defined.
  public mutating func apply(_ tree: SyntaxTree) {
    var database: String?
    for node in tree.definitions {
      define(node, in: tree, database: &database)
      switch tree.kind(node) {
      case .alterTable: change(node, in: tree)
      case .drop:
        let kind = tree.child(node, .identifier).map { tree.firstToken($0).keyword }
        guard kind == .table || kind == .view || kind == .sequence || kind == .synonym || kind == .type else { continue }
        for name in tree.children(node, .name) { remove(objectName(name, in: tree)) }
      case .execute:
        amend(node, in: tree)
        systemRename(node, in: tree)
      default: amend(node, in: tree)
      }
    }
  }

  /// `sp_rename 'schema.table', 'new'`.
  /// <https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-rename-transact-sql>
  private mutating func systemRename(_ node: NodeID, in tree: SyntaxTree) {
    guard let name = tree.child(node, .name), tree.lastPart(name)?.text.lowercased() == "sp_rename" else { return }
    let texts = tree.children(node, .executeArgument).compactMap { tree.child($0, .literal) }.map { tree.stringValue(tree.firstToken($0)) }
    guard texts.count == 2 || (texts.count == 3 && texts[2].uppercased() == "OBJECT") else { return }
    let old = ObjectName(texts[0].split(separator: ".").map { String($0.filter { $0 != "[" && $0 != "]" }) })
    guard let asset = asset(named: old) else { return }
    rename(asset.name, to: texts[1])
  }

  /// Takes an asset out, and the foreign keys that point at it.
  public mutating func remove(_ name: ObjectName) {
    guard let asset = asset(named: name) else { return }
    drop(asset.name)
    for other in assets where other.constraints.contains(where: { $0.references?.table == asset.name }) {
      _ = update(other.name) { $0.constraints.removeAll { $0.references?.table == asset.name } }
    }
  }

  /// Takes a constraint out of a table.
  public mutating func remove(constraint name: String, from table: ObjectName) {
    let compare = self
    _ = update(table) { $0.constraints.removeAll { compare.names.same($0.name ?? "", name) } }
  }

  private mutating func change(_ node: NodeID, in tree: SyntaxTree) {
    guard let nameNode = tree.child(node, .name), let before = asset(named: objectName(nameNode, in: tree)) else { return }
    amend(node, in: tree)
    for action in tree.children(node, .alterAction) {
      let names = tree.children(action, .identifier).map { columnName($0, in: tree) }
      switch tree.flags(action) {
      case 2: for name in names { forget(name, of: before.name) }
      case 3:
        let compare = self
        _ = update(before.name) { asset in
          let bare = asset
          asset.constraints.removeAll { constraint in names.contains { compare.names.same(ConstraintNames.name(of: constraint, in: bare), $0) } }
        }
      case 5 where names.count == 2: rename(names[0], of: before.name, to: names[1])
      case 6: if let new = names.last { rename(before.name, to: new) }
      default: continue
      }
    }
  }

  /// A dropped column takes the keys, checks and indexes over it with it.
  private mutating func forget(_ column: String, of table: ObjectName) {
    let compare = self
    for computed in asset(named: table)?.columns ?? [] where Catalog.mentions(computed.computed?.expression, column, self) {
      _ = update(table) { $0.columns.removeAll { $0.name == computed.name } }
      forget(computed.name, of: table)
    }
    _ = update(table) { asset in
      for index in asset.columns.indices { asset.columns[index].ordinal = index + 1 }
      asset.constraints.removeAll { constraint in
        constraint.columns.contains { compare.names.same($0.name, column) } || Catalog.mentions(constraint.expression, column, compare)
      }
      asset.indexes.removeAll { index in
        index.columns.contains { compare.names.same($0.name, column) } || index.included.contains { compare.names.same($0, column) } || Catalog.mentions(index.predicate, column, compare)
      }
    }
    for other in assets where other.constraints.contains(where: { $0.references?.table == table }) {
      _ = update(other.name) { asset in
        asset.constraints.removeAll { constraint in constraint.references?.table == table && constraint.references?.columns.contains { compare.names.same($0, column) } ?? false }
      }
    }
  }

  private static func mentions(_ expression: String?, _ column: String, _ catalog: Catalog) -> Bool {
    guard let expression else { return false }
    return expression.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { catalog.names.same(String($0), column) }
  }

  private mutating func rename(_ old: String, of table: ObjectName, to new: String) {
    let compare = self
    _ = update(table) { asset in
      for index in asset.constraints.indices {
        for key in asset.constraints[index].columns.indices where compare.names.same(asset.constraints[index].columns[key].name, old) {
          asset.constraints[index].columns[key].name = new
        }
      }
      for index in asset.indexes.indices {
        for key in asset.indexes[index].columns.indices where compare.names.same(asset.indexes[index].columns[key].name, old) {
          asset.indexes[index].columns[key].name = new
        }
      }
    }
    for other in assets where other.constraints.contains(where: { $0.references?.table == table }) {
      _ = update(other.name) { asset in
        for index in asset.constraints.indices where asset.constraints[index].references?.table == table {
          let columns = asset.constraints[index].references?.columns ?? []
          asset.constraints[index].references?.columns = columns.map { compare.names.same($0, old) ? new : $0 }
        }
      }
    }
  }

  private mutating func rename(_ table: ObjectName, to new: String) {
    guard var asset = asset(named: table) else { return }
    drop(table)
    asset.name = ObjectName(Array(table.parts.dropLast()) + [new])
    define(asset)
    let name = asset.name
    for other in assets where other.constraints.contains(where: { $0.references?.table == table }) {
      _ = update(other.name) { asset in
        for index in asset.constraints.indices where asset.constraints[index].references?.table == table { asset.constraints[index].references?.table = name }
      }
    }
  }
}
