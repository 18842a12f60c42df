import CadastreExchange
import CadastreModel
import Foundation
import GoldenSupport
import Testing

/// What another reader of YAML makes of our manifests.
@Suite struct OtherReaderTests {
  static let isThere = Subprocess.run("/usr/bin/python3", ["-c", "import yaml"]).code == 0

  static let script = """
    import json, sys, yaml
    for document in yaml.safe_load_all(open(sys.argv[1], encoding='utf-8')):
        sys.stdout.buffer.write(json.dumps(document, ensure_ascii=False).encode() + b"\\n")
    """

  @Test(.enabled(if: isThere, "python3 has no yaml")) func readsTheSame() throws {
    let objects = (1...15).flatMap { RandomRegistry(seed: $0).objects }
    let file = FileManager.default.temporaryDirectory.appending(path: "manifests-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(objects.map(\.manifestText).joined(separator: "---\n").utf8).write(to: file)
    let outcome = Subprocess.run("/usr/bin/python3", ["-c", Self.script, file.path])
    #expect(outcome.code == 0, "\(outcome.output.suffix(2_000))")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == objects.count)
    for (line, object) in zip(lines, objects) {
      let theirs = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? NSDictionary
      let ours = try JSONSerialization.jsonObject(with: JSONEncoder().encode(object.manifest)) as? NSDictionary
      if theirs != ours {
        let keys = (ours?.allKeys ?? []).filter { key in !((ours?[key] as? NSObject)?.isEqual(theirs?[key]) ?? false) }
        Issue.record("\(keys) of \(object.kind) \(object.name.debugDescription): \(keys.map { [ours?[$0], theirs?[$0]].debugDescription })")
      }
    }
  }
}
