internal import CadastreCatalog
internal import CadastreModel

/// A table as a value: its columns with what flows into each, and what decides about its rows.
struct Relation: Sendable, Equatable {
  struct Column: Sendable, Equatable {
    var name: String
    var flow: Flow
    /// Known pieces of text, for columns that carry pieces of dynamic SQL.
    var texts: [AbstractText]? = nil
    /// Of a temporary table: it takes no value in an INSERT without a list (identity, computed).
    var isGenerated = false
    /// Of a temporary table: the columns that it is computed from, and how each bears on it.
    var computedFrom: [String: Uses] = [:]
  }

  var columns: [Column] = []
  /// What decides which rows exist.
  var rows = Flow()
  /// The table behind it, when its columns are not all known: any name may be one of them.
  var open: ObjectName?
  /// What flows into any column that is not listed: a function's result whose columns are not declared.
  var fallback: Flow?

  func column(named name: String, _ names: NameRule) -> Column? {
    index(named: name, names).map { columns[$0] }
  }

  @inline(__always)
  func index(named name: String, _ names: NameRule) -> Int? {
    for index in columns.indices where names.same(columns[index].name, name) { return index }
    return nil
  }

  /// Rows of either: columns by position, what flows into one or the other flows.
  mutating func merge(_ other: Relation) {
    for index in columns.indices where index < other.columns.count {
      columns[index].flow.add(other.columns[index].flow)
      columns[index].texts = AbstractText.union(columns[index].texts, other.columns[index].texts)
    }
    if columns.isEmpty { columns = other.columns }
    rows.add(other.rows)
    open = open ?? other.open
    if let theirs = other.fallback { fallback = (fallback ?? Flow()).adding(theirs) }
  }

  /// The same table on two paths: columns by name.
  mutating func join(_ other: Relation) {
    for column in other.columns {
      if let index = columns.firstIndex(where: { $0.name == column.name }) {
        columns[index].flow.add(column.flow)
      } else {
        columns.append(column)
      }
    }
    rows.add(other.rows)
    open = open ?? other.open
    if let theirs = other.fallback { fallback = (fallback ?? Flow()).adding(theirs) }
  }
}
