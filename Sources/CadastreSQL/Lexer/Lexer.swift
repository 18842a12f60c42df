internal import CadastreDialects

/// Cuts UTF-8 bytes into tokens by a dialect's lexical rules. Total: any bytes give tokens, what fits nowhere is `.invalid`.
struct Lexer {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  private let rules: LexicalRules
  private let keywords = KeywordTable.shared
  /// How many quotes in the file stand for one: 2 inside a body that itself stands in quotes.
  private let quoteWidth: Int
  private var at: Int
  /// The first token behind the last semicolon.
  private var statementStart = 0
  private(set) var tokens: [Token] = []
  /// Byte ranges of comments, in order.
  private(set) var comments: [(Int, Int)] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>, from lower: Int, to upper: Int, rules: LexicalRules, quoteWidth: Int = 1) {
    self.bytes = bytes
    self.quoteWidth = quoteWidth
    self.at = lower
    self.end = upper
    self.rules = rules
    tokens.reserveCapacity((upper - lower) / 5 + 8)
  }

  @inline(__always)
  private func peek(_ offset: Int = 0) -> UInt8 { at + offset < end ? bytes[at + offset] : 0 }

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
      }
    }
    tokens.append(Token(.endOfFile, end, end))
    if quoteWidth > 1 {
      for index in tokens.indices { tokens[index].quoteWidth = UInt8(clamping: quoteWidth) }
    }
  }

  // MARK: comments and lines of the client

  private mutating func lineComment() {
    let start = at
    while at < end, bytes[at] != 0x0A { at += 1 }
    comments.append((start, at))
  }

  private mutating func blockComment() {
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

  /// A line that belongs to the client program rather than to SQL; only asked at the first token of a line.
  private mutating func clientLine(_ byte: UInt8) -> Bool {
    if rules.goLines, byte | 0x20 == 0x67, peek(1) | 0x20 == 0x6F {
      var look = at + 2
      while look < end, bytes[look] == 0x20 || bytes[look] == 0x09 { look += 1 }
      while look < end, isDigit(bytes[look]) { look += 1 }
      while look < end, bytes[look] == 0x20 || bytes[look] == 0x09 || bytes[look] == 0x0D || bytes[look] == 0x3B { look += 1 }
      let comment = look + 1 < end && bytes[look] == 0x2D && bytes[look + 1] == 0x2D
      let first = peek(2)
      if look >= end || bytes[look] == 0x0A || comment, first == 0 || !isWordPart(first) {
        tokens.append(Token(.batchSeparator, at, min(look, end)))
        at = look
        return true
      }
    }
    if rules.sqlcmd, (byte == 0x3A && (isWordStart(peek(1)) || peek(1) == 0x21)) || (byte == 0x21 && peek(1) == 0x21) {
      directiveLine()
      return true
    }
    return false
  }

  private mutating func directiveLine() {
    let start = at
    while at < end, bytes[at] != 0x0A { at += 1 }
    tokens.append(Token(.directive, start, at))
    if rules.backslashLines, at - start > 12, String(decoding: bytes[start..<at], as: UTF8.self).lowercased().hasPrefix("\\copy") {
      if String(decoding: bytes[start..<at], as: UTF8.self).lowercased().contains("from stdin") { dataLines() }
    }
  }

  /// `{% ... %}`, `{# ... #}` of a template: a comment.
  private mutating func templateBlock() -> Bool {
    let close = bytes[at + 1]
    var look = at + 2
    while look + 1 < end {
      if bytes[look] == close, bytes[look + 1] == 0x7D {
        comments.append((at, look + 2))
        at = look + 2
        return true
      }
      look += 1
    }
    return false
  }

  /// Behind the semicolon of COPY ... FROM stdin: the lines of data, to `\.`, are the client's.
  /// <https://www.postgresql.org/docs/17/sql-copy.html#SQL-COPY-FILE-FORMATS>
  private mutating func copyData() {
    guard statementStart < tokens.count, tokens[statementStart].keyword == .copy,
      tokens[statementStart...].contains(where: { $0.keyword == .stdin })
    else { return }
    dataLines()
  }

  /// The lines of data from the next line on, to `\.`.
  private mutating func dataLines() {
    var line = at
    while line < end, bytes[line] != 0x0A { line += 1 }
    var look = line
    while look < end {
      // at a line's end: is the next line `\.`?
      if look + 2 < end, bytes[look + 1] == 0x5C, bytes[look + 2] == 0x2E,
        look + 3 >= end || bytes[look + 3] == 0x0A || bytes[look + 3] == 0x0D
      {
        tokens.append(Token(.directive, line + 1, look + 3))
        at = look + 3
        return
      }
      look += 1
      while look < end, bytes[look] != 0x0A { look += 1 }
    }
  }

  // MARK: tokens

  private mutating func token(_ byte: UInt8) {
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
    case 0x3A where !rules.sqlcmd && !endsValue(at: start) && (isWordStart(peek(1)) || (rules.backslashLines && atClientQuote)):
      clientVariable()
    case 0x3F where !rules.dollarParameters: emit(.bindParameter, 1)
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
  private func endsValue(at start: Int) -> Bool {
    guard let last = tokens.last, Int(last.end) == start else { return false }
    switch last.kind {
    case .word, .number, .rightParen, .rightBracket, .leftBracket, .atVariable, .string, .quotedName, .placeholder, .bindParameter, .colon: return true
    default: return false
    }
  }

  /// `:'name'`, `:"name"` and `:{?name}` of psql.
  private var atClientQuote: Bool {
    (peek(1) == 0x27 || peek(1) == 0x22) && isWordStart(peek(2)) || peek(1) == 0x7B && peek(2) == 0x3F
  }

  /// `:name`, `:'name'`, `:"name"`, `:{?name}`.
  private mutating func clientVariable() {
    let start = at
    at += 1
    let quote = peek()
    let quoted = quote == 0x27 || quote == 0x22 || quote == 0x7B
    if quoted { at += quote == 0x7B ? 2 : 1 }
    while at < end, isWordPart(bytes[at]) { at += 1 }
    if quoted, peek() == quote || peek() == 0x7D { at += 1 }
    tokens.append(Token(.placeholder, start, at))
  }

  /// `@name@`, `@extschema:name@`: takes it if it is one.
  private mutating func isTemplateName() -> Bool {
    guard let close = templateName(from: at) else { return false }
    let start = at
    at = close
    while at < end, isWordPart(bytes[at]) { at += 1 }
    tokens.append(Token(.placeholder, start, at))
    return true
  }

  /// The end of a `@name@` that begins at an offset.
  private func templateName(from start: Int) -> Int? {
    guard start + 1 < end, isWordStart(bytes[start + 1]) else { return nil }
    var look = start + 1
    while look < end, isWordPart(bytes[look]) || bytes[look] == 0x3A { look += 1 }
    return look < end && bytes[look] == 0x40 ? look + 1 : nil
  }

  /// `<name, type, value>` or `<name>`: takes it if it is one.
  private mutating func angleTemplate() -> Bool {
    guard isWordStart(peek(1)) else { return false }
    var look = at + 1
    var commas = 0
    var blanks = false
    while look < end, look - at < 200, bytes[look] != 0x3E {
      switch bytes[look] {
      case 0x0A, 0x3B, 0x28, 0x29, 0x27, 0x3C, 0x3D: if commas < 2 || bytes[look] == 0x0A { return false }
      case 0x2C: commas += 1
      case 0x20, 0x09: if commas == 0 { blanks = true }
      default: break
      }
      look += 1
    }
    guard look < end, bytes[look] == 0x3E, commas == 2 || (commas == 0 && !blanks) else { return false }
    tokens.append(Token(.placeholder, at, look + 1))
    at = look + 1
    return true
  }

  private mutating func emit(_ kind: TokenKind, _ length: Int) {
    tokens.append(Token(kind, at, at + length))
    at += length
  }

  /// At a word start: maybe the prefix of a string.
  private mutating func prefixedOrWord(_ byte: UInt8) {
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
  private mutating func unicodeEscape() {
    var look = at
    while look < end, bytes[look] == 0x20 || bytes[look] == 0x0A { look += 1 }
    guard look + 7 < end, String(decoding: bytes[look..<(look + 7)], as: UTF8.self).lowercased() == "uescape" else { return }
    look += 7
    while look < end, bytes[look] == 0x20 { look += 1 }
    guard look + 2 < end, bytes[look] == 0x27, bytes[look + 2] == 0x27 else { return }
    at = look + 3
    tokens[tokens.count - 1].end = UInt32(truncatingIfNeeded: at)
  }

  private mutating func word() {
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

  /// Whether `{{`, `${` or `$(` stands here.
  private var atPlaceholder: Bool {
    bytes[at] == 0x7B ? peek(1) == 0x7B : peek(1) == 0x7B || (rules.sqlcmd && peek(1) == 0x28)
  }

  private mutating func variable() {
    let start = at
    at += 1
    while at < end, isWordPart(bytes[at]) || bytes[at] == 0x40 { at += 1 }
    // `@schema@`: no variable's name ends so
    let isTemplate = at - start > 2 && bytes[at - 1] == 0x40 && bytes[start + 1] != 0x40
    tokens.append(Token(isTemplate ? .placeholder : .atVariable, start, at))
  }

  private mutating func string(escapes: Bool, from given: Int? = nil) {
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
  private func quotes() -> Int {
    var count = 1
    while count < 2 * quoteWidth, peek(count) == 0x27 { count += 1 }
    return count
  }

  private mutating func quoted(_ close: UInt8, as kind: TokenKind) {
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

  private mutating func number(from given: Int? = nil) {
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

  private mutating func digits() {
    while at < end, isDigit(bytes[at]) || (bytes[at] == 0x5F && rules.underscoresInNumbers) { at += 1 }
  }

  private mutating func dollar() {
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

  private mutating func dollarString(tagEnd: Int) {
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

  private mutating func placeholder(open: Int, close: UInt8, twice: Bool) {
    let start = at
    at += open
    while at < end, twice || bytes[at] != 0x0A {
      if bytes[at] == close, !twice || peek(1) == close {
        at += twice ? 2 : 1
        while at < end, isWordPart(bytes[at]) { at += 1 }
        tokens.append(Token(.placeholder, start, at))
        return
      }
      at += 1
    }
    tokens.append(Token(.invalid, start, at))
  }

  private mutating func symbol(_ byte: UInt8) {
    let next = peek(1)
    if rules.customOperators, isOperator(byte) { return customOperator(byte) }
    switch byte {
    case 0x2C: emit(.comma, 1)
    case 0x3B: emit(.semicolon, 1)
    case 0x28: emit(.leftParen, 1)
    case 0x29: emit(.rightParen, 1)
    case 0x5B: emit(.leftBracket, 1)
    case 0x5D: emit(.rightBracket, 1)
    case 0x7B: emit(.leftBrace, 1)
    case 0x7D: emit(.rightBrace, 1)
    case 0x3D: if next == 0x3E { emit(.fatArrow, 2) } else { emit(.equal, 1) }
    case 0x3C:
      if next == 0x3D { emit(.lessEqual, 2) } else if next == 0x3E { emit(.notEqual, 2) } else if isOperator(next), next != 0x2D {
        operatorRun()
      } else { emit(.less, 1) }
    case 0x3E:
      if next == 0x3D { emit(.greaterEqual, 2) } else if next == 0x3E { emit(.otherOperator, 2) } else { emit(.greater, 1) }
    case 0x21:
      if next == 0x3D { emit(.notEqual, 2) } else if next == 0x3C { emit(.greaterEqual, 2) } else if next == 0x3E {
        emit(.lessEqual, 2)
      } else { operatorRun() }
    case 0x3A:
      if next == 0x3A { emit(.doubleColon, 2) } else if next == 0x3D { emit(.assign, 2) } else { emit(.colon, 1) }
    case 0x7C:
      if next == 0x7C { emit(.concat, peek(2) == 0x2F ? 3 : 2) } else if next == 0x3D, rules.atVariables { emit(.compoundAssign, 2) } else {
        emit(.pipe, 1)
      }
    case 0x2D:
      if next == 0x3E { emit(.otherOperator, peek(2) == 0x3E ? 3 : 2) } else { arithmetic(.hyphen) }
    case 0x2B: arithmetic(.plus)
    case 0x2A: arithmetic(.star)
    case 0x2F: arithmetic(.slash)
    case 0x25: arithmetic(.percentSign)
    case 0x26:
      if next == 0x26 { emit(.otherOperator, 2) } else { arithmetic(.ampersand) }
    case 0x5E: arithmetic(.caret)
    case 0x7E, 0x40, 0x23, 0x3F:
      if byte == 0x7E, !isOperator(next) { emit(.tilde, 1) } else { operatorRun() }
    default:
      var length = 1
      while at + length < end, bytes[at + length] & 0xC0 == 0x80 { length += 1 }
      emit(.invalid, length)
    }
  }

  /// `> =`, `< >`, `! =`: SQL Server reads them as one operator.
  private mutating func spacedOperator(_ byte: UInt8) -> Bool {
    var look = at + 1
    while look < end, bytes[look] == 0x20 { look += 1 }
    guard look > at + 1, look < end else { return false }
    let kind: TokenKind
    switch (byte, bytes[look]) {
    case (0x3C, 0x3E), (0x21, 0x3D): kind = .notEqual
    case (0x3C, 0x3D), (0x21, 0x3E): kind = .lessEqual
    case (0x3E, 0x3D), (0x21, 0x3C): kind = .greaterEqual
    default: return false
    }
    emit(kind, look + 1 - at)
    return true
  }

  private mutating func arithmetic(_ kind: TokenKind) {
    if peek(1) == 0x3D, rules.atVariables { emit(.compoundAssign, 2) } else { emit(kind, 1) }
  }

  /// A run of operator characters that begins none of the common operators.
  private mutating func operatorRun() {
    var length = 1
    while isOperator(peek(length)), !(peek(length) == 0x2D && peek(length + 1) == 0x2D) { length += 1 }
    while length > 1, bytes[at + length - 1] == 0x2D || bytes[at + length - 1] == 0x2B { length -= 1 }
    emit(.otherOperator, length)
  }

  /// A run of operator characters; it ends in a sign only when it holds a character that no SQL operator has.
  private mutating func customOperator(_ byte: UInt8) {
    var length = 0
    var special = false
    while isOperator(peek(length)) {
      let letter = peek(length)
      if letter == 0x2D, peek(length + 1) == 0x2D { break }
      if letter == 0x2F, peek(length + 1) == 0x2A { break }
      if letter == 0x40, length > 0, templateName(from: at + length) != nil { break }
      switch letter {
      case 0x21, 0x23, 0x25, 0x26, 0x3F, 0x40, 0x5E, 0x60, 0x7C, 0x7E: special = true
      default: break
      }
      length += 1
    }
    if !special { while length > 1, peek(length - 1) == 0x2D || peek(length - 1) == 0x2B { length -= 1 } }
    switch (length, byte, peek(1)) {
    case (1, 0x3D, _): emit(.equal, 1)
    case (1, 0x3C, _): emit(.less, 1)
    case (1, 0x3E, _): emit(.greater, 1)
    case (1, 0x2B, _): emit(.plus, 1)
    case (1, 0x2D, _): emit(.hyphen, 1)
    case (1, 0x2A, _): emit(.star, 1)
    case (1, 0x2F, _): emit(.slash, 1)
    case (1, 0x25, _): emit(.percentSign, 1)
    case (1, 0x26, _): emit(.ampersand, 1)
    case (1, 0x7C, _): emit(.pipe, 1)
    case (1, 0x5E, _): emit(.caret, 1)
    case (1, 0x7E, _): emit(.tilde, 1)
    case (2, 0x3C, 0x3D): emit(.lessEqual, 2)
    case (2, 0x3E, 0x3D): emit(.greaterEqual, 2)
    case (2, 0x3C, 0x3E), (2, 0x21, 0x3D): emit(.notEqual, 2)
    case (2, 0x7C, 0x7C): emit(.concat, 2)
    case (2, 0x3D, 0x3E): emit(.fatArrow, 2)
    default: emit(.otherOperator, max(1, length))
    }
  }

  @inline(__always)
  private func isOperator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x23, 0x25, 0x26, 0x2A, 0x2B, 0x2D, 0x2F, 0x3C, 0x3D, 0x3E, 0x3F, 0x40, 0x5E, 0x7C, 0x7E: true
    default: false
    }
  }

  @inline(__always)
  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  @inline(__always)
  private func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66) }

  @inline(__always)
  private func isWordStart(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x5F || byte >= 0x80
  }

  @inline(__always)
  private func isWordPart(_ byte: UInt8) -> Bool {
    isWordStart(byte) || isDigit(byte) || byte == 0x24 || (rules.hashIdentifiers && (byte == 0x23 || byte == 0x40))
  }
}
