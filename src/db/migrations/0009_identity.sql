-- One person on every channel. A merge ties two ids of customers; rows of the log and of other tables stay under the id
-- that they came under, so that taking a merge back returns everything. A merge's number is the seq of its event.

CREATE TABLE merges (
  shard        BIGINT NOT NULL,   -- of a
  seq          BIGINT NOT NULL,   -- of the event Customers Merged
  a            BIGINT NOT NULL,   -- whom the evidence names on one side: an id as in the log
  b            BIGINT NOT NULL,   -- and on the other
  into_id      BIGINT NOT NULL,   -- the id that the person has since
  at           BIGINT NOT NULL,
  rule         TEXT NOT NULL,
  evidence     TEXT NOT NULL,     -- JSON: the identifiers that came together
  source       BIGINT NOT NULL,
  cause_seq    BIGINT,            -- the event that brought them
  actor        TEXT,              -- who merged by hand
  run          BIGINT,
  undone_seq   BIGINT,            -- of the event Customers Unmerged
  undone_at    BIGINT,
  undone_by    TEXT,
  undone_why   TEXT,
  kept_apart   BIGINT NOT NULL,   -- 1: no rule may tie the two again
  PRIMARY KEY (shard, seq)
);
CREATE UNIQUE INDEX merges_by_seq ON merges (seq, shard);
CREATE INDEX merges_by_end ON merges (undone_seq) WHERE undone_seq IS NOT NULL;
CREATE INDEX merges_of_a ON merges (a);
CREATE INDEX merges_of_b ON merges (b);
CREATE INDEX merges_of_run ON merges (run) WHERE run IS NOT NULL;

-- An identifier that came with somebody whose it is not: two people in one household, a shared device.
CREATE TABLE identifier_conflicts (
  shard     BIGINT NOT NULL,      -- of customer
  customer  BIGINT NOT NULL,      -- whose event it was
  kind      TEXT NOT NULL,
  value     TEXT NOT NULL,
  owner     BIGINT NOT NULL,      -- whose the identifier is; 0: nobody's
  reason    TEXT NOT NULL,
  first_at  BIGINT NOT NULL,
  source    BIGINT NOT NULL,
  PRIMARY KEY (shard, customer, kind, value)
);
CREATE INDEX identifier_conflicts_of_owner ON identifier_conflicts (owner);

-- The event that brought an identifier.
ALTER TABLE identifiers ADD COLUMN seq BIGINT;
