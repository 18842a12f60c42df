import Foundation
import GoldenSupport
import Testing

/// `export`, `plan`, `apply` and `import` as a process: exit codes, what is refused, what stays.
@Suite struct ManifestCommandTests {
  let base: CommandTests

  init() throws {
    base = try CommandTests()
    #expect(try base.run(["init"]).code == 0)
    let outcome = try base.run(["scan", Fixtures.path("fixtures/demo/warehouse"), "--namespace", "harbour", "--dialect", "tsql"])
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  func run(_ arguments: String...) throws -> CommandTests.Outcome { try base.run(arguments) }

  func path(_ name: String) -> String { base.folder.appending(path: name).path }

  func edit(_ name: String, _ change: (inout String) -> Void) throws {
    var text = try String(contentsOfFile: path(name), encoding: .utf8)
    change(&text)
    try text.write(toFile: path(name), atomically: false, encoding: .utf8)
  }

  func changes() throws -> Int {
    let outcome = Subprocess.run("/usr/bin/sqlite3", [path("cadastre.db"), "SELECT count(*) FROM change"])
    return try #require(Int(outcome.output.split(separator: "\n").first ?? ""))
  }

  func tree(_ name: String) throws -> [String: Data] {
    var result: [String: Data] = [:]
    let names = try #require(FileManager.default.enumerator(atPath: path(name)))
    while let item = names.nextObject() as? String { if let data = FileManager.default.contents(atPath: path(name) + "/" + item) { result[item] = data } }
    return result
  }

  static let customer = "out/assets/harbour/dw/dim_customer.yaml"

  @Test func theWholeWay() throws {
    #expect(try run("export", "out").code == 0)
    let first = try tree("out")
    #expect(first.count == 56)
    #expect(try run("export", "out").out.contains("0 written, 55 unchanged, 0 removed"))
    #expect(try tree("out") == first)
    let nothing = try run("plan", "out")
    #expect(nothing.code == 0 && nothing.out == "0 to create, 0 to change, 0 to remove\n")
    try edit(Self.customer) { $0 = $0.replacingOccurrences(of: "status: active\n", with: "status: deprecated\nowner: ann\n") }
    let plan = try run("plan", "out")
    #expect(plan.code == 1)
    #expect(plan.out == "~ asset harbour: dw.dim_customer\n    status: \"active\" -> \"deprecated\"\n    owner: nothing -> \"ann\"\n0 to create, 1 to change, 0 to remove\n")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(try run("plan", "out", "--format", "json").out.utf8)) as? [String: Any])
    #expect(json["change"] as? Int == 1)
    let applied = try run("apply", "out", "--reason", "review 7", "--as", "ann")
    #expect(applied.code == 0 && applied.out.hasSuffix("change 2 recorded\n"), "\(applied.error)")
    let again = try run("apply", "out")
    #expect(again.code == 0 && again.out.hasSuffix("nothing changed\n"))
    #expect(try changes() == 2)
    // a scan of everything keeps what people have set
    #expect(try run("scan", Fixtures.path("fixtures/demo/warehouse"), "--namespace", "harbour", "--dialect", "tsql", "--full").out.contains("nothing changed"))
    #expect(try run("plan", "out").code == 0)
    #expect(try run("verify").code == 0)
    // into an empty registry and out again
    #expect(try run("init", "other.db").code == 0)
    #expect(try run("apply", "out", "--registry", "other.db").code == 0)
    #expect(try run("export", "copy", "--registry", "other.db").code == 0)
    #expect(try run("export", "out").code == 0)
    #expect(try tree("out") == tree("copy"))
  }

  @Test func aPlanThatIsOvertaken() throws {
    #expect(try run("export", "out").code == 0)
    try edit(Self.customer) { $0 += "lineage:\n  - column: city\n    from: stg.customer.city\n    subtype: identity\n" }
    try edit("out/assets/harbour/dw/dim_date.yaml") { $0 = $0.replacingOccurrences(of: "status: active", with: "status: retired") }
    #expect(try run("plan", "out", "--out", "plan.json").code == 1)
    // what the plan does not touch may change
    #expect(try run("lineage", "declare", "stg.customer.city", "mart.campaign.campaign_name").code != 70)
    #expect(try run("lineage", "declare", "stg.customer.email", "dw.dim_customer.city").code == 0)
    let before = try changes()
    let stale = try run("apply", "plan.json")
    #expect(stale.code == 1)
    #expect(stale.error.contains("asset dw.dim_customer of harbour") && !stale.error.contains("dim_date"), "\(stale.error)")
    #expect(try changes() == before)
    #expect(try run("lineage", "retract", "stg.customer.email", "dw.dim_customer.city").code == 0)
    let done = try run("apply", "plan.json")
    #expect(done.code == 0 && done.out.contains("recorded"), "\(done.error)")
    #expect(try run("apply", "plan.json").out.contains("nothing changed"))
    #expect(try run("plan", "out").code == 0)
    // a plan that somebody has cut or bent
    try edit("plan.json") { $0 = String($0.prefix(400)) }
    #expect(try run("apply", "plan.json").code == 65)
    _ = try base.write("plan.json", "{\"plan\":\"cadastre-plan/9\",\"changes\":[]}")
    #expect(try run("apply", "plan.json").error.contains("expected cadastre-plan/1, found cadastre-plan/9"))
  }

  @Test func nothingIsAppliedInPart() throws {
    #expect(try run("export", "out").code == 0)
    try edit(Self.customer) { $0 = $0.replacingOccurrences(of: "status: active", with: "status: retired") }
    _ = try base.write("out/assets/harbour/dw/wrong.yaml", "manifest: asset\nnamespace: harbor\nname: dw.wrong\nkind: table\ndialect: tsql\n")
    let outcome = try run("apply", "out")
    #expect(outcome.code == 65)
    #expect(outcome.error.contains("out/assets/harbour/dw/wrong.yaml:1:1: error[X021]: expected a namespace of the registry or of the manifests, found 'harbor'; did you mean 'harbour'?"))
    try edit("out/assets/harbour/dw/wrong.yaml") {
      $0 = $0.replacingOccurrences(of: "harbor\n", with: "harbour\n") + "columns:\n  - name: a\nlineage:\n  - from: dw.dim_custmer.city\n    column: a\n    subtype: identity\n"
    }
    #expect(try run("apply", "out").error.contains("wrong.yaml:9:5: error[X023]: expected an edge to begin at an asset, found 'dw.dim_custmer', which 'harbour' does not hold; did you mean 'dw.dim_customer'?"))
    _ = try base.write("out/again.yaml", try String(contentsOfFile: path(Self.customer), encoding: .utf8))
    #expect(try run("apply", "out").error.contains("expected one manifest for each object"))
    #expect(try run("apply", "nowhere").code == 66)
    #expect(try changes() == 1)
  }

  @Test func pruningIsAsked() throws {
    #expect(try run("export", "out").code == 0)
    try FileManager.default.removeItem(atPath: path("out/routines/harbour/etl"))
    try FileManager.default.removeItem(atPath: path("out/assets/harbour/mart/campaign.yaml"))
    let kept = try run("plan", "out")
    #expect(kept.code == 0 && kept.out.contains("without a manifest stay"), "\(kept.out)")
    let plan = try run("plan", "out", "--prune")
    #expect(plan.code == 1 && plan.out.contains("- asset harbour: mart.campaign\n") && plan.out.contains("- routine harbour: etl.run_nightly\n"), "\(plan.out)")
    #expect(try run("apply", "out", "--prune").code == 0)
    #expect(try run("plan", "out", "--prune").code == 0)
    #expect(try run("verify").code == 0)
    #expect(try run("export", "out").out.contains("0 written"))
    // the scripts are still there: they define them again
    #expect(try run("scan", Fixtures.path("fixtures/demo/warehouse"), "--namespace", "harbour", "--dialect", "tsql").out.contains("assets     1 new"))
    #expect(try run("plan", "out", "--prune").out == plan.out)
  }

  @Test func foldersOfOthers() throws {
    try FileManager.default.createDirectory(atPath: path("mine"), withIntermediateDirectories: true)
    _ = try base.write("mine/notes.txt", "mine")
    #expect(try run("export", "mine").code == 64)
    #expect(try tree("mine").count == 1)
    // one's own files beside an export stay; a file of the export whose object is gone goes
    #expect(try run("export", "out").code == 0)
    _ = try base.write("out/README.md", "mine")
    _ = try base.write("out/assets/harbour/dw/new.yaml", "manifest: asset\nnamespace: harbour\nname: dw.new\nkind: table\ndialect: tsql\n")
    try FileManager.default.removeItem(atPath: path("out/assets/harbour/mart/campaign.yaml"))
    #expect(try run("apply", "out", "--prune").code == 0)
    _ = try run("export", "out")
    let there = try tree("out")
    #expect(there["README.md"] != nil && there["assets/harbour/dw/new.yaml"] != nil && there["assets/harbour/mart/campaign.yaml"] == nil)
    // an index that somebody has bent does not lead out of the folder
    _ = try base.write("precious.yaml", "mine")
    try edit("out/.cadastre-export") { $0 += "assets/../../precious.yaml\n/etc/hostname.yaml\nassets/link/x.yaml\n" }
    try FileManager.default.createDirectory(atPath: path("elsewhere"), withIntermediateDirectories: true)
    _ = try base.write("elsewhere/x.yaml", "mine")
    try FileManager.default.createSymbolicLink(atPath: path("out/assets/link"), withDestinationPath: path("elsewhere"))
    #expect(try run("export", "out").code == 0)
    #expect(FileManager.default.fileExists(atPath: path("precious.yaml")) && FileManager.default.fileExists(atPath: path("elsewhere/x.yaml")))
    // nor is anything written through a link
    try FileManager.default.removeItem(atPath: path("out/assets/harbour/dw"))
    try FileManager.default.createSymbolicLink(atPath: path("out/assets/harbour/dw"), withDestinationPath: path("elsewhere"))
    #expect(try run("export", "out").code == 65)
    #expect(try tree("elsewhere").count == 1)
    // which leaves it unfinished: what is missing is not taken for gone
    #expect(try run("plan", "out", "--prune").code == 65)
    try FileManager.default.removeItem(atPath: path("out/assets/harbour/dw"))
    #expect(try run("export", "out").code == 0)
    #expect(try run("plan", "out").code == 0)
  }

  @Test func sheets() throws {
    #expect(try run("export", "--csv", "columns", "columns.csv").code == 0)
    try edit("columns.csv") { $0 = $0.replacingOccurrences(of: "harbour,dw.dim_customer,email,nvarchar(320),,\n", with: "harbour,dw.dim_customer,email,nvarchar(320),email,where we write\n") }
    let dry = try run("import", "--csv", "columns.csv", "--dry-run")
    #expect(dry.code == 0 && dry.out.contains("columns.email.classification: nothing -> \"email\"\n") && dry.out.contains("1 to change"), "\(dry.out)\(dry.error)")
    #expect(try changes() == 1)
    #expect(try run("import", "--csv", "columns.csv").out.contains("change 2 recorded"))
    #expect(try run("import", "--csv", "columns.csv").out.contains("nothing changed"))
    #expect(try run("export", "--csv", "columns", "-").out == String(contentsOfFile: path("columns.csv"), encoding: .utf8))
    _ = try base.write("bad.csv", "asset,owner\ndw.dim_customer,ann\ndw.dim_custmer,ann\n")
    let bad = try run("import", "--csv", "bad.csv")
    #expect(bad.code == 65 && bad.error.contains("bad.csv:3:1: error[X033]") && bad.error.contains("did you mean 'dw.dim_customer'?"), "\(bad.error)")
    #expect(try changes() == 2)
    #expect(try run("import", "columns.csv").code == 64)
  }
}
