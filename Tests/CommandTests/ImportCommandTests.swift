import Foundation
import GoldenSupport
import Testing

/// `import catalog`: columns and edges from CSV.
@Suite struct ImportCommandTests {
  let shell: CommandTests

  init() throws {
    shell = try CommandTests()
    #expect(try shell.run(["init"]).code == 0)
  }

  private func imported(columns: String? = nil, edges: String? = nil) throws -> CommandTests.Outcome {
    var arguments = ["import", "catalog", "--namespace", "w", "--dialect", "tsql"]
    if let columns {
      _ = try shell.write("columns.csv", columns)
      arguments += ["--columns", "columns.csv"]
    }
    if let edges {
      _ = try shell.write("edges.csv", edges)
      arguments += ["--edges", "edges.csv"]
    }
    return try shell.run(arguments)
  }

  @Test func columnsAndEdges() throws {
    let columns = "asset,column,type,nullable,description,layer\r\n"
      + "dbo.s,id,int,0,\"the \"\"key\"\",\r\nof it\",staging\r\ndbo.s,name,varchar(50),1,,\r\ndbo.t,id,int,,,\r\n"
    let edges = "source,target,subtype,expression,line\ndbo.s.id,dbo.t.id,identity,s.id,7\ndbo.s.name,dbo.t.*,filter,name > 'a',\n"
    #expect(try imported(columns: columns, edges: edges).code == 0)
    let card = try shell.run(["show", "dbo.s", "--format", "json"]).out
    #expect(card.contains(#""description":"the \"key\",\r\nof it""#))
    #expect(card.contains(#""layer":"staging""#))
    #expect(try shell.run(["lineage", "why", "dbo.s.id", "dbo.t.id"]).out.contains("edges.csv:7"))
    #expect(try shell.run(["verify"]).code == 0)
    // the same files again change nothing; what a file no longer has is retired
    #expect(try imported(columns: columns, edges: edges).out.hasSuffix("nothing changed\n"))
    #expect(try imported(edges: "source,target\n").out.contains("edges: 0 added, 2 retired"))
    #expect(try shell.run(["verify"]).code == 0)
  }

  @Test func otherEncodings() throws {
    let path = shell.folder.appending(path: "u16.csv")
    try #require("asset,column\ndbo.größe,wert\n".data(using: .utf16)).write(to: path)
    #expect(try shell.run(["import", "catalog", "--namespace", "w", "--dialect", "tsql", "--columns", path.path]).code == 0)
    #expect(try shell.run(["show", "dbo.größe"]).code == 0)
  }

  /// Where case does not count, two spellings are one table; letters that only look alike are two columns.
  @Test func spellings() throws {
    #expect(try imported(columns: "asset,column\ndbo.a,x\nDBO.A,y\ndbo.a,e\u{301}\ndbo.a,\u{e9}\n").code == 0)
    #expect(try shell.run(["list"]).out.hasSuffix("4 columns\n1 assets\n"))
    #expect(try shell.run(["verify"]).code == 0)
  }

  /// Each is refused whole, with its line, what was expected and what was found.
  @Test(arguments: [
    ("asset,column\ndbo.a,x\n\n\ndbo.a,X\n", "columns.csv:5:1: expected each column of a table once as column, found 'X'"),
    ("asset,column\ndbo.a,x\nDBO.b,y\nDbo.A,x\n", "columns.csv:4:1: expected each column of a table once as column, found 'x'"),
    ("asset,column,description\ndbo.a,x,\"one\ntwo\"\ndbo.a,,\n", "columns.csv:4:1: expected a column's name as column, found ''"),
    ("asset,column,layer\ndbo.a,x,upstairs\n", "columns.csv:2:1: expected landing, staging"),
    ("asset,column,kind\ndbo.a,x,chair\n", "as kind, found 'chair'"),
    ("asset,column,nullable\ndbo.a,x,maybe\n", "columns.csv:2:1: expected 1 or 0 as nullable, found 'maybe'"),
    ("asset,column\ndbo.a,x,y\n", "columns.csv:2:1: expected 2 cells, found '3"),
    ("asset,column\n\"dbo.a\"b,x\n", "columns.csv:2:1: expected a record of RFC 4180, found 'text stands behind a closing quote'"),
    ("asset,column\ndbo.a,\"x\n", "columns.csv:2:1: expected a record of RFC 4180, found 'a quoted field never ends'"),
    ("asset,asset,column\n", "columns.csv:1:1: expected a header of asset,column,type"), ("", "columns.csv:1:1: expected a header of asset,column,type"),
    ("asset,column\n,x\n", "columns.csv:2:1: expected schema.table as asset, found ''"),
  ])
  func refusedColumns(_ text: String, _ message: String) throws {
    let outcome = try imported(columns: text)
    #expect(outcome.code == 65)
    #expect(outcome.error.contains(message), "\(outcome.error)")
    #expect(outcome.error.hasSuffix("nothing was changed\n"))
    #expect(try shell.run(["list"]).out == "0 assets\n")
  }

  @Test(arguments: [
    ("source,target,line\na.b,c.d,99999999999\n", "edges.csv:2:1: expected a line's number, from 1 on as line, found '99999999999'"),
    ("source,target,line\na.b,c.d,-5\n", "found '-5'"), ("source,target\na.*,c.d\n", "expected a column: rows are no source as source, found 'a.*'"),
    ("source,target\na,c.d\n", "expected schema.table.column as source, found 'a'"),
    ("source,target,kind,subtype\na.b,c.d,direct,filter\n", "expected indirect, which filter is as kind, found 'direct'"),
    ("source,target,subtype\na.b,c.d,copy\n", "found 'copy'"),
  ])
  func refusedEdges(_ text: String, _ message: String) throws {
    let outcome = try imported(edges: text)
    #expect(outcome.code == 65)
    #expect(outcome.error.contains(message), "\(outcome.error)")
  }

  @Test func noText() throws {
    let path = shell.folder.appending(path: "binary.csv")
    try Data([0x61, 0, 0x62, 0x01, 0, 0x0A]).write(to: path)
    #expect(try shell.run(["import", "catalog", "--namespace", "w", "--dialect", "tsql", "--columns", path.path]).code == 65)
  }
}
