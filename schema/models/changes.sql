-- What has changed in the tables that models read since the derived tables were last brought up to date: for each
-- table the rows that are gone, as they were, and those that are new. Everything a round merges carries its instant, so
-- this is read from the file alone, whatever rounds there were in between.

-- Of a few rows any part is little work.
-- name: changed_much
SELECT count(*) > 10000 AND 5 * count(*) FILTER (observed_at > $since) > count(*) FROM main.transaction_versions;

-- The versions that came, and what they replaced: of a version that is current no more the flag says so, and few rows
-- have it. Their ids are found first: else DuckDB looks for those that came among the ids of all rows.
-- name: changed_versions
WITH came AS (FROM main.transaction_versions WHERE observed_at > $since),
earlier AS MATERIALIZED (
    SELECT rowid AS earlier_rowid, transaction_id FROM main.transaction_versions
    WHERE NOT is_current AND observed_at <= $since),
replaced AS (
    FROM main.transaction_versions WHERE NOT is_current AND rowid IN (
        SELECT earlier_rowid FROM earlier SEMI JOIN (FROM came WHERE is_current) USING (transaction_id)))
SELECT transaction_id, account_id, amount_minor, currency, description, status, transacted_at, posted_at, void_at,
    updated_at, first_observed_at, version, observed_at, superseded_on_arrival, is_current
FROM (FROM came UNION ALL FROM replaced);

-- What a removal takes, before it takes it: of the transactions in gone_transactions every version.
-- name: keep_gone
CREATE OR REPLACE TEMP TABLE gone_versions AS
SELECT transaction_id, account_id, amount_minor, currency, description, status, transacted_at, posted_at, void_at,
    updated_at, first_observed_at, version, observed_at, superseded_on_arrival, is_current
FROM main.transaction_versions SEMI JOIN gone_transactions USING (transaction_id);

-- name: gone_main.transactions
INSERT INTO kept."removed_main.transactions"
SELECT * EXCLUDE (version, observed_at, superseded_on_arrival, is_current) FROM gone_versions
WHERE NOT superseded_on_arrival AND observed_at <= $since
QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY version DESC) = 1;

-- name: gone_main.transaction_versions
INSERT INTO kept."removed_main.transaction_versions" FROM gone_versions WHERE observed_at <= $since;

-- name: gone_main.balances
INSERT INTO kept."removed_main.balances" FROM gone_balances WHERE observed_at <= $since;

-- name: added_main.transactions
SELECT * EXCLUDE (version, observed_at, superseded_on_arrival, is_current) FROM kept.changed_versions WHERE is_current;

-- name: removed_main.transactions
SELECT * EXCLUDE (version, observed_at, superseded_on_arrival, is_current) FROM kept.changed_versions
WHERE NOT superseded_on_arrival AND observed_at <= $since
QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY version DESC) = 1;

-- name: added_main.transaction_versions
SELECT * FROM kept.changed_versions WHERE observed_at > $since;

-- A row's labels are looked up by its id: what they were before tells nothing more.
-- name: added_main.transaction_labels
SELECT transaction_id FROM main.transaction_labels WHERE observed_at > $since;

-- name: added_main.account_versions
SELECT * FROM main.account_versions WHERE observed_at > $since;

-- Every change of an account, and of the chain it is in, is a version of it.
-- name: added_main.accounts
SELECT account_id, account_key, holder_type, holder_id, institution_name, last4, category, subcategory, status,
    permissions, created_at, complete_through_at
FROM main.accounts SEMI JOIN (FROM main.account_versions WHERE observed_at > $since) USING (account_id);

-- name: removed_main.accounts
SELECT account_id, account_key, holder_type, holder_id, institution_name, last4, category, subcategory, status,
    permissions, created_at, complete_through_at
FROM main.account_versions v SEMI JOIN (FROM main.account_versions WHERE observed_at > $since) USING (account_id)
WHERE observed_at <= $since
QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY observed_at DESC) = 1;

-- name: added_main.balances
SELECT * FROM main.balances WHERE observed_at > $since;

-- A snapshot of owners never changes; an owner that is read again, otherwise, replaces the row.
-- name: added_pii.ownerships
SELECT * FROM pii.ownerships WHERE observed_at > $since;

-- name: added_pii.owners
SELECT ownership_id, account_id, name FROM pii.owners WHERE observed_at > $since;

-- name: added_main.account_links
SELECT * FROM main.account_links WHERE observed_at > $since;

-- name: added_meta.store
SELECT watermark FROM meta.store WHERE watermark IS DISTINCT FROM $since::TIMESTAMPTZ;

-- name: removed_meta.store
SELECT $since::TIMESTAMPTZ AS watermark FROM meta.store WHERE watermark IS DISTINCT FROM $since::TIMESTAMPTZ;

-- Lines of the user's own files: one that differs is one that ended and one that came.
-- name: added_meta.rules
SELECT * FROM meta.rules WHERE observed_at > $since AND removed_at IS NULL;

-- name: removed_meta.rules
SELECT * FROM meta.rules WHERE removed_at > $since AND observed_at <= $since;

-- name: added_meta.policies
SELECT * FROM meta.policies WHERE observed_at > $since AND removed_at IS NULL;

-- name: removed_meta.policies
SELECT * FROM meta.policies WHERE removed_at > $since AND observed_at <= $since;

-- name: added_meta.loan_requests
SELECT * FROM meta.loan_requests WHERE observed_at > $since AND removed_at IS NULL;

-- name: removed_meta.loan_requests
SELECT * FROM meta.loan_requests WHERE removed_at > $since AND observed_at <= $since;

-- name: added_meta.overrides
SELECT * FROM meta.overrides WHERE observed_at > $since AND removed_at IS NULL;

-- name: removed_meta.overrides
SELECT * FROM meta.overrides WHERE removed_at > $since AND observed_at <= $since;

-- name: added_meta.transfer_decisions
SELECT * FROM meta.transfer_decisions WHERE observed_at > $since AND removed_at IS NULL;

-- name: removed_meta.transfer_decisions
SELECT * FROM meta.transfer_decisions WHERE removed_at > $since AND observed_at <= $since;
