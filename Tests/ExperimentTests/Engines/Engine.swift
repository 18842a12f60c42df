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
  /// Runs the scripts of a case and prints what `layout` gives. Throws what the engine says when they do not run.
  func prepare(_ source: CaseFile) throws -> String
  /// Keeps the contents so that runs can begin from them, and prints the rows of each table as they lie after a mark `table`.
  func remember(_ tables: [Table], of source: CaseFile) throws -> String
  /// A query for the rows of a table, each value as text, sorted.
  func sorted(_ table: Table) -> String
  /// Contents as at the beginning, with one column perturbed; the call; then `look`. A run that fails prints nothing after the failure.
  func run(_ source: CaseFile, tables: [Table], perturbation: Perturbation?, look: [Step]) -> [Step]
  func transcript(_ steps: [Step]) throws -> String
  /// Why the unperturbed call fails.
  func complaint(_ source: CaseFile, tables: [Table]) -> String
  func finish()
}

extension Engine {
  func finish() {}

  static func quoted(_ text: String) -> String { "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'" }
}
