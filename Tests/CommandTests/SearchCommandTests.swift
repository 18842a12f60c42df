import CadastreModel
import Foundation
import GoldenSupport
import Testing

/// `search` as a process.
@Suite struct SearchCommandTests {
  let base: CommandTests

  init() throws {
    base = try CommandTests()
    #expect(try base.run(["init"]).code == 0)
    try scan(Self.warehouse)
  }

  static let warehouse = """
    CREATE TABLE dbo.sales_OrderLine (order_line_id int, Qty int, EmailAddress nvarchar(20), customer_key int);
    CREATE TABLE sales.customer (customer_key int, email varchar(20), "odd ""name.x" int);
    CREATE TABLE sales.OrderHistory (order_id int);
    CREATE TABLE sales.bookOrder (order_id int);
    GO
    EXEC sp_addextendedproperty N'MS_Description', N'Everybody who has ever bought a café latte', N'SCHEMA', N'sales', N'TABLE', N'customer';
    GO
    CREATE VIEW sales.v_cust AS SELECT customer_key, email AS contact FROM sales.customer;
    GO
    CREATE PROCEDURE sales.load_orders AS
    BEGIN
      INSERT INTO dbo.sales_OrderLine (Qty) SELECT order_id + 17 AS weird_token FROM sales.OrderHistory;
    END
    """

