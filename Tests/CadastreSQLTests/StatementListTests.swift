import Cadastre
import CadastreDialects
import CadastreModel
import CadastreSQL
import GoldenSupport
import Testing

/// `fixtures/statements/DIALECT.sql`: statements as users of the dialect write them, one a line, each of which is read.
@Suite struct StatementListTests {
  static let files = Fixtures.list("fixtures/statements", ending: "sql")

  @Test(arguments: files) func everyStatementIsRead(_ path: String) throws {
    let (source, dialect) = try Self.open(path)
    let tree = SyntaxTree.parse(source, dialect: dialect)
    for item in tree.unparsed { Issue.record("\(path):\(source.position(of: item.at.lower).line): \(item.reason)") }
    let counts = tree.counts
    #expect(counts.statements - counts.unparsed == (try Fixtures.text(path)).split(separator: "\n").count - 1)
  }

  /// What is printed of a statement is read as the same tree.
  @Test(arguments: files) func printedIsReadAgain(_ path: String) throws {
    let (source, dialect) = try Self.open(path)
    let tree = SyntaxTree.parse(source, dialect: dialect)
    for node in tree.statements(in: tree.root) where tree.kind(node) == .query || tree.kind(node) == .insert {
      let printed = SQLPrinter(tree).print(node)
      let again = SyntaxTree.parse(SourceText(name: "printed", text: printed), dialect: dialect)
      let kinds = tree.descendants(node).map { tree.kind($0) }
      let same = again.statements(in: again.root).first.map { first in again.descendants(first).map { again.kind($0) } } ?? []
      #expect(kinds == same, "\(printed)")
    }
  }

  /// A statement cut anywhere gives a tree.
  @Test(arguments: files) func cutAnywhere(_ path: String) throws {
    let dialect = try Self.open(path).1
    for line in try Fixtures.text(path).split(separator: "\n") {
      let tokens = SyntaxTree.parse(SourceText(name: path, text: String(line)), dialect: dialect).tokens
      for token in tokens {
        let cut = SourceText(name: path, bytes: Array(line.utf8.prefix(Int(token.end))))
        #expect(!SyntaxTree.parse(cut, dialect: dialect).nodes.isEmpty)
      }
    }
  }

  private static func open(_ path: String) throws -> (SourceText, Dialect) {
    let name = path.split(separator: "/").last?.dropLast(4) ?? ""
    let dialect = try #require(DialectName(rawValue: String(name)))
    return (try InputFile.text(Fixtures.path(path)), .named(dialect))
  }
}
