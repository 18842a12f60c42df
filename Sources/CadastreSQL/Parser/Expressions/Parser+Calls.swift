internal import CadastreDialects

extension Parser {
  /// Whether a reserved word can be called like a function.
  func canBeCalled(_ keyword: Keyword) -> Bool { grammar.callable.contains(keyword) }

  /// `(...)` of a call, without a node of its own. `name` tells which functions join their arguments by words.
  mutating func arguments(of name: Token? = nil) throws(SyntaxFailure) {
    let json = name.map { startsWithJSON($0) } ?? false
    let anyKind = name?.keyword == .iif || !has(.conditionsAreNoValues)
    let lambdas = has(.lambdas) && takesLambda(tokens[at - 1])
    let named = namesArguments
    namesArguments = false
    // each argument is an expression, which counts the nesting
    try expect(.leftParen, "'('")
    if !take(.rightParen) {
      try argumentList(json: json, anyKind: anyKind, lambdas: lambdas, named: named)
      try expect(.rightParen, "')'")
    }
  }

  private mutating func argumentList(json: Bool, anyKind: Bool, lambdas: Bool, named: Bool) throws(SyntaxFailure) {
    if at(.distinct) || at(.all) { advance() }
    if at(.star), peek(1).kind == .rightParen { return leaf(.star) }
    if json, at(.returning) || at(.null) && peekKeyword(1) == .on || at(.absent) { return try phrase(.jsonClauses) }
    if json, atQuery() {
      try query()
      if at(.format) { try phrase(.jsonValueFormat) }
    } else {
      repeat { try argument(json: json, anyKind: anyKind, lambdas: lambdas, named: named) } while take(.comma)
    }
    if at(.order) { try orderBy() }
    if json, !at(.rightParen) { return try phrase(.jsonClauses) }
    if at(.ignore) || at(.respect), peekKeyword(1) == .nulls, has(.nullTreatmentInside) { at += 2 }
    while has(.partiQL), at(.keep) || at(.set) {
      // OBJECT_TRANSFORM(value KEEP path, ... SET path, value, ...)
      advance()
      try list { (p) throws(SyntaxFailure) in try p.expression() }
    }
  }

  private func startsWithJSON(_ name: Token) -> Bool {
    guard name.kind == .word, name.end - name.start >= 4 else { return false }
    let start = Int(name.start)
    return bytes[start] | 0x20 == 0x6A && bytes[start + 1] | 0x20 == 0x73 && bytes[start + 2] | 0x20 == 0x6F && bytes[start + 3] | 0x20 == 0x6E
  }

  private mutating func argument(json: Bool, anyKind: Bool, lambdas: Bool, named: Bool) throws(SyntaxFailure) {
    let mark = mark()
    _ = take(.variadic)
    if has(.lambdas), try lambda(arrows: lambdas) { return }
    if at(.star), peekKeyword(1) == .columns, has(.columnsExpression) {
      // `*COLUMNS(...)`: all its columns as arguments of one call
      advance()
      try columnsExpression()
      nodes[nodes.count - 1].flags = 1
      return
    }
    if peek(1).kind == .fatArrow || peek(1).kind == .assign || (peek(1).kind == .equal && named), atWord {
      leaf(.identifier)
      advance()
      try expression()
      return finish(mark, .namedArgument)
    }
    if at(.default), has(.sqlServerDefinitions) { leaf(.wordValue) } else if anyKind { try expression() } else { try value() }
    guard json else { return }
    if at(.format) { try phrase(.jsonValueFormat) }
    // JSON_OBJECT('a' : x, KEY 'b' VALUE y)
    if take(.colon) || take(.value) {
      try value()
      if at(.format) { try phrase(.jsonValueFormat) }
      finish(mark, .row)
    }
  }

