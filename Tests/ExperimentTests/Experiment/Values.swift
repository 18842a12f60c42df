import Foundation

/// Other values for a value, by what kind of data a column holds: neighbours, boundaries, other spellings.
enum Values {
  enum Kind: Sendable, Hashable {
    case number, text, truth, moment, list, document, other

    /// - Parameter category: the letter of PostgreSQL's `pg_type.typcategory`; empty where only the type's name is known.
    init(category: String, type: String) {
      let type = type.lowercased()
      switch category {
      case "N": self = .number
      case "S": self = .text
      case "B": self = .truth
      case "D": self = .moment
      case "A": self = .list
      case "U": self = type.hasPrefix("json") ? .document : .other
      case "":
        if type.hasSuffix("]") {
          self = .list
        } else if type.hasPrefix("bool") {
          self = .truth
        } else if type.hasPrefix("date") || type.hasPrefix("time") {
          self = .moment
        } else if ["int", "dec", "num", "real", "doub", "float", "bigint", "smallint", "hugeint"].contains(where: type.hasPrefix) {
          self = .number
        } else if type.hasPrefix("json") || type.hasPrefix("map") || type.hasPrefix("struct") {
          self = .document
        } else {
          self = .text
        }
      default: self = .other
      }
    }
  }

  /// - Parameter emptyList: how the engine writes a list without elements.
  static func variants(of value: String, kind: Kind, emptyList: String) -> [String] {
    switch kind {
    case .number:
      if let whole = Int(value) { return ["\(whole + 1)", "0", "-\(abs(whole) + 1)", "\(whole &* 10 + 7)", "1000000", "1", "\(whole - 1)"] }
      if let number = Double(value) { return ["\((number * 100).rounded() / 100 + 1)", "0", "-1", "1000000", "\((number * 1000).rounded() / 100)"] }
      return ["0", "1"]
    case .truth: return [["t", "true", "1"].contains(value) ? "false" : "true"]
    case .moment: return moments(value)
    case .text:
      let date = value.count >= 10 && value.dropFirst(4).hasPrefix("-") && value.dropFirst(7).hasPrefix("-")
      if date { return moments(value) + ["", "zz"] }
      let digits = Int(value).map { ["\($0 + 1)", "0"] } ?? []
      return ["zz", "", value.uppercased(), value.lowercased(), value + "x", " " + value] + digits
    case .list: return [emptyList]
    case .document: return documents(value)
    case .other: return []
    }
  }

  private static func moments(_ value: String) -> [String] {
    guard let year = Int(value.prefix(4)), value.count >= 10 else { return ["2999-12-31"] }
    var found = ["2999-12-31", "1900-01-01", "\(year + 1)" + value.dropFirst(4), "\(year - 1)" + value.dropFirst(4)]
    if let month = Int(value.dropFirst(5).prefix(2)), let day = Int(value.dropFirst(8).prefix(2)) {
      let rest = value.dropFirst(10)
      let months = value.prefix(5)
      found.append(months + (month < 10 ? "0" : "") + "\(month)-" + (day < 28 ? (day < 9 ? "0" : "") + "\(day + 1)" : "\(day - 1)") + rest)
      let other = month == 12 ? 11 : month + 1
      found.append(months + (other < 10 ? "0" : "") + "\(other)-" + (day <= 28 ? value.dropFirst(8).prefix(2) : "28") + rest)
    }
    return found
  }

  /// A document with its digits, or its letters outside of keys, changed.
  private static func documents(_ value: String) -> [String] {
    let digits = String(value.map { $0.isNumber ? ($0 == "9" ? "1" : "9") : $0 })
    let words = value.replacingOccurrences(of: #"(:\s*|\[\s*|,\s*)"([^"]*)"(?!\s*:)"#, with: "$1\"zz\"", options: .regularExpression)
    return [digits, words, "{}", "[]"]
  }
}
