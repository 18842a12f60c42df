import Foundation
import GoldenSupport
import Synchronization
import Testing

/// A folder with a registry, on which the command runs as a process of its own.
struct FaultBox: Sendable {
  let folder: URL
  var registry: String { folder.appending(path: "cadastre.db").path }

  /// Whether tests run at their full length.
  static let isFull = ProcessInfo.processInfo.environment["CADASTRE_FULL"] != nil
  static let isRoot = getuid() == 0

  /// The number that a random test begins with; CADASTRE_SEED gives one that failed.
  static func seed(_ test: String) -> UInt64 {
    let seed = ProcessInfo.processInfo.environment["CADASTRE_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...999_999)
    print("\(test): CADASTRE_SEED=\(seed)")
    return seed
  }

  init(in root: URL = FileManager.default.temporaryDirectory) throws {
    folder = root.appending(path: "cadastre-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// What lies there already.
  init(at folder: URL) { self.folder = folder }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  struct Outcome: Sendable {
    var code: Int32
    /// Ended by a signal: a crash.
    var wasSignalled = false
    var out = ""
    var error = ""
    var seconds = 0.0
    /// The change that was acknowledged.
    var change: Int? { out.split(separator: "\n").compactMap { line in line.hasPrefix("change ") || line.contains("reverted by change ") ? line : nil }.last.flatMap(FaultBox.number) }
  }

  private static func number(_ line: Substring) -> Int? {
    line.split(separator: " ").compactMap { Int($0) }.last
  }

  /// Runs the command to its end, or for some time and then kills it: it hangs.
  ///
  /// - Parameter kill: after how many microseconds it is killed, whatever it does.
  func run(_ arguments: [String], user: String? = nil, kill delay: UInt32? = nil, limit: Double = 120, in place: URL? = nil) throws -> Outcome {
    let process = Process()
    if let user {
      process.executableURL = URL(filePath: "/usr/bin/setpriv")
      process.arguments = ["--reuid", user, "--regid", "nogroup", "--clear-groups", Fixtures.command.path] + arguments
    } else {
      process.executableURL = Fixtures.command
      process.arguments = arguments
    }
    process.currentDirectoryURL = place ?? folder
    let base = FileManager.default.temporaryDirectory.appending(path: "fault-\(UUID().uuidString)").path
    let streams = try ["out", "error"].map { name -> FileHandle in
      _ = FileManager.default.createFile(atPath: "\(base).\(name)", contents: nil)
      return try FileHandle(forWritingTo: URL(filePath: "\(base).\(name)"))
    }
    defer { for name in ["out", "error"] { unlink("\(base).\(name)") } }
    (process.standardOutput, process.standardError, process.standardInput) = (streams[0], streams[1], FileHandle.nullDevice)
    let start = Date()
    try process.run()
    let id = process.processIdentifier
    if let delay {
      usleep(delay)
      Glibc.kill(id, SIGKILL)
    }
    let watch = DispatchWorkItem { Glibc.kill(id, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: watch)
    process.waitUntilExit()
    watch.cancel()
    var outcome = Outcome(code: process.terminationStatus, wasSignalled: process.terminationReason == .uncaughtSignal, seconds: Date().timeIntervalSince(start))
    for stream in streams { try? stream.close() }
    func text(_ name: String) -> String { String(decoding: FileManager.default.contents(atPath: "\(base).\(name)") ?? Data(), as: UTF8.self) }
    (outcome.out, outcome.error) = (text("out"), text("error"))
    return outcome
  }

  /// Runs a command that has to succeed.
  @discardableResult
  func check(_ arguments: [String], codes: Set<Int32> = [0], _ location: SourceLocation = #_sourceLocation) throws -> Outcome {
    let outcome = try run(arguments)
    #expect(!outcome.wasSignalled && codes.contains(outcome.code), "\(arguments): \(outcome)", sourceLocation: location)
    return outcome
  }

  @discardableResult
  static func shell(_ text: String) -> Subprocess.Outcome { Subprocess.run("/bin/bash", ["-c", text]) }

  // MARK: what is scanned and imported

  /// Scripts of a small warehouse, in one of their many states: the column `v` of each table and the text of each procedure say which.
  func writeScripts(_ name: String, state: Int, tables: Int = 6) throws {
    let code = folder.appending(path: name)
    try FileManager.default.createDirectory(at: code, withIntermediateDirectories: true)
    for table in 0..<tables {
      let script = """
        CREATE TABLE dbo.t\(table) (id int NOT NULL PRIMARY KEY, a varchar(50) NULL, b int NULL, v varchar(\(100 + state)) NULL);
        GO
        CREATE OR ALTER PROCEDURE dbo.load_t\(table) AS
        BEGIN
          -- state \(state)
          INSERT INTO dbo.t\(table) (id, a, b) SELECT s.id, upper(s.a), s.b + \(state) FROM dbo.t\((table + 1) % tables) AS s WHERE s.v IS NOT NULL;
        END;
        """
      try Data(script.utf8).write(to: code.appending(path: "t\(table).sql"))
    }
  }

  /// A sheet of columns and one of edges, in one of their states.
  func writeSheets(_ name: String, state: Int, tables: Int = 6) throws {
    var columns = "asset,column,type\n"
    var edges = "source,target,expression\n"
    for table in 0..<tables {
      for column in ["id int", "a varchar(50)", "v varchar(\(100 + state))"] {
        let parts = column.split(separator: " ")
        columns += "dw.s\(table),\(parts[0]),\(parts[1])\n"
      }
      edges += "dw.s\(table).a,dw.s\((table + 1) % tables).v,state \(state)\n"
    }
    try Data(columns.utf8).write(to: folder.appending(path: "\(name)-columns.csv"))
    try Data(edges.utf8).write(to: folder.appending(path: "\(name)-edges.csv"))
  }

  func scan(_ name: String, reason: String = "scan") -> [String] { ["scan", name, "--dialect", "tsql", "--namespace", name, "--reason", reason] }

  func importSheets(_ name: String, reason: String = "import") -> [String] {
    ["import", "catalog", "--dialect", "tsql", "--namespace", name, "--columns", "\(name)-columns.csv", "--edges", "\(name)-edges.csv", "--reason", reason]
  }

  // MARK: the log

  /// One thing that a change did, as `audit export` prints it.
  struct Entry: Decodable, Sendable {
    var change: Int
    var at: String
    var actor: String
    var command: String
    var reason: String
    var kind: String
    var namespace: String?
    var subject: String
    var before: String?
    var after: String?
  }

  func log(after change: Int = 0) throws -> [Entry] {
    let outcome = try check(["audit", "export", "--format", "json"] + (change > 0 ? ["--from", "@\(change)"] : []))
    return try JSONDecoder().decode([Entry].self, from: Data(outcome.out.utf8))
  }
}
