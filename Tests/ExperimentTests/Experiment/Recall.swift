import Cadastre
import Foundation
import GoldenSupport
import Testing

/// Every influence that an experiment shows must lie on a path of the extractor's edges.
enum Recall {
  /// The whole plan of perturbations rather than a sample; `make test-full` asks for it.
  static let full = ProcessInfo.processInfo.environment["CADASTRE_FULL"] != nil

  /// - Parameter note: what a failure prints besides.
  static func check(_ source: CaseFile, on engine: any Engine, limit: Int = full ? 200 : 8, note: String = "") throws {
    #expect(source.problems.isEmpty, "\(source.path)")
    let outcome = try Experiment(engine: engine, source: source, limit: limit).run()
    #expect(outcome.runs > outcome.skipped, "\(source.path): \(outcome.skipped) of \(outcome.runs + outcome.skipped) runs were refused")
    #expect(!outcome.witnesses.isEmpty, "\(source.path): nothing moved")
    let closure = ReportClosure(source, dialect: engine.dialect)
    let missing = closure.missing(outcome.witnesses.keys)
    if !missing.isEmpty {
      let lines = missing.map { "  \($0.source) -> \($0.target), shown by: \(outcome.witnesses[$0] ?? "")" }
      Issue.record("\(source.path): the routine makes depend, but no edge says:\n\(lines.joined(separator: "\n"))\n\(closure.excuses)\(note)")
    }
    if let trace = ProcessInfo.processInfo.environment["CADASTRE_TRACE"], trace != "0" {
      for pair in outcome.witnesses.keys.sorted() where trace == "2" { print("pair \(pair.source) \(pair.target)") }
      print("experiment \(source.path): \(outcome.runs) runs, \(outcome.skipped) refused, \(outcome.witnesses.count) pairs, unstable \(outcome.unstable.sorted())")
    }
  }
}
