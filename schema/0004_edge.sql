-- Column lineage. An edge holds as long as one piece of evidence for it does.
-- Lists of values are written out with OR: for IN (...) SQLite would build a table for each row that is inserted.
CREATE TABLE column_edge (
  id               INTEGER PRIMARY KEY,
  source_column_id INTEGER NOT NULL REFERENCES asset_column (id),
  target_asset_id  INTEGER NOT NULL REFERENCES asset (id),
  target_column_id INTEGER REFERENCES asset_column (id), -- NULL: which rows exist
  kind             TEXT NOT NULL CHECK (kind = 'direct' OR kind = 'indirect'),
  subtype          TEXT NOT NULL CHECK (subtype = 'identity' OR subtype = 'transformation' OR subtype = 'aggregation' OR subtype = 'join' OR subtype = 'filter' OR subtype = 'group_by' OR subtype = 'sort' OR subtype = 'window' OR subtype = 'conditional')
) STRICT;
CREATE UNIQUE INDEX column_edge_identity ON column_edge (source_column_id, target_asset_id, ifnull(target_column_id, 0), kind, subtype);
CREATE INDEX column_edge_target ON column_edge (target_asset_id, target_column_id);

CREATE TABLE edge_evidence (
  id              INTEGER PRIMARY KEY,
  edge_id         INTEGER NOT NULL REFERENCES column_edge (id),
  namespace_id    INTEGER NOT NULL REFERENCES namespace (id),
  origin          TEXT NOT NULL CHECK (origin = 'parsed' OR origin = 'declared' OR origin = 'observed'),
  routine_id      INTEGER REFERENCES routine (id),
  unit_id         INTEGER REFERENCES scan_unit (id), -- the unit of analysis that found it; NULL where nothing was analysed
  file_id         INTEGER NOT NULL REFERENCES text_value (id),
  line            INTEGER NOT NULL,                  -- 1-based
  statement       INTEGER NOT NULL,                  -- ordinal in its routine or script, 1-based
  expression_id   INTEGER NOT NULL REFERENCES text_value (id),
  columns_id      INTEGER REFERENCES text_value (id), -- for rows: JSON array of the columns that the statement writes
  confidence      REAL NOT NULL CHECK (confidence > 0 AND confidence <= 1),
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE INDEX edge_evidence_edge ON edge_evidence (edge_id, ended_change_id);
CREATE INDEX edge_evidence_unit ON edge_evidence (unit_id) WHERE ended_change_id IS NULL;
CREATE INDEX edge_evidence_end ON edge_evidence (ended_change_id) WHERE ended_change_id IS NOT NULL;

-- The ledger of what could not be analysed.
CREATE TABLE unresolved (
  id              INTEGER PRIMARY KEY,
  namespace_id    INTEGER NOT NULL REFERENCES namespace (id),
  routine_id      INTEGER REFERENCES routine (id),
  unit_id         INTEGER REFERENCES scan_unit (id),
  file            TEXT NOT NULL,
  line            INTEGER NOT NULL,
  reason          TEXT NOT NULL CHECK (reason = 'unparsed' OR reason = 'dynamic_name' OR reason = 'dynamic_text' OR reason = 'unknown_object' OR reason = 'unknown_columns' OR reason = 'ambiguous' OR reason = 'remote' OR reason = 'external_code'),
  text            TEXT NOT NULL,
  hint            TEXT NOT NULL,
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE INDEX unresolved_current ON unresolved (namespace_id) WHERE ended_change_id IS NULL;
