internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

extension LineageCommand {
  struct PathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "path", abstract: "How one column or asset reaches another: the shortest path, or several in order of length.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: LineageFormatOption
    @OptionGroup var scope: LineageScope
    @Option(help: "So many distinct paths rather than the shortest only.")
    var all: Int = 1
    @Argument(help: "The source: a column or an asset.")
    var source: String
    @Argument(help: "The target: a column or an asset.")
    var target: String

    func validate() throws {
      if all < 1 { throw ValidationError("--all is at least 1") }
    }

    func run() throws {
      let registry = try registry.open()
      let from = try scope.place(source, registry)
      let to = try scope.place(target, registry)
      let kinds = scope.kinds()
      let answer = try LineagePaths.find(from: from, to: to, limit: all, kinds: kinds, byAsset: format.assets, in: registry)
      format.note(answer.remark)
      if format.format == .json || !answer.paths.isEmpty { try format.show(answer) { answer.rendered($0) } }
      guard answer.paths.isEmpty else { return }
      Exit.complain(try LineagePaths.absence(from: from, to: to, kinds: kinds, in: registry))
      throw ExitCode(Exit.findings.rawValue)
    }
  }

  struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The evidence of each hop from one column to another.")
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: FormatOption
    @OptionGroup var scope: LineageScope
    @Argument(help: "The source: a column or an asset.")
    var source: String
    @Argument(help: "The target: a column or an asset.")
    var target: String

    func run() throws {
      let registry = try registry.open()
      let from = try scope.place(source, registry)
      let to = try scope.place(target, registry)
      let explanation = try ExplainLineage.run(from: from, to: to, kinds: scope.kinds(), in: registry)
      if format.format == .json { try Output.json(explanation) } else { print(explanation.text, terminator: "") }
      if explanation.edges.isEmpty { throw ExitCode(Exit.findings.rawValue) }
    }
  }
}
