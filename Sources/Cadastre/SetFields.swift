public import CadastreModel
public import CadastreStore

/// Why a field was not set, a term not linked, a note not written. Each says what would be right.
public enum VocabularyFailure: Error, Sendable, Hashable {
  /// The command's words are not what they must be.
  case malformed(String)
  /// A status may not follow the present one.
  case refusedStatus(asset: String, from: AssetStatus, to: AssetStatus)
  case onlySeenInCode(String)
  case unknown(what: String, name: String)
}

/// Sets what people state of assets and columns: `owner=ann status=deprecated tags=+gdpr,-old`.
public enum SetFields {
  public struct Report: Sendable, Codable {
    public var name: String
    public var namespace: String
    public var changed: [FieldOutcome.Difference]
    public var change: Int64?
  }

  public static func run(_ name: String, _ words: [String], namespace: String? = nil, in registry: Registry, by author: ChangeAuthor) throws -> Report {
    let changes = try words.map(change)
    guard !changes.isEmpty else { throw VocabularyFailure.malformed("nothing to set: give FIELD=VALUE, fields: \(StatedField.allCases.map(\.rawValue).joined(separator: ", "))") }
    let place = try LineageQuestion.place(name, namespace: namespace, in: registry)
    if place.reference.column != nil, let wrong = changes.first(where: { !$0.field.isOfColumns }) {
      throw VocabularyFailure.malformed("a column has no \(wrong.field.rawValue); set it on \(place.reference.asset.rendered)")
    }
    if place.reference.column == nil, changes.contains(where: { $0.field == .classification }) {
      throw VocabularyFailure.malformed("an asset has no classification; set it on a column, \(place.rendered).COLUMN")
    }
    let outcome = try registry.set(changes, of: place, by: author)
    if let refused = outcome.refused { throw VocabularyFailure.refusedStatus(asset: place.rendered, from: refused.from, to: refused.to) }
    if outcome.isUnknown { throw VocabularyFailure.onlySeenInCode(place.rendered) }
    return Report(name: place.rendered, namespace: place.namespace, changed: outcome.differences, change: outcome.change)
  }

  /// `field=value`, `field=` to take it away, `tags=a,+b,-c`, `+tag`, `-tag`.
  static func change(_ word: String) throws -> FieldChange {
    if let first = word.first, first == "+" || first == "-", !word.contains("=") {
      let tag = String(word.dropFirst())
      guard !tag.isEmpty else { throw VocabularyFailure.malformed("'\(word)' names no tag") }
      return first == "+" ? .tags(adding: [tag], removing: []) : .tags(adding: [], removing: [tag])
    }
    guard let equals = word.firstIndex(of: "=") else { throw VocabularyFailure.malformed("'\(word)' is not FIELD=VALUE") }
    let key = word[..<equals].lowercased()
    let value = String(word[word.index(after: equals)...])
    let aliases = ["tag": StatedField.tags, "class": .classification]
    guard let field = StatedField(rawValue: key) ?? aliases[key] else {
      throw VocabularyFailure.malformed("there is no field '\(key)'; known: \(StatedField.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    func oneOf(_ known: [String]) throws -> String? {
      if value.isEmpty { return nil }
      guard known.contains(value.lowercased()) else {
        throw VocabularyFailure.malformed("'\(value)' is no \(field.rawValue); known: \(known.joined(separator: ", "))")
      }
      return value.lowercased()
    }
    switch field {
    case .tags:
      let tags = value.split(separator: ",").map { $0.drop(while: { $0 == " " }) }.filter { !$0.isEmpty }
      guard !tags.isEmpty else { throw VocabularyFailure.malformed("'\(word)' names no tag; '-TAG' takes one away") }
      return .tags(
        adding: tags.filter { $0.first != "-" }.map { String($0.first == "+" ? $0.dropFirst() : $0) }, removing: tags.filter { $0.first == "-" }.map { String($0.dropFirst()) })
    case .layer: return .value(field, try oneOf(AssetLayer.allCases.map(\.rawValue)))
    case .classification: return .value(field, try oneOf(Classification.allCases.map(\.rawValue)))
    case .status:
      guard let status = try oneOf(AssetStatus.allCases.map(\.rawValue)) else { throw VocabularyFailure.malformed("an asset always has a status") }
      return .value(field, status)
    default: return .value(field, value.isEmpty ? nil : value)
    }
  }
}
