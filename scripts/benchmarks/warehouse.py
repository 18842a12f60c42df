"""Writes a made-up T-SQL warehouse, one seed, one text: warehouse.py FOLDER [--procedures 10000] [--bytes 60000000] [--seed 1] [--tables 1500].

FOLDER/tables holds a table a file, FOLDER/procedures a load procedure a file. Every name that a procedure uses is defined there: tables,
columns, variables, temporary tables, callees. Every procedure logs by the one etl.log_step; three in ten call one to three others
besides, never in a circle and at most four deep; one in ten runs a text whose names are constants.
"""
import argparse
import os
import random

SUBJECTS = ("customer account household address email phone consent sales_order order_line invoice payment refund product price stock store region "
            "channel segment campaign cell creative response click email_open bounce visit session basket voucher loyalty tier subscription "
            "shipment carrier return_item complaint survey suppression lookalike score model list prospect lead contact supplier "
            "contract budget media_plan impression conversion territory calendar employee branch warehouse_bin tender").split()
KINDS = ("", "detail", "history", "summary", "snapshot", "attribute", "change", "link", "daily", "weekly", "monthly", "alias", "rejected", "delta")
KEYS = "customer_key account_key product_key campaign_key store_key household_key order_key channel_key date_key segment_key".split()
NAMES = {
    "text": "full_name first_name last_name title address_line city county product_name description comment_text source_file email phone "
            "company_name campaign_name store_name search_term url_path".split(),
    "code": "status_code country_code currency_code channel_code reason_code postcode type_code source_code gender_code tier_code "
            "language_code segment_code cell_code sku batch_code".split(),
    "int": "quantity row_no version_no visit_count order_count days_open priority_no rank_no age_years recency_days click_count "
           "household_size attempt_no".split(),
    "num": "amount net_amount tax_amount discount_amount unit_price list_price total_value balance score_value weight_kg margin_rate "
           "refund_amount budget_amount".split(),
    "date": "created_on updated_at valid_from valid_to ordered_on shipped_on opened_at birth_date last_seen_at expires_on paid_on "
            "effective_from effective_to".split(),
    "flag": "is_active is_current is_valid opt_in is_deleted is_test is_primary has_children is_mailable".split(),
}
TYPES = {
    "text": ("nvarchar(200)", "nvarchar(400)", "varchar(100)", "nvarchar(50)"), "code": ("varchar(20)", "char(2)", "nvarchar(10)"),
    "int": ("int", "smallint", "bigint"), "num": ("decimal(18,2)", "decimal(12,4)", "money", "float"),
    "date": ("date", "datetime2(3)", "datetime"), "flag": ("bit", "tinyint"), "key": ("bigint",),
}
CATEGORIES = tuple(NAMES)
VERBS = {"stg": ("clean", "standardise", "load", "validate"), "dw": ("load", "merge", "apply", "refresh", "close"),
         "mart": ("build", "select", "aggregate", "publish"), "etl": ("run", "check", "reconcile")}
BELOW = {"stg": ("lnd", "stg"), "dw": ("stg", "stg", "dw"), "mart": ("dw", "dw", "mart"), "etl": ("stg", "dw", "mart")}
SHARES = (("lnd", 0.27), ("stg", 0.27), ("dw", 0.24), ("mart", 0.19), ("etl", 0.03))
LEVELS = (0.70, 0.16, 0.08, 0.04, 0.02)

CONTROL = {
    "step_log": "log_id bigint NOT NULL IDENTITY(1,1),load_id bigint NOT NULL,procedure_name sysname NOT NULL,step_name varchar(100) NOT NULL,"
                "row_count int NULL,message nvarchar(2000) NULL,severity_no tinyint NOT NULL,logged_by sysname NOT NULL,logged_at datetime2(3) NOT NULL",
    "load_control": "load_id bigint NOT NULL,feed_name varchar(100) NOT NULL,status_code varchar(20) NOT NULL,last_step varchar(100) NULL,"
                    "started_at datetime2(3) NOT NULL,ended_at datetime2(3) NULL,rows_read int NULL,rows_loaded int NULL",
    "code_map": "map_id int NOT NULL,domain_name varchar(50) NOT NULL,source_code varchar(50) NOT NULL,target_code varchar(20) NOT NULL,"
                "description nvarchar(200) NULL,is_active bit NOT NULL,valid_from date NOT NULL,valid_to date NULL",
    "reject_row": "reject_id bigint NOT NULL IDENTITY(1,1),load_id bigint NOT NULL,table_name sysname NOT NULL,row_key bigint NULL,"
                  "reason_code varchar(50) NOT NULL,raw_value nvarchar(400) NULL,rejected_at datetime2(3) NULL,is_fixed bit NULL",
}

