-- Stripe's labels: from landing to main, and back for a plan. Files and segments of versions before 0009 have none.

-- name: state_label_states
SELECT account_id, taxonomy, status, NULL, through_refresh_id FROM main.label_states;

-- name: landed_label_states
SELECT account_id, taxonomy, status, after_refresh_id, through_refresh_id FROM label_states ORDER BY sequence;

-- name: merge_stage_label_tables
CREATE TEMP TABLE staged_labels (
    sequence BIGINT, transaction_id VARCHAR, account_id VARCHAR, merchant_name VARCHAR, merchant_confidence VARCHAR,
    money_movement_primary VARCHAR, money_movement_detailed VARCHAR, money_movement_confidence VARCHAR,
    personal_finance_primary VARCHAR, personal_finance_detailed VARCHAR, personal_finance_confidence VARCHAR,
    extra VARCHAR);
CREATE TEMP TABLE staged_label_states (
    sequence BIGINT, account_id VARCHAR, taxonomy VARCHAR, status VARCHAR, after_refresh_id VARCHAR,
    through_refresh_id VARCHAR);

-- name: merge_stage_labels
INSERT INTO staged_labels FROM segment.labels;

-- name: merge_stage_label_states
INSERT INTO staged_label_states FROM segment.label_states;

-- The last reading of a row's labels. What it does not state is not taken back: an answer without a preview version
-- states nothing. Labels of rows that were refused, or are past their retention, go with them.
-- name: merge_label_batch
CREATE TEMP TABLE label_batch AS
WITH read AS (
    SELECT s.* EXCLUDE (sequence) FROM staged_labels s
    SEMI JOIN batch b ON b.transaction_id = s.transaction_id AND b.account_id = s.account_id
    QUALIFY row_number() OVER (PARTITION BY s.transaction_id ORDER BY s.sequence DESC) = 1),
held AS (
    SELECT l.* EXCLUDE (extra), l.extra::VARCHAR AS extra, l.rowid AS place
    FROM main.transaction_label_versions l SEMI JOIN read USING (transaction_id)
    WHERE l.is_current),
next AS (
    SELECT r.transaction_id, r.account_id, h.place, coalesce(h.version, 0) + 1 AS version,
        CASE WHEN coalesce(r.merchant_name, r.merchant_confidence) IS NULL
            THEN [h.merchant_name, h.merchant_confidence] ELSE [r.merchant_name, r.merchant_confidence] END
        || CASE WHEN coalesce(r.money_movement_primary, r.money_movement_detailed, r.money_movement_confidence) IS NULL
            THEN [h.money_movement_primary, h.money_movement_detailed, h.money_movement_confidence]
            ELSE [r.money_movement_primary, r.money_movement_detailed, r.money_movement_confidence] END
        || CASE WHEN coalesce(
                r.personal_finance_primary, r.personal_finance_detailed, r.personal_finance_confidence) IS NULL
            THEN [h.personal_finance_primary, h.personal_finance_detailed, h.personal_finance_confidence]
            ELSE [r.personal_finance_primary, r.personal_finance_detailed, r.personal_finance_confidence] END
        || [coalesce(r.extra, h.extra)] AS labels,
        [h.merchant_name, h.merchant_confidence, h.money_movement_primary, h.money_movement_detailed,
            h.money_movement_confidence, h.personal_finance_primary, h.personal_finance_detailed,
            h.personal_finance_confidence, h.extra] AS labels_held
    FROM read r LEFT JOIN held h USING (transaction_id))
SELECT transaction_id, account_id, place, version, labels FROM next
WHERE place IS NULL OR labels IS DISTINCT FROM labels_held;

-- name: merge_label_unmark
UPDATE main.transaction_label_versions SET is_current = false
WHERE is_current AND rowid IN (SELECT place FROM label_batch WHERE place IS NOT NULL);

-- name: merge_label_insert
INSERT INTO main.transaction_label_versions
SELECT transaction_id, account_id, labels[1], labels[2], labels[3], labels[4], labels[5], labels[6], labels[7],
    labels[8], labels[9]::JSON, version, $observed_at, $run_id, true
FROM label_batch ORDER BY account_id, transaction_id;

-- name: merge_label_counts
SELECT count(*) FILTER (place IS NULL), count(*) FILTER (place IS NOT NULL) FROM label_batch;

-- A state whose rows were listed after labels that are not held landed for a file that is gone: it says what Stripe
-- does, and what is held stays.
-- name: merge_label_state_batch
CREATE TEMP TABLE label_state_batch AS
WITH read AS (
    SELECT s.*, h.through_refresh_id AS held_through, c.through_refresh_id AS landed_through
    FROM staged_label_states s LEFT JOIN main.label_states h USING (account_id, taxonomy)
    LEFT JOIN (SELECT DISTINCT account_id, taxonomy, through_refresh_id FROM staged_label_states) c
        ON c.account_id = s.account_id AND c.taxonomy = s.taxonomy AND c.through_refresh_id = s.after_refresh_id
    QUALIFY row_number() OVER (PARTITION BY s.account_id, s.taxonomy ORDER BY s.sequence DESC) = 1),
next AS (
    SELECT account_id, taxonomy, status,
        CASE WHEN after_refresh_id IS NULL OR after_refresh_id = held_through OR landed_through IS NOT NULL
            THEN through_refresh_id ELSE held_through END AS through_refresh_id
    FROM read)
FROM next EXCEPT SELECT account_id, taxonomy, status, through_refresh_id FROM main.label_states;

-- name: merge_label_state_delete
DELETE FROM main.label_states WHERE (account_id, taxonomy) IN (SELECT (account_id, taxonomy) FROM label_state_batch);

-- name: merge_label_state_insert
INSERT INTO main.label_states
SELECT *, $observed_at, $run_id FROM label_state_batch ORDER BY account_id, taxonomy;

-- name: merge_label_state_count
SELECT count(*) FROM label_state_batch;

-- name: merge_label_orphans
SELECT coalesce(min(account_id), '')
FROM (SELECT account_id FROM staged_label_states UNION SELECT account_id FROM staged_labels)
ANTI JOIN staged_accounts USING (account_id) ANTI JOIN main.accounts USING (account_id);
