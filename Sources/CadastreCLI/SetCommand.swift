internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct SetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "State what an asset or column is: owner, steward, domain, client, layer, status, description, tags, classification.",
    discussion: """
      FIELD=VALUE sets, FIELD= takes away; tags=+a,-b or +a and -b put tags on and off. A status goes from proposed to onboarding, active, deprecated
      and retired. Scans leave what was set here alone.
      """)

  @OptionGroup var registry: RegistryOption
  @OptionGroup var format: FormatOption
  @Option(help: "Only this warehouse.")
  var namespace: String?
  @Option(help: "Why, for the change log.")
  var reason: String = "set"
  @Argument(help: "An asset, or a column: schema.table.column.")
  var name: String
  @Argument(parsing: .allUnrecognized, help: "FIELD=VALUE, +TAG, -TAG.")
  var fields: [String] = []

  func run() throws {
    let report = try SetFields.run(name, fields, namespace: namespace, in: try registry.open(), by: registry.author("set", reason))
    try SetCommand.show(report, format)
  }

  static func show(_ report: SetFields.Report, _ format: FormatOption) throws {
    if format.format == .json { return try Output.json(report) }
    let table = TextTable(["field", "before", "after"], report.changed.map { [$0.field, $0.before ?? "", $0.after ?? ""] })
    switch format.format {
    case .csv: Output.text(table.csv)
    case .markdown: Output.text(table.markdown)
    default:
      print(Printable.text(report.name))
      for item in report.changed { print("  \(item.field): \(Printable.text(item.before ?? "nothing")) -> \(Printable.text(item.after ?? "nothing"))") }
      print(report.change.map { "change \($0) recorded" } ?? "nothing changed")
    }
  }
}

struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Put tags on an asset and take them off: +TAG or TAG, -TAG; without tags, say which it has.")

  @OptionGroup var registry: RegistryOption
  @OptionGroup var format: FormatOption
  @Option(help: "Only this warehouse.")
  var namespace: String?
  @Option(help: "Why, for the change log.")
  var reason: String = "tag"
  @Argument(help: "An asset.")
  var name: String
  @Argument(parsing: .allUnrecognized, help: "+TAG or TAG to put on, -TAG to take off.")
  var tags: [String] = []

  func run() throws {
    let registry = try registry.open()
    if tags.isEmpty {
      let place = try LineageQuestion.place(name, namespace: namespace, in: registry)
      let held = try registry.assets(namespace: place.namespace).first { $0.name == place.reference.asset }?.tags ?? []
      if format.format == .json { return try Output.json(held) }
      for tag in held { print(Printable.text(tag)) }
      return
    }
    let words = tags.map { $0.first == "+" || $0.first == "-" ? $0 : "+" + $0 }
    if let wrong = words.first(where: { $0.contains("=") }) { throw VocabularyFailure.malformed("'\(wrong)' is no tag; 'cadastre set' sets fields") }
    try SetCommand.show(try SetFields.run(name, words, namespace: namespace, in: registry, by: self.registry.author("tag", reason)), format)
  }
}

struct VocabularyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vocabulary", abstract: "The owners, stewards, domains, clients, layers, statuses, tags and classifications in use, and how often.")

  @OptionGroup var registry: ReadingOption
  @OptionGroup var format: FormatOption
  @Argument(help: "Only this field.")
  var field: StatedField?

  func run() throws {
    let entries = try VocabularyInUse.list(field, in: try registry.open())
    try Output.list(entries, TextTable(["field", "value", "count"], entries.map { [$0.field, $0.value, String($0.count)] }), format)
  }
}

extension Output {
  /// A list as JSON or as a table.
  static func list(_ value: some Encodable, _ table: TextTable, _ format: FormatOption) throws {
    switch format.format {
    case .json: try json(value)
    case .csv: text(table.csv)
    case .markdown: text(table.markdown)
    case .text: text(table.aligned)
    }
  }
}