  /// WITHIN GROUP, FILTER, null treatment and OVER behind a call.
  mutating func callTail() throws(SyntaxFailure) {
    if at(.within), peekKeyword(1) == .group {
      let mark = mark()
      at += 2
      try brackets { (p) throws(SyntaxFailure) in
        if p.has(.graph), p.isWord(p.token, "graph"), p.peekKeyword(1) == .path { p.at += 2 } else { try p.orderBy() }
      }
      finish(mark, .withinGroup)
    }
    if at(.filter), peek(1).kind == .leftParen, has(.aggregateFilter) {
      let mark = mark()
      advance()
      try brackets { (p) throws(SyntaxFailure) in
        if !p.take(.where), !p.has(.fromFirst) { throw p.failure("'WHERE'") }
        try p.condition()
      }
      finish(mark, .filter)
    }
    if at(.ignore) || at(.respect), peekKeyword(1) == .nulls { at += 2 }
    if at(.over) { try over() }
  }

  mutating func over() throws(SyntaxFailure) {
    let mark = mark()
    try expect(.over)
    if at(.leftParen) { try windowSpecification() } else { try plainIdentifier("a window") }
    finish(mark, .over)
  }

  /// `( [name] [PARTITION BY ...] [ORDER BY ...] [frame] )`.
  mutating func windowSpecification() throws(SyntaxFailure) {
    try brackets { (p) throws(SyntaxFailure) in
      if p.atName, !p.at(.partition), !p.at(.rows), !p.at(.range), !p.at(.groups) { p.leaf(.identifier) }
      if p.at(.partition) {
        let mark = p.mark()
        p.advance()
        try p.expect(.by)
        try p.list { (p) throws(SyntaxFailure) in try p.value() }
        p.finish(mark, .partitionBy)
      }
      if p.at(.order) { try p.orderBy() }
      if p.at(.rows) || p.at(.range) || p.at(.groups) {
        let mark = p.mark()
        p.advance()
        if p.take(.between) {
          try p.frameBound()
          try p.expect(.and)
        }
        try p.frameBound()
        if p.take(.exclude) {
          if p.take(.current) {
            try p.expect(.row)
          } else if p.take(.no) {
            try p.expect(.others)
          } else if !(p.take(.group) || p.take(.ties)) {
            throw p.failure("CURRENT ROW, GROUP, TIES or NO OTHERS")
          }
        }
        p.finish(mark, .frame)
      }
    }
  }

  private mutating func frameBound() throws(SyntaxFailure) {
    if take(.unbounded) {} else if take(.current) {
      return try expect(.row)
    } else {
      try operators(.other)
    }
    guard take(.preceding) || take(.following) else { throw failure("PRECEDING or FOLLOWING") }
  }

  /// `CAST(value AS type)`, `PARSE(value AS type USING culture)`.
  mutating func castCall() throws(SyntaxFailure) {
    let mark = mark()
    let isParse = at(.parse) || at(.try_parse)
    if isParse, !has(.conditionsAreNoValues) { return try nameOrCall() }
    advance()
    try brackets { (p) throws(SyntaxFailure) in
      try p.value()
      try p.expect(.as)
      try p.typeName()
      if isParse, p.take(.using) { try p.value() }
    }
    finish(mark, .cast)
  }

