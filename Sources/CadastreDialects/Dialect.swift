public import CadastreModel

/// Everything that tells one SQL dialect from another, as data.
///
/// The parser asks `features.contains(...)`; only `procedural` is ever switched over.
public struct Dialect: Sendable {
  public var name: DialectName
  public var lexical: LexicalRules
  public var identifiers: IdentifierRules
  public var features: Features
  /// What it adds to the queries of the standard.
  public var extensions: QueryExtensions = []
  public var procedural: ProceduralFamily
  /// Statements and options whose grammar is data, in the notation of `docs/statement-tables.md`; the first that fits is taken.
  public var statementTables: [String] = []
}

/// Which block grammar the dialect's routines are written in.
public enum ProceduralFamily: Sendable, Hashable {
  case tsql, plpgsql, plsql, sqlPSM, snowflakeScripting, none
}

/// How text falls into tokens.
public struct LexicalRules: Sendable, Hashable {
  /// Characters that open a quoted identifier, as ASCII: `"`, `[`, `` ` ``.
  public var bracketIdentifiers = false
  public var backtickIdentifiers = false
  /// `"x"` is an identifier (true) or a string (false).
  public var doubleQuoteIsIdentifier = true
  /// `\'` inside a string is an escape.
  public var backslashEscapes = false
  /// `E'...'`, `B'...'`, `X'...'`, `U&'...'`.
  public var postgresStringPrefixes = false
  /// `N'...'`.
  public var nationalStrings = true
  /// `$$ ... $$`, `$tag$ ... $tag$`.
  public var dollarQuotes = false
  /// `/* /* */ */`.
  public var nestedComments = false
  /// `# comment`.
  public var hashComments = false
  /// `@name`, `@@name` are variables.
  public var atVariables = false
  /// `#name`, `##name` are temporary objects.
  public var hashIdentifiers = false
  /// `$1`.
  public var dollarParameters = false
  /// Lines that hold only `GO [n]` end a batch.
  public var goLines = false
  /// Lines that begin with a backslash belong to the client (psql).
  public var backslashLines = false
  /// Lines that begin with a colon and a word belong to the client (sqlcmd), `$(name)` is a variable of it.
  public var sqlcmd = false
  /// Any run of operator characters is one operator.
  /// <https://www.postgresql.org/docs/17/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS>
  public var customOperators = false
  /// `?` is a parameter even where runs of operator characters are operators.
  public var questionParameters = false
  /// `==` is `=`.
  public var doubleEquals = false
  /// `1_000`, `0o17`, `0b101`.
  public var underscoresInNumbers = false
  /// `$12.50`, `£5`; and operators with blanks in them, hexadecimal numbers that go on on the next line.
  public var moneyLiterals = false
  /// `<name, type, value>` and `<name>` are placeholders.
  /// <https://learn.microsoft.com/ssms/template/replace-template-parameters>
  public var angleTemplates = false
}

/// How names are quoted, folded and compared.
public struct IdentifierRules: Sendable, Hashable {
  public enum Folding: Sendable, Hashable {
    case lower, upper, none
  }

  /// What the server makes of an unquoted name.
  public var folding: Folding = .none
  /// Whether two spellings that differ by case alone are the same name (after folding).
  public var caseInsensitive = true
  public var quoteOpen: Character = "\""
  public var quoteClose: Character = "\""
  /// Longest name; `nil` when the engine has no limit.
  public var maximumLength: Int? = nil
  /// Whether `maximumLength` counts UTF-8 bytes rather than characters.
  public var lengthInBytes = false
  /// Schema in which an unqualified name is looked for when nothing else says.
  public var defaultSchema: String? = nil
}

