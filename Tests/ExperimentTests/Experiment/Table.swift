/// A table of the database that an experiment runs on.
struct Table: Sendable, Hashable {
  struct Column: Sendable, Hashable {
    var name: String
    /// Quoted where needed.
    var sql: String
    var type: String
    var kind: Values.Kind
    var nullable: Bool
    /// The engine computes it: nothing can be put in.
    var generated: Bool
    /// Filled by a sequence where a statement does not name it.
    var numbered: Bool
    var inKey: Bool
    /// What a statement that does not name the column puts in: an expression, and its value as the engine prints it.
    var defaultExpression: String
    var defaultValue: String = Transcript.null
  }

  /// As the extractor spells it.
  var name: String
  var sql: String
  /// Data of its own that can be replaced; a materialised view has none.
  var base: Bool
  /// An ordinary table, whose rows are not those of the tables that inherit from it.
  var ordinary: Bool
  /// At one end of a foreign key.
  var linked: Bool
  /// The unperturbed call leaves it as it was.
  var untouched = false
  var columns: [Column]
  /// The rows before the call, as the engine prints them.
  var rows: [[String]] = []

  /// Reads what an engine's layout query prints: one row a column, in the order of the fields below.
  static func read(_ rows: [[String]]) -> [Table] {
    var tables: [Table] = []
    for row in rows where row.count == 13 {
      if tables.last?.name != row[0] { tables.append(Table(name: row[0], sql: row[1], base: row[2] != "m", ordinary: row[2] == "r", linked: row[12] == "1", columns: [])) }
      tables[tables.count - 1].columns.append(
        Column(
          name: row[3], sql: row[4], type: row[5], kind: Values.Kind(category: row[6], type: row[5]), nullable: row[7] != "1", generated: row[8] == "1",
          numbered: row[9] == "1", inKey: row[10] == "1", defaultExpression: row[11] == Transcript.null ? "" : row[11]))
    }
    return tables
  }
}
