public import CadastreModel
public import CadastreStore

/// What `search` prints.
public struct SearchReport: Sendable, Codable {
  public var query: String
  public var words: [String]
  public var filters: [String: [String]]
  public var results: [SearchHit]
  /// Whether there are more than `--limit`.
  public var more: Bool
  /// Without results: why.
  public var reason: String?
  public var suggestions: [String]

  /// Looks through the registry as it is now.
  public static func run(_ text: String, limit: Int, in registry: Registry) throws(StoreError) -> SearchReport {
    let query = SearchQuery(text)
    let answer = try registry.search(query, limit: limit)
    return SearchReport(
      query: text, words: query.words, filters: Dictionary(uniqueKeysWithValues: query.filters.map { ($0.key.rawValue, $0.value) }), results: answer.hits,
      more: answer.more, reason: answer.reason, suggestions: answer.suggestions)
  }

  /// Why there is nothing, and what is close.
  public var absence: String {
    (reason ?? "nothing found") + (suggestions.isEmpty ? "" : "; did you mean: \(suggestions.joined(separator: ", "))?")
  }

  public var table: TextTable {
    TextTable(
      ["kind", "name", "matched", "fragment", "namespace", "layer", "owner", "class", "description"],
      results.map {
        [
          $0.kind, $0.name, $0.matched.rawValue, $0.fragment, $0.namespace, $0.layer ?? "", $0.owner ?? "", $0.classification ?? "", $0.description ?? "",
        ]
      })
  }

  /// For people: a line a result, with why it matched.
  public var text: String {
    let rows = results.map { hit in
      let place = hit.line.map { "line \($0): " } ?? ""
      let why = hit.matched == .exact || hit.matched == .filter ? hit.matched.rawValue : "\(hit.matched.rawValue): \(place)\(hit.fragment.prefix(70))"
      let shown = hit.known ? hit.name : hit.name + " (only seen in code)"
      return [shown, hit.kind, hit.layer ?? "", why, hit.matched == .description ? "" : String((hit.description ?? "").prefix(80))]
    }
    var lines = TextTable(["name", "kind", "layer", "matched", "description"], rows).aligned
    if more { lines += "there is more: a larger --limit, or a filter such as kind:table owner:NAME, shows it\n" }
    return lines
  }
}
