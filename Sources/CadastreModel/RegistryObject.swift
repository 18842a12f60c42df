/// One thing of a registry that a person would maintain or review, whole: what one manifest holds.
///
/// What scans derive (parsed edges, what routines read and write, coverage, the ledger) is no part of it, nor where a script defines it.
public enum RegistryObject: Sendable, Hashable, Codable {
  case namespace(Namespace)
  case asset(AssetEntry)
  case routine(RoutineEntry)
  case feed(FeedEntry)

  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case namespace, asset, routine, feed

    /// The order in which objects are written: what others name comes first.
    public static func < (left: Kind, right: Kind) -> Bool { left.order < right.order }

    private var order: Int {
      switch self {
      case .namespace: 0
      case .asset: 1
      case .routine: 2
      case .feed: 3
      }
    }
  }

  public var kind: Kind {
    switch self {
    case .namespace: .namespace
    case .asset: .asset
    case .routine: .routine
    case .feed: .feed
    }
  }

  /// Name of the warehouse; a namespace's own name.
  public var namespace: String {
    switch self {
    case .namespace(let value): value.name
    case .asset(let entry): entry.namespace
    case .routine(let entry): entry.namespace
    case .feed(let entry): entry.namespace
    }
  }

  /// The name as it is printed.
  public var name: String {
    switch self {
    case .namespace(let value): value.name
    case .asset(let entry): entry.asset.name.rendered
    case .routine(let entry): entry.name.rendered
    case .feed(let entry): entry.feed.name
    }
  }

  /// Whether it is only a name that edges of others begin at: as good as not there.
  public var isMention: Bool {
    guard case .asset(let entry) = self else { return false }
    return !entry.isDefined && entry.lineage.isEmpty
  }

  /// What tells it apart from every other object. Names of assets and routines are compared as their warehouse compares them.
  public func key(caseInsensitive: Bool) -> Key {
    let folds = caseInsensitive && (kind == .asset || kind == .routine)
    return Key(kind: kind, namespace: ExactText(namespace), name: ExactText(folds ? name.lowercased() : name))
  }

  public struct Key: Sendable, Hashable {
    public var kind: Kind
    public var namespace: ExactText
    public var name: ExactText

    public init(kind: Kind, namespace: ExactText, name: ExactText) {
      self.kind = kind
      self.namespace = namespace
      self.name = name
    }
  }
}

/// An asset with the lineage that people have declared into it.
public struct AssetEntry: Sendable, Hashable, Codable {
  public var namespace: String
  /// Without the place that defines it.
  public var asset: Asset
  /// `false`: code or people name it, nothing defines it; only its name and lineage count.
  public var isDefined: Bool
  /// Columns that nothing defines and declared edges name.
  public var undefinedColumns: [String]
  /// Declared edges that end here, in the order of `DeclaredEdge`.
  public var lineage: [DeclaredEdge]

  public init(namespace: String, asset: Asset, isDefined: Bool = true, undefinedColumns: [String] = [], lineage: [DeclaredEdge] = []) {
    self.namespace = namespace
    self.asset = asset
    self.isDefined = isDefined
    self.undefinedColumns = undefinedColumns
    self.lineage = lineage
  }
}

/// An edge that people have declared, seen from the asset at which it ends.
public struct DeclaredEdge: Sendable, Hashable, Codable, Comparable {
  /// `nil`: that of the asset.
  public var sourceNamespace: String?
  public var source: ObjectName
  public var sourceColumn: String
  /// `nil` for the rows of the asset.
  public var column: String?
  public var subtype: EdgeSubtype
  public var expression: String

  public init(sourceNamespace: String? = nil, source: ObjectName, sourceColumn: String, column: String?, subtype: EdgeSubtype, expression: String = "") {
    self.sourceNamespace = sourceNamespace
    self.source = source
    self.sourceColumn = sourceColumn
    self.column = column
    self.subtype = subtype
    self.expression = expression
  }

  /// What tells it apart from the other edges of its asset.
  public var identity: [ExactText] {
    [column.map { "c" + $0 } ?? "*", sourceNamespace ?? "", source.rendered, sourceColumn, subtype.rawValue].map { ExactText($0) }
  }

  public static func < (left: DeclaredEdge, right: DeclaredEdge) -> Bool {
    let (mine, theirs) = (left.identity + [ExactText(left.expression)], right.identity + [ExactText(right.expression)])
    return mine.lexicographicallyPrecedes(theirs) { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
  }
}

/// A routine's text, and what it says of itself.
public struct RoutineEntry: Sendable, Hashable, Codable {
  public var namespace: String
  public var name: ObjectName
  public var kind: RoutineKind
  public var dialect: DialectName
  public var parameters: [Parameter]
  /// The whole definition, as written.
  public var source: String

  public init(namespace: String, name: ObjectName, kind: RoutineKind, dialect: DialectName, parameters: [Parameter], source: String) {
    self.namespace = namespace
    self.name = name
    self.kind = kind
    self.dialect = dialect
    self.parameters = parameters
    self.source = source
  }
}

/// A feed in its warehouse.
public struct FeedEntry: Sendable, Hashable, Codable {
  public var namespace: String
  public var feed: Feed

  public init(namespace: String, feed: Feed) {
    self.namespace = namespace
    self.feed = feed
  }
}

/// One object that is to become another: what a plan is made of.
public struct ObjectChange: Sendable, Hashable, Codable {
  public var kind: RegistryObject.Kind
  public var namespace: String
  /// As printed.
  public var name: String
  /// Hash of the object as it was when the change was computed; `nil`: it was not there.
  public var basis: String?
  /// What it is to be; `nil`: gone.
  public var object: RegistryObject?

  public init(kind: RegistryObject.Kind, namespace: String, name: String, basis: String?, object: RegistryObject?) {
    self.kind = kind
    self.namespace = namespace
    self.name = name
    self.basis = basis
    self.object = object
  }

  /// For a message: `asset dbo.t of w`.
  public var described: String { kind == .namespace ? "namespace \(name)" : "\(kind.rawValue) \(name) of \(namespace)" }
}
