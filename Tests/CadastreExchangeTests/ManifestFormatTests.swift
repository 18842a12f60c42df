import Cadastre
import CadastreDiagnostics
import CadastreExchange
import CadastreModel
import Foundation
import GoldenSupport
import Testing

/// The text of manifests: what is refused, with which words, and how fast.
@Suite struct ManifestFormatTests {
  static func findings(_ text: String) -> [String] {
    ManifestReader.read(Array(text.utf8), file: "m.yaml").findings.map { $0.rendered() }
  }

  static let lead = "manifest: asset\nnamespace: w\nname: dbo.t\nkind: table\ndialect: tsql\n"

  /// Text, and the one finding it has to give.
  static let refused: [(String, String)] = [
    ("", "m.yaml:1:1: error[X001]: expected a manifest, found an empty file; begin with 'manifest: asset'"),
    ("- a\n", "m.yaml:1:1: error[X012]: expected a manifest, that is a map that begins with 'manifest: asset', found a list"),
    ("name: x\n", "m.yaml:1:1: error[X013]: expected the key 'manifest', found none; add 'manifest: ' and one of namespace, asset, routine, feed"),
    ("manifest: table\n", "m.yaml:1:11: error[X012]: expected manifest to be one of namespace, asset, routine, feed, found 'table'"),
    (lead + "ownr: ann\n", "m.yaml:6:1: error[X010]: expected a key of an asset, found 'ownr'; did you mean 'owner'?"),
    (lead + "owner: a\nowner: b\n", "m.yaml:7:1: error[X011]: expected 'owner' once, found it again (first on line 6); leave one out"),
    (lead + "status: activ\n", "m.yaml:6:9: error[X012]: expected status to be one of proposed, onboarding, active, deprecated, retired, found 'activ'; did you mean 'active'?"),
    (lead + "tags: a\n", "m.yaml:6:7: error[X012]: expected a list for 'tags', found 'a'; begin each item with '- '"),
    (lead + "owner: [a]\n", "m.yaml:6:8: error[X012]: expected a text for 'owner', found a list"),
    (lead + "columns:\n  - name: a\n    nullable: yes\n", "m.yaml:8:15: error[X012]: expected true or false for 'nullable', found 'yes'"),
    (lead + "columns:\n  - name: a\n  - name: a\n", "m.yaml:8:5: error[X014]: expected each column once, found 'a' again (first on line 7); leave one out"),
    (lead + "columns:\n  - type: int32\n", "m.yaml:7:5: error[X013]: expected the key 'name', found none; add 'name: ...'"),
    (lead + "owner: &a x\n", "m.yaml:6:8: error[X002]: expected a value, found an anchor; write the value out, manifests have no anchors and aliases"),
    (lead + "owner: *a\n", "m.yaml:6:8: error[X002]: expected a value, found an alias; write the value out, manifests have no anchors and aliases"),
    (lead + "owner: !!binary x\n", "m.yaml:6:8: error[X002]: expected a value, found a tag; leave it out, what a key holds is known"),
    (lead + "---\n" + lead, "m.yaml:6:1: error[X002]: expected one document, found a second; give it a file of its own"),
    (lead + "owner: \"a\\0b\"\n", "m.yaml:6:8: error[X012]: expected a text for 'owner', found one with a NUL character; leave it out"),
    (
      lead + "lineage:\n  - from: dbo.s.a\n    subtype: identity\n",
      "m.yaml:7:11: error[X012]: expected a 'column' for an edge of subtype identity, found 'dbo.s.a'; only indirect edges end at all rows"
    ),
  ]

  @Test(arguments: refused.indices) func refuses(_ index: Int) {
    let (text, expected) = Self.refused[index]
    #expect(Self.findings(text) == [expected])
  }

  /// Lines end in LF, columns count bytes, whatever the parser takes for a line or a character.
  @Test func placesAreThoseOfAnEditor() {
    let finding = Self.findings(Self.lead + "tags: [\"é\u{2028}日😀\", x, {a: b}]\n")
    #expect(finding == ["m.yaml:6:27: error[X012]: expected a text in 'tags', found a map"])
    #expect(Self.findings(Self.lead + "owner: \"a\u{1}\"\n") == ["m.yaml:6:10: error[X001]: expected YAML, found what is none: control characters are not allowed; quote the text or mend its indentation"])
  }

  @Test func everythingWrongIsFoundAtOnce() {
    #expect(Self.findings(Self.lead + "ownr: x\nlayer: cor\ncolumns:\n  - nam: a\n").count == 4)
  }

