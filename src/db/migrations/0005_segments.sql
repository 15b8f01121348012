-- Living segments: what they are, who was in them at some seq of the log, and how far they were recorded.

CREATE TABLE segments (
  id           BIGINT PRIMARY KEY,
  name         TEXT NOT NULL UNIQUE,
  query        TEXT NOT NULL,
  description  TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  changed_at   BIGINT NOT NULL,
  archived_at  BIGINT
);

-- The members of a shard when rows of the log up to `seq` had been recorded: their ids, ascending, as differences in
-- LEB128. Membership is this and the events Segment Entered and Segment Left behind it.
-- [sqlite]
CREATE TABLE segment_baselines (
  segment  BIGINT NOT NULL,
  shard    BIGINT NOT NULL,
  seq      BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  members  BLOB NOT NULL,
  PRIMARY KEY (segment, shard)
);
-- [postgres]
CREATE TABLE segment_baselines (
  segment  BIGINT NOT NULL,
  shard    BIGINT NOT NULL,
  seq      BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  members  BYTEA NOT NULL,
  PRIMARY KEY (segment, shard)
);
-- [end]

-- What changed on a calendar day of the brand. `silent` is the difference that no event tells of.
CREATE TABLE segment_days (
  segment  BIGINT NOT NULL,
  day      BIGINT NOT NULL,
  entered  BIGINT NOT NULL,
  lost     BIGINT NOT NULL,
  silent   BIGINT NOT NULL,
  PRIMARY KEY (segment, day)
);

-- One row: every change up to this seq and moment is recorded.
CREATE TABLE segment_cursor (
  id   BIGINT PRIMARY KEY,
  seq  BIGINT NOT NULL,
  at   BIGINT NOT NULL
);
