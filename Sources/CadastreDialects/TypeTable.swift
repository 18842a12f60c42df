public import CadastreModel

/// What a dialect's type names mean, as data: native name, lower case, to logical type.
public struct TypeTable: Sendable {
  /// How a native type's arguments go into the logical type.
  enum Meaning: Sendable {
    case plain(LogicalType)
    /// First argument is a length in characters; without one the type is this.
    case characters(fixed: Bool, without: LogicalType)
    case bytes(fixed: Bool)
    case decimal(precision: Int?, scale: Int?)
    case fraction(TimeKind)
    /// Binary float whose one argument is the mantissa's bits.
    case float
  }

  enum TimeKind: Sendable { case time, timestamp, timestamptz }

  let meanings: [String: Meaning]

  /// The logical type of a native one; `.other` with the native spelling when the table has no meaning for it.
  ///
  /// - Parameters:
  ///   - name: without arguments, as written: `numeric`, `character varying`.
  ///   - arguments: as written: `["10", "2"]`, `["max"]`.
  public func logicalType(name: String, arguments: [String]) -> LogicalType {
    let key = name.lowercased()
    guard let meaning = meanings[key] ?? meanings[String(key.split(separator: ".").last ?? "")] else {
      return .other(arguments.isEmpty ? name : "\(name)(\(arguments.joined(separator: ", ")))")
    }
    let first = arguments.first.flatMap { Int($0) }
    switch meaning {
    case .plain(let type): return type
    case .characters(let fixed, let without):
      guard let first else { return arguments.isEmpty ? without : .text }
      return fixed ? .char(length: first) : .varchar(length: first)
    case .bytes: return .binary(length: first)
    case .decimal(let precision, let scale):
      guard let first else { return .decimal(precision: precision, scale: scale) }
      return .decimal(precision: first, scale: arguments.count > 1 ? Int(arguments[1]) : 0)
    case .fraction(.time): return .time(precision: first)
    case .fraction(.timestamp): return .timestamp(precision: first)
    case .fraction(.timestamptz): return .timestamptz(precision: first)
    case .float: return (first ?? 53) <= 24 ? .float32 : .float64
    }
  }
}

extension Dialect {
  /// The dialect's type names.
  public var types: TypeTable {
    switch procedural {
    case .tsql: TypeTable.tsql
    default: TypeTable.postgres
    }
  }
}

extension TypeTable {
  /// <https://learn.microsoft.com/sql/t-sql/data-types/data-types-transact-sql>
  static let tsql = TypeTable(meanings: [
    "bit": .plain(.boolean), "tinyint": .plain(.int16), "smallint": .plain(.int16), "int": .plain(.int32), "integer": .plain(.int32),
    "bigint": .plain(.int64), "decimal": .decimal(precision: 18, scale: 0), "numeric": .decimal(precision: 18, scale: 0),
    "dec": .decimal(precision: 18, scale: 0), "money": .plain(.decimal(precision: 19, scale: 4)),
    "smallmoney": .plain(.decimal(precision: 10, scale: 4)), "float": .float, "real": .plain(.float32),
    "double precision": .plain(.float64), "char": .characters(fixed: true, without: .char(length: 1)),
    "nchar": .characters(fixed: true, without: .char(length: 1)), "character": .characters(fixed: true, without: .char(length: 1)),
    "varchar": .characters(fixed: false, without: .varchar(length: 1)), "nvarchar": .characters(fixed: false, without: .varchar(length: 1)),
    "character varying": .characters(fixed: false, without: .varchar(length: 1)), "sysname": .plain(.varchar(length: 128)),
    "text": .plain(.text), "ntext": .plain(.text), "xml": .plain(.text), "binary": .bytes(fixed: true), "varbinary": .bytes(fixed: false),
    "image": .plain(.binary(length: nil)), "timestamp": .plain(.binary(length: 8)), "rowversion": .plain(.binary(length: 8)),
    "date": .plain(.date), "time": .fraction(.time), "datetime": .plain(.timestamp(precision: 3)),
    "datetime2": .fraction(.timestamp), "smalldatetime": .plain(.timestamp(precision: 0)), "datetimeoffset": .fraction(.timestamptz),
    "uniqueidentifier": .plain(.uuid), "geography": .plain(.geography),
  ])

  /// <https://www.postgresql.org/docs/15/datatype.html>
  static let postgres = TypeTable(meanings: [
    "boolean": .plain(.boolean), "bool": .plain(.boolean), "smallint": .plain(.int16), "int2": .plain(.int16),
    "integer": .plain(.int32), "int": .plain(.int32), "int4": .plain(.int32), "bigint": .plain(.int64), "int8": .plain(.int64),
    "serial": .plain(.int32), "bigserial": .plain(.int64), "smallserial": .plain(.int16),
    "numeric": .decimal(precision: nil, scale: nil), "decimal": .decimal(precision: nil, scale: nil), "real": .plain(.float32),
    "float4": .plain(.float32), "float8": .plain(.float64), "float": .float, "double precision": .plain(.float64),
    "money": .plain(.decimal(precision: 19, scale: 2)), "char": .characters(fixed: true, without: .char(length: 1)),
    "character": .characters(fixed: true, without: .char(length: 1)), "bpchar": .characters(fixed: true, without: .text),
    "varchar": .characters(fixed: false, without: .text), "character varying": .characters(fixed: false, without: .text),
    "text": .plain(.text), "citext": .plain(.text), "name": .plain(.varchar(length: 63)), "bytea": .plain(.binary(length: nil)),
    "date": .plain(.date), "time": .fraction(.time), "time without time zone": .fraction(.time),
    "timestamp": .fraction(.timestamp), "timestamp without time zone": .fraction(.timestamp),
    "timestamptz": .fraction(.timestamptz), "timestamp with time zone": .fraction(.timestamptz), "json": .plain(.json),
    "jsonb": .plain(.json), "uuid": .plain(.uuid), "geography": .plain(.geography), "geometry": .plain(.geography),
  ])
}
