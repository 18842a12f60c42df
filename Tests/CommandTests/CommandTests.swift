import Foundation
import GoldenSupport
import Testing

/// The command as a process: exit codes, what stands on which stream.
@Suite struct CommandTests {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  static var command: URL { Fixtures.command }

  struct Outcome {
    var code: Int32
    var out: String
    var error: String
  }

  func run(_ arguments: [String], user: String? = nil) throws -> Outcome {
    let process = Process()
    if let user {
      process.executableURL = URL(filePath: "/usr/bin/setpriv")
      process.arguments = ["--reuid", user, "--regid", "nogroup", "--clear-groups", Self.command.path] + arguments
    } else {
      process.executableURL = Self.command
      process.arguments = arguments
    }
    process.currentDirectoryURL = folder
    let out = Pipe()
    let errorFile = folder.appending(path: "stderr-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: errorFile.path, contents: nil)
    process.standardOutput = out
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Outcome(code: process.terminationStatus, out: text, error: (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "")
  }

  func write(_ name: String, _ text: String) throws -> String {
    let path = folder.appending(path: name).path
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  @Test func parseJSON() throws {
    let path = try write("a.sql", "SELECT 1;\nSELECT FROM;\n")
    let outcome = try run(["parse", "--dialect", "tsql", "--format", "json", path])
    #expect(outcome.code == 0)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any])
    #expect((json["statements"] as? [String: Int])?["unparsed"] == 1)
    #expect((json["unparsed"] as? [[String: Any]])?.first?["line"] as? Int == 2)
  }

  @Test func exitCodes() throws {
    #expect(try run(["parse", "--dialect", "klingon", "x"]).code == 64)
    #expect(try run(["parse", "--dialect", "tsql", "missing.sql"]).code == 66)
    #expect(try run(["parse", "--dialect", "tsql", folder.path]).code == 66)
    #expect(try run(["nonsense"]).code == 64)
    #expect(try run(["--help"]).code == 0)
    let empty = try write("empty.sql", "")
    #expect(try run(["parse", "--dialect", "tsql", empty]).code == 0)
    try Data([0, 1, 2, 3, 0, 9, 0xFF, 0]).write(to: folder.appending(path: "binary.sql"))
    #expect(try run(["parse", "--dialect", "tsql", "binary.sql"]).code == 65)
    #expect(try run(["scan", "--dialect", "tsql", "--namespace", "n", empty]).code == 66)
  }

  /// A byte that no text has: where it stands, what it is and what to do.
  @Test func noText() throws {
    let path = try write("nul.sql", "SELECT 1;\nSELECT a\u{0}b;\n")
    let outcome = try run(["parse", "--dialect", "tsql", path])
    #expect(outcome.code == 65)
    #expect(outcome.error.contains("nul.sql:2:9: expected text in UTF-8, UTF-16 or Windows-1252 but found a NUL byte (0x00); remove it"))
    #expect(outcome.error.contains("tr -d '\\000'"))
    try Data([0x53, 0xFF, 0x0A] + (1...8).map { UInt8($0) }).write(to: folder.appending(path: "control.sql"))
    #expect(try run(["extract", "--dialect", "tsql", "control.sql"]).error.contains("control.sql:2:1: expected text"))
  }

  @Test func withoutPermission() throws {
    let path = try write("secret.sql", "SELECT 1;")
    #expect(chmod(path, 0o000) == 0)
    #expect(chmod(folder.path, 0o755) == 0)
    let asUser = getuid() == 0 ? "nobody" : nil
    let outcome = try run(["parse", "--dialect", "tsql", path], user: asUser)
    #expect(outcome.code == 77, "\(outcome.error)")
  }

  @Test func scanTwice() throws {
    #expect(try run(["init"]).code == 0)
    #expect(try run(["init"]).code == 64)
    let warehouse = Fixtures.path("fixtures/demo/warehouse")
    let first = try run(["scan", warehouse, "--namespace", "harbour", "--dialect", "tsql"])
    #expect(first.code == 0, "\(first.error)")
    #expect(first.out.contains("16 of 16 routines analysed whole"))
    let second = try run(["scan", warehouse, "--namespace", "harbour", "--dialect", "tsql"])
    #expect(second.out.contains("nothing changed"))
    let up = try run(["lineage", "upstream", "dw.dim_customer.full_name", "--kind", "direct"])
    #expect(up.out.contains("lnd.customer_file.first_name"))
    let why = try run(["lineage", "why", "lnd.customer_file.first_name", "dw.dim_customer.full_name"])
    #expect(why.out.contains("stg.load_customer version 1"))
    #expect(try run(["verify"]).code == 0)
    #expect(try run(["lineage", "upstream", "no.such.thing"]).code == 1)
  }

  @Test func impactOfAChange() throws {
    #expect(try run(["init"]).code == 0)
    #expect(try run(["scan", Fixtures.path("fixtures/demo/warehouse"), "--namespace", "harbour", "--dialect", "tsql"]).code == 0)
    let drop = try write("drop.sql", "ALTER TABLE dw.dim_customer DROP COLUMN full_name;\n")
    let text = try run(["impact", drop])
    #expect(text.code == 0, "\(text.error)")
    #expect(text.out.contains("dw.load_customer_scd2.sql:22: dw.load_customer_scd2: unknown_column: dw.dim_customer has no column full_name"))
    #expect(text.out.contains("v_mailable.sql:3: mart.v_mailable: reads_broken") || text.out.contains("v_mailable.sql:4: mart.v_mailable: reads_broken"), "\(text.out)")
    #expect(text.out.contains("etl.run_nightly: calls_broken"))
    let json = try #require(try JSONSerialization.jsonObject(with: Data(try run(["impact", drop, "--format", "json"]).out.utf8)) as? [String: Any])
    let order = try #require(json["order"] as? [String])
    let places = ["mart.v_active_customer", "mart.v_mailable"].compactMap { order.firstIndex(of: $0) }
    #expect(places.count == 2 && places[0] < places[1], "\(order)")
    #expect(try run(["impact", drop, "--strict"]).code == 1)
    #expect(try run(["impact", try write("none.sql", "SELECT 1;\n")]).code == 65)
    #expect(try run(["impact", drop, "--namespace", "nowhere"]).code == 1)
    #expect(try run(["impact", "missing.sql"]).code == 66)
    let narrow = try write("narrow.sql", "ALTER TABLE stg.customer ALTER COLUMN email nvarchar(10) NULL;\n")
    #expect(try run(["impact", narrow]).out.contains("stg.load_customer: too_wide: stg.customer.email is varchar(10)"))
    let view = try write("view.sql", "CREATE OR ALTER VIEW mart.v_active_customer AS SELECT customer_key, postcode FROM dw.dim_customer;\n")
    #expect(try run(["impact", view]).out.contains("mart.v_active_customer has no column full_name"))
  }

  @Test func folderWithoutScripts() throws {
    #expect(try run(["init"]).code == 0)
    try FileManager.default.createDirectory(at: folder.appending(path: "none"), withIntermediateDirectories: true)
    let outcome = try run(["scan", "none", "--namespace", "n", "--dialect", "tsql"])
    #expect(outcome.code == 0)
    #expect(outcome.out.contains("scanned 0 files"))
    #expect(outcome.out.contains("nothing changed"))
  }

  /// A scan killed at any moment leaves all of it or nothing of it.
  @Test func killedScan() throws {
    #expect(try run(["init"]).code == 0)
    let warehouse = Fixtures.path("fixtures/demo/warehouse")
    let rounds = ProcessInfo.processInfo.environment["CADASTRE_FULL"] == nil ? 12 : 30
    for round in 0..<rounds {
      let process = Process()
      process.executableURL = Self.command
      process.arguments = ["scan", warehouse, "--namespace", "r\(round)", "--dialect", "tsql"]
      process.currentDirectoryURL = folder
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      usleep(UInt32.random(in: 1_000...400_000))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let check = try run(["verify"])
      #expect(check.code == 0, "\(check.out) \(check.error)")
      let count = Process()
      count.executableURL = URL(filePath: "/usr/bin/sqlite3")
      count.arguments = [folder.appending(path: "cadastre.db").path, "SELECT count(*) FROM v_asset WHERE namespace = 'r\(round)'"]
      let pipe = Pipe()
      count.standardOutput = pipe
      try count.run()
      let rows = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      count.waitUntilExit()
      #expect(rows == "0\n" || rows == "38\n", "round \(round) left \(rows)")
    }
  }
}
