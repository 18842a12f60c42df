internal import CadastreDialects

/// A set of keywords as a bit per keyword.
struct KeywordSet: Sendable {
  private var bits: [Bool]

  init(_ keywords: [Keyword]) {
    bits = [Bool](repeating: false, count: Keyword.allCases.count)
    for keyword in keywords { bits[Int(keyword.rawValue)] = true }
  }

  @inline(__always)
  func contains(_ keyword: Keyword) -> Bool { bits[Int(keyword.rawValue)] }
}

/// Words that cannot be a name without quotes, by procedural family.
enum ReservedWords {
  static func of(_ family: ProceduralFamily) -> KeywordSet {
    switch family {
    case .tsql: tsql
    case .plpgsql: postgres
    case .plsql, .sqlPSM, .snowflakeScripting, .none: common
    }
  }

  /// <https://learn.microsoft.com/sql/t-sql/language-elements/reserved-keywords-transact-sql>
  private static let tsql = KeywordSet([
    .add, .all, .alter, .and, .any, .as, .asc, .authorization, .backup, .begin, .between, .break, .browse, .bulk, .by, .cascade,
    .case, .check, .checkpoint, .close, .clustered, .coalesce, .collate, .column, .commit, .constraint, .contains, .continue,
    .convert, .create, .cross, .current, .current_date, .current_time, .current_timestamp, .current_user, .cursor, .dbcc,
    .deallocate, .declare, .default, .delete, .deny, .desc, .distinct, .double, .drop, .else, .end, .errlvl,
    .escape, .except, .exec, .execute, .exists, .exit, .external, .fetch, .file, .fillfactor, .for, .foreign, .freetext, .from,
    .full, .function, .goto, .grant, .group, .having, .holdlock, .identity, .identity_insert, .identitycol, .if, .in, .index,
    .inner, .insert, .intersect, .into, .is, .join, .key, .kill, .left, .like, .merge, .national, .nocheck, .nonclustered, .not,
    .null, .nullif, .of, .off, .on, .open, .openquery, .openrowset, .openxml, .option, .or, .order, .outer, .over, .percent,
    .pivot, .plan, .primary, .print, .proc, .procedure, .public, .raiserror, .read, .reconfigure, .references,
    .replication, .restore, .restrict, .return, .revert, .revoke, .right, .rollback, .rowcount, .rowguidcol, .rule, .save,
    .schema, .select, .semantickeyphrasetable, .session_user, .set, .setuser, .shutdown, .some, .statistics, .system_user,
    .table, .tablesample, .textsize, .then, .to, .top, .tran, .transaction, .trigger, .truncate, .try_convert, .tsequal, .union,
    .compute, .containstable, .database, .distributed, .freetexttable, .offsets, .opendatasource, .readtext, .writetext,
    .semanticsimilaritytable, .semanticsimilaritydetailstable,
    .unique, .unpivot, .update, .updatetext, .use, .user, .values, .varying, .view, .waitfor, .when, .where, .while, .with,
  ])

  /// Reserved in PostgreSQL, those that may name a function or type (`typeOrFunction`) included.
  /// <https://www.postgresql.org/docs/17/sql-keywords-appendix.html>
  private static let postgres = KeywordSet(
    [
      .all, .analyse, .analyze, .and, .any, .array, .as, .asc, .asymmetric, .both, .case, .cast, .check, .collate, .column, .constraint,
      .create, .current_catalog, .current_date, .current_role, .current_time, .current_timestamp, .current_user, .default, .deferrable,
      .desc, .distinct, .do, .else, .end, .except, .false, .fetch, .for, .foreign, .from, .grant, .group, .having, .in, .initially,
      .intersect, .into, .lateral, .leading, .limit, .localtime, .localtimestamp, .not, .null, .offset, .on, .only, .or, .order, .placing,
      .primary, .references, .returning, .select, .session_user, .some, .symmetric, .table, .then, .to, .trailing, .true, .union, .unique,
      .user, .using, .variadic, .when, .where, .window, .with,
    ] + typeOrFunction)

  private static let typeOrFunction: [Keyword] = [
    .authorization, .binary, .collation, .concurrently, .cross, .current_schema, .freeze, .full, .ilike, .inner, .is, .isnull, .join, .left,
    .like, .natural, .notnull, .outer, .overlaps, .right, .similar, .tablesample, .verbose,
  ]

  private static let common = KeywordSet([
    .all, .and, .as, .asc, .between, .by, .case, .check, .collate, .column, .constraint, .create, .cross, .default, .delete,
    .desc, .distinct, .drop, .else, .end, .except, .exists, .from, .full, .group, .having, .in, .inner, .insert, .intersect, .into, .is,
    .join, .left, .like, .limit, .minus, .natural, .not, .null, .on, .or, .order, .outer, .primary, .qualify, .references, .right,
    .select, .set, .table, .then, .to, .union, .unique, .update, .using, .values, .when, .where, .with,
  ])

  // MARK: reserved words that can be called

  /// Reserved words that are functions too.
  static func callable(_ family: ProceduralFamily) -> KeywordSet {
    switch family {
    case .tsql: callableInTSQL
    case .plpgsql: callableInPostgres
    case .plsql, .sqlPSM, .snowflakeScripting, .none: callableElsewhere
    }
  }

  private static let callableInTSQL = KeywordSet([
    .left, .right, .coalesce, .nullif, .convert, .try_convert, .user, .identity, .contains, .freetext, .update, .current_timestamp,
    .session_user, .system_user, .current_user, .current_date, .tsequal, .schema,
  ])

  private static let callableInPostgres = KeywordSet(typeOrFunction + [.current_time, .current_timestamp, .localtime, .localtimestamp])

  private static let callableElsewhere = KeywordSet([
    .left, .right, .insert, .update, .values, .if, .replace, .char, .default, .schema, .truncate, .exists, .in, .like, .user,
    .current_timestamp, .current_date, .any, .all, .some, .table, .case, .set,
  ])
}
