internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreModel
internal import CadastreSQL
internal import Foundation

extension Binder {
  /// The table that a data statement writes.
  struct Written {
    var asset: Asset?
    var fields: [Field]
    var isOpen: Bool
    var name: String
  }

  /// Runs through a data statement; answers the rows of its RETURNING or OUTPUT.
  mutating func data(_ node: NodeID) -> Rows {
    scopes.append(Scope())
    defer { scopes.removeLast() }
    if let with = tree.child(node, .with) { commonTables(with) }
    switch tree.kind(node) {
    case .insert: return insert(node)
    case .update, .delete: return change(node)
    case .merge: return merge(node)
    default: return Rows()
    }
  }

  private mutating func written(_ node: NodeID, _ event: Keyword) -> (target: Written, alias: String)? {
    guard let target = tree.child(node, .target), let head = tree.children(target).first else { return nil }
    let alias = (tree.child(target, .alias) ?? tree.child(node, .alias)).map { spelling($0) }
    guard tree.kind(head) == .name else {
      let known = temporaries[catalog.compared(tree.text(head))]
      return (Written(asset: nil, fields: known?.fields ?? [], isOpen: known?.isOpen ?? true, name: tree.text(head)), alias ?? tree.text(head))
    }
    // SQL Server: the target may be an alias of FROM
    if catalog.dialect.features.contains(.updateTargetMayBeAlias), tree.nameParts(head).count == 1, let from = tree.child(node, .from) {
      for reference in tree.descendants(from) where tree.kind(reference) == .tableReference {
        guard let given = tree.child(reference, .alias), same(spelling(given), spelling(head)), let real = tree.children(reference).first, tree.kind(real) == .name else { continue }
        return (written(real, event, node), spelling(head))
      }
    }
    return (written(head, event, node), alias ?? spelling(head))
  }

  private mutating func written(_ head: NodeID, _ event: Keyword, _ node: NodeID) -> Written {
    let (rows, name) = rows(ofTable: head)
    let asset = name.flatMap { catalog.asset(named: $0) }
    if let name {
      let line = tree.position(node).line
      let known = writes[name]
      writes[name] = Write(
        line: known?.line ?? line, isCaught: (known?.isCaught ?? true) && (catching > 0 || handling > 0), events: (known?.events ?? []).union([event]),
        columns: known?.columns ?? [])
    }
    return Written(asset: asset, fields: rows.fields, isOpen: rows.isOpen, name: name?.rendered ?? spelling(head))
  }

  /// A column of the table that is written, by its name.
  private mutating func target(_ column: String, _ table: Written, _ node: NodeID) -> Field? {
    if let field = table.fields.first(where: { same($0.name, column) }) {
      if let origin = field.origin { references.insert(origin) }
      return field
    }
    if !table.isOpen { fault(.unknownColumn, node, "\(table.name).\(column)", "\(table.name) has no column \(column)") }
    return nil
  }

  private mutating func store(_ value: ValueType, into field: Field?, of table: Written, _ node: NodeID) {
    guard let field else { return }
    check(value, fits: field.type.type, node, "\(table.name).\(field.name)")
  }

  // MARK: INSERT

  private mutating func insert(_ node: NodeID) -> Rows {
    guard let (table, alias) = written(node, .insert) else { return Rows(isOpen: true) }
    let list = tree.child(node, .columnList).map { tree.children($0, .identifier) }
    var fields: [Field?] = []
    if let list { for item in list { fields.append(target(spelling(item), table, item)) } } else { fields = table.fields.map { $0 } }
    if let query = tree.child(node, .query) { insertRows(query, fields, isListed: list != nil, table, node) }
    if let conflict = tree.child(node, .onConflict) { onConflict(conflict, table, alias) }
    let given = list.map { $0.map { spelling($0) } }
    missingValues(given, table, node)
    return returning(node, table, alias)
  }

  private mutating func insertRows(_ query: NodeID, _ fields: [Field?], isListed: Bool, _ table: Written, _ node: NodeID) {
    let values = tree.child(query, .values)
    let plain = values != nil && tree.child(query, .with) == nil
    if plain, let values {
      for row in tree.children(values, .rowConstructor) {
        var items: [(ValueType, NodeID)] = []
        var isOpen = false
        for item in tree.children(row) {
          if tree.kind(item) == .qualifiedStar {
            if let record = self.row(item) { items += record.map { ($0.type, item) } } else { isOpen = true }
          } else {
            items.append((value(item), item))
          }
        }
        if isOpen { continue }
        count(items.count, fields.count, isListed, table, row)
        for (index, item) in items.enumerated() where index < fields.count { store(item.0, into: fields[index], of: table, item.1) }
      }
      return
    }
    let rows = rows(query)
    guard !rows.isOpen else { return }
    count(rows.fields.count, fields.count, isListed, table, query)
    let nodes = itemNodes(query)
    for (index, field) in rows.fields.enumerated() where index < fields.count {
      store(field.type, into: fields[index], of: table, index < nodes.count && nodes.count == rows.fields.count ? nodes[index] : query)
    }
  }

