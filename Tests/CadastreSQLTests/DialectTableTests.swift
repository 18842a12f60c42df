import CadastreDialects
import CadastreModel
import CadastreSQL
import Foundation
import GoldenSupport
import Testing

/// `docs/dialects.md` says what is read in which dialect; each cell is backed by a fixture.
@Suite struct DialectTableTests {
  @Test func documentIsTheGeneratedOne() throws {
    let document = try Self.document()
    let path = Fixtures.path("docs/dialects.md")
    if ProcessInfo.processInfo.environment["CADASTRE_GOLDEN"] != nil { try document.write(toFile: path, atomically: true, encoding: .utf8) }
    #expect(try Fixtures.text("docs/dialects.md") == document, "run 'make golden' and read the difference")
  }

  /// No construct is left out: a file, or a word that the dialect lacks it.
  @Test(arguments: SQLFixtures.dialects) func everyConstructHasAFixture(_ dialect: DialectName) throws {
    let constructs = try SQLFixtures.constructs()
    let files = Set(SQLFixtures.files.filter { $0.dialect == dialect }.map(\.construct))
    let expected = Set(constructs.filter { !$0.lacking.contains(dialect.rawValue) }.map(\.name))
    #expect(files == expected)
  }

  private static func document() throws -> String {
    var text = """
      # What is read in which dialect

      Generated from `fixtures/sql` by `make golden`: a number is how many statements of that construct's fixture are read, all of them;
      a dash says that the dialect lacks the construct. The other dialects read queries and data statements by the common grammar only.

      """
    var area = ""
    for construct in try SQLFixtures.constructs() {
      let own = String(construct.name.prefix { $0 != "/" })
      if own != area {
        area = own
        text += "\n## \(own.prefix(1).uppercased() + own.dropFirst())\n\n| construct | "
        text += SQLFixtures.dialects.map(\.rawValue).joined(separator: " | ") + " |\n|---|" + SQLFixtures.dialects.map { _ in "---:|" }.joined() + "\n"
      }
      let cells = try SQLFixtures.dialects.map { dialect -> String in
        guard !construct.lacking.contains(dialect.rawValue) else { return "-" }
        let counts = SyntaxTree.parse(try SQLFixtures.File(dialect: dialect, construct: construct.name).source(), dialect: .named(dialect)).counts
        return counts.unparsed == 0 ? "\(counts.statements)" : "\(counts.statements - counts.unparsed) of \(counts.statements)"
      }
      text += "| [\(construct.title)](../fixtures/sql/tsql/\(construct.name).sql) | \(cells.joined(separator: " | ")) |\n"
        .replacingOccurrences(of: "fixtures/sql/tsql/", with: "fixtures/sql/\(construct.lacking.contains("tsql") ? "postgres" : "tsql")/")
    }
    return text
  }
}
