internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "The assets of the registry.")

  @OptionGroup var registry: ReadingOption
  @OptionGroup var format: FormatOption
  @Option(help: "Only this warehouse.")
  var namespace: String?

  private struct Line: Encodable {
    var name: String
    var kind: String
    var layer: String?
    var status: String
    var columns: Int
    var description: String?
  }

  func run() throws {
    let assets = try registry.open().assets(namespace: namespace)
    let lines = assets.map {
      Line(
        name: $0.name.rendered, kind: $0.kind.rawValue, layer: $0.layer?.rawValue, status: $0.status.rawValue, columns: $0.columns.count,
        description: $0.description)
    }
    if format.format == .json { return try Output.json(lines) }
    for line in lines { print("\(line.name.padding(36)) \(line.kind.padding(10)) \((line.layer ?? "").padding(9)) \(line.columns) columns") }
    print("\(lines.count) assets")
  }
}
