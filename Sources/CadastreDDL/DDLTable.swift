internal import CadastreDialects
internal import CadastreModel

/// How one dialect spells a table, as data. What data cannot say is a closure in the table.
struct DDLTable: Sendable {
  /// Behind each statement.
  var terminator = ";"
  /// A line between batches; `nil` where the dialect has none.
  var batchSeparator: String?
  /// Behind the type of an identity column.
  var identity: @Sendable (Identity) -> String
  /// A computed column behind its name; the type is as the dialect spells it, where known.
  var computed: @Sendable (ComputedValue, String) -> String
  /// `nil`: the dialect has no such thing, and it is a loss.
  var includeColumns = true
  var filteredIndexes = true
  var clusteredKeys = false
  var namedDefaults = false
  /// The statement that describes a table or (with a column) one of its columns.
  var comment: @Sendable (Dialect, ObjectName, String?, String) -> String
  /// The native spelling of a logical type, and what is lost by it.
  var type: @Sendable (LogicalType) -> (text: String, loss: String?)
  /// Expressions of another dialect that stand for one of this one, by their text without brackets and blanks, lower case.
  var expressions: [String: String]
}

extension DDLTable {
  /// The dialects whose DDL is written so far; `nil` for the others.
  static func of(_ dialect: DialectName) -> DDLTable? {
    switch dialect {
    case .tsql: tsql
    case .postgres: postgres
    default: nil
    }
  }

  /// <https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql>
  private static let tsql = DDLTable(
    batchSeparator: "GO",
    identity: { "IDENTITY(\($0.seed),\($0.increment))" },
    computed: { value, _ in "AS (\(stripped(value.expression)))" + (value.stored ? " PERSISTED" : "") },
    clusteredKeys: true, namedDefaults: true,
    comment: { dialect, name, column, text in
      var statement = "EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N\(plainLiteral(text)), @level0type = N'SCHEMA', "
      statement += "@level0name = N\(plainLiteral(name.schema ?? "dbo")), @level1type = N'TABLE', @level1name = N\(plainLiteral(name.name))"
      if let column { statement += ", @level2type = N'COLUMN', @level2name = N\(plainLiteral(column))" }
      return statement
    },
    type: { type in
      switch type {
      case .boolean: ("bit", nil)
      case .int8, .int16: ("smallint", nil)
      case .int32: ("int", nil)
      case .int64: ("bigint", nil)
      case .decimal(let precision, let scale): decimal("decimal", precision ?? 38, scale ?? (precision == nil ? 10 : 0), most: 38)
      case .float32: ("real", nil)
      case .float64: ("float(53)", nil)
      case .char(let length): (length <= 4000 ? "nchar(\(length))" : "nvarchar(max)", nil)
      case .varchar(let length): ((length ?? 4001) <= 4000 ? "nvarchar(\(length ?? 0))" : "nvarchar(max)", nil)
      case .text: ("nvarchar(max)", nil)
      case .binary(let length): ((length ?? 8001) <= 8000 ? "varbinary(\(length ?? 0))" : "varbinary(max)", nil)
      case .date: ("date", nil)
      case .time(let precision): ("time(\(min(precision ?? 6, 7)))", nil)
      case .timestamp(let precision): ("datetime2(\(min(precision ?? 6, 7)))", nil)
      case .timestamptz(let precision): ("datetimeoffset(\(min(precision ?? 6, 7)))", nil)
      case .json: ("nvarchar(max)", "json is text without a check here")
      case .uuid: ("uniqueidentifier", nil)
      case .geography: ("geography", nil)
      case .array, .structure: ("nvarchar(max)", "an array or structure is JSON text here")
      case .other(let native): (native, "no logical type is known for '\(native)'; it was kept as written")
      }
    },
    expressions: [
      "current_timestamp": "SYSDATETIME()", "now()": "SYSDATETIME()", "gen_random_uuid()": "NEWID()", "true": "1", "false": "0", "current_user": "SUSER_SNAME()",
      "current_date": "CAST(GETDATE() AS date)",
    ])

