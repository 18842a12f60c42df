/// How an input's bytes were written.
public enum TextEncoding: String, Sendable, Hashable, Codable {
  case utf8 = "utf-8"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"
  case windows1252 = "windows-1252"
}

/// An input as UTF-8, with what had to be done to get there.
public struct DecodedText: Sendable {
  /// Valid UTF-8 without a byte order mark.
  public var bytes: [UInt8]
  public var encoding: TextEncoding
  public var hadByteOrderMark: Bool

  /// Decodes a script: UTF-8 or UTF-16 by byte order mark, UTF-8 without one when it is valid, else Windows-1252.
  /// Answers `nil` for bytes that are no text: a NUL where no UTF-16 was announced or apparent.
  public init?(decoding raw: [UInt8]) {
    if raw.starts(with: [0xEF, 0xBB, 0xBF]) {
      let rest = Array(raw.dropFirst(3))
      guard !rest.contains(0) else { return nil }
      self.init(bytes: String(validating: rest, as: UTF8.self) == nil ? Self.fromWindows1252(rest) : rest, encoding: .utf8, hadByteOrderMark: true)
    } else if raw.starts(with: [0xFF, 0xFE]) {
      self.init(bytes: Self.fromUTF16(raw.dropFirst(2), low: 0), encoding: .utf16LittleEndian, hadByteOrderMark: true)
    } else if raw.starts(with: [0xFE, 0xFF]) {
      self.init(bytes: Self.fromUTF16(raw.dropFirst(2), low: 1), encoding: .utf16BigEndian, hadByteOrderMark: true)
    } else if let low = Self.apparentUTF16(raw) {
      self.init(
        bytes: Self.fromUTF16(raw[...], low: low), encoding: low == 0 ? .utf16LittleEndian : .utf16BigEndian, hadByteOrderMark: false)
    } else if raw.contains(0) {
      return nil
    } else if String(validating: raw, as: UTF8.self) != nil {
      self.init(bytes: raw, encoding: .utf8, hadByteOrderMark: false)
    } else {
      guard !Self.looksBinary(raw) else { return nil }
      self.init(bytes: Self.fromWindows1252(raw), encoding: .windows1252, hadByteOrderMark: false)
    }
  }

  private init(bytes: [UInt8], encoding: TextEncoding, hadByteOrderMark: Bool) {
    self.bytes = bytes
    self.encoding = encoding
    self.hadByteOrderMark = hadByteOrderMark
  }

  /// ASCII text in UTF-16 without a mark has a NUL in every other byte.
  private static func apparentUTF16(_ raw: [UInt8]) -> Int? {
    guard raw.count >= 4, raw.count % 2 == 0 else { return nil }
    let sample = raw.prefix(64)
    var zeros = [0, 0]
    for (index, byte) in sample.enumerated() where byte == 0 { zeros[index % 2] += 1 }
    let half = sample.count / 2
    if zeros[1] == half, zeros[0] == 0 { return 0 }
    if zeros[0] == half, zeros[1] == 0 { return 1 }
    return nil
  }

  private static func looksBinary(_ raw: [UInt8]) -> Bool {
    let sample = raw.prefix(4096)
    let controls = sample.reduce(0) { $0 + ($1 < 0x20 && $1 != 0x09 && $1 != 0x0A && $1 != 0x0D && $1 != 0x0C ? 1 : 0) }
    return controls * 50 > sample.count
  }

  private static func fromUTF16(_ raw: ArraySlice<UInt8>, low: Int) -> [UInt8] {
    var units: [UInt16] = []
    units.reserveCapacity(raw.count / 2)
    var index = raw.startIndex
    while index + 1 < raw.endIndex {
      units.append(UInt16(raw[index + low]) | UInt16(raw[index + 1 - low]) << 8)
      index += 2
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// <https://encoding.spec.whatwg.org/#windows-1252>
  private static let windows1252High: [UInt32] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
    0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
  ]

  private static func fromWindows1252(_ raw: [UInt8]) -> [UInt8] {
    var scalars = String.UnicodeScalarView()
    for byte in raw {
      let value = byte >= 0x80 && byte < 0xA0 ? windows1252High[Int(byte) - 0x80] : UInt32(byte)
      scalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
    }
    return Array(String(scalars).utf8)
  }
}

/// The first byte of an input that no text has.
public struct TextFault: Sendable, Hashable {
  public var byte: UInt8
  /// 1-based; the column counts bytes.
  public var position: SourcePosition

  /// - Parameter raw: bytes that could not be decoded; answers `nil` where they hold nothing but text.
  public init?(in raw: [UInt8]) {
    guard let at = raw.firstIndex(of: 0) ?? raw.firstIndex(where: { TextFault.isControl($0) }) else { return nil }
    var line = 1
    var lineStart = 0
    for index in 0..<at where raw[index] == 0x0A {
      line += 1
      lineStart = index + 1
    }
    byte = raw[at]
    position = SourcePosition(line: line, column: at - lineStart + 1)
  }

  /// A control character that is no blank.
  private static func isControl(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x09, 0x0A, 0x0C, 0x0D: false
    default: byte < 0x20
    }
  }
}
