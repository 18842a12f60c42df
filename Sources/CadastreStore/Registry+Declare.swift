public import CadastreModel

/// An edge that a person states rather than code.
public struct Declaration: Sendable, Hashable {
  public var source: LineagePlace
  /// A column, or (an indirect edge only) the rows of an asset.
  public var target: LineagePlace
  public var subtype: EdgeSubtype
  public var expression: String

  public init(source: LineagePlace, target: LineagePlace, subtype: EdgeSubtype, expression: String = "") {
    self.source = source
    self.target = target
    self.subtype = subtype
    self.expression = expression
  }
}

/// What became of a declaration, or of taking one back.
public enum DeclarationOutcome: Sendable, Hashable {
  case begun(change: Int64?)
  /// Held before with another expression.
  case changed(change: Int64?)
  case retracted(change: Int64?)
  /// Declared already, or retracted already: nothing changed.
  case unchanged
  /// Nothing to retract: what holds the edge instead (`parsed`, `observed`), with one place of each; empty when nothing does.
  case notDeclared(heldBy: [EvidencePlace])
}

/// What holds an edge, and where.
public struct EvidencePlace: Sendable, Hashable, Codable {
  public var origin: EdgeOrigin
  public var file: String
  public var line: Int
}

extension Registry {
  /// Records a person's edge as one change. An external asset and its columns are made when they are not there.
  ///
  /// Evidence that is declared belongs to no file: a scan compares and ends only what it has parsed.
  public func declare(_ declaration: Declaration, external: Set<LineagePlace> = [], by author: ChangeAuthor) throws(StoreError) -> DeclarationOutcome {
    let (outcome, id) = try write(author) { change in
      var writer = try StatedEvidence(&change)
      for place in external { try writer.makeExternal(place, &change) }
      return try writer.declare(declaration, &change)
    }
    switch outcome {
    case .begun: return .begun(change: id)
    case .changed: return .changed(change: id)
    default: return outcome
    }
  }

  /// Takes back every declared edge from a source to a target, of one kind when `kind` is given. What code says stays.
  public func retract(source: LineagePlace, target: LineagePlace, kind: EdgeKind? = nil, by author: ChangeAuthor) throws(StoreError) -> DeclarationOutcome {
    let (outcome, id) = try write(author) { change in
      let writer = try StatedEvidence(&change)
      return try writer.retract(source, target, kind, &change)
    }
    if case .retracted = outcome { return .retracted(change: id) }
    return outcome
  }
}
