/// What a node of the syntax tree is. The children that a kind may have are named in its comment; `?` may be missing, `*` may repeat.
public enum NodeKind: UInt8, Sendable, CaseIterable {
  // MARK: scripts and statements that could not be read
  /// statement*
  case script
  /// Text that no grammar read, to the next statement.
  case unparsed

  // MARK: names and values
  /// One to four dotted parts; the tokens that are not dots are the parts.
  case name
  /// A single word or quoted name that is no reference: an alias, a label, an option.
  case identifier
  /// `*`
  case star
  /// `t.*`: name
  case qualifiedStar
  case literal
  /// `@x`, or `@x.method(...)` as a call
  case variable
  /// `$1`, `:x`, `?`
  case parameter
  case placeholder
  /// Word values: CURRENT_TIMESTAMP, DEFAULT, NULL, USER ...
  case wordValue

  // MARK: expressions
  /// operand+ of one precedence level, flat; flags: the operator's token kind, 0 when mixed
  case chain
  /// AND of flat operands
  case and
  /// OR of flat operands
  case or
  /// operand
  case not
  /// operand; flags: token kind
  case unary
  /// left, right (or quantified subquery); flags: token kind
  case comparison
  /// value, pattern, escape?
  case like
  /// value, low, high
  case between
  /// value, item*
  case inList
  /// value, query
  case inQuery
  /// value; IS [NOT] NULL, TRUE ...
  case isTest
  /// left, right; IS [NOT] DISTINCT FROM
  case distinctFrom
  /// expression in brackets
  case paren
  /// expression*
  case row
  /// query
  case subquery
  /// query
  case exists
  /// operand?, whenBranch+, elseBranch?
  case caseExpression
  /// condition, result
  case whenBranch
  /// result
  case elseBranch
  /// expression, typeName (either order)
  case cast
  /// name, argument*, (orderBy, withinGroup, filter, over)?
  case call
  /// identifier, expression
  case namedArgument
  /// condition
  case filter
  /// orderBy
  case withinGroup
  /// partitionBy?, orderBy?, frame?
  case over
  /// expression*
  case partitionBy
  case frame
  /// expression*, or query
  case array
  /// value, index+
  case `subscript`
  /// identifier*, expression, (list, condition?)?: `lambda x: x + 1`, `x + 1 FOR x IN l IF c`; in source order
  case lambda
  /// (star | qualifiedStar | expression | lambda), modifiers of the star: `COLUMNS(...)`
  case columns
  /// value, identifier: `(row).field`
  case fieldAccess
  /// value, zone
  case atTimeZone
  /// value, identifier
  case collate
  /// name; `NEXT VALUE FOR s`
  case nextValue
  /// type name with its arguments; name
  case typeName

  // MARK: queries
  /// with?, (select | setOperation | values | query), orderBy?, limit*, locking?
  case query
  /// cte+; flags 1: recursive
  case with
  /// identifier, columnList?, query or data statement
  case cte
  /// operand+, setOperator between the operands, flat
  case setOperation
  /// UNION, EXCEPT ...; flags bit 0: ALL, bit 1: BY NAME
  case setOperator
  /// distinct?, top?, selectList, into?, from?, where?, groupBy?, having?, windowClause?
  case select
  /// DISTINCT [ON (expression*)]
  case distinct
  /// expression
  case top
  /// selectItem+
  case selectList
  /// expression, alias?; `alias = expression` too
  case selectItem
  /// selectItem+: `* REPLACE (x AS a)`
  case starReplace
  /// selectItem+: `* RENAME (a AS b)`
  case starRename
  /// pattern: `* LIKE 'a%'`; flags 1: NOT
  case starFilter
  /// One word, or a string where the dialect allows that
  case alias
  /// target+; flags 1: a table is made, else variables are filled
  case into
  /// rowConstructor+
  case values
  case rowConstructor
  /// tableExpression+
  case from
  /// A table, then its joins, left to right: tableReference, join*
  case joined
  /// table, (on | using)?; flags: JoinKind
  case join
  case on
  /// identifier+
  case using
  /// name, alias?, columnList?; a variable or placeholder in place of the name
  case tableReference
  /// query or data statement, alias?, columnList?; flags 1: LATERAL
  case derivedTable
  /// call+, alias?, columnList?; flags 1: LATERAL
  case tableFunction
  /// input table, pivotSpec, alias?
  case pivot
  case unpivot
  /// Parts of PIVOT: (call, alias?)*, ((name | row), columnList)*, pivotColumn*, groupBy?; of UNPIVOT: identifier+, name, columnList, or, with
  /// flags 1, columnList, name?, identifier*
  case pivotSpec
  /// expression, columnList?: a column of PIVOT ... ON
  case pivotColumn
  case tableHints
  case sample
  /// FOR SYSTEM_TIME ...
  case temporal
  /// identifier+
  case columnList
  /// name, typeName: columns of a record function or OPENJSON ... WITH
  case columnDefinitions
  case columnDefinitionItem
  case `where`
  /// condition; START WITH, CONNECT BY
  case connectBy
  case groupBy
  /// ROLLUP, CUBE, GROUPING SETS (...)
  case groupingSet
  case having
  case qualify
  case windowClause
  case windowDefinition
  case orderBy
  /// expression
  case orderItem
  /// LIMIT, OFFSET, FETCH: expression*
  case limit
  /// FOR UPDATE, FOR XML, FOR JSON
  case locking
  /// OPTION (...)
  case queryOptions

