-- What `search` looks through. The writer takes in what a transaction has begun and ended, all at once before it commits: rows beyond those taken
-- in before, and those that triggers have listed as ended. (A trigger for each row would double the time of a large scan.)

-- Names as they are spelled, each once: a million columns share far fewer names. Names of the past stay.
CREATE TABLE search_name (
  id    INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL CHECK (scope IN (0, 1)),    -- 0: full name of an asset, routine, feed ...; 1: name of a column
  name  TEXT NOT NULL,
  UNIQUE (scope, name)
) STRICT;

-- Each name from each of its words on, without what separates them, in lower case: sales_OrderLine is salesorderline, orderline and line.
-- So one range of this table answers for whole names, for beginnings and for words within.
CREATE TABLE search_word (
  place   INTEGER NOT NULL CHECK (place BETWEEN 0 AND 4), -- of a thing: 0 its own name, 1 from a later word on, 2 its schema or database;
                                                     -- of a column: 3 its name, 4 from a later word on
  tail    TEXT NOT NULL,
  name_id INTEGER NOT NULL REFERENCES search_name (id),
  PRIMARY KEY (place, tail, name_id)
) STRICT, WITHOUT ROWID;

-- Words of letters, each once: what a misspelt word is compared with.
CREATE TABLE search_vocabulary (
  word TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Up to which row each table is taken in; of search_name, up to which name is split into words.
CREATE TABLE search_progress (
  source TEXT PRIMARY KEY,                           -- name of the table
  row_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Texts by document: sixteen times the id of the row that holds it, plus what that is: 0 an asset's description, 1 a column's, 3 a term's
-- definition, 4 a note, 8 a routine's text, 9 a view's query. Without content, positions and sizes: only which document has which word.
CREATE VIRTUAL TABLE search_text USING fts5 (text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE search_code USING fts5 (text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2');

-- Documents that ended, to be taken out before the transaction commits; empty otherwise.
CREATE TABLE search_pending (
  document INTEGER PRIMARY KEY
) STRICT;
CREATE TRIGGER search_asset_text_end AFTER UPDATE OF ended_change_id ON asset_version
  WHEN OLD.description IS NOT NULL AND OLD.ended_change_id IS NULL AND NEW.ended_change_id IS NOT NULL BEGIN
  INSERT OR IGNORE INTO search_pending (document) VALUES (NEW.id * 16 + 0);
END;
CREATE TRIGGER search_column_text_end AFTER UPDATE OF ended_change_id ON asset_column_version
  WHEN OLD.description IS NOT NULL AND OLD.ended_change_id IS NULL AND NEW.ended_change_id IS NOT NULL BEGIN
  INSERT OR IGNORE INTO search_pending (document) VALUES (NEW.id * 16 + 1);
END;
CREATE TRIGGER search_routine_code_end AFTER UPDATE OF ended_change_id ON routine_version
  WHEN OLD.ended_change_id IS NULL AND NEW.ended_change_id IS NOT NULL BEGIN
  INSERT OR IGNORE INTO search_pending (document) VALUES (NEW.id * 16 + 8);
END;
CREATE TRIGGER search_asset_code_end AFTER UPDATE OF ended_change_id ON asset_version
  WHEN OLD.query IS NOT NULL AND OLD.ended_change_id IS NULL AND NEW.ended_change_id IS NOT NULL BEGIN
  INSERT OR IGNORE INTO search_pending (document) VALUES (NEW.id * 16 + 9);
END;

-- From a name to what has it, and from a filter's value to its assets and columns.
CREATE INDEX asset_version_name ON asset_version (name) WHERE ended_change_id IS NULL;
CREATE INDEX routine_version_name ON routine_version (name) WHERE ended_change_id IS NULL;
CREATE INDEX asset_column_name ON asset_column (folded_name, asset_id);
CREATE INDEX feed_name ON feed (name);
CREATE INDEX asset_version_owner ON asset_version (owner COLLATE NOCASE, asset_id) WHERE ended_change_id IS NULL AND owner IS NOT NULL;
CREATE INDEX asset_version_steward ON asset_version (steward COLLATE NOCASE, asset_id) WHERE ended_change_id IS NULL AND steward IS NOT NULL;
CREATE INDEX asset_version_client ON asset_version (client COLLATE NOCASE, asset_id) WHERE ended_change_id IS NULL AND client IS NOT NULL;
CREATE INDEX asset_version_layer ON asset_version (layer, asset_id) WHERE ended_change_id IS NULL AND layer IS NOT NULL;
CREATE INDEX asset_version_kind ON asset_version (kind, asset_id) WHERE ended_change_id IS NULL;
CREATE INDEX asset_version_tags ON asset_version (tags, asset_id) WHERE ended_change_id IS NULL AND tags <> '[]';
CREATE INDEX asset_column_version_class ON asset_column_version (classification, column_id) WHERE ended_change_id IS NULL AND classification IS NOT NULL;
