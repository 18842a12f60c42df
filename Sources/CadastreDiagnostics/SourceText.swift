/// The bytes of one input with the name under which findings about it are printed.
///
/// The text is UTF-8. Offsets everywhere in Cadastre are UTF-8 byte offsets, half-open, 32 bits wide;
/// lines and columns are 1-based, columns count bytes.
public struct SourceText: Sendable {
  /// Path or other name of the input, as the user spelled it.
  public let name: String
  /// UTF-8, without a byte order mark. Decoders replace what is not valid UTF-8 before the text gets here.
  public let bytes: [UInt8]
  /// Byte offset of the first byte of each line. Always holds at least one element, zero.
  public let lineStarts: [UInt32]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    var starts: [UInt32] = [0]
    bytes.withUnsafeBufferPointer { buffer in
      for index in buffer.indices where buffer[index] == 0x0A { starts.append(UInt32(index + 1)) }
    }
    self.lineStarts = starts
  }

  public init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// Line and column (both 1-based) of a byte offset. Offsets past the end answer with the last position.
  public func position(of offset: UInt32) -> SourcePosition {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return SourcePosition(line: low + 1, column: Int(offset) - Int(lineStarts[low]) + 1)
  }

  /// The text of a range, decoded as UTF-8 with replacement; at most `limit` bytes of it.
  public func text(_ range: SourceRange, limit: Int = .max) -> String {
    let lower = min(Int(range.lower), bytes.count)
    let upper = max(lower, min(Int(range.upper), bytes.count))
    let end = upper - lower > limit ? lower + limit : upper
    return String(decoding: bytes[lower..<end], as: UTF8.self)
  }

  /// The text of a line (1-based) without its line end; empty when there is no such line.
  public func line(_ number: Int) -> String {
    guard number >= 1, number <= lineStarts.count else { return "" }
    let lower = Int(lineStarts[number - 1])
    var upper = number < lineStarts.count ? Int(lineStarts[number]) : bytes.count
    while upper > lower, bytes[upper - 1] == 0x0A || bytes[upper - 1] == 0x0D { upper -= 1 }
    return String(decoding: bytes[lower..<upper], as: UTF8.self)
  }
}

/// A place in a text: 1-based line, 1-based column in bytes.
public struct SourcePosition: Sendable, Hashable, Codable {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// UTF-8 byte offsets, half-open.
public struct SourceRange: Sendable, Hashable {
  public var lower: UInt32
  public var upper: UInt32

  public init(_ lower: UInt32, _ upper: UInt32) {
    self.lower = lower
    self.upper = upper
  }

  public var isEmpty: Bool { upper <= lower }
}
