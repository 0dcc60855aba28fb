-- model: ledger.daily_balances
-- about: The balance at the end of every day, rebuilt from the nearest later observed balance; accounts without an observed balance have no rows
-- order: account_key, currency, day
-- partition: day_month = strftime(day, '%Y-%m')
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column day: DATE NOT NULL. Civil day in the report zone
-- column end_of_day_minor: BIGINT NOT NULL. Balance at its end, minor units; positive is owed to the holder
-- column basis: VARCHAR NOT NULL. observed, anchor_intraday (observed, then rows posted later that day), reconstructed (back from a later one), forward (on from the last one)
-- column anchor_date: DATE NOT NULL. Day of the observed balance it was rebuilt from
-- column reconciled: VARCHAR NOT NULL. proved or broken between two observed balances; unproved outside any pair
WITH daily_net AS (
    SELECT account_key, currency, posted_date AS day, sum(amount_minor)::BIGINT AS net_minor
    FROM ledger.transactions WHERE status = 'posted' AND suppressed_by IS NULL GROUP BY ALL),
anchored AS (
    SELECT *, row_number() OVER (PARTITION BY account_key, currency ORDER BY anchor_date) = 1 AS is_first FROM ledger.anchors),
bounds AS (
    SELECT n.account_key, n.currency, greatest(least(min(d.day), min(n.anchor_date)), DATE '1990-01-01') AS first_day, greatest(max(l.coverage_end), max(n.anchor_date)) AS last_day
    FROM anchored n JOIN ledger.accounts l USING (account_key) LEFT JOIN (SELECT account_key, currency, min(day) AS day FROM daily_net GROUP BY ALL) d
      ON d.account_key = n.account_key AND d.currency = n.currency
    GROUP BY n.account_key, n.currency),
spine AS (SELECT account_key, currency, unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day FROM bounds),
running AS (
    SELECT s.account_key, s.currency, s.day,
        sum(coalesce(n.net_minor, 0)) OVER (PARTITION BY s.account_key, s.currency ORDER BY s.day)::BIGINT AS running_minor
    FROM spine s LEFT JOIN daily_net n USING (account_key, currency, day)),
back AS (
    SELECT r.account_key, r.currency, r.day, r.running_minor, a.anchor_date, a.anchor_minor, a.posted_before_minor, a.posted_later_minor
    FROM running r ASOF LEFT JOIN anchored a ON r.account_key = a.account_key AND r.currency = a.currency AND r.day <= a.anchor_date),
last_anchor AS (SELECT * FROM anchored QUALIFY row_number() OVER (PARTITION BY account_key, currency ORDER BY anchor_date DESC) = 1),
placed AS (
    SELECT b.account_key, b.currency, b.day,
        (coalesce(b.anchor_minor, f.anchor_minor) + b.running_minor - coalesce(b.posted_before_minor, f.posted_before_minor))::BIGINT AS end_of_day_minor,
        CASE WHEN b.anchor_date IS NULL THEN 'forward' WHEN b.day < b.anchor_date THEN 'reconstructed'
             WHEN b.posted_later_minor <> 0 THEN 'anchor_intraday' ELSE 'observed' END AS basis,
        coalesce(b.anchor_date, f.anchor_date) AS anchor_date
    FROM back b JOIN last_anchor f USING (account_key, currency))
SELECT p.account_key, p.currency, p.day, p.end_of_day_minor, p.basis, p.anchor_date,
    CASE WHEN p.basis = 'forward' THEN 'unproved'
         WHEN own.class = 'proved' OR (own.class IS NULL AND p.day = p.anchor_date AND following.class = 'proved') THEN 'proved'
         WHEN own.class IS NOT NULL OR (p.day = p.anchor_date AND following.class IS NOT NULL) THEN 'broken'
         ELSE 'unproved' END AS reconciled
FROM placed p
LEFT JOIN quality.reconciliation own ON own.account_key = p.account_key AND own.currency = p.currency AND own.anchor_date = p.anchor_date
LEFT JOIN quality.reconciliation following ON following.account_key = p.account_key AND following.currency = p.currency AND following.previous_date = p.anchor_date
