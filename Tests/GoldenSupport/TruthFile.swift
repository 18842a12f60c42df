/// Hand-written edges of one routine, in the notation of `fixtures/demo/truth`.
///
/// `let a = s.t` names a table; `> s.t(c, d)` begins the columns one statement writes; `c, d := a` same-named DIRECT, `c = a.x, b.{y,z}` DIRECT,
/// `c ~ a.x` INDIRECT on one column, `* ~ a.x` INDIRECT on all; `=?` and `~?` are neither demanded nor punished.
public struct TruthFile: Sendable {
  public struct Pair: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var source: String
    public var target: String

    public init(_ source: String, _ target: String) {
      self.source = source
      self.target = target
    }

    public var description: String { "\(target) <- \(source)" }
    public static func < (left: Pair, right: Pair) -> Bool { (left.target, left.source) < (right.target, right.source) }
  }

  public private(set) var direct: Set<Pair> = []
  public private(set) var indirect: Set<Pair> = []
  public private(set) var optional: Set<Pair> = []
  public private(set) var problems: [String] = []

  public init(_ text: String) {
    var aliases: [String: String] = [:]
    var table = ""
    var columns: [String] = []
    for (number, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = String(raw).trimmed
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("let "), let equals = line.firstIndex(of: "=") {
        aliases[String(line.dropFirst(4).prefix(upTo: equals)).trimmed] = String(line[line.index(after: equals)...]).trimmed
        continue
      }
      if line.hasPrefix(">"), let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")") {
        table = String(line[line.index(after: line.startIndex)..<open]).trimmed
        columns = line[line.index(after: open)..<close].split(separator: ",").map { String($0).trimmed }
        continue
      }
      guard let operation = [" := ", " =? ", " ~? ", " = ", " ~ "].first(where: { line.contains($0) }), let range = line.firstRange(of: operation) else {
        problems.append("line \(number + 1): \(line)")
        continue
      }
      let left = line[..<range.lowerBound].split(separator: ",").map { String($0).trimmed }
      let targets = left == ["*"] ? columns : left
      let right = TruthFile.sources(String(line[range.upperBound...]), aliases)
      for target in targets {
        if !columns.contains(target) { problems.append("line \(number + 1): \(target) is not among the block's columns") }
        let sources = operation == " := " ? right.map { $0 + "." + target } : right
        for source in sources {
          let pair = Pair(source, table + "." + target)
          switch operation {
          case " := ", " = ": direct.insert(pair)
          case " ~ ": indirect.insert(pair)
          default: optional.insert(pair)
          }
        }
      }
    }
  }

  private static func sources(_ text: String, _ aliases: [String: String]) -> [String] {
    var items: [String] = []
    var current = ""
    var depth = 0
    for character in text {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if character == ",", depth == 0 {
        items.append(current.trimmed)
        current = ""
      } else {
        current.append(character)
      }
    }
    items.append(current.trimmed)
    return items.flatMap { item -> [String] in
      if let alias = aliases[item] { return [alias] }
      guard let dot = item.firstIndex(of: "."), let table = aliases[String(item[..<dot])] else { return [item] }
      let rest = item[item.index(after: dot)...]
      if rest.hasPrefix("{") { return rest.dropFirst().dropLast().split(separator: ",").map { table + "." + String($0).trimmed } }
      return [table + "." + rest]
    }
  }
}

extension String {
  var trimmed: String {
    var slice = Substring(self)
    while let first = slice.first, first.isWhitespace { slice.removeFirst() }
    while let last = slice.last, last.isWhitespace { slice.removeLast() }
    return String(slice)
  }
}
