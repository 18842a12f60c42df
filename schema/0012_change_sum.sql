-- What `verify` compares the rows with. Rows are never changed but for their end: a change that began rows of a table, or ended some, leaves a sum over
-- them, and the sums are part of what the change's digest covers.
CREATE TABLE change_sum (
  change_id  INTEGER NOT NULL REFERENCES change (id),
  table_name TEXT NOT NULL,
  after_id   INTEGER NOT NULL,                       -- the rows begun are those with an id above this one ...
  last_id    INTEGER NOT NULL,                       -- ... up to this one
  begun      INTEGER NOT NULL,                       -- sum over their values, 64 bits
  ended      INTEGER NOT NULL,                       -- sum over the ids of the rows that ended
  PRIMARY KEY (change_id, table_name)
) STRICT, WITHOUT ROWID;
