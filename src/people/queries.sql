-- name: customer_of
SELECT customer FROM identifiers WHERE kind = :kind AND value = :value

-- name: has_kind
-- Whether a customer is already known by another value of this kind.
SELECT 1 FROM identifiers WHERE shard = :shard AND customer = :customer AND kind = :kind LIMIT 1

-- name: add_customer
INSERT INTO customers (shard, id, created_at, created_seq, run)
VALUES (:shard, :id, :created_at, :created_seq, :run)

-- name: add_identifier
INSERT INTO identifiers (kind, value, shard, customer, known_at, source, run)
VALUES (:kind, :value, :shard, :customer, :known_at, :source, :run)

-- name: identifiers_of
SELECT kind, value, known_at, source FROM identifiers WHERE shard = :shard AND customer = :customer
ORDER BY kind, value

-- name: count_customers
SELECT COUNT(*) FROM customers

-- name: remove_identifiers_of
DELETE FROM identifiers WHERE shard = :shard AND customer = :customer

-- name: remove_customer
DELETE FROM customers WHERE shard = :shard AND id = :customer
