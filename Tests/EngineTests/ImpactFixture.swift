import Cadastre
import Foundation
import GoldenSupport

/// The warehouse of `fixtures/impact/postgres`, in a registry and on a server.
struct ImpactFixture {
  /// Its folder under `fixtures/impact`.
  var folder = "postgres"

  /// One call of a routine, or one query of a view.
  struct Call {
    var object: String
    var sql: String
  }

  struct TableColumn {
    var table: String
    var name: String
    var type: LogicalType
    /// Part of a primary, unique or foreign key, on either side.
    var isKey: Bool
    var isComputed: Bool

    /// The name as it stands in a statement.
    var spelled: String { name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } ? name : "\"\(name)\"" }
  }

  func text(_ name: String) throws -> String { try Fixtures.text("fixtures/impact/\(folder)/\(name)") }

  func calls() throws -> [Call] {
    try text("calls.sql").split(separator: "-- object: ").map { part in
      let lines = part.split(separator: "\n", maxSplits: 1)
      return Call(object: String(lines[0]), sql: lines.count > 1 ? String(lines[1]) : "")
    }
  }

  func registry() throws -> Registry {
    let place = FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let registry = Registry(path: place.appending(path: "r.db").path)
    try registry.create()
    let paths = ["schema.sql", "routines.sql"].map { Fixtures.path("fixtures/impact/\(folder)/\($0)") }
    _ = try ScanScripts(registry: registry, namespace: "shop", dialect: .postgres).run(paths, by: RegistryLocation.author(command: "test", reason: "test"))
    return registry
  }

  /// The columns of every table, in order.
  static func columns(of registry: Registry) throws -> [TableColumn] {
    let assets = try registry.assets().filter { $0.kind == .table }
    var keys: Set<String> = []
    for asset in assets {
      for constraint in asset.constraints where constraint.kind != .check {
        for column in constraint.columns { keys.insert("\(asset.name.rendered).\(column.name)") }
        guard let reference = constraint.references, let parent = assets.first(where: { $0.name == reference.table }) else { continue }
        let columns = reference.columns.isEmpty ? parent.constraints.first { $0.kind == .primaryKey }?.columns.map(\.name) ?? [] : reference.columns
        for column in columns { keys.insert("\(parent.name.rendered).\(column)") }
      }
    }
    return assets.flatMap { asset in
      asset.columns.compactMap { column in
        column.type.map { TableColumn(table: asset.name.rendered, name: column.name, type: $0, isKey: keys.contains("\(asset.name.rendered).\(column.name)"), isComputed: column.computed != nil) }
      }
    }
  }
}

/// A change of a whole object, by kind.
enum ObjectChange: String, CaseIterable {
  case dropTable = "drop table", dropTableCascade = "drop table cascade", renameTable = "rename table", dropView = "drop view", dropRoutine = "drop routine"

  /// The statements of this kind with the objects that they change.
  func statements(_ assets: [Asset], _ routines: [Routine]) -> [(object: String, statement: String)] {
    func names(_ kind: AssetKind) -> [String] { assets.filter { $0.kind == kind }.map(\.name.rendered) }
    return switch self {
    case .dropTable: names(.table).map { ($0, "DROP TABLE \($0)") }
    case .dropTableCascade: names(.table).map { ($0, "DROP TABLE \($0) CASCADE") }
    case .renameTable: names(.table).map { ($0, "ALTER TABLE \($0) RENAME TO \($0.split(separator: ".").last ?? "t")_now") }
    case .dropView: names(.view).map { ($0, "DROP VIEW \($0)") }
    case .dropRoutine:
      routines.filter { $0.kind != .trigger && $0.kind != .view && $0.kind != .script }.map {
        ($0.name.rendered, "DROP \($0.kind == .procedure ? "PROCEDURE" : "FUNCTION") \($0.name.rendered)")
      }
    }
  }
}

/// A change of one column, by kind.
enum ColumnChange: String, CaseIterable {
  case drop, dropCascade = "drop cascade", rename, narrow

  /// The statement; `nil` where the column cannot be narrowed.
  func statement(_ column: ImpactFixture.TableColumn) -> String? {
    switch self {
    case .drop: return "ALTER TABLE \(column.table) DROP COLUMN \(column.spelled)"
    case .dropCascade: return "ALTER TABLE \(column.table) DROP COLUMN \(column.spelled) CASCADE"
    case .rename: return "ALTER TABLE \(column.table) RENAME COLUMN \(column.spelled) TO \(column.name.filter { $0 != " " }.lowercased())_now"
    case .narrow:
      guard !column.isComputed, let (type, value) = narrowed(column) else { return nil }
      return "ALTER TABLE \(column.table) ALTER COLUMN \(column.spelled) TYPE \(type) USING \(value)"
    }
  }

  /// Half the length, half the precision, the next smaller integer; with values that fit, and that stay apart where they are keys.
  private func narrowed(_ column: ImpactFixture.TableColumn) -> (type: String, value: String)? {
    let name = column.spelled
    switch column.type {
    case .varchar(let length?) where length > 1: return ("varchar(\(length / 2))", "left(\(name), \(length / 2))")
    case .char(let length) where length > 1: return ("char(\(length / 2))", "left(\(name), \(length / 2))")
    case .decimal(let precision?, let scale):
      let scale = scale ?? 0
      let smaller = max(scale + 1, precision / 2)
      guard smaller < precision else { return nil }
      let most = "(10::numeric ^ \(smaller - scale) - 0.1::numeric ^ \(scale))"
      return ("numeric(\(smaller),\(scale))", "CASE WHEN abs(\(name)) > \(most) THEN \(most) ELSE \(name) END")
    case .int64: return ("integer", fitting(name, 2_147_483_647, column.isKey))
    case .int32: return ("smallint", fitting(name, 32_767, column.isKey))
    default: return nil
    }
  }

  private func fitting(_ name: String, _ most: Int, _ isKey: Bool) -> String {
    isKey ? "(\(name) % 30000)::integer" : "CASE WHEN abs(\(name)) > \(most) THEN \(most) ELSE \(name) END"
  }
}
