import Foundation
import Testing

/// Names made to break the formats they are printed in.
@Suite struct HostileNameTests {
  let lineage: LineageCommandTests

  /// As PostgreSQL would store them.
  static let names = [
    "a\"b", "a]b[c", "line\nbreak", "pipe|pipe", "x-->y", "</svg><script>", "back\\slash", "semi;colon", "hash#35;", "1. list", "end", "`tick`", "{brace}",
    "__bold__",
    "tab\there", "é|ü", "comma,\"quote\"", "dot.dot", "a\u{202E}b", "%%{init}%%", "&amp;", "\\N", "=1+1",
  ]

  static func quoted(_ name: String) -> String { "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }

  init() throws {
    lineage = try LineageCommandTests()
    var sql = "CREATE TABLE s.t (\(Self.names.map { Self.quoted($0) + " text" }.joined(separator: ", ")));\n"
    for (index, name) in Self.names.enumerated() {
      sql += "CREATE TABLE s.\(Self.quoted(name)) (\(Self.quoted(name)) text);\nINSERT INTO s.\(Self.quoted(name)) SELECT \(Self.quoted(name)) FROM s.t;\n"
      if index > 0 { sql += "UPDATE s.t SET \(Self.quoted(name)) = \(Self.quoted(Self.names[index - 1]));\n" }
    }
    try lineage.scan(sql, dialect: "postgres")
  }

  func drawn(_ format: String) throws -> String {
    let outcome = try lineage.run("downstream", "s.t", "--format", format)
    #expect(outcome.code == 0, "\(outcome.error)")
    return outcome.out
  }

  @Test func text() throws {
    for format in ["text", "table"] {
      let out = try drawn(format)
      #expect(!out.unicodeScalars.contains { $0 != "\n" && [.control, .format].contains($0.properties.generalCategory) })
    }
    #expect(try drawn("text").contains("line\\nbreak"))
  }

  @Test func csv() throws {
    let path = try lineage.base.write(
      "check.py",
      """
      import csv, sys, json
      rows = list(csv.DictReader(open(sys.argv[1], newline='')))
      assert all(None not in row and None not in row.values() for row in rows), rows
      print(json.dumps(sorted({row['target'] for row in rows})))
      """)
    let file = try lineage.base.write("edges.csv", try drawn("csv"))
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/python3")
    python.arguments = [path, file]
    let pipe = Pipe()
    python.standardOutput = pipe
    try python.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    python.waitUntilExit()
    let read = try JSONDecoder().decode([String].self, from: data)
    let answer = try lineage.json("downstream", "s.t")
    let edges = try #require(answer["edges"] as? [[String: Any]])
    #expect(Set(read) == Set(edges.compactMap { $0["target"] as? String }))
    #expect(edges.count >= Self.names.count)
  }

  @Test func markdown() throws {
    for line in try drawn("markdown").split(separator: "\n") {
      let cells = line.replacingOccurrences(of: "\\\\", with: "").replacingOccurrences(of: "\\|", with: "").split(separator: "|")
      #expect(cells.count == 6, "\(line)")
      #expect(line.firstMatch(of: /[^\\][<>`*]/) == nil, "\(line)")
    }
  }

  /// Every line is one of the few shapes of a flowchart, and no label holds what Mermaid would read.
  @Test func mermaid() throws {
    let out = try drawn("mermaid")
    let label = #"\"([^\"<>\[\]{}|`\\;&]|#[0-9]+;)+\""#
    let shapes = try Regex("^(flowchart LR|  subgraph g[0-9]+\\[\(label)\\]|  end|    n[0-9]+\\[\(label)\\]|  n[0-9]+ (-->|-\\.->)\\|\(label)\\| n[0-9]+)$")
    for line in out.split(separator: "\n") {
      #expect(try shapes.wholeMatch(in: String(line)) != nil, "\(line)")
      for match in line.matches(of: /"(.*?)"/) { #expect(!match.output.1.contains("--"), "\(line)") }
    }
    #expect(out.contains("line#92;nbreak"))
    #expect(out.contains("x#45;#45;#62;y"))
  }

  static let dot = ["/usr/bin/dot", "/usr/local/bin/dot"].first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test func dotText() throws {
    let shape = #/  (  )?n[0-9]+ (-> n[0-9]+ )?\[(style=(solid|dashed), )?label="([^"\\&]|\\"|\\\\|&amp;)*"\];/#
    for line in try drawn("dot").split(separator: "\n") where line.contains(" n") && !line.contains("node [") {
      #expect(try shape.wholeMatch(in: String(line)) != nil, "\(line)")
    }
  }

  @Test(.enabled(if: dot != nil, "graphviz is not installed")) func dotDraws() throws {
    let file = try lineage.base.write("g.dot", try drawn("dot"))
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.dot))
    process.arguments = ["-Tsvg", file]
    let pipe = Pipe()
    process.standardOutput = pipe
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let svg = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).isEmpty)
    #expect(svg.contains("x&#45;&#45;&gt;y"))
    #expect(svg.contains("&amp;amp;"))
    #expect(!svg.contains("<script"))
    _ = try XMLDocumentCheck(svg)
  }

  /// A name can be asked for as it is printed.
  @Test(arguments: names) func resolves(_ name: String) throws {
    let needsQuotes = name.contains(".") || name.contains("\"")
    let part = needsQuotes ? Self.quoted(name) : name
    let outcome = try lineage.run("upstream", "s.\(part).\(part)", "--format", "json")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.out.contains("\"depth\":1"), "\(outcome.out)")
  }
}

/// XML that is well formed, as python reads it.
struct XMLDocumentCheck {
  init(_ text: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", "import sys, xml.dom.minidom as m; m.parseString(sys.stdin.buffer.read())"]
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    pipe.fileHandleForWriting.write(Data(text.utf8))
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
