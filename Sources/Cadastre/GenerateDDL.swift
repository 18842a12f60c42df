public import CadastreDDL
public import CadastreModel
public import CadastreStore

/// Why DDL could not be generated.
public enum DDLFailure: Error, Sendable, Hashable {
  case unknownAsset(String)
  case unsupportedDialect(DialectName, known: [DialectName])
}

/// Generates the DDL of assets of a registry.
public enum GenerateDDL {
  /// The script that makes the named assets, or all tables and views when none is named.
  public static func run(_ names: [String], dialect: DialectName, in registry: Registry, schemas: Bool = false) throws -> DDLScript {
    guard let generator = DDLGenerator(dialect) else { throw DDLFailure.unsupportedDialect(dialect, known: DDLGenerator.dialects) }
    let assets = try registry.assets()
    guard !names.isEmpty else { return generator.create(assets.filter { $0.kind == .table || $0.kind == .view }, schemas: schemas) }
    let chosen = try names.map { name in
      let matches = assets.filter { asset in
        let rendered = asset.name.rendered.lowercased()
        return rendered == name.lowercased() || rendered.hasSuffix("." + name.lowercased())
      }
      guard matches.count == 1, let asset = matches.first else { throw DDLFailure.unknownAsset(name) }
      return asset
    }
    return generator.create(chosen, schemas: schemas)
  }
}
