public import CadastreStore

/// The log of a period: a row for each thing that a change began, changed or ended.
public struct AuditExport: Sendable {
  public struct Row: Sendable, Codable {
    public var change: Int64
    public var at: String
    public var actor: String
    public var command: String
    public var reason: String
    public var kind: String
    public var namespace: String?
    public var subject: String
    public var action: String
    public var before: String?
    public var after: String?
  }

  public var rows: [Row]

  public init(from first: Moment?, to last: Moment?, in registry: Registry) throws {
    let lower = try first.map { try registry.change(at: $0) } ?? 0
    let upper = try last.map { try registry.change(at: $0) } ?? .max
    let changes = Dictionary(try registry.changes(after: lower, through: upper).map { ($0.id, $0) }) { first, _ in first }
    rows = try registry.entries(after: lower, through: upper).compactMap { entry in
      guard let change = changes[entry.change] else { return nil }
      return Row(
        change: change.id, at: change.at, actor: change.actor, command: change.command, reason: change.reason, kind: entry.kind, namespace: entry.namespace,
        subject: entry.subject, action: entry.before == nil ? "begin" : entry.after == nil ? "end" : "change", before: entry.before, after: entry.after)
    }
  }

  public var table: TextTable {
    TextTable(
      ["change", "at", "actor", "command", "reason", "kind", "namespace", "subject", "action", "before", "after"],
      rows.map {
        [String($0.change), $0.at, $0.actor, $0.command, $0.reason, $0.kind, $0.namespace ?? "", $0.subject, $0.action, $0.before ?? "", $0.after ?? ""]
      })
  }
}

extension ThingHistory {
  public var table: TextTable { ThingChange.table(steps.flatMap { step in step.things.map { (step.change, $0) } }) }
}

extension RegistryDifference {
  public var table: TextTable {
    var table = ThingChange.table(things.map { (nil, $0) })
    func row(_ action: String, _ edge: EdgeName) -> [String] {
      ["", "", "", "", "", "edge", edge.namespace, "\(edge.source) -> \(edge.target)", action, "\(edge.kind)/\(edge.subtype)", "", ""]
    }
    table.rows += edgesEnded.map { row("ended", $0) } + edgesBegun.map { row("begun", $0) }
    return table
  }
}

extension ThingChange {
  /// A row for each property that differs.
  static func table(_ changes: [(ChangeRecord?, ThingChange)]) -> TextTable {
    TextTable(
      ["change", "at", "actor", "command", "reason", "kind", "namespace", "subject", "action", "field", "before", "after"],
      changes.flatMap { record, thing in
        let head = [record.map { String($0.id) } ?? "", record?.at ?? "", record?.actor ?? "", record?.command ?? "", record?.reason ?? ""]
        let own = head + [thing.kind, thing.namespace ?? "", thing.subject, thing.action.rawValue]
        return thing.fields.map { own + [$0.field, $0.before ?? "", $0.after ?? ""] }
      })
  }
}
