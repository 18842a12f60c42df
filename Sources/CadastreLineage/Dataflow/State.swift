/// What a routine's variables and temporary tables hold at one point.
struct State: Sendable, Equatable {
  /// A scalar or record variable, by compared name.
  var cells: [String: Cell] = [:]
  /// Temporary tables and table variables, by compared name.
  var tables: [String: Relation] = [:]
  /// Cursors: the rows they go over.
  var cursors: [String: Relation] = [:]
  /// What decides whether the current point is reached.
  var control = Flow()
  /// A point that no path reaches: behind RETURN.
  var ended = false

  struct Cell: Sendable, Equatable {
    var flow = Flow()
    /// The texts it can hold; `nil` when nothing is known of them.
    var texts: [AbstractText]?
    /// The fields of a record.
    var record: Relation?
    /// The parameter this cell is, when no caller has given it a value.
    var parameter: String?
  }

  /// Both paths: what holds on either.
  mutating func join(_ other: State) {
    if other.ended, !ended {
      control.add(other.control)
      return
    }
    if ended, !other.ended {
      let mine = control
      self = other
      control.add(mine)
      return
    }
    for (name, cell) in other.cells {
      guard var mine = cells[name] else {
        cells[name] = cell
        continue
      }
      mine.flow.add(cell.flow)
      mine.texts = AbstractText.union(mine.texts, cell.texts)
      if var record = mine.record {
        if let theirs = cell.record { record.join(theirs) }
        mine.record = record
      } else {
        mine.record = cell.record
      }
      mine.parameter = mine.parameter ?? cell.parameter
      cells[name] = mine
    }
    for (name, table) in other.tables {
      if tables[name] == nil { tables[name] = table } else { tables[name]?.join(table) }
    }
    for (name, cursor) in other.cursors {
      if cursors[name] == nil { cursors[name] = cursor } else { cursors[name]?.join(cursor) }
    }
    control.add(other.control)
    ended = ended && other.ended
  }
}
