import Cadastre
import Foundation
import GoldenSupport

/// SQLite or DuckDB, through Python's modules. Every run has a database of its own in memory.
struct QueryEngine: Engine {
  enum Failure: Error, CustomStringConvertible {
    case missing(String), failed(String)

    var description: String {
      switch self {
      case .missing(let path): "\(path) is not there; run scripts/prepare --tests"
      case .failed(let output): output
      }
    }
  }

  let dialect: DialectName
  let layout: String
  private let python: String

  /// SQLite as Python has it.
  static let sqlite = QueryEngine(
    dialect: .sqlite, python: "/usr/bin/python3",
    layout: """
      SELECT 'main.' || m.name, '"' || m.name || '"', 'r', c.name, '"' || c.name || '"', c.type, '', c."notnull", c.hidden > 1, 0, c.pk > 0, c.dflt_value, 0
      FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid
      """)

  /// DuckDB from the folder that `scripts/prepare --tests` makes.
  static let duckdb = QueryEngine(
    dialect: .duckdb, python: Fixtures.path(".build/duckdb/bin/python"),
    layout: """
      SELECT c.schema_name || '.' || c.table_name, '"' || c.schema_name || '"."' || c.table_name || '"', 'r', c.column_name, '"' || c.column_name || '"',
        c.data_type, '', (NOT c.is_nullable)::int, 0, coalesce(c.column_default LIKE 'nextval(%', false)::int,
        coalesce((SELECT bool_or(list_contains(k.constraint_column_names, c.column_name)) FROM duckdb_constraints() k
          WHERE k.database_name = c.database_name AND k.table_oid = c.table_oid AND k.constraint_type = 'PRIMARY KEY'), false)::int, c.column_default, 0
      FROM duckdb_columns() c JOIN duckdb_tables() t ON t.database_name = c.database_name AND t.table_oid = c.table_oid
      WHERE NOT c.internal AND c.database_name = current_database() ORDER BY c.schema_name, c.table_name, c.column_index
      """)

  private init(dialect: DialectName, python: String, layout: String) {
    self.dialect = dialect
    self.python = python
    self.layout = layout
  }

  var emptyList: String { "[]" }

  func prepare(_ source: CaseFile) throws -> String {
    guard FileManager.default.isExecutableFile(atPath: python) else { throw Failure.missing(python) }
    let printed = try transcript(begin(source) + [.mark("layout"), .rows(layout)])
    if let error = complaint(in: printed) { throw Failure.failed(error) }
    return Transcript.parts(printed, after: "layout").last ?? ""
  }

  func remember(_ tables: [Table], of source: CaseFile) throws -> String {
    try transcript(begin(source) + tables.flatMap { [.mark("table"), .rows("SELECT \(fields($0)) FROM \($0.sql) ORDER BY rowid")] })
  }

  private func begin(_ source: CaseFile) -> [Step] { [.fresh, .run(source.schema), .run(source.seed)] }

  func sorted(_ table: Table) -> String {
    "SELECT \(fields(table)) FROM \(table.sql) ORDER BY \(table.columns.indices.map { "\($0 + 1)" }.joined(separator: ", "))"
  }

  private func fields(_ table: Table) -> String {
    table.columns.map { dialect == .duckdb ? "CAST(\($0.sql) AS VARCHAR)" : $0.sql }.joined(separator: ", ")
  }

  func run(_ source: CaseFile, tables: [Table], perturbation: Perturbation?, look: [Step]) -> [Step] {
    begin(source) + (perturbation.map { refill(tables[$0.table], $0) } ?? []) + [.run(source.sql)] + look
  }

  /// The table emptied and filled in its first order.
  private func refill(_ table: Table, _ perturbation: Perturbation) -> [Step] {
    let columns = table.columns.indices.filter { !table.columns[$0].generated }
    let rows = table.rows.enumerated().map { number, row -> String in
      let values = columns.map { column -> String in
        let value = column == perturbation.column ? perturbation.values[number] ?? Transcript.value(row[column]) : Transcript.value(row[column])
        return literal(value, table.columns[column])
      }
      return "(\(values.joined(separator: ", ")))"
    }
    let names = columns.map { table.columns[$0].sql }.joined(separator: ", ")
    return [.run("DELETE FROM \(table.sql)"), .run("INSERT INTO \(table.sql) (\(names)) VALUES \(rows.joined(separator: ", "))")]
  }

  private func literal(_ value: String?, _ column: Table.Column) -> String {
    guard let value else { return "NULL" }
    if dialect == .duckdb { return "CAST(\(Self.quoted(value)) AS \(column.type))" }
    return column.kind == .number && Double(value) != nil ? value : Self.quoted(value)
  }

  func transcript(_ steps: [Step]) throws -> String {
    let lines = try steps.map { step -> String in
      let array =
        switch step {
        case .fresh: ["fresh"]
        case .mark(let word): ["mark", word]
        case .run(let sql): ["run", sql]
        case .rows(let query): ["rows", query]
        }
      return String(decoding: try JSONEncoder().encode(array), as: UTF8.self)
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "steps-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
    let outcome = Subprocess.run(python, [Fixtures.path("Tests/ExperimentTests/Engines/query_shell.py"), dialect.rawValue, file.path])
    guard outcome.code == 0 else { throw Failure.failed(outcome.output) }
    return outcome.output
  }

  func complaint(_ source: CaseFile, tables: [Table]) -> String {
    let output = (try? transcript(run(source, tables: tables, perturbation: nil, look: []))) ?? "no answer"
    return complaint(in: output) ?? output
  }

  private func complaint(in output: String) -> String? {
    let errors = output.components(separatedBy: "\n").filter { $0.hasPrefix(Transcript.mark("error")) }
    return errors.isEmpty ? nil : errors.joined(separator: "\n")
  }
}
