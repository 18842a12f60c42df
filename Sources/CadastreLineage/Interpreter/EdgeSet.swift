/// Edges, each once, in the order in which they were found.
///
/// A hash table of its own, since an edge is noted for every column of every expression: the keys are small numbers that need no seeded hash.
struct EdgeSet: Sendable {
  private(set) var keys: [Sink.EdgeKey] = []
  private(set) var bodies: [Sink.EdgeBody] = []
  /// Positions in `keys`, -1 where a slot is free; a power of two of them, at most half of them taken.
  private var slots: [Int32] = []

  var count: Int { keys.count }

  /// Adds an edge. One that is there keeps its place, gains the columns it did not have, and is as sure as the surer of both.
  mutating func add(_ key: Sink.EdgeKey, _ body: Sink.EdgeBody) {
    if 2 * (keys.count + 1) > slots.count { grow() }
    var slot = EdgeSet.hash(key) & (slots.count - 1)
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if keys[index] == key { return join(body, at: index) }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(keys.count)
    keys.append(key)
    bodies.append(body)
  }

  private mutating func join(_ other: Sink.EdgeBody, at index: Int) {
    if other.columns != bodies[index].columns {
      for column in other.columns where !bodies[index].columns.contains(column) { bodies[index].columns.append(column) }
    }
    if other.candidates < bodies[index].candidates { bodies[index].candidates = other.candidates }
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: max(32, 2 * slots.count))
    for index in keys.indices {
      var slot = EdgeSet.hash(keys[index]) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
    }
  }

  @inline(__always)
  private static func hash(_ key: Sink.EdgeKey) -> Int {
    let ends = UInt64(UInt32(bitPattern: key.source)) << 32 | UInt64(UInt32(bitPattern: key.target))
    let place = UInt64(UInt32(bitPattern: key.routine)) << 36 ^ UInt64(UInt32(bitPattern: key.statement)) << 4 ^ UInt64(key.subtype)
    // multiplication mixes upwards: the upper bits are the ones to take
    let mixed = (ends ^ (place &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: mixed >> 32)
  }
}