  /// <https://www.postgresql.org/docs/15/sql-createtable.html>
  private static let postgres = DDLTable(
    identity: { "GENERATED \($0.always ? "ALWAYS" : "BY DEFAULT") AS IDENTITY" + ($0.seed == 1 && $0.increment == 1 ? "" : " (START WITH \($0.seed) INCREMENT BY \($0.increment))") },
    computed: { value, type in "\(type) GENERATED ALWAYS AS (\(stripped(value.expression))) STORED" },
    comment: { dialect, name, column, text in
      column.map { "COMMENT ON COLUMN \(dialect.quoted(name)).\(dialect.quoted($0)) IS \(dialect.literal(text))" }
        ?? "COMMENT ON TABLE \(dialect.quoted(name)) IS \(dialect.literal(text))"
    },
    type: { type in
      switch type {
      case .boolean: ("boolean", nil)
      case .int8, .int16: ("smallint", nil)
      case .int32: ("integer", nil)
      case .int64: ("bigint", nil)
      case .decimal(let precision, let scale): precision.map { decimal("numeric", $0, scale ?? 0, most: 1000) } ?? ("numeric", nil)
      case .float32: ("real", nil)
      case .float64: ("double precision", nil)
      case .char(let length): ("char(\(length))", nil)
      case .varchar(let length): (length.map { "varchar(\($0))" } ?? "text", nil)
      case .text: ("text", nil)
      case .binary(let length): ("bytea", length.map { "the length \($0) is not kept by bytea" })
      case .date: ("date", nil)
      case .time(let precision): (precision.map { "time(\(min($0, 6)))" } ?? "time", precision.map { $0 > 6 ? "fractions finer than a microsecond" : nil } ?? nil)
      case .timestamp(let precision): (precision.map { "timestamp(\(min($0, 6)))" } ?? "timestamp", precision.map { $0 > 6 ? "fractions finer than a microsecond" : nil } ?? nil)
      case .timestamptz(let precision): (precision.map { "timestamptz(\(min($0, 6)))" } ?? "timestamptz", precision.map { $0 > 6 ? "fractions finer than a microsecond" : nil } ?? nil)
      case .json: ("jsonb", nil)
      case .uuid: ("uuid", nil)
      case .geography: ("text", "geography needs PostGIS; text was taken")
      case .array(let element): (DDLTable.of(.postgres).map { $0.type(element).text + "[]" } ?? "text[]", nil)
      case .structure: ("jsonb", nil)
      case .other(let native): ("text", "no logical type is known for '\(native)'")
      }
    },
    expressions: [
      "getdate()": "CURRENT_TIMESTAMP", "sysdatetime()": "CURRENT_TIMESTAMP", "sysutcdatetime()": "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')",
      "getutcdate()": "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')", "current_timestamp": "CURRENT_TIMESTAMP", "sysdatetimeoffset()": "CURRENT_TIMESTAMP",
      "newid()": "gen_random_uuid()", "newsequentialid()": "gen_random_uuid()", "suser_sname()": "CURRENT_USER", "user_name()": "CURRENT_USER",
      "null": "NULL",
    ])

  private static func decimal(_ word: String, _ precision: Int, _ scale: Int, most: Int) -> (text: String, loss: String?) {
    let kept = min(precision, most)
    return ("\(word)(\(kept),\(min(scale, kept)))", precision > most ? "precision \(precision) was cut to \(most)" : nil)
  }

  static func plainLiteral(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  /// An expression without the brackets that stand around all of it.
  static func stripped(_ expression: String) -> String {
    var text = Substring(expression)
    while text.first == "(", text.last == ")" {
      var depth = 0
      var closesEarly = false
      for (index, character) in zip(text.indices, text) {
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        if depth == 0, index != text.index(before: text.endIndex) {
          closesEarly = true
          break
        }
      }
      if closesEarly { break }
      text = text.dropFirst().dropLast()
    }
    return String(text)
  }
}
