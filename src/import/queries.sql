-- name: runs
SELECT id, preset, files, fingerprint, state, started_at, ended_at, read_rows, kept_rows, already_rows, rejected_rows,
       events
FROM import_runs ORDER BY id DESC

-- name: add_run
INSERT INTO import_runs (id, preset, files, fingerprint, state, started_at, ended_at, read_rows, kept_rows, already_rows,
                         rejected_rows, events)
VALUES (:id, :preset, :files, :fingerprint, :state, :started_at, NULL, 0, 0, 0, 0, 0)

-- name: set_state
UPDATE import_runs SET state = :state WHERE id = :id

-- name: end_run
UPDATE import_runs
SET state = :state, ended_at = :ended_at, read_rows = :read, kept_rows = :kept, already_rows = :already,
    rejected_rows = :rejected, events = :events
WHERE id = :id

-- name: ranges
SELECT first_seq, last_seq FROM import_ranges WHERE run = :run ORDER BY first_seq

-- name: identifiers_of_run
-- With what an earlier undo left because events of this run named it.
SELECT kind, value FROM identifiers
WHERE run = :run OR run IN (SELECT id FROM import_runs WHERE state = 'undone')

-- name: customers_of_run
-- Likewise. Of whom somebody has written something stays: else it would be about nobody, and nobody could erase it.
SELECT id FROM customers
WHERE (run = :run OR run IN (SELECT id FROM import_runs WHERE state = 'undone'))
  AND NOT EXISTS (SELECT 1 FROM customer_notes n WHERE n.shard = customers.shard AND n.customer = customers.id)
  AND NOT EXISTS (SELECT 1 FROM customer_tags t WHERE t.shard = customers.shard AND t.customer = customers.id)

-- name: restart_customer_index
-- A place that no log reaches: whoever keeps the index makes it anew.
UPDATE customer_index SET seq = 9223372036854775807

-- name: remove_identifier
DELETE FROM identifiers
WHERE kind = :kind AND value = :value
  AND (run = :run OR run IN (SELECT id FROM import_runs WHERE state = 'undone'))

-- name: named_after
-- Whom the newest events name: for an undo beside a running server.
SELECT e.seq, e.customer, e.identifiers, k.name, e.properties
FROM events e JOIN event_kinds k ON k.id = e.kind WHERE e.seq > :after ORDER BY e.seq

-- name: undeclared_of_run
-- Likewise.
SELECT kind, property FROM undeclared_properties
WHERE run = :run OR run IN (SELECT id FROM import_runs WHERE state = 'undone')

-- name: remove_undeclared
DELETE FROM undeclared_properties WHERE kind = :kind AND property = :property

-- name: clear_example
-- The name stays, as others use it; its example came with what is gone.
UPDATE undeclared_properties SET example = ''
WHERE run = :run OR run IN (SELECT id FROM import_runs WHERE state = 'undone')
