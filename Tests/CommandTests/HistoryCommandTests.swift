import Cadastre
import CadastreStore
import Foundation
import GoldenSupport
import Testing

/// The past and the care of a registry, by the command as a process.
@Suite struct HistoryCommandTests {
  let shell: CommandTests

  init() throws {
    shell = try CommandTests()
    #expect(try shell.run(["init"]).code == 0)
    try script("upper(name)", width: 50)
    #expect(try scan("first").code == 0)
    try script("lower(name)", width: 80, extra: ", phone int")
    #expect(try scan("wider").code == 0)
  }

  private func script(_ expression: String, width: Int, extra: String = "") throws {
    try FileManager.default.createDirectory(at: shell.folder.appending(path: "s"), withIntermediateDirectories: true)
    _ = try shell.write(
      "s/a.sql",
      """
      CREATE TABLE dbo.src (id int NOT NULL, name varchar(\(width))\(extra));
      CREATE TABLE dbo.dst (id int, name varchar(50));
      GO
      CREATE PROCEDURE dbo.fill AS
        INSERT INTO dbo.dst (id, name)
        SELECT id, \(expression) FROM dbo.src
      GO

      """)
  }

  private func scan(_ reason: String) throws -> CommandTests.Outcome {
    try shell.run(["scan", "--namespace", "w", "--dialect", "tsql", "--as", "ann", "--reason", reason, "s"])
  }

  @Test func asOf() throws {
    #expect(try shell.run(["show", "dbo.src"]).out.contains("phone"))
    #expect(try !shell.run(["show", "dbo.src", "--as-of", "@1"]).out.contains("phone"))
    #expect(try shell.run(["list", "--as-of", "2020-01-01"]).out == "0 assets\n")
    #expect(try shell.run(["list", "--as-of", "2999-01-01T00:00+01:00"]).out.hasSuffix("2 assets\n"))
    #expect(try shell.run(["lineage", "why", "dbo.src.name", "dbo.dst.name", "--as-of", "@1"]).out.contains("upper(name)"))
    #expect(try shell.run(["lineage", "why", "dbo.src.name", "dbo.dst.name"]).out.contains("lower(name)"))
    #expect(try shell.run(["lineage", "downstream", "--reached", "dbo.src.name", "--as-of", "@1"]).out.hasPrefix("dbo.dst.name  1\n"))
    let refused = try shell.run(["list", "--as-of", "yesterday"])
    #expect(refused.code == 64)
    #expect(refused.error.contains("2026-11-25T14:30"))
  }

  @Test func historyAndDifference() throws {
    let history = try shell.run(["history", "dbo.src"]).out
    #expect(history.contains("ann  scan: wider"))
    #expect(history.contains("nativeType: varchar(50) -> varchar(80)"))
    #expect(history.contains("+ column dbo.src.phone"))
    let difference = try shell.run(["diff", "@1", "@2"])
    #expect(difference.code == 1)
    #expect(difference.out.contains("~ routine dbo.fill"))
    #expect(try shell.run(["diff", "@2"]).code == 0)
    let back = try shell.run(["diff", "@2", "@1"])
    #expect(back.out.contains("- column dbo.src.phone"))
    #expect(back.out.contains("nativeType: varchar(80) -> varchar(50)"))
    let unknown = try shell.run(["history", "dbo.nothing"])
    #expect(unknown.code == 1)
    #expect(unknown.error.contains("never was in the registry"))
  }

  @Test func revertAndScanAgain() throws {
    let first = try shell.run(["revert", "1"])
    #expect(first.code == 1)
    #expect(first.error.contains("change 2"))
    #expect(try shell.run(["revert", "2", "--reason", "too wide"]).code == 0)
    #expect(try shell.run(["diff", "@1"]).code == 0)
    #expect(try shell.run(["revert", "77"]).code == 1)
    #expect(try shell.run(["verify"]).code == 0)
    // what the scripts say holds again after the next scan
    #expect(try scan("again").code == 0)
    #expect(try shell.run(["show", "dbo.src"]).out.contains("phone"))
    #expect(try shell.run(["audit", "verify"]).out.hasPrefix("4 changes, the chain is whole"))
  }

