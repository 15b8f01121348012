-- name: customer_of
SELECT customer FROM identifiers WHERE kind = :kind AND value = :value

-- name: customers_of
-- Many at once: `list` is [[kind, value], …]. The list drives, each of it one look-up in the key.
SELECT i.kind, i.value, i.customer
FROM json_each(:list) AS l CROSS JOIN identifiers AS i
WHERE i.kind = json_extract(l.value, '$[0]') AND i.value = json_extract(l.value, '$[1]')

-- name: customers_of [postgres]
-- The LIMIT keeps the planner from reading the whole table to hash it.
SELECT i.kind, i.value, i.customer
FROM jsonb_array_elements(CAST(:list AS jsonb)) AS l CROSS JOIN LATERAL
  (SELECT kind, value, customer FROM identifiers WHERE kind = l->>0 AND value = l->>1 LIMIT 1) AS i

-- name: identifiers_of
SELECT kind, value, known_at, source, seq FROM identifiers WHERE shard = :shard AND customer = :customer
ORDER BY kind, value

-- name: count_customers
SELECT COUNT(*) FROM customers

-- name: remove_identifiers_of
DELETE FROM identifiers WHERE shard = :shard AND customer = :customer

-- name: remove_customer
DELETE FROM customers WHERE shard = :shard AND id = :customer

-- name: setting
SELECT value FROM settings WHERE name = :name

-- name: set_setting
INSERT INTO settings (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: held_by
SELECT kind, known_at FROM identifiers WHERE shard = :shard AND customer = :customer

-- name: customer_is_there
SELECT 1 FROM customers WHERE shard = :shard AND id = :customer

-- Merges.

-- name: ties
-- All of them: who is one person is in memory. Those taken back say who is kept apart.
SELECT seq, a, b, into_id, undone_seq, kept_apart FROM merges ORDER BY seq

-- name: add_merge
INSERT INTO merges (shard, seq, a, b, into_id, at, rule, evidence, source, cause_seq, actor, run, kept_apart)
VALUES (:shard, :seq, :a, :b, :into, :at, :rule, :evidence, :source, :cause, :actor, :run, 0)

-- name: merge
SELECT seq, a, b, into_id, at, rule, evidence, source, cause_seq, actor, run, undone_at, undone_by, undone_why
FROM merges WHERE seq = :seq

-- name: merges_of
SELECT seq, a, b, into_id, at, rule, evidence, source, cause_seq, actor, run, undone_at, undone_by, undone_why
FROM merges WHERE a IN (SELECT value FROM json_each(:ids)) OR b IN (SELECT value FROM json_each(:ids)) ORDER BY seq

-- name: merges_of [postgres]
SELECT seq, a, b, into_id, at, rule, evidence, source, cause_seq, actor, run, undone_at, undone_by, undone_why
FROM merges WHERE a = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:ids AS jsonb))::bigint))
  OR b = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:ids AS jsonb))::bigint)) ORDER BY seq

-- name: end_merge
UPDATE merges SET undone_seq = :seq, undone_at = :at, undone_by = :by, undone_why = :why, kept_apart = 1
WHERE seq = :merge

-- name: allow
UPDATE merges SET kept_apart = 0 WHERE (a = :a AND b = :b) OR (a = :b AND b = :a)

-- name: remove_merges_of
DELETE FROM merges WHERE a = :customer OR b = :customer

-- name: remove_merges_of_run
DELETE FROM merges WHERE run = :run

-- Identifiers that came with somebody whose they are not.

-- name: add_conflict
INSERT INTO identifier_conflicts (shard, customer, kind, value, owner, reason, first_at, source)
VALUES (:shard, :customer, :kind, :value, :owner, :reason, :first_at, :source)
ON CONFLICT (shard, customer, kind, value) DO NOTHING

-- name: remove_conflicts_of
DELETE FROM identifier_conflicts WHERE customer = :customer OR owner = :customer

-- name: conflicts_of
SELECT customer, kind, value, owner, reason, first_at FROM identifier_conflicts
WHERE customer IN (SELECT value FROM json_each(:ids)) OR owner IN (SELECT value FROM json_each(:ids))
ORDER BY first_at, customer, kind, value

-- name: conflicts_of [postgres]
SELECT customer, kind, value, owner, reason, first_at FROM identifier_conflicts
WHERE customer = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:ids AS jsonb))::bigint))
  OR owner = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:ids AS jsonb))::bigint))
ORDER BY first_at, customer, kind, value

-- What other rules would have made of it.

-- name: merges_by_hand
SELECT seq, a, b FROM merges WHERE rule = 'by_hand'

-- name: merges_taken_back
SELECT undone_seq, seq, a, b FROM merges WHERE undone_seq IS NOT NULL

-- name: trusted_sources
-- Sources that are not listed (files, Cairn itself) are trusted.
SELECT source, trusted FROM ingest_sources

-- name: all_identifiers
SELECT kind, value, customer FROM identifiers
