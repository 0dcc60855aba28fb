-- Rows of the published file, attached as held, as they were known at an instant: observed by then, in the database in
-- memory that models derive in. $happened leaves out what is dated later; it is infinity unless nothing was observed.

-- What the file knows of itself, and the instants it may be asked about.
-- name: file
SELECT s.watermark, s.transactions_since, s.balances_since,
    coalesce((SELECT value FROM held.meta.parameters WHERE name = 'report_zone'), 'UTC')
FROM held.meta.store s;

-- Every merge stamps what it stores, and what it ends: the newest stamp by an instant was the watermark then.
-- name: watermark
SELECT max(stamp) FROM (
    SELECT max(observed_at) AS stamp FROM held.main.transaction_versions WHERE observed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.main.account_versions WHERE observed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.main.balances WHERE observed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.main.account_links WHERE observed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.main.transaction_label_versions WHERE observed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.main.label_states WHERE observed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.meta.consents WHERE observed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.meta.removed_transactions WHERE observed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.meta.rules WHERE observed_at <= $at
    UNION ALL SELECT max(removed_at) FROM held.meta.rules WHERE removed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.meta.overrides WHERE observed_at <= $at
    UNION ALL SELECT max(removed_at) FROM held.meta.overrides WHERE removed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.meta.transfer_decisions WHERE observed_at <= $at
    UNION ALL SELECT max(removed_at) FROM held.meta.transfer_decisions WHERE removed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.meta.policies WHERE observed_at <= $at
    UNION ALL SELECT max(removed_at) FROM held.meta.policies WHERE removed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.meta.loan_requests WHERE observed_at <= $at
    UNION ALL SELECT max(removed_at) FROM held.meta.loan_requests WHERE removed_at <= $at
    UNION ALL SELECT max(observed_at) FROM held.meta.attribute_snapshots WHERE observed_at <= $at
    UNION ALL SELECT watermark FROM held.meta.store WHERE watermark <= $at);

-- When a holder, or any holder, was first observed; null where no holder is held.
-- name: first_observed
SELECT min(observed_at) FROM held.main.account_versions WHERE $holder = '' OR holder_id = $holder;

-- name: erased
SELECT max(stamp) FROM (
    SELECT max(observed_at) AS stamp FROM held.meta.consents
    WHERE reason = 'erased' AND holder_id IN ($holder, $holder_hash) AND holder_id <> ''
    UNION ALL SELECT max(coalesce(completed_at, requested_at)) FROM held.meta.erasures
    WHERE subject_hash = $holder_hash AND subject_hash <> '');

-- Accounts of the holder and those that were linked with them.
-- name: wanted
CREATE TEMP TABLE wanted AS
WITH known AS (
    FROM held.main.account_versions WHERE observed_at <= $observed
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY observed_at DESC) = 1)
SELECT * FROM known SEMI JOIN (FROM known WHERE $holder = '' OR holder_id = $holder) c USING (account_key);

-- name: fill_store
INSERT INTO meta.store BY NAME
SELECT * REPLACE ($watermark::TIMESTAMPTZ AS watermark) FROM held.meta.store;

-- name: fill_account_versions
INSERT INTO main.account_versions BY NAME
SELECT v.* FROM held.main.account_versions v SEMI JOIN wanted USING (account_id) WHERE v.observed_at <= $observed;

-- name: fill_accounts
INSERT INTO main.accounts BY NAME
SELECT w.* EXCLUDE (observed_at, run_id), a.first_seen_at, w.observed_at AS last_seen_at
FROM wanted w JOIN held.main.accounts a USING (account_id);

-- name: fill_links
INSERT INTO main.account_links BY NAME
SELECT l.* FROM held.main.account_links l SEMI JOIN wanted USING (account_id) WHERE l.observed_at <= $observed;

-- Which version is current follows from their numbers: the mark in the file is that of today.
-- name: fill_transactions
INSERT INTO main.transaction_versions BY NAME
WITH known AS (
    SELECT v.* FROM held.main.transaction_versions v SEMI JOIN wanted USING (account_id)
    WHERE v.observed_at <= $observed AND v.transacted_at <= $happened::TIMESTAMPTZ
        AND coalesce(v.posted_at, v.transacted_at) <= $happened::TIMESTAMPTZ),
later AS (
    SELECT transaction_id, max(version) AS newest FROM known WHERE version > 1 AND NOT superseded_on_arrival
    GROUP BY ALL)
