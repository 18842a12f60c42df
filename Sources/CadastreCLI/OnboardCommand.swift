internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "profile", abstract: "What a sample file looks like: format, types, keys, personal data, faults.")
  @OptionGroup var format: FormatOption
  @Option(help: "A CSV of name,start,length,type,description; the file is fixed-width then.")
  var layout: String?
  @Argument(help: "The file.")
  var file: String

  func run() throws {
    let profile = try ProfileFile.run(file, layout: layout)
    if format.format == .json { return try Output.json(profile) }
    OnboardCommand.show(profile)
  }
}

struct OnboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "onboard", abstract: "Bring a client's new asset in, by a checklist.", subcommands: [Start.self, Status.self])

  struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Profile a file, propose its asset and feed, write its DDL, open its checklist.")
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @Option(help: "Whose file it is.")
    var client: String
    @Option(help: "The warehouse it goes to.")
    var namespace: String
    @Option(help: "The schema its rows land in.")
    var targetSchema: String
    @Option(help: "A CSV of name,start,length,type,description; the file is fixed-width then.")
    var layout: String?
    @Argument(help: "A sample of the file.")
    var file: String

    func run() throws {
      let report = try StartOnboarding.run(
        file, layout: layout, client: client, namespace: namespace, targetSchema: targetSchema, in: try registry.open(),
        by: registry.author("onboard start", "onboarding of \(client)"))
      if format.format == .json { return try Output.json(report) }
      OnboardCommand.show(report.profile)
      print("\nproposed: asset \(report.file), feed \(report.feed.name) into \(report.feed.target.rendered)")
      print("\n\(report.ddl)")
      OnboardCommand.show(report.checklist)
      print(report.change.map { "change \($0) recorded" } ?? "nothing changed")
    }
  }

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Where the checklists stand.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: FormatOption
    @Argument(help: "The asset; all when not given.")
    var subject: String?

    func run() throws {
      let lists = try registry.open().checklists(namespace: nil, subject: subject)
      if format.format == .json { return try Output.json(lists) }
      for list in lists { OnboardCommand.show(list) }
      if lists.isEmpty { throw Failure(code: .findings, message: "no checklist" + (subject.map { " for '\($0)'" } ?? "") + "; 'cadastre onboard start' opens one") }
    }
  }

  static func show(_ profile: Profile) {
    let file = profile.file
    print("\(file.format), \(file.encoding)\(file.bom ? " with byte order mark" : ""), \(file.rows) records, \(file.bytes) bytes, \(profile.columns.count) columns")
    for column in profile.columns {
      var type = column.type
      if let length = column.length { type += "(\(length))" }
      if let precision = column.precision { type += "(\(precision),\(column.scale ?? 0))" }
      let kind = column.class == "none" ? "" : column.class
      print("  \(column.name.padding(18)) \(type.padding(16)) \(kind.padding(15)) \(column.distinct) distinct, \(Int((column.nullRate * 100).rounded())) % empty")
    }
    if let key = profile.keys.first { print("  key: \(key.columns.joined(separator: ", "))") }
    for finding in profile.findings.prefix(12) { print("  record \(finding.row): \(finding.kind): \(finding.column.map { $0 + ": " } ?? "")\(finding.text)") }
    if profile.findings.count > 12 { print("  and \(profile.findings.count - 12) findings more (--format json lists them)") }
  }

  static func show(_ checklist: Checklist) {
    print("checklist \(checklist.template) version \(checklist.templateVersion) of \(checklist.subject.rendered): \(checklist.progress)")
    for item in checklist.items {
      let state = item.state.rawValue.split(separator: "_").joined(separator: " ")
      print("  \(item.code) \(state.padding(14)) \(item.title)")
      if !item.detail.isEmpty { print("      \(item.detail)") }
      if let fix = item.fix, item.state == .fail || item.state == .warn { print("      mend it: \(fix)") }
    }
  }
}
