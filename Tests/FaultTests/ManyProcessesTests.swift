@testable import CadastreStore
import CadastreModel
import Foundation
import GoldenSupport
import Synchronization
import Testing

/// Many processes on one registry at once: nobody's change is lost, nobody fails, and the log tells one order of events that the state follows from.
@Suite struct ManyProcessesTests {
  private struct Acknowledged: Sendable {
    var change: Int
    var writer: String
    var reason: String
    /// A text that has to stand in an entry of the change.
    var content: String
  }

  /// What the processes have seen.
  private final class Tally: Sendable {
    let acknowledged = Mutex<[Acknowledged]>([])
    let failures = Mutex<[String]>([])
    let reads = Mutex(0)
    /// The last state that each writer of scripts or sheets has brought in.
    let states = Mutex<[String: Int]>([:])

    func fail(_ text: String) { failures.withLock { $0.append(text) } }
  }

  @Test func writersAndReaders() throws {
    let box = try FaultBox()
    defer { box.remove() }
    let seed = FaultBox.seed("writersAndReaders")
    let seconds = FaultBox.isFull ? 60.0 : 8.0
    try box.check(["init"])
    try box.writeScripts("base", state: 0)
    try box.check(box.scan("base"))
    let before = try box.log().map(\.change).max() ?? 0
    let tally = Tally()
    let end = Date().addingTimeInterval(seconds)
    let group = DispatchGroup()
    for number in 0..<16 {
      group.enter()
      // threads of their own: each waits for processes most of the time
      Thread.detachNewThread {
        defer { group.leave() }
        var random = SplitMix64(seed: seed &+ UInt64(number))
        var round = 0
        while Date() < end {
          round += 1
          do {
            if number < 8 {
              try Self.write(box, number, round, &random, tally)
            } else {
              try Self.read(box, number, round, tally)
            }
          } catch {
            tally.fail("\(error)")
          }
        }
      }
    }
    group.wait()
    let failures = tally.failures.withLock { $0 }
    #expect(failures.isEmpty, "seed \(seed): \(failures.prefix(5))")
    try compare(box, tally, before, seed)
  }

  /// One round of a writer.
  private static func write(_ box: FaultBox, _ number: Int, _ round: Int, _ random: inout SplitMix64, _ tally: Tally) throws {
    let writer = "w\(number)"
    let reason = "\(writer)-\(round)"
    let options = ["--as", writer, "--wait", "100"]
    var arguments: [String]
    var content = "t0"
    switch number {
    case 0, 1, 6, 7:
      content = reason
      let ends = (Int.random(in: 0..<6, using: &random), Int.random(in: 0..<6, using: &random))
      // each writer declares edges of its own: from column b or a into one of two others
      arguments = ["lineage", "declare", "--namespace", "base", "--expression", reason, "--reason", reason]
      arguments += ["dbo.t\(ends.0).\(number % 2 == 0 ? "b" : "a")", "dbo.t\(ends.1).\(number < 2 ? "v" : "id")"]
    case 2, 3:
      try box.writeScripts(writer, state: round, tables: 3)
      arguments = box.scan(writer, reason: reason)
      content = "\(100 + round)"
    default:
      try box.writeSheets(writer, state: round, tables: 3)
      arguments = box.importSheets(writer, reason: reason)
      content = "\(100 + round)"
    }
    let outcome = try box.run(arguments + options)
    guard outcome.code == 0, !outcome.wasSignalled, let change = outcome.change else { return tally.fail("\(arguments): \(outcome)") }
    tally.acknowledged.withLock { $0.append(Acknowledged(change: change, writer: writer, reason: reason, content: content)) }
    if (2...5).contains(number) { tally.states.withLock { $0[writer] = round } }
    guard number > 5 else { return }
    let undone = try box.run(["revert", String(change), "--reason", "\(reason)-back"] + options)
    guard undone.code == 0, !undone.wasSignalled, let back = undone.change else { return tally.fail("revert \(change): \(undone)") }
    tally.acknowledged.withLock { $0.append(Acknowledged(change: back, writer: writer, reason: "\(reason)-back", content: reason)) }
  }

  private static func read(_ box: FaultBox, _ number: Int, _ round: Int, _ tally: Tally) throws {
    let questions = [
      ["list"], ["lineage", "upstream", "dbo.t1.a", "--namespace", "base"], ["history", "dbo.t1", "--namespace", "base"], ["diff", "@1"], ["audit", "verify"],
      ["list", "--as-of", "@2"], ["routine", "list"],
    ]
    let question = questions[(number + round) % questions.count]
    let outcome = try box.run(question)
    let allowed: Set<Int32> = question[0] == "diff" ? [0, 1] : [0]
    if outcome.wasSignalled || !allowed.contains(outcome.code) { tally.fail("\(question): \(outcome)") }
    tally.reads.withLock { $0 += 1 }
  }

