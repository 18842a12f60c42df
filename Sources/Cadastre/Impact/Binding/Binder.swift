internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreDiagnostics
internal import CadastreModel
internal import CadastreSQL
internal import Foundation

/// One column of a row: its name, what is known of its values, and the column of the catalogue it is.
struct Field: Sendable {
  var name: String
  var type: ValueType
  /// Set for a column of a table or view that is read directly.
  var origin: ColumnReference?
}

/// Why something fails when it is run against a catalogue.
struct BindingFault: Sendable {
  enum Code: String, Sendable, Hashable, Codable {
    case unknownColumn = "unknown_column"
    case unknownObject = "unknown_object"
    case unknownRoutine = "unknown_routine"
    case count = "wrong_count"
    case type = "type_mismatch"
    case width = "too_wide"
    case missing = "missing_value"
    case constraint = "unknown_constraint"
    case ambiguous
  }

  var code: Code
  var node: NodeID
  var line: Int
  /// What the fault is about: two runs over one text are compared by it.
  var subject: String
  var detail: String
  /// For a width: the widest value that the target holds; `nil` where it is an expression that overflows.
  var limit: Decimal?
  /// The width of what arrives is known, not only its type.
  var isCertain = true
  /// A handler catches it, so that callers go on.
  var isCaught = false
}

/// The routines of a registry by name.
struct RoutineLibrary: Sendable {
  struct Entry: Sendable {
    var name: ObjectName
    var kind: RoutineKind
    var tree: SyntaxTree
    var node: NodeID
  }

  private(set) var entries: [Entry] = []
  private var byName: [String: [Int]] = [:]

  mutating func add(_ entry: Entry, key: String) {
    byName[key, default: []].append(entries.count)
    entries.append(entry)
  }

  func named(_ key: String) -> [Int] { byName[key] ?? [] }
}

/// Resolves the names of a text against a catalogue and follows the width of what is written.
///
/// Lineage says where values come from; this says what a server would refuse: names, counts, types and widths.
struct Binder {
  struct Entry {
    var alias: String
    var name: ObjectName?
    var fields: [Field]
    /// Columns merged by USING or NATURAL, seen on the other side.
    var hidden: Set<String> = []
    /// Its columns are not all known.
    var isOpen = false
  }

  struct Scope {
    var entries: [Entry] = []
    var ctes: [(name: String, fields: [Field], isOpen: Bool)] = []
    /// Names of the select list, which ORDER BY and GROUP BY see.
    var outputs: [Field] = []
  }

  struct Variable {
    var type: ValueType
    /// The declared type, whose limit holds what is assigned.
    var declared: LogicalType?
    var fields: [Field]?
    /// The fields are those of a table: their types hold what is assigned.
    var isRow = false
    var isOpen = false
  }

  /// A table that is written.
  struct Write {
    var line: Int
    var isCaught: Bool
    /// What fires its triggers, and the columns that UPDATE sets.
    var events: Set<Keyword>
    var columns: Set<String> = []
  }

  /// A call of a routine of the registry.
  struct RoutineCall {
    var routine: Int
    var arguments: [ValueType]
    var line: Int
    /// What fails in it does not reach the caller's caller.
    var isCaught: Bool
  }

  /// What a query gives.
  struct Rows {
    var fields: [Field] = []
    var isOpen = false
  }

  let catalog: Catalog
  let library: RoutineLibrary
  let rules: ChangeRules
  /// Names that views follow when a column or table is renamed: old to new, by compared name.
  var renames: [String: String] = [:]
  var tree: SyntaxTree
  var scopes: [Scope] = []
  var variables: [[String: Variable]] = [[:]]
  var temporaries: [String: Rows] = [:]
  var faults: [BindingFault] = []
  /// Columns of the catalogue that the text reads or writes, and objects it names.
  var references: Set<ColumnReference> = []
  var objects: Set<ObjectName> = []
  /// Where each object is first named.
  var lines: [ObjectName: Int] = [:]
  /// Routines that are called, by position in the library.
  var calls: [RoutineCall] = []
  /// Tables written, with the events that fire their triggers.
  var writes: [ObjectName: Write] = [:]
  var routineName: ObjectName?
  /// Schemas in which a bare name is looked for first.
  var searchPath: [String] = []
  /// What RETURN gives, and what the routine says it returns.
  var returned = ValueType.null
  var returnedRows: [Field]?
  /// Bodies around the current point whose handlers catch everything.
  var catching = 0
  /// Handlers around the current point: they run only when something has failed.
  var handling = 0
  /// Set while a text is read for its types only.
  var isQuiet = false
  var depth = 0
  var viewRows: [String: Rows] = [:]
  var cursors: [String: Rows] = [:]
  /// Rows of the last query that goes to the caller.
  var lastRows: Rows?
  /// The columns that RETURN QUERY and RETURN NEXT have to give.
  var declared: [Field]?

