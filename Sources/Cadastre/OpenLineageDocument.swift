internal import CadastreModel
internal import Foundation

/// Why a document could not be read as OpenLineage.
public enum OpenLineageFailure: Error, Sendable, Hashable {
  /// `place` is a line (JSON lines), an element (array), or `nil` for the whole.
  case malformed(path: String, place: String?, reason: String)
}

/// The column lineage that OpenLineage events state: facet `columnLineage` of their output datasets, 1-0-0 to 1-2-0. What else an event holds is not looked at.
///
/// https://openlineage.io/docs/spec/facets/dataset-facets/column_lineage_facet
struct OpenLineageDocument {
  struct Name: Hashable {
    /// As the event has them.
    var namespace: String
    var name: String
  }

  struct Edge: Hashable {
    var source: Name
    var field: String
    var target: Name
    /// `nil`: an effect on the whole dataset.
    var column: String?
    var kind: EdgeKind
    /// `nil` where the event says none that is known.
    var subtype: EdgeSubtype?
  }

  /// When an edge was last seen and by which job.
  struct Sighting {
    /// UTC, ISO 8601; as written where it is no instant.
    var at: String
    var job: String
    var text: String
  }

  private(set) var events = 0
  private(set) var edges: [Edge: Sighting] = [:]
  /// Output columns that the document speaks about, by dataset.
  private(set) var covered: [Name: Set<String>] = [:]
  /// Datasets for which it says anything indirect: an event of an older facet that has no word for it is not held against anyone.
  private(set) var speaksOfIndirect: Set<Name> = []

  /// One event, an array of events, an object with `events`, or JSON lines.
  init(_ bytes: [UInt8], path: String) throws(OpenLineageFailure) {
    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard let first = body.first(where: { !" \t\r\n".utf8.contains($0) }) else { throw .malformed(path: path, place: nil, reason: "the file is empty") }
    if first == UInt8(ascii: "[") {
      let events: [Event] = try Self.decode(body, path, nil)
      for (index, event) in events.enumerated() { try take(event, path, "element \(index + 1)") }
      return
    }
    let lines = body.split(separator: UInt8(ascii: "\n")).map(Array.init)
    let isLines = lines.count > 1 && (try? JSONSerialization.jsonObject(with: Data(lines[0]))) != nil
    if isLines {
      var number = 0
      for line in body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        number += 1
        guard line.contains(where: { !" \t\r".utf8.contains($0) }) else { continue }
        try take(Self.decode(Array(line), path, "line \(number)"), path, "line \(number)")
      }
      return
    }
    let wrapper: Wrapper = try Self.decode(body, path, nil)
    if let events = wrapper.events {
      for (index, event) in events.enumerated() { try take(event, path, "element \(index + 1)") }
    } else {
      try take(Self.decode(body, path, nil), path, nil)
    }
  }

  private static func decode<Value: Decodable>(_ bytes: [UInt8], _ path: String, _ place: String?) throws(OpenLineageFailure) -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw .malformed(path: path, place: place, reason: describe(error))
    } catch {
      throw .malformed(path: path, place: place, reason: "\(error)")
    }
  }

  private static func describe(_ error: DecodingError) -> String {
    func at(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "" : " at " + path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "expected \(type)\(at(context.codingPath))"
    case .keyNotFound(let key, let context): return "expected '\(key.stringValue)'\(at(context.codingPath))"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "not JSON" + (context.underlyingError.map { ": \(($0 as NSError).userInfo["NSDebugDescription"] ?? $0)" } ?? "")
        : context.debugDescription + at(context.codingPath)
    @unknown default: return "\(error)"
    }
  }

  private mutating func take(_ event: Event, _ path: String, _ place: String?) throws(OpenLineageFailure) {
    guard event.eventTime != nil || event.job != nil || event.run != nil || event.outputs != nil || event.dataset != nil else {
      throw .malformed(path: path, place: place, reason: "an object, but no OpenLineage event: it has no eventTime, job, run, outputs or dataset")
    }
    events += 1
    let job = [event.job?.namespace, event.job?.name].compactMap { $0 }.joined(separator: "/")
    let at = Self.instant(event.eventTime ?? "")
    for dataset in (event.outputs ?? []) + (event.dataset.map { [$0] } ?? []) {
      guard let facet = dataset.facets?.columnLineage else { continue }
      let target = Name(namespace: dataset.namespace ?? "", name: dataset.name)
      for (column, field) in facet.fields ?? [:] {
        covered[target, default: []].insert(column)
        for input in field.inputFields ?? [] {
          note(input, target, column, Sighting(at: at, job: job, text: field.transformationDescription ?? ""))
        }
      }
      for input in facet.dataset ?? [] { note(input, target, nil, Sighting(at: at, job: job, text: "")) }
    }
  }

  private mutating func note(_ input: InputField, _ target: Name, _ column: String?, _ sighting: Sighting) {
    var kinds: [(EdgeKind, EdgeSubtype?, String?)] = (input.transformations ?? []).map {
      let subtype = $0.subtype.flatMap { EdgeSubtype(rawValue: $0.lowercased()) }
      let kind: EdgeKind = $0.type?.uppercased() == "INDIRECT" ? .indirect : .direct
      return (kind, subtype?.kind == kind ? subtype : nil, $0.description)
    }
    // before 1-1-0 there was the value's flow only; whole-dataset entries are always indirect
    if kinds.isEmpty { kinds = [(column == nil ? .indirect : .direct, nil, nil)] }
    for (kind, subtype, description) in kinds {
      let actual: EdgeKind = column == nil ? .indirect : kind
      let edge = Edge(
        source: Name(namespace: input.namespace ?? "", name: input.name), field: input.field, target: target, column: column, kind: actual,
        subtype: actual == kind ? subtype : nil)
      if actual == .indirect { speaksOfIndirect.insert(target) }
      if let held = edges[edge], held.at >= sighting.at { continue }
      edges[edge] = Sighting(at: sighting.at, job: sighting.job, text: description ?? sighting.text)
    }
  }

  /// An instant in UTC with milliseconds.
  static func instant(_ text: String) -> String {
    for fraction in [true, false] {
      let style = Date.ISO8601FormatStyle(includingFractionalSeconds: fraction)
      if let date = try? style.parse(text) { return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
    }
    return text
  }

  // MARK: the parts of an event that matter here

  private struct Wrapper: Decodable {
    var events: [Event]?
  }

  private struct Event: Decodable {
    var eventTime: String?
    var job: Job?
    var run: Run?
    var outputs: [Dataset]?
    var dataset: Dataset?
  }

  private struct Run: Decodable {
    var runId: String?
  }

  private struct Job: Decodable {
    var namespace: String?
    var name: String?
  }

  private struct Dataset: Decodable {
    var namespace: String?
    var name: String
    var facets: Facets?
  }

  private struct Facets: Decodable {
    var columnLineage: ColumnLineage?
  }

  private struct ColumnLineage: Decodable {
    var fields: [String: Field]?
    var dataset: [InputField]?
  }

  private struct Field: Decodable {
    var inputFields: [InputField]?
    var transformationDescription: String?
  }

  private struct InputField: Decodable {
    var namespace: String?
    var name: String
    var field: String
    var transformations: [Transformation]?
  }

  private struct Transformation: Decodable {
    var type: String?
    var subtype: String?
    var description: String?
  }
}
