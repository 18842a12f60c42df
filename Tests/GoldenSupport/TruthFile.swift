/// Hand-written edges of one routine, in the notation of `fixtures/demo/truth`.
///
/// `let a = s.t` names a table; `> s.t(c, d)` begins the columns one statement writes; `c, d := a` same-named DIRECT, `c = a.x, b.{y,z}` DIRECT,
/// `let g = a.{x,y}, b.z` names columns; `> s.t(*)` stands for all columns of the table; `c ~ a.x` INDIRECT on one column, `* ~ a.x` INDIRECT on all; `=?` and `~?` are neither demanded nor punished.
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

  /// - Parameter tables: the columns of tables, by name, for `*`.
  public init(_ text: String, tables: [String: [String]] = [:]) {
    var aliases: [String: String] = [:]
    var groups: [String: [String]] = [:]
    var table = ""
    var columns: [String] = []
    for (number, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = String(raw).trimmed
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("let "), let equals = line.firstIndex(of: "=") {
        let name = String(line.dropFirst(4).prefix(upTo: equals)).trimmed
        let meaning = String(line[line.index(after: equals)...]).trimmed
        if meaning.contains("{") || meaning.contains(",") {
          groups[name] = TruthFile.sources(meaning, aliases, groups, tables)
        } else {
          aliases[name] = meaning
        }
        continue
      }
      if line.hasPrefix(">"), let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")") {
        table = String(line[line.index(after: line.startIndex)..<open]).trimmed
        columns = line[line.index(after: open)..<close].split(separator: ",").map { String($0).trimmed }
        if columns == ["*"] { columns = tables[table] ?? tables[table.filter { $0 != "\"" }] ?? [] }
        continue
      }
      guard let operation = [" := ", " =? ", " ~? ", " = ", " ~ "].first(where: { line.contains($0) }), let range = line.firstRange(of: operation) else {
        problems.append("line \(number + 1): \(line)")
        continue
      }
      let left = line[..<range.lowerBound].split(separator: ",").map { String($0).trimmed }
      let targets = left == ["*"] ? columns : left
      let right = TruthFile.sources(String(line[range.upperBound...].prefix { $0 != "#" }), aliases, groups, tables)
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

  private static func sources(
    _ text: String, _ aliases: [String: String], _ groups: [String: [String]], _ tables: [String: [String]]
  ) -> [String] {
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
      if let group = groups[item] { return group }
      if let open = item.firstIndex(of: "{"), item.hasSuffix("}") {
        let table = String(item[..<item.index(before: open)])
        let names = item[item.index(after: open)...].dropLast().split(separator: ",").map { String($0).trimmed }
        return names.map { (aliases[table] ?? table) + "." + $0 }
      }
      guard let dot = item.firstIndex(of: "."), let table = aliases[String(item[..<dot])] else { return [item] }
      let rest = item[item.index(after: dot)...]
      if rest.hasPrefix("{") { return rest.dropFirst().dropLast().split(separator: ",").map { table + "." + String($0).trimmed } }
      if rest == "*" { return (tables[table] ?? []).map { table + "." + $0 } }
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
