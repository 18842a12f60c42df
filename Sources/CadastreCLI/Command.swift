internal import ArgumentParser

@main struct Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cadastre", abstract: "The metadata registry of a data warehouse, in one file.",
    subcommands: [
      InitCommand.self, ScanCommand.self, ImportCommand.self, ExportCommand.self, PlanCommand.self, ApplyCommand.self, MergeCommand.self, ListCommand.self, ShowCommand.self,
      SearchCommand.self, SetCommand.self, TagCommand.self, VocabularyCommand.self, TermCommand.self, NoteCommand.self, ClassifyCommand.self,
      LineageCommand.self, ImpactCommand.self, DDLCommand.self, OnboardCommand.self, ProfileCommand.self, ParseCommand.self, ExtractCommand.self,
      HistoryCommand.self, DiffCommand.self, RevertCommand.self, RoutineCommand.self, AuditCommand.self, VerifyCommand.self,
      BackupCommand.self, DoctorCommand.self, MigrateCommand.self,
    ])

  /// Exit codes are a contract, so failures are translated here rather than by the argument parser.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
      Exit.endIfUnprinted()
    } catch {
      Exit.end(error)
    }
  }
}
