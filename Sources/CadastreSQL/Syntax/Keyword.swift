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
  case columnstore_index, comment, commit, committed, compound, compression, concurrently, configuration, conflict, connect, connection
  case constant, constraint, constraints, contained, containment, contains, containstable, content, `continue`, contract, conversation
  case convert, copy, cost, counter, create, credential, cross, csv, cube, current, current_catalog, current_date, current_role
  case current_schema, current_time, current_timestamp, current_user, cursor, cycle, data, database, date, dbcc, deallocate, debug, dec
  case decimal, declare, `default`, defaults, deferrable, deferred, definer, delete, delimiter, deny, depth, desc, detach, diagnostics
  case dialog, disable, discard, distinct, distkey, distributed, distribution, diststyle, `do`, document, documents, domain, double
  case drop, duplicates, dynamic, each, edge, `else`, elseif, elsif, empty, enable, encode, encoding, encrypted, encryption, end
  case endpoint, enforced, `enum`, errlvl, error, escape, event, every, except, exception, exclude, excluding, exclusive, exec, execute
  case exists, exit, explain, explicit, expression, `extension`, external, extract, `false`, family, fast_forward, fetch, file
  case filestream, filestream_on, fillfactor, filter, final, finalize, first, following, `for`, force, foreach, foreign, format, forward
  case forward_only, found, freetext, freetexttable, freeze, from, full, fulltext, function, functions, generated, get, global, go, goto
  case grant, granted, greatest, group, grouping, groups, hash, having, header, heap, hidden, hint, hold, holdlock, identity
  case identity_insert, identitycol, `if`, ignore, iif, ilike, immediate, immutable, implicit, `import`, `in`, include, including
  case increment, indent, index, indexes, info, inherit, inherits, initially, inline, inner, `inout`, input, insensitive, insert
  case instead, int, integer, interleaved, intersect, interval, into, invoker, `is`, isnull, isolation, join, json, json_table, keep
  case key, keys, keyset, kill, label, language, large, last, lateral, leading, leakproof, least, ledger, left, level, like, limit
  case lineno, list, listen, load, local, localtime, localtimestamp, location, lock, locked, log, logged, login, loop, maintain, manual
  case mapping, mark, masked, masking, master, match, matched, materialized, maxvalue, memory_optimized, merge, message, method, minus
  case minvalue, mode, modify, modulus, move, name, national, native_compilation, natural, nchar, new, next, nfc, nfd, nfkc, nfkd, no
  case nocache, nocheck, nocompress, nocycle, node, nonatomic, nonclustered, none, normalize, normalized, not, nothing, notice, notify
  case notnull, nowait, null, nullif, nulls, numeric, object, of, off, offset, oids, old, on, only, open, opendatasource, openjson
  case openquery, openrowset, openxml, `operator`, optimistic, option, options, or, order, ordinality, others, out, outer, output
  case output_name, over, overlaps, overlay, overriding, owned, owner, parallel, parameter, parse, parser, partial, partition
  case partitions, passing, password, path, percent, perform, period, persisted, pivot, placing, plan, policy, position, preceding
  case precision, predict, prepare, prepared, preserve, primary, print, prior, privileges, proc, procedural, procedure, procedures
  case program, `public`, publication, qualify, query, queue, quote, quoted_identifier, raise, raiserror, range, read, read_only
  case readonly, readtext, real, reassign, rebuild, receive, recompile, reconfigure, recursive, ref, references, referencing, refresh
  case regexp, regexp_like, reindex, relative, release, remainder, remote, remove, rename, reorganize, `repeat`, repeatable, replace
  case replica, replicate, replication, reset, respect, restart, restore, restrict, restricted, result, `return`, returning, returns
  case reverse, revert, revoke, right, role, rollback, rollup, round_robin, route, routine, routines, row, rowcount, rowguidcol, rows
  case rowtype, rule, safe, sample, save, savepoint, scalar, schema, schemabinding, schemas, scroll, scroll_locks, search, security
  case select, `self`, semantickeyphrasetable, semanticsimilaritydetailstable, semanticsimilaritytable, send, sensitivity, sequence
  case sequences, serializable, server, service, session, session_user, set, setof, sets, setuser, share, show, shutdown, signature
  case similar, simple, sketch, skip, slice, smallint, snapshot, some, sort, sortkey, source, sparse, sql, sqlstate, stable, stacked
  case standalone, start, state, statement, `static`, statistics, stdin, stdout, step, storage, stored, strict, strip, subscription
  case substring, `super`, support, `switch`, symmetric, symmetric_key, synchronous, synonym, system, system_time, system_user
  case system_versioning, table, tables, tablesample, tablespace, target, temp, template, temporary, text, textimage_on, textsize, then
  case `throw`, ties, time, timestamp, to, top, trailing, tran, transaction, transform, treat, trigger, trim, `true`, truncate
  case truncate_only, trusted, `try`, try_cast, try_convert, try_parse, tsequal, type, type_warning, typed, typename, types, uescape
  case unbounded, uncommitted, union, unique, unknown, unlimited, unlink, unlisten, unload, unlogged, unnest, unpivot, until, update
  case updatetext, usage, use, user, using, vacuum, valid, validate, validator, value, values, varchar, variable, variadic, varying
  case verbose, version, view, view_metadata, views, virtual, volatile, wait, waitfor, warning, when, `where`, `while`, whitespace
  case window, with, within, within_group, without, work, wrapper, write, writetext, xml, xml_schema, xmlattributes, xmlelement
  case xmlexists, xmlforest, xmlnamespaces, xmlparse, xmlpi, xmlroot, xmlserialize, xmltable, yes, zone
}
