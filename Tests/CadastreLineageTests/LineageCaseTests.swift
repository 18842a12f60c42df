import Cadastre
import CadastreCatalog
import CadastreDiagnostics
import CadastreDialects
import CadastreModel
import CadastreSQL
import Foundation
import GoldenSupport
import Testing

/// Cases with hand-written truth: a pair that is labelled is found by a path of printed edges of its kind, and no printed edge lies outside of what
/// the labels imply. What the ledger has to say is part of the truth.
@Suite struct LineageCaseTests {
  static func cases(_ dialect: String) -> [String] {
    Fixtures.list("fixtures/lineage/" + dialect, ending: "case").filter { ((try? CaseFile.read($0).lineage()) ?? nil) != nil }
  }

  @Test(arguments: cases("tsql")) func tsql(_ path: String) throws { try check(path, .tsql) }

  @Test(arguments: cases("postgres")) func postgres(_ path: String) throws { try check(path, .postgres) }

  private func check(_ path: String, _ dialect: DialectName) throws {
    let differences = try LineageCase(path, dialect).differences
    #expect(try CaseFile.read(path).isAsRecorded(differences), "\(differences.joined(separator: "\n"))")
  }
}

/// One case as it is and as the extractor sees it.
struct LineageCase {
  private(set) var differences: [String] = []

  init(_ path: String, _ dialect: DialectName) throws {
    let file = try CaseFile.read(path)
    differences += file.problems
    let schema = SourceText(name: "schema.sql", text: file.schema)
    let code = SourceText(name: "routine.sql", text: file.sql)
    var catalog = Catalog(dialect: Dialect.named(dialect))
    catalog.add([SyntaxTree.parse(schema, dialect: catalog.dialect), SyntaxTree.parse(code, dialect: catalog.dialect)])
    var tables: [String: [String]] = [:]
    var views: Set<String> = []
    for asset in catalog.assets {
      tables[asset.name.rendered] = asset.columns.map(\.name)
      if asset.kind == .view { views.insert(asset.name.rendered.lowercased()) }
    }
    guard let truth = file.lineage(tables: tables) else { return }
    differences += truth.problems
    let report = ExtractReport(subjects: [code], context: [schema], dialect: dialect)
    let fold: (String) -> String = { dialect == .tsql ? Self.plain($0).lowercased() : Self.plain($0) }
    compare(report, truth, fold, views)
    compare(report.unresolved.map(\.reason), file.unresolved)
  }

  /// A name without its quotes.
  private static func plain(_ name: String) -> String { name.filter { $0 != "\"" } }

  private mutating func compare(_ report: ExtractReport, _ truth: TruthFile, _ fold: (String) -> String, _ views: Set<String>) {
    func folded(_ pairs: Set<TruthFile.Pair>) -> Set<TruthFile.Pair> { Set(pairs.map { TruthFile.Pair(fold($0.source), fold($0.target)) }) }
    let (direct, optional) = (folded(truth.direct), folded(truth.optional))
    let indirect = folded(truth.indirect).subtracting(direct)
    var printed: (direct: Set<TruthFile.Pair>, indirect: Set<TruthFile.Pair>) = ([], [])
    for edge in report.edges where edge.confidence == 1 && !edge.source.hasPrefix("{") && !edge.target.hasPrefix("{") {
      let targets = edge.columns.map { $0.map { edge.target.dropLast() + $0 } } ?? [edge.target[...]]
      for target in targets {
        let ends = [edge.source, String(target)]
        // by way of a view's own column: an extra that harms nobody
        if ends.contains(where: { end in views.contains(end.split(separator: ".").dropLast().joined(separator: ".").lowercased()) }) { continue }
        let pair = TruthFile.Pair(fold(ends[0]), fold(ends[1]))
        if edge.kind == "direct" { printed.direct.insert(pair) } else { printed.indirect.insert(pair) }
      }
    }
    let implied = Self.closure(direct.union(indirect).union(optional))
    let impliedDirect = Self.closure(direct)
    let reached = Self.closure(printed.direct.union(printed.indirect))
    let reachedDirect = Self.closure(printed.direct)
    note("direct missing", direct.subtracting(reachedDirect))
    note("direct invented", printed.direct.subtracting(direct).subtracting(optional).subtracting(impliedDirect))
    note("indirect missing", indirect.subtracting(reached))
    note("indirect invented", printed.indirect.subtracting(direct).subtracting(indirect).subtracting(optional).subtracting(implied))
  }

  private mutating func note(_ what: String, _ pairs: Set<TruthFile.Pair>) {
    for pair in pairs.sorted().prefix(12) { differences.append("\(what): \(pair)") }
  }

  /// The ledger's reasons; one with `?` may be missing.
  private mutating func compare(_ found: [String], _ expected: [String]) {
    var rest = found
    for reason in expected {
      let name = String(reason.prefix { $0 != "?" && $0 != " " })
      if let index = rest.firstIndex(of: name) { rest.remove(at: index) } else if !reason.contains("?") { differences.append("ledger missing: \(name)") }
    }
    let allowed = Set(expected.map { String($0.prefix { $0 != "?" && $0 != " " }) })
    for reason in Set(rest) where !allowed.contains(reason) { differences.append("ledger invented: \(reason)") }
  }

  /// Every pair that a path of pairs connects.
  private static func closure(_ pairs: Set<TruthFile.Pair>) -> Set<TruthFile.Pair> {
    let next = Dictionary(grouping: pairs, by: \.source).mapValues { $0.map(\.target) }
    var result: Set<TruthFile.Pair> = []
    for source in next.keys {
      var todo = next[source] ?? []
      while let target = todo.popLast() {
        if result.insert(TruthFile.Pair(source, target)).inserted { todo += next[target] ?? [] }
      }
    }
    return result
  }
}
