-- On PostgreSQL the log was partitioned by shard. Readers go by seq, so that the parts only cost: each append opened all
-- of them (docs/architecture.md, the log row). The key still allows parts, on as many machines as one likes.
-- [sqlite]
-- [postgres]
ALTER TABLE events RENAME TO events_by_shard;
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
  CONSTRAINT events_by_seq PRIMARY KEY (seq, shard)
);
INSERT INTO events SELECT * FROM events_by_shard ORDER BY seq;
DROP TABLE events_by_shard;
CREATE INDEX events_set_apart ON events (seq) WHERE (flags & 28) <> 0;
-- [end]
