internal import CadastreCatalog
internal import CadastreDiagnostics
internal import CadastreModel
internal import CadastreSQL

/// What a comment says of a statement that cannot be read: `-- cadastre: reads a.b; writes c.d; maps c.d.x <- a.b.y`.
///
/// It stands for the statement it is in, else for the one that ends on its line, else for the next one. `none`: the statement moves nothing.
struct Annotation: Sendable {
  struct Mapping: Sendable {
    var target: [String]
    var sources: [[String]]
  }

  var reads: [[String]] = []
  var writes: [[String]] = []
  var mappings: [Mapping] = []
  /// Clauses that are none of these.
  var unknown: [String] = []

  /// - Parameter text: a comment with its marks; `nil` when it is none of ours.
  init?(_ text: String) {
    guard let range = text.firstRange(of: "cadastre:") else { return nil }
    let marks: Set<Character> = ["-", "/", "*", "#", " ", "\t"]
    guard text[..<range.lowerBound].allSatisfy({ marks.contains($0) }) else { return nil }
    var body = text[range.upperBound...]
    if let end = body.firstRange(of: "*/") { body = body[..<end.lowerBound] }
    for clause in body.split(separator: ";") {
      let words = clause.split(maxSplits: 1, whereSeparator: { $0.isWhitespace })
      guard let verb = words.first else { continue }
      let rest = words.count > 1 ? words[1] : ""
      switch verb.lowercased() {
      case "reads": reads += Annotation.names(rest)
      case "writes": writes += Annotation.names(rest)
      case "maps":
        let sides = rest.split(separator: "<-", maxSplits: 1)
        guard sides.count == 2, let target = Annotation.names(sides[0]).first else {
          unknown.append(String(clause))
          continue
        }
        mappings.append(Mapping(target: target, sources: Annotation.names(sides[1])))
      case "none": continue
      default: unknown.append(String(clause))
      }
    }
  }

  /// Dotted names, parts in double quotes or brackets as they are.
  private static func names(_ text: Substring) -> [[String]] {
    var result: [[String]] = []
    var parts: [String] = []
    var part = ""
    var quote: Character?
    func endName() {
      if !part.isEmpty { parts.append(part) }
      if !parts.isEmpty { result.append(parts) }
      (part, parts) = ("", [])
    }
    for letter in text {
      if let open = quote {
        if letter == open { quote = nil } else { part.append(letter) }
        continue
      }
      switch letter {
      case "\"": quote = "\""
      case "[": quote = "]"
      case ".":
        parts.append(part)
        part = ""
      case ",": endName()
      default: if !letter.isWhitespace { part.append(letter) }
      }
    }
    endName()
    return result
  }

  /// The annotations of a script by the statement they stand for.
  static func all(in tree: SyntaxTree) -> [NodeID: [Annotation]] {
    var result: [NodeID: [Annotation]] = [:]
    for comment in tree.comments {
      guard let annotation = Annotation(tree.source.text(comment)), let statement = statement(of: comment, tree) else { continue }
      result[statement, default: []].append(annotation)
    }
    return result
  }

  private static func statement(of comment: SourceRange, _ tree: SyntaxTree) -> NodeID? {
    let line = tree.source.position(of: comment.lower).line
    var around: NodeID?
    var before: NodeID?
    var behind: NodeID?
    for node in tree.nodes.indices where tree.kind(node).isStatement && !tree.kind(node).holdsOthers {
      let range = tree.range(node)
      if range.lower < comment.lower, range.upper > comment.upper {
        around = around ?? node
      } else if range.upper <= comment.lower, tree.source.position(of: max(range.upper, 1) - 1).line == line {
        before = node
      } else if range.lower >= comment.upper, behind.map({ tree.range($0).lower > range.lower }) ?? true {
        behind = node
      }
    }
    return around ?? before ?? behind
  }
}

extension NodeKind {
  /// Statements made of other statements.
  var holdsOthers: Bool {
    switch self {
    case .createRoutine, .createTrigger, .block, .ifStatement, .caseStatement, .loop, .whileLoop, .forRange, .forEach, .forQuery, .tryCatch,
      .anonymousBlock, .createSchema:
      true
    default: false
    }
  }
}

extension Interpreter {
  /// Runs a step that a comment explains: what is not known of it is what the comment says.
  mutating func run(_ step: Step, explainedBy annotations: [Annotation]) {
    let outer = unit.isExplained
    unit.isExplained = true
    run(step)
    unit.isExplained = outer
    for annotation in annotations { apply(annotation, step.node) }
  }

  private mutating func apply(_ annotation: Annotation, _ node: NodeID) {
    noteMoving()
    let reads = annotation.reads.map { declared($0) }
    let writes = annotation.writes.map { declared($0) }
    facts.reads.formUnion(reads)
    facts.writes.formUnion(writes)
    for mapping in annotation.mappings {
      guard let target = declaredColumn(mapping.target) else { continue }
      facts.writes.insert(target.asset)
      for parts in mapping.sources {
        guard let source = declaredColumn(parts) else { continue }
        facts.reads.insert(source.asset)
        declare(source, target, .transformation, node)
      }
    }
    // tables without columns said: the whole of one comes of the whole of the other
    var mapped: Set<ObjectName> = []
    for mapping in annotation.mappings { if let target = declaredColumn(mapping.target) { mapped.insert(target.asset) } }
    for target in writes where !mapped.contains(target) {
      for source in reads { declare(ColumnReference(asset: source, column: nil), ColumnReference(asset: target, column: nil), .transformation, node) }
    }
  }

  private mutating func declare(_ source: ColumnReference, _ target: ColumnReference, _ subtype: EdgeSubtype, _ node: NodeID) {
    sink.declare(columns.id(source), columns.id(target), subtype, at: place(of: node))
  }

  /// A name of an annotation as the catalogue spells it.
  private mutating func declared(_ parts: [String]) -> ObjectName {
    let name = ObjectName(parts)
    return asset(named: name)?.name ?? name
  }

  private mutating func declaredColumn(_ parts: [String]) -> ColumnReference? {
    guard parts.count > 1, let column = parts.last else { return nil }
    let name = ObjectName(Array(parts.dropLast()))
    guard let known = asset(named: name) else { return ColumnReference(asset: name, column: column) }
    return ColumnReference(asset: known.name, column: known.columns.first { same($0.name, column) }?.name ?? column)
  }
}
