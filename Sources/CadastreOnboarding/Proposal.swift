public import CadastreModel

/// What Cadastre proposes for a client's new file: the assets, and the feed that brings them.
public struct OnboardingProposal: Sendable {
  public var file: Asset
  public var landing: Asset
  public var staging: Asset
  public var feed: Feed

  /// - Parameters:
  ///   - profile: of a sample of the file.
  ///   - fileName: as it arrived.
  ///   - landingSchema: where rows land as they came; the staging table goes to `stg`.
  public init(profile: Profile, fileName: String, client: String, landingSchema: String, stagingSchema: String = "stg", dialect: DialectName) {
    let base = Naming.table(ofFile: fileName)
    let names = Naming.unique(profile.columns.map { Naming.snake($0.name) })
    let fileName = fileName.split(separator: "/").last.map(String.init) ?? fileName
    let fileColumns = zip(names, profile.columns).map { name, column in
      Column(
        name: name, ordinal: column.ordinal, type: Self.type(column), nullable: column.nullable,
        description: name == column.name ? nil : "'\(column.name)' in the file", classification: Classification(rawValue: column.class))
    }
    file = Asset(
      name: ObjectName([Naming.snake(client), base]), kind: .file, layer: .landing, status: .onboarding, client: client, columns: fileColumns,
      options: ["file_name": fileName], dialect: dialect)
    func control(_ from: Int, nullable: Bool) -> [Column] {
      [
        Column(name: "load_id", ordinal: from, type: .int64, nullable: false, description: "run that brought the row"),
        Column(name: "source_file", ordinal: from + 1, type: .varchar(length: 400), nullable: false),
        Column(name: "source_row_no", ordinal: from + 2, type: .int64, nullable: false),
        Column(name: "loaded_at", ordinal: from + 3, type: .timestamp(precision: 3), nullable: false),
      ]
    }
    let width = names.count
    landing = Asset(
      name: ObjectName([landingSchema, base]), kind: .table, layer: .landing, status: .proposed, client: client,
      columns: fileColumns.map { column in
        Column(name: column.name, ordinal: column.ordinal, type: .varchar(length: 4000), description: column.description, classification: column.classification)
      } + control(width + 1, nullable: false), dialect: dialect)
    var constraints: [Constraint] = []
    let keys = profile.keys.first.map { key in key.columns.compactMap { name in profile.columns.firstIndex { $0.name == name }.map { names[$0] } } } ?? []
    if !keys.isEmpty { constraints.append(Constraint(kind: .unique, name: "UQ_stg_\(base)", columns: (["load_id"] + keys).map { KeyColumn($0) })) }
    staging = Asset(
      name: ObjectName([stagingSchema, base]), kind: .table, layer: .staging, status: .proposed, client: client,
      columns: fileColumns.map { column in
        var copy = column
        copy.nullable = !keys.contains(column.name)
        return copy
      } + control(width + 1, nullable: false) + [
        Column(name: "row_hash", ordinal: width + 5, type: .binary(length: 32)),
        Column(name: "is_valid", ordinal: width + 6, type: .boolean, nullable: false),
        Column(name: "reject_reason", ordinal: width + 7, type: .varchar(length: 400)),
      ], constraints: constraints, dialect: dialect)
    feed = Feed(
      name: "\(Naming.snake(client)).\(base)", client: client, source: file.name, target: landing.name,
      format: FileFormat(rawValue: profile.file.format) ?? .delimited, encoding: profile.file.encoding, delimiter: profile.file.delimiter,
      quote: profile.file.quote, header: profile.file.header, keys: keys, expectedRows: profile.file.rows)
  }

  private static func type(_ column: Profile.Column) -> LogicalType {
    switch column.type {
    case "boolean": .boolean
    case "int16": .int32
    case "int32": .int32
    case "int64": .int64
    case "decimal": .decimal(precision: [9, 18, 38].first { $0 >= (column.precision ?? 18) } ?? 38, scale: column.scale)
    case "date": .date
    case "timestamp": .timestamp(precision: 3)
    case "uuid": .uuid
    case "char": .char(length: column.length ?? 1)
    case "text": .text
    default: .varchar(length: rounded(column.length ?? 50))
    }
  }

  /// Room to grow: the next of the usual lengths.
  private static func rounded(_ length: Int) -> Int { [10, 20, 50, 100, 200, 400, 1000, 4000].first { $0 >= length } ?? 4000 }
}
