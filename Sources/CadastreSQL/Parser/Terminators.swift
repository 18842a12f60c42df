internal import CadastreDialects

/// What ends a list of statements. A parser holds the union of those that the constructs around the current token wait for: a
/// terminator that an outer construct waits for ends the inner list too, and one that nobody waits for is no terminator but an error.
struct Terminators: OptionSet {
  let rawValue: UInt16

  /// END of a block (of PL/pgSQL: not END IF, END LOOP, END CASE).
  static let end = Terminators(rawValue: 1 << 0)
  static let endIf = Terminators(rawValue: 1 << 1)
  static let endLoop = Terminators(rawValue: 1 << 2)
  static let endCase = Terminators(rawValue: 1 << 3)
  static let `else` = Terminators(rawValue: 1 << 4)
  static let elsif = Terminators(rawValue: 1 << 5)
  static let when = Terminators(rawValue: 1 << 6)
  static let exception = Terminators(rawValue: 1 << 7)
}

extension Parser {
  /// Whether what stands here ends the list of statements.
  var atTerminator: Bool {
    switch kind {
    case .endOfFile, .batchSeparator: return true
    case .word: break
    default: return false
    }
    guard let terminator = terminatorHere else { return false }
    return terminators.contains(terminator)
  }

  /// The terminator that the current words would be.
  private var terminatorHere: Terminators? {
    switch keyword {
    case .end:
      if has(.optionalSemicolons) { return peekKeyword(1) == .conversation ? nil : .end }
      switch peekKeyword(1) {
      case .if: return .endIf
      case .loop: return .endLoop
      case .case: return .endCase
      default: return .end
      }
    case .else: return .else
    case .elsif, .elseif: return .elsif
    case .when: return .when
    case .exception: return .exception
    default: return nil
    }
  }

  /// Reads statements until what `own` or an outer construct waits for.
  mutating func statements(until own: Terminators) {
    let outer = terminators
    // T-SQL's ELSE belongs to the statement directly before it, never to one outside the block
    terminators = has(.optionalSemicolons) ? own.union(outer.subtracting(.else)) : own.union(outer)
    defer { terminators = outer }
    statements()
  }

  /// Reads statements to the end of the list.
  mutating func statements() {
    while !atTerminator {
      if take(.directive) { continue }
      if at(.semicolon) {
        // PL/pgSQL has no empty statement
        if inBlockBody { missing(failure("a statement")) }
        advance()
        continue
      }
      statement()
    }
  }
}
