"""Writes CREATE VIEW statements that simple readers can follow, and the DDL of their tables, one seed, one text:
views.py PREFIX [--bytes 20000000] [--dialect postgres|tsql] [--seed 1] [--tables 400].

PREFIX_tables.sql and PREFIX_views.sql. Every column is written with its table's alias, every output column has a name, nothing is a star.
"""
import argparse
import random

import warehouse

POSTGRES = {
    "text": ("text", "varchar(200)", "varchar(400)"), "code": ("varchar(20)", "char(2)", "varchar(10)"), "int": ("integer", "smallint", "bigint"),
    "num": ("numeric(18,2)", "numeric(12,4)", "double precision"), "date": ("date", "timestamp"), "flag": ("smallint", "integer"), "key": ("bigint",),
}
KINDS = warehouse.CATEGORIES + ("key",)


class Query:
    """Builds one view."""

    def __init__(self, r, dialect, tables):
        self.r, self.dialect, self.tables, self.number = r, dialect, tables, 0
        self.string = "VARCHAR(100)" if dialect == "postgres" else "NVARCHAR(100)"

    def column(self, scope, category):
        alias, by = self.r.choice([s for s in scope if category in s[1]])
        return f"{alias}.{self.r.choice(by[category])}"

    def condition(self, scope):
        r, c = self.r, lambda category: self.column(scope, category)
        return r.choice((
            lambda: f"{c('code')} = '{r.choice(('A', 'GB', 'NEW', 'WEB'))}'", lambda: f"{c('code')} IN ('A', 'B', '{r.choice('CDEF')}')",
            lambda: f"{c('text')} IS NOT NULL", lambda: f"{c('num')} > {r.randrange(1000)}", lambda: f"{c('flag')} = {r.randrange(2)}",
            lambda: f"{c('int')} BETWEEN {r.randrange(10)} AND {r.randrange(10, 300)}", lambda: f"{c('date')} >= '20{r.randrange(10, 26)}-01-01'",
            lambda: f"{c('text')} LIKE '%{r.choice(warehouse.SUBJECTS)}%'", lambda: f"COALESCE({c('int')}, 0) <> {c('flag')}"))()

    def conditions(self, scope, low=1, high=3):
        return "\n   AND ".join(self.condition(scope) for _ in range(self.r.randint(low, high)))

    def value(self, scope, category):
        """An expression of the category; two in five are a column as it is."""
        r, c = self.r, lambda other=category: self.column(scope, other)
        if r.random() < 0.4:
            return c()
        case = lambda other: f"CASE WHEN {self.condition(scope)} THEN {c()} WHEN {self.condition(scope)} THEN {c()} ELSE {other} END"
        choices = {
            "text": (lambda: f"UPPER({c()})", lambda: f"COALESCE({c()}, {c()}, 'unknown')", lambda: f"CONCAT({c()}, ' ', {c()})", lambda: case(c()),
                     lambda: f"REPLACE({c()}, '  ', ' ')", lambda: f"CAST({c('int')} AS {self.string})", lambda: f"LEFT({c()}, {r.randrange(5, 60)})"),
            "code": (lambda: f"COALESCE({c()}, 'U')", lambda: f"CASE {c()} WHEN 'A' THEN 'ACTIVE' WHEN 'C' THEN 'CLOSED' ELSE {c()} END", lambda: case("'X'"),
                     lambda: f"CASE WHEN {c('num')} >= {r.randrange(100, 900)} THEN 'HIGH' ELSE 'LOW' END"),
            "int": (lambda: f"COALESCE({c()}, 0)", lambda: f"{c()} + COALESCE({c()}, 0)", lambda: f"ABS({c()} - {c()})", lambda: case("0"),
                    lambda: self.scalar(scope, "int"), lambda: f"RANK() OVER (PARTITION BY {c('code')} ORDER BY {c('num')} DESC)",
                    lambda: f"ROW_NUMBER() OVER (PARTITION BY {c('key')} ORDER BY {c('date')} DESC, {c('int')})"),
            "num": (lambda: f"COALESCE({c()}, 0) * {r.choice(('1.20', '0.85'))}", lambda: f"ROUND({c()} - {c()}, 2)", lambda: f"CAST({c()} AS DECIMAL(18, 4))",
                    lambda: f"{c()} / NULLIF({c('int')}, 0)", lambda: case(f"-1 * {c()}"), lambda: self.scalar(scope, "num"),
                    lambda: f"SUM({c()}) OVER (PARTITION BY {c('key')} ORDER BY {c('date')} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
                    lambda: f"LAG({c()}, 1) OVER (PARTITION BY {c('key')} ORDER BY {c('date')})"),
            "date": (lambda: f"COALESCE({c()}, {c()})", lambda: f"CAST({c()} AS DATE)", lambda: case(c()), lambda: f"MAX({c()}) OVER (PARTITION BY {c('key')})"),
            "flag": (lambda: f"COALESCE({c()}, 0)", lambda: f"CASE WHEN {self.condition(scope)} AND {self.condition(scope)} THEN 1 ELSE 0 END"),
            "key": (lambda: f"COALESCE({c()}, -1)",),
        }
        return r.choice(choices[category])()

    def scalar(self, scope, category):
        table = self.r.choice(self.tables)
        self.number += 1
        alias = f"q{self.number}"
        return (f"(SELECT {self.r.choice(('MAX', 'MIN'))}({alias}.{self.r.choice(table.by[category])}) FROM {table.plain} AS {alias} "
                f"WHERE {alias}.{self.r.choice(table.by['key'])} = {self.column(scope, 'key')})")

    def derived(self):
        """A subquery of one table that keeps a column of every category."""
        table = self.r.choice(self.tables)
        self.number += 1
        alias = f"i{self.number}"
        scope = [(alias, table.by)]
        items = ", ".join(f"{self.value(scope, category) if category in ('text', 'flag') else self.column(scope, category)} AS d_{category}" for category in KINDS)
        return f"(SELECT {items}\n          FROM {table.plain} AS {alias}\n         WHERE {self.condition(scope)})", {c: [f"d_{c}"] for c in KINDS}

    def relation(self, common):
        if common and self.r.random() < 0.5:
            return self.r.choice(common)
        if self.r.random() < 0.15:
            return self.derived()
        table = self.r.choice(self.tables)
        return table.plain, table.by

    def source(self, common, low=1, high=4):
        """FROM clause with its joins and the scope it makes."""
        scope, text = [], ""
        for index in range(self.r.randint(low, high)):
            self.number += 1
            (name, by), alias = common[-1] if common and not index else self.relation(common), f"{self.r.choice('abcdefgh')}{self.number}"
            if index:
                key = f"{alias}.{self.r.choice(by['key'][1:] or by['key'])} = {self.column(scope, 'key')}"
                extra = f" AND {self.condition([(alias, by)])}" if self.r.random() < 0.3 else ""
                text += f"\n  {self.r.choice(('JOIN', 'INNER JOIN', 'LEFT JOIN'))} {name} AS {alias}\n    ON {key}{extra}"
            else:
                text = f"  FROM {name} AS {alias}"
            scope.append((alias, by))
        return text, scope

    def select(self, outputs, common, grouped=False):
        """A SELECT with these output columns as (name, category)."""
        text, scope = self.source(common)
        where = f"\n WHERE {self.conditions(scope)}"
        if self.r.random() < 0.2:
            table = self.r.choice(self.tables)
            where += (f"\n   AND EXISTS (SELECT 1 FROM {table.plain} AS x WHERE x.{self.r.choice(table.by['key'])} = {self.column(scope, 'key')} "
                      f"AND {self.condition([('x', table.by)])})")
        if not grouped:
            items = [f"{self.value(scope, category)} AS {name}" for name, category in outputs]
            return f"SELECT {self.lines(items)}\n{text}{where}"
        keys, items = [], []
        for name, category in outputs:
            if category in ("int", "num", "date"):
                column = self.column(scope, category)
                how = {"date": (f"MAX({column})", f"MIN({column})"), "num": (f"SUM({column})", f"AVG({column})", f"SUM(CASE WHEN {self.condition(scope)} THEN {column} ELSE 0 END)"),
                       "int": (f"COUNT(DISTINCT {self.column(scope, 'key')})", f"SUM({column})", f"MAX({column})")}[category]
                items.append(f"{self.r.choice(how)} AS {name}")
            else:
                keys.append(self.column(scope, category))
                items.append(f"{keys[-1]} AS {name}")
        having = f"\nHAVING COUNT(*) > {self.r.randrange(1, 9)}" if self.r.random() < 0.3 else ""
        return f"SELECT {self.lines(items)}\n{text}{where}\n GROUP BY {', '.join(dict.fromkeys(keys))}{having}"

    def lines(self, items):
        return ",\n       ".join(items)

    def outputs(self, low, high):
        """Names of output columns, all categories among them, no name twice."""
        found = {}
        for category in KINDS:
            found[self.r.choice(warehouse.KEYS if category == "key" else warehouse.NAMES[category])] = category
        for _ in range(self.r.randint(low, high) - len(found)):
            category = self.r.choice(KINDS)
            found.setdefault(self.r.choice(warehouse.KEYS if category == "key" else warehouse.NAMES[category]), category)
        return list(found.items())

    def view(self, name):
        """CREATE VIEW without its end mark."""
        common, texts = [], []
        for index in range(self.r.choice((0, 0, 1, 2, 3))):
            outputs = self.outputs(7, 12)
            by = {}
            for column, category in outputs:
                by.setdefault(category, []).append(column)
            cte = f"{self.r.choice(('base', 'recent', 'ranked', 'totals', 'valid'))}_{index + 1}"
            texts.append(f"{cte} AS (\n{self.select(outputs, common, self.r.random() < 0.35)}\n)")
            common = common + [(cte, by)]
        outputs = self.outputs(8, 22)
        grouped = self.r.random() < 0.2
        parts = [self.select(outputs, common, grouped) for _ in range(self.r.choice((1, 1, 1, 2, 3)))]
        head = f"WITH {', '.join(texts)}\n" if texts else ""
        return f"CREATE VIEW {name} AS\n{head}" + "\nUNION ALL\n".join(parts)


