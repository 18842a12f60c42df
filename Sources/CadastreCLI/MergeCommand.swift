internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Bring in what another registry has changed since the two were one: all of it or nothing, as one change.",
    discussion: """
      What one registry alone has changed is taken or stays; what both have changed in different fields comes together. What both have changed \
      differently is a conflict: it is listed, nothing is written, and the command ends with 1, unless --ours, --theirs or --take says whose counts. \
      The other registry is only read. Merged are namespaces, assets with declared lineage, routines and feeds; what scans find, glossary terms \
      and notes are not.
      """)

  @OptionGroup var registry: RegistryOption
  @OptionGroup var format: FormatOption
  @Flag(help: "Only say what would change.")
  var dryRun = false
  @Flag(help: "Where both have changed a field, this registry's counts.")
  var ours = false
  @Flag(help: "Where both have changed a field, the other registry's counts.")
  var theirs = false
  @Option(help: ArgumentHelp("The same for one object; may be given again. Goes before --ours and --theirs.", valueName: "ours|theirs:NAMESPACE/OBJECT"))
  var take: [TakeArgument] = []
  @Option(help: "Why, for the change log.")
  var reason: String?
  @Argument(help: "The other registry's file.")
  var other: String

  func validate() throws {
    if ours && theirs { throw ValidationError("--ours and --theirs cannot both be given") }
  }

  func run() throws {
    let merge = MergeRegistries(registry: try registry.open(), other: Registry(path: other, patience: registry.wait))
    let decisions = MergeDecisions(all: ours ? .ours : theirs ? .theirs : nil, objects: take.map { ($0.side, $0.object) })
    let report = try merge.merge(decisions, reason: reason, by: dryRun ? nil : { registry.author($0, $1) })
    if format.format == .json { Output.bytes(try report.json()) } else { show(report) }
    if report.change != nil, report.plan.changesRoutines { Exit.note("lineage of changed routines is what the last scan found; scan their scripts") }
    if report.open > 0 { throw ExitCode(Exit.findings.rawValue) }
  }

  private func show(_ report: MergeRegistries.Report) {
    let base = report.base
    switch base.origin {
    case .shared: print("base: change \(base.change), the last that both have")
    case .taken: print("base: change \(base.change) of \(Printable.text(other)), up to which it was merged before")
    case .given: print("base: change \(base.change), up to which \(Printable.text(other)) has merged this one")
    case .none: print("base: empty, the registries have no change in common")
    }
    PlanText.show(report.plan)
    for conflict in report.conflicts { show(conflict) }
    if report.open > 0 {
      let what = report.open == 1 ? "one conflict" : "\(report.open) conflicts"
      print("\(what) open: --ours, --theirs or --take ours|theirs:NAMESPACE/OBJECT says whose counts; nothing was changed")
    } else if dryRun {
      print("nothing was changed")
    } else {
      print(report.change.map { "change \($0) recorded" } ?? "nothing changed")
    }
  }

  private func show(_ conflict: MergeConflict) {
    let taken = conflict.taken.map { ", \($0.rawValue) taken" } ?? ""
    print("! \(conflict.kind.rawValue) \(Printable.text(conflict.namespace)): \(Printable.text(conflict.name))\(taken)")
    func text(_ value: ManifestValue?) -> String { Printable.text(value?.summary() ?? "nothing") }
    if conflict.field.isEmpty {
      func side(_ value: ManifestValue?) -> String {
        if case .text(let words)? = value { Printable.text(words) } else { "removed" }
      }
      return print("    ours \(side(conflict.ours)); theirs \(side(conflict.theirs))")
    }
    print("    \(Printable.text(conflict.field)): base \(text(conflict.base)), ours \(text(conflict.ours)), theirs \(text(conflict.theirs))")
  }
}

/// Whose counts for one object.
struct TakeArgument: ExpressibleByArgument {
  let side: MergeSide
  let object: String

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let side = MergeSide(rawValue: String(parts[0])), parts[1].contains("/") else { return nil }
    self.side = side
    object = String(parts[1])
  }
}
