internal import CadastreDialects

extension Parser {
  mutating func definition() throws(SyntaxFailure) {
    let mark = mark()
    advance()
    if at(.or) { at += 2 }
    if at(.procedure) || at(.proc) || at(.function) { return try createRoutine(from: mark) }
    if at(.trigger) { return try createTrigger(from: mark) }
    restOfStatement()
    finish(mark, .generic)
  }
  mutating func tableElements() throws(SyntaxFailure) { try skipBrackets() }
}
