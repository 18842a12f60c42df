import Foundation
import GoldenSupport

/// A warehouse's scripts by chance, and edits of them: the same for the same seed.
///
/// It is made of pieces, each one definition or statement; a file is the pieces that lie in it. Bodies name what there is when they are written: what
/// is renamed or dropped afterwards leaves them with names that mean nothing, as it does in life.
struct ScriptWarehouse {
  enum Language: String { case tsql, postgres }

  enum Kind: Equatable {
    case table, amendment, view, function, tableFunction, triggerFunction, trigger, synonym, statement
    case procedure(Shape)
  }

  /// What a procedure does, which says what its parameters are.
  enum Shape: CaseIterable {
    case insert, update, merge, caller, dynamic, prepared, temporary, temporaryChild, output, makes, reader, overload
  }

  struct Piece {
    var kind: Kind
    /// With its schema, where it has one.
    var name: String
    var file: String
    /// Of a table or view.
    var columns: [String] = []
    /// `nil` for a table, which is written from its columns.
    var body: String?
  }

  let language: Language
  var random: SplitMix64
  private(set) var pieces: [Piece] = []
  /// Files whose text is unreadable for now.
  private var broken: [String: [UInt8]] = [:]
  /// Files that are written again without a change.
  private(set) var touched: Set<String> = []
  private var next = 0

  private static let words = ["code", "name", "amount", "qty", "at", "note", "flag", "kind", "price", "region"]

  init(_ language: Language, seed: UInt64) {
    self.language = language
    random = SplitMix64(seed: seed)
    makeTables()
    for _ in 0..<4 { add(.view, schema: "mart", prefix: "v", folder: "views") }
    for _ in 0..<2 { add(.function, schema: "dbo", prefix: "f", folder: "code") }
    add(.tableFunction, schema: "dbo", prefix: "tf", folder: "code")
    let shapes: [Shape] = [.insert, .output, .dynamic, .prepared, .temporaryChild, .temporary, .update, .merge, .makes, .reader, .caller, .caller, .caller]
    for shape in shapes { add(.procedure(shape), schema: pick(["etl", "etl", "dw"]), prefix: "p", folder: "code") }
    if isTSQL { add(.synonym, schema: "dbo", prefix: "syn", folder: "code") } else { add(.triggerFunction, schema: "dbo", prefix: "tr", folder: "code") }
    for _ in 0..<2 { add(.trigger, schema: "dw", prefix: "t", folder: "triggers") }
    for _ in 0..<2 { add(.statement, schema: "", prefix: "run", folder: "jobs") }
  }

  var isTSQL: Bool { language == .tsql }

  /// The files as they are to be: path within the folder, and bytes.
  var files: [String: [UInt8]] {
    var texts: [String: [String]] = [:]
    for piece in pieces { texts[piece.file, default: []].append(text(of: piece)) }
    var result = texts.mapValues { Array(($0.joined(separator: isTSQL ? "\nGO\n" : "\n\n") + "\n").utf8) }
    for (file, bytes) in broken where result[file] != nil { result[file] = bytes }
    // what nothing names, so that a few changed files are a small part of all
    for index in 0..<140 {
      result["other/inert\(index).sql"] = Array(index < 4 ? "CREATE TABLE inert.t\(index) (id int);\n".utf8 : "SELECT \(index);\n".utf8)
    }
    return result
  }

  private func text(of piece: Piece) -> String {
    guard piece.kind == .table else { return piece.body ?? "" }
    let columns = piece.columns.map { column in
      column == "id" ? "id int NOT NULL PRIMARY KEY" : "\(column) \(column == "amount" ? "decimal(10, 2)" : "varchar(20)")"
    }
    return "CREATE TABLE \(piece.name) (\(columns.joined(separator: ", ")));"
  }

  // MARK: picking

  mutating func pick<Element>(_ list: [Element]) -> Element { list[Int.random(in: 0..<list.count, using: &random)] }

  mutating func chance(_ part: Double) -> Bool { Double.random(in: 0..<1, using: &random) < part }

  private mutating func some(_ list: [String], _ most: Int) -> [String] {
    Array(list.shuffled(using: &random).prefix(Int.random(in: 1...max(1, min(most, list.count)), using: &random)))
  }

