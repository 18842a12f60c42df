/// What a manifest holds, as lists and maps in a fixed order: written as YAML, and compared field by field.
public indirect enum ManifestValue: Sendable {
  case text(String)
  case flag(Bool)
  case number(Int64)
  case list([ManifestValue])
  case map([Field])

  public struct Field: Sendable, Equatable {
    public var key: String
    public var value: ManifestValue

    public init(_ key: String, _ value: ManifestValue) {
      self.key = key
      self.value = value
    }

    public static func == (left: Field, right: Field) -> Bool { left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value }
  }

  subscript(_ key: String) -> ManifestValue? {
    guard case .map(let fields) = self else { return nil }
    return fields.first { $0.key == key }?.value
  }
}

/// Texts are the same when their bytes are: what only looks the same is a difference.
extension ManifestValue: Equatable {
  public static func == (left: ManifestValue, right: ManifestValue) -> Bool {
    switch (left, right) {
    case (.text(let mine), .text(let theirs)): mine.utf8.elementsEqual(theirs.utf8)
    case (.flag(let mine), .flag(let theirs)): mine == theirs
    case (.number(let mine), .number(let theirs)): mine == theirs
    case (.list(let mine), .list(let theirs)): mine == theirs
    case (.map(let mine), .map(let theirs)): mine == theirs
    default: false
    }
  }
}

extension ManifestValue: Encodable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .text(let text):
      var container = encoder.singleValueContainer()
      try container.encode(text)
    case .flag(let flag):
      var container = encoder.singleValueContainer()
      try container.encode(flag)
    case .number(let number):
      var container = encoder.singleValueContainer()
      try container.encode(number)
    case .list(let items):
      var container = encoder.unkeyedContainer()
      for item in items { try container.encode(item) }
    case .map(let fields):
      var container = encoder.container(keyedBy: Key.self)
      for field in fields { try container.encode(field.value, forKey: Key(field.key)) }
    }
  }
}

/// Builds a map: what is not there is left out.
struct ManifestMap {
  private(set) var fields: [ManifestValue.Field] = []

  var value: ManifestValue { .map(fields) }

  mutating func put(_ key: String, _ value: ManifestValue?) {
    if let value { fields.append(ManifestValue.Field(key, value)) }
  }

  mutating func put(_ key: String, _ text: String?) { put(key, text.map { ManifestValue.text($0) }) }

  mutating func put(_ key: String, flag: Bool?) { put(key, flag.map { ManifestValue.flag($0) }) }

  mutating func put(_ key: String, list: [ManifestValue]) {
    if !list.isEmpty { put(key, ManifestValue.list(list)) }
  }

  mutating func put(_ key: String, texts: [String]) { put(key, list: texts.map { .text($0) }) }

  mutating func put(_ key: String, texts: [String: String]) {
    guard !texts.isEmpty else { return }
    let sorted = texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    put(key, ManifestValue.map(sorted.map { ManifestValue.Field($0.key, .text($0.value)) }))
  }
}
