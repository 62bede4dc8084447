-- People with a role per area, programs with a token, and who is logged in.
-- `grants` is JSON {area: role}; `secret_hash` is SHA-256 in hexadecimal digits.

CREATE TABLE account (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  username      TEXT NOT NULL COLLATE NOCASE UNIQUE,
  email         TEXT COLLATE NOCASE UNIQUE,
  password_hash TEXT NOT NULL,
  grants        TEXT NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE ops_token (
  sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  name         TEXT NOT NULL,
  secret_hash  TEXT NOT NULL,
  grants       TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  last_used_at INTEGER,
  revoked_at   INTEGER
) STRICT;

-- The name of a revoked token may be used again.
CREATE UNIQUE INDEX token_in_force ON ops_token (name) WHERE revoked_at IS NULL;

CREATE TABLE session (
  id          TEXT PRIMARY KEY,
  account_id  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  secret_hash TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_of_account ON session (account_id);
CREATE INDEX session_age ON session (expires_at);
