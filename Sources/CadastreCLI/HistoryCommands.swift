internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "All that has been done to an asset, a routine or a feed: who, when, why, before and after.")

  @OptionGroup var registry: RegistryOption
  @OptionGroup var format: FormatOption
  @Option(help: "Only this warehouse.")
  var namespace: String?
  @Argument(help: "schema.table, schema.routine, or the name of a feed.")
  var name: String

  func run() throws {
    let history = try ThingHistory(of: name, namespace: namespace, in: try registry.open())
    switch format.format {
    case .json: try Output.json(history)
    case .text: Output.text(history.text)
    case .csv: Output.text(history.table.csv)
    case .markdown: Output.text(history.table.markdown)
    }
  }
}

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "What differs between two moments: assets, columns, code, edges, checklists. Ends with 1 when something does.")

  @OptionGroup var registry: RegistryOption
  @OptionGroup var format: FormatOption
  @Option(help: "Only this warehouse.")
  var namespace: String?
  @Argument(help: ArgumentHelp("The earlier moment: \(Instant.forms)."))
  var from: MomentArgument
  @Argument(help: "The later moment; now when not given.")
  var to: MomentArgument?

  func run() throws {
    let difference = try RegistryDifference(from: from.moment, to: to?.moment ?? .change(.max), namespace: namespace, in: try registry.open())
    switch format.format {
    case .json: try Output.json(difference)
    case .text: Output.text(difference.text)
    case .csv: Output.text(difference.table.csv)
    case .markdown: Output.text(difference.table.markdown)
    }
    if !difference.isEmpty { throw ExitCode(Exit.findings.rawValue) }
  }
}

struct RevertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "revert", abstract: "Takes a change back, as a new change.")

  @OptionGroup var registry: RegistryOption
  @Option(help: "Why, in words.")
  var reason = ""
  @Argument(help: "The number of the change, as 'history' and 'audit export' print it.")
  var change: Int64

  func run() throws {
    let made = try RevertChange.run(change, in: try registry.open(), by: registry.author("revert", reason.isEmpty ? "revert of change \(change)" : reason))
    print("change \(change) reverted by change \(made)")
  }
}

struct RoutineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routine", abstract: "Stored procedures, functions and triggers, and every version of their texts.",
    subcommands: [List.self, Show.self, History.self, Diff.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The routines of the registry.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: FormatOption
    @Option(help: "Only this warehouse.")
    var namespace: String?

    func run() throws {
      let list = try RoutineList(namespace: namespace, in: try registry.open())
      switch format.format {
      case .json: try Output.json(list.routines)
      case .text: Output.text(list.table.aligned)
      case .csv: Output.text(list.table.csv)
      case .markdown: Output.text(list.table.markdown)
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "A routine's text.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: FormatOption
    @Option(help: "Only this warehouse.")
    var namespace: String?
    @Option(help: "A version's number; the one that holds when not given.")
    var version: Int?
    @Argument(help: "schema.routine")
    var name: String

    func run() throws {
      let found = try RoutineVersions(of: name, namespace: namespace, in: try registry.open()).version(version)
      if format.format == .json { return try Output.json(found) }
      Output.text(found.text.hasSuffix("\n") ? found.text : found.text + "\n")
    }
  }

  struct History: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The versions of a routine's text: when each began, by whom and why.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: FormatOption
    @Option(help: "Only this warehouse.")
    var namespace: String?
    @Argument(help: "schema.routine")
    var name: String

    func run() throws {
      let versions = try RoutineVersions(of: name, namespace: namespace, in: try registry.open())
      switch format.format {
      case .json: try Output.json(versions.versions)
      case .text: Output.text(versions.table.aligned)
      case .csv: Output.text(versions.table.csv)
      case .markdown: Output.text(versions.table.markdown)
      }
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Two versions of a routine's text as a unified diff. Ends with 1 when they differ.")
    @OptionGroup var registry: ReadingOption
    @Option(help: "Only this warehouse.")
    var namespace: String?
    @Argument(help: "schema.routine")
    var name: String
    @Argument(help: "The earlier version's number; the one before the later when not given.")
    var from: Int?
    @Argument(help: "The later version's number; the last when not given.")
    var to: Int?

    func run() throws {
      let text = try RoutineVersions(of: name, namespace: namespace, in: try registry.open()).difference(from, to)
      Output.text(text)
      if !text.isEmpty { throw ExitCode(Exit.findings.rawValue) }
    }
  }
}

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "The log of changes: is it whole, and what does it say.", subcommands: [Verify.self, Export.self])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Walks the hash chain and names the first row that is not what was written. Ends with 1 when there is one.")
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption

    func run() throws {
      let report = try registry.open().chain()
      if format.format == .json {
        try Output.json(report)
      } else if let broken = report.broken {
        print("broken: \(Printable.text(broken.sentence))")
      } else {
        print("\(report.changes) changes, the chain is whole; head \(report.head)")
      }
      if report.broken != nil { throw ExitCode(Exit.findings.rawValue) }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Who changed what, when and why, with before and after, for a period.")
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @Option(help: "After this moment; from the first change when not given.")
    var from: MomentArgument?
    @Option(help: "Up to this moment; up to now when not given.")
    var to: MomentArgument?

    func run() throws {
      let audit = try AuditExport(from: from?.moment, to: to?.moment, in: try registry.open())
      switch format.format {
      case .json: try Output.json(audit.rows)
      case .csv: Output.text(audit.table.csv)
      case .markdown: Output.text(audit.table.markdown)
      case .text: Output.text(audit.table.aligned)
      }
    }
  }
}
