import GoldenSupport
import Testing

/// One PostgreSQL for all tests of a suite.
struct ServerTrait: SuiteTrait, TestScoping {
  @TaskLocal static var server: PostgreSQLServer?

  func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
    let server = try PostgreSQLServer()
    defer { server.stop() }
    try await ServerTrait.$server.withValue(server, operation: function)
  }
}

extension Trait where Self == ServerTrait {
  static var postgreSQL: ServerTrait { ServerTrait() }
}
