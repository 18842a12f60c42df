public import CadastreModel
internal import GRDB

extension Registry {
  /// Puts assets, and with them a feed and a checklist, into the registry as one change.
  ///
  /// - Returns: the change's id; `nil` when all of it was there already.
  public func save(
    _ assets: [Asset], feed: Feed?, checklist: Checklist?, in namespace: Namespace, by author: ChangeAuthor
  ) throws(StoreError) -> Int64? {
    try write(author) { change in
      let scan = ScanResult(namespace: namespace, roots: [], assets: assets)
      var application = try ScanApplication(scan, change)
      _ = try application.run()
      change = application.change
      let namespaceID = application.names.namespaceID
      if let feed { try save(feed, namespaceID, &change) }
      if let checklist { try save(checklist, namespaceID, &change) }
    }.1
  }

  func save(_ feed: Feed, _ namespaceID: Int64, _ change: inout ChangeWriter) throws {
    let definition = try change.json(feed)
    let row = try Row.fetchOne(
      change.db,
      sql: """
        SELECT f.id, v.definition FROM feed f LEFT JOIN feed_version v ON v.feed_id = f.id AND v.ended_change_id IS NULL
         WHERE f.namespace_id = ? AND f.name = ?
        """, arguments: [namespaceID, feed.name])
    let before: String? = row?["definition"]
    guard before.map(ExactText.init) != ExactText(definition) else { return }
    let id: Int64
    if let known = row?["id"] as Int64? {
      id = known
      try change.db.execute(
        sql: "UPDATE feed_version SET ended_change_id = ? WHERE feed_id = ? AND ended_change_id IS NULL", arguments: [change.id, id])
    } else {
      try change.db.execute(sql: "INSERT INTO feed (namespace_id, name) VALUES (?, ?)", arguments: [namespaceID, feed.name])
      id = change.db.lastInsertedRowID
    }
    try change.db.execute(
      sql: """
        INSERT INTO feed_version (feed_id, client, source, target, format, load_pattern, definition, began_change_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        id, feed.client, feed.source.rendered, feed.target.rendered, feed.format.rawValue, feed.loadPattern.rawValue, definition, change.id,
      ])
    try change.note("feed", feed.name, before: before, after: definition)
  }

  private func save(_ checklist: Checklist, _ namespaceID: Int64, _ change: inout ChangeWriter) throws {
    let subject = checklist.subject.rendered
    var id = try Int64.fetchOne(
      change.db, sql: "SELECT id FROM checklist WHERE namespace_id = ? AND template = ? AND subject = ?",
      arguments: [namespaceID, checklist.template, subject])
    if id == nil {
      try change.db.execute(
        sql: "INSERT INTO checklist (namespace_id, template, template_version, subject, began_change_id) VALUES (?, ?, ?, ?, ?)",
        arguments: [namespaceID, checklist.template, checklist.templateVersion, subject, change.id])
      id = change.db.lastInsertedRowID
    }
    for (index, item) in checklist.items.enumerated() {
      let after = try change.json(item)
      let held = try Row.fetchOne(
        change.db, sql: "SELECT * FROM checklist_item WHERE checklist_id = ? AND code = ? AND ended_change_id IS NULL", arguments: [id, item.code])
      let before = try held.map { try change.json(try ChecklistRows.item($0)) }
      guard before != after else { continue }
      if let held {
        try change.db.execute(sql: "UPDATE checklist_item SET ended_change_id = ? WHERE id = ?", arguments: [change.id, held["id"] as Int64])
      }
      try change.db.execute(
        sql: """
          INSERT INTO checklist_item (checklist_id, position, code, title, kind, severity, depends_on, roles, state, detail, fix, began_change_id)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          id, index + 1, item.code, item.title, item.kind.rawValue, item.severity.rawValue, change.json(item.dependsOn), change.json(item.roles),
          item.state.rawValue, item.detail, item.fix, change.id,
        ])
      try change.note("checklist_item", "\(subject) \(item.code)", before: before, after: after)
    }
  }

  /// The checklists of a namespace, or of one subject in it.
  public func checklists(namespace: String?, subject: String? = nil) throws(StoreError) -> [Checklist] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT c.* FROM checklist c JOIN namespace n ON n.id = c.namespace_id
           WHERE (?1 IS NULL OR n.name = ?1) AND (?2 IS NULL OR c.subject = ?2) ORDER BY c.id
          """, arguments: [namespace, subject])
      return try rows.map { row in
        let items = try Row.fetchAll(
          db, sql: "SELECT * FROM checklist_item WHERE checklist_id = ? AND ended_change_id IS NULL ORDER BY position", arguments: [row["id"] as Int64])
        return Checklist(
          template: row["template"], templateVersion: row["template_version"],
          subject: ObjectName((row["subject"] as String).split(separator: ".").map(String.init)), items: try items.map { try ChecklistRows.item($0) })
      }
    }
  }
}

enum ChecklistRows {
  static func item(_ row: Row) throws -> ChecklistItem {
    ChecklistItem(
      code: row["code"], title: row["title"], kind: ItemKind(rawValue: row["kind"]) ?? .auto, severity: ItemSeverity(rawValue: row["severity"]) ?? .major,
      dependsOn: try AssetRows.decode([String].self, row["depends_on"]) ?? [], roles: try AssetRows.decode([String].self, row["roles"]) ?? [],
      state: ItemState(rawValue: row["state"]) ?? .error, detail: row["detail"], fix: row["fix"])
  }
}
