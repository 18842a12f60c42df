internal import CadastreDiagnostics
internal import CadastreDialects
public import CadastreModel
public import CadastreSQL

extension Catalog {
  /// Takes in what scripts define: definitions first, then what alters, indexes and describes them.
  public mutating func add(_ trees: [SyntaxTree]) {
    for tree in trees {
      var database: String?
      for statement in tree.definitions { define(statement, in: tree, database: &database) }
    }
    for tree in trees {
      for statement in tree.definitions { amend(statement, in: tree) }
    }
  }

  /// The name of an object as a definition spells it, its schema completed.
  public func objectName(_ node: NodeID, in tree: SyntaxTree) -> ObjectName {
    let parts = tree.nameParts(node).map { folded($0.text, quoted: $0.quoted) }
    if parts.count == 1, let schema = dialect.identifiers.defaultSchema { return ObjectName([schema, parts[0]]) }
    if parts.count == 3, parts[1].isEmpty, let schema = dialect.identifiers.defaultSchema { return ObjectName([parts[0], schema, parts[2]]) }
    return ObjectName(parts)
  }

  // MARK: definitions

  mutating func define(_ node: NodeID, in tree: SyntaxTree, database: inout String?) {
    let names = tree.children(node, .name)
    if tree.kind(node) == .useDatabase {
      database = names.first.map { tree.nameParts($0).last?.text ?? "" }
      return
    }
    guard let first = names.first else { return }
    var name = objectName(first, in: tree)
    if let database, name.parts.count == 2 { name.parts.insert(database, at: 0) }
    let range = tree.range(node)
    let span = SourceSpan(
      file: tree.source.name, line: tree.position(node).line, start: Int(range.lower), end: Int(range.upper))
    var asset = Asset(name: name, kind: .table, dialect: dialect.name, definedAt: span)
    asset.layer = name.schema.flatMap(LayerTable.layer(ofSchema:))
    switch tree.kind(node) {
    case .createTable:
      if name.name.hasPrefix("#") { return }
      if tree.flags(node) & 1 != 0 { asset.options["temporary"] = "true" }
      if tree.child(node, .query) != nil { asset.options["columns"] = "query" }
      TableReader(tree: tree, catalog: self).read(node, into: &asset)
      define(asset)
    case .createView:
      asset.kind = tree.flags(node) & 1 != 0 ? .materializedView : .view
      asset.query = tree.child(node, .query).map { tree.text($0) }
      if let list = tree.child(node, .columnList) {
        asset.columns = tree.children(list, .identifier).enumerated().map { Column(name: columnName($0.element, in: tree), ordinal: $0.offset + 1) }
      }
      define(asset)
    case .createSequence:
      asset.kind = .sequence
      define(asset)
    case .createSynonym:
      asset.kind = .synonym
      if names.count > 1 { asset.options["for"] = objectName(names[1], in: tree).rendered }
      define(asset)
    case .createType where !tree.children(node, .columnItem).isEmpty:
      asset.kind = .tableType
      TableReader(tree: tree, catalog: self).read(node, into: &asset)
      define(asset)
    default: return
    }
  }

  /// A column as a definition spells it, folded by the dialect.
  public func columnName(of node: NodeID, in tree: SyntaxTree) -> String { columnName(node, in: tree) }

  func columnName(_ node: NodeID, in tree: SyntaxTree) -> String {
    guard let part = tree.lastPart(node) else { return "" }
    return folded(part.text, quoted: part.quoted)
  }

  // MARK: what comes after the definition

  mutating func amend(_ node: NodeID, in tree: SyntaxTree) {
    switch tree.kind(node) {
    case .createIndex:
      guard let target = tree.child(node, .target), let table = tree.child(target, .name) else { return }
      let index = TableReader(tree: tree, catalog: self).index(node)
      _ = update(objectName(table, in: tree)) { $0.indexes.append(index) }
    case .alterTable: alter(node, in: tree)
    case .commentOn: comment(node, in: tree)
    case .execute: systemProcedure(node, in: tree)
    case .drop:
      let kind = tree.child(node, .identifier).map { tree.firstToken($0).keyword }
      guard kind == .table || kind == .view || kind == .sequence || kind == .synonym || kind == .type else { return }
      // a script that drops first and creates then leaves the object there
      let at = Int(tree.range(node).lower)
      for name in tree.children(node, .name) {
        let object = objectName(name, in: tree)
        guard let asset = asset(named: object), let span = asset.definedAt else { continue }
        if span.file == tree.source.name, span.start < at { drop(object) }
      }
    default: return
    }
  }

