-- What was known at an instant: only what had been observed by then, so that no later round
-- changes an answer. main.*_versions and main.balances are the only sources.

-- name: as_of_macros
CREATE OR REPLACE MACRO meta.within_watermark(instant) AS (
    SELECT CASE WHEN instant::TIMESTAMPTZ <= watermark THEN instant::TIMESTAMPTZ
                WHEN instant IS NULL THEN error('as of when? NULL is no instant')
                ELSE error(format('as of {}: this file knows nothing after {}, its watermark in meta.store',
                                  instant::VARCHAR, coalesce(watermark::VARCHAR, 'its creation'))) END
    FROM meta.store);
COMMENT ON MACRO meta.within_watermark IS
    'The instant itself when the file knows about it, an error when it lies beyond the watermark';

-- Retention removes a transaction with every version: of what was known before its horizon nearly nothing is left.
CREATE OR REPLACE MACRO meta.within_retention(instant, horizon, removed) AS
    CASE WHEN instant < horizon
        THEN error(format('as of {}: retention removed the {} before {}, the horizon in meta.store',
                          instant::VARCHAR, removed, horizon::VARCHAR))
        ELSE instant END;
CREATE OR REPLACE MACRO meta.within_transactions(instant) AS (
    SELECT meta.within_retention(meta.within_watermark(instant), transactions_since, 'transactions') FROM meta.store);
COMMENT ON MACRO meta.within_transactions IS
    'The instant itself when the file knows transactions of then, an error beyond the watermark or before the horizon';
CREATE OR REPLACE MACRO meta.within_balances(instant) AS (
    SELECT meta.within_retention(meta.within_watermark(instant), balances_since, 'balances') FROM meta.store);
COMMENT ON MACRO meta.within_balances IS
    'The instant itself when the file knows balances of then, an error beyond the watermark or before the horizon';
COMMENT ON MACRO meta.within_retention IS 'The instant itself, an error when it lies before the horizon';

-- Few rows are a second version or later, so these few are looked up for every row: a version is
-- the answer unless a later one had been observed. No window, no sort, nothing spills.
CREATE OR REPLACE MACRO main.transactions_as_of(instant) AS TABLE
    SELECT v.* EXCLUDE (superseded_on_arrival, is_current) FROM main.transaction_versions v
    ANTI JOIN (SELECT transaction_id, version FROM main.transaction_versions
               WHERE version > 1 AND NOT superseded_on_arrival
                 AND observed_at <= meta.within_transactions(instant)) later
      ON later.transaction_id = v.transaction_id AND later.version > v.version
    WHERE NOT v.superseded_on_arrival AND v.observed_at <= meta.within_transactions(instant);
COMMENT ON MACRO TABLE main.transactions_as_of IS
    'Transactions as they were known at an instant, with the columns of main.transactions; beyond the watermark or '
    'before the horizon of retention it is an error. Example: SELECT status, count(*) '
    'FROM transactions_as_of(''2026-06-01 12:00:00+00'') GROUP BY status';

CREATE OR REPLACE MACRO main.transaction_labels_as_of(instant) AS TABLE
    SELECT v.* EXCLUDE (is_current) FROM main.transaction_label_versions v
    ANTI JOIN (SELECT transaction_id, version FROM main.transaction_label_versions
               WHERE version > 1 AND observed_at <= meta.within_transactions(instant)) later
      ON later.transaction_id = v.transaction_id AND later.version > v.version
    WHERE v.observed_at <= meta.within_transactions(instant);
COMMENT ON MACRO TABLE main.transaction_labels_as_of IS
    'Stripe''s labels of transactions as they were known at an instant, with the columns of main.transaction_labels; '
    'beyond the watermark or before the horizon of retention it is an error. '
    'Example: SELECT count(*), count(merchant_name) FROM transaction_labels_as_of(''2026-06-01 12:00:00+00'')';

-- A balance dated over two days after it was read is the current one only where there is no other: it would be for
-- ever.
CREATE OR REPLACE MACRO main.balances_as_of(instant) AS TABLE
    SELECT b.* FROM main.balances b
    SEMI JOIN (SELECT account_id, currency, max(order_of) AS order_of
               FROM (SELECT account_id, currency,
                   (as_of <= observed_at + INTERVAL 2 DAY, as_of, observed_at) AS order_of
                     FROM main.balances WHERE observed_at <= meta.within_balances(instant))
                     GROUP BY account_id, currency) newest
      ON newest.account_id = b.account_id AND newest.currency = b.currency
     AND newest.order_of = (b.as_of <= b.observed_at + INTERVAL 2 DAY, b.as_of, b.observed_at);
COMMENT ON MACRO TABLE main.balances_as_of IS
    'The current balance of each account and currency as it was known at an instant, with the columns of '
    'main.balances; beyond the watermark or before the horizon of retention it is an error. '
    'Example: SELECT account_id, currency, current_minor, as_of FROM balances_as_of(''2026-06-01 12:00:00+00'')';

CREATE OR REPLACE MACRO main.accounts_as_of(instant) AS TABLE
    SELECT v.* FROM main.account_versions v
    SEMI JOIN (SELECT account_id, max(observed_at) AS observed_at FROM main.account_versions
               WHERE observed_at <= meta.within_watermark(instant) GROUP BY account_id) newest
        USING (account_id, observed_at);
COMMENT ON MACRO TABLE main.accounts_as_of IS
    'Accounts as they were known at an instant, cursor and coverage included, with the columns of '
    'main.account_versions; beyond the watermark it is an error. Example: SELECT account_id, status, '
    'complete_through_at FROM accounts_as_of(''2026-06-01 12:00:00+00'')';
