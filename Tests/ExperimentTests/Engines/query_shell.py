"""Runs steps on SQLite or DuckDB, each run in a database of its own in memory.

Usage: query_shell.py sqlite|duckdb FILE. A line of FILE is a JSON array: ["fresh"], ["mark", WORD], ["run", SQL] or ["rows", QUERY].
Rows are printed with tabs between fields and \\N for NULL. After an error everything up to the next "fresh" is passed over.
"""
import json
import sys

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def field(value):
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return value.hex()
    return str(value).translate(ESCAPES)


class SQLite:
    connection = None

    def fresh(self):
        import sqlite3
        if self.connection is not None:
            self.connection.close()
        self.connection = sqlite3.connect(":memory:", isolation_level=None)

    def run(self, sql):
        self.connection.executescript(sql)

    def rows(self, sql):
        return self.connection.execute(sql).fetchall()


class DuckDB:
    """An attached database costs a twentieth of a new instance."""
    connection = None
    number = 0

    def fresh(self):
        import duckdb
        if self.connection is None:
            self.connection = duckdb.connect(":memory:", config={"threads": 1})
        else:
            self.connection.execute(f"USE memory; DETACH run{self.number}")
        self.number += 1
        self.connection.execute(f"ATTACH ':memory:' AS run{self.number}; USE run{self.number}")

    def run(self, sql):
        self.connection.execute(sql)

    def rows(self, sql):
        return self.connection.execute(sql).fetchall()


def main():
    engine = {"sqlite": SQLite, "duckdb": DuckDB}[sys.argv[1]]()
    out = []
    failed = False
    with open(sys.argv[2], encoding="utf-8") as steps:
        for line in steps:
            kind, *rest = json.loads(line)
            if kind == "fresh":
                engine.fresh()
                failed = False
            elif kind == "mark":
                out.append("@@" + rest[0])
            elif not failed:
                try:
                    if kind == "run":
                        engine.run(rest[0])
                    else:
                        out.extend("\t".join(map(field, row)) for row in engine.rows(rest[0]))
                except Exception as error:
                    failed = True
                    out.append("@@error " + field(str(error)))
    sys.stdout.write("\n".join(out) + "\n")


main()
