public import CadastreDiagnostics
internal import CadastreDelimited
public import CadastreModel

/// Assets or columns as a table that people edit in bulk: CSV, UTF-8, one header.
public enum RegistrySheet {
  public enum Kind: String, Sendable, CaseIterable {
    case assets, columns
  }

  /// Every heading that a sheet may have.
  public static let headings = SheetFields.names

  /// The sheet of some objects, sorted by warehouse and name.
  ///
  /// - Parameter raw: cells as they are; otherwise what a spreadsheet would run as a formula has an apostrophe before it.
  public static func write(_ objects: [RegistryObject], _ kind: Kind, raw: Bool) -> String {
    var entries: [AssetEntry] = []
    for case .asset(let entry) in objects where entry.isDefined { entries.append(entry) }
    entries.sort {
      if $0.namespace != $1.namespace { return $0.namespace.utf8.lexicographicallyPrecedes($1.namespace.utf8) }
      return $0.asset.name.rendered.utf8.lexicographicallyPrecedes($1.asset.name.rendered.utf8)
    }
    func record(_ cells: [String]) -> String { DelimitedWriter.record(raw ? cells : cells.map(SheetCell.guarded)) }
    switch kind {
    case .assets:
      let rows = entries.map { entry in record([entry.namespace, entry.asset.name.rendered] + SheetFields.asset.map { $0.read(entry.asset) }) }
      return record(["namespace", "asset"] + SheetFields.asset.map(\.name)) + rows.joined()
    case .columns:
      let rows = entries.flatMap { entry in
        entry.asset.columns.map { column in
          record([entry.namespace, entry.asset.name.rendered, column.name] + SheetFields.column.map { $0.read(column) })
        }
      }
      return record(["namespace", "asset", "column"] + SheetFields.column.map(\.name)) + rows.joined()
    }
  }

  /// The assets that a sheet changes or confirms, as they are to be; or all that is wrong with it (X030 the table itself, X031 a row twice, X032 a
  /// cell, X033 no such asset or column).
  ///
  /// A row with a column is about that column, one without about the asset. A heading that is not there leaves its field alone; an empty cell empties it.
  ///
  /// - Parameter raw: cells as they are; otherwise an apostrophe before what would be a formula is taken away.
  public static func read(_ raw: [UInt8], file: String, over objects: [RegistryObject], raw isRaw: Bool) -> (changed: [ReadManifest], findings: [Diagnostic]) {
    var reading = SheetReading(file: file, isRaw: isRaw, objects: objects)
    guard let text = DecodedText(decoding: raw) else {
      return ([], [Diagnostic(code: "X030", severity: .error, message: "expected text, found other bytes; save the sheet as CSV", file: file)])
    }
    reading.read(text.bytes)
    return reading.findings.list.isEmpty ? (reading.changed, []) : ([], reading.findings.list)
  }
}

private struct SheetReading {
  private struct Held {
    var entry: AssetEntry
    var folds: Bool
    /// Line that first changed it.
    var line: Int?
  }

  var findings: Findings
  private let file: String
  private let isRaw: Bool
  private var held: [Held] = []
  /// By folded name.
  private var byName: [ExactText: [Int]] = [:]
  private var namespaces: [String] = []
  private var header: [String] = []
  /// By asset and folded column: the line that has said it.
  private var seen: [[ExactText]: Int] = [:]

  init(file: String, isRaw: Bool, objects: [RegistryObject]) {
    self.file = file
    self.isRaw = isRaw
    findings = Findings(file: file)
    var folds: [ExactText: Bool] = [:]
    for case .namespace(let namespace) in objects {
      folds[ExactText(namespace.name)] = namespace.caseInsensitive
      namespaces.append(namespace.name)
    }
    for case .asset(let entry) in objects where entry.isDefined {
      let item = Held(entry: entry, folds: folds[ExactText(entry.namespace)] ?? false)
      byName[key(entry.asset.name.rendered, item.folds), default: []].append(held.count)
      held.append(item)
    }
  }

  private func key(_ text: String, _ folds: Bool) -> ExactText { ExactText(folds ? text.lowercased() : text) }

  var changed: [ReadManifest] {
    held.compactMap { item in
      item.line.map { ReadManifest(object: .asset(item.entry), file: file, position: SourcePosition(line: $0, column: 1), lineagePositions: []) }
    }
  }

  // MARK: records

  mutating func read(_ bytes: [UInt8]) {
    let first = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    // spreadsheets write what their country uses
    let delimiter = ([0x2C, 0x3B, 0x09] as [UInt8]).max { mine, theirs in first.count { $0 == mine } < first.count { $0 == theirs } } ?? 0x2C
    var reader = DelimitedReader(delimiter: delimiter, quote: 0x22)
    reader.consume(bytes) { take($0, $1, $2) }
    reader.finish { take($0, $1, $2) }
    if header.isEmpty { add("X030", "expected a header, found an empty file; begin with 'asset,description' or the like", 1) }
  }

  private mutating func add(_ code: String, _ message: String, _ line: Int) { findings.add(code, message, at: SourcePosition(line: line, column: 1)) }

