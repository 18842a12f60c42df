public import CadastreDiagnostics
public import CadastreModel

/// One object as a file gives it, with the places that findings about it point at.
public struct ReadManifest: Sendable {
  public var object: RegistryObject
  public var file: String
  public var position: SourcePosition
  /// Of an asset's declared edges, in their order in `object`.
  public var lineagePositions: [SourcePosition]
}

/// Reads a manifest: UTF-8 or UTF-16, with or without a byte order mark, lines ending in LF or CRLF.
///
/// A manifest is the whole object: what it leaves out, the object does not have.
public enum ManifestReader {
  /// Largest file, in bytes.
  public static let largestFile = YAMLReader.largestFile

  /// The object of a file, or what is wrong with it (codes X001...X014); never both.
  public static func read(_ raw: [UInt8], file: String) -> (manifest: ReadManifest?, findings: [Diagnostic]) {
    guard raw.count <= YAMLReader.largestFile else { return (nil, [YAMLReader.read(raw, file: file).diagnostic].compactMap { $0 }) }
    guard let text = DecodedText(decoding: raw), text.encoding != .windows1252 else {
      let message = "expected text in UTF-8, found other bytes; save the file as UTF-8"
      return (nil, [Diagnostic(code: "X001", severity: .error, message: message, file: file)])
    }
    let (node, problem) = YAMLReader.read(text.bytes, file: file)
    guard let node else { return (nil, [problem].compactMap { $0 }) }
    var decoder = ManifestDecoder(file: file)
    let object = decoder.object(node)
    guard decoder.findings.list.isEmpty, let object else { return (nil, decoder.findings.list) }
    return (ReadManifest(object: object, file: file, position: node.position, lineagePositions: decoder.lineagePositions), [])
  }
}

/// Builds an object from a document; goes on after a finding, so that one reading finds all that is wrong.
struct ManifestDecoder {
  var findings: Findings
  var lineagePositions: [SourcePosition] = []

  init(file: String) { findings = Findings(file: file) }

  mutating func object(_ node: YAMLNode) -> RegistryObject? {
    guard case .mapping(let pairs) = node.value else {
      findings.expected("a manifest, that is a map that begins with 'manifest: asset'", node)
      return nil
    }
    let kinds = RegistryObject.Kind.allCases.map(\.rawValue)
    guard let (_, value) = pairs.first(where: { if case .scalar("manifest", _) = $0.key.value { true } else { false } }) else {
      findings.add("X013", "expected the key 'manifest', found none; add 'manifest: ' and one of \(kinds.joined(separator: ", "))", at: node.position)
      return nil
    }
    guard case .scalar(let text, _) = value.value, let kind = RegistryObject.Kind(rawValue: text) else {
      findings.expected("manifest to be one of \(kinds.joined(separator: ", "))", value)
      return nil
    }
    switch kind {
    case .namespace: return namespace(node).map { .namespace($0) }
    case .asset: return asset(node).map { .asset($0) }
    case .routine: return routine(node).map { .routine($0) }
    case .feed: return feed(node).map { .feed($0) }
    }
  }

  private mutating func namespace(_ node: YAMLNode) -> Namespace? {
    guard let fields = ManifestFields(node, "a namespace", keys: ManifestKeys.namespace, &findings) else { return nil }
    let name = name("name", fields)
    let dialect = fields.required("dialect", among: DialectName.allCases, &findings)
    if fields.node("case_insensitive") == nil {
      findings.add("X013", "expected the key 'case_insensitive', found none; add 'case_insensitive: true' where T and t are one table", at: fields.position)
    }
    guard let flag = fields.flag("case_insensitive", &findings), let name, let dialect else { return nil }
    return Namespace(name: name, dialect: dialect, caseInsensitive: flag)
  }

  /// A text that has to be there and not be empty.
  private mutating func name(_ key: String, _ fields: ManifestFields) -> String? {
    guard let text = fields.required(key, &findings) else { return nil }
    if text.isEmpty, let node = fields.node(key) { findings.expected("a name for '\(key)'", node) }
    return text.isEmpty ? nil : text
  }

