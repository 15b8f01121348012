-- Definitions.

-- name: all
SELECT id, name, query, description, created_at, changed_at, archived_at, preset, preset_language, thresholds_at
FROM segments ORDER BY id

-- name: next_id
-- Archived segments keep theirs, so an id in an event always means the same one.
SELECT COALESCE(MAX(id), 0) + 1 FROM segments

-- name: add
INSERT INTO segments (id, name, query, description, created_at, changed_at, archived_at, preset, preset_language,
  thresholds_at)
VALUES (:id, :name, :query, :description, :at, :at, NULL, :preset, :preset_language, :thresholds_at)

-- name: change
UPDATE segments SET name = :name, query = :query, description = :description, changed_at = :at,
  archived_at = :archived_at, preset = :preset, preset_language = :preset_language, thresholds_at = :thresholds_at
WHERE id = :id

-- What is recorded.

-- name: cursor
SELECT seq, at FROM segment_cursor WHERE id = 1

-- name: set_cursor
INSERT INTO segment_cursor (id, seq, at) VALUES (1, :seq, :at)
ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, at = excluded.at

-- name: put_baseline
INSERT INTO segment_baselines (segment, shard, seq, at, members) VALUES (:segment, :shard, :seq, :at, :members)
ON CONFLICT (segment, shard) DO UPDATE SET seq = excluded.seq, at = excluded.at, members = excluded.members

-- name: baselines
SELECT segment, shard, seq, members FROM segment_baselines

-- name: computed
SELECT DISTINCT segment FROM segment_baselines

-- name: drop_baselines
DELETE FROM segment_baselines WHERE segment = :segment

-- name: count_day
INSERT INTO segment_days (segment, day, entered, lost, silent) VALUES (:segment, :day, :entered, :lost, :silent)
ON CONFLICT (segment, day) DO UPDATE SET entered = segment_days.entered + excluded.entered,
  lost = segment_days.lost + excluded.lost, silent = segment_days.silent + excluded.silent

-- name: days
SELECT day, entered, lost, silent FROM segment_days WHERE segment = :segment ORDER BY day

-- name: merged_since
SELECT a, b, into_id FROM merges WHERE seq > :seq OR undone_seq > :seq
