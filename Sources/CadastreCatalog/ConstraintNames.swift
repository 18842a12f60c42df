public import CadastreModel

/// The names that servers give constraints whose definition has none.
/// <https://www.postgresql.org/docs/15/sql-createtable.html>
public enum ConstraintNames {
  /// The constraint's own name, or the one it is given.
  public static func name(of constraint: Constraint, in asset: Asset) -> String {
    if let name = constraint.name { return name }
    let columns = constraint.columns.map(\.name).joined(separator: "_")
    return switch constraint.kind {
    case .primaryKey: asset.name.name + "_pkey"
    case .unique: "\(asset.name.name)_\(columns)_key"
    case .foreignKey: "\(asset.name.name)_\(columns)_fkey"
    case .check: columns.isEmpty ? "\(asset.name.name)_check" : "\(asset.name.name)_\(columns)_check"
    }
  }
}
