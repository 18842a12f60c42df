internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreModel

/// One part of a name: its spelling without quotes, and whether it was quoted.
public struct NamePart: Sendable, Hashable {
  public var text: String
  public var quoted: Bool

  public init(text: String, quoted: Bool) {
    self.text = text
    self.quoted = quoted
  }
}

extension SyntaxTree {
  /// The parts of a `name`, `alias`, `identifier` or `variable` node, outermost first. A part left out (`db..t`) is empty.
  public func nameParts(_ node: NodeID) -> [NamePart] {
    var parts: [NamePart] = []
    var afterDot = true
    let value = nodes[node]
    for index in Int(value.firstToken)..<Int(value.endToken) {
      let token = tokens[index]
      switch token.kind {
      case .dot:
        if afterDot { parts.append(NamePart(text: "", quoted: false)) }
        afterDot = true
      case .dotDot:
        if afterDot { parts.append(NamePart(text: "", quoted: false)) }
        parts.append(NamePart(text: "", quoted: false))
        afterDot = true
      default:
        if afterDot { parts.append(part(token)) }
        afterDot = false
      }
    }
    return parts
  }

  /// The spelling of one token as a name: quotes taken off and undoubled.
  public func part(_ token: Token) -> NamePart {
    switch token.kind {
    case .quotedName:
      let close = source.bytes[Int(token.end) - 1]
      return NamePart(text: undoubled(Int(token.start) + 1, Int(token.end) - 1, close), quoted: true)
    case .string: return NamePart(text: stringValue(token), quoted: true)
    default: return NamePart(text: source.text(SourceRange(token.start, token.end)), quoted: false)
    }
  }

  /// The value of a string token: prefix and quotes taken off, doubled quotes and (where the string has them) backslash escapes undone.
  public func stringValue(_ token: Token) -> String {
    var lower = Int(token.start)
    let bytes = source.bytes
    if token.kind == .dollarString {
      var tag = lower + 1
      while tag < Int(token.end), bytes[tag] != 0x24 { tag += 1 }
      let length = tag + 1 - lower
      return String(decoding: bytes[(tag + 1)..<max(tag + 1, Int(token.end) - length)], as: UTF8.self)
    }
    let escapes = bytes[lower] | 0x20 == 0x65 || (bytes[lower] == 0x27 && Dialect.named(dialect).lexical.backslashEscapes)
    while lower < Int(token.end), bytes[lower] != 0x27, bytes[lower] != 0x22 { lower += 1 }
    let quote = bytes[min(lower, bytes.count - 1)]
    let upper = max(lower + 1, Int(token.end) - 1)
    return escapes ? unescaped(lower + 1, upper) : undoubled(lower + 1, upper, quote)
  }

  private func undoubled(_ lower: Int, _ upper: Int, _ quote: UInt8) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(max(0, upper - lower))
    var at = lower
    while at < upper {
      out.append(source.bytes[at])
      at += source.bytes[at] == quote && at + 1 < upper && source.bytes[at + 1] == quote ? 2 : 1
    }
    return String(decoding: out, as: UTF8.self)
  }

  private func unescaped(_ lower: Int, _ upper: Int) -> String {
    var out: [UInt8] = []
    var at = lower
    while at < upper {
      let byte = source.bytes[at]
      if byte == 0x5C, at + 1 < upper {
        let next = source.bytes[at + 1]
        switch next {
        case 0x6E: out.append(0x0A)
        case 0x74: out.append(0x09)
        case 0x72: out.append(0x0D)
        default: out.append(next)
        }
        at += 2
      } else {
        out.append(byte)
        at += byte == 0x27 && at + 1 < upper && source.bytes[at + 1] == 0x27 ? 2 : 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
