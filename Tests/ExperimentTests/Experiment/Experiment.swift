import Foundation
import GoldenSupport

/// Truth by experiment: what a routine's outcome depends on, found by running it on contents that differ in one column.
struct Experiment {
  enum Failure: Error, CustomStringConvertible {
    case callFails(String)

    var description: String {
      switch self {
      case .callFails(let why): "the unperturbed call fails: \(why)"
      }
    }
  }

  struct Outcome: Sendable {
    /// Source column, target column, and the first perturbation that showed the influence.
    var witnesses: [TruthFile.Pair: String] = [:]
    var runs = 0
    /// Perturbations that a constraint or the routine refused.
    var skipped = 0
    /// Columns that differ between two runs on the same contents.
    var unstable: Set<String> = []
  }

  var engine: any Engine
  var source: CaseFile
  /// Perturbations of each column, at most.
  var limit: Int
  var seed: UInt64 = 1

  func run() throws -> Outcome {
    defer { engine.finish() }
    var tables = Table.read(Transcript.rows(try engine.prepare(source)))
    for (text, at) in zip(try engine.remember(tables, of: source).parts("table"), tables.indices) { tables[at].rows = Transcript.rows(text) }
    let (targets, before) = try unperturbed(&tables)
    let plan = Perturbation.plan(tables, limit: limit, seed: seed, emptyList: engine.emptyList)

    let look = look(targets)
    var steps: [Step] = []
    for perturbation in [nil, nil] + plan.map(Optional.some) {
      steps.append(.mark("run"))
      steps += engine.run(source, tables: tables, perturbation: perturbation, look: look)
    }
    let runs = Transcript.parts(try engine.transcript(steps), after: "run").map { contents($0, targets.count) }
    guard runs.count == plan.count + 2, let first = runs[0], let second = runs[1] else { throw Failure.callFails(engine.complaint(source, tables: tables)) }

    var outcome = Outcome()
    let comparison = Comparison(tables: tables, targets: targets, before: before, after: first)
    outcome.unstable = comparison.differences(second)
    for (perturbation, run) in zip(plan, runs.dropFirst(2)) {
      guard let run else {
        outcome.skipped += 1
        continue
      }
      outcome.runs += 1
      let column = tables[perturbation.table].name + "." + tables[perturbation.table].columns[perturbation.column].name
      for target in comparison.changed(run, by: perturbation) where !outcome.unstable.contains(target) {
        let pair = TruthFile.Pair(column, target)
        if outcome.witnesses[pair] == nil { outcome.witnesses[pair] = perturbation.description }
      }
    }
    return outcome
  }

  /// Runs once, to see which tables there are afterwards, what their defaults give, and which the call leaves alone.
  private func unperturbed(_ tables: inout [Table]) throws -> (targets: [Table], before: [[[String]]]) {
    let look = tables.flatMap { [Step.mark("table"), .rows(engine.sorted($0))] } + [.mark("layout"), .rows(engine.layout)]
    let printed = try engine.transcript(engine.run(source, tables: tables, perturbation: nil, look: look))
    var targets = Table.read(Transcript.rows(printed.parts("layout").first ?? ""))
    if targets.isEmpty { throw Failure.callFails(engine.complaint(source, tables: tables)) }
    for (text, at) in zip(printed.parts("table"), tables.indices) {
      let rows = Transcript.rows(text.components(separatedBy: Transcript.mark("layout"))[0])
      tables[at].untouched = rows.sorted { $0.lexicographicallyPrecedes($1) } == tables[at].rows.sorted { $0.lexicographicallyPrecedes($1) }
    }
    var steps: [Step] = [.fresh]
    for table in targets {
      for column in table.columns where !column.defaultExpression.isEmpty && !column.numbered {
        steps += [.mark("default"), .rows("SELECT \(column.defaultExpression)")]
      }
    }
    var values = steps.count == 1 ? [][...] : try engine.transcript(steps).parts("default")[...]
    for table in targets.indices {
      for column in targets[table].columns.indices where !targets[table].columns[column].defaultExpression.isEmpty && !targets[table].columns[column].numbered {
        targets[table].columns[column].defaultValue = Transcript.rows(values.popFirst() ?? "").first?.first ?? Transcript.null
      }
    }
    let before = targets.map { target in tables.first { $0.name == target.name }?.rows ?? [] }
    return (targets, before)
  }

  private func look(_ targets: [Table]) -> [Step] {
    targets.flatMap { [Step.mark("table"), .rows(engine.sorted($0))] } + [.rows("SELECT '@@done'")]
  }

  /// The sorted contents of each target after one run; nil where it failed.
  private func contents(_ text: String, _ count: Int) -> [String]? {
    guard let end = text.range(of: Transcript.mark("done")) else { return nil }
    let parts = Transcript.parts(String(text[..<end.lowerBound]), after: "table")
    return parts.count == count ? parts : nil
  }
}

extension String {
  fileprivate func parts(_ word: String) -> [String] { Transcript.parts(self, after: word) }
}
