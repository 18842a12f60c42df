public import CadastreExchange
public import CadastreModel
internal import CadastreStore
internal import Foundation

/// What applying would change, object by object.
public struct RegistryPlan: Sendable {
  public enum Action: String, Sendable, Hashable, Codable {
    case create, change, remove
  }

  public struct Item: Sendable {
    public var action: Action
    public var change: ObjectChange
    /// The manifest that asks for it; `nil` for a removal or what is not from a file.
    public var file: String?
    /// Of a change: what differs. Of a creation or removal: nothing, the object is the difference.
    public var fields: [FieldDifference]
  }

  /// By kind, warehouse and name.
  public var items: [Item]
  /// Objects of the registry that the input does not mention and that stay.
  public var left: Int

  public var isEmpty: Bool { items.isEmpty }

  public func count(_ action: Action) -> Int { items.reduce(0) { $0 + ($1.action == action ? 1 : 0) } }

  /// Routines whose text changes: their lineage stays what the last scan found until their scripts are scanned.
  public var changesRoutines: Bool { items.contains { $0.change.kind == .routine && $0.action != .remove } }
}

// MARK: JSON

extension RegistryPlan {
  /// An item as JSON has it.
  struct Line: Encodable {
    var action: Action
    var kind: RegistryObject.Kind
    var namespace: String
    var name: String
    var file: String?
    var fields: [FieldDifference]
  }

  private struct Document: Encodable {
    var plan = RegistryPlan.format
    var create: Int
    var change: Int
    var remove: Int
    var left: Int
    var items: [Line]
    /// Only in a saved plan.
    var changes: [ObjectChange]?
  }

  static let format = "cadastre-plan/1"

  var lines: [Line] {
    items.map { Line(action: $0.action, kind: $0.change.kind, namespace: $0.change.namespace, name: $0.change.name, file: $0.file, fields: $0.fields) }
  }

  /// The plan as one JSON document; `saved`: with all that applying it later needs, hashes of the objects that it touches among it.
  ///
  /// Keys are written as they are: those of options are a user's.
  public func json(saved: Bool = false) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = saved ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      create: count(.create), change: count(.change), remove: count(.remove), left: left, items: lines, changes: saved ? items.map(\.change) : nil)
    return Array(try encoder.encode(document)) + [0x0A]
  }

  private struct Saved: Decodable {
    var plan: String
    var changes: [ObjectChange]
  }

  /// The changes of a saved plan.
  static func changes(of bytes: [UInt8], path: String) throws(ManifestFailure) -> [ObjectChange] {
    let saved: Saved
    do {
      saved = try JSONDecoder().decode(Saved.self, from: Data(bytes))
    } catch {
      throw .unreadablePlan(path: path, reason: reason(error))
    }
    guard saved.plan == format else { throw .unreadablePlan(path: path, reason: "expected \(format), found \(saved.plan)") }
    for item in saved.changes {
      guard let object = item.object else { continue }
      guard object.kind == item.kind, object.namespace == item.namespace, object.name == item.name else {
        throw .unreadablePlan(path: path, reason: "\(item.described) is to become another object")
      }
      guard item.kind != .namespace || item.basis == nil else { throw .unreadablePlan(path: path, reason: "a namespace cannot change") }
    }
    let keys = saved.changes.map { [$0.kind.rawValue, $0.namespace, $0.name] }
    guard Set(keys).count == keys.count else { throw .unreadablePlan(path: path, reason: "an object is in it twice") }
    return saved.changes
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "not JSON" }
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
      return path.isEmpty ? "" : " in \(path)"
    }
    switch error {
    case .keyNotFound(let key, let context): return "expected the key '\(key.stringValue)'\(place(context)), found none"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context): return "expected \(type)\(place(context))"
    case .dataCorrupted(let context): return context.codingPath.isEmpty ? "not JSON" : "a value that cannot be\(place(context))"
    @unknown default: return "not a plan"
    }
  }
}
