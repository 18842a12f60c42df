import CadastreDiagnostics
import CadastreExchange
import CadastreModel
import Testing

/// Sheets out and in: nothing is lost, what is wrong is said by line.
@Suite struct SheetTests {
  static let objects: [RegistryObject] = [
    .namespace(Namespace(name: "w", dialect: .tsql, caseInsensitive: true)),
    .asset(
      AssetEntry(
        namespace: "w",
        asset: Asset(
          name: ObjectName(["dbo", "t"]), kind: .table, layer: .core, owner: "=cmd()", tags: ["a;b", "c\\"],
          columns: [Column(name: "a", ordinal: 1, nativeType: "int", description: "'=x"), Column(name: "b,\"", ordinal: 2, description: "line\nend")], dialect: .tsql))),
    .asset(AssetEntry(namespace: "w", asset: Asset(name: ObjectName(["dbo", "-u"]), kind: .view, description: "＝1", dialect: .tsql))),
  ]

  static func read(_ text: String, raw: Bool = false) -> (changed: [ReadManifest], findings: [String]) {
    let (changed, findings) = RegistrySheet.read(Array(text.utf8), file: "s.csv", over: objects, raw: raw)
    return (changed, findings.map { $0.rendered() })
  }

  @Test(arguments: [RegistrySheet.Kind.assets, .columns], [true, false]) func nothingIsLost(_ kind: RegistrySheet.Kind, _ raw: Bool) {
    let text = RegistrySheet.write(Self.objects, kind, raw: raw)
    let (changed, findings) = Self.read(text, raw: raw)
    #expect(findings.isEmpty, "\(findings)")
    #expect(changed.count == (kind == .assets ? 2 : 1))
    for item in changed { #expect(Self.objects.contains(item.object)) }
    if !raw { for cell in text.split(whereSeparator: { $0 == "," || $0 == "\n" }) { #expect(cell.first.map { "=+-@＝".contains($0) } != true, "\(cell)") } }
  }

  @Test func cellsAreValues() throws {
    let (changed, findings) = Self.read("Asset;COLUMN;description;owner;tags\r\nDBO.T;;new;;x;\r\n", raw: false)
    #expect(findings == ["s.csv:2:1: error[X030]: expected 5 cells, found 6; quote cells that hold the separator"] && changed.isEmpty)
    let (items, none) = Self.read("\u{FEFF}Asset;COLUMN;description;owner;tags\r\n\r\nDBO.T;;new;;\"x\\;y\"\r\ndbo.t;A;of a;;\r\n")
    #expect(none.isEmpty, "\(none)")
    guard case .asset(let entry)? = items.first?.object else { return #expect(Bool(false)) }
    #expect(entry.asset.description == "new" && entry.asset.owner == nil && entry.asset.tags == ["x;y"] && entry.asset.layer == .core)
    #expect(entry.asset.columns[0].description == "of a" && entry.asset.columns[1].description == "line\nend")
    #expect(items.first?.position.line == 3)
  }

  static let refused: [(String, [String])] = [
    ("", ["s.csv:1:1: error[X030]: expected a header, found an empty file; begin with 'asset,description' or the like"]),
    ("asset,descripton\n", ["s.csv:1:1: error[X030]: expected a heading, found 'descripton'; did you mean 'description'?"]),
    ("column,owner\n", ["s.csv:1:1: error[X030]: expected the heading 'asset', found none; it says what a row is about"]),
    (
      "asset,status\n\"dbo.t\n\",x\ndbo.tt,active\ndbo.t,\ndbo.T,active\n",
      [
        "s.csv:2:1: error[X033]: expected an asset of the registry, found 'dbo.t\n', which it does not hold; did you mean 'dbo.t'?",
        "s.csv:4:1: error[X033]: expected an asset of the registry, found 'dbo.tt', which it does not hold; did you mean 'dbo.t'?",
        "s.csv:5:1: error[X032]: expected status to be one of proposed, onboarding, active, deprecated, retired, found ''",
        "s.csv:6:1: error[X031]: expected each row once, found 'dbo.t' again (first on line 5); leave one out",
      ]
    ),
    (
      "asset,column,owner,classification\ndbo.t,a,ann,\ndbo.t,,,emial\ndbo.t,aa,,\ndbo.t,\"b,\"\"\",,emial\n",
      [
        "s.csv:2:1: error[X032]: expected no 'owner' in a row about a column, found 'ann'; leave the cell empty",
        "s.csv:3:1: error[X032]: expected no 'classification' in a row about an asset, found 'emial'; leave the cell empty",
        "s.csv:4:1: error[X033]: expected a column of dbo.t, found 'aa', which it does not have; did you mean 'a'?",
        "s.csv:5:1: error[X032]: expected classification to be one of email, phone, person_name, address_line, city, region, postcode, country, date_of_birth, national_id, card_number, ip, url, consent, none ('email'?), found 'emial'",
      ]
    ),
    ("asset,kind\ndbo.t,view\n", ["s.csv:2:1: error[X032]: expected kind to stay 'table', found 'view'; scripts and manifests change it, a sheet does not"]),
    ("asset,owner\ndbo.t,\"open\n", ["s.csv:2:1: error[X030]: expected a record, found a quoted field never ends; look for a quote that is not doubled"]),
  ]

  @Test(arguments: refused.indices) func refuses(_ index: Int) {
    let (text, expected) = Self.refused[index]
    let (changed, findings) = Self.read(text)
    #expect(findings == expected)
    #expect(changed.isEmpty)
  }
}
