internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

extension LineageCommand {
  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Hold the registry's lineage against OpenLineage events.",
      discussion: "OTHER is one event, an array of events, or JSON lines; their columnLineage facets are read.")
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: LineageListOption
    @Option(help: "Only this warehouse.")
    var namespace: String?
    @Flag(help: "End with 1 when they differ or a name is not matched.")
    var strict = false
    @Flag(help: "Record what OTHER has seen: evidence for what is in both, edges for what is only there.")
    var observe = false
    @Option(help: "Why, for the change log.")
    var reason: String = "observed"
    @Argument(help: "The document; '-' is standard input.")
    var other: String

    func run() throws {
      let author = observe ? registry.author("lineage compare", reason) : nil
      let comparison = try CompareLineage.run(other, namespace: namespace, in: try registry.open(), observe: author)
      try format.show(comparison) { comparison.rendered($0) }
      if strict, comparison.differs { throw ExitCode(Exit.findings.rawValue) }
    }
  }

  struct Gaps: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "What could not be resolved, and how to resolve it.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: LineageListOption
    @Option(help: "Only this warehouse.")
    var namespace: String?
    @Flag(help: "How much of each routine is understood, worst first, and totals.")
    var byRoutine = false

    func run() throws {
      let registry = try registry.open()
      if byRoutine {
        let coverage = try LineageCoverage.run(namespace: namespace, in: registry)
        return try format.show(coverage) { coverage.rendered($0) }
      }
      let rows = try registry.unresolved(namespace: namespace)
      try format.show(rows) { format in
        let table = TextTable(
          ["place", "routine", "reason", "text", "hint"],
          rows.map { ["\($0.file):\($0.line)", $0.routine?.rendered ?? "", $0.reason.rawValue, $0.text, $0.hint] })
        switch format {
        case .csv: return table.csv
        case .markdown: return table.markdown
        case .table: return table.aligned
        default:
          return rows.map { "\($0.file):\($0.line): \($0.reason.rawValue): \(Printable.text($0.text))\n  resolve it with: \(Printable.text($0.hint))\n" }
            .joined() + "\(rows.count) unresolved\n"
        }
      }
    }
  }
}
