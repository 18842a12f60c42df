internal import CadastreModel

/// Collects facts about one column, value by value, in bounded memory.
struct ColumnProfiler {
  static let mostDistinct = 200_000

  let name: String
  private(set) var values = 0
  private(set) var nulls = 0
  private var integers = 0
  private var decimals = 0
  private var leadingZeros = 0
  private var booleans = 0
  private var uuids = 0
  private var dates: [String: Int] = [:]
  private var longest = 0
  private var digits = 0
  private var fraction = 0
  private var smallest: Double?
  private var largest: Double?
  private var first: String?
  private var last: String?
  private var hashes: Set<Int> = []
  private var patterns: [Classification: Int] = [:]
  private var samples: [String] = []
  private var padded = 0

  init(name: String) { self.name = name }

  var isUnique: Bool { nulls == 0 && values > 0 && hashes.count == values }
  var distinct: Int { hashes.count }
  var paddedValues: Int { padded }
  var dateFormats: [String] { dates.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map(\.key) }

  mutating func add(_ bytes: [UInt8]) {
    var slice = bytes[...]
    while let edge = slice.first, edge == 0x20 || edge == 0x09 { slice.removeFirst() }
    while let edge = slice.last, edge == 0x20 || edge == 0x09 { slice.removeLast() }
    guard !slice.isEmpty else {
      nulls += 1
      return
    }
    values += 1
    if slice.count != bytes.count { padded += 1 }
    let text = String(decoding: slice, as: UTF8.self)
    longest = max(longest, text.unicodeScalars.count)
    if hashes.count < Self.mostDistinct { hashes.insert(text.hashValue) }
    if samples.count < 3, !samples.contains(text) { samples.append(text) }
    if first.map({ text < $0 }) ?? true { first = text }
    if last.map({ text > $0 }) ?? true { last = text }
    number(slice, text)
    if let format = DateFormats.match(slice) { dates[format, default: 0] += 1 }
    if ["true", "false", "yes", "no", "y", "n", "t", "f"].contains(text.lowercased()) { booleans += 1 }
    if slice.count == 36, slice[slice.startIndex + 8] == 0x2D, slice.allSatisfy({ $0 == 0x2D || isHex($0) }) { uuids += 1 }
    if let pattern = ClassTable.pattern(text) { patterns[pattern, default: 0] += 1 }
  }

  private func isHex(_ byte: UInt8) -> Bool { (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66) }

  private mutating func number(_ slice: ArraySlice<UInt8>, _ text: String) {
    var body = slice
    if body.first == 0x2D || body.first == 0x2B { body.removeFirst() }
    guard !body.isEmpty, body.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E }), body.filter({ $0 == 0x2E }).count <= 1, body.contains(where: { $0 != 0x2E })
    else { return }
    if body.count > 1, body.first == 0x30, body.dropFirst().first != 0x2E { leadingZeros += 1 }
    if let dot = body.firstIndex(of: 0x2E) {
      decimals += 1
      digits = max(digits, dot - body.startIndex)
      fraction = max(fraction, body.endIndex - dot - 1)
    } else {
      integers += 1
      digits = max(digits, body.count)
    }
    if let value = Double(text) {
      smallest = min(smallest ?? value, value)
      largest = max(largest ?? value, value)
    }
  }

  /// The type that every value fits, with its sizes. Digits with zeros before them are names, not numbers.
  var type: LogicalType {
    guard values > 0 else { return .varchar(length: 1) }
    if booleans == values, longest <= 5 { return longest == 1 ? .char(length: 1) : .boolean }
    if uuids == values { return .uuid }
    if let best = dates.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), dates.values.reduce(0, +) * 100 >= values * 98, best.value > 0, integers < values || DateFormats.isCompact(best.key) {
      return best.key.contains("HH") ? .timestamp(precision: nil) : .date
    }
    if leadingZeros == 0, integers == values {
      if digits <= 4 { return .int16 }
      if digits <= 9 { return .int32 }
      return digits <= 18 ? .int64 : .decimal(precision: min(digits, 38), scale: 0)
    }
    if leadingZeros == 0, integers + decimals == values { return .decimal(precision: min(digits + fraction, 38), scale: fraction) }
    return longest > 4000 ? .text : .varchar(length: longest)
  }

  /// Values of a date column that are no date.
  var badDates: Int {
    switch type {
    case .date, .timestamp: values - dates.values.reduce(0, +)
    default: 0
    }
  }

  func column(ordinal: Int) -> Profile.Column {
    let (kind, confidence) = ClassTable.classify(header: name, patterns: patterns, values: values)
    let type = type
    var column = Profile.Column(
      name: name, ordinal: ordinal, type: type.name, length: nil, precision: nil, scale: nil, nullable: nulls > 0,
      nullRate: values + nulls == 0 ? 0 : (Double(nulls) / Double(values + nulls) * 10_000).rounded() / 10_000, distinct: hashes.count, min: first, max: last,
      formats: dates.values.reduce(0, +) * 2 > values ? dateFormats : [], class: kind.rawValue, classConfidence: confidence,
      examples: samples)
    switch type {
    case .varchar(let length): column.length = length
    case .char(let length): column.length = length
    case .decimal(let precision, let scale):
      column.precision = precision
      column.scale = scale
    default: break
    }
    if let smallest, let largest, type.name.hasPrefix("int") || type.name == "decimal" {
      column.min = smallest == smallest.rounded() && abs(smallest) < 1e15 ? String(Int64(smallest)) : String(smallest)
      column.max = largest == largest.rounded() && abs(largest) < 1e15 ? String(Int64(largest)) : String(largest)
    }
    if kind.isPersonal {
      column.examples = samples.map(Masking.masked)
      column.min = column.min.map(Masking.masked)
      column.max = column.max.map(Masking.masked)
    }
    return column
  }
}

