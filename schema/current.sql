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
CREATE INDEX change_entry_subject ON change_entry (subject, change_id);
CREATE TRIGGER change_is_append_only_update BEFORE UPDATE ON change WHEN OLD.hash <> '' BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;
CREATE TRIGGER change_is_append_only_delete BEFORE DELETE ON change BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;
CREATE TRIGGER change_entry_is_append_only_update BEFORE UPDATE ON change_entry BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;
CREATE TRIGGER change_entry_is_append_only_delete BEFORE DELETE ON change_entry BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;
CREATE TABLE text_value (
  id    INTEGER PRIMARY KEY,
  hash  INTEGER NOT NULL,                            -- FNV-1a of the text's UTF-8 bytes, 64 bits
  value TEXT NOT NULL
) STRICT;
CREATE INDEX text_value_hash ON text_value (hash);
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
CREATE VIEW v_asset AS
  SELECT a.id AS asset_id, n.name AS namespace, v.name AS asset, v.kind, v.layer, v.status, v.owner, v.steward, v.client, v.description, v.tags, v.dialect,
         v.file, v.line, c.at AS changed_at, c.actor AS changed_by
    FROM asset a JOIN namespace n ON n.id = a.namespace_id JOIN asset_version v ON v.asset_id = a.id JOIN change c ON c.id = v.began_change_id
   WHERE v.ended_change_id IS NULL AND v.known = 1
/* v_asset(asset_id,namespace,asset,kind,layer,status,owner,steward,client,description,tags,dialect,file,line,changed_at,changed_by) */;
CREATE VIEW v_column AS
  SELECT k.id AS column_id, n.name AS namespace, v.name AS asset, w.name AS "column", w.ordinal, w.native_type, w.logical_type, w.nullable, w.default_value,
         w.computed, w.identity, w.description, w.classification
    FROM asset_column k JOIN asset a ON a.id = k.asset_id JOIN namespace n ON n.id = a.namespace_id
    JOIN asset_version v ON v.asset_id = a.id JOIN asset_column_version w ON w.column_id = k.id
   WHERE v.ended_change_id IS NULL AND w.ended_change_id IS NULL AND v.known = 1
/* v_column(column_id,namespace,asset,"column",ordinal,native_type,logical_type,nullable,default_value,computed,identity,description,classification) */;
CREATE VIEW v_constraint AS
  SELECT n.name AS namespace, v.name AS asset, p.kind, p.position, p.name, p.definition
    FROM asset_part p JOIN asset a ON a.id = p.asset_id JOIN namespace n ON n.id = a.namespace_id JOIN asset_version v ON v.asset_id = a.id
   WHERE p.ended_change_id IS NULL AND v.ended_change_id IS NULL
/* v_constraint(namespace,asset,kind,position,name,definition) */;
CREATE VIEW v_routine AS
  SELECT r.id AS routine_id, n.name AS namespace, v.name AS routine, v.kind, v.version, v.hash, x.file, x.line, x.coverage, x.statements, x.unparsed, x.reads, x.writes, x.calls
    FROM routine r JOIN namespace n ON n.id = r.namespace_id JOIN routine_version v ON v.routine_id = r.id
    LEFT JOIN routine_analysis x ON x.routine_id = r.id AND x.ended_change_id IS NULL
   WHERE v.ended_change_id IS NULL
/* v_routine(routine_id,namespace,routine,kind,version,hash,file,line,coverage,statements,unparsed,reads,writes,calls) */;
CREATE VIEW v_routine_version AS
  SELECT n.name AS namespace, v.name AS routine, v.version, v.hash, b.at AS began_at, e.at AS ended_at, t.text
    FROM routine_version v JOIN routine r ON r.id = v.routine_id JOIN namespace n ON n.id = r.namespace_id JOIN routine_text t ON t.hash = v.hash
    JOIN change b ON b.id = v.began_change_id LEFT JOIN change e ON e.id = v.ended_change_id