LOG_STEP = """-- One line a step of a load. Every procedure calls it.
CREATE PROCEDURE etl.log_step
    @load_id bigint,
    @procedure_name sysname,
    @step_name varchar(100),
    @row_count int = NULL,
    @message nvarchar(2000) = NULL
AS
BEGIN
    SET NOCOUNT ON;
    INSERT INTO etl.step_log (load_id, procedure_name, step_name, row_count, message, severity_no, logged_by, logged_at)
    VALUES (@load_id, @procedure_name, @step_name, @row_count, @message, CASE WHEN @message IS NULL THEN 0 ELSE 16 END, SUSER_SNAME(), SYSUTCDATETIME());

    UPDATE c
       SET c.last_step = @step_name,
           c.rows_loaded = ISNULL(c.rows_loaded, 0) + ISNULL(@row_count, 0)
      FROM etl.load_control AS c
     WHERE c.load_id = @load_id;
END
GO
"""


class Table:
    """A table, temporary table or common table expression: its name and its columns as (name, category, type)."""

    def __init__(self, schema, name, columns, subject=""):
        self.schema, self.columns, self.subject = schema, columns, subject
        self.plain = f"{schema}.{name}" if schema else name
        self.quoted = f"[{schema}].[{name}]" if schema else name
        self.short = name
        self.by = {}
        for column, category, _ in columns:
            self.by.setdefault(category, []).append(column)

    def ddl(self):
        width = max(len(name) for name, _, _ in self.columns)
        lines = [f"    {name.ljust(width)} {kind}" for name, _, kind in self.columns]
        return f"CREATE TABLE {self.plain} (\n" + ",\n".join(lines) + "\n);\n"


def make_columns(r, subject, low=8, high=30, types=None):
    """Typed columns of a table: two keys first, and of every category at least one."""
    types = types or TYPES
    columns = [("load_id", "key", types["key"][0]), (f"{subject}_key" if f"{subject}_key" not in KEYS else f"{subject}_id", "key", types["key"][0])]
    for category in CATEGORIES:
        columns.append((r.choice(NAMES[category]), category, r.choice(types[category])))
    seen = {name for name, _, _ in columns}
    for _ in range(min(r.randint(low, high), r.randint(low, high)) - len(columns)):
        category = r.choice(CATEGORIES + ("key", "text"))
        name = r.choice(KEYS if category == "key" else NAMES[category])
        if name not in seen:
            seen.add(name)
            columns.append((name, category, r.choice(types[category])))
    return columns


def make_tables(r, count, types=None, shares=SHARES):
    """So many tables, spread over the schemas, no name twice."""
    tables = []
    for schema, share in shares:
        made = set()
        while len(made) < round(count * share):
            subject, kind = r.choice(SUBJECTS), r.choice(KINDS)
            name = "_".join(filter(None, (subject, kind, str(r.randrange(1, 30)) if r.random() < 0.6 else "")))
            if name not in made and name not in CONTROL:
                made.add(name)
                tables.append(Table(schema, name, make_columns(r, subject, types=types), subject))
    return tables


class Procedure:
    """Name, level in the graph of calls, and what a caller must know of the parameters."""

    def __init__(self, r, number, level):
        self.level = level
        self.schema = r.choice(("stg", "dw", "dw", "mart", "etl"))
        self.subject = r.choice(SUBJECTS)
        self.name = f"{self.schema}.{r.choice(VERBS[self.schema])}_{self.subject}_{number:05d}"
        self.counts = r.random() < 0.3
        self.mode = r.random() < 0.4


