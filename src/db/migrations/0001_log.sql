-- The log and what it needs to be read: kinds, sources, import runs, settings.

-- One fact a row, append only, in the order we learnt of it. `seq` alone is its key: any other index on SQLite costs
-- ten times the speed of appending (docs/architecture.md, the log row). A customer's rows are found by the timeline.
-- [sqlite]
CREATE TABLE events (
  seq          INTEGER PRIMARY KEY,
  shard        BIGINT NOT NULL,
  customer     BIGINT NOT NULL,
  kind         BIGINT NOT NULL,
  occurred_at  BIGINT NOT NULL,
  known_at     BIGINT NOT NULL,
  source       BIGINT NOT NULL,
  source_key   TEXT,
  identifiers  TEXT,
  cause_seq    BIGINT,
  depth        BIGINT NOT NULL,
  flags        BIGINT NOT NULL,
  properties   TEXT NOT NULL
);
-- [postgres]
CREATE TABLE events (
  seq          BIGINT NOT NULL,
  shard        SMALLINT NOT NULL,
  customer     BIGINT NOT NULL,
  kind         INTEGER NOT NULL,
  occurred_at  BIGINT NOT NULL,
  known_at     BIGINT NOT NULL,
  source       INTEGER NOT NULL,
  source_key   TEXT,
  identifiers  TEXT,
  cause_seq    BIGINT,
  depth        SMALLINT NOT NULL,
  flags        INTEGER NOT NULL,
  properties   TEXT NOT NULL,
  PRIMARY KEY (seq, shard)
) PARTITION BY LIST (shard);
DO $$
BEGIN
  FOR i IN 0..63 LOOP
    EXECUTE format('CREATE TABLE events_%s PARTITION OF events FOR VALUES IN (%s)', lpad(i::text, 2, '0'), i);
  END LOOP;
END $$;
-- [end]

CREATE TABLE event_kinds (
  id        BIGINT PRIMARY KEY,
  name      TEXT NOT NULL UNIQUE,
  declared  BIGINT NOT NULL,
  first_at  BIGINT NOT NULL
);

CREATE TABLE event_sources (
  id          BIGINT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  precedence  BIGINT NOT NULL
);

-- What one `cairn import` did. Its rows are the ranges of seq below; undoing it removes them.
CREATE TABLE import_runs (
  id            BIGINT PRIMARY KEY,
  preset        TEXT NOT NULL,
  files         TEXT NOT NULL,
  fingerprint   TEXT NOT NULL,
  state         TEXT NOT NULL,
  started_at    BIGINT NOT NULL,
  ended_at      BIGINT,
  read_rows     BIGINT NOT NULL,
  kept_rows     BIGINT NOT NULL,
  already_rows  BIGINT NOT NULL,
  rejected_rows BIGINT NOT NULL,
  events        BIGINT NOT NULL
);

CREATE TABLE import_ranges (
  run        BIGINT NOT NULL,
  first_seq  BIGINT NOT NULL,
  last_seq   BIGINT NOT NULL,
  PRIMARY KEY (run, first_seq)
);

CREATE TABLE settings (
  name   TEXT PRIMARY KEY,
  value  TEXT NOT NULL
);

-- Customers and what they are known by. An identifier belongs to one customer: the table keyed by itself is the claim.
CREATE TABLE customers (
  shard       BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  created_seq BIGINT NOT NULL,
  run         BIGINT,
  PRIMARY KEY (shard, id)
);

CREATE TABLE identifiers (
  kind       TEXT NOT NULL,
  value      TEXT NOT NULL,
  shard      BIGINT NOT NULL,
  customer   BIGINT NOT NULL,
  known_at   BIGINT NOT NULL,
  source     BIGINT NOT NULL,
  run        BIGINT,
  PRIMARY KEY (kind, value)
);

CREATE INDEX identifiers_of_customer ON identifiers (shard, customer);