  /// `CONVERT(type, value [, style])`.
  mutating func convertCall() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    try brackets { (p) throws(SyntaxFailure) in
      try p.typeName()
      try p.expect(.comma, "','")
      try p.value()
      if p.take(.comma) { try p.value() }
    }
    finish(mark, .cast)
  }

  /// Functions whose arguments are joined by words: EXTRACT(x FROM y), TRIM(BOTH x FROM y), SUBSTRING(x FROM 1 FOR 2).
  /// <https://www.postgresql.org/docs/17/functions-string.html>, <https://www.postgresql.org/docs/17/functions-xml.html>
  mutating func wordCall() throws(SyntaxFailure) {
    let mark = mark()
    let function = keyword
    let nameMark = self.mark()
    advance()
    finish(nameMark, .name)
    try brackets { (p) throws(SyntaxFailure) in
      switch function {
      case .extract:
        guard p.atWord || p.at(.string) else { throw p.failure("a field") }
        p.advance()
        try p.expect(.from)
        try p.expression()
      case .position:
        // the first operand ends before IN
        try p.operators(.other)
        guard p.take(.in) || p.take(.comma) else { throw p.failure("'IN'") }
        try p.operators(.other)
      case .overlay, .substring: try p.wordedSubstring()
      case .trim:
        _ = p.take(.both) || p.take(.leading) || p.take(.trailing)
        if !p.at(.from) { try p.expression() }
        if p.take(.from) { try p.expression() }
        if p.take(.comma) { try p.list { (p) throws(SyntaxFailure) in try p.expression() } }
      default: try p.xmlArguments(function)
      }
    }
    try callTail()
    finish(mark, .call)
  }

  private mutating func wordedSubstring() throws(SyntaxFailure) {
    try operators(.other)
    if take(.comma) { return try list { (p) throws(SyntaxFailure) in try p.expression() } }
    if take(.placing) { try expression() }
    if take(.similar) {
      try operators(.other)
      try expect(.escape)
      return try expression()
    }
    if take(.from) {
      try expression()
      if take(.for) { try expression() }
    } else if take(.for) {
      try expression()
      if take(.from) { try expression() }
    }
  }

  private mutating func xmlArguments(_ function: Keyword) throws(SyntaxFailure) {
    switch function {
    case .xmlelement, .xmlpi:
      try expect(.name)
      try identifier("a name")
      while take(.comma) {
        if take(.xmlattributes) {
          try brackets { (p) throws(SyntaxFailure) in try p.namedValues() }
        } else {
          try expression()
        }
      }
    case .xmlforest: try namedValues()
    case .xmlparse, .xmlserialize:
      guard take(.document) || take(.content) else { throw failure("DOCUMENT or CONTENT") }
      try expression()
      if function == .xmlserialize {
        try expect(.as)
        try typeName()
        if take(.no) { try expect(.indent) } else { _ = take(.indent) }
      } else if at(.preserve) || at(.strip) {
        advance()
        try expect(.whitespace)
      }
    case .xmlexists:
      try expression()
      try expect(.passing)
      try xmlPassing()
    case .xmlroot:
      try expression()
      try expect(.comma, "','")
      try expect(.version)
      if take(.no) { try expect(.value) } else { try expression() }
      if take(.comma) {
        try expect(.standalone)
        if take(.no) { _ = take(.value) } else { try expect(.yes) }
      }
    default: try list { (p) throws(SyntaxFailure) in try p.expression() }
    }
  }

  private mutating func xmlPassing() throws(SyntaxFailure) {
    if take(.by), !(take(.ref) || take(.value)) { throw failure("REF or VALUE") }
    try operators(.other)
    if take(.by), !(take(.ref) || take(.value)) { throw failure("REF or VALUE") }
  }

  private mutating func namedValues() throws(SyntaxFailure) {
    try list { (p) throws(SyntaxFailure) in
      try p.expression()
      if p.take(.as) { try p.identifier("a name") }
    }
  }

  /// `MATCH (person1-(friend)->person2 AND SHORTEST_PATH(...))`.
  /// <https://learn.microsoft.com/sql/t-sql/queries/match-sql-graph>
  private mutating func graphPattern() throws(SyntaxFailure) {
    while !at(.rightParen) {
      switch kind {
      case .word, .quotedName: if at(.and) { advance() } else { try name("a node or edge") }
      case .hyphen, .less, .greater, .otherOperator, .plus, .comma, .leftBrace, .rightBrace, .number: advance()
      case .leftParen: try brackets { (p) throws(SyntaxFailure) in try p.graphPattern() }
      default: throw failure("a graph pattern")
      }
    }
  }

  mutating func graphMatch() throws(SyntaxFailure) {
    let mark = mark()
    let nameMark = self.mark()
    advance()
    finish(nameMark, .name)
    try brackets { (p) throws(SyntaxFailure) in try p.graphPattern() }
    finish(mark, .call)
  }
}
