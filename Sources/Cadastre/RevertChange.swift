public import CadastreModel
public import CadastreStore

/// Takes a change back.
public enum RevertChange {
  /// - Returns: the change that did it.
  public static func run(_ change: Int64, in registry: Registry, by author: ChangeAuthor) throws -> Int64 {
    switch try registry.revert(change, by: author) {
    case .reverted(let made): return made
    case .unknownChange: throw HistoryFailure.unknownChange(change)
    case .changedSince(let things): throw HistoryFailure.changedSince(change: change, things: things)
    case .nothing: throw HistoryFailure.nothingToRevert(change: change)
    }
  }
}
