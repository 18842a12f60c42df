import GoldenSupport

/// A generated routine that runs on its seeds.
struct GeneratedCase {
  let seed: UInt64
  private var generator: ProcedureGenerator
  private(set) var statements: [String]

  /// Statements that the server refuses are drawn again, and left out when that does not help.
  init(seed: UInt64, server: PostgreSQLServer) throws {
    self.seed = seed
    generator = ProcedureGenerator(seed: seed)
    statements = []
    for _ in 0..<Int.random(in: 3...10, using: &generator.chance) { statements.append(generator.statement()) }
    let database = "generated_\(seed)"
    _ = try server.execute("CREATE DATABASE \(database);\n\\connect \(database)\n\(generator.schema.definition)\n\(generator.schema.seed)")
    defer { server.drop(database) }
    func runs(_ statements: [String]) -> Bool {
      (try? server.execute("BEGIN;\n\(generator.routine(statements))\nCALL g.run();\nROLLBACK;", database: database)) != nil
    }
    if runs(statements) { return }
    var kept: [String] = []
    for statement in statements {
      var candidate = statement
      for _ in 0..<3 {
        if runs(kept + [candidate]) {
          kept.append(candidate)
          break
        }
        candidate = generator.statement()
      }
    }
    statements = kept
  }

  var file: CaseFile { file(statements) }

  private func file(_ statements: [String]) -> CaseFile {
    let text = """
      Generated with seed \(seed)
      ---- schema
      \(generator.schema.definition)
      ---- seed
      \(generator.schema.seed)
      ---- sql
      \(generator.routine(statements))
      ---- call
      CALL g.run();
      """
    return CaseFile(path: "seed \(seed)", text: text)
  }

  /// Leaves out what the extractor's omission does not need, statement by statement.
  func smallest(_ first: Recall, again: (CaseFile) throws -> Recall) -> Recall {
    var (kept, smallest) = (statements, first)
    for index in statements.indices.reversed() {
      var fewer = kept
      fewer.remove(at: index)
      if let next = try? again(file(fewer)), !next.missing.isEmpty { (kept, smallest) = (fewer, next) }
    }
    return smallest
  }
}
