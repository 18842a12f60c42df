"""Writes SQL that every parser of the benchmark can read: queries, data statements and tables of a made-up warehouse, one seed, one text."""
import random

WORDS = ("customer order campaign product store region channel segment household address email phone suppression creative response "
         "feed batch invoice payment shipment return_item loyalty visit session click open bounce consent score model list").split()
COLUMNS = ("id name code status amount quantity price created_at updated_at valid_from valid_to first_name last_name street city "
           "postcode country email_hash load_id source_file row_number score rank channel_code is_active").split()
TYPES = ("INT", "BIGINT", "VARCHAR(120)", "DECIMAL(18, 2)", "DATE", "TIMESTAMP", "CHAR(2)")


def table(r):
    return f"{r.choice(('stg', 'dw', 'mart', 'lnd'))}.{r.choice(WORDS)}_{r.randrange(40)}"


def value(r, alias):
    c = r.choice(COLUMNS)
    return r.choice((
        f"{alias}.{c}", f"COALESCE({alias}.{c}, 'unknown')", f"UPPER({alias}.{c})", f"CAST({alias}.{c} AS VARCHAR(40))",
        f"{alias}.{c} + {r.randrange(1000)}", f"CASE WHEN {alias}.{c} = {r.randrange(9)} THEN 'A' ELSE 'B' END",
        f"SUBSTRING({alias}.{c}, 1, {r.randrange(1, 30)})", f"'{r.choice(WORDS)} {r.randrange(10000)}'"))


def condition(r, alias):
    c = r.choice(COLUMNS)
    return r.choice((
        f"{alias}.{c} = {r.randrange(100000)}", f"{alias}.{c} IS NOT NULL", f"{alias}.{c} IN (1, 2, {r.randrange(99)})",
        f"{alias}.{c} BETWEEN {r.randrange(50)} AND {r.randrange(50, 500)}", f"{alias}.{c} LIKE '{r.choice(WORDS)}%'",
        f"{alias}.{c} > '2026-0{r.randrange(1, 10)}-01'"))


def query(r, depth=0):
    items = ",\n       ".join(f"{value(r, 'a')} AS c{i}" for i in range(r.randrange(3, 12)))
    text = f"SELECT {items}\nFROM {table(r)} a"
    for i in range(r.randrange(3)):
        text += f"\n  {r.choice(('JOIN', 'LEFT JOIN'))} {table(r)} b{i} ON b{i}.id = a.id AND {condition(r, f'b{i}')}"
    text += f"\nWHERE {condition(r, 'a')}\n  AND {condition(r, 'a')}"
    if depth == 0 and r.random() < 0.3:
        text += f"\n  AND a.id IN (SELECT x.id FROM {table(r)} x WHERE {condition(r, 'x')})"
    if r.random() < 0.2:
        text += "\nORDER BY a.id"
    return text


def statement(r):
    kind = r.randrange(10)
    if kind < 4:
        columns = r.sample(COLUMNS, 4)
        values = ", ".join(value(r, "s") for _ in columns)
        return f"INSERT INTO {table(r)} ({', '.join(columns)})\nSELECT {values}\nFROM {table(r)} s\nWHERE {condition(r, 's')}"
    if kind < 7:
        return query(r)
    if kind < 8:
        return f"UPDATE {table(r)} SET {r.choice(COLUMNS)} = '{r.choice(WORDS)}', load_id = {r.randrange(9999)} WHERE id = {r.randrange(10**6)}"
    if kind < 9:
        return f"DELETE FROM {table(r)} WHERE id IN ({', '.join(str(r.randrange(10**6)) for _ in range(8))})"
    columns = ",\n  ".join(f"{c} {r.choice(TYPES)}{r.choice(('', ' NOT NULL'))}" for c in r.sample(COLUMNS, 10))
    return f"CREATE TABLE {table(r)} (\n  {columns}\n)"


def comment(r, size):
    """Lines of comment, about `size` bytes."""
    lines, length = [], 0
    while length < size:
        line = "-- " + " ".join(r.choice(WORDS) for _ in range(10))
        lines.append(line)
        length += len(line) + 1
    return "\n".join(lines)


def script(size, seed=1):
    """About `size` bytes of statements, each behind its comment: about as many tokens a byte as real scripts have."""
    r = random.Random(seed)
    parts, length = [], 0
    while length < size:
        body = statement(r)
        text = f"{comment(r, len(body) * 1.1)}\n{body};\n\n"
        parts.append(text)
        length += len(text)
    return "".join(parts)
