internal import CadastreCatalog
internal import CadastreDialects
internal import CadastreLineage
internal import CadastreModel
internal import CadastreSQL
internal import CadastreStore

/// A scan of what has changed: the files that have, and the units that depend on what those files define.
///
/// Objects are told by the last part of their name, so that more may be analysed again than needs be, never less. The outcome is that of a scan of everything.
struct ChangedScan {
  let scan: ScanScripts
  let listed: [ListedFile]
  let changes: FileChanges
  let state: ScanState
  let author: ChangeAuthor
  let roots: [String]

  private var registry: Registry { scan.registry }
  private var namespace: String { scan.namespace }

  /// - Returns: `nil` when so much is concerned that everything is to be scanned.
  func run() throws -> ScanReport? {
    let byPath = Dictionary(listed.map { ($0.path, $0) }) { first, _ in first }
    let changedPaths = Set(changes.changed.map(\.path)).union(changes.removed)
    var reading = try scan.read(changes.changed, tool: author.toolVersion)
    let newNames = Set(reading.files.flatMap(\.names))
    let oldNames = try registry.names(ofFiles: changedPaths, namespace: namespace)

    // every file that has a say in an object of a changed file is read as well
    var involved = changedPaths
    var touched = newNames.union(oldNames)
    while true {
      let more = try registry.files(defining: touched, namespace: namespace).subtracting(involved)
      if more.isEmpty { break }
      involved.formUnion(more)
      guard involved.count <= limit else { return nil }
      touched.formUnion(try registry.names(ofFiles: more, namespace: namespace))
    }
    guard try read(involved.subtracting(changedPaths), byPath, &reading) else { return nil }

    let before = try registry.assets(namespace: namespace, lastNames: touched)
    let after = catalog(reading.trees, keeping: [], without: before)
    let differing = difference(before, after.assets, reading.files, newNames, oldNames)
    let concerned = try registry.units(dependingOn: differing, inFiles: changedPaths, namespace: namespace)
    guard concerned.count <= max(64, limit * 4) else { return nil }
    return try analyse(concerned, differing, involved, changedPaths, before, reading, byPath)
  }

  private var limit: Int { max(16, listed.count / 5) }

  /// Reads more files; answers false when one of them cannot be read now.
  private func read(_ paths: Set<String>, _ byPath: [String: ListedFile], _ reading: inout ScanScripts.Reading) throws -> Bool {
    guard !paths.isEmpty else { return true }
    let files = paths.sorted().compactMap { byPath[$0] }
    guard files.count == paths.count else { return false }
    let more = try scan.read(files, tool: author.toolVersion)
    guard more.unreadable.isEmpty else { return false }
    reading.trees = (reading.trees + more.trees).sorted { $0.source.name < $1.source.name }
    reading.files = (reading.files + more.files).sorted { $0.path < $1.path }
    return true
  }

  /// The catalogue as the registry has it, with what the trees define in place of what the same files defined before.
  private func catalog(_ trees: [SyntaxTree], keeping known: [Asset], without replaced: [Asset]) -> Catalog {
    var catalog = Catalog(dialect: scan.rules)
    let files = Set(trees.map(\.source.name)).union(changes.removed).union(changes.changed.map(\.path))
    catalog.add((known + replaced).filter { asset in asset.definedAt.map { !files.contains($0.file) } ?? true })
    catalog.add(trees)
    return catalog
  }

  /// The last names of what is not as it was: assets that differ, and all routines and triggered tables of the changed files.
  private func difference(
    _ before: [Asset], _ after: [Asset], _ files: [ScannedFile], _ newNames: Set<String>, _ oldNames: Set<String>
  ) -> Set<String> {
    func shape(_ asset: Asset) -> Asset {
      var copy = asset
      copy.definedAt = nil
      (copy.owner, copy.steward, copy.client, copy.description, copy.tags) = (nil, nil, nil, nil, [])
      copy.layer = nil
      copy.status = .active
      for index in copy.columns.indices { (copy.columns[index].description, copy.columns[index].classification) = (nil, nil) }
      // a view's columns are computed, its query says whether it differs
      if copy.query != nil { copy.columns = [] }
      return copy
    }
    var old: [ObjectName: Asset] = [:]
    for asset in before { old[asset.name] = shape(asset) }
    var result: Set<String> = []
    var assets: Set<String> = []
    let definitions = files.flatMap(\.names).reduce(into: [:]) { counts, name in counts[name, default: 0] += 1 }
    for asset in after where asset.options["temporary"] != "true" {
      assets.insert(last(asset.name))
      // which columns a view has, only the analysis of the definition that holds tells
      if asset.query != nil, definitions[last(asset.name), default: 0] > 1 { result.insert(last(asset.name)) }
      if old.removeValue(forKey: asset.name) != shape(asset) { result.insert(last(asset.name)) }
    }
    for name in old.keys { result.insert(last(name)) }
    assets.formUnion(before.map { last($0.name) })
    for name in newNames.union(oldNames) {
      if name.hasPrefix("on ") {
        result.insert(String(name.dropFirst(3)))
      } else if !assets.contains(name) {
        result.insert(name)
      }
    }
    // a trigger whose function has changed: what writes its table fires it
    for file in files where !result.isDisjoint(with: file.names) { result.formUnion(ChangedScan.triggered(by: file)) }
    return result
  }

