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

/// One file as a scan has read it.
public struct ScannedFile: Sendable, Hashable {
  public var path: String
  /// Bytes.
  public var size: Int64
  /// Nanoseconds since 1970.
  public var modified: Int64
  /// SHA-256 of the bytes, hexadecimal.
  public var hash: String
  public var toolVersion: String
  /// Last names, as they are compared, of the objects that it defines or alters.
  public var names: [String]

  public init(path: String, size: Int64, modified: Int64, hash: String, toolVersion: String, names: [String] = []) {
    self.path = path
    self.size = size
    self.modified = modified
    self.hash = hash
    self.toolVersion = toolVersion
    self.names = names
  }
}

/// What one unit of analysis gave: a routine or trigger by itself, or the statements of a script.
public struct ScanUnit: Sendable {
  /// `nil` for a script.
  public var routine: ObjectName?
  public var file: String
  /// By the scan's `names`.
  public var edges: [NumberedEdge]
  public var unresolved: [Unresolved]
  /// Last names, as they are compared, of the objects on whose definition it depends.
  public var dependencies: [String]
  /// Parameters of other routines whose value it gives, `routine:parameter`.
  public var resolves: [String]

  public init(
    routine: ObjectName?, file: String, edges: [NumberedEdge] = [], unresolved: [Unresolved] = [], dependencies: [String] = [], resolves: [String] = []
  ) {
    self.routine = routine
    self.file = file
    self.edges = edges
    self.unresolved = unresolved
    self.dependencies = dependencies
    self.resolves = resolves
  }
}

/// All that one scan found, ready to be compared with what a registry holds.
public struct ScanResult: Sendable {
  /// What a scan says something about.
  public enum Scope: Sendable {
    /// All that lies under the roots: what lay there before and is not among the findings retires.
    case everything
    /// Only these files, and the units given; a file that is gone is among them.
    case files(Set<String>)
  }

  public var namespace: Namespace
  /// The files and folders that were scanned, as normalised paths.
  public var roots: [String]
  public var scope: Scope
  /// The registry's last change when the scan was computed; `nil` where that does not matter.
  public var basis: Int64?
  public var assets: [Asset]
  public var routines: [Routine]
  /// What the edges of the units name.
  public var names: EdgeNames
  public var units: [ScanUnit]
  public var files: [ScannedFile]

  public init(
    namespace: Namespace, roots: [String], scope: Scope = .everything, assets: [Asset], routines: [Routine] = [], names: EdgeNames = EdgeNames(),
    units: [ScanUnit] = [], files: [ScannedFile] = []
  ) {
    self.namespace = namespace
    self.roots = roots
    self.scope = scope
    self.assets = assets
    self.routines = routines
    self.names = names
    self.units = units
    self.files = files
  }

  /// Whether nothing was found at all.
  public var isEmpty: Bool { assets.isEmpty && routines.isEmpty && units.allSatisfy { $0.edges.isEmpty && $0.unresolved.isEmpty } }
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
  /// UTC, ISO 8601 with microseconds; `nil` for when the change is made, which is after any wait for others.
  public var at: String?
  public var toolVersion: String

  public init(actor: String, command: String, reason: String, at: String? = nil, toolVersion: String) {
    self.actor = actor
    self.command = command
    self.reason = reason
    self.at = at
    self.toolVersion = toolVersion
  }
}
