/// A table constraint. Expressions are text of the asset's dialect.
public struct Constraint: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable {
    case primaryKey = "primary_key"
    case unique
    case foreignKey = "foreign_key"
    case check
  }

  public var kind: Kind
  /// `nil` when the script gave none.
  public var name: String?
  /// Key columns in order; for a check empty.
  public var columns: [KeyColumn]
  public var references: Reference?
  public var expression: String?
  /// T-SQL: CLUSTERED (true) or NONCLUSTERED (false); `nil` when not said.
  public var clustered: Bool?

  public init(
    kind: Kind, name: String? = nil, columns: [KeyColumn] = [], references: Reference? = nil, expression: String? = nil,
    clustered: Bool? = nil
  ) {
    self.kind = kind
    self.name = name
    self.columns = columns
    self.references = references
    self.expression = expression
    self.clustered = clustered
  }

  /// The referenced side of a foreign key.
  public struct Reference: Sendable, Hashable, Codable {
    public var table: ObjectName
    /// Empty when the script leaves the primary key to be taken.
    public var columns: [String]
    /// `CASCADE`, `SET NULL` ...; `nil` is the dialect's default.
    public var onDelete: String?
    public var onUpdate: String?

    public init(table: ObjectName, columns: [String], onDelete: String? = nil, onUpdate: String? = nil) {
      self.table = table
      self.columns = columns
      self.onDelete = onDelete
      self.onUpdate = onUpdate
    }
  }
}

/// One column, or expression, of a key or index.
public struct KeyColumn: Sendable, Hashable, Codable {
  /// A column's name; when `isExpression`, text of the dialect.
  public var name: String
  public var isExpression: Bool
  public var descending: Bool
  /// `FIRST` or `LAST` of NULLS FIRST/LAST; `nil` when not said.
  public var nulls: String?

  public init(_ name: String, isExpression: Bool = false, descending: Bool = false, nulls: String? = nil) {
    self.name = name
    self.isExpression = isExpression
    self.descending = descending
    self.nulls = nulls
  }
}

/// An index of a table.
public struct Index: Sendable, Hashable, Codable {
  public var name: String?
  public var unique: Bool
  /// T-SQL: CLUSTERED (true) or NONCLUSTERED (false); `nil` when not said.
  public var clustered: Bool?
  /// Access method where the dialect names one: `btree`, `gin`, `columnstore` ...
  public var method: String?
  public var columns: [KeyColumn]
  /// INCLUDE columns.
  public var included: [String]
  /// WHERE of a filtered (partial) index, as written.
  public var predicate: String?
  public var options: [String: String]

  public init(
    name: String?, unique: Bool = false, clustered: Bool? = nil, method: String? = nil, columns: [KeyColumn],
    included: [String] = [], predicate: String? = nil, options: [String: String] = [:]
  ) {
    self.name = name
    self.unique = unique
    self.clustered = clustered
    self.method = method
    self.columns = columns
    self.included = included
    self.predicate = predicate
    self.options = options
  }
}
