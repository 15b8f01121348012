-- Sources and their keys.

-- name: sources
SELECT i.source, s.name, i.form, i.trusted, s.precedence, i.created_at, i.closed_at
FROM ingest_sources i JOIN event_sources s ON s.id = i.source ORDER BY i.source

-- name: add_source
INSERT INTO ingest_sources (source, form, trusted, created_at, closed_at)
VALUES (:source, :form, :trusted, :created_at, NULL) ON CONFLICT (source) DO NOTHING

-- name: change_source
UPDATE ingest_sources SET trusted = :trusted, closed_at = :closed_at WHERE source = :source

-- name: keys
-- Only those that live: a revoked one is kept for the audit.
SELECT id, hash, text, source, created_at, expires_at FROM write_keys WHERE revoked_at IS NULL ORDER BY created_at, id

-- name: add_key
INSERT INTO write_keys (id, hash, text, source, created_at, expires_at, revoked_at)
VALUES (:id, :hash, :text, :source, :created_at, NULL, NULL)

-- name: expire_keys
-- Never later than a rotation before has said.
UPDATE write_keys SET expires_at = :expires_at
WHERE source = :source AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :expires_at)

-- name: revoke_key
UPDATE write_keys SET revoked_at = :revoked_at WHERE id = :id AND source = :source

-- Calls that were refused.

-- name: add_refused
-- Zero rows: it is there already, waiting or settled.
INSERT INTO refused_events (source, print, at, kind, field, reason, body, state, settled_at, seq)
VALUES (:source, :print, :at, :kind, :field, :reason, :body, 'waiting', NULL, NULL) ON CONFLICT (print) DO NOTHING

-- name: refused_size
SELECT COUNT(*), COALESCE(SUM(LENGTH(CAST(body AS BLOB))), 0) FROM refused_events WHERE state = 'waiting'

-- name: refused_size [postgres]
SELECT COUNT(*), COALESCE(SUM(OCTET_LENGTH(body)), 0)::BIGINT FROM refused_events WHERE state = 'waiting'

-- name: refused_counts
-- From the index alone.
SELECT state, COUNT(*) FROM refused_events GROUP BY state

-- name: refused_groups
-- From the index alone; newest_at by the newest row of each.
SELECT g.source, g.field, g.reason, g.n, g.newest, r.at
FROM (SELECT source, field, reason, COUNT(*) AS n, MAX(id) AS newest FROM refused_events WHERE state = 'waiting'
      GROUP BY source, field, reason) g
JOIN refused_events r ON r.id = g.newest ORDER BY g.n DESC, g.newest DESC LIMIT 200

-- name: refused_before
SELECT id, source, at, kind, field, reason, body, state, settled_at, seq FROM refused_events
WHERE id < :before AND (CAST(:state AS TEXT) = '' OR state = CAST(:state AS TEXT)) AND (CAST(:source AS BIGINT) = 0 OR source = CAST(:source AS BIGINT))
  AND (CAST(:any_field AS BIGINT) = 1 OR field = :field) AND (CAST(:any_reason AS BIGINT) = 1 OR reason = :reason)
ORDER BY id DESC LIMIT :limit

-- name: refused_ids_after
-- Ids alone, from the index: an order by id over whole rows would sort their bodies.
SELECT id FROM refused_events
WHERE state = 'waiting' AND id > :after AND (CAST(:source AS BIGINT) = 0 OR source = CAST(:source AS BIGINT))
  AND (CAST(:any_field AS BIGINT) = 1 OR field = :field) AND (CAST(:any_reason AS BIGINT) = 1 OR reason = :reason)
ORDER BY id LIMIT :limit

-- name: find_refused
SELECT id, source, at, kind, field, reason, body, state, settled_at, seq FROM refused_events WHERE id = :id

-- name: settle_refused
-- Only what waits, and without its body: what is personal does not outlive the row's use.
UPDATE refused_events SET state = :state, settled_at = :at, seq = :seq, body = ''
WHERE id = :id AND state = 'waiting'

-- name: rename_refused
UPDATE refused_events SET field = :field, reason = :reason WHERE id = :id AND state = 'waiting'

-- name: oldest_refused
-- Ids and bytes, for settling what nobody reads again; ids by the index alone, as above.
SELECT r.id, LENGTH(CAST(r.body AS BLOB)) FROM (
  SELECT id FROM refused_events
  WHERE state = 'waiting' AND (CAST(:source AS BIGINT) = 0 OR source = CAST(:source AS BIGINT))
    AND (CAST(:any_field AS BIGINT) = 1 OR field = :field) AND (CAST(:any_reason AS BIGINT) = 1 OR reason = :reason)
  ORDER BY id LIMIT 1000) w JOIN refused_events r ON r.id = w.id ORDER BY r.id

-- name: oldest_refused [postgres]
SELECT r.id, OCTET_LENGTH(r.body)::BIGINT FROM (
  SELECT id FROM refused_events
  WHERE state = 'waiting' AND (CAST(:source AS BIGINT) = 0 OR source = CAST(:source AS BIGINT))
    AND (CAST(:any_field AS BIGINT) = 1 OR field = :field) AND (CAST(:any_reason AS BIGINT) = 1 OR reason = :reason)
  ORDER BY id LIMIT 1000) w JOIN refused_events r ON r.id = w.id ORDER BY r.id

-- name: forget_refused
-- Of the settled, all but the newest. `IN`, so that the index is used: a look into each row would read every body.
DELETE FROM refused_events WHERE state IN ('replayed', 'already_there', 'dropped', 'crowded_out') AND id <= (
  SELECT id FROM refused_events WHERE state IN ('replayed', 'already_there', 'dropped', 'crowded_out')
  ORDER BY id DESC LIMIT 1 OFFSET :kept)

-- name: refused_after
SELECT id, source, at, kind, field, reason, body, state, settled_at, seq FROM refused_events
WHERE id > :after ORDER BY id LIMIT :limit

-- name: blank_refused
UPDATE refused_events SET kind = '', reason = '' WHERE id = :id
