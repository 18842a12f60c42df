/// The columns of a server's own catalogue: which tables and functions it has of itself. From `SystemCatalogs/*.tsv`.
public struct SystemCatalog: Sendable {
  /// By lower-case name with its schema; a function's ends with `()`.
  private let objects: [String: [String]]
  /// Whether the lists are complete for the version they are of.
  public let isComplete: Bool

  private init(_ text: String?, isComplete: Bool) {
    var objects: [String: [String]] = [:]
    for line in (text ?? "").split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: "\t")
      if parts.count == 2 { objects[String(parts[0])] = parts[1].split(separator: ",").map(String.init) }
    }
    self.objects = objects
    self.isComplete = isComplete
  }

  static let tsql = SystemCatalog(StatementTables.all["system-tsql"], isComplete: false)
  static let postgres = SystemCatalog(StatementTables.all["system-postgres"], isComplete: true)

  /// The columns of an object, in order; `nil` for one that is not listed.
  ///
  /// - Parameter schema: `nil` for the schema that is searched without being named.
  public func columns(schema: String?, _ name: String, isFunction: Bool = false) -> [String]? {
    let end = isFunction ? "()" : ""
    return objects[(schema ?? "pg_catalog").lowercased() + "." + name.lowercased() + end]
  }
}

extension Dialect {
  /// The columns of the server's own catalogue; `nil` where no lists are at hand.
  public var systemCatalog: SystemCatalog? {
    switch procedural {
    case .tsql: .tsql
    case .plpgsql: .postgres
    default: nil
    }
  }
}
