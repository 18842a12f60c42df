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

  /// Long chains, deep nesting and large values end with a result or a clear diagnostic, on a thread with a small stack.
  @Test(arguments: Limit.all) func limits(_ limit: Limit) async {
    for dialect in [DialectName.tsql, .postgres, .duckdb] {
      let text = limit.text()
      let counts = await withCheckedContinuation { done in
        let thread = Thread {
          let tree = SyntaxTree.parse(SourceText(name: "limit", text: text), dialect: .named(dialect))
          done.resume(returning: (tree.counts, tree.unparsed.isEmpty))
        }
        thread.stackSize = Limit.stack
        thread.start()
      }
      #expect(counts.0.statements > 0)
      if limit.isRead, dialect != .duckdb { #expect(counts.1, "\(limit.name) in \(dialect.rawValue)") }
    }
  }

  struct Limit: Sendable, CustomTestStringConvertible {
    var name: String
    /// Whether all of it must be read in both dialects.
    var isRead = false
    var text: @Sendable () -> String

    var testDescription: String { name }

    /// 512 KiB; code without optimisation needs about twelve times as much.
    #if DEBUG
      static let stack = 16 << 20
    #else
      static let stack = 512 << 10
    #endif

    private static func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    static let all: [Limit] = [
      Limit(name: "10,000 terms of OR", isRead: true) { "SELECT 1 WHERE a = 1" + many(" OR a = 1", 10_000) },
      Limit(name: "5,000 branches of UNION ALL", isRead: true) { "SELECT 1" + many(" UNION ALL SELECT 1", 5_000) },
      Limit(name: "100,000 opening brackets") { "SELECT " + many("(", 100_000) },
      Limit(name: "100,000 nested brackets") { "SELECT " + many("(", 100_000) + "1" + many(")", 100_000) },
      Limit(name: "100,000 BEGINs") { many("BEGIN ", 100_000) },
      Limit(name: "100,000 nested blocks") { many("BEGIN ", 100_000) + "SELECT 1 " + many("END ", 100_000) },
      Limit(name: "100,000 nested blocks of PL/pgSQL") { "DO $$ " + many("BEGIN ", 100_000) + "$$;" },
      Limit(name: "a string of 10 MB", isRead: true) { "SELECT '" + many("x", TestLength.isFull ? 10_000_000 : 1_000_000) + "'" },
      Limit(name: "a million rows of VALUES", isRead: true) {
        "INSERT INTO t VALUES (1, 'a', 2)" + many(", (1, 'a', 2)", TestLength.isFull ? 1_000_000 : 20_000) + ";"
      },
      Limit(name: "20,000 nested CASE") { "SELECT " + many("CASE WHEN ", 20_000) },
      Limit(name: "20,000 nested IF") { many("IF 1 = 1 ", 20_000) },
      Limit(name: "100,000 nested calls") { "SELECT " + many("f(", 100_000) },
      Limit(name: "50,000 nested subqueries") { many("SELECT * FROM (", 50_000) },
      Limit(name: "20,000 joins without ON") { "SELECT * FROM a " + many("JOIN b ", 20_000) },
      Limit(name: "100,000 signs", isRead: true) { "SELECT " + many("- ", 100_000) + "1" },
      Limit(name: "100,000 NOTs", isRead: true) { "SELECT 1 WHERE " + many("NOT ", 100_000) + "a = 1" },
      Limit(name: "templates that never close") { many("{#{%", 100_000) },
      Limit(name: "20,000 COPYs without data") { many("COPY t FROM stdin;\n", 20_000) },
      Limit(name: "20,000 brackets that never close") { many("IF EXISTS (SELECT 1 FROM ((SELECT 1\n", 20_000) },
      Limit(name: "20,000 bodies with a query in two brackets") {
        many("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 FROM ((SELECT 1)) x $$;\n", TestLength.isFull ? 20_000 : 2_000)
      },
      Limit(name: "20,000 schemas in a schema") { many("CREATE SCHEMA a ", 20_000) },
      Limit(name: "50,000 nested EXPLAINs") { many("EXPLAIN ", 50_000) },
      Limit(name: "nested options") { "ALTER DATABASE x SET a = ON " + many("(a = ", 20_000) },
      Limit(name: "50,000 nested lists") { "SELECT " + many("[", 50_000) },
      Limit(name: "50,000 nested structs") { "SELECT " + many("{a: ", 50_000) },
      Limit(name: "50,000 nested lambdas") { "SELECT " + many("list_filter((x, y) -> ", 50_000) },
      Limit(name: "50,000 queries that begin with FROM") { many("FROM (", 50_000) },
      Limit(name: "50,000 nested PIVOTs") { many("PIVOT (", 50_000) },
      Limit(name: "20,000 types in a type") { "SELECT a::" + many("STRUCT(a ", 20_000) },
      Limit(name: "100,000 parts of a name", isRead: true) { "SELECT a" + many(".b", 100_000) },
    ]
  }

  /// A chain of ELSE IF does not nest.
  @Test func longElseIf() {
    let text = "IF 1 = 1 SELECT 1 " + String(repeating: "ELSE IF 1 = 2 SELECT 2 ", count: 2_000)
    let tree = SyntaxTree.parse(SourceText(name: "e", text: text), dialect: .named(.tsql))
    #expect(tree.unparsed.isEmpty)
    #expect(tree.counts.statements == 2_001)
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
    ("tsql", "CREATE TRIGGER t ON u AFTER INSERT AS"), ("tsql", "IF SELECT 1"), ("tsql", "SELECT * FROM t JOIN u"), ("tsql", "SELECT CASE END"),
    ("postgres", "SELECT a FROM t ORDER a"), ("postgres", "INSERT t VALUES (1)"), ("postgres", "CREATE TABLE t"), ("postgres", "UPDATE t a = 1"),
    ("postgres", "SELECT (1, 2 FROM t"), ("postgres", "CREATE FUNCTION f RETURNS int AS 'x'"), ("postgres", "GRANT SELECT ON t"),
    ("duckdb", "FROM t SELECT"), ("duckdb", "PIVOT ON c"), ("duckdb", "SELECT * EXCLUDE FROM t"), ("duckdb", "SELECT [1, 2 FROM t"),
    ("duckdb", "INSERT INTO t BY SELECT 1"), ("duckdb", "SELECT {'a' 1}"), ("duckdb", "SELECT * REPLACE (a) FROM t"),
    ("duckdb", "SELECT a FROM t ASOF u ON a = b"), ("sqlite", "SELECT a GLOB FROM t"), ("sqlite", "INSERT OR INTO t VALUES (1)"),
    ("postgres", "FROM t SELECT a"), ("postgres", "SELECT a FROM t GROUP BY ALL"), ("postgres", "SELECT [1]"),
    ("postgres", "SELECT 1 SELECT 2"), ("postgres", "DROP x"), ("postgres", "COMMENT ON TABLE t 'x'"),
  ]) func invalid(_ dialect: String, _ text: String) throws {
    let name = try #require(DialectName(rawValue: dialect))
    let tree = SyntaxTree.parse(SourceText(name: "i.sql", text: text), dialect: .named(name))
    #expect(tree.counts.unparsed >= 1, "\(text) was read")
  }
}
