import CadastreModel
import GoldenSupport

/// Registries of random objects: every field of every object, with texts and names that formats stumble over.
struct RandomRegistry {
  private var random: SplitMix64
  private(set) var objects: [RegistryObject] = []
  let namespace: Namespace

  init(seed: UInt64, assets: Int = 6) {
    random = SplitMix64(seed: seed)
    namespace = Namespace(name: seed % 3 == 0 ? "w \u{E9}/\(seed)" : "w\(seed)", dialect: seed % 2 == 0 ? .postgres : .tsql, caseInsensitive: seed % 2 == 1)
    objects = [.namespace(namespace)]
    var entries: [AssetEntry] = []
    for index in 0..<assets { entries.append(asset(index)) }
    for index in entries.indices { entries[index].lineage = lineage(entries[index], entries) }
    objects += entries.map { .asset($0) }
    for index in 0..<2 { objects.append(.routine(routine(index))) }
    objects.append(.feed(feed(0)))
  }

  /// The same with some objects changed, some gone, one new.
  func edited(seed: UInt64) -> [RegistryObject] {
    var other = RandomRegistry(seed: seed, assets: 7)
    other.random = SplitMix64(seed: seed &* 31)
    var result: [RegistryObject] = []
    for (index, object) in objects.enumerated() {
      switch object {
      case .asset(var entry):
        // an asset with edges from it has to stay
        let isSource = objects.contains { if case .asset(let other) = $0 { other.lineage.contains { $0.source == entry.asset.name } } else { false } }
        if !isSource, other.chance(20) { continue }
        if other.chance(50) {
          entry.asset.owner = other.text()
          entry.asset.tags = other.chance(50) ? [] : [other.text(), other.text()]
          entry.asset.status = other.pick(AssetStatus.allCases)
          entry.asset.query = other.maybe { $0.code() }
          if !isSource, entry.lineage.allSatisfy({ $0.column == nil }) { entry.asset.columns = other.columns() }
          for position in entry.lineage.indices where other.chance(50) { entry.lineage[position].expression = other.text() }
          if other.chance(30) { entry.lineage.removeAll() }
        }
        result.append(.asset(entry))
      case .routine(var entry):
        if other.chance(30) { continue }
        if other.chance(50) { entry.source = other.code() }
        result.append(.routine(entry))
      case .feed(var entry):
        if other.chance(30) { continue }
        if other.chance(50) { entry.feed.contact = other.text() }
        result.append(.feed(entry))
      case .namespace: result.append(object)
      }
      _ = index
    }
    result.append(.asset(AssetEntry(namespace: namespace.name, asset: Asset(name: ObjectName(["new", "t\(seed)"]), kind: .table, dialect: .ansi))))
    return result
  }

  // MARK: choices

