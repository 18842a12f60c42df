internal import CadastreDiagnostics

extension SyntaxTree {
  /// The tree as indented text: a line a node with its kind, its flags when not 0, its place (line:column, 1-based) and, for a node
  /// without children, its text.
  public func rendered() -> String {
    // flat: a node's depth is known once its parent is, and parents come after their children
    var depth = [Int](repeating: 0, count: nodes.count)
    var order: [NodeID] = []
    order.reserveCapacity(nodes.count)
    var todo = [root]
    while let node = todo.popLast() {
      order.append(node)
      for child in children(node).reversed() {
        depth[child] = depth[node] + 1
        todo.append(child)
      }
    }
    var text = ""
    for node in order {
      let value = nodes[node]
      let position = position(node)
      text += String(repeating: "  ", count: depth[node]) + "\(value.kind)"
      if value.flags != 0 { text += " flags=\(value.flags)" }
      text += " \(position.line):\(position.column)"
      if value.firstDescendant == UInt32(node), value.endToken > value.firstToken {
        text += " " + self.text(node, limit: 120).split(whereSeparator: \.isNewline).joined(separator: " ")
      }
      text += "\n"
    }
    return text
  }
}
