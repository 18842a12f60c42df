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
  /// How this path has left the current point; `nil` while it is there.
  var jump: Jump?
  /// Per level of nesting, the routine first: what decides that a path has gone to its end, or to its next round.
  var departures: [Departure] = [Departure()]

  struct Cell: Sendable, Equatable {
    var flow = Flow()
    /// The texts it can hold; `nil` when nothing is known of them.
    var texts: [AbstractText]?
    /// The fields of a record.
    var record: Relation?
    /// The parameter this cell is, when no caller has given it a value.
    var parameter: String?
  }

  enum Jump: Sendable, Equatable {
    /// To the end of a level: RETURN, EXIT, an error that is caught there.
    case leave(Int)
    /// To the next round of a loop.
    case again(Int)
    case goto(String)
  }

  struct Departure: Sendable, Equatable {
    var left = Flow()
    var again = Flow()
  }

  /// All that decides whether the current point has not been left before.
  var departed: Flow {
    departures.reduce(into: Flow()) { flow, level in
      flow.add(level.left)
      flow.add(level.again)
    }
  }

  /// Notes that the conditions which led here have taken the path away.
  private mutating func note(_ jump: Jump, _ control: Flow) {
    switch jump {
    case .leave(let level): if level < departures.count { departures[level].left.add(control) }
    case .again(let level): if level < departures.count { departures[level].again.add(control) }
    case .goto: for level in departures.indices.dropFirst() { departures[level].left.add(control) }
    }
  }

  /// Both paths: what holds on either. The values of a path that has left are no longer seen here.
  mutating func join(_ other: State) {
    let mine = self
    if mine.jump != nil, other.jump == nil { self = other }
    for (level, departure) in (mine.jump != nil && other.jump == nil ? mine : other).departures.enumerated() where level < departures.count {
      departures[level].left.add(departure.left)
      departures[level].again.add(departure.again)
    }
    switch (mine.jump, other.jump) {
    case (nil, nil): joinValues(other)
    case (nil, let left?):
      control.add(other.control)
      return note(left, other.control)
    case (let left?, nil):
      control.add(mine.control)
      return note(left, mine.control)
    case (let first?, let second?):
      note(first, mine.control)
      note(second, other.control)
      if case .leave(let level) = second, case .leave(let kept) = first, level >= kept { break }
      if case .leave = second { jump = second }
    }
    control.add(other.control)
  }

  mutating func joinValues(_ other: State) {
    for (name, cell) in other.cells {
      guard var mine = cells[name] else {
        cells[name] = cell
        continue
      }
      if mine == cell { continue }
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
  }
}
