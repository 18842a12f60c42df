public import CadastreDiagnostics
public import CadastreDialects
public import CadastreModel

/// What a set of scripts defines: the assets by name, found by the dialect's rule of comparison.
public struct Catalog: Sendable {
  public let dialect: Dialect
  /// In the order of definition. An asset that a script drops again is gone.
  public private(set) var assets: [Asset] = []
  public private(set) var diagnostics: [Diagnostic] = []
  /// Position in `assets` by folded full name; by folded schema and name; by folded name, where that is unique.
  private var positions: [String: Int] = [:]
  private var bySchema: [String: [Int]] = [:]
  private var byName: [String: [Int]] = [:]

  public init(dialect: Dialect) {
    self.dialect = dialect
  }

  /// A name part as it is compared: by case where the dialect tells case apart.
  public func compared(_ part: String) -> String {
    dialect.identifiers.caseInsensitive ? NameRule.lowered(part) : part
  }

  /// The rule by which names are compared.
  public var names: NameRule { NameRule(caseInsensitive: dialect.identifiers.caseInsensitive) }
  /// A name part as the server stores it.
  public func folded(_ text: String, quoted: Bool) -> String {
    if quoted { return text }
    return switch dialect.identifiers.folding {
    case .lower: NameRule.lowered(text)
    case .upper: text.uppercased()
    case .none: text
    }
  }

  private func key(_ name: ObjectName) -> String { name.parts.map(compared).joined(separator: "\u{0}") }

  private func schemaKey(_ name: ObjectName) -> String { compared(name.schema ?? "") + "\u{0}" + compared(name.name) }

  /// The asset a name means: the full name, the default schema's, or the only one whose last parts fit.
  public func asset(named name: ObjectName) -> Asset? { position(named: name).map { assets[$0] } }

  /// Position in `assets` of the asset a name means.
  public func position(named name: ObjectName) -> Int? {
    if let exact = positions[key(name)] { return exact }
    if name.parts.count >= 2, let schema = name.schema {
      let fits = bySchema[compared(schema) + "\u{0}" + compared(name.name)] ?? []
      if fits.count == 1, name.database == nil || assets[fits[0]].name.database == nil { return fits[0] }
      return nil
    }
    if name.parts.count >= 2, name.schema == nil {
      // `db..t`: the default schema of that database
      let completed = ObjectName(schema: dialect.identifiers.defaultSchema, name.name)
      return bySchema[schemaKey(completed)]?.first
    }
    if let schema = dialect.identifiers.defaultSchema, let fits = bySchema[compared(schema) + "\u{0}" + compared(name.name)], fits.count == 1 {
      return fits[0]
    }
    let fits = byName[compared(name.name)] ?? []
    return fits.count == 1 ? fits[0] : nil
  }

  /// How many assets a bare name could mean.
  public func candidates(for name: String) -> Int { byName[compared(name)]?.count ?? 0 }

  mutating func define(_ asset: Asset) {
    let key = key(asset.name)
    if let existing = positions[key] {
      let old = assets[existing]
      if let new = asset.definedAt, let before = old.definedAt, new.file != before.file {
        diagnostics.append(
          Diagnostic(
            code: "R001", severity: .warning, message: "'\(asset.name.rendered)' is defined twice; the last definition by file name holds",
            file: new.file, position: SourcePosition(line: new.line, column: 1), notes: ["first defined in \(before.file):\(before.line)"]))
      }
      assets[existing] = asset
      return
    }
    let position = assets.count
    assets.append(asset)
    positions[key] = position
    bySchema[schemaKey(asset.name), default: []].append(position)
    byName[compared(asset.name.name), default: []].append(position)
  }

  mutating func update(_ name: ObjectName, _ change: (inout Asset) -> Void) -> Bool {
    guard let position = position(named: name) else { return false }
    change(&assets[position])
    return true
  }

  mutating func drop(_ name: ObjectName) {
    guard let position = position(named: name) else { return }
    let rest = assets.enumerated().filter { $0.offset != position }.map(\.element)
    assets = []
    positions = [:]
    bySchema = [:]
    byName = [:]
    for asset in rest { define(asset) }
  }

  /// Puts in assets known from elsewhere: a registry's snapshot.
  public mutating func add(_ known: [Asset]) {
    for asset in known { define(asset) }
  }
}

/// Guesses an asset's layer from the name of its schema.
public enum LayerTable {
  static let prefixes: [(AssetLayer, [String])] = [
    (.landing, ["lnd", "land", "landing", "raw", "inbound"]),
    (.staging, ["stg", "stage", "staging", "prep"]),
    (.core, ["dw", "dwh", "edw", "core", "dim", "fact", "ods"]),
    (.mart, ["mart", "dm", "mkt", "rpt", "report", "reporting"]),
    (.history, ["hist", "history", "archive", "arc", "psa"]),
    (.reject, ["rej", "reject", "error", "err"]),
    (.control, ["etl", "ctl", "control", "audit", "aud", "qc", "meta", "util", "log"]),
  ]

  /// `nil` for a schema that none of the usual names fits.
  public static func layer(ofSchema schema: String) -> AssetLayer? {
    let lowered = schema.lowercased()
    return prefixes.first { $0.1.contains(lowered) }?.0 ?? prefixes.first { $0.1.contains { lowered.hasPrefix($0 + "_") } }?.0
  }
}

/// The rule by which a dialect compares name parts.
public struct NameRule: Sendable, Hashable {
  public let caseInsensitive: Bool

  public init(caseInsensitive: Bool) { self.caseInsensitive = caseInsensitive }

  /// A name in small letters; most are already, and stay the text they are.
  public static func lowered(_ name: String) -> String {
    name.utf8.contains { $0 >= 0x80 || ($0 >= 0x41 && $0 <= 0x5A) } ? name.lowercased() : name
  }

  /// Whether two name parts are one name.
  public func same(_ left: String, _ right: String) -> Bool {
    guard caseInsensitive else { return left == right }
    var (mine, theirs) = (left.utf8.makeIterator(), right.utf8.makeIterator())
    while true {
      let (first, second) = (mine.next(), theirs.next())
      guard let first, let second else { return first == second }
      if first == second { continue }
      if first >= 0x80 || second >= 0x80 { return left.lowercased() == right.lowercased() }
      guard first | 0x20 == second | 0x20, first | 0x20 >= 0x61, first | 0x20 <= 0x7A else { return false }
    }
  }
}
