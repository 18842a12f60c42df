internal import CadastreDialects
internal import CadastreModel

/// What a server does with the dependents of a change, as data. One value a family of servers.
struct ChangeRules: Sendable, Hashable {
  /// Views, and routines whose body is parsed when they are made, are bound to columns: dropping or retyping one is refused, renaming is followed.
  var viewsAreBound: Bool
  /// What a script drops with CASCADE takes its dependents with it.
  var hasCascade: Bool
  /// INSERT without a list may give fewer values than the table has columns.
  var insertMayBeShort: Bool
  /// Lengths and precisions of parameters hold what is passed.
  var parametersHoldWidths: Bool
  /// Bare names in a routine are looked for in its own schema first.
  var routinesSeeOwnSchema: Bool

  /// <https://www.postgresql.org/docs/15/ddl-depend.html>
  static let bound = ChangeRules(viewsAreBound: true, hasCascade: true, insertMayBeShort: true, parametersHoldWidths: false, routinesSeeOwnSchema: false)

  /// Views are looked up when they are used.
  /// <https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-refreshview-transact-sql>
  static let late = ChangeRules(viewsAreBound: false, hasCascade: false, insertMayBeShort: false, parametersHoldWidths: true, routinesSeeOwnSchema: true)

  static func of(_ dialect: Dialect) -> ChangeRules { dialect.features.contains(.postgresDefinitions) ? bound : late }
}

/// One change that a script asks for.
struct SchemaChange: Sendable {
  enum Kind: String, Sendable {
    case addColumn = "add_column"
    case dropColumn = "drop_column"
    case renameColumn = "rename_column"
    case retypeColumn = "retype_column"
    case alterColumn = "alter_column"
    case dropConstraint = "drop_constraint"
    case renameTable = "rename_table"
    case dropTable = "drop_table"
    case dropView = "drop_view"
    case dropRoutine = "drop_routine"
    case dropOther = "drop_other"
    case replaceView = "replace_view"
    case replaceRoutine = "replace_routine"
    case newObject = "new_object"
    case alterTable = "alter_table"
  }

  var kind: Kind
  var object: ObjectName
  var column: String?
  var newName: String?
  var oldType: LogicalType?
  var newType: LogicalType?
  /// USING gives other values, so that keys may no longer meet.
  var changesValues = false
  var isCascade = false
  var line: Int

  /// The new type does not hold all that the old one did.
  var narrows: Bool {
    guard kind == .retypeColumn, let new = Limit(newType) else { return false }
    guard let old = Limit(oldType) else { return Family(oldType) == Family(newType) }
    return new.largest < old.largest
  }

  var rendered: String { column.map { object.rendered(column: $0) } ?? object.rendered }

  var detail: String {
    switch kind {
    case .renameColumn, .renameTable: "to \(newName ?? "?")"
    case .retypeColumn: "\(oldType?.spelled ?? "?") to \(newType?.spelled ?? "?")"
    case .addColumn: newType?.spelled ?? ""
    default: isCascade ? "cascade" : ""
    }
  }
}
