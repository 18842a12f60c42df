internal import CadastreDialects

/// What belongs to client programs and templates rather than to SQL: their lines, variables and placeholders.
extension Lexer {
  /// A line that belongs to the client program rather than to SQL; only asked at the first token of a line.
  mutating func clientLine(_ byte: UInt8) -> Bool {
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

  mutating func directiveLine() {
    let start = at
    while at < end, bytes[at] != 0x0A { at += 1 }
    tokens.append(Token(.directive, start, at))
    if rules.backslashLines, at - start > 12, String(decoding: bytes[start..<at], as: UTF8.self).lowercased().hasPrefix("\\copy") {
      if String(decoding: bytes[start..<at], as: UTF8.self).lowercased().contains("from stdin") { dataLines() }
    }
  }

  /// `{% ... %}`, `{# ... #}` of a template: a comment.
  mutating func templateBlock() -> Bool {
    let close = bytes[at + 1]
    guard !unclosedTemplates.contains(close) else { return false }
    var look = at + 2
    while look + 1 < end {
      if bytes[look] == close, bytes[look + 1] == 0x7D {
        comments.append((at, look + 2))
        at = look + 2
        return true
      }
      look += 1
    }
    unclosedTemplates.append(close)
    return false
  }

  /// Behind the semicolon of COPY ... FROM stdin: the lines of data, to `\.`, are the client's.
  /// <https://www.postgresql.org/docs/17/sql-copy.html#SQL-COPY-FILE-FORMATS>
  mutating func copyData() {
    guard statementStart < tokens.count, tokens[statementStart].keyword == .copy,
      tokens[statementStart...].contains(where: { $0.keyword == .stdin })
    else { return }
    dataLines()
  }

  /// The lines of data from the next line on, to `\.`.
  mutating func dataLines() {
    guard !dataNeverEnds else { return }
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
    dataNeverEnds = true
  }

  /// `:'name'`, `:"name"` and `:{?name}` of psql.
  var atClientQuote: Bool {
    (peek(1) == 0x27 || peek(1) == 0x22) && isWordStart(peek(2)) || peek(1) == 0x7B && peek(2) == 0x3F
  }

  /// `:name`, `:'name'`, `:"name"`, `:{?name}`.
  mutating func clientVariable() {
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
  mutating func isTemplateName() -> Bool {
    guard let close = templateName(from: at) else { return false }
    let start = at
    at = close
    while at < end, isWordPart(bytes[at]) { at += 1 }
    tokens.append(Token(.placeholder, start, at))
    return true
  }

  /// The end of a `@name@` that begins at an offset.
  func templateName(from start: Int) -> Int? {
    guard start + 1 < end, isWordStart(bytes[start + 1]) else { return nil }
    var look = start + 1
    while look < end, isWordPart(bytes[look]) || bytes[look] == 0x3A { look += 1 }
    return look < end && bytes[look] == 0x40 ? look + 1 : nil
  }

  /// Whether `<` compares here: behind a value, rather than where a name or value is still to come.
  private var comparesHere: Bool {
    guard let last = tokens.last else { return false }
    switch last.kind {
    case .number, .string, .binaryLiteral, .quotedName, .atVariable, .rightParen, .rightBracket, .placeholder, .bindParameter: return true
    case .word:
      switch last.keyword {
      case .procedure, .proc, .function, .table, .view, .trigger, .from, .join, .into, .update, .insert, .delete, .use, .exec, .execute, .on, .as,
        .schema, .database, .select, .in, .to, .user, .login, .role, .index, .type, .add, .for, .by, .where, .and, .or, .not, .set, .return, .when,
        .then, .else, .distinct, .like, .between, .server, .certificate, .key, .drop, .create, .alter, .default, .values, .print, .if, .while:
        return false
      default: return true
      }
    default: return false
    }
  }

  /// `<name, type, value>` or `<name>`: takes it if it is one.
  mutating func angleTemplate() -> Bool {
    guard isWordStart(peek(1)), !comparesHere else { return false }
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

  /// Whether `{{`, `${` or `$(` stands here.
  var atPlaceholder: Bool {
    bytes[at] == 0x7B ? peek(1) == 0x7B : peek(1) == 0x7B || (rules.sqlcmd && peek(1) == 0x28)
  }

  mutating func placeholder(open: Int, close: UInt8, twice: Bool) {
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
}
