-- The documented read-only views: a public contract for every other SQLite client. All show what holds now.
CREATE VIEW v_asset AS
  SELECT a.id AS asset_id, n.name AS namespace, v.name AS asset, v.kind, v.layer, v.status, v.owner, v.steward, v.client, v.description, v.tags, v.dialect,
         v.file, v.line, c.at AS changed_at, c.actor AS changed_by
    FROM asset a JOIN namespace n ON n.id = a.namespace_id JOIN asset_version v ON v.asset_id = a.id JOIN change c ON c.id = v.began_change_id
   WHERE v.ended_change_id IS NULL AND v.known = 1;

CREATE VIEW v_column AS
  SELECT k.id AS column_id, n.name AS namespace, v.name AS asset, w.name AS "column", w.ordinal, w.native_type, w.logical_type, w.nullable, w.default_value,
         w.computed, w.identity, w.description, w.classification
    FROM asset_column k JOIN asset a ON a.id = k.asset_id JOIN namespace n ON n.id = a.namespace_id
    JOIN asset_version v ON v.asset_id = a.id JOIN asset_column_version w ON w.column_id = k.id
   WHERE v.ended_change_id IS NULL AND w.ended_change_id IS NULL AND v.known = 1;

CREATE VIEW v_constraint AS
  SELECT n.name AS namespace, v.name AS asset, p.kind, p.position, p.name, p.definition
    FROM asset_part p JOIN asset a ON a.id = p.asset_id JOIN namespace n ON n.id = a.namespace_id JOIN asset_version v ON v.asset_id = a.id
   WHERE p.ended_change_id IS NULL AND v.ended_change_id IS NULL;

CREATE VIEW v_routine AS
  SELECT r.id AS routine_id, n.name AS namespace, v.name AS routine, v.kind, v.version, v.hash, x.file, x.line, x.coverage, x.statements, x.unparsed, x.reads, x.writes, x.calls
    FROM routine r JOIN namespace n ON n.id = r.namespace_id JOIN routine_version v ON v.routine_id = r.id
    LEFT JOIN routine_analysis x ON x.routine_id = r.id AND x.ended_change_id IS NULL
   WHERE v.ended_change_id IS NULL;

CREATE VIEW v_routine_version AS
  SELECT n.name AS namespace, v.name AS routine, v.version, v.hash, b.at AS began_at, e.at AS ended_at, t.text
    FROM routine_version v JOIN routine r ON r.id = v.routine_id JOIN namespace n ON n.id = r.namespace_id JOIN routine_text t ON t.hash = v.hash
    JOIN change b ON b.id = v.began_change_id LEFT JOIN change e ON e.id = v.ended_change_id;

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
   WHERE x.ended_change_id IS NULL;

CREATE VIEW v_unresolved AS
  SELECT n.name AS namespace, rv.name AS routine, u.file, u.line, u.reason, u.text, u.hint
    FROM unresolved u JOIN namespace n ON n.id = u.namespace_id LEFT JOIN routine_version rv ON rv.routine_id = u.routine_id AND rv.ended_change_id IS NULL
   WHERE u.ended_change_id IS NULL;

CREATE VIEW v_feed AS
  SELECT f.id AS feed_id, n.name AS namespace, f.name AS feed, v.client, v.source, v.target, v.format, v.load_pattern, v.definition
    FROM feed f JOIN namespace n ON n.id = f.namespace_id JOIN feed_version v ON v.feed_id = f.id
   WHERE v.ended_change_id IS NULL;

CREATE VIEW v_feed_run AS
  SELECT n.name AS namespace, f.name AS feed, r.file, r.checksum, r.started_at, r.ended_at, r.rows_read, r.rows_loaded, r.rows_rejected, r.status
    FROM feed_run r JOIN feed f ON f.id = r.feed_id JOIN namespace n ON n.id = f.namespace_id;

CREATE VIEW v_checklist AS
  SELECT c.id AS checklist_id, n.name AS namespace, c.template, c.template_version, c.subject,
         sum(i.state = 'pass') AS passed, sum(i.state = 'fail') AS failed, count(*) AS items
    FROM checklist c JOIN namespace n ON n.id = c.namespace_id JOIN checklist_item i ON i.checklist_id = c.id
   WHERE i.ended_change_id IS NULL GROUP BY c.id;

CREATE VIEW v_checklist_item AS
  SELECT n.name AS namespace, c.template, c.subject, i.position, i.code, i.title, i.kind, i.severity, i.state, i.detail, i.fix
    FROM checklist_item i JOIN checklist c ON c.id = i.checklist_id JOIN namespace n ON n.id = c.namespace_id
   WHERE i.ended_change_id IS NULL;

CREATE VIEW v_change AS
  SELECT id AS change_id, at, actor, command, reason, tool_version, hash FROM change;
