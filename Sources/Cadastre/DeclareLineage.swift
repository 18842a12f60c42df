public import CadastreModel
public import CadastreStore

/// Edges that people state: what no script says, or a script that cannot be read.
public struct DeclareLineage: Sendable {
  public let registry: Registry
  public var namespace: String?
  /// Name of an asset outside the warehouse that may be made, with the column that is named.
  public var external: String?

  public init(registry: Registry, namespace: String? = nil, external: String? = nil) {
    self.registry = registry
    self.namespace = namespace
    self.external = external
  }

  public struct Report: Sendable, Codable {
    public var source: String
    public var target: String
    public var kind: String
    public var subtype: String
    /// `declared`, `changed`, `retracted` or `unchanged`.
    public var outcome: String
    public var change: Int64?
  }

  /// - Parameter subtype: `nil` for what the kind and the expression suggest.
  public func declare(
    _ source: String, _ target: String, kind: EdgeKind, subtype: EdgeSubtype? = nil, expression: String = "", by author: ChangeAuthor
  ) throws -> Report {
    var made: Set<LineagePlace> = []
    let known = try? LineageQuestion.place(source, namespace: namespace, in: registry)
    let end = try? LineageQuestion.place(target, namespace: namespace, in: registry)
    let from = try place(source, beside: end, known, &made)
    let to = try place(target, beside: from, end, &made)
    let chosen = subtype ?? (kind == .direct ? (expression.isEmpty ? .identity : .transformation) : to.reference.column == nil ? .filter : .conditional)
    guard chosen.kind == kind else { throw LineageFailure.notDeclarable("\(chosen.rawValue) is \(chosen.kind.rawValue), not \(kind.rawValue)") }
    guard from.reference.column != nil else { throw LineageFailure.notDeclarable("'\(source)' is an asset: name the column that the edge begins at") }
    guard to.reference.column != nil || kind == .indirect else {
      throw LineageFailure.notDeclarable("'\(target)' is an asset: name a column, or use --kind indirect for what decides about its rows")
    }
    guard from != to else { throw LineageFailure.notDeclarable("'\(source)' is both ends") }
    let outcome = try registry.declare(Declaration(source: from, target: to, subtype: chosen, expression: expression), external: made, by: author)
    var report = Report(source: from.reference.rendered, target: to.reference.rendered, kind: kind.rawValue, subtype: chosen.rawValue, outcome: "unchanged")
    switch outcome {
    case .begun(let change): (report.outcome, report.change) = ("declared", change)
    case .changed(let change): (report.outcome, report.change) = ("changed", change)
    default: break
    }
    return report
  }

  public func retract(_ source: String, _ target: String, kind: EdgeKind? = nil, by author: ChangeAuthor) throws -> Report {
    let from = try LineageQuestion.place(source, namespace: namespace, in: registry)
    let to = try LineageQuestion.place(target, namespace: namespace, in: registry)
    var report = Report(source: from.rendered, target: to.rendered, kind: kind?.rawValue ?? "", subtype: "", outcome: "unchanged")
    switch try registry.retract(source: from, target: to, kind: kind, by: author) {
    case .retracted(let change): (report.outcome, report.change) = ("retracted", change)
    case .notDeclared(let places): throw LineageFailure.notDeclared(source: from.rendered, target: to.rendered, heldBy: places)
    default: break
    }
    return report
  }

  /// What a name means, or the external column it is to mean. That lies in the warehouse asked for, else in the other end's, else in the only one.
  private func place(_ name: String, beside other: LineagePlace?, _ found: LineagePlace?, _ made: inout Set<LineagePlace>) throws -> LineagePlace {
    if let found { return found }
    do {
      return try LineageQuestion.place(name, namespace: namespace, in: registry)
    } catch LineageFailure.unknown {
      let parts = ObjectName.parts(reading: name)
      guard let external, parts.count > 1 else { throw LineageFailure.unknownColumn(name: name, external: external) }
      let outside = ObjectName.parts(reading: external)
      guard parts.count == outside.count + 1, Array(parts.dropLast()).map({ $0.lowercased() }) == outside.map({ $0.lowercased() }) else {
        throw LineageFailure.unknownColumn(name: name, external: external)
      }
      let warehouses = try registry.namespaces().map(\.name)
      guard let home = namespace ?? other?.namespace ?? (warehouses.count == 1 ? warehouses[0] : nil) else {
        throw LineageFailure.ambiguous(name: external, candidates: warehouses.map { "of \($0)" })
      }
      // an asset of that name that a script defines is no external one: its columns are known
      if let asset = try registry.assets(namespace: home).first(where: { $0.name.rendered.lowercased() == ObjectName(outside).rendered.lowercased() }),
        asset.kind != .externalSystem
      {
        throw LineageFailure.unknownColumn(name: name, external: nil)
      }
      let place = LineagePlace(namespace: home, reference: ColumnReference(asset: ObjectName(outside), column: parts[parts.count - 1]))
      made.insert(place)
      return place
    }
  }
}