  private mutating func table() -> Piece { pick(pieces.filter { $0.kind == .table }) }

  /// A table, view or synonym.
  private mutating func source() -> Piece {
    var list = pieces.filter { [.table, .view].contains($0.kind) }
    for piece in pieces where piece.kind == .synonym { list.append(Piece(kind: .synonym, name: piece.name, file: "", columns: ["id", "code"])) }
    return pick(list)
  }

  private mutating func procedure() -> Piece? {
    let list = pieces.filter { if case .procedure = $0.kind { true } else { false } }
    return list.isEmpty ? nil : pick(list)
  }

  private mutating func fresh(_ prefix: String) -> String {
    next += 1
    return "\(prefix)\(next)"
  }

  // MARK: the start

  private mutating func makeTables() {
    for file in 0..<8 {
      for _ in 0..<(file % 3 == 0 ? 2 : 1) {
        let schema = pick(["lnd", "stg", "dw", "dw", "mart"])
        let columns = ["id", "code"] + some(Array(Self.words.dropFirst()), 4)
        pieces.append(Piece(kind: .table, name: "\(schema).\(fresh("t"))", file: "tables/f\(file).sql", columns: columns))
      }
    }
    // the same last name in two schemas
    pieces.append(Piece(kind: .table, name: "lnd.t1", file: "tables/f2.sql", columns: ["id", "code", "note"]))
    for index in 0..<3 { pieces.append(amendment("changes/c\(index).sql")) }
  }

  private mutating func amendment(_ file: String) -> Piece {
    let table = table()
    let name = fresh("x")
    let texts: [String]
    if isTSQL {
      texts = [
        "ALTER TABLE \(table.name) ADD \(name) int NULL;", "CREATE INDEX \(name) ON \(table.name) (code);",
        "ALTER TABLE \(table.name) DROP COLUMN \(pick(table.columns));", "EXEC sp_rename '\(table.name).\(pick(table.columns))', '\(name)', 'COLUMN';",
        "ALTER TABLE \(table.name) ADD CONSTRAINT \(name) UNIQUE (code);",
      ]
    } else {
      texts = [
        "ALTER TABLE \(table.name) ADD COLUMN \(name) int;", "CREATE INDEX \(name) ON \(table.name) (code);",
        "ALTER TABLE \(table.name) DROP COLUMN \(pick(table.columns));", "ALTER TABLE \(table.name) RENAME COLUMN \(pick(table.columns)) TO \(name);",
        "ALTER TABLE \(table.name) ADD CONSTRAINT \(name) UNIQUE (code);",
      ]
    }
    return Piece(kind: .amendment, name: name, file: file, body: pick(texts))
  }

  private mutating func add(_ kind: Kind, schema: String, prefix: String, folder: String) {
    let last = fresh(prefix)
    var piece = Piece(kind: kind, name: schema.isEmpty ? last : "\(schema).\(last)", file: "\(folder)/\(last).sql")
    // some files hold several definitions
    if chance(0.25), let other = pieces.last(where: { $0.file.hasPrefix(folder) }) { piece.file = other.file }
    write(&piece)
    pieces.append(piece)
  }

  // MARK: bodies

