-- name: customers
SELECT id FROM customers

-- name: identified_customers
SELECT DISTINCT customer FROM identifiers

-- name: half_undone
SELECT id FROM import_runs WHERE state = 'undoing' ORDER BY id
