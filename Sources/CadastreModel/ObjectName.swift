/// The name of a catalogue object: one to four parts, outermost first (`server.database.schema.object`).
///
/// Parts are spelled as the catalogue spells them, without quotes. An empty part stands for a default left out in
/// the middle (`db..t` in T-SQL).
public struct ObjectName: Sendable, Hashable, Codable {
  public var parts: [String]

  public init(_ parts: [String]) {
    self.parts = parts
  }

  public init(schema: String?, _ name: String) {
    self.parts = schema.map { [$0, name] } ?? [name]
  }

  /// The innermost part.
  public var name: String { parts.last ?? "" }
  /// The part before the innermost; `nil` when the name has one part only or the part was left out.
  public var schema: String? { part(fromEnd: 2) }
  public var database: String? { part(fromEnd: 3) }
  /// The linked server of a four-part name.
  public var server: String? { part(fromEnd: 4) }

  private func part(fromEnd index: Int) -> String? {
    guard parts.count >= index else { return nil }
    let part = parts[parts.count - index]
    return part.isEmpty ? nil : part
  }

  /// The name as Cadastre prints it: parts joined by `.`; a part that holds a dot, a quote or an edge blank is
  /// double-quoted, quotes doubled.
  public var rendered: String { parts.map(ObjectName.renderedPart).joined(separator: ".") }

  /// `rendered` of this object with a column behind it.
  public func rendered(column: String) -> String { rendered + "." + ObjectName.renderedPart(column) }

  /// One part by the rule of `rendered`. `*` and pseudo names in braces stay as they are.
  public static func renderedPart(_ part: String) -> String {
    let bytes = part.utf8
    let blankEdge = bytes.first == 0x20 || bytes.last == 0x20
    guard part.isEmpty || blankEdge || bytes.contains(where: { $0 == 0x2E || $0 == 0x22 }) else { return part }
    // by scalars: a quote with an accent behind it is a character of its own
    var quoted = String.UnicodeScalarView("\"".unicodeScalars)
    for scalar in part.unicodeScalars {
      quoted.append(scalar)
      if scalar == "\"" { quoted.append(scalar) }
    }
    quoted.append("\"")
    return String(quoted)
  }
}
