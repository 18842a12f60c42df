public import CadastreDelimited
internal import CadastreModel

/// Profiles a file as it streams by: give it the bytes in chunks, then ask for the profile.
public struct Profiler {
  private enum Reader {
    case delimited(DelimitedReader)
    case fixed(FixedWidthReader)
  }

  private let shape: FileShape
  private let layout: [LayoutField]?
  private var reader: Reader
  private var columns: [ColumnProfiler] = []
  private var rows = 0
  private var bytes = 0
  private var headerSeen = false
  private var findings: [Profile.Finding] = []
  private var counts: [String: Int] = [:]
  private var skipMark: Int
  /// Pairs of columns that may be a key together, with the hashes of their values.
  private var carry: UInt8?

  /// Findings kept of each kind.
  static let mostFindings = 10

  /// - Parameters:
  ///   - shape: read off the file's first bytes.
  ///   - layout: for a fixed-width file.
  public init(shape: FileShape, layout: [LayoutField]? = nil) {
    self.shape = shape
    self.layout = layout
    skipMark = shape.hasByteOrderMark ? (shape.encoding.hasPrefix("utf-16") ? 2 : 3) : 0
    if let layout {
      reader = .fixed(FixedWidthReader(layout))
      columns = layout.map { ColumnProfiler(name: $0.name) }
    } else {
      reader = .delimited(DelimitedReader(delimiter: shape.delimiter, quote: shape.quote))
    }
  }

  public mutating func consume(_ chunk: [UInt8]) {
    bytes += chunk.count
    var body = chunk[...]
    while skipMark > 0, !body.isEmpty {
      body.removeFirst()
      skipMark -= 1
    }
    feed(shape.encoding.hasPrefix("utf-16") ? transcoded(body) : Array(body))
  }

  private mutating func feed(_ body: [UInt8]) {
    var records: [([[UInt8]], RecordFinding?)] = []
    switch reader {
    case .delimited(var inner):
      inner.consume(body) { records.append(($1, $2)) }
      reader = .delimited(inner)
    case .fixed(var inner):
      inner.consume(body) { records.append(($0, $1)) }
      reader = .fixed(inner)
    }
    for (fields, finding) in records { record(fields, finding) }
  }

  private mutating func transcoded(_ body: ArraySlice<UInt8>) -> [UInt8] {
    var units: [UInt16] = []
    var bytes = Array(body)
    if let carry { bytes.insert(carry, at: 0) }
    carry = bytes.count % 2 == 1 ? bytes.removeLast() : nil
    let low = shape.encoding == "utf-16le" ? 0 : 1
    for index in stride(from: 0, to: bytes.count, by: 2) { units.append(UInt16(bytes[index + low]) | UInt16(bytes[index + 1 - low]) << 8) }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  private mutating func find(_ kind: String, _ column: String?, _ text: String) {
    counts[kind, default: 0] += 1
    if counts[kind, default: 0] <= Self.mostFindings { findings.append(Profile.Finding(row: rows, column: column, kind: kind, text: text)) }
  }

  private mutating func record(_ fields: [[UInt8]], _ finding: RecordFinding?) {
    if layout == nil, shape.hasHeader, !headerSeen {
      headerSeen = true
      columns = fields.map { ColumnProfiler(name: String(decoding: $0, as: UTF8.self)) }
      return
    }
    rows += 1
    if let first = fields.first, layout != nil, first.starts(with: Array("TRAILER".utf8)) {
      rows -= 1
      find("trailer", nil, "the file ends with a trailer record")
      return
    }
    if let finding { find(finding.kind, nil, finding.text) }
    if columns.isEmpty { columns = fields.indices.map { ColumnProfiler(name: "column_\($0 + 1)") } }
    if fields.count != columns.count {
      find("column_count", nil, "\(fields.count) fields, \(columns.count) expected")
    }
    for (index, field) in fields.enumerated() where index < columns.count {
      if shape.encoding == "utf-8", field.contains(where: { $0 >= 0x80 }), String(validating: field, as: UTF8.self) == nil {
        find("invalid_encoding", columns[index].name, "bytes that are not UTF-8")
      }
      columns[index].add(field)
    }
  }

  /// The profile of all that was consumed.
  public mutating func finish() -> Profile {
    var records: [([[UInt8]], RecordFinding?)] = []
    switch reader {
    case .delimited(var inner): inner.finish { records.append(($1, $2)) }
    case .fixed(var inner): inner.finish { records.append(($0, $1)) }
    }
    for (fields, finding) in records { record(fields, finding) }
    for column in columns {
      if column.dateFormats.count > 1, column.column(ordinal: 0).formats.count > 1 {
        counts["mixed_formats", default: 0] += 1
        findings.append(.init(row: 0, column: column.name, kind: "mixed_formats", text: "dates as " + column.dateFormats.joined(separator: ", ")))
      }
      if column.badDates > 0 {
        counts["bad_date", default: 0] += column.badDates
        findings.append(.init(row: 0, column: column.name, kind: "bad_date", text: "\(column.badDates) values are no date"))
      }
      if column.paddedValues > 0, layout == nil {
        counts["padded", default: 0] += column.paddedValues
        findings.append(.init(row: 0, column: column.name, kind: "padded", text: "\(column.paddedValues) values have blanks around them"))
      }
    }
    for (kind, count) in counts.sorted(by: { $0.key < $1.key }) where count > Self.mostFindings && kind != "padded" && kind != "bad_date" {
      findings.append(.init(row: 0, column: nil, kind: kind, text: "\(count) in all, the first \(Self.mostFindings) are listed"))
    }
    let keys = columns.filter(\.isUnique).map { Profile.Key(columns: [$0.name], unique: true) }
    let delimited = layout == nil
    return Profile(
      file: .init(
        format: delimited ? "delimited" : "fixed", encoding: shape.encoding, bom: shape.hasByteOrderMark,
        delimiter: delimited ? String(decoding: [shape.delimiter], as: UTF8.self) : nil,
        quote: shape.quote.flatMap { delimited ? String(decoding: [$0], as: UTF8.self) : nil }, escape: shape.quote != nil && delimited ? "doubled" : nil,
        lineEnd: shape.lineEnd, header: delimited && shape.hasHeader, rows: rows, bytes: bytes),
      columns: columns.enumerated().map { $0.element.column(ordinal: $0.offset + 1) }, keys: keys, findings: findings, findingCounts: counts)
  }
}
