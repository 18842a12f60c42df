internal import CadastreDialects
internal import CadastreModel

/// Writes statements one behind the other and keeps what could not be expressed.
struct DDLWriter {
  let dialect: Dialect
  let table: DDLTable
  private(set) var text = ""
  private(set) var objects = 0
  private(set) var losses: [DDLLoss] = []

  init(dialect: Dialect, table: DDLTable) {
    self.dialect = dialect
    self.table = table
  }

  mutating func statement(_ sql: String, alone: Bool = false) {
    text += sql + table.terminator + "\n"
    if alone, let separator = table.batchSeparator { text += separator + "\n" }
  }

  private mutating func lose(_ code: String, _ asset: Asset, _ property: String, _ reason: String, nearest: String? = nil) {
    losses.append(DDLLoss(code: code, object: asset.name.rendered, property: property, reason: reason, nearest: nearest))
  }

  /// The name in the target: without the database part, which belongs to the source's server.
  private func name(_ name: ObjectName) -> String { dialect.quoted(ObjectName(Array(name.parts.suffix(2)))) }

  mutating func write(_ asset: Asset) {
    switch asset.kind {
    case .table, .tableType: writeTable(asset)
    case .view, .materializedView: writeView(asset)
    case .sequence:
      objects += 1
      statement("CREATE SEQUENCE \(name(asset.name))")
    default: lose("D001", asset, "kind", "\(asset.kind.rawValue) has no DDL")
    }
  }

  private mutating func writeView(_ asset: Asset) {
    guard let query = asset.query else { return lose("D002", asset, "view.query", "the query is not known") }
    guard asset.dialect.rawValue == dialect.name.rawValue else {
      return lose("D003", asset, "view.query", "queries are not carried from \(asset.dialect.rawValue) to \(dialect.name.rawValue) yet")
    }
    objects += 1
    statement("CREATE VIEW \(name(asset.name)) AS\n\(query)", alone: true)
  }

  // MARK: tables

  private mutating func writeTable(_ asset: Asset) {
    objects += 1
    for part in asset.name.parts.suffix(2) { if let finding = dialect.nameFinding(part) { lose("D010", asset, "name", finding) } }
    var seen: Set<String> = []
    let booleans = Set(asset.columns.filter { $0.type == .boolean }.map { $0.name.lowercased() })
    let translator = ExpressionTranslator(from: Dialect.named(asset.dialect), to: dialect, table: table)
    var lines: [String] = []
    for column in asset.columns {
      if let finding = dialect.nameFinding(column.name) { lose("D010", asset, "column.name", "\(column.name): \(finding)") }
      if !seen.insert(column.name.lowercased()).inserted { lose("D011", asset, "column.name", "the column '\(column.name)' stands twice") }
      lines.append(line(column, asset, translator, booleans))
    }
    var late: [String] = []
    for constraint in asset.constraints {
      guard let text = line(constraint, asset, translator, booleans) else { continue }
      if constraint.kind == .foreignKey { late.append(text) } else { lines.append(text) }
    }
    statement("CREATE TABLE \(name(asset.name)) (\n" + lines.map { "  " + $0 }.joined(separator: ",\n") + "\n)")
    for index in asset.indexes { write(index, asset, translator, booleans) }
    for constraint in late { statement("ALTER TABLE \(name(asset.name)) ADD \(constraint)") }
    if let description = asset.description { statement(table.comment(dialect, ObjectName(Array(asset.name.parts.suffix(2))), nil, description)) }
    for column in asset.columns {
      if let description = column.description {
        statement(table.comment(dialect, ObjectName(Array(asset.name.parts.suffix(2))), column.name, description))
      }
    }
    if let separator = table.batchSeparator { text += separator + "\n" }
  }

  private mutating func type(_ column: Column, _ asset: Asset) -> String {
    if asset.dialect.rawValue == dialect.name.rawValue, let native = column.nativeType { return native }
    guard let logical = column.type else {
      lose("D020", asset, "column.type", "the type of '\(column.name)' is not known", nearest: table.type(.text).text)
      return table.type(.text).text
    }
    let (text, loss) = table.type(logical)
    if let loss { lose("D021", asset, "column.type", "\(column.name): \(loss)", nearest: text) }
    return text
  }