  private mutating func take(_ line: Int, _ fields: [[UInt8]], _ finding: RecordFinding?) {
    if let finding { return add("X030", "expected a record, found \(finding.text); look for a quote that is not doubled", line) }
    let cells = fields.map { field in
      let text = String(decoding: field, as: UTF8.self)
      return isRaw ? text : SheetCell.plain(text)
    }
    if header.isEmpty { takeHeader(cells, line) } else { row(cells, line) }
  }

  private mutating func takeHeader(_ cells: [String], _ line: Int) {
    header = cells.map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()).lowercased() }
    for (index, name) in header.enumerated() {
      if !SheetFields.names.contains(name) {
        let mend = Spelling.nearest(name, among: SheetFields.names).map { "; did you mean '\($0)'?" } ?? "; known are \(SheetFields.names.joined(separator: ", "))"
        add("X030", "expected a heading, found '\(name)'" + mend, line)
      } else if header.firstIndex(of: name) != index {
        add("X030", "expected each heading once, found '\(name)' again; leave one out", line)
      }
    }
    if !header.contains("asset") { add("X030", "expected the heading 'asset', found none; it says what a row is about", line) }
  }

  private mutating func row(_ cells: [String], _ line: Int) {
    guard cells.count == header.count else {
      return add("X030", "expected \(header.count) cells, found \(cells.count); quote cells that hold the separator", line)
    }
    if cells.contains(where: { $0.utf8.contains(0) }) { return add("X030", "expected text, found a NUL character; leave it out", line) }
    func cell(_ name: String) -> String? { header.firstIndex(of: name).map { cells[$0] } }
    guard let name = cell("asset"), let place = find(name, cell("namespace") ?? "", line) else { return }
    let item = held[place]
    let rendered = item.entry.asset.name.rendered
    let column = cell("column") ?? ""
    let subject = [ExactText(item.entry.namespace), key(rendered, item.folds), key(column, item.folds)]
    if let first = seen.updateValue(line, forKey: subject) {
      return add("X031", "expected each row once, found '\(column.isEmpty ? rendered : item.entry.asset.name.rendered(column: column))' again (first on line \(first)); leave one out", line)
    }
    let values = zip(header, cells).filter { $0.0 != "namespace" && $0.0 != "asset" && $0.0 != "column" }.map { (name: $0.0, cell: $0.1) }
    if column.isEmpty {
      Self.set(values, SheetFields.asset, &held[place].entry.asset, "a row about an asset", line, &findings)
    } else {
      let wanted = key(column, item.folds)
      guard let index = item.entry.asset.columns.firstIndex(where: { key($0.name, item.folds) == wanted }) else {
        let mend = Spelling.hint(column, among: item.entry.asset.columns.map(\.name))
        return add("X033", "expected a column of \(rendered), found '\(column)', which it does not have" + mend, line)
      }
      Self.set(values, SheetFields.column, &held[place].entry.asset.columns[index], "a row about a column", line, &findings)
    }
    if held[place].line == nil { held[place].line = line }
  }

  private mutating func find(_ name: String, _ namespace: String, _ line: Int) -> Int? {
    if !namespace.isEmpty, !namespaces.contains(namespace) {
      add("X033", "expected a namespace of the registry, found '\(namespace)'" + Spelling.hint(namespace, among: namespaces), line)
      return nil
    }
    let places = Set((byName[ExactText(name)] ?? []) + (byName[ExactText(name.lowercased())] ?? [])).filter { place in
      let item = held[place]
      return (namespace.isEmpty || item.entry.namespace == namespace) && key(item.entry.asset.name.rendered, item.folds) == key(name, item.folds)
    }
    if places.count == 1 { return places.first }
    if places.isEmpty {
      let known = findings.isEarly ? held.filter { namespace.isEmpty || $0.entry.namespace == namespace }.map(\.entry.asset.name.rendered) : []
      add("X033", "expected an asset of the registry, found '\(name)', which it does not hold" + Spelling.hint(name, among: known), line)
    } else {
      let homes = places.map { held[$0].entry.namespace }.sorted().joined(separator: ", ")
      add("X033", "expected one asset, found '\(name)' in \(homes); say which in a heading 'namespace'", line)
    }
    return nil
  }

  private static func set<Subject>(
    _ values: [(name: String, cell: String)], _ fields: [SheetField<Subject>], _ subject: inout Subject, _ what: String, _ line: Int,
    _ findings: inout Findings
  ) {
    func add(_ message: String) { findings.add("X032", message, at: SourcePosition(line: line, column: 1)) }
    for (name, cell) in values {
      guard let field = fields.first(where: { $0.name == name }) else {
        if !cell.isEmpty { add("expected no '\(name)' in \(what), found '\(cell)'; leave the cell empty") }
        continue
      }
      if let write = field.write {
        if let expected = write(&subject, cell) { add("expected \(name) to be \(expected), found '\(cell)'") }
      } else if !cell.isEmpty, cell != field.read(subject) {
        add("expected \(name) to stay '\(field.read(subject))', found '\(cell)'; scripts and manifests change it, a sheet does not")
      }
    }
  }
}
