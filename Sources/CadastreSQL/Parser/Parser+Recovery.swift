internal import CadastreDialects
internal import CadastreDiagnostics

extension Parser {
  /// Reads one statement; what cannot be read becomes `.unparsed`. Always takes at least one token.
  mutating func statement() {
    let start = mark()
    let (savedDepth, savedUnparsed, savedBlock) = (depth, unparsed.count, inBlockBody)
    furthest = nil
    do throws(SyntaxFailure) {
      try nested { (p) throws(SyntaxFailure) in try p.statementBody() }
      do throws(SyntaxFailure) { try statementEnd() } catch {
        guard nodes.last?.kind.holdsBodies == true else { throw error }
        missing(error)
      }
    } catch {
      (depth, inBlockBody) = (savedDepth, savedBlock)
      unparsed.removeLast(unparsed.count - savedUnparsed)
      rewind(start)
      skipStatement(error)
      if at == start.token { advance() }
      finish(start, .unparsed)
      note(error, start)
    }
  }

  /// Checks that what follows a statement can follow one.
  private mutating func statementEnd() throws(SyntaxFailure) {
    if take(.semicolon) { return }
    // SQL Server refuses a MERGE without its semicolon
    if has(.mergeNeedsSemicolon), nodes.last?.kind == .merge { throw failure("';'") }
    switch kind {
    case .endOfFile, .batchSeparator, .directive: return
    default: break
    }
    if nodes.last?.kind == .label { return }
    if has(.optionalSemicolons), atTerminator || startsStatement || atLabel { return }
    throw failure("';' or the end of the statement")
  }

  /// Reads the head of a compound statement up to the word `stop`, which stays. What cannot be read becomes `.unparsed`, and the
  /// body is read all the same.
  mutating func head(until stop: Keyword, _ rule: (inout Parser) throws(SyntaxFailure) -> Void) {
    let start = mark()
    let (savedDepth, savedBlock) = (depth, inBlockBody)
    do throws(SyntaxFailure) {
      try rule(&self)
      guard at(stop) else { throw failure("'\(stop)'".uppercased()) }
      // PL/pgSQL reads an expression to the first such word outside brackets, be it that of a CASE
      if let early = firstOutsideBrackets(stop, from: start.token) { throw SyntaxFailure(token: early, expected: "brackets around the CASE") }
    } catch {
      (depth, inBlockBody) = (savedDepth, savedBlock)
      rewind(start)
      var cases = openCases(from: at, to: error.token)
      var look = error.token
      scan: while true {
        let token = tokens[look]
        switch token.kind {
        case .endOfFile, .semicolon, .batchSeparator:
          look = error.token
          break scan
        default: break
        }
        if token.keyword == stop, cases <= 0 { break }
        if token.keyword == .case { cases += 1 }
        if token.keyword == .end { cases -= 1 }
        look += 1
      }
      at = look
      finish(start, .unparsed)
      note(error, start)
    }
  }

  /// The first place of a word before the current token where no bracket is open.
  private func firstOutsideBrackets(_ word: Keyword, from start: Int) -> Int? {
    var brackets = 0
    for index in start..<at {
      switch tokens[index].kind {
      case .leftParen: brackets += 1
      case .rightParen: brackets -= 1
      case .word: if tokens[index].keyword == word, brackets == 0 { return index }
      default: break
      }
    }
    return nil
  }

  /// Reads the head of a compound statement whose body is the statement that follows.
  mutating func headOfStatement(_ rule: (inout Parser) throws(SyntaxFailure) -> Void) {
    let start = mark()
    let savedDepth = depth
    do throws(SyntaxFailure) { try rule(&self) } catch {
      depth = savedDepth
      rewind(start)
      skipStatement(error)
      finish(start, .unparsed)
      note(error, start)
    }
  }

  /// Moves behind a declaration that could not be read: to its semicolon, or to the BEGIN of the block.
  mutating func declarationFailed(_ error: SyntaxFailure, _ start: Mark) {
    rewind(start)
    at = max(error.token, at)
    while !at(.endOfFile), !at(.semicolon), !at(.begin) { advance() }
    _ = take(.semicolon)
    note(error, start)
  }

  /// Takes the words that close a compound statement; when they are missing, says so and goes on.
  mutating func close(_ first: Keyword, _ second: Keyword = .none_) {
    if at(first), second == .none_ || peekKeyword(1) == second {
      at += second == .none_ ? 1 : 2
    } else {
      missing(failure("'" + "\(first)\(second == .none_ ? "" : " \(second)")".uppercased() + "'"))
    }
  }

  /// Notes that something is missing here, as an `.unparsed` node without tokens.
  mutating func missing(_ error: SyntaxFailure) {
    let start = mark()
    finish(start, .unparsed)
    note(error, start)
  }