  private func itemNodes(_ query: NodeID) -> [NodeID] {
    guard let select = tree.child(query, .select), let list = tree.child(select, .selectList) else { return [] }
    return tree.children(list).map { item in tree.children(item).first { tree.kind($0) != .alias } ?? item }
  }

  private mutating func count(_ given: Int, _ expected: Int, _ isListed: Bool, _ table: Written, _ node: NodeID) {
    guard !table.isOpen else { return }
    let settable = table.asset?.columns.filter { $0.computed == nil && $0.identity == nil }.count
    if given > expected {
      fault(.count, node, table.name, "\(given) values for \(expected) columns of \(table.name)")
    } else if given < expected, isListed || (!rules.insertMayBeShort && given != settable) {
      fault(.count, node, table.name, "\(given) values for \(expected) columns of \(table.name)")
    } else if given < expected, !isListed, let asset = table.asset {
      for column in asset.columns.dropFirst(given) where needsValue(column) {
        fault(.missing, node, "\(table.name).\(column.name)", "\(table.name).\(column.name) may not be empty and is given no value")
      }
    }
  }

  private func needsValue(_ column: Column) -> Bool { !column.nullable && column.defaultValue == nil && column.identity == nil && column.computed == nil }

  /// Columns that a list leaves out: they may not need a value, and their default has to fit.
  private mutating func missingValues(_ given: [String]?, _ table: Written, _ node: NodeID) {
    guard let asset = table.asset, let given, asset.kind == .table else { return }
    for column in asset.columns where !given.contains(where: { same($0, column.name) }) {
      if needsValue(column) {
        fault(.missing, node, "\(table.name).\(column.name)", "\(table.name).\(column.name) may not be empty and is given no value")
      } else if let text = column.defaultValue?.expression {
        checkDefault(text, of: column, table, node)
      }
    }
  }

  private mutating func checkDefault(_ text: String, of column: Column, _ table: Written, _ node: NodeID) {
    guard text.hasPrefix("'"), let close = text.dropFirst().lastIndex(of: "'") else { return }
    let length = text[text.index(after: text.startIndex)..<close].count
    check(ValueType(type: nil, size: .known(.init(length))), fits: column.type, node, "\(table.name).\(column.name)")
  }

  private mutating func onConflict(_ node: NodeID, _ table: Written, _ alias: String) {
    let level = scopes.count - 1
    if let target = tree.child(node, .conflictTarget) {
      scopes[level].entries = [Entry(alias: alias, name: table.asset?.name, fields: table.fields, isOpen: table.isOpen)]
      var names: [String] = []
      for item in tree.children(target) {
        switch tree.kind(item) {
        case .identifier:
          constraint(spelling(item), table, item)
        case .where: for condition in tree.children(item) { _ = value(condition) }
        default:
          _ = value(item)
          if tree.kind(item) == .name { names.append(spelling(item)) }
        }
      }
      if let asset = table.asset, !names.isEmpty, !isUnique(names, asset) {
        fault(.constraint, target, table.name + "." + names.joined(separator: ","), "no key of \(table.name) is over \(names.joined(separator: ", "))")
      }
    }
    guard let update = tree.child(node, .conflictUpdate) else { return }
    if let name = table.asset?.name { writes[name]?.events.insert(.update) }
    scopes[level].entries = [
      Entry(alias: alias, name: table.asset?.name, fields: table.fields, isOpen: table.isOpen),
      Entry(alias: "excluded", name: table.asset?.name, fields: table.fields, hidden: Set(table.fields.map { catalog.compared($0.name) }), isOpen: table.isOpen),
    ]
    assignments(update, table)
    if let filter = tree.child(update, .where), let condition = tree.children(filter).first { _ = value(condition) }
  }

  private mutating func constraint(_ name: String, _ table: Written, _ node: NodeID) {
    guard let asset = table.asset else { return }
    let known = asset.constraints.contains { same(ConstraintNames.name(of: $0, in: asset), name) } || asset.indexes.contains { same($0.name ?? "", name) }
    if !known { fault(.constraint, node, name, "\(table.name) has no constraint \(name)") }
  }

  private func isUnique(_ names: [String], _ asset: Asset) -> Bool {
    let wanted = Set(names.map(catalog.compared))
    func fits(_ columns: [KeyColumn]) -> Bool { Set(columns.map { catalog.compared($0.name) }) == wanted }
    return asset.constraints.contains { ($0.kind == .primaryKey || $0.kind == .unique) && fits($0.columns) }
      || asset.indexes.contains { $0.unique && (fits($0.columns) || $0.columns.contains(where: \.isExpression)) }
  }

  // MARK: UPDATE, DELETE, MERGE

