internal import ArgumentParser
internal import Cadastre
internal import CadastreModel

struct DDLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "ddl", abstract: "The DDL a DBA runs.", subcommands: [Generate.self])

  struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The script that makes assets of the registry, in any dialect; losses on standard error.")
    @OptionGroup var dialect: DialectOption
    @OptionGroup var registry: ReadingOption
    @OptionGroup var format: FormatOption
    @Flag(help: "Make the schemas first.")
    var schemas = false
    @Flag(help: "End with 1 when something could not be expressed.")
    var strict = false
    @Argument(help: "Assets; all tables and views when none is named.")
    var assets: [String] = []

    func run() throws {
      let script = try GenerateDDL.run(assets, dialect: dialect.dialect, in: try registry.open(), schemas: schemas)
      switch format.format {
      case .json: try Output.json(script)
      default:
        print(script.sql, terminator: "")
        for loss in script.losses {
          Exit.note("\(loss.object): loss[\(loss.code)]: \(loss.property): \(loss.reason)" + (loss.nearest.map { "; wrote \($0)" } ?? ""))
        }
      }
      if strict, !script.losses.isEmpty { throw ExitCode(Exit.findings.rawValue) }
    }
  }
}