  private mutating func alter(_ node: NodeID, in tree: SyntaxTree) {
    guard let nameNode = tree.child(node, .name) else { return }
    let name = objectName(nameNode, in: tree)
    for action in tree.children(node, .alterAction) {
      let reader = TableReader(tree: tree, catalog: self)
      switch tree.flags(action) {
      case 1: _ = update(name) { reader.read(action, into: &$0) }
      case 2, 3:
        let dropped = tree.children(action, .identifier).map { compared(columnName($0, in: tree)) }
        let compare = self
        _ = update(name) { asset in
          if tree.flags(action) == 2 {
            asset.columns.removeAll { dropped.contains(compare.compared($0.name)) }
            for index in asset.columns.indices { asset.columns[index].ordinal = index + 1 }
          } else {
            asset.constraints.removeAll { dropped.contains(compare.compared($0.name ?? "")) }
            for index in asset.columns.indices where dropped.contains(compare.compared(asset.columns[index].defaultValue?.constraintName ?? "")) {
              asset.columns[index].defaultValue = nil
            }
          }
        }
      case 4:
        guard let column = tree.child(action, .identifier) else { continue }
        let key = compared(columnName(column, in: tree))
        let compare = self
        _ = update(name) { asset in
          guard let index = asset.columns.firstIndex(where: { compare.compared($0.name) == key }) else { return }
          reader.alter(&asset.columns[index], by: action)
        }
      case 5:
        let names = tree.children(action, .identifier)
        guard names.count == 2 else { continue }
        let (old, new) = (compared(columnName(names[0], in: tree)), columnName(names[1], in: tree))
        let compare = self
        _ = update(name) { asset in
          for index in asset.columns.indices where compare.compared(asset.columns[index].name) == old { asset.columns[index].name = new }
        }
      default: continue
      }
    }
  }

  private mutating func comment(_ node: NodeID, in tree: SyntaxTree) {
    guard let kind = tree.child(node, .identifier), let nameNode = tree.child(node, .name), let value = tree.child(node, .literal),
      tree.firstToken(value).kind == .string
    else { return }
    let text = tree.stringValue(tree.firstToken(value))
    switch tree.firstToken(kind).keyword {
    case .column:
      var parts = tree.nameParts(nameNode).map { folded($0.text, quoted: $0.quoted) }
      guard parts.count >= 2, let column = parts.popLast() else { return }
      describe(ObjectName(parts), column: column, text)
    case .table, .view, .materialized, .foreign, .sequence: describe(objectName(nameNode, in: tree), column: nil, text)
    default: return
    }
  }

  private mutating func describe(_ name: ObjectName, column: String?, _ text: String) {
    let key = column.map(compared)
    let compare = self
    _ = update(name) { asset in
      guard let key else {
        asset.description = text
        return
      }
      for index in asset.columns.indices where compare.compared(asset.columns[index].name) == key { asset.columns[index].description = text }
    }
  }

  /// `sp_addextendedproperty` with MS_Description, `sp_rename` of a column.
  /// <https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-addextendedproperty-transact-sql>
  private mutating func systemProcedure(_ node: NodeID, in tree: SyntaxTree) {
    guard let name = tree.child(node, .name), let procedure = tree.lastPart(name)?.text.lowercased() else { return }
    var positional: [String] = []
    var named: [String: String] = [:]
    for argument in tree.children(node, .executeArgument) {
      guard let value = tree.child(argument, .literal), tree.firstToken(value).kind == .string else {
        positional.append("")
        continue
      }
      let text = tree.stringValue(tree.firstToken(value))
      if let key = tree.child(argument, .identifier) { named[tree.text(key).lowercased()] = text } else { positional.append(text) }
    }
    func value(_ key: String, _ position: Int) -> String? { named[key] ?? (position < positional.count ? positional[position] : nil) }
    switch procedure {
    case "sp_addextendedproperty", "sp_updateextendedproperty":
      guard value("@name", 0) == "MS_Description", let text = value("@value", 1), let schema = value("@level0name", 3),
        let object = value("@level1name", 5)
      else { return }
      describe(ObjectName(schema: schema, object), column: value("@level2name", 7), text)
    case "sp_rename":
      guard value("@objtype", 2)?.uppercased() == "COLUMN", let old = value("@objname", 0), let new = value("@newname", 1) else { return }
      var parts = old.split(separator: ".").map(String.init)
      guard let column = parts.popLast() else { return }
      let compare = self
      let key = compared(column)
      _ = update(ObjectName(parts)) { asset in
        for index in asset.columns.indices where compare.compared(asset.columns[index].name) == key { asset.columns[index].name = new }
      }
    default: return
    }
  }
}

extension SyntaxTree {
  /// The statements of a script that define something: at the top, and inside its IF and BEGIN blocks, but not inside routines.
  public var definitions: [NodeID] {
    var found: [NodeID] = []
    var todo: [NodeID] = statements(in: root).reversed()
    while let node = todo.popLast() {
      switch kind(node) {
      case .block, .ifStatement, .tryCatch, .branch, .elseStatements:
        todo.append(contentsOf: children(node).reversed())
      case .body, .tryBody: todo.append(contentsOf: statements(in: node).reversed())
      default: found.append(node)
      }
    }
    return found
  }
}
