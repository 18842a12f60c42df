public import CadastreStore

/// What `lineage gaps --by-routine` reports: how much of each routine is understood, worst first, and of all together.
public struct LineageCoverage: Sendable, Codable {
  public struct Totals: Sendable, Codable {
    public var routines: Int
    /// Analysed whole.
    public var whole: Int
    public var statements: Int
    public var unparsed: Int
    public var unresolved: Int
    /// Mean of the routines' coverage; 1 when there are none.
    public var coverage: Double
  }

  public var routines: [RoutineCoverage]
  public var totals: Totals
  /// Unresolved places outside any routine.
  public var elsewhere: Int

  public static func run(namespace: String? = nil, in registry: Registry) throws(StoreError) -> LineageCoverage {
    let rows = try registry.routineCoverage(namespace: namespace).sorted {
      ($0.coverage, -$0.unresolved, -$0.unparsed, $0.namespace, $0.routine) < ($1.coverage, -$1.unresolved, -$1.unparsed, $1.namespace, $1.routine)
    }
    let unresolved = try registry.unresolved(namespace: namespace).count
    let within = rows.reduce(0) { $0 + $1.unresolved }
    return LineageCoverage(
      routines: rows,
      totals: Totals(
        routines: rows.count, whole: rows.count { $0.coverage >= 1 && $0.unparsed == 0 && $0.unresolved == 0 },
        statements: rows.reduce(0) { $0 + $1.statements },
        unparsed: rows.reduce(0) { $0 + $1.unparsed }, unresolved: unresolved,
        coverage: rows.isEmpty ? 1 : rows.reduce(0) { $0 + $1.coverage } / Double(rows.count)),
      elsewhere: unresolved - within)
  }

  public func rendered(_ format: LineageFormat) -> String {
    let table = TextTable(
      ["routine", "coverage", "statements", "unparsed", "unresolved", "place"],
      routines.map { [$0.routine, Self.percent($0.coverage), String($0.statements), String($0.unparsed), String($0.unresolved), "\($0.file):\($0.line)"] })
    switch format {
    case .csv: return table.csv
    case .markdown: return table.markdown
    case .table: return table.aligned
    default:
      let outside = elsewhere > 0 ? ", \(elsewhere) of them outside routines" : ""
      return table.aligned
        + "\(totals.whole) of \(totals.routines) routines analysed whole, coverage \(Self.percent(totals.coverage)); \(totals.statements) statements, "
        + "\(totals.unparsed) not read; \(totals.unresolved) unresolved\(outside)\n"
    }
  }

  /// Rounded down, so that 100 % is all of it.
  private static func percent(_ value: Double) -> String { "\(Int((value * 100).rounded(.down))) %" }
}
