"""Measures `cadastre search`: search.py BINARY FOLDER [--tables 50000] [--columns 20] [--distinct].

Fills two registries by SQL with a made-up warehouse (a third of the columns described, a procedure for each five tables), one without the
index, and prints what the index costs in time and size; then asks 200 mixed queries, each in a process of its own, and prints the 50th, 95th
and 99th percentile and the slowest. --distinct spells each column once.
"""
import argparse
import json
import os
import random
import sqlite3
import subprocess
import time

SUBJECTS = ("customer account household address email phone consent sales_order OrderLine invoice payment refund product price stock store region "
            "channel segment campaign cell creative response click email_open bounce visit session basket voucher loyalty tier subscription "
            "shipment carrier ReturnItem complaint survey suppression lookalike score model list prospect lead contact supplier "
            "contract budget media_plan impression conversion territory calendar employee branch warehouse_bin tender").split()
KINDS = "detail history summary snapshot attribute change link daily weekly monthly alias rejected delta base current".split()
FIELDS = ("key id code name type status amount date time count flag rate score rank note source target reason owner priority version start end total net "
          "gross tax discount quantity weight length height first last middle full short long display external internal previous next parent child").split()
PHRASES = ("as the client sends it|in the currency of the account|as of the last load|never empty|kept for seven years|for billing alone|from the call centre|"
           "of the household that is mailed|when consent was given|unique within a day|masked in reports|taken from the latest file").split("|")


def rows(tables, columns, distinct, seed):
    """Rows of a made-up warehouse, table by table: (name, parts, [(column, description)], text of a routine or None)."""
    rng = random.Random(seed)
    number = 0
    for index in range(tables):
        schema = rng.choice(("lnd", "stg", "dw", "mart", "ops"))
        subject, kind = rng.choice(SUBJECTS), rng.choice(KINDS)
        name = f"{subject}_{kind}_{index}" if index % 3 else f"{subject.title().replace('_', '')}{kind.title()}{index}"
        own, seen = [], set()
        for column in range(columns):
            number += 1
            field = f"{rng.choice(SUBJECTS)}_{rng.choice(FIELDS)}" if rng.random() < 0.7 else f"{rng.choice(FIELDS)}_{rng.choice(FIELDS)}"
            if rng.random() < 0.3:
                field = field.title().replace("_", "")
            if rng.random() < 0.3:
                field += f"_{rng.randrange(40)}"
            if distinct:
                field += f"_{number}"
            if field.lower() in seen:
                field += f"_{column}"
            seen.add(field.lower())
            text = f"The {rng.choice(SUBJECTS)} {rng.choice(FIELDS)} {rng.choice(PHRASES)}, {rng.choice(PHRASES)}" if rng.random() < 0.34 else None
            own.append((field, text))
        code = None
        if index % 5 == 0:
            body = "\n".join(f"  UPDATE t SET {field} = upper({other}) FROM {schema}.{name} t WHERE {field} <> 'x{index}'" for (field, _), (other, _) in zip(own, own[1:]))
            code = f"CREATE PROCEDURE {schema}.load_{subject}_{index} AS BEGIN\n{body}\nEND"
        yield schema, name, own, code


