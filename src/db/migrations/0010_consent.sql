-- What customers allow and what they say of themselves. Rows are written once. `customer` is whom it was said of, before
-- any merge, as in the log; `seq` is the event that tells of it.

CREATE TABLE consent_statements (
  shard         BIGINT NOT NULL,
  customer      BIGINT NOT NULL,
  seq           BIGINT NOT NULL,
  purpose       TEXT NOT NULL,
  state         TEXT NOT NULL,
  occurred_at   BIGINT NOT NULL,
  known_at      BIGINT NOT NULL,
  source        TEXT NOT NULL,
  how           TEXT NOT NULL,
  text_version  BIGINT,
  language      TEXT NOT NULL,
  note          TEXT NOT NULL,
  PRIMARY KEY (shard, customer, seq, purpose)
);

-- Versions of what people agree to. Never changed.
CREATE TABLE consent_texts (
  purpose     TEXT NOT NULL,
  version     BIGINT NOT NULL,
  language    TEXT NOT NULL,
  text        TEXT NOT NULL,
  valid_from  BIGINT NOT NULL,
  PRIMARY KEY (purpose, version, language)
);

-- `choices` is a JSON list of text.
CREATE TABLE consent_declared (
  shard        BIGINT NOT NULL,
  customer     BIGINT NOT NULL,
  seq          BIGINT NOT NULL,
  attribute    TEXT NOT NULL,
  choices      TEXT NOT NULL,
  occurred_at  BIGINT NOT NULL,
  known_at     BIGINT NOT NULL,
  source       TEXT NOT NULL,
  how          TEXT NOT NULL,
  PRIMARY KEY (shard, customer, seq, attribute)
);

-- What the law keeps of an erased person: that somebody said yes or no, when, to which text. `proof` is a keyed hash
-- that only who holds the certificate of the erasure can name. `last_known_at` is of all that the person said: from there
-- retention counts.
CREATE TABLE consent_proofs (
  proof         TEXT NOT NULL,
  number        BIGINT NOT NULL,
  purpose       TEXT NOT NULL,
  state         TEXT NOT NULL,
  occurred_at   BIGINT NOT NULL,
  known_at      BIGINT NOT NULL,
  how           TEXT NOT NULL,
  text_version  BIGINT,
  language      TEXT NOT NULL,
  last_known_at BIGINT NOT NULL,
  PRIMARY KEY (proof, number)
);
CREATE INDEX consent_proofs_by_age ON consent_proofs (last_known_at);
