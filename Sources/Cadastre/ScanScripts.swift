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

  public var files = 0
  public var bytes = 0
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
public struct ScanScripts: Sendable {
  /// Endings of the files that are taken from a folder.
  public static let endings: Set<String> = ["sql", "ddl", "prc", "proc", "fnc", "viw", "vw", "tab", "trg", "pgsql", "tsql"]

  let registry: Registry
  let namespace: String
  let dialect: DialectName

  public init(registry: Registry, namespace: String, dialect: DialectName) {
    self.registry = registry
    self.namespace = namespace
    self.dialect = dialect
  }

  /// Reads and analyses first, locks last.
  public func run(_ paths: [String], by author: ChangeAuthor) throws -> ScanReport {
    let rules = Dialect.named(dialect)
    var report = ScanReport()
    let roots = paths.map(ScanScripts.normalised)
    var unreadable: [Unresolved] = []
    var sources: [SourceText] = []
    for file in try ScanScripts.files(under: roots) {
      do {
        sources.append(try InputFile.text(file.path))
      } catch {
        // a file that the user named is an error; one among many in a folder is a row of the ledger
        if file.isNamed { throw error }
        unreadable.append(
          Unresolved(
            file: file.path, line: 1, routine: nil, reason: .unparsed, text: ScanScripts.reason(error), hint: "make the file readable text, then scan again"))
      }
    }
    let trees = sources.map { SyntaxTree.parse($0, dialect: rules) }
    var catalog = Catalog(dialect: rules)
    catalog.add(try registry.assets(namespace: namespace).filter { asset in !roots.contains { ScanScripts.isUnder($0, asset.definedAt?.file) } })
    let known = Set(catalog.assets.map(\.name))
    catalog.add(trees)
    let lineage = LineageExtractor(catalog: catalog, subjects: trees).extract()
    var assets = catalog.assets.filter { asset in
      !known.contains(asset.name) || roots.contains { ScanScripts.isUnder($0, asset.definedAt?.file) }
    }
    for index in assets.indices where assets[index].columns.isEmpty {
      guard let names = lineage.viewColumns[assets[index].name] else { continue }
      assets[index].columns = names.enumerated().map { Column(name: $0.element, ordinal: $0.offset + 1) }
    }
    assets.removeAll { $0.options["temporary"] == "true" }
    let scan = ScanResult(
      namespace: Namespace(name: namespace, dialect: dialect, caseInsensitive: rules.identifiers.caseInsensitive), roots: roots, assets: assets,
      routines: lineage.routines, edges: lineage.edges, unresolved: lineage.unresolved + unreadable)
    report.summary = try registry.apply(scan, by: author)
    report.files = sources.count
    report.bytes = sources.reduce(0) { $0 + $1.bytes.count }
    for tree in trees {
      report.statements += tree.counts.statements
      report.unparsed += tree.counts.unparsed
    }
    report.routines = lineage.routines.count
    report.routinesCovered = lineage.routines.filter { $0.coverage >= 1 && $0.unparsed == 0 }.count
    report.coverage = lineage.routines.map { .init(routine: $0.name.rendered, coverage: $0.coverage) }
    report.unresolved = scan.unresolved
    report.findings = (trees.flatMap(\.diagnostics) + catalog.diagnostics).map { $0.rendered() }
    return report
  }

  /// A path without `./` before it or `/` behind it.
  static func normalised(_ path: String) -> String {
    var result = path
    while result.hasPrefix("./") { result.removeFirst(2) }
    while result.count > 1, result.hasSuffix("/") { result.removeLast() }
    return result.isEmpty ? "." : result
  }

  static func isUnder(_ root: String, _ file: String?) -> Bool {
    guard let file else { return false }
    return root == "." || file == root || file.hasPrefix(root + "/")
  }

  static func reason(_ failure: InputFailure) -> String {
    switch failure {
    case .notFound: "no such file"
    case .notPermitted: "permission denied"
    case .isFolder: "a folder"
    case .notText: "not text"
    case .unreadable(_, let reason): reason
    }
  }

  /// The scripts under files and folders, by name.
  static func files(under roots: [String]) throws(InputFailure) -> [(path: String, isNamed: Bool)] {
    var found: [(path: String, isNamed: Bool)] = []
    for root in roots {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder) else { throw .notFound(path: root) }
      guard isFolder.boolValue else {
        found.append((root, true))
        continue
      }
      guard let names = FileManager.default.enumerator(atPath: root) else { throw .notPermitted(path: root) }
      while let name = names.nextObject() as? String {
        guard let ending = name.split(separator: ".").last, endings.contains(ending.lowercased()) else { continue }
        let path = root == "." ? name : root + "/" + name
        var inner: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &inner), !inner.boolValue { found.append((path, false)) }
      }
    }
    return found.sorted { $0.path < $1.path }
  }
}
