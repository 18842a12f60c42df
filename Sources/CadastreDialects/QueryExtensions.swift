/// What dialects add to the queries of the standard: each is asked for by the parser as a feature is.
///
/// <https://duckdb.org/docs/stable/sql/query_syntax/select>, <https://www.sqlite.org/lang.html>
public struct QueryExtensions: OptionSet, Sendable, Hashable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `FROM t SELECT a`, `FROM t`.
  public static let fromFirst = QueryExtensions(rawValue: 1 << 0)
  /// `UNION BY NAME`, `INSERT INTO t BY NAME`.
  public static let byName = QueryExtensions(rawValue: 1 << 1)
  /// `* REPLACE (x AS a)`, `* RENAME (a AS b)`.
  public static let starReplace = QueryExtensions(rawValue: 1 << 2)
  /// `COLUMNS(...)`, `* LIKE 'a%'`.
  public static let columnsExpression = QueryExtensions(rawValue: 1 << 3)
  /// `GROUP BY ALL`, `ORDER BY ALL`.
  public static let groupByAll = QueryExtensions(rawValue: 1 << 4)
  /// `PIVOT t ON c USING sum(x)`, `UNPIVOT t ON a, b INTO NAME n VALUE v`, and PIVOT of several columns.
  public static let pivotStatement = QueryExtensions(rawValue: 1 << 5)
  /// `SEMI JOIN`, `ANTI JOIN`, `ASOF JOIN`, `POSITIONAL JOIN`.
  public static let moreJoins = QueryExtensions(rawValue: 1 << 6)
  /// `USING SAMPLE 10%`, `TABLESAMPLE 10%`, `LIMIT 10%`.
  public static let usingSample = QueryExtensions(rawValue: 1 << 7)
  /// `[a, b]`, `{'k': v}`, `MAP {k: v}`, `[x + 1 FOR x IN l]`.
  public static let listLiterals = QueryExtensions(rawValue: 1 << 8)
  /// `lambda x: x + 1`, `x -> x + 1`.
  public static let lambdas = QueryExtensions(rawValue: 1 << 9)
  /// `INSERT OR REPLACE`, `INSERT OR IGNORE`.
  public static let insertOr = QueryExtensions(rawValue: 1 << 10)
  /// `REPLACE INTO`.
  public static let replaceInto = QueryExtensions(rawValue: 1 << 11)
  /// `a GLOB 'x*'`.
  public static let glob = QueryExtensions(rawValue: 1 << 12)
  /// `FROM 'file.parquet'`.
  public static let filesAsTables = QueryExtensions(rawValue: 1 << 13)
  /// `SELECT total: a + b`, `FROM x: t`.
  public static let prefixAliases = QueryExtensions(rawValue: 1 << 14)
  /// `SELECT a, b, FROM t`.
  public static let trailingCommas = QueryExtensions(rawValue: 1 << 15)
  /// A select alias is seen by what follows it and by WHERE.
  public static let lateralAliases = QueryExtensions(rawValue: 1 << 16)
  /// `STRUCT(a INT, b VARCHAR)`, `MAP(VARCHAR, INT)`.
  public static let fieldTypes = QueryExtensions(rawValue: 1 << 17)
  /// `CREATE MACRO f(a, b := 1) AS a + b`.
  public static let macros = QueryExtensions(rawValue: 1 << 18)
  /// `UPDATE SET *`, `INSERT *`, `INSERT BY NAME`, `USING (a)` in MERGE.
  public static let mergeByName = QueryExtensions(rawValue: 1 << 19)
  /// `INTERVAL 1 DAY`, `INTERVAL (n) DAY`.
  public static let intervalOfValue = QueryExtensions(rawValue: 1 << 20)
  /// `a IS b`, `a MATCH b`.
  public static let isCompares = QueryExtensions(rawValue: 1 << 21)
  /// `t AT (VERSION => 3)`.
  public static let timeTravel = QueryExtensions(rawValue: 1 << 22)
  /// `t INDEXED BY i`, `t NOT INDEXED`, `UPDATE OR IGNORE`, `PRIMARY KEY ... ON CONFLICT`, `WITHOUT ROWID`.
  public static let sqliteTables = QueryExtensions(rawValue: 1 << 23)

  /// What DuckDB has.
  static let duckdb: QueryExtensions = [
    .fromFirst, .byName, .starReplace, .columnsExpression, .groupByAll, .pivotStatement, .moreJoins, .usingSample, .listLiterals, .lambdas,
    .insertOr, .glob, .filesAsTables, .prefixAliases, .trailingCommas, .lateralAliases, .fieldTypes, .macros, .mergeByName, .intervalOfValue,
    .timeTravel,
  ]
}
