internal import Foundation
internal import Synchronization

/// A throw-away PostgreSQL on a socket in a temporary folder, run as another user when the tests run as root.
public final class PostgreSQLServer: Sendable {
  public enum Failure: Error, CustomStringConvertible {
    case notInstalled, failed(String)

    public var description: String {
      switch self {
      case .notInstalled: "PostgreSQL is not installed; scripts/prepare installs it"
      case .failed(let output): output
      }
    }
  }

  public let folder: String
  private let binaries: String
  private let user: String?
  private let unused = Mutex<[String]>([])

  public init() throws {
    let candidates = (13...18).reversed().map { "/usr/lib/postgresql/\($0)/bin" }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }) else { throw Failure.notInstalled }
    binaries = found
    user = getuid() == 0 ? "postgres" : nil
    folder = Self.roomInMemory + "/cadastre-pg-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if user != nil { try check(Subprocess.run("/bin/chown", ["postgres", folder])) }
    try check(asUser(binaries + "/initdb", ["-D", folder + "/data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]))
    // the server goes on behind pg_ctl: it must not hold the descriptors by which Process sees its child end
    let detached = "for f in /proc/$$/fd/*; do n=${f##*/}; if [ $n -gt 2 ] && [ $n -ne 255 ]; then eval \"exec $n>&-\"; fi; done; exec \"$@\" >/dev/null 2>&1 </dev/null"
    let settings = "-k \(folder) -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
    let start = ["-D", folder + "/data", "-w", "-l", folder + "/log", "-o", settings, "start"]
    let command = user.map { ["/usr/bin/setpriv", "--reuid", $0, "--regid", $0, "--clear-groups"] } ?? []
    try check(Subprocess.run("/bin/bash", ["-c", detached, "bash"] + command + [binaries + "/pg_ctl"] + start))
  }

  /// A server that makes and drops files all the time is several times faster on a file system in memory, where there is one with room.
  private static var roomInMemory: String {
    let facts = try? FileManager.default.attributesOfFileSystem(forPath: "/dev/shm")
    let free = (facts?[.systemFreeSize] as? NSNumber)?.uint64Value ?? 0
    return free > 1 << 30 && FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
  }

  public func stop() {
    _ = asUser(binaries + "/pg_ctl", ["-D", folder + "/data", "-m", "immediate", "stop"])
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Runs a script; stops at the first error. Answers what psql printed, unaligned, what went to the error stream included.
  public func execute(_ sql: String, database: String = "postgres") throws -> String {
    let outcome = psql(sql, database, options: ["-v", "ON_ERROR_STOP=1"], errors: true)
    guard outcome.code == 0 else { throw Failure.failed(outcome.output) }
    return outcome.output
  }

  /// Runs a script to its end, errors or not. Answers only what went to the output stream.
  public func transcript(_ sql: String, database: String) throws -> String {
    psql(sql, database, options: [], errors: false).output
  }

  /// Drops a database, some time: a few at once cost less than one at a time.
  public func drop(_ database: String) {
    let names = unused.withLock { names -> [String] in
      names.append(database)
      guard names.count >= 16 else { return [] }
      defer { names = [] }
      return names
    }
    if !names.isEmpty { _ = try? execute(names.map { "DROP DATABASE IF EXISTS \($0) WITH (FORCE);" }.joined(separator: "\n")) }
  }

  private func psql(_ sql: String, _ database: String, options: [String], errors: Bool) -> Subprocess.Outcome {
    let path = folder + "/script-\(UUID().uuidString.prefix(8)).sql"
    defer { try? FileManager.default.removeItem(atPath: path) }
    do { try sql.write(toFile: path, atomically: true, encoding: .utf8) } catch { return Subprocess.Outcome(code: -1, output: "\(error)") }
    chmod(path, 0o644)
    return asUser(
      binaries + "/psql", ["-X", "-h", folder, "-U", "postgres", "-d", database, "-At", "-q"] + options + ["-f", path], errors: errors)
  }

  private func asUser(_ command: String, _ arguments: [String], errors: Bool = true) -> Subprocess.Outcome {
    guard let user else { return Subprocess.run(command, arguments, errors: errors) }
    return Subprocess.run("/usr/bin/setpriv", ["--reuid", user, "--regid", user, "--clear-groups", command] + arguments, errors: errors)
  }

  private func check(_ outcome: Subprocess.Outcome) throws {
    guard outcome.code == 0 else { throw Failure.failed(outcome.output) }
  }
}
