public import CadastreModel

extension Dialect {
  /// A name as generated SQL spells it: quoted when the dialect would read it as something else without quotes.
  ///
  /// The closing quote is doubled. Control characters cannot stand in a name: they are left out, and `nameFinding` says so.
  public func quoted(_ name: String) -> String {
    let clean = String(name.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
    if isPlain(clean) { return clean }
    var text = ""
    for character in clean {
      text.append(character)
      if character == identifiers.quoteClose { text.append(character) }
    }
    return "\(identifiers.quoteOpen)\(text)\(identifiers.quoteClose)"
  }

  /// A dotted name, each part by `quoted`.
  public func quoted(_ name: ObjectName) -> String { name.parts.map(quoted).joined(separator: ".") }

  private func isPlain(_ name: String) -> Bool {
    guard let first = name.utf8.first, first == 0x5F || (first | 0x20 >= 0x61 && first | 0x20 <= 0x7A) else { return false }
    for byte in name.utf8 {
      let letter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
      guard letter || byte == 0x5F || (byte >= 0x30 && byte <= 0x39) else { return false }
    }
    switch identifiers.folding {
    case .lower where name != name.lowercased(): return false
    case .upper where name != name.uppercased(): return false
    default: break
    }
    return !ReservedNames.all.contains(name.lowercased())
  }

  /// What is wrong with a name in this dialect; `nil` when nothing is.
  public func nameFinding(_ name: String) -> String? {
    if name.isEmpty { return "a name is empty" }
    if name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) { return "the name holds control characters, which were left out" }
    if let most = identifiers.maximumLength {
      let length = identifiers.lengthInBytes ? name.utf8.count : name.unicodeScalars.count
      if length > most { return "the name has \(length) \(identifiers.lengthInBytes ? "bytes" : "characters"), \(self.name.rawValue) allows \(most)" }
    }
    return nil
  }

  /// A string as a literal of the dialect.
  public func literal(_ text: String) -> String {
    var body = text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
    if lexical.backslashEscapes { body = body.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\") }
    let national = procedural == .tsql && text.unicodeScalars.contains { $0.value > 0x7E }
    return (national ? "N'" : "'") + body + "'"
  }
}

/// Words that no generated name may be without quotes, in any dialect: quoting one too many does no harm.
enum ReservedNames {
  static let all: Set<String> = [
    "add", "all", "alter", "analyze", "and", "any", "array", "as", "asc", "authorization", "backup", "begin", "between", "both", "break", "browse", "bulk",
    "by", "cascade", "case", "cast", "check", "checkpoint", "close", "clustered", "coalesce", "collate", "column", "comment", "commit", "compute", "condition",
    "connect", "constraint", "contains", "continue", "convert", "create", "cross", "cube", "current", "current_date", "current_time", "current_timestamp",
    "current_user", "cursor", "database", "date", "day", "dbcc", "deallocate", "declare", "default", "deferrable", "delete", "deny", "desc", "distinct",
    "distributed", "do", "double", "drop", "dump", "each", "else", "elseif", "end", "errlvl", "escape", "except", "exec", "execute", "exists", "exit",
    "external", "false", "fetch", "file", "fillfactor", "for", "foreign", "freetext", "freeze", "from", "full", "function", "goto", "grant", "group",
    "grouping", "groups", "having", "holdlock", "identity", "identitycol", "if", "ilike", "in", "index", "initially", "inner", "inout", "insert", "int",
    "integer", "intersect", "interval", "into", "is", "isnull", "join", "key", "keys", "kill", "lateral", "leading", "left", "level", "like", "limit",
    "lineno", "load", "localtime", "localtimestamp", "lock", "loop", "match", "merge", "mod", "month", "national", "natural", "nocheck", "nonclustered",
    "not", "notnull", "null", "nullif", "number", "of", "off", "offset", "offsets", "on", "only", "open", "option", "or", "order", "out", "outer", "over",
    "overlaps", "percent", "pivot", "placing", "plan", "precision", "primary", "print", "proc", "procedure", "public", "qualify", "raiserror", "rank",
    "read", "readtext", "reconfigure", "references", "replication", "restore", "restrict", "return", "returning", "revert", "revoke", "right", "rollback",
    "row", "rowcount", "rowguidcol", "rows", "rule", "save", "schema", "select", "session_user", "set", "setuser", "shutdown", "similar", "size", "some",
    "start", "statistics", "symmetric", "system_user", "table", "tablesample", "textsize", "then", "time", "timestamp", "to", "top", "trailing", "tran",
    "transaction", "trigger", "true", "truncate", "tsequal", "type", "uid", "union", "unique", "unpivot", "update", "updatetext", "use", "user", "using",
    "value", "values", "variadic", "varying", "verbose", "view", "waitfor", "when", "where", "while", "window", "with", "within", "writetext", "year",
  ]
}
