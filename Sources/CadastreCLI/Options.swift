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
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    var data = try encoder.encode(value)
    data.append(0x0A)
    FileHandle.standardOutput.write(data)
  }

  /// Prints many lines, in few writes.
  static func lines(_ lines: some Sequence<String>) {
    var text = ""
    for line in lines {
      text += line
      text += "\n"
      if text.utf8.count > 1 << 16 {
        FileHandle.standardOutput.write(Data(text.utf8))
        text = ""
      }
    }
    FileHandle.standardOutput.write(Data(text.utf8))
  }
}
