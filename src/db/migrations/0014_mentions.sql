-- While a person is being erased: the others with whose events their identifiers came, like a family's e-mail. What
-- came behind `last_seq` is the others' own.
CREATE TABLE rights_mentions (
  request     BIGINT NOT NULL,
  shard       BIGINT NOT NULL,    -- of customer
  customer    BIGINT NOT NULL,    -- an id as in the log
  last_seq    BIGINT NOT NULL,
  is_changed  BIGINT NOT NULL,    -- 1: their rows say something else now, and the timelines may not know
  PRIMARY KEY (request, shard, customer)
);

-- 1: it is the person's, and not somebody else's that came with them.
ALTER TABLE rights_identifiers ADD COLUMN is_own BIGINT NOT NULL DEFAULT 0;
