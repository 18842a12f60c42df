import Cadastre
import Foundation
import GoldenSupport

/// One database of a PostgreSQL server. Every run is a transaction that is rolled back.
///
/// The tables that are perturbed or written are emptied with TRUNCATE and filled in their first order before each run, so that rows lie in the same
/// order whatever ran before; triggers and foreign keys sleep while that happens.
final class PostgreSQLEngine: Engine {
  let dialect = DialectName.postgres
  let emptyList = "{}"
  private let server: PostgreSQLServer
  private let database: String

  init(_ server: PostgreSQLServer) {
    self.server = server
    database = "case_" + UUID().uuidString.prefix(8).lowercased()
  }

  let layout = """
    SELECT n.nspname || '.' || c.relname, format('%I.%I', n.nspname, c.relname), c.relkind, a.attname, quote_ident(a.attname),
      format_type(a.atttypid, a.atttypmod), t.typcategory, a.attnotnull::int, (a.attgenerated <> '')::int,
      (a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%')::int,
      EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))::int,
      CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
      EXISTS (SELECT 1 FROM pg_constraint k WHERE k.contype = 'f' AND c.oid IN (k.conrelid, k.confrelid))::int
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'm') AND c.relispopulated AND NOT c.relispartition AND n.nspname NOT IN ('information_schema', 'cadastre_kept') AND n.nspname NOT LIKE 'pg\\_%'
    ORDER BY n.nspname, c.relname, a.attnum
    """

  func prepare(_ source: CaseFile) throws -> String {
    let scripts = ["CREATE DATABASE \(database);\n\\connect \(database)", source.schema, source.seed, source.sql, "CREATE SCHEMA cadastre_kept;"]
    let printed = try server.execute(scripts.joined(separator: "\n;\n") + "\n" + script([.mark("layout"), .rows(layout)]))
    return Transcript.parts(printed, after: "layout").last ?? ""
  }

  func finish() { server.drop(database) }

  private func fields(_ table: Table) -> String { table.columns.map(\.sql).joined(separator: ", ") }

  private func rows(_ table: Table) -> String { (table.ordinary ? "ONLY " : "") + table.sql }

  func sorted(_ table: Table) -> String { "SELECT \(fields(table)) FROM \(rows(table)) AS cadastre_row ORDER BY cadastre_row::text" }

  func remember(_ tables: [Table], of source: CaseFile) throws -> String {
    let steps = tables.enumerated().flatMap { number, table -> [Step] in
      [
        .run("CREATE TABLE cadastre_kept.t\(number) AS SELECT row_number() OVER () AS cadastre_n, * FROM \(rows(table));"), .mark("table"),
        .rows("SELECT \(fields(table)) FROM cadastre_kept.t\(number) ORDER BY cadastre_n"),
      ]
    }
    return try server.execute(script(steps), database: database)
  }

  func run(_ source: CaseFile, tables: [Table], perturbation: Perturbation?, look: [Step]) -> [Step] {
    [.run(begin(tables, perturbation)), .run(source.call ?? "")] + look + [.run("ROLLBACK;")]
  }

  private func begin(_ tables: [Table], _ perturbation: Perturbation?) -> String {
    let base = tables.indices.filter { tables[$0].base && (!tables[$0].untouched || tables[$0].linked || $0 == perturbation?.table) }
    var lines = ["BEGIN; SET LOCAL session_replication_role = replica;"]
    if !base.isEmpty { lines.append("TRUNCATE \(base.map { tables[$0].sql }.joined(separator: ", "));") }
    for index in base {
      let table = tables[index]
      let columns = table.columns.indices.filter { !table.columns[$0].generated }
      let values = columns.map { column -> String in
        guard let perturbation, perturbation.table == index, perturbation.column == column else { return table.columns[column].sql }
        let type = table.columns[column].type
        let arms = perturbation.values.sorted { $0.key < $1.key }.map { "WHEN \($0 + 1) THEN \($1.map { Self.quoted($0) + "::" + type } ?? "NULL")" }
        return "CASE cadastre_n \(arms.joined(separator: " ")) ELSE \(table.columns[column].sql) END"
      }
      if table.rows.isEmpty { continue }
      lines.append(
        "INSERT INTO \(table.sql) (\(columns.map { table.columns[$0].sql }.joined(separator: ", "))) OVERRIDING SYSTEM VALUE "
          + "SELECT \(values.joined(separator: ", ")) FROM cadastre_kept.t\(index) ORDER BY cadastre_n;")
    }
    // sequences are not part of a transaction
    lines.append("DO $$ BEGIN PERFORM setval(format('%I.%I', schemaname, sequencename), 1000, true) FROM pg_sequences; END $$;")
    lines.append("SET LOCAL session_replication_role = origin;")
    return lines.joined(separator: "\n")
  }

  func transcript(_ steps: [Step]) throws -> String { try server.transcript(script(steps), database: database) }

  func complaint(_ source: CaseFile, tables: [Table]) -> String {
    do {
      return try server.execute(script(run(source, tables: tables, perturbation: nil, look: [])), database: database)
    } catch { return "\(error)" }
  }

  private func script(_ steps: [Step]) -> String {
    var lines = ["SET client_min_messages = error;"]
    for step in steps {
      switch step {
      case .fresh: break
      case .mark(let word): lines.append("\\echo " + Transcript.mark(word))
      case .run(let sql): lines.append(sql + "\n;")
      case .rows(let query): lines.append("COPY (\(query)) TO STDOUT;")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
