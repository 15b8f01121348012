-- Who may come in: users of the back office, their sessions, one-time links, API keys; and what they did.
-- Secrets are kept as SHA-256 in hex, never themselves.

CREATE TABLE users (
  id           BIGINT PRIMARY KEY,
  name         TEXT NOT NULL,
  email        TEXT UNIQUE,
  role         TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  disabled_at  BIGINT
);

CREATE TABLE sessions (
  hash        TEXT PRIMARY KEY,
  user_id     BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  seen_at     BIGINT NOT NULL
);

CREATE TABLE sign_in_links (
  hash        TEXT PRIMARY KEY,
  user_id     BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL
);

-- A revoked key stays, so that the audit's names keep their meaning.
CREATE TABLE api_keys (
  id          TEXT PRIMARY KEY,
  hash        TEXT NOT NULL,
  name        TEXT NOT NULL,
  scopes      TEXT NOT NULL,
  created_by  BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  used_at     BIGINT,
  revoked_at  BIGINT
);

-- [sqlite]
CREATE TABLE audit (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  at       BIGINT NOT NULL,
  actor    TEXT NOT NULL,
  user_id  BIGINT,
  act      TEXT NOT NULL,
  subject  TEXT NOT NULL,
  detail   TEXT NOT NULL
);
-- [postgres]
CREATE TABLE audit (
  id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at       BIGINT NOT NULL,
  actor    TEXT NOT NULL,
  user_id  BIGINT,
  act      TEXT NOT NULL,
  subject  TEXT NOT NULL,
  detail   TEXT NOT NULL
);
-- [end]
