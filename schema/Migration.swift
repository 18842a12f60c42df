/// One numbered step of the registry's schema, embedded from `schema/NNNN_topic.sql` at build time.
///
/// The list is append-only: a released migration never changes, a later one amends it.
public struct Migration: Sendable {
  /// The file's name without its suffix: `0001_change`.
  public let identifier: String
  public let sql: String
}
