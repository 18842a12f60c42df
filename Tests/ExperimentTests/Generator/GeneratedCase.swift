import GoldenSupport

/// A generated routine that runs on its seeds.
struct GeneratedCase {
  var file: CaseFile

  /// Statements that the server refuses are drawn again, and left out when that does not help.
  init(seed: UInt64, server: PostgreSQLServer) throws {
    var generator = ProcedureGenerator(seed: seed)
    let count = Int.random(in: 3...10, using: &generator.chance)
    var statements = (0..<count).map { _ in generator.statement() }
    let database = "generated_\(seed)"
    _ = try server.execute("CREATE DATABASE \(database)")
    defer { _ = try? server.execute("DROP DATABASE \(database) WITH (FORCE)") }
    _ = try server.execute(generator.schema.definition + "\n" + generator.schema.seed, database: database)
    func runs(_ statements: [String]) -> Bool {
      (try? server.execute("BEGIN;\n\(generator.routine(statements))\nCALL g.run();\nROLLBACK;", database: database)) != nil
    }
    if !runs(statements) {
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
    file = CaseFile(path: "seed \(seed)", text: text)
  }
}
