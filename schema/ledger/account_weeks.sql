-- model: ledger.account_weeks
-- about: What tells, without reading all rows again, whether an account's instants are dates, which rows are the first
--   ones held, and which accounts may have equal rows; by the week rows were transacted in
-- order: account_id, week_start
-- lake: none
-- scope: account_id, week_start
-- since: week_start
-- touched by main.transactions (transaction_id, account_id, transacted_at, posted_at, status, amount_minor):
--   SELECT account_id, ledger.utc_week(transacted_at) AS week_start FROM changed
-- input main.transactions: SELECT t.* FROM (FROM main.transactions
--   WHERE transacted_at >= ledger.earliest_instant($since)) t SEMI JOIN touched s ON s.account_id = t.account_id
--   AND s.week_start = ledger.utc_week(t.transacted_at)
-- column account_id: VARCHAR NOT NULL. Account of the rows
-- column week_start: DATE NOT NULL. First of the seven days, counted from 1970-01-01 in UTC, of transacted_at;
--   0001-01-01 for all before
-- column row_count: BIGINT NOT NULL. Rows
-- column midnight_count: BIGINT NOT NULL. Those transacted at midnight UTC
-- column hour_count: BIGINT NOT NULL. Those transacted at a whole hour that may be a zone's midnight
-- column first_hour: BIGINT. Earliest of these hours
-- column last_hour: BIGINT. Latest of these hours
-- column posted_count: BIGINT NOT NULL. Rows with posted_at
-- column posted_midnight_count: BIGINT NOT NULL. Those posted at midnight UTC
-- column posted_hour_count: BIGINT NOT NULL. Those posted at a whole hour that may be a zone's midnight
-- column posted_first_hour: BIGINT. Earliest of these hours
-- column posted_last_hour: BIGINT. Latest of these hours
-- column first_posted_midnight: TIMESTAMPTZ. Earliest posted_at at midnight UTC
-- column first_posted: TIMESTAMPTZ. Earliest posted_at at another time
-- column first_unposted_midnight: TIMESTAMPTZ. Of rows without posted_at the earliest transacted_at at midnight UTC
-- column first_unposted: TIMESTAMPTZ. Of rows without posted_at the earliest transacted_at at another time
-- column least_mark: BIGINT. Least ledger.amount_mark of a posted row; null where none is posted
-- column greatest_mark: BIGINT. The greatest
-- column least_other_mark: BIGINT. Least ledger.other_amount_mark of a posted row
-- column greatest_other_mark: BIGINT. The greatest
SELECT account_id, ledger.utc_week(transacted_at) AS week_start, count(*) AS row_count,
    count(*) FILTER (ledger.is_midnight(transacted_at)) AS midnight_count,
    count(ledger.whole_hour(transacted_at)) AS hour_count,
    min(ledger.whole_hour(transacted_at)) AS first_hour, max(ledger.whole_hour(transacted_at)) AS last_hour,
    count(posted_at) AS posted_count, count(*) FILTER (ledger.is_midnight(posted_at)) AS posted_midnight_count,
    count(ledger.whole_hour(posted_at)) AS posted_hour_count,
    min(ledger.whole_hour(posted_at)) AS posted_first_hour, max(ledger.whole_hour(posted_at)) AS posted_last_hour,
    min(posted_at) FILTER (ledger.is_midnight(posted_at)) AS first_posted_midnight,
    min(posted_at) FILTER (NOT ledger.is_midnight(posted_at)) AS first_posted,
    min(transacted_at) FILTER (posted_at IS NULL AND ledger.is_midnight(transacted_at)) AS first_unposted_midnight,
    min(transacted_at) FILTER (posted_at IS NULL AND NOT ledger.is_midnight(transacted_at)) AS first_unposted,
    min(ledger.amount_mark(amount_minor)) FILTER (status = 'posted') AS least_mark,
    max(ledger.amount_mark(amount_minor)) FILTER (status = 'posted') AS greatest_mark,
    min(ledger.other_amount_mark(amount_minor)) FILTER (status = 'posted') AS least_other_mark,
    max(ledger.other_amount_mark(amount_minor)) FILTER (status = 'posted') AS greatest_other_mark
FROM main.transactions GROUP BY ALL
