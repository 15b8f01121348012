-- name: undone_ranges
-- An undo that began counts: its rows go one after the other, and it is resumed after a crash.
SELECT r.id, g.first_seq, g.last_seq FROM import_runs r JOIN import_ranges g ON g.run = r.id
WHERE r.state IN ('undoing', 'undone') ORDER BY g.first_seq

-- name: ties_at
-- Who is one person by what the log says up to a seq.
SELECT seq, a, b, into_id FROM merges WHERE seq <= :last AND (undone_seq IS NULL OR undone_seq > :last) ORDER BY seq

-- name: ties_between
SELECT seq, a, b, into_id, undone_seq FROM merges
WHERE (seq > :after AND seq <= :last) OR (undone_seq > :after AND undone_seq <= :last) ORDER BY seq

-- name: undeclared_names
SELECT kind, property FROM undeclared_properties ORDER BY first_at, kind, property
