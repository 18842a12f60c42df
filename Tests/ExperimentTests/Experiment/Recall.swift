import Cadastre
import Foundation
import GoldenSupport
import Testing

/// Every influence that an experiment shows must lie on a path of the extractor's edges.
enum Recall {
  /// The whole plan of perturbations rather than a sample; `make test-full` asks for it.
  static let full = ProcessInfo.processInfo.environment["CADASTRE_FULL"] != nil

  static func check(_ source: CaseFile, on engine: any Engine, limit: Int = full ? 200 : 8) throws {
    #expect(source.problems.isEmpty, "\(source.path)")
    let outcome = try Experiment(engine: engine, source: source, limit: limit).run()
    #expect(outcome.runs > outcome.skipped, "\(source.path): \(outcome.skipped) of \(outcome.runs + outcome.skipped) runs were refused")
    #expect(!outcome.witnesses.isEmpty, "\(source.path): nothing moved")
    let closure = ReportClosure(source, dialect: engine.dialect)
    for pair in closure.missing(outcome.witnesses.keys) {
      Issue.record("\(source.path): \(pair.target) depends on \(pair.source), no edge says so; shown by \(outcome.witnesses[pair] ?? "")")
    }
    if let trace = ProcessInfo.processInfo.environment["CADASTRE_TRACE"], trace != "0" {
      for pair in outcome.witnesses.keys.sorted() where trace == "2" { print("pair \(pair.source) \(pair.target)") }
      print("experiment \(source.path): \(outcome.runs) runs, \(outcome.skipped) refused, \(outcome.witnesses.count) pairs, unstable \(outcome.unstable.sorted())")
    }
  }
}
