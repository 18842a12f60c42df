/// Words that the grammar knows. A word can be a keyword in one place and a name in another: the parser decides.
///
/// Data, exempt from the length rule; each case is spelled as the word, lower case.
public enum Keyword: UInt16, Sendable, CaseIterable {
  /// Not a word of the grammar.
  case none_ = 0
  case abort, absent, absolute, access, action, add, admin, after, aggregate, alias, all, all_sparse_columns, also, alter, always
  case analyse, analyze, and, `any`, append, apply, array, `as`, asc, asensitive, assembly, assert, asymmetric, asymmetric_key, at
  case atomic, attach, audit, authorization, auto, auto_increment, autoincrement, backup, backward, base64, batch, before, begin
  case between, bigint, binary, binding, bit, body, both, breadth, `break`, broker, browse, bulk, by, bypassrls, cache, call, called
  case cancel, cascade, cascaded, `case`, cast, catalog, `catch`, certificate, chain, change, changetable, char, character, check
  case checkpoint, `class`, close, cluster, clustered, coalesce, collate, collation, column, column_set, columns, columnstore
  case columnstore_index, comment, commit, committed, compound, compression, concurrently, configuration, conflict, connect, constant
  case constraint, constraints, contained, containment, contains, containstable, content, `continue`, contract, conversation, convert
  case copy, cost, counter, create, credential, cross, csv, cube, current, current_catalog, current_date, current_role, current_schema
  case current_time, current_timestamp, current_user, cursor, cycle, data, database, date, dbcc, deallocate, debug, dec, decimal
  case declare, `default`, defaults, deferrable, deferred, definer, delete, delimiter, deny, depth, desc, detach, diagnostics, dialog
  case disable, discard, distinct, distkey, distributed, distribution, diststyle, `do`, document, documents, domain, double, drop
  case duplicates, dynamic, each, edge, `else`, elseif, elsif, empty, enable, encode, encoding, encrypted, encryption, end, endpoint
  case enforced, `enum`, errlvl, error, escape, event, every, except, exception, exclude, excluding, exclusive, exec, execute, exists
  case exit, explain, explicit, expression, `extension`, external, extract, `false`, family, fast_forward, fetch, file, filestream_on
  case fillfactor, filter, final, finalize, first, following, `for`, force, foreach, foreign, format, forward, forward_only, found
  case freetext, freetexttable, freeze, from, full, fulltext, function, functions, generated, get, global, go, goto, grant, granted
  case greatest, group, grouping, groups, hash, having, header, heap, hidden, hint, hold, holdlock, identity, identity_insert
  case identitycol, `if`, ignore, iif, ilike, immediate, immutable, implicit, `import`, `in`, include, including, increment, indent
  case index, indexes, info, inherit, inherits, initially, inline, inner, `inout`, input, insensitive, insert, instead, int, integer
  case interleaved, intersect, interval, into, invoker, `is`, isnull, isolation, join, json, json_table, key, keys, keyset, kill, label
  case language, large, last, lateral, leading, leakproof, least, ledger, left, level, like, limit, lineno, list, listen, load, local
  case localtime, localtimestamp, location, lock, locked, log, logged, login, loop, maintain, manual, mapping, mark, masked, masking
  case master, match, matched, materialized, maxvalue, memory_optimized, merge, message, method, minus, minvalue, mode, modify, modulus
  case move, name, national, native_compilation, natural, nchar, new, next, nfc, nfd, nfkc, nfkd, no, nocache, nocheck, nocompress
  case nocycle, node, nonatomic, nonclustered, none, normalize, normalized, not, nothing, notice, notify, notnull, nowait, null, nullif
  case nulls, numeric, object, of, off, offset, oids, old, on, only, open, opendatasource, openjson, openquery, openrowset, openxml
  case `operator`, optimistic, option, options, or, order, ordinality, others, out, outer, output, output_name, over, overlaps, overlay
  case overriding, owned, owner, parallel, parameter, parse, parser, partial, partition, partitions, passing, password, path, percent
  case perform, period, persisted, pivot, placing, plan, policy, position, preceding, precision, predict, prepare, prepared, preserve
  case primary, print, prior, privileges, proc, procedural, procedure, procedures, program, `public`, publication, qualify, query, queue
  case quote, quoted_identifier, raise, raiserror, range, read, read_only, readonly, readtext, real, reassign, rebuild, receive
  case recompile, reconfigure, recursive, ref, references, referencing, refresh, regexp, regexp_like, reindex, relative, release
  case remainder, remove, rename, reorganize, `repeat`, repeatable, replace, replica, replicate, replication, reset, respect, restart
  case restore, restrict, restricted, result, `return`, returning, returns, reverse, revert, revoke, right, role, rollback, rollup
  case round_robin, route, routine, routines, row, rowcount, rowguidcol, rows, rowtype, rule, safe, sample, save, savepoint, scalar
  case schema, schemabinding, schemas, scroll, scroll_locks, search, security, select, `self`, semantickeyphrasetable
  case semanticsimilaritydetailstable, semanticsimilaritytable, send, sensitivity, sequence, sequences, serializable, server, service
  case session, session_user, set, setof, sets, setuser, share, show, shutdown, signature, similar, simple, sketch, skip, slice
  case smallint, snapshot, some, sort, sortkey, source, sparse, sql, sqlstate, stable, stacked, standalone, start, state, statement
  case `static`, statistics, stdin, stdout, step, storage, stored, strict, strip, subscription, substring, `super`, support, `switch`
  case symmetric, symmetric_key, synchronous, synonym, system, system_time, system_user, system_versioning, table, tables, tablesample
  case tablespace, target, temp, template, temporary, text, textimage_on, textsize, then, `throw`, ties, time, timestamp, to, top
  case trailing, tran, transaction, transform, treat, trigger, trim, `true`, truncate, truncate_only, trusted, `try`, try_cast
  case try_convert, try_parse, tsequal, type, type_warning, typed, typename, types, uescape, unbounded, uncommitted, union, unique
  case unknown, unlimited, unlink, unlisten, unload, unlogged, unnest, unpivot, until, update, updatetext, usage, use, user, using
  case vacuum, valid, validate, validator, value, values, varchar, variable, variadic, varying, verbose, version, view, view_metadata
  case views, virtual, volatile, wait, waitfor, warning, when, `where`, `while`, whitespace, window, with, within, within_group, without
  case work, wrapper, write, writetext, xml, xml_schema, xmlattributes, xmlelement, xmlexists, xmlforest, xmlnamespaces, xmlparse, xmlpi
  case xmlroot, xmlserialize, xmltable, yes, zone
}
