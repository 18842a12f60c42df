public import CadastreModel

/// What is known of a feed when its checklist is evaluated. What is not known is nil, and never passes.
public struct OnboardingFacts: Sendable {
  public var profile: Profile?
  public var feed: Feed?
  public var fileColumns: [Column]
  /// The landing and staging DDL was generated; whether it equals what is deployed is another matter.
  public var ddlGenerated: Bool
  public var ddlDeployed: Bool?
  /// Role by who has signed, for each code.
  public var signatures: [String: Set<String>]
  public var qualityRules: Int
  public var parallelLoads: Int

  public init(
    profile: Profile? = nil, feed: Feed? = nil, fileColumns: [Column] = [], ddlGenerated: Bool = false, ddlDeployed: Bool? = nil,
    signatures: [String: Set<String>] = [:], qualityRules: Int = 0, parallelLoads: Int = 0
  ) {
    self.profile = profile
    self.feed = feed
    self.fileColumns = fileColumns
    self.ddlGenerated = ddlGenerated
    self.ddlDeployed = ddlDeployed
    self.signatures = signatures
    self.qualityRules = qualityRules
    self.parallelLoads = parallelLoads
  }
}

/// One row of a checklist's template, as data.
struct TemplateItem: Sendable {
  var code: String
  var title: String
  var kind: ItemKind
  var severity: ItemSeverity
  var dependsOn: [String]
  var roles: [String]
  var fix: String
  /// What the facts say: a state and a sentence. Signatures are looked at afterwards.
  var check: @Sendable (OnboardingFacts) -> (ItemState, String)
}

/// The checklist that a client's new file must pass.
public enum ClientFileTemplate {
  public static let name = "client_file"
  public static let version = 1

  private static let unknown: @Sendable (OnboardingFacts) -> (ItemState, String) = { _ in (.notEvaluated, "nothing is known yet") }

  static let items: [TemplateItem] = [
    TemplateItem(code: "F01", title: "client, owner, steward, contact and escalation are set", kind: .auto, severity: .blocker, dependsOn: [], roles: [],
      fix: "agree a contact with the client and note it with the feed") { facts in
        guard let feed = facts.feed else { return (.notEvaluated, "no feed") }
        return feed.contact == nil ? (.fail, "no contact is set for \(feed.client)") : (.pass, "contact \(feed.contact ?? "")")
      },
    TemplateItem(code: "F02", title: "the file's name follows the agreed pattern", kind: .auto, severity: .blocker, dependsOn: ["F01"], roles: [],
      fix: "agree the file's name with the client") { _ in (.notEvaluated, "no pattern is agreed yet") },
    TemplateItem(code: "F03", title: "every field has a type and a name that the header has", kind: .auto, severity: .blocker, dependsOn: [], roles: [],
      fix: "cadastre onboard start FILE --layout LAYOUT.csv, with every field in the layout") { facts in
        guard let profile = facts.profile else { return (.notEvaluated, "no sample") }
        let typed = facts.fileColumns.filter { $0.type != nil }.count
        return typed == profile.columns.count && typed > 0
          ? (.pass, "\(typed) fields, as the sample has") : (.fail, "\(typed) fields are typed, the sample has \(profile.columns.count)")
      },
    TemplateItem(code: "F04", title: "the sample parses without a bad record", kind: .auto, severity: .blocker, dependsOn: ["F03"], roles: [],
      fix: "cadastre profile FILE --format json lists the records; ask the client to send the file again") { facts in
        guard let profile = facts.profile else { return (.notEvaluated, "no sample") }
        let bad = ["column_count", "invalid_encoding", "unterminated_quote", "record_too_long", "short_line", "long_line", "bad_date"]
          .compactMap { kind in profile.findingCounts[kind].map { "\($0) \(kind)" } }
        return bad.isEmpty ? (.pass, "\(profile.file.rows) records") : (.fail, "of \(profile.file.rows) records: " + bad.joined(separator: ", "))
      },
    TemplateItem(code: "F05", title: "a natural key is declared and unique in the sample", kind: .auto, severity: .blocker, dependsOn: ["F04"], roles: [],
      fix: "agree with the client which columns tell records apart") { facts in
        guard let feed = facts.feed, facts.profile != nil else { return (.notEvaluated, "no sample") }
        return feed.keys.isEmpty ? (.fail, "no column is unique and always filled") : (.pass, "unique: " + feed.keys.joined(separator: ", "))
      },
    TemplateItem(code: "F06", title: "every field has a privacy class, and privacy has agreed", kind: .both, severity: .blocker, dependsOn: ["F03"], roles: ["privacy"],
      fix: "have privacy look at the classes") { facts in
        guard !facts.fileColumns.isEmpty else { return (.notEvaluated, "no fields") }
        let open = facts.fileColumns.filter { $0.classification == nil }.count
        let personal = facts.fileColumns.filter { $0.classification?.isPersonal ?? false }.count
        return open == 0 ? (.pass, "\(personal) personal fields of \(facts.fileColumns.count)") : (.fail, "\(open) fields have no class")
      },
    TemplateItem(code: "F07", title: "encryption in transit and at rest is agreed", kind: .attested, severity: .blocker, dependsOn: [], roles: ["security"],
      fix: "have security agree how the file is encrypted", check: { _ in (.pass, "") }),
    TemplateItem(code: "F08", title: "full or delta, and the rule for late, duplicate and resent files", kind: .auto, severity: .major, dependsOn: [], roles: [],
      fix: "agree with the client whether files are full or delta") { facts in
        guard let feed = facts.feed else { return (.notEvaluated, "no feed") }
        return (.warn, "assumed \(feed.loadPattern.rawValue); not confirmed")
      },
    TemplateItem(code: "F09", title: "schedule and arrival window, three arrivals seen", kind: .auto, severity: .major, dependsOn: [], roles: [],
      fix: "agree when the file arrives") { facts in
        facts.feed?.schedule == nil ? (.notEvaluated, "no schedule is set") : (.notEvaluated, "fewer than 3 arrivals seen")
      },
    TemplateItem(code: "F10", title: "control totals, or their absence agreed", kind: .auto, severity: .major, dependsOn: ["F04"], roles: [],
      fix: "agree which totals the file carries") { facts in
        guard let profile = facts.profile else { return (.notEvaluated, "no sample") }
        return profile.findingCounts["trailer"] != nil ? (.warn, "a trailer record is there; its figures are not checked yet") : (.notEvaluated, "no trailer; nothing is agreed")
      },
    TemplateItem(code: "F11", title: "rules for completeness, uniqueness, validity, volume and freshness", kind: .auto, severity: .blocker, dependsOn: ["F05"], roles: [],
      fix: "write at least one rule for each of the five") { facts in
        facts.qualityRules >= 5 ? (.pass, "\(facts.qualityRules) rules") : (.fail, "\(facts.qualityRules) of at least 5 rules")
      },
    TemplateItem(code: "F12", title: "landing and staging DDL is generated and equals what is deployed", kind: .auto, severity: .blocker, dependsOn: ["F03"], roles: [],
      fix: "have the DBA run the DDL above") { facts in
        guard facts.ddlGenerated else { return (.notEvaluated, "not generated") }
        guard let deployed = facts.ddlDeployed else { return (.notEvaluated, "generated; nothing is known of what is deployed") }
        return deployed ? (.pass, "deployed as generated") : (.fail, "deployed differs from generated")
      },
    TemplateItem(code: "F13", title: "every required column is mapped from source to target", kind: .auto, severity: .blocker, dependsOn: ["F12"], roles: [],
      fix: "cadastre scan FOLDER, with the load procedure in it", check: unknown),
    TemplateItem(code: "F14", title: "rejects: where they go, who is told, how long they are kept", kind: .auto, severity: .major, dependsOn: [], roles: [],
      fix: "agree where refused rows go", check: unknown),
    TemplateItem(code: "F15", title: "suppression and opt-out fields are identified", kind: .both, severity: .major, dependsOn: ["F06"], roles: ["privacy"],
      fix: "have privacy name the opt-out fields") { facts in
        let consent = facts.fileColumns.filter { $0.classification == .consent }.map(\.name)
        return consent.isEmpty ? (.warn, "no field looks like consent") : (.pass, consent.joined(separator: ", "))
      },
    TemplateItem(code: "F16", title: "three green parallel loads", kind: .auto, severity: .blocker, dependsOn: ["F11", "F12", "F13"], roles: [],
      fix: "load three files beside the old way and compare") { facts in
        facts.parallelLoads >= 3 ? (.pass, "\(facts.parallelLoads) loads") : (.notEvaluated, "\(facts.parallelLoads) of 3 loads")
      },
    TemplateItem(code: "F17", title: "run note: what, when, restart, contact, back-out", kind: .auto, severity: .major, dependsOn: [], roles: [],
      fix: "write the run note", check: unknown),
    TemplateItem(code: "F18", title: "sign-off by the client's owner and the data lead", kind: .attested, severity: .blocker,
      dependsOn: ["F01", "F02", "F03", "F04", "F05", "F06", "F07", "F11", "F12", "F13", "F16"], roles: ["client_owner", "data_lead"],
      fix: "have both sign when all else has passed", check: { _ in (.pass, "") }),
  ]

