import Cadastre
import GoldenSupport

/// One step of a conversation with an engine.
enum Step: Sendable {
  /// A database of its own, where the engine gives one to each run.
  case fresh
  case mark(String)
  case run(String)
  /// A query whose rows are printed.
  case rows(String)
}

/// An engine that the routine of a case can be run on, again and again, always from the same contents.
protocol Engine: Sendable {
  var dialect: DialectName { get }
  var emptyList: String { get }
  /// A query over the catalogue; see `Table.read`.
  var layout: String { get }
  /// Prepares what all runs share. Throws what the engine says when the case's own scripts do not run.
  func prepare(_ source: CaseFile) throws
  /// What comes before looking at the contents before the call.
  func begin(_ source: CaseFile) -> [Step]
  /// The rows of a table as they lie, each value as text.
  func contents(_ table: Table) -> String
  /// The same rows, sorted.
  func sorted(_ table: Table) -> String
  /// The contents are kept so that runs can begin from them.
  func remember(_ tables: [Table]) throws
  /// Contents as at the beginning, with one column perturbed; the call; then `look`. A run that fails prints nothing after the failure.
  func run(_ source: CaseFile, tables: [Table], perturbation: Perturbation?, look: [Step]) -> [Step]
  func transcript(_ steps: [Step]) throws -> String
  /// Why the unperturbed call fails.
  func complaint(_ source: CaseFile, tables: [Table]) -> String
  func finish()
}

extension Engine {
  func finish() {}
  func begin(_ source: CaseFile) -> [Step] { [] }

  static func quoted(_ text: String) -> String { "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'" }
}
