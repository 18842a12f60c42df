import Cadastre
import CadastreDiagnostics
import CadastreDialects
import CadastreModel
import CadastreSQL
import Foundation
import GoldenSupport
import Testing

/// The files of `fixtures/sql`: a folder a dialect, a file a construct.
enum SQLFixtures {
  struct File: Sendable, CustomTestStringConvertible {
    var dialect: DialectName
    /// `queries/joins`
    var construct: String
    var path: String { "fixtures/sql/\(dialect.rawValue)/\(construct).sql" }
    var testDescription: String { "\(dialect.rawValue)/\(construct)" }

    func source() throws -> SourceText { try InputFile.text(Fixtures.path(path)) }
  }

  static let dialects: [DialectName] = [.tsql, .postgres, .redshift]

  static let files: [File] = dialects.flatMap { dialect in
    let folder = "fixtures/sql/\(dialect.rawValue)"
    return Fixtures.list(folder, ending: "sql").map { File(dialect: dialect, construct: String($0.dropFirst(folder.count + 1).dropLast(4))) }
  }

  /// One row of `fixtures/sql/constructs.tsv`.
  struct Construct {
    var name: String
    var title: String
    var lacking: Set<String>
  }

  static func constructs() throws -> [Construct] {
    try Fixtures.text("fixtures/sql/constructs.tsv").split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      return Construct(
        name: String(fields[0]), title: String(fields[1]), lacking: Set(fields.count > 2 ? fields[2].split(separator: " ").map(String.init) : []))
    }
  }

  /// A statement that must not be read, from `fixtures/sql/invalid/DIALECT.case`.
  struct Invalid: Sendable {
    var dialect: DialectName
    var title: String
    var text: String
  }

  static func invalid(_ dialect: DialectName) throws -> [Invalid] {
    var cases: [Invalid] = []
    for line in try Fixtures.text("fixtures/sql/invalid/\(dialect.rawValue).case").split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("---- ") {
        cases.append(Invalid(dialect: dialect, title: String(line.dropFirst(5)), text: ""))
      } else if !cases.isEmpty {
        cases[cases.count - 1].text += line + "\n"
      }
    }
    return cases
  }
}
