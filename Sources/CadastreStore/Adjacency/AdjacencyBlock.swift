/// The arcs of 1,024 nodes in one direction.
///
/// As bytes, all numbers of 7 bits a byte, the last byte below 128: the number of nodes that have arcs; for each, how far it lies behind the one before,
/// the number of its arcs, and for each arc its other end times 2 (1 more for one that only influences) as the difference from the arc before, zigzag,
/// and the change since which it holds.
struct AdjacencyBlock: Equatable {
  static let size = 1 << 10

  struct Arc: Equatable {
    /// The node at the other end.
    var node: Int32
    var isIndirect: Bool
    /// The change since which it holds: the first that began evidence which holds still.
    var since: Int32

    /// Other end and kind in one number.
    var key: Int64 { Int64(node) << 1 | (isIndirect ? 1 : 0) }
  }

  /// Where the arcs of each node begin, and where the last end.
  private(set) var starts = [Int32](repeating: 0, count: size + 1)
  private(set) var arcs: [Arc] = []

  /// The arcs of a node, by its place in the block.
  @inline(__always)
  func range(_ place: Int) -> Range<Int> { Int(starts[place])..<Int(starts[place + 1]) }

  init() {}

  /// - Parameter lists: the arcs of each node, by its place; of two arcs to one end, of one kind, the older counts.
  init(_ lists: [[Arc]]) {
    for place in 0..<AdjacencyBlock.size {
      for arc in lists[place].sorted(by: { ($0.key, $0.since) < ($1.key, $1.since) }) {
        if arcs.count > Int(starts[place]), arcs[arcs.count - 1].key == arc.key { continue }
        arcs.append(arc)
      }
      starts[place + 1] = Int32(arcs.count)
    }
  }

  init(_ bytes: UnsafeRawBufferPointer) throws {
    var reader = NumberReader(bytes)
    var place = 0
    arcs.reserveCapacity(bytes.count / 3)
    for _ in 0..<(try reader.next()) {
      let gap = try reader.next()
      guard gap < UInt64(AdjacencyBlock.size - place) else { throw NumberReader.Broken() }
      let next = place + Int(gap)
      for skipped in place..<next { starts[skipped + 1] = Int32(arcs.count) }
      var key: Int64 = 0
      for _ in 0..<(try reader.next()) {
        let step = try reader.next()
        key &+= Int64(bitPattern: step >> 1) ^ -Int64(bitPattern: step & 1)
        let since = try reader.next()
        guard key >= 0, key >> 1 <= Int64(Int32.max), since <= UInt64(Int32.max) else { throw NumberReader.Broken() }
        arcs.append(Arc(node: Int32(truncatingIfNeeded: key >> 1), isIndirect: key & 1 == 1, since: Int32(truncatingIfNeeded: since)))
      }
      place = next + 1
      starts[place] = Int32(arcs.count)
    }
    for rest in place..<AdjacencyBlock.size { starts[rest + 1] = Int32(arcs.count) }
  }

  var bytes: [UInt8] {
    var writer = NumberWriter()
    let places = (0..<AdjacencyBlock.size).filter { !range($0).isEmpty }
    writer.add(UInt64(places.count))
    var last = 0
    for place in places {
      writer.add(UInt64(place - last))
      last = place + 1
      let own = range(place)
      writer.add(UInt64(own.count))
      var key: Int64 = 0
      for arc in arcs[own] {
        let step = arc.key - key
        writer.add(UInt64(bitPattern: step << 1 ^ step >> 63))
        writer.add(UInt64(arc.since))
        key = arc.key
      }
    }
    return writer.bytes
  }
}

/// Numbers of 7 bits a byte, low bits first; the last byte of each is below 128.
struct NumberWriter {
  private(set) var bytes: [UInt8] = []

  @inline(__always)
  mutating func add(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}

struct NumberReader {
  /// The bytes are not what was written.
  struct Broken: Error {}

  private let bytes: UnsafeRawBufferPointer
  private(set) var at = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { at >= bytes.count }

  @inline(__always)
  mutating func next() throws(Broken) -> UInt64 {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while at < bytes.count, shift < 64 {
      let byte = bytes[at]
      at += 1
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
      shift += 7
    }
    throw Broken()
  }
}