  init(catalog: Catalog, library: RoutineLibrary, rules: ChangeRules, tree: SyntaxTree) {
    self.catalog = catalog
    self.library = library
    self.rules = rules
    self.tree = tree
  }

  static let deepest = 12

  func key(_ name: ObjectName) -> String { name.parts.map(catalog.compared).joined(separator: "\u{0}") }

  func same(_ left: String, _ right: String) -> Bool { catalog.names.same(left, right) }

  func spelling(_ node: NodeID) -> String { catalog.columnName(of: node, in: tree) }

  mutating func fault(
    _ code: BindingFault.Code, _ node: NodeID, _ subject: String, _ detail: String, limit: Decimal? = nil, isCertain: Bool = true
  ) {
    guard !isQuiet else { return }
    faults.append(
      BindingFault(
        code: code, node: node, line: tree.position(node).line, subject: subject, detail: detail, limit: limit, isCertain: isCertain && handling == 0,
        isCaught: catching > 0))
  }

  // MARK: objects

  /// A table or view by the node that names it.
  mutating func asset(_ node: NodeID) -> Asset? {
    let name = completed(node)
    if let renamed = renames[key(name)], let found = catalog.asset(named: ObjectName(renamed.split(separator: "\u{0}").map(String.init))) { return found }
    return catalog.asset(named: name)
  }

  /// The rows of a table, view, temporary table or common table expression.
  mutating func rows(ofTable node: NodeID) -> (rows: Rows, name: ObjectName?) {
    let parts = tree.nameParts(node)
    if parts.count == 1 {
      let name = spelling(node)
      for scope in scopes.reversed() {
        if let known = scope.ctes.last(where: { same($0.name, name) }) { return (Rows(fields: known.fields, isOpen: known.isOpen), nil) }
      }
    }
    let last = parts.last?.text ?? ""
    if parts.count == 1 || last.hasPrefix("#") || parts.first?.text.lowercased() == "pg_temp", let known = temporaries[catalog.compared(spelling(node))] {
      return (known, nil)
    }
    guard let asset = asset(node) else {
      let name = completed(node)
      if !isSystem(name) { fault(.unknownObject, node, key(name), "there is no \(name.rendered)") }
      return (Rows(isOpen: true), nil)
    }
    objects.insert(asset.name)
    if lines[asset.name] == nil { lines[asset.name] = tree.position(node).line }
    return (rows(of: asset), asset.name)
  }

  func isSystem(_ name: ObjectName) -> Bool {
    ["pg_catalog", "information_schema", "sys"].contains(name.schema?.lowercased() ?? "") || name.name.lowercased().hasPrefix("pg_")
  }

  mutating func rows(of asset: Asset) -> Rows {
    if asset.kind == .view || asset.kind == .materializedView { return rows(ofView: asset) }
    return Rows(
      fields: asset.columns.map {
        Field(name: $0.name, type: ValueType(column: $0.type), origin: ColumnReference(asset: asset.name, column: $0.name))
      }, isOpen: asset.columns.isEmpty)
  }

  /// A view's columns: names as they were when it was made, types as its query gives them now.
  private mutating func rows(ofView asset: Asset) -> Rows {
    let key = key(asset.name)
    if let known = viewRows[key] { return known }
    viewRows[key] = Rows(isOpen: true)
    var found = Rows(isOpen: true)
    if depth < Binder.deepest, let query = asset.query {
      let text = SyntaxTree.parse(SourceText(name: asset.definedAt?.file ?? "", text: query), dialect: catalog.dialect)
      if let body = text.statements(in: text.root).first {
        var inner = Binder(catalog: catalog, library: library, rules: rules, tree: text)
        inner.isQuiet = true
        inner.depth = depth + 1
        inner.renames = rules.viewsAreBound ? renames : [:]
        inner.viewRows = viewRows
        found = inner.rows(body)
        viewRows = inner.viewRows
      }
    }
    if !asset.columns.isEmpty {
      let types = found.fields.map(\.type)
      let fits = types.count == asset.columns.count
      found = Rows(fields: asset.columns.enumerated().map { Field(name: $0.element.name, type: fits ? types[$0.offset] : .unknown, origin: nil) })
    }
    for index in found.fields.indices { found.fields[index].origin = ColumnReference(asset: asset.name, column: found.fields[index].name) }
    viewRows[key] = found
    return found
  }

