/// One finding about a user's input. Findings are values beside a result, never thrown.
public struct Diagnostic: Sendable, Hashable {
  public enum Severity: String, Sendable, Hashable, Codable {
    case error, warning, note
  }

  /// Stable code: a letter for the area (P parse, R resolve, L lineage, D DDL, X exchange, C checklist, Q quality, S store) and three digits.
  public var code: String
  public var severity: Severity
  /// Lower case, no full stop, source text in single quotes.
  public var message: String
  /// Name of the input the finding is about.
  public var file: String
  /// 1-based; `nil` when the finding is about the input as a whole.
  public var position: SourcePosition?
  public var notes: [String]

  public init(
    code: String, severity: Severity, message: String, file: String, position: SourcePosition? = nil, notes: [String] = []
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.file = file
    self.position = position
    self.notes = notes
  }
}

extension Diagnostic {
  /// `path:line:col: error[P012]: message`, then the source line and a caret when the text is given, then the notes.
  public func rendered(in source: SourceText? = nil) -> String {
    var place = file
    if let position { place += ":\(position.line):\(position.column)" }
    var out = "\(place): \(severity.rawValue)[\(code)]: \(message)"
    if let source, let position {
      let line = source.line(position.line)
      if line.utf8.count <= 400 {
        let lead = line.utf8.prefix(max(0, position.column - 1))
        let pad = String(decoding: lead.map { $0 == 0x09 ? 0x09 : 0x20 }, as: UTF8.self)
        out += "\n\(line)\n\(pad)^"
      }
    }
    for note in notes { out += "\n  note: \(note)" }
    return out
  }
}
