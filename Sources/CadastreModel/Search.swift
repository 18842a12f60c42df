/// Why something was found, best first.
public enum SearchMatch: String, Sendable, Hashable, Codable, CaseIterable {
  /// The whole name, apart from case and what separates its words.
  case exact
  /// The beginning of the name.
  case prefix
  /// Words within the name, or within the names of what it is in.
  case word
  case description, code
  /// A word of the name one or two letters away.
  case typo
  /// No words were asked for: the filters alone.
  case filter
}

/// What the results of a search are narrowed by: `kind:table owner:ann`.
public enum SearchField: String, Sendable, Hashable, Codable, CaseIterable {
  case kind, owner, steward, domain, tag, layer, client, status
  /// The classification of a column.
  case classification = "class"
  case namespace
}

/// A search as a person types it, taken apart.
public struct SearchQuery: Sendable, Hashable {
  public var text: String
  /// Folded words, without filters.
  public var words: [String]
  /// What stands between blanks and dots, each without what separates its words: OrderLine is one term of two words.
  public var terms: [String]
  /// Values asked for by field; several of one field mean any of them.
  public var filters: [SearchField: [String]]
  /// Parts of a dotted name before its last, folded; empty when there is no dot.
  public var qualifiers: [String] = []
  /// The words of the last part of a dotted name, joined; of all words otherwise.
  public var name: String

  /// `field:value` and `field:"value with blanks"` are filters where the field is one of `SearchField`; all else is words.
  public init(_ text: String) {
    self.text = text
    filters = [:]
    var terms: [String] = []
    for token in SearchQuery.tokens(text) {
      if let colon = token.firstIndex(of: ":"), let field = SearchField(rawValue: token[..<colon].lowercased()), token.index(after: colon) < token.endIndex {
        filters[field, default: []].append(String(token[token.index(after: colon)...]))
      } else {
        terms.append(token)
      }
    }
    words = terms.flatMap { NameWords.words($0) }
    self.terms = terms.flatMap { ObjectName.parts(reading: $0) }.map(NameWords.squashed).filter { !$0.isEmpty }
    name = String(words.joined().prefix(NameWords.longestTail))
    if terms.count == 1, case let parts = ObjectName.parts(reading: terms[0]), parts.count > 1 {
      qualifiers = parts.dropLast().map(NameWords.folded)
      name = String(NameWords.squashed(parts[parts.count - 1]).prefix(NameWords.longestTail))
      if name.isEmpty { qualifiers = [] }
    }
  }

  /// Split at blanks outside double quotes; the quotes of a phrase or value go, those within a dotted name stay.
  private static func tokens(_ text: String) -> [String] {
    var tokens: [String] = []
    var token = ""
    var quoted = false
    for character in text {
      if character == "\"" { quoted.toggle() }
      if character.isWhitespace, !quoted {
        if !token.isEmpty { tokens.append(token) }
        token = ""
      } else {
        token.append(character)
      }
    }
    if !token.isEmpty { tokens.append(token) }
    return tokens.map { token in
      guard token.contains("\""), !token.contains("\".") , !token.contains(".\"") else { return token }
      return token.filter { $0 != "\"" }
    }
  }
}

/// One thing that was found.
public struct SearchHit: Sendable, Hashable, Codable {
  /// asset, column, routine, feed, term or note.
  public var type: String
  /// table, view, column, procedure, feed ...
  public var kind: String
  public var namespace: String
  /// As printed; of a column with its asset.
  public var name: String
  public var matched: SearchMatch
  /// What matched: the part of the name, the piece of the description, the line of code.
  public var fragment: String
  /// Of a line of code, 1-based in its routine.
  public var line: Int?
  /// Of a column, the asset it is in.
  public var asset: String?
  /// Of a column, as its dialect spells the type.
  public var nativeType: String?
  public var classification: String?
  public var description: String?
  public var owner: String?
  public var layer: String?
  public var client: String?
  public var tags: [String]?
  /// Whether something defines it, rather than only naming it.
  public var known = true

  public init(type: String, kind: String, namespace: String, name: String, matched: SearchMatch, fragment: String) {
    self.type = type
    self.kind = kind
    self.namespace = namespace
    self.name = name
    self.matched = matched
    self.fragment = fragment
  }
}

/// What a search found, and where it found nothing, why.
public struct SearchAnswer: Sendable, Hashable {
  public var hits: [SearchHit] = []
  /// Whether there are more than the limit let through.
  public var more = false
  /// Without hits: the reason in words.
  public var reason: String?
  /// Without hits: words of names that are close to those asked for.
  public var suggestions: [String] = []

  public init() {}
}
