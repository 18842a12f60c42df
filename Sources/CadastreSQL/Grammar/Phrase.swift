/// A pattern of a statement table, compiled: what `Parser.match` reads tokens by.
///
/// Matching is ordered and greedy (a parsing expression grammar): the first alternative that fits is taken and never tried again.
/// <https://bford.info/pub/lang/peg.pdf>
indirect enum Phrase: Sendable {
  /// A word in lower case, with its keyword where the grammar has one.
  case word([UInt8], Keyword)
  /// Punctuation, as written.
  case symbol([UInt8])
  case sequence([Phrase])
  case choice([Phrase])
  case optional(Phrase)
  /// Once or more.
  case repeated(Phrase)
  /// Once or more, with commas between.
  case list(Phrase)
  /// Index of a rule of the table.
  case rule(Int)
  case builtIn(BuiltIn)

  /// Rules that the hand-written grammar gives to the tables; the name in a table is the case's, in words.
  enum BuiltIn: String, Sendable, CaseIterable {
    case name, identifier, plain, word, string, number, literal, variable, expression, condition, query, statement, type, columns
    case arguments, `where`, `operator`
    case dataStatement = "data statement"
    case tableElements = "table elements"
    case keyColumns = "key columns"
    case parameterList = "parameter list"
    case aggregateSignature = "aggregate signature"
  }

  /// The words that a text of this pattern can begin with; `nil` when it need not begin with a word.
  func firstWords(_ rules: [Phrase]) -> [[UInt8]]? {
    switch self {
    case .word(let word, _): [word]
    case .sequence(let parts): Phrase.firstWords(of: parts[...], rules)
    case .choice(let arms): Phrase.union(arms.map { $0.firstWords(rules) })
    case .repeated(let part), .list(let part): part.firstWords(rules)
    case .rule(let index): rules[index].firstWords(rules)
    case .optional, .symbol, .builtIn: nil
    }
  }

  private static func firstWords(of parts: ArraySlice<Phrase>, _ rules: [Phrase]) -> [[UInt8]]? {
    guard let first = parts.first else { return nil }
    guard case .optional(let inner) = first else { return first.firstWords(rules) }
    return union([inner.firstWords(rules), firstWords(of: parts.dropFirst(), rules)])
  }

  private static func union(_ sets: [[[UInt8]]?]) -> [[UInt8]]? {
    var result: [[UInt8]] = []
    for set in sets {
      guard let set else { return nil }
      result += set
    }
    return result
  }
}

/// Rules of the statement tables that the hand-written grammar calls: the options behind its own statements.
enum PhraseRule: UInt8, CaseIterable {
  // T-SQL
  case tableHints, queryHints, indexOptions, tableOptions, externalTableOptions, bulkOptions, openrowsetArguments, switchOptions
  case setOptions, rebuildOptions, dropConstraintOptions, forXml, forJson, xmlNamespaces, maskedOptions, encryptedOptions
  case procedureOptions, functionOptions, triggerOptions, viewOptions, atomicOptions, resultSets, sessionSetting
  // PostgreSQL
  case copyOptions, storageParameters, storageParameterNames, fdwOptions, partitionKey, partitionBound, exclusionElements
  case sequenceOptions, typeDefinition, rangeDefinition, enumLabels, jsonTableColumns, xmlTable, routineSetting, roleName
  // Redshift
  case externalTableTail, tableAttributes, alterTableRedshift, materializedViewOptions
  // every dialect
  case jsonClauses, jsonValueFormat

  /// The rule's name in a table: `indexOptions` is `<index options>`.
  var name: String {
    "\(self)".reduce(into: "") { text, letter in
      if letter.isUppercase { text += " " }
      text += letter.lowercased()
    }
  }
}
