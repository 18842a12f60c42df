internal import CadastreModel
public import CadastreStore

/// Reads a moment as people write it.
public enum Instant {
  /// What is understood, for messages.
  public static let forms = "2026-11-25, 2026-11-25T14:30, 2026-11-25T14:30:00Z, 2026-11-25T14:30:00+01:00, or @17 for the moment after change 17"

  /// A moment: a date (its last instant), a date and time (UTC where no zone is given), or `@N` for the moment after a change; `nil` for anything else.
  public static func moment(_ text: String) -> Moment? {
    if text.hasPrefix("@") { return Int64(text.dropFirst()).flatMap { $0 >= 0 ? .change($0) : nil } }
    return utc(text).map(Moment.instant)
  }

  /// The instant in UTC, ISO 8601 with microseconds, as changes have it.
  static func utc(_ text: String) -> String? {
    var reader = Reader(bytes: Array(text.utf8))
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"), let day = reader.number(2) else { return nil }
    guard (1...12).contains(month), day >= 1, day <= daysOf(month, year) else { return nil }
    if reader.isAtEnd { return rendered(days(year, month, day) * 86_400 + 86_399, micros: "999999") }
    guard reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(2), reader.take(":"), let minute = reader.number(2) else { return nil }
    var second = 0
    var micros = "000000"
    if reader.take(":") {
      guard let value = reader.number(2) else { return nil }
      second = value
      if reader.take(".") {
        guard let fraction = reader.digits() else { return nil }
        micros = String((fraction + "000000").prefix(6))
      }
    }
    guard hour < 24, minute < 60, second < 61 else { return nil }
    var offset = 0
    if !reader.take("Z"), !reader.take("z"), !reader.isAtEnd {
      let sign = reader.take("+") ? 1 : reader.take("-") ? -1 : 0
      guard sign != 0, let hours = reader.number(2), reader.take(":") || !reader.isAtEnd, let minutes = reader.number(2), hours < 24, minutes < 60 else { return nil }
      offset = sign * (hours * 3600 + minutes * 60)
    }
    guard reader.isAtEnd else { return nil }
    return rendered(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset, micros: micros)
  }

  private struct Reader {
    let bytes: [UInt8]
    var at = 0

    var isAtEnd: Bool { at == bytes.count }

    mutating func take(_ letter: Unicode.Scalar) -> Bool {
      guard at < bytes.count, UInt32(bytes[at]) == letter.value else { return false }
      at += 1
      return true
    }

    mutating func number(_ width: Int) -> Int? {
      guard at + width <= bytes.count, bytes[at..<at + width].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
      defer { at += width }
      return bytes[at..<at + width].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    mutating func digits() -> String? {
      let start = at
      while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 { at += 1 }
      return at > start ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
    }
  }

  private static func daysOf(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  // The proleptic Gregorian calendar as days since 1970. https://howardhinnant.github.io/date_algorithms.html

  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func rendered(_ seconds: Int, micros: String) -> String {
    let day = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let rest = seconds - day * 86_400
    let z = day + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let part = (5 * dayOfYear + 2) / 153
    let month = part < 10 ? part + 3 : part - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func padded(_ value: Int, _ width: Int = 2) -> String { String(repeating: "0", count: max(0, width - String(value).count)) + String(value) }
    return "\(padded(year, 4))-\(padded(month))-\(padded(dayOfYear - (153 * part + 2) / 5 + 1))T\(padded(rest / 3600)):\(padded(rest / 60 % 60)):\(padded(rest % 60)).\(micros)Z"
  }
}
