public import CadastreDiagnostics

/// Why manifests could not be written, planned or applied. Nothing was changed.
public enum ManifestFailure: Error, Sendable, Hashable {
  /// What is wrong with the input, with places.
  case findings([Diagnostic])
  /// The folder holds other things than an earlier export.
  case notAnExport(path: String)
  /// An export into the folder began and did not end: what is missing in it is not gone.
  case unfinishedExport(path: String)
  /// A file to write into leads elsewhere: a symbolic link, or a folder in its place.
  case notAFile(path: String)
  case unwritable(path: String, reason: String)
  case unreadablePlan(path: String, reason: String)
  case nothingToRead(path: String)
}
