-- Who changed what, when and why. Every row of state names the change that began it and the change that ended it
-- (NULL: it still holds), so that any instant can be read. Rows are never updated but for ended_change_id.
PRAGMA application_id = 1128354884; -- 'CADD'

CREATE TABLE change (
  id            INTEGER PRIMARY KEY,                 -- in order of commit
  at            TEXT NOT NULL,                       -- instant of the commit, UTC, ISO 8601 with microseconds
  actor         TEXT NOT NULL,                       -- the operating system's user, or --as
  command       TEXT NOT NULL,                       -- the verb that made it: scan, onboard start ...
  reason        TEXT NOT NULL,                       -- in words
  tool_version  TEXT NOT NULL,
  digest        TEXT NOT NULL,                       -- SHA-256 of all that the change began and ended, hexadecimal
  previous_hash TEXT NOT NULL,                       -- hash of the change before; 64 zeros for the first
  hash          TEXT NOT NULL UNIQUE                 -- SHA-256 over this row's other values and previous_hash
) STRICT;

CREATE TABLE change_entry (
  change_id INTEGER NOT NULL REFERENCES change (id),
  position  INTEGER NOT NULL,                        -- 1-based
  kind      TEXT NOT NULL,                           -- asset, column, constraint, index, routine, analysis, edges, unresolved, feed, checklist ...
  namespace TEXT,                                    -- the warehouse it belongs to
  subject   TEXT NOT NULL,                           -- name of the thing
  action    TEXT NOT NULL CHECK (action IN ('begin', 'change', 'end')),
  before    TEXT,                                    -- JSON; NULL for a beginning
  after     TEXT,                                    -- JSON; NULL for an end
  mark      INTEGER NOT NULL,                        -- FNV-1a of the row's other values: names the row where the change's digest does not fit
  PRIMARY KEY (change_id, position)
) STRICT, WITHOUT ROWID;

-- The row of a change is written first, so that what it begins can name it, and closed with its hash at the end; from then on it stays.
CREATE INDEX change_entry_subject ON change_entry (subject, change_id);
CREATE TRIGGER change_is_append_only_update BEFORE UPDATE ON change WHEN OLD.hash <> '' BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;
CREATE TRIGGER change_is_append_only_delete BEFORE DELETE ON change BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;
CREATE TRIGGER change_entry_is_append_only_update BEFORE UPDATE ON change_entry BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;
CREATE TRIGGER change_entry_is_append_only_delete BEFORE DELETE ON change_entry BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;

-- Long strings that many rows share: file names, expressions, column lists.
CREATE TABLE text_value (
  id    INTEGER PRIMARY KEY,
  hash  INTEGER NOT NULL,                            -- FNV-1a of the text's UTF-8 bytes, 64 bits
  value TEXT NOT NULL
) STRICT;
CREATE INDEX text_value_hash ON text_value (hash);
