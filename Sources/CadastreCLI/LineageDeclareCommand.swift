public import ArgumentParser
internal import Cadastre
public import CadastreModel

extension LineageCommand {
  struct Declare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "State an edge that no script says; scans leave it alone.",
      discussion: "Declaring the same edge again changes nothing; another expression replaces the one before.")
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @Option(help: "Only this warehouse.")
    var namespace: String?
    @Option(help: "direct: the value flows; indirect: it decides.")
    var kind: EdgeKind = .direct
    @Option(help: "The finer kind; else what --kind and --expression suggest.")
    var subtype: EdgeSubtype?
    @Option(help: "How the target comes about from the source.")
    var expression: String = ""
    @Option(help: "Why, for the change log.")
    var reason: String = "declared"
    @Option(help: "Name of an asset outside the warehouse, to be made with the column that is named.")
    var createExternal: String?
    @Argument(help: "The column the edge begins at.")
    var source: String
    @Argument(help: "The column it ends at; with --kind indirect also an asset, for its rows.")
    var target: String

    func run() throws {
      let use = DeclareLineage(registry: try registry.open(), namespace: namespace, external: createExternal)
      let report = try use.declare(source, target, kind: kind, subtype: subtype, expression: expression, by: registry.author("lineage declare", reason))
      try LineageCommand.show(report, format)
    }
  }

  struct Retract: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take a declared edge back. What scripts say is theirs: it is refused.")
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @OptionGroup var scope: LineageScope
    @Option(help: "Why, for the change log.")
    var reason: String = "retracted"
    @Argument(help: "The column the edge begins at.")
    var source: String
    @Argument(help: "The column, or asset, it ends at.")
    var target: String

    func run() throws {
      let use = DeclareLineage(registry: try registry.open(), namespace: scope.namespace)
      let report = try use.retract(source, target, kind: scope.kind, by: registry.author("lineage retract", reason))
      try LineageCommand.show(report, format)
    }
  }

  static func show(_ report: DeclareLineage.Report, _ format: FormatOption) throws {
    if format.format == .json { return try Output.json(report) }
    let what = report.subtype.isEmpty ? "" : "  \(report.kind)/\(report.subtype)"
    print("\(report.outcome): \(Printable.text(report.source)) -> \(Printable.text(report.target))\(what)")
    print(report.change.map { "change \($0) recorded" } ?? "nothing changed")
  }
}

extension EdgeSubtype: ExpressibleByArgument {}
