internal import ArgumentParser
internal import Cadastre
@preconcurrency internal import Foundation

/// The command's exit codes (sysexits where one fits).
enum Exit: Int32 {
  case findings = 1
  case usage = 64
  case data = 65
  case noInput = 66
  case unavailable = 69
  case software = 70
  case inputOutput = 74
  case busy = 75
  case permission = 77

  /// Prints what went wrong and ends the process with its code.
  static func end(_ error: any Error) -> Never {
    endIfUnprinted()
    switch error {
    case let failure as InputFailure:
      end(describe(failure))
    case let error as StoreError:
      end(describe(error))
    case DDLFailure.unknownAsset(let name):
      complain("'\(name)' is no asset of the registry, or could be several")
      exit(findings.rawValue)
    case DDLFailure.unsupportedDialect(let name, let known):
      complain("no DDL is written in \(name.rawValue) yet; known: \(known.map(\.rawValue).joined(separator: ", "))")
      exit(usage.rawValue)
    case OnboardingFailure.unknownNamespace(let name):
      complain("no warehouse '\(name)' in the registry; 'cadastre scan' makes one")
      exit(findings.rawValue)
    case OnboardingFailure.emptyFile(let path):
      complain("\(path): the file is empty, nothing can be proposed; nothing was changed")
      exit(data.rawValue)
    case let failure as LineageFailure:
      end(describe(failure))
    case OpenLineageFailure.malformed(let path, let place, let reason):
      complain("\(path)\(place.map { ", " + $0 } ?? ""): not OpenLineage: \(reason); nothing was changed")
      exit(data.rawValue)
    case ImportFailure.header(let path, let expected, let found):
      complain("\(path):1:1: expected a header of \(expected), found \(Printable.text(String(found.prefix(200)))); nothing was changed")
      exit(data.rawValue)
    case ImportFailure.record(let path, let line, let expected, let found):
      complain("\(path):\(line):1: expected \(expected), found '\(Printable.text(String(found.prefix(80))))'; nothing was changed")
      exit(data.rawValue)
    case let failure as HistoryFailure:
      complain(describe(failure))
      exit(findings.rawValue)
    case let failure as ImpactFailure:
      end(describe(failure))
    case let failure as ManifestFailure:
      end(describe(failure))
    case let failure as MergeFailure:
      end(describe(failure))
    case let failure as VocabularyFailure:
      end(describe(failure))
    case let failure as Failure:
      complain(failure.message)
      exit(failure.code.rawValue)
    case let code as ExitCode:
      exit(code.rawValue)
    default:
      let code = Command.exitCode(for: error)
      let text = Command.fullMessage(for: error)
      if code == .success {
        print(text)
        endIfUnprinted()
        exit(0)
      }
      note(text)
      exit(code == .validationFailure ? usage.rawValue : code.rawValue)
    }
  }

  private static func end(_ outcome: (code: Exit, message: String)) -> Never {
    complain(outcome.message)
    exit(outcome.code.rawValue)
  }

  static func complain(_ message: String) { note("cadastre: " + message) }

  /// A note for people, on standard error; where that cannot be written, nobody is there to read it.
  static func note(_ message: String) { try? FileHandle.standardError.write(contentsOf: Data((message + "\n").utf8)) }

  /// Ends the process when what was printed did not all reach the standard output.
  static func endIfUnprinted() {
    if fflush(stdout) != 0 || ferror(stdout) != 0 { endUnprinted() }
  }

  static func endUnprinted() -> Never {
    complain("standard output cannot be written: \(String(cString: strerror(errno)).lowercased()); a change that was made is made")
    exit(inputOutput.rawValue)
  }

