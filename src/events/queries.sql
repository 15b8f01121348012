-- name: setting
SELECT value FROM settings WHERE name = :name

-- name: set_setting
INSERT INTO settings (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: kinds
SELECT id, name FROM event_kinds ORDER BY id

-- name: add_kind
INSERT INTO event_kinds (id, name, declared, first_at) VALUES (:id, :name, :declared, :first_at)

-- name: sources
SELECT id, name, precedence FROM event_sources ORDER BY id

-- name: add_source
INSERT INTO event_sources (id, name, precedence) VALUES (:id, :name, :precedence)

-- name: last_seq
-- The ranges of undone runs count too: a seq is never given twice.
SELECT CASE WHEN a > b THEN a ELSE b END FROM
  (SELECT COALESCE((SELECT MAX(seq) FROM events), 0) AS a,
          COALESCE((SELECT MAX(last_seq) FROM import_ranges), 0) AS b) AS newest

-- name: rows_after
-- Every column, in order of the key: no sort on either store.
SELECT seq, shard, customer, kind, occurred_at, known_at, source, source_key, identifiers, cause_seq, depth, flags,
       properties
FROM events WHERE seq > :after ORDER BY seq LIMIT :limit

-- name: rows_at
-- The list drives, each of it one look-up in the key.
SELECT e.seq, e.shard, e.customer, e.kind, e.occurred_at, e.known_at, e.source, e.source_key, e.identifiers,
       e.cause_seq, e.depth, e.flags, e.properties
FROM json_each(:list) AS l CROSS JOIN events AS e WHERE e.seq = l.value ORDER BY e.seq

-- name: rows_at [postgres]
SELECT seq, shard, customer, kind, occurred_at, known_at, source, source_key, identifiers, cause_seq, depth, flags,
       properties
FROM events WHERE seq = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:list AS jsonb))::bigint)) ORDER BY seq

-- name: keys_between
-- To compare keys behind equal fingerprints: neighbours come in one range.
SELECT seq, source, source_key FROM events WHERE seq BETWEEN :low AND :high ORDER BY seq

-- name: keys_after
SELECT seq, source, source_key FROM events WHERE seq > :after ORDER BY seq LIMIT :limit

-- name: extend_range
UPDATE import_ranges SET last_seq = :last WHERE run = :run AND last_seq = :before

-- name: add_range
INSERT INTO import_ranges (run, first_seq, last_seq) VALUES (:run, :first, :last)

-- name: ranges_of_run
SELECT first_seq, last_seq FROM import_ranges WHERE run = :run ORDER BY first_seq

-- name: mark_run
UPDATE import_runs SET state = :state WHERE id = :run

-- name: remove_between
DELETE FROM events WHERE seq BETWEEN :low AND :high

-- name: undeclared_names
SELECT kind, property FROM undeclared_properties

-- name: undeclared
SELECT kind, property, type, example, source, first_at, run FROM undeclared_properties
ORDER BY first_at DESC, kind, property LIMIT 1000

-- name: add_undeclared
INSERT INTO undeclared_properties (kind, property, type, example, source, first_at, run)
VALUES (:kind, :property, :type, :example, :source, :first_at, :run) ON CONFLICT (kind, property) DO NOTHING

-- Erasing (erasing.h).

-- name: erase_row
UPDATE events SET shard = :shard, customer = :customer, source_key = :key, identifiers = '', flags = :flags,
  properties = :properties WHERE seq = :seq

-- name: rewrite_row
-- Of somebody who stays.
UPDATE events SET identifiers = :identifiers, properties = :properties WHERE seq = :seq

-- name: outside_timelines_of
-- By the partial index: its condition is repeated word by word. CROSS JOIN: the ranges first.
SELECT seq FROM events WHERE (flags & 28) <> 0 AND customer IN (SELECT value FROM json_each(:ids))
UNION
SELECT e.seq FROM import_runs r CROSS JOIN import_ranges g ON g.run = r.id
  CROSS JOIN events e ON e.seq BETWEEN g.first_seq AND g.last_seq
WHERE r.state = 'undoing' AND e.customer IN (SELECT value FROM json_each(:ids)) ORDER BY 1

-- name: outside_timelines_of [postgres]
SELECT seq FROM events WHERE (flags & 28) <> 0
  AND customer = ANY (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS jsonb)))
UNION
SELECT e.seq FROM import_runs r JOIN import_ranges g ON g.run = r.id
  JOIN events e ON e.seq BETWEEN g.first_seq AND g.last_seq
WHERE r.state = 'undoing'
  AND e.customer = ANY (SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(:ids AS jsonb))) ORDER BY 1

-- name: clear_example
UPDATE undeclared_properties SET example = '' WHERE kind = :kind AND property = :property AND example = :example