class Writer:
    """The text of one procedure."""

    def __init__(self, r, procedure, tables, callees):
        self.r, self.p, self.callees = r, procedure, callees
        self.sources = [r.choice(tables[r.choice(BELOW[procedure.schema])]) for _ in range(6)]
        self.targets = [r.choice(tables[procedure.schema]) for _ in range(3)]
        self.bracket = r.random() < 0.2
        self.hint = " WITH (NOLOCK)" if r.random() < 0.15 else ""
        self.number = 0

    # Names and expressions. A scope is a list of (alias, columns by category).

    def name(self, table):
        return table.quoted if self.bracket else table.plain

    def column(self, scope, category):
        alias, by = self.r.choice(scope)
        return f"{alias}.{self.r.choice(by[category])}" if category in by else self.column([s for s in scope if category in s[1]], category)

    def text(self, scope):
        c, r = lambda: self.column(scope, "text"), self.r
        k = r.randrange(12)
        if k < 4:
            return c()
        return (f"LTRIM(RTRIM({c()}))", f"UPPER({c()})", f"COALESCE({c()}, {c()}, N'unknown')", f"CONCAT({c()}, N' ', {c()})",
                f"LEFT({c()}, {r.randrange(10, 100)})", f"REPLACE({c()}, N'  ', N' ')", f"NULLIF(LTRIM(RTRIM({c()})), N'')",
                f"CASE WHEN {self.condition(scope)} THEN {c()} ELSE {c()} END")[k - 4]

    def code(self, scope):
        c, r = lambda: self.column(scope, "code"), self.r
        k = r.randrange(11)
        if k < 4:
            return c()
        if k == 9:
            return (f"CASE WHEN {self.column(scope, 'num')} >= {r.randrange(500, 5000)} THEN 'HIGH'\n"
                    f"                WHEN {self.column(scope, 'num')} >= {r.randrange(10, 500)} THEN 'MID'\n                ELSE 'LOW' END")
        if k == 10:
            return (f"(SELECT MAX(m.target_code) FROM {'[etl].[code_map]' if self.bracket else 'etl.code_map'} AS m "
                    f"WHERE m.domain_name = '{r.choice(SUBJECTS)}' AND m.source_code = {c()})")
        return (f"ISNULL({c()}, 'U')", f"UPPER(LEFT({c()}, 2))", f"CASE {c()} WHEN 'A' THEN 'ACTIVE' WHEN 'C' THEN 'CLOSED' ELSE {c()} END",
                f"CONVERT(varchar(20), {self.column(scope, 'int')})", f"COALESCE(NULLIF({c()}, ''), {c()})")[k - 4]

    def int(self, scope):
        c = lambda: self.column(scope, "int")
        k = self.r.randrange(9)
        if k < 4:
            return c()
        return (f"ISNULL({c()}, 0)", f"DATEDIFF(DAY, {self.column(scope, 'date')}, @as_of)", f"{c()} + ISNULL({c()}, 0)",
                f"LEN({self.column(scope, 'text')})", f"CASE WHEN {self.condition(scope)} THEN {c()} ELSE 0 END")[k - 4]

    def num(self, scope):
        c, r = lambda: self.column(scope, "num"), self.r
        k = r.randrange(10)
        if k < 4:
            return c()
        return (f"ISNULL({c()}, 0)", f"ROUND({c()} * {r.choice(('1.20', '0.85', '1.05'))}, 2)", f"{c()} - ISNULL({c()}, 0)",
                f"CAST({c()} AS decimal(18, 4))", f"{c()} / NULLIF({self.column(scope, 'int')}, 0)",
                f"CASE WHEN {self.condition(scope)} THEN {c()} ELSE -1 * {c()} END")[k - 4]

    def date(self, scope):
        c = lambda: self.column(scope, "date")
        k = self.r.randrange(8)
        if k < 3:
            return c()
        return (f"ISNULL({c()}, @as_of)", f"DATEADD(DAY, {self.r.choice((7, 30, 90, 365))}, {c()})", f"CAST({c()} AS date)", f"EOMONTH({c()})",
                f"CASE WHEN {c()} > @as_of THEN @as_of ELSE {c()} END")[k - 3]

    def flag(self, scope):
        c = lambda: self.column(scope, "flag")
        return (c(), f"ISNULL({c()}, 0)", f"CASE WHEN {self.condition(scope)} THEN 1 ELSE 0 END", f"IIF({self.condition(scope)}, 1, 0)")[self.r.randrange(4)]

    def key(self, scope):
        c = self.column(scope, "key")
        return c if self.r.random() < 0.8 else f"ISNULL({c}, -1)"

    def value(self, scope, name, category):
        """What fills a column of this name: mostly the column of the same name where the scope has one."""
        if name == "load_id":
            return "@load_id"
        if self.r.random() < 0.4:
            for alias, by in scope:
                if name in by.get(category, ()):
                    return f"{alias}.{name}"
        return getattr(self, category)(scope)

    def condition(self, scope):
        r, k = self.r, self.r.randrange(9)
        if k == 0:
            return f"{self.column(scope, 'code')} = '{r.choice(('A', 'GB', 'NEW', 'WEB', 'X'))}'"
        if k == 1:
            return f"{self.column(scope, 'code')} IN ('A', 'B', '{r.choice('CDEF')}')"
        if k == 2:
            return f"{self.column(scope, 'text')} IS NOT NULL"
        if k == 3:
            return f"{self.column(scope, 'num')} > {r.randrange(1000)}"
        if k == 4:
            return f"{self.column(scope, 'date')} <= @as_of"
        if k == 5:
            return f"ISNULL({self.column(scope, 'flag')}, 0) = {r.randrange(2)}"
        if k == 6:
            return f"{self.column(scope, 'int')} BETWEEN {r.randrange(10)} AND {r.randrange(10, 200)}"
        if k == 7:
            return f"{self.column(scope, 'date')} >= DATEADD(MONTH, -{r.randrange(1, 36)}, @as_of)"
        return f"{self.column(scope, 'text')} LIKE N'%{r.choice(SUBJECTS)}%'"

    def conditions(self, scope, low=1, high=3, pad="   AND "):
        return f"\n{pad}".join(self.condition(scope) for _ in range(self.r.randint(low, high)))

    def joined(self, a, b, left, right):
        """Keys by which two tables join."""
        common = [c for c in b.by["key"] if c in a.by["key"] and c != "load_id"]
        if not common and self.r.random() < 0.6:
            return f"{right}.{b.columns[1][0]} = {left}.{self.r.choice(a.by['key'][1:])}"
        c = self.r.choice(common or ["load_id"])
        return f"{right}.{c} = {left}.{c}" + (f" AND {right}.load_id = {left}.load_id" if c != "load_id" and self.r.random() < 0.3 else "")

    def join(self, first, count, alias="s"):
        """FROM clause over `first` and so many other sources, and its scope."""
        hint = self.hint if not first.plain.startswith(("#", "@", "ranked")) else ""
        text, scope = f"  FROM {self.name(first)} AS {alias}{hint}", [(alias, first.by)]
        for index in range(count):
            other, short = self.r.choice(self.sources), f"{'jklm'[index]}{index + 1}"
            kind = self.r.choice(("JOIN", "INNER JOIN", "LEFT JOIN", "LEFT OUTER JOIN"))
            extra = f"\n   AND {self.condition([(short, other.by)])}" if self.r.random() < 0.4 else ""
            text += f"\n  {kind} {self.name(other)} AS {short}{self.hint}\n    ON {self.joined(first, other, alias, short)}{extra}"
            scope.append((short, other.by))
        return text, scope

    def source(self):
        return self.r.choice(self.sources)

    def pick(self, table, low=5, high=14):
        """Columns to write, load_id first."""
        rest = table.columns[1:]
        return table.columns[:1] + self.r.sample(rest, min(len(rest), self.r.randint(low, high)))

    def listed(self, columns, pad="        "):
        names = [name for name, _, _ in columns]
        return f",\n{pad}".join(", ".join(names[i:i + 6]) for i in range(0, len(names), 6))

    def selected(self, columns, scope, pad="       "):
        return f",\n{pad}".join(f"{self.value(scope, name, category)} AS {name}" if self.r.random() < 0.5 else self.value(scope, name, category)
                                for name, category, _ in columns)

    # Steps. Each gives statements and the words for the log.

    def insert(self, first=None, target=None):
        target, first = target or self.r.choice(self.targets), first or self.source()
        columns = self.pick(target)
        text, scope = self.join(first, self.r.choice((0, 1, 1, 2, 2, 3)))
        where = f"\n WHERE {self.conditions(scope)}"
        if self.r.random() < 0.35:
            key = self.r.choice([c for c in target.by["key"] if c in first.by["key"]])
            where += f"\n   AND NOT EXISTS (SELECT 1 FROM {self.name(target)} AS x WHERE x.{key} = s.{key})"
        return f"INSERT INTO {self.name(target)}\n       ({self.listed(columns)})\nSELECT {self.selected(columns, scope)}\n{text}{where};", f"insert {target.short}"

    def deduplicated(self):
        """Window functions in a common table expression, the first row of each key inserted."""
        target, first = self.r.choice(self.targets), self.source()
        text, scope = self.join(first, self.r.choice((0, 1)))
        inner = [(f"c{i}_{name}", category, kind) for i, (name, category, kind) in enumerate(self.r.sample(first.columns, min(len(first.columns), 7)))]
        have = {category for _, category, _ in inner}
        inner += [(f"x_{category}", category, "") for category in CATEGORIES + ("key",) if category not in have]
        items = ",\n           ".join(f"{getattr(self, category)(scope)} AS {name}" for name, category, _ in inner)
        extra = self.r.choice((
            f"SUM({self.column(scope, 'num')}) OVER (PARTITION BY {self.column(scope, 'key')})",
            f"LAG({self.column(scope, 'num')}) OVER (PARTITION BY {self.column(scope, 'key')} ORDER BY {self.column(scope, 'date')})",
            f"MAX({self.column(scope, 'num')}) OVER (PARTITION BY {self.column(scope, 'code')} ORDER BY {self.column(scope, 'date')} "
            f"ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"))
        ranked = Table("", "ranked", inner + [("window_value", "num", "")])
        columns = self.pick(target, 4, 10)
        over = [("r", ranked.by)]
        return (f"WITH ranked AS (\n    SELECT {items},\n           {extra} AS window_value,\n"
                f"           ROW_NUMBER() OVER (PARTITION BY {self.column(scope, 'key')} ORDER BY {self.column(scope, 'date')} DESC, "
                f"{self.column(scope, 'int')}) AS row_rank\n    {text.strip()}\n     WHERE {self.conditions(scope, 1, 2)}\n)\n"
                f"INSERT INTO {self.name(target)}\n       ({self.listed(columns)})\nSELECT {self.selected(columns, over)}\n  FROM ranked AS r\n"
                f" WHERE r.row_rank = 1;"), f"deduplicate into {target.short}"

    def grouped(self):
        target, first = self.r.choice(self.targets), self.source()
        text, scope = self.join(first, self.r.choice((0, 1, 2)))
        keys = [c for c in target.columns[1:] if c[1] in ("key", "code")][:3]
        measures = [c for c in target.columns if c[1] in ("num", "int", "date")][:6]
        by = [self.column(scope, category) for _, category, _ in keys]
        items = ["@load_id"] + [f"{column} AS {name}" for column, (name, _, _) in zip(by, keys)]
        for name, category, _ in measures:
            items.append({"num": f"SUM(ISNULL({self.column(scope, 'num')}, 0))", "date": f"MAX({self.column(scope, 'date')})",
                          "int": self.r.choice((f"COUNT(DISTINCT {self.column(scope, 'key')})", "COUNT(*)",
                                                f"SUM(CASE WHEN {self.condition(scope)} THEN 1 ELSE 0 END)"))}[category] + f" AS {name}")
        having = f"\nHAVING COUNT(*) > {self.r.randrange(1, 5)}" if self.r.random() < 0.3 else ""
        return (f"INSERT INTO {self.name(target)}\n       ({self.listed([target.columns[0]] + keys + measures)})\nSELECT " + ",\n       ".join(items)
                + f"\n{text}\n WHERE {self.conditions(scope)}\n GROUP BY {', '.join(dict.fromkeys(by))}{having};"), f"aggregate {target.short}"

    def united(self):
        target = self.r.choice(self.targets)
        columns = self.pick(target, 4, 8)
        parts = []
        for _ in range(self.r.randint(2, 3)):
            text, scope = self.join(self.source(), self.r.choice((0, 1)))
            parts.append(f"SELECT {self.selected(columns, scope)}\n{text}\n WHERE {self.conditions(scope, 1, 2)}")
        return f"INSERT INTO {self.name(target)}\n       ({self.listed(columns)})\n" + "\nUNION ALL\n".join(parts) + ";", f"union into {target.short}"

    def update(self, target=None, first=None):
        target, first = target or self.r.choice(self.targets), first or self.source()
        text, scope = self.join(first, self.r.choice((0, 1, 2)))
        sets = ",\n       ".join(f"t.{name} = {self.value(scope, name, category)}" for name, category, _ in self.pick(target, 2, 6)[1:])
        body = text.replace("  FROM", "  JOIN", 1).split("\n", 1)
        joined = f"{body[0]}\n    ON {self.joined(target, first, 't', 's')}" + (f"\n{body[1]}" if len(body) > 1 else "")
        return (f"UPDATE t\n   SET {sets}\n  FROM {self.name(target)} AS t\n{joined}\n"
                f" WHERE {self.conditions(scope + [('t', target.by)], 1, 2)};"), f"update {target.short}"

    def merge(self):
        target, first = self.r.choice(self.targets), self.source()
        text, scope = self.join(first, self.r.choice((0, 1, 1)))
        columns = self.pick(target, 5, 10)
        key = next((c for c in columns if c[1] == "key" and c[0] != "load_id"), target.columns[1])
        if key not in columns:
            columns.append(key)
        others = [c for c in columns if c is not key]
        items = ",\n              ".join(f"{self.value(scope, name, category)} AS {name}" for name, category, _ in columns)
        different = "\n     OR ".join(f"ISNULL(t.{name}, {'0' if category in ('num', 'int', 'flag') else repr('')}) <> "
                                      f"ISNULL(s2.{name}, {'0' if category in ('num', 'int', 'flag') else repr('')})"
                                      for name, category, _ in others[:3] if category != "date") or "t.load_id <> s2.load_id"
        sets = ",\n               ".join(f"t.{name} = s2.{name}" for name, _, _ in others)
        gone = f"\nWHEN NOT MATCHED BY SOURCE AND t.load_id = @load_id THEN\n    DELETE" if self.r.random() < 0.2 else ""
        return (f"MERGE INTO {self.name(target)} AS t\nUSING (SELECT {items}\n         {text.strip()}\n        WHERE {self.conditions(scope, 1, 2)}) AS s2\n"
                f"   ON t.{key[0]} = s2.{key[0]}\nWHEN MATCHED AND ({different}) THEN\n    UPDATE SET {sets}\n"
                f"WHEN NOT MATCHED BY TARGET THEN\n    INSERT ({self.listed(columns, '            ')})\n"
                f"    VALUES ({', '.join('s2.' + name for name, _, _ in columns)}){gone};"), f"merge {target.short}"

    def temporary(self):
        """A temporary table or table variable, filled, corrected, used and dropped."""
        self.number += 1
        first, kind = self.source(), self.r.randrange(3)
        name = f"{'@' if kind == 2 else '#'}{first.subject}_work{self.number}"
        seen, columns = {"load_id", first.columns[1][0]}, list(first.columns[:2])
        for column in self.pick(first, 8, 12)[1:] + [(f"{c}_value", c, TYPES[c][0]) for c in CATEGORIES if c not in first.by]:
            if column[0] not in seen:
                seen.add(column[0])
                columns.append(column)
        have = {category for _, category, _ in columns}
        columns += [(f"work_{c}", c, TYPES[c][0]) for c in CATEGORIES if c not in have]
        work = Table("", name, columns)
        text, scope = self.join(first, self.r.choice((0, 1, 2)))
        declared = ",\n    ".join(f"{c} {kind_}" for c, _, kind_ in columns)
        valued = ",\n       ".join(f"{self.value(scope, c, category)} AS {c}" for c, category, _ in columns)
        drop = f"IF OBJECT_ID('tempdb..{name}') IS NOT NULL DROP TABLE {name};\n" if kind < 2 else ""
        if kind == 0:
            fill = f"SELECT {valued}\n  INTO {name}\n{text}\n WHERE {self.conditions(scope)};"
        else:
            head = f"CREATE TABLE {name} (\n    {declared}\n);" if kind == 1 else f"DECLARE {name} TABLE (\n    {declared}\n);"
            fill = f"{head}\n\nINSERT INTO {name} ({self.listed(columns)})\nSELECT {valued}\n{text}\n WHERE {self.conditions(scope)};"
        index = f"\n\nCREATE CLUSTERED INDEX IX_work{self.number} ON {name} ({columns[1][0]});" if kind < 2 and self.r.random() < 0.5 else ""
        fix = "\n\n" + self.update(work)[0] if self.r.random() < 0.7 else ""
        use = self.r.choice((lambda: self.insert(work), lambda: self.update(None, work)))()
        end = f"\n\nDROP TABLE {name};" if kind < 2 and self.r.random() < 0.6 else ""
        return f"{drop}{fill}{index}{fix}\n\n{use[0]}{end}", f"stage and {use[1]}"

    def delete(self):
        target, first = self.r.choice(self.targets), self.source()
        output = ""
        if self.r.random() < 0.4:
            output = (f"\nOUTPUT deleted.load_id, N'{target.plain}', deleted.{target.columns[1][0]}, 'SUPERSEDED'"
                      f"\n  INTO etl.reject_row (load_id, table_name, row_key, reason_code)")
        return (f"DELETE t{output}\n  FROM {self.name(target)} AS t\n WHERE t.load_id = @load_id\n   AND EXISTS (SELECT 1\n                 FROM "
                f"{self.name(first)} AS s\n                WHERE {self.joined(target, first, 't', 's')}\n                  AND "
                f"{self.conditions([('s', first.by)], 1, 2, '                  AND ')});"), f"delete {target.short}"

    def applied(self):
        target, first, other = self.r.choice(self.targets), self.source(), self.source()
        columns = self.pick(target, 4, 9)
        latest = [self.r.choice(other.by[c]) for c in CATEGORIES]
        last = Table("", "last", [(f"last_{c}", c, "") for c in CATEGORIES])
        scope = [("s", first.by), ("s", first.by), ("z", last.by)]
        items = ", ".join(f"o.{name} AS last_{c}" for c, name in zip(CATEGORIES, latest))
        return (f"INSERT INTO {self.name(target)}\n       ({self.listed(columns)})\nSELECT {self.selected(columns, scope)}\n  FROM {self.name(first)} AS s\n"
                f" OUTER APPLY (SELECT TOP (1) {items}\n                FROM {self.name(other)} AS o\n               WHERE {self.joined(first, other, 's', 'o')}\n"
                f"               ORDER BY o.{self.r.choice(other.by['date'])} DESC) AS z\n WHERE {self.conditions([('s', first.by)])};"), f"latest into {target.short}"

    def cursor(self):
        self.number += 1
        n, first, target = self.number, self.source(), self.r.choice(self.targets)
        key = self.r.choice([c for c in first.by["key"] if c in target.by["key"]])
        code, num = self.r.choice(first.by["code"]), self.r.choice(first.by["num"])
        return (f"DECLARE @key{n} bigint, @code{n} varchar(20), @num{n} decimal(18,2);\nDECLARE c{n} CURSOR LOCAL FAST_FORWARD FOR\n"
                f"    SELECT s.{key}, s.{code}, s.{num}\n      FROM {self.name(first)} AS s\n     WHERE {self.conditions([('s', first.by)], 1, 2)}\n"
                f"     ORDER BY s.{key};\nOPEN c{n};\nFETCH NEXT FROM c{n} INTO @key{n}, @code{n}, @num{n};\nWHILE @@FETCH_STATUS = 0\nBEGIN\n"
                f"    UPDATE {self.name(target)}\n       SET {self.r.choice(target.by['code'])} = ISNULL(@code{n}, 'U'),\n"
                f"           {self.r.choice(target.by['num'])} = @num{n} * 1.0\n     WHERE {key} = @key{n};\n\n"
                f"    FETCH NEXT FROM c{n} INTO @key{n}, @code{n}, @num{n};\nEND\nCLOSE c{n};\nDEALLOCATE c{n};"), f"row by row {target.short}"

    def batched(self):
        self.number += 1
        n, target = self.number, self.r.choice(self.targets)
        scope = [("t", target.by)]
        return (f"DECLARE @moved{n} int = 1;\nWHILE @moved{n} > 0\nBEGIN\n    DELETE TOP ({self.r.choice((1000, 5000, 10000))}) FROM t\n"
                f"      FROM {self.name(target)} AS t\n     WHERE {self.conditions(scope, 1, 2)};\n    SET @moved{n} = @@ROWCOUNT;\nEND"), f"purge {target.short}"

    def branched(self):
        """IF over a variable read from a table, another step on either side."""
        self.number += 1
        n, first = self.number, self.source()
        scope = [("s", first.by)]
        a, b = self.simple(), self.simple()
        if self.r.random() < 0.5:
            head = (f"DECLARE @limit{n} decimal(18,2);\nSELECT @limit{n} = MAX({self.column(scope, 'num')})\n  FROM {self.name(first)} AS s\n"
                    f" WHERE {self.conditions(scope, 1, 2)};\n\nIF @limit{n} > {self.r.randrange(1000)}")
        else:
            head = f"IF EXISTS (SELECT 1 FROM {self.name(first)} AS s WHERE {self.conditions(scope, 1, 2)})"
        other = f"\nELSE\nBEGIN\n{indent(b[0])}\nEND" if self.r.random() < 0.6 else ""
        return f"{head}\nBEGIN\n{indent(a[0])}\nEND{other}", a[1]

    def simple(self):
        return self.r.choice((self.insert, self.update, self.delete, self.grouped, self.deduplicated))()

    def dynamic(self):
        """sp_executesql over a text whose names are constants."""
        self.number += 1
        n, first, target = self.number, self.source(), self.r.choice(self.targets)
        columns = self.pick(target, 3, 6)
        scope = [("s", first.by)]
        where = self.condition(scope).replace("'", "''")
        items = ", ".join(["@load_id"] + [self.column(scope, category) for _, category, _ in columns[1:]])
        names = ", ".join(name for name, _, _ in columns)
        run = f"EXEC sp_executesql @sql{n}, N'@load_id bigint, @as_of date', @load_id = @load_id, @as_of = @as_of;"
        if self.r.random() < 0.5:
            return (f"DECLARE @sql{n} nvarchar(max);\nSET @sql{n} = N'INSERT INTO {target.plain} ({names})\n    SELECT {items}\n      FROM {first.plain} AS s\n"
                    f"     WHERE {where};';\n{run}"), f"dynamic insert {target.short}"
        return (f"DECLARE @target{n} nvarchar(300) = N'{target.plain}', @source{n} nvarchar(300) = N'{first.plain}', @sql{n} nvarchar(max);\n"
                f"SET @sql{n} = N'INSERT INTO ' + @target{n} + N' ({names}) SELECT {items}'\n           + N' FROM ' + @source{n} + N' AS s WHERE {where};';\n"
                f"{run}"), f"dynamic insert {target.short}"

    def call(self, callee):
        self.number += 1
        n, values = self.number, ["@load_id = @load_id", "@as_of = @as_of"]
        if self.r.random() < 0.3:
            values = ["@load_id", "@as_of"]
        if callee.mode and self.r.random() < 0.6:
            values.append("@mode = 'DELTA'" if values[0] != "@load_id" else "'DELTA'")
        if not callee.counts:
            return f"EXEC {callee.name} {', '.join(values)};", f"call {callee.name}"
        values = ["@load_id = @load_id", "@as_of = @as_of", f"@rows_done = @done{n} OUTPUT"]
        return f"DECLARE @done{n} int;\nEXEC {callee.name} {', '.join(values)};\nSET @rows_done = ISNULL(@rows_done, 0) + ISNULL(@done{n}, 0);" \
            if self.p.counts else f"DECLARE @done{n} int;\nEXEC {callee.name} {', '.join(values)};", f"call {callee.name}"

    STEPS = (("insert", 6), ("deduplicated", 3), ("grouped", 2), ("united", 1), ("update", 4), ("merge", 3), ("temporary", 4), ("delete", 2),
             ("applied", 1), ("cursor", 0.4), ("batched", 0.5), ("branched", 3))

    def write(self, size):
        """The whole file, about `size` bytes."""
        r, p = self.r, self.p
        history = "".join(f"   {r.randrange(2014, 2026)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}  {r.choice(('AB', 'JS', 'MK', 'TR'))}  "
                          f"{r.choice(('first version', 'new column', 'faster join', 'late rows kept', 'rejects written', 'key changed', 'ticket DW-' + str(r.randrange(9999))))}\n"
                          for _ in range(r.randint(1, 4)))
        head = (f"/* {p.name}\n   {p.subject.replace('_', ' ').capitalize()}: from {', '.join(dict.fromkeys(t.plain for t in self.sources[:3]))} "
                f"to {', '.join(dict.fromkeys(t.plain for t in self.targets))}.\n{history}*/\n")
        head += r.choice(("SET ANSI_NULLS ON\nGO\nSET QUOTED_IDENTIFIER ON\nGO\n", "", ""))
        parameters = ["@load_id bigint", "@as_of date = NULL"] + (["@mode varchar(20) = 'FULL'"] if p.mode else []) + (["@rows_done int = NULL OUTPUT"] if p.counts else [])
        head += f"{r.choice(('CREATE PROCEDURE', 'CREATE OR ALTER PROCEDURE', 'CREATE PROC'))} {p.name}\n    " + ",\n    ".join(parameters) + "\nAS\nBEGIN\n"
        start = ["SET NOCOUNT ON;", f"DECLARE @rows int = 0, @step varchar(100) = 'start', @procedure sysname = N'{p.name}', @error nvarchar(2000);",
                 "IF @as_of IS NULL SET @as_of = CAST(GETDATE() AS date);", "EXEC etl.log_step @load_id, @procedure, @step;"]
        steps = [self.call(callee) for callee in self.callees]
        if r.random() < 0.1:
            steps.append(self.dynamic())
        room = size - len(head) - 900 - sum(len(text) + 180 for text, _ in steps)
        names, weights = zip(*self.STEPS)
        while room > 300 or not steps:
            step = getattr(self, r.choices(names, weights)[0])()
            room -= len(step[0]) + step[0].count("\n") * 8 + 190
            steps.insert(r.randint(0, len(steps)), step)
        if p.mode:
            steps.insert(0, (f"IF @mode = 'FULL'\n    TRUNCATE TABLE {self.name(self.targets[0])};", "truncate"))
        body = []
        for text, words in steps:
            log = r.choice(("EXEC etl.log_step @load_id = @load_id, @procedure_name = @procedure, @step_name = @step, @row_count = @rows;",
                            "EXEC etl.log_step @load_id, @procedure, @step, @rows;"))
            body.append(f"-- {words}\nSET @step = '{words[:90]}';\n{text}\nSET @rows = @@ROWCOUNT;\n{log}")
        if p.counts:
            body.append("SET @rows_done = ISNULL(@rows_done, 0) + @rows;")
        inner = "\n\n".join(body)
        if r.random() < 0.8:
            transaction = r.random() < 0.6
            inner = ("BEGIN TRY\n" + ("    BEGIN TRANSACTION;\n\n" if transaction else "") + indent(inner) + ("\n\n    COMMIT TRANSACTION;" if transaction else "")
                     + "\nEND TRY\nBEGIN CATCH\n" + ("    IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;\n" if transaction else "")
                     + "    SET @error = ERROR_MESSAGE();\n    EXEC etl.log_step @load_id, @procedure, @step, NULL, @error;\n"
                     + r.choice(("    THROW;", "    RAISERROR(@error, 16, 1);\n    RETURN -1;")) + "\nEND CATCH")
        return head + indent("\n".join(start) + "\n\n" + inner) + "\nEND\nGO\n"


