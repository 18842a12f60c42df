/// Words that the grammar knows. A word can be a keyword in one place and a name in another: the parser decides.
///
/// Data, exempt from the length rule; each case is spelled as the word, lower case.
public enum Keyword: UInt16, Sendable, CaseIterable {
  /// Not a word of the grammar.
  case none_ = 0
  case absent, action, add, admin, after, aggregate, alias, all, alter, always, analyze, and, `any`, append, apply
  case array, `as`, asc, asensitive, assembly, assert, asymmetric, asymmetric_key, at, atomic, attach, audit
  case authorization, auto, auto_increment, autoincrement, backup, base64, batch, before, begin, between, bigint
  case binary, bit, body, both, `break`, broker, browse, bulk, by, bypassrls, cache, call, called, cascade, cascaded
  case `case`, cast, catalog, `catch`, certificate, change, char, character, check, checkpoint, close, cluster
  case clustered, coalesce, collate, collation, column, columns, columnstore, columnstore_index, comment, commit
  case committed, compression, concurrently, configuration, conflict, connect, constant, constraint, constraints
  case containment, contains, `continue`, contract, conversation, convert, copy, cost, create, credential, cross, csv
  case cube, current, current_date, current_time, current_timestamp, current_user, cursor, cycle, data, database, dbcc
  case deallocate, debug, dec, decimal, declare, `default`, defaults, deferrable, deferred, definer, delete, delimiter
  case deny, desc, detach, diagnostics, dialog, disable, discard, distinct, distkey, distribution, diststyle, `do`
  case documents, domain, double, drop, dynamic, each, `else`, elseif, elsif, empty, enable, encode, encoding
  case encrypted, encryption, end, endpoint, enforced, `enum`, errlvl, error, escape, event, every, except, exception
  case exclude, excluding, exclusive, exec, execute, exists, exit, explain, explicit, `extension`, external, extract
  case `false`, fast_forward, fetch, file, fillfactor, filter, final, first, following, `for`, force, foreach, foreign
  case forward, forward_only, found, freetext, from, full, fulltext, function, functions, generated, get, global, go
  case goto, grant, granted, greatest, group, grouping, groups, hash, having, header, heap, hidden, hint, hold
  case holdlock, identity, identity_insert, identitycol, `if`, ignore, iif, ilike, immediate, immutable, implicit
  case `import`, `in`, include, including, increment, index, indexes, info, inherit, inherits, initially, inline
  case inner, `inout`, input, insensitive, insert, instead, int, integer, intersect, interval, into, invoker, `is`
  case isnull, isolation, join, json, key, keyset, kill, label, language, large, last, lateral, leading, leakproof
  case least, left, level, like, limit, list, listen, load, local, localtime, localtimestamp, locked, log, login, loop
  case maintain, manual, mapping, masked, matched, materialized, maxvalue, memory_optimized, merge, message, minus
  case minvalue, mode, modify, move, name, national, native_compilation, natural, nchar, next, no, nocheck, nocompress
  case node, nonclustered, none, normalize, not, nothing, notice, notify, notnull, nowait, null, nullif, nulls
  case numeric, object, of, off, offset, old, on, only, open, openjson, openquery, openrowset, openxml, `operator`
  case optimistic, option, options, or, order, ordinality, out, outer, output, output_name, over, overlaps, overlay
  case overriding, owned, owner, parallel, parameter, parser, partial, partition, partitions, passing, password, path
  case percent, perform, period, persisted, pivot, placing, plan, policy, position, preceding, precision, prepare
  case prepared, preserve, primary, print, prior, privileges, proc, procedural, procedure, procedures, program
  case `public`, publication, qualify, query, queue, quote, quoted_identifier, raise, raiserror, range, read
  case read_only, readonly, real, reassign, rebuild, receive, reconfigure, recursive, ref, references, referencing
  case refresh, regexp, reindex, relative, release, rename, reorganize, `repeat`, repeatable, replace, replica
  case replicate, replication, reset, restart, restore, restrict, restricted, result, `return`, returning, returns
  case reverse, revert, revoke, right, role, rollback, rollup, round_robin, route, row, rowcount, rowguidcol, rows
  case rowtype, rule, sample, save, savepoint, schema, schemabinding, schemas, scroll, scroll_locks, search, security
  case select, `self`, semantickeyphrasetable, send, sequence, sequences, serializable, server, service, session
  case session_user, set, setof, sets, setuser, share, show, shutdown, similar, simple, sketch, skip, slice, smallint
  case snapshot, `some`, sort, sortkey, source, sparse, sql, sqlstate, stable, stacked, standalone, start, state
  case statement, `static`, statistics, stdin, stdout, step, storage, stored, strict, strip, subscription, substring
  case `super`, `switch`, symmetric, symmetric_key, synchronous, synonym, system, system_time, system_user
  case system_versioning, table, tables, tablesample, tablespace, temp, template, temporary, text, textsize, then
  case `throw`, ties, time, timestamp, to, top, trailing, tran, transaction, transform, treat, trigger, trim, `true`
  case truncate, truncate_only, trusted, `try`, try_cast, try_convert, tsequal, type, type_warning, typed, typename
  case types, unbounded, uncommitted, union, unique, unknown, unlink, unload, unlogged, unnest, unpivot, until, update
  case updatetext, usage, use, user, using, vacuum, valid, validate, validator, value, values, varchar, variable
  case variadic, varying, verbose, version, view, view_metadata, views, volatile, wait, waitfor, warning, when
  case `where`, `while`, window, with, within, within_group, without, work, write, xml, xml_schema, xmlattributes
  case xmlelement, xmlforest, xmlnamespaces, xmlparse, xmltable, yes, zone
  case document, lock, new, target, date, absolute, match, compound
}
