-- What scans have read and found by what: not history, but what lets the next scan read only what has changed.
CREATE TABLE scan_file (
  id           INTEGER PRIMARY KEY,
  namespace_id INTEGER NOT NULL REFERENCES namespace (id),
  path         TEXT NOT NULL,
  size         INTEGER NOT NULL,                     -- bytes
  modified     INTEGER NOT NULL,                     -- nanoseconds since 1970
  hash         TEXT NOT NULL,                        -- SHA-256 of the bytes, hexadecimal
  tool_version TEXT NOT NULL,                        -- that analysed it
  UNIQUE (namespace_id, path)
) STRICT;

-- The objects that a file defines or alters, by last part of the name as it is compared.
CREATE TABLE scan_name (
  name    TEXT NOT NULL,
  file_id INTEGER NOT NULL REFERENCES scan_file (id),
  PRIMARY KEY (name, file_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX scan_name_file ON scan_name (file_id);

-- What is analysed by itself: a routine, a trigger, the statements of a script outside of routines.
CREATE TABLE scan_unit (
  id           INTEGER PRIMARY KEY,
  namespace_id INTEGER NOT NULL REFERENCES namespace (id),
  routine_id   INTEGER REFERENCES routine (id),      -- NULL: the script itself
  path         TEXT NOT NULL,                        -- its file
  dependencies TEXT NOT NULL DEFAULT '',             -- names that its findings depend on, a line feed before and behind each: when an object
                                                     -- of that name (its last part, as it is compared) changes, the unit is analysed again
  resolves     TEXT                                  -- JSON array: parameters of other routines whose value it gives, `routine:parameter`
) STRICT;
CREATE UNIQUE INDEX scan_unit_identity ON scan_unit (namespace_id, path, ifnull(routine_id, 0));
