import Cadastre
import CadastreModel
import Foundation
import GoldenSupport
import Testing

/// What people state: `set`, `tag`, `term`, `note`, `classify`.
@Suite struct VocabularyCommandTests {
  let base: CommandTests

  init() throws {
    base = try CommandTests()
    #expect(try base.run(["init"]).code == 0)
    try scan(Self.warehouse)
  }

  static let warehouse = """
    CREATE TABLE s.a (email varchar(50), phone varchar(20), town varchar(20));
    CREATE TABLE s.b (email varchar(50), email_hash varbinary(32), contact varchar(100), top_email varchar(50), mails int, place varchar(20), plain varchar(20));
    CREATE TABLE s.c (email varchar(50), contact varchar(100));
    GO
    CREATE PROCEDURE s.load AS
    BEGIN
      INSERT INTO s.b (email, email_hash, contact, top_email, mails, place)
      SELECT lower(a.email), HASHBYTES('SHA2_256', a.email), a.email + a.phone, max(a.email), count(a.email), a.town FROM s.a AS a GROUP BY a.email, a.phone, a.town;
      INSERT INTO s.c (email, contact) SELECT b.email, b.contact FROM s.b AS b;
    END
    """

  func scan(_ sql: String) throws {
    _ = try base.write("w.sql", sql)
    let outcome = try base.run(["scan", "w.sql", "--namespace", "w", "--dialect", "tsql", "--full"])
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  func query(_ sql: String) -> String { SearchCommandTests.sqlite(base.folder.appending(path: "cadastre.db").path, sql).output }

  func json(_ arguments: String...) throws -> [String: Any] {
    let outcome = try base.run(arguments + ["--format", "json"])
    return try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any], "\(outcome.error)")
  }

  @Test func setSurvivesScans() throws {
    let outcome = try base.run(["set", "s.a", "owner=ann", "steward=eve", "domain=parties", "client=acme", "layer=core", "description=People", "status=deprecated", "+gdpr", "tags=+x,y"])
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.out.contains("status: active -> deprecated") && outcome.out.contains("change 2 recorded"), "\(outcome.out)")
    #expect(try base.run(["set", "s.a", "owner=ann"]).out.contains("nothing changed"))
    #expect(try base.run(["set", "s.a.email", "classification=email", "description=Where mail goes"]).code == 0)
    try scan(Self.warehouse.replacingOccurrences(of: "town varchar(20)", with: "town varchar(30)").replacingOccurrences(of: "phone varchar(20),", with: "phone varchar(20), extra int,"))
    #expect(query("SELECT owner, steward, client, layer, description, status, tags FROM v_asset WHERE asset = 's.a'") == "ann|eve|acme|core|People|deprecated|[\"gdpr\",\"x\",\"y\"]\n")
    #expect(query("SELECT classification, description FROM v_column WHERE asset = 's.a' AND \"column\" = 'email'") == "email|Where mail goes\n")
    #expect(query("SELECT domain FROM v_asset_domain") == "parties\n")
    #expect(try base.run(["set", "s.a", "-gdpr", "owner=", "domain="]).code == 0)
    #expect(query("SELECT ifnull(owner, '-'), tags FROM v_asset WHERE asset = 's.a'") == "-|[\"x\",\"y\"]\n")
    #expect(try base.run(["verify"]).code == 0)
    let words = try base.run(["vocabulary", "tags", "--format", "csv"])
    #expect(words.out == "field,value,count\ntags,x,1\ntags,y,1\n")
  }

  /// The whole of an asset before and after is in the change log.
  @Test func changesAreRecorded() throws {
    #expect(try base.run(["set", "s.a", "owner=ann", "--as", "bob", "--reason", "she said so"]).code == 0)
    let entry = query("SELECT c.actor, c.command, c.reason, e.kind, e.subject, json_extract(e.before, '$.owner'), json_extract(e.after, '$.owner') FROM change_entry e JOIN change c ON c.id = e.change_id WHERE c.id = 2")
    #expect(entry == "bob|set|she said so|asset|s.a||ann\n")
  }

  @Test func statusLifecycle() throws {
    let refused = try base.run(["set", "s.a", "status=retired"])
    #expect(refused.code == 1 && refused.error.contains("s.a is active and cannot become retired; allowed: deprecated"), "\(refused.error)")
    #expect(try base.run(["set", "s.a", "status=deprecated"]).code == 0)
    #expect(try base.run(["set", "s.a", "status=retired", "owner=ann"]).code == 0)
    let end = try base.run(["set", "s.a", "status=active", "owner=bob"])
    #expect(end.code == 1 && end.error.contains("allowed: nothing"))
    #expect(query("SELECT owner, status FROM v_asset WHERE asset = 's.a'") == "ann|retired\n")
    // its script goes: it ends like any other
    try scan(Self.warehouse.replacingOccurrences(of: "CREATE TABLE s.a (email varchar(50), phone varchar(20), town varchar(20));", with: ""))
    #expect(query("SELECT count(*) FROM v_asset WHERE asset = 's.a'") == "0\n")
    #expect(try base.run(["verify"]).code == 0)
  }

  @Test(arguments: [
    (["set", "s.a", "colour=red"], 64, "there is no field 'colour'; known: owner"), (["set", "s.a", "layer=attic"], 64, "'attic' is no layer; known: landing"),
    (["set", "s.a", "owner"], 64, "is not FIELD=VALUE"), (["set", "s.a"], 64, "nothing to set"), (["set", "s.a.email", "owner=x"], 64, "a column has no owner; set it on s.a"),
    (["set", "s.a", "class=email"], 64, "set it on a column"), (["set", "s.nowhere", "owner=x"], 1, "no asset or column"), (["set", "s.a.email", "class=secret"], 64, "known: email"),
    (["term", "show", "nothing"], 1, "no term 'nothing'"), (["term", "link", "nothing", "s.a"], 1, "no term"), (["note", "add", "s.nowhere", "x"], 1, "no asset or column"),
    (["note", "add", "s.a", "  "], 64, "empty"), (["note", "add", "change:99", "x"], 1, "there is no"), (["note", "remove", "7"], 1, "no note"),
  ])
  func refused(_ arguments: [String], _ code: Int32, _ words: String) throws {
    let outcome = try base.run(arguments)
    #expect(outcome.code == code && outcome.error.contains(words), "\(outcome.code) \(outcome.error)")
    #expect(query("SELECT count(*) FROM change") == "1\n")
  }

  @Test func tags() throws {
    #expect(try base.run(["tag", "s.a", "gdpr", "+hot"]).code == 0)
    #expect(try base.run(["tag", "s.a", "-hot", "+GDPR"]).code == 0)
    #expect(try base.run(["tag", "s.a"]).out == "gdpr\n")
  }

  @Test func glossary() throws {
    #expect(try base.run(["term", "add", "Household", "--definition", "People at one address", "--synonym", "family unit", "--owner", "ann"]).code == 0)
    #expect(try base.run(["term", "add", "household", "--definition", "People at one address", "--synonym", "family unit", "--owner", "ann"]).out.contains("changed"))
    #expect(try base.run(["term", "link", "household", "s.a", "s.b.place"]).code == 0)
    #expect(try base.run(["term", "link", "household", "s.a"]).out.contains("nothing changed"))
    let shown = try base.run(["term", "show", "Family Unit"])
    #expect(shown.out.contains("about s.a\n") && shown.out.contains("about s.b.place\n"), "\(shown.out)")
    #expect(try base.run(["search", "family", "--format", "csv"]).out.contains("term,household,prefix,family"))
    #expect(try base.run(["search", "people address"]).out.contains("description: People at one address"))
    #expect(try base.run(["term", "unlink", "household", "s.a"]).out.contains("unlinked"))
    #expect(try base.run(["term", "list", "--format", "csv"]).out.contains("household,People at one address,family unit,ann,1"))
    #expect(try base.run(["term", "remove", "household"]).code == 0)
    #expect(try base.run(["search", "household"]).code == 1)
    #expect(try base.run(["verify"]).code == 0)
  }

  @Test func notes() throws {
    for subject in ["s.a", "s.a.email", "s.load", "routine:s.load", "change:1"] {
      let outcome = try base.run(["note", "add", subject, "Beware of \(subject)", "--kind", "code"])
      #expect(outcome.code == 0, "\(subject): \(outcome.error)")
    }
    #expect(try base.run(["note", "list", "s.a", "--format", "csv"]).out.split(separator: "\n").count == 3)
    #expect(try base.run(["note", "list", "s.a.email", "--format", "csv"]).out.split(separator: "\n").count == 2)
    #expect(try base.run(["note", "list", "s.load"]).out.contains("Beware of routine:s.load"))
    #expect(try base.run(["note", "list", "change:1"]).out.contains("change 1"))
    #expect(try base.run(["search", "beware", "--format", "csv"]).out.contains("note,s.a.email,description"))
    #expect(try base.run(["note", "remove", "2"]).code == 0)
    #expect(try base.run(["note", "list", "s.a", "--format", "csv"]).out.split(separator: "\n").count == 2)
    #expect(try base.run(["verify"]).code == 0)
  }

  @Test func classificationsTravel() throws {
    #expect(try base.run(["set", "s.a.email", "classification=email"]).code == 0)
    #expect(try base.run(["set", "s.a.phone", "classification=phone"]).code == 0)
    let dry = try json("classify", "propagate", "--dry-run")
    let set = try #require(dry["set"] as? [[String: Any]])
    #expect(set.compactMap { $0["column"] as? String } == ["s.b.email", "s.b.top_email", "s.c.email"])
    #expect(set.allSatisfy { $0["classification"] as? String == "email" && $0["origins"] as? [String] == ["s.a.email"] })
    let conflicts = try #require(dry["conflicts"] as? [[String: Any]])
    #expect(conflicts.compactMap { $0["column"] as? String } == ["s.b.contact"])
    let stopped = try #require(dry["stopped"] as? [[String: Any]])
    #expect(Set(stopped.compactMap { ($0["edge"] as? [String: Any])?["target"] as? String }) == ["s.b.email_hash", "s.b.mails"])
    #expect(query("SELECT count(*) FROM change") == "3\n")
    #expect(try base.run(["classify", "propagate"]).out.contains("change 4 recorded"))
    #expect(query("SELECT asset || '.' || \"column\" FROM v_column WHERE classification = 'email' ORDER BY 1") == "s.a.email\ns.b.email\ns.b.top_email\ns.c.email\n")
    #expect(try base.run(["classify", "propagate"]).out.contains("nothing changed"))
    // scans keep it; a person's word stands, and what lies behind it follows
    try scan(Self.warehouse + "\n-- once more\n")
    #expect(query("SELECT count(*) FROM v_column WHERE classification = 'email'") == "4\n")
    #expect(try base.run(["set", "s.b.email", "classification=none"]).code == 0)
    #expect(try base.run(["classify", "propagate"]).out.contains("s.c.email no longer email"))
    #expect(query("SELECT classification FROM v_column WHERE asset = 's.b' AND \"column\" = 'email'") == "none\n")
    // a person against lineage is listed and left
    #expect(try base.run(["set", "s.b.top_email", "classification=url"]).code == 0)
    let again = try json("classify", "propagate")
    #expect((again["conflicts"] as? [[String: Any]])?.contains { $0["column"] as? String == "s.b.top_email" && $0["held_by"] as? String == "person" } == true, "\(again)")
    #expect(query("SELECT classification FROM v_column WHERE asset = 's.b' AND \"column\" = 'top_email'") == "url\n")
    #expect(try base.run(["verify"]).code == 0)
  }

  @Test(arguments: [
    ("lower(a.email)", "transformation", true), ("HASHBYTES('SHA2_256', a.email)", "transformation", false), ("concat(sha2(a.email), b.name)", "transformation", false),
    ("concat(sha2(b.name), a.email)", "transformation", true), ("coalesce(md5(a.email), a.email)", "transformation", true), ("max(a.email)", "aggregation", true),
    ("count(a.email)", "aggregation", false), ("string_agg(a.email, ',')", "aggregation", false), ("max(sha256(a.email))", "aggregation", false), ("dbo.Mask([email])", "transformation", false),
    ("x.h", "transformation", true), ("md5(x.y)", "transformation", false), ("'md5(email)' || email", "transformation", true), ("md5 (email)", "transformation", false),
    ("email(", "transformation", true), ("))) 'email", "transformation", true), ("", "identity", true),
  ])
  func masking(_ expression: String, _ subtype: String, _ carries: Bool) throws {
    let subtype = try #require(EdgeSubtype(rawValue: subtype))
    #expect(MaskingFunctions.carries(subtype, expression, column: "email").carries == carries)
  }
}