def fill(path, options, indexed):
    """Puts the rows in by SQL, in one transaction; without the index its triggers and indexes are dropped first. Answers seconds and names to ask for."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA cache_size = -262144")
    made = list(rows(options.tables, options.columns, options.distinct, 1))
    names, fields = [f"{schema}.{name}" for schema, name, _, _ in made], [own[index % 20 % len(own)][0] for index, (_, _, own, _) in enumerate(made)]
    if not indexed:
        for kind, name in database.execute(
                "SELECT type, name FROM sqlite_schema WHERE (type = 'trigger' AND name LIKE 'search%') OR name IN ('asset_version_name', 'routine_version_name', "
                "'asset_column_name', 'feed_name') OR name GLOB 'asset_version_[ostcl]*' AND type = 'index' AND sql LIKE '%NOT NULL'").fetchall():
            database.execute(f"DROP {kind} {name}")
    began = time.time()
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO change VALUES (1, '2026-01-01T00:00:00.000000Z', 'bench', 'scan', 'bench', '0', '', '', 'made up')")
    database.execute("INSERT INTO namespace (id, name, dialect, case_insensitive, began_change_id) VALUES (1, 'bench', 'tsql', 1, 1)")
    column, entry = 0, 0
    for number, (schema, name, own, code) in enumerate(made, 1):
        full = f"{schema}.{name}"
        database.execute("INSERT INTO asset VALUES (?, 1, ?)", (number, full.lower()))
        database.execute("INSERT INTO asset_version (asset_id, name, parts, kind, known, layer, status, tags, options, dialect, began_change_id) "
                         "VALUES (?, ?, ?, 'table', 1, NULL, 'active', '[]', '{}', 'tsql', 1)", (number, full, json.dumps([schema, name])))
        entry += 1
        database.execute("INSERT INTO change_entry (change_id, position, kind, subject, action, after, mark) VALUES (1, ?, 'asset', ?, 'begin', ?, 0)", (entry, full, json.dumps({"name": full, "kind": "table", "tags": [], "status": "active"})))
        for ordinal, (field, text) in enumerate(own, 1):
            column += 1
            entry += 1
            database.execute("INSERT INTO asset_column VALUES (?, ?, ?)", (column, number, field.lower()))
            database.execute("INSERT INTO asset_column_version (id, column_id, name, ordinal, native_type, nullable, description, began_change_id) VALUES (?, ?, ?, ?, 'varchar(20)', 1, ?, 1)",
                             (column, column, field, ordinal, text))
            database.execute("INSERT INTO change_entry (change_id, position, kind, subject, action, after, mark) VALUES (1, ?, 'column', ?, 'begin', ?, 0)",
                             (entry, f"{full}.{field}", json.dumps({"name": field, "ordinal": ordinal, "nativeType": "varchar(20)", "nullable": True, "description": text})))
        if code:
            routine = f"{schema}.load_{number}"
            database.execute("INSERT INTO routine VALUES (?, 1, ?)", (number, routine))
            database.execute("INSERT INTO routine_text VALUES (?, ?)", (f"{number:064}", code))
            database.execute("INSERT INTO routine_version (routine_id, version, hash, name, parts, kind, dialect, parameters, began_change_id) "
                             "VALUES (?, 1, ?, ?, ?, 'procedure', 'tsql', '[]', 1)", (number, f"{number:064}", routine, json.dumps([schema, f"load_{number}"])))
    database.execute("COMMIT")
    took = time.time() - began
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return took, names, fields


def misspelt(rng, word):
    at = rng.randrange(1, max(2, len(word) - 1))
    return rng.choice((word[:at] + word[at + 1:], word[:at] + word[at:at + 1] + word[at:], word[:at] + word[at + 1:at + 2] + word[at:at + 1] + word[at + 2:]))


def queries(names, fields, count, seed):
    """A mix: whole names, beginnings, words, words of table and column, descriptions, code, misspellings, filters, nothing."""
    rng = random.Random(seed)
    result = []
    for number in range(count):
        subject, other, field = rng.choice(SUBJECTS), rng.choice(SUBJECTS), rng.choice(FIELDS)
        result.append((
            lambda: rng.choice(names), lambda: rng.choice(fields), lambda: rng.choice(fields)[:rng.randrange(3, 8)], lambda: subject,
            lambda: f"{subject} {field}", lambda: subject.replace("_", "").lower(), lambda: f"{subject} {other}", lambda: f"{subject} {rng.choice(KINDS)} {field}",
            lambda: rng.choice(("household mailed", "currency account", "masked reports", "call centre")), lambda: f"x{rng.randrange(1000) * 50}",
            lambda: misspelt(rng, subject), lambda: f"{misspelt(rng, subject)} {field}", lambda: f"{subject} kind:table", lambda: f"{field} kind:column namespace:bench",
            lambda: f"qzx{number}wv", lambda: f"{subject} owner:nobody", lambda: rng.choice("abcdefghst"), lambda: f"kind:view {subject}",
            lambda: f"{names[number].split('.')[0]} {subject}", lambda: f"unique {field}",
        )[number % 20]())
    return result


def make(binary, path):
    for suffix in ("", "-wal", "-shm", ".lock"):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
    subprocess.run([binary, "init", path], check=True, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("folder")
    parser.add_argument("--tables", type=int, default=50_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--distinct", action="store_true")
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    plain, registry = os.path.join(options.folder, "plain.db"), os.path.join(options.folder, "search.db")
    make(options.binary, plain)
    without = fill(plain, options, False)[0]
    size = os.path.getsize(plain)
    make(options.binary, registry)
    rows_in, names, fields = fill(registry, options, True)
    # the next write of the command takes in what the triggers have listed
    script = os.path.join(options.folder, "one.sql")
    with open(script, "w") as file:
        file.write("CREATE TABLE dw.one_more (one_more_id int);\n")
    began = time.time()
    subprocess.run([options.binary, "scan", script, "--namespace", "other", "--dialect", "tsql", "--registry", registry], check=True, stdout=subprocess.DEVNULL)
    taken = time.time() - began
    print(f"rows alone {without:.1f} s, with triggers and indexes {rows_in:.1f} s, names split and texts taken in {taken:.1f} s: {(rows_in + taken) / without:.2f} times")
    database = sqlite3.connect(f"file:{registry}?mode=ro", uri=True)
    counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("asset", "asset_column", "search_name", "search_word", "search_vocabulary")]
    print("assets {}, columns {}, names {}, tails {}, vocabulary {}".format(*counts))
    database.execute("PRAGMA wal_checkpoint")
    print(f"file without the index {size / 1e6:.0f} MB, with it {(os.path.getsize(registry)) / 1e6:.0f} MB")
    database.close()
    times = []
    for query in queries(names, fields, options.queries, 2):
        before = os.times()
        began = time.perf_counter()
        done = subprocess.run([options.binary, "search", query, "--registry", registry, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        took = 1000 * (time.perf_counter() - began)
        after = os.times()
        work = 1000 * (after.children_user + after.children_system - before.children_user - before.children_system)
        results = json.loads(done.stdout)["results"]
        times.append((took, work, query, len(results), results[0]["matched"] if results else ""))
    for what, index in (("elapsed", 0), ("processor", 1)):
        times.sort(key=lambda row: row[index])
        print(what + " " + ", ".join(f"p{share} {times[min(len(times) - 1, len(times) * share // 100)][index]:.0f} ms" for share in (50, 95, 99, 100)))
    for took, work, query, found, first in times[-12:]:
        print(f"  {took:6.1f} ms, processor {work:6.1f} ms  {query!r}: {found} results, first by {first}")


main()
