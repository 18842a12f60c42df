internal import CadastreDialects

/// Cuts UTF-8 bytes into tokens by a dialect's lexical rules. Total: any bytes give tokens, what fits nowhere is `.invalid`.
struct Lexer {
  let bytes: UnsafeBufferPointer<UInt8>
  let end: Int
  let rules: LexicalRules
  let keywords = KeywordTable.shared
  /// How many quotes in the file stand for one: 2 inside a body that itself stands in quotes.
  let quoteWidth: Int
  var at: Int
  /// How many square brackets are open: inside them a colon parts the bounds of a slice.
  var openBrackets = 0
  /// What was once looked for to the end of the text in vain is not looked for again.
  var unclosedTemplates: [UInt8] = []
  var dataNeverEnds = false
  /// The first token behind the last semicolon.
  var statementStart = 0
  var tokens: [Token] = []
  /// Byte ranges of comments, in order.
  var comments: [(Int, Int)] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>, from lower: Int, to upper: Int, rules: LexicalRules, quoteWidth: Int = 1) {
    self.bytes = bytes
    self.quoteWidth = quoteWidth
    self.at = lower
    self.end = upper
    self.rules = rules
    tokens.reserveCapacity((upper - lower) / 5 + 8)
  }

  @inline(__always)
  func peek(_ offset: Int = 0) -> UInt8 { at + offset < end ? bytes[at + offset] : 0 }

  /// Reads to the end. The last token is `.endOfFile`.
  mutating func run() {
    var lineHasToken = false
    while at < end {
      let byte = bytes[at]
      if byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0C || byte == 0x0B {
        at += 1
        continue
      }
      if byte == 0x0A {
        at += 1
        lineHasToken = false
        continue
      }
      if byte == 0x2D, peek(1) == 0x2D {
        lineComment()
        continue
      }
      if byte == 0x2F, peek(1) == 0x2A {
        blockComment()
        continue
      }
      if byte == 0x23, rules.hashComments {
        lineComment()
        continue
      }
      if byte == 0x7B, peek(1) == 0x25 || peek(1) == 0x23, templateBlock() { continue }
      if byte == 0x5C, rules.backslashLines {
        // psql's `\;` is a semicolon that does not send yet
        if peek(1) == 0x3B { emit(.semicolon, 2) } else { directiveLine() }
        statementStart = tokens.count
        continue
      }
      if !lineHasToken, clientLine(byte) { continue }
      lineHasToken = true
      token(byte)
      if byte == 0x3B {
        if rules.backslashLines { copyData() }
        statementStart = tokens.count
        openBrackets = 0
      }
    }
    tokens.append(Token(.endOfFile, end, end))
    if quoteWidth > 1 {
      for index in tokens.indices { tokens[index].quoteWidth = UInt8(clamping: quoteWidth) }
    }
  }

  // MARK: comments and lines of the client

  mutating func lineComment() {
    let start = at
    while at < end, bytes[at] != 0x0A { at += 1 }
    comments.append((start, at))
  }

  mutating func blockComment() {
    let start = at
    var depth = 1
    at += 2
    while at < end, depth > 0 {
      if bytes[at] == 0x2A, peek(1) == 0x2F {
        depth -= 1
        at += 2
      } else if rules.nestedComments, bytes[at] == 0x2F, peek(1) == 0x2A {
        depth += 1
        at += 2
      } else {
        at += 1
      }
    }
    if depth > 0 { tokens.append(Token(.invalid, start, end)) }
    comments.append((start, at))
  }

  // MARK: tokens

  mutating func token(_ byte: UInt8) {
    let start = at
    switch byte {
    case 0x27: string(escapes: rules.backslashEscapes)
    case 0x22:
      quoted(0x22, as: rules.doubleQuoteIsIdentifier ? .quotedName : .string)
    case 0x60 where rules.backtickIdentifiers: quoted(0x60, as: .quotedName)
    case 0x5B where rules.bracketIdentifiers: quoted(0x5D, as: .quotedName)
    case 0x30...0x39: number()
    case 0x2E:
      if isDigit(peek(1)) {
        number()
      } else if peek(1) == 0x2E, !rules.bracketIdentifiers {
        emit(.dotDot, 2)
      } else {
        emit(.dot, 1)
      }
    case 0x40 where rules.atVariables: variable()
    case 0x40 where isTemplateName(): break
    case 0x3C where rules.angleTemplates && angleTemplate(): break
    case 0x23 where rules.hashIdentifiers && (!rules.customOperators || isWordStart(peek(1))): word()
    case 0x24: dollar()
    case 0x7B where peek(1) == 0x7B: placeholder(open: 2, close: 0x7D, twice: true)
    case 0x3A where !rules.sqlcmd && openBrackets == 0 && !endsValue(at: start) && (isWordStart(peek(1)) || (rules.backslashLines && atClientQuote)):
      clientVariable()
    case 0x3F where !rules.dollarParameters || rules.questionParameters:
      var length = 1
      while isDigit(peek(length)) { length += 1 }
      emit(.bindParameter, length)
    case 0xC2 where rules.moneyLiterals && peek(1) >= 0xA2 && peek(1) <= 0xA5 && (isDigit(peek(2)) || peek(2) == 0x2E):
      // a sum in pounds, yen ...
      at += 2
      number(from: start)
    case 0xE2 where rules.moneyLiterals && peek(1) == 0x82 && (isDigit(peek(3)) || peek(3) == 0x2E):
      at += 3
      number(from: start)
    case 0x3C where rules.moneyLiterals && spacedOperator(byte), 0x3E where rules.moneyLiterals && spacedOperator(byte),
      0x21 where rules.moneyLiterals && spacedOperator(byte):
      break
    default:
      if isWordStart(byte) { prefixedOrWord(byte) } else { symbol(byte) }
    }
  }

  /// Whether a token that can end a value touches this place: then a colon goes on with it (`a[1:n]`, `x:y`).
  func endsValue(at start: Int) -> Bool {
    guard let last = tokens.last, Int(last.end) == start else { return false }
    switch last.kind {
    case .word, .number, .rightParen, .rightBracket, .leftBracket, .atVariable, .string, .quotedName, .placeholder, .bindParameter, .colon: return true
    default: return false
    }
  }

  mutating func emit(_ kind: TokenKind, _ length: Int) {
    tokens.append(Token(kind, at, at + length))
    at += length
  }

  /// At a word start: maybe the prefix of a string.
  mutating func prefixedOrWord(_ byte: UInt8) {
    if peek(1) == 0x27 {
      let letter = byte | 0x20
      let start = at
      if letter == 0x6E, rules.nationalStrings {
        at += 1
        string(escapes: rules.backslashEscapes, from: start)
        return
      }
      if rules.postgresStringPrefixes, letter == 0x65 {
        at += 1
        string(escapes: true, from: start)
        return
      }
      if letter == 0x78 || letter == 0x62 {
        at += 1
        string(escapes: false, from: start)
        tokens[tokens.count - 1].kind = .binaryLiteral
        return
      }
    }
    if byte | 0x20 == 0x75, peek(1) == 0x26, peek(2) == 0x27 || peek(2) == 0x22, rules.postgresStringPrefixes {
      let start = at
      at += 2
      if peek() == 0x22 {
        quoted(0x22, as: .quotedName)
        tokens[tokens.count - 1].start = UInt32(truncatingIfNeeded: start)
      } else {
        string(escapes: false, from: start)
      }
      unicodeEscape()
      return
    }
    word()
  }

  /// `UESCAPE 'x'` behind a Unicode string or name is part of it.
  mutating func unicodeEscape() {
    var look = at
    while look < end, bytes[look] == 0x20 || bytes[look] == 0x0A { look += 1 }
    guard look + 7 < end, String(decoding: bytes[look..<(look + 7)], as: UTF8.self).lowercased() == "uescape" else { return }
    look += 7
    while look < end, bytes[look] == 0x20 { look += 1 }
    guard look + 2 < end, bytes[look] == 0x27, bytes[look + 2] == 0x27 else { return }
    at = look + 3
    tokens[tokens.count - 1].end = UInt32(truncatingIfNeeded: at)
  }

  mutating func word() {
    let start = at
    at += 1
    while at < end, isWordPart(bytes[at]) {
      if bytes[at] == 0x24, atPlaceholder { break }
      at += 1
    }
    if at < end, bytes[at] == 0x7B || bytes[at] == 0x24, atPlaceholder {
      // `stg_{{ x }}`, `stg_${x}`: one name with a part that the template fills in
      bytes[at] == 0x7B ? placeholder(open: 2, close: 0x7D, twice: true) : dollar()
      tokens[tokens.count - 1].start = UInt32(truncatingIfNeeded: start)
      return
    }
    tokens.append(Token(.word, start, at, keyword: keywords.keyword(bytes, start, at)))
  }

  mutating func variable() {
    let start = at
    at += 1
    while at < end, isWordPart(bytes[at]) || bytes[at] == 0x40 { at += 1 }
    // `@schema@`: no variable's name ends so
    let isTemplate = at - start > 2 && bytes[at - 1] == 0x40 && bytes[start + 1] != 0x40
    tokens.append(Token(isTemplate ? .placeholder : .atVariable, start, at))
  }

  mutating func string(escapes: Bool, from given: Int? = nil) {
    let start = given ?? at
    at += quoteWidth
    while at < end {
      let byte = bytes[at]
      if byte == 0x5C, escapes {
        at += 2
      } else if byte == 0x27 {
        let run = quotes()
        if run < quoteWidth {
          at += run
        } else if run < 2 * quoteWidth {
          at += quoteWidth
          tokens.append(Token(.string, start, at))
          return
        } else {
          at += 2 * quoteWidth
        }
      } else {
        at += 1
      }
    }
    tokens.append(Token(.invalid, start, end))
    at = end
  }

  /// How many quotes stand here in a row, at most what two of the text's own take.
  @inline(__always)
  func quotes() -> Int {
    var count = 1
    while count < 2 * quoteWidth, peek(count) == 0x27 { count += 1 }
    return count
  }

  mutating func quoted(_ close: UInt8, as kind: TokenKind) {
    let start = at
    at += 1
    while at < end {
      if bytes[at] == close {
        if peek(1) == close {
          at += 2
          continue
        }
        at += 1
        tokens.append(Token(kind, start, at))
        return
      }
      at += 1
    }
    tokens.append(Token(.invalid, start, end))
  }

  mutating func number(from given: Int? = nil) {
    let start = given ?? at
    if bytes[at] == 0x30, peek(1) | 0x20 == 0x78 {
      at += 2
      while at < end {
        if isHex(bytes[at]) || (bytes[at] == 0x5F && rules.underscoresInNumbers) {
          at += 1
        } else if bytes[at] == 0x5C, rules.moneyLiterals, peek(1) == 0x0A || (peek(1) == 0x0D && peek(2) == 0x0A) {
          at += peek(1) == 0x0A ? 2 : 3  // goes on on the next line
        } else {
          break
        }
      }
      tokens.append(Token(.binaryLiteral, start, at))
      return
    }
    if bytes[at] == 0x30, rules.underscoresInNumbers, peek(1) | 0x20 == 0x6F || peek(1) | 0x20 == 0x62 {
      at += 2
      digits()
      tokens.append(Token(.binaryLiteral, start, at))
      return
    }
    digits()
    if at < end, bytes[at] == 0x2E, peek(1) != 0x2E {
      at += 1
      digits()
    }
    if at < end, bytes[at] | 0x20 == 0x65 {
      let sign = peek(1) == 0x2B || peek(1) == 0x2D ? 1 : 0
      if isDigit(peek(1 + sign)) {
        at += 1 + sign
        digits()
      }
    }
    tokens.append(Token(.number, start, at))
  }

  mutating func digits() {
    while at < end, isDigit(bytes[at]) || (bytes[at] == 0x5F && rules.underscoresInNumbers) { at += 1 }
  }

  mutating func dollar() {
    let start = at
    if peek(1) == 0x7B {
      placeholder(open: 2, close: 0x7D, twice: false)
      return
    }
    if rules.sqlcmd, peek(1) == 0x28 {
      placeholder(open: 2, close: 0x29, twice: false)
      return
    }
    if isDigit(peek(1)), rules.dollarParameters {
      at += 1
      while at < end, isDigit(bytes[at]) { at += 1 }
      tokens.append(Token(.bindParameter, start, at))
      return
    }
    if rules.dollarQuotes {
      var look = at + 1
      while look < end, isWordPart(bytes[look]), bytes[look] != 0x24 { look += 1 }
      if look < end, bytes[look] == 0x24 {
        dollarString(tagEnd: look + 1)
        return
      }
    }
    if rules.moneyLiterals, peek(1) == 0x2D || peek(1) == 0x2B, isDigit(peek(2)) {
      at += 2
      number(from: start)
      return
    }
    if rules.moneyLiterals, isDigit(peek(1)) || (peek(1) == 0x2E && isDigit(peek(2))) {
      at += 1
      number(from: start)
      return
    }
    // `$action`, `$identity`
    at += 1
    while at < end, isWordPart(bytes[at]) { at += 1 }
    tokens.append(Token(at > start + 1 ? .word : .invalid, start, at))
  }

  mutating func dollarString(tagEnd: Int) {
    let start = at
    let tag = tagEnd - start
    at = tagEnd
    while at + tag <= end {
      if bytes[at] == 0x24 {
        var same = true
        for offset in 0..<tag where bytes[at + offset] != bytes[start + offset] {
          same = false
          break
        }
        if same {
          at += tag
          tokens.append(Token(.dollarString, start, at))
          return
        }
      }
      at += 1
    }
    at = end
    tokens.append(Token(.invalid, start, end))
  }

  @inline(__always)
  func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  @inline(__always)
  func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66) }

  @inline(__always)
  func isWordStart(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x5F || byte >= 0x80
  }

  @inline(__always)
  func isWordPart(_ byte: UInt8) -> Bool {
    isWordStart(byte) || isDigit(byte) || byte == 0x24 || (rules.hashIdentifiers && (byte == 0x23 || byte == 0x40))
  }
}
