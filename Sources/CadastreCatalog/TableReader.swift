internal import CadastreDialects
public import CadastreModel
public import CadastreSQL

/// Reads the elements of a table's definition into the model.
public struct TableReader {
  let tree: SyntaxTree
  let catalog: Catalog

  public init(tree: SyntaxTree, catalog: Catalog) {
    self.tree = tree
    self.catalog = catalog
  }

  /// Adds the columns, constraints and indexes that are children of a node to an asset.
  public func read(_ node: NodeID, into asset: inout Asset) {
    for child in tree.children(node) {
      switch tree.kind(child) {
      case .columnItem: column(child, into: &asset)
      case .primaryKeyClause, .uniqueClause, .foreignKeyClause, .checkClause:
        asset.constraints.append(constraint(child, column: nil))
      case .defaultClause:
        // ALTER TABLE ADD CONSTRAINT x DEFAULT v FOR c
        guard let target = tree.children(child, .identifier).last else { continue }
        let key = catalog.compared(catalog.columnName(target, in: tree))
        for index in asset.columns.indices where catalog.compared(asset.columns[index].name) == key {
          asset.columns[index].defaultValue = defaultValue(child)
        }
      case .indexItem: asset.indexes.append(index(child))
      case .likeClause:
        guard let name = tree.child(child, .name), let parent = catalog.asset(named: catalog.objectName(name, in: tree)) else { continue }
        for column in parent.columns {
          var copy = column
          copy.ordinal = asset.columns.count + 1
          asset.columns.append(copy)
        }
      case .tableOption where tree.firstToken(child).keyword == .inherits:
        // the parents' columns come first
        var inherited: [Column] = []
        for name in tree.children(child, .name) {
          for column in catalog.asset(named: catalog.objectName(name, in: tree))?.columns ?? [] where !inherited.contains(where: { $0.name == column.name }) {
            inherited.append(column)
          }
        }
        asset.columns = inherited + asset.columns.filter { column in !inherited.contains { $0.name == column.name } }
        for index in asset.columns.indices { asset.columns[index].ordinal = index + 1 }
      default: continue
      }
    }
    for constraint in asset.constraints where constraint.kind == .primaryKey {
      for key in constraint.columns {
        for index in asset.columns.indices where catalog.compared(asset.columns[index].name) == catalog.compared(key.name) {
          asset.columns[index].nullable = false
        }
      }
    }
  }

  private func column(_ node: NodeID, into asset: inout Asset) {
    guard let nameNode = tree.child(node, .identifier) else { return }
    var column = Column(name: catalog.columnName(nameNode, in: tree), ordinal: asset.columns.count + 1)
    if let type = tree.child(node, .typeName) { setType(&column, type) }
    for option in tree.children(node) {
      switch tree.kind(option) {
      case .notNullClause: column.nullable = false
      case .nullClause: column.nullable = true
      case .defaultClause: column.defaultValue = defaultValue(option)
      case .identityClause:
        column.identity = identity(option)
        column.nullable = false
      case .computedClause: column.computed = computed(option)
      case .collateClause: column.collation = tree.child(option, .name).map { tree.text($0) }
      case .columnOption where tree.firstToken(option).keyword == .persisted:
        if let value = column.computed { column.computed = ComputedValue(expression: value.expression, stored: true) }
      case .primaryKeyClause:
        asset.constraints.append(constraint(option, column: column.name))
        column.nullable = false
      case .uniqueClause, .foreignKeyClause, .checkClause: asset.constraints.append(constraint(option, column: column.name))
      default: continue
      }
    }
    asset.columns.append(column)
  }

  private func setType(_ column: inout Column, _ type: NodeID) {
    let text = tree.text(type)
    column.nativeType = text
    let name = tree.child(type, .name).map { tree.nameParts($0).map(\.text).joined(separator: ".") } ?? text
    let nameText = tree.child(type, .name).map { tree.text($0) } ?? text
    var arguments: [String] = []
    if let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close {
      arguments = text[text.index(after: open)..<close].split(separator: ",").map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
    }
    let lowered = text.lowercased()
    if lowered.hasSuffix("]") {
      column.type = .array(catalog.dialect.types.logicalType(name: name, arguments: arguments))
    } else if tree.contains(type, .with), tree.contains(type, .zone) {
      column.type = .timestamptz(precision: arguments.first.flatMap { Int($0) })
    } else {
      let spelled = nameText.utf8.contains(0x20) ? nameText : name
      column.type = catalog.dialect.types.logicalType(name: spelled, arguments: arguments)
    }
    if ["serial", "bigserial", "smallserial"].contains(lowered) {
      column.identity = Identity(always: false)
      column.nullable = false
    }
  }

