internal import CadastreDialects
internal import CadastreModel
internal import Foundation

/// What is known of a value before anything runs: its type, and the widest value that reaches it when every column holds its widest.
struct ValueType: Sendable, Hashable {
  enum Size: Sendable, Hashable {
    /// No value reaches it: NULL, a variable that nothing was assigned to.
    case nothing
    /// Characters of a text, magnitude of a number.
    case known(Decimal)
    /// Whatever the type holds: a parameter or column without a declared width.
    case open
    case unknown
  }

  /// `nil`: not known, or left open by a literal.
  var type: LogicalType?
  var size: Size

  static let unknown = ValueType(type: nil, size: .unknown)
  static let null = ValueType(type: nil, size: .nothing)

  init(type: LogicalType?, size: Size) {
    self.type = type
    self.size = size
  }

  /// A column of this type, full.
  init(column type: LogicalType?) {
    self.type = type
    guard let type else {
      size = .unknown
      return
    }
    if let limit = Limit(type) {
      size = .known(limit.largest)
    } else {
      switch Family(type) {
      case .text: size = .open
      case .number: size = .open
      default: size = .unknown
      }
    }
  }

  /// A parameter: lengths and precisions of its type do not count.
  /// <https://www.postgresql.org/docs/15/sql-createfunction.html>
  init(parameter type: LogicalType?) {
    switch type {
    case .varchar, .char, .text: self.init(type: .text, size: .open)
    case .decimal: self.init(type: .decimal(precision: nil, scale: nil), size: .open)
    default: self.init(column: type)
    }
  }

  /// Either of two values.
  func joined(_ other: ValueType) -> ValueType { ValueType(type: ValueType.common(type, other.type), size: size.joined(other.size)) }

  /// The type that two values of one expression have together.
  static func common(_ left: LogicalType?, _ right: LogicalType?) -> LogicalType? {
    guard let left else { return right }
    guard let right else { return left }
    guard Family(left) == .number, Family(right) == .number else { return left }
    return rank(left) >= rank(right) ? left : right
  }

  static func rank(_ type: LogicalType) -> Int {
    switch type {
    case .int8: 0
    case .int16: 1
    case .int32: 2
    case .int64: 3
    case .decimal: 4
    case .float32: 5
    default: 6
    }
  }
}

extension ValueType.Size {
  func joined(_ other: Self) -> Self {
    switch (self, other) {
    case (.open, _), (_, .open): .open
    case (.known(let mine), .known(let theirs)): .known(max(mine, theirs))
    case (.known, _): self
    case (_, .known): other
    case (.unknown, _), (_, .unknown): .unknown
    default: .nothing
    }
  }

  /// One after the other, or the sum.
  func adding(_ other: Self) -> Self {
    switch (self, other) {
    case (.open, _), (_, .open): .open
    case (.known(let mine), .known(let theirs)): .known(mine + theirs)
    case (.known, _): self
    case (_, .known): other
    default: .unknown
    }
  }

  var value: Decimal? { if case .known(let value) = self { value } else { nil } }
}

/// The types that stand in for each other.
enum Family: Sendable, Hashable {
  case text, number, boolean, date, time, timestamp, json, uuid, binary

  /// `nil` for a type that nothing is known of.
  init?(_ type: LogicalType?) {
    switch type {
    case .char, .varchar, .text: self = .text
    case .int8, .int16, .int32, .int64, .decimal, .float32, .float64: self = .number
    case .boolean: self = .boolean
    case .date: self = .date
    case .time: self = .time
    case .timestamp, .timestamptz: self = .timestamp
    case .json: self = .json
    case .uuid: self = .uuid
    case .binary: self = .binary
    default: return nil
    }
  }

  /// Whether a value of one type may be written where another is declared, without a cast.
  /// <https://www.postgresql.org/docs/15/typeconv-query.html>
  static func isAssignable(_ value: LogicalType?, to target: LogicalType?) -> Bool {
    guard let value = Family(value), let target = Family(target), value != target else { return true }
    return switch (value, target) {
    case (_, .text), (.date, .timestamp), (.timestamp, .date), (.timestamp, .time): true
    default: false
    }
  }

  /// Whether two columns of a UNION go together.
  static func isUnionable(_ left: LogicalType?, _ right: LogicalType?) -> Bool {
    guard let left = Family(left), let right = Family(right), left != right else { return true }
    return (left == .date && right == .timestamp) || (left == .timestamp && right == .date)
  }
}

/// The widest value that a type holds.
struct Limit: Sendable, Hashable {
  var largest: Decimal
  /// Digits behind the point; `nil` for a text.
  var scale: Int?

  /// `nil` for a type without a limit that matters.
  init?(_ type: LogicalType?) {
    switch type {
    case .char(let length): self.init(largest: Decimal(length), scale: nil)
    case .varchar(let length?): self.init(largest: Decimal(length), scale: nil)
    case .int8: self.init(largest: 127, scale: 0)
    case .int16: self.init(largest: 32_767, scale: 0)
    case .int32: self.init(largest: 2_147_483_647, scale: 0)
    case .int64: self.init(largest: Decimal(Int64.max), scale: 0)
    case .decimal(let precision?, let scale):
      let scale = scale ?? 0
      self.init(largest: pow(Decimal(10), max(0, precision - scale)) - (1 / pow(Decimal(10), scale)), scale: scale)
    default: return nil
    }
  }

  init(largest: Decimal, scale: Int?) {
    self.largest = largest
    self.scale = scale
  }

  /// Whether a value fits; a number is rounded to the scale first.
  func holds(_ value: Decimal) -> Bool {
    guard let scale else { return value <= largest }
    var (rounded, given) = (Decimal(), value)
    NSDecimalRound(&rounded, &given, scale, .plain)
    return rounded <= largest
  }
}

extension LogicalType {
  /// A type as a script spells it, `numeric(10, 2)`, `character varying(20)[]`.
  init(spelled text: String, types: TypeTable) {
    let trimmed = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if trimmed.hasSuffix("]") {
      self = .array(LogicalType(spelled: String(trimmed.prefix { $0 != "[" }), types: types))
      return
    }
    guard let open = trimmed.firstIndex(of: "("), let close = trimmed.firstIndex(of: ")"), open < close else {
      self = types.logicalType(name: trimmed, arguments: [])
      return
    }
    let arguments = trimmed[trimmed.index(after: open)..<close].split(separator: ",").map { $0.filter { $0 != " " } }
    let name = (trimmed[..<open] + trimmed[trimmed.index(after: close)...]).split(separator: " ").joined(separator: " ")
    self = types.logicalType(name: name, arguments: arguments)
  }

  /// As a person writes it in a sentence.
  var spelled: String {
    switch self {
    case .varchar(let length?): "varchar(\(length))"
    case .char(let length): "char(\(length))"
    case .decimal(let precision?, let scale): "numeric(\(precision),\(scale ?? 0))"
    case .decimal: "numeric"
    case .int16: "smallint"
    case .int32: "integer"
    case .int64: "bigint"
    case .other(let name): name
    default: name
    }
  }
}
