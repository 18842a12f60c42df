internal import CadastreModel

/// The three-way rule for objects that both sides have changed.
extension ThreeWay {
  /// Paths are a manifest's keys.
  mutating func object(_ base: RegistryObject, _ ours: RegistryObject, _ theirs: RegistryObject) -> RegistryObject {
    switch (base, ours, theirs) {
    case (.asset(let base), .asset(let ours), .asset(let theirs)): return .asset(asset(base, ours, theirs))
    case (.feed(let base), .feed(let ours), .feed(let theirs)): return .feed(feed(base, ours, theirs))
    case (.routine(let base), .routine(let ours), .routine(let theirs)):
      // parameters, kind and text are one definition
      return .routine(value([["name"], ["kind"], ["dialect"], ["parameters"], ["source"]], base, ours, theirs))
    default: return value([["name"]], base, ours, theirs)
    }
  }

  /// One field: its key and where it is in the model.
  private mutating func field<Root, Value: Equatable & Encodable>(
    _ key: String, _ path: KeyPath<Root, Value>, _ base: Root, _ ours: Root, _ theirs: Root
  ) -> Value {
    value([[key]], base[keyPath: path], ours[keyPath: path], theirs[keyPath: path])
  }

  private mutating func feed(_ base: FeedEntry, _ ours: FeedEntry, _ theirs: FeedEntry) -> FeedEntry {
    let (b, o, t) = (base.feed, ours.feed, theirs.feed)
    var result = ours
    result.feed.client = field("client", \.client, b, o, t)
    result.feed.source = field("source", \.source, b, o, t)
    result.feed.target = field("target", \.target, b, o, t)
    result.feed.format = field("format", \.format, b, o, t)
    result.feed.encoding = field("encoding", \.encoding, b, o, t)
    result.feed.delimiter = field("delimiter", \.delimiter, b, o, t)
    result.feed.quote = field("quote", \.quote, b, o, t)
    result.feed.header = field("header", \.header, b, o, t)
    result.feed.schedule = field("schedule", \.schedule, b, o, t)
    result.feed.timeZone = field("time_zone", \.timeZone, b, o, t)
    result.feed.loadPattern = field("load_pattern", \.loadPattern, b, o, t)
    result.feed.keys = field("keys", \.keys, b, o, t)
    result.feed.expectedRows = field("expected_rows", \.expectedRows, b, o, t)
    result.feed.contact = field("contact", \.contact, b, o, t)
    return result
  }

  // MARK: assets

  private struct Definition: Equatable, Encodable {
    var isDefined: Bool
    var asset: Asset
  }

  private mutating func asset(_ base: AssetEntry, _ ours: AssetEntry, _ theirs: AssetEntry) -> AssetEntry {
    var result = ours
    if base.isDefined, ours.isDefined, theirs.isDefined {
      result.asset = asset(base.asset, ours.asset, theirs.asset)
    } else {
      func definition(_ entry: AssetEntry) -> Definition { Definition(isDefined: entry.isDefined, asset: entry.asset) }
      let definition = value([["defined"], ["columns"]], definition(base), definition(ours), definition(theirs))
      (result.isDefined, result.asset) = (definition.isDefined, definition.asset)
    }
    let folds = folds
    result.lineage = members(
      "lineage", base.lineage, ours.lineage, theirs.lineage,
      key: { edge in
        let texts = edge.identity.map(\.text).joined(separator: "\u{0}")
        return ExactText(folds ? texts.lowercased() : texts)
      }, name: { edge in edge.label },
      merge: { rule, path, base, ours, theirs in
        var edge = ours
        edge.expression = rule.value([path + ["expression"]], base?.expression, ours.expression, theirs.expression)
        return edge
      }
    ).sorted()
    let defined = Set(result.asset.columns.map { key($0.name) })
    var names: [Key: String] = [:]
    for name in theirs.undefinedColumns + ours.undefinedColumns where !defined.contains(key(name)) { names[key(name)] = name }
    result.undefinedColumns = names.values.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return result
  }

  private struct Option: Equatable, Encodable {
    var key: String
    var value: String

    static func list(_ options: [String: String]) -> [Option] { options.map { Option(key: $0.key, value: $0.value) }.sorted { $0.key < $1.key } }
  }