  private mutating func objectName(_ key: String, _ fields: ManifestFields) -> ObjectName? {
    guard let text = name(key, fields) else { return nil }
    return ObjectName(ObjectName.parts(reading: text))
  }

  // MARK: assets

  private mutating func asset(_ node: YAMLNode) -> AssetEntry? {
    guard let fields = ManifestFields(node, "an asset", keys: ManifestKeys.asset, &findings) else { return nil }
    let namespace = name("namespace", fields)
    let name = objectName("name", fields)
    let isDefined = fields.flag("defined", &findings) ?? true
    let undefined = fields.texts("undefined_columns", &findings)
    let lineage = lineage(fields)
    guard isDefined else {
      for key in ["kind", "layer", "status", "owner", "steward", "client", "tags", "description", "options", "query", "columns", "constraints", "indexes"] {
        guard let value = fields.node(key) else { continue }
        findings.add("X012", "expected no '\(key)' beside 'defined: false', found one; leave out one of the two", at: value.position)
      }
      guard let namespace, let name else { return nil }
      return AssetEntry(
        namespace: namespace, asset: Asset(name: name, kind: .table, dialect: .ansi), isDefined: false, undefinedColumns: undefined, lineage: lineage)
    }
    let kind = fields.required("kind", among: AssetKind.allCases, &findings)
    let dialect = fields.required("dialect", among: DialectName.allCases, &findings)
    let status = fields.choice("status", among: AssetStatus.allCases, &findings) ?? .active
    let layer = fields.choice("layer", among: AssetLayer.allCases, &findings)
    let columns = columns(fields)
    let constraints = fields.list("constraints", &findings).compactMap { constraint($0) }
    let indexes = fields.list("indexes", &findings).compactMap { index($0) }
    guard let namespace, let name, let kind, let dialect else { return nil }
    let asset = Asset(
      name: name, kind: kind, layer: layer, status: status, description: fields.text("description", &findings), owner: fields.text("owner", &findings),
      steward: fields.text("steward", &findings), client: fields.text("client", &findings), tags: fields.texts("tags", &findings), columns: columns,
      constraints: constraints, indexes: indexes, options: fields.textMap("options", &findings), dialect: dialect, query: fields.text("query", &findings))
    return AssetEntry(namespace: namespace, asset: asset, undefinedColumns: undefined, lineage: lineage)
  }

  private mutating func columns(_ fields: ManifestFields) -> [Column] {
    var result: [Column] = []
    var seen: [ExactText: SourcePosition] = [:]
    for node in fields.list("columns", &findings) {
      guard let column = column(node, after: result.last?.ordinal ?? 0) else { continue }
      if let first = seen.updateValue(node.position, forKey: ExactText(column.name)) {
        findings.add("X014", "expected each column once, found '\(column.name)' again (first on line \(first.line)); leave one out", at: node.position)
      }
      result.append(column)
    }
    return result
  }

  private mutating func column(_ node: YAMLNode, after last: Int) -> Column? {
    guard let fields = ManifestFields(node, "a column", keys: ManifestKeys.column, &findings), let name = name("name", fields) else { return nil }
    var column = Column(name: name, ordinal: last + 1)
    if let ordinal = fields.number("ordinal", &findings) {
      if ordinal >= 1, ordinal <= 1_000_000 {
        column.ordinal = Int(ordinal)
      } else if let node = fields.node("ordinal") {
        findings.expected("an ordinal of 1 or more", node, fix: "; leave it out to take the next")
      }
    }
    if let text = fields.text("type", &findings) {
      column.type = TypeText.read(text)
      if column.type == nil, let node = fields.node("type") {
        let word = text.prefix { $0 != "(" }
        let mend = Spelling.hint(String(word), among: TypeText.names)
        findings.expected("a logical type (\(TypeText.names.joined(separator: ", ")))", node, fix: mend.isEmpty ? "; 'native_type' takes any spelling" : mend)
      }
    }
    column.nativeType = fields.text("native_type", &findings)
    column.nullable = fields.flag("nullable", &findings) ?? true
    let constraint = fields.text("default_constraint", &findings)
    if let expression = fields.text("default", &findings) {
      column.defaultValue = DefaultValue(expression: expression, constraintName: constraint)
    } else if let node = fields.node("default_constraint") {
      findings.expected("'default' beside 'default_constraint'", node, fix: "; add the default or leave out its name")
    }
    let stored = fields.flag("stored", &findings)
    if let expression = fields.text("computed", &findings) {
      column.computed = ComputedValue(expression: expression, stored: stored ?? false)
    } else if let node = fields.node("stored") {
      findings.expected("'computed' beside 'stored'", node, fix: "; add the expression or leave it out")
    }
    column.identity = identity(fields)
    column.collation = fields.text("collation", &findings)
    column.classification = fields.choice("classification", among: Classification.allCases, &findings)
    column.description = fields.text("description", &findings)
    return column
  }

