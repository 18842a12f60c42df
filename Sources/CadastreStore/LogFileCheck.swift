internal import Foundation

/// Looks into the write-ahead log beside a registry. SQLite takes of a damaged log what lies before the damage, and says nothing.
///
/// Frames of a transaction that was never finished are no damage: a process that was killed leaves them, the last one cut.
/// <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>
struct LogFileCheck {
  private let bytes: UnsafeRawBufferPointer

  /// What is wrong with the log beside a file; `nil` when there is no log, or it is whole.
  ///
  /// A reader looks while others write: what looks wrong has to look wrong twice, in a file that stayed the same.
  static func damage(beside path: String) throws(StoreError) -> String? {
    for _ in 0..<20 {
      let before = FileStamp(path + "-wal")
      guard let before, before.size > 0 else { return nil }
      let data: Data
      do {
        data = try Data(contentsOf: URL(filePath: path + "-wal"))
      } catch {
        guard FileStamp(path + "-wal") != nil else { return nil }
        throw .permission(path: path, reason: "cannot read \(path)-wal")
      }
      guard let reason = data.withUnsafeBytes({ LogFileCheck(bytes: $0).damage }) else { return nil }
      usleep(20_000)
      if FileStamp(path + "-wal") == before { return reason }
    }
    return nil
  }

  private func word(_ at: Int) -> UInt32 { UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)) }

  private func sum(_ range: Range<Int>, _ start: (UInt32, UInt32), bigEndian: Bool) -> (UInt32, UInt32) {
    var (first, second) = start
    var at = range.lowerBound
    while at + 8 <= range.upperBound {
      let (one, other) = (bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self), bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self))
      first = first &+ (bigEndian ? UInt32(bigEndian: one) : UInt32(littleEndian: one)) &+ second
      second = second &+ (bigEndian ? UInt32(bigEndian: other) : UInt32(littleEndian: other)) &+ first
      at += 8
    }
    return (first, second)
  }

  private var damage: String? {
    // an empty log, or one whose room was made and never filled
    guard !bytes.prefix(32).allSatisfy({ $0 == 0 }) else { return bytes.allSatisfy({ $0 == 0 }) ? nil : "the write-ahead log's header is empty" }
    guard bytes.count >= 32 else { return nil }
    let magic = word(0)
    guard magic & ~1 == 0x377F_0682 else { return "the write-ahead log does not begin as one" }
    let bigEndian = magic & 1 == 1
    var running = sum(0..<24, (0, 0), bigEndian: bigEndian)
    guard running == (word(24), word(28)) else { return "the write-ahead log's header is not what was written" }
    let page = Int(word(8)) == 1 ? 65536 : Int(word(8))
    guard page >= 512, page <= 65536, page & (page - 1) == 0 else { return "the write-ahead log's header is not what was written" }
    let salts = (word(16), word(20))
    var at = 32
    while at + 24 + page <= bytes.count {
      running = sum(at..<at + 8, running, bigEndian: bigEndian)
      running = sum(at + 24..<at + 24 + page, running, bigEndian: bigEndian)
      guard (word(at + 8), word(at + 12)) == salts, running == (word(at + 16), word(at + 20)) else { break }
      at += 24 + page
    }
    // from here on SQLite reads nothing: frames of this round that end a transaction were written, and are lost
    let first = (at - 32) / (24 + page) + 1
    while at + 24 + page <= bytes.count {
      // of an older round both salts differ, of this round none; one that alone differs is no salt of a round
      let (one, other) = (word(at + 8) == salts.0, word(at + 12) == salts.1)
      if one != other || one && word(at + 4) != 0 { return "the write-ahead log is damaged from its frame \(first) on: what was written last is lost" }
      at += 24 + page
    }
    return nil
  }
}

/// What of a file changes when it is written.
struct FileStamp: Equatable {
  var size: Int64
  /// Nanoseconds since 1970.
  var modified: Int64
  var node: UInt64

  /// Whether it was written long enough ago for the next write to have another time: file systems count in ticks of some milliseconds.
  var isSettled: Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return !(0..<20_000_000).contains(Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec) - modified)
  }

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    size = Int64(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    node = UInt64(status.st_ino)
  }
}
