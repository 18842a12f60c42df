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

  @Test(arguments: seeds) func routine(_ seed: UInt64) throws {
    let server = try #require(ServerTrait.server)
    let generated = try GeneratedCase(seed: seed, server: server)
    try Recall.check(generated.file, on: PostgreSQLEngine(server), limit: Recall.full ? 24 : 8, note: "\n" + generated.file.sql)
  }

  /// The text depends on the seed alone.
  @Test func sameSeedSameText() {
    var first = ProcedureGenerator(seed: 7)
    var second = ProcedureGenerator(seed: 7)
    #expect((0..<20).map { _ in first.statement() } == (0..<20).map { _ in second.statement() })
    #expect(first.schema.definition == second.schema.definition)
  }
}