  private mutating func identity(_ fields: ManifestFields) -> Identity? {
    guard let node = fields.node("identity"), let inner = ManifestFields(node, "an identity", keys: ManifestKeys.identity, &findings) else { return nil }
    return Identity(
      seed: inner.number("seed", &findings) ?? 1, increment: inner.number("increment", &findings) ?? 1, always: inner.flag("always", &findings) ?? true)
  }

  private mutating func constraint(_ node: YAMLNode) -> Constraint? {
    guard let fields = ManifestFields(node, "a constraint", keys: ManifestKeys.constraint, &findings) else { return nil }
    let kinds: [Constraint.Kind] = [.primaryKey, .unique, .foreignKey, .check]
    guard let kind = fields.required("kind", among: kinds, &findings) else { return nil }
    var constraint = Constraint(
      kind: kind, name: fields.text("name", &findings), columns: fields.list("columns", &findings).compactMap { keyColumn($0) },
      expression: fields.text("expression", &findings), clustered: fields.flag("clustered", &findings))
    if let node = fields.node("references"), let inner = ManifestFields(node, "a reference", keys: ManifestKeys.reference, &findings),
      let table = objectName("table", inner)
    {
      constraint.references = Constraint.Reference(
        table: table, columns: inner.texts("columns", &findings), onDelete: inner.text("on_delete", &findings), onUpdate: inner.text("on_update", &findings))
    }
    return constraint
  }

  private mutating func keyColumn(_ node: YAMLNode) -> KeyColumn? {
    if case .scalar = node.value { return ManifestFields.text(node, "a column's name", &findings).map { KeyColumn($0) } }
    guard let fields = ManifestFields(node, "a key's column", keys: ManifestKeys.keyColumn, &findings) else { return nil }
    let (name, expression) = (fields.text("name", &findings), fields.text("expression", &findings))
    guard (name == nil) != (expression == nil), let text = name ?? expression else {
      findings.expected("either 'name' or 'expression'", node)
      return nil
    }
    return KeyColumn(
      text, isExpression: expression != nil, descending: fields.flag("descending", &findings) ?? false, nulls: fields.text("nulls", &findings))
  }

  private mutating func index(_ node: YAMLNode) -> Index? {
    guard let fields = ManifestFields(node, "an index", keys: ManifestKeys.index, &findings) else { return nil }
    return Index(
      name: fields.text("name", &findings), unique: fields.flag("unique", &findings) ?? false, clustered: fields.flag("clustered", &findings),
      method: fields.text("method", &findings), columns: fields.list("columns", &findings).compactMap { keyColumn($0) },
      included: fields.texts("included", &findings), predicate: fields.text("predicate", &findings), options: fields.textMap("options", &findings))
  }

  /// Sorted as the registry gives them.
  private mutating func lineage(_ fields: ManifestFields) -> [DeclaredEdge] {
    var edges: [(edge: DeclaredEdge, position: SourcePosition)] = []
    var seen: [[ExactText]: SourcePosition] = [:]
    for node in fields.list("lineage", &findings) {
      guard let edge = edge(node) else { continue }
      if let first = seen.updateValue(node.position, forKey: edge.identity) {
        findings.add("X014", "expected each edge once, found it again (first on line \(first.line)); leave one out", at: node.position)
        continue
      }
      edges.append((edge, node.position))
    }
    edges.sort { $0.edge < $1.edge }
    lineagePositions = edges.map(\.position)
    return edges.map(\.edge)
  }

