import Foundation
import GoldenSupport
import Testing

/// Routines written by chance: nothing that moves may be without an edge.
@Suite(.postgreSQL) struct GeneratedProcedureTests {
  /// `CADASTRE_SEEDS=20-40` asks for others.
  static let seeds: [UInt64] = {
    let asked = (ProcessInfo.processInfo.environment["CADASTRE_SEEDS"] ?? "").split(separator: "-").compactMap { UInt64($0) }
    if let first = asked.first, let last = asked.last, first <= last { return Array(first...last) }
    return Array(1...(Recall.full ? 200 : 12))
  }()

  static let limit = Recall.full ? 16 : 8

  @Test(arguments: seeds) func routine(_ seed: UInt64) throws {
    let server = try #require(ServerTrait.server)
    let generated = try GeneratedCase(seed: seed, server: server)
    let recall = try Recall(generated.file, on: PostgreSQLEngine(server), limit: Self.limit)
    if recall.missing.isEmpty { return }
    let smallest = generated.smallest(recall) { try Recall($0, on: PostgreSQLEngine(server), limit: Self.limit) }
    Issue.record("\(smallest.account)\n\(smallest.source.schema)\n\(smallest.source.seed)\n\(smallest.source.sql)")
  }

  /// The text depends on the seed alone.
  @Test func sameSeedSameText() {
    var first = ProcedureGenerator(seed: 7)
    var second = ProcedureGenerator(seed: 7)
    #expect((0..<20).map { _ in first.statement() } == (0..<20).map { _ in second.statement() })
    #expect(first.schema.definition == second.schema.definition)
  }
}
