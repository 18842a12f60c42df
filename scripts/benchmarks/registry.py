"""A large registry, made up: registry.py COMMAND WORK [--tables 50000] [--columns 20] [--edges 4000000].

Writes WORK/columns.csv and WORK/edges.csv, one seed; imports them with the command and, as rows, with a bare loop of prepared statements of Python's
sqlite3; then asks questions of the result, each in a process of its own, beside the sqlite3 shell on the same file.
"""
import argparse
import csv
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import time

LAYERS = ("lnd", "stg", "dw", "mart")
WORDS = "customer account order line invoice product store campaign email phone address segment score visit click budget".split()
COLUMNS = "id key name code status amount quantity price created_at updated_at valid_from valid_to email phone city country is_active source_file batch_id note".split()
TYPES = ("int", "bigint", "varchar(50)", "varchar(200)", "decimal(18,2)", "date", "datetime2(3)")


def generate(work, tables, width, edges):
    """Tables in four layers; a column comes from columns of earlier tables, now and then of any."""
    r = random.Random(1)
    names = []
    with open(f"{work}/columns.csv", "w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["asset", "column", "type", "nullable", "description"])
        for number in range(tables):
            layer = LAYERS[number * len(LAYERS) // tables]
            name = f"{layer}.{r.choice(WORDS)}_{r.choice(WORDS)}_{number:05d}"
            names.append(name)
            for place in range(width):
                column = COLUMNS[place % len(COLUMNS)] + (f"_{place}" if place >= len(COLUMNS) else "")
                rows.writerow([name, column, r.choice(TYPES), "1" if place else "0", f"the {column} of a {r.choice(WORDS)}" if place % 4 == 0 else ""])
    with open(f"{work}/edges.csv", "w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["source", "target", "kind", "subtype", "expression"])
        made = 0
        # twelve levels: what is early reaches most of what is late
        step = max(1, tables // 12)
        per = max(1, edges // (tables - step))
        for number in range(step, tables):
            low = max(0, number - 2 * step)
            sources = [names[r.randrange(low, number - step // 2)] for _ in range(4)]
            for place in range(per if number < tables - 1 else edges - made):
                column = COLUMNS[r.randrange(width) % len(COLUMNS)]
                other = column if r.random() < 0.5 else r.choice(COLUMNS)
                direct = r.random() < 0.6
                source = r.choice(sources)
                rows.writerow([f"{source}.{other}", f"{names[number]}.{column}", "direct" if direct else "indirect",
                               r.choice(("identity", "transformation")) if direct else r.choice(("filter", "join")), f"s.{other}" if r.random() < 0.8 else f"coalesce(s.{other}, '')"])
                made += 1
    return made


def baseline(work):
    """Seconds and bytes of a bare loop that writes the columns and the edges as rows."""
    path = f"{work}/bare.db"
    for suffix in ("", "-wal", "-journal"):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
    start = time.perf_counter()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE col (id INTEGER PRIMARY KEY, asset TEXT, name TEXT, type TEXT, nullable INTEGER, description TEXT)")
    db.execute("CREATE TABLE edge (id INTEGER PRIMARY KEY, source TEXT, target TEXT, kind TEXT, subtype TEXT, expression TEXT)")
    count = 0
    with open(f"{work}/columns.csv", newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            db.execute("INSERT INTO col (asset, name, type, nullable, description) VALUES (?, ?, ?, ?, ?)", row)
            count += 1
    with open(f"{work}/edges.csv", newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            db.execute("INSERT INTO edge (source, target, kind, subtype, expression) VALUES (?, ?, ?, ?, ?)", row)
            count += 1
    db.commit()
    db.close()
    return time.perf_counter() - start, os.path.getsize(path), count


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("work")
    parser.add_argument("--tables", type=int, default=50_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--edges", type=int, default=4_000_000)
    o = parser.parse_args()
    os.makedirs(o.work, exist_ok=True)
    if not os.path.exists(f"{o.work}/made-{o.tables}-{o.edges}"):
        print(f"registry: {generate(o.work, o.tables, o.columns, o.edges)} edges generated")
        open(f"{o.work}/made-{o.tables}-{o.edges}", "w").close()
    seconds, size, count = baseline(o.work)
    print(f"registry: bare loop of sqlite3: {count} rows in {seconds:.1f} s, {count / seconds:.0f} rows/s, {size / 1e6:.0f} MB", flush=True)