/// Hides a personal value: its first letter stays, letters and digits behind it do not.
enum Masking {
  static func masked(_ text: String) -> String {
    var result = ""
    for (index, character) in text.enumerated() {
      if index == 0 || !(character.isLetter || character.isNumber) { result.append(character) } else { result.append("*") }
    }
    return result
  }
}

/// Date formats that are recognised, as data: a pattern of bytes where `9` is a digit.
enum DateFormats {
  static let table: [(format: String, pattern: [UInt8])] = [
    ("yyyy-MM-dd", Array("9999-99-99".utf8)), ("dd/MM/yyyy", Array("99/99/9999".utf8)), ("yyyy/MM/dd", Array("9999/99/99".utf8)),
    ("dd.MM.yyyy", Array("99.99.9999".utf8)), ("dd-MM-yyyy", Array("99-99-9999".utf8)), ("yyyyMMdd", Array("99999999".utf8)),
    ("yyyy-MM-dd HH:mm:ss", Array("9999-99-99 99:99:99".utf8)), ("yyyy-MM-ddTHH:mm:ss", Array("9999-99-99T99:99:99".utf8)),
  ]

  static func isCompact(_ format: String) -> Bool { format == "yyyyMMdd" }

  /// The format of a value whose month and day can be; `MM/dd/yyyy` where the day comes second.
  static func match(_ value: ArraySlice<UInt8>) -> String? {
    for (format, pattern) in table where pattern.count == value.count {
      var fits = true
      for (byte, wanted) in zip(value, pattern) where wanted == 0x39 ? !(byte >= 0x30 && byte <= 0x39) : byte != wanted {
        fits = false
        break
      }
      guard fits else { continue }
      let digits = value.filter { $0 >= 0x30 && $0 <= 0x39 }.map { Int($0 - 0x30) }
      let yearFirst = format.hasPrefix("yyyy")
      let year = yearFirst ? digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3] : digits[4] * 1000 + digits[5] * 100 + digits[6] * 10 + digits[7]
      let one = yearFirst ? digits[4] * 10 + digits[5] : digits[2] * 10 + digits[3]
      let two = yearFirst ? digits[6] * 10 + digits[7] : digits[0] * 10 + digits[1]
      guard year >= 1800, year <= 2199 else { continue }
      if one >= 1, one <= 12, two >= 1, two <= 31 { return format }
      if format == "dd/MM/yyyy", two >= 1, two <= 12, one >= 1, one <= 31 { return "MM/dd/yyyy" }
    }
    return nil
  }
}

