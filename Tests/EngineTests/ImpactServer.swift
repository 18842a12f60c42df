import Foundation
import GoldenSupport

/// What a real server says of a change: the objects for which it refuses it, or the routines and views that fail after it.
struct ImpactServer {
  struct Outcome {
    var isRefused = false
    var broken: Set<String> = []
    /// Object to message, for people.
    var reasons: [String: String] = [:]
  }

  let server: PostgreSQLServer
  let calls: [ImpactFixture.Call]

  init(_ server: PostgreSQLServer, _ fixture: ImpactFixture) throws {
    self.server = server
    calls = try fixture.calls()
    for name in ["schema.sql", "routines.sql", "seed.sql"] { _ = try server.execute(try fixture.text(name)) }
    _ = try server.execute(Self.helpers)
  }

  /// A change stays when it succeeds, a call never does; either answers how it failed.
  private static let helpers = """
    CREATE SCHEMA probe;
    CREATE FUNCTION probe.change(p_sql text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE a text; b text; c text; d text; s text; t text;
    BEGIN
      EXECUTE p_sql;
      RETURN 'ok';
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS a = RETURNED_SQLSTATE, b = MESSAGE_TEXT, c = PG_EXCEPTION_DETAIL, d = CONSTRAINT_NAME, s = SCHEMA_NAME, t = TABLE_NAME;
      RETURN concat_ws('|', a, s || '.' || t || '.' || d, replace(b, chr(10), ' '), replace(c, chr(10), ';'));
    END $$;
    CREATE FUNCTION probe.call(p_sql text) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN
      EXECUTE p_sql;
      RAISE EXCEPTION USING ERRCODE = 'XX999', MESSAGE = 'done';
    EXCEPTION
      WHEN SQLSTATE 'XX999' THEN RETURN 'ok';
      WHEN OTHERS THEN RETURN replace(SQLERRM, chr(10), ' ');
    END $$;
    """

  private func quoted(_ text: String) -> String { "$probe$" + text + "$probe$" }

  private func script(_ changes: [String], _ last: String) -> String {
    var sql = "SET client_min_messages = error;\nBEGIN;\n"
    for change in changes { sql += change + ";\n" }
    sql += "SELECT 'change', probe.change(\(quoted(last)));\n"
    for call in calls { sql += "SELECT '\(call.object)', probe.call(\(quoted(call.sql)));\n" }
    return sql + "ROLLBACK;\n"
  }

  /// Runs a change in a session of its own, and every call after it; nothing stays.
  func outcome(of change: String?) throws -> Outcome {
    var outcome = Outcome()
    var removed: [String] = []
    for round in 0..<24 {
      let lines = try server.execute(script(removed, change ?? "SELECT 1")).split(separator: "\n").map { $0.split(separator: "|", maxSplits: 1).map(String.init) }
      let answer = lines.first { $0.first == "change" }?.last ?? ""
      if answer == "ok" {
        guard round == 0 else { return outcome }
        for line in lines where line.count == 2 && line[0] != "change" && line[1] != "ok" {
          outcome.broken.insert(line[0])
          outcome.reasons[line[0]] = line[1]
        }
        return outcome
      }
      // the server names one blocker or several: take them away and ask again
      outcome.isRefused = true
      let named = Self.blockers(in: answer) + Self.computed(in: answer, of: change ?? "")
      guard !named.isEmpty else {
        outcome.reasons["?"] = answer
        return outcome
      }
      for blocker in named where outcome.broken.insert(blocker.object).inserted { outcome.reasons[blocker.object] = answer }
      // what else goes when a view is dropped
      for blocker in named where blocker.removal.contains("VIEW") {
        let over = try server.execute(
          "BEGIN; SET client_min_messages = error;" + removed.map { $0 + ";" }.joined() + "SELECT 'change', probe.change(\(quoted("\(blocker.removal.split(separator: " CASCADE")[0])")));ROLLBACK;")
        for other in Self.blockers(in: over) where outcome.broken.insert(other.object).inserted { outcome.reasons[other.object] = over }
      }
      removed += named.map(\.removal)
    }
    return outcome
  }

  /// The computed column that forbids a new type.
  private static func computed(in answer: String, of change: String) -> [(object: String, removal: String)] {
    guard let column = answer.firstMatch(of: /is used by generated column "([a-z_0-9]+)"/), let table = change.firstMatch(of: /ALTER TABLE ([a-z_0-9.]+)/) else { return [] }
    return [("\(table.1).\(column.1)", "ALTER TABLE \(table.1) DROP COLUMN IF EXISTS \(column.1) CASCADE")]
  }

  /// The objects that a refusal names, with the statement that removes each.
  private static func blockers(in answer: String) -> [(object: String, removal: String)] {
    var result: [(String, String)] = []
    for match in answer.matches(of: /constraint ([a-z_0-9]+) on table ([a-z_0-9.]+) depends on/) {
      result.append(("\(match.2).\(match.1)", "ALTER TABLE IF EXISTS \(match.2) DROP CONSTRAINT IF EXISTS \(match.1) CASCADE"))
    }
    for match in answer.matches(of: /(materialized )?view ([a-z_0-9.]+) depends on/) {
      result.append((String(match.2), "DROP \(match.1 == nil ? "" : "MATERIALIZED ")VIEW IF EXISTS \(match.2) CASCADE"))
    }
    for match in answer.matches(of: /function ([a-z_0-9.]+)(\([a-z_., ]*\)) depends on/) { result.append((String(match.1), "DROP ROUTINE IF EXISTS \(match.1)\(match.2) CASCADE")) }
    for match in answer.matches(of: /trigger ([a-z_0-9]+) on table ([a-z_0-9.]+) depends on/) {
      result.append(("\(match.2).\(match.1)", "DROP TRIGGER IF EXISTS \(match.1) ON \(match.2)"))
    }
    if result.isEmpty, let match = answer.firstMatch(of: /^(?:23[0-9]{3})\|([a-z_0-9]+\.[a-z_0-9]+)\.([a-z_0-9]+)\|/) {
      result.append(("\(match.1).\(match.2)", "ALTER TABLE IF EXISTS \(match.1) DROP CONSTRAINT IF EXISTS \(match.2) CASCADE"))
    }
    return result
  }
}
