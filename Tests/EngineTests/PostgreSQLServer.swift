import Foundation

/// A throw-away PostgreSQL on a socket in a temporary folder, run as another user when the tests run as root.
final class PostgreSQLServer {
  enum Failure: Error { case notInstalled, failed(String) }

  let folder: String
  private let binaries: String
  private let user: String?

  init() throws {
    let candidates = (13...18).reversed().map { "/usr/lib/postgresql/\($0)/bin" }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }) else { throw Failure.notInstalled }
    binaries = found
    user = getuid() == 0 ? "postgres" : nil
    folder = "/tmp/cadastre-pg-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if user != nil { try check(PostgreSQLServer.run("/bin/chown", ["postgres", folder])) }
    try check(asUser(binaries + "/initdb", ["-D", folder + "/data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]))
    // the server goes on behind pg_ctl: it must not hold the descriptors by which Process sees its child end
    let detached = "for f in /proc/$$/fd/*; do n=${f##*/}; if [ $n -gt 2 ] && [ $n -ne 255 ]; then eval \"exec $n>&-\"; fi; done; exec \"$@\" >/dev/null 2>&1 </dev/null"
    let start = ["-D", folder + "/data", "-w", "-l", folder + "/log", "-o", "-k \(folder) -c listen_addresses='' -c fsync=off", "start"]
    let command = user.map { ["/usr/bin/setpriv", "--reuid", $0, "--regid", $0, "--clear-groups"] } ?? []
    try check(PostgreSQLServer.run("/bin/bash", ["-c", detached, "bash"] + command + [binaries + "/pg_ctl"] + start))
  }

  func stop() {
    _ = asUser(binaries + "/pg_ctl", ["-D", folder + "/data", "-m", "immediate", "stop"])
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Runs a script; stops at the first error. Answers what psql printed, unaligned.
  func execute(_ sql: String) throws -> String {
    let path = folder + "/script-\(UUID().uuidString.prefix(8)).sql"
    try sql.write(toFile: path, atomically: true, encoding: .utf8)
    chmod(path, 0o644)
    let (code, out) = asUser(binaries + "/psql", ["-h", folder, "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-At", "-q", "-f", path])
    guard code == 0 else { throw Failure.failed(out) }
    return out
  }

  private func asUser(_ command: String, _ arguments: [String]) -> (Int32, String) {
    guard let user else { return PostgreSQLServer.run(command, arguments) }
    return PostgreSQLServer.run("/usr/bin/setpriv", ["--reuid", user, "--regid", user, "--clear-groups", command] + arguments)
  }

  private func check(_ outcome: (Int32, String)) throws {
    guard outcome.0 == 0 else { throw Failure.failed(outcome.1) }
  }

  static func run(_ command: String, _ arguments: [String]) -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(filePath: command)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: "/tmp")
    let file = FileManager.default.temporaryDirectory.appending(path: "out-\(UUID().uuidString)")
    FileManager.default.createFile(atPath: file.path, contents: nil)
    guard let handle = try? FileHandle(forWritingTo: file) else { return (-1, "no temporary file") }
    process.standardOutput = handle
    process.standardError = handle
    do { try process.run() } catch { return (-1, "\(error)") }
    process.waitUntilExit()
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    try? FileManager.default.removeItem(at: file)
    return (process.terminationStatus, text)
  }
}
