-- What a warehouse holds. Identity (asset, asset_column) is apart from its versions, so that a rename keeps the id.
CREATE TABLE namespace (
  id               INTEGER PRIMARY KEY,
  name             TEXT NOT NULL UNIQUE,             -- name of the warehouse
  dialect          TEXT NOT NULL,                    -- tsql, postgres ...
  case_insensitive INTEGER NOT NULL CHECK (case_insensitive IN (0, 1)), -- whether names that differ by case alone are one
  began_change_id  INTEGER NOT NULL REFERENCES change (id)
) STRICT;

CREATE TABLE asset (
  id           INTEGER PRIMARY KEY,
  namespace_id INTEGER NOT NULL REFERENCES namespace (id),
  folded_name  TEXT NOT NULL,                        -- full name as it is compared in the namespace
  UNIQUE (namespace_id, folded_name)
) STRICT;

CREATE TABLE asset_version (
  id              INTEGER PRIMARY KEY,
  asset_id        INTEGER NOT NULL REFERENCES asset (id),
  name            TEXT NOT NULL,                     -- as printed: parts joined by dots
  parts           TEXT NOT NULL,                     -- JSON array of the name's parts
  kind            TEXT NOT NULL,                     -- table, view, file ... (AssetKind)
  known           INTEGER NOT NULL CHECK (known IN (0, 1)), -- 0: only seen in code, never defined
  layer           TEXT,                              -- landing, staging, core, mart, history, reject, control
  status          TEXT NOT NULL CHECK (status IN ('proposed', 'onboarding', 'active', 'deprecated', 'retired')),
  description     TEXT,
  owner           TEXT,
  steward         TEXT,
  client          TEXT,
  tags            TEXT NOT NULL,                     -- JSON array
  options         TEXT NOT NULL,                     -- JSON object of options by the dialect's spelling
  dialect         TEXT NOT NULL,                     -- in which native types, defaults and the query are written
  query           TEXT,                              -- of a view, as written
  file            TEXT,                              -- script that defines it
  line            INTEGER,                           -- 1-based
  start_offset    INTEGER,                           -- UTF-8 bytes into the script, half-open
  end_offset      INTEGER,
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE UNIQUE INDEX asset_version_current ON asset_version (asset_id) WHERE ended_change_id IS NULL;
CREATE INDEX asset_version_asset ON asset_version (asset_id, began_change_id);

CREATE TABLE asset_column (
  id          INTEGER PRIMARY KEY,
  asset_id    INTEGER NOT NULL REFERENCES asset (id),
  folded_name TEXT NOT NULL,
  UNIQUE (asset_id, folded_name)
) STRICT;

CREATE TABLE asset_column_version (
  id              INTEGER PRIMARY KEY,
  column_id       INTEGER NOT NULL REFERENCES asset_column (id),
  name            TEXT NOT NULL,
  ordinal         INTEGER NOT NULL,                  -- 1-based; 0 for a column only seen in code
  logical_type    TEXT,                              -- JSON of the logical type
  native_type     TEXT,
  nullable        INTEGER NOT NULL CHECK (nullable IN (0, 1)),
  default_value   TEXT,                              -- JSON: expression, constraint_name
  computed        TEXT,                              -- JSON: expression, stored
  identity        TEXT,                              -- JSON: seed, increment, always
  collation       TEXT,
  description     TEXT,
  classification  TEXT,                              -- email, phone ... (Classification)
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE UNIQUE INDEX asset_column_version_current ON asset_column_version (column_id) WHERE ended_change_id IS NULL;
CREATE INDEX asset_column_version_column ON asset_column_version (column_id, began_change_id);

-- Constraints and indexes of a table, whole: a change of one ends its row and begins another.
CREATE TABLE asset_part (
  id              INTEGER PRIMARY KEY,
  asset_id        INTEGER NOT NULL REFERENCES asset (id),
  kind            TEXT NOT NULL CHECK (kind IN ('constraint', 'index')),
  position        INTEGER NOT NULL,                  -- 1-based, order of definition
  name            TEXT,
  definition      TEXT NOT NULL,                     -- JSON of the constraint or index
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE INDEX asset_part_current ON asset_part (asset_id) WHERE ended_change_id IS NULL;