def generate(size=20_000_000, dialect="postgres", seed=1, tables=400):
    """Tables (warehouse.Table) and views, about `size` bytes of them, each without its end mark."""
    r = random.Random(seed)
    types = POSTGRES if dialect == "postgres" else None
    made = warehouse.make_tables(r, tables, types, (("stg", 0.4), ("dw", 0.6)))
    found, length = [], 0
    while length < size:
        text = Query(r, dialect, made).view(f"mart.v_{r.choice(warehouse.SUBJECTS)}_{len(found) + 1}")
        found.append(text)
        length += len(text) + 6
    return made, found


def write(prefix, tables, views, dialect):
    """Both files; the path of each."""
    end = "\nGO\n\n" if dialect == "tsql" else ";\n\n"
    paths = f"{prefix}_tables.sql", f"{prefix}_views.sql"
    for path, texts in zip(paths, ([t.ddl().rstrip(";\n") for t in tables], views)):
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(text + end for text in texts)
    return paths


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("prefix")
    options.add_argument("--bytes", type=int, default=20_000_000)
    options.add_argument("--dialect", choices=("postgres", "tsql"), default="postgres")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--tables", type=int, default=400)
    o = options.parse_args()
    tables, views = generate(o.bytes, o.dialect, o.seed, o.tables)
    write(o.prefix, tables, views, o.dialect)
    print(f"{len(views)} views over {len(tables)} tables, {sum(map(len, views)) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
