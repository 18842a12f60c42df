public import ArgumentParser
public import Cadastre
public import CadastreModel

struct LineageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lineage", abstract: "Where a column comes from, where it goes, and why.",
    subcommands: [
      Upstream.self, Downstream.self, PathCommand.self, Why.self, Roots.self, Leaves.self, Cycles.self, Orphans.self, Declare.self, Retract.self,
      Compare.self, Gaps.self,
    ])

  struct Walk: ParsableArguments {
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: LineageFormatOption
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
      if report.edges.isEmpty, report.complete {
        let absence = try report.absence(in: registry)
        if format.format == .text { return print(absence) }
        Exit.note(absence)
      }
      format.note(report.omission)
      if format.assets {
        try format.show(report.byAsset) { report.byAsset.rendered($0) }
      } else {
        try format.show(report) { report.rendered($0) }
      }
    }

    func validate() throws {
      if let depth, depth < 1 { throw ValidationError("--depth is at least 1") }
      if let limit, limit < 0 { throw ValidationError("--limit is not negative") }
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

extension LineageFormat: ExpressibleByArgument {}

/// How an answer about lineage is printed, and of what.
struct LineageFormatOption: ParsableArguments {
  @Option(help: "How the result is printed.")
  var format: LineageFormat = .text
  @Flag(help: "Between assets rather than columns, with counts of column edges.")
  var assets = false

  /// CSV has no room for a remark: it goes to people.
  func note(_ remark: String?) { if let remark, format == .csv { Exit.note(remark) } }

  func show(_ value: some Encodable, _ text: (LineageFormat) -> String) throws {
    if format == .json { try Output.json(value) } else { print(text(format), terminator: "") }
  }
}