def indent(text):
    return "    " + text.replace("\n", "\n    ").replace("\n    \n", "\n\n")


def control_tables():
    tables = []
    for name, columns in CONTROL.items():
        split = [c.split(" ", 1) for c in columns.replace("(1,1)", "(1;1)").split(",")]
        tables.append(Table("etl", name, [(c, "key" if c == "load_id" else "", kind.replace(";", ",")) for c, kind in split]))
    return tables


def generate(folder, procedures=10_000, size=60_000_000, seed=1, tables=1_500):
    """Writes the warehouse; gives bytes of procedures and how many call others."""
    r = random.Random(seed)
    for part in ("tables", "procedures"):
        os.makedirs(f"{folder}/{part}", exist_ok=True)
    made = make_tables(r, tables - len(CONTROL))
    for table in made + control_tables():
        with open(f"{folder}/tables/{table.plain}.sql", "w", encoding="utf-8", newline="\n") as file:
            file.write(table.ddl())
    by_schema = {}
    for table in made:
        by_schema.setdefault(table.schema, []).append(table)
    with open(f"{folder}/procedures/etl.log_step.sql", "w", encoding="utf-8", newline="\n") as file:
        file.write(LOG_STEP)
    graph = [Procedure(r, number, r.choices(range(len(LEVELS)), LEVELS)[0]) for number in range(1, procedures)]
    levels = [[p for p in graph if p.level == level] for level in range(len(LEVELS))]
    written, calling = len(LOG_STEP), 0
    for index, procedure in enumerate(graph):
        callees = []
        for position in range(r.randint(1, 3) if procedure.level else 0):
            level = procedure.level - 1 if position == 0 else r.randrange(procedure.level)
            if levels[level]:
                callees.append(r.choice(levels[level]))
        calling += bool(callees)
        share = (size - written) / (len(graph) - index)
        text = Writer(r, procedure, by_schema, list(dict.fromkeys(callees))).write(share * r.choice((0.4, 0.6, 0.8, 1.0, 1.2, 2.0)))
        written += len(text)
        with open(f"{folder}/procedures/{procedure.name}.sql", "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    return written, calling


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("folder")
    options.add_argument("--procedures", type=int, default=10_000)
    options.add_argument("--bytes", type=int, default=60_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--tables", type=int, default=1_500)
    o = options.parse_args()
    written, calling = generate(o.folder, o.procedures, o.bytes, o.seed, o.tables)
    print(f"{o.procedures} procedures, {written / 1e6:.1f} MB, {calling} of them call others; {o.tables} tables")


if __name__ == "__main__":
    main()