  /// Gives a piece a new body.
  private mutating func write(_ piece: inout Piece) {
    switch piece.kind {
    case .table, .amendment: return
    case .view: view(&piece)
    case .function:
      let source = source()
      let value = pick(source.columns)
      piece.body = isTSQL
        ? "CREATE FUNCTION \(piece.name) (@x int) RETURNS int AS BEGIN RETURN (SELECT max(s.\(value)) FROM \(source.name) s WHERE s.id = @x); END;"
        : "CREATE FUNCTION \(piece.name) (x int) RETURNS int LANGUAGE sql AS $$ SELECT max(s.\(value)) FROM \(source.name) s WHERE s.id = x $$;"
    case .tableFunction:
      let source = source()
      let value = pick(source.columns)
      piece.body = isTSQL
        ? "CREATE FUNCTION \(piece.name) (@x int) RETURNS TABLE AS RETURN (SELECT s.id, s.\(value) AS val FROM \(source.name) s WHERE s.id > @x);"
        : "CREATE FUNCTION \(piece.name) (x int) RETURNS TABLE (id int, val text) LANGUAGE sql AS $$ SELECT s.id, s.\(value) FROM \(source.name) s WHERE s.id > x $$;"
    case .triggerFunction:
      let table = table()
      piece.body =
        "CREATE FUNCTION \(piece.name) () RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO \(table.name) (id, code) VALUES (NEW.id, NEW.code); RETURN NEW; END; $$;"
    case .trigger: trigger(&piece)
    case .synonym: piece.body = "CREATE SYNONYM \(piece.name) FOR \(table().name);"
    case .statement:
      var lines = chance(0.6) ? [insert(nil)] : []
      if lines.isEmpty || chance(0.5), let callee = procedure() { lines.append(call(callee, flow: nil)) }
      if lines.isEmpty { lines.append(insert(nil)) }
      piece.body = lines.joined(separator: "\n")
    case .procedure(let shape): procedure(&piece, shape)
    }
  }

  private mutating func view(_ piece: inout Piece) {
    let first = source()
    let second = table()
    let star = chance(0.25)
    if star {
      piece.columns = first.columns
      piece.body = "CREATE VIEW \(piece.name) AS SELECT * FROM \(first.name);"
    } else {
      let extra = pick(first.columns)
      piece.columns = ["id", "code", "total"]
      piece.body = """
        CREATE VIEW \(piece.name) AS
        SELECT a.id, b.code, a.\(extra) AS total FROM \(first.name) a JOIN \(second.name) b ON b.id = a.id\(chance(0.3) ? " WHERE b.\(pick(second.columns)) > 0" : "");
        """
    }
  }

  private mutating func trigger(_ piece: inout Piece) {
    let table = table()
    let event = pick(["INSERT", "UPDATE"])
    let last = piece.name.split(separator: ".").last.map(String.init) ?? piece.name
    if isTSQL {
      let target = self.table()
      piece.body = """
        CREATE TRIGGER \(table.name.split(separator: ".")[0]).\(last) ON \(table.name) AFTER \(event) AS
        BEGIN INSERT INTO \(target.name) (id, code) SELECT i.id, i.code FROM inserted i; END;
        """
    } else {
      let function = pieces.first { $0.kind == .triggerFunction }?.name ?? "dbo.gone"
      piece.body = "CREATE TRIGGER \(last) AFTER \(event) ON \(table.name) FOR EACH ROW EXECUTE FUNCTION \(function)();"
    }
  }

  /// A name of a source as a body writes it: sometimes without its schema.
  private mutating func written(_ name: String) -> String { chance(0.12) ? String(name.split(separator: ".").last ?? "") : name }

  private mutating func insert(_ flow: String?) -> String {
    let target = table()
    let (first, second) = (source(), source())
    let columns = some(target.columns, 3)
    var values: [String] = []
    for _ in columns {
      var choices = ["a.\(pick(first.columns))", "b.\(pick(second.columns))", "a.\(pick(first.columns)) + b.\(pick(second.columns))", "1"]
      if let flow { choices.append(flow) }
      if let function = pieces.filter({ $0.kind == .function }).randomElement(using: &random) { choices.append("\(function.name)(a.\(pick(first.columns)))") }
      values.append(pick(choices))
    }
    var text = "INSERT INTO \(target.name) (\(columns.joined(separator: ", "))) SELECT \(values.joined(separator: ", ")) FROM \(written(first.name)) a"
    text += " JOIN \(written(second.name)) b ON b.id = a.id"
    if chance(0.2), let function = pieces.first(where: { $0.kind == .tableFunction }) {
      text += isTSQL ? " CROSS APPLY \(function.name)(a.id) z" : " CROSS JOIN LATERAL \(function.name)(a.id) z"
      text += " WHERE z.val > 0"
    }
    return text + ";"
  }