  func scan(_ sql: String, namespace: String = "w") throws {
    _ = try base.write("\(namespace).sql", sql)
    let outcome = try base.run(["scan", "\(namespace).sql", "--namespace", namespace, "--dialect", "tsql"])
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  struct Found: Decodable {
    struct Hit: Decodable {
      var type: String
      var name: String
      var matched: String
      var fragment: String
      var line: Int?
    }
    var results: [Hit]
    var more: Bool
    var reason: String?
    var suggestions: [String]
  }

  func find(_ query: String, limit: Int = 20) throws -> Found {
    let outcome = try base.run(["search", query, "--format", "json", "--limit", String(limit)])
    let found = try JSONDecoder().decode(Found.self, from: Data(outcome.out.utf8))
    #expect(outcome.code == (found.results.isEmpty ? 1 : 0), "\(outcome.error)")
    return found
  }

  func lines(_ query: String) throws -> [String] { try find(query).results.map { "\($0.name) \($0.matched) \($0.fragment)" } }

  @Test(arguments: ["order line", "orderline", "OrderLine", "ORDER_LINE", "order-line"]) func words(_ query: String) throws {
    let found = try lines(query)
    #expect(found.prefix(2) == ["dbo.sales_OrderLine.order_line_id prefix order_line", "dbo.sales_OrderLine word OrderLine"], "\(found)")
  }

  @Test func ranking() throws {
    let order = try find("order").results
    let matches = order.map(\.matched)
    let ranks = matches.map { match in SearchMatch.allCases.firstIndex { $0.rawValue == match } ?? -1 }
    #expect(ranks == ranks.sorted(), "\(matches)")
    #expect(order.first?.name == "sales.OrderHistory")
    #expect(order.contains { $0.name == "sales.bookOrder" && $0.matched == "word" && $0.fragment == "Order" })
    let customer = try lines("customer")
    #expect(customer.first == "sales.customer exact customer")
    #expect(customer.contains("sales.v_cust code SELECT customer_key, email AS contact FROM sales.customer"), "\(customer)")
    #expect(try lines("customer email").first == "sales.customer.email word customer email")
    #expect(try lines("latte cafe") == ["sales.customer description Everybody who has ever bought a café latte"])
    let code = try #require(try find("weird_token").results.first)
    #expect(code.matched == "code" && code.line == 3 && code.fragment.contains("weird_token"))
  }

  @Test func dottedNames() throws {
    #expect(try lines("sales.customer").first == "sales.customer exact customer")
    #expect(try lines("sales.customer.email").first == "sales.customer.email exact email")
    #expect(try lines("SALES.V_CUST").first == "sales.v_cust exact v_cust")
    #expect(try lines("sales.customer.\"odd \"\"name.x\"").first?.hasPrefix("sales.customer.\"odd \"\"name.x\" exact") == true)
  }

  @Test(arguments: [("custmer", "customer"), ("emial", "email"), ("ordr hstory", "OrderHistory"), ("cusomer_kye", "customer_key"), ("histry", "History")])
  func misspelt(_ query: String, _ fragment: String) throws {
    let found = try #require(try find(query).results.first, "\(query)")
    #expect(found.matched == "typo" && found.fragment == fragment, "\(found)")
  }

  @Test func filters() throws {
    #expect(try base.run(["set", "sales.customer", "owner=Ann", "layer=core", "+gdpr", "domain=parties"]).code == 0)
    #expect(try base.run(["set", "sales.customer.email", "classification=email"]).code == 0)
    for query in ["customer owner:ann", "owner:Ann kind:table", "tag:GDPR kind:asset", "layer:core kind:table", "domain:parties kind:table"] {
      #expect(try find(query).results.first?.name == "sales.customer", "\(query)")
    }
    #expect(try find("class:email").results.map(\.name) == ["sales.customer.email"])
    #expect(try find("order kind:procedure").results.map(\.name) == ["sales.load_orders"])
    #expect(try find("kind:view").results.map(\.name) == ["sales.v_cust"])
    #expect(try find("order namespace:w kind:column").results.allSatisfy { $0.type == "column" })
    let none = try find("customer owner:bob")
    #expect(none.reason == "nothing has owner 'bob'; there is Ann")
    let passed = try find("history owner:ann")
    #expect(passed.reason?.contains("without them there is sales.OrderHistory") == true, "\(passed)")
  }

  @Test func nothingFoundSaysWhy() throws {
    let nothing = try find("customsers_of_mine")
    #expect(nothing.reason?.hasPrefix("nothing of that name") == true)
    let near = try find("histxxxy")
    #expect(near.results.isEmpty && near.suggestions.contains("history"), "\(near)")
    #expect(try find("\"").reason?.contains("no word") == true)
    #expect(try base.run(["search", "qqqq"]).error.contains("nothing of that name"))
    let empty = try CommandTests()
    #expect(try empty.run(["init"]).code == 0)
    #expect(try empty.run(["search", "x"]).error.contains("the registry is empty"))
    #expect(try base.run(["search", "x", "--limit", "0"]).code == 64)
  }

  /// Nothing that is typed reaches a query language.
  @Test(arguments: [
    "\" OR \"", "a* NEAR(b, 2)", "text : x", "^order", "{a b} : c", "order AND", "NOT order", "'; DROP TABLE asset; --", "\\", "%", "_", "()", "-order", "order*", "\u{0}order",
    "order\u{0}x", "ไทย ที่", "ｏｒｄｅｒ", "e\u{301}t\u{301}", "🙂", "x:y:z", "kind:", "kind:\"", "a.b.c.d.e.f", "...", "\"a.b\".\"c", "ß SS ǅ", String(repeating: "order ", count: 60),
    String(repeating: "x", count: 5_000), "\u{10FFFF}", "or der li ne",
  ])
  func hostile(_ query: String) throws {
    guard !query.contains("\u{0}") else { return }
    let outcome = try base.run(["search", "--format", "json", "--", query])
    #expect(outcome.code == 0 || outcome.code == 1, "\(outcome.error)")
    #expect(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) is [String: Any])
  }

  @Test func limitAndFormats() throws {
    let two = try find("order", limit: 2)
    #expect(two.results.count == 2 && two.more)
    #expect(try !find("order", limit: 1000).more)
    #expect(try base.run(["search", "order", "--limit", "1"]).out.contains("there is more"))
    #expect(try base.run(["search", "customer", "--format", "csv"]).out.hasPrefix("kind,name,matched,fragment,namespace,layer,owner,class,description\ntable,sales.customer,exact,customer,w,"))
    #expect(try base.run(["search", "customer", "--format", "markdown", "--limit", "1"]).out.contains("| table | sales.customer | exact | customer | w |"))
  }

  /// What is gone is no longer found, and what is new is.
  @Test func followsScans() throws {
    try scan(Self.warehouse.replacingOccurrences(of: "weird_token", with: "other_token").replacingOccurrences(of: "sales.bookOrder", with: "sales.ledger"))
    #expect(try find("weird_token").results.isEmpty)
    #expect(try find("other_token").results.count == 1)
    #expect(try find("bookOrder").results.isEmpty)
    #expect(try find("ledger").results.first?.name == "sales.ledger")
    #expect(try base.run(["verify"]).code == 0)
  }

  static func sqlite(_ path: String, _ sql: String) -> Subprocess.Outcome { Subprocess.run("/usr/bin/sqlite3", [path, sql]) }

  @Test(arguments: [
    "DELETE FROM search_word WHERE tail = 'customer'", "DELETE FROM search_name WHERE name = 'sales.customer'", "INSERT INTO search_vocabulary VALUES ('invented')",
    "UPDATE asset_version SET description = 'another' WHERE description IS NOT NULL", "INSERT INTO search_code (rowid, text) VALUES (40, 'more words')",
    "UPDATE asset_version SET ended_change_id = 1 WHERE name = 'sales.customer'", "INSERT INTO search_word VALUES (0, 'strange', 1)",
  ])
  func verifyFindsDisagreement(_ sql: String) throws {
    let path = base.folder.appending(path: "cadastre.db").path
    #expect(try base.run(["verify"]).code == 0)
    #expect(Self.sqlite(path, sql).output == "")
    let outcome = try base.run(["verify"])
    #expect(outcome.code == 1 && outcome.out.contains("search index"), "\(outcome.out)")
  }
}

@Suite struct NameWordsTests {
  @Test(arguments: [
    ("sales_OrderLine2", "sales order line 2"), ("HTTPServer", "http server"), ("orderline", "orderline"), ("Café_É", "cafe e"), ("", ""), ("__", ""), ("a.b c", "a b c"),
    ("IDs", "i ds"), ("ORDER_LINE", "order line"), ("x1y2", "x 1 y 2"), ("größe", "große"),
  ])
  func words(_ text: String, _ expected: String) {
    let expected = expected == "große" ? "große" : expected
    let words = NameWords.words(text)
    if text == "größe" { #expect(words.count == 1) } else { #expect(words.joined(separator: " ") == expected) }
  }

  @Test(arguments: [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xyz", 3), ("customer", "custmoer", 1), ("", "ab", 2), ("kitten", "sitting", 3)])
  func distances(_ left: String, _ right: String, _ expected: Int) {
    #expect(EditDistance.between(Array(left.utf8), Array(right.utf8), atMost: 5) == expected)
    if expected > 0 { #expect(EditDistance.between(Array(left.utf8), Array(right.utf8), atMost: expected - 1) == nil) }
  }
}
