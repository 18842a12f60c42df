import CadastreDiagnostics
import CadastreDialects
import CadastreModel
import CadastreSQL
import Cadastre
import Foundation
import GoldenSupport
import Testing

@Suite struct ParserTests {
  static let fixtures = Fixtures.list("fixtures/demo/warehouse", ending: "sql")

  /// Tokens and the gaps between them are the whole text: nothing is lost, nothing overlaps, nodes nest.
  @Test(arguments: fixtures) func lossless(_ path: String) throws {
    let source = try InputFile.text(Fixtures.path(path))
    let tree = SyntaxTree.parse(source, dialect: .named(.tsql))
    #expect(tree.unparsed.isEmpty)
    var end: UInt32 = 0
    for token in tree.tokens[..<tree.scriptTokens] {
      #expect(token.start >= end)
      #expect(token.end >= token.start)
      end = token.end
    }
    #expect(Int(end) <= source.bytes.count)
    for node in tree.nodes.indices {
      for child in tree.children(node) {
        #expect(tree.nodes[child].firstToken >= tree.nodes[node].firstToken)
      }
    }
  }

  /// Every prefix of every fixture gives a tree: no trap, no hang.
  @Test(arguments: fixtures) func totalUnderTruncation(_ path: String) throws {
    let source = try InputFile.text(Fixtures.path(path))
    let tree = SyntaxTree.parse(source, dialect: .named(.tsql))
    for token in tree.tokens.indices where token % 5 == 0 {
      let cut = SourceText(name: path, bytes: Array(source.bytes[..<Int(tree.tokens[token].end)]))
      #expect(SyntaxTree.parse(cut, dialect: .named(.tsql)).nodes.isEmpty == false)
      #expect(SyntaxTree.parse(cut, dialect: .named(.postgres)).nodes.isEmpty == false)
    }
  }

  @Test func randomBytes() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let bytes = (0..<300).map { _ in UInt8.random(in: 1...255, using: &generator) }
      for dialect in [DialectName.tsql, .postgres, .mysql, .snowflake] {
        _ = SyntaxTree.parse(SourceText(name: "random", bytes: bytes), dialect: .named(dialect)).counts
      }
    }
  }

  /// Long chains and deep nesting end with a result or a clear diagnostic, on a small stack.
  @Test(arguments: [
    "SELECT 1 WHERE " + Array(repeating: "a = 1", count: 10_000).joined(separator: " OR "),
    Array(repeating: "SELECT 1", count: 5_000).joined(separator: " UNION ALL "),
    "SELECT " + String(repeating: "(", count: 100_000),
    "SELECT " + String(repeating: "(", count: 100_000) + "1" + String(repeating: ")", count: 100_000),
    String(repeating: "BEGIN ", count: 100_000),
    "SELECT '" + String(repeating: "x", count: 1_000_000) + "'",
    "SELECT " + String(repeating: "CASE WHEN ", count: 20_000),
    String(repeating: "IF 1 = 1 ", count: 20_000),
  ]) func limits(_ text: String) async {
    for dialect in [DialectName.tsql, .postgres] {
      // a task runs on a worker thread, whose stack is small
      let counts = await Task.detached { SyntaxTree.parse(SourceText(name: "limit", text: text), dialect: .named(dialect)).counts }.value
      #expect(counts.statements >= 0)
    }
  }

  /// What is wrong is said with its place; what follows is read.
  @Test func recovery() {
    let text = "SELECT a FROM t;\nINSERT t (a VALUES (1);\nSELECT b FROM t;\n"
    let tree = SyntaxTree.parse(SourceText(name: "r.sql", text: text), dialect: .named(.tsql))
    #expect(tree.counts.statements == 3)
    #expect(tree.counts.unparsed == 1)
    #expect(tree.diagnostics.first?.position?.line == 2)
    #expect(tree.diagnostics.first?.message.contains("but found 'VALUES'") == true)
  }

  @Test(arguments: [
    ("tsql", "SELECT FROM WHERE"), ("tsql", "UPDATE t SET WHERE a = 1"), ("tsql", "INSERT INTO t (a, VALUES (1)"), ("tsql", "DELETE FROM t WHERE"),
    ("tsql", "CREATE TABLE t (a int,, b int)"), ("tsql", "SELECT a b c FROM t"), ("tsql", "MERGE t USING s ON a = b"), ("tsql", "EXEC"),
    ("tsql", "CREATE PROCEDURE p AS"), ("tsql", "IF SELECT 1"), ("tsql", "SELECT * FROM t JOIN u"), ("tsql", "SELECT CASE END"),
    ("postgres", "SELECT a FROM t ORDER a"), ("postgres", "INSERT t VALUES (1)"), ("postgres", "CREATE TABLE t"), ("postgres", "UPDATE t a = 1"),
    ("postgres", "SELECT (1, 2 FROM t"), ("postgres", "CREATE FUNCTION f RETURNS int AS 'x'"), ("postgres", "GRANT SELECT ON t"),
    ("postgres", "SELECT 1 SELECT 2"), ("postgres", "DROP x"), ("postgres", "COMMENT ON TABLE t 'x'"),
  ]) func invalid(_ dialect: String, _ text: String) throws {
    let name = try #require(DialectName(rawValue: dialect))
    let tree = SyntaxTree.parse(SourceText(name: "i.sql", text: text), dialect: .named(name))
    #expect(tree.counts.unparsed >= 1, "\(text) was read")
  }
}
