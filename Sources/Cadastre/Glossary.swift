public import CadastreModel
public import CadastreStore

/// The glossary: terms, what they mean, and which assets and columns they are about.
public enum Glossary {
  public struct Entry: Sendable, Codable {
    public var name: String
    public var definition: String
    public var synonyms: [String]
    public var owner: String?
    public var links: [String]

    init(_ linked: LinkedTerm) {
      (name, definition, synonyms, owner) = (linked.term.name, linked.term.definition, linked.term.synonyms, linked.term.owner)
      links = linked.links.map(\.rendered)
    }
  }

  public struct Report: Sendable, Codable {
    public var term: String
    public var place: String?
    public var outcome: String
    public var change: Int64?
  }

  public static func add(_ term: Term, in registry: Registry, by author: ChangeAuthor) throws -> Report {
    guard !term.name.isEmpty, !term.definition.isEmpty else { throw VocabularyFailure.malformed("a term needs a name and a definition") }
    let (outcome, change) = try registry.save(term, by: author)
    return Report(term: term.name, outcome: outcome.rawValue, change: change)
  }

  public static func remove(_ name: String, in registry: Registry, by author: ChangeAuthor) throws -> Report {
    guard let change = try registry.removeTerm(name, by: author) else { throw VocabularyFailure.unknown(what: "term", name: name) }
    return Report(term: name, outcome: "removed", change: change)
  }

  public static func list(in registry: Registry) throws -> [Entry] { try registry.terms().map(Entry.init) }

  /// The terms of a name or synonym.
  public static func show(_ name: String, in registry: Registry) throws -> [Entry] {
    let found = try registry.terms(named: name)
    if found.isEmpty { throw VocabularyFailure.unknown(what: "term", name: name) }
    return found.map(Entry.init)
  }

  public static func link(
    _ name: String, with places: [String], remove: Bool, namespace: String? = nil, in registry: Registry, by author: ChangeAuthor
  ) throws -> [Report] {
    let places = try places.map { try LineageQuestion.place($0, namespace: namespace, in: registry) }
    guard let (outcomes, change) = try registry.link(name, with: places, remove: remove, by: author) else {
      throw VocabularyFailure.unknown(what: "term", name: name)
    }
    return zip(places, outcomes).map { Report(term: name, place: $0.rendered, outcome: $1.rawValue, change: change) }
  }
}

/// Notes on assets, columns, routines, feeds and changes.
public enum Notes {
  /// What a text stands for: `routine:NAME`, `feed:NAME`, `change:7`, else an asset or column, else the one routine or feed of that name.
  public static func subject(_ text: String, namespace: String?, in registry: Registry) throws -> NoteSubject {
    func rest(_ prefix: String) -> String? { text.hasPrefix(prefix + ":") ? String(text.dropFirst(prefix.count + 1)) : nil }
    if let name = rest("routine") { return .routine(name) }
    if let name = rest("feed") { return .feed(name) }
    if let number = rest("change") {
      guard let id = Int64(number) else { throw VocabularyFailure.malformed("'\(number)' is no number of a change") }
      return .change(id)
    }
    do {
      return .place(try LineageQuestion.place(rest("asset") ?? rest("column") ?? text, namespace: namespace, in: registry))
    } catch LineageFailure.unknown(let name, let path) {
      for subject in [NoteSubject.routine(text), .feed(text)] {
        if try registry.notes(about: subject, namespace: namespace) != nil { return subject }
      }
      throw LineageFailure.unknown(name: name, registry: path)
    }
  }

  public static func add(_ text: String, kind: NoteKind, about name: String, namespace: String? = nil, in registry: Registry, by author: ChangeAuthor) throws -> Note {
    guard text.contains(where: { !$0.isWhitespace }) else { throw VocabularyFailure.malformed("the note is empty") }
    let subject = try Notes.subject(name, namespace: namespace, in: registry)
    guard let note = try registry.add(text, kind: kind, about: subject, namespace: namespace, by: author) else {
      throw VocabularyFailure.unknown(what: "asset, column, routine, feed or change", name: name)
    }
    return note
  }

  public static func list(_ name: String?, namespace: String? = nil, in registry: Registry) throws -> [Note] {
    let subject = try name.map { try Notes.subject($0, namespace: namespace, in: registry) }
    guard let notes = try registry.notes(about: subject, namespace: namespace) else {
      throw VocabularyFailure.unknown(what: "asset, column, routine, feed or change", name: name ?? "")
    }
    return notes
  }

  public static func remove(_ id: Int64, in registry: Registry, by author: ChangeAuthor) throws -> Int64 {
    guard let change = try registry.removeNote(id, by: author) else { throw VocabularyFailure.unknown(what: "note", name: String(id)) }
    return change
  }
}

/// Words in use: owners, domains, tags ..., and how often.
public enum VocabularyInUse {
  public struct Entry: Sendable, Codable {
    public var field: String
    public var value: String
    public var count: Int
  }

  public static func list(_ field: StatedField?, in registry: Registry) throws -> [Entry] {
    let fields = field.map { [$0] } ?? StatedField.allCases.filter { $0 != .description }
    return try fields.flatMap { field in try registry.values(of: field).map { Entry(field: field.rawValue, value: $0.value, count: $0.count) } }
  }
}