SELECT k.* REPLACE (NOT k.superseded_on_arrival AND coalesce(k.version >= l.newest, true) AS is_current)
FROM known k LEFT JOIN later l USING (transaction_id);

-- name: fill_labels
INSERT INTO main.transaction_label_versions BY NAME
WITH known AS (
    SELECT v.* FROM held.main.transaction_label_versions v SEMI JOIN wanted USING (account_id)
    WHERE v.observed_at <= $observed),
later AS (SELECT transaction_id, max(version) AS newest FROM known WHERE version > 1 GROUP BY ALL)
SELECT k.* REPLACE (coalesce(k.version >= l.newest, true) AS is_current)
FROM known k LEFT JOIN later l USING (transaction_id);

-- name: fill_balances
INSERT INTO main.balances BY NAME
SELECT b.* FROM held.main.balances b SEMI JOIN wanted USING (account_id)
WHERE b.observed_at <= $observed AND b.as_of <= $happened::TIMESTAMPTZ;

-- name: fill_owners
INSERT INTO pii.owners BY NAME
SELECT o.* FROM held.pii.owners o SEMI JOIN wanted USING (account_id) WHERE o.observed_at <= $observed;

-- name: fill_ownerships
INSERT INTO pii.ownerships BY NAME
SELECT o.* FROM held.pii.ownerships o SEMI JOIN wanted USING (account_id) WHERE o.observed_at <= $observed;

-- name: fill_rules
INSERT INTO meta.rules BY NAME
SELECT * REPLACE (CASE WHEN removed_at <= $observed THEN removed_at END AS removed_at)
FROM held.meta.rules WHERE observed_at <= $observed;

-- name: fill_overrides
INSERT INTO meta.overrides BY NAME
SELECT * REPLACE (CASE WHEN removed_at <= $observed THEN removed_at END AS removed_at)
FROM held.meta.overrides WHERE observed_at <= $observed;

-- name: fill_transfer_decisions
INSERT INTO meta.transfer_decisions BY NAME
SELECT * REPLACE (CASE WHEN removed_at <= $observed THEN removed_at END AS removed_at)
FROM held.meta.transfer_decisions WHERE observed_at <= $observed;

-- name: fill_policies
INSERT INTO meta.policies BY NAME
SELECT * REPLACE (CASE WHEN removed_at <= $observed THEN removed_at END AS removed_at)
FROM held.meta.policies WHERE observed_at <= $observed;

-- name: fill_loan_requests
INSERT INTO meta.loan_requests BY NAME
SELECT * REPLACE (CASE WHEN removed_at <= $observed THEN removed_at END AS removed_at)
FROM held.meta.loan_requests WHERE observed_at <= $observed;

-- Which lines of the user's own files were in force: a hash of them, or the word none without any.
-- name: fingerprints
SELECT
    (SELECT coalesce(left(md5(string_agg(concat_ws(chr(31), rule_id, version, position), chr(30)
        ORDER BY position, rule_id, version)), 16), 'none') FROM meta.rules WHERE removed_at IS NULL),
    (SELECT coalesce(left(md5(string_agg(line, chr(30) ORDER BY line)), 16), 'none') FROM (
        SELECT concat_ws(chr(31), transaction_id, version) AS line FROM meta.overrides WHERE removed_at IS NULL
        UNION ALL SELECT concat_ws(chr(31), out_id, in_id, version) FROM meta.transfer_decisions
        WHERE removed_at IS NULL)),
    (SELECT coalesce(left(md5(string_agg(concat_ws(chr(31), holder_id, currency, version), chr(30)
        ORDER BY holder_id, currency)), 16), 'none') FROM meta.loan_requests WHERE removed_at IS NULL);

-- What was first recorded of the day, and whether other definitions, rules or loan requests made it. One whose requests
-- are not known is not compared by them.
-- name: recorded
SELECT definition_version <> $definition OR report_zone <> $report_zone
    OR (observed_at = $watermark::TIMESTAMPTZ
        AND (rules_hash <> $rules OR coalesce(loan_requests_hash <> $requests, false)))
FROM held.meta.attribute_snapshots WHERE as_of_date = $as_of_date::DATE AND observed_at <= $watermark
ORDER BY snapshot_id LIMIT 1;

-- name: stored_parameters
SELECT name, value FROM meta.parameters WHERE name IN ('as_of_date', 'rule_version');