  // MARK: data statements
  /// with?, target, columnList?, output?, source, onConflict?, returning?; flags bit 0: BY NAME, bit 1: rows of the same key are replaced or kept
  case insert
  /// name or variable, alias?
  case target
  case defaultValues
  /// with?, target, assignment+, output?, from?, where?, returning?
  case update
  /// (name | row | variable), expression
  case assignment
  case delete
  /// target, source table, on, mergeWhen+, output?
  case merge
  /// condition?, (mergeUpdate | mergeInsert | mergeDelete | nothing); flags: MergeMatch
  case mergeWhen
  /// assignment+; flags 1: every column of the source
  case mergeUpdate
  /// columnList?, values; flags 1: every column of the source
  case mergeInsert
  case mergeDelete
  case mergeNothing
  /// selectItem+, into?
  case output
  /// selectItem+, into?
  case returning
  /// columns and predicate, update?
  case onConflict
  /// identifier or expression*
  case conflictTarget
  case conflictUpdate
  case whereCurrentOf
  case truncate
  case copy
  case bulkInsert

  // MARK: definitions
  /// name, (columnItem | tableConstraint | indexItem | likeClause)*, query?
  case createTable
  /// identifier, typeName?, column options
  case columnItem
  case defaultClause
  case notNullClause
  case nullClause
  case computedClause
  case identityClause
  case collateClause
  case primaryKeyClause
  case uniqueClause
  case foreignKeyClause
  case checkClause
  /// identifier; CONSTRAINT x
  case constraintName
  /// keyColumn+
  case keyColumns
  /// name or expression; flags bit 0: descending
  case keyColumn
  /// name, columnList?
  case references
  case referenceAction
  case likeClause
  case indexItem
  case columnOption
  case tableOption
  /// name, columnList?, query
  case createView
  /// identifier?, name, keyColumns, includeColumns?, where?
  case createIndex
  case includeColumns
  case createSchema
  case createSequence
  case createSynonym
  case createType
  /// Statement that defines or alters something the catalogue does not model
  case otherDefinition
  case alterTable
  case alterAction
  case drop
  case grant
  case commentOn
  case rename

  // MARK: routines
  /// name, parameterList?, returns?, routineOption*, body; flags: RoutineForm
  case createRoutine
  case parameterList
  /// identifier, typeName, default?; flags: ParameterMode
  case parameterItem
  case returns
  case routineOption
  /// statement*
  case body
  /// A body in a language Cadastre does not read
  case foreignBody
  /// identifier, events, name of the table, body
  case createTrigger
  case triggerEvents
  case anonymousBlock

  // MARK: procedural statements
  /// declarations?, statement*, handlers?
  case block
  case declarations
  /// identifier or variable, typeName, expression?; cursors: query
  case declareVariable
  case declareTable
  case declareCursor
  case assignStatement
  case setOption
  case ifStatement
  /// condition, statement*
  case branch
  case elseStatements
  case caseStatement
  case loop
  case whileLoop
  case forRange
  case forQuery
  case forEach
  case exitStatement
  case returnStatement
  case returnQuery
  case returnNext
  case tryCatch
  /// statement*
  case tryBody
  case catchBody
  case handler
  case raise
  case transaction
  case open
  case fetch
  case close
  case deallocate
  case move
  /// name, argument*
  case execute
  /// identifier?, expression; flags 1: OUTPUT
  case executeArgument
  /// expression, into?, using*
  case executeDynamic
  case perform
  case nullStatement
  case getDiagnostics
  case gotoStatement
  case label
  case useDatabase
  case utility
}

/// How two tables are joined; stored in a `join` node's flags.
public enum JoinKind: UInt8, Sendable {
  case inner, left, right, full, cross, natural, crossApply, outerApply, naturalLeft, naturalRight, naturalFull
  /// SEMI and ANTI: the right side only decides which rows of the left there are.
  case semi
  case positional
}

/// Stored in the flags of `mergeWhen`.
public enum MergeMatch: UInt8, Sendable {
  case matched, notMatched, notMatchedBySource
}

/// Stored in the flags of `createRoutine`.
public enum RoutineForm: UInt8, Sendable {
  case procedure, function
}
