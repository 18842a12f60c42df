/// Values as JSON, for what is written in too great a number for an encoder. RFC 8259.
public enum JSONText {
  /// A string in its quotes, UTF-8: quotes, backslashes and control characters escaped.
  public static func string(_ text: String) -> [UInt8] {
    var result: [UInt8] = [0x22]
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C: result += [0x5C, byte]
      case 0x0A: result += [0x5C, 0x6E]
      case 0x0D: result += [0x5C, 0x72]
      case 0x09: result += [0x5C, 0x74]
      case 0x08: result += [0x5C, 0x62]
      case 0x0C: result += [0x5C, 0x66]
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        result += [0x5C, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: result.append(byte)
      }
    }
    result.append(0x22)
    return result
  }

  /// An array of strings, UTF-8.
  public static func strings(_ texts: [String]) -> [UInt8] { [0x5B] + texts.map(string).joined(separator: [0x2C]) + [0x5D] }

  /// A finite number in the shortest form that reads back as the same.
  public static func number(_ value: Double) -> [UInt8] {
    value == value.rounded() && abs(value) < 1e15 ? Array(String(Int64(value)).utf8) : Array(String(value).utf8)
  }
}
