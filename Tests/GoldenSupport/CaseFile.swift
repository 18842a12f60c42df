internal import Foundation

/// A case in one text file: a title, optional lines that say why, and sections that begin with `---- NAME`.
///
/// `fixme` records what is wrong today, line by line; it is rewritten by `make golden`. `schema`, `seed`, `sql` and `call` are SQL; `lineage` is in the notation of `TruthFile`; `unresolved` holds reasons of the ledger, one a line.
public struct CaseFile: Sendable {
  /// Where it lies, relative to the project.
  public var path: String
  public var title: String
  public var why: String
  public private(set) var sections: [String: String] = [:]
  /// What does not fit the format, for a test to print.
  public private(set) var problems: [String] = []

  public static let known: Set<String> = ["schema", "seed", "sql", "call", "lineage", "unresolved", "fixme"]

  public init(path: String, text: String) {
    self.path = path
    var head: [String] = []
    var name: String?
    var lines: [String] = []
    func close(_ sections: inout [String: String]) {
      if let name { sections[name] = lines.joined(separator: "\n") }
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("---- ") {
        close(&sections)
        let next = String(line.dropFirst(5)).trimmed
        if !CaseFile.known.contains(next) { problems.append("unknown section '\(next)'") }
        if sections[next] != nil { problems.append("section '\(next)' twice") }
        name = next
        lines = []
      } else if name == nil {
        head.append(String(line))
      } else {
        lines.append(String(line))
      }
    }
    close(&sections)
    title = head.first?.trimmed ?? ""
    why = head.dropFirst().joined(separator: "\n").trimmed
    if title.isEmpty { problems.append("no title") }
    if sections["sql"] == nil { problems.append("no section 'sql'") }
  }

  /// Reads a file of the project, or one by its absolute path.
  public static func read(_ path: String) throws -> CaseFile {
    CaseFile(path: path, text: try Fixtures.text(path))
  }

  public var schema: String { sections["schema"] ?? "" }
  public var seed: String { sections["seed"] ?? "" }
  public var sql: String { sections["sql"] ?? "" }
  /// Nil where the routine is not run.
  public var call: String? { sections["call"] }
  /// - Parameter tables: the columns of tables, by name, for `*`.
  public func lineage(tables: [String: [String]] = [:]) -> TruthFile? { sections["lineage"].map { TruthFile($0, tables: tables) } }
  /// What is known to be wrong today: exactly that has to be found.
  public var fixme: [String] { (sections["fixme"] ?? "").split(separator: "\n").map { String($0).trimmed }.filter { !$0.isEmpty } }

  /// Whether the findings are those that `fixme` records. With `CADASTRE_GOLDEN` they become what it records.
  public func isAsRecorded(_ findings: [String]) throws -> Bool {
    if ProcessInfo.processInfo.environment["CADASTRE_GOLDEN"] != nil, findings != fixme {
      let text = try Fixtures.text(path)
      let kept = text.firstRange(of: "---- fixme\n").map { String(text[..<$0.lowerBound]) } ?? text
      let section = findings.isEmpty ? "" : "---- fixme\n" + findings.joined(separator: "\n") + "\n"
      try (kept + section).write(toFile: Fixtures.path(path), atomically: true, encoding: .utf8)
      return true
    }
    return findings == fixme
  }

  public var unresolved: [String] {
    (sections["unresolved"] ?? "").split(separator: "\n").map { String($0).trimmed }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }
}
