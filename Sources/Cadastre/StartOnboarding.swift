internal import CadastreDDL
internal import CadastreDialects
public import CadastreModel
public import CadastreOnboarding
public import CadastreStore

/// What `onboard start` gives.
public struct OnboardingReport: Sendable, Codable {
  public var profile: Profile
  public var file: String
  public var feed: Feed
  public var ddl: String
  public var checklist: Checklist
  public var progress: String
  /// `nil` when all of it was in the registry already.
  public var change: Int64?
}

/// Profiles a client's new file, proposes an asset and a feed for it, writes its landing and staging DDL and opens its checklist.
public enum StartOnboarding {
  public static func run(
    _ path: String, layout: String?, client: String, namespace: String, targetSchema: String, in registry: Registry, by author: ChangeAuthor
  ) throws -> OnboardingReport {
    let profile = try ProfileFile.run(path, layout: layout)
    guard let known = try registry.namespaces().first(where: { $0.name == namespace }) else { throw OnboardingFailure.unknownNamespace(namespace) }
    guard !profile.columns.isEmpty else { throw OnboardingFailure.emptyFile(path) }
    let proposal = OnboardingProposal(profile: profile, fileName: path, client: client, landingSchema: targetSchema, dialect: known.dialect)
    let script = DDLGenerator(known.dialect)?.create([proposal.landing, proposal.staging])
    let facts = OnboardingFacts(
      profile: profile, feed: proposal.feed, fileColumns: proposal.file.columns, ddlGenerated: script != nil)
    let checklist = ClientFileTemplate.evaluate(facts, subject: proposal.file.name)
    let change = try registry.save([proposal.file, proposal.landing, proposal.staging], feed: proposal.feed, checklist: checklist, in: known, by: author)
    return OnboardingReport(
      profile: profile, file: proposal.file.name.rendered, feed: proposal.feed, ddl: script?.sql ?? "", checklist: checklist,
      progress: checklist.progress, change: change)
  }
}

/// Why onboarding could not start.
public enum OnboardingFailure: Error, Sendable, Hashable {
  case unknownNamespace(String)
  case emptyFile(String)
}
