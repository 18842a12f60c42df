import Foundation
import GoldenSupport
import Testing

/// Who may do what to a registry, and what is said to who may not.
@Suite struct PermissionTests {
  /// A registry in a folder that everybody may enter; `nil` where the tests are not run by root and cannot become somebody else.
  private func shared(_ test: String) throws -> FaultBox? {
    guard FaultBox.isRoot, FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else {
      print("\(test): not run: only root can become another user")
      return nil
    }
    let box = try FaultBox()
    _ = chmod(box.folder.path, 0o755)
    try box.check(["init"])
    try box.writeSheets("n", state: 0)
    try box.check(box.importSheets("n"))
    return box
  }

  private func mode(_ path: String) -> Int {
    var status = stat()
    return lstat(path, &status) == 0 ? Int(status.st_mode & 0o7777) : -1
  }

  /// What is in a registry is nobody else's business, whatever the umask.
  @Test func modes() throws {
    let box = try FaultBox()
    defer { box.remove() }
    try box.writeSheets("n", state: 0)
    let command = Fixtures.command.path
    let made = FaultBox.shell("umask 000; cd '\(box.folder.path)' && '\(command)' init && '\(command)' \(box.importSheets("n").joined(separator: " "))")
    #expect(made.code == 0, "\(made)")
    // a reader that stays keeps the log there
    let reader = Process()
    let (input, output) = (Pipe(), Pipe())
    reader.executableURL = URL(filePath: "/usr/bin/sqlite3")
    reader.arguments = ["-readonly", box.registry]
    (reader.standardInput, reader.standardOutput) = (input, output)
    try reader.run()
    input.fileHandleForWriting.write(Data("BEGIN; SELECT count(*) FROM change;\n".utf8))
    _ = output.fileHandleForReading.availableData
    try box.writeSheets("n", state: 1)
    let again = FaultBox.shell("umask 000; cd '\(box.folder.path)' && '\(command)' \(box.importSheets("n").joined(separator: " "))")
    #expect(again.code == 0, "\(again)")
    for suffix in ["", "-wal", "-shm", ".lock"] { #expect(mode(box.registry + suffix) == 0o600, "\(suffix): \(String(mode(box.registry + suffix), radix: 8))") }
    input.fileHandleForWriting.closeFile()
    reader.waitUntilExit()
  }

  @Test func anotherUserMayNotRead() throws {
    guard let box = try shared("anotherUserMayNotRead") else { return }
    defer { box.remove() }
    for arguments in [["list"], box.importSheets("n"), ["verify"]] {
      let outcome = try box.run(arguments, user: "nobody")
      #expect(outcome.code == 77 && outcome.error.contains("permission denied; nothing was changed"), "\(arguments): \(outcome)")
    }
    _ = chmod(box.folder.path, 0o700)
    let closed = try box.run(["list", "--registry", box.registry], user: "nobody", in: URL(filePath: "/"))
    #expect(closed.code == 77, "\(closed)")
  }

  /// Who may read the file reads it, in a folder of others too, and leaves nothing there.
  @Test func anotherUserMayRead() throws {
    guard let box = try shared("anotherUserMayRead") else { return }
    defer { box.remove() }
    _ = chmod(box.registry, 0o644)
    let list = try box.check(["list"]).out
    for folderMode in [mode_t(0o755), 0o777, 0o1777] {
      _ = chmod(box.folder.path, folderMode)
      let before = try FileManager.default.contentsOfDirectory(atPath: box.folder.path).sorted()
      let read = try box.run(["list"], user: "nobody")
      #expect(read.code == 0 && read.out == list, "\(read)")
      #expect(try box.run(["verify"], user: "nobody").code == 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: box.folder.path).sorted() == before)
      let refused = try box.run(box.importSheets("n"), user: "nobody")
      #expect(refused.code == 77 && refused.error.contains("the file cannot be written; nothing was changed"), "\(refused)")
    }
  }

  /// A log that a killed writer has left can be read by who may read the file.
  @Test func anotherUserReadsALog() throws {
    guard let box = try shared("anotherUserReadsALog") else { return }
    defer { box.remove() }
    _ = chmod(box.registry, 0o644)
    let reader = Process()
    let (input, output) = (Pipe(), Pipe())
    reader.executableURL = URL(filePath: "/usr/bin/sqlite3")
    reader.arguments = ["-readonly", box.registry]
    (reader.standardInput, reader.standardOutput) = (input, output)
    try reader.run()
    input.fileHandleForWriting.write(Data("BEGIN; SELECT count(*) FROM change;\n".utf8))
    _ = output.fileHandleForReading.availableData
    try box.writeSheets("n", state: 7)
    try box.check(box.importSheets("n"))
    let read = try box.run(["audit", "verify"], user: "nobody")
    #expect(read.code == 0 && read.out.hasPrefix("2 changes"), "\(read)")
    kill(reader.processIdentifier, SIGKILL)
    reader.waitUntilExit()
    let later = try box.run(["audit", "verify"], user: "nobody")
    #expect(later.code == 0 && later.out.hasPrefix("2 changes"), "\(later)")
    try box.check(["verify"])
  }

  /// A file that its owner may only read, and a folder that may only be read.
  @Test func readOnly() throws {
    guard let box = try shared("readOnly") else { return }
    defer { box.remove() }
    _ = FaultBox.shell("chown -R nobody '\(box.folder.path)'")
    let list = try box.run(["list"], user: "nobody").out
    _ = chmod(box.registry, 0o400)
    #expect(try box.run(["list"], user: "nobody").out == list)
    let file = try box.run(box.importSheets("n"), user: "nobody")
    #expect(file.code == 77 && file.error.contains("the file cannot be written"), "\(file)")
    _ = chmod(box.registry, 0o600)
    unlink(box.registry + ".lock")
    _ = chmod(box.folder.path, 0o500)
    #expect(try box.run(["list"], user: "nobody").out == list)
    let folder = try box.run(box.importSheets("n"), user: "nobody")
    #expect(folder.code == 77 && folder.error.contains("permission denied; nothing was changed"), "\(folder)")
    let made = try box.run(["init", "other.db"], user: "nobody")
    #expect(made.code == 77, "\(made)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: box.folder.path).allSatisfy { $0.hasSuffix(".csv") || ["cadastre.db", "cadastre.db-wal", "cadastre.db-shm"].contains($0) })
  }

  /// Where a group shares a registry, each of its members can take the lock.
  @Test func aSharedRegistry() throws {
    guard let box = try shared("aSharedRegistry") else { return }
    defer { box.remove() }
    unlink(box.registry + ".lock")
    _ = FaultBox.shell("chgrp nogroup '\(box.folder.path)' '\(box.registry)'; chmod 2770 '\(box.folder.path)'; chmod 660 '\(box.registry)'; chmod 644 '\(box.folder.path)'/*.csv")
    try box.writeSheets("n", state: 1)
    try box.check(box.importSheets("n"))
    #expect(mode(box.registry + ".lock") == 0o660)
    try box.writeSheets("n", state: 2)
    let outcome = try box.run(box.importSheets("n"), user: "nobody")
    #expect(outcome.code == 0, "\(outcome)")
    try box.writeSheets("n", state: 3)
    try box.check(box.importSheets("n"))
    try box.check(["verify"])
  }
}
