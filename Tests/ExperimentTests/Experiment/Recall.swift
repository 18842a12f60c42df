import Cadastre
import Foundation
import GoldenSupport
import Testing

/// Every influence that an experiment shows must lie on a path of the extractor's edges.
struct Recall {
  /// The whole plan of perturbations rather than a sample; `make test-full` asks for it.
  static let full = ProcessInfo.processInfo.environment["CADASTRE_FULL"] != nil

  var source: CaseFile
  var outcome: Experiment.Outcome
  var closure: ReportClosure
  /// What moved though no path of edges says that it can.
  var missing: [TruthFile.Pair]

  /// - Parameter limit: perturbations of each column, at most.
  init(_ source: CaseFile, on engine: any Engine, limit: Int = Recall.full ? 200 : 8) throws {
    self.source = source
    outcome = try Experiment(engine: engine, source: source, limit: limit).run()
    closure = ReportClosure(source, dialect: engine.dialect)
    missing = closure.missing(outcome.witnesses.keys)
    if let trace = ProcessInfo.processInfo.environment["CADASTRE_TRACE"] {
      for pair in outcome.witnesses.keys.sorted() where trace == "pairs" { print("pair \(pair.source) \(pair.target)") }
      print("experiment \(source.path): \(outcome.runs) runs, \(outcome.skipped) refused, \(outcome.witnesses.count) pairs, unstable \(outcome.unstable.sorted())")
    }
  }

  var account: String {
    let optional = source.lineage()?.optional ?? []
    let lines = missing.map {
      "  \($0.source) -> \($0.target), shown by: \(outcome.witnesses[$0] ?? "")\(optional.contains($0) ? " (the case's lineage calls it optional)" : "")"
    }
    return "\(source.path): what moves though no edge says so:\n\(lines.joined(separator: "\n"))\n\(closure.excuses)"
  }

  /// Checks a case that was written by hand.
  static func check(_ source: CaseFile, on engine: any Engine) throws {
    #expect(source.problems.isEmpty, "\(source.path)")
    let recall = try Recall(source, on: engine)
    let outcome = recall.outcome
    #expect(outcome.runs > outcome.skipped, "\(source.path): \(outcome.skipped) of \(outcome.runs + outcome.skipped) runs were refused")
    #expect(!outcome.witnesses.isEmpty, "\(source.path): nothing moved")
    // with the sample's perturbations fewer pairs may be seen to move than are recorded, never others
    let found = recall.missing.sorted().map { "not reached: \($0)" }
    if full, try source.isAsRecorded(found) { return }
    if !full, Set(found).isSubset(of: source.fixme) { return }
    Issue.record("\(recall.account)")
  }
}
