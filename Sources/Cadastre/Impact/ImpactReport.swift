/// What a change would do, before it is made; its JSON is what `cadastre impact --format json` prints.
public struct ImpactReport: Sendable, Codable {
  /// One change that the script asks for.
  public struct Change: Sendable, Codable {
    /// `drop_column`, `rename_column`, `retype_column`, `drop_table` ...
    public var kind: String
    public var object: String
    public var line: Int
    /// Not all of it is known: `varchar(20) to varchar(10)`, the new name ...
    public var detail: String
    /// The server says no as long as what the refusals name is there.
    public var refused: Bool
  }

  /// When a break shows.
  public enum Stage: String, Sendable, Codable, Hashable {
    /// The server refuses the change because of the object.
    case refusal
    /// The object fails when it is run after the change.
    case run
  }

  /// One place that breaks, and why.
  public struct Break: Sendable, Codable, Hashable {
    public var object: String
    /// `procedure`, `function`, `trigger`, `view`, `constraint`, `table`.
    public var kind: String
    public var stage: Stage
    /// `unknown_column`, `too_wide`, `used_by_view`, `calls_broken` ...
    public var reason: String
    public var file: String
    /// 1-based.
    public var line: Int
    public var detail: String
    /// False where it depends on values whose width cannot be known.
    public var certain: Bool
    /// A handler of the routine catches the error: it shows in what is not done, not in a failure.
    public var caught: Bool
  }

  /// What the changed columns feed, over all hops.
  public struct Downstream: Sendable, Codable {
    public var columns: [String] = []
    public var assets: [String] = []
    public var feeds: [String] = []
    public var checklists: [String] = []
  }

  /// A text that is run only when it is put together: whether it breaks cannot be told.
  public struct Unsure: Sendable, Codable, Hashable {
    public var object: String
    public var file: String
    public var line: Int
    public var reason: String
    public var text: String
  }

  public var namespace: String
  public var changes: [Change] = []
  public var breaks: [Break] = []
  public var downstream = Downstream()
  /// Broken objects in the order in which to mend them: callees before callers, upstream before downstream.
  public var order: [String] = []
  public var unsure: [Unsure] = []
  /// Routines and views that were analysed again.
  public var analysed = 0

  /// Whether the server refuses something.
  public var isRefused: Bool { changes.contains(where: \.refused) }
}

/// Why a change cannot be analysed.
public enum ImpactFailure: Error, Sendable, Hashable {
  case unknownNamespace(String, known: [String])
  case severalNamespaces([String])
  /// The script changes nothing that the registry knows.
  case nothingChanged(path: String)
}
