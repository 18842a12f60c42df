internal import CadastreModel

/// What a sample file looks like. Encodes to the JSON of `cadastre profile`.
public struct Profile: Sendable, Codable {
  public struct File: Sendable, Codable {
    public var format: String
    public var encoding: String
    public var bom: Bool
    public var delimiter: String?
    public var quote: String?
    public var escape: String?
    public var lineEnd: String
    public var header: Bool
    /// Records, the header left out.
    public var rows: Int
    public var bytes: Int
  }

  public struct Column: Sendable, Codable {
    public var name: String
    /// 1-based.
    public var ordinal: Int
    /// A logical type's name.
    public var type: String
    public var length: Int?
    public var precision: Int?
    public var scale: Int?
    public var nullable: Bool
    /// 0...1.
    public var nullRate: Double
    /// Exact to 200,000 values, a lower bound beyond.
    public var distinct: Int
    public var min: String?
    public var max: String?
    /// Date formats seen, the commonest first.
    public var formats: [String]
    public var `class`: String
    public var classConfidence: Double
    /// Masked when the class is personal.
    public var examples: [String]
  }

  public struct Key: Sendable, Codable {
    public var columns: [String]
    public var unique: Bool
  }

  public struct Finding: Sendable, Codable {
    /// 1-based record; 0 for the file as a whole.
    public var row: Int
    public var column: String?
    public var kind: String
    public var text: String
  }

  public var file: File
  public var columns: [Column]
  public var keys: [Key]
  /// The first of each kind; how many there are in all is in the text of a finding with row 0.
  public var findings: [Finding]
  /// Findings of each kind, all counted.
  public var findingCounts: [String: Int]
}
