internal import Foundation
public import CadastreModel
public import CadastreStore

/// Classifications on their way along lineage: a column that takes another's value holds what that one holds.
public enum PropagateClassifications {
  public struct Step: Sendable, Hashable, Codable {
    public var source: String
    public var target: String
    public var subtype: String
    public var expression: String
    public var routine: String?
    public var place: String
  }

  public struct Assignment: Sendable, Hashable, Codable {
    public var column: String
    public var namespace: String
    /// `nil`: what had travelled there before has no source any more.
    public var classification: String?
    public var before: String?
    /// Columns whose own classification it is.
    public var origins: [String]
    /// The edges by which it arrives.
    public var through: [Step]
  }

  public struct Conflict: Sendable, Hashable, Codable {
    public var column: String
    public var namespace: String
    /// What the column has, where that is the other side of the conflict, and who says so: `person`, or `script` for a script or profile.
    public var held: String?
    public var heldBy: String?
    /// What arrives, with where it comes from.
    public var arriving: [String: [String]]
    public var through: [Step]
  }

  public struct Stop: Sendable, Hashable, Codable {
    public var edge: Step
    public var classification: String
    /// The function that masks, or `an aggregate`.
    public var by: String
  }

  public struct Report: Sendable, Codable {
    public var dryRun: Bool
    public var set: [Assignment] = []
    public var conflicts: [Conflict] = []
    public var stopped: [Stop] = []
    public var change: Int64?
  }

  /// Computes what travels where, and writes it unless `dryRun`. Only columns without a classification get one, or those that had theirs this way.
  public static func run(namespace: String? = nil, dryRun: Bool, in registry: Registry, by author: ChangeAuthor) throws -> Report {
    let graph = try registry.classificationGraph(namespace: namespace)
    let (found, assignments) = try Travel(graph).result()
    var report = found
    report.dryRun = dryRun
    if !dryRun, !assignments.isEmpty { report.change = try registry.classify(assignments, basis: graph.basis, by: author) }
    return report
  }
}

/// One computation: sets of classifications by column grow until nothing changes.
private struct Travel {
  let graph: ClassificationGraph
  /// Edges that carry, by target; positions in `graph.edges`.
  private var incoming: [Int64: [Int]] = [:]
  private var outgoing: [Int64: [Int]] = [:]
  private var stops: [(edge: Int, by: String)] = []
  /// What arrives at a column, with the columns it begins at.
  private var arriving: [Int64: [String: Set<Int64>]] = [:]

  init(_ graph: ClassificationGraph) {
    self.graph = graph
    for (index, edge) in graph.edges.enumerated() where edge.source != edge.target {
      guard let source = graph.columns[edge.source], graph.columns[edge.target] != nil else { continue }
      let (carries, by) = MaskingFunctions.carries(edge.subtype, edge.expression, column: source.place.reference.column ?? "")
      if carries {
        incoming[edge.target, default: []].append(index)
        outgoing[edge.source, default: []].append(index)
      } else {
        stops.append((index, by ?? edge.subtype.rawValue))
      }
    }
    flow()
  }

  /// A classification that is a column's own, not one that travelled there. `none` is one too: it says that there is nothing to carry.
  private func own(_ id: Int64) -> String? {
    guard let column = graph.columns[id], column.origin != "propagated" else { return nil }
    return column.classification
  }

  private func carried(by id: Int64) -> [String: Set<Int64>] {
    guard let own = own(id) else { return arriving[id] ?? [:] }
    return own == Classification.none.rawValue ? [:] : [own: [id]]
  }

  private mutating func flow() {
    var waiting = graph.columns.keys.filter { own($0) != nil }.sorted()
    while let id = waiting.popLast() {
      let values = carried(by: id)
      for index in outgoing[id] ?? [] {
        let target = graph.edges[index].target
        var changed = false
        for (value, origins) in values {
          let before = arriving[target, default: [:]][value, default: []]
          if !origins.isSubset(of: before) {
            arriving[target, default: [:]][value] = before.union(origins)
            changed = true
          }
        }
        if changed, own(target) == nil { waiting.append(target) }
      }
    }
  }

  func result() throws -> (PropagateClassifications.Report, [ClassificationAssignment]) {
    var report = PropagateClassifications.Report(dryRun: true)
    var assignments: [ClassificationAssignment] = []
    for (id, column) in graph.columns.sorted(by: { ($0.value.place.namespace, $0.value.place.rendered, $0.key) < ($1.value.place.namespace, $1.value.place.rendered, $1.key) }) {
      let values = arriving[id] ?? [:]
      if let own = own(id) {
        // its own word stands; where lineage says another thing, people should know, unless one of them has said that it is nothing
        if own != Classification.none.rawValue, values.keys.contains(where: { $0 != own }) { report.conflicts.append(conflict(id, column, values, held: own)) }
        continue
      }
      if values.count > 1 {
        // only where it arises: what lies downstream has it from here
        let isInherited = (incoming[id] ?? []).contains { carried(by: graph.edges[$0].source).count == values.count }
        if !isInherited { report.conflicts.append(conflict(id, column, values, held: nil)) }
        continue
      }
      let value = values.keys.first
      guard column.known, value != column.classification else { continue }
      let assignment = PropagateClassifications.Assignment(
        column: column.place.rendered, namespace: column.place.namespace, classification: value, before: column.classification,
        origins: names(value.flatMap { values[$0] } ?? []), through: value == nil ? [] : steps(into: id, value))
      report.set.append(assignment)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      assignments.append(
        ClassificationAssignment(
          column: id, classification: value.flatMap(Classification.init(rawValue:)), evidence: String(decoding: try encoder.encode(assignment), as: UTF8.self)))
    }
    for (index, by) in stops {
      for value in carried(by: graph.edges[index].source).keys.sorted() {
        report.stopped.append(PropagateClassifications.Stop(edge: step(index), classification: value, by: by))
      }
    }
    report.stopped.sort { ($0.edge.target, $0.edge.source, $0.edge.place) < ($1.edge.target, $1.edge.source, $1.edge.place) }
    return (report, assignments)
  }

  private func conflict(_ id: Int64, _ column: ClassificationGraph.Column, _ values: [String: Set<Int64>], held: String?) -> PropagateClassifications.Conflict {
    PropagateClassifications.Conflict(
      column: column.place.rendered, namespace: column.place.namespace, held: held, heldBy: held == nil ? nil : column.origin ?? "script",
      arriving: values.mapValues(names), through: steps(into: id, nil))
  }

  private func names(_ ids: Set<Int64>) -> [String] { ids.compactMap { graph.columns[$0]?.place.rendered }.sorted() }

  private func steps(into id: Int64, _ value: String?) -> [PropagateClassifications.Step] {
    (incoming[id] ?? []).filter { index in
      let values = carried(by: graph.edges[index].source)
      return value.map { values[$0] != nil } ?? !values.isEmpty
    }.map(step)
  }

  private func step(_ index: Int) -> PropagateClassifications.Step {
    let edge = graph.edges[index]
    return PropagateClassifications.Step(
      source: graph.columns[edge.source]?.place.rendered ?? "?", target: graph.columns[edge.target]?.place.rendered ?? "?", subtype: edge.subtype.rawValue,
      expression: edge.expression, routine: edge.routine, place: edge.file.isEmpty ? "declared" : "\(edge.file):\(edge.line)")
  }
}
