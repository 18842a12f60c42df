/// How a delimited file is written, as far as a sample tells.
public struct FileShape: Sendable, Hashable {
  public var encoding: String
  public var hasByteOrderMark: Bool
  /// One byte: comma, tab, semicolon, pipe, caret or unit separator.
  public var delimiter: UInt8
  public var quote: UInt8?
  /// `lf`, `crlf`, `cr` or `mixed`.
  public var lineEnd: String
  public var hasHeader: Bool

  public init(encoding: String, hasByteOrderMark: Bool, delimiter: UInt8, quote: UInt8?, lineEnd: String, hasHeader: Bool) {
    self.encoding = encoding
    self.hasByteOrderMark = hasByteOrderMark
    self.delimiter = delimiter
    self.quote = quote
    self.lineEnd = lineEnd
    self.hasHeader = hasHeader
  }

  private static let delimiters: [UInt8] = [0x2C, 0x09, 0x3B, 0x7C, 0x5E, 0x01]

  /// Reads the shape off the first bytes of a file. `nil` for bytes that are no text.
  public init?(sample: [UInt8]) {
    var body = sample[...]
    var encoding = "utf-8"
    var mark = false
    if sample.starts(with: [0xEF, 0xBB, 0xBF]) {
      mark = true
      body = sample.dropFirst(3)
    } else if sample.starts(with: [0xFF, 0xFE]) || sample.starts(with: [0xFE, 0xFF]) {
      encoding = sample[0] == 0xFF ? "utf-16le" : "utf-16be"
      mark = true
    }
    if encoding == "utf-8" {
      guard !body.contains(0) else { return nil }
      encoding = FileShape.utf8Faults(body) * 200 > body.count ? "windows-1252" : "utf-8"
    }
    var best: (score: Int, delimiter: UInt8, quote: UInt8?) = (0, 0x2C, nil)
    let text = encoding.hasPrefix("utf-16") ? body.filter { $0 != 0 }[...] : body
    for candidate in FileShape.delimiters {
      let score = FileShape.score(text, candidate)
      if score > best.score { best = (score, candidate, text.contains(0x22) ? 0x22 : nil) }
    }
    let (lines, crlf, cr) = FileShape.lineEnds(text)
    let lineEnd = crlf > 0 && lines > crlf || cr > 0 && lines > 0 ? "mixed" : crlf > 0 ? "crlf" : cr > 0 ? "cr" : "lf"
    self.init(encoding: encoding, hasByteOrderMark: mark, delimiter: best.delimiter, quote: best.quote, lineEnd: lineEnd, hasHeader: false)
    hasHeader = FileShape.looksLikeHeader(text, best.delimiter)
  }

  /// Bytes that are not valid UTF-8.
  private static func utf8Faults(_ bytes: ArraySlice<UInt8>) -> Int {
    var faults = 0
    var follow = 0
    for byte in bytes {
      if follow > 0 {
        if byte & 0xC0 == 0x80 {
          follow -= 1
          continue
        }
        faults += 1
        follow = 0
      }
      if byte < 0x80 { continue }
      if byte & 0xE0 == 0xC0 { follow = 1 } else if byte & 0xF0 == 0xE0 { follow = 2 } else if byte & 0xF8 == 0xF0 { follow = 3 } else { faults += 1 }
    }
    return faults
  }

  /// How evenly a delimiter stands in the first lines: its count in the commonest, times how many lines have it.
  private static func score(_ bytes: ArraySlice<UInt8>, _ delimiter: UInt8) -> Int {
    var counts: [Int: Int] = [:]
    var inQuotes = false
    var current = 0
    var lines = 0
    for byte in bytes {
      if byte == 0x22 { inQuotes.toggle() }
      if inQuotes { continue }
      if byte == delimiter { current += 1 }
      if byte == 0x0A {
        if current > 0 { counts[current, default: 0] += 1 }
        current = 0
        lines += 1
        if lines > 100 { break }
      }
    }
    if lines == 0, current > 0 { counts[current] = 1 }
    guard let commonest = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return 0 }
    return commonest.value * 10 + commonest.key
  }

  private static func lineEnds(_ bytes: ArraySlice<UInt8>) -> (lines: Int, crlf: Int, cr: Int) {
    var lines = 0
    var crlf = 0
    var cr = 0
    var previous: UInt8 = 0
    var inQuotes = false
    for byte in bytes {
      if byte == 0x22 { inQuotes.toggle() }
      if inQuotes { continue }
      if byte == 0x0A {
        lines += 1
        if previous == 0x0D { crlf += 1 }
      } else if previous == 0x0D {
        cr += 1
      }
      previous = byte
    }
    return (lines, crlf, cr)
  }

  /// A header has names in every field: no digits first, nothing empty, no value twice.
  private static func looksLikeHeader(_ bytes: ArraySlice<UInt8>, _ delimiter: UInt8) -> Bool {
    let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    let fields = line.split(separator: delimiter, omittingEmptySubsequences: false).map { field in field.filter { $0 != 0x22 } }
    guard !fields.isEmpty, Set(fields).count == fields.count else { return false }
    return fields.allSatisfy { field in
      guard let first = field.first(where: { $0 != 0x20 }) else { return false }
      return (first | 0x20 >= 0x61 && first | 0x20 <= 0x7A) || first == 0x5F || first >= 0x80
    }
  }
}
