/// Writes records by RFC 4180, but for lines that end in LF alone. <https://www.rfc-editor.org/rfc/rfc4180>
public enum DelimitedWriter {
  /// One record with its line end. Fields are as they are; those that hold commas, quotes, line ends or edge blanks stand in quotes.
  public static func record(_ fields: [String]) -> String {
    fields.map { field in
      let bytes = field.utf8
      let isQuoted = bytes.first == 0x20 || bytes.last == 0x20 || bytes.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
      guard isQuoted else { return field }
      var quoted = String.UnicodeScalarView()
      quoted.append("\"")
      for scalar in field.unicodeScalars {
        quoted.append(scalar)
        if scalar == "\"" { quoted.append(scalar) }
      }
      quoted.append("\"")
      return String(quoted)
    }.joined(separator: ",") + "\n"
  }
}
