/// A warehouse: the space in which asset names are unique.
public struct Namespace: Sendable, Hashable, Codable {
  public var name: String
  public var dialect: DialectName
  /// Whether names that differ by case alone are one.
  public var caseInsensitive: Bool

  public init(name: String, dialect: DialectName, caseInsensitive: Bool) {
    self.name = name
    self.dialect = dialect
    self.caseInsensitive = caseInsensitive
  }
}

/// All that one scan found, ready to be compared with what a registry holds.
public struct ScanResult: Sendable {
  public var namespace: Namespace
  /// The files and folders that were scanned, as normalised paths: what lay under them before and is gone now retires.
  public var roots: [String]
  public var assets: [Asset]
  public var routines: [Routine]
  public var edges: [ColumnEdge]
  public var unresolved: [Unresolved]

  public init(
    namespace: Namespace, roots: [String], assets: [Asset], routines: [Routine], edges: [ColumnEdge], unresolved: [Unresolved]
  ) {
    self.namespace = namespace
    self.roots = roots
    self.assets = assets
    self.routines = routines
    self.edges = edges
    self.unresolved = unresolved
  }
}

extension ScanResult {
  /// Whether nothing was found at all.
  public var isEmpty: Bool { assets.isEmpty && routines.isEmpty && edges.isEmpty && unresolved.isEmpty }
}

/// How many rows of one kind a change began, changed, ended and left alone.
public struct ChangeCounts: Sendable, Hashable, Codable {
  public var added = 0
  public var changed = 0
  public var retired = 0
  public var unchanged = 0

  public init() {}

  public var isNothing: Bool { added == 0 && changed == 0 && retired == 0 }
}

/// What a scan did to a registry.
public struct ScanSummary: Sendable, Codable {
  public var assets = ChangeCounts()
  public var columns = ChangeCounts()
  public var routines = ChangeCounts()
  public var edges = ChangeCounts()
  public var unresolved = ChangeCounts()
  /// `nil` when nothing changed.
  public var change: Int64?

  public init() {}
}

/// Who changes a registry, when and why.
public struct ChangeAuthor: Sendable, Hashable {
  public var actor: String
  public var command: String
  public var reason: String
  /// UTC, ISO 8601 with microseconds.
  public var at: String
  public var toolVersion: String

  public init(actor: String, command: String, reason: String, at: String, toolVersion: String) {
    self.actor = actor
    self.command = command
    self.reason = reason
    self.at = at
    self.toolVersion = toolVersion
  }
}
