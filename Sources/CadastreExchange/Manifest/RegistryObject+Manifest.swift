public import CadastreModel

extension RegistryObject {
  /// The object as its manifest holds it. What is not set is left out; nothing depends on a clock, an id or the order of rows.
  public var manifest: ManifestValue {
    switch self {
    case .namespace(let value): value.manifest
    case .asset(let entry): entry.manifest
    case .routine(let entry): entry.manifest
    case .feed(let entry): entry.manifest
    }
  }

  /// The same as a YAML document.
  public var manifestText: String { YAMLWriter.write(manifest) }
}

extension Namespace {
  fileprivate var manifest: ManifestValue {
    var map = ManifestMap()
    map.put("manifest", "namespace")
    map.put("name", name)
    map.put("dialect", dialect.rawValue)
    map.put("case_insensitive", flag: caseInsensitive)
    return map.value
  }
}

extension AssetEntry {
  fileprivate var manifest: ManifestValue {
    var map = ManifestMap()
    map.put("manifest", "asset")
    map.put("namespace", namespace)
    map.put("name", asset.name.rendered)
    if isDefined {
      map.put("kind", asset.kind.rawValue)
      map.put("layer", asset.layer?.rawValue)
      map.put("status", asset.status.rawValue)
      map.put("owner", asset.owner)
      map.put("steward", asset.steward)
      map.put("client", asset.client)
      map.put("tags", texts: asset.tags)
      map.put("description", asset.description)
      map.put("dialect", asset.dialect.rawValue)
      map.put("options", texts: asset.options)
      map.put("query", asset.query)
      var last = 0
      map.put(
        "columns",
        list: asset.columns.map { column in
          defer { last = column.ordinal }
          return column.manifest(after: last)
        })
      map.put("constraints", list: asset.constraints.map(\.manifest))
      map.put("indexes", list: asset.indexes.map(\.manifest))
    } else {
      map.put("defined", flag: false)
    }
    map.put("undefined_columns", texts: undefinedColumns)
    map.put("lineage", list: lineage.map(\.manifest))
    return map.value
  }
}

extension Column {
  /// - Parameter last: the ordinal of the column before; only another than the next is said.
  fileprivate func manifest(after last: Int) -> ManifestValue {
    var map = ManifestMap()
    map.put("name", name)
    if ordinal != last + 1 { map.put("ordinal", .number(Int64(ordinal))) }
    map.put("type", type.map(TypeText.write))
    map.put("native_type", nativeType)
    if !nullable { map.put("nullable", flag: false) }
    map.put("default", defaultValue?.expression)
    map.put("default_constraint", defaultValue?.constraintName)
    map.put("computed", computed?.expression)
    map.put("stored", flag: computed?.stored)
    if let identity {
      var inner = ManifestMap()
      inner.put("seed", .number(identity.seed))
      inner.put("increment", .number(identity.increment))
      inner.put("always", flag: identity.always)
      map.put("identity", inner.value)
    }
    map.put("collation", collation)
    map.put("classification", classification?.rawValue)
    map.put("description", description)
    return map.value
  }
}

extension Constraint {
  fileprivate var manifest: ManifestValue {
    var map = ManifestMap()
    map.put("kind", kind.rawValue)
    map.put("name", name)
    map.put("clustered", flag: clustered)
    map.put("columns", list: columns.map(\.manifest))
    if let references {
      var inner = ManifestMap()
      inner.put("table", references.table.rendered)
      inner.put("columns", texts: references.columns)
      inner.put("on_delete", references.onDelete)
      inner.put("on_update", references.onUpdate)
      map.put("references", inner.value)
    }
    map.put("expression", expression)
    return map.value
  }
}

extension KeyColumn {
  /// A column's name alone, where there is no more to say.
  fileprivate var manifest: ManifestValue {
    if !isExpression, !descending, nulls == nil { return .text(name) }
    var map = ManifestMap()
    map.put(isExpression ? "expression" : "name", name)
    if descending { map.put("descending", flag: true) }
    map.put("nulls", nulls)
    return map.value
  }
}

extension Index {
  fileprivate var manifest: ManifestValue {
    var map = ManifestMap()
    map.put("name", name)
    map.put("unique", flag: unique)
    map.put("clustered", flag: clustered)
    map.put("method", method)
    map.put("columns", list: columns.map(\.manifest))
    map.put("included", texts: included)
    map.put("predicate", predicate)
    map.put("options", texts: options)
    return map.value
  }
}

extension DeclaredEdge {
  fileprivate var manifest: ManifestValue {
    var map = ManifestMap()
    map.put("column", column)
    map.put("from", source.rendered(column: sourceColumn))
    map.put("from_namespace", sourceNamespace)
    map.put("subtype", subtype.rawValue)
    if !expression.isEmpty { map.put("expression", expression) }
    return map.value
  }
}

extension RoutineEntry {
  fileprivate var manifest: ManifestValue {
    var map = ManifestMap()
    map.put("manifest", "routine")
    map.put("namespace", namespace)
    map.put("name", name.rendered)
    map.put("kind", kind.rawValue)
    map.put("dialect", dialect.rawValue)
    map.put(
      "parameters",
      list: parameters.map { parameter in
        var inner = ManifestMap()
        inner.put("name", parameter.name)
        inner.put("native_type", parameter.nativeType)
        inner.put("mode", parameter.mode.rawValue)
        inner.put("default", parameter.defaultValue)
        return inner.value
      })
    map.put("source", source)
    return map.value
  }
}

extension FeedEntry {
  fileprivate var manifest: ManifestValue {
    var map = ManifestMap()
    map.put("manifest", "feed")
    map.put("namespace", namespace)
    map.put("name", feed.name)
    map.put("client", feed.client)
    map.put("source", feed.source.rendered)
    map.put("target", feed.target.rendered)
    map.put("format", feed.format.rawValue)
    map.put("encoding", feed.encoding)
    map.put("delimiter", feed.delimiter)
    map.put("quote", feed.quote)
    map.put("header", flag: feed.header)
    map.put("schedule", feed.schedule)
    map.put("time_zone", feed.timeZone)
    map.put("load_pattern", feed.loadPattern.rawValue)
    map.put("keys", texts: feed.keys)
    map.put("expected_rows", feed.expectedRows.map { .number(Int64($0)) })
    map.put("contact", feed.contact)
    return map.value
  }
}
