"""Column lineage and scanning: lineage.py COMMAND WORK [CORPORA] [--only views|scan] [--limit SECONDS].

views, on one core: the command's `extract` timed whole (start, files, DDL, parse, lineage, a line for each edge written to a file) against openlineage-sql
(Rust) and compiled sqlglot, which are timed in this process over texts in memory, parse included, a call a view. All read the same views in
the same run, by turns; every figure is a median of 5. openlineage-sql reads all views; sqlglot reads the first of them, where the
command's start and DDL weigh more. sqlglot is called in every way that its API offers; the fastest counts.

scan, on two cores: a generated T-SQL warehouse into a new registry, once; then again unchanged, and again with one procedure edited.
With CORPORA, `extract` also reads the scripts in its folders tsql/ and postgres/, without a peer.
"""
import argparse
import collections
import gc
import json
import os
import re
import statistics
import subprocess
import sys
import time

import views
import warehouse

ROUNDS = 5
VIEWS, SAMPLE, TRIAL = 20_000_000, 4_000_000, 40_000
BAR_OPENLINEAGE, BAR_SQLGLOT, BAR_COLD, BAR_AGAIN = 2, 25, 15, 1


def run(words, output, limit=600):
    """Wall seconds, processor seconds, peak MB and exit status of one process whose output goes to a file."""
    with open(output, "wb") as file, open(output + ".err", "wb") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(["timeout", str(limit), *words], stdout=file, stderr=errors, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode


def pin(count):
    """Keeps this process and its children on so many cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def median(values):
    return statistics.median(values)


# Views.

def cadastre(command, prefix, form="text"):
    """Wall and processor seconds of one `extract` over the views at prefix."""
    wall, cpu, _, status = run([command, "extract", "--dialect", "postgres", "--ddl", f"{prefix}_tables.sql", "--format", form, f"{prefix}_views.sql"],
                               f"{prefix}.{form}")
    if status:
        sys.exit(f"bench: {open(f'{prefix}.{form}.err', encoding='utf-8').read()}")
    return wall, cpu


def edges_of_cadastre(prefix):
    """Edges of the last run: direct, indirect on one column, indirect on whole rows; unresolved."""
    report = json.load(open(f"{prefix}.json", encoding="utf-8"))
    direct, column, row = set(), set(), set()
    for edge in report["edges"]:
        pair = edge["source"], edge["target"]
        (direct if edge["kind"] == "direct" else row if pair[1].endswith(".*") else column).add(pair)
    return direct, column, row, len(report["unresolved"])


def openlineage(text):
    import openlineage_sql
    return openlineage_sql.parse([text], dialect="postgres")


def edges_of_openlineage(texts):
    found, wrong = set(), 0
    for text in texts:
        meta = openlineage(text)
        wrong += meta is None or bool(meta.errors)
        for line in meta.column_lineage if meta else ():
            for source in line.lineage:
                if source.origin is not None:
                    found.add((f"{source.origin.qualified_name}.{source.name}", f"{text.split()[2]}.{line.descendant.name}"))
    return found, wrong


def sqlglot_ways(tables):
    """Ways to ask sqlglot for the lineage of every output column of a view: name and function of the view's text."""
    import logging

    import sqlglot
    from sqlglot.lineage import lineage
    from sqlglot.optimizer import build_scope, qualify
    from sqlglot.schema import MappingSchema
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    schema = MappingSchema(dialect="postgres")
    for table in tables:
        schema.add_table(table.plain, {name: kind for name, _, kind in table.columns}, dialect="postgres")
    common = {"schema": schema, "dialect": "postgres"}

    def query(text):
        return sqlglot.parse_one(text, read="postgres").expression

    def each(text, **more):
        tree = query(text)
        return {name: lineage(name, tree, **common, **more) for name in tree.named_selects}

    def once(text, **more):
        tree = qualify.qualify(query(text), validate_qualify_columns=False, identify=False, **common)
        scope = build_scope(tree)
        return {name: lineage(name, tree, scope=scope, copy=False, **common, **more) for name in tree.named_selects}

    def together(text, **more):
        return lineage(None, query(text), copy=False, **common, **more)

    ways = {"lineage(column, query, schema) for each column": each, "one qualify and scope a view, lineage(column, ..., scope=scope)": once,
            "lineage(None, query, schema), all columns at once": together}
    for name, way in list(ways.items()):
        ways[f"{name}, trim_selects=False"] = lambda text, way=way: way(text, trim_selects=False)
    return ways


def edges_of_sqlglot(texts, way):
    from sqlglot import exp
    found = set()
    for text in texts:
        for name, root in way(text).items():
            for node in root.walk():
                if isinstance(node.expression, exp.Table):
                    found.add((f"{node.expression.db}.{node.expression.name}.{node.name.split('.')[-1]}", f"{text.split()[2]}.{name}"))
    return found


def timed(function, texts):
    """Wall and processor seconds of a call a text, no result kept."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    for text in texts:
        function(text)
    return time.perf_counter() - wall, time.process_time() - cpu


def alternate(command, prefix, peer, texts):
    """Medians of wall and processor seconds, ours and theirs, by turns."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(cadastre(command, prefix))
        theirs.append(timed(peer, texts))
    return [median(v) for v in zip(*ours)], [median(v) for v in zip(*theirs)]


def verdict(name, megabytes, ours, theirs, bar):
    ratio = theirs[0] / ours[0]
    print(f"views: {megabytes:.1f} MB: cadastre {megabytes / ours[0]:.2f} MB/s ({ours[0]:.2f} s), {name} {megabytes / theirs[0]:.3f} MB/s ({theirs[0]:.2f} s), "
          f"ratio {ratio:.2f} (of processor time {theirs[1] / ours[1]:.2f}), bar {bar}: {'met' if ratio >= bar else 'MISSED'}", flush=True)


def shared(name, theirs, direct, column):
    """How many of a peer's edges the command has too: a peer prints conditions of CASE and windows as it prints values."""
    missing = sorted(theirs - direct - column)
    print(f"views: edges of {name}: {len(theirs)}, {len(theirs) - len(missing)} of them also cadastre's; {len(direct - theirs)} of cadastre's direct ones are not its"
          + (f"; not cadastre's: {', '.join(' -> '.join(p) for p in missing[:3])}" if missing else ""), flush=True)


def measure_views(command, work):
    pin(1)
    tables, texts = views.generate(VIEWS)
    sample, length = [], 0
    for text in texts:
        if length < SAMPLE:
            sample.append(text)
            length += len(text)
    all_, some, none = f"{work}/views", f"{work}/views_sample", f"{work}/views_none"
    for prefix, chosen in ((all_, texts), (some, sample), (none, [])):
        views.write(prefix, tables, chosen, "postgres")
    full = os.path.getsize(f"{all_}_views.sql") / 1e6
    part = os.path.getsize(f"{some}_views.sql") / 1e6
    print(f"views: {len(texts)} views, {full:.1f} MB, over {len(tables)} tables, {os.path.getsize(f'{all_}_tables.sql') / 1e6:.1f} MB of DDL; "
          f"sample {len(sample)} views, {part:.1f} MB; one core")
    start = median([cadastre(command, none)[0] for _ in range(ROUNDS)])
    print(f"views: start of cadastre, with the DDL and no view: {start:.3f} s, in every figure below")
    written = cadastre(command, some, "json")[0]
    direct, column, row, unresolved = edges_of_cadastre(some)
    print(f"views: edges of cadastre over the sample: {len(direct)} direct, {len(column)} indirect on one column, {len(row)} on whole rows, {unresolved} unresolved; "
          f"its JSON is {os.path.getsize(f'{some}.json') / 1e6 / part:.1f} times the text and takes {written:.2f} s with it", flush=True)
    try:
        import openlineage_sql  # noqa: F401
    except ImportError as error:
        print(f"openlineage-sql is not installed: {error}")
    else:
        found, wrong = edges_of_openlineage(sample)
        shared("openlineage-sql", found, direct, column)
        if wrong:
            print(f"views: openlineage-sql cannot read {wrong} of the sample")
        ours, theirs = alternate(command, all_, openlineage, texts)
        verdict("openlineage-sql", full, ours, theirs, BAR_OPENLINEAGE)
    try:
        ways = sqlglot_ways(tables)
    except ImportError as error:
        print(f"sqlglot is not installed: {error}")
        return
    trial, length = [], 0
    for text in sample:
        if length < TRIAL:
            trial.append(text)
            length += len(text)
    speeds = {}
    for name, way in ways.items():
        seconds = median([timed(way, trial)[0] for _ in range(3)])
        speeds[name] = length / 1e6 / seconds
        print(f"views: sqlglot[c], {name}: {speeds[name]:.3f} MB/s over {length / 1e3:.0f} KB", flush=True)
    best = max(speeds, key=speeds.get)
    print(f"views: what counts: {best}")
    shared("sqlglot[c]", edges_of_sqlglot(sample, ways[best]), direct, column)
    ours, theirs = alternate(command, some, ways[best], sample)
    verdict("sqlglot[c]", part, ours, theirs, BAR_SQLGLOT)
    for name in sorted(set(speeds) - {best}, key=speeds.get, reverse=True):
        print(f"views: against sqlglot[c], {name}, by its rate above: {part / ours[0] / speeds[name]:.1f}")


# Scan.

def scan(command, folder, registry, limit):
    """One scan: (seconds, processor seconds, peak MB, exit status) and the report, None when it did not end well."""
    taken = run([command, "scan", folder, "--registry", registry, "--namespace", "bench", "--dialect", "tsql", "--format", "json"], registry + ".json", limit)
    report = json.load(open(registry + ".json", encoding="utf-8")) if taken[3] == 0 else None
    return taken, report


def called(folder):
    """File of a procedure that two others call, else of any."""
    counts = collections.Counter()
    names = sorted(os.listdir(folder))
    for name in names:
        counts.update(set(re.findall(r"EXEC (\w+\.\w+_\d{5})\b", open(f"{folder}/{name}", encoding="utf-8").read())))
    return f"{folder}/" + next((f"{name}.sql" for name, count in sorted(counts.items()) if count == 2), names[0])


def generated(folder, procedures):
    """The warehouse in folder, made when it is not there whole."""
    wanted = f"{procedures} procedures"
    stamp = f"{folder}.done"
    if not os.path.exists(stamp) or open(stamp, encoding="utf-8").read() != wanted:
        start = time.perf_counter()
        warehouse.generate(folder, procedures, 6_000 * procedures)
        with open(stamp, "w", encoding="utf-8") as file:
            file.write(wanted)
        print(f"scan: generated {wanted} in {time.perf_counter() - start:.1f} s")
    return sum(os.path.getsize(os.path.join(root, name)) for root, _, names in os.walk(folder) for name in names) / 1e6


def measure_scan(command, work, procedures, limit, barred):
    folder, registry = f"{work}/warehouse{procedures}", f"{work}/warehouse{procedures}.db"
    size = generated(folder, procedures)
    for name in os.listdir(work):
        if name.startswith(os.path.basename(registry)):
            os.remove(f"{work}/{name}")
    made = run([command, "init", registry], registry + ".init")
    if made[3]:
        print(f"scan: init ends with {made[3]}: {open(registry + '.init.err', encoding='utf-8').read()}")
        return
    title = f"scan of {procedures} procedures, {size:.1f} MB"
    (seconds, cpu, peak, status), report = scan(command, folder, registry, limit)
    bar = lambda seconds, limit: f", bar {limit} s: {'met' if seconds <= limit else 'MISSED'}" if barred else ""
    if report is None:
        why = f"not done after {limit} s" if status == 124 else open(registry + ".json.err", encoding="utf-8").read()[-400:]
        print(f"{title}: cold: ends with {status}, {why}; {cpu:.0f} s of processor, peak {peak:.0f} MB{bar(limit + 1, BAR_COLD)}", flush=True)
        return
    print(f"{title}: cold {seconds:.2f} s ({cpu:.1f} s of processor), {size / seconds:.2f} MB/s, {report['summary']['edges']['added']} edges, "
          f"{report['routines']} routines, {report['unparsed']} unparsed, {len(report['unresolved'])} unresolved, peak {peak:.0f} MB, "
          f"registry {os.path.getsize(registry) / 1e6:.0f} MB{bar(seconds, BAR_COLD)}", flush=True)
    rounds = ROUNDS if seconds < 60 else 1
    same = [scan(command, folder, registry, limit) for _ in range(rounds)]
    print(f"{title}: nothing changed {median([t[0] for t, _ in same]):.2f} s, peak {max(t[2] for t, _ in same):.0f} MB", flush=True)
    path = called(f"{folder}/procedures")
    text = open(path, encoding="utf-8").read()
    edited = []
    try:
        for index in range(rounds):
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.write(text.replace("SET NOCOUNT ON;", "SET NOCOUNT ON;\n    UPDATE c SET c.status_code = 'RUN', c.last_step = CONCAT(c.feed_name, "
                                        f"'{index}') FROM etl.load_control AS c WHERE c.load_id = @load_id;", 1))
            edited.append(scan(command, folder, registry, limit))
    finally:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    if any(r is None for _, r in edited):
        print(f"{title}: one edited: failed: {open(registry + '.json.err', encoding='utf-8').read()[-400:]}")
        return
    again, summary = median([t[0] for t, _ in edited]), edited[-1][1]["summary"]
    print(f"{title}: {os.path.basename(path)} edited, which two call: {again:.2f} s, peak {max(t[2] for t, _ in edited):.0f} MB, "
          f"routines changed {summary['routines']['changed']}, edges added {summary['edges']['added']}, changed {summary['edges']['changed']}, "
          f"retired {summary['edges']['retired']}{bar(again, BAR_AGAIN)}", flush=True)


def measure_corpora(command, work, corpora):
    """Scripts of the reader's own: time and counts alone."""
    for dialect in ("tsql", "postgres"):
        files = sorted(os.path.join(r, f) for r, _, fs in os.walk(os.path.join(corpora, dialect)) for f in fs)
        if not files:
            continue
        size, output = sum(map(os.path.getsize, files)) / 1e6, f"{work}/corpus_{dialect}.json"
        taken = [run([command, "extract", "--dialect", dialect, "--format", "json", *files], output) for _ in range(ROUNDS)]
        if taken[-1][3]:
            print(f"{dialect} corpus: extract ends with {taken[-1][3]}")
            continue
        report = json.load(open(output, encoding="utf-8"))
        seconds = median([t[0] for t in taken])
        print(f"{dialect} corpus: extract of {len(files)} files, {size:.1f} MB: {seconds:.2f} s, {size / seconds:.2f} MB/s, {len(report['routines'])} routines, "
              f"{len(report['edges'])} edges, {len(report['unresolved'])} unresolved, peak {max(t[2] for t in taken):.0f} MB", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("command")
    options.add_argument("work")
    options.add_argument("corpora", nargs="?")
    options.add_argument("--only", choices=("views", "scan"))
    options.add_argument("--limit", type=int, default=300, help="seconds that a scan may take")
    o = options.parse_args()
    os.makedirs(o.work, exist_ok=True)
    # The scan goes first: a process starts with its parent's peak memory, and that of this one is still small.
    if o.only != "views":
        cores = os.sched_getaffinity(0)
        pin(2)
        for procedures, barred in ((300, False), (10_000, True)):
            measure_scan(o.command, o.work, procedures, o.limit, barred)
        os.sched_setaffinity(0, cores)
    if o.only != "scan":
        measure_views(o.command, o.work)
        if o.corpora:
            measure_corpora(o.command, o.work, o.corpora)


if __name__ == "__main__":
    main()
