public import CadastreModel

extension Dialect {
  /// The rules of a dialect.
  public static func named(_ name: DialectName) -> Dialect {
    switch name {
    case .ansi: ansi
    case .tsql: tsql
    case .postgres: postgres
    case .redshift: redshift
    case .snowflake: snowflake
    case .bigquery: bigquery
    case .databricks: databricks
    case .oracle: oracle
    case .mysql: mysql
    case .mariadb: mariadb
    case .sqlite: sqlite
    case .duckdb: duckdb
    }
  }

  static let ansi = Dialect(
    name: .ansi, lexical: LexicalRules(), identifiers: IdentifierRules(folding: .upper, caseInsensitive: false), features: .withInSubqueries,
    procedural: .none, statementTables: StatementTables.postgres)

  /// <https://learn.microsoft.com/sql/t-sql/language-reference>, SQL Server 2016.
  static let tsql = ansi.with {
    $0.name = .tsql
    $0.lexical.bracketIdentifiers = true
    $0.lexical.nestedComments = true
    $0.lexical.atVariables = true
    $0.lexical.hashIdentifiers = true
    $0.lexical.goLines = true
    $0.lexical.sqlcmd = true
    $0.lexical.angleTemplates = true
    $0.lexical.moneyLiterals = true
    $0.identifiers = IdentifierRules(
      folding: .none, caseInsensitive: true, quoteOpen: "[", quoteClose: "]", maximumLength: 128, defaultSchema: "dbo")
    $0.features = [
      .optionalSemicolons, .top, .assignedAlias, .tableHints, .apply, .output, .pivot, .plusConcatenates,
      .updateTargetMayBeAlias, .selectIntoTable, .forXML, .conditionsAreNoValues, .namedWindows, .mergeNeedsSemicolon,
      .sqlServerDefinitions, .omittedNameParts, .graph, .convertToType, .fullText, .rowsetFunctions, .topInData, .optionalInto, .optionalFrom,
      .insertExec, .xmlMethods, .derivedTablesNeedAlias, .temporalTables, .stringAliases, .allOnlyWithUnion,
    ]
    $0.procedural = .tsql
    $0.statementTables = StatementTables.tsql
  }

  /// <https://www.postgresql.org/docs/15/sql.html>.
  static let postgres = ansi.with {
    $0.name = .postgres
    $0.lexical.postgresStringPrefixes = true
    $0.lexical.dollarQuotes = true
    $0.lexical.nestedComments = true
    $0.lexical.dollarParameters = true
    $0.lexical.backslashLines = true
    $0.lexical.customOperators = true
    $0.lexical.underscoresInNumbers = true
    $0.identifiers = IdentifierRules(
      folding: .lower, caseInsensitive: false, maximumLength: 63, lengthInBytes: true, defaultSchema: "public")
    $0.features = [
      .withInSubqueries, .returning, .doubleColonCast, .arrays, .distinctOn, .onConflict, .selectIntoTable, .deleteUsing, .aliasInGroupBy, .dataInWith,
      .namedWindows, .usingJoins, .postgresDefinitions, .aggregateFilter, .postgresPredicates, .tableQuery, .continuedStrings, .inheritance, .lateral,
      .valueFunctionsAsTables, .reservedAliases, .emptySelectList,
    ]
    $0.procedural = .plpgsql
  }

  /// <https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_reference.html>.
  static let redshift = postgres.with {
    $0.name = .redshift
    $0.identifiers.maximumLength = 127
    $0.features.insert([
      .top, .pivot, .qualify, .minus, .partiQL, .connectBy, .starExclude, .nullTreatmentInside, .optionalFrom, .mergeRemovesDuplicates,
    ])
    $0.lexical.hashIdentifiers = true
    $0.lexical.backslashEscapes = true
    $0.extensions = [.groupByAll]
    $0.statementTables = StatementTables.redshift
  }

  static let snowflake = ansi.with {
    $0.name = .snowflake
    $0.lexical.dollarQuotes = true
    $0.lexical.backslashEscapes = true
    $0.identifiers.maximumLength = 255
    $0.features = [
      .common, .doubleColonCast, .pivot, .top, .aliasInGroupBy, .qualify, .namedWindows, .minus, .connectBy, .starExclude, .replacesTables,
      .nullTreatmentInside,
    ]
    $0.extensions = [.starReplace, .groupByAll, .lateralAliases]
    $0.procedural = .snowflakeScripting
  }

