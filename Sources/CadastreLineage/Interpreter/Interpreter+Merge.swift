internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

extension Interpreter {
  /// MERGE: what it updates, inserts and deletes, by arm.
  mutating func merge(_ node: NodeID) -> Relation? {
    guard let target = tree.child(node, .target), let head = tree.children(target).first else { return nil }
    let table = writable(head)
    let alias = tree.child(target, .alias).map { catalog.columnName(of: $0, in: tree) } ?? catalog.columnName(of: head, in: tree)
    let cte = commonRows(head)
    if let cte { frames[frames.count - 1].entries.append(Frame.Entry(alias: alias, name: nil, relation: cte)) } else { addTarget(table, alias: alias) }
    var rows = cte?.rows ?? Flow()
    for child in tree.children(node) where tree.kind(child) == .joined {
      rows.add(from(child))
    }
    if let on = tree.child(node, .on), let condition = tree.children(on).first { rows.add(flow(condition).influence(.filter)) }
    if let using = tree.child(node, .using), let list = tree.child(using, .columnList) {
      for key in tree.children(list, .identifier) {
        for entry in frames[frames.count - 1].entries {
          if let column = entry.relation.column(named: catalog.columnName(of: key, in: tree), self.names) { rows.add(column.flow.influence(.filter)) }
        }
      }
    }
    // a clause is reached when the earlier ones of its kind did not hold
    var conditions: [UInt8: Flow] = [:]
    var all: [Written] = []
    for clause in tree.children(node, .mergeWhen) {
      let children = tree.children(clause)
      guard let action = children.last else { continue }
      let match = tree.flags(clause)
      // a row that is not there has no columns: bare names are the source's
      let hidden = frames[frames.count - 1].entries[0].hidden
      if match == MergeMatch.notMatched.rawValue {
        frames[frames.count - 1].entries[0].hidden = Set(frames[frames.count - 1].entries[0].relation.columns.map { compared($0.name) })
      }
      defer { frames[frames.count - 1].entries[0].hidden = hidden }
      if children.count > 1 { conditions[match, default: Flow()].add(flow(children[0]).influence(.filter)) }
      let reached = rows.adding(conditions[match] ?? Flow())
      switch tree.kind(action) {
      case .mergeUpdate:
        let written = tree.flags(action) & 1 != 0 ? sourceColumns(table, action) : assignments(action)
        all += written
        write(table, written, reached, action, event: .update)
      case .mergeInsert:
        let names = tree.child(action, .columnList).map { tree.children($0, .identifier).map { catalog.columnName(of: $0, in: tree) } } ?? settableNames(table)
        let values = tree.child(action, .values).flatMap { tree.children($0).first }.map { tree.children($0) } ?? []
        var written: [Written] = tree.flags(action) & 1 != 0 ? sourceColumns(table, action) : []
        for (index, name) in names.enumerated() where index < values.count {
          written.append(Written(column: name, flow: flow(values[index]), node: values[index]))
        }
        all += written
        write(table, written, reached, action, event: .insert)
      case .mergeDelete:
        switch table {
        case .temporary(let key): state.tables[key]?.rows.add(reached)
        case .permanent, .query: erase(table, reached, action)
        }
      default: continue
      }
    }
    noteRows(rows)
    return output(node, table, inserted: all, rows: conditions.values.reduce(rows) { $0.adding($1) })
  }

  /// `UPDATE SET *`, `INSERT *`: each column of MERGE's source into the target's of its name; by place where it has none.
  private mutating func sourceColumns(_ table: Table, _ action: NodeID) -> [Written] {
    let known = settableNames(table)
    let source = frames[frames.count - 1].entries.dropFirst().flatMap { $0.relation.columns }
    let isByName = !tree.contains(action, .position)
    return source.enumerated().compactMap { place, column in
      let name = isByName ? known.first { same($0, column.name) } : place < known.count ? known[place] : nil
      return name.map { Written(column: $0, flow: column.flow, node: action) }
    }
  }
}
