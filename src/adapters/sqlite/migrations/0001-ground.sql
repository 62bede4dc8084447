-- Instants are milliseconds since 1970 in UTC, unless a column says otherwise.
PRAGMA application_id = 0x6f707331; -- "ops1"

CREATE TABLE database (
  id   INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO database (name) VALUES ('default');

-- Ids are never used twice: they are folder names of extents.
CREATE TABLE stored_table (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  database_id      INTEGER NOT NULL REFERENCES database (id),
  name             TEXT NOT NULL,
  schema_version   INTEGER NOT NULL,
  time_column      TEXT,
  retention_days   INTEGER,
  current_snapshot TEXT,
  created_at       INTEGER NOT NULL,
  UNIQUE (database_id, name),
  FOREIGN KEY (id, schema_version) REFERENCES schema_version (table_id, version) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (current_snapshot) REFERENCES snapshot (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- Sets of columns that the table or one of its extents has: JSON [{name, type, declared}].
CREATE TABLE schema_version (
  table_id INTEGER NOT NULL REFERENCES stored_table (id),
  version  INTEGER NOT NULL,
  columns  TEXT NOT NULL,
  PRIMARY KEY (table_id, version)
) STRICT, WITHOUT ROWID;

-- `sequence` is the order of the commits, whatever the clock said.
CREATE TABLE snapshot (
  sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
  id            TEXT NOT NULL UNIQUE,
  table_id      INTEGER NOT NULL REFERENCES stored_table (id),
  parent        TEXT REFERENCES snapshot (id),
  operation     TEXT NOT NULL,
  rows_added    INTEGER NOT NULL,
  rows_removed  INTEGER NOT NULL,
  bytes_added   INTEGER NOT NULL,
  bytes_removed INTEGER NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX snapshot_of_table ON snapshot (table_id, sequence);

-- The path of an extent follows from its ids: extents/<database>/<table>/<id>.parquet.
-- `position` is the place of its rows in the table: an ingested extent comes last, a merged one takes the place of the
-- first that it replaces. `deleted_at` is the soft delete; `removing_at` says that its file may be gone already.
CREATE TABLE extent (
  ordinal        INTEGER PRIMARY KEY AUTOINCREMENT,
  position       INTEGER NOT NULL,
  id             TEXT NOT NULL UNIQUE,
  table_id       INTEGER NOT NULL REFERENCES stored_table (id),
  schema_version INTEGER NOT NULL,
  byte_size      INTEGER NOT NULL,
  row_count      INTEGER NOT NULL,
  min_timestamp  TEXT,
  max_timestamp  TEXT,
  column_stats   TEXT NOT NULL,
  present_paths  TEXT NOT NULL,
  compaction_gen INTEGER NOT NULL,
  added_by       INTEGER NOT NULL REFERENCES snapshot (sequence),
  created_at     INTEGER NOT NULL,
  deleted_at     INTEGER,
  removing_at    INTEGER,
  FOREIGN KEY (table_id, schema_version) REFERENCES schema_version (table_id, version)
) STRICT;

CREATE INDEX live_extent ON extent (table_id, position, ordinal) WHERE deleted_at IS NULL;
CREATE INDEX deleted_extent ON extent (table_id, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX extent_of_snapshot ON extent (table_id, added_by);

-- Acknowledgements by idempotency key, as they are replayed.
CREATE TABLE ack (
  table_id      INTEGER NOT NULL REFERENCES stored_table (id),
  key           TEXT NOT NULL,
  snapshot_id   TEXT NOT NULL,
  extent_count  INTEGER NOT NULL,
  rows_ingested INTEGER NOT NULL,
  bytes_written INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  PRIMARY KEY (table_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX ack_age ON ack (created_at);

-- Files that somebody is about to rename into place.
CREATE TABLE intent (
  id         TEXT NOT NULL,
  extent_id  TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (id, extent_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX intent_of_extent ON intent (extent_id);

-- The outbox.
CREATE TABLE event (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  type     TEXT NOT NULL,
  subject  TEXT NOT NULL,
  key      TEXT UNIQUE,
  at       INTEGER NOT NULL,
  payload  TEXT NOT NULL
) STRICT;

CREATE TABLE event_cursor (
  consumer TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A released lease keeps its row without a holder: its fence must go on growing.
CREATE TABLE lease (
  name       TEXT PRIMARY KEY,
  holder     TEXT,
  fence      INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE loop_run (
  loop       TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  ok         INTEGER NOT NULL,
  detail     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
