-- name: customers
SELECT id FROM customers

-- name: identified_customers
SELECT DISTINCT customer FROM identifiers
