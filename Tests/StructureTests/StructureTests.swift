import Foundation
import GoldenSupport
import Testing

/// The layering, the length of files and the rule that no code asks for a dialect's name.
@Suite struct StructureTests {
  static let sources = Fixtures.list("Sources", ending: "swift")

  /// Who may import whom: the table of ARCHITECTURE.md.
  static let layers: [String: Set<String>] = [
    "CadastreDiagnostics": [], "CadastreModel": [], "CadastreDelimited": ["CadastreDiagnostics"], "CadastreDialects": ["CadastreModel"],
    "CadastreSQL": ["CadastreDialects", "CadastreDiagnostics", "CadastreModel"],
    "CadastreCatalog": ["CadastreSQL", "CadastreDialects", "CadastreModel", "CadastreDiagnostics"],
    "CadastreLineage": ["CadastreCatalog", "CadastreSQL", "CadastreDialects", "CadastreModel", "CadastreDiagnostics"],
    "CadastreDDL": ["CadastreSQL", "CadastreDialects", "CadastreModel", "CadastreDiagnostics"],
    "CadastreOnboarding": ["CadastreDelimited", "CadastreDialects", "CadastreModel", "CadastreDiagnostics"],
    "CadastreExchange": ["CadastreDelimited", "CadastreModel", "CadastreDiagnostics"],
    "CadastreStore": ["CadastreSchema", "CadastreModel", "CadastreDiagnostics"],
    "CadastreCLI": ["Cadastre", "CadastreModel", "CadastreDiagnostics"],
  ]

  @Test(arguments: sources) func imports(_ path: String) throws {
    let target = path.split(separator: "/")[1]
    let text = try Fixtures.text(path)
    for line in text.split(separator: "\n") where line.contains("import Cadastre") {
      guard let module = line.split(separator: " ").last.map(String.init), let allowed = Self.layers[String(target)] else { continue }
      #expect(allowed.contains(module), "\(path) imports \(module)")
    }
    let usesDatabase = text.contains("import GRDB")
    #expect(!usesDatabase || target == "CadastreStore", "\(path) imports GRDB")
    #expect(!text.contains("public import GRDB"))
    let usesYAML = text.contains("import Yams") || text.contains("import CYaml")
    #expect(!usesYAML || target == "CadastreExchange", "\(path) imports YAML")
  }

  @Test(arguments: sources + Fixtures.list("Tests", ending: "swift")) func length(_ path: String) throws {
    let lines = try Fixtures.text(path).split(separator: "\n", omittingEmptySubsequences: false).count
    #expect(lines <= 600, "\(path) has \(lines) lines")
  }

  @Test(arguments: sources) func noDialectIdentity(_ path: String) throws {
    guard !path.hasPrefix("Sources/CadastreDialects/") else { return }
    let text = try Fixtures.text(path)
    #expect(text.firstMatch(of: /dialect(\.name)?\s*==\s*(\.|")/) == nil, "\(path) asks for a dialect's identity")
    for word in ["try" + "!", " as" + "! ", "fatal" + "Error("] { #expect(!text.contains(word), "\(path) has \(word)") }
  }

  @Test func architectureNamesWhatExists() throws {
    let text = try Fixtures.text("ARCHITECTURE.md")
    for match in text.matches(of: /`((Sources|Tests|schema|fixtures|docs|Plugins)\/[A-Za-z0-9_+.\/-]*)`/) {
      let path = String(match.output.1)
      #expect(FileManager.default.fileExists(atPath: Fixtures.path(path)), "ARCHITECTURE.md names \(path)")
    }
  }
}
