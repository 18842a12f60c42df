import CadastreDiagnostics
import CadastreDialects
import CadastreModel
import CadastreSQL

/// libFuzzer's entry: the first byte chooses the dialect, the rest is the script. `scripts/fuzz` builds and runs it.
///
/// What must hold for any bytes: parsing ends, tokens lie in order within the text, every node's range lies within its parent's,
/// and the same text gives the same tree.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzParser(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard let data, size > 1 else { return 0 }
  let dialects = DialectName.selectable
  let dialect = Dialect.named(dialects[Int(data[0]) % dialects.count])
  let bytes = Array(UnsafeBufferPointer(start: data + 1, count: size - 1))
  let source = SourceText(name: "fuzz", bytes: bytes)
  let tree = SyntaxTree.parse(source, dialect: dialect)
  var end: UInt32 = 0
  for token in tree.tokens[..<tree.scriptTokens] {
    precondition(token.start >= end && token.end >= token.start && Int(token.end) <= bytes.count, "tokens overlap or leave the text")
    end = token.end
  }
  for node in tree.nodes.indices {
    let value = tree.nodes[node]
    precondition(value.firstToken <= value.endToken && Int(value.endToken) <= tree.tokens.count, "a node leaves the tokens")
    precondition(Int(value.firstDescendant) <= node, "a node's descendants do not come before it")
    _ = tree.range(node)
  }
  let counts = tree.counts
  precondition(counts.unparsed <= counts.statements && counts.routinesParsed <= counts.routines, "more is unread than there is")
  precondition(tree.unparsed.isEmpty || counts.unparsed > 0, "what is not read is not counted")
  return 0
}
