-- What is written about a customer.

-- name: add_note
INSERT INTO customer_notes (shard, customer, id, text, author, at) VALUES (:shard, :customer, :id, :text, :author, :at)

-- name: remove_note
DELETE FROM customer_notes WHERE shard = :shard AND customer = :customer AND id = :id

-- name: notes_of
SELECT id, text, author, at FROM customer_notes WHERE shard = :shard AND customer = :customer
ORDER BY at DESC, id DESC LIMIT :limit

-- name: add_tag
INSERT INTO customer_tags (shard, customer, tag, author, at) VALUES (:shard, :customer, :tag, :author, :at)
ON CONFLICT (shard, customer, tag) DO NOTHING

-- name: remove_tag
DELETE FROM customer_tags WHERE shard = :shard AND customer = :customer AND tag = :tag

-- name: tags_of
SELECT tag, author, at FROM customer_tags WHERE shard = :shard AND customer = :customer ORDER BY tag

-- name: tags
SELECT tag, COUNT(*) FROM customer_tags GROUP BY tag ORDER BY COUNT(*) DESC, tag LIMIT :limit

-- name: tagged
SELECT tag, customer FROM customer_tags ORDER BY tag

-- Rows of the log. `list` is [seq, …]: it drives, each of it one look-up in the key.

-- name: events_by_seq
SELECT e.seq, e.shard, e.customer, e.kind, e.occurred_at, e.known_at, e.source, e.flags, e.properties
FROM json_each(:list) AS l CROSS JOIN events AS e WHERE e.seq = l.value

-- name: events_by_seq [postgres]
-- The LIMIT keeps the planner from reading the whole log to hash it.
SELECT e.seq, e.shard, e.customer, e.kind, e.occurred_at, e.known_at, e.source, e.flags, e.properties
FROM jsonb_array_elements_text(CAST(:list AS jsonb)) AS l CROSS JOIN LATERAL
  (SELECT seq, shard, customer, kind, occurred_at, known_at, source, flags, properties FROM events
   WHERE seq = CAST(l AS BIGINT) LIMIT 1) AS e

-- Who has an identifier.

-- name: next_kind
-- The kinds one after another: each a look-up in the key, for there are few.
SELECT MIN(kind) FROM identifiers WHERE kind > :after

-- name: customers_by
-- `list` is [[kind, value], …].
SELECT i.kind, i.value, i.customer
FROM json_each(:list) AS l CROSS JOIN identifiers AS i
WHERE i.kind = json_extract(l.value, '$[0]') AND i.value = json_extract(l.value, '$[1]')

-- name: customers_by [postgres]
SELECT i.kind, i.value, i.customer
FROM jsonb_array_elements(CAST(:list AS jsonb)) AS l CROSS JOIN LATERAL
  (SELECT kind, value, customer FROM identifiers WHERE kind = l->>0 AND value = l->>1 LIMIT 1) AS i

-- The index.

-- name: names_of
SELECT kind, text FROM customer_names WHERE shard = :shard AND customer = :customer

-- name: remove_name
DELETE FROM customer_names WHERE kind = :kind AND text = :text AND shard = :shard AND customer = :customer

-- name: names_between
SELECT text, customer FROM customer_names WHERE kind = :kind AND text >= :low AND text < :high
ORDER BY text LIMIT :limit

-- name: names_like_any
-- Names whose first word is one of `list`: each a look-up in the key. '!' is the sign behind the blank.
SELECT n.text, n.customer FROM json_each(:list) AS l CROSS JOIN customer_names AS n
WHERE n.kind = 'n' AND n.text >= l.value AND n.text < l.value || '!' LIMIT :limit

-- name: names_like_any [postgres]
SELECT n.text, n.customer FROM jsonb_array_elements_text(CAST(:list AS jsonb)) AS l CROSS JOIN LATERAL
  (SELECT text, customer FROM customer_names WHERE kind = 'n' AND text >= l COLLATE "C"
   AND text < (l || '!') COLLATE "C" LIMIT 50) AS n LIMIT :limit

-- name: customers_of_order
SELECT customer FROM customer_orders WHERE hash = :hash LIMIT 50

-- name: put_names
-- `list` is [[kind, text, shard, customer], …]. Only of customers who are there: what was read before somebody was
-- erased must not come back after it.
INSERT INTO customer_names (kind, text, shard, customer)
SELECT json_extract(l.value, '$[0]'), json_extract(l.value, '$[1]'), c.shard, c.id
FROM json_each(:list) AS l CROSS JOIN customers AS c
WHERE c.shard = json_extract(l.value, '$[2]') AND c.id = json_extract(l.value, '$[3]')
ON CONFLICT (kind, text, shard, customer) DO NOTHING

-- name: put_names [postgres]
INSERT INTO customer_names (kind, text, shard, customer)
SELECT l->>0, l->>1, c.shard, c.id
FROM jsonb_array_elements(CAST(:list AS jsonb)) AS l CROSS JOIN LATERAL
  (SELECT shard, id FROM customers WHERE shard = CAST(l->>2 AS BIGINT) AND id = CAST(l->>3 AS BIGINT) LIMIT 1) AS c
ON CONFLICT (kind, text, shard, customer) DO NOTHING

-- name: put_orders
-- `list` is [[hash, shard, customer], …]. As put_names.
INSERT INTO customer_orders (hash, shard, customer)
SELECT json_extract(l.value, '$[0]'), c.shard, c.id
FROM json_each(:list) AS l CROSS JOIN customers AS c
WHERE c.shard = json_extract(l.value, '$[1]') AND c.id = json_extract(l.value, '$[2]')
ON CONFLICT (hash, shard, customer) DO NOTHING

-- name: put_orders [postgres]
INSERT INTO customer_orders (hash, shard, customer)
SELECT CAST(l->>0 AS BIGINT), c.shard, c.id
FROM jsonb_array_elements(CAST(:list AS jsonb)) AS l CROSS JOIN LATERAL
  (SELECT shard, id FROM customers WHERE shard = CAST(l->>1 AS BIGINT) AND id = CAST(l->>2 AS BIGINT) LIMIT 1) AS c
ON CONFLICT (hash, shard, customer) DO NOTHING

-- name: empty_names
DELETE FROM customer_names

-- name: empty_orders
DELETE FROM customer_orders

-- The end of all numbers says that it is to be made anew (import.restart_customer_index); nothing else is said then.

-- name: cursor
SELECT seq, shards FROM customer_index WHERE id = 1

-- name: set_cursor
INSERT INTO customer_index (id, seq, shards) VALUES (1, :seq, :shards)
ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, shards = excluded.shards
WHERE customer_index.seq <> 9223372036854775807

-- name: forget_cursor
DELETE FROM customer_index

-- Fifths of buyers.

-- name: fifths
SELECT at, fifths FROM buyer_fifths WHERE id = 1

-- name: set_fifths
INSERT INTO buyer_fifths (id, at, fifths) VALUES (1, :at, :fifths)
ON CONFLICT (id) DO UPDATE SET at = excluded.at, fifths = excluded.fifths

-- Erasing.

-- name: erase_notes
DELETE FROM customer_notes WHERE shard = :shard AND customer = :customer

-- name: erase_tags
DELETE FROM customer_tags WHERE shard = :shard AND customer = :customer

-- name: erase_names
DELETE FROM customer_names WHERE shard = :shard AND customer = :customer

-- name: erase_orders
DELETE FROM customer_orders WHERE shard = :shard AND customer = :customer
