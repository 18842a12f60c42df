/// A key of a `FlatTable`.
public protocol FlatKey: Equatable {
  /// Spread over all 64 bits, the upper ones most of all.
  var flatHash: UInt64 { get }
}

/// Keys, each once, numbered in the order in which they came.
///
/// For keys of small numbers that are looked up millions of times: a hash without a seed, and slots that hold numbers alone.
@frozen
public struct FlatTable<Key: FlatKey> {
  @usableFromInline var list: [Key] = []
  /// Numbers of keys, -1 where a slot is free; a power of two of them, at most half of them taken.
  @usableFromInline var slots: [Int32] = []

  @inlinable
  public init() {}

  @inlinable
  public var keys: [Key] { list }

  @inlinable
  public var count: Int { list.count }

  /// A key's number.
  @inlinable
  public mutating func number(_ key: Key) -> (number: Int, isNew: Bool) {
    if 2 * (list.count + 1) > slots.count { grow() }
    var slot = Int(truncatingIfNeeded: key.flatHash >> 32) & (slots.count - 1)
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if list[index] == key { return (index, false) }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(list.count)
    list.append(key)
    return (list.count - 1, true)
  }

  /// Forgets every key, and keeps the room.
  @inlinable
  public mutating func removeAll() {
    for key in list {
      var slot = Int(truncatingIfNeeded: key.flatHash >> 32) & (slots.count - 1)
      while slots[slot] >= 0 {
        slots[slot] = -1
        slot = (slot + 1) & (slots.count - 1)
      }
    }
    list.removeAll(keepingCapacity: true)
  }

  @inlinable
  mutating func grow() {
    slots = [Int32](repeating: -1, count: max(32, 2 * slots.count))
    for index in list.indices {
      var slot = Int(truncatingIfNeeded: list[index].flatHash >> 32) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
    }
  }
}

extension FlatTable: Sendable where Key: Sendable {}
