-- What people ask about their data, how long data is kept, and which copies of the store were made.

-- A request of a person, or of the shop for them. Their data is nowhere in it: ids are random numbers, and once it is done
-- nobody has them any more.
CREATE TABLE rights_requests (
  shard        BIGINT NOT NULL,   -- of customer
  id           BIGINT NOT NULL,
  act          TEXT NOT NULL,
  state        TEXT NOT NULL,
  customer     BIGINT NOT NULL,   -- the person's id when they asked; 0: nobody was found
  ids          TEXT NOT NULL,     -- JSON: all ids that were theirs
  fresh        BIGINT,            -- what their rows have instead, until it is done
  origin       TEXT NOT NULL,     -- api, cli, or the shop that asked
  origin_key   TEXT,              -- its number there, so that each counts once
  actor        TEXT NOT NULL,
  asked_at     BIGINT NOT NULL,
  hidden_at    BIGINT,
  done_at      BIGINT,
  counts       TEXT NOT NULL,     -- JSON: what was done, by kind
  finding      TEXT NOT NULL,     -- why it is not done yet
  PRIMARY KEY (shard, id)
);
CREATE UNIQUE INDEX rights_requests_by_id ON rights_requests (id);
CREATE UNIQUE INDEX rights_requests_by_key ON rights_requests (origin, origin_key) WHERE origin_key IS NOT NULL;
CREATE INDEX rights_requests_by_state ON rights_requests (state, id);

-- What a person is searched by in texts that others wrote, while they are being erased: emptied before that is done.
CREATE TABLE rights_identifiers (
  request  BIGINT NOT NULL,
  kind     TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (request, kind, value)
);

-- How long events of a kind are kept.
CREATE TABLE retention_rules (
  kind        TEXT PRIMARY KEY,
  days        BIGINT NOT NULL,
  changed_at  BIGINT NOT NULL
);

CREATE TABLE retention_runs (
  id        BIGINT PRIMARY KEY,
  kind      TEXT NOT NULL,
  before    BIGINT NOT NULL,      -- what happened earlier goes
  state     TEXT NOT NULL,
  begun_at  BIGINT NOT NULL,
  done_at   BIGINT,
  removed   BIGINT NOT NULL
);

-- With what a shop signs its privacy webhooks. Its own words are needed to check a signature.
CREATE TABLE privacy_webhooks (
  source      TEXT PRIMARY KEY,
  secret      TEXT NOT NULL,
  changed_at  BIGINT NOT NULL
);

-- Copies of the store that `cairn backup` made: where they lie is their keeper's.
CREATE TABLE backups (
  id    BIGINT PRIMARY KEY,
  name  TEXT NOT NULL,
  at    BIGINT NOT NULL
);
