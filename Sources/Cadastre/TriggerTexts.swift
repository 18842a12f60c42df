internal import CadastreCatalog
internal import CadastreModel
internal import CadastreSQL

/// Triggers that run a function named elsewhere: their own text says which table fires what.
enum TriggerTexts {
  /// One routine for each, named for the table and the trigger. Triggers with a body of their own are routines already.
  static func routines(in trees: [SyntaxTree], _ catalog: Catalog) -> [Routine] {
    trees.flatMap { tree in
      tree.definitions.compactMap { node in
        guard tree.kind(node) == .createTrigger, let call = tree.child(node, .call), let function = tree.child(call, .name) else { return nil }
        let names = tree.children(node, .name)
        guard names.count > 1 else { return nil }
        let table = catalog.objectName(names[1], in: tree)
        let range = tree.range(node)
        return Routine(
          name: ObjectName(table.parts + [catalog.columnName(of: names[0], in: tree)]), kind: .trigger, dialect: catalog.dialect.name, source: tree.text(node),
          definedAt: SourceSpan(file: tree.source.name, line: tree.position(node).line, start: Int(range.lower), end: Int(range.upper)),
          reads: [], writes: [], calls: [catalog.objectName(function, in: tree).rendered])
      }
    }
  }
}
