import CadastreDiagnostics
import CadastreDialects
import CadastreModel
import CadastreSQL
import GoldenSupport
import Testing

@Suite struct PrinterTests {
  /// What is printed of a query or data statement is read again as the same tree, and printed again as the same text.
  @Test(arguments: SQLFixtures.files) func isReadAgain(_ file: SQLFixtures.File) throws {
    let dialect = Dialect.named(file.dialect)
    let tree = SyntaxTree.parse(try file.source(), dialect: dialect)
    for statement in tree.statements(in: tree.root) {
      switch tree.kind(statement) {
      case .query, .insert, .update, .delete, .merge: break
      default: continue
      }
      for layout in [SQLPrinter.Layout.line, .clauses] {
        let printed = SQLPrinter(tree, layout: layout).print(statement)
        let text = printed.hasSuffix(";") ? printed : printed + ";"
        let again = SyntaxTree.parse(SourceText(name: "printed", text: text), dialect: dialect)
        #expect(again.unparsed.isEmpty, "\(again.unparsed.first?.reason ?? "") in \(text)")
        guard again.unparsed.isEmpty, let same = again.statements(in: again.root).first else { continue }
        #expect(Self.shape(again, same) == Self.shape(tree, statement), "\(text)")
        #expect(SQLPrinter(again, layout: layout).print(same) == printed)
      }
    }
  }

  private static func shape(_ tree: SyntaxTree, _ node: NodeID) -> [String] {
    tree.descendants(node).map { "\(tree.kind($0)) \(tree.flags($0))" }
  }

  @Test(arguments: [
    ("postgres", "select  a.b+ -1 as \"X y\" , Count( * ) from t where( a :: int [] ) [ 1 ]=2 -- x", "SELECT a.b + -1 AS \"X y\", Count(*) FROM t WHERE (a::int[])[1] = 2"),
    ("tsql", "select top(5) x=max(a) over(partition by b order by c desc),cast(d as decimal ( 10,2 )) from [dbo].[t] t", "SELECT TOP (5) x = max(a) OVER (PARTITION BY b ORDER BY c DESC), CAST(d AS decimal(10, 2)) FROM [dbo].[t] t"),
  ]) func normalForm(_ dialect: String, _ text: String, _ expected: String) throws {
    let tree = SyntaxTree.parse(SourceText(name: "n", text: text), dialect: .named(try #require(DialectName(rawValue: dialect))))
    let statement = try #require(tree.statements(in: tree.root).first)
    #expect(SQLPrinter(tree).print(statement) == expected)
  }

  @Test func clauses() throws {
    let text = "select a, b from t join u on t.i = u.i where t.x in (select y from v where z = 1) and q = 2 order by a"
    let tree = SyntaxTree.parse(SourceText(name: "n", text: text), dialect: .named(.postgres))
    let statement = try #require(tree.statements(in: tree.root).first)
    #expect(
      SQLPrinter(tree, layout: .clauses).print(statement) == """
        SELECT a, b
        FROM t
          JOIN u ON t.i = u.i
        WHERE t.x IN (
          SELECT y
          FROM v
          WHERE z = 1
        ) AND q = 2
        ORDER BY a
        """)
  }
}
