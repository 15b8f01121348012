-- What people write about a customer, and what a customer is found by. All of it is bound to the id that a customer had
-- when it was written, and read for all ids of a person.

CREATE TABLE customer_notes (
  shard     BIGINT NOT NULL,
  customer  BIGINT NOT NULL,
  id        BIGINT NOT NULL,
  text      TEXT NOT NULL,
  author    TEXT NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (shard, customer, id)
);

CREATE TABLE customer_tags (
  shard     BIGINT NOT NULL,
  customer  BIGINT NOT NULL,
  tag       TEXT NOT NULL,
  author    TEXT NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (shard, customer, tag)
);
CREATE INDEX customer_tags_by_tag ON customer_tags (tag);

-- Derived from the timelines, and made anew when they are lost. `kind` is n (a name, from each of its words on), e (an
-- e-mail) or p (a telephone, E.164). Plain tables: what is deleted here is gone.
-- [sqlite]
CREATE TABLE customer_names (
  kind      TEXT NOT NULL,
  text      TEXT NOT NULL,
  shard     BIGINT NOT NULL,
  customer  BIGINT NOT NULL,
  PRIMARY KEY (kind, text, shard, customer)
) WITHOUT ROWID;
CREATE TABLE customer_orders (
  hash      BIGINT NOT NULL,
  shard     BIGINT NOT NULL,
  customer  BIGINT NOT NULL,
  PRIMARY KEY (hash, shard, customer)
) WITHOUT ROWID;
-- [postgres]
CREATE TABLE customer_names (
  kind      TEXT NOT NULL,
  text      TEXT COLLATE "C" NOT NULL,
  shard     BIGINT NOT NULL,
  customer  BIGINT NOT NULL,
  PRIMARY KEY (kind, text, shard, customer)
);
CREATE TABLE customer_orders (
  hash      BIGINT NOT NULL,
  shard     BIGINT NOT NULL,
  customer  BIGINT NOT NULL,
  PRIMARY KEY (hash, shard, customer)
);
-- [end]
CREATE INDEX customer_names_of ON customer_names (shard, customer);
CREATE INDEX customer_orders_of ON customer_orders (shard, customer);

-- One row: the names and orders of rows of the log up to `seq` are in the tables above, of the shards below `shards`.
CREATE TABLE customer_index (
  id      BIGINT PRIMARY KEY,
  seq     BIGINT NOT NULL,
  shards  BIGINT NOT NULL
);

-- One row: the fifths of all buyers, as JSON, and of when they are.
CREATE TABLE buyer_fifths (
  id      BIGINT PRIMARY KEY,
  at      BIGINT NOT NULL,
  fifths  TEXT NOT NULL
);
