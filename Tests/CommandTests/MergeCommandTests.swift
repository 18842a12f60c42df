import Foundation
import GoldenSupport
import Testing

/// `merge` as a process: what is taken, what is refused, what stays.
@Suite struct MergeCommandTests {
  let base: CommandTests

  init() throws {
    base = try CommandTests()
    _ = try base.write(
      "a.sql",
      """
      CREATE TABLE dbo.src (id int NOT NULL, name varchar(50), mail varchar(80));
      CREATE TABLE dbo.dst (id int, name varchar(50));
      CREATE TABLE dbo.old (id int);

      """)
    #expect(try base.run(["init"]).code == 0)
    let outcome = try base.run(["scan", "--namespace", "w", "--dialect", "tsql", "a.sql"])
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try base.run(["backup", "other.db"]).code == 0)
  }

  func run(_ arguments: String...) throws -> CommandTests.Outcome { try base.run(arguments) }

  func other(_ arguments: String...) throws { #expect(try base.run(arguments + ["--registry", "other.db", "--as", "bob"]).code == 0) }

  func path(_ name: String) -> String { base.folder.appending(path: name).path }

  func changes() throws -> String { Subprocess.run("/usr/bin/sqlite3", [path("cadastre.db"), "SELECT count(*) FROM change"]).output }

  func json(_ outcome: CommandTests.Outcome) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any])
  }

  @Test func theWholeWay() throws {
    try other("set", "dbo.src", "owner=bob", "+gdpr")
    try other("set", "dbo.src.mail", "classification=email")
    try other("lineage", "declare", "dbo.src.name", "dbo.dst.name")
    #expect(try run("set", "dbo.src", "steward=ann", "+pii").code == 0)
    #expect(try run("set", "dbo.src.mail", "description=where to write").code == 0)
    let before = FileManager.default.contents(atPath: path("other.db"))
    let dry = try run("merge", "other.db", "--dry-run")
    #expect(dry.code == 0 && dry.out.hasPrefix("base: change 1, the last that both have\n~ asset w: dbo.dst\n"), "\(dry.out)\(dry.error)")
    #expect(dry.out.hasSuffix("0 to create, 2 to change, 0 to remove\nnothing was changed\n"), "\(dry.out)")
    #expect(try changes() == "3\n")
    let done = try run("merge", "other.db", "--reason", "bob's branch")
    #expect(done.code == 0 && done.out.hasSuffix("change 4 recorded\n"), "\(done.error)")
    let shown = try run("show", "dbo.src").out
    for word in ["bob", "ann", "gdpr", "pii"] { #expect(shown.contains(word), "\(shown)") }
    let head = Subprocess.run("/usr/bin/sqlite3", [path("other.db"), "SELECT hash FROM change ORDER BY id DESC LIMIT 1"]).output.dropLast()
    #expect(try run("audit", "export").out.contains("head \(head) of other.db: bob's branch"))
    let again = try run("merge", "other.db")
    #expect(again.code == 0 && again.out.contains("up to which it was merged before") && again.out.hasSuffix("nothing changed\n"), "\(again.out)")
    #expect(try changes() == "4\n")
    #expect(FileManager.default.contents(atPath: path("other.db")) == before)
    // the other way: everything that is here, without a question
    let back = try run("merge", "cadastre.db", "--registry", "other.db", "--format", "json")
    #expect(back.code == 0)
    #expect((try json(back)["base"] as? [String: Any])?["origin"] as? String == "given", "\(back.out)")
    for name in ["cadastre.db", "other.db"] {
      #expect(try run("export", "out-" + name, "--registry", name).code == 0)
      #expect(try run("verify", "--registry", name).code == 0)
    }
    #expect(Subprocess.run("/usr/bin/diff", ["-r", path("out-cadastre.db"), path("out-other.db")]).output.isEmpty)
  }

  @Test func conflictsAreListed() throws {
    try other("set", "dbo.src", "owner=bob", "steward=bob")
    try other("set", "dbo.dst", "owner=bob")
    #expect(try run("set", "dbo.src", "owner=ann").code == 0)
    #expect(try run("set", "dbo.dst", "owner=ann").code == 0)
    let open = try run("merge", "other.db")
    #expect(open.code == 1)
    #expect(open.out.contains("! asset w: dbo.src\n    owner: base nothing, ours \"ann\", theirs \"bob\"\n2 conflicts open"), "\(open.out)")
    let document = try json(try run("merge", "other.db", "--format", "json"))
    let conflicts = try #require(document["conflicts"] as? [[String: Any]])
    #expect(document["open"] as? Int == 2 && conflicts.count == 2)
    #expect(conflicts[0]["field"] as? String == "owner" && conflicts[0]["ours"] as? String == "ann" && conflicts[0]["theirs"] as? String == "bob")
    let half = try run("merge", "other.db", "--take", "ours:w/DBO.SRC")
    #expect(half.code == 1 && half.out.contains("asset w: dbo.src, ours taken") && half.out.contains("one conflict open"), "\(half.out)")
    #expect(try changes() == "3\n")
    // an object's own decision goes before that for all
    let done = try run("merge", "other.db", "--theirs", "--take", "ours:w/dbo.src")
    #expect(done.code == 0 && done.out.hasSuffix("change 4 recorded\n"), "\(done.out)\(done.error)")
    #expect(try run("search", "owner:ann").out.contains("dbo.src"))
    #expect(try run("search", "owner:bob").out.contains("dbo.dst"))
    #expect(try run("search", "owner:bob").out.contains("dbo.src") == false)
    // what was decided is not asked again
    #expect(try run("merge", "other.db").code == 0)
    for wrong in [["--ours", "--theirs"], ["--take", "mine:w/dbo.src"], ["--take", "ours:w/dbo.none"], ["--take", "ours:w/dbo.src", "--take", "theirs:w/dbo.src"]] {
      #expect(try base.run(["merge", "other.db"] + wrong).code == 64, "\(wrong)")
    }
  }

  @Test func removals() throws {
    #expect(try run("export", "out", "--registry", "other.db").code == 0)
    try FileManager.default.removeItem(atPath: path("out/assets/w/dbo/old.yaml"))
    try FileManager.default.removeItem(atPath: path("out/assets/w/dbo/dst.yaml"))
    try other("apply", "out", "--prune")
    #expect(try run("set", "dbo.dst", "owner=ann").code == 0)
    let open = try run("merge", "other.db")
    #expect(open.code == 1)
    #expect(open.out.contains("- asset w: dbo.old\n") && open.out.contains("! asset w: dbo.dst\n    ours changed: owner; theirs removed\n"), "\(open.out)")
    #expect(try run("merge", "other.db", "--ours").code == 0)
    let list = try run("list").out
    #expect(list.contains("dbo.dst") && !list.contains("dbo.old"), "\(list)")
  }

  @Test func withoutACommonStart() throws {
    #expect(try run("init", "new.db").code == 0)
    #expect(try run("scan", "--namespace", "w", "--dialect", "tsql", "a.sql", "--registry", "new.db").code == 0)
    _ = try base.write("b.sql", "CREATE TABLE public.t (id int);\n")
    #expect(try run("scan", "--namespace", "p", "--dialect", "postgres", "b.sql", "--registry", "new.db").code == 0)
    #expect(try run("set", "dbo.src", "owner=bob", "--registry", "new.db").code == 0)
    let open = try run("merge", "new.db")
    // both have made the table: nobody knows whether there was an owner
    #expect(open.code == 1 && open.out.contains("base: empty") && open.out.contains("owner: base nothing, ours nothing, theirs \"bob\""), "\(open.out)")
    let done = try run("merge", "new.db", "--take", "theirs:w/dbo.src")
    #expect(done.code == 0 && done.out.contains("+ namespace p\n+ asset p: public.t\n"), "\(done.out)")
    #expect(try run("merge", "new.db").out.hasSuffix("nothing changed\n"))
    #expect(try run("init", "empty.db").code == 0)
    #expect(try run("merge", "empty.db").out.hasSuffix("nothing changed\n"))
    // a warehouse of that name which is another
    #expect(try run("scan", "--namespace", "w", "--dialect", "postgres", "b.sql", "--registry", "empty.db").code == 0)
    let unlike = try run("merge", "empty.db", "--theirs")
    #expect(unlike.code == 1 && unlike.error.contains("'w'"), "\(unlike.error)")
  }

  @Test func filesThatAreNone() throws {
    try FileManager.default.createSymbolicLink(atPath: path("link.db"), withDestinationPath: path("cadastre.db"))
    try FileManager.default.linkItem(atPath: path("cadastre.db"), toPath: path("hard.db"))
    for name in ["cadastre.db", "./cadastre.db", "link.db", "hard.db"] {
      let refused = try run("merge", name)
      #expect(refused.code == 64 && refused.error.contains("itself"), "\(name): \(refused.error)")
    }
    // a registry with two names is refused whatever is to be done
    try FileManager.default.removeItem(atPath: path("hard.db"))
    #expect(try run("merge", "missing.db").code == 66)
    #expect(try run("merge", base.folder.path).code == 65)
    _ = try base.write("text.db", "not a registry, and long enough to have a header of a hundred bytes if only it were one, which it is not at all")
    #expect(try run("merge", "text.db").code == 65)
    _ = Subprocess.run("/usr/bin/sqlite3", [path("foreign.db"), "CREATE TABLE t (a)"])
    #expect(try run("merge", "foreign.db").error.contains("another program"))
    for (schema, word) in [(99, "newer"), (3, "older")] {
      _ = Subprocess.run("/usr/bin/sqlite3", [path("other.db"), "PRAGMA user_version = \(schema)"])
      let refused = try run("merge", "other.db")
      #expect(refused.code == 65 && refused.error.contains("other.db: written by a") && refused.error.contains(word), "\(refused.error)")
    }
    #expect(try changes() == "1\n")
  }
}
