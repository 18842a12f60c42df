internal import Foundation

/// Names and texts as words: how `search` sees them.
public enum NameWords {
  /// Longest tail that is kept, in characters; what is searched for is cut alike.
  public static let longestTail = 100
  /// Words of a name, counted from its front, that begin a tail.
  static let mostWords = 16

  /// Where in a name a tail begins: the `place` of the index.
  public enum Place: Int, Sendable, CaseIterable {
    /// Of a thing: its own name, from a later word on, its schema or database.
    case thing = 0, thingWord, container
    /// Of a column: its name, from a later word on.
    case column, columnWord
  }

  /// In lower case and without accents.
  public static func folded(_ text: String) -> String {
    text.utf8.allSatisfy { $0 < 0x80 } ? text.lowercased() : text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil).lowercased()
  }

  /// The words of a name or text, folded: runs of letters and of digits, split where lower case turns upper and before the last capital of
  /// several. `sales_OrderLine2` is sales, order, line, 2; `HTTPServer` is http, server.
  public static func words(_ text: String) -> [String] {
    let outline = outline(text)
    return outline.starts.indices.map { index in
      let end = index + 1 < outline.starts.count ? outline.starts[index + 1] : outline.bytes.count
      return String(decoding: outline.bytes[outline.starts[index]..<end], as: UTF8.self)
    }
  }

  /// The words of a name, folded, one behind the other, and where each begins.
  public struct Outline: Sendable {
    public var bytes: [UInt8] = []
    public var starts: [Int] = []

    /// Whether a word begins here that, with those behind it, begins with a text.
    public func hasWord(beginning text: [UInt8]) -> Bool {
      starts.contains { start in
        guard bytes.count - start >= text.count else { return false }
        for index in text.indices where bytes[start + index] != text[index] { return false }
        return true
      }
    }
  }

  /// The outline of a name or text.
  public static func outline(_ text: String) -> Outline {
    var text = text
    let fast: Outline? = text.withUTF8 { bytes in
      var result = Outline()
      result.bytes.reserveCapacity(bytes.count)
      var last = Shape.other
      for (index, byte) in bytes.enumerated() {
        if byte >= 0x80 { return nil }
        let shape = Shape(ascii: byte)
        if shape != .other {
          let isTurn = last != shape && !(last == .upper && shape == .lower)
          if isTurn || (last == .upper && shape == .upper && index + 1 < bytes.count && Shape(ascii: bytes[index + 1]) == .lower) {
            result.starts.append(result.bytes.count)
          }
          result.bytes.append(shape == .upper ? byte | 0x20 : byte)
        }
        last = shape
      }
      return result
    }
    if let fast { return fast }
    var result = Outline()
    for word in wideWords(text) {
      result.starts.append(result.bytes.count)
      result.bytes += Array(word.utf8)
    }
    return result
  }

  /// `words` of a text with letters beyond ASCII.
  private static func wideWords(_ text: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    var last = Shape.other
    func close() {
      if !word.isEmpty { words.append(contentsOf: runs(folded(String(word)))) }
      word = String.UnicodeScalarView()
    }
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let shape = Shape(scalar)
      switch (last, shape) {
      case (_, .other): close()
      case (.other, _), (.mark, _), (_, .mark): break
      case (.upper, .upper): if index + 1 < scalars.count, Shape(scalars[index + 1]) == .lower { close() }
      case (.upper, .lower): break
      case let (before, now) where before != now: close()
      default: break
      }
      if shape != .other { word.append(scalar) }
      if shape != .mark { last = shape }
    }
    close()
    return words
  }

  /// Folding may leave or make what is neither letter nor digit.
  private static func runs(_ text: String) -> [String] {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return [text] }
    return text.unicodeScalars.split { Shape($0) == .other || Shape($0) == .mark }.map { String(String.UnicodeScalarView($0)) }
  }

  /// A name without what separates its words: what two spellings of it have in common.
  public static func squashed(_ text: String) -> String { words(text).joined() }

  /// The words of a part of a name, as they are spelled, from the first at which a folded text begins to the last that it reaches into.
  public static func piece(of part: String, beginning text: String) -> String? {
    guard !text.isEmpty else { return nil }
    let words = words(part)
    for start in words.indices where words[start...].joined().hasPrefix(text) {
      var end = start
      var length = words[start].count
      while length < text.count, end + 1 < words.count {
        end += 1
        length += words[end].count
      }
      if start == 0, end == words.count - 1 { return part }
      // back to the spelling: count letters and digits
      let before = words[..<start].joined().count
      let upTo = words[...end].joined().count
      var piece = ""
      var count = 0
      for character in part {
        let isPart = !squashed(String(character)).isEmpty
        if isPart { count += 1 }
        if count > upTo { break }
        if count > before, isPart || !piece.isEmpty { piece.append(character) }
      }
      while let last = piece.last, squashed(String(last)).isEmpty { piece.removeLast() }
      return piece
    }
    return nil
  }

  /// The tails by which a name is found.
  ///
  /// - Parameter isColumn: whether `name` is a column's; else it is the full name of a thing, as printed.
  public static func tails(of name: String, isColumn: Bool) -> [(place: Place, tail: String)] {
    var result: [(place: Place, tail: String)] = []
    func add(_ part: String, _ first: Place, _ later: Place) {
      let outline = outline(part)
      for (index, start) in outline.starts.prefix(mostWords).enumerated() {
        result.append((index == 0 ? first : later, String(String(decoding: outline.bytes[start...], as: UTF8.self).prefix(longestTail))))
      }
    }
    if isColumn {
      add(name, .column, .columnWord)
    } else {
      let parts = parts(name)
      add(parts.last ?? "", .thing, .thingWord)
      for part in parts.dropLast() { add(part, .container, .container) }
    }
    return result
  }

  /// Which of some words begin a word of a name: a bit for each.
  public static func mask(of name: String, isColumn: Bool, _ words: [[UInt8]]) -> Int {
    var mask = 0
    for part in isColumn ? [name] : parts(name) {
      let outline = outline(part)
      for (index, word) in words.enumerated() where mask & 1 << index == 0 && outline.hasWord(beginning: word) { mask |= 1 << index }
    }
    return mask
  }

  private static func parts(_ name: String) -> [String] {
    name.utf8.contains(0x22) ? ObjectName.parts(reading: name) : name.utf8.split(separator: 0x2E).map { String($0) ?? "" }
  }

  /// Whether misspellings of a word are looked for: three to forty letters.
  public static func isVocabulary(_ word: String) -> Bool {
    let bytes = word.utf8
    return bytes.count >= 3 && bytes.count <= 40 && bytes.allSatisfy { $0 >= 0x61 || $0 >= 0x80 }
  }

  private enum Shape: Equatable {
    case lower, upper, digit, mark, other

    init(ascii byte: UInt8) {
      switch byte {
      case 0x61...0x7A: self = .lower
      case 0x41...0x5A: self = .upper
      case 0x30...0x39: self = .digit
      default: self = .other
      }
    }

    init(_ scalar: Unicode.Scalar) {
      if scalar.value < 0x80 {
        switch scalar {
        case "a"..."z": self = .lower
        case "A"..."Z": self = .upper
        case "0"..."9": self = .digit
        default: self = .other
        }
        return
      }
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .titlecaseLetter: self = .upper
      case .lowercaseLetter, .otherLetter, .modifierLetter: self = .lower
      case .decimalNumber, .letterNumber, .otherNumber: self = .digit
      case .nonspacingMark where (0x300...0x331).contains(scalar.value): self = .mark
      default: self = .other
      }
    }
  }
}

/// How far two words lie apart.
public enum EditDistance {
  /// Letters to insert, delete, replace or exchange with their neighbour (optimal string alignment), in bytes; `nil` beyond `most`.
  public static func between(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>, atMost most: Int) -> Int? {
    let (left, right) = (Array(left), Array(right))
    guard abs(left.count - right.count) <= most else { return nil }
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var before: [Int] = []
    var last = Array(0...right.count)
    var row = last
    for i in 1...left.count {
      row[0] = i
      var least = i
      for j in 1...right.count {
        var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1))
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] { cost = min(cost, before[j - 2] + 1) }
        row[j] = cost
        least = min(least, cost)
      }
      if least > most { return nil }
      before = last
      swap(&last, &row)
    }
    return last[right.count] <= most ? last[right.count] : nil
  }
}
