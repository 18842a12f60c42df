/// A string as far as it is known: pieces of text and holes where a value only known at run time stands.
///
/// A hole is written into the text as a word that begins with `Hole.prefix`, so that the SQL around it parses and the hole
/// can stand for a name, a part of a name or a value.
struct AbstractText: Sendable, Equatable {
  var text: String
  var holes: [Hole] = []
  /// The arms of branches it was built in, by branch: texts of different arms of one branch never meet.
  var choices: [Int: Int] = [:]

  static let none = AbstractText(text: "")

  /// Longest text that is followed; what grows beyond is no longer known.
  static let longest = 200_000
  /// Most alternatives that are kept where paths meet.
  static let mostAlternatives = 32

  /// The same text, its holes known to be of a kind.
  func with(_ kind: Hole.Kind) -> AbstractText {
    var copy = self
    for index in copy.holes.indices { copy.holes[index].kind = kind }
    return copy
  }

  func appending(_ other: AbstractText) -> AbstractText {
    AbstractText(
      text: text + other.text, holes: holes + other.holes.filter { !holes.contains($0) },
      choices: choices.merging(other.choices) { mine, _ in mine })
  }

  private func canMeet(_ other: AbstractText) -> Bool {
    choices.allSatisfy { branch, arm in other.choices[branch].map { $0 == arm } ?? true }
  }

  /// Every text of the one followed by every text of the other; `nil` when there are too many.
  static func product(_ left: [AbstractText], _ right: [AbstractText]) -> [AbstractText]? {
    var result: [AbstractText] = []
    for first in left {
      for second in right where first.canMeet(second) {
        let joined = first.appending(second)
        guard joined.text.utf8.count <= longest else { return nil }
        if !result.contains(joined) { result.append(joined) }
        guard result.count <= mostAlternatives else { return nil }
      }
    }
    return result
  }

  static func union(_ left: [AbstractText]?, _ right: [AbstractText]?) -> [AbstractText]? {
    guard let left, let right else { return nil }
    var result = left
    for text in right where !result.contains(text) { result.append(text) }
    return result.count <= mostAlternatives ? result : nil
  }
}

/// A value in a text that is only known at run time.
struct Hole: Sendable, Equatable {
  static let prefix = "cadastre_hole_"

  enum Kind: Sendable, Equatable {
    /// A literal: a number, or text in quotes.
    case value
    /// One name.
    case name
    /// Any text at all.
    case text
  }

  /// Unique in an analysis.
  var number: Int
  /// The parameter or variable it came from, without sigil, lower case.
  var name: String
  /// What flows into it.
  var flow: Flow
  var kind = Kind.value

  var word: String { Hole.prefix + String(number) + "_" }
}
