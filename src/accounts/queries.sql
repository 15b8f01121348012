-- name: find_user
SELECT id, name, email, role, created_at, disabled_at FROM users WHERE id = :id

-- name: first_owner
-- The owner is whoever was so first; others may have the role too.
SELECT id, name, email, role, created_at, disabled_at FROM users WHERE role = 'owner' AND disabled_at IS NULL
ORDER BY created_at, id LIMIT 1

-- name: add_user
INSERT INTO users (id, name, email, role, created_at, disabled_at) VALUES (:id, :name, :email, :role, :created_at, NULL)

-- name: disable_user
UPDATE users SET disabled_at = :at WHERE id = :id

-- name: add_link
INSERT INTO sign_in_links (hash, user_id, created_at, expires_at) VALUES (:hash, :user_id, :created_at, :expires_at)

-- name: remove_links_of
DELETE FROM sign_in_links WHERE user_id = :user_id

-- name: take_link
-- Reading and voiding are one statement, so that of two who come with one link only one gets in.
DELETE FROM sign_in_links WHERE hash = :hash AND expires_at > :now RETURNING user_id

-- name: remove_links_before
DELETE FROM sign_in_links WHERE expires_at <= :now

-- name: add_session
INSERT INTO sessions (hash, user_id, created_at, seen_at) VALUES (:hash, :user_id, :at, :at)

-- name: find_session
SELECT u.id, u.name, u.email, u.role, u.created_at, u.disabled_at, s.seen_at
FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.hash = :hash AND s.seen_at > :idle_since

-- name: touch_session
-- Never back: two touches may come out of order.
UPDATE sessions SET seen_at = :at WHERE hash = :hash AND seen_at < :at

-- name: remove_session
DELETE FROM sessions WHERE hash = :hash

-- name: remove_sessions_of
DELETE FROM sessions WHERE user_id = :user_id

-- name: remove_sessions_before
DELETE FROM sessions WHERE seen_at <= :idle_since

-- name: add_key
INSERT INTO api_keys (id, hash, name, scopes, created_by, created_at, used_at, revoked_at)
VALUES (:id, :hash, :name, :scopes, :created_by, :created_at, NULL, NULL)

-- name: keys
-- Newest first, as the page shows them.
SELECT id, hash, name, scopes, created_by, created_at, used_at FROM api_keys WHERE revoked_at IS NULL
ORDER BY created_at DESC, id

-- name: touch_key
UPDATE api_keys SET used_at = :at WHERE id = :id

-- name: revoke_key
UPDATE api_keys SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL

-- name: add_audit
INSERT INTO audit (at, actor, user_id, act, subject, detail) VALUES (:at, :actor, :user_id, :act, :subject, :detail)

-- name: audit_before
-- By key, newest first: a page of the list starts where the one before ended.
SELECT id, at, actor, user_id, act, subject, detail FROM audit WHERE id < :before ORDER BY id DESC LIMIT :limit
