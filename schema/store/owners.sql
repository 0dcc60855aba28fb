-- Owners: from landing to pii, and back for a plan. Files and segments of versions before 0003 have none.

-- name: state_ownerships
SELECT ownership_id FROM pii.ownerships;

-- name: landed_ownerships
SELECT ownership_id FROM ownerships;

-- name: merge_stage_owner_tables
CREATE TEMP TABLE staged_owners (
    sequence BIGINT, ownership_id VARCHAR, owner_id VARCHAR, account_id VARCHAR, name VARCHAR,
    email VARCHAR, phone VARCHAR, raw_address VARCHAR, refreshed_at TIMESTAMPTZ, extra VARCHAR);
CREATE TEMP TABLE staged_ownerships (sequence BIGINT, ownership_id VARCHAR, account_id VARCHAR, owner_count BIGINT);

-- name: merge_stage_owners
INSERT INTO staged_owners FROM segment.owners;

-- name: merge_stage_ownerships
INSERT INTO staged_ownerships FROM segment.ownerships;

-- name: merge_owner_orphans
SELECT coalesce(min(account_id), '')
FROM (SELECT account_id FROM staged_owners UNION SELECT account_id FROM staged_ownerships)
ANTI JOIN staged_accounts USING (account_id) ANTI JOIN main.accounts USING (account_id);

-- A snapshot never changes, so a reading of it that differs completes or repairs an earlier one.
-- name: merge_owner_batch
CREATE TEMP TABLE owner_batch AS
WITH read AS (
    SELECT * EXCLUDE (sequence, extra), extra::JSON AS extra FROM staged_owners
    QUALIFY row_number() OVER (PARTITION BY ownership_id, owner_id ORDER BY sequence DESC) = 1)
FROM read EXCEPT SELECT * EXCLUDE (observed_at, run_id) FROM pii.owners;

-- name: merge_owner_delete
DELETE FROM pii.owners WHERE (ownership_id, owner_id) IN (SELECT (ownership_id, owner_id) FROM owner_batch);

-- name: merge_owner_insert
INSERT INTO pii.owners SELECT *, $observed_at, $run_id FROM owner_batch ORDER BY account_id, ownership_id, owner_id;

-- name: merge_ownership_batch
CREATE TEMP TABLE ownership_batch AS
SELECT * EXCLUDE (sequence) FROM staged_ownerships ANTI JOIN pii.ownerships USING (ownership_id)
QUALIFY row_number() OVER (PARTITION BY ownership_id ORDER BY sequence DESC) = 1;

-- name: merge_ownership_insert
INSERT INTO pii.ownerships SELECT *, $observed_at, $run_id FROM ownership_batch ORDER BY account_id, ownership_id;

-- name: merge_owner_counts
SELECT (SELECT count(*) FROM owner_batch), (SELECT count(*) FROM ownership_batch);