  private func compare(_ box: FaultBox, _ tally: Tally, _ before: Int, _ seed: UInt64) throws {
    let verified = try box.run(["verify"])
    #expect(verified.code == 0, "seed \(seed): \(verified)")
    let log = try box.log()
    let changes = Dictionary(grouping: log.filter { $0.change > before }, by: \.change)
    let acknowledged = tally.acknowledged.withLock { $0 }
    print("writersAndReaders: \(acknowledged.count) changes acknowledged, \(tally.reads.withLock { $0 }) reads")
    #expect(acknowledged.count > 8 && tally.reads.withLock { $0 } > 8)
    // each acknowledged change is there as it was made, and no other
    for item in acknowledged {
      let entries = changes[item.change] ?? []
      #expect(entries.first?.actor == item.writer && entries.first?.reason == item.reason, "seed \(seed): change \(item.change) of \(item.reason)")
      #expect(entries.contains { ($0.after ?? $0.before ?? "").contains(item.content) }, "seed \(seed): change \(item.change) lacks \(item.content)")
    }
    #expect(changes.keys.sorted() == acknowledged.map(\.change).sorted(), "seed \(seed)")
    #expect(Array(Set(log.map(\.change)).sorted()) == Array(1...(before + acknowledged.count)), "seed \(seed): ids are not in order of commit")
    let instants = log.map(\.at)
    #expect(instants == instants.sorted(), "seed \(seed): instants are not in order of commit")
    // what each writer saw acknowledged last is what stands
    for (writer, state) in tally.states.withLock({ $0 }) {
      let assets = try Registry(path: box.registry).assets(namespace: writer)
      #expect(assets.count == 3 && assets.allSatisfy { $0.columns.last?.nativeType == "varchar(\(100 + state))" }, "seed \(seed): \(writer) is not at \(state)")
    }
    // the log, replayed, gives the state
    var replayed: [String: String] = [:]
    for entry in log where ["asset", "column", "edge"].contains(entry.kind) { replayed["\(entry.kind) \(entry.namespace ?? "") \(entry.subject)"] = entry.after.map { _ in "there" } }
    var shown: [String: String] = [:]
    let registry = Registry(path: box.registry)
    for namespace in try registry.namespaces() {
      for asset in try registry.assets(namespace: namespace.name) {
        shown["asset \(namespace.name) \(asset.name.rendered)"] = "there"
        for column in asset.columns { shown["column \(namespace.name) \(asset.name.rendered(column: column.name))"] = "there" }
      }
    }
    for edge in try registry.edges(origin: .declared) where edge.target.namespace == "base" {
      shown["edge base \(edge.source.reference.rendered) -> \(edge.target.reference.rendered)"] = "there"
    }
    let differences = Set(replayed.keys).union(shown.keys).filter { replayed[$0] != shown[$0] }.sorted()
    #expect(differences.isEmpty, "seed \(seed): \(differences.prefix(5))")
  }

  /// The wait is bounded, and says who is writing.
  @Test func aBusyRegistryIsWaitedForAndNoLonger() throws {
    let box = try FaultBox()
    defer { box.remove() }
    try box.check(["init"])
    try box.writeSheets("n", state: 0)
    let holder = Process()
    holder.executableURL = URL(filePath: "/usr/bin/flock")
    holder.arguments = [box.registry + ".lock", "/bin/sleep", "1.5"]
    try holder.run()
    usleep(200_000)
    let refused = try box.run(box.importSheets("n") + ["--wait", "0.3"])
    #expect(refused.code == 75 && refused.seconds >= 0.3 && refused.seconds < 1.2, "\(refused)")
    #expect(refused.error.contains("is writing; nothing was changed, try again later or with a longer --wait"), "\(refused)")
    // readers are in nobody's way
    try box.check(["list"])
    let waited = try box.run(box.importSheets("n") + ["--wait", "30"])
    #expect(waited.code == 0, "\(waited)")
    holder.waitUntilExit()
  }

  /// A registry that is being made is there whole or not at all.
  @Test func makersOfOneRegistry() throws {
    for _ in 0..<(FaultBox.isFull ? 20 : 3) {
      let box = try FaultBox()
      defer { box.remove() }
      let codes = Mutex<[Int32]>([])
      DispatchQueue.concurrentPerform(iterations: 6) { number in
        let outcome = try? box.run(number < 4 ? ["init"] : ["list", "--registry", box.registry])
        codes.withLock { $0.append((number < 4 ? 0 : 1000) + (outcome?.code ?? -1)) }
      }
      let made = codes.withLock { $0 }.sorted()
      #expect(made.filter { $0 < 1000 } == [0, 64, 64, 64] && made.filter { $0 >= 1000 }.allSatisfy { $0 == 1000 || $0 == 1066 }, "\(made)")
      try box.check(["verify"])
    }
  }
}
