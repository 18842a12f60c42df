internal import CadastreModel

/// Edges, each once, in the order in which they were found.
struct EdgeSet: Sendable {
  private var table = FlatTable<Sink.EdgeKey>()
  private(set) var bodies: [Sink.EdgeBody] = []

  var keys: [Sink.EdgeKey] { table.keys }

  var count: Int { table.count }

  /// Takes out the edges for which a condition holds.
  mutating func taken(where isWanted: (Sink.EdgeKey) -> Bool) -> [(Sink.EdgeKey, Sink.EdgeBody)] {
    let all = zip(keys, bodies)
    self = EdgeSet()
    var result: [(Sink.EdgeKey, Sink.EdgeBody)] = []
    for (key, body) in all { if isWanted(key) { result.append((key, body)) } else { add(key, body) } }
    return result
  }

  /// Adds an edge. One that is there keeps its place, gains the columns it did not have, and is as sure as the surer of both.
  mutating func add(_ key: Sink.EdgeKey, _ body: Sink.EdgeBody) {
    let (index, isNew) = table.number(key)
    guard !isNew else { return bodies.append(body) }
    if body.columns != bodies[index].columns {
      for column in body.columns where !bodies[index].columns.contains(column) { bodies[index].columns.append(column) }
    }
    if body.candidates < bodies[index].candidates { bodies[index].candidates = body.candidates }
  }
}

extension Sink.EdgeKey: FlatKey {
  var flatHash: UInt64 {
    let ends = UInt64(UInt32(bitPattern: source)) << 32 | UInt64(UInt32(bitPattern: target))
    let place = UInt64(UInt32(bitPattern: routine)) << 36 ^ UInt64(UInt32(bitPattern: statement)) << 4 ^ UInt64(subtype)
    return (ends ^ (place &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
  }
}
