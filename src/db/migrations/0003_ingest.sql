-- Live ingestion: where events come from, with which keys; what was refused; what nobody declared.

-- What is known of a source besides its name and precedence (event_sources). Sources of imports have no row here.
CREATE TABLE ingest_sources (
  source      BIGINT PRIMARY KEY,
  form        TEXT NOT NULL,
  trusted     BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  closed_at   BIGINT
);

-- A revoked key stays, so that a client that still uses it can be named. `text` is kept for browser sources alone: their
-- keys stand in public pages.
CREATE TABLE write_keys (
  id          TEXT PRIMARY KEY,
  hash        TEXT NOT NULL UNIQUE,
  text        TEXT,
  source      BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT,
  revoked_at  BIGINT
);

-- Calls that could not become events. `print` is of source and body, so that a retry is one row.
-- [sqlite]
CREATE TABLE refused_events (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  source      BIGINT NOT NULL,
  print       TEXT NOT NULL UNIQUE,
  at          BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  field       TEXT NOT NULL,
  reason      TEXT NOT NULL,
  body        TEXT NOT NULL,
  state       TEXT NOT NULL,
  settled_at  BIGINT,
  seq         BIGINT
);
-- [postgres]
CREATE TABLE refused_events (
  id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source      BIGINT NOT NULL,
  print       TEXT NOT NULL UNIQUE,
  at          BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  field       TEXT NOT NULL,
  reason      TEXT NOT NULL,
  body        TEXT NOT NULL,
  state       TEXT NOT NULL,
  settled_at  BIGINT,
  seq         BIGINT
);
-- [end]

-- Properties that no kind declares, as they were first seen.
CREATE TABLE undeclared_properties (
  kind      TEXT NOT NULL,
  property  TEXT NOT NULL,
  type      TEXT NOT NULL,
  example   TEXT NOT NULL,
  source    BIGINT NOT NULL,
  first_at  BIGINT NOT NULL,
  PRIMARY KEY (kind, property)
);
