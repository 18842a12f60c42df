/// The keys that manifests may hold, in the order in which they are written. A key that is not here is refused.
enum ManifestKeys {
  static let namespace = ["manifest", "name", "dialect", "case_insensitive"]
  static let asset = [
    "manifest", "namespace", "name", "defined", "kind", "layer", "status", "owner", "steward", "client", "tags", "description", "dialect", "options", "query",
    "columns", "constraints", "indexes", "undefined_columns", "lineage",
  ]
  static let column = [
    "name", "ordinal", "type", "native_type", "nullable", "default", "default_constraint", "computed", "stored", "identity", "collation", "classification",
    "description",
  ]
  static let identity = ["seed", "increment", "always"]
  static let constraint = ["kind", "name", "clustered", "columns", "references", "expression"]
  static let reference = ["table", "columns", "on_delete", "on_update"]
  static let keyColumn = ["name", "expression", "descending", "nulls"]
  static let index = ["name", "unique", "clustered", "method", "columns", "included", "predicate", "options"]
  static let edge = ["column", "from", "from_namespace", "subtype", "expression"]
  static let routine = ["manifest", "namespace", "name", "kind", "dialect", "parameters", "source"]
  static let parameter = ["name", "native_type", "mode", "default"]
  static let feed = [
    "manifest", "namespace", "name", "client", "source", "target", "format", "encoding", "delimiter", "quote", "header", "schedule", "time_zone",
    "load_pattern", "keys", "expected_rows", "contact",
  ]
}
