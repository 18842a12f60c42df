import Cadastre
import CadastreDelimited
import Foundation
import GoldenSupport
import Testing

@Suite struct OnboardingTests {
  /// However the bytes are cut into chunks, the records are the same.
  @Test(arguments: [1, 2, 3, 7, 64]) func chunks(_ size: Int) {
    let text = Array("a,b\r\n\"x\ny\",\"say \"\"hi\"\"\"\r\nlast,\"\"\nno end".utf8)
    var records: [[String]] = []
    var lines: [Int] = []
    var reader = DelimitedReader(delimiter: 0x2C, quote: 0x22)
    var at = 0
    while at < text.count {
      reader.consume(text[at..<min(at + size, text.count)]) { line, fields, _ in
        lines.append(line)
        records.append(fields.map { String(decoding: $0, as: UTF8.self) })
      }
      at += size
    }
    reader.finish { line, fields, _ in
      lines.append(line)
      records.append(fields.map { String(decoding: $0, as: UTF8.self) })
    }
    #expect(records == [["a", "b"], ["x\ny", "say \"hi\""], ["last", ""], ["no end"]])
    #expect(lines == [1, 2, 4, 5])
  }

  @Test func unterminatedQuoteIsSaid() {
    var findings: [String] = []
    var reader = DelimitedReader(delimiter: 0x2C, quote: 0x22)
    reader.consume(Array("a,\"b\n".utf8)) { _, _, finding in if let finding { findings.append(finding.kind) } }
    reader.finish { _, _, finding in if let finding { findings.append(finding.kind) } }
    #expect(findings == ["unterminated_quote"])
  }

  static func samples() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cadastre-\(UUID().uuidString)")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", Fixtures.path("fixtures/demo/clients/make_samples.py"), folder.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return folder
  }

  /// What make_samples.py plants is found, to the count.
  @Test func delimitedSample() throws {
    let profile = try ProfileFile.run(try Self.samples().appending(path: "meridian_customers_20261101.csv").path)
    #expect(profile.file.rows == 10_000)
    #expect(profile.file.header)
    #expect(profile.file.lineEnd == "crlf")
    #expect(profile.columns.count == 14)
    #expect(profile.findingCounts["column_count"] == 3)
    #expect(profile.findingCounts["invalid_encoding"] == 1)
    #expect(profile.findingCounts["padded"] == 20)
    #expect(profile.keys.first?.columns == ["customer_ref"])
    let classes = Dictionary(uniqueKeysWithValues: profile.columns.map { ($0.name, $0.class) })
    #expect(classes["email"] == "email")
    #expect(classes["phone"] == "phone")
    #expect(classes["date_of_birth"] == "date_of_birth")
    #expect(classes["consent"] == "consent")
    let email = try #require(profile.columns.first { $0.name == "email" })
    #expect(email.examples.allSatisfy { !$0.contains("example") })
    #expect(profile.columns.first { $0.name == "date_of_birth" }?.formats == ["yyyy-MM-dd", "dd/MM/yyyy"])
  }

  @Test func fixedSample() throws {
    let folder = try Self.samples()
    let profile = try ProfileFile.run(
      folder.appending(path: "kestrel_orders_20261101.txt").path, layout: folder.appending(path: "kestrel_orders.layout.csv").path)
    #expect(profile.file.rows == 10_000)
    #expect(profile.findingCounts["short_line"] == 2)
    #expect(profile.findingCounts["trailer"] == 1)
    #expect(profile.findingCounts["bad_date"] == 4)
    #expect(profile.columns.first { $0.name == "ordered_on" }?.type == "date")
  }

  /// Without facts nothing passes; with a signature only what was signed does.
  @Test func noDataIsNeverPass() {
    let empty = ClientFileTemplate.evaluate(OnboardingFacts(), subject: ObjectName(["f"]))
    #expect(empty.items.count == 18)
    #expect(!empty.items.contains { $0.state == .pass })
    let signed = ClientFileTemplate.evaluate(OnboardingFacts(signatures: ["F07": ["security"]]), subject: ObjectName(["f"]))
    #expect(signed.items.filter { $0.state == .pass }.map(\.code) == ["F07"])
    #expect(empty.items.allSatisfy { $0.fix != nil })
  }

  @Test func namesOfHostileHeaders() {
    #expect(Naming.unique(["", "Größe", "1st", "a b", "A-B", "CustomerRef", "'; DROP TABLE x; --"].map(Naming.snake))
      == ["column", "gr_e", "c_1st", "a_b", "a_b_2", "customer_ref", "drop_table_x"])
    #expect(Naming.table(ofFile: "in/acme_customers_20260101.csv") == "acme_customers")
  }
}