  /// The type of a type's node: `%TYPE` and `%ROWTYPE` are looked up.
  mutating func declaredType(_ node: NodeID) -> (type: LogicalType?, row: [Field]?) {
    let text = tree.text(node)
    let lowered = text.lowercased()
    guard let head = tree.child(node, .name) else { return (LogicalType(spelled: text, types: catalog.dialect.types), nil) }
    let parts = tree.nameParts(head).map { catalog.folded($0.text, quoted: $0.quoted) }
    if lowered.hasSuffix("%type") {
      guard parts.count >= 2 else { return (variable(parts[0])?.declared, nil) }
      let table = ObjectName(Array(parts.dropLast()))
      if parts.count == 2, let row = variable(parts[0])?.fields { return (row.first { same($0.name, parts[1]) }?.type.type, nil) }
      guard let asset = catalog.asset(named: completed(table)) else {
        fault(.unknownObject, node, key(table), "there is no \(table.rendered)")
        return (nil, nil)
      }
      objects.insert(asset.name)
      guard let field = rows(of: asset).fields.first(where: { same($0.name, parts[parts.count - 1]) }) else {
        fault(.unknownColumn, node, parts.joined(separator: "."), "\(asset.name.rendered) has no column \(parts[parts.count - 1])")
        return (nil, nil)
      }
      if let origin = field.origin { references.insert(origin) }
      return (field.type.type, nil)
    }
    let name = completed(ObjectName(parts))
    let isRow = lowered.hasSuffix("%rowtype")
    let isBuiltIn = parts.count == 1 && !isRow && Family(LogicalType(spelled: text, types: catalog.dialect.types)) != nil
    if !isBuiltIn, lowered != "record", let asset = catalog.asset(named: name) {
      objects.insert(asset.name)
      return (nil, rows(of: asset).fields)
    }
    if isRow { fault(.unknownObject, node, key(name), "there is no \(name.rendered)") }
    return (LogicalType(spelled: text, types: catalog.dialect.types), nil)
  }

  /// The name of an object as it stands: a bare one is looked for along the search path.
  func completed(_ node: NodeID) -> ObjectName {
    let parts = tree.nameParts(node)
    return parts.count == 1 ? completed(ObjectName([catalog.folded(parts[0].text, quoted: parts[0].quoted)])) : catalog.objectName(node, in: tree)
  }

  func completed(_ name: ObjectName) -> ObjectName {
    guard name.parts.count == 1 else { return name }
    for schema in searchPath {
      let full = ObjectName([schema, name.name])
      if catalog.asset(named: full) != nil || !library.named(key(full)).isEmpty { return full }
    }
    guard let schema = catalog.dialect.identifiers.defaultSchema else { return name }
    return catalog.asset(named: name)?.name ?? ObjectName([schema, name.name])
  }

  // MARK: variables

  func variable(_ name: String) -> Variable? {
    for level in variables.reversed() { if let known = level[name.lowercased()] { return known } }
    return nil
  }

  mutating func change(_ name: String, _ body: (inout Variable) -> Void) {
    for level in variables.indices.reversed() {
      guard variables[level][name.lowercased()] != nil else { continue }
      body(&variables[level][name.lowercased(), default: Variable(type: .null)])
      return
    }
  }

  /// Writes a value where a type is declared: notes what does not fit.
  mutating func check(_ value: ValueType, fits type: LogicalType?, _ node: NodeID, _ target: String) {
    guard let type else { return }
    if !Family.isAssignable(value.type, to: type) {
      return fault(.type, node, target, "\(target) is \(type.spelled), the value is \(value.type?.spelled ?? "of another type")")
    }
    guard let limit = Limit(type) else { return }
    let (mine, theirs) = (Family(type), Family(value.type))
    guard theirs == mine || (theirs == nil && mine == .text) else { return }
    switch value.size {
    case .known(let size) where !limit.holds(size):
      let given = value.type.map(\.spelled) ?? "a text"
      let amount = mine == .text ? "up to \(size) characters" : "up to \(size)"
      fault(.width, node, target, "\(target) is \(type.spelled), what is written (\(given)) can be \(amount)", limit: limit.largest)
    case .open: fault(.width, node, target, "\(target) is \(type.spelled), what is written has no declared width", limit: limit.largest)
    case .unknown: fault(.width, node, target, "\(target) is \(type.spelled), the width of what is written is not known", limit: limit.largest, isCertain: false)
    default: return
    }
  }
}
