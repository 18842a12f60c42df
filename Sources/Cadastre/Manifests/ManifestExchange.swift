public import CadastreExchange
public import CadastreModel
public import CadastreStore
internal import Foundation

/// The registry as a folder of manifests: written, compared, and brought to what the folder says.
public struct ManifestExchange: Sendable {
  public let registry: Registry

  public init(registry: Registry) { self.registry = registry }

  /// Largest manifest that is read, in bytes.
  public static let largestFile = ManifestReader.largestFile

  // MARK: out

  public struct ExportReport: Sendable, Codable {
    public var path: String
    public var objects: Int
    public var written: Int
    public var unchanged: Int
    public var removed: Int
    /// Files larger than a manifest may be: they cannot be applied again.
    public var oversized: [String]
  }

  /// Writes one manifest for each namespace, asset, routine and feed into a folder that is new, empty or an earlier export.
  ///
  /// The same registry gives the same bytes. Files that an earlier export wrote and whose objects are gone are removed; nobody else's are.
  public func export(to path: String) throws -> ExportReport {
    let objects = try registry.objects()
    let paths = ManifestPaths.assign(objects)
    let texts = Workers.map(objects, minimum: 64) { part in part.map(\.manifestText) }
    let files = zip(paths, texts).map { (path: $0, text: $1) }.sorted { $0.path < $1.path }
    let outcome = try ManifestFolder(path: path).write(files)
    return ExportReport(
      path: path, objects: objects.count, written: outcome.written, unchanged: outcome.unchanged, removed: outcome.removed,
      oversized: files.filter { $0.text.utf8.count > ManifestReader.largestFile }.map(\.path))
  }

  // MARK: in

  /// What applying a folder, or one manifest, would change.
  ///
  /// - Parameter prune: what the warehouses that the input mentions hold beside it is to go.
  public func plan(_ path: String, prune: Bool = false) throws -> RegistryPlan {
    try plan(try read(path), prune: prune)
  }

  func plan(_ manifests: [ReadManifest], prune: Bool = false) throws -> RegistryPlan {
    var builder = PlanBuilder(held: try registry.objects())
    return try builder.plan(manifests, prune: prune)
  }

  private func read(_ path: String) throws -> [ReadManifest] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw InputFailure.notFound(path: path) }
    return isFolder.boolValue ? try ManifestFolder(path: path).read() : try ManifestFolder.read([path])
  }

  public struct ApplyReport: Sendable {
    /// `nil` when a saved plan was applied.
    public var plan: RegistryPlan?
    /// How many objects the plan names.
    public var objects: Int
    /// `nil` when nothing had to be changed.
    public var change: Int64?
  }

  /// Brings the registry to what a folder, a manifest or a saved plan says, as one change.
  ///
  /// A saved plan whose objects have changed since is refused (`StoreError.moved`). A folder is planned against what is there now; when somebody writes
  /// in between, it is planned again.
  public func apply(_ path: String, prune: Bool = false, by author: ChangeAuthor) throws -> ApplyReport {
    if let changes = try savedPlan(path) { return ApplyReport(plan: nil, objects: changes.count, change: try registry.bring(changes, by: author)) }
    let manifests = try read(path)
    return try apply(by: author) { try plan(manifests, prune: prune) }
  }

  func apply(by author: ChangeAuthor, _ makePlan: () throws -> RegistryPlan) throws -> ApplyReport {
    var tries = 0
    while true {
      let plan = try makePlan()
      if plan.isEmpty { return ApplyReport(plan: plan, objects: 0, change: nil) }
      tries += 1
      do throws(StoreError) {
        return ApplyReport(plan: plan, objects: plan.items.count, change: try registry.bring(plan.items.map(\.change), by: author))
      } catch {
        guard case .moved = error, tries < 3 else { throw error }
      }
    }
  }

  // MARK: sheets

  /// Assets or columns as CSV. See `RegistrySheet`.
  public func sheet(_ kind: RegistrySheet.Kind, raw: Bool) throws -> String { RegistrySheet.write(try registry.objects(), kind, raw: raw) }

  /// What a sheet would change.
  public func planSheet(_ path: String, raw: Bool) throws -> RegistryPlan {
    try planSheet(try InputFile.bytes(path), path, raw: raw)
  }

  private func planSheet(_ bytes: [UInt8], _ path: String, raw: Bool) throws -> RegistryPlan {
    let objects = try registry.objects()
    let (changed, findings) = RegistrySheet.read(bytes, file: path == "-" ? "<stdin>" : path, over: objects, raw: raw)
    guard findings.isEmpty else { throw ManifestFailure.findings(findings) }
    var builder = PlanBuilder(held: objects)
    var plan = try builder.plan(changed, prune: false)
    // a sheet is about what it names
    plan.left = 0
    return plan
  }

  /// Brings the registry to what a sheet says, as one change.
  public func importSheet(_ path: String, raw: Bool, by author: ChangeAuthor) throws -> ApplyReport {
    let bytes = try InputFile.bytes(path)
    return try apply(by: author) { try planSheet(bytes, path, raw: raw) }
  }

  /// The changes of a file that is a saved plan: JSON begins with a brace, which no manifest does.
  private func savedPlan(_ path: String) throws -> [ObjectChange]? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { return nil }
    let bytes = try InputFile.bytes(path)
    guard bytes.first(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) == 0x7B else { return nil }
    return try RegistryPlan.changes(of: bytes, path: path)
  }
}