  /// Computes every item from what is known. An item whose blocker has not passed says so; no item passes without facts or signatures.
  public static func evaluate(_ facts: OnboardingFacts, subject: ObjectName) -> Checklist {
    var states: [String: ItemState] = [:]
    var result: [ChecklistItem] = []
    for item in items {
      var (state, detail) = item.check(facts)
      if item.kind != .auto, state == .pass || state == .warn {
        let missing = item.roles.filter { !(facts.signatures[item.code] ?? []).contains($0) }
        if !missing.isEmpty {
          state = .notEvaluated
          detail = (detail.isEmpty ? "" : detail + "; ") + "not signed by " + missing.joined(separator: ", ")
        }
      }
      let blockers = item.dependsOn.filter { states[$0] != .pass }
      if !blockers.isEmpty, state == .pass {
        state = .notEvaluated
        detail += (detail.isEmpty ? "" : "; ") + "waits for " + blockers.joined(separator: ", ")
      } else if !blockers.isEmpty {
        detail += (detail.isEmpty ? "" : "; ") + "blocked by " + blockers.joined(separator: ", ")
      }
      states[item.code] = state
      result.append(
        ChecklistItem(
          code: item.code, title: item.title, kind: item.kind, severity: item.severity, dependsOn: item.dependsOn, roles: item.roles, state: state,
          detail: detail, fix: state == .pass ? nil : item.fix))
    }
    return Checklist(template: name, templateVersion: version, subject: subject, items: result)
  }
}

extension Checklist {
  /// `3 pass, 2 fail, 1 warn, 12 not evaluated of 18`.
  public var progress: String {
    func count(_ state: ItemState) -> Int { items.filter { $0.state == state }.count }
    var parts = ["\(count(.pass)) pass", "\(count(.fail)) fail"]
    if count(.warn) > 0 { parts.append("\(count(.warn)) warn") }
    if count(.error) > 0 { parts.append("\(count(.error)) error") }
    parts.append("\(count(.notEvaluated)) not evaluated")
    return parts.joined(separator: ", ") + " of \(items.count)"
  }
}
