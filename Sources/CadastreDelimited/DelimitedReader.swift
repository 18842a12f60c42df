/// Something odd in a record: the record is still given, as far as it goes.
public struct RecordFinding: Sendable, Hashable {
  /// `unterminated_quote`, `text_after_quote`, `record_too_long`, `short_line`, `long_line`.
  public var kind: String
  public var text: String

  public init(kind: String, text: String) {
    self.kind = kind
    self.text = text
  }
}

/// Cuts a stream of bytes into records by RFC 4180, however the bytes are cut into chunks. Memory is bounded by the longest record.
///
/// Line ends are LF, CRLF and CR; quoted fields may hold all of them; a quote in quotes is doubled. <https://www.rfc-editor.org/rfc/rfc4180>
public struct DelimitedReader: Sendable {
  /// Longest record that is kept, in bytes.
  public static let longestRecord = 64 << 20

  private let delimiter: UInt8
  private let quote: UInt8?
  private var fields: [[UInt8]] = []
  private var field: [UInt8] = []
  private var size = 0
  private var state = State.start
  private var afterReturn = false
  private var hasTextAfterQuote = false
  private var line = 1
  /// Where the record begins that is being read.
  private var recordLine = 1

  private enum State { case start, plain, quoted, quoteInQuotes }

  public init(delimiter: UInt8, quote: UInt8?) {
    self.delimiter = delimiter
    self.quote = quote
  }

  /// Takes the next bytes and gives every record that ends in them, with the 1-based line on which it begins; lines end in LF, CRLF or CR.
  public mutating func consume(_ chunk: some Sequence<UInt8>, _ record: (_ line: Int, [[UInt8]], RecordFinding?) -> Void) {
    for byte in chunk {
      if afterReturn {
        afterReturn = false
        if byte == 0x0A { continue }
      }
      switch state {
      case .quoted:
        if byte == quote {
          state = .quoteInQuotes
        } else {
          if byte == 0x0D || byte == 0x0A && field.last != 0x0D { line += 1 }
          append(byte)
        }
      case .quoteInQuotes where byte == quote:
        append(byte)
        state = .quoted
      default:
        if byte == delimiter {
          endField()
        } else if byte == 0x0A || byte == 0x0D {
          afterReturn = byte == 0x0D
          endRecord(record)
          line += 1
          recordLine = line
        } else if byte == quote, state == .start {
          state = .quoted
        } else {
          if state == .quoteInQuotes { hasTextAfterQuote = true }
          append(byte)
          state = .plain
        }
      }
      if size > DelimitedReader.longestRecord {
        record(recordLine, fields, RecordFinding(kind: "record_too_long", text: "a record is longer than \(DelimitedReader.longestRecord) bytes; a quote may be open"))
        reset()
      }
    }
  }

  /// Gives the last record when no line end stands behind it.
  public mutating func finish(_ record: (_ line: Int, [[UInt8]], RecordFinding?) -> Void) {
    if state == .quoted {
      endField()
      record(recordLine, fields, RecordFinding(kind: "unterminated_quote", text: "a quoted field never ends"))
      return reset()
    }
    if state != .start || !fields.isEmpty || !field.isEmpty { endRecord(record) }
  }

  private mutating func append(_ byte: UInt8) {
    field.append(byte)
    size += 1
  }

  private mutating func endField() {
    fields.append(field)
    field.removeAll(keepingCapacity: true)
    state = .start
  }

  private mutating func endRecord(_ record: (_ line: Int, [[UInt8]], RecordFinding?) -> Void) {
    let blank = fields.isEmpty && field.isEmpty && state == .start
    endField()
    if !blank { record(recordLine, fields, hasTextAfterQuote ? RecordFinding(kind: "text_after_quote", text: "text stands behind a closing quote") : nil) }
    reset()
  }

  private mutating func reset() {
    fields.removeAll(keepingCapacity: true)
    field.removeAll(keepingCapacity: true)
    size = 0
    hasTextAfterQuote = false
    state = .start
  }
}

/// One field of a fixed-width layout.
public struct LayoutField: Sendable, Hashable {
  public var name: String
  /// 1-based byte position.
  public var start: Int
  /// In bytes.
  public var length: Int
  public var type: String
  public var description: String

  public init(name: String, start: Int, length: Int, type: String, description: String) {
    self.name = name
    self.start = start
    self.length = length
    self.type = type
    self.description = description
  }
}

/// Cuts lines into the fields of a layout.
public struct FixedWidthReader: Sendable {
  private let layout: [LayoutField]
  private var lines = DelimitedReader(delimiter: 0, quote: nil)

  public init(_ layout: [LayoutField]) { self.layout = layout }

  public mutating func consume(_ chunk: some Sequence<UInt8>, _ record: ([[UInt8]], RecordFinding?) -> Void) {
    let layout = layout
    lines.consume(chunk) { _, parts, _ in FixedWidthReader.cut(parts.first ?? [], layout, record) }
  }

  public mutating func finish(_ record: ([[UInt8]], RecordFinding?) -> Void) {
    let layout = layout
    lines.finish { _, parts, _ in FixedWidthReader.cut(parts.first ?? [], layout, record) }
  }

  private static func cut(_ line: [UInt8], _ layout: [LayoutField], _ record: ([[UInt8]], RecordFinding?) -> Void) {
    let width = layout.map { $0.start + $0.length - 1 }.max() ?? 0
    var finding: RecordFinding?
    if line.count < width { finding = RecordFinding(kind: "short_line", text: "\(line.count) of \(width) bytes") }
    if line.count > width { finding = RecordFinding(kind: "long_line", text: "\(line.count) bytes, \(width) expected") }
    let fields = layout.map { field -> [UInt8] in
      let lower = min(max(field.start - 1, 0), line.count)
      let upper = min(lower + max(field.length, 0), line.count)
      return Array(line[lower..<upper])
    }
    record(fields, finding)
  }
}
