import Foundation
import GoldenSupport
import Testing

/// The verbs of `lineage` as a process, on the demo warehouse and on small scripts.
@Suite struct LineageCommandTests {
  let base: CommandTests

  init() throws {
    base = try CommandTests()
    #expect(try base.run(["init"]).code == 0)
  }

  func demo() throws {
    let outcome = try base.run(["scan", Fixtures.path("fixtures/demo/warehouse"), "--namespace", "harbour", "--dialect", "tsql"])
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  func scan(_ sql: String, dialect: String = "tsql", namespace: String = "w") throws {
    _ = try base.write("\(namespace).sql", sql)
    let outcome = try base.run(["scan", "\(namespace).sql", "--namespace", namespace, "--dialect", dialect])
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  func run(_ arguments: String...) throws -> CommandTests.Outcome { try base.run(["lineage"] + arguments) }

  func json(_ arguments: String...) throws -> [String: Any] {
    let outcome = try base.run(["lineage"] + arguments + ["--format", "json"])
    return try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any], "\(outcome.error)")
  }

  static let ring = """
    CREATE TABLE s.a (x int, y int); CREATE TABLE s.b (x int); CREATE TABLE s.c (x int, self int); CREATE TABLE s.alone (x int); CREATE TABLE s.sink (x int);
    GO
    CREATE PROCEDURE s.turn AS BEGIN
      INSERT INTO s.b (x) SELECT x FROM s.a;
      INSERT INTO s.c (x) SELECT x + 1 FROM s.b;
      INSERT INTO s.a (x) SELECT x FROM s.c;
      UPDATE s.c SET self = self + 1;
      INSERT INTO s.sink (x) SELECT sum(y) FROM s.a;
    END
    """

