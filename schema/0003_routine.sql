-- Code. A routine's version is its text; what analysis finds in it can change without the text, so that is apart.
CREATE TABLE routine (
  id           INTEGER PRIMARY KEY,
  namespace_id INTEGER NOT NULL REFERENCES namespace (id),
  folded_name  TEXT NOT NULL,
  UNIQUE (namespace_id, folded_name)
) STRICT;

CREATE TABLE routine_text (
  hash TEXT PRIMARY KEY,                             -- SHA-256 of the text, hexadecimal
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE routine_version (
  id              INTEGER PRIMARY KEY,
  routine_id      INTEGER NOT NULL REFERENCES routine (id),
  version         INTEGER NOT NULL,                  -- 1-based within the routine
  hash            TEXT NOT NULL REFERENCES routine_text (hash),
  name            TEXT NOT NULL,
  parts           TEXT NOT NULL,                     -- JSON array of the name's parts
  kind            TEXT NOT NULL,                     -- procedure, function, trigger, view, script
  dialect         TEXT NOT NULL,
  parameters      TEXT NOT NULL,                     -- JSON array
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id),
  UNIQUE (routine_id, version)
) STRICT;
CREATE UNIQUE INDEX routine_version_current ON routine_version (routine_id) WHERE ended_change_id IS NULL;

CREATE TABLE routine_analysis (
  id              INTEGER PRIMARY KEY,
  routine_id      INTEGER NOT NULL REFERENCES routine (id),
  file            TEXT NOT NULL,
  line            INTEGER NOT NULL,
  start_offset    INTEGER NOT NULL,
  end_offset      INTEGER NOT NULL,
  reads           TEXT NOT NULL,                     -- JSON array of asset names
  writes          TEXT NOT NULL,
  calls           TEXT NOT NULL,
  coverage        REAL NOT NULL CHECK (coverage BETWEEN 0 AND 1),
  statements      INTEGER NOT NULL,
  unparsed        INTEGER NOT NULL,
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE UNIQUE INDEX routine_analysis_current ON routine_analysis (routine_id) WHERE ended_change_id IS NULL;
