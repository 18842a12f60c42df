internal import Foundation
internal import Synchronization

/// Runs independent work on as many threads as there are cores, each with a stack for deep scripts.
enum Workers {
  private static let stackSize = 64 << 20

  /// Cuts a list into parts, runs them side by side, and puts the results together in order.
  ///
  /// - Parameter parts: how many parts there are for each thread.
  static func map<Element: Sendable, Result: Sendable>(
    _ items: [Element], minimum: Int = 1, parts: Int = 4, _ body: @Sendable @escaping (ArraySlice<Element>) -> [Result]
  ) -> [Result] {
    let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)
    let size = max(minimum, (items.count + cores * parts - 1) / (cores * parts))
    let starts = Array(stride(from: 0, to: items.count, by: max(1, size)))
    guard cores > 1, starts.count > 1 else { return body(items[...]) }
    let board = Board<Result>(parts: starts.count)
    let group = DispatchGroup()
    for _ in 0..<min(cores, starts.count) {
      group.enter()
      let thread = Thread {
        while let part = board.next() { board.put(body(items[starts[part]..<min(items.count, starts[part] + size)]), at: part) }
        group.leave()
      }
      thread.stackSize = stackSize
      thread.start()
    }
    group.wait()
    return board.results
  }

  /// Which part comes next, and what the parts gave.
  private final class Board<Result: Sendable>: Sendable {
    private let parts: Int
    private let state = Mutex<(next: Int, results: [Int: [Result]])>((0, [:]))

    init(parts: Int) { self.parts = parts }

    func next() -> Int? {
      state.withLock { state in
        guard state.next < parts else { return nil }
        state.next += 1
        return state.next - 1
      }
    }

    func put(_ result: [Result], at part: Int) { state.withLock { $0.results[part] = result } }

    var results: [Result] { state.withLock { state in (0..<parts).flatMap { state.results[$0] ?? [] } } }
  }
}