  private mutating func asset(_ base: Asset, _ ours: Asset, _ theirs: Asset) -> Asset {
    var result = ours
    result.name = field("name", \.name, base, ours, theirs)
    result.kind = field("kind", \.kind, base, ours, theirs)
    result.layer = field("layer", \.layer, base, ours, theirs)
    result.status = field("status", \.status, base, ours, theirs)
    result.owner = field("owner", \.owner, base, ours, theirs)
    result.steward = field("steward", \.steward, base, ours, theirs)
    result.client = field("client", \.client, base, ours, theirs)
    result.description = field("description", \.description, base, ours, theirs)
    result.dialect = field("dialect", \.dialect, base, ours, theirs)
    result.query = field("query", \.query, base, ours, theirs)
    result.tags = members("tags", base.tags, ours.tags, theirs.tags, key: { ExactText($0) }, name: { $0 }, merge: { _, _, _, ours, _ in ours })
    let options = members(
      "options", Option.list(base.options), Option.list(ours.options), Option.list(theirs.options), key: { ExactText($0.key) }, name: { $0.key },
      merge: { rule, path, base, ours, theirs in rule.value([path], base, ours, theirs) })
    result.options = [:]
    for option in options { result.options[option.key] = option.value }
    result.columns = columns(base.columns, ours.columns, theirs.columns)
    result.constraints = members(
      "constraints", base.constraints, ours.constraints, theirs.constraints,
      // a table has one primary key, whatever its name
      key: { $0.kind == .primaryKey ? ExactText("\u{0}primary key") : $0.name.map { ExactText($0) } },
      name: { $0.kind == .primaryKey ? $0.kind.rawValue : $0.name ?? "" },
      merge: { rule, path, base, ours, theirs in rule.value([path], base, ours, theirs) })
    result.indexes = members(
      "indexes", base.indexes, ours.indexes, theirs.indexes, key: { $0.name.map { ExactText($0) } }, name: { $0.name ?? "" },
      merge: { rule, path, base, ours, theirs in rule.value([path], base, ours, theirs) })
    keepWhatKeysName(&result, ours, theirs)
    return result
  }

  /// A column that one side has removed and a key of the other names is a conflict.
  private mutating func keepWhatKeysName(_ result: inout Asset, _ ours: Asset, _ theirs: Asset) {
    let left = Set(result.columns.map { key($0.name) })
    let sides = Set((ours.columns + theirs.columns).map { key($0.name) })
    let named = result.constraints.flatMap(\.columns) + result.indexes.flatMap { $0.columns + $0.included.map { KeyColumn($0) } }
    let missing = named.filter { !$0.isExpression && !left.contains(key($0.name)) && sides.contains(key($0.name)) }
    // what one side names without having it is that side's
    guard !missing.isEmpty else { return }
    conflict(missing.map { ["columns", $0.name] })
    let side = decision == .theirs ? theirs : ours
    (result.columns, result.constraints, result.indexes) = (side.columns, side.constraints, side.indexes)
  }

  /// Ordinals count as distances from the column before: a column that comes in between moves those behind it.
  private mutating func columns(_ base: [Column], _ ours: [Column], _ theirs: [Column]) -> [Column] {
    func distances(_ columns: [Column]) -> [Column] {
      var last = 0
      return columns.map { column in
        var copy = column
        copy.ordinal = column.ordinal - last
        last = column.ordinal
        return copy
      }
    }
    let folds = folds
    var result = members(
      "columns", distances(base), distances(ours), distances(theirs), key: { ExactText(folds ? $0.name.lowercased() : $0.name) }, name: { $0.name },
      merge: { rule, path, base, ours, theirs in rule.column(path, base, ours, theirs) })
    var last = 0
    for index in result.indices {
      result[index].ordinal += last
      last = result[index].ordinal
    }
    return result
  }

  private struct TypeOfColumn: Equatable, Encodable {
    var type: LogicalType?
    var native: String?
  }

  private mutating func column(_ path: [String], _ base: Column?, _ ours: Column, _ theirs: Column) -> Column {
    func at(_ keys: String...) -> [[String]] { keys.map { path + [$0] } }
    func type(_ column: Column) -> TypeOfColumn { TypeOfColumn(type: column.type, native: column.nativeType) }
    var result = ours
    result.name = value(at("name"), base?.name, ours.name, theirs.name)
    // what lies between two columns is nobody's word: the larger distance leaves room for both
    if base?.ordinal == ours.ordinal { result.ordinal = theirs.ordinal } else if base?.ordinal != theirs.ordinal {
      result.ordinal = max(ours.ordinal, theirs.ordinal)
    }
    let merged = value(at("type", "native_type"), base.map(type), type(ours), type(theirs))
    (result.type, result.nativeType) = (merged.type, merged.native)
    result.nullable = value(at("nullable"), base?.nullable, ours.nullable, theirs.nullable)
    result.defaultValue = value(at("default", "default_constraint"), base.map(\.defaultValue), ours.defaultValue, theirs.defaultValue)
    result.computed = value(at("computed", "stored"), base.map(\.computed), ours.computed, theirs.computed)
    result.identity = value(at("identity"), base.map(\.identity), ours.identity, theirs.identity)
    result.collation = value(at("collation"), base.map(\.collation), ours.collation, theirs.collation)
    result.description = value(at("description"), base.map(\.description), ours.description, theirs.description)
    result.classification = value(at("classification"), base.map(\.classification), ours.classification, theirs.classification)
    return result
  }
}

extension DeclaredEdge {
  /// As a plan names it: `city <- stg.customer.city identity`.
  fileprivate var label: String {
    (column ?? "*") + " <- " + (sourceNamespace.map { $0 + ":" } ?? "") + source.rendered(column: sourceColumn) + " " + subtype.rawValue
  }
}
