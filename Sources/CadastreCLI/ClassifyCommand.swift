internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify", abstract: "Classifications of columns: email, phone, national_id ...", subcommands: [Propagate.self, Functions.self])

  struct Propagate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Carry classifications along lineage to the columns that take the value.",
      discussion: """
        They travel along direct edges (the value as it is, or computed from it; of aggregates only min and max) unless a masking function stands in
        the way. What a person, script or profile has said is never overwritten; where two meet they are listed and neither is chosen.
        """)
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @Option(help: "Only columns of this warehouse.")
    var namespace: String?
    @Option(help: "Why, for the change log.")
    var reason: String = "propagated along lineage"
    @Flag(help: "Say what would be set, from where and through which edges; change nothing.")
    var dryRun = false

    func run() throws {
      let report = try PropagateClassifications.run(
        namespace: namespace, dryRun: dryRun, in: try registry.open(), by: registry.author("classify propagate", reason))
      switch format.format {
      case .json: try Output.json(report)
      case .csv: Output.text(table(report).csv)
      case .markdown: Output.text(table(report).markdown)
      case .text: show(report)
      }
    }

    private func table(_ report: PropagateClassifications.Report) -> TextTable {
      let set = report.set.map { ["set", $0.column, $0.classification ?? "", $0.before ?? "", $0.origins.joined(separator: " "), $0.through.map(\.place).joined(separator: " ")] }
      let conflicts = report.conflicts.map {
        ["conflict", $0.column, $0.arriving.keys.sorted().joined(separator: " "), $0.held ?? "", $0.arriving.values.flatMap { $0 }.sorted().joined(separator: " "),
          $0.through.map(\.place).joined(separator: " ")]
      }
      let stopped = report.stopped.map { ["stopped by \($0.by)", $0.edge.target, $0.classification, "", $0.edge.source, $0.edge.place] }
      return TextTable(["what", "column", "classification", "before", "from", "through"], set + conflicts + stopped)
    }

    private func show(_ report: PropagateClassifications.Report) {
      func line(_ edge: PropagateClassifications.Step) -> String {
        "    through \(Printable.text(edge.source)) \(edge.subtype) \(edge.place)\(edge.routine.map { " in " + Printable.text($0) } ?? ""): \(Printable.text(edge.expression))"
      }
      for item in report.set {
        let verb = item.classification == nil ? "no longer \(item.before ?? "")" : "is \(item.classification ?? "")" + (item.before.map { ", was \($0)" } ?? "")
        print("\(Printable.text(item.column)) \(verb)\(item.origins.isEmpty ? "" : ", from " + Printable.text(item.origins.joined(separator: ", ")))")
        for edge in item.through { print(line(edge)) }
      }
      for item in report.conflicts {
        let arriving = item.arriving.sorted { $0.key < $1.key }.map { "\($0.key) from \($0.value.joined(separator: ", "))" }.joined(separator: "; ")
        print("conflict: \(Printable.text(item.column)) \(item.held.map { "is \($0) (\(item.heldBy ?? "")), " } ?? "")gets \(Printable.text(arriving)); nothing is set")
        for edge in item.through { print(line(edge)) }
      }
      for item in report.stopped {
        print("stopped by \(item.by): \(item.classification) of \(Printable.text(item.edge.source)) on its way to \(Printable.text(item.edge.target)), \(item.edge.place)")
      }
      print("\(report.set.count) columns \(dryRun ? "would be set" : "set"), \(report.conflicts.count) conflicts, \(report.stopped.count) edges stopped")
      print(report.change.map { "change \($0) recorded" } ?? "nothing changed")
    }
  }

  struct Functions: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The masking functions that stop a classification.")
    @OptionGroup var format: FormatOption

    func run() throws {
      let rows = MaskingFunctions.table.flatMap { family in family.names.map { [family.family, $0] } }
      try Output.list(Dictionary(uniqueKeysWithValues: MaskingFunctions.table.map { ($0.family, $0.names) }), TextTable(["family", "function"], rows), format)
    }
  }
}
