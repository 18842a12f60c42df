internal import CadastreDialects

extension Lexer {
  mutating func symbol(_ byte: UInt8) {
    let next = peek(1)
    if rules.customOperators, isOperator(byte) { return customOperator(byte) }
    switch byte {
    case 0x2C: emit(.comma, 1)
    case 0x3B: emit(.semicolon, 1)
    case 0x28: emit(.leftParen, 1)
    case 0x29: emit(.rightParen, 1)
    case 0x5B:
      openBrackets += 1
      emit(.leftBracket, 1)
    case 0x5D:
      openBrackets = max(0, openBrackets - 1)
      emit(.rightBracket, 1)
    case 0x7B: emit(.leftBrace, 1)
    case 0x7D: emit(.rightBrace, 1)
    case 0x3D: if next == 0x3E { emit(.fatArrow, 2) } else { emit(.equal, next == 0x3D && rules.doubleEquals ? 2 : 1) }
    case 0x3C:
      if next == 0x3D {
        // `<=>` of MySQL
        if peek(2) == 0x3E { emit(.otherOperator, 3) } else { emit(.lessEqual, 2) }
      } else if next == 0x3E {
        emit(.notEqual, 2)
      } else if next == 0x3C {
        emit(.otherOperator, 2)
      } else { emit(.less, 1) }
    case 0x3E:
      if next == 0x3D { emit(.greaterEqual, 2) } else if next == 0x3E { emit(.otherOperator, 2) } else { emit(.greater, 1) }
    case 0x21:
      if next == 0x3D { emit(.notEqual, 2) } else if next == 0x3C { emit(.greaterEqual, 2) } else if next == 0x3E {
        emit(.lessEqual, 2)
      } else { emit(.otherOperator, 1) }
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
    case 0x7E: emit(.tilde, 1)
    case 0x40, 0x23, 0x3F: emit(.otherOperator, 1)
    default:
      var length = 1
      while at + length < end, bytes[at + length] & 0xC0 == 0x80 { length += 1 }
      emit(.invalid, length)
    }
  }

  /// `> =`, `< >`, `! =`: SQL Server reads them as one operator.
  mutating func spacedOperator(_ byte: UInt8) -> Bool {
    var look = at + 1
    while look < end, bytes[look] == 0x20 || bytes[look] == 0x0A || bytes[look] == 0x0D || bytes[look] == 0x09 { look += 1 }
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

  mutating func arithmetic(_ kind: TokenKind) {
    if peek(1) == 0x3D, rules.atVariables { emit(.compoundAssign, 2) } else { emit(kind, 1) }
  }

  /// A run of operator characters; it ends in a sign only when it holds a character that no SQL operator has.
  mutating func customOperator(_ byte: UInt8) {
    var length = 0
    var special = false
    while isOperator(peek(length)) {
      let letter = peek(length)
      if letter == 0x2D, peek(length + 1) == 0x2D { break }
      if letter == 0x2F, peek(length + 1) == 0x2A { break }
      if letter == 0x3F, length > 0, rules.questionParameters { break }
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
  func isOperator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x23, 0x25, 0x26, 0x2A, 0x2B, 0x2D, 0x2F, 0x3C, 0x3D, 0x3E, 0x3F, 0x40, 0x5E, 0x7C, 0x7E: true
    default: false
    }
  }
}
