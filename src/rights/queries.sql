-- Requests.

-- name: next_id
SELECT COALESCE(MAX(id), 0) + 1 FROM rights_requests

-- name: add
INSERT INTO rights_requests (shard, id, act, state, customer, ids, fresh, origin, origin_key, actor, asked_at, hidden_at,
                             done_at, counts, finding)
VALUES (:shard, :id, :act, :state, :customer, :ids, :fresh, :origin, :key, :actor, :asked_at, :hidden_at, :done_at,
        :counts, '')

-- name: find
SELECT id, act, state, customer, ids, fresh, origin, actor, asked_at, hidden_at, done_at, counts, finding
FROM rights_requests WHERE id = :id

-- name: find_by_key
SELECT id, act, state, customer, ids, fresh, origin, actor, asked_at, hidden_at, done_at, counts, finding
FROM rights_requests WHERE origin = :origin AND origin_key = :key

-- name: before
SELECT id, act, state, customer, ids, fresh, origin, actor, asked_at, hidden_at, done_at, counts, finding
FROM rights_requests WHERE id < :before ORDER BY id DESC LIMIT :limit

-- name: in_state
SELECT id, act, state, customer, ids, fresh, origin, actor, asked_at, hidden_at, done_at, counts, finding
FROM rights_requests WHERE state = :state ORDER BY id

-- name: of_customer
SELECT id, act, state, customer, ids, fresh, origin, actor, asked_at, hidden_at, done_at, counts, finding
FROM rights_requests WHERE shard = :shard AND customer = :customer ORDER BY id

-- name: erasure_of
SELECT id FROM rights_requests r
WHERE act = 'erase' AND EXISTS (SELECT 1 FROM json_each(r.ids) WHERE value = CAST(:customer AS BIGINT)) LIMIT 1

-- name: erasure_of [postgres]
SELECT id FROM rights_requests
WHERE act = 'erase' AND CAST(ids AS jsonb) @> CAST(CAST(:customer AS BIGINT) AS TEXT)::jsonb LIMIT 1

-- name: erased_since
-- Whose stragglers are looked for: rows that were on their way when their person was hidden.
SELECT ids FROM rights_requests WHERE act = 'erase' AND state = 'done' AND done_at >= :since

-- name: change
UPDATE rights_requests SET state = :state, fresh = :fresh, done_at = :done_at, counts = :counts, finding = :finding
WHERE id = :id

-- Whom to search for.

-- name: add_identifier
INSERT INTO rights_identifiers (request, kind, value) VALUES (:request, :kind, :value)
ON CONFLICT (request, kind, value) DO NOTHING

-- name: identifiers
SELECT kind, value FROM rights_identifiers WHERE request = :request ORDER BY kind, value

-- name: add_own_identifier
INSERT INTO rights_identifiers (request, kind, value, is_own) VALUES (:request, :kind, :value, 1)
ON CONFLICT (request, kind, value) DO UPDATE SET is_own = 1

-- name: own_identifiers
SELECT kind, value FROM rights_identifiers WHERE request = :request AND is_own = 1 ORDER BY kind, value

-- name: remove_identifiers
DELETE FROM rights_identifiers WHERE request = :request

-- Others in whose rows they may be.

-- name: mention_in_conflict
INSERT INTO rights_mentions (request, shard, customer, last_seq, is_changed)
SELECT DISTINCT CAST(:request AS BIGINT), shard, customer, CAST(:last AS BIGINT), 0 FROM identifier_conflicts
WHERE owner IN (SELECT value FROM json_each(:ids))
ON CONFLICT (request, shard, customer) DO NOTHING

-- name: mention_in_conflict [postgres]
INSERT INTO rights_mentions (request, shard, customer, last_seq, is_changed)
SELECT DISTINCT CAST(:request AS BIGINT), shard, customer, CAST(:last AS BIGINT), 0 FROM identifier_conflicts
WHERE owner = ANY (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS jsonb)))
ON CONFLICT (request, shard, customer) DO NOTHING

-- name: mention_of_nobody
-- With whom it came before it named this one.
INSERT INTO rights_mentions (request, shard, customer, last_seq, is_changed)
SELECT DISTINCT CAST(:request AS BIGINT), shard, customer, CAST(:last AS BIGINT), 0 FROM identifier_conflicts
WHERE owner = 0 AND kind = :kind AND value = :value
ON CONFLICT (request, shard, customer) DO NOTHING

-- name: mention
INSERT INTO rights_mentions (request, shard, customer, last_seq, is_changed) VALUES (:request, :shard, :customer, :last, 0)
ON CONFLICT (request, shard, customer) DO NOTHING

-- name: no_mention
DELETE FROM rights_mentions WHERE request = :request AND shard = :shard AND customer = :customer

