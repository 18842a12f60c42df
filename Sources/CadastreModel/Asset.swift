/// What an asset is.
public enum AssetKind: String, Sendable, Hashable, Codable, CaseIterable {
  case database, schema, table, view
  case materializedView = "materialized_view"
  case file, report, campaign
  case externalSystem = "external_system"
  case sequence, synonym
  case tableType = "table_type"
}

/// Where an asset stands in the flow of a warehouse.
public enum AssetLayer: String, Sendable, Hashable, Codable, CaseIterable {
  case landing, staging, core, mart, history, reject, control
}

/// Where an asset stands in its life.
public enum AssetStatus: String, Sendable, Hashable, Codable, CaseIterable {
  case proposed, onboarding, active, deprecated, retired
}

/// A place in a scanned file: what defined something.
public struct SourceSpan: Sendable, Hashable, Codable {
  public var file: String
  /// 1-based.
  public var line: Int
  /// UTF-8 byte offsets into the file, half-open.
  public var start: Int
  public var end: Int

  public init(file: String, line: Int, start: Int, end: Int) {
    self.file = file
    self.line = line
    self.start = start
    self.end = end
  }
}

/// One thing a warehouse holds: a table, a view, a client's file ...
public struct Asset: Sendable, Hashable, Codable {
  public var name: ObjectName
  public var kind: AssetKind
  public var layer: AssetLayer?
  public var status: AssetStatus
  public var description: String?
  public var owner: String?
  public var steward: String?
  public var client: String?
  public var tags: [String]
  /// In ordinal order.
  public var columns: [Column]
  public var constraints: [Constraint]
  public var indexes: [Index]
  /// Options of the definition that the model has no field for, by the dialect's spelling (`FILEGROUP`, `TEMPORARY` ...), so that DDL can give them back.
  public var options: [String: String]
  /// The dialect in which native types, defaults and other opaque text are written.
  public var dialect: DialectName
  /// The query of a view, as written.
  public var query: String?
  public var definedAt: SourceSpan?

  public init(
    name: ObjectName, kind: AssetKind, layer: AssetLayer? = nil, status: AssetStatus = .active, description: String? = nil,
    owner: String? = nil, steward: String? = nil, client: String? = nil, tags: [String] = [], columns: [Column] = [],
    constraints: [Constraint] = [], indexes: [Index] = [], options: [String: String] = [:], dialect: DialectName,
    query: String? = nil, definedAt: SourceSpan? = nil
  ) {
    self.name = name
    self.kind = kind
    self.layer = layer
    self.status = status
    self.description = description
    self.owner = owner
    self.steward = steward
    self.client = client
    self.tags = tags
    self.columns = columns
    self.constraints = constraints
    self.indexes = indexes
    self.options = options
    self.dialect = dialect
    self.query = query
    self.definedAt = definedAt
  }
}

/// One column of an asset.
public struct Column: Sendable, Hashable, Codable {
  public var name: String
  /// 1-based.
  public var ordinal: Int
  /// `nil` when only the native spelling is known, or nothing (a view's column).
  public var type: LogicalType?
  /// As the dialect of the asset spells it, length and precision included.
  public var nativeType: String?
  public var nullable: Bool
  public var defaultValue: DefaultValue?
  public var computed: ComputedValue?
  public var identity: Identity?
  public var collation: String?
  public var description: String?
  public var classification: Classification?

  public init(
    name: String, ordinal: Int, type: LogicalType? = nil, nativeType: String? = nil, nullable: Bool = true,
    defaultValue: DefaultValue? = nil, computed: ComputedValue? = nil, identity: Identity? = nil, collation: String? = nil,
    description: String? = nil, classification: Classification? = nil
  ) {
    self.name = name
    self.ordinal = ordinal
    self.type = type
    self.nativeType = nativeType
    self.nullable = nullable
    self.defaultValue = defaultValue
    self.computed = computed
    self.identity = identity
    self.collation = collation
    self.description = description
    self.classification = classification
  }
}

/// A default, as the asset's dialect writes it.
public struct DefaultValue: Sendable, Hashable, Codable {
  public var expression: String
  /// The name of the default constraint, where the dialect has such names (T-SQL).
  public var constraintName: String?

  public init(expression: String, constraintName: String? = nil) {
    self.expression = expression
    self.constraintName = constraintName
  }
}

/// A computed (generated) column's expression, as the asset's dialect writes it.
public struct ComputedValue: Sendable, Hashable, Codable {
  public var expression: String
  public var stored: Bool

  public init(expression: String, stored: Bool) {
    self.expression = expression
    self.stored = stored
  }
}

public struct Identity: Sendable, Hashable, Codable {
  public var seed: Int64
  public var increment: Int64
  /// The value is always generated; a given one is refused.
  public var always: Bool

  public init(seed: Int64 = 1, increment: Int64 = 1, always: Bool = true) {
    self.seed = seed
    self.increment = increment
    self.always = always
  }
}

/// What personal or regulated thing a column holds.
public enum Classification: String, Sendable, Hashable, Codable, CaseIterable {
  case email, phone
  case personName = "person_name"
  case addressLine = "address_line"
  case city, region, postcode, country
  case dateOfBirth = "date_of_birth"
  case nationalID = "national_id"
  case cardNumber = "card_number"
  case ip, url, consent
  case none

  /// Whether samples of it are masked wherever they are printed or stored.
  public var isPersonal: Bool {
    switch self {
    case .email, .phone, .personName, .addressLine, .postcode, .dateOfBirth, .nationalID, .cardNumber, .ip: true
    case .city, .region, .country, .url, .consent, .none: false
    }
  }
}
