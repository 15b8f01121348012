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
