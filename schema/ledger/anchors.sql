-- model: ledger.anchors
-- about: The last observed balance of each account, currency and day, with what had posted by that instant
-- order: account_key, currency, anchor_date
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column anchor_date: DATE NOT NULL. Civil date of the balance in the report zone
-- column as_of: TIMESTAMPTZ NOT NULL. When the bank computed it
-- column observed_at: TIMESTAMPTZ NOT NULL. When fcpipe merged it
-- column anchor_minor: BIGINT NOT NULL. Balance without pending rows, minor units; positive is owed to the holder
-- column posted_before_minor: BIGINT NOT NULL. Sum of posted rows up to that instant, from the first row held, minor units
-- column posted_before_count: BIGINT NOT NULL. Number of those rows
-- column posted_later_minor: BIGINT NOT NULL. Sum of rows posted later on the same day, minor units
WITH observed AS (
    SELECT a.account_key, b.currency, timezone(meta.parameter('report_zone'), b.as_of)::DATE AS anchor_date, b.as_of, b.observed_at, b.current_minor
    FROM main.balances b JOIN main.accounts a USING (account_id)
    WHERE b.current_minor IS NOT NULL AND a.category <> 'investment'
    QUALIFY row_number() OVER (PARTITION BY a.account_key, b.currency, timezone(meta.parameter('report_zone'), b.as_of)::DATE
                               ORDER BY b.as_of DESC, b.observed_at DESC, b.account_id DESC) = 1),
movements AS (
    SELECT l.account_key, l.currency, l.posted_date, coalesce(t.posted_at, t.transacted_at) AS posted_at, l.amount_minor
    FROM ledger.transactions l JOIN main.transactions t USING (transaction_id)
    WHERE l.status = 'posted' AND l.suppressed_by IS NULL),
running AS (
    SELECT account_key, currency, posted_date, sum(net) OVER w::BIGINT AS net, sum(n) OVER w::BIGINT AS n
    FROM (SELECT account_key, currency, posted_date, sum(amount_minor) AS net, count(*) AS n FROM movements GROUP BY ALL)
    WINDOW w AS (PARTITION BY account_key, currency ORDER BY posted_date)),
earlier_days AS (
    SELECT o.account_key, o.currency, o.anchor_date, r.net, r.n
    FROM observed o ASOF JOIN running r ON o.account_key = r.account_key AND o.currency = r.currency AND o.anchor_date > r.posted_date),
same_day AS (
    SELECT o.account_key, o.currency, o.anchor_date, sum(m.amount_minor) FILTER (m.posted_at <= o.as_of)::BIGINT AS net,
        count(*) FILTER (m.posted_at <= o.as_of) AS n, sum(m.amount_minor) FILTER (m.posted_at > o.as_of)::BIGINT AS later
    FROM observed o JOIN movements m ON m.account_key = o.account_key AND m.currency = o.currency AND m.posted_date = o.anchor_date
    GROUP BY ALL)
SELECT o.account_key, o.currency, o.anchor_date, o.as_of, o.observed_at, o.current_minor AS anchor_minor,
    (coalesce(e.net, 0) + coalesce(s.net, 0))::BIGINT AS posted_before_minor, (coalesce(e.n, 0) + coalesce(s.n, 0))::BIGINT AS posted_before_count,
    coalesce(s.later, 0)::BIGINT AS posted_later_minor
FROM observed o LEFT JOIN earlier_days e USING (account_key, currency, anchor_date) LEFT JOIN same_day s USING (account_key, currency, anchor_date)
