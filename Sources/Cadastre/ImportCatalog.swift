internal import CadastreCatalog
internal import CadastreDelimited
internal import CadastreDialects
public import CadastreModel
public import CadastreStore
internal import Foundation

/// Why a table of columns or edges cannot be taken in. Lines are 1-based; nothing was changed.
public enum ImportFailure: Error, Sendable, Hashable {
  /// The first record does not name the columns that are needed.
  case header(path: String, expected: String, found: String)
  case record(path: String, line: Int, expected: String, found: String)
}

/// Takes a catalogue in from two CSV files: columns of assets, and edges between columns, as other tools and servers can write them.
///
/// The files are what they hold, as scripts are: what an earlier import of the same file had and this one has not is retired.
public struct ImportCatalog: Sendable {
  private let namespace: Namespace
  private let rules: Dialect

  public init(namespace: String, dialect: DialectName) {
    rules = Dialect.named(dialect)
    self.namespace = Namespace(name: namespace, dialect: dialect, caseInsensitive: rules.identifiers.caseInsensitive)
  }

  /// - Parameters:
  ///   - columns: path of a CSV file with the header `asset,column,type` and, in any order, `nullable,description,kind,layer,owner`; columns of an asset
  ///     stand together, in their order.
  ///   - edges: path of a CSV file with the header `source,target` and, in any order, `kind,subtype,expression,routine,line`; ends are
  ///     `schema.table.column`, a target may be `schema.table.*`.
  public func run(columns: String?, edges: String?, into registry: Registry, by author: ChangeAuthor) throws -> ScanSummary {
    var assets: [Asset] = []
    if let columns { assets = try read(columns: columns) }
    var names = EdgeNames()
    var units: [ScanUnit] = []
    if let edges { units = [ScanUnit(routine: nil, file: edges, edges: try read(edges: edges, &names))] }
    let result = ScanResult(
      namespace: namespace, roots: [columns, edges].compactMap { $0 }, assets: assets, routines: [], names: names, units: units)
    return try registry.apply(result, by: author)
  }

  // MARK: columns

  private func read(columns path: String) throws -> [Asset] {
    var assets: [Asset] = []
    var places: [ExactText: Int] = [:]
    var last: (name: ExactText, place: Int)?
    // in a warehouse that does not tell case apart, two spellings are one name
    func folded(_ name: String) -> ExactText { ExactText(namespace.caseInsensitive ? name.lowercased() : name) }
    // a name twice in a table of columns is a mistake of whoever wrote it: which is meant?
    var seen: [Set<ExactText>] = []
    try Sheet.read(path, needed: ["asset", "column"], known: ["asset", "column", "type", "nullable", "description", "kind", "layer", "owner"]) { row in
      let place: Int
      let key = folded(row.text("asset"))
      if let last, last.name == key {
        place = last.place
      } else if let known = places[key] {
        place = known
      } else {
        let name = ObjectName(ObjectName.parts(reading: row.text("asset")))
        guard !name.name.isEmpty else { throw row.failure("asset", "schema.table") }
        let kind = row.text("kind").isEmpty ? AssetKind.table : AssetKind(rawValue: row.text("kind"))
        guard let kind else { throw row.failure("kind", AssetKind.allCases.map(\.rawValue).joined(separator: ", ")) }
        var asset = Asset(name: name, kind: kind, dialect: namespace.dialect, definedAt: SourceSpan(file: path, line: row.line, start: 0, end: 0))
        let layer = row.text("layer")
        asset.layer = layer.isEmpty ? name.schema.flatMap(LayerTable.layer(ofSchema:)) : AssetLayer(rawValue: layer)
        if !layer.isEmpty, asset.layer == nil { throw row.failure("layer", AssetLayer.allCases.map(\.rawValue).joined(separator: ", ")) }
        asset.owner = row.text("owner").isEmpty ? nil : row.text("owner")
        place = assets.count
        places[key] = place
        assets.append(asset)
        seen.append([])
      }
      last = (key, place)
      let name = row.text("column")
      guard !name.isEmpty else { throw row.failure("column", "a column's name") }
      guard seen[place].insert(folded(name)).inserted else { throw row.failure("column", "each column of a table once") }
      var column = Column(name: name, ordinal: assets[place].columns.count + 1)
      let type = row.text("type")
      if !type.isEmpty {
        column.nativeType = type
        column.type = types.logicalType(type)
      }
      switch row.text("nullable").lowercased() {
      case "", "1", "true", "yes": column.nullable = true
      case "0", "false", "no": column.nullable = false
      default: throw row.failure("nullable", "1 or 0")
      }
      let description = row.text("description")
      if !description.isEmpty { column.description = description }
      assets[place].columns.append(column)
    }
    return assets
  }

  private var types: TypeReader { TypeReader(rules: rules) }

  /// A native type's logical one, by its name and what stands in brackets.
  private struct TypeReader {
    let rules: Dialect