  func alter(_ column: inout Column, by action: NodeID) {
    if let type = tree.child(action, .typeName) {
      setType(&column, type)
      if catalog.dialect.features.contains(.top) { column.nullable = true }
    }
    for option in tree.children(action) {
      switch tree.kind(option) {
      case .notNullClause: column.nullable = false
      case .nullClause: column.nullable = true
      default: continue
      }
    }
    let words = tree.text(action, limit: 200).lowercased()
    if tree.child(action, .typeName) == nil {
      if words.contains("set not null") { column.nullable = false }
      if words.contains("drop not null") { column.nullable = true }
      if words.contains("drop default") { column.defaultValue = nil }
      if words.contains("set default"), let value = tree.children(action).last, tree.kind(value) != .identifier {
        column.defaultValue = DefaultValue(expression: tree.text(value))
      }
    }
  }

  private func constraintName(_ node: NodeID) -> String? {
    guard let clause = tree.child(node, .constraintName), let name = tree.child(clause, .identifier) else { return nil }
    return catalog.columnName(name, in: tree)
  }

  private func expression(_ node: NodeID) -> NodeID? {
    tree.children(node).first { tree.kind($0) != .constraintName && tree.kind($0) != .identifier }
  }

  private func defaultValue(_ node: NodeID) -> DefaultValue? {
    expression(node).map { DefaultValue(expression: tree.text($0), constraintName: constraintName(node)) }
  }

  private func computed(_ node: NodeID) -> ComputedValue? {
    expression(node).map { ComputedValue(expression: tree.text($0), stored: tree.flags(node) == 1) }
  }

  private func identity(_ node: NodeID) -> Identity {
    let numbers = tree.children(node, .literal).compactMap { Int64(tree.text($0)) }
    return Identity(seed: numbers.first ?? 1, increment: numbers.count > 1 ? numbers[1] : 1, always: tree.flags(node) == 1)
  }

  private func keyColumns(_ node: NodeID) -> [KeyColumn] {
    guard let list = tree.child(node, .keyColumns) else { return [] }
    return tree.children(list, .keyColumn).compactMap { item in
      guard let value = tree.children(item).first else { return nil }
      let flags = tree.flags(item)
      let plain = tree.kind(value) == .name
      return KeyColumn(
        plain ? catalog.columnName(value, in: tree) : tree.text(value), isExpression: !plain, descending: flags & 1 != 0,
        nulls: flags & 2 != 0 ? "FIRST" : flags & 4 != 0 ? "LAST" : nil)
    }
  }

  private func names(_ list: NodeID?) -> [String] {
    list.map { tree.children($0, .identifier).map { catalog.columnName($0, in: tree) } } ?? []
  }

  private func constraint(_ node: NodeID, column: String?) -> Constraint {
    let own = column.map { [KeyColumn($0)] } ?? []
    var result = Constraint(kind: .check, name: constraintName(node))
    switch tree.kind(node) {
    case .primaryKeyClause, .uniqueClause:
      result.kind = tree.kind(node) == .primaryKeyClause ? .primaryKey : .unique
      let keys = keyColumns(node)
      result.columns = keys.isEmpty ? own : keys
      result.clustered = tree.flags(node) == 1 ? true : tree.flags(node) == 2 ? false : nil
    case .foreignKeyClause:
      result.kind = .foreignKey
      let keys = names(tree.child(node, .columnList)).map { KeyColumn($0) }
      result.columns = keys.isEmpty ? own : keys
      if let references = tree.child(node, .references), let table = tree.child(references, .name) {
        result.references = Constraint.Reference(
          table: catalog.objectName(table, in: tree), columns: names(tree.child(references, .columnList)))
        for action in tree.children(node, .referenceAction) {
          let words = tree.text(action).split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" }).map { $0.uppercased() }
          guard words.count > 2 else { continue }
          let what = words.dropFirst(2).joined(separator: " ")
          if words[1] == "DELETE" { result.references?.onDelete = what } else { result.references?.onUpdate = what }
        }
      }
    default:
      result.expression = expression(node).map { tree.text($0) }
    }
    return result
  }

  func index(_ node: NodeID) -> Index {
    let flags = tree.flags(node)
    let name = tree.kind(node) == .createIndex ? tree.child(node, .name) : tree.child(node, .identifier)
    var result = Index(name: name.map { catalog.columnName($0, in: tree) }, unique: flags & 1 != 0, columns: keyColumns(node))
    result.clustered = flags & 2 != 0 ? true : flags & 4 != 0 ? false : nil
    if flags & 8 != 0 { result.method = "columnstore" }
    if tree.kind(node) == .createIndex, let method = tree.child(node, .identifier) { result.method = tree.text(method).lowercased() }
    if let included = tree.child(node, .includeColumns) { result.included = names(tree.child(included, .columnList)) }
    if let filter = tree.child(node, .where) { result.predicate = tree.children(filter).first.map { tree.text($0) } }
    return result
  }
}
