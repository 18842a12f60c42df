import CadastreModel
import CadastreStore
import Foundation
import Testing

/// Edges that no scan makes, and the graph that all of them form.
@Suite struct DeclarationTests {
  let base: RegistryTests

  init() throws {
    base = try RegistryTests()
    _ = try registry.apply(base.scan(), by: base.author(1))
  }

  var registry: Registry { base.registry }

  func place(_ asset: String, _ column: String?) -> LineagePlace {
    LineagePlace(namespace: "w", reference: ColumnReference(asset: ObjectName(["dbo", asset]), column: column))
  }

  @Test func survivesScans() throws {
    let declaration = Declaration(source: place("s", "b"), target: place("T", "A"), subtype: .transformation, expression: "by hand")
    #expect(try registry.declare(declaration, by: base.author(2)) == .begun(change: 2))
    #expect(try registry.declare(declaration, by: base.author(3)) == .unchanged)
    #expect(try registry.summary().changes == 2)
    #expect(try registry.apply(base.scan(), by: base.author(4)).change == nil)
    // the code changes, then is gone
    #expect(try registry.apply(base.scan(body: "SELECT 2"), by: base.author(5)).edges.retired == 1)
    #expect(try registry.apply(base.scan(routine: false), by: base.author(6)).edges.retired == 1)
    let steps = try registry.lineage(.upstream, of: place("t", "a").reference)
    #expect(steps.map(\.edge.origin) == [.declared])
    #expect(steps.first?.since == "2026-01-01T00:00:02.000000Z")
    #expect(try registry.retract(source: place("s", "b"), target: place("t", "a"), by: base.author(7)) == .retracted(change: 5))
    #expect(try registry.retract(source: place("s", "b"), target: place("t", "a"), by: base.author(8)) == .unchanged)
    #expect(try registry.lineage(.upstream, of: place("t", "a").reference).isEmpty)
    #expect(try registry.verify().isEmpty)
  }

  @Test func parsedIsNotRetracted() throws {
    let outcome = try registry.retract(source: place("s", "a"), target: place("t", "b"), by: base.author(2))
    guard case .notDeclared(let places) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(places.map(\.origin) == [.parsed])
    #expect(places.first?.line == 3)
    #expect(try registry.retract(source: place("s", "a"), target: place("t", "b"), kind: .indirect, by: base.author(2)) == .notDeclared(heldBy: []))
    #expect(try registry.summary().changes == 1)
  }

  /// Evidence of both kinds for one edge: taking the declared one back leaves the parsed one.
  @Test func beneathADeclarationTheCodeStays() throws {
    _ = try registry.declare(Declaration(source: place("s", "a"), target: place("t", "b"), subtype: .identity), by: base.author(2))
    #expect(try registry.lineage(.upstream, of: place("t", "b").reference).count == 2)
    #expect(try registry.retract(source: place("s", "a"), target: place("t", "b"), by: base.author(3)) == .retracted(change: 3))
    #expect(try registry.lineage(.upstream, of: place("t", "b").reference).map(\.edge.origin) == [.parsed])
  }

  @Test func rowsStandForTheirColumns() throws {
    _ = try registry.declare(Declaration(source: place("s", "b"), target: place("t", nil), subtype: .filter), by: base.author(2))
    let graph = try registry.lineageGraph()
    let links = graph.links.filter { $0.kind == .indirect }
    #expect(Set(links.map { graph.reference($0.target).rendered }) == ["dbo.t.*", "dbo.t.a", "dbo.t.b"])
    #expect(Set(links.map(\.evidence)).count == 1)
    let evidence = try registry.evidence(links.map(\.evidence))
    #expect(evidence.values.first?.edge.columns == ["a", "b"])
    #expect(evidence.values.first?.actor == "ann")
  }

  @Test func observationsKeepTheLatest() throws {
    let graph = try registry.lineageGraph()
    func observe(_ at: String, _ second: Int) throws -> ObservationSummary {
      try registry.observe(
        [Observation(subject: .known(evidence: graph.links[0].evidence), at: at, detail: "job")], document: "o.json", by: base.author(second))
    }
    #expect(try observe("2026-01-02T00:00:00.000Z", 2).confirmed == 1)
    #expect(try observe("2026-01-01T00:00:00.000Z", 3).unchanged == 1)
    #expect(try observe("2026-01-03T00:00:00.000Z", 4).change == 3)
    let observed = try registry.lineage(.upstream, of: place("t", "b").reference).filter { $0.edge.origin == .observed }
    #expect(observed.map(\.edge.expression) == ["2026-01-03T00:00:00.000Z job"])
    #expect(try registry.apply(base.scan(), by: base.author(5)).change == nil)
  }

  @Test(arguments: [("t", 1), ("DBO.T", 1), ("dbo.t.a", 1), ("T.A", 1), ("\"dbo\".\"t\"", 1), ("x.t", 0), ("o.t", 0), ("", 0), ("a", 0), (".t", 0), ("\"", 0)])
  func names(_ text: String, _ count: Int) throws {
    #expect(try registry.places(text).count == count)
    #expect(try registry.places(text, namespace: "other").isEmpty)
  }
}