-- name: mention_changed
INSERT INTO rights_mentions (request, shard, customer, last_seq, is_changed) VALUES (:request, :shard, :customer, :last, 1)
ON CONFLICT (request, shard, customer) DO UPDATE SET is_changed = 1

-- name: mentions
SELECT customer, last_seq, is_changed FROM rights_mentions WHERE request = :request ORDER BY customer

-- name: remove_mentions
DELETE FROM rights_mentions WHERE request = :request

-- The person's own rows.

-- name: is_customer
SELECT 1 FROM customers WHERE shard = :shard AND id = :customer

-- name: identifiers_in_conflict
-- Theirs that came with others, and others' that came with them.
SELECT kind, value FROM identifier_conflicts
WHERE customer IN (SELECT value FROM json_each(:ids)) OR owner IN (SELECT value FROM json_each(:ids))

-- name: identifiers_in_conflict [postgres]
SELECT kind, value FROM identifier_conflicts
WHERE customer = ANY (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS jsonb)))
  OR owner = ANY (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS jsonb)))

-- name: remove_conflicts
DELETE FROM identifier_conflicts
WHERE customer IN (SELECT value FROM json_each(:ids)) OR owner IN (SELECT value FROM json_each(:ids))

-- name: remove_conflicts [postgres]
DELETE FROM identifier_conflicts
WHERE customer = ANY (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS jsonb)))
  OR owner = ANY (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS jsonb)))

-- name: remove_conflicts_of_nobody
-- What came with somebody else before it named this one.
DELETE FROM identifier_conflicts WHERE owner = 0 AND kind = :kind AND value = :value

-- name: remove_merges
DELETE FROM merges WHERE a IN (SELECT value FROM json_each(:ids)) OR b IN (SELECT value FROM json_each(:ids))

-- name: remove_merges [postgres]
DELETE FROM merges
WHERE a = ANY (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS jsonb)))
  OR b = ANY (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS jsonb)))

-- name: merges_of
SELECT a, b, into_id, at, rule, evidence, actor, undone_at, undone_by, undone_why FROM merges
WHERE a IN (SELECT value FROM json_each(:ids)) OR b IN (SELECT value FROM json_each(:ids)) ORDER BY seq

-- name: merges_of [postgres]
SELECT a, b, into_id, at, rule, evidence, actor, undone_at, undone_by, undone_why FROM merges
WHERE a = ANY (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS jsonb)))
  OR b = ANY (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS jsonb))) ORDER BY seq

-- How long events are kept.

-- name: rules
SELECT kind, days FROM retention_rules ORDER BY kind

-- name: remove_rules
DELETE FROM retention_rules

-- name: add_rule
INSERT INTO retention_rules (kind, days, changed_at) VALUES (:kind, :days, :at)

-- name: next_run
SELECT COALESCE(MAX(id), 0) + 1 FROM retention_runs

-- name: add_run
INSERT INTO retention_runs (id, kind, before, state, begun_at, done_at, removed)
VALUES (:id, :kind, :before, 'begun', :at, NULL, 0)

-- name: count_removed
UPDATE retention_runs SET removed = removed + :removed WHERE id = :id

-- name: end_run
UPDATE retention_runs SET state = 'done', done_at = :at WHERE id = :id

-- name: unfinished_runs
SELECT id, kind, before, state, begun_at, done_at, removed FROM retention_runs WHERE state <> 'done' ORDER BY id

-- name: runs
SELECT id, kind, before, state, begun_at, done_at, removed FROM retention_runs ORDER BY id DESC LIMIT :limit

-- name: last_run
SELECT MAX(begun_at) FROM retention_runs

-- name: kind_id
SELECT id FROM event_kinds WHERE name = :name

-- name: set_apart_before
SELECT seq FROM events WHERE (flags & 28) <> 0 AND kind = :kind AND occurred_at < :before ORDER BY seq

-- name: remove_row
DELETE FROM events WHERE seq = :seq

-- Settings, shops, copies.

-- name: setting
SELECT value FROM settings WHERE name = :name

-- name: set_setting
INSERT INTO settings (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: secret
SELECT secret FROM privacy_webhooks WHERE source = :source

-- name: webhooks
SELECT source, changed_at FROM privacy_webhooks ORDER BY source

-- name: set_secret
INSERT INTO privacy_webhooks (source, secret, changed_at) VALUES (:source, :secret, :at)
ON CONFLICT (source) DO UPDATE SET secret = excluded.secret, changed_at = excluded.changed_at

-- name: remove_secret
DELETE FROM privacy_webhooks WHERE source = :source

-- name: add_backup
INSERT INTO backups (id, name, at) SELECT COALESCE(MAX(id), 0) + 1, CAST(:name AS TEXT), CAST(:at AS BIGINT) FROM backups

-- name: backups
SELECT name, at FROM backups ORDER BY id

-- name: customer_of
SELECT customer FROM identifiers WHERE kind = :kind AND value = :value
