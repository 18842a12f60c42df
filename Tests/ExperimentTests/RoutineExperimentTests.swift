import Foundation
import GoldenSupport
import Testing

/// Routines that are run on PostgreSQL: what moves is what the extractor says.
@Suite(.postgreSQL) struct RoutineExperimentTests {
  static let files: [String] = {
    let elsewhere = ProcessInfo.processInfo.environment["CADASTRE_CASES"]
    let files = elsewhere.map { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".case") }.sorted().map { folder + "/" + $0 }
    }
    let all = (files ?? Fixtures.list("fixtures/lineage/postgres", ending: "case")).filter { (try? read($0).call) != nil }
    // every third in the normal run; all with CADASTRE_FULL
    let isWhole = elsewhere != nil || ProcessInfo.processInfo.environment["CADASTRE_FULL"] != nil
    return isWhole ? all : all.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
  }()

  static func read(_ path: String) throws -> CaseFile {
    path.hasPrefix("/") ? CaseFile(path: path, text: try String(contentsOfFile: path, encoding: .utf8)) : try CaseFile.read(path)
  }

  @Test(arguments: files) func routine(_ path: String) throws {
    let server = try #require(ServerTrait.server)
    try Recall.check(try Self.read(path), on: PostgreSQLEngine(server))
  }
}