  /// Texts that take others seconds, or their stack.
  @Test func bombsAreRefusedAtOnce() {
    var bomb = "manifest: asset\na: &a [x,x,x,x,x,x,x,x,x]\n"
    for (name, other) in zip("bcdefghi", "abcdefgh") { bomb += "\(name): &\(name) [\(Array(repeating: "*\(other)", count: 9).joined(separator: ","))]\n" }
    let texts = [
      bomb, "manifest: " + String(repeating: "[", count: 1_000_000), "manifest: " + String(repeating: "{a: ", count: 400_000),
      (0..<1400).map { String(repeating: " ", count: $0) + "- " }.joined(separator: "\n"), "manifest: asset\n" + String(repeating: "x", count: 3_000_000),
      "? " + String(repeating: "- ", count: 100_000),
    ]
    for text in texts {
      let start = ContinuousClock.now
      let found = Self.findings(text)
      let spent = ContinuousClock.now - start
      #expect(found.count == 1 && found[0].contains("error[X00"), "\(found)")
      #expect(spent < .seconds(2), "\(text.prefix(40)): \(spent)")
    }
    // the bomb ends at its first anchor
    let start = ContinuousClock.now
    _ = Self.findings(bomb)
    #expect(ContinuousClock.now - start < .milliseconds(200))
  }

  /// Large files without a trick take time in proportion.
  @Test func largeFilesAreRead() {
    let many = Self.lead + "tags:\n" + (0..<100_000).map { "- \($0)\n" }.joined()
    let start = ContinuousClock.now
    #expect(Self.findings(many).isEmpty)
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(Self.findings("manifest: asset\n" + (0..<150_000).map { "k\($0): 1\n" }.joined()).count == 100)
  }

  @Test func textsStayTexts() throws {
    let text = Self.lead + "owner: no\nsteward: 007\nclient: 2020-01-01\ndescription: ~\ntags: [yes, '~', 1e3]\n"
    let manifest = try #require(ManifestReader.read(Array(text.utf8), file: "m").manifest)
    guard case .asset(let entry) = manifest.object else { return }
    #expect(entry.asset.owner == "no" && entry.asset.steward == "007" && entry.asset.client == "2020-01-01")
    #expect(entry.asset.description == nil)
    #expect(entry.asset.tags == ["yes", "~", "1e3"])
  }

  @Test(arguments: ["\u{FEFF}", ""], ["\n", "\r\n"]) func marksAndLineEnds(_ mark: String, _ end: String) throws {
    let text = mark + (Self.lead + "query: |\n  SELECT 1\n    FROM t\n").replacingOccurrences(of: "\n", with: end)
    let manifest = try #require(ManifestReader.read(Array(text.utf8), file: "m").manifest)
    guard case .asset(let entry) = manifest.object else { return }
    #expect(entry.asset.query == "SELECT 1\n  FROM t\n")
    let wide = Array(text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
    #expect(ManifestReader.read((mark.isEmpty ? [0xFF, 0xFE] : []) + wide, file: "m").manifest?.object == manifest.object)
  }

  @Test func codeIsABlock() {
    let entry = RoutineEntry(namespace: "w", name: ObjectName(["p"]), kind: .procedure, dialect: .tsql, parameters: [], source: "  BEGIN\n\n\tx -- ' \"\n END\n")
    #expect(
      RegistryObject.routine(entry).manifestText
        == "manifest: routine\nnamespace: w\nname: p\nkind: procedure\ndialect: tsql\nsource: |2\n    BEGIN\n\n  \tx -- ' \"\n   END\n")
  }

  // MARK: file names

  @Test func hostileNamesHaveSafePaths() {
    let names: [[String]] = [
      ["s", "../x"], ["s", "..", "x"], ["..", "..", "etc"], ["s", "CON"], ["s", "con"], ["s", "Nul"], ["s", "lpt1"], ["s", String(repeating: "long", count: 100)],
      ["s", "\u{E9}"], ["s", "e\u{301}"], ["s", "t"], ["s", "T"], ["S", "t"], ["s", "a.b"], ["s.a", "b"], ["s", ""], ["s", " "], ["s", ".x"], ["s", "x "], ["s", "a/b"],
      ["s", "a\\b"], ["s", "a:b"], ["s", "a\nb"], ["s", "-rf"], ["s", "~"], ["t"], ["x.yaml"], ["x", "yaml"], ["/etc/passwd"], ["s", "日本"], ["s", "日木"],
    ]
    let objects = names.map { RegistryObject.asset(AssetEntry(namespace: "w", asset: Asset(name: ObjectName($0), kind: .table, dialect: .ansi))) }
    let paths = ManifestPaths.assign(objects)
    #expect(Set(paths.map { $0.lowercased() }).count == paths.count, "\(paths)")
    for path in paths {
      #expect(path.wholeMatch(of: /assets(\/[A-Za-z0-9_][A-Za-z0-9_~-]*)+\.yaml/) != nil, "\(path)")
      for part in path.split(separator: "/") {
        #expect(part.utf8.count < 120)
        #expect(part.lowercased().wholeMatch(of: /(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?/) == nil, "\(path)")
      }
    }
    #expect(ManifestPaths.assign(objects.reversed()) == paths.reversed())
    #expect(paths[names.firstIndex(of: ["s", "a.b"]) ?? 0].hasPrefix("assets/w/"))
    let plain = RegistryObject.asset(AssetEntry(namespace: "w", asset: Asset(name: ObjectName(["dbo", "Customer"]), kind: .table, dialect: .ansi)))
    #expect(ManifestPaths.assign([plain]) == ["assets/w/dbo/Customer.yaml"])
  }
}