  @Test func paths() throws {
    try demo()
    let one = try run("path", "lnd.customer_file.first_name", "dw.dim_customer.full_name")
    #expect(one.code == 0)
    #expect(one.out.hasPrefix("path 1, 2 hops\n  lnd.customer_file.first_name\n  -> stg.customer.full_name  direct/transformation"))
    #expect(one.out.hasSuffix("there are more paths: a larger --all shows them\n"))
    let direct = try run("path", "lnd.customer_file.first_name", "dw.dim_customer.full_name", "--kind", "direct", "--all", "5")
    #expect(direct.code == 0)
    #expect(!direct.out.contains("path 2") || direct.out.contains("there are no other paths"))
    let several = try json("path", "lnd.customer_file", "dw.customer_score", "--all", "4")
    let lengths = try #require(several["paths"] as? [[String: Any]]).compactMap { $0["length"] as? Int }
    #expect(lengths.count == 4)
    #expect(lengths == lengths.sorted())
    #expect(several["more"] as? Bool == true)
    let assets = try run("path", "lnd.customer_file", "dw.customer_score", "--assets")
    #expect(assets.out.contains("-> stg.customer  "))
    let none = try run("path", "dw.dim_customer.full_name", "lnd.customer_file.first_name")
    #expect(none.code == 1)
    #expect(none.out.isEmpty)
    #expect(
      none.error.contains("no path from dw.dim_customer.full_name to lnd.customer_file.first_name: nothing that is known writes lnd.customer_file.first_name"))
    #expect(try run("path", "no.such", "lnd.customer_file").code == 1)
    #expect(try run("path", "a", "b", "--all", "0").code == 64)
  }

  @Test func why() throws {
    try demo()
    let outcome = try run("why", "lnd.customer_file.first_name", "dw.dim_customer.full_name")
    #expect(outcome.code == 0)
    for part in [
      "stg.load_customer version 1", "stg.load_customer.sql:", "parsed, since 20", "(change 1)", "c.full_name", "direct/identity: the value as it is",
    ] {
      #expect(outcome.out.contains(part), "\(part)")
    }
    let none = try run("why", "dw.dim_customer.full_name", "lnd.customer_file.first_name")
    #expect(none.code == 1)
    #expect(none.out.contains("no path"))
  }

  @Test func endsOfTheGraph() throws {
    try scan(Self.ring)
    // a, b and c feed each other and nothing else feeds them: all three are where it comes from
    let roots = try run("roots", "s.b.x")
    #expect(roots.out.contains("s.a.x  (in a cycle of 3)"))
    #expect(roots.out.hasSuffix("3 ultimate sources\n"))
    #expect(try run("leaves", "s.a.y").out == "s.sink.x\n1 final target\n")
    #expect(try run("roots", "s.sink", "--assets", "--kind", "direct").out.contains("s.a  (in a cycle of 3)"))
    let all = try run("leaves", "--namespace", "w", "--format", "csv")
    #expect(all.out.contains("w,s.sink.x,s.sink,"))
    #expect(try run("leaves", "--namespace", "nowhere").code == 1)
    #expect(try run("roots", "s.a.y").out == "s.a.y: no ultimate sources; nothing known writes it\n")
  }

  @Test func cycles() throws {
    try scan(Self.ring)
    let columns = try run("cycles")
    #expect(columns.out.contains("cycle 1: 3 columns\n  s.a.x\n  s.b.x\n  s.c.x\n  round: s.a.x -> s.b.x -> s.c.x -> s.a.x\n1 cycle\n"))
    #expect(columns.out.contains("1 column has an edge to itself alone, not shown: --self lists it"))
    #expect(try run("cycles", "--self").out.contains("  s.c.self\n"))
    #expect(try run("cycles", "--assets").out.contains("round: s.a -> s.b -> s.c -> s.a"))
    let answer = try json("cycles")
    #expect((answer["cycles"] as? [[String: Any]])?.first?["members"] as? [String] == ["s.a.x", "s.b.x", "s.c.x"])
    #expect(try run("cycles", "--format", "csv").out.hasPrefix("cycle,source,target,"))
    try demo()
    #expect(try run("cycles", "--namespace", "harbour", "--kind", "direct").out.hasPrefix("no cycles\n"))
  }

  @Test func orphans() throws {
    try scan(Self.ring)
    let answer = try json("orphans")
    func names(_ key: String) -> [String] { (answer[key] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String } }
    #expect(names("untouched_assets") == ["s.alone"])
    #expect(names("written_never_read") == ["s.sink"])
    #expect(names("read_never_written") == [])
    try demo()
    let all = try run("orphans", "--namespace", "harbour")
    #expect(all.out.contains("  lnd.customer_file\n"))
    #expect(!all.out.contains("s.alone"))
  }

  @Test func formats() throws {
    try demo()
    let tree = try run("upstream", "dw.customer_score.monetary")
    #expect(tree.out.hasPrefix("dw.customer_score.monetary\n"))
    #expect(tree.out.contains("(above)"))
    #expect(tree.out.contains(" edges, complete\n"))
    let shallow = try run("upstream", "dw.customer_score.monetary", "--depth", "1")
    #expect(shallow.out.contains("edges not shown: "))
    #expect(shallow.out.contains("beyond --depth"))
    for format in ["text", "table", "mermaid", "dot", "markdown"] {
      let cut = try run("upstream", "dw.customer_score.monetary", "--limit", "2", "--format", format)
      #expect(cut.code == 0)
      #expect(cut.out.contains("beyond --limit"), "\(format): \(cut.out)")
    }
    #expect(try run("upstream", "dw.customer_score.monetary", "--limit", "2", "--format", "csv").error.contains("beyond --limit"))
    let cut = try json("upstream", "dw.customer_score.monetary", "--limit", "2")
    #expect(cut["complete"] as? Bool == false)
    #expect((cut["edges"] as? [Any])?.count == 2)
    #expect(try #require(cut["hidden_by_limit"] as? Int) > 0)
    let assets = try run("downstream", "lnd.customer_file", "--assets", "--format", "csv")
    #expect(assets.out.hasPrefix("source,target,direct,indirect\n"))
    #expect(assets.out.contains("\nlnd.customer_file,stg.customer,12,5\n"))
    let unknown = try run("upstream", "dw.customer_score", "--format", "svg")
    #expect(unknown.code == 64)
    #expect(unknown.error.contains("mermaid"))
    // the formats of other commands are what they were
    #expect(try base.run(["list", "--format", "dot"]).code == 64)
  }

  @Test func declared() throws {
    try demo()
    let unknown = try run("declare", "dw.dim_customer.full_name", "crm.contact.name")
    #expect(unknown.code == 1)
    #expect(unknown.error.contains("--create-external"))
    let arguments = [
      "declare", "dw.dim_customer.full_name", "crm.contact.name", "--create-external", "crm.contact", "--expression", "nightly export", "--reason", "ticket 12",
      "--as", "ann",
    ]
    let first = try base.run(["lineage"] + arguments)
    #expect(first.out == "declared: dw.dim_customer.full_name -> crm.contact.name  direct/transformation\nchange 2 recorded\n", "\(first.error)")
    #expect(try base.run(["lineage"] + arguments).out.hasSuffix("nothing changed\n"))
    try demo()
    let why = try run("why", "lnd.customer_file.first_name", "crm.contact.name")
    #expect(why.out.contains("declared by ann, ticket 12, since "))
    #expect(why.out.contains("nightly export"))
    #expect(try run("leaves", "lnd.customer_file.first_name", "--kind", "direct").out.contains("crm.contact.name"))
    let refused = try run("retract", "lnd.customer_file.first_name", "stg.customer.full_name")
    #expect(refused.code == 1)
    #expect(refused.error.contains("stg.load_customer.sql:"))
    #expect(try run("retract", "dw.dim_customer.full_name", "crm.contact.name").out.contains("change 3 recorded"))
    let again = try run("retract", "dw.dim_customer.full_name", "crm.contact.name")
    #expect(again.code == 0)
    #expect(again.out.hasSuffix("nothing changed\n"))
    #expect(try run("path", "dw.dim_customer.full_name", "crm.contact.name").code == 1)
    #expect(try run("declare", "dw.dim_customer", "crm.contact.name").code == 64)
    #expect(try run("declare", "dw.dim_customer.full_name", "crm.contact.name", "--subtype", "filter").code == 64)
    #expect(try base.run(["verify"]).code == 0)
  }

  /// What a script's comment declares is the script's: no person takes it back.
  @Test func declaredInAScript() throws {
    try scan(
      "CREATE TABLE s.a (x int); CREATE TABLE s.b (x int);\nGO\nCREATE PROCEDURE s.p @n nvarchar(10) AS\n-- cadastre: reads s.a; writes s.b; maps s.b.x <- s.a.x\nEXEC(@n);\n")
    let why = try run("why", "s.a.x", "s.b.x")
    #expect(why.out.contains("s.p version 1, statement 1, w.sql:"), "\(why.out)")
    #expect(why.out.contains(", declared, since "))
    let refused = try run("retract", "s.a.x", "s.b.x")
    #expect(refused.code == 1)
    #expect(refused.error.contains("is what w.sql:"), "\(refused.error)")
    #expect(try run("declare", "s.a.x", "s.b.x", "--expression", "by hand").out.contains("change 2 recorded"))
    #expect(try run("retract", "s.a.x", "s.b.x").out.contains("change 3 recorded"))
    #expect(try run("why", "s.a.x", "s.b.x").code == 0)
  }

  @Test func gapsByRoutine() throws {
    try scan(
      "CREATE TABLE s.a (x int); CREATE TABLE s.b (x int);\nGO\nCREATE PROCEDURE s.good AS INSERT INTO s.b (x) SELECT x FROM s.a;\nGO\nCREATE PROCEDURE s.bad @n nvarchar(10) AS EXEC('INSERT INTO s.b SELECT x FROM ' + @n);\n"
    )
    let text = try run("gaps", "--by-routine")
    let lines = text.out.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[1].hasPrefix("s.bad"))
    #expect(lines[2].hasPrefix("s.good   100 %"))
    #expect(lines[3].hasPrefix("1 of 2 routines analysed whole"))
    let totals = try #require(try json("gaps", "--by-routine")["totals"] as? [String: Any])
    #expect(totals["routines"] as? Int == 2)
    #expect(try run("gaps").out.contains("resolve it with:"))
  }

  /// Two warehouses may have the same names; a question says which.
  @Test func warehouses() throws {
    try scan(Self.ring)
    try scan(Self.ring, namespace: "v")
    let both = try run("upstream", "s.b.x")
    #expect(both.code == 1)
    #expect(both.error.contains("s.b.x of v, s.b.x of w"))
    #expect(try run("upstream", "s.b.x", "--namespace", "v").out.contains("v.sql:"))
    #expect(!(try run("upstream", "s.b.x", "--namespace", "v").out.contains("w.sql:")))
  }
}