  private mutating func number(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
  private mutating func chance(_ percent: Int) -> Bool { number(100) < percent }
  private mutating func pick<Value>(_ values: [Value]) -> Value { values[number(values.count)] }

  private mutating func maybe<Value>(_ make: (inout RandomRegistry) -> Value) -> Value? { chance(50) ? make(&self) : nil }

  static let pieces = [
    "a", "word", " ", "  ", "\n", "\n\n", "\t", "\r\n", "\r", ":", ": ", " #", "# x", "-", "- ", "'", "\"", "\\", "\\n", "{", "}", "[", "]", "&a", "*a", "!x", "|", ">", "%",
    "@", "`", "yes", "No", "null", "~", "1", "0x1F", "1e3", "1_000", ".5", "2020-01-01", "é", "e\u{301}", "\u{301}", "日本", "😀", "\u{FEFF}", "\u{85}", "\u{2028}", "\u{202E}",
    "\u{7F}", "\u{1}", "\u{E000}", "---", "...", "<<", "=", "=1+1", "+1", ",", ";", "?", "? ", "true", "SELECT", "--", "/*", "$$", "\u{10FFFF}",
  ]

  mutating func text() -> String {
    if chance(8) { return "" }
    if chance(30) { return pick(["plain", "two words", "dbo", "x_1", "Ann Lee", "O'Neil"]) }
    return (0..<(1 + number(6))).map { _ in pick(Self.pieces) }.joined()
  }

  mutating func code() -> String {
    let lines = (0..<(1 + number(8))).map { _ in pick(["", "  ", "SELECT 1", "  FROM t -- c", "\tEND", "x  ", text(), "/* é */"]) }
    return lines.joined(separator: chance(85) ? "\n" : "\r\n") + pick(["", "\n", "\n\n", "\n\n\n"])
  }

  private mutating func name(_ index: Int) -> String {
    if chance(60) { return pick(["t", "Customer", "v_x"]) + "\(index)" }
    return pick(["../x", "CON", "nul", "a/b", "a\\b", ".hidden", "x.", "dot.dot", "\"q\"", " edge ", "é", "e\u{301}", "\"\u{301}q", "日本", "-x", "x~y", String(repeating: "long", count: 40), "*", "~"])
      + (chance(50) ? "\(index)" : "")
  }

  private var folding: (String) -> ExactText {
    let folds = namespace.caseInsensitive
    return { ExactText(folds ? $0.lowercased() : $0) }
  }

  // MARK: objects

  private var used: Set<ExactText> = []

  private mutating func freshName(_ index: Int, prefix: String = "") -> ObjectName {
    while true {
      let object = ObjectName(chance(20) ? [prefix + name(index)] : [pick(["dbo", "Dbo", "s.x", ".."]), prefix + name(index)])
      if used.insert(folding(object.rendered)).inserted { return object }
    }
  }

  private mutating func columns() -> [Column] {
    var seen: Set<ExactText> = []
    var result: [Column] = []
    var ordinal = 0
    for index in 0..<number(6) {
      let name = name(index)
      guard seen.insert(folding(name)).inserted else { continue }
      ordinal += chance(90) ? 1 : 3
      result.append(
        Column(
          name: name, ordinal: ordinal, type: maybe { $0.type() }, nativeType: maybe { $0.text() }, nullable: chance(50),
          defaultValue: maybe { random in DefaultValue(expression: random.text(), constraintName: random.maybe { $0.text() }) },
          computed: maybe { ComputedValue(expression: $0.code(), stored: $0.chance(50)) },
          identity: maybe { Identity(seed: Int64(bitPattern: $0.random.next()), increment: Int64($0.number(9)) - 4, always: $0.chance(50)) },
          collation: maybe { $0.text() }, description: maybe { $0.text() }, classification: maybe { $0.pick(Classification.allCases) }))
    }
    return result
  }

  private mutating func type() -> LogicalType {
    pick([
      .boolean, .int64, .decimal(precision: nil, scale: nil), .decimal(precision: 10, scale: nil), .decimal(precision: 10, scale: 2), .decimal(precision: nil, scale: 2),
      .char(length: 3), .varchar(length: nil), .varchar(length: 9), .binary(length: nil), .time(precision: 3), .timestamp(precision: nil), .timestamptz(precision: 6),
      .structure, .array(.array(.int8)), .array(.other("x)(")), .other(text()),
    ])
  }

  private mutating func keyColumns() -> [KeyColumn] {
    (0..<number(3)).map { _ in KeyColumn(text(), isExpression: chance(30), descending: chance(30), nulls: chance(20) ? "LAST" : nil) }
  }

  private mutating func texts() -> [String: String] {
    var result: [String: String] = [:]
    for _ in 0..<number(3) { result[chance(10) ? String(repeating: "key ", count: 300) : text()] = text() }
    // keys that Unicode takes for one are one in the model
    return result
  }

  private mutating func asset(_ index: Int) -> AssetEntry {
    let name = freshName(index)
    if chance(10) { return AssetEntry(namespace: namespace.name, asset: Asset(name: name, kind: .table, dialect: .ansi), isDefined: false, undefinedColumns: ["u"]) }
    let constraints = (0..<number(3)).map { _ in
      Constraint(
        kind: pick([.primaryKey, .unique, .foreignKey, .check]), name: maybe { $0.text() }, columns: keyColumns(),
        references: maybe { random in
          Constraint.Reference(
            table: ObjectName([random.pick(["dbo", "x.y"]), random.name(1)]), columns: [random.text()], onDelete: random.maybe { $0.text() }, onUpdate: nil)
        }, expression: maybe { $0.text() }, clustered: maybe { $0.chance(50) })
    }
    let indexes = (0..<number(3)).map { _ in
      Index(
        name: maybe { $0.text() }, unique: chance(50), clustered: maybe { $0.chance(50) }, method: maybe { $0.text() }, columns: keyColumns(),
        included: chance(30) ? [text()] : [], predicate: maybe { $0.text() }, options: texts())
    }
    let asset = Asset(
      name: name, kind: pick(AssetKind.allCases), layer: maybe { $0.pick(AssetLayer.allCases) }, status: pick(AssetStatus.allCases), description: maybe { $0.code() },
      owner: maybe { $0.text() }, steward: maybe { $0.text() }, client: maybe { $0.text() }, tags: (0..<number(3)).map { _ in text() }, columns: columns(),
      constraints: constraints, indexes: indexes, options: texts(), dialect: pick(DialectName.allCases), query: maybe { $0.code() })
    return AssetEntry(namespace: namespace.name, asset: asset)
  }

  private mutating func lineage(_ target: AssetEntry, _ all: [AssetEntry]) -> [DeclaredEdge] {
    var edges: [DeclaredEdge] = []
    for _ in 0..<number(4) {
      let source = pick(all)
      guard source.asset.name != target.asset.name, let from = (source.asset.columns.map(\.name) + source.undefinedColumns).first else { continue }
      let columns = target.asset.columns.map(\.name) + target.undefinedColumns
      let column = chance(70) && !columns.isEmpty ? pick(columns) : nil
      let subtype: EdgeSubtype = column == nil ? pick([.filter, .join, .sort]) : pick(EdgeSubtype.allCases)
      let edge = DeclaredEdge(source: source.asset.name, sourceColumn: from, column: column, subtype: subtype, expression: text())
      if !edges.contains(where: { $0.identity == edge.identity }) { edges.append(edge) }
    }
    return edges.sorted()
  }

  private mutating func routine(_ index: Int) -> RoutineEntry {
    let parameters = (0..<number(3)).map { _ in
      Parameter(name: text(), nativeType: text(), mode: pick([.in, .out, .inout]), defaultValue: maybe { $0.text() })
    }
    return RoutineEntry(
      namespace: namespace.name, name: freshName(index, prefix: "p"), kind: pick(RoutineKind.allCases), dialect: pick(DialectName.allCases), parameters: parameters,
      source: code())
  }

  private mutating func feed(_ index: Int) -> FeedEntry {
    FeedEntry(
      namespace: namespace.name,
      feed: Feed(
        name: name(index), client: text(), source: ObjectName(["client", name(1)]), target: ObjectName(["lnd", name(2)]), format: pick([.delimited, .fixed, .jsonl]),
        encoding: text(), delimiter: maybe { $0.pick([",", "\t", "|", "\u{1}"]) }, quote: maybe { _ in "\"" }, header: chance(50), schedule: maybe { _ in "0 6 * * 1-5" },
        timeZone: maybe { _ in "Europe/Vienna" }, loadPattern: pick([.full, .incremental, .scd1, .scd2, .append]), keys: (0..<number(3)).map { _ in text() },
        expectedRows: maybe { $0.number(1_000_000) }, contact: maybe { $0.text() }))
  }
}
