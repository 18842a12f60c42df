package import CadastreDiagnostics
internal import CYaml

/// How a finding leaves the reader's depths.
private struct YAMLFailure: Error {
  var diagnostic: Diagnostic
}

/// Reads one YAML document from what may be anybody's file.
///
/// The parser gives events; the tree is built from them here, so that nothing is expanded: anchors, aliases and tags are refused as they come, nesting
/// has a limit, a file has one. An alias bomb costs as much as the bytes before its first anchor. <https://yaml.org/spec/1.2.2/>
package struct YAMLReader {
  /// Largest file, in bytes.
  package static let largestFile = 2 << 20
  /// Most levels of lists and maps in each other.
  package static let deepestNesting = 24

  private enum Open {
    case sequence([YAMLNode], SourcePosition)
    case mapping([(key: YAMLNode, value: YAMLNode)], pending: YAMLNode?, SourcePosition)
  }

  private let file: String
  private let source: SourceText
  /// A place up to which characters have been counted: the parser counts those, everything else here counts bytes.
  private var reached = (character: 0, byte: 0)
  private var open: [Open] = []
  private var root: YAMLNode?

  /// The document of a text; or why it cannot be used (X001: not YAML, X002: what manifests may not hold, X003: too large).
  ///
  /// - Parameter bytes: UTF-8, without a byte order mark.
  package static func read(_ bytes: [UInt8], file: String) -> (node: YAMLNode?, diagnostic: Diagnostic?) {
    guard bytes.count <= largestFile else {
      let message = "expected at most \(largestFile >> 20) MB, found \(bytes.count) bytes; a manifest holds one object"
      return (nil, Diagnostic(code: "X003", severity: .error, message: message, file: file))
    }
    var reader = YAMLReader(file: file, source: SourceText(name: file, bytes: bytes))
    do {
      return (try reader.run(bytes), nil)
    } catch {
      return (nil, error.diagnostic)
    }
  }

  private init(file: String, source: SourceText) {
    self.file = file
    self.source = source
  }

  /// Line and column of the parser's mark. Marks come in order; one that goes back is taken for the last.
  private mutating func position(_ mark: yaml_mark_t) -> SourcePosition {
    let bytes = source.bytes
    while reached.character < Int(mark.index), reached.byte < bytes.count {
      let lead = bytes[reached.byte]
      reached.byte += lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      reached.character += 1
    }
    return source.position(of: UInt32(min(reached.byte, bytes.count)))
  }

  private func failure(_ code: String, _ message: String, _ position: SourcePosition?) -> YAMLFailure {
    YAMLFailure(diagnostic: Diagnostic(code: code, severity: .error, message: message, file: file, position: position))
  }

  private mutating func run(_ bytes: [UInt8]) throws(YAMLFailure) -> YAMLNode {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else { throw failure("X001", "out of memory", nil) }
    defer { yaml_parser_delete(&parser) }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    // the parser reads while this runs and never after
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, bytes.count))
    defer { buffer.deallocate() }
    _ = buffer.initialize(from: bytes)
    yaml_parser_set_input_string(&parser, buffer.baseAddress, bytes.count)
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(&parser, &event) == 1 else {
        let reason = parser.problem.map { String(cString: $0) } ?? "unreadable"
        let context = parser.context.map { " " + String(cString: $0) } ?? ""
        let place = parser.error == YAML_READER_ERROR ? source.position(of: UInt32(min(parser.problem_offset, bytes.count))) : position(parser.problem_mark)
        throw failure("X001", "expected YAML, found what is none: \(reason)\(context); quote the text or mend its indentation", place)
      }
      defer { yaml_event_delete(&event) }
      if try take(event) { break }
    }
    guard let root else { throw failure("X001", "expected a manifest, found an empty file; begin with 'manifest: asset'", SourcePosition(line: 1, column: 1)) }
    return root
  }

  /// Takes one event; answers whether it was the last.
  private mutating func take(_ event: yaml_event_t) throws(YAMLFailure) -> Bool {
    let position = position(event.start_mark)
    switch event.type {
    case YAML_STREAM_END_EVENT: return true
    case YAML_DOCUMENT_START_EVENT:
      if root != nil { throw failure("X002", "expected one document, found a second; give it a file of its own", position) }
      if event.data.document_start.tag_directives.start != event.data.document_start.tag_directives.end { throw tagged(position) }
    case YAML_ALIAS_EVENT:
      throw failure("X002", "expected a value, found an alias; write the value out, manifests have no anchors and aliases", position)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      if scalar.anchor != nil { throw anchored(position) }
      if scalar.tag != nil { throw tagged(position) }
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      try close(YAMLNode(.scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), at: position))
    case YAML_SEQUENCE_START_EVENT:
      if event.data.sequence_start.anchor != nil { throw anchored(position) }
      if event.data.sequence_start.tag != nil { throw tagged(position) }
      try enter(.sequence([], position), position)
    case YAML_MAPPING_START_EVENT:
      if event.data.mapping_start.anchor != nil { throw anchored(position) }
      if event.data.mapping_start.tag != nil { throw tagged(position) }
      try enter(.mapping([], pending: nil, position), position)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
      switch open.popLast() {
      case .sequence(let items, let position)?: try close(YAMLNode(.sequence(items), at: position))
      case .mapping(let pairs, _, let position)?: try close(YAMLNode(.mapping(pairs), at: position))
      case nil: break
      }
    default: break
    }
    return false
  }

  private func anchored(_ position: SourcePosition) -> YAMLFailure {
    failure("X002", "expected a value, found an anchor; write the value out, manifests have no anchors and aliases", position)
  }

  private func tagged(_ position: SourcePosition) -> YAMLFailure {
    failure("X002", "expected a value, found a tag; leave it out, what a key holds is known", position)
  }

  private mutating func enter(_ level: Open, _ position: SourcePosition) throws(YAMLFailure) {
    guard open.count < YAMLReader.deepestNesting else {
      throw failure("X002", "expected at most \(YAMLReader.deepestNesting) levels of lists and maps, found more; no manifest needs them", position)
    }
    open.append(level)
  }

  /// Puts a finished node where it belongs.
  private mutating func close(_ node: YAMLNode) throws(YAMLFailure) {
    switch open.popLast() {
    case .sequence(var items, let position)?:
      items.append(node)
      open.append(.sequence(items, position))
    case .mapping(var pairs, let pending, let position)?:
      if let pending {
        pairs.append((pending, node))
        open.append(.mapping(pairs, pending: nil, position))
      } else {
        guard case .scalar = node.value else { throw failure("X002", "expected a key, found \(node.described); keys are text", node.position) }
        open.append(.mapping(pairs, pending: node, position))
      }
    case nil: root = node
    }
  }
}