    func logicalType(_ text: String) -> LogicalType {
      guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else { return rules.types.logicalType(name: text, arguments: []) }
      let arguments = text[text.index(after: open)..<close].split(separator: ",").map { String($0.filter { $0 != " " }) }
      return rules.types.logicalType(name: String(text[..<open]), arguments: arguments)
    }
  }

  // MARK: edges

  private func read(edges path: String, _ names: inout EdgeNames) throws -> [NumberedEdge] {
    var edges: [NumberedEdge] = []
    var columns: [ExactText: Int32] = [:]
    var expressions: [ExactText: Int32] = [:]
    var references: [ColumnReference] = []
    var texts: [String] = []
    try Sheet.read(path, needed: ["source", "target"], known: ["source", "target", "kind", "subtype", "expression", "line"]) { row in
      func end(_ field: String) throws -> Int32 {
        let key = ExactText(row.text(field))
        if let known = columns[key] { return known }
        let name = ObjectName(ObjectName.parts(reading: key.text))
        guard name.parts.count > 1, let column = name.parts.last, !column.isEmpty else { throw row.failure(field, "schema.table.column") }
        let number = Int32(references.count)
        references.append(ColumnReference(asset: ObjectName(Array(name.parts.dropLast())), column: column == "*" ? nil : column))
        columns[key] = number
        return number
      }
      let (source, target) = (try end("source"), try end("target"))
      guard references[Int(source)].column != nil else { throw row.failure("source", "a column: rows are no source") }
      let kind = row.text("kind")
      let subtype = row.text("subtype").isEmpty ? (kind == "indirect" ? EdgeSubtype.filter : .transformation) : EdgeSubtype(rawValue: row.text("subtype"))
      guard let subtype else { throw row.failure("subtype", EdgeSubtype.allCases.map(\.rawValue).joined(separator: ", ")) }
      guard kind.isEmpty || kind == subtype.kind.rawValue else { throw row.failure("kind", "\(subtype.kind.rawValue), which \(subtype.rawValue) is") }
      let text = ExactText(row.text("expression"))
      let expression: Int32
      if let known = expressions[text] {
        expression = known
      } else {
        expression = Int32(texts.count)
        texts.append(text.text)
        expressions[text] = expression
      }
      let line = row.text("line").isEmpty ? Int32(truncatingIfNeeded: row.line) : Int32(row.text("line"))
      guard let line, line > 0 else { throw row.failure("line", "a line's number, from 1 on") }
      edges.append(
        NumberedEdge(
          source: source, target: target, owner: 0, line: line, statement: 1, expression: expression,
          columns: 0, subtype: subtype, origin: .declared, candidates: 1))
    }
    names.columns = references
    names.expressions = texts
    names.owners = [EdgeNames.Owner(routine: nil, file: path)]
    return edges
  }
}

/// A CSV file with a header, record by record.
private struct Sheet {
  struct Row {
    let path: String
    let line: Int
    let places: [String: Int]
    let fields: [[UInt8]]

    /// Empty where the sheet has no such heading.
    func text(_ name: String) -> String { places[name].map { String(decoding: fields[$0], as: UTF8.self) } ?? "" }

    func failure(_ name: String, _ expected: String) -> ImportFailure {
      .record(path: path, line: line, expected: "\(expected) as \(name)", found: text(name))
    }
  }

  static func read(_ path: String, needed: [String], known: [String], _ body: (Row) throws -> Void) throws {
    let bytes = try InputFile.text(path).bytes
    var reader = DelimitedReader(delimiter: 0x2C, quote: 0x22)
    var places: [String: Int]?
    var failure: (any Error)?
    func take(_ line: Int, _ fields: [[UInt8]], _ finding: RecordFinding?) {
      guard failure == nil else { return }
      do {
        if let finding { throw ImportFailure.record(path: path, line: line, expected: "a record of RFC 4180", found: finding.text) }
        guard let places else {
          let header = fields.map { String(decoding: $0, as: UTF8.self).lowercased() }
          guard needed.allSatisfy(header.contains), header.allSatisfy(known.contains), Set(header).count == header.count else {
            throw ImportFailure.header(path: path, expected: known.joined(separator: ","), found: header.joined(separator: ","))
          }
          places = Dictionary(uniqueKeysWithValues: header.enumerated().map { ($1, $0) })
          return
        }
        guard fields.count == places.count else {
          throw ImportFailure.record(path: path, line: line, expected: "\(places.count) cells", found: "\(fields.count); quote cells that hold a comma")
        }
        try body(Row(path: path, line: line, places: places, fields: fields))
      } catch {
        failure = error
      }
    }
    bytes.withUnsafeBufferPointer { reader.consume($0, take) }
    reader.finish(take)
    if let failure { throw failure }
    if places == nil { throw ImportFailure.header(path: path, expected: known.joined(separator: ","), found: "nothing") }
  }
}
