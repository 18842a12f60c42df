public import ArgumentParser
internal import Cadastre
public import CadastreModel
internal import Foundation

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, csv, markdown
}

extension DialectName: ExpressibleByArgument {
  public init?(argument: String) {
    guard let name = DialectName(rawValue: argument.lowercased()), name != .ansi else { return nil }
    self = name
  }

  public static var allValueStrings: [String] { selectable.map(\.rawValue) }
}

struct DialectOption: ParsableArguments {
  @Option(help: "The SQL dialect of the input.")
  var dialect: DialectName
}

struct FormatOption: ParsableArguments {
  @Option(help: "How the result is printed.")
  var format: OutputFormat = .text
}

enum Output {
  /// Prints one JSON document, keys sorted, no escaped slashes.
  static func json(_ value: some Encodable) throws {
    bytes(try encoded(value))
    bytes([0x0A])
  }

  private static func encoded(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return Array(try encoder.encode(value))
  }

  static func bytes(_ bytes: [UInt8]) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    } catch {
      Exit.endUnprinted()
    }
  }

  static func text(_ text: String) { bytes(Array(text.utf8)) }
}

/// A file that a command writes beside its result.
enum OutputFile {
  /// Whole, or as it was before.
  static func write(_ bytes: [UInt8], to path: String) throws {
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw Failure(code: .inputOutput, message: "\(path): cannot be written: \(error.localizedDescription)")
    }
  }
}
