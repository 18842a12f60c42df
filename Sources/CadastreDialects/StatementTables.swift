/// The texts of `SystemCatalogs/*.tsv`, and of `Statements/*.grammar`: statements whose grammar is data. Their notation is in `docs/statement-tables.md`.
enum StatementTables {
  static let tsql = texts("tsql-definitions", "tsql-utilities", "tsql-rules", "common")
  static let postgres = texts("postgres", "common")
  static let redshift = texts("redshift", "postgres", "common")

  static let duckdb = texts("duckdb", "postgres", "common")
  static let sqlite = texts("sqlite", "postgres", "common")

  private static func texts(_ names: String...) -> [String] { names.compactMap { all[$0] } }
}