  private mutating func change(_ node: NodeID) -> Rows {
    let event: Keyword = tree.kind(node) == .update ? .update : .delete
    guard let (table, alias) = written(node, event) else { return Rows(isOpen: true) }
    let level = scopes.count - 1
    let from = tree.child(node, .from)
    let inFrom = from.map { from in
      catalog.dialect.features.contains(.updateTargetMayBeAlias) && tree.descendants(from).contains { tree.kind($0) == .alias && same(spelling($0), alias) }
    } ?? false
    if !inFrom { scopes[level].entries.append(Entry(alias: alias, name: table.asset?.name, fields: table.fields, isOpen: table.isOpen)) }
    if let from { self.from(from) }
    if let filter = tree.child(node, .where), let condition = tree.children(filter).first { _ = value(condition) }
    if event == .update { assignments(node, table) }
    return returning(node, table, alias)
  }

  private mutating func assignments(_ node: NodeID, _ table: Written) {
    for item in tree.children(node, .assignment) {
      let children = tree.children(item)
      if let name = table.asset?.name, let left = children.first {
        let targets = (tree.kind(left) == .row ? tree.children(left) : [left]).map { catalog.compared(spelling($0)) }
        writes[name]?.columns.formUnion(targets)
      }
      guard let left = children.first, let right = children.last, children.count >= 2 else { continue }
      if tree.kind(left) == .row {
        let targets = tree.children(left).map { target(spelling($0), table, $0) }
        let values: [ValueType]
        if tree.kind(right) == .subquery, let query = tree.children(right).first {
          values = rows(query).fields.map(\.type)
        } else {
          values = (tree.kind(right) == .row ? tree.children(right) : [right]).map { value($0) }
        }
        for (index, value) in values.enumerated() where index < targets.count { store(value, into: targets[index], of: table, right) }
      } else if tree.kind(left) == .variable {
        assign(left, value(right), right)
      } else {
        let field = target(spelling(left), table, left)
        let given = value(right)
        if children.count == 2 { store(given, into: field, of: table, right) }
      }
    }
  }

  private mutating func merge(_ node: NodeID) -> Rows {
    guard let (table, alias) = written(node, .insert) else { return Rows(isOpen: true) }
    let level = scopes.count - 1
    scopes[level].entries.append(Entry(alias: alias, name: table.asset?.name, fields: table.fields, isOpen: table.isOpen))
    for child in tree.children(node) {
      switch tree.kind(child) {
      case .joined, .tableReference, .derivedTable, .tableFunction: self.table(child)
      default: continue
      }
    }
    if let on = tree.child(node, .on), let condition = tree.children(on).first { _ = value(condition) }
    for clause in tree.children(node, .mergeWhen) {
      let children = tree.children(clause)
      guard let action = children.last else { continue }
      if children.count > 1 { _ = value(children[0]) }
      switch tree.kind(action) {
      case .mergeUpdate:
        if let name = table.asset?.name { writes[name]?.events.insert(.update) }
        assignments(action, table)
      case .mergeInsert: mergeInsert(action, table)
      case .mergeDelete: if let name = table.asset?.name { writes[name]?.events.insert(.delete) }
      default: continue
      }
    }
    return returning(node, table, alias)
  }

  private mutating func mergeInsert(_ node: NodeID, _ table: Written) {
    let list = tree.child(node, .columnList).map { tree.children($0, .identifier) }
    var fields: [Field?] = []
    if let list { for item in list { fields.append(target(spelling(item), table, item)) } } else { fields = table.fields.map { $0 } }
    guard let values = tree.child(node, .values), let row = tree.children(values).first else { return }
    let items = tree.children(row)
    count(items.count, fields.count, list != nil, table, row)
    for (index, item) in items.enumerated() {
      let given = value(item)
      if index < fields.count { store(given, into: fields[index], of: table, item) }
    }
    missingValues(list.map { $0.map { spelling($0) } }, table, node)
  }

  // MARK: RETURNING, OUTPUT

  private mutating func returning(_ node: NodeID, _ table: Written, _ alias: String) -> Rows {
    var result = Rows()
    for clause in tree.children(node) where tree.kind(clause) == .returning || tree.kind(clause) == .output {
      let image = Entry(alias: alias, name: table.asset?.name, fields: table.fields, isOpen: table.isOpen)
      var entries = [image]
      if tree.kind(clause) == .output {
        entries = ["inserted", "deleted"].map { Entry(alias: $0, name: table.asset?.name, fields: table.fields, isOpen: table.isOpen) }
      }
      if let around = scopes.last?.entries, tree.kind(node) != .insert { entries += around.filter { !same($0.alias, alias) } }
      scopes.append(Scope(entries: entries))
      result = Rows()
      for item in tree.children(clause, .selectItem) { selectItem(item, into: &result) }
      scopes.removeLast()
      if let into = tree.child(clause, .into) { bind(tree.children(into), result, clause) }
    }
    return result
  }
}