/* v_routine_version(namespace,routine,version,hash,began_at,ended_at,text) */;
CREATE VIEW v_edge AS
  SELECT n.name AS namespace, sv.name AS source_asset, sw.name AS source_column, tv.name AS target_asset, coalesce(tw.name, '*') AS target_column,
         e.kind, e.subtype, x.origin, rv.name AS routine, f.value AS file, x.line, x.statement, t.value AS expression, l.value AS columns, x.confidence
    FROM edge_evidence x JOIN column_edge e ON e.id = x.edge_id JOIN namespace n ON n.id = x.namespace_id
    JOIN asset_column sk ON sk.id = e.source_column_id JOIN asset_version sv ON sv.asset_id = sk.asset_id AND sv.ended_change_id IS NULL
    JOIN asset_column_version sw ON sw.column_id = sk.id AND sw.ended_change_id IS NULL
    JOIN asset_version tv ON tv.asset_id = e.target_asset_id AND tv.ended_change_id IS NULL
    LEFT JOIN asset_column_version tw ON tw.column_id = e.target_column_id AND tw.ended_change_id IS NULL
    LEFT JOIN routine_version rv ON rv.routine_id = x.routine_id AND rv.ended_change_id IS NULL
    JOIN text_value f ON f.id = x.file_id JOIN text_value t ON t.id = x.expression_id LEFT JOIN text_value l ON l.id = x.columns_id
   WHERE x.ended_change_id IS NULL
/* v_edge(namespace,source_asset,source_column,target_asset,target_column,kind,subtype,origin,routine,file,line,statement,expression,columns,confidence) */;
CREATE VIEW v_unresolved AS
  SELECT n.name AS namespace, rv.name AS routine, u.file, u.line, u.reason, u.text, u.hint
    FROM unresolved u JOIN namespace n ON n.id = u.namespace_id LEFT JOIN routine_version rv ON rv.routine_id = u.routine_id AND rv.ended_change_id IS NULL
   WHERE u.ended_change_id IS NULL
/* v_unresolved(namespace,routine,file,line,reason,text,hint) */;
CREATE VIEW v_feed AS
  SELECT f.id AS feed_id, n.name AS namespace, f.name AS feed, v.client, v.source, v.target, v.format, v.load_pattern, v.definition
    FROM feed f JOIN namespace n ON n.id = f.namespace_id JOIN feed_version v ON v.feed_id = f.id
   WHERE v.ended_change_id IS NULL
/* v_feed(feed_id,namespace,feed,client,source,target,format,load_pattern,definition) */;
CREATE VIEW v_feed_run AS
  SELECT n.name AS namespace, f.name AS feed, r.file, r.checksum, r.started_at, r.ended_at, r.rows_read, r.rows_loaded, r.rows_rejected, r.status
    FROM feed_run r JOIN feed f ON f.id = r.feed_id JOIN namespace n ON n.id = f.namespace_id
/* v_feed_run(namespace,feed,file,checksum,started_at,ended_at,rows_read,rows_loaded,rows_rejected,status) */;
CREATE VIEW v_checklist AS
  SELECT c.id AS checklist_id, n.name AS namespace, c.template, c.template_version, c.subject,
         sum(i.state = 'pass') AS passed, sum(i.state = 'fail') AS failed, count(*) AS items
    FROM checklist c JOIN namespace n ON n.id = c.namespace_id JOIN checklist_item i ON i.checklist_id = c.id
   WHERE i.ended_change_id IS NULL GROUP BY c.id
/* v_checklist(checklist_id,namespace,template,template_version,subject,passed,failed,items) */;
CREATE VIEW v_checklist_item AS
  SELECT n.name AS namespace, c.template, c.subject, i.position, i.code, i.title, i.kind, i.severity, i.state, i.detail, i.fix
    FROM checklist_item i JOIN checklist c ON c.id = i.checklist_id JOIN namespace n ON n.id = c.namespace_id
   WHERE i.ended_change_id IS NULL
/* v_checklist_item(namespace,template,subject,position,code,title,kind,severity,state,detail,fix) */;
CREATE VIEW v_change AS
  SELECT id AS change_id, at, actor, command, reason, tool_version, hash FROM change
