import Foundation
import GoldenSupport
import Testing

/// What is no registry is refused, with a word, within moments, and stays as it was.
@Suite struct WrongFileTests {
  private func refused(_ box: FaultBox, _ path: String, _ code: Int32, _ words: String, hasLock: Bool = false, _ location: SourceLocation = #_sourceLocation) throws {
    let before = FileManager.default.contents(atPath: path)
    for arguments in [["list"], ["verify"], box.importSheets("n"), ["revert", "1"], ["audit", "verify"]] {
      let outcome = try box.run(arguments + ["--registry", path], limit: 20)
      #expect(
        outcome.code == code && !outcome.wasSignalled && outcome.error.contains(words), "\(arguments) on \(path): \(outcome)", sourceLocation: location)
    }
    #expect(FileManager.default.contents(atPath: path) == before, sourceLocation: location)
    #expect(!FileManager.default.fileExists(atPath: path + "-wal") && (hasLock || !FileManager.default.fileExists(atPath: path + ".lock")), sourceLocation: location)
  }

  @Test func whatIsNoRegistry() throws {
    let box = try FaultBox()
    defer { box.remove() }
    try box.writeSheets("n", state: 0)
    func path(_ name: String) -> String { box.folder.appending(path: name).path }
    try refused(box, path("missing.db"), 66, "no such registry; make one with 'cadastre init'")
    try refused(box, path("no/folder.db"), 66, "no such registry")
    try refused(box, path("n-edges.csv") + "/below.db", 66, "no such registry")
    _ = FileManager.default.createFile(atPath: path("empty.db"), contents: Data())
    try refused(box, path("empty.db"), 65, "not a registry: the file is empty; nothing was changed")
    try Data(String(repeating: "SELECT 1;\n", count: 500).utf8).write(to: URL(filePath: path("text.db")))
    try refused(box, path("text.db"), 65, "not a registry: not a SQLite file; nothing was changed")
    try Data("SQLite format 3\u{0}".utf8).write(to: URL(filePath: path("short.db")))
    try refused(box, path("short.db"), 65, "not a registry: not a SQLite file")
    #expect(Subprocess.run("/usr/bin/sqlite3", [path("foreign.db"), "CREATE TABLE t (a); INSERT INTO t VALUES (1);"]).code == 0)
    try refused(box, path("foreign.db"), 65, "not a registry: a SQLite file of another program; nothing was changed")
    try FileManager.default.createDirectory(atPath: path("folder.db"), withIntermediateDirectories: true)
    try refused(box, path("folder.db"), 65, "not a registry: not a regular file")
    #expect(mkfifo(path("pipe.db"), 0o600) == 0)
    let start = Date()
    for arguments in [["list"], box.importSheets("n"), ["verify"]] {
      let outcome = try box.run(arguments + ["--registry", path("pipe.db")], limit: 20)
      #expect(outcome.code == 65 && outcome.error.contains("not a regular file"), "\(outcome)")
    }
    #expect(Date().timeIntervalSince(start) < 15)
    try refused(box, "/dev/null", 65, "not a regular file")
    #expect(symlink("nowhere.db", path("dangling.db")) == 0)
    try refused(box, path("dangling.db"), 66, "no such registry")
    // nothing is made over what is there
    for name in ["empty.db", "text.db", "foreign.db", "folder.db", "pipe.db", "dangling.db"] {
      let outcome = try box.run(["init", name], limit: 20)
      #expect(outcome.code == 64 && outcome.error.contains("already exists; nothing was changed"), "\(name): \(outcome)")
    }
    let nowhere = try box.run(["init", "no/such/folder.db"])
    #expect(nowhere.code == 66 && nowhere.error.contains("there is no such folder"), "\(nowhere)")
  }

  @Test func aNewerSchema() throws {
    let box = try FaultBox()
    defer { box.remove() }
    try box.check(["init"])
    try box.writeSheets("n", state: 0)
    #expect(Subprocess.run("/usr/bin/sqlite3", [box.registry, "PRAGMA user_version = 999"]).code == 0)
    for arguments in [["list"], ["verify"], box.importSheets("n"), ["audit", "verify"]] {
      let outcome = try box.run(arguments)
      #expect(outcome.code == 65 && outcome.error.contains("written by a newer version (schema 999, this one knows"), "\(arguments): \(outcome)")
    }
  }

  /// By a link one finds the same registry, with the same lock.
  @Test func symbolicLinks() throws {
    let box = try FaultBox()
    defer { box.remove() }
    let inner = box.folder.appending(path: "inner")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    try box.writeSheets("n", state: 0)
    try box.check(["init", "inner/real.db"])
    #expect(symlink("inner/real.db", box.registry) == 0)
    try box.check(box.importSheets("n"))
    #expect(!FileManager.default.fileExists(atPath: box.registry + ".lock") && FileManager.default.fileExists(atPath: inner.path + "/real.db.lock"))
    #expect(try box.check(["list"]).out == box.check(["list", "--registry", "inner/real.db"]).out)
    try box.check(["verify"])
    let holder = Process()
    holder.executableURL = URL(filePath: "/usr/bin/flock")
    holder.arguments = [inner.path + "/real.db.lock", "/bin/sleep", "1"]
    try holder.run()
    usleep(200_000)
    try box.writeSheets("n", state: 1)
    let outcome = try box.run(box.importSheets("n") + ["--wait", "0.1"])
    #expect(outcome.code == 75, "\(outcome)")
    holder.waitUntilExit()
    // links in a circle
    #expect(symlink("b.db", box.folder.appending(path: "a.db").path) == 0 && symlink("a.db", box.folder.appending(path: "b.db").path) == 0)
    let circle = try box.run(["list", "--registry", "a.db"])
    #expect(circle.code == 74 && circle.error.contains("too many levels of symbolic links"), "\(circle)")
  }

  /// Of two names of one file SQLite would keep two logs.
  @Test func hardLinks() throws {
    let box = try FaultBox()
    defer { box.remove() }
    try box.check(["init"])
    try box.writeSheets("n", state: 0)
    let other = box.folder.appending(path: "other.db").path
    #expect(link(box.registry, other) == 0)
    for path in [box.registry, other] { try refused(box, path, 65, "the file has 2 names (hard links)", hasLock: true) }
    unlink(other)
    try box.check(box.importSheets("n"))
    try box.check(["verify"])
  }

  /// A lock that is no file of ours is neither followed nor emptied.
  @Test func aLockThatLeadsElsewhere() throws {
    let box = try FaultBox()
    defer { box.remove() }
    try box.check(["init"])
    try box.writeSheets("n", state: 0)
    unlink(box.registry + ".lock")
    let precious = box.folder.appending(path: "precious").path
    try Data("kept".utf8).write(to: URL(filePath: precious))
    #expect(symlink(precious, box.registry + ".lock") == 0)
    let outcome = try box.run(box.importSheets("n"))
    #expect(outcome.code == 74 && outcome.error.contains("cannot open \(box.registry).lock"), "\(outcome)")
    #expect(FileManager.default.contents(atPath: precious) == Data("kept".utf8))
  }
}
