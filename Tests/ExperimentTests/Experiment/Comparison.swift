/// What a run on perturbed contents left behind, against what the unperturbed run did.
///
/// A column changed when its values as a multiset did, values that equal the column's default left out: a column that no statement names is not
/// influenced by a row more. Where the rows of before are all still there, the values of each are compared by primary key too; when a column is
/// compared with itself, a perturbed value counts only where the unperturbed call writes another.
struct Comparison {
  var tables: [Table]
  var targets: [Table]
  /// The rows of each target before the call.
  var before: [[[String]]]
  /// The sorted contents of each target after the unperturbed call.
  var after: [String]
  private let afterRows: [[[String]]]

  init(tables: [Table], targets: [Table], before: [[[String]]], after: [String]) {
    self.tables = tables
    self.targets = targets
    self.before = before
    self.after = after
    afterRows = after.map(Transcript.rows)
  }

  /// The columns that differ at all.
  func differences(_ run: [String]) -> Set<String> {
    var found: Set<String> = []
    for (target, at) in zip(targets, targets.indices) where run[at] != after[at] {
      let rows = Transcript.rows(run[at])
      for column in target.columns.indices where rows.map({ $0[column] }).sorted() != afterRows[at].map({ $0[column] }).sorted() {
        found.insert(target.name + "." + target.columns[column].name)
      }
    }
    return found
  }

  func changed(_ run: [String], by perturbation: Perturbation) -> [String] {
    let source = tables[perturbation.table]
    var found: [String] = []
    for (target, at) in zip(targets, targets.indices) where run[at] != after[at] {
      let same = target.name == source.name
      let rows = Transcript.rows(run[at])
      let key = target.columns.indices.filter { target.columns[$0].inKey }
      let keyed = key.isEmpty || (same && key.contains(perturbation.column)) ? nil : pairs(rows, at, key)
      for (column, position) in zip(target.columns, target.columns.indices) where !column.generated && !column.numbered {
        let itself = same && position == perturbation.column
        if (itself ? countChanged(rows, at, position, perturbation) : valuesChanged(rows, at, position))
          || keyed.map({ keyedChanged($0, position, itself ? perturbed(source, key, perturbation) : [:]) }) == true
        {
          found.append(target.name + "." + column.name)
        }
      }
    }
    return found
  }

  private func valuesChanged(_ rows: [[String]], _ at: Int, _ column: Int) -> Bool {
    let usual = targets[at].columns[column].defaultValue
    return rows.map { $0[column] }.filter { $0 != usual }.sorted() != afterRows[at].map { $0[column] }.filter { $0 != usual }.sorted()
  }

  /// Rows came or went, and the call put in or took away values of the perturbed column itself.
  private func countChanged(_ rows: [[String]], _ at: Int, _ column: Int, _ perturbation: Perturbation) -> Bool {
    guard rows.count != afterRows[at].count else { return false }
    let usual = targets[at].columns[column].defaultValue
    let unperturbed = before[at].map { $0[column] }
    var perturbed = unperturbed
    for (row, value) in perturbation.values { perturbed[row] = value.map(Transcript.field) ?? Transcript.null }
    func count(_ values: [String]) -> Int { values.count { $0 != usual } }
    return count(rows.map { $0[column] }) - count(perturbed) != count(afterRows[at].map { $0[column] }) - count(unperturbed)
  }

  /// Rows of before, as both runs left them, by key; nil where some are gone.
  private func pairs(_ rows: [[String]], _ at: Int, _ key: [Int]) -> [[String]: ([String], [String])]? {
    let mine = Dictionary(rows.map { row in (key.map { row[$0] }, row) }, uniquingKeysWith: { first, _ in first })
    let other = Dictionary(afterRows[at].map { row in (key.map { row[$0] }, row) }, uniquingKeysWith: { first, _ in first })
    var found: [[String]: ([String], [String])] = [:]
    for row in before[at] {
      let values = key.map { row[$0] }
      guard let left = mine[values], let right = other[values] else { return nil }
      found[values] = (left, right)
    }
    return found
  }

  /// - Parameter perturbed: for a column compared with itself, what it holds before the unperturbed call in the rows perturbed.
  private func keyedChanged(_ pairs: [[String]: ([String], [String])], _ column: Int, _ perturbed: [[String]: String]) -> Bool {
    pairs.contains { key, rows in rows.0[column] != rows.1[column] && perturbed[key] != rows.1[column] }
  }

  private func perturbed(_ table: Table, _ key: [Int], _ perturbation: Perturbation) -> [[String]: String] {
    var found: [[String]: String] = [:]
    for row in perturbation.values.keys { found[key.map { table.rows[row][$0] }] = table.rows[row][perturbation.column] }
    return found
  }
}
