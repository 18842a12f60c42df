internal import ArgumentParser
internal import Cadastre

struct ImpactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "impact", abstract: "What a change would break, before it is made: which routines and views, where and why, and in what order to mend them.")

  @OptionGroup var registry: ReadingOption
  @OptionGroup var format: FormatOption
  @Option(help: "The warehouse that is changed; may be left out where there is only one.")
  var namespace: String?
  @Flag(help: "End with 1 when something breaks or is refused.")
  var strict = false
  @Argument(help: "A script of ALTER and DROP statements or new bodies of routines and views; '-' is standard input. It is not run.")
  var change: String

  func run() throws {
    let script = try InputFile.text(change)
    let report = try ImpactAnalysis(registry: try registry.open(), namespace: namespace).report(on: script)
    switch format.format {
    case .json: try Output.json(report)
    default: printText(report)
    }
    if strict, !report.breaks.isEmpty { throw ExitCode(Exit.findings.rawValue) }
  }

  private func printText(_ report: ImpactReport) {
    for change in report.changes {
      let detail = change.detail.isEmpty ? "" : " (\(change.detail))"
      print("\(change.kind.split(separator: "_").joined(separator: " ")) \(change.object)\(detail)\(change.refused ? ": the server refuses it" : "")")
    }
    section("refused because of", report.breaks.filter { $0.stage == .refusal })
    section("breaks when run", report.breaks.filter { $0.stage == .run && $0.certain })
    section("may break", report.breaks.filter { $0.stage == .run && !$0.certain })
    if !report.unsure.isEmpty {
      print("cannot be told, the text is put together when it runs:")
      for item in report.unsure { print("  \(item.file):\(item.line): \(item.object): \(item.text.split(whereSeparator: \.isNewline).first ?? "")") }
    }
    list("columns downstream", report.downstream.columns)
    list("assets downstream", report.downstream.assets)
    list("feeds touched", report.downstream.feeds)
    list("checklists touched", report.downstream.checklists)
    if !report.order.isEmpty {
      print("mend in this order:")
      for (index, name) in report.order.enumerated() { print("  \(index + 1). \(name)") }
    }
    let broken = Set(report.breaks.filter { $0.stage == .run && $0.certain }.map(\.object)).count
    print("\(broken) routines and views break; \(report.analysed) analysed again, nothing was changed")
  }

  private func section(_ title: String, _ breaks: [ImpactReport.Break]) {
    guard !breaks.isEmpty else { return }
    print("\(title):")
    for item in breaks {
      let place = item.file.isEmpty ? item.object : "\(item.file):\(item.line): \(item.object)"
      let notes = (item.certain ? "" : " (possible)") + (item.caught ? " (a handler hides it)" : "")
      print("  \(place): \(item.reason): \(item.detail)\(notes)")
    }
  }

  private func list(_ title: String, _ names: [String]) {
    guard !names.isEmpty else { return }
    print("\(title): \(names.count)")
    for name in names.prefix(40) { print("  \(name)") }
    if names.count > 40 { print("  and \(names.count - 40) more; --format json has all") }
  }
}
