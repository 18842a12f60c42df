internal import CadastreModel

/// What a sheet's cells of one heading hold, and how they are read and written. An empty cell stands for nothing.
struct SheetField<Subject: Sendable>: Sendable {
  let name: String
  let read: @Sendable (Subject) -> String
  /// Sets what a cell says; answers what was expected where it cannot be. `nil`: the cell only tells, it has to say what the registry says.
  let write: (@Sendable (inout Subject, String) -> String?)?
}

/// The headings of the sheets, in order: data, and all there is to do with it.
enum SheetFields {
  static let asset: [SheetField<Asset>] = [
    SheetField(name: "kind", read: { $0.kind.rawValue }, write: nil),
    SheetField(name: "layer", read: { $0.layer?.rawValue ?? "" }, write: { choice(&$0.layer, $1, AssetLayer.allCases) }),
    SheetField(
      name: "status", read: { $0.status.rawValue },
      write: { asset, cell in
        var status: AssetStatus?
        if let expected = choice(&status, cell, AssetStatus.allCases) { return expected }
        guard let status else { return "one of \(AssetStatus.allCases.map(\.rawValue).joined(separator: ", "))" }
        asset.status = status
        return nil
      }),
    text("owner", \.owner), text("steward", \.steward), text("client", \.client),
    SheetField(
      name: "tags", read: { $0.tags.map(tag).joined(separator: ";") },
      write: {
        $0.tags = tags($1)
        return nil
      }),
    text("description", \.description),
  ]

  static let column: [SheetField<Column>] = [
    SheetField(name: "type", read: { $0.nativeType ?? $0.type.map(TypeText.write) ?? "" }, write: nil),
    SheetField(
      name: "classification", read: { $0.classification?.rawValue ?? "" }, write: { choice(&$0.classification, $1, Classification.allCases) }),
    text("description", \.description),
  ]

  /// Every heading there is.
  static let names = ["namespace", "asset", "column"] + asset.map(\.name) + column.map(\.name).filter { name in !asset.contains { $0.name == name } }

  private static func text<Subject>(_ name: String, _ path: any WritableKeyPath<Subject, String?> & Sendable) -> SheetField<Subject> {
    SheetField(
      name: name, read: { $0[keyPath: path] ?? "" },
      write: {
        $0[keyPath: path] = $1.isEmpty ? nil : $1
        return nil
      })
  }

  private static func choice<Value: RawRepresentable>(_ place: inout Value?, _ cell: String, _ all: [Value]) -> String? where Value.RawValue == String {
    if cell.isEmpty {
      place = nil
      return nil
    }
    guard let value = Value(rawValue: cell) else {
      let known = all.map(\.rawValue)
      return "one of \(known.joined(separator: ", "))" + (Spelling.nearest(cell, among: known).map { " ('\($0)'?)" } ?? "")
    }
    place = value
    return nil
  }

  /// Tags stand in one cell, `;` between them; one that holds such a sign has a backslash before it.
  private static func tag(_ tag: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in tag.unicodeScalars {
      if scalar == ";" || scalar == "\\" { result.append("\\") }
      result.append(scalar)
    }
    return String(result)
  }

  private static func tags(_ cell: String) -> [String] {
    var tags: [String] = []
    var tag = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in cell.unicodeScalars {
      if isEscaped {
        tag.append(scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == ";" {
        tags.append(String(tag))
        tag = String.UnicodeScalarView()
      } else {
        tag.append(scalar)
      }
    }
    tags.append(String(tag))
    return tags.filter { !$0.isEmpty }
  }
}

/// Cells that a spreadsheet would take for a formula. <https://owasp.org/www-community/attacks/CSV_Injection>
enum SheetCell {
  private static func isFormula(_ scalars: Substring.UnicodeScalarView) -> Bool {
    guard let first = scalars.first else { return false }
    return "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first)
  }

  /// A text with an apostrophe before it where it could be run; apostrophes that look like ours get another, so that nothing is lost.
  static func guarded(_ text: String) -> String {
    isFormula(Substring(text).unicodeScalars.drop { $0 == "'" }) ? "'" + text : text
  }

  /// What `guarded` was given.
  static func plain(_ cell: String) -> String {
    let scalars = Substring(cell).unicodeScalars
    guard scalars.first == "'", isFormula(scalars.drop { $0 == "'" }) else { return cell }
    return String(scalars.dropFirst())
  }
}
