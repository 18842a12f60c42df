import Foundation
import GoldenSupport
import Synchronization
import Testing

/// A registry of which some bytes have changed gives the right answer, or none: and where an answer is not the right one, `verify` says so.
@Suite struct DamagedFileTests {
  private static let questions = [
    ["list", "--format", "json"], ["list", "--format", "json", "--as-of", "@2"], ["audit", "export", "--format", "json"], ["audit", "verify"],
    ["lineage", "upstream", "dbo.t1.a", "--namespace", "code", "--format", "json"], ["lineage", "downstream", "dbo.t2.v", "--namespace", "code", "--as-of", "@1"],
    ["history", "dbo.t1", "--namespace", "code"], ["diff", "@1", "@3"], ["routine", "list", "--format", "json"], ["routine", "show", "dbo.load_t1", "--namespace", "code"],
  ]

  private struct Answer: Equatable, Sendable {
    var code: Int32
    var out: String
  }

  /// What lies in the file and what in its log, and what is answered to each question.
  private struct Original: Sendable {
    var file: [UInt8]
    var log: [UInt8]
    var answers: [Answer]
    /// The state of the chain after each change: what a log that was cut short gives.
    var heads: Set<String>
  }

  /// A registry with changes of every kind.
  private func make(_ box: FaultBox, withLog: Bool) throws -> Original {
    var heads: Set<String> = []
    func change(_ arguments: [String]) throws {
      try box.check(arguments)
      heads.insert(try box.check(["audit", "verify"]).out)
    }
    try change(["init"])
    try box.writeScripts("code", state: 1)
    try change(box.scan("code"))
    try box.writeSheets("sheet", state: 1)
    try change(box.importSheets("sheet"))
    try change(["lineage", "declare", "--namespace", "code", "--expression", "by hand", "dbo.t1.b", "dbo.t2.v"])
    // a reader that stays keeps the log from being taken into the file
    let reader = Process()
    let (input, output) = (Pipe(), Pipe())
    if withLog {
      reader.executableURL = URL(filePath: "/usr/bin/sqlite3")
      reader.arguments = ["-readonly", box.registry]
      (reader.standardInput, reader.standardOutput) = (input, output)
      try reader.run()
      input.fileHandleForWriting.write(Data("BEGIN; SELECT count(*) FROM change;\n".utf8))
      _ = output.fileHandleForReading.availableData
    }
    try box.writeScripts("code", state: 2)
    try change(box.scan("code"))
    try change(["revert", "3"])
    try box.writeSheets("sheet", state: 3)
    try change(box.importSheets("sheet"))
    let answers = try Self.questions.map { question in
      let outcome = try box.run(question)
      return Answer(code: outcome.code, out: outcome.out)
    }
    #expect(answers.allSatisfy { $0.code <= 1 && !$0.out.isEmpty }, "\(answers.map(\.code))")
    try box.check(["verify"])
    let original = Original(
      file: Array(try Data(contentsOf: URL(filePath: box.registry))), log: Array(FileManager.default.contents(atPath: box.registry + "-wal") ?? Data()), answers: answers,
      heads: heads)
    if withLog {
      input.fileHandleForWriting.closeFile()
      reader.waitUntilExit()
    }
    return original
  }

  private enum Damage: Sendable {
    case flip(at: Int, bits: UInt8), cut(to: Int)

    func applied(to bytes: [UInt8]) -> [UInt8] {
      var bytes = bytes
      switch self {
      case .flip(let place, let bits): bytes[place] ^= bits
      case .cut(let length): bytes.removeLast(bytes.count - length)
      }
      return bytes
    }

    init(_ count: Int, _ random: inout SplitMix64) {
      self =
        Int.random(in: 0..<10, using: &random) == 0
        ? .cut(to: Int.random(in: 0..<count, using: &random))
        : .flip(at: Int.random(in: 0..<count, using: &random), bits: Bool.random(using: &random) ? 1 << UInt8.random(in: 0..<8, using: &random) : UInt8.random(in: 1...255, using: &random))
    }
  }

  private struct Figures: Sendable {
    var counts: [String: Int] = [:]
    mutating func count(_ name: String) { counts[name, default: 0] += 1 }
  }

