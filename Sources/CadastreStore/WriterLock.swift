internal import Foundation

/// The one lock that every writer of a registry holds, from before it opens the file for writing until after it has closed it.
///
/// SQLite before 3.51.3 can corrupt a WAL file when two connections write or checkpoint at the same instant.
struct WriterLock {
  private let descriptor: Int32

  /// Waits for the lock, at most `seconds`.
  init(for path: String, seconds: Double) throws(StoreError) {
    let lockPath = path + ".lock"
    let opened = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else {
      let code = errno
      if code == ENOSPC { throw .diskFull(path: path) }
      throw .permission(path: path, reason: "cannot open \(lockPath): \(String(cString: strerror(code)))")
    }
    let start = DispatchTime.now().uptimeNanoseconds
    var pause: UInt32 = 2_000
    while flock(opened, LOCK_EX | LOCK_NB) != 0 {
      let waited = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
      if waited >= seconds {
        let holder = (try? String(contentsOfFile: lockPath, encoding: .utf8)) ?? ""
        _ = close(opened)
        throw .busy(path: path, holder: holder.isEmpty ? "another process" : holder)
      }
      usleep(pause)
      pause = min(pause * 2, 50_000)
    }
    descriptor = opened
    let name = "process \(getpid()) (\(CommandLine.arguments.prefix(3).map { $0.split(separator: "/").last.map(String.init) ?? $0 }.joined(separator: " ")))"
    _ = ftruncate(opened, 0)
    _ = name.withCString { pwrite(opened, $0, strlen($0), 0) }
  }

  func release() {
    _ = ftruncate(descriptor, 0)
    _ = flock(descriptor, LOCK_UN)
    _ = close(descriptor)
  }
}