  /// The last part of a name as it is compared.
  private func last(_ name: ObjectName) -> String { scan.rules.identifiers.caseInsensitive ? name.name.lowercased() : name.name }

  /// Last names of the tables on which a file has triggers.
  private static func triggered(by file: ScannedFile) -> [String] { file.names.filter { $0.hasPrefix("on ") }.map { String($0.dropFirst(3)) } }

  // MARK: analysis

  private func analyse(
    _ concerned: [ScanUnit], _ differing: Set<String>, _ involved: Set<String>, _ changedPaths: Set<String>, _ before: [Asset],
    _ first: ScanScripts.Reading, _ byPath: [String: ListedFile]
  ) throws -> ScanReport? {
    var reading = first
    var loaded = involved
    var wanted = Set(concerned.map { Key($0.routine?.rendered, $0.file) })
    // what they looked up before, they will most likely look up again
    var needed = Set(concerned.flatMap(\.dependencies)).union(differing)
    var asked: Set<String> = []
    let resolving = try registry.resolvedParameters(namespace: namespace)
    let ledger = try registry.routinesInLedger(namespace: namespace)
    while true {
      let more = try files(defining: needed.subtracting(asked)).union(wanted.map(\.file)).subtracting(loaded)
      asked.formUnion(needed)
      guard loaded.count + more.count <= limit * 2 else { return nil }
      guard try read(more, byPath, &reading) else { return nil }
      loaded.formUnion(more)
      // a trigger on a table that is written runs its function
      let fired = reading.files.filter { !needed.isDisjoint(with: ChangedScan.triggered(by: $0)) }.flatMap(\.names).filter { !$0.hasPrefix("on ") }
      if !needed.isSuperset(of: fired) {
        needed.formUnion(fired)
        continue
      }
      let known = try registry.assets(namespace: namespace, lastNames: needed)
      let names = Set(before.map(\.name))
      let catalog = catalog(reading.trees, keeping: known.filter { !names.contains($0.name) }, without: before)
      let extractor = LineageExtractor(catalog: catalog, subjects: reading.trees)
      let caseInsensitive = scan.rules.identifiers.caseInsensitive
      var picked = extractor.units { routine, file in
        if changedPaths.contains(file) || wanted.contains(Key(routine, file)) { return true }
        guard let routine, involved.contains(file) else { return false }
        let last = String(routine.split(separator: ".").last ?? "")
        return differing.contains(caseInsensitive ? last.lowercased() : last)
      }
      // a trigger's function has a unit for each trigger: what is said of it is what all of them find
      let subjects = Set(picked.compactMap { extractor.key(of: $0).routine })
      picked = extractor.units { routine, file in routine.map { subjects.contains($0) } ?? false }.filter { !picked.contains($0) } + picked
      picked.sort()
      var findings = Workers.map(picked, minimum: 64) { extractor.analyse($0) }
      // what the routines that they run find by themselves is theirs
      let run = extractor.unitsRun(by: findings, beside: picked)
      findings += Workers.map(run, minimum: 64) { extractor.analyse($0) }
      let keys = Set(picked.map { extractor.key(of: $0) }.map { Key($0.routine, $0.file) })
      // of what is analysed now, or is no more, only the new findings count
      func stays(_ unit: ScanUnit) -> Bool {
        let key = Key(unit.routine?.rendered, unit.file)
        return !keys.contains(key) && !wanted.contains(key) && !changedPaths.contains(unit.file)
      }
      let others = resolving.filter(stays)
      let open = Set(ledger.filter { stays($0.unit) }.map(\.routine))
      var lineage = extractor.result(of: findings, known: Set(others.flatMap(\.resolves)), open: open)
      lineage.units.removeLast(run.count)
      let looked = Set(lineage.units.flatMap(\.dependencies))
      let newly = try files(defining: looked.subtracting(asked)).subtracting(loaded)
      let unknown = looked.subtracting(needed)
      let hasMoreAssets = try !unknown.isEmpty && !registry.assets(namespace: namespace, lastNames: unknown).isEmpty
      // a parameter that a caller gives now, or no longer, changes what its routine shows
      let told = Set(others.flatMap(\.resolves)).union(lineage.units.flatMap(\.resolves))
      let toldBefore = Set(resolving.flatMap(\.resolves))
      let owners = Set(told.symmetricDifference(toldBefore).compactMap { $0.split(separator: ":").first.map(String.init) })
      // and so does a row of the ledger that a caller has for it, or no longer
      let openNow = open.union(lineage.units.flatMap { unit in unit.unresolved.compactMap(\.routine).filter { $0 != unit.routine } })
      let turned = Set(openNow.symmetricDifference(ledger.map(\.routine)).map(\.rendered))
      let affected = try units(of: owners.union(turned), among: keys).subtracting(wanted)
      if newly.isEmpty, !hasMoreAssets, affected.isEmpty {
        let gone = wanted.subtracting((0..<extractor.unitCount).map { extractor.key(of: $0) }.map { Key($0.routine, $0.file) })
        return try write(lineage, extractor, reading, catalog, before, differing, changedPaths, involved, picked, concerned.filter { gone.contains(Key($0.routine?.rendered, $0.file)) })
      }
      needed.formUnion(looked)
      wanted.formUnion(affected)
    }
  }

