"""Measures `cadastre search`: search.py BINARY FOLDER [--tables 50000] [--columns 20] [--distinct] [--before OLD_BINARY].

Writes a made-up warehouse of CREATE TABLE scripts (a third of the columns described, a view and a procedure for each fifty tables), scans it,
asks 200 mixed queries, each in a process of its own, and prints the 50th, 95th and 99th percentile, the size of the index, and the time
of the scan; with --before also that of another version of the command, for what the index adds. --distinct spells each column once.
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


def warehouse(folder, tables, columns, distinct, seed):
    """Writes the scripts, a hundred tables a file; answers the names of tables and columns to ask for."""
    rng = random.Random(seed)
    os.makedirs(folder, exist_ok=True)
    names, fields = [], []
    number = 0
    for first in range(0, tables, 100):
        lines = []
        for index in range(first, min(first + 100, tables)):
            schema = rng.choice(("lnd", "stg", "dw", "mart", "ops"))
            subject, kind = rng.choice(SUBJECTS), rng.choice(KINDS)
            name = f"{schema}.{subject}_{kind}_{index}" if index % 3 else f"{schema}.{subject.title().replace('_', '')}{kind.title()}{index}"
            names.append(name)
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
                own.append(field)
            fields += own[:2]
            lines.append(f"CREATE TABLE {name} (" + ", ".join(f"{field} varchar(20)" for field in own) + ");\nGO")
            for field in own:
                if rng.random() < 0.34:
                    text = f"The {rng.choice(SUBJECTS)} {rng.choice(FIELDS)} {rng.choice(PHRASES)}, {rng.choice(PHRASES)}"
                    schema_name, table_name = name.split(".")
                    lines.append("EXEC sp_addextendedproperty N'MS_Description', "
                                 f"N'{text}', N'SCHEMA', N'{schema_name}', N'TABLE', N'{table_name}', N'COLUMN', N'{field}';\nGO")
            if index % 50 == 0:
                lines.append(f"CREATE VIEW {schema}.v_{index} AS SELECT {own[0]} FROM {name};\nGO")
                lines.append(f"CREATE PROCEDURE {schema}.load_{subject}_{index} AS BEGIN UPDATE {name} SET {own[0]} = {own[1]} WHERE {own[2]} = 'x{index}'; END\nGO")
        with open(os.path.join(folder, f"t{first:06}.sql"), "w") as file:
            file.write("\n".join(lines) + "\n")
    return names, fields


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


def scan(binary, registry, folder):
    for suffix in ("", "-wal", "-shm", ".lock"):
        if os.path.exists(registry + suffix):
            os.remove(registry + suffix)
    subprocess.run([binary, "init", registry], check=True, stdout=subprocess.DEVNULL)
    began = time.time()
    subprocess.run([binary, "scan", folder, "--namespace", "bench", "--dialect", "tsql", "--registry", registry], check=True, stdout=subprocess.DEVNULL)
    return time.time() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("folder")
    parser.add_argument("--tables", type=int, default=50_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--distinct", action="store_true")
    parser.add_argument("--before")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--keep", action="store_true", help="use the registry that is there")
    options = parser.parse_args()
    scripts = os.path.join(options.folder, "scripts")
    registry = os.path.join(options.folder, "search.db")
    names, fields = warehouse(scripts, options.tables, options.columns, options.distinct, 1)
    if options.before:
        print(f"scan without the index: {scan(options.before, os.path.join(options.folder, 'before.db'), scripts):.1f} s")
    if not options.keep:
        print(f"scan with the index: {scan(options.binary, registry, scripts):.1f} s")
    database = sqlite3.connect(f"file:{registry}?mode=ro", uri=True)
    counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("asset", "asset_column", "search_name", "search_word", "search_vocabulary")]
    print("assets {}, columns {}, names {}, words {}, vocabulary {}".format(*counts))
    sizes = database.execute("SELECT sum(pgsize), sum(CASE WHEN name LIKE 'search%' OR name LIKE 'sqlite_autoindex_search%' OR name IN ('asset_version_name', "
                             "'routine_version_name', 'asset_column_name', 'feed_name') THEN pgsize END) FROM dbstat WHERE aggregate").fetchone()
    print(f"file {sizes[0] / 1e6:.0f} MB, of it the index {sizes[1] / 1e6:.0f} MB")
    times = []
    for query in queries(names, fields, options.queries, 2):
        began = time.perf_counter()
        done = subprocess.run([options.binary, "search", query, "--registry", registry, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        took = 1000 * (time.perf_counter() - began)
        results = json.loads(done.stdout)["results"]
        times.append((took, query, len(results), results[0]["matched"] if results else ""))
    times.sort()
    for share in (50, 95, 99, 100):
        print(f"p{share} {times[min(len(times) - 1, len(times) * share // 100)][0]:.1f} ms")
    for took, query, found, first in times[-12:]:
        print(f"  {took:6.1f} ms  {query!r}: {found} results, first by {first}")


main()
