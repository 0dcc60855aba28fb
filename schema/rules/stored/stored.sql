-- The user's own files in the tables of meta: what differs from them, by the hash of each line.

-- name: tables_exist
SELECT count(*) > 0 FROM meta.migrations WHERE number = 8;

-- name: fingerprints
SELECT name, fingerprint FROM meta.rule_files;

-- name: forget_file
DELETE FROM meta.rule_files WHERE name = $name;

-- name: remember_file
INSERT INTO meta.rule_files VALUES ($name, $fingerprint, $lines, $observed_at, $run_id);

-- name: stage_rules
CREATE OR REPLACE TEMP TABLE staged_rules AS
SELECT unnest(from_json(CAST($rows AS JSON), '[{"rule_id": "VARCHAR", "version": "VARCHAR", "position": "INTEGER",
    "merchant": "VARCHAR", "words": "VARCHAR", "pattern": "VARCHAR", "account_id": "VARCHAR", "holder_id": "VARCHAR",
    "direction": "VARCHAR", "currency": "VARCHAR", "min_minor": "BIGINT", "max_minor": "BIGINT", "category": "VARCHAR",
    "name": "VARCHAR", "treatment": "VARCHAR"}]'), max_depth := 2);

-- name: end_rules
UPDATE meta.rules SET removed_at = $observed_at WHERE removed_at IS NULL
    AND (rule_id, version, position) NOT IN (SELECT (rule_id, version, position) FROM staged_rules);

-- name: begin_rules
INSERT INTO meta.rules BY NAME
SELECT s.*, CAST($observed_at AS TIMESTAMPTZ) AS observed_at, CAST($run_id AS VARCHAR) AS run_id FROM staged_rules s
ANTI JOIN (FROM meta.rules WHERE removed_at IS NULL) USING (rule_id, version, position) ORDER BY position;

-- name: stage_policies
CREATE OR REPLACE TEMP TABLE staged_policies AS
SELECT * REPLACE (nullif(currency, '') AS currency) FROM (
    SELECT unnest(from_json(CAST($rows AS JSON), '[{"position": "INTEGER", "version": "VARCHAR",
        "attribute": "VARCHAR", "window_name": "VARCHAR", "comparison": "VARCHAR", "threshold": "VARCHAR",
        "threshold_integer": "BIGINT", "threshold_double": "DOUBLE", "threshold_date": "DATE", "currency": "VARCHAR",
        "reason_code": "VARCHAR", "reason_text": "VARCHAR"}]'), max_depth := 2));

-- name: end_policies
UPDATE meta.policies SET removed_at = $observed_at WHERE removed_at IS NULL
    AND (position, version) NOT IN (SELECT (position, version) FROM staged_policies);

-- name: begin_policies
INSERT INTO meta.policies BY NAME
SELECT s.*, CAST($observed_at AS TIMESTAMPTZ) AS observed_at, CAST($run_id AS VARCHAR) AS run_id FROM staged_policies s
ANTI JOIN (FROM meta.policies WHERE removed_at IS NULL) USING (position, version) ORDER BY position;

-- name: stage_requests
CREATE OR REPLACE TEMP TABLE staged_requests AS
SELECT unnest(from_json(CAST($rows AS JSON), '[{"holder_id": "VARCHAR", "currency": "VARCHAR", "version": "VARCHAR",
    "payment_minor": "BIGINT", "cadence": "VARCHAR", "first_due": "DATE", "payments": "BIGINT",
    "amount_minor": "BIGINT", "refinances": "VARCHAR", "purpose": "VARCHAR"}]'), max_depth := 2);

-- name: end_requests
UPDATE meta.loan_requests SET removed_at = $observed_at WHERE removed_at IS NULL
    AND (holder_id, currency, version) NOT IN (SELECT (holder_id, currency, version) FROM staged_requests);

-- name: begin_requests
INSERT INTO meta.loan_requests BY NAME
SELECT s.*, CAST($observed_at AS TIMESTAMPTZ) AS observed_at, CAST($run_id AS VARCHAR) AS run_id FROM staged_requests s
ANTI JOIN (FROM meta.loan_requests WHERE removed_at IS NULL) USING (holder_id, currency, version)
ORDER BY holder_id, currency;

-- name: stage_overrides
CREATE OR REPLACE TEMP TABLE staged_overrides AS
SELECT s.* FROM (SELECT unnest(from_json(CAST($rows AS JSON), '[{"transaction_id": "VARCHAR", "version": "VARCHAR",
    "category": "VARCHAR", "name": "VARCHAR", "note": "VARCHAR", "include_in_spend": "BOOLEAN"}]'), max_depth := 2)) s
SEMI JOIN main.transactions USING (transaction_id);

-- name: end_overrides
UPDATE meta.overrides SET removed_at = $observed_at WHERE removed_at IS NULL
    AND (transaction_id, version) NOT IN (SELECT (transaction_id, version) FROM staged_overrides);

-- name: begin_overrides
INSERT INTO meta.overrides BY NAME
SELECT s.*, CAST($observed_at AS TIMESTAMPTZ) AS observed_at, CAST($run_id AS VARCHAR) AS run_id FROM staged_overrides s
ANTI JOIN (FROM meta.overrides WHERE removed_at IS NULL) USING (transaction_id, version) ORDER BY transaction_id;

-- name: stage_decisions
CREATE OR REPLACE TEMP TABLE staged_decisions AS
SELECT s.* FROM (SELECT unnest(from_json(CAST($rows AS JSON), '[{"out_id": "VARCHAR", "in_id": "VARCHAR",
    "decision": "VARCHAR", "version": "VARCHAR", "note": "VARCHAR"}]'), max_depth := 2)) s
SEMI JOIN main.transactions o ON o.transaction_id = s.out_id
SEMI JOIN main.transactions i ON i.transaction_id = s.in_id;

-- name: end_decisions
UPDATE meta.transfer_decisions SET removed_at = $observed_at WHERE removed_at IS NULL
    AND (out_id, in_id, version) NOT IN (SELECT (out_id, in_id, version) FROM staged_decisions);

-- name: begin_decisions
INSERT INTO meta.transfer_decisions BY NAME
SELECT s.*, CAST($observed_at AS TIMESTAMPTZ) AS observed_at, CAST($run_id AS VARCHAR) AS run_id FROM staged_decisions s
ANTI JOIN (FROM meta.transfer_decisions WHERE removed_at IS NULL) USING (out_id, in_id, version)
ORDER BY out_id, in_id;

-- name: held_overrides
SELECT (SELECT count(*) FROM staged_overrides) + (SELECT count(*) FROM staged_decisions);

-- name: drop_staged
DROP TABLE IF EXISTS staged_rules;
DROP TABLE IF EXISTS staged_policies;
DROP TABLE IF EXISTS staged_requests;
DROP TABLE IF EXISTS staged_overrides;
DROP TABLE IF EXISTS staged_decisions;