  @Test func routineVersions() throws {
    #expect(try shell.run(["routine", "list"]).out.contains("dbo.fill"))
    #expect(try shell.run(["routine", "show", "dbo.fill", "--version", "1"]).out.contains("upper(name)"))
    #expect(try shell.run(["routine", "show", "dbo.fill", "--as-of", "@1"]).out.contains("upper(name)"))
    #expect(try shell.run(["routine", "history", "dbo.fill", "--format", "csv"]).out.split(separator: "\n").count == 3)
    let difference = try shell.run(["routine", "diff", "dbo.fill"])
    #expect(difference.code == 1)
    #expect(difference.out.contains("\n-  SELECT id, upper(name) FROM dbo.src\n"))
    #expect(difference.out.contains("\n+  SELECT id, lower(name) FROM dbo.src\n"))
  }

  @Test func auditExport() throws {
    let outcome = try shell.run(["audit", "export", "--from", "@1", "--format", "json"])
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [[String: Any]])
    #expect(rows.allSatisfy { $0["change"] as? Int == 2 && $0["actor"] as? String == "ann" && $0["reason"] as? String == "wider" })
    #expect(rows.contains { $0["subject"] as? String == "dbo.src.name" && $0["action"] as? String == "change" && $0["before"] != nil && $0["after"] != nil })
  }

  @Test func backupIsWholeAndRefusesToOverwrite() throws {
    #expect(try shell.run(["backup", "b.db"]).code == 0)
    #expect(try shell.run(["verify", "--registry", "b.db"]).code == 0)
    #expect(try shell.run(["diff", "@1", "--registry", "b.db"]).out == shell.run(["diff", "@1"]).out)
    let mode = try FileManager.default.attributesOfItem(atPath: shell.folder.appending(path: "b.db").path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try shell.run(["backup", "b.db"]).code == 64)
    #expect(try shell.run(["backup", "no/such/folder/b.db"]).code == 66)
    #expect(try FileManager.default.contentsOfDirectory(atPath: shell.folder.path).allSatisfy { !$0.contains(".part-") })
  }

  @Test func doctorLooks() throws {
    #expect(try shell.run(["doctor"]).code == 0)
    let path = shell.folder.appending(path: "cadastre.db").path
    try FileManager.default.linkItem(atPath: path, toPath: path + ".other")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let outcome = try shell.run(["doctor", "--format", "json"])
    #expect(outcome.code == 1)
    let list = try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [[String: Any]])
    func state(_ subject: String) -> String? { list.first { $0["subject"] as? String == subject }?["state"] as? String }
    #expect(state("links") == "problem")
    #expect(state("permissions") == "warning")
  }
}

@Suite struct UnifiedDiffTests {
  /// What `diff -u` prints, but for the order of equal choices: applying it gives the new text.
  @Test(arguments: 1...60) func patchAppliesIt(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let words = ["", "a", "b", "select 1", "é", "\t x", "\r"]
    var lines = (0..<Int.random(in: 0...30, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
    func text(_ lines: [String], _ ends: Bool) -> String { lines.joined(separator: "\n") + (ends && !lines.isEmpty ? "\n" : "") }
    let old = text(lines, Bool.random(using: &random))
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let place = Int.random(in: 0...lines.count, using: &random)
      if Bool.random(using: &random), place < lines.count { lines.remove(at: place) } else { lines.insert(words.randomElement(using: &random) ?? "", at: place) }
    }
    let new = text(lines, Bool.random(using: &random))
    let difference = UnifiedDiff.text(old, new, names: ("a", "a"))
    #expect(difference.isEmpty == (old == new))
    guard !difference.isEmpty else { return }
    let file = folder.appending(path: "a")
    try Data(old.utf8).write(to: file)
    try Data(difference.utf8).write(to: folder.appending(path: "p"))
    let outcome = Subprocess.run("/usr/bin/patch", ["-s", "--binary", "-d", folder.path, "-i", "p", "a"])
    #expect(outcome.code == 0, "seed \(seed): \(outcome.output)\n\(difference)")
    let patched = FileManager.default.contents(atPath: file.path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    #expect(patched == new, "seed \(seed)")
  }
}
