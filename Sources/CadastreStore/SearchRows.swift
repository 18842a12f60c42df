internal import CadastreModel
internal import GRDB

/// Rows that are found, and hits of them.
enum SearchRows {
  static let asset = """
    SELECT v.id, v.asset_id, a.namespace_id, n.name AS namespace, v.name, v.kind, v.known, v.layer, v.status, v.description, v.owner, v.client, v.tags
      FROM asset_version v JOIN asset a ON a.id = v.asset_id JOIN namespace n ON n.id = a.namespace_id
    """
  static let column = """
    SELECT w.id, w.column_id, k.asset_id, a.namespace_id, n.name AS namespace, w.name, w.ordinal, w.native_type, w.description, w.classification,
           v.name AS asset, v.known, v.layer, v.owner, v.client, v.tags
      FROM asset_column_version w JOIN asset_column k ON k.id = w.column_id JOIN asset a ON a.id = k.asset_id JOIN namespace n ON n.id = a.namespace_id
      JOIN asset_version v ON v.asset_id = a.id AND v.ended_change_id IS NULL
    """
  static let routine = """
    SELECT v.id, v.routine_id, r.namespace_id, n.name AS namespace, v.name, v.kind, v.hash
      FROM routine_version v JOIN routine r ON r.id = v.routine_id JOIN namespace n ON n.id = r.namespace_id
    """
  static let feed = """
    SELECT f.id AS feed_id, f.namespace_id, n.name AS namespace, f.name, v.client, v.source, v.target
      FROM feed f JOIN namespace n ON n.id = f.namespace_id JOIN feed_version v ON v.feed_id = f.id AND v.ended_change_id IS NULL
    """

  static let term = "SELECT v.id, v.term_id, v.name, v.definition, v.owner FROM term_version v"
  static let note = "SELECT v.id, v.kind, v.subject, v.text FROM note v"

  static func hit(asset row: Row, _ match: SearchMatch, _ fragment: String) -> SearchHit {
    var hit = SearchHit(type: "asset", kind: row["kind"], namespace: row["namespace"], name: row["name"], matched: match, fragment: fragment)
    (hit.description, hit.owner, hit.layer, hit.client) = (row["description"], row["owner"], row["layer"], row["client"])
    hit.tags = tags(row["tags"])
    hit.known = row["known"]
    return hit
  }

  static func hit(column row: Row, _ match: SearchMatch, _ fragment: String) -> SearchHit {
    let asset: String = row["asset"]
    var hit = SearchHit(
      type: "column", kind: "column", namespace: row["namespace"], name: asset + "." + ObjectName.renderedPart(row["name"]), matched: match, fragment: fragment)
    (hit.asset, hit.nativeType, hit.classification, hit.description) = (asset, row["native_type"], row["classification"], row["description"])
    (hit.owner, hit.layer, hit.client) = (row["owner"], row["layer"], row["client"])
    hit.tags = tags(row["tags"])
    let ordinal: Int = row["ordinal"]
    hit.known = row["known"] && ordinal > 0
    return hit
  }

  static func hit(feed row: Row, _ match: SearchMatch, _ fragment: String) -> SearchHit {
    var hit = SearchHit(type: "feed", kind: "feed", namespace: row["namespace"], name: row["name"], matched: match, fragment: fragment)
    hit.client = row["client"]
    hit.description = "\(row["source"] as String) into \(row["target"] as String)"
    return hit
  }

  static func hit(term row: Row, _ match: SearchMatch, _ fragment: String) -> SearchHit {
    var hit = SearchHit(type: "term", kind: "term", namespace: "", name: row["name"], matched: match, fragment: fragment)
    (hit.description, hit.owner) = (row["definition"], row["owner"])
    return hit
  }

  private static func tags(_ text: String) -> [String]? {
    text == "[]" ? nil : try? AssetRows.decode([String].self, text)
  }
}
