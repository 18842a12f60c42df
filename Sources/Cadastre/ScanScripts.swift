internal import CadastreCatalog
internal import CadastreDiagnostics
internal import CadastreDialects
internal import CadastreLineage
public import CadastreModel
internal import CadastreSQL
public import CadastreStore
internal import Foundation

/// What a scan found and did.
public struct ScanReport: Sendable, Codable {
  public struct Coverage: Sendable, Codable {
    public var routine: String
    public var coverage: Double
  }

  /// Files under what was scanned, and how many of them were read because they had changed or depend on what has.
  public var files = 0
  public var filesRead = 0
  public var bytes = 0
  /// In the files that were read.
  public var statements = 0
  public var unparsed = 0
  public var routines = 0
  /// Routines all of whose statements that move data were analysed.
  public var routinesCovered = 0
  public var coverage: [Coverage] = []
  public var unresolved: [Unresolved] = []
  public var findings: [String] = []
  public var summary = ScanSummary()
}

/// Scans scripts into a registry: assets, routines and lineage.
///
/// A later scan reads only what has changed since, and analyses only what depends on that.
public struct ScanScripts: Sendable {
  let registry: Registry
  let namespace: String
  let dialect: DialectName
  /// Reads and analyses everything, whatever earlier scans have found.
  let isFull: Bool
  var rules: Dialect { Dialect.named(dialect) }

  public init(registry: Registry, namespace: String, dialect: DialectName, full: Bool = false) {
    self.registry = registry
    self.namespace = namespace
    self.dialect = dialect
    isFull = full
  }

  /// Reads and analyses first, locks last.
  public func run(_ paths: [String], by author: ChangeAuthor) throws -> ScanReport {
    let roots = paths.map(ScanFiles.normalised)
    let listed = try ScanFiles.list(under: roots)
    let state = try registry.scanState(namespace: namespace)
    if !isFull, let changes = try ScanFiles.changes(listed, roots, state, tool: author.toolVersion) {
      if changes.isNothing { return try unchanged(listed) }
      if let report = try ChangedScan(scan: self, listed: listed, changes: changes, state: state, author: author, roots: roots).run() { return report }
    }
    return try everything(listed, roots, author)
  }

  private func everything(_ listed: [ListedFile], _ roots: [String], _ author: ChangeAuthor) throws -> ScanReport {
    var report = ScanReport()
    let reading = try read(listed, tool: author.toolVersion)
    let trees = reading.trees
    var catalog = Catalog(dialect: rules)
    catalog.add(try registry.assets(namespace: namespace).filter { asset in !roots.contains { ScanFiles.isUnder($0, asset.definedAt?.file) } })
    let known = Set(catalog.assets.map(\.name))
    catalog.add(trees)
    let extractor = LineageExtractor(catalog: catalog, subjects: trees)
    let lineage = extractor.result(of: Workers.map(Array(0..<extractor.unitCount), minimum: 64, parts: 1) { extractor.analyse($0) })
    let assets = catalog.assets.filter { asset in !known.contains(asset.name) || roots.contains { ScanFiles.isUnder($0, asset.definedAt?.file) } }
    let result = ScanResult(
      namespace: Namespace(name: namespace, dialect: dialect, caseInsensitive: rules.identifiers.caseInsensitive), roots: roots,
      assets: completed(assets, lineage), routines: joined(lineage.routines + TriggerTexts.routines(in: trees, catalog)),
      names: lineage.names, units: units(lineage, reading.unreadable),
      files: reading.files)
    report.summary = try registry.apply(result, by: author)
    report.files = listed.count
    describe(&report, reading, trees, catalog, lineage)
    return report
  }

  private func unchanged(_ listed: [ListedFile]) throws -> ScanReport {
    var report = ScanReport()
    report.files = listed.count
    let held = try registry.summary()
    report.summary.assets.unchanged = held.assets
    report.summary.columns.unchanged = held.columns
    report.summary.routines.unchanged = held.routines
    report.summary.edges.unchanged = held.edges
    report.summary.unresolved.unchanged = held.unresolved
    report.unresolved = try registry.unresolved(namespace: namespace)
    return report
  }

  // MARK: parts of both kinds of scan

  struct Reading {
    var trees: [SyntaxTree] = []
    var files: [ScannedFile] = []
    var unreadable: [Unresolved] = []
  }

  private enum Outcome: Sendable {
    case read(SyntaxTree, ScannedFile)
    case failed(InputFailure, ListedFile)
  }

