package import CadastreModel

/// Logical types as manifests spell them: `decimal(12,2)`, `varchar(80)`, `array(int32)`, `other(hierarchyid)`.
package enum TypeText {
  /// Types without arguments, by name.
  private static let simple: [LogicalType] = [
    .boolean, .int8, .int16, .int32, .int64, .float32, .float64, .text, .date, .json, .uuid, .geography, .structure,
  ]
  private static let byName = Dictionary(uniqueKeysWithValues: simple.map { ($0.name, $0) })

  /// The names of all types.
  package static let names: [String] =
    simple.map(\.name) + ["decimal", "char", "varchar", "binary", "time", "timestamp", "timestamptz", "array", "other"]

  package static func write(_ type: LogicalType) -> String {
    func call(_ arguments: [Int?]) -> String {
      let written = arguments.reversed().drop { $0 == nil }.reversed().map { $0.map(String.init) ?? "" }
      return written.isEmpty ? type.name : type.name + "(" + written.joined(separator: ",") + ")"
    }
    switch type {
    case .decimal(let precision, let scale): return call([precision, scale])
    case .char(let length): return call([length])
    case .varchar(let length), .binary(let length): return call([length])
    case .time(let precision), .timestamp(let precision), .timestamptz(let precision): return call([precision])
    case .array(let element): return "array(" + write(element) + ")"
    case .other(let text): return "other(" + text + ")"
    default: return type.name
    }
  }

  /// `nil` for a text that is no type. Arrays nest at most 16 deep.
  package static func read(_ text: String, depth: Int = 0) -> LogicalType? {
    if let type = byName[text] { return type }
    guard depth < 16 else { return nil }
    var name = text
    var argument: String?
    let scalars = text.unicodeScalars
    if let open = scalars.firstIndex(of: "("), scalars.last == ")" {
      name = String(scalars[..<open])
      argument = String(scalars[scalars.index(after: open)...].dropLast())
    }
    switch name {
    case "array": return argument.flatMap { read($0, depth: depth + 1) }.map { .array($0) }
    case "other": return argument.map { .other($0) }
    default: break
    }
    let parts = argument?.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } } ?? []
    var numbers: [Int?] = []
    for part in parts {
      guard part.isEmpty || Int(part).map({ $0 >= 0 }) == true else { return nil }
      numbers.append(Int(part))
    }
    let first = numbers.first ?? nil
    if name == "decimal", numbers.count <= 2 { return .decimal(precision: first, scale: numbers.count == 2 ? numbers[1] : nil) }
    guard numbers.count <= 1 else { return nil }
    switch name {
    case "char": return first.map { .char(length: $0) }
    case "varchar": return .varchar(length: first)
    case "binary": return .binary(length: first)
    case "time": return .time(precision: first)
    case "timestamp": return .timestamp(precision: first)
    case "timestamptz": return .timestamptz(precision: first)
    default: return nil
    }
  }
}