  mutating func note(_ error: SyntaxFailure, _ start: Mark) {
    var error = error
    if let furthest, furthest.token > error.token { error = furthest }
    let found = tokens[min(error.token, tokens.count - 1)]
    let lower = start.token < tokens.count ? tokens[start.token].start : found.start
    let upper = at > start.token ? tokens[at - 1].end : lower
    let text: String
    if found.kind == .endOfFile {
      text = "the end of the text"
    } else {
      let end = min(Int(found.end), Int(found.start) + 60)
      text = "'" + String(decoding: bytes[Int(found.start)..<end], as: UTF8.self) + "'"
    }
    unparsed.append(
      UnparsedStatement(
        range: SourceRange(lower, upper), reason: "expected \(error.expected) but found \(text)",
        at: SourceRange(found.start, found.end)))
  }

  // MARK: skipping

  /// How many CASE ... END are open between two tokens.
  private func openCases(from lower: Int, to upper: Int) -> Int {
    var open = 0
    for index in lower..<max(lower, upper) {
      if tokens[index].keyword == .case { open += 1 }
      if tokens[index].keyword == .end, open > 0 { open -= 1 }
    }
    return open
  }

  /// Moves behind a statement that could not be read: to the next semicolon or batch end, or to a word that surely begins or ends a
  /// statement. Brackets count from the token that did not fit, since the one before it may never be closed.
  private mutating func skipStatement(_ error: SyntaxFailure) {
    let start = at
    var cases = openCases(from: at, to: error.token)
    var blocks = 0
    // what an optional part of a table read before it gave up belongs to the statement too
    if !error.isTooDeep { at = max(error.token, furthest?.token ?? 0) }
    var brackets = 0
    while true {
      switch kind {
      case .endOfFile, .batchSeparator: return
      case .directive where startsLine(at): return
      case .semicolon:
        advance()
        if blocks <= 0 { return }
        continue
      case .leftParen: brackets += 1
      case .rightParen: brackets -= 1
      case .word:
        if keyword == .case { cases += 1 }
        if error.isTooDeep, keyword == .begin, peekKeyword(1) != .tran, peekKeyword(1) != .transaction { blocks += 1 }
        if keyword == .end, cases > 0 {
          cases -= 1
        } else if keyword == .end, blocks > 0 {
          blocks -= 1
        } else if at > start, blocks <= 0, cases <= 0, atTerminator || (brackets <= 0 ? surelyStartsStatement(behind: tokens[start].keyword) : startsOutsideBrackets) {
          return
        }
      default: break
      }
      advance()
    }
  }

  /// Whether a statement begins here that cannot stand in brackets: then the open one is never closed.
  private var startsOutsideBrackets: Bool {
    guard has(.optionalSemicolons), startsLine(at) else { return false }
    switch keyword {
    case .create, .alter, .drop, .declare, .exec, .execute, .if, .while, .print, .return, .raiserror, .truncate, .grant, .deny, .revoke, .use,
      .backup, .restore: return startsStatement
    default: return false
    }
  }

  /// Whether a statement begins here even though the one before could not be read to its end.
  ///
  /// - Parameter first: the first word of the one before.
  private func surelyStartsStatement(behind first: Keyword) -> Bool {
    if has(.optionalSemicolons) {
      guard startsStatement else { return false }
      if startsLine(at) { return true }
      // in the middle of a line only a reserved word, where no clause has it
      guard isReserved(keyword) else { return false }
      switch keyword {
      case .with, .end: return false
      case .set, .fetch, .open, .close:
        // clauses of other statements begin so too
        switch first {
        case .update, .merge, .alter, .create, .with, .insert, .delete, .declare, .select: return false
        default: return true
        }
      case .insert, .update, .delete, .merge, .create, .alter, .drop:
        switch tokens[at - 1].keyword {
        case .on, .for, .after, .of, .then, .inner, .left, .right, .full, .or: return false
        default: return tokens[at - 1].kind != .comma
        }
      default: return true
      }
    }
    guard startsLine(at) else { return false }
    if inBlockBody {
      switch keyword {
      case .if, .loop, .while, .foreach, .begin, .declare, .return, .raise, .perform, .execute, .insert, .delete: return true
      case .for: return !(peekKeyword(1) == .update || peekKeyword(1) == .share || peekKeyword(1) == .no || peekKeyword(1) == .key)
      default: return false
      }
    }
    return startsStatement
  }

  func startsLine(_ index: Int) -> Bool {
    guard index > 0 else { return true }
    var look = Int(tokens[index].start) - 1
    let stop = Int(tokens[index - 1].end)
    while look >= stop {
      if bytes[look] == 0x0A { return true }
      look -= 1
    }
    return false
  }
}

extension NodeKind {
  /// Whether a node of this kind holds statements of its own, which stay read when something behind them is wrong.
  var holdsBodies: Bool {
    switch self {
    case .block, .ifStatement, .caseStatement, .loop, .whileLoop, .forRange, .forQuery, .forEach, .tryCatch, .createRoutine, .createTrigger,
      .anonymousBlock:
      true
    default: false
    }
  }
}
