internal import CadastreDiagnostics

/// What is wrong with one file, as it is found. Every message says what was expected, what stands there and how to mend it.
struct Findings {
  let file: String
  private(set) var list: [Diagnostic] = []

  /// More findings than this say nothing new.
  private static let most = 100
  /// Looking for what was meant is worth it for the first ones.
  var isEarly: Bool { list.count < 20 }

  init(file: String) { self.file = file }

  /// X010 unknown key, X011 key twice, X012 wrong value, X013 missing key, X014 a thing twice.
  mutating func add(_ code: String, _ message: String, at position: SourcePosition) {
    guard list.count < Findings.most else { return }
    list.append(Diagnostic(code: code, severity: .error, message: message, file: file, position: position))
  }

  mutating func expected(_ what: String, _ node: YAMLNode, fix: String = "") {
    add("X012", "expected \(what), found \(node.described)" + fix, at: node.position)
  }
}

/// The fields of a map whose keys are known. Reading one that is not there, or `null`, answers `nil`.
struct ManifestFields {
  let position: SourcePosition
  private var values: [String: YAMLNode] = [:]

  /// `nil`, with a finding, for what is no map.
  init?(_ node: YAMLNode, _ what: String, keys: [String], _ findings: inout Findings) {
    position = node.position
    guard case .mapping(let pairs) = node.value else {
      findings.expected("\(what): a map of \(keys.prefix(3).joined(separator: ", ")) ...", node)
      return nil
    }
    for (key, value) in pairs {
      guard case .scalar(let name, _) = key.value else { continue }
      guard keys.contains(name) else {
        findings.add("X010", "expected a key of \(what), found '\(name)'" + (findings.isEarly ? Self.mend(name, keys) : ""), at: key.position)
        continue
      }
      if let first = values[name] {
        findings.add("X011", "expected '\(name)' once, found it again (first on line \(first.position.line)); leave one out", at: key.position)
        continue
      }
      values[name] = value
    }
  }

  private static func mend(_ name: String, _ keys: [String]) -> String {
    Spelling.nearest(name, among: keys).map { "; did you mean '\($0)'?" } ?? "; known are \(keys.joined(separator: ", "))"
  }

  func node(_ key: String) -> YAMLNode? {
    guard let node = values[key] else { return nil }
    if case .scalar(let text, isPlain: true) = node.value, text.isEmpty || text == "~" || text.lowercased() == "null" { return nil }
    return node
  }

  // MARK: values

  func text(_ key: String, _ findings: inout Findings) -> String? {
    guard let node = node(key) else { return nil }
    return Self.text(node, "a text for '\(key)'", &findings)
  }

  static func text(_ node: YAMLNode, _ what: String, _ findings: inout Findings) -> String? {
    guard case .scalar(let text, _) = node.value else {
      findings.expected(what, node)
      return nil
    }
    if text.utf8.contains(0) {
      findings.add("X012", "expected \(what), found one with a NUL character; leave it out", at: node.position)
      return nil
    }
    return text
  }

  /// A text that has to be there.
  func required(_ key: String, _ findings: inout Findings) -> String? {
    guard node(key) != nil else {
      findings.add("X013", "expected the key '\(key)', found none; add '\(key): ...'", at: position)
      return nil
    }
    return text(key, &findings)
  }

  func flag(_ key: String, _ findings: inout Findings) -> Bool? {
    guard let node = node(key) else { return nil }
    if case .scalar("true", isPlain: true) = node.value { return true }
    if case .scalar("false", isPlain: true) = node.value { return false }
    findings.expected("true or false for '\(key)'", node)
    return nil
  }

  func number(_ key: String, _ findings: inout Findings) -> Int64? {
    guard let node = node(key) else { return nil }
    if case .scalar(let text, isPlain: true) = node.value, let number = Int64(text) { return number }
    findings.expected("a whole number for '\(key)'", node)
    return nil
  }

  /// One of the values of an enumeration.
  func choice<Value: RawRepresentable>(_ key: String, among all: [Value], _ findings: inout Findings) -> Value? where Value.RawValue == String {
    guard let node = node(key), let text = text(key, &findings) else { return nil }
    if let value = Value(rawValue: text), all.contains(where: { $0.rawValue == text }) { return value }
    let known = all.map(\.rawValue)
    let mend = Spelling.nearest(text, among: known).map { "; did you mean '\($0)'?" } ?? "; write one of them"
    findings.expected("\(key) to be one of \(known.joined(separator: ", "))", node, fix: mend)
    return nil
  }

  func required<Value: RawRepresentable>(_ key: String, among all: [Value], _ findings: inout Findings) -> Value? where Value.RawValue == String {
    guard node(key) != nil else {
      let known = all.map(\.rawValue).joined(separator: ", ")
      findings.add("X013", "expected the key '\(key)', found none; add '\(key): ...', one of \(known)", at: position)
      return nil
    }
    return choice(key, among: all, &findings)
  }

  func list(_ key: String, _ findings: inout Findings) -> [YAMLNode] {
    guard let node = node(key) else { return [] }
    guard case .sequence(let items) = node.value else {
      findings.expected("a list for '\(key)'", node, fix: "; begin each item with '- '")
      return []
    }
    return items
  }

  func texts(_ key: String, _ findings: inout Findings) -> [String] {
    var result: [String] = []
    for item in list(key, &findings) { if let text = Self.text(item, "a text in '\(key)'", &findings) { result.append(text) } }
    return result
  }

  /// A map of texts with keys of the user's.
  func textMap(_ key: String, _ findings: inout Findings) -> [String: String] {
    guard let node = node(key) else { return [:] }
    guard case .mapping(let pairs) = node.value else {
      findings.expected("a map for '\(key)'", node)
      return [:]
    }
    var result: [String: String] = [:]
    for (name, value) in pairs {
      guard let name = Self.text(name, "a key in '\(key)'", &findings), let text = Self.text(value, "a text for '\(name)'", &findings) else { continue }
      if result.updateValue(text, forKey: name) != nil { findings.add("X011", "expected '\(name)' once, found it again; leave one out", at: value.position) }
    }
    return result
  }
}