/// Grammar that a dialect has or lacks.
public struct Features: OptionSet, Sendable, Hashable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// Statements need no semicolon between them.
  public static let optionalSemicolons = Features(rawValue: 1 << 0)
  /// `SELECT TOP (n)`.
  public static let top = Features(rawValue: 1 << 1)
  /// `alias = expression` in a select list.
  public static let assignedAlias = Features(rawValue: 1 << 2)
  /// `FROM t WITH (NOLOCK)`.
  public static let tableHints = Features(rawValue: 1 << 3)
  /// `CROSS APPLY`, `OUTER APPLY`.
  public static let apply = Features(rawValue: 1 << 4)
  /// `OUTPUT inserted.x INTO ...`.
  public static let output = Features(rawValue: 1 << 5)
  /// `RETURNING ...`.
  public static let returning = Features(rawValue: 1 << 6)
  /// `x::type`.
  public static let doubleColonCast = Features(rawValue: 1 << 7)
  /// `a[1]`, `ARRAY[...]`.
  public static let arrays = Features(rawValue: 1 << 8)
  /// `DISTINCT ON (...)`.
  public static let distinctOn = Features(rawValue: 1 << 9)
  /// `PIVOT`, `UNPIVOT`.
  public static let pivot = Features(rawValue: 1 << 10)
  /// `+` joins strings.
  public static let plusConcatenates = Features(rawValue: 1 << 11)
  /// `UPDATE alias SET ... FROM t alias`: the target may be an alias of the FROM clause.
  public static let updateTargetMayBeAlias = Features(rawValue: 1 << 12)
  /// `SELECT ... INTO newtable`, which makes a table (elsewhere INTO fills variables).
  public static let selectIntoTable = Features(rawValue: 1 << 13)
  /// `ON CONFLICT`.
  public static let onConflict = Features(rawValue: 1 << 14)
  /// `FOR XML`, `FOR JSON`.
  public static let forXML = Features(rawValue: 1 << 15)
  /// `DELETE FROM t USING ...`.
  public static let deleteUsing = Features(rawValue: 1 << 16)
  /// Column aliases are visible in GROUP BY and ORDER BY.
  public static let aliasInGroupBy = Features(rawValue: 1 << 17)
  /// A condition is no value: `SELECT a > 1` and `WHERE flag` are errors.
  public static let conditionsAreNoValues = Features(rawValue: 1 << 18)
  /// `WITH x AS (INSERT ... RETURNING ...)`.
  public static let dataInWith = Features(rawValue: 1 << 19)
  /// `WINDOW w AS (...)`.
  public static let namedWindows = Features(rawValue: 1 << 20)
  /// `QUALIFY condition`.
  public static let qualify = Features(rawValue: 1 << 21)
  /// `START WITH ... CONNECT BY PRIOR ...`.
  public static let connectBy = Features(rawValue: 1 << 27)
  /// `* EXCLUDE (a, b)`.
  public static let starExclude = Features(rawValue: 1 << 28)
  /// `LIMIT offset, count`.
  public static let limitWithComma = Features(rawValue: 1 << 29)
  /// `CREATE OR REPLACE TABLE`.
  public static let replacesTables = Features(rawValue: 1 << 30)
  /// `FIRST_VALUE(x IGNORE NULLS)`.
  public static let nullTreatmentInside = Features(rawValue: 1 << 31)
  /// MERGE must end with a semicolon.
  public static let mergeNeedsSemicolon = Features(rawValue: 1 << 25)
  /// `(WITH x AS (...) SELECT ...)` as a subquery.
  public static let withInSubqueries = Features(rawValue: 1 << 26)
  /// `MINUS` is `EXCEPT`.
  public static let minus = Features(rawValue: 1 << 23)
  /// Semi-structured values: `FROM t, t.items AS i AT position`, `UNPIVOT value AS v AT k`.
  public static let partiQL = Features(rawValue: 1 << 24)
  /// A column may be defined by its name alone.
  public static let untypedColumns = Features(rawValue: 1 << 22)
  /// CREATE, ALTER and DROP as SQL Server writes them: options in `WITH (...)`, file groups, `ALTER TABLE t ADD a, b`, modules to the end of the batch.
  public static let sqlServerDefinitions = Features(rawValue: 1 << 32)
  /// CREATE, ALTER and DROP as PostgreSQL writes them: IF NOT EXISTS, CASCADE, storage parameters, routine bodies as strings.
  public static let postgresDefinitions = Features(rawValue: 1 << 33)
  /// `db..t`, `.t`: parts of a name left out.
  public static let omittedNameParts = Features(rawValue: 1 << 34)
  /// `MATCH (a-(e)->b)`, `WITHIN GROUP (GRAPH PATH)`.
  public static let graph = Features(rawValue: 1 << 35)
  /// `sum(x) FILTER (WHERE ...)`.
  public static let aggregateFilter = Features(rawValue: 1 << 36)
  /// `x ISNULL`, `BETWEEN SYMMETRIC`, `IS JSON`, `AT LOCAL`, `OPERATOR(s.+)`, `ORDER BY x USING <`.
  public static let postgresPredicates = Features(rawValue: 1 << 37)
  /// `TABLE t` as a query.
  public static let tableQuery = Features(rawValue: 1 << 38)
  /// Strings on following lines go on with the one before.
  public static let continuedStrings = Features(rawValue: 1 << 39)
  /// `CONVERT(type, value, style)`.
  public static let convertToType = Features(rawValue: 1 << 40)
  /// `CONTAINS((a, b), ...)`, `FREETEXT(*, ...)`.
  public static let fullText = Features(rawValue: 1 << 41)
  /// `ONLY t`, `t *`.
  public static let inheritance = Features(rawValue: 1 << 42)
  /// `OPENROWSET`, `OPENQUERY`, `OPENJSON(...) WITH (...)` and the like, also as targets; `FROM ::fn()`.
  public static let rowsetFunctions = Features(rawValue: 1 << 43)
  /// `INSERT TOP (n)`, `DELETE TOP (n)` ...
  public static let topInData = Features(rawValue: 1 << 44)
  /// `INSERT t`.
  public static let optionalInto = Features(rawValue: 1 << 45)
  /// `DELETE t`.
  public static let optionalFrom = Features(rawValue: 1 << 46)
  /// `INSERT t EXEC p`.
  public static let insertExec = Features(rawValue: 1 << 47)
  /// `SET x.modify(...)`.
  public static let xmlMethods = Features(rawValue: 1 << 48)
  /// `MERGE ... REMOVE DUPLICATES`.
  public static let mergeRemovesDuplicates = Features(rawValue: 1 << 49)
  /// `LATERAL (...)`.
  public static let lateral = Features(rawValue: 1 << 50)
  /// A subquery in FROM must have an alias, PIVOT names its columns and has one too.
  public static let derivedTablesNeedAlias = Features(rawValue: 1 << 51)
  /// `FROM current_date`, `FROM cast(...)`, `AS (column type, ...)`.
  public static let valueFunctionsAsTables = Features(rawValue: 1 << 52)
  /// `FOR SYSTEM_TIME ...`.
  public static let temporalTables = Features(rawValue: 1 << 53)
  /// `t TABLESAMPLE (...) alias`.
  public static let sampleBeforeAlias = Features(rawValue: 1 << 54)
  /// `SELECT a 'alias'`.
  public static let stringAliases = Features(rawValue: 1 << 55)
  /// A reserved word may be an alias behind AS.
  public static let reservedAliases = Features(rawValue: 1 << 56)
  /// ALL goes with UNION only, DISTINCT with no set operator.
  public static let allOnlyWithUnion = Features(rawValue: 1 << 57)
  /// `SELECT FROM t`.
  public static let emptySelectList = Features(rawValue: 1 << 58)

  /// `NATURAL JOIN`, `JOIN ... USING (a)`.
  public static let usingJoins = Features(rawValue: 1 << 59)

  /// What every dialect but SQL Server's has of queries.
  public static let common: Features = [.usingJoins, .withInSubqueries, .lateral, .reservedAliases, .sampleBeforeAlias]
}
