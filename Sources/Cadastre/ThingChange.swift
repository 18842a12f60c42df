internal import Foundation

/// One property that differs between two states of a thing.
public struct PropertyChange: Sendable, Hashable, Codable {
  public var field: String
  /// `nil` where it had none.
  public var before: String?
  public var after: String?

  /// The properties that differ between two JSON objects; of texts that are no objects, one change without a field.
  static func between(_ before: String?, _ after: String?) -> [PropertyChange] {
    let (old, new) = (object(before), object(after))
    if old == nil && before != nil || new == nil && after != nil { return before == after ? [] : [PropertyChange(field: "", before: before, after: after)] }
    let (left, right) = (old ?? [:], new ?? [:])
    return Set(left.keys).union(right.keys).sorted().compactMap { key in
      left[key] == right[key] ? nil : PropertyChange(field: key, before: left[key], after: right[key])
    }
  }

  /// A JSON object's values as texts: strings as they are, anything else as JSON.
  private static func object(_ text: String?) -> [String: String]? {
    guard let text, let values = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else { return nil }
    return values.mapValues { value in
      if let text = value as? String { return text }
      let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed, .withoutEscapingSlashes])
      return data.map { String(decoding: $0, as: UTF8.self) } ?? "\(value)"
    }
  }
}

/// What became of one thing.
public struct ThingChange: Sendable, Hashable, Codable {
  public enum Action: String, Sendable, Hashable, Codable {
    case begun, changed, ended
  }

  public var kind: String
  public var namespace: String?
  public var subject: String
  public var action: Action
  public var fields: [PropertyChange]

  init?(kind: String, namespace: String?, subject: String, before: String?, after: String?) {
    guard before != after else { return nil }
    self.kind = kind
    self.namespace = namespace
    self.subject = subject
    action = before == nil ? .begun : after == nil ? .ended : .changed
    fields = PropertyChange.between(before, after)
    // a text that holds again has a version of its own
    if kind == "routine", action == .changed, fields.allSatisfy({ $0.field == "version" }) { return nil }
  }

  /// One line, and for a change one for each property.
  public var lines: [String] {
    let sign = switch action {
    case .begun: "+"
    case .changed: "~"
    case .ended: "-"
    }
    let head = "\(sign) \(kind) \(Printable.text(subject))"
    guard action == .changed else { return [head] }
    return [head] + fields.map { field in
      let name = field.field.isEmpty ? "" : Printable.text(field.field) + ": "
      return "    \(name)\(Printable.text(field.before ?? "(none)")) -> \(Printable.text(field.after ?? "(none)"))"
    }
  }
}