  @Test(arguments: [false, true]) func bytesThatChanged(inLog: Bool) throws {
    let box = try FaultBox()
    defer { box.remove() }
    let name = inLog ? "bytesThatChanged in the log" : "bytesThatChanged in the file"
    let seed = FaultBox.seed(name)
    var random = SplitMix64(seed: seed)
    let original = try make(box, withLog: inLog)
    #expect(!inLog || original.log.count > 10_000)
    let rounds = (FaultBox.isFull ? 2_000 : 150) * (inLog ? 1 : 3) / 4
    let damages = (0..<rounds).map { _ in Damage(inLog ? original.log.count : original.file.count, &random) }
    let figures = Mutex(Figures())
    let problems = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: rounds) { round in
      do {
        let (outcome, problem) = try Self.outcome(of: damages[round], original, inLog, round)
        figures.withLock { $0.count(outcome) }
        if let problem { problems.withLock { $0.append("seed \(seed), round \(round), \(damages[round]): \(problem)") } }
      } catch {
        problems.withLock { $0.append("\(error)") }
      }
    }
    print("\(name): \(rounds) rounds: \(figures.withLock { $0.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ") })")
    let found = problems.withLock { $0 }
    #expect(found.isEmpty, "\(found.count) problems: \(found.prefix(6).joined(separator: "\n"))")
  }

  /// What became of one damage, and what is wrong with that.
  private static func outcome(of damage: Damage, _ original: Original, _ inLog: Bool, _ round: Int) throws -> (String, String?) {
    let box = try FaultBox()
    defer { box.remove() }
    func place(_ bytes: [UInt8], _ path: String) throws {
      try Data(bytes).write(to: URL(filePath: path))
      _ = chmod(path, 0o600)
    }
    try place(inLog ? original.file : damage.applied(to: original.file), box.registry)
    if inLog { try place(damage.applied(to: original.log), box.registry + "-wal") }
    let verified = try box.run(["verify"])
    guard !verified.wasSignalled, [0, 1, 65].contains(verified.code) else { return ("crashed", "verify: \(verified)") }
    // where all seems well, every question is asked; where not, some: it is enough that none ends badly
    let all = FaultBox.isFull ? Array(questions.indices) : (0..<4).map { (round + 3 * $0) % questions.count }
    let asked = verified.code == 0 ? all : [round % questions.count, (round / 3) % questions.count]
    var isWrong = false
    for index in asked {
      let outcome = try box.run(questions[index])
      guard !outcome.wasSignalled, [0, 1, 65, 66].contains(outcome.code) else { return ("crashed", "\(questions[index]): \(outcome)") }
      if outcome.code == 65 {
        if outcome.error.isEmpty { return ("refused", "\(questions[index]): without a word") }
        if verified.code == 0 { return ("refused", "\(questions[index]) is refused and verify finds nothing: \(outcome)") }
      } else if Answer(code: outcome.code, out: outcome.out) != original.answers[index] {
        isWrong = true
        if verified.code != 0 { continue }
        // a log that was cut at the end of a change is that of an earlier moment
        if inLog, case .cut = damage, original.heads.contains(try box.run(["audit", "verify"]).out) { return ("cut back to an earlier change", nil) }
        return ("wrong", "\(questions[index]) is answered wrongly and verify finds nothing: \(outcome.out.prefix(300)) instead of \(original.answers[index].out.prefix(300))")
      }
    }
    if verified.code == 0 { return ("right", nil) }
    return ((isWrong ? "wrong answers that verify tells of" : "found by verify") + (verified.code == 65 ? ", refused" : ""), nil)
  }

  /// A log that was damaged is not given up by the next writer.
  @Test func aDamagedLogIsNotWrittenOver() throws {
    let box = try FaultBox()
    defer { box.remove() }
    var original = try make(box, withLog: true)
    for suffix in ["-shm", ".lock"] { unlink(box.registry + suffix) }
    try Data(original.file).write(to: URL(filePath: box.registry))
    original.log[original.log.count / 2] ^= 0x10
    try Data(original.log).write(to: URL(filePath: box.registry + "-wal"))
    let outcome = try box.run(["lineage", "declare", "--namespace", "code", "dbo.t3.b", "dbo.t2.v"])
    #expect(outcome.code == 65 && outcome.error.contains("the write-ahead log is damaged from its frame"), "\(outcome)")
    #expect(FileManager.default.contents(atPath: box.registry + "-wal") == Data(original.log))
    #expect(try box.run(["verify"]).out.contains("the write-ahead log is damaged"))
  }

  /// Rows that somebody has changed with another tool are named by the change that wrote them.
  @Test func rowsThatWereEditedAreNamed() throws {
    let box = try FaultBox()
    defer { box.remove() }
    _ = try make(box, withLog: false)
    let edits = [
      ("UPDATE edge_evidence SET line = line + 1 WHERE id = 3", "rows: what change 1 began in edge_evidence"),
      ("UPDATE asset_column_version SET nullable = 1 - nullable WHERE id = 2", "rows: what change 1 began in asset_column_version"),
      ("UPDATE asset_version SET ended_change_id = 4 WHERE id = 1", "rows: what change 4 ended in asset_version"),
      ("UPDATE routine_analysis SET coverage = 0.5 WHERE id = 1", "rows: what change 1 began in routine_analysis"),
      ("UPDATE asset SET folded_name = 'x' WHERE id = 2", "rows: what change 1 began in asset,"),
      ("UPDATE routine_text SET text = text || ' '", "code: the text with the hash"),
      ("UPDATE text_value SET value = value || ' '", "texts: row 1 is not what was written"),
      ("UPDATE change_sum SET begun = begun + 1 WHERE change_id = 2", "change log: change 2"),
      ("DROP INDEX unresolved_current", "schema: index unresolved_current is missing"),
      ("DROP TABLE scan_name", "schema: table scan_name is missing"),
      ("DROP TRIGGER change_is_append_only_update", "schema: trigger change_is_append_only_update is missing"),
      ("UPDATE adjacency_ended SET data = x'0001'", "lineage index: the edges that change"),
    ]
    for (sql, finding) in edits {
      let copy = box.folder.appending(path: "copy.db").path
      unlink(copy)
      try FileManager.default.copyItem(atPath: box.registry, toPath: copy)
      let edited = Subprocess.run("/usr/bin/sqlite3", [copy, "PRAGMA journal_mode = DELETE; " + sql + "; PRAGMA journal_mode = WAL;"])
      #expect(edited.code == 0, "\(edited)")
      let outcome = try box.run(["verify", "--registry", copy])
      #expect(outcome.code == 1 && outcome.out.contains(finding), "\(sql): \(outcome)")
    }
  }
}