  private static func describe(_ error: StoreError) -> (Exit, String) {
    switch error {
    case .notFound(let path): (.noInput, "\(path): no such registry; make one with 'cadastre init'")
    case .alreadyExists(let path): (.usage, "\(path): already exists; nothing was changed")
    case .noFolder(let path): (.noInput, "\(path): there is no such folder; nothing was changed")
    case .linked(let path, let names):
      (.data, "\(path): the file has \(names) names (hard links), which SQLite cannot keep together; copy it and remove the other names; nothing was changed")
    case .notARegistry(let path, let reason): (.data, "\(path): not a registry: \(reason); nothing was changed")
    case .newer(let path, let schema, let known): (.data, "\(path): written by a newer version (schema \(schema), this one knows \(known)); nothing was changed")
    case .older(let path, let schema, let known): (.data, "\(path): written by an older version (schema \(schema) of \(known)); 'cadastre migrate' or any writing command brings it up to date")
    case .permission(let path, let reason): (.permission, "\(path): \(reason); nothing was changed")
    case .busy(let path, let holder): (.busy, "\(path): \(holder) is writing; nothing was changed, try again later or with a longer --wait")
    case .stale(let path): (.busy, "\(path): somebody has written to it since this was computed; nothing was changed, try again")
    case .diskFull(let path, let needed, let free): (.inputOutput, "\(path): the disk is full\(room(needed, free)); nothing was changed")
    case .moved(let path, let objects):
      (
        .findings,
        "\(path): changed since the plan was made: " + objects.prefix(20).map(Printable.text).joined(separator: ", ")
          + (objects.count > 20 ? " and \(objects.count - 20) others" : "") + "; nothing was changed, plan again"
      )
    case .inputOutput(let path, let reason): (.inputOutput, "\(path): \(reason); nothing was changed")
    case .corrupt(let path, let reason): (.data, "\(path): damaged: \(reason); restore it from a backup")
    case .unexpected(let reason): (.software, "a bug of ours: \(reason); nothing was changed")
    }
  }

  /// What is missing, as far as it is known.
  private static func room(_ needed: Int64?, _ free: Int64?) -> String {
    func size(_ bytes: Int64) -> String { bytes < 1 << 20 ? "\((bytes + 1023) / 1024) KiB" : "\((bytes + (1 << 20) - 1) >> 20) MiB" }
    let parts = [needed.map { "at least \(size($0)) are needed" }, free.map { "\(size($0)) are free" }].compactMap { $0 }
    return parts.isEmpty ? "; free some room and try again" : ": " + parts.joined(separator: ", ")
  }

  private static func describe(_ failure: LineageFailure) -> (Exit, String) {
    switch failure {
    case .unknown(let name, let registry): (.findings, "'\(name)' is no asset or column of \(registry); 'cadastre list' shows what is")
    case .ambiguous(let name, let candidates):
      (
        .findings,
        "'\(name)' could be " + candidates.prefix(8).joined(separator: ", ") + (candidates.count > 8 ? " and \(candidates.count - 8) others" : "")
      )
    case .unknownNamespace(let name): (.findings, "no warehouse '\(name)' in the registry; 'cadastre scan' makes one")
    case .unknownColumn(let name, let external):
      (
        .findings,
        external.map { "'\(name)' is no column of the registry and none of '\($0)'; nothing was changed" }
          ?? "'\(name)' is no column of the registry; --create-external ASSET makes one outside the warehouse; nothing was changed"
      )
    case .notDeclarable(let reason): (.usage, "\(reason); nothing was changed")
    case .notDeclared(let source, let target, let places):
      if let place = places.first(where: { !$0.file.isEmpty && $0.origin != .observed }) {
        (.findings, "\(source) -> \(target) is what \(place.file):\(place.line) says: change the script and scan again; nothing was changed")
      } else if !places.isEmpty {
        (.findings, "\(source) -> \(target) was observed, not declared; nothing was changed")
      } else {
        (.findings, "\(source) -> \(target) was never declared; nothing was changed")
      }
    }
  }

  private static func describe(_ failure: HistoryFailure) -> String {
    switch failure {
    case .unknown(let name): return "'\(name)' never was in the registry; 'cadastre list' shows what is there now"
    case .ambiguous(let name, let candidates): return "'\(name)' could be \(candidates.joined(separator: ", ")); --namespace says which"
    case .unknownChange(let change): return "there is no change \(change) that could be reverted; 'cadastre audit export' lists them; nothing was changed"
    case .changedSince(let change, let things):
      let shown = things.prefix(8).joined(separator: "; ") + (things.count > 8 ? "; and \(things.count - 8) more" : "")
      return "what change \(change) touched has been changed since: \(shown). Revert those changes first, the last one first; nothing was changed"
    case .nothingToRevert(let change): return "nothing that change \(change) did can be taken back, or all of it has been; nothing was changed"
    }
  }

