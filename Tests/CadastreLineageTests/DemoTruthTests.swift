import Cadastre
import Foundation
import GoldenSupport
import Testing

/// The demo warehouse's hand-written truth is met exactly: every edge, none invented.
@Suite struct DemoTruthTests {
  static let report: ExtractReport? = {
    let files = Fixtures.list("fixtures/demo/warehouse", ending: "sql")
    guard let sources = try? files.map({ try InputFile.text(Fixtures.path($0)) }) else { return nil }
    return ExtractReport(subjects: sources, context: [], dialect: .tsql)
  }()

  static let truths = Fixtures.list("fixtures/demo/truth", ending: "lin")

  @Test func everyRoutineAndViewHasTruth() throws {
    let report = try #require(Self.report)
    let named = Set(Self.truths.map { URL(filePath: $0).deletingPathExtension().lastPathComponent })
    for routine in report.routines { #expect(named.contains(routine.name), "no truth for \(routine.name)") }
    #expect(named.count == 24)
    #expect(report.unresolved.isEmpty)
    #expect(report.routines.allSatisfy { $0.coverage == 1 })
  }

  @Test(arguments: truths) func truth(_ path: String) throws {
    let report = try #require(Self.report)
    let truth = TruthFile(try Fixtures.text(path))
    #expect(truth.problems.isEmpty)
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    var direct: Set<TruthFile.Pair> = []
    var indirect: Set<TruthFile.Pair> = []
    for edge in report.edges where edge.routine == name || (edge.routine == nil && edge.target.hasPrefix(name + ".")) {
      let targets = edge.columns.map { $0.map { edge.target.dropLast() + $0 } } ?? [edge.target[...]]
      for target in targets {
        let pair = TruthFile.Pair(edge.source, String(target))
        if edge.kind == "direct" { direct.insert(pair) } else { indirect.insert(pair) }
      }
    }
    let missing = truth.direct.subtracting(direct)
    let invented = direct.subtracting(truth.direct).subtracting(truth.optional)
    #expect(missing.isEmpty, "direct missing: \(missing.sorted())")
    #expect(invented.isEmpty, "direct invented: \(invented.sorted())")
    // a pair that is DIRECT is never asked for as INDIRECT, nor punished as such
    let missingIndirect = truth.indirect.subtracting(indirect).subtracting(direct)
    let inventedIndirect = indirect.subtracting(truth.indirect).subtracting(truth.optional).subtracting(truth.direct)
    #expect(missingIndirect.isEmpty, "indirect missing: \(missingIndirect.sorted())")
    #expect(inventedIndirect.isEmpty, "indirect invented: \(inventedIndirect.sorted())")
  }

  /// `--no-collapse` shows cursors and variables on the way, `--results` what the caller gets; the ends stay the same.
  @Test func shownOnDemand() throws {
    let files = ["tables/mart.sql", "tables/core.sql"].map { Fixtures.path("fixtures/demo/warehouse/" + $0) }
    let code = ["mart.assign_creative.sql", "etl.order_report.sql"].map { Fixtures.path("fixtures/demo/warehouse/procedures/" + $0) }
    let report = ExtractReport(
      subjects: try code.map { try InputFile.text($0) }, context: try files.map { try InputFile.text($0) }, dialect: .tsql, keepTemporaries: true, results: true)
    let pairs = Set(report.edges.filter { $0.kind == "direct" }.map { "\($0.target) <- \($0.source)" })
    #expect(pairs.contains("mart.assign_creative.@creative <- mart.assign_creative.creative_cursor.creative_code"))
    #expect(pairs.contains("mart.creative_assignment.creative_code <- mart.assign_creative.@creative"))
    #expect(pairs.contains("{result}.amount <- dw.fact_order.amount"))
    #expect(!pairs.contains("mart.creative_assignment.creative_code <- mart.creative.creative_code"))
  }
}
