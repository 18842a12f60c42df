import Foundation
import GoldenSupport
import Testing

/// A disk that fills up at any point of a change.
@Suite struct FullDiskTests {
  @Test func aFullDiskChangesNothing() throws {
    guard FaultBox.isRoot else {
      print("aFullDiskChangesNothing: not run: only root may mount a small file system")
      return
    }
    let outside = try FaultBox()
    defer { outside.remove() }
    let mount = outside.folder.appending(path: "small")
    try FileManager.default.createDirectory(at: mount, withIntermediateDirectories: true)
    let mounted = Subprocess.run("/bin/mount", ["-t", "tmpfs", "-o", "size=6m", "cadastre-test", mount.path])
    guard mounted.code == 0 else {
      print("aFullDiskChangesNothing: not run: no small file system could be mounted: \(mounted.output)")
      return
    }
    defer { _ = Subprocess.run("/bin/umount", ["-l", mount.path]) }
    // what is read lies elsewhere: only the registry's disk fills
    let box = FaultBox(at: mount)
    let sheets = outside
    func run(_ arguments: [String]) throws -> FaultBox.Outcome { try box.run(arguments + ["--registry", box.registry], in: sheets.folder) }
    try sheets.writeSheets("n", state: 0, tables: 30)
    #expect(try run(["init"]).code == 0)
    #expect(try run(sheets.importSheets("n")).code == 0)
    let pristine = sheets.folder.appending(path: "pristine.db").path
    try FileManager.default.copyItem(atPath: box.registry, toPath: pristine)
    let head = try run(["audit", "verify"]).out
    try sheets.writeSheets("n", state: 1, tables: 300)

    /// The change with so many bytes free; then again with room.
    func attempt(_ free: Int) throws -> Bool {
      for name in try FileManager.default.contentsOfDirectory(atPath: mount.path) { unlink(mount.appending(path: name).path) }
      try FileManager.default.copyItem(atPath: pristine, toPath: box.registry)
      _ = chmod(box.registry, 0o600)
      let filler = mount.appending(path: "filler").path
      _ = FaultBox.shell("room=$(stat -f -c '%a*%S' '\(mount.path)'); head -c $(( room - \(free) )) /dev/zero > '\(filler)'")
      let outcome = try run(sheets.importSheets("n"))
      let context = "\(free) bytes free: \(outcome)"
      if outcome.code == 0 {
        unlink(filler)
        #expect(try run(["verify"]).code == 0, "\(context)")
        return true
      }
      #expect(outcome.code == 74 && !outcome.wasSignalled, "\(context)")
      #expect(outcome.error.contains("the disk is full: at least ") && outcome.error.contains(" are needed, ") && outcome.error.contains("nothing was changed"), "\(context)")
      // it can be read while the disk is full, and is what it was
      let full = try run(["audit", "verify"])
      #expect(full.code == 0 && full.out == head, "\(context): \(full)")
      unlink(filler)
      let check = try run(["verify"])
      #expect(check.code == 0, "\(context): \(check)")
      #expect(try run(["audit", "verify"]).out == head, "\(context)")
      let again = try run(sheets.importSheets("n"))
      #expect(again.code == 0 && again.change == 2, "\(context), again: \(again)")
      #expect(try run(["verify"]).code == 0, "\(context), again")
      return false
    }

    // how much is enough
    var (least, most) = (0, 5 << 20)
    while most - least > 16_384 {
      let middle = (least + most) / 2
      if try attempt(middle) { most = middle } else { least = middle }
    }
    let points = FaultBox.isFull ? 200 : 12
    var failed = 0
    for point in 0..<points { if try !attempt(least * point / points) { failed += 1 } }
    print("aFullDiskChangesNothing: \(least >> 10) KiB are too little; of \(points) points below that \(failed) failed with 74 and left the file whole")
    #expect(failed == points)
  }

  /// Where the output cannot be written, the command says so.
  @Test func outputThatCannotBeWritten() throws {
    let box = try FaultBox()
    defer { box.remove() }
    try box.check(["init"])
    for arguments in ["list", "audit export --format json", "verify", "--help"] {
      let outcome = FaultBox.shell("cd '\(box.folder.path)' && '\(Fixtures.command.path)' \(arguments) > /dev/full")
      #expect(outcome.code == 74 && outcome.output.contains("standard output cannot be written"), "\(arguments): \(outcome)")
    }
  }
}
