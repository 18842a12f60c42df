/// A text that equals only what has the same bytes: `String` takes an accented letter and its decomposed twin for one, databases do not.
public struct ExactText: Sendable, Hashable {
  public var text: String

  @inlinable
  public init(_ text: String) { self.text = text }

  @inlinable
  public static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  @inlinable
  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
