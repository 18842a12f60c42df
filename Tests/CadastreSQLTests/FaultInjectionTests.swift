import CadastreDiagnostics
import CadastreDialects
import CadastreModel
@testable import CadastreSQL
import Foundation
import GoldenSupport
import Testing

/// One token of a fixture is deleted or replaced: the statement that it hits and its neighbours may change, no other.
@Suite struct FaultInjectionTests {
  private struct Tally {
    var mutations = 0
    var local = 0
    var worst: [String] = []

    mutating func add(_ isLocal: Bool, _ what: @autoclosure () -> String) {
      mutations += 1
      if isLocal { local += 1 } else if worst.count < 60 { worst.append(what()) }
    }

    var share: Double { mutations == 0 ? 1 : Double(local) / Double(mutations) }
  }

  @Test func staysLocal() throws {
    var plain = Tally()
    var delimiters = Tally()
    // the test runner takes a backtrace at every throw, so the full length is a tenth of all mutations here
    let stride = TestLength.isFull ? 11 : 199
    var turn = 0
    for file in SQLFixtures.files {
      let source = try file.source()
      let dialect = Dialect.named(file.dialect)
      let tree = SyntaxTree.parse(source, dialect: dialect)
      let before = Self.statements(tree)
      for (index, token) in tree.tokens.enumerated() where token.kind != .endOfFile {
        for replacement in ["", ")", ",", "SELECT", "'x'"] {
          turn += 1
          guard turn % stride == 0 else { continue }
          let bytes = Array(source.bytes[..<Int(token.start)]) + Array(" \(replacement) ".utf8) + Array(source.bytes[Int(token.end)...])
          let after = Self.statements(SyntaxTree.parse(SourceText(name: file.path, bytes: bytes), dialect: dialect))
          let isLocal = Self.changed(before, after) <= 3
          let what = "\(file.testDescription) \(source.position(of: token.start)): '\(source.text(SourceRange(token.start, token.end)).prefix(30))' -> '\(replacement)' changes \(Self.changed(before, after))"
          if Self.delimits(token, index, tree) { delimiters.add(isLocal, what) } else { plain.add(isLocal, what) }
        }
      }
    }
    let figures = String(
      format: "%d mutations, %.2f %% stay local; of quotes, marks and block delimiters %d, %.2f %%", plain.mutations, plain.share * 100,
      delimiters.mutations, delimiters.share * 100)
    print("fault injection: " + figures)
    if let path = ProcessInfo.processInfo.environment["CADASTRE_FAULTS"] {
      try (plain.worst + ["delimiters:"] + delimiters.worst).joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(plain.share >= 0.99, "\(plain.worst.prefix(10).joined(separator: "\n"))")
  }

  /// Quotes, marks of batches and words that open, part or close blocks.
  private static func delimits(_ token: Token, _ index: Int, _ tree: SyntaxTree) -> Bool {
    switch token.kind {
    case .dollarString, .batchSeparator, .directive, .placeholder: return true
    case .string: return index + 1 < tree.tokens.count && token.end - token.start > 2 && tree.tokens[tree.scriptTokens...].contains { $0.start > token.start && $0.end < token.end }
    case .word: break
    default: return false
    }
    switch token.keyword {
    case .tran, .transaction: return index > 0 && tree.tokens[index - 1].keyword == .begin
    case .begin, .end, .if, .then, .else, .elsif, .elseif, .loop, .case, .when, .while, .for, .foreach, .try, .catch, .declare, .exception:
      return true
    default: return false
    }
  }

  /// How many statements of the first list the second one does not have at the same end.
  private static func changed(_ before: [Int], _ after: [Int]) -> Int {
    var head = 0
    while head < before.count, head < after.count, before[head] == after[head] { head += 1 }
    var tail = 0
    while tail < before.count - head, tail < after.count - head, before[before.count - 1 - tail] == after[after.count - 1 - tail] { tail += 1 }
    return before.count - head - tail
  }

  /// The innermost statements: kind, depth and tokens of each, as a hash.
  private static func statements(_ tree: SyntaxTree) -> [Int] {
    var depth = [Int](repeating: 0, count: tree.nodes.count)
    var isStatement = [Bool](repeating: false, count: tree.nodes.count)
    for node in tree.nodes.indices.reversed() {
      let holds = SyntaxTree.holdsStatements(tree.kind(node))
      for child in tree.children(node) {
        depth[child] = depth[node] + (holds ? 1 : 0)
        if holds, tree.kind(child).isStatement { isStatement[child] = true }
      }
    }
    var result: [Int] = []
    var last = -1
    for node in tree.nodes.indices where isStatement[node] {
      let holdsOthers = last >= Int(tree.nodes[node].firstDescendant)
      last = node
      guard !holdsOthers else { continue }
      var hasher = Hasher()
      hasher.combine(tree.kind(node))
      hasher.combine(depth[node])
      for token in Int(tree.nodes[node].firstToken)..<Int(tree.nodes[node].endToken) {
        let value = tree.tokens[token]
        for byte in tree.source.bytes[Int(value.start)..<Int(value.end)] { hasher.combine(byte) }
        hasher.combine(0)
      }
      result.append(hasher.finalize())
    }
    return result
  }
}
