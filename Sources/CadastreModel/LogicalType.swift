/// A dialect-neutral column type. What no logical type covers keeps its native spelling in `other`.
public enum LogicalType: Sendable, Hashable, Codable {
  case boolean
  case int8, int16, int32, int64
  /// Total digits and digits after the point; `nil` precision is the dialect's default.
  case decimal(precision: Int?, scale: Int?)
  case float32, float64
  /// Length in characters.
  case char(length: Int)
  /// Length in characters; `nil` is the longest the dialect has.
  case varchar(length: Int?)
  case text
  /// Length in bytes; `nil` is the longest the dialect has.
  case binary(length: Int?)
  case date
  /// Fractional digits of the second; `nil` is the dialect's default. The same for the next two.
  case time(precision: Int?)
  case timestamp(precision: Int?)
  case timestamptz(precision: Int?)
  case json
  case uuid
  case geography
  indirect case array(LogicalType)
  case structure
  /// A type Cadastre has no logical name for, in its native spelling.
  case other(String)

  /// The stable name used in JSON, checklists and profiles: `decimal`, `varchar`, ... (`other` for `other`).
  public var name: String {
    switch self {
    case .boolean: "boolean"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .decimal: "decimal"
    case .float32: "float32"
    case .float64: "float64"
    case .char: "char"
    case .varchar: "varchar"
    case .text: "text"
    case .binary: "binary"
    case .date: "date"
    case .time: "time"
    case .timestamp: "timestamp"
    case .timestamptz: "timestamptz"
    case .json: "json"
    case .uuid: "uuid"
    case .geography: "geography"
    case .array: "array"
    case .structure: "struct"
    case .other: "other"
    }
  }
}
