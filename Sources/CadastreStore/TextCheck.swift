internal import GRDB

/// Texts are kept once, by their hash.
enum TextCheck {
  static func disagreements(_ db: Database) throws -> [String] {
    var findings: [String] = []
    let texts = try Row.fetchCursor(db, sql: "SELECT hash, text FROM routine_text")
    while let row = try texts.next() {
      if row[0] == ChangeWriter.contentHash(row[1]) { continue }
      findings.append("code: the text with the hash \((row[0] as String).prefix(12)) is not what was written")
    }
    let values = try Row.fetchCursor(db, sql: "SELECT id, hash, value FROM text_value")
    while let row = try values.next() {
      if row[1] != NameTable.hash(row[2]) { findings.append("texts: row \(row[0] as Int64) is not what was written") }
    }
    return findings
  }
}
