package import CadastreDiagnostics

/// A YAML document as read: text, lists and maps with their places. No anchors, aliases or tags: `YAMLReader` refuses them.
package struct YAMLNode: Sendable {
  package indirect enum Value: Sendable {
    /// `isPlain`: without quotes and not a block, so that `null`, `true` and numbers may be meant.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([(key: YAMLNode, value: YAMLNode)])
  }

  package var value: Value
  package var position: SourcePosition

  package init(_ value: Value, at position: SourcePosition) {
    self.value = value
    self.position = position
  }

  /// What stands there, for a message: `text 'x'`, `a list`, `a map`, `nothing`.
  package var described: String {
    switch value {
    case .scalar("", isPlain: true): "nothing"
    case .scalar(let text, _): "'\(text.split(separator: "\n", omittingEmptySubsequences: false).first.map { String($0.prefix(40)) } ?? "")'"
    case .sequence: "a list"
    case .mapping: "a map"
    }
  }
}