  private mutating func line(_ column: Column, _ asset: Asset, _ translator: ExpressionTranslator, _ booleans: Set<String>) -> String {
    var words = [dialect.quoted(column.name)]
    if let computed = column.computed {
      switch translator.translate(computed.expression, booleans: booleans) {
      case .text(let expression):
        let type = column.type == nil && column.nativeType == nil ? computedType(column, asset) : type(column, asset)
        words.append(table.computed(ComputedValue(expression: expression, stored: computed.stored), type))
        return words.joined(separator: " ")
      case .refused(let reason):
        let fallback = column.type == nil ? table.type(.text).text : type(column, asset)
        lose("D030", asset, "column.computed", "\(column.name): \(reason): \(computed.expression)", nearest: "a plain column \(fallback)")
        words.append(fallback)
        return words.joined(separator: " ")
      }
    }
    words.append(type(column, asset))
    if let collation = column.collation {
      if asset.dialect.rawValue == dialect.name.rawValue { words.append("COLLATE \(collation)") } else {
        lose("D022", asset, "column.collation", "\(column.name): the collation \(collation) is of \(asset.dialect.rawValue)")
      }
    }
    if let identity = column.identity { words.append(table.identity(identity)) }
    if let value = column.defaultValue {
      switch translator.translate(value.expression, booleans: booleans, isBoolean: column.type == .boolean) {
      case .text(let expression):
        let named = table.namedDefaults ? value.constraintName.map { "CONSTRAINT \(dialect.quoted($0)) " } ?? "" : ""
        words.append(named + "DEFAULT \(expression)")
      case .refused(let reason): lose("D031", asset, "column.default", "\(column.name): \(reason): \(value.expression)")
      }
    }
    words.append(column.nullable ? "NULL" : "NOT NULL")
    return words.joined(separator: " ")
  }

  /// The type of a computed column is not written in T-SQL: numbers where its operands are numbers, else text.
  private mutating func computedType(_ column: Column, _ asset: Asset) -> String {
    guard asset.dialect.rawValue != dialect.name.rawValue else { return "" }
    let used = asset.columns.filter { other in
      other.name != column.name && (column.computed?.expression.lowercased().contains(other.name.lowercased()) ?? false)
    }
    let numeric = used.allSatisfy { other in
      switch other.type {
      case .int8, .int16, .int32, .int64, .decimal: true
      default: false
      }
    }
    let guess = numeric && !used.isEmpty ? table.type(.decimal(precision: 38, scale: 10)).text : table.type(.text).text
    lose("D032", asset, "column.type", "\(column.name): the type of a computed column is not written in the source", nearest: guess)
    return guess
  }

  private func columns(_ keys: [KeyColumn], descending: Bool = true) -> String {
    keys.map { key in
      (key.isExpression ? "(\(key.name))" : dialect.quoted(key.name)) + (descending && key.descending ? " DESC" : "") + (key.nulls.map { " NULLS \($0)" } ?? "")
    }.joined(separator: ", ")
  }

  private mutating func line(_ constraint: Constraint, _ asset: Asset, _ translator: ExpressionTranslator, _ booleans: Set<String>) -> String? {
    let named = constraint.name.map { "CONSTRAINT \(dialect.quoted($0)) " } ?? ""
    let clustered = table.clusteredKeys ? constraint.clustered.map { $0 ? " CLUSTERED" : " NONCLUSTERED" } ?? "" : ""
    switch constraint.kind {
    case .primaryKey: return "\(named)PRIMARY KEY\(clustered) (\(columns(constraint.columns, descending: table.clusteredKeys)))"
    case .unique: return "\(named)UNIQUE\(clustered) (\(columns(constraint.columns, descending: table.clusteredKeys)))"
    case .foreignKey:
      guard let references = constraint.references else { return nil }
      var text = "\(named)FOREIGN KEY (\(columns(constraint.columns, descending: false))) REFERENCES \(name(references.table))"
      if !references.columns.isEmpty { text += " (\(references.columns.map(dialect.quoted).joined(separator: ", ")))" }
      if let action = references.onDelete { text += " ON DELETE \(action)" }
      if let action = references.onUpdate { text += " ON UPDATE \(action)" }
      return text
    case .check:
      guard let expression = constraint.expression else { return nil }
      switch translator.translate(expression, booleans: booleans) {
      case .text(let text): return "\(named)CHECK (\(DDLTable.stripped(text)))"
      case .refused(let reason):
        lose("D033", asset, "constraint.check", "\(constraint.name ?? "a check"): \(reason): \(expression)")
        return nil
      }
    }
  }

  private mutating func write(_ index: Index, _ asset: Asset, _ translator: ExpressionTranslator, _ booleans: Set<String>) {
    if index.method == "columnstore", !table.clusteredKeys {
      return lose("D040", asset, "index.method", "\(index.name ?? "an index"): \(dialect.name.rawValue) has no columnstore index")
    }
    var sql = "CREATE " + (index.unique ? "UNIQUE " : "")
    if table.clusteredKeys, let clustered = index.clustered { sql += clustered ? "CLUSTERED " : "NONCLUSTERED " }
    if index.method == "columnstore" { sql += "COLUMNSTORE " }
    sql += "INDEX " + (index.name.map { dialect.quoted($0) + " " } ?? "") + "ON \(name(asset.name))"
    if let method = index.method, method != "columnstore", !table.clusteredKeys { sql += " USING \(method)" }
    if !index.columns.isEmpty { sql += " (\(columns(index.columns)))" }
    if !index.included.isEmpty { sql += " INCLUDE (\(index.included.map(dialect.quoted).joined(separator: ", ")))" }
    if let predicate = index.predicate {
      switch translator.translate(predicate, booleans: booleans) {
      case .text(let text): sql += " WHERE \(text)"
      case .refused(let reason):
        lose("D041", asset, "index.predicate", "\(index.name ?? "an index"): \(reason): \(predicate)")
        return
      }
    }
    statement(sql)
  }
}
