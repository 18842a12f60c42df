public import CadastreModel

/// Functions whose result no longer is the personal thing that went in: what stops a classification on its way. In lower case.
public enum MaskingFunctions {
  /// By what they do; add a line for a warehouse's own.
  public static let table: [(family: String, names: [String])] = [
    ("digest", ["hash", "hashbytes", "md5", "md5_hex", "md5_binary", "md5_number", "sha", "sha1", "sha1_hex", "sha2", "sha2_hex", "sha2_binary", "sha224", "sha256", "sha384",
      "sha512", "standard_hash", "ora_hash", "farm_fingerprint", "fnv_hash", "xxhash64", "murmur_hash", "hash_agg", "checksum", "binary_checksum", "crc32", "digest", "hmac", "hex_digest"]),
    ("cipher", ["encrypt", "encrypt_raw", "pgp_sym_encrypt", "pgp_pub_encrypt", "aes_encrypt", "encryptbykey", "encryptbypassphrase", "encryptbycert", "encryptbyasymkey"]),
    ("mask", ["mask", "mask_first_n", "mask_last_n", "mask_show_first_n", "mask_show_last_n", "mask_hash", "masked", "mask_email", "mask_phone", "mask_name", "mask_inner", "mask_outer",
      "redact", "anonymise", "anonymize", "pseudonymise", "pseudonymize", "obfuscate", "scramble"]),
    ("token", ["tokenise", "tokenize", "to_token", "token_of", "vault_token", "surrogate", "surrogate_key", "generate_surrogate_key"]),
    ("fact", ["len", "length", "char_length", "character_length", "datalength", "octet_length", "isnumeric", "isdate", "count", "count_big", "approx_count_distinct", "exists"]),
  ]

  static let names = Set(table.flatMap(\.names))
  /// Aggregates that give one of the values they are given.
  static let picking: Set<String> = ["min", "max"]

  /// Whether an expression lets a column's value through.
  ///
  /// A column that the expression names is stopped where each mention of it stands within a masking function; one that it does not name (what
  /// lay between was collapsed) where the expression has any such function. Through an aggregate only `min` and `max` carry.
  public static func carries(_ subtype: EdgeSubtype, _ expression: String, column: String) -> (carries: Bool, by: String?) {
    let mentions = calls(around: column, in: expression)
    func stopper(_ calls: [String]) -> String? { calls.first { names.contains($0.lowercased()) } }
    if mentions.within.isEmpty {
      if let name = stopper(mentions.all) { return (false, name) }
      if subtype == .aggregation { return (mentions.all.contains { picking.contains($0.lowercased()) }, "an aggregate") }
      return (true, nil)
    }
    let open = mentions.within.filter { stopper($0) == nil }
    if open.isEmpty { return (false, mentions.within.lazy.compactMap(stopper).first) }
    if subtype == .aggregation, !open.contains(where: { $0.contains { picking.contains($0.lowercased()) } }) { return (false, "an aggregate") }
    return (true, nil)
  }

  /// The names of the calls around each mention of a column, outermost first, and of all calls.
  static func calls(around column: String, in expression: String) -> (within: [[String]], all: [String]) {
    var stack: [String] = []
    var within: [[String]] = []
    var all: [String] = []
    let scalars = Array(expression.unicodeScalars)
    var word = ""
    var index = 0
    let wanted = column.lowercased()
    func isWord(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "_" || scalar == "$" || scalar == "#" || scalar == "@" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
    func closing(_ scalar: Unicode.Scalar) -> Unicode.Scalar? { scalar == "\"" || scalar == "`" ? scalar : scalar == "[" ? "]" : nil }
    while index < scalars.count {
      let scalar = scalars[index]
      if scalar == "'" {
        // a text, with doubled quotes
        index += 1
        while index < scalars.count, scalars[index] != "'" { index += 1 }
        word = ""
      } else if let close = closing(scalar) {
        word = ""
        index += 1
        while index < scalars.count, scalars[index] != close {
          word.unicodeScalars.append(scalars[index])
          index += 1
        }
        if word.lowercased() == wanted { within.append(stack.filter { !$0.isEmpty }) }
      } else if isWord(scalar) {
        word = ""
        while index < scalars.count, isWord(scalars[index]) {
          word.unicodeScalars.append(scalars[index])
          index += 1
        }
        let next = scalars[index...].first { $0 != " " }
        if word.lowercased() == wanted, next != "(" { within.append(stack.filter { !$0.isEmpty }) }
        continue
      } else if scalar == "(" {
        stack.append(word)
        if !word.isEmpty { all.append(word) }
        word = ""
      } else if scalar == ")" {
        _ = stack.popLast()
        word = ""
      } else if scalar != " " {
        word = ""
      }
      index += 1
    }
    return (within, all)
  }
}
