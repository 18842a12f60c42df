import Cadastre
import Foundation
import GoldenSupport
import Testing

/// `impact` against a real server: every column of every table dropped, renamed and narrowed, every object dropped and renamed, one at a time.
@Suite(.serialized) struct ImpactTruthTests {
  struct Figures {
    var changes = 0
    var right = 0
    var wrong: [String] = []
    var missed: [String] = []

    var precision: Double { right + wrong.count == 0 ? 1 : Double(right) / Double(right + wrong.count) }
    var recall: Double { right + missed.count == 0 ? 1 : Double(right) / Double(right + missed.count) }
  }

  @Test(arguments: ["postgres", "loyalty"]) func everyChange(_ folder: String) throws {
    let fixture = ImpactFixture(folder: folder)
    let postgres = try PostgreSQLServer()
    defer { postgres.stop() }
    let server = try ImpactServer(postgres, fixture)
    let baseline = try server.outcome(of: nil)
    #expect(baseline.broken.isEmpty, "before any change: \(baseline.reasons)")
    let registry = try fixture.registry()
    let analysis = try ImpactAnalysis(registry: registry)
    let columns = try ImpactFixture.columns(of: registry)
    // every third change; all with CADASTRE_FULL
    let step = ProcessInfo.processInfo.environment["CADASTRE_FULL"] == nil ? 3 : 1
    for kind in ColumnChange.allCases {
      let statements = columns.compactMap { column in kind.statement(column).map { (column.table, $0) } }
      try measure(kind.rawValue, every(step, statements), server, analysis)
    }
    let (assets, routines) = (try registry.assets(), try registry.routines(namespace: "shop"))
    for kind in ObjectChange.allCases { try measure(kind.rawValue, every(step, kind.statements(assets, routines)), server, analysis) }
  }

  /// New definitions, defaults and keys, several statements at once: what `replacements.sql` lists, case by case.
  @Test func replacements() throws {
    let fixture = ImpactFixture()
    let postgres = try PostgreSQLServer()
    defer { postgres.stop() }
    let server = try ImpactServer(postgres, fixture)
    let analysis = try ImpactAnalysis(registry: try fixture.registry())
    for part in try fixture.text("replacements.sql").split(separator: "-- change: ") {
      let lines = part.split(separator: "\n", maxSplits: 1).map(String.init)
      let truth = try server.outcome(of: lines[1])
      let report = try analysis.report(on: SourceText(name: "change.sql", text: lines[1]))
      #expect(report.isRefused == truth.isRefused, "\(lines[0]): \(truth.reasons) \(report.breaks)")
      guard !truth.isRefused else { continue }
      #expect(Self.broken(report) == truth.broken, "\(lines[0]): \(truth.reasons) \(report.breaks.map { "\($0.object):\($0.line) \($0.detail)" })")
    }
  }

  private func every<Value>(_ step: Int, _ values: [Value]) -> [Value] { values.enumerated().filter { $0.offset % step == 0 }.map(\.element) }

  /// Makes the changes of one kind on the server, one at a time, and compares what breaks with what was said to break.
  private func measure(_ kind: String, _ statements: [(object: String, statement: String)], _ server: ImpactServer, _ analysis: ImpactAnalysis) throws {
    var figures = Figures()
    for (object, statement) in statements {
      figures.changes += 1
      let truth = try server.outcome(of: statement)
      let report = try analysis.report(on: SourceText(name: "change.sql", text: statement + ";\n"))
      let predicted = Self.broken(report).subtracting([object])
      let expected = Set(truth.broken.subtracting([object]).map { "\(truth.isRefused ? "refused by " : "")\($0)" })
      if truth.broken.isEmpty, truth.isRefused { Issue.record("\(statement): \(truth.reasons)") }
      figures.right += predicted.intersection(expected).count
      for item in predicted.subtracting(expected).sorted() {
        figures.wrong.append("\(statement): \(item) is not broken: \(Self.details(report, item))")
      }
      for item in expected.subtracting(predicted).sorted() {
        let object = item.split(separator: " ").last.map(String.init) ?? item
        figures.missed.append("\(statement): \(item) is missed: \(truth.reasons[object] ?? "")")
      }
    }
    print("impact, \(kind): \(figures.changes) changes, \(figures.right + figures.missed.count) broken pairs, precision \(rounded(figures.precision)), recall \(rounded(figures.recall))")
    for line in figures.wrong + figures.missed { print("  \(line)") }
    // a share of a handful says nothing: there, one pair may be wrong
    #expect(figures.precision >= 0.95 || figures.wrong.count <= 1, "\(kind)")
    #expect(figures.recall >= 0.95 || figures.missed.count <= 1, "\(kind)")
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  /// What a report says breaks: where the server refuses, for what; else what fails when it is run.
  static func broken(_ report: ImpactReport) -> Set<String> {
    if report.isRefused { return Set(report.breaks.filter { $0.stage == .refusal && $0.certain }.map { "refused by \($0.object)" }) }
    return Set(report.breaks.filter { $0.stage == .run && $0.certain && !$0.caught && ["procedure", "function", "view"].contains($0.kind) }.map(\.object))
  }

  private static func details(_ report: ImpactReport, _ item: String) -> String {
    report.breaks.filter { item.hasSuffix($0.object) }.map { "\($0.line): \($0.reason): \($0.detail)" }.joined(separator: "; ")
  }
}