/* v_change(change_id,at,actor,command,reason,tool_version,hash) */;
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
CREATE TABLE scan_name (
  name    TEXT NOT NULL,
  file_id INTEGER NOT NULL REFERENCES scan_file (id),
  PRIMARY KEY (name, file_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX scan_name_file ON scan_name (file_id);
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
CREATE TABLE search_name (
  id    INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL CHECK (scope IN (0, 1)),    -- 0: full name of an asset, routine, feed ...; 1: name of a column
  name  TEXT NOT NULL,
  UNIQUE (scope, name)
) STRICT;
CREATE TABLE search_word (
  place   INTEGER NOT NULL CHECK (place BETWEEN 0 AND 4), -- of a thing: 0 its own name, 1 from a later word on, 2 its schema or database;
                                                     -- of a column: 3 its name, 4 from a later word on
  tail    TEXT NOT NULL,
  name_id INTEGER NOT NULL REFERENCES search_name (id),
  PRIMARY KEY (place, tail, name_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE search_vocabulary (
  word TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE search_progress (
  source TEXT PRIMARY KEY,                           -- name of the table
  row_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE search_text USING fts5 (text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2')
/* search_text(text) */;
CREATE TABLE IF NOT EXISTS 'search_text_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE IF NOT EXISTS 'search_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS 'search_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;
CREATE VIRTUAL TABLE search_code USING fts5 (text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 2')
/* search_code(text) */;
CREATE TABLE IF NOT EXISTS 'search_code_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE IF NOT EXISTS 'search_code_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS 'search_code_config'(k PRIMARY KEY, v) WITHOUT ROWID;
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
CREATE TABLE asset_domain (
  id              INTEGER PRIMARY KEY,
  asset_id        INTEGER NOT NULL REFERENCES asset (id),
  domain          TEXT NOT NULL,
  began_change_id INTEGER NOT NULL REFERENCES change (id),
  ended_change_id INTEGER REFERENCES change (id)
) STRICT;
CREATE UNIQUE INDEX asset_domain_current ON asset_domain (asset_id) WHERE ended_change_id IS NULL;
CREATE INDEX asset_domain_name ON asset_domain (domain COLLATE NOCASE) WHERE ended_change_id IS NULL;
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
    FROM term t JOIN term_version v ON v.term_id = t.id JOIN change c ON c.id = v.began_change_id WHERE v.ended_change_id IS NULL
/* v_term(term_id,term,definition,synonyms,owner,changed_at,changed_by) */;
CREATE VIEW v_term_link AS
  SELECT t.name AS term, n.name AS namespace, v.name AS asset, w.name AS "column"
    FROM term_link l JOIN term_version t ON t.term_id = l.term_id AND t.ended_change_id IS NULL JOIN asset a ON a.id = l.asset_id
    JOIN namespace n ON n.id = a.namespace_id JOIN asset_version v ON v.asset_id = a.id AND v.ended_change_id IS NULL
    LEFT JOIN asset_column_version w ON w.column_id = l.column_id AND w.ended_change_id IS NULL
   WHERE l.ended_change_id IS NULL
/* v_term_link(term,namespace,asset,"column") */;
CREATE VIEW v_note AS
  SELECT x.id AS note_id, x.kind, x.subject, x.text, c.at, c.actor FROM note x JOIN change c ON c.id = x.began_change_id WHERE x.ended_change_id IS NULL
/* v_note(note_id,kind,subject,text,at,actor) */;
CREATE VIEW v_asset_domain AS
  SELECT n.name AS namespace, v.name AS asset, d.domain
    FROM asset_domain d JOIN asset a ON a.id = d.asset_id JOIN namespace n ON n.id = a.namespace_id
    JOIN asset_version v ON v.asset_id = a.id AND v.ended_change_id IS NULL WHERE d.ended_change_id IS NULL
/* v_asset_domain(namespace,asset,domain) */;
CREATE TABLE row_list (
  id         INTEGER PRIMARY KEY,
  asset_id   INTEGER NOT NULL REFERENCES asset (id),
  columns_id INTEGER NOT NULL REFERENCES text_value (id), -- JSON array of the columns that a statement writes: what decides about its rows bears on them
  UNIQUE (asset_id, columns_id)
) STRICT;
CREATE TABLE adjacency (
  id   INTEGER PRIMARY KEY,                          -- 2 * block for arcs downstream, 2 * block + 1 for those upstream; a block is 1,024 nodes
  data BLOB NOT NULL                                 -- numbers of 7 bits a byte, see AdjacencyBlock
) STRICT;
CREATE TABLE adjacency_ended (
  change_id INTEGER PRIMARY KEY REFERENCES change (id),
  data      BLOB NOT NULL                            -- arcs whose evidence ended in the change: source, target, kind, the change that began it
) STRICT;
CREATE TABLE adjacency_state (
  id            INTEGER PRIMARY KEY CHECK (id = 1),
  last_evidence INTEGER NOT NULL                     -- id of the last row of edge_evidence that the arcs hold
) STRICT;
CREATE TABLE change_sum (
  change_id  INTEGER NOT NULL REFERENCES change (id),
  table_name TEXT NOT NULL,
  after_id   INTEGER NOT NULL,                       -- the rows begun are those with an id above this one ...
  last_id    INTEGER NOT NULL,                       -- ... up to this one
  begun      INTEGER NOT NULL,                       -- sum over their values, 64 bits
  ended      INTEGER NOT NULL,                       -- sum over the ids of the rows that ended
  PRIMARY KEY (change_id, table_name)
) STRICT, WITHOUT ROWID;
