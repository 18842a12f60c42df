/// The state of a checklist item. "No data" is never "pass".
public enum ItemState: String, Sendable, Hashable, Codable {
  case pass, fail, warn
  case notApplicable = "not_applicable"
  case notEvaluated = "not_evaluated"
  case error
}

public enum ItemSeverity: String, Sendable, Hashable, Codable {
  case blocker, major, minor
}

/// Whether an item is computed, signed by a person, or both.
public enum ItemKind: String, Sendable, Hashable, Codable {
  case auto, attested, both
}

/// One item of a checklist with the outcome of its last evaluation.
public struct ChecklistItem: Sendable, Hashable, Codable {
  /// Code of the catalogue: `F04`, `T02` ...
  public var code: String
  public var title: String
  public var kind: ItemKind
  public var severity: ItemSeverity
  /// Codes of the items that must pass first.
  public var dependsOn: [String]
  /// Who has to sign an attested item; empty for computed ones.
  public var roles: [String]
  public var state: ItemState
  /// What was found, in a sentence.
  public var detail: String
  /// What mends an item that has not passed: a command, or what to do.
  public var fix: String?

  public init(
    code: String, title: String, kind: ItemKind, severity: ItemSeverity, dependsOn: [String] = [], roles: [String] = [],
    state: ItemState = .notEvaluated, detail: String = "", fix: String? = nil
  ) {
    self.code = code
    self.title = title
    self.kind = kind
    self.severity = severity
    self.dependsOn = dependsOn
    self.roles = roles
    self.state = state
    self.detail = detail
    self.fix = fix
  }
}

/// A checklist opened for one subject from one version of a template.
public struct Checklist: Sendable, Hashable, Codable {
  /// Name of the template: `client_file`, `table` ...
  public var template: String
  public var templateVersion: Int
  /// The asset or feed it is about.
  public var subject: ObjectName
  public var items: [ChecklistItem]

  public init(template: String, templateVersion: Int, subject: ObjectName, items: [ChecklistItem]) {
    self.template = template
    self.templateVersion = templateVersion
    self.subject = subject
    self.items = items
  }
}
