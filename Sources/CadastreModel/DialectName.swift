/// The SQL dialects Cadastre knows, spelled as users spell them.
public enum DialectName: String, Sendable, Hashable, Codable, CaseIterable {
  case ansi, tsql, postgres, snowflake, redshift, bigquery, databricks, oracle, mysql, mariadb, sqlite, duckdb

  /// The names a user may give, in the order of the documentation. `ansi` is the base they derive from, not a choice.
  public static let selectable: [DialectName] = allCases.filter { $0 != .ansi }
}
