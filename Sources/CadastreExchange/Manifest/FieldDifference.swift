public import CadastreModel

/// One field of an object that differs: `columns.email.description`, before and after.
public struct FieldDifference: Sendable, Equatable, Encodable {
  /// Keys from the outside in; members of lists by their name.
  public var path: String
  /// `nil`: it was not there.
  public var before: ManifestValue?
  /// `nil`: it is to go.
  public var after: ManifestValue?

  /// The fields in which two objects of one key differ; empty when a change would change nothing.
  public static func between(_ old: RegistryObject, _ new: RegistryObject) -> [FieldDifference] {
    var found: [FieldDifference] = []
    compare(counted(old), counted(new), "", &found)
    return found
  }

  /// What a manifest means where it leaves a key out.
  fileprivate static let unsaid: [String: ManifestValue] = ["nullable": .flag(true), "descending": .flag(false)]

  /// What is compared of an object: which columns lineage names undefined follows from the lineage.
  private static func counted(_ object: RegistryObject) -> ManifestValue {
    guard case .map(let fields) = object.manifest else { return object.manifest }
    return .map(fields.filter { $0.key != "undefined_columns" && $0.key != "manifest" })
  }

  private static func compare(_ old: ManifestValue?, _ new: ManifestValue?, _ path: String, _ found: inout [FieldDifference]) {
    guard old != new else { return }
    switch (old, new) {
    case (.map(let mine)?, .map(let theirs)?):
      var after: [ExactText: ManifestValue] = [:]
      for field in theirs { after[ExactText(field.key)] = field.value }
      for field in mine { compare(field.value, after.removeValue(forKey: ExactText(field.key)), join(path, field.key), &found) }
      for field in theirs where after[ExactText(field.key)] != nil { compare(nil, field.value, join(path, field.key), &found) }
    case (.list(let mine)?, .list(let theirs)?):
      guard let before = named(mine), let after = named(theirs) else { fallthrough }
      let (old, new) = (Dictionary(uniqueKeysWithValues: before), Dictionary(uniqueKeysWithValues: after))
      for (name, value) in before { compare(value, new[name], join(path, name.text), &found) }
      for (name, value) in after where old[name] == nil { compare(nil, value, join(path, name.text), &found) }
      let order = (before.map(\.0).filter { new[$0] != nil }, after.map(\.0).filter { old[$0] != nil })
      if order.0 != order.1 {
        func texts(_ names: [ExactText]) -> ManifestValue { .list(names.map { .text($0.text) }) }
        found.append(FieldDifference(path: path + " (order)", before: texts(order.0), after: texts(order.1)))
      }
    default:
      let unsaid = unsaid.first { path.hasSuffix("." + $0.key) }?.value
      found.append(FieldDifference(path: path, before: old ?? unsaid, after: new ?? unsaid))
    }
  }

  /// Keys from the outside in as one text.
  public static func path(_ keys: [String]) -> String { keys.reduce("") { join($0, $1) } }

  private static func join(_ path: String, _ key: String) -> String {
    let part = ObjectName.renderedPart(key)
    return path.isEmpty ? part : path + "." + part
  }

  /// The members of a list by name; `nil` where one has none or two have the same.
  private static func named(_ items: [ManifestValue]) -> [(ExactText, ManifestValue)]? {
    var seen: Set<ExactText> = []
    var result: [(ExactText, ManifestValue)] = []
    for item in items {
      guard let name = name(item), seen.insert(name).inserted else { return nil }
      result.append((name, item))
    }
    return result
  }

  fileprivate static func name(_ item: ManifestValue) -> ExactText? {
    if case .text(let name)? = item["name"] { return ExactText(name) }
    // an edge is told apart by its ends and what it does
    guard case .text(let from)? = item["from"], case .text(let subtype)? = item["subtype"] else { return nil }
    var text = from
    if case .text(let namespace)? = item["from_namespace"] { text = namespace + ":" + from }
    if case .text(let column)? = item["column"] { return ExactText("\(column) <- \(text) \(subtype)") }
    return ExactText("* <- \(text) \(subtype)")
  }
}

extension ManifestValue {
  /// What a manifest says at a path of keys, members of lists by their name (`columns`, `email`, `description`); `nil` where it says nothing.
  public func value(at path: [String]) -> ManifestValue? {
    guard let key = path.first else { return self }
    var next: ManifestValue?
    switch self {
    case .map(let fields): next = fields.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    case .list(let items):
      next = items.first { FieldDifference.name($0) == ExactText(key) } ?? items.first { FieldDifference.name($0)?.text.lowercased() == key.lowercased() }
      // a table's one primary key, and words
      next = next ?? items.first { $0["kind"] == .text(key) || $0 == .text(key) }
    case .text, .flag, .number: return nil
    }
    let rest = path.dropFirst()
    return next?.value(at: Array(rest)) ?? (next != nil && rest.count == 1 ? rest.first.flatMap { FieldDifference.unsaid[$0] } : nil)
  }

  /// In one line, for people: texts in quotes, at most `limit` characters of them.
  public func summary(limit: Int = 60) -> String {
    switch self {
    case .text(let text):
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let first = lines.first.map(String.init) ?? ""
      let cut = first.count > limit ? String(first.prefix(limit)) + "..." : first
      return "\"" + cut + "\"" + (lines.count > 1 ? " (\(lines.count) lines)" : "")
    case .flag(let flag): return flag ? "true" : "false"
    case .number(let number): return "\(number)"
    case .list(let items):
      let shown = items.prefix(6).map { $0.summary(limit: 30) }.joined(separator: ", ")
      return "[" + shown + (items.count > 6 ? ", ... \(items.count) in all" : "") + "]"
    case .map(let fields):
      let shown = fields.prefix(6).map { $0.key + ": " + $0.value.summary(limit: 30) }.joined(separator: ", ")
      return "{" + shown + (fields.count > 6 ? ", ..." : "") + "}"
    }
  }
}
