public import CadastreStore

/// Why a question about the past has no answer.
public enum HistoryFailure: Error, Sendable, Hashable {
  /// Nothing of that name ever was in the registry.
  case unknown(name: String)
  case ambiguous(name: String, candidates: [String])
  case unknownChange(Int64)
  /// What a change did has been changed since: each thing, and the last change of it.
  case changedSince(change: Int64, things: [String])
  /// Nothing of a change holds any more.
  case nothingToRevert(change: Int64)
}

/// All that has been done to one thing.
public struct ThingHistory: Sendable, Codable {
  public struct Step: Sendable, Codable {
    public var change: ChangeRecord
    public var things: [ThingChange]
  }

  public var name: String
  public var namespace: String?
  /// Oldest first.
  public var steps: [Step]

  /// - Parameter name: an asset, a routine, a feed or whatever else the change log names; case counts only where two differ by it alone.
  public init(of name: String, namespace: String? = nil, in registry: Registry) throws {
    let found = try registry.subjects(like: name).filter { namespace == nil || $0.namespace == namespace }
    let exact = found.filter { $0.subject == name }
    let candidates = Set((exact.isEmpty ? found : exact).map { Subject(namespace: $0.namespace, name: $0.subject) })
    guard let subject = candidates.first else { throw HistoryFailure.unknown(name: name) }
    guard candidates.count == 1 else {
      throw HistoryFailure.ambiguous(name: name, candidates: candidates.map { $0.name + ($0.namespace.map { " of " + $0 } ?? "") }.sorted())
    }
    self.name = subject.name
    self.namespace = subject.namespace
    let entries = try registry.entries(about: subject.name, namespace: subject.namespace)
    let byChange = Dictionary(grouping: entries, by: \.change)
    steps = try registry.changes().compactMap { record in
      guard let own = byChange[record.id] else { return nil }
      let things = own.compactMap { ThingChange(kind: $0.kind, namespace: $0.namespace, subject: $0.subject, before: $0.before, after: $0.after) }
      return things.isEmpty ? nil : Step(change: record, things: things)
    }
  }

  private struct Subject: Hashable {
    var namespace: String?
    var name: String
  }

  public var text: String {
    steps.map { step in
      let record = step.change
      let head = "change \(record.id)  \(record.at)  \(Printable.text(record.actor))  \(Printable.text(record.command)): \(Printable.text(record.reason))"
      return head + "\n" + step.things.flatMap(\.lines).map { "  " + $0 + "\n" }.joined()
    }.joined()
  }
}

/// What differs between two moments: the net effect of the changes between them.
public struct RegistryDifference: Sendable, Codable {
  /// The last changes made by the two moments; 0 before the first.
  public var from: Int64
  public var to: Int64
  public var changes: [ChangeRecord]
  public var things: [ThingChange]
  public var edgesBegun: [EdgeName]
  public var edgesEnded: [EdgeName]

  public var isEmpty: Bool { things.isEmpty && edgesBegun.isEmpty && edgesEnded.isEmpty }

  /// - Parameter namespace: only of this warehouse.
  public init(from first: Moment, to last: Moment, namespace: String? = nil, in registry: Registry) throws {
    let ends = (try registry.change(at: first), try registry.change(at: last))
    (from, to) = ends
    let (lower, upper) = (min(ends.0, ends.1), max(ends.0, ends.1))
    changes = try registry.changes(after: lower, through: upper)
    var net: [Thing: (before: String?, after: String?)] = [:]
    var order: [Thing] = []
    // edges are counted in the log, and told one by one from the evidence
    for entry in try registry.entries(after: lower, through: upper) where entry.kind != "edges" && (namespace == nil || entry.namespace == namespace) {
      let thing = Thing(kind: entry.kind, namespace: entry.namespace, subject: entry.subject)
      if net[thing] == nil {
        net[thing] = (entry.before, entry.after)
        order.append(thing)
      } else {
        net[thing]?.after = entry.after
      }
    }
    let backwards = ends.0 > ends.1
    things = order.sorted { ($0.kind, $0.subject, $0.namespace ?? "") < ($1.kind, $1.subject, $1.namespace ?? "") }.compactMap { thing in
      guard let (before, after) = net[thing] else { return nil }
      return ThingChange(
        kind: thing.kind, namespace: thing.namespace, subject: thing.subject, before: backwards ? after : before, after: backwards ? before : after)
    }
    let edges = try registry.edgeDifference(from, to)
    edgesBegun = edges.begun.filter { namespace == nil || $0.namespace == namespace }
    edgesEnded = edges.ended.filter { namespace == nil || $0.namespace == namespace }
  }

  private struct Thing: Hashable {
    var kind: String
    var namespace: String?
    var subject: String
  }

  public var text: String {
    func edge(_ sign: String, _ edge: EdgeName) -> String {
      "\(sign) edge \(Printable.text(edge.target)) <- \(Printable.text(edge.source))  \(edge.kind)/\(edge.subtype)\n"
    }
    let count = changes.count == 1 ? "1 change" : "\(changes.count) changes"
    return "from change \(from) to change \(to): \(count)\n" + things.flatMap(\.lines).map { $0 + "\n" }.joined()
      + edgesEnded.map { edge("-", $0) }.joined() + edgesBegun.map { edge("+", $0) }.joined()
  }
}
