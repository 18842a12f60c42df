internal import Foundation

/// The one lock that every writer of a registry holds, from before it opens the file for writing until after it has closed it.
///
/// SQLite before 3.51.3 can corrupt a WAL file when two connections write or checkpoint at the same instant.
struct WriterLock {
  private let descriptor: Int32

  /// Waits for the lock, at most `seconds`.
  init(for path: String, seconds: Double) throws(StoreError) {
    let lockPath = path + ".lock"
    let opened = try WriterLock.file(lockPath, for: path)
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

  /// The lock's file belongs to whom the registry belongs to, and whoever may write the registry may write it.
  private static func file(_ lockPath: String, for path: String) throws(StoreError) -> Int32 {
    var opened = open(lockPath, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    if opened < 0, errno == ENOENT {
      opened = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      var status = stat()
      if opened >= 0, stat(path, &status) == 0 {
        _ = fchmod(opened, status.st_mode & 0o666)
        if geteuid() == 0 { _ = fchown(opened, status.st_uid, status.st_gid) }
      }
    }
    guard opened >= 0 else { throw .ofSystem(errno, path: path, what: "cannot open \(lockPath)") }
    return opened
  }

  func release() {
    _ = ftruncate(descriptor, 0)
    _ = flock(descriptor, LOCK_UN)
    _ = close(descriptor)
  }
}
