internal import CadastreModel
internal import Crypto
internal import Foundation
internal import GRDB

/// One change being made: hands out its id, collects what it begins and ends, and closes the hash chain.
struct ChangeWriter {
  let db: Database
  let author: ChangeAuthor
  let id: Int64
  /// The instant of the change: not before that of the one before, whatever the clock says.
  let at: String
  private let previousHash: String
  private var position = 0
  /// The warehouse that what is noted next belongs to.
  var namespace: String?
  /// Something was written that is no part of the history: what scans have read.
  var hasBookkeeping = false
  private var digest = SHA256()
  private var encoder = JSONEncoder()
  /// Types as JSON.
  private let types = Texts()

  private final class Texts {
    var texts: [LogicalType: String] = [:]
  }

  private let insertEntry: Statement
  private let sums: RowSums?

  init(db: Database, author: ChangeAuthor) throws {
    self.db = db
    self.author = author
    sums = try RowSums(db)
    let last = try Row.fetchOne(db, sql: "SELECT id, hash, at FROM change ORDER BY id DESC LIMIT 1")
    at = max(author.at ?? Now.instant, last?["at"] ?? "")
    id = (last?["id"] as Int64? ?? 0) + 1
    previousHash = last?["hash"] ?? String(repeating: "0", count: 64)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    insertEntry = try db.makeStatement(
      sql: "INSERT INTO change_entry (change_id, position, kind, namespace, subject, action, before, after, mark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    // the row is there from the start, so that what the change begins can name it; finish() closes it with its hash
    try db.execute(
      sql: """
        INSERT INTO change (id, at, actor, command, reason, tool_version, digest, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, '', ?, '')
        """, arguments: [id, at, author.actor, author.command, author.reason, author.toolVersion, previousHash])
  }

  /// For what is no part of the history: nothing may be noted.
  init(unrecorded db: Database, author: ChangeAuthor) throws {
    self.db = db
    self.author = author
    (id, at, previousHash) = (0, "", "")
    sums = nil
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    insertEntry = try db.makeStatement(
      sql: "INSERT INTO change_entry (change_id, position, kind, namespace, subject, action, before, after, mark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
  }

  /// A type; there are few, and each is encoded once.
  func json(_ type: LogicalType) throws -> String {
    if let known = types.texts[type] { return known }
    let text = String(decoding: try encoder.encode(type), as: UTF8.self)
    types.texts[type] = text
    return text
  }

  /// A column, with the keys and in the order of the encoder: a large import has a million.
  func json(_ column: CadastreModel.Column) throws -> String {
    var text: [UInt8] = [0x7B]
    func add(_ key: String, _ value: [UInt8]?) {
      guard let value else { return }
      if text.count > 1 { text.append(0x2C) }
      text.append(0x22)
      text += key.utf8
      text += [0x22, 0x3A]
      text += value
    }
    add("classification", column.classification.map { JSONText.string($0.rawValue) })
    add("collation", column.collation.map(JSONText.string))
    add("computed", try column.computed.map { Array(try json($0).utf8) })
    add("defaultValue", try column.defaultValue.map { Array(try json($0).utf8) })
    add("description", column.description.map(JSONText.string))
    add("identity", try column.identity.map { Array(try json($0).utf8) })
    add("name", JSONText.string(column.name))
    add("nativeType", column.nativeType.map(JSONText.string))
    add("nullable", Array((column.nullable ? "true" : "false").utf8))
    add("ordinal", Array(String(column.ordinal).utf8))
    add("type", try column.type.map { Array(try json($0).utf8) })
    text.append(0x7D)
    return String(decoding: text, as: UTF8.self)
  }

  func json(_ texts: [String]) -> String { String(decoding: JSONText.strings(texts), as: UTF8.self) }

  func json(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }

  /// Says that what is noted next belongs to the warehouse of an asset, a routine or a feed: a row of their identity tables.
  mutating func belongs(to id: Int64?, of table: String) throws {
    guard let id else { return }
    namespace = try String.fetchOne(db, sql: "SELECT n.name FROM \(table) t JOIN namespace n ON n.id = t.namespace_id WHERE t.id = ?", arguments: [id])
  }

  /// Notes that a thing begins (`before` nil), changes, or ends (`after` nil).
  mutating func note(_ kind: String, _ subject: String, before: String?, after: String?) throws {
    position += 1
    let action = before == nil ? "begin" : after == nil ? "end" : "change"
    let line = ChangeWriter.line(position, kind, namespace, subject, action, before, after)
    try insertEntry.run(
      .integer(id), .integer(Int64(position)), .text(kind), BoundValue(namespace), .text(subject), .text(action), BoundValue(before), BoundValue(after),
      .integer(NameTable.hash(line)))
    digest.update(data: Data(line.utf8))
  }

  /// The canonical line of an entry, by which the chain is computed and verified.
  static func line(
    _ position: Int, _ kind: String, _ namespace: String?, _ subject: String, _ action: String, _ before: String?, _ after: String?
  ) -> String {
    [String(position), kind, namespace ?? "\u{0}", subject, action, before ?? "\u{0}", after ?? "\u{0}"].joined(separator: "\u{1}") + "\n"
  }

  static func hash(
    id: Int64, at: String, actor: String, command: String, reason: String, toolVersion: String, digest: String, previous: String
  ) -> String {
    let text = [String(id), at, actor, command, reason, toolVersion, digest, previous].joined(separator: "\u{1}")
    return hexadecimal(SHA256.hash(data: Data(text.utf8)))
  }

  static func hexadecimal(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var bytes: [UInt8] = []
    for byte in digest {
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// SHA-256 of a text's UTF-8 bytes, hexadecimal.
  static func contentHash(_ text: String) -> String { hexadecimal(SHA256.hash(data: Data(text.utf8))) }

  /// Writes the change's row; answers `nil` when nothing was noted.
  mutating func finish() throws -> Int64? {
    guard position > 0 else {
      sums?.stop()
      return nil
    }
    try SearchIndex(db: db).update()
    for sum in try sums?.finish(id) ?? [] { digest.update(data: Data(sum.line.utf8)) }
    let digest = ChangeWriter.hexadecimal(self.digest.finalize())
    let hash = ChangeWriter.hash(
      id: id, at: at, actor: author.actor, command: author.command, reason: author.reason, toolVersion: author.toolVersion,
      digest: digest, previous: previousHash)
    try db.execute(sql: "UPDATE change SET digest = ?, hash = ? WHERE id = ?", arguments: [digest, hash, id])
    return id
  }
}

extension Registry {
  /// SHA-256 of some bytes, hexadecimal: what files are told apart by.
  public static func contentHash(_ bytes: [UInt8]) -> String { ChangeWriter.hexadecimal(SHA256.hash(data: bytes)) }
}
