/// What somebody may have meant.
package enum Spelling {
  /// The nearest of the known words, when it is near: at most two letters off, or a third of the word.
  package static func nearest(_ word: String, among known: some Sequence<String>) -> String? {
    let mine = Array(word.lowercased().unicodeScalars.prefix(128))
    var best: (distance: Int, word: String)?
    for candidate in known {
      let theirs = Array(candidate.lowercased().unicodeScalars.prefix(128))
      let limit = max(2, min(mine.count, theirs.count) / 3)
      guard abs(mine.count - theirs.count) <= limit else { continue }
      let distance = distance(mine, theirs)
      if distance <= limit, distance < max(mine.count, theirs.count), best.map({ distance < $0.distance }) ?? true { best = (distance, candidate) }
    }
    return best?.word
  }

  /// `; did you mean 'x'?`, or nothing.
  package static func hint(_ word: String, among known: some Sequence<String>) -> String {
    nearest(word, among: known).map { "; did you mean '\($0)'?" } ?? ""
  }

  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var row = Array(0...right.count)
    for (i, mine) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, theirs) in right.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (mine == theirs ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