/// What a column holds, by the words of its header and the look of its values, as data.
enum ClassTable {
  static let words: [(Classification, [String])] = [
    (.email, ["email", "e_mail", "mail_address"]), (.phone, ["phone", "mobile", "telephone", "tel", "fax"]),
    (.dateOfBirth, ["date_of_birth", "birth_date", "dob", "birthday", "born"]),
    (.personName, ["first_name", "last_name", "full_name", "surname", "forename", "given_name", "family_name", "customer_name", "name"]),
    (.addressLine, ["address", "address_line", "street", "addr"]), (.postcode, ["postcode", "post_code", "zip", "postal_code"]), (.city, ["city", "town"]),
    (.region, ["region", "state", "county", "province"]), (.country, ["country"]), (.nationalID, ["national_id", "ssn", "nino", "passport"]),
    (.cardNumber, ["card_number", "card_no", "pan"]), (.ip, ["ip", "ip_address"]), (.url, ["url", "website", "homepage"]),
    (.consent, ["consent", "opt_in", "opt_out", "optin", "gdpr", "permission"]),
  ]

  /// A class that a value's look alone gives away.
  static func pattern(_ text: String) -> Classification? {
    let bytes = Array(text.utf8)
    if let at = bytes.firstIndex(of: 0x40), at > 0, bytes[at...].contains(0x2E), !bytes.contains(0x20) { return .email }
    if text.hasPrefix("http://") || text.hasPrefix("https://") { return .url }
    let digits = bytes.filter { $0 >= 0x30 && $0 <= 0x39 }
    if digits.count >= 13, digits.count <= 19, bytes.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x20 || $0 == 0x2D }), luhn(digits) { return .cardNumber }
    if bytes.first == 0x2B, digits.count >= 8, digits.count <= 15 { return .phone }
    let parts = text.split(separator: ".")
    if parts.count == 4, parts.allSatisfy({ Int($0).map { $0 >= 0 && $0 <= 255 } ?? false }) { return .ip }
    return nil
  }

  private static func luhn(_ digits: [UInt8]) -> Bool {
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let value = Int(digit - 0x30)
      sum += index % 2 == 0 ? value : value * 2 > 9 ? value * 2 - 9 : value * 2
    }
    return sum % 10 == 0
  }

  static func classify(header: String, patterns: [Classification: Int], values: Int) -> (Classification, Double) {
    let name = Naming.snake(header)
    if let (kind, count) = patterns.max(by: { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }), values > 0, count * 10 >= values * 8 {
      return (kind, (Double(count) / Double(values) * 100).rounded() / 100)
    }
    for (kind, names) in words where names.contains(name) { return (kind, 0.9) }
    for (kind, names) in words where names.contains(where: { word in word != "name" && word.count > 3 && (name.hasPrefix(word + "_") || name.hasSuffix("_" + word)) }) {
      return (kind, 0.75)
    }
    return (.none, 0)
  }
}

/// Names for the warehouse made of names in files.
public enum Naming {
  /// Lower case words joined by underscores; what cannot stand in a name becomes an underscore.
  public static func snake(_ text: String) -> String {
    var result = ""
    var previousLower = false
    for scalar in text.unicodeScalars {
      if scalar.properties.isAlphabetic, scalar.isASCII {
        if scalar.properties.isUppercase, previousLower { result += "_" }
        result += String(scalar).lowercased()
        previousLower = scalar.properties.isLowercase
      } else if scalar.isASCII, scalar.properties.numericType != nil {
        result.unicodeScalars.append(scalar)
        previousLower = true
      } else {
        if !result.hasSuffix("_") { result += "_" }
        previousLower = false
      }
    }
    let trimmed = String(result.drop { $0 == "_" }.reversed().drop { $0 == "_" }.reversed())
    let short = String(trimmed.prefix(60))
    guard let first = short.first else { return "column" }
    return first.isNumber ? "c_" + short : short
  }

  /// Unique names, in order; a repeated one gets its number.
  public static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.map { name in
      var candidate = name
      var number = 2
      while !seen.insert(candidate).inserted {
        candidate = "\(name)_\(number)"
        number += 1
      }
      return candidate
    }
  }

  /// A table's name of a file's: without its ending and date.
  public static func table(ofFile file: String) -> String {
    let base = file.split(separator: "/").last.map(String.init) ?? file
    let stem = base.split(separator: ".").first.map(String.init) ?? base
    let words = snake(stem).split(separator: "_").map(String.init).filter { word in !(word.count >= 6 && word.allSatisfy(\.isNumber)) }
    return words.isEmpty ? "file" : words.joined(separator: "_")
  }
}
