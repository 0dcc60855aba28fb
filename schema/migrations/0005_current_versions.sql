-- One table of versions: what is current is a mark on a version, and main.transactions a view of those that have it.
-- A version is current unless it was superseded on arrival, or a later one that was not follows. Few have a later one,
-- so these few are looked up; only versions that are not current are written to. The default is 1, a constant: true
-- would be an expression, which DuckDB writes to every row and cannot in a locked configuration.
ALTER TABLE main.transaction_versions ADD COLUMN is_current BOOLEAN DEFAULT 1;
ALTER TABLE main.transaction_versions ALTER COLUMN is_current SET NOT NULL;
ALTER TABLE main.transaction_versions ALTER COLUMN is_current DROP DEFAULT;
UPDATE main.transaction_versions SET is_current = false WHERE superseded_on_arrival;
UPDATE main.transaction_versions SET is_current = false WHERE rowid IN (
    SELECT v.rowid FROM main.transaction_versions v
    SEMI JOIN (SELECT transaction_id, version FROM main.transaction_versions
               WHERE version > 1 AND NOT superseded_on_arrival) later
      ON later.transaction_id = v.transaction_id AND later.version > v.version);

-- The table goes when its rows are exactly those of the view, and not before.
SELECT error('main.transactions differs from the newest versions in main.transaction_versions: fcpipe verify --deep '
    || 'lists the differences, fcpipe repair goes back to a generation without them')
FROM (SELECT count(*) AS rows, sum(hash(t)::HUGEINT) AS hashes FROM main.transactions t) stored,
    (SELECT count(*) AS rows, sum(hash(v)::HUGEINT) AS hashes
     FROM (SELECT * EXCLUDE (superseded_on_arrival, is_current)
           FROM main.transaction_versions WHERE is_current) v) marked
WHERE stored.rows <> marked.rows OR stored.hashes <> marked.hashes;
DROP TABLE main.transactions;

CREATE VIEW main.transactions AS
SELECT transaction_id, account_id, amount_minor, currency, description, status, transacted_at, posted_at, void_at,
    updated_at, transaction_refresh_id, version, first_observed_at, observed_at, run_id, livemode, extra
FROM main.transaction_versions WHERE is_current;
COMMENT ON VIEW main.transactions IS 'Transactions as they are now; one row per transaction';
COMMENT ON COLUMN main.transactions.transaction_id IS 'Stripe''s id of the transaction, fctxn_…; the same through pending, posted and void';
COMMENT ON COLUMN main.transactions.account_id IS 'Account it belongs to';
COMMENT ON COLUMN main.transactions.amount_minor IS 'Amount in minor units of currency; negative leaves the account';
COMMENT ON COLUMN main.transactions.currency IS 'Lower-case ISO 4217 currency of the amount';
COMMENT ON COLUMN main.transactions.description IS 'Text of the bank, as it came';
COMMENT ON COLUMN main.transactions.status IS 'pending, posted or void; a void row is kept and counts nowhere';
COMMENT ON COLUMN main.transactions.transacted_at IS 'When it happened';
COMMENT ON COLUMN main.transactions.posted_at IS 'When it posted; null while pending';
COMMENT ON COLUMN main.transactions.void_at IS 'When it was voided; null otherwise';
COMMENT ON COLUMN main.transactions.updated_at IS 'When Stripe last changed the row';
COMMENT ON COLUMN main.transactions.transaction_refresh_id IS 'Refresh that last created or changed the row';
COMMENT ON COLUMN main.transactions.version IS 'Number of the current version, counted from 1 in order of observation';
COMMENT ON COLUMN main.transactions.first_observed_at IS 'When fcpipe first stored the transaction';
COMMENT ON COLUMN main.transactions.observed_at IS 'When fcpipe merged it; one instant for all rows of a run';
COMMENT ON COLUMN main.transactions.run_id IS 'Run that stored the row';
COMMENT ON COLUMN main.transactions.livemode IS 'True for real banks, false for test data';
COMMENT ON COLUMN main.transactions.extra IS 'Every field Stripe sent that has no column here, verbatim; null when there is none';
COMMENT ON COLUMN main.transaction_versions.is_current IS
    'Whether main.transactions shows this version; bookkeeping: no part of the version, the only column that changes';
COMMENT ON TABLE main.transaction_versions IS
    'Every version of every transaction; append-only but for is_current: what we knew, and since when';
