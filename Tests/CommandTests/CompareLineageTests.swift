import Foundation
import Testing

/// `lineage compare` against documents of every facet version and shape.
@Suite struct CompareLineageTests {
  let lineage: LineageCommandTests

  init() throws {
    lineage = try LineageCommandTests()
    try lineage.scan(
      """
      CREATE TABLE dw.src (a int, b int, k int); CREATE TABLE dw.tgt (a int, b int, c int);
      GO
      CREATE PROCEDURE dw.load AS INSERT INTO dw.tgt (a, b) SELECT a, b + 1 FROM dw.src WHERE k > 0;
      """)
  }

  static func event(_ facet: String, at: String = "2026-11-20T02:00:00Z", name: String = "Warehouse.DW.TGT") -> String {
    """
    {"eventTime":"\(at)","eventType":"COMPLETE","producer":"p","schemaURL":"u","run":{"runId":"1"},"job":{"namespace":"air","name":"load"},"inputs":[],"outputs":[{"namespace":"mssql://h:1433","name":"\(name)","facets":{"unheardOf":{"x":[1]},"columnLineage":\(facet)}}]}
    """
  }

  static func input(_ field: String, _ transformations: String = "", name: String = "warehouse.dw.src") -> String {
    "{\"namespace\":\"mssql://h:1433\",\"name\":\"\(name)\",\"field\":\"\(field)\"\(transformations.isEmpty ? "" : ",\"transformations\":[\(transformations)]")}"
  }

  static let oldFacet = """
    {"_producer":"p","_schemaURL":"1-0-0","fields":{"A":{"inputFields":[\(input("A"))],"transformationType":"IDENTITY"},"c":{"inputFields":[\(input("k"))]}}}
    """
  static let newFacet = """
    {"_producer":"p","_schemaURL":"1-2-0","fields":{"a":{"inputFields":[\(input("a", "{\"type\":\"DIRECT\",\"subtype\":\"IDENTITY\",\"masking\":false}"))]},
    "b":{"inputFields":[\(input("b", "{\"type\":\"DIRECT\",\"subtype\":\"TRANSFORMATION\"}"))]}},
    "dataset":[\(input("k", "{\"type\":\"INDIRECT\",\"subtype\":\"FILTER\"}"))]}
    """.replacingOccurrences(of: "\n", with: "")

  func compare(_ text: String, _ arguments: String...) throws -> CommandTests.Outcome {
    _ = try lineage.base.write("other.json", text)
    return try lineage.base.run(["lineage", "compare", "other.json"] + arguments)
  }

  @Test func agrees() throws {
    let outcome = try compare(Self.event(Self.newFacet), "--strict")
    #expect(outcome.code == 0, "\(outcome.out)\(outcome.error)")
    #expect(outcome.out == "1 events; verified 3, missing 0, extra 0, unmatched 0\n")
  }

  @Test func differs() throws {
    let outcome = try compare(Self.event(Self.oldFacet))
    #expect(outcome.code == 0)
    #expect(outcome.out.contains("verified 1, missing 1, extra 0, unmatched 0"))
    #expect(outcome.out.contains("  dw.src.k -> dw.tgt.c  direct\n"))
    #expect(outcome.out.contains("1 indirect edges not compared"))
    #expect(try compare(Self.event(Self.oldFacet), "--strict").code == 1)
    let fewer = Self.newFacet.replacingOccurrences(of: Self.input("b", "{\"type\":\"DIRECT\",\"subtype\":\"TRANSFORMATION\"}"), with: "")
    let extra = try compare(Self.event(fewer))
    #expect(extra.out.contains("extra: the registry has it, other.json does not\n  dw.src.b -> dw.tgt.b  direct\n"), "\(extra.out)")
    let unmatched = try compare(Self.event("{\"fields\":{\"nope\":{\"inputFields\":[\(Self.input("a", name: "x.elsewhere"))]}}}"))
    #expect(unmatched.out.contains("  x.elsewhere: no such asset in the registry\n"))
    #expect(unmatched.out.contains("  Warehouse.DW.TGT.nope: dw.tgt has no such column\n"))
  }

  /// An array, an object around one, JSON lines, one pretty-printed event, a byte order mark; START events without outputs.
  @Test func shapes() throws {
    let event = Self.event(Self.newFacet)
    let start = "{\"eventTime\":\"2026-11-20T01:00:00Z\",\"eventType\":\"START\",\"run\":{\"runId\":\"1\"},\"job\":{\"namespace\":\"air\",\"name\":\"load\"}}"
    let pretty = String(
      decoding: try JSONSerialization.data(withJSONObject: try JSONSerialization.jsonObject(with: Data(event.utf8)), options: .prettyPrinted), as: UTF8.self)
    for (text, count) in [("[\(start),\(event)]", 2), ("{\"events\":[\(event)]}", 1), ("\(start)\n\n\(event)\r\n", 2), (pretty, 1), ("\u{FEFF}" + event, 1)] {
      let outcome = try compare(text)
      #expect(outcome.out.hasPrefix("\(count) events; verified 3, missing 0"), "\(text): \(outcome.out)\(outcome.error)")
    }
    let dataset =
      "{\"eventTime\":\"2026-11-20T01:00:00Z\",\"dataset\":{\"namespace\":\"n\",\"name\":\"dw.tgt\",\"facets\":{\"columnLineage\":\(Self.newFacet)}}}"
    #expect(try compare(dataset).out.hasPrefix("1 events; verified 3"))
  }

  @Test func observed() throws {
    let both = Self.newFacet.replacingOccurrences(of: "\"b\":{", with: "\"c\":{\"inputFields\":[\(Self.input("k"))]},\"b\":{")
    let first = try compare(Self.event(both), "--observe", "--as", "ann")
    #expect(first.out.contains("observed: 3 confirmed, 1 inserted, 0 seen before\nchange 2 recorded\n"), "\(first.out)\(first.error)")
    let second = try compare(Self.event(both), "--observe")
    #expect(second.out.contains("observed: 0 confirmed, 0 inserted, 4 seen before\nnothing changed\n"), "\(second.out)")
    // an observation does not make code of it
    #expect(second.out.contains("verified 3, missing 1"))
    let why = try lineage.run("why", "dw.src.a", "dw.tgt.a")
    #expect(why.out.contains("observed by ann"))
    #expect(why.out.contains("2026-11-20T02:00:00.000Z air/load"))
    #expect(why.out.contains("dw.load version 1"))
    #expect(try lineage.run("path", "dw.src.k", "dw.tgt.c", "--kind", "direct").code == 0)
    let later = try compare(Self.event(both, at: "2026-11-21T04:00:00+02:00"), "--observe")
    #expect(later.out.contains("change 3 recorded"))
    #expect(try lineage.run("why", "dw.src.a", "dw.tgt.a").out.contains("2026-11-21T02:00:00.000Z"))
    #expect(try lineage.base.run(["scan", "w.sql", "--namespace", "w", "--dialect", "tsql"]).out.contains("nothing changed"))
    #expect(try lineage.base.run(["verify"]).code == 0)
    #expect(try lineage.run("retract", "dw.src.k", "dw.tgt.c").code == 1)
  }

  @Test(arguments: [
    "", "  \n", "{", "nonsense", "42", "{}", "[{}]", "{\"a\":1}", "[1]", "{\"eventTime\":5}", "{\"eventTime\":\"x\"}\n{broken\n",
    "{\"eventTime\":\"x\",\"outputs\":[{\"name\":\"a\",\"facets\":{\"columnLineage\":{\"fields\":{\"a\":{\"inputFields\":\"no\"}}}}}]}",
  ]) func malformed(_ text: String) throws {
    let outcome = try compare(text, "--observe")
    #expect(outcome.code == 65, "\(outcome.code) \(outcome.out)")
    #expect(outcome.error.contains("other.json"))
    #expect(outcome.error.contains("not OpenLineage: "))
  }

  @Test func placeOfAnError() throws {
    #expect(try compare("{\"eventTime\":\"x\"}\n{broken\n").error.contains("other.json, line 2: not OpenLineage: not JSON"))
    #expect(try lineage.base.run(["lineage", "compare", "missing.json"]).code == 66)
  }
}
