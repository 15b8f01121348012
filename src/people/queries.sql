-- name: customer_of
SELECT customer FROM identifiers WHERE kind = :kind AND value = :value

-- name: has_kind
-- Whether a customer is already known by another value of this kind.
SELECT 1 FROM identifiers WHERE shard = :shard AND customer = :customer AND kind = :kind LIMIT 1

-- name: customers_of
-- Many at once: `list` is [[kind, value], …]. The list drives, each of it one look-up in the key.
SELECT i.kind, i.value, i.customer
FROM json_each(:list) AS l CROSS JOIN identifiers AS i
WHERE i.kind = json_extract(l.value, '$[0]') AND i.value = json_extract(l.value, '$[1]')

-- name: customers_of [postgres]
-- The LIMIT keeps the planner from reading the whole table to hash it.
SELECT i.kind, i.value, i.customer
FROM jsonb_array_elements(CAST(:list AS jsonb)) AS l CROSS JOIN LATERAL
  (SELECT kind, value, customer FROM identifiers WHERE kind = l->>0 AND value = l->>1 LIMIT 1) AS i

-- name: identifiers_of
SELECT kind, value, known_at, source FROM identifiers WHERE shard = :shard AND customer = :customer
ORDER BY kind, value

-- name: count_customers
SELECT COUNT(*) FROM customers

-- name: remove_identifiers_of
DELETE FROM identifiers WHERE shard = :shard AND customer = :customer

-- name: remove_customer
DELETE FROM customers WHERE shard = :shard AND id = :customer
