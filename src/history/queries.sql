-- name: undone_ranges
-- An undo that began counts: its rows go one after the other, and it is resumed after a crash.
SELECT r.id, g.first_seq, g.last_seq FROM import_runs r JOIN import_ranges g ON g.run = r.id
WHERE r.state IN ('undoing', 'undone') ORDER BY g.first_seq

-- name: undeclared_names
SELECT kind, property FROM undeclared_properties ORDER BY first_at, kind, property