  /// A call with arguments that fit: constants, or what flows.
  private mutating func call(_ callee: Piece, flow: String?) -> String {
    guard case .procedure(let shape) = callee.kind else { return "" }
    let value = flow ?? String(Int.random(in: 1...9, using: &random))
    let verb = isTSQL ? "EXEC \(callee.name)" : "CALL \(callee.name)"
    var arguments: [String]
    switch shape {
    case .dynamic: arguments = ["'\(table().name)'", chance(0.5) ? value : "2"]
    case .output: arguments = [flow == nil ? "1" : isTSQL ? "\(flow ?? "") OUTPUT" : flow ?? ""]
    case .overload: arguments = [chance(0.5) ? value : "3", "4"]
    default: arguments = [chance(0.5) ? value : "3"]
    }
    if isTSQL { return "\(verb) \(arguments.joined(separator: ", "));" }
    if shape == .overload, chance(0.5) { arguments.removeLast() }
    return "\(verb)(\(arguments.joined(separator: ", ")));"
  }

  private mutating func procedure(_ piece: inout Piece, _ shape: Shape) {
    let p = isTSQL ? "@p" : "p"
    let (target, origin) = (table(), source())
    let column = pick(target.columns)
    var head = isTSQL ? "@p int = 0" : "p int"
    var declared: [String] = []
    var lines: [String] = []
    let select = "INSERT INTO \(target.name) (id, \(column == "id" ? "code" : column)) SELECT w.id, w.\(pick(["code", "id"])) FROM"
    let work = isTSQL ? "#w" : "w"
    switch shape {
    case .insert, .overload: lines = [insert(p)] + (chance(0.3) ? [insert(p)] : [])
    case .update:
      lines = ["UPDATE \(target.name) SET \(column) = s.\(pick(origin.columns)) FROM \(origin.name) s WHERE s.id = \(isTSQL ? target.name + ".id" : "\(p)");"]
    case .merge:
      lines = [
        "MERGE INTO \(target.name) AS t USING \(origin.name) AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET \(column) = s.\(pick(origin.columns)) WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id);"
      ]
    case .output:
      head = isTSQL ? "@p int OUTPUT" : "INOUT p int"
      lines = [isTSQL ? "SELECT @p = max(s.\(pick(origin.columns))) FROM \(origin.name) s;" : "SELECT max(s.\(pick(origin.columns))) INTO p FROM \(origin.name) s;"]
    case .makes:
      let made = "stg.made\(Int.random(in: 0..<3, using: &random))"
      lines = [
        isTSQL ? "SELECT s.id, s.\(pick(origin.columns)) AS val INTO \(made) FROM \(origin.name) s;" : "CREATE TABLE \(made) AS SELECT s.id, s.\(pick(origin.columns)) AS val FROM \(origin.name) s;",
        "INSERT INTO \(target.name) (\(column)) SELECT val FROM \(made);",
      ]
    case .reader: lines = ["INSERT INTO \(target.name) (\(column)) SELECT m.val FROM stg.made\(Int.random(in: 0..<3, using: &random)) m WHERE m.id = \(p);"]
    case .dynamic:
      head = isTSQL ? "@t sysname, @p int = 0" : "t text, p int"
      let text = "'INSERT INTO ' \(isTSQL ? "+ @t +" : "|| t ||") ' (id, code) SELECT s.id, s.\(pick(origin.columns)) FROM \(origin.name) s'"
      lines = [isTSQL ? "EXEC (\(text));" : "EXECUTE \(text);"]
    case .prepared:
      let text = "UPDATE \(target.name) SET \(column) = 1 WHERE id IN (SELECT id FROM \(origin.name))"
      declared = [isTSQL ? "DECLARE @s nvarchar(max) = N'\(text)';" : "s text := '\(text)';"]
      lines = [isTSQL ? "EXEC sp_executesql @s;" : "EXECUTE s;"]
    case .temporary:
      lines = [isTSQL ? "SELECT s.id, s.code INTO #w FROM \(origin.name) s;" : "CREATE TEMP TABLE w AS SELECT s.id, s.code FROM \(origin.name) s;"]
      let children = pieces.filter { $0.kind == .procedure(.temporaryChild) }
      if let child = children.randomElement(using: &random) { lines.append(call(child, flow: p)) }
      lines.append("\(select) \(work) w;")
      if !isTSQL { lines.append("DROP TABLE w;") }
    case .temporaryChild:
      lines = ["\(select) \(work) w;"]
      if chance(0.5) { lines.append("INSERT INTO \(work) (id, code) SELECT s.id, s.code FROM \(origin.name) s;") }
    case .caller:
      let flow = isTSQL ? "@x" : "x"
      declared = [isTSQL ? "DECLARE @x int;" : "x int;"]
      lines = [isTSQL ? "SELECT @x = max(s.\(pick(origin.columns))) FROM \(origin.name) s;" : "SELECT max(s.\(pick(origin.columns))) INTO x FROM \(origin.name) s;"]
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        if let callee = procedure() { lines.append(call(callee, flow: chance(0.6) ? flow : nil)) }
      }
      lines.append("INSERT INTO \(target.name) (\(column)) VALUES (\(flow));")
    }
    if shape == .overload { head = isTSQL ? "@p int = 0, @q int = 0" : chance(0.5) ? "p int" : "p int, q int" }
    if isTSQL {
      piece.body = "CREATE PROCEDURE \(piece.name) \(head) AS\nBEGIN\n  \((declared + lines).joined(separator: "\n  "))\nEND;"
    } else {
      let declaration = declared.isEmpty ? "" : "DECLARE \(declared.joined(separator: " "))\n"
      piece.body = "CREATE PROCEDURE \(piece.name) (\(head)) LANGUAGE plpgsql AS $$\n\(declaration)BEGIN\n  \(lines.joined(separator: "\n  "))\nEND; $$;"
    }
  }

  // MARK: edits

  /// Changes something by chance, and says what.
  mutating func edit() -> String {
    touched = []
    var said: [String] = []
    // what is broken is mended after a while
    for file in broken.keys.sorted() where chance(0.5) {
      broken[file] = nil
      said.append("mend \(file)")
    }
    for _ in 0..<Int.random(in: 1...3, using: &random) { said.append(oneEdit()) }
    return said.joined(separator: "; ")
  }

  private mutating func oneEdit() -> String {
    let index = Int.random(in: 0..<pieces.count, using: &random)
    let piece = pieces[index]
    switch Int.random(in: 0..<20, using: &random) {
    case 0, 1, 2:
      guard let chosen = pieces.indices.filter({ pieces[$0].kind != .table && pieces[$0].kind != .amendment }).randomElement(using: &random) else { return "" }
      rewrite(chosen)
      return "rewrite \(pieces[chosen].name)"
    case 3, 4: return changeTable()
    case 5:
      add(.procedure(pick(Shape.allCases)), schema: "etl", prefix: "p", folder: "code")
      return "add \(pieces[pieces.count - 1].name) in \(pieces[pieces.count - 1].file)"
    case 6:
      guard pieces.count > 20, pieces.count(where: { $0.kind == .table && $0.file != piece.file }) > 4 else { return "" }
      pieces.removeAll { $0.file == piece.file }
      return "remove \(piece.file)"
    case 7:
      pieces[index].file = chance(0.5) ? pick(pieces).file : pick(["a", "m", "z"]) + fresh("moved") + ".sql"
      return "move \(piece.name) from \(piece.file) to \(pieces[index].file)"
    case 8, 9:
      var twin = piece
      twin.file = chance(0.5) ? pick(pieces).file : pick(["a", "m", "z"]) + fresh("twin") + ".sql"
      if twin.kind == .table { twin.columns = ["id", "code", fresh("c")] } else { write(&twin) }
      pieces.append(twin)
      return "define \(piece.name) again in \(twin.file), beside \(piece.file)"
    case 10, 11: return rename(index)
    case 12:
      guard let chosen = pieces.indices.filter({ pieces[$0].kind == .procedure(.caller) || pieces[$0].kind == .statement }).randomElement(using: &random) else {
        return ""
      }
      rewrite(chosen)
      return "change what \(pieces[chosen].name) calls"
    case 13:
      if chance(0.5), let old = pieces.firstIndex(where: { $0.kind == .trigger }) {
        let name = pieces[old].name
        pieces.remove(at: old)
        return "drop trigger \(name)"
      }
      add(.trigger, schema: "dw", prefix: "t", folder: "triggers")
      return "add trigger \(pieces[pieces.count - 1].name)"
    case 14: return changeConstant()
    case 15:
      broken[piece.file] = chance(0.5) ? [0, 1, 2, 0, 0xFF, 0, 0x80] : Array("CREATE TABLE ((( ; SELECT FROM WHERE 'x".utf8)
      return "break \(piece.file)"
    case 16:
      touched.insert(piece.file)
      return "touch \(piece.file)"
    case 17: return annotate()
    case 18:
      pieces.append(amendment(pick(["changes/c0.sql", "changes/c9.sql", piece.file])))
      return "amend in \(pieces[pieces.count - 1].file)"
    default:
      let kinds: [(Kind, String)] = [(.view, "v"), (.function, "f"), (.tableFunction, "tf"), (.statement, "run"), (isTSQL ? .synonym : .triggerFunction, "s")]
      let (kind, prefix) = pick(kinds)
      add(kind, schema: kind == .statement ? "" : "dw", prefix: prefix, folder: "code")
      return "add \(pieces[pieces.count - 1].name) in \(pieces[pieces.count - 1].file)"
    }
  }

  private mutating func rewrite(_ index: Int) {
    var piece = pieces[index]
    write(&piece)
    pieces[index] = piece
  }

  private mutating func changeTable() -> String {
    guard let index = pieces.indices.filter({ pieces[$0].kind == .table }).randomElement(using: &random) else { return "" }
    let name = pieces[index].name
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      pieces[index].columns.append(fresh("c"))
      return "add a column to \(name)"
    case 1 where pieces[index].columns.count > 2:
      return "drop \(name).\(pieces[index].columns.remove(at: Int.random(in: 1..<pieces[index].columns.count, using: &random)))"
    default:
      let place = Int.random(in: 0..<pieces[index].columns.count, using: &random)
      let old = pieces[index].columns[place]
      pieces[index].columns[place] = chance(0.5) && !pieces[index].columns.contains("amount") ? "amount" : fresh("c")
      return "rename \(name).\(old) to \(pieces[index].columns[place])"
    }
  }

  /// Gives an object a new name, in its own text or everywhere.
  private mutating func rename(_ index: Int) -> String {
    let old = pieces[index].name
    guard old.contains(".") else { return "" }
    let schema = old.split(separator: ".")[0]
    let new = chance(0.3) ? "\(pick(["dw", "stg", "dbo"])).\(old.split(separator: ".")[1])" : "\(schema).\(fresh("r"))"
    let everywhere = chance(0.5)
    for place in pieces.indices where everywhere || place == index {
      pieces[place].body = pieces[place].body?.replacingOccurrences(of: old, with: new)
      if pieces[place].name == old { pieces[place].name = new }
    }
    return "rename \(old) to \(new)\(everywhere ? " everywhere" : "")"
  }

  /// Another table for a routine that takes a table's name.
  private mutating func changeConstant() -> String {
    let fits = pieces.indices.filter { (pieces[$0].body ?? "").firstMatch(of: /(EXEC|CALL) [a-z]+\.p\d+[ (]'/) != nil }
    guard let index = fits.randomElement(using: &random), let body = pieces[index].body else { return "" }
    let name = table().name
    pieces[index].body = body.replacing(/((EXEC|CALL) [a-z]+\.p\d+[ (])'[^']*'/) { match in "\(match.output.1)'\(name)'" }
    return "give \(name) in \(pieces[index].name)"
  }

  /// Says by a comment what a statement does.
  private mutating func annotate() -> String {
    let fits = pieces.indices.filter { pieces[$0].body?.contains("INSERT INTO") == true || pieces[$0].body?.contains("EXEC") == true }
    guard let index = fits.randomElement(using: &random), let body = pieces[index].body else { return "" }
    let (from, to) = (table(), table())
    let comment = pick([
      "-- cadastre: reads \(from.name); writes \(to.name)", "-- cadastre: maps \(to.name).code <- \(from.name).\(pick(from.columns))", "-- cadastre: none",
    ])
    guard let place = body.range(of: "INSERT INTO") ?? body.range(of: "EXEC") else { return "" }
    pieces[index].body = body.replacingCharacters(in: place.lowerBound..<place.lowerBound, with: "\n  \(comment)\n  ")
    return "annotate \(pieces[index].name): \(comment)"
  }
}
