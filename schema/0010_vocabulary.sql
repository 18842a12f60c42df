-- The words of a warehouse: what people state about its assets, and what they call things.

-- Which fields of an asset or column were not a script's: a person set them, or they travelled along lineage. Scans leave them alone.
CREATE TABLE stated_field (
  id              INTEGER PRIMARY KEY,
  asset_id        INTEGER NOT NULL REFERENCES asset (id),
  column_id       INTEGER REFERENCES asset_column (id), -- NULL: of the asset itself
  field           TEXT NOT NULL CHECK (field IN ('owner', 'steward', 'client', 'layer', 'status', 'description', 'tags', 'classification')),
  origin          TEXT NOT NULL CHECK (origin IN ('person', 'propagated')),
  evidence        TEXT,                              -- JSON of what was propagated: value, sources, edges; NULL where a person spoke
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE UNIQUE INDEX stated_field_current ON stated_field (asset_id, ifnull(column_id, 0), field) WHERE ended_change_id IS NULL;

-- The domain (subject area) an asset belongs to.
CREATE TABLE asset_domain (
  id              INTEGER PRIMARY KEY,
  asset_id        INTEGER NOT NULL REFERENCES asset (id),
  domain          TEXT NOT NULL,
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE UNIQUE INDEX asset_domain_current ON asset_domain (asset_id) WHERE ended_change_id IS NULL;
CREATE INDEX asset_domain_name ON asset_domain (domain COLLATE NOCASE) WHERE ended_change_id IS NULL;

-- The glossary. A term is one for all warehouses.
CREATE TABLE term (
  id          INTEGER PRIMARY KEY,
  folded_name TEXT NOT NULL UNIQUE                   -- in lower case
) STRICT;

CREATE TABLE term_version (
  id              INTEGER PRIMARY KEY,
  term_id         INTEGER NOT NULL REFERENCES term (id),
  name            TEXT NOT NULL,
  definition      TEXT NOT NULL,
  synonyms        TEXT NOT NULL,                     -- JSON array
  owner           TEXT,
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE UNIQUE INDEX term_version_current ON term_version (term_id) WHERE ended_change_id IS NULL;

-- A term by its name and each synonym, as spelled: rows of the current version.
CREATE TABLE term_name (
  name    TEXT NOT NULL,
  term_id INTEGER NOT NULL REFERENCES term (id),
  PRIMARY KEY (name, term_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE term_link (
  id              INTEGER PRIMARY KEY,
  term_id         INTEGER NOT NULL REFERENCES term (id),
  asset_id        INTEGER NOT NULL REFERENCES asset (id),
  column_id       INTEGER REFERENCES asset_column (id), -- NULL: the asset itself
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE UNIQUE INDEX term_link_current ON term_link (term_id, asset_id, ifnull(column_id, 0)) WHERE ended_change_id IS NULL;
CREATE INDEX term_link_asset ON term_link (asset_id) WHERE ended_change_id IS NULL;

-- Notes on anything: exactly one of asset (with or without column), routine, feed, change.
CREATE TABLE note (
  id              INTEGER PRIMARY KEY,
  kind            TEXT NOT NULL CHECK (kind IN ('note', 'code', 'run', 'process')),
  asset_id        INTEGER REFERENCES asset (id),
  column_id       INTEGER REFERENCES asset_column (id),
  routine_id      INTEGER REFERENCES routine (id),
  feed_id         INTEGER REFERENCES feed (id),
  change_id       INTEGER REFERENCES change (id),    -- the change it is about
  subject         TEXT NOT NULL,                     -- name of what it is about, as printed
  text            TEXT NOT NULL,
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id),
  CHECK ((asset_id IS NOT NULL) + (routine_id IS NOT NULL) + (feed_id IS NOT NULL) + (change_id IS NOT NULL) = 1),
  CHECK (column_id IS NULL OR asset_id IS NOT NULL)
) STRICT;
CREATE INDEX note_asset ON note (asset_id, column_id) WHERE ended_change_id IS NULL;

-- Texts that `search` no longer finds. See 0008_search.sql.
CREATE TRIGGER search_term_text_end AFTER UPDATE OF ended_change_id ON term_version
  WHEN OLD.ended_change_id IS NULL AND NEW.ended_change_id IS NOT NULL BEGIN
  INSERT OR IGNORE INTO search_pending (document) VALUES (NEW.id * 16 + 3);
END;
CREATE TRIGGER search_note_end AFTER UPDATE OF ended_change_id ON note
  WHEN OLD.ended_change_id IS NULL AND NEW.ended_change_id IS NOT NULL BEGIN
  INSERT OR IGNORE INTO search_pending (document) VALUES (NEW.id * 16 + 4);
END;

CREATE VIEW v_term AS
  SELECT t.id AS term_id, v.name AS term, v.definition, v.synonyms, v.owner, c.at AS changed_at, c.actor AS changed_by
    FROM term t JOIN term_version v ON v.term_id = t.id JOIN change c ON c.id = v.began_change_id WHERE v.ended_change_id IS NULL;

CREATE VIEW v_term_link AS
  SELECT t.name AS term, n.name AS namespace, v.name AS asset, w.name AS "column"
    FROM term_link l JOIN term_version t ON t.term_id = l.term_id AND t.ended_change_id IS NULL JOIN asset a ON a.id = l.asset_id
    JOIN namespace n ON n.id = a.namespace_id JOIN asset_version v ON v.asset_id = a.id AND v.ended_change_id IS NULL
    LEFT JOIN asset_column_version w ON w.column_id = l.column_id AND w.ended_change_id IS NULL
   WHERE l.ended_change_id IS NULL;

CREATE VIEW v_note AS
  SELECT x.id AS note_id, x.kind, x.subject, x.text, c.at, c.actor FROM note x JOIN change c ON c.id = x.began_change_id WHERE x.ended_change_id IS NULL;

CREATE VIEW v_asset_domain AS
  SELECT n.name AS namespace, v.name AS asset, d.domain
    FROM asset_domain d JOIN asset a ON a.id = d.asset_id JOIN namespace n ON n.id = a.namespace_id
    JOIN asset_version v ON v.asset_id = a.id AND v.ended_change_id IS NULL WHERE d.ended_change_id IS NULL;
