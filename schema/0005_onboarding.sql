-- Feeds, their runs, and checklists.
CREATE TABLE feed (
  id           INTEGER PRIMARY KEY,
  namespace_id INTEGER NOT NULL REFERENCES namespace (id),
  name         TEXT NOT NULL,
  UNIQUE (namespace_id, name)
) STRICT;

CREATE TABLE feed_version (
  id              INTEGER PRIMARY KEY,
  feed_id         INTEGER NOT NULL REFERENCES feed (id),
  client          TEXT NOT NULL,
  source          TEXT NOT NULL,                     -- name of the asset that arrives
  target          TEXT NOT NULL,                     -- name of the asset it is loaded into
  format          TEXT NOT NULL CHECK (format IN ('delimited', 'fixed', 'jsonl')),
  load_pattern    TEXT NOT NULL CHECK (load_pattern IN ('full', 'incremental', 'scd1', 'scd2', 'append')),
  definition      TEXT NOT NULL,                     -- JSON of the whole feed
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE UNIQUE INDEX feed_version_current ON feed_version (feed_id) WHERE ended_change_id IS NULL;

CREATE TABLE feed_run (
  id            INTEGER PRIMARY KEY,
  feed_id       INTEGER NOT NULL REFERENCES feed (id),
  file          TEXT NOT NULL,
  checksum      TEXT NOT NULL,                       -- SHA-256, hexadecimal
  started_at    TEXT NOT NULL,
  ended_at      TEXT,
  rows_read     INTEGER,
  rows_loaded   INTEGER,
  rows_rejected INTEGER,
  status        TEXT NOT NULL CHECK (status IN ('running', 'ok', 'warning', 'failed')),
  change_id     INTEGER NOT NULL REFERENCES change (id)
) STRICT;

CREATE TABLE checklist (
  id               INTEGER PRIMARY KEY,
  namespace_id     INTEGER NOT NULL REFERENCES namespace (id),
  template         TEXT NOT NULL,
  template_version INTEGER NOT NULL,
  subject          TEXT NOT NULL,                    -- name of the asset it is about
  began_change_id  INTEGER NOT NULL REFERENCES change (id),
  UNIQUE (namespace_id, template, subject)
) STRICT;

CREATE TABLE checklist_item (
  id              INTEGER PRIMARY KEY,
  checklist_id    INTEGER NOT NULL REFERENCES checklist (id),
  position        INTEGER NOT NULL,
  code            TEXT NOT NULL,
  title           TEXT NOT NULL,
  kind            TEXT NOT NULL CHECK (kind IN ('auto', 'attested', 'both')),
  severity        TEXT NOT NULL CHECK (severity IN ('blocker', 'major', 'minor')),
  depends_on      TEXT NOT NULL,                     -- JSON array of codes
  roles           TEXT NOT NULL,                     -- JSON array of who has to sign
  state           TEXT NOT NULL CHECK (state IN ('pass', 'fail', 'warn', 'not_applicable', 'not_evaluated', 'error')),
  detail          TEXT NOT NULL,
  fix             TEXT,
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE UNIQUE INDEX checklist_item_current ON checklist_item (checklist_id, code) WHERE ended_change_id IS NULL;

CREATE TABLE sign_off (
  id              INTEGER PRIMARY KEY,
  checklist_id    INTEGER NOT NULL REFERENCES checklist (id),
  code            TEXT NOT NULL,
  person          TEXT NOT NULL,
  role            TEXT NOT NULL,
  evidence_hash   TEXT NOT NULL,                     -- of the evidence that was signed; a later change voids it
  statement       TEXT NOT NULL,
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
