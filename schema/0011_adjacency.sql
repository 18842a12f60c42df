-- Lineage as arcs between numbered nodes, for questions that reach hundreds of thousands of columns. Derived from column_edge and edge_evidence, kept
-- by the transaction that changes those; `verify` compares them. Node 2n is column n; node 2n + 1 is row list n.
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
INSERT INTO adjacency_state VALUES (1, 0);
