-- name: set_apart
-- The condition of the index events_set_apart, word by word: only then is it used. 28 is events::kSetApart.
SELECT COUNT(*) FROM events WHERE (flags & 28) <> 0 AND seq <= :last
