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

  /// The innermost part of a name.
  public func lastPart(_ node: NodeID) -> NamePart? {
    let value = nodes[node]
    guard value.endToken == value.firstToken + 1, tokens[Int(value.firstToken)].kind != .dot else { return nameParts(node).last }
    let token = tokens[Int(value.firstToken)]
    return part(token)
  }

  /// Whether a name is one word, or two with a dot and nothing else between them, none of which the grammar knows.
  public func isPlainWord(_ node: NodeID) -> Bool {
    let value = nodes[node]
    let tokens = tokens[Int(value.firstToken)..<Int(value.endToken)]
    guard tokens.count == 1 || tokens.count == 3 else { return false }
    var end = tokens.first?.start
    for token in tokens {
      if token.start != end || !(token.kind == .dot || token.kind == .word && token.keyword == .none_) { return false }
      end = token.end
    }
    return true
  }

  /// The two parts of `a.b`; `nil` for a name of any other shape.
  public func pair(_ node: NodeID) -> (NamePart, NamePart)? {
    let value = nodes[node]
    let first = Int(value.firstToken)
    guard value.endToken == value.firstToken + 3, tokens[first + 1].kind == .dot, tokens[first].kind != .dot, tokens[first + 2].kind != .dot else { return nil }
    return (part(tokens[first]), part(tokens[first + 2]))
  }

  /// The spelling of one token as a name: quotes taken off and undoubled.
  public func part(_ token: Token) -> NamePart {
    switch token.kind {
    case .quotedName:
      if source.bytes[Int(token.start)] | 0x20 == 0x75 { return NamePart(text: unicodeName(token), quoted: true) }
      let close = source.bytes[Int(token.end) - 1]
      return NamePart(text: undoubled(Int(token.start) + 1, Int(token.end) - 1, close), quoted: true)
    case .string: return NamePart(text: stringValue(token), quoted: true)
    default: return NamePart(text: source.text(SourceRange(token.start, token.end)), quoted: false)
    }
  }

  /// The name of `U&"..." [UESCAPE 'x']`.
  private func unicodeName(_ token: Token) -> String {
    let text = source.text(SourceRange(token.start, token.end))
    guard let open = text.firstIndex(of: "\""), let close = text.lastIndex(of: "\""), open < close else { return text }
    let escape: Character = text[close...].count > 3 ? text.dropLast().last ?? "\\" : "\\"
    var result = ""
    var rest = text[text.index(after: open)..<close]
    while let letter = rest.first {
      rest = rest.dropFirst()
      guard letter == escape else {
        result.append(letter)
        continue
      }
      if rest.first == escape {
        result.append(escape)
        rest = rest.dropFirst()
        continue
      }
      let long = rest.first == "+"
      let digits = rest.dropFirst(long ? 1 : 0).prefix(long ? 6 : 4)
      if let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) { result.unicodeScalars.append(scalar) }
      rest = rest.dropFirst(digits.count + (long ? 1 : 0))
    }
    return result
  }

  /// The value of a string token: prefix and quotes taken off, doubled quotes and (where the string has them) backslash escapes undone.
  public func stringValue(_ token: Token) -> String {
    var lower = Int(token.start)
    let bytes = source.bytes
    let width = Int(token.quoteWidth)
    if token.kind == .dollarString {
      var tag = lower + 1
      while tag < Int(token.end), bytes[tag] != 0x24 { tag += 1 }
      let length = tag + 1 - lower
      return collapsed(tag + 1, max(tag + 1, Int(token.end) - length), 0x27, run: width)
    }
    let escapes = bytes[lower] | 0x20 == 0x65 || (bytes[lower] == 0x27 && Dialect.named(dialect).lexical.backslashEscapes)
    while lower < Int(token.end), bytes[lower] != 0x27, bytes[lower] != 0x22 { lower += 1 }
    let quote = bytes[min(lower, bytes.count - 1)]
    let marks = quote == 0x27 ? width : 1
    let upper = max(lower + marks, Int(token.end) - marks)
    return escapes ? unescaped(lower + marks, upper) : collapsed(lower + marks, upper, quote, run: 2 * marks)
  }

  private func undoubled(_ lower: Int, _ upper: Int, _ quote: UInt8) -> String { collapsed(lower, upper, quote, run: 2) }

  /// The bytes of a range with each run of so many quotes made one.
  private func collapsed(_ lower: Int, _ upper: Int, _ quote: UInt8, run: Int) -> String {
    guard run > 1 else { return String(decoding: source.bytes[lower..<upper], as: UTF8.self) }
    var out: [UInt8] = []
    out.reserveCapacity(max(0, upper - lower))
    var at = lower
    while at < upper {
      out.append(source.bytes[at])
      var length = 1
      if source.bytes[at] == quote { while length < run, at + length < upper, source.bytes[at + length] == quote { length += 1 } }
      at += length == run ? run : 1
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
