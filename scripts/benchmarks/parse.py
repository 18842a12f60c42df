"""Parsing, one thread, against sqloxide (the Rust sqlparser) and compiled sqlglot: parse.py COMMAND WORK [CORPORA].

Every figure is a median of 5. The peers are timed in their own process over texts in memory; the command is timed whole (start, files,
report), over the same texts, each as often in its file as makes 10 MB in all, so that its start does not stand for its speed.
"""
import json
import os
import resource
import statistics
import subprocess
import sys
import time

import generate

ROUNDS = 5
command, work = sys.argv[1], sys.argv[2]
corpora = sys.argv[3] if len(sys.argv) > 3 else None


def cadastre(dialect, files):
    """Seconds and the report of one run over files."""
    start = time.perf_counter()
    out = subprocess.run([command, "parse", "--dialect", dialect, "--format", "json", *files], capture_output=True)
    seconds = time.perf_counter() - start
    if out.returncode:
        sys.exit(f"bench: {out.stderr.decode()}")
    return seconds, json.loads(out.stdout)


def peers(dialect):
    """Name and parse function of each peer that is installed."""
    found = []
    try:
        import sqloxide
        found.append(("sqloxide", lambda text: sqloxide.parse_sql(sql=text, dialect={"tsql": "mssql"}.get(dialect, dialect))))
    except ImportError as error:
        print(f"sqloxide is not installed: {error}")
    try:
        import logging
        import sqlglot
        logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

        def glot(text):
            if any(node is None or node.key == "command" for node in sqlglot.parse(text, read=dialect)):
                raise ValueError("not really parsed")
        found.append(("sqlglot[c]", glot))
    except ImportError as error:
        print(f"sqlglot is not installed: {error}")
    return found


def megabytes(files):
    return sum(os.path.getsize(f) for f in files) / 1e6


def repeated(texts, times, dialect):
    """Files that hold each text so many times over."""
    end = "\nGO\n" if dialect == "tsql" else "\n;\n"
    paths = []
    for index, text in enumerate(texts):
        paths.append(f"{work}/repeated{index}.sql")
        with open(paths[-1], "w", encoding="utf-8") as file:
            file.write((text + end) * times)
    return paths


def compare(title, dialect, files):
    """Peers over the files that they can parse, and the command over the same ones."""
    for name, parse in peers(dialect):
        texts = []
        for file in files:
            text = open(file, encoding="utf-8", errors="replace").read()
            try:
                parse(text)
                texts.append((file, text))
            except BaseException:
                continue
        if not texts:
            print(f"{title}: {name} can parse none of {len(files)} files")
            continue
        size = megabytes([file for file, _ in texts])
        repeats = max(1, round(10 / size))
        many = repeated([text for _, text in texts], repeats, dialect)
        theirs, ours = [], []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            for _, text in texts:
                parse(text)
            theirs.append(time.perf_counter() - start)
            ours.append(cadastre(dialect, many)[0] / repeats)
        a, b = statistics.median(ours), statistics.median(theirs)
        print(f"{title}: the {len(texts)} of {len(files)} files that {name} parses, {size:.1f} MB: "
              f"cadastre {size / a:.1f} MB/s, {name} {size / b:.2f} MB/s, ratio {b / a:.1f}")


def scaling():
    """Cost per byte and memory from 1 to 64 MB."""
    costs = []
    for size in (1, 4, 16, 64):
        path = f"{work}/scale{size}.sql"
        if not os.path.exists(path):
            block = generate.script(1_000_000)
            open(path, "w").write(block * size)
        seconds = statistics.median(cadastre("postgres", [path])[0] for _ in range(ROUNDS))
        start = statistics.median(cadastre("postgres", [f"{work}/empty.sql"])[0] for _ in range(ROUNDS))
        costs.append((seconds - start) / os.path.getsize(path))
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(f"scaling: {size} MB in {seconds:.3f} s, {1e9 * costs[-1]:.1f} ns a byte without the start of {start:.3f} s, "
              f"largest process so far {before / 1024:.0f} MB, {before * 1024 / os.path.getsize(path):.1f} x the text")
    print(f"scaling: dearest over cheapest byte {max(costs) / min(costs):.2f}")


def main():
    open(f"{work}/empty.sql", "w").close()
    scaling()
    files = []
    for index in range(200):
        path = f"{work}/generated{index}.sql"
        if not os.path.exists(path):
            open(path, "w").write(generate.script(100_000, seed=index))
        files.append(path)
    seconds, report = zip(*(cadastre("postgres", files) for _ in range(ROUNDS)))
    size = megabytes(files)
    print(f"generated: {size:.1f} MB, {report[0]['tokens'] / report[0]['bytes']:.3f} tokens a byte, {size / statistics.median(seconds):.1f} MB/s")
    compare("generated", "postgres", files)
    for dialect in ("tsql", "postgres") if corpora else ():
        files = sorted(os.path.join(r, f) for r, _, fs in os.walk(os.path.join(corpora, dialect)) for f in fs)
        seconds, report = zip(*(cadastre(dialect, files) for _ in range(ROUNDS)))
        size = megabytes(files)
        print(f"{dialect} corpus: {len(files)} files, {size:.1f} MB, {report[0]['tokens'] / report[0]['bytes']:.3f} tokens a byte, "
              f"{size / statistics.median(seconds):.1f} MB/s")
        compare(f"{dialect} corpus", dialect, files)


main()
