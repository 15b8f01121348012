-- What the banner of a device said last, so that saying it again with each event is no statement. `device` is a keyed hash
-- of the source and the anonymous id; `said` is `analytics=1 marketing=0`; `seq` is the event that said so.
CREATE TABLE consent_devices (
  shard     BIGINT NOT NULL,
  customer  BIGINT NOT NULL,
  device    BIGINT NOT NULL,
  said      TEXT NOT NULL,
  seq       BIGINT NOT NULL,
  PRIMARY KEY (shard, customer, device)
);

-- Links to the preference page that were made up to then work no more.
CREATE TABLE consent_links (
  shard       BIGINT NOT NULL,
  customer    BIGINT NOT NULL,
  valid_from  BIGINT NOT NULL,
  PRIMARY KEY (shard, customer)
);