  /// The files that are there now and define or alter objects of some names, or have triggers on them.
  private func files(defining names: Set<String>) throws -> Set<String> {
    try registry.files(defining: names.union(names.map { "on " + $0 }), namespace: namespace).subtracting(changes.removed)
  }

  private struct Key: Hashable {
    var routine: String?
    var file: String

    init(_ routine: String?, _ file: String) {
      self.routine = routine
      self.file = file
    }
  }

  /// The units of routines that are not analysed yet.
  private func units(of routines: Set<String>, among known: Set<Key>) throws -> Set<Key> {
    guard !routines.isEmpty else { return [] }
    let caseInsensitive = scan.rules.identifiers.caseInsensitive
    let names = Set(routines.map { name in
      let last = String(name.split(separator: ".").last ?? "")
      return caseInsensitive ? last.lowercased() : last
    })
    let files = try registry.files(defining: names, namespace: namespace)
    return Set(routines.flatMap { routine in files.map { Key(routine, $0) } }).subtracting(known)
      .filter { key in !known.contains { $0.routine == key.routine } }
  }

  private func write(
    _ lineage: LineageResult, _ extractor: LineageExtractor, _ reading: ScanScripts.Reading, _ catalog: Catalog, _ before: [Asset], _ differing: Set<String>, _ changedPaths: Set<String>,
    _ involved: Set<String>, _ picked: [Int], _ gone: [ScanUnit]
  ) throws -> ScanReport? {
    var report = ScanReport()
    var subjects = Set(picked.compactMap { extractor.key(of: $0).routine })
    let found = lineage.routines + TriggerTexts.routines(in: reading.trees, catalog)
    for routine in found where changedPaths.contains(routine.definedAt.file) || (involved.contains(routine.definedAt.file) && differing.contains(last(routine.name))) {
      subjects.insert(routine.name.rendered)
    }
    let routines = scan.joined(found.filter { subjects.contains($0.name.rendered) })
    let scripts = Set(picked.map { extractor.key(of: $0) }.filter { $0.routine == nil }.map(\.file))
    var assets = catalog.assets.filter { asset in
      guard let file = asset.definedAt?.file else { return false }
      // a view's columns may differ though its file does not
      return involved.contains(file) || (asset.query != nil && scripts.contains(file))
    }
    // a view that was not analysed again has the columns that it had
    let known = Dictionary(before.map { ($0.name, $0.columns) }) { first, _ in first }
    for index in assets.indices where assets[index].query != nil && assets[index].columns.isEmpty && !scripts.contains(assets[index].definedAt?.file ?? "") {
      assets[index].columns = known[assets[index].name] ?? []
    }
    var result = ScanResult(
      namespace: Namespace(name: namespace, dialect: scan.dialect, caseInsensitive: scan.rules.identifiers.caseInsensitive), roots: roots,
      scope: .files(changedPaths), assets: scan.completed(assets, lineage), routines: routines, names: lineage.names,
      units: scan.units(lineage, reading.unreadable) + gone.map { ScanUnit(routine: $0.routine, file: $0.file) }, files: reading.files.filter { changedPaths.contains($0.path) })
    result.basis = state.lastChange
    do {
      report.summary = try registry.apply(result, by: author)
    } catch {
      // somebody has written since: everything is computed anew
      if case .stale = error { return nil }
      throw error
    }
    report.files = listed.count
    scan.describe(&report, reading, reading.trees, catalog, lineage)
    return report
  }
}
