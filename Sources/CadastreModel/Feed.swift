/// How rows of a client's file are laid out.
public enum FileFormat: String, Sendable, Hashable, Codable {
  case delimited, fixed, jsonl
}

/// How a feed's rows arrive at their target.
public enum LoadPattern: String, Sendable, Hashable, Codable {
  case full, incremental, scd1, scd2, append
}

/// What brings an asset in: a client's file or extract, on a schedule.
public struct Feed: Sendable, Hashable, Codable {
  /// Unique in its namespace.
  public var name: String
  public var client: String
  /// The asset that arrives (a file) and the one it is loaded into.
  public var source: ObjectName
  public var target: ObjectName
  public var format: FileFormat
  public var encoding: String
  public var delimiter: String?
  public var quote: String?
  public var header: Bool
  /// Five-field cron expression and IANA time zone; `nil` until agreed.
  public var schedule: String?
  public var timeZone: String?
  public var loadPattern: LoadPattern
  /// Columns of the natural key; empty until known.
  public var keys: [String]
  public var expectedRows: Int?
  public var contact: String?

  public init(
    name: String, client: String, source: ObjectName, target: ObjectName, format: FileFormat, encoding: String,
    delimiter: String? = nil, quote: String? = nil, header: Bool, schedule: String? = nil, timeZone: String? = nil,
    loadPattern: LoadPattern = .full, keys: [String] = [], expectedRows: Int? = nil, contact: String? = nil
  ) {
    self.name = name
    self.client = client
    self.source = source
    self.target = target
    self.format = format
    self.encoding = encoding
    self.delimiter = delimiter
    self.quote = quote
    self.header = header
    self.schedule = schedule
    self.timeZone = timeZone
    self.loadPattern = loadPattern
    self.keys = keys
    self.expectedRows = expectedRows
    self.contact = contact
  }
}
