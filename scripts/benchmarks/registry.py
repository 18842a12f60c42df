"""A large registry, made up: registry.py COMMAND WORK [--tables 50000] [--columns 20] [--edges 4000000].

Writes WORK/columns.csv and WORK/edges.csv, one seed; imports them with the command and, as rows, with a bare loop of prepared statements of Python's
sqlite3; then asks questions of the result, each in a process of its own, beside the sqlite3 shell on the same file.
"""
import argparse
import csv
import os
import random
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


def run(words, stdin=None):
    """Wall seconds, peak MB and output of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"bench: {' '.join(words)}: {process.stderr.read().decode()}")
    return seconds, used.ru_maxrss / 1024, out


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def verdict(name, figure, unit, bar, met):
    print(f"registry: {name}: {figure} {unit}, bar {bar}: {'met' if met else 'MISSED'}", flush=True)


RECURSIVE = """WITH RECURSIVE r (id) AS (
  SELECT {id} UNION
  SELECT e.target_column_id FROM r JOIN column_edge e ON e.source_column_id = r.id
   WHERE e.target_column_id IS NOT NULL AND EXISTS (SELECT 1 FROM edge_evidence x WHERE x.edge_id = e.id AND x.ended_change_id IS NULL))
SELECT count(*) - 1 FROM r"""


def questions(command, registry, tables, width):
    r = random.Random(2)
    db = sqlite3.connect(f"file:{registry}?mode=ro", uri=True)
    names = [name for name, in db.execute("SELECT folded_name FROM asset ORDER BY id")]
    picked = r.sample(names, 60)
    show = [run([command, "show", name, "--registry", registry])[0] for name in picked]
    view = "SELECT \"column\", native_type, nullable, default_value, classification, description FROM v_column WHERE asset = '{}' ORDER BY ordinal"
    shell = [run(["sqlite3", "-readonly", registry, view.format(name)])[0] for name in picked[:10]]
    ratio = statistics.median(show) / statistics.median(shell)
    verdict("show of a table against the sqlite3 shell", f"{statistics.median(show) * 1000:.0f} ms, {ratio:.2f} times the shell's {statistics.median(shell) * 1000:.0f}", "ms", "8 times", ratio <= 8)
    hop = [run([command, "lineage", "upstream", f"{name}.name", "--depth", "1", "--registry", registry])[0] for name in picked[:60] if not name.startswith("lnd")]
    verdict("one hop upstream, 95th percentile", f"{percentile(hop, 0.95) * 1000:.0f}", "ms", "40 ms", percentile(hop, 0.95) <= 0.040)
    # the columns that reach most stand in the first level: of those, the heaviest
    heavy = names[:max(1, tables // 100)]
    cold, peaks, counts, recursive = [], [], [], []
    for name in r.sample(heavy, 20):
        seconds, peak, out = run([command, "lineage", "downstream", "--reached", f"{name}.{COLUMNS[r.randrange(len(COLUMNS))]}", "--registry", registry])
        cold.append(seconds)
        peaks.append(peak)
        counts.append(int(out.splitlines()[-1].split()[0]))
    for name in heavy[:3]:
        column, = db.execute("SELECT k.id FROM asset a JOIN asset_column k ON k.asset_id = a.id WHERE a.folded_name = ? AND k.folded_name = 'name'", (name,)).fetchone()
        recursive.append(run(["sqlite3", "-readonly", registry, RECURSIVE.format(id=column)])[0])
    print(f"registry: columns reached: {min(counts)} to {max(counts)}")
    verdict("downstream closure with names, cold process, 95th percentile", f"{percentile(cold, 0.95):.2f}", "s", "1 s", percentile(cold, 0.95) <= 1)
    verdict("its peak memory", f"{max(peaks):.0f}", "MB", "300 MB", max(peaks) <= 300)
    ratio = statistics.median(recursive) / statistics.median(cold)
    verdict("recursive query in the sqlite3 shell (a count, no names) against it", f"{ratio:.1f}", "times", "10 times", ratio >= 10)
    then = [run([command, "lineage", "downstream", "--reached", f"{name}.name", "--registry", registry, "--as-of", "@1"])[0] for name in heavy[:8]]
    now = [run([command, "lineage", "downstream", "--reached", f"{name}.name", "--registry", registry])[0] for name in heavy[:8]]
    ratio = statistics.median(then) / statistics.median(now)
    verdict("closure as of an earlier moment against now", f"{ratio:.2f}", "times", "2 times", ratio <= 2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("work")
    parser.add_argument("--tables", type=int, default=50_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--edges", type=int, default=4_000_000)
    parser.add_argument("--keep", action="store_true", help="ask the registry that an earlier run has left")
    o = parser.parse_args()
    os.makedirs(o.work, exist_ok=True)
    made = f"{o.work}/made-{o.tables}-{o.edges}"
    if not os.path.exists(made):
        print(f"registry: {generate(o.work, o.tables, o.columns, o.edges)} edges generated")
        open(made, "w", encoding="utf-8").close()
    registry = f"{o.work}/r.db"
    if not o.keep or not os.path.exists(registry):
        for suffix in ("", "-wal", "-shm", ".lock"):
            if os.path.exists(registry + suffix):
                os.remove(registry + suffix)
        bare, bare_size, count = baseline(o.work)
        print(f"registry: bare loop of sqlite3: {count} rows in {bare:.1f} s, {count / bare:.0f} rows/s, {bare_size / 1e6:.0f} MB", flush=True)
        run([o.command, "init", "--registry", registry])
        seconds, peak, _ = run([o.command, "import", "catalog", "--registry", registry, "--namespace", "w", "--dialect", "tsql", "--columns", f"{o.work}/columns.csv",
                                "--edges", f"{o.work}/edges.csv"])
        verdict("import", f"{count} rows in {seconds:.1f} s, {count / seconds:.0f} rows/s, {bare / seconds:.2f} times the bare loop's rate, peak {peak:.0f}", "MB", "0.2 times",
                bare / seconds >= 0.2)
        size = os.path.getsize(registry)
        verdict("its file", f"{size / 1e6:.0f} MB, {size / bare_size:.2f}", "times the bare one", "5 times", size <= 5 * bare_size)
    questions(o.command, registry, o.tables, o.columns)


if __name__ == "__main__":
    main()