  /// Reads and parses files, side by side. A file that the user named is an error; one among many in a folder is a row of the ledger.
  func read(_ listed: [ListedFile], tool: String) throws -> Reading {
    let rules = rules
    let outcomes = Workers.map(listed, minimum: 8) { part in
      part.map { ScanScripts.outcome($0, rules, tool) }
    }
    var reading = Reading()
    for outcome in outcomes {
      switch outcome {
      case .read(let tree, let file):
        reading.trees.append(tree)
        reading.files.append(file)
      case .failed(let error, let file):
        if file.isNamed { throw error }
        reading.unreadable.append(
          Unresolved(
            file: file.path, line: 1, routine: nil, reason: .unparsed, text: ScanFiles.reason(error), hint: "make the file readable text, then scan again"))
      }
    }
    return reading
  }

  private static func outcome(_ file: ListedFile, _ rules: Dialect, _ tool: String) -> Outcome {
    switch ScanFiles.source(file) {
    case .failure(let failure): return .failed(failure, file)
    case .success(let source):
      let tree = SyntaxTree.parse(source.text, dialect: rules)
      let names = ScanFiles.names(in: tree, rules)
      return .read(
        tree, ScannedFile(path: file.path, size: file.size, modified: file.modified, hash: source.hash, toolVersion: tool, names: names))
    }
  }

  /// Views get the columns of their queries; what is temporary is no asset.
  func completed(_ assets: [Asset], _ lineage: LineageResult) -> [Asset] {
    var result = assets
    for index in result.indices where result[index].columns.isEmpty {
      guard let names = lineage.viewColumns[result[index].name] else { continue }
      result[index].columns = names.enumerated().map { Column(name: $0.element, ordinal: $0.offset + 1) }
    }
    result.removeAll { $0.options["temporary"] == "true" }
    return result
  }

  /// Routines of one name are one: overloads, and what is defined twice.
  func joined(_ routines: [Routine]) -> [Routine] {
    var result: [Routine] = []
    var places: [String: Int] = [:]
    for routine in routines {
      let name = routine.name.rendered
      let key = rules.identifiers.caseInsensitive ? name.lowercased() : name
      guard let place = places[key] else {
        places[key] = result.count
        result.append(routine)
        continue
      }
      var first = result[place]
      let statements = first.statements + routine.statements
      if statements > 0 { first.coverage = (first.coverage * Double(first.statements) + routine.coverage * Double(routine.statements)) / Double(statements) }
      first.source += "\n\n" + routine.source
      first.reads = Set(first.reads).union(routine.reads).sorted()
      first.writes = Set(first.writes).union(routine.writes).sorted()
      first.calls = Set(first.calls).union(routine.calls).sorted()
      first.statements = statements
      first.unparsed += routine.unparsed
      result[place] = first
    }
    return result
  }

  func units(_ lineage: LineageResult, _ unreadable: [Unresolved]) -> [ScanUnit] {
    struct Key: Hashable {
      var routine: ObjectName?
      var file: String
    }
    var units: [ScanUnit] = []
    var places: [Key: Int] = [:]
    for unit in lineage.units {
      let key = Key(routine: unit.routine, file: unit.file)
      guard let place = places[key] else {
        places[key] = units.count
        units.append(
          ScanUnit(
            routine: unit.routine, file: unit.file, edges: unit.edges, unresolved: unit.unresolved, dependencies: unit.dependencies, resolves: unit.resolves))
        continue
      }
      // two triggers of one file that run one function, or two routines of one name
      units[place].edges += unit.edges
      units[place].unresolved += unit.unresolved.filter { !units[place].unresolved.contains($0) }
      units[place].dependencies = Set(units[place].dependencies).union(unit.dependencies).sorted()
      units[place].resolves = Set(units[place].resolves).union(unit.resolves).sorted()
    }
    return units + unreadable.map { ScanUnit(routine: nil, file: $0.file, unresolved: [$0]) }
  }

  func describe(_ report: inout ScanReport, _ reading: Reading, _ trees: [SyntaxTree], _ catalog: Catalog, _ lineage: LineageResult) {
    report.filesRead = trees.count
    for tree in trees {
      report.bytes += tree.source.bytes.count
      report.statements += tree.counts.statements
      report.unparsed += tree.counts.unparsed
    }
    report.routines = lineage.routines.count
    report.routinesCovered = lineage.routines.filter { $0.coverage >= 1 && $0.unparsed == 0 }.count
    report.coverage = lineage.routines.map { .init(routine: $0.name.rendered, coverage: $0.coverage) }
    report.unresolved = lineage.unresolved + reading.unreadable
    report.findings = (trees.flatMap(\.diagnostics) + catalog.diagnostics).map { $0.rendered() }
  }
}
