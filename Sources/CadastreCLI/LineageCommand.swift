internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct LineageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lineage", abstract: "Where a column comes from, where it goes, and why.",
    subcommands: [Upstream.self, Downstream.self, Why.self, Gaps.self])

  struct Walk: ParsableArguments {
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @Option(help: "Most hops; all when not given.")
    var depth: Int?
    @Option(help: "Only edges of this kind: direct or indirect.")
    var kind: String?
    @Argument(help: "A column or an asset: schema.table.column, schema.table, or fewer parts where that is enough.")
    var name: String

    func run(_ direction: LineageDirection) throws {
      let registry = try registry.open()
      let reference = try LineageCommand.resolve(name, registry)
      var kinds: Set<EdgeKind> = [.direct, .indirect]
      if let kind {
        guard let only = EdgeKind(rawValue: kind) else { throw ValidationError("--kind is direct or indirect, not '\(kind)'") }
        kinds = [only]
      }
      let steps = try registry.lineage(direction, of: reference, depth: depth, kinds: kinds)
      switch format.format {
      case .json: try Output.json(LineageReport(of: reference, direction: direction, steps: steps))
      default:
        if steps.isEmpty { return print(try LineageCommand.emptyAnswer(reference, direction, registry)) }
        for step in steps { print(LineageCommand.line(step, direction)) }
        print("\(steps.count) edges, complete")
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

  struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The evidence of each hop from one column to another.")
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @Argument(help: "The source: a column or an asset.")
    var source: String
    @Argument(help: "The target: a column or an asset.")
    var target: String

    func run() throws {
      let registry = try registry.open()
      let from = try LineageCommand.resolve(source, registry)
      let to = try LineageCommand.resolve(target, registry)
      let path = try LineagePath.shortest(from: from, to: to, in: registry)
      switch format.format {
      case .json: try Output.json(LineageReport(of: to, direction: .upstream, steps: path ?? []))
      default:
        guard let path else {
          print("no path from \(from.rendered) to \(to.rendered): no routine that was scanned carries it there")
          throw ExitCode(Exit.findings.rawValue)
        }
        for step in path {
          let version = step.routineVersion.map { " version \($0)" } ?? ""
          print("\(step.edge.target.rendered) <- \(step.edge.source.rendered)  \(step.edge.kind.rawValue)/\(step.edge.subtype.rawValue)")
          print("  \(step.edge.routine.map { $0.rendered + version } ?? "script"), statement \(step.edge.statement), \(step.edge.file):\(step.edge.line), \(step.edge.origin.rawValue)")
          print("  \(step.edge.expression.split(whereSeparator: \.isWhitespace).joined(separator: " "))")
        }
      }
    }
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

  /// The one thing a name means, or an error that lists what it could mean.
  static func resolve(_ name: String, _ registry: Registry) throws -> ColumnReference {
    let found = try registry.resolve(name)
    if found.count == 1 { return found[0] }
    if found.isEmpty { throw Failure(code: .findings, message: "'\(name)' is no asset or column of \(registry.path); 'cadastre list' shows what is") }
    throw Failure(code: .findings, message: "'\(name)' could be " + found.prefix(8).map(\.rendered).joined(separator: ", "))
  }

  static func line(_ step: LineageStep, _ direction: LineageDirection) -> String {
    let indent = String(repeating: "  ", count: min(step.depth - 1, 20))
    let edge = step.edge
    let ends = direction == .upstream ? "\(edge.target.rendered) <- \(edge.source.rendered)" : "\(edge.source.rendered) -> \(edge.target.rendered)"
    let place = "\(edge.routine?.rendered ?? "script") \(edge.file):\(edge.line)"
    return "\(indent)\(ends)  \(edge.kind.rawValue)/\(edge.subtype.rawValue)  \(place)"
  }

  /// An empty answer says why it is empty.
  static func emptyAnswer(_ reference: ColumnReference, _ direction: LineageDirection, _ registry: Registry) throws -> String {
    let gaps = try registry.unresolved()
    let side = direction == .upstream ? "nothing scanned writes it" : "nothing scanned reads it"
    let caveat = gaps.isEmpty ? "the ledger is empty" : "\(gaps.count) places could not be resolved: see 'cadastre lineage gaps'"
    return "\(reference.rendered): no edges; \(side); \(caveat)"
  }
}
