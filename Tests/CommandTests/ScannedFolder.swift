import Cadastre
import CadastreModel
import CadastreStore
import Foundation
import GoldenSupport
import Testing

/// A folder of scripts with a registry beside it.
struct ScannedFolder {
  let folder: URL
  let registry: Registry
  let dialect: DialectName
  private let isCopy: Bool

  init(_ dialect: String) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder.appending(path: "scripts"), withIntermediateDirectories: true)
    registry = Registry(path: folder.appending(path: "cadastre.db").path)
    try registry.create()
    self.dialect = try #require(DialectName(rawValue: dialect))
    isCopy = false
  }

  /// The same scripts with a registry of their own.
  private init(_ other: ScannedFolder, _ name: String) throws {
    folder = other.folder
    dialect = other.dialect
    registry = Registry(path: folder.appending(path: name).path)
    try registry.create()
    isCopy = true
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  var scripts: String { folder.appending(path: "scripts").path }

  static func author(_ reason: String) -> ChangeAuthor { RegistryLocation.author(command: "test", reason: reason, actor: "ann") }

  /// Brings the folder to these files; what changes gets the time of its version.
  func write(_ files: [String: [UInt8]], touched: Set<String> = [], version: Int) throws {
    let root = URL(filePath: scripts)
    let manager = FileManager.default
    var stale: Set<String> = []
    if let names = manager.enumerator(atPath: scripts) {
      for case let name as String in names where name.hasSuffix(".sql") && files[name] == nil { stale.insert(name) }
    }
    for name in stale { try manager.removeItem(at: root.appending(path: name)) }
    for (name, bytes) in files {
      let place = root.appending(path: name)
      let old = manager.contents(atPath: place.path)
      if old.map({ Array($0) == bytes }) == true, !touched.contains(name) { continue }
      try manager.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: place)
      let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(version) * 60)
      try manager.setAttributes([.modificationDate: time], ofItemAtPath: place.path)
    }
  }

  func scan(_ paths: [String]? = nil, full: Bool = false) throws -> ScanReport {
    try ScanScripts(registry: registry, namespace: "w", dialect: dialect, full: full).run(paths ?? [scripts], by: Self.author("scan"))
  }

  func declare(_ source: String, _ target: String) throws {
    _ = try DeclareLineage(registry: registry, namespace: "w").declare(source, target, kind: .direct, by: Self.author("declare"))
  }

  /// A registry that has seen the scripts once, as they are now, with what people have declared.
  func fresh(_ name: String = "fresh.db") throws -> ScannedFolder {
    for ending in ["", "-wal", "-shm", ".lock", "-lock"] { try? FileManager.default.removeItem(at: folder.appending(path: name + ending)) }
    let other = try ScannedFolder(self, name)
    _ = try other.scan()
    for row in try query("SELECT source_asset || '.' || source_column, target_asset || '.' || target_column FROM v_edge WHERE origin = 'declared' AND file = ''") {
      let ends = row.split(separator: "|").map(String.init)
      if ends.count == 2 { try other.declare(ends[0], ends[1]) }
    }
    return other
  }

  func lastChange() throws -> String { try query("SELECT max(id) FROM change").joined() }

  private func query(_ sql: String) throws -> [String] {
    let outcome = Subprocess.run("/usr/bin/sqlite3", [registry.path, sql])
    try #require(outcome.code == 0, "\(outcome.output)")
    return outcome.output.split(separator: "\n").map(String.init)
  }

  /// What holds now, without ids and versions: one sorted line a row.
  func contents() throws -> [String] {
    try query(
      """
      SELECT 'asset ' || json_array(a.asset, a.kind, a.layer, a.status, a.tags, a.dialect, a.file, v.options, v.query)
        FROM v_asset a JOIN asset_version v ON v.asset_id = a.asset_id AND v.ended_change_id IS NULL;
      SELECT 'column ' || json_array(asset, "column", ordinal, native_type, logical_type, nullable, default_value, computed, identity) FROM v_column;
      SELECT 'constraint ' || json_array(asset, kind, position, name, definition) FROM v_constraint;
      SELECT 'routine ' || json_array(routine, kind, hash, file, coverage, statements, unparsed, reads, writes, calls) FROM v_routine;
      SELECT 'edge ' || json_array(source_asset, source_column, target_asset, target_column, kind, subtype, origin, routine, file, line, statement,
          expression, columns, confidence) FROM v_edge;
      SELECT 'evidence ' || json_array(sa.folded_name, sk.folded_name, ta.folded_name, tk.folded_name, e.subtype, x.origin, r.folded_name, u.path, o.folded_name, x.line)
        FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id JOIN asset_column sk ON sk.id = e.source_column_id JOIN asset sa ON sa.id = sk.asset_id
        JOIN asset ta ON ta.id = e.target_asset_id LEFT JOIN asset_column tk ON tk.id = e.target_column_id LEFT JOIN routine o ON o.id = x.routine_id
        LEFT JOIN scan_unit u ON u.id = x.unit_id LEFT JOIN routine r ON r.id = u.routine_id WHERE x.ended_change_id IS NULL;
      SELECT 'unresolved ' || json_array(n.routine, n.file, n.line, n.reason, n.text, n.hint) FROM v_unresolved n;
      SELECT 'ledger ' || json_array(n.file, n.line, n.reason, u.path, r.folded_name) FROM unresolved n LEFT JOIN scan_unit u ON u.id = n.unit_id
        LEFT JOIN routine r ON r.id = u.routine_id WHERE n.ended_change_id IS NULL;
      SELECT 'unit ' || json_array(u.path, r.folded_name, u.dependencies, u.resolves) FROM scan_unit u LEFT JOIN routine r ON r.id = u.routine_id
       WHERE u.dependencies <> '' OR u.resolves IS NOT NULL;
      SELECT 'file ' || json_array(path, size, hash) FROM scan_file;
      SELECT 'name ' || json_array(f.path, s.name) FROM scan_name s JOIN scan_file f ON f.id = s.file_id;
      """
    ).sorted()
  }

  /// Lines of one that the other lacks.
  static func difference(_ held: [String], _ expected: [String]) -> String {
    var counts: [String: Int] = [:]
    for line in held { counts[line, default: 0] += 1 }
    for line in expected { counts[line, default: 0] -= 1 }
    let lines = counts.filter { $0.value != 0 }.map { ($0.value > 0 ? "only after the scans: " : "only in a fresh scan: ") + $0.key }.sorted { $0.suffix(60) < $1.suffix(60) }
    return (lines.prefix(30) + (lines.count > 30 ? ["... \(lines.count) lines"] : [])).joined(separator: "\n")
  }
}
