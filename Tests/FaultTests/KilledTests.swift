import Foundation
import GoldenSupport
import Testing

/// A process that is killed leaves all of its change or nothing of it.
@Suite struct KilledTests {
  @Test func killedAtAnyMoment() throws {
    let box = try FaultBox()
    defer { box.remove() }
    let seed = FaultBox.seed("killedAtAnyMoment")
    var random = SplitMix64(seed: seed)
    let rounds = FaultBox.isFull ? 500 : 25
    try box.check(["init"])
    try box.writeScripts("code", state: 0, tables: 12)
    try box.writeSheets("sheet", state: 0, tables: 200)
    let first = try [box.check(box.scan("code")), box.check(box.importSheets("sheet"))]
    let longest = first.map(\.seconds).max() ?? 0.2
    var count = try box.log().map(\.change).max() ?? 0
    var (killed, there, acknowledged) = (0, 0, 0)
    /// What is to hold of the last column of a table.
    var states = ["code": 0, "sheet": 0]
    var history: [(change: Int, name: String, state: Int, old: Int)] = []
    for round in 1...rounds {
      let last = history.last { $0.change == count }
      let isRevert = last != nil && Int.random(in: 0..<3, using: &random) == 0
      let name = isRevert ? last!.name : Bool.random(using: &random) ? "code" : "sheet"
      let old = states[name] ?? 0
      let new = isRevert ? last!.old : round
      var arguments: [String]
      if isRevert {
        arguments = ["revert", String(count), "--reason", "k\(round)"]
      } else if name == "code" {
        try box.writeScripts("code", state: new, tables: 12)
        arguments = box.scan("code", reason: "k\(round)")
      } else {
        try box.writeSheets("sheet", state: new, tables: 200)
        arguments = box.importSheets("sheet", reason: "k\(round)")
      }
      let outcome = try box.run(arguments, kill: UInt32.random(in: 0...UInt32(longest * 1_200_000), using: &random))
      let context = "seed \(seed), round \(round), \(arguments[0]): \(outcome)"
      if outcome.wasSignalled { killed += 1 } else { #expect(outcome.code == 0, "\(context)") }
      let check = try box.run(["verify"])
      #expect(check.code == 0, "\(context): \(check)")
      let log = try box.log(after: count)
      let made = Set(log.map(\.change))
      #expect(made.isEmpty || made == [count + 1], "\(context): \(made)")
      if let change = outcome.change {
        acknowledged += 1
        #expect(made == [change], "\(context): an acknowledged change is lost")
      }
      if made.isEmpty {
        #expect(try widths(box, name) == [100 + old], "\(context): something of an unfinished change is there")
      } else {
        there += 1
        #expect(log.allSatisfy { $0.reason == "k\(round)" }, "\(context)")
        #expect(try widths(box, name) == [100 + new], "\(context): something of a finished change is missing")
      }
      // once more: it is done now, or was done already
      let again = try box.run(arguments)
      #expect(again.code == (made.isEmpty || !isRevert ? 0 : 1), "\(context), again: \(again)")
      if made.isEmpty { #expect(again.change == count + 1, "\(context), again: \(again)") }
      count += 1
      #expect(try widths(box, name) == [100 + new], "\(context), again")
      states[name] = new
      if !isRevert { history.append((count, name, new, old)) }
    }
    print("killedAtAnyMoment: \(rounds) rounds, \(killed) killed, \(there) changes there, \(acknowledged) acknowledged, none lost")
    #expect(killed > 0)
  }

  /// The lengths that column `v` has in the tables of a warehouse.
  private func widths(_ box: FaultBox, _ namespace: String) throws -> Set<Int> {
    let rows = Subprocess.run("/usr/bin/sqlite3", ["-readonly", box.registry, "SELECT DISTINCT native_type FROM v_column WHERE namespace = '\(namespace)' AND \"column\" = 'v'"])
    return Set(rows.output.split(separator: "\n").compactMap { Int($0.filter(\.isNumber)) })
  }

  /// A registry whose making was interrupted is not in the way of the next try.
  @Test func killedWhileMaking() throws {
    let seed = FaultBox.seed("killedWhileMaking")
    var random = SplitMix64(seed: seed)
    for round in 0..<(FaultBox.isFull ? 100 : 6) {
      let box = try FaultBox()
      defer { box.remove() }
      let outcome = try box.run(["init"], kill: UInt32.random(in: 0...60_000, using: &random))
      if FileManager.default.fileExists(atPath: box.registry) {
        try box.check(["verify"])
      } else {
        #expect(outcome.wasSignalled, "seed \(seed), round \(round): \(outcome)")
        try box.check(["init"])
        try box.check(["verify"])
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: box.folder.path)
      #expect(!names.contains { $0.hasPrefix("cadastre.db.new") } || !outcome.wasSignalled || names.contains("cadastre.db"), "seed \(seed): \(names)")
    }
  }
}
