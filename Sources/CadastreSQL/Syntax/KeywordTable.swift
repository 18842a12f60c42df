/// Finds the keyword of a word by its bytes, whatever its case, in constant time.
struct KeywordTable: Sendable {
  static let shared = KeywordTable()

  private static let slotCount = 4096
  private let slots: [UInt16]
  /// Lower-case spelling of each keyword, by raw value.
  private let spellings: [[UInt8]]

  private init() {
    var slots = [UInt16](repeating: 0, count: Self.slotCount)
    var spellings = [[UInt8]](repeating: [], count: Keyword.allCases.count)
    for keyword in Keyword.allCases where keyword != .none_ {
      let spelling = Array("\(keyword)".utf8)
      spellings[Int(keyword.rawValue)] = spelling
      var slot = spelling.reduce(Self.seed) { Self.mixed($0, $1) } & (Self.slotCount - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (Self.slotCount - 1) }
      slots[slot] = keyword.rawValue
    }
    self.slots = slots
    self.spellings = spellings
  }

  private static let seed = 5381

  @inline(__always)
  private static func mixed(_ hash: Int, _ byte: UInt8) -> Int { (hash &* 33) ^ Int(byte) }

  /// Upper case ASCII letters only occur in words of the grammar together with letters and underscores, so setting the case bit is enough.
  @inline(__always)
  private static func lowered(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

  func keyword(_ bytes: UnsafeBufferPointer<UInt8>, _ lower: Int, _ upper: Int) -> Keyword {
    guard upper - lower <= 24 else { return .none_ }
    var hash = Self.seed
    for index in lower..<upper { hash = Self.mixed(hash, Self.lowered(bytes[index])) }
    var slot = hash & (Self.slotCount - 1)
    while slots[slot] != 0 {
      let spelling = spellings[Int(slots[slot])]
      if spelling.count == upper - lower {
        var same = true
        for offset in 0..<spelling.count where Self.lowered(bytes[lower + offset]) != spelling[offset] {
          same = false
          break
        }
        if same { return Keyword(rawValue: slots[slot]) ?? .none_ }
      }
      slot = (slot + 1) & (Self.slotCount - 1)
    }
    return .none_
  }
}
