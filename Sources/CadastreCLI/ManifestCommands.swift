public import ArgumentParser
public import Cadastre
internal import CadastreModel
internal import Foundation

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the registry as a folder of manifests, one object a file, for review and version control.",
    discussion: """
      The folder is new, empty or an earlier export; the same registry gives the same bytes. What scripts define and scans find (parsed edges, what \
      routines read and write) is not in it.
      """)

  @OptionGroup var registry: ReadingOption
  @OptionGroup var format: FormatOption
  @Option(help: "A CSV to edit in bulk instead of manifests: assets or columns. PATH is a file then, '-' standard output.")
  var csv: RegistrySheet.Kind?
  @Flag(help: "Cells of the CSV as they are, without an apostrophe before what a spreadsheet would run.")
  var raw = false
  @Argument(help: "The folder, or the CSV file.")
  var path: String

  func run() throws {
    let exchange = ManifestExchange(registry: try registry.open())
    if let csv { return try sheet(csv, exchange) }
    let report = try exchange.export(to: path)
    for name in report.oversized { Exit.note("\(name): larger than \(ManifestExchange.largestFile >> 20) MB: it cannot be applied again") }
    if format.format == .json { return try Output.json(report) }
    print("\(report.objects) manifests in \(report.path): \(report.written) written, \(report.unchanged) unchanged, \(report.removed) removed")
  }

  private func sheet(_ kind: RegistrySheet.Kind, _ exchange: ManifestExchange) throws {
    let text = try exchange.sheet(kind, raw: raw)
    if path == "-" { return Output.text(text) }
    try OutputFile.write(Array(text.utf8), to: path)
    Exit.note("\(kind.rawValue) written to \(path)")
  }
}

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "What applying manifests would change; ends with 1 when something would.",
    discussion: "A manifest is the whole object: what it leaves out, the object does not have. Objects without a manifest stay, unless --prune is given.")

  @OptionGroup var registry: RegistryOption
  @OptionGroup var format: FormatOption
  @Option(help: "Keep the plan in this file, for 'cadastre apply'.")
  var out: String?
  @Flag(help: "Remove what the warehouses of the manifests hold and no manifest has.")
  var prune = false
  @Argument(help: "The folder of manifests, or one manifest.")
  var path: String

  func run() throws {
    let plan = try ManifestExchange(registry: try registry.open()).plan(path, prune: prune)
    if let out { try OutputFile.write(try plan.json(saved: true), to: out) }
    switch format.format {
    case .json: Output.bytes(try plan.json())
    default: PlanText.show(plan)
    }
    if !plan.isEmpty { throw ExitCode(Exit.findings.rawValue) }
  }
}

struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Bring the registry to what manifests, or a saved plan, say: all of it or nothing, as one change.",
    discussion: "A saved plan is refused when what it touches has changed since; --prune is for manifests, a plan has its removals in it.")

  @OptionGroup var registry: RegistryOption
  @OptionGroup var format: FormatOption
  @Flag(help: "Remove what the warehouses of the manifests hold and no manifest has.")
  var prune = false
  @Option(help: "Why, for the change log.")
  var reason: String = "apply"
  @Argument(help: "The folder of manifests, one manifest, or a saved plan.")
  var path: String

  struct Report: Encodable {
    var objects: Int
    var change: Int64?
  }

  func run() throws {
    let exchange = ManifestExchange(registry: try registry.open())
    let report = try exchange.apply(path, prune: prune, by: registry.author("apply", reason))
    if format.format == .json { return try Output.json(Report(objects: report.objects, change: report.change)) }
    if let plan = report.plan { PlanText.show(plan) } else { print("a plan of \(report.objects) objects") }
    if report.change != nil, report.plan?.changesRoutines == true { Exit.note("lineage of changed routines is what the last scan found; scan their scripts") }
    print(report.change.map { "change \($0) recorded" } ?? "nothing changed")
  }
}

struct ImportSheetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sheet", abstract: "Bring descriptions, owners, tags, classifications and the like in from a CSV: all of it or nothing, as one change.",
    discussion: """
      Headings: \(RegistrySheet.headings.joined(separator: ", ")). A row with a column is about that column, one without about the asset. A heading that \
      is not there leaves its field alone; an empty cell empties it. 'cadastre export --csv' writes such files.
      """)

  @OptionGroup var registry: RegistryOption
  @OptionGroup var format: FormatOption
  @Flag(help: "The file is a CSV.")
  var csv = false
  @Flag(help: "Only say what would change.")
  var dryRun = false
  @Flag(help: "Take cells as they are: the CSV was written with --raw.")
  var raw = false
  @Option(help: "Why, for the change log.")
  var reason: String = "import"
  @Argument(help: "The file; '-' is standard input.")
  var path: String

  func validate() throws {
    if !csv { throw ValidationError("say what the file is: --csv") }
  }

  func run() throws {
    let exchange = ManifestExchange(registry: try registry.open())
    if dryRun {
      let plan = try exchange.planSheet(path, raw: raw)
      return format.format == .json ? Output.bytes(try plan.json()) : PlanText.show(plan)
    }
    let report = try exchange.importSheet(path, raw: raw, by: registry.author("import", reason))
    if format.format == .json { return try Output.json(ApplyCommand.Report(objects: report.objects, change: report.change)) }
    if let plan = report.plan { PlanText.show(plan) }
    print(report.change.map { "change \($0) recorded" } ?? "nothing changed")
  }
}

extension RegistrySheet.Kind: ExpressibleByArgument {}

/// A plan for people: one object a line, its fields below.
enum PlanText {
  static func show(_ plan: RegistryPlan) {
    for item in plan.items {
      let sign = item.action == .create ? "+" : item.action == .change ? "~" : "-"
      let place = item.change.kind == .namespace ? "" : Printable.text(item.change.namespace) + ": "
      print("\(sign) \(item.change.kind.rawValue) \(place)\(Printable.text(item.change.name))")
      for field in item.fields {
        let (before, after) = (field.before?.summary() ?? "nothing", field.after?.summary() ?? "nothing")
        print("    \(Printable.text(field.path)): \(Printable.text(before)) -> \(Printable.text(after))")
      }
    }
    let left = plan.left == 0 ? "" : "; \(plan.left) without a manifest stay"
    print("\(plan.count(.create)) to create, \(plan.count(.change)) to change, \(plan.count(.remove)) to remove\(left)")
  }
}
