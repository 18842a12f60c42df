/// Words that the grammar knows. A word can be a keyword in one place and a name in another: the parser decides.
///
/// Data, exempt from the length rule; each case is spelled as the word, lower case.
public enum Keyword: UInt16, Sendable, CaseIterable {
  /// Not a word of the grammar.
  case none_ = 0
  case abort, absent, absolute, access, action, add, admin, after, aggregate, alias, all, all_sparse_columns, also, alter, always
  case analyse, analyze, and, anti, `any`, append, apply, array, `as`, asc, asensitive, asof, assembly, assert, asymmetric, asymmetric_key, at
  case atomic, attach, audit, authorization, auto, auto_increment, autoincrement, backup, backward, base64, batch, before, begin
  case between, bigint, binary, binding, bit, body, both, breadth, `break`, broker, browse, bulk, by, bypassrls, cache, call, called
  case cancel, cascade, cascaded, `case`, cast, catalog, `catch`, certificate, chain, change, changetable, char, character, check
  case checkpoint, `class`, close, cluster, clustered, coalesce, collate, collation, column, column_set, columns, columnstore
  case columnstore_index, comment, commit, committed, compound, compression, compute, concurrently, configuration, conflict, connect
  case connection, constant, constraint, constraints, contained, containment, contains, containstable, content, `continue`, contract
  case conversation, convert, copy, cost, counter, create, credential, cross, csv, cube, current, current_catalog, current_date
  case current_role, current_schema, current_time, current_timestamp, current_user, cursor, cycle, data, database, date, dbcc
  case deallocate, debug, dec, decimal, declare, `default`, defaults, deferrable, deferred, definer, delete, delimiter, deny, depth
  case desc, describe, detach, diagnostics, dialog, disable, discard, distinct, distkey, distributed, distribution, diststyle, `do`, document
  case documents, domain, double, drop, duplicates, dynamic, each, edge, `else`, elseif, elsif, empty, enable, encode, encoding
  case encrypted, encryption, end, endpoint, enforced, `enum`, errlvl, error, escape, event, every, except, exception, exclude
  case excluding, exclusive, exec, execute, exists, exit, explain, explicit, expression, export, `extension`, external, extract, `false`, family
  case fast_forward, fetch, file, filestream, filestream_on, fillfactor, filter, final, finalize, first, following, `for`, force
  case foreach, foreign, format, forward, forward_only, found, freetext, freetexttable, freeze, from, full, fulltext, function
  case functions, generated, get, glob, global, go, goto, grant, granted, greatest, group, grouping, groups, hash, having, header, heap
  case hidden, hint, hold, holdlock, identity, identity_insert, identitycol, `if`, ignore, iif, ilike, immediate, immutable, implicit
  case `import`, `in`, include, including, increment, indent, index, indexes, info, inherit, inherits, initially, inline, inner, `inout`
  case input, insensitive, insert, install, instead, int, integer, interleaved, intersect, interval, into, invoker, `is`, isnull, isolation, join
  case json, json_table, keep, key, keys, keyset, kill, label, lambda, language, large, last, lateral, leading, leakproof, least, ledger, left
  case level, like, limit, lineno, list, listen, load, local, localtime, localtimestamp, location, lock, locked, log, logged, login
  case loop, macro, maintain, manual, mapping, mark, masked, masking, master, match, matched, materialized, maxvalue, memory_optimized, merge
  case message, method, minus, minvalue, mode, modify, modulus, move, name, national, native_compilation, natural, nchar, new, next, nfc
  case nfd, nfkc, nfkd, no, nocache, nocheck, nocompress, nocycle, node, nonatomic, nonclustered, none, normalize, normalized, not
  case nothing, notice, notify, notnull, nowait, null, nullif, nulls, numeric, object, of, off, offset, offsets, oids, old, on, only
  case open, opendatasource, openjson, openquery, openrowset, openxml, `operator`, optimistic, option, options, or, order, ordinality
  case others, out, outer, output, output_name, over, overlaps, overlay, overriding, owned, owner, parallel, parameter, parse, parser
  case partial, partition, partitions, passing, password, path, percent, perform, period, persisted, pivot, placing, plan, policy
  case position, positional, pragma, preceding, precision, predict, prepare, prepared, preserve, primary, print, prior, privileges, proc, procedural
  case procedure, procedures, program, `public`, publication, qualify, query, queue, quote, quoted_identifier, raise, raiserror, range
  case read, read_only, readonly, readtext, real, reassign, rebuild, receive, recompile, reconfigure, recursive, ref, references
  case referencing, refresh, regexp, regexp_like, reindex, relative, release, remainder, remote, remove, rename, reorganize, `repeat`
  case repeatable, replace, replica, replicate, replication, reset, respect, restart, restore, restrict, restricted, result, `return`
  case returning, returns, reverse, revert, revoke, right, role, rollback, rollup, round_robin, route, routine, routines, row, rowcount
  case rowguidcol, rows, rowtype, rule, safe, sample, save, savepoint, scalar, schema, schemabinding, schemas, scroll, scroll_locks
  case search, security, select, `self`, semantickeyphrasetable, semanticsimilaritydetailstable, semanticsimilaritytable, semi, send
  case sensitivity, sequence, sequences, serializable, server, service, session, session_user, set, setof, sets, setuser, share, show
  case shutdown, signature, similar, simple, sketch, skip, slice, smallint, snapshot, some, sort, sortkey, source, sparse, sql, sqlstate
  case stable, stacked, standalone, start, state, statement, `static`, statistics, stdin, stdout, step, storage, stored, strict, strip
  case subscription, substring, summarize, `super`, support, `switch`, symmetric, symmetric_key, synchronous, synonym, system, system_time
  case system_user, system_versioning, table, tables, tablesample, tablespace, target, temp, template, temporary, text, textimage_on
  case textsize, then, `throw`, ties, time, timestamp, to, top, trailing, tran, transaction, transform, treat, trigger, trim, `true`
  case truncate, truncate_only, trusted, `try`, try_cast, try_convert, try_parse, tsequal, type, type_warning, typed, typename, types
  case uescape, unbounded, uncommitted, union, unique, unknown, unlimited, unlink, unlisten, unload, unlogged, unnest, unpivot, until
  case update, updatetext, usage, use, user, using, vacuum, valid, validate, validator, value, values, varchar, variable, variadic
  case varying, verbose, version, view, view_metadata, views, virtual, volatile, wait, waitfor, warning, when, `where`, `while`
  case whitespace, window, with, within, within_group, without, work, wrapper, write, writetext, xml, xml_schema, xmlattributes
  case xmlelement, xmlexists, xmlforest, xmlnamespaces, xmlparse, xmlpi, xmlroot, xmlserialize, xmltable, yes, zone
}
