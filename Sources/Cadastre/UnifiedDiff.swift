/// Two texts as a unified diff. https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
public enum UnifiedDiff {
  /// Empty where the texts are the same.
  ///
  /// - Parameter context: lines that stay around those that do not.
  public static func text(_ old: String, _ new: String, names: (old: String, new: String), context: Int = 3) -> String {
    let (left, right) = (lines(old), lines(new))
    let steps = steps(left, right)
    guard steps.contains(where: { $0.sign != " " }) else { return "" }
    var result = "--- \(names.old)\n+++ \(names.new)\n"
    var start = 0
    while let first = steps[start...].firstIndex(where: { $0.sign != " " }) {
      var last = first
      var next = first + 1
      // what lies closer than twice the context is one hunk
      while next < steps.count, next - last <= 2 * context {
        if steps[next].sign != " " { last = next }
        next += 1
      }
      let lower = max(start, first - context)
      let upper = min(steps.count, last + 1 + context)
      let hunk = steps[lower..<upper]
      let counts = (hunk.count { $0.sign != "+" }, hunk.count { $0.sign != "-" })
      result += "@@ -\(range(steps[lower].old, counts.0)) +\(range(steps[lower].new, counts.1)) @@\n"
      for step in hunk {
        let line = step.sign == "+" ? right[step.new] : left[step.old]
        result += step.sign + String(decoding: line, as: UTF8.self)
        if line.last != 0x0A { result += "\n\\ No newline at end of file\n" }
      }
      start = upper
      if start >= steps.count { break }
    }
    return result
  }

  /// One line of both texts: in both (` `), only in the old (`-`), only in the new (`+`); and how many lines of each come before it.
  private struct Step {
    var sign: String
    var old: Int
    var new: Int
  }

  private static func steps(_ left: [ArraySlice<UInt8>], _ right: [ArraySlice<UInt8>]) -> [Step] {
    let difference = right.difference(from: left)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var steps: [Step] = []
    var (old, new) = (0, 0)
    while old < left.count || new < right.count {
      if old < left.count, removed.contains(old) {
        steps.append(Step(sign: "-", old: old, new: new))
        old += 1
      } else if new < right.count, inserted.contains(new) {
        steps.append(Step(sign: "+", old: old, new: new))
        new += 1
      } else {
        steps.append(Step(sign: " ", old: old, new: new))
        old += 1
        new += 1
      }
    }
    return steps
  }

  /// Lines with their ends, as bytes: letters that only look alike are two.
  private static func lines(_ text: String) -> [ArraySlice<UInt8>] {
    let bytes = Array(text.utf8)
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      lines.append(bytes[start..<end])
      start = end
    }
    return lines
  }

  private static func range(_ start: Int, _ count: Int) -> String {
    let first = count == 0 ? start : start + 1
    return count == 1 ? "\(first)" : "\(first),\(count)"
  }
}
