public import ArgumentParser
internal import Cadastre
public import CadastreModel

struct TermCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "term", abstract: "The glossary: terms, what they mean, what they are about.",
    subcommands: [Add.self, List.self, Show.self, Link.self, Unlink.self, Remove.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Add a term, or give one of that name another definition.")
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @Option(help: "What it means.")
    var definition: String
    @Option(help: "Another word for it; may be given several times.")
    var synonym: [String] = []
    @Option(help: "Who answers for it.")
    var owner: String?
    @Option(help: "Why, for the change log.")
    var reason: String = "term"
    @Argument(help: "The term.")
    var name: String

    func run() throws {
      let term = Term(name: name, definition: definition, synonyms: synonym, owner: owner)
      try TermCommand.show([try Glossary.add(term, in: try registry.open(), by: registry.author("term add", reason))], format)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "All terms.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: FormatOption

    func run() throws {
      let entries = try Glossary.list(in: try registry.open())
      let rows = entries.map { [$0.name, $0.definition, $0.synonyms.joined(separator: ", "), $0.owner ?? "", String($0.links.count)] }
      try Output.list(entries, TextTable(["term", "definition", "synonyms", "owner", "links"], rows), format)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "A term, by its name or a synonym, with what it is linked to.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: FormatOption
    @Argument(help: "The term.")
    var name: String

    func run() throws {
      let entries = try Glossary.show(name, in: try registry.open())
      if format.format == .json { return try Output.json(entries) }
      for entry in entries {
        print("\(Printable.text(entry.name))\(entry.owner.map { "  (owner \(Printable.text($0)))" } ?? "")\n  \(Printable.text(entry.definition))")
        if !entry.synonyms.isEmpty { print("  also: \(Printable.text(entry.synonyms.joined(separator: ", ")))") }
        for link in entry.links { print("  about \(Printable.text(link))") }
      }
    }
  }

  struct Link: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say that assets or columns are what a term means.")
    @OptionGroup var link: Linking
    func run() throws { try link.run(remove: false) }
  }

  struct Unlink: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take links of a term away.")
    @OptionGroup var link: Linking
    func run() throws { try link.run(remove: true) }
  }

  struct Linking: ParsableArguments {
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @Option(help: "Only this warehouse.")
    var namespace: String?
    @Option(help: "Why, for the change log.")
    var reason: String = "term"
    @Argument(help: "The term.")
    var term: String
    @Argument(help: "Assets and columns.")
    var places: [String]

    func run(remove: Bool) throws {
      let reports = try Glossary.link(
        term, with: places, remove: remove, namespace: namespace, in: try registry.open(), by: registry.author(remove ? "term unlink" : "term link", reason))
      try TermCommand.show(reports, format)
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "End a term and its links.")
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @Option(help: "Why, for the change log.")
    var reason: String = "term"
    @Argument(help: "The term.")
    var name: String

    func run() throws { try TermCommand.show([try Glossary.remove(name, in: try registry.open(), by: registry.author("term remove", reason))], format) }
  }

  static func show(_ reports: [Glossary.Report], _ format: FormatOption) throws {
    if format.format == .json { return try Output.json(reports) }
    for report in reports { print("\(report.outcome): \(Printable.text(report.term))\(report.place.map { " - \(Printable.text($0))" } ?? "")") }
    print(reports.first?.change.map { "change \($0) recorded" } ?? "nothing changed")
  }
}

extension StatedField: ExpressibleByArgument {}
extension NoteKind: ExpressibleByArgument {}

struct NoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Notes on assets, columns, routines, feeds and changes.", subcommands: [Add.self, List.self, Remove.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a note.", discussion: "SUBJECT is an asset or column, routine:NAME, feed:NAME or change:NUMBER.")
    @OptionGroup var registry: RegistryOption
    @OptionGroup var format: FormatOption
    @Option(help: "Only this warehouse.")
    var namespace: String?
    @Option(help: "What sort of note: \(NoteKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind: NoteKind = .note
    @Option(help: "Why, for the change log.")
    var reason: String = "note"
    @Argument(help: "What it is about.")
    var subject: String
    @Argument(help: "The note.")
    var text: String

    func run() throws {
      let note = try Notes.add(text, kind: kind, about: subject, namespace: namespace, in: try registry.open(), by: registry.author("note add", reason))
      if format.format == .json { return try Output.json(note) }
      print("note \(note.id) on \(Printable.text(note.subject))")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The notes on something, of an asset with those on its columns; all when nothing is named.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: FormatOption
    @Option(help: "Only this warehouse.")
    var namespace: String?
    @Argument(help: "What they are about.")
    var subject: String?

    func run() throws {
      let notes = try Notes.list(subject, namespace: namespace, in: try registry.open())
      let rows = notes.map { [String($0.id), $0.subject, $0.kind.rawValue, $0.actor, $0.at, $0.text] }
      try Output.list(notes, TextTable(["note", "subject", "kind", "by", "at", "text"], rows), format)
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take a note away.")
    @OptionGroup var registry: RegistryOption
    @Option(help: "Why, for the change log.")
    var reason: String = "note"
    @Argument(help: "The note's number.")
    var note: Int64

    func run() throws { print("change \(try Notes.remove(note, in: try registry.open(), by: registry.author("note remove", reason))) recorded") }
  }
}
