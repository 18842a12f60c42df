internal import Foundation

/// The clock of the change log.
enum Now {
  /// Now in UTC, ISO 8601 with microseconds.
  static var instant: String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var seconds = time.tv_sec
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let micros = String(time.tv_nsec / 1000)
    let padded = String(repeating: "0", count: max(0, 6 - micros.count)) + micros
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(padded)Z"
  }
}