  static let bigquery = ansi.with {
    $0.name = .bigquery
    $0.lexical.backtickIdentifiers = true
    $0.lexical.doubleQuoteIsIdentifier = false
    $0.lexical.backslashEscapes = true
    $0.lexical.hashComments = true
    $0.lexical.atVariables = true
    $0.identifiers = IdentifierRules(folding: .none, caseInsensitive: true, quoteOpen: "`", quoteClose: "`", maximumLength: 300)
    $0.features = [
      .common, .aggregateFilter, .arrays, .pivot, .aliasInGroupBy, .qualify, .namedWindows, .replacesTables, .nullTreatmentInside,
    ]
    $0.extensions = [.groupByAll, .trailingCommas, .intervalOfValue]
    $0.procedural = .sqlPSM
  }

  static let databricks = ansi.with {
    $0.name = .databricks
    $0.lexical.backtickIdentifiers = true
    $0.lexical.doubleQuoteIsIdentifier = false
    $0.lexical.backslashEscapes = true
    $0.identifiers = IdentifierRules(folding: .lower, caseInsensitive: true, quoteOpen: "`", quoteClose: "`", maximumLength: 255)
    $0.features = [
      .common, .aggregateFilter, .doubleColonCast, .arrays, .pivot, .aliasInGroupBy, .qualify, .namedWindows, .minus, .replacesTables,
      .nullTreatmentInside,
    ]
    $0.extensions = [.groupByAll, .lateralAliases, .intervalOfValue]
  }

  static let oracle = ansi.with {
    $0.name = .oracle
    $0.identifiers.maximumLength = 128
    $0.identifiers.lengthInBytes = true
    $0.features = [.common, .returning, .pivot, .minus, .connectBy, .nullTreatmentInside]
    $0.procedural = .plsql
  }

  static let mysql = ansi.with {
    $0.name = .mysql
    $0.lexical.backtickIdentifiers = true
    $0.lexical.doubleQuoteIsIdentifier = false
    $0.lexical.backslashEscapes = true
    $0.lexical.hashComments = true
    $0.lexical.atVariables = true
    $0.identifiers = IdentifierRules(folding: .none, caseInsensitive: true, quoteOpen: "`", quoteClose: "`", maximumLength: 64)
    $0.features = [.common, .stringAliases, .aliasInGroupBy, .namedWindows, .limitWithComma]
    $0.extensions = [.replaceInto, .intervalOfValue]
    $0.procedural = .sqlPSM
  }

  static let mariadb = mysql.with {
    $0.name = .mariadb
    $0.features.insert([.returning, .replacesTables])
  }

  static let sqlite = ansi.with {
    $0.name = .sqlite
    $0.lexical.doubleEquals = true
    $0.lexical.bracketIdentifiers = true
    $0.lexical.backtickIdentifiers = true
    $0.identifiers = IdentifierRules(folding: .none, caseInsensitive: true, defaultSchema: "main")
    $0.features = [
      .common, .stringAliases, .aggregateFilter, .returning, .onConflict, .aliasInGroupBy, .dataInWith, .namedWindows, .untypedColumns,
      .limitWithComma,
    ]
    $0.extensions = [.insertOr, .replaceInto, .glob, .isCompares, .sqliteTables]
    $0.statementTables = StatementTables.sqlite
  }

  static let duckdb = postgres.with {
    $0.name = .duckdb
    $0.lexical.backslashLines = false
    $0.lexical.questionParameters = true
    $0.identifiers = IdentifierRules(folding: .none, caseInsensitive: true, defaultSchema: "main")
    $0.features.insert([.pivot, .qualify, .replacesTables, .starExclude, .nullTreatmentInside])
    $0.features.remove([.emptySelectList, .inheritance])
    $0.extensions = .duckdb
    $0.statementTables = StatementTables.duckdb
    $0.procedural = .none
  }

  /// A copy with changes: how one dialect derives from another.
  func with(_ change: (inout Dialect) -> Void) -> Dialect {
    var copy = self
    change(&copy)
    return copy
  }
}
