internal import CadastreModel
public import CadastreStore

/// The routines that hold.
public struct RoutineList: Sendable {
  public struct Line: Sendable, Codable {
    public var namespace: String
    public var name: String
    public var kind: String
    public var file: String
    public var line: Int
    public var statements: Int
    /// Share of the statements that move data whose lineage is known.
    public var coverage: Double
  }

  public var routines: [Line] = []

  public init(namespace: String? = nil, in registry: Registry) throws {
    for warehouse in try registry.namespaces() where namespace == nil || warehouse.name == namespace {
      routines += try registry.routines(namespace: warehouse.name).map {
        Line(
          namespace: warehouse.name, name: $0.name.rendered, kind: $0.kind.rawValue, file: $0.definedAt.file, line: $0.definedAt.line,
          statements: $0.statements, coverage: $0.coverage)
      }
    }
  }

  public var table: TextTable {
    TextTable(
      ["namespace", "routine", "kind", "statements", "coverage", "file"],
      routines.map { [$0.namespace, $0.name, $0.kind, String($0.statements), String($0.coverage), "\($0.file):\($0.line)"] })
  }
}

/// Every version of one routine's text.
public struct RoutineVersions: Sendable {
  /// Oldest first.
  public var versions: [Registry.RoutineVersion]

  public init(of name: String, namespace: String? = nil, in registry: Registry) throws {
    let found = try registry.routineVersions(name, namespace: namespace)
    guard let last = found.last else { throw HistoryFailure.unknown(name: name) }
    let exact = found.filter { $0.routine == name }
    let own = exact.isEmpty ? found : exact
    let warehouses = Set(own.map(\.namespace))
    guard warehouses.count == 1 else { throw HistoryFailure.ambiguous(name: name, candidates: warehouses.map { "\(last.routine) of \($0)" }.sorted()) }
    versions = own
  }

  /// A version by its number; the one that holds, or the last one, when `nil`.
  public func version(_ number: Int?) throws -> Registry.RoutineVersion {
    let found = number.map { number in versions.first { $0.version == number } } ?? versions.last { $0.ended == nil } ?? versions.last
    guard let found else { throw HistoryFailure.unknown(name: "version \(number ?? 0) of \(versions.first?.routine ?? "")") }
    return found
  }

  /// A unified diff of two versions; by default of the last and the one before it. Empty where they are the same.
  public func difference(_ from: Int?, _ to: Int?) throws -> String {
    let new = try version(to ?? versions.last?.version)
    let earlier = versions.last { $0.version < new.version }
    guard let old = try from.map({ try version($0) }) ?? earlier else { return "" }
    func name(_ version: Registry.RoutineVersion) -> String { "\(version.routine) version \(version.version)\t\(version.began.at)" }
    return UnifiedDiff.text(old.text, new.text, names: (name(old), name(new)))
  }

  public var table: TextTable {
    TextTable(
      ["version", "began", "change", "by", "command", "reason", "ended", "hash"],
      versions.map {
        [
          String($0.version), $0.began.at, String($0.began.id), $0.began.actor, $0.began.command, $0.began.reason, $0.ended?.at ?? "",
          String($0.hash.prefix(12)),
        ]
      })
  }
}
