extension ObjectName {
  /// The parts of a name as `rendered` prints it or a user types it: split at dots outside double quotes, quotes removed.
  ///
  /// A quote that never closes runs to the end. Empty text has no parts.
  public static func parts(reading text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    var parts: [String] = []
    var part = String.UnicodeScalarView()
    var quoted = false
    var begun = false
    var pending = false
    for scalar in text.unicodeScalars {
      if quoted {
        if pending {
          pending = false
          if scalar == "\"" {
            part.append(scalar)
            continue
          }
          quoted = false
        } else if scalar == "\"" {
          pending = true
          continue
        } else {
          part.append(scalar)
          continue
        }
      }
      if scalar == "." {
        parts.append(String(part))
        part = String.UnicodeScalarView()
        begun = false
      } else if scalar == "\"", !begun {
        quoted = true
        begun = true
      } else {
        part.append(scalar)
        begun = true
      }
    }
    parts.append(String(part))
    return parts
  }
}
