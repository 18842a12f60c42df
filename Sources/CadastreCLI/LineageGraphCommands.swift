internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

extension LineageCommand {
  /// What `roots` and `leaves` share.
  struct Ends: ParsableArguments {
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: LineageListOption
    @OptionGroup var scope: LineageScope
    @Flag(help: "Assets rather than columns.")
    var assets = false
    @Argument(help: "A column or an asset; all of the registry, or of --namespace, when not given.")
    var name: String?

    func run(upstream: Bool) throws {
      let registry = try registry.open()
      let place = try name.map { try scope.place($0, registry) }
      let ends = try LineageEnds.find(
        upstream: upstream, of: place, namespace: scope.namespace, kinds: scope.kinds(), byAsset: assets, in: registry)
      try format.show(ends) { ends.rendered($0) }
    }
  }

  struct Roots: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The ultimate sources of a column or asset: what it comes from that comes from nothing.")
    @OptionGroup var ends: Ends
    func run() throws { try ends.run(upstream: true) }
  }

  struct Leaves: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The final targets of a column or asset: what it feeds that feeds nothing.")
    @OptionGroup var ends: Ends
    func run() throws { try ends.run(upstream: false) }
  }

  struct Cycles: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Columns, or with --assets assets, that feed each other.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: LineageFormatOption
    @OptionGroup var scope: LineageScope
    @Flag(name: .customLong("self"), help: "List what has an edge to itself alone, too.")
    var selfLoops = false

    func run() throws {
      let cycles = try LineageCycles.find(
        namespace: scope.namespace, kinds: scope.kinds(), byAsset: format.assets, selfLoops: selfLoops, in: try registry.open())
      format.note(cycles.remark)
      try format.show(cycles) { cycles.rendered($0) }
    }
  }

  struct Orphans: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Assets and columns that nothing writes or reads, or that are used on one side only.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: LineageListOption
    @Option(help: "Only this warehouse.")
    var namespace: String?

    func run() throws {
      let orphans = try LineageOrphans.find(namespace: namespace, in: try registry.open())
      try format.show(orphans) { orphans.rendered($0) }
    }
  }
}

/// How a list is printed: the formats of lineage but for the drawings.
struct LineageListOption: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, table, json, csv, markdown
  }

  @Option(help: "How the result is printed.")
  var format: Format = .text

  func show(_ value: some Encodable, _ text: (LineageFormat) -> String) throws {
    if format == .json { try Output.json(value) } else { print(text(LineageFormat(rawValue: format.rawValue) ?? .text), terminator: "") }
  }
}
