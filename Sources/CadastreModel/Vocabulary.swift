extension AssetStatus {
  /// Where an asset may go from here: proposed, onboarding, active, deprecated, retired in this order; back only to what can still be mended.
  public var successors: [AssetStatus] {
    switch self {
    case .proposed: [.onboarding]
    case .onboarding: [.active, .proposed]
    case .active: [.deprecated]
    case .deprecated: [.retired, .active]
    case .retired: []
    }
  }
}

/// What a person may state of an asset or a column.
public enum StatedField: String, Sendable, Hashable, Codable, CaseIterable {
  case owner, steward, domain, client, layer, status, description, tags, classification

  /// Whether a column has it, or only its asset.
  public var isOfColumns: Bool { self == .description || self == .classification }
}

/// One field to be set.
public enum FieldChange: Sendable, Hashable {
  /// `nil` takes the value away.
  case value(StatedField, String?)
  case tags(adding: [String], removing: [String])

  public var field: StatedField {
    switch self {
    case .value(let field, _): field
    case .tags: .tags
    }
  }
}

/// What setting fields came to.
public struct FieldOutcome: Sendable, Hashable {
  public struct Difference: Sendable, Hashable, Codable {
    public var field: String
    public var before: String?
    public var after: String?

    public init(field: String, before: String?, after: String?) {
      self.field = field
      self.before = before
      self.after = after
    }
  }

  /// Fields whose value is another now.
  public var differences: [Difference] = []
  public var change: Int64?
  /// A status that may not follow the present one; nothing was changed.
  public var refused: (from: AssetStatus, to: AssetStatus)? {
    refusedFrom.flatMap { from in refusedTo.map { (from, $0) } }
  }
  public var refusedFrom: AssetStatus?
  public var refusedTo: AssetStatus?
  /// The asset is only seen in code, so there is nothing to set anything on.
  public var isUnknown = false

  public init() {}
}

/// A term of the glossary.
public struct Term: Sendable, Hashable, Codable {
  public var name: String
  public var definition: String
  public var synonyms: [String]
  public var owner: String?

  public init(name: String, definition: String, synonyms: [String] = [], owner: String? = nil) {
    self.name = name
    self.definition = definition
    self.synonyms = synonyms
    self.owner = owner
  }
}

/// What a note is about.
public enum NoteSubject: Sendable, Hashable {
  case place(LineagePlace)
  case routine(String)
  case feed(String)
  case change(Int64)
}

/// What sort of note.
public enum NoteKind: String, Sendable, Hashable, Codable, CaseIterable {
  case note, code, run, process
}

/// Something that somebody wrote about something.
public struct Note: Sendable, Hashable, Codable {
  public var id: Int64
  public var kind: NoteKind
  /// Name of what it is about, as printed: of an asset, column, routine or feed; `change 7`.
  public var subject: String
  public var text: String
  /// Instant, UTC, ISO 8601, and who wrote it.
  public var at: String
  public var actor: String

  public init(id: Int64, kind: NoteKind, subject: String, text: String, at: String, actor: String) {
    self.id = id
    self.kind = kind
    self.subject = subject
    self.text = text
    self.at = at
    self.actor = actor
  }
}

/// The classified columns and the edges along which values flow.
public struct ClassificationGraph: Sendable {
  public struct Column: Sendable, Hashable {
    public var place: LineagePlace
    public var classification: String?
    /// `person`, `propagated`, or `nil` where a script or profile said it.
    public var origin: String?
    /// Whether something defines it, rather than only naming it.
    public var known: Bool

    public init(place: LineagePlace, classification: String?, origin: String?, known: Bool) {
      self.place = place
      self.classification = classification
      self.origin = origin
      self.known = known
    }
  }

  public struct Edge: Sendable, Hashable {
    public var source: Int64
    public var target: Int64
    public var subtype: EdgeSubtype
    public var expression: String
    public var routine: String?
    public var file: String
    public var line: Int

    public init(source: Int64, target: Int64, subtype: EdgeSubtype, expression: String, routine: String?, file: String, line: Int) {
      self.source = source
      self.target = target
      self.subtype = subtype
      self.expression = expression
      self.routine = routine
      self.file = file
      self.line = line
    }
  }

  /// By the registry's id.
  public var columns: [Int64: Column] = [:]
  public var edges: [Edge] = []
  /// The last change that is in it.
  public var basis: Int64 = 0

  public init() {}
}