  private mutating func edge(_ node: YAMLNode) -> DeclaredEdge? {
    guard let fields = ManifestFields(node, "an edge", keys: ManifestKeys.edge, &findings) else { return nil }
    let column = fields.text("column", &findings)
    guard let from = name("from", fields), let subtype = fields.required("subtype", among: EdgeSubtype.allCases, &findings) else { return nil }
    let parts = ObjectName.parts(reading: from)
    guard parts.count > 1, let place = fields.node("from") else {
      if let place = fields.node("from") { findings.expected("a column for 'from'", place, fix: "; write 'schema.table.column'") }
      return nil
    }
    if column == nil, subtype.kind == .direct {
      findings.expected("a 'column' for an edge of subtype \(subtype.rawValue)", place, fix: "; only indirect edges end at all rows")
      return nil
    }
    return DeclaredEdge(
      sourceNamespace: fields.text("from_namespace", &findings), source: ObjectName(Array(parts.dropLast())), sourceColumn: parts[parts.count - 1],
      column: column, subtype: subtype, expression: fields.text("expression", &findings) ?? "")
  }

  // MARK: routines and feeds

  private mutating func routine(_ node: YAMLNode) -> RoutineEntry? {
    guard let fields = ManifestFields(node, "a routine", keys: ManifestKeys.routine, &findings) else { return nil }
    let namespace = name("namespace", fields)
    let name = objectName("name", fields)
    let kind = fields.required("kind", among: RoutineKind.allCases, &findings)
    let dialect = fields.required("dialect", among: DialectName.allCases, &findings)
    let parameters = fields.list("parameters", &findings).compactMap { parameter($0) }
    let source = fields.required("source", &findings)
    guard let namespace, let name, let kind, let dialect, let source else { return nil }
    return RoutineEntry(namespace: namespace, name: name, kind: kind, dialect: dialect, parameters: parameters, source: source)
  }

  private mutating func parameter(_ node: YAMLNode) -> Parameter? {
    guard let fields = ManifestFields(node, "a parameter", keys: ManifestKeys.parameter, &findings) else { return nil }
    let modes: [Parameter.Mode] = [.in, .out, .inout]
    guard let name = fields.required("name", &findings), let type = fields.required("native_type", &findings) else { return nil }
    return Parameter(
      name: name, nativeType: type, mode: fields.choice("mode", among: modes, &findings) ?? .in, defaultValue: fields.text("default", &findings))
  }

  private mutating func feed(_ node: YAMLNode) -> FeedEntry? {
    guard let fields = ManifestFields(node, "a feed", keys: ManifestKeys.feed, &findings) else { return nil }
    let namespace = name("namespace", fields)
    let name = name("name", fields)
    let client = fields.required("client", &findings)
    let source = objectName("source", fields)
    let target = objectName("target", fields)
    let format = fields.required("format", among: [FileFormat.delimited, .fixed, .jsonl], &findings)
    let encoding = fields.required("encoding", &findings)
    let pattern = fields.choice("load_pattern", among: [LoadPattern.full, .incremental, .scd1, .scd2, .append], &findings) ?? .full
    let rows = fields.number("expected_rows", &findings)
    guard let namespace, let name, let client, let source, let target, let format, let encoding else { return nil }
    let feed = Feed(
      name: name, client: client, source: source, target: target, format: format, encoding: encoding, delimiter: fields.text("delimiter", &findings),
      quote: fields.text("quote", &findings), header: fields.flag("header", &findings) ?? false, schedule: fields.text("schedule", &findings),
      timeZone: fields.text("time_zone", &findings), loadPattern: pattern, keys: fields.texts("keys", &findings), expectedRows: rows.map(Int.init),
      contact: fields.text("contact", &findings))
    return FeedEntry(namespace: namespace, feed: feed)
  }
}
