public import CadastreModel
public import CadastreStore

/// One asset with all that the registry holds of it.
public struct AssetCard: Sendable, Encodable {
  public var namespace: String
  public var name: String
  public var asset: Asset

  /// - Parameter name: as many parts as are enough.
  public init(_ name: String, namespace: String? = nil, in registry: Registry) throws {
    let place = try LineageQuestion.place(name, namespace: namespace, in: registry)
    guard place.reference.column == nil, let found = try registry.asset(place.reference.asset, namespace: place.namespace) else {
      throw LineageFailure.unknown(name: name, registry: registry.path)
    }
    self.namespace = place.namespace
    self.name = found.name.rendered
    asset = found
  }

  public var text: String {
    func line(_ label: String, _ value: String?) -> String { value.map { "\(label): \(Printable.text($0))\n" } ?? "" }
    var text = "\(Printable.text(name))  \(asset.kind.rawValue) of \(Printable.text(namespace))\n"
    text += line("layer", asset.layer?.rawValue) + line("status", asset.status.rawValue) + line("description", asset.description) + line("owner", asset.owner)
    text += line("steward", asset.steward) + line("client", asset.client) + line("tags", asset.tags.isEmpty ? nil : asset.tags.joined(separator: ", "))
    text += line("defined in", asset.definedAt.map { $0.line > 0 ? "\($0.file):\($0.line)" : $0.file })
    text += table.aligned
    for constraint in asset.constraints {
      let columns = constraint.columns.map(\.name).joined(separator: ", ")
      text += "\(constraint.kind.rawValue) \(Printable.text(constraint.name ?? ""))(\(Printable.text(columns)))\n"
    }
    for index in asset.indexes {
      text += "index \(Printable.text(index.name ?? ""))(\(Printable.text(index.columns.map(\.name).joined(separator: ", "))))\n"
    }
    return text
  }

  public var table: TextTable {
    TextTable(
      ["column", "type", "nullable", "default", "class", "description"],
      asset.columns.map {
        [$0.name, $0.nativeType ?? "", $0.nullable ? "yes" : "no", $0.defaultValue?.expression ?? "", $0.classification?.rawValue ?? "", $0.description ?? ""]
      })
  }
}
