internal import CadastreDialects
public import CadastreModel

/// What a dialect could not express; beside the script, never instead of it.
public struct DDLLoss: Sendable, Hashable, Codable {
  /// Stable code: D and three digits.
  public var code: String
  public var object: String
  /// `column.type`, `index.include` ...
  public var property: String
  public var reason: String
  /// What was written instead, where anything was.
  public var nearest: String?
}

/// A generated script.
public struct DDLScript: Sendable, Codable {
  public var sql: String
  /// Tables, views, sequences written.
  public var objects: Int
  public var losses: [DDLLoss]
}

/// Writes the DDL of assets in one dialect. One renderer; what differs is in the dialect's `DDLTable`.
public struct DDLGenerator: Sendable {
  let dialect: Dialect
  let table: DDLTable

  /// `nil` for a dialect whose DDL is not written yet.
  public init?(_ name: DialectName) {
    guard let table = DDLTable.of(name) else { return nil }
    self.dialect = Dialect.named(name)
    self.table = table
  }

  /// The dialects that `init` takes.
  public static let dialects: [DialectName] = DialectName.selectable.filter { DDLTable.of($0) != nil }

  /// The script that makes the assets: schemas, tables (referenced ones first), indexes, foreign keys, descriptions.
  public func create(_ assets: [Asset], schemas: Bool = false) -> DDLScript {
    var writer = DDLWriter(dialect: dialect, table: table)
    if schemas {
      var seen: Set<String> = []
      for schema in assets.compactMap(\.name.schema) where seen.insert(schema).inserted {
        writer.statement("CREATE SCHEMA \(dialect.quoted(schema))", alone: true)
      }
    }
    for asset in ordered(assets) { writer.write(asset) }
    return DDLScript(sql: writer.text, objects: writer.objects, losses: writer.losses)
  }

  /// Referenced tables before those that refer to them; cycles as they come.
  private func ordered(_ assets: [Asset]) -> [Asset] {
    var result: [Asset] = []
    var placed: Set<ObjectName> = []
    var todo = assets
    while !todo.isEmpty {
      let names = Set(todo.map(\.name))
      let ready = todo.filter { asset in
        asset.constraints.allSatisfy { constraint in
          guard let other = constraint.references?.table, other != asset.name else { return true }
          return placed.contains(other) || !names.contains(other)
        }
      }
      let next = ready.isEmpty ? [todo[0]] : ready
      result += next
      for asset in next { placed.insert(asset.name) }
      todo.removeAll { placed.contains($0.name) }
    }
    return result
  }
}
