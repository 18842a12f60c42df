public import CadastreModel
internal import GRDB

/// An edge that was seen at work.
public struct Observation: Sendable, Hashable {
  public enum Subject: Sendable, Hashable {
    /// An edge that is held: one piece of its evidence, by number.
    case known(evidence: Int64)
    /// One that nothing else says.
    case new(source: LineagePlace, target: LineagePlace, subtype: EdgeSubtype)
  }

  public var subject: Subject
  /// Instant of the event, UTC, ISO 8601; no blanks.
  public var at: String
  /// The job that did it, and what the event says of how.
  public var detail: String

  public init(subject: Subject, at: String, detail: String) {
    self.subject = subject
    self.at = at
    self.detail = detail
  }
}

/// What recording observations did.
public struct ObservationSummary: Sendable, Codable {
  /// Held edges that an event now stands for, new or with a later instant.
  public var confirmed = 0
  public var inserted = 0
  /// Seen already, at that instant or later.
  public var unchanged = 0
  public var change: Int64?
}

extension Registry {
  /// Records observations as one change. An edge keeps one piece of observed evidence: that of the latest instant, which begins its expression.
  public func observe(_ observations: [Observation], document: String, by author: ChangeAuthor) throws(StoreError) -> ObservationSummary {
    var (summary, change) = try write(author) { change in
      let writer = try StatedEvidence(&change)
      var summary = ObservationSummary()
      for item in observations { try writer.observe(item, document, &summary, &change) }
      if summary.confirmed > 0 { try change.note("edges", document, before: nil, after: "{\"confirmed\":\(summary.confirmed)}") }
      return summary
    }
    summary.change = change
    return summary
  }
}

extension StatedEvidence {
  func observe(_ item: Observation, _ document: String, _ summary: inout ObservationSummary, _ change: inout ChangeWriter) throws {
    let edgeID: Int64?
    switch item.subject {
    case .known(let evidence):
      edgeID = try Int64.fetchOne(change.db.cachedStatement(sql: "SELECT edge_id FROM edge_evidence WHERE id = ?"), arguments: [evidence])
    case .new(let source, let target, let subtype): edgeID = try edge(source, target, subtype, make: true)
    }
    guard let edgeID else { throw StoreError.unexpected("an observed column is not there") }
    let before = try held(edgeID, .observed)
    if before.contains(where: { instant($0.text) >= item.at }) {
      summary.unchanged += 1
      return
    }
    for row in before { try end(row.id, change) }
    let expression = item.detail.isEmpty ? item.at : "\(item.at) \(item.detail)"
    switch item.subject {
    case .known(let evidence):
      try copy(evidence, document, expression, change)
      summary.confirmed += 1
    case .new(let source, let target, let subtype):
      try begin(edgeID, target, .observed, file: document, expression: expression, change)
      let note = Note(kind: subtype.kind, subtype: subtype, origin: .observed, expression: expression)
      change.namespace = target.namespace
      try change.note("edge", subject(source, target), before: nil, after: try change.json(note))
      summary.inserted += 1
    }
  }

  private func instant(_ text: String) -> Substring { text.prefix { $0 != " " } }
}
