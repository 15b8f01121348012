-- name: is_customer
SELECT 1 FROM customers WHERE shard = :shard AND id = :customer

-- name: statements_of
SELECT seq, customer, purpose, state, occurred_at, known_at, source, how, text_version, language, note
FROM consent_statements WHERE shard = :shard AND customer = :customer ORDER BY seq

-- name: add_statement
INSERT INTO consent_statements (shard, customer, seq, purpose, state, occurred_at, known_at, source, how, text_version,
  language, note)
VALUES (:shard, :customer, :seq, :purpose, :state, :occurred_at, :known_at, :source, :how, :text_version, :language,
  :note)

-- name: has_statement
SELECT 1 FROM consent_statements
WHERE shard = :shard AND customer = :customer AND seq = :seq AND purpose = :purpose

-- name: has_kind
SELECT 1 FROM event_kinds WHERE name = :name

-- name: sources
SELECT source, trusted FROM ingest_sources

-- name: is_known
SELECT 1 FROM identifiers WHERE shard = :shard AND customer = :customer AND kind <> 'anonymous_id' LIMIT 1

-- name: device
SELECT said, seq FROM consent_devices WHERE shard = :shard AND customer = :customer AND device = :device

-- name: set_device
INSERT INTO consent_devices (shard, customer, device, said, seq) VALUES (:shard, :customer, :device, :said, :seq)
ON CONFLICT (shard, customer, device) DO UPDATE SET said = excluded.said, seq = excluded.seq

-- name: remove_devices_of
DELETE FROM consent_devices WHERE shard = :shard AND customer = :customer

-- name: links_valid_from
SELECT valid_from FROM consent_links WHERE shard = :shard AND customer = :customer

-- name: set_links_valid_from
INSERT INTO consent_links (shard, customer, valid_from) VALUES (:shard, :customer, :valid_from)
ON CONFLICT (shard, customer) DO UPDATE SET valid_from = excluded.valid_from

-- name: remove_links_of
DELETE FROM consent_links WHERE shard = :shard AND customer = :customer

-- name: remove_statements_of
DELETE FROM consent_statements WHERE shard = :shard AND customer = :customer

-- name: texts
SELECT purpose, version, language, text, valid_from FROM consent_texts ORDER BY purpose, version, language

-- name: add_text
INSERT INTO consent_texts (purpose, version, language, text, valid_from)
VALUES (:purpose, :version, :language, :text, :valid_from)

-- name: declared_of
SELECT seq, customer, attribute, choices, occurred_at, known_at, source, how
FROM consent_declared WHERE shard = :shard AND customer = :customer ORDER BY seq, attribute

-- name: add_declared
INSERT INTO consent_declared (shard, customer, seq, attribute, choices, occurred_at, known_at, source, how)
VALUES (:shard, :customer, :seq, :attribute, :choices, :occurred_at, :known_at, :source, :how)

-- name: remove_declared_of
DELETE FROM consent_declared WHERE shard = :shard AND customer = :customer

-- name: add_proof
INSERT INTO consent_proofs (proof, number, purpose, state, occurred_at, known_at, how, text_version, language,
  last_known_at)
VALUES (:proof, :number, :purpose, :state, :occurred_at, :known_at, :how, :text_version, :language, :last_known_at)

-- name: proofs
SELECT purpose, state, occurred_at, known_at, how, text_version, language FROM consent_proofs
WHERE proof = :proof ORDER BY number

-- name: count_proofs
SELECT COUNT(*) FROM consent_proofs WHERE proof = :proof

-- name: remove_proofs
DELETE FROM consent_proofs WHERE last_known_at < :before