  private static func describe(_ failure: ImpactFailure) -> (Exit, String) {
    switch failure {
    case .unknownNamespace(let name, let known): (.findings, "no warehouse '\(name)' in the registry; known: \(known.joined(separator: ", "))")
    case .severalNamespaces(let known):
      known.isEmpty
        ? (.findings, "the registry is empty; 'cadastre scan' fills it")
        : (.usage, "which warehouse? give --namespace, one of: \(known.joined(separator: ", "))")
    case .nothingChanged(let path): (.data, "\(path): no ALTER, DROP or CREATE that could change anything")
    }
  }

  /// Where an input stops being text, and what to do about it.
  private static func describe(_ path: String, _ fault: TextFault?) -> String {
    let expected = "text in UTF-8, UTF-16 or Windows-1252"
    guard let fault else { return "\(path): expected \(expected); save the file in one of these encodings" }
    let found = fault.byte == 0 ? "a NUL byte" : "a control character"
    let code = String(fault.byte, radix: 16, uppercase: true)
    let remedy = fault.byte == 0
      ? "remove it (tr -d '\\000' < old > new), or save the file with a byte order mark if it is UTF-16"
      : "is it a script? if so, remove such characters"
    return "\(path):\(fault.position.line):\(fault.position.column): expected \(expected) but found \(found) (0x\(code.count < 2 ? "0" : "")\(code)); \(remedy)"
  }

  private static func describe(_ failure: ManifestFailure) -> (Exit, String) {
    switch failure {
    case .findings(let list):
      for finding in list.prefix(100) { note(Printable.text(finding.rendered())) }
      if list.count > 100 { note("and \(list.count - 100) more") }
      return (.data, "\(list.count == 1 ? "one thing is" : "\(list.count) things are") not as expected; nothing was changed")
    case .notAnExport(let path): return (.usage, "\(path): holds other things than an export; nothing was changed, give a new folder")
    case .unfinishedExport(let path): return (.data, "\(path): an export into it did not end; export again before it is read")
    case .notAFile(let path): return (.data, "\(path): in the way: a link or a folder, expected a file or folder of ours")
    case .unwritable(let path, let reason): return (.inputOutput, "\(path): \(reason)")
    case .unreadablePlan(let path, let reason): return (.data, "\(path): not a saved plan: \(reason); nothing was changed")
    case .nothingToRead(let path): return (.noInput, "\(path): no manifests in it (files that end in .yaml); nothing was changed")
    }
  }

  private static func describe(_ failure: MergeFailure) -> (Exit, String) {
    switch failure {
    case .sameFile(let path, let other): (.usage, "\(other): is \(path) itself; give another registry; nothing was changed")
    case .unlikeNamespaces(let names):
      (
        .findings,
        "\(names.map { "'\($0)'" }.joined(separator: ", ")) has another dialect or compares names in another way there, which cannot be merged; nothing was changed"
      )
    case .unknownObjects(let names):
      (.usage, "neither registry has \(names.map { "'\($0)'" }.joined(separator: ", ")); --take ours|theirs:NAMESPACE/OBJECT; nothing was changed")
    case .decidedTwice(let name): (.usage, "'\(name)' cannot be ours and theirs; nothing was changed")
    }
  }

  private static func describe(_ failure: VocabularyFailure) -> (Exit, String) {
    switch failure {
    case .malformed(let reason): (.usage, "\(reason); nothing was changed")
    case .refusedStatus(let asset, let from, let to):
      (
        .findings,
        "\(asset) is \(from.rawValue) and cannot become \(to.rawValue); allowed: "
          + (from.successors.isEmpty ? "nothing, it is the end" : from.successors.map(\.rawValue).joined(separator: ", ")) + "; nothing was changed"
      )
    case .onlySeenInCode(let name): (.findings, "\(name) is only seen in code, nothing defines it; scan its script first; nothing was changed")
    case .unknown(let what, let name): (.findings, "there is no \(what) '\(name)'; nothing was changed")
    }
  }

  private static func describe(_ failure: InputFailure) -> (Exit, String) {
    switch failure {
    case .notFound(let path): (.noInput, "\(path): no such file")
    case .notPermitted(let path): (.permission, "\(path): permission denied; nothing was changed")
    case .isFolder(let path): (.noInput, "\(path): is a folder, expected a file")
    case .notText(let path, let fault): (.data, describe(path, fault))
    case .unreadable(let path, let reason): (.inputOutput, "\(path): \(reason)")
    }
  }
}

/// A failure of the command with the code it ends with.
struct Failure: Error {
  var code: Exit
  var message: String
}
