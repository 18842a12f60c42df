public import ArgumentParser
internal import Cadastre
public import CadastreModel

struct LineageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lineage", abstract: "Where a column comes from, where it goes, and why.",
    subcommands: [Upstream.self, Downstream.self, PathCommand.self, Why.self, Gaps.self])

  struct Walk: ParsableArguments {
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @OptionGroup var scope: LineageScope
    @Option(help: "Most hops; all when not given.")
    var depth: Int?
    @Option(help: "Most edges; all when not given.")
    var limit: Int?
    @Argument(help: "A column or an asset: schema.table.column, schema.table, or fewer parts where that is enough.")
    var name: String

    func run(_ direction: LineageDirection) throws {
      let registry = try registry.open()
      let place = try scope.place(name, registry)
      let report = try LineageReport.walk(direction, of: place, kinds: scope.kinds(), depth: depth, limit: limit, in: registry)
      switch format.format {
      case .json: try Output.json(report)
      default:
        if report.edges.isEmpty { return print(try report.absence(in: registry)) }
        for edge in report.edges {
          let indent = String(repeating: "  ", count: min(edge.depth - 1, 20))
          let ends = direction == .upstream ? "\(edge.target) <- \(edge.source)" : "\(edge.source) -> \(edge.target)"
          print("\(indent)\(ends)  \(edge.kind)/\(edge.subtype)  \(edge.routine ?? "script") \(edge.place)")
        }
        print("\(report.edges.count) edges, \(report.omission ?? "complete")")
      }
    }
  }

  struct Upstream: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "All that a column or asset comes from.")
    @OptionGroup var walk: Walk
    func run() throws { try walk.run(.upstream) }
  }

  struct Downstream: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "All that a column or asset feeds.")
    @OptionGroup var walk: Walk
    func run() throws { try walk.run(.downstream) }
  }

  struct Gaps: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "What could not be resolved, and how to resolve it.")
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @Option(help: "Only this warehouse.")
    var namespace: String?

    func run() throws {
      let rows = try registry.open().unresolved(namespace: namespace)
      if format.format == .json { return try Output.json(rows) }
      for row in rows { print("\(row.file):\(row.line): \(row.reason.rawValue): \(row.text)\n  resolve it with: \(row.hint)") }
      print("\(rows.count) unresolved")
    }
  }
}

/// Which warehouse and which kinds of edges a question is about.
struct LineageScope: ParsableArguments {
  @Option(help: "Only this warehouse.")
  var namespace: String?
  @Option(help: "Only edges of this kind: direct or indirect.")
  var kind: EdgeKind?

  func kinds() -> Set<EdgeKind> { kind.map { [$0] } ?? [.direct, .indirect] }

  func place(_ name: String, _ registry: Registry) throws -> LineagePlace { try LineageQuestion.place(name, namespace: namespace, in: registry) }
}

extension EdgeKind: ExpressibleByArgument {
  public static var allValueStrings: [String] { [EdgeKind.direct.rawValue, EdgeKind.indirect.rawValue] }
}
