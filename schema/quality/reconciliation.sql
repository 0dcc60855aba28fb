-- model: quality.reconciliation
-- about: Between two observed balances, what the posted rows do not explain: a residual is a missing, doubled or
--   mis-signed row
-- order: account_key, currency, anchor_date
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column previous_date: DATE NOT NULL. Date of the earlier balance
-- column anchor_date: DATE NOT NULL. Date of the later balance
-- column previous_as_of: TIMESTAMPTZ NOT NULL. Instant of the earlier balance
-- column anchor_as_of: TIMESTAMPTZ NOT NULL. Instant of the later balance
-- column previous_minor: BIGINT NOT NULL. Earlier balance, minor units
-- column anchor_minor: BIGINT NOT NULL. Later balance, minor units
-- column posted_minor: BIGINT. Sum of rows posted between them, minor units; null when out of range
-- column voided_minor: BIGINT. What rows that had posted and were voided later added between them, minor units; null
--   when out of range
-- column transaction_count: BIGINT NOT NULL. Number of posted rows between them
-- column residual_minor: BIGINT. Change of balance that posted_minor and voided_minor do not explain, minor units; null
--   when out of range
-- column class: VARCHAR NOT NULL. proved: no residual; doubtful: no residual, which proves no day: between the two are
--   rows of which the bank does not say when they posted, or days lie between them and a row of the account posted
--   before it happened, or another interval is timing, or unexplained at the first or last balance, where what would
--   cancel it is not seen, or another one is pending, or its rows add up to zero and the nearest interval before or
--   after whose rows do not has their sum with the other sign, so all signs may be turned; not_covered: rows between
--   the two are not all held, so no verdict; out_of_range: a sum leaves 64 bits; voided: the bank's balance never had a
--   row that was voided, or had it longer; pending: the bank counts pending rows; corrected: the amount of a posted row
--   was changed between; misdated: rows whose dates are not plausible; timing: cancels with up to four residuals beside
--   it, so rows are on other days than the bank has them; unexplained
WITH pairs AS (
    SELECT account_key, currency, lag(anchor_date) OVER w AS previous_date, anchor_date,
        lag(as_of) OVER w AS previous_as_of, as_of AS anchor_as_of,
        lag(observed_at) OVER w AS previous_observed_at, observed_at, lag(anchor_minor) OVER w AS previous_minor,
        anchor_minor,
        posted_since_minor AS posted_minor, voided_since_minor AS voided_minor, posted_since_count AS transaction_count,
        coalesce(covered_since = lag(covered_since) OVER w, false) AS is_covered
    FROM ledger.anchors WINDOW w AS (PARTITION BY account_key, currency ORDER BY anchor_date)),
residuals AS (
    SELECT *, meta.minor(anchor_minor::HUGEINT - previous_minor - posted_minor - voided_minor) AS residual_minor,
        CASE WHEN is_covered THEN residual_minor END AS judged
    FROM pairs WHERE previous_date IS NOT NULL),
doubted AS (SELECT * FROM residuals WHERE judged <> 0),
-- the posted rows that no other one counts in place of
counting AS NOT MATERIALIZED (
    FROM ledger.dated_transactions ANTI JOIN (FROM ledger.same_movements WHERE is_linked) USING (transaction_id)
    WHERE status = 'posted'),
-- of the others alone it is asked whether the days within are those the bank has
fitting AS (SELECT account_key, currency, previous_date, anchor_date FROM residuals WHERE judged = 0),
versions AS (
    SELECT a.account_key, v.currency, v.status, v.amount_minor::HUGEINT AS minor, v.observed_at,
        lead(v.observed_at) OVER w AS ended_at,
        coalesce(v.posted_at, v.transacted_at) AS posted_at, lead(v.updated_at) OVER w AS changed_at,
        CASE WHEN lead(v.status) OVER w = 'posted' THEN v.amount_minor::HUGEINT
            - lead(v.amount_minor) OVER w END AS corrected
    FROM main.transaction_versions v JOIN main.accounts a USING (account_id)
    WHERE NOT v.superseded_on_arrival AND a.account_key IN (SELECT account_key FROM doubted)
    WINDOW w AS (PARTITION BY v.transaction_id ORDER BY v.version)),
-- what stood at the later balance less what stood at the earlier one
standing AS (
    SELECT r.account_key, r.currency, r.anchor_date,
        coalesce(sum(p.minor) FILTER (p.status = 'pending' AND p.observed_at <= r.observed_at
            AND coalesce(p.ended_at > r.observed_at, true)),
            0)
      - coalesce(sum(p.minor) FILTER
          (p.status = 'pending' AND p.observed_at <= r.previous_observed_at
              AND coalesce(p.ended_at > r.previous_observed_at, true)),
          0) AS pending,
        coalesce(sum(p.corrected) FILTER (p.status = 'posted' AND p.posted_at <= r.anchor_as_of
            AND p.changed_at > r.anchor_as_of),
            0)
      - coalesce(sum(p.corrected) FILTER
          (p.status = 'posted' AND p.posted_at <= r.previous_as_of AND p.changed_at > r.previous_as_of),
          0) AS corrected
    FROM doubted r JOIN versions p ON p.account_key = r.account_key AND p.currency = r.currency
    WHERE p.status = 'pending' OR p.corrected <> 0 GROUP BY ALL),
misdated AS (
    SELECT r.account_key, r.currency, r.anchor_date, sum(l.amount_minor) AS minor
    FROM doubted r
    JOIN (FROM counting WHERE NOT is_posted_plausible) l ON l.account_key = r.account_key AND l.currency = r.currency
    JOIN main.transactions t USING (transaction_id)
    WHERE t.first_observed_at <= r.observed_at AND t.first_observed_at > r.previous_observed_at
    GROUP BY ALL),
-- residuals in a row after which the balance is what rows say again: the levels before them and after them
cancelled AS (
    SELECT account_key, currency, anchor_date,
        list_has_any(list(level - judged) OVER (w ROWS BETWEEN 4 PRECEDING AND CURRENT ROW),
            list(level) OVER (w ROWS BETWEEN CURRENT ROW AND 4 FOLLOWING)) AS is_timing
    FROM (SELECT *, sum(judged::HUGEINT) OVER (PARTITION BY account_key, currency ORDER BY anchor_date) AS level
        FROM doubted)
    WINDOW w AS (PARTITION BY account_key, currency ORDER BY anchor_date)),
-- rows of which the bank says only when they happened
undated AS (
    SELECT DISTINCT r.account_key, r.currency, r.anchor_date
    FROM fitting r
    JOIN (SELECT l.account_key, l.currency, l.posted_date
        FROM (FROM main.transactions SEMI JOIN (SELECT account_id FROM main.accounts SEMI JOIN fitting
            USING (account_key)) USING (account_id)
            WHERE status = 'posted' AND posted_at IS NULL AND amount_minor <> 0) t
        JOIN counting l USING (transaction_id)) u
        ON u.account_key = r.account_key AND u.currency = r.currency
        AND u.posted_date BETWEEN r.previous_date AND r.anchor_date),
-- accounts with rows whose dates contradict each other: what posted before it happened is on another day than the bank
-- has it; where the bank gives dates, a zone may account for one day, not for two
contradicted AS (
    SELECT DISTINCT l.account_key, l.currency
    FROM (FROM main.transactions SEMI JOIN (SELECT account_id FROM main.accounts SEMI JOIN (FROM fitting
        WHERE anchor_date - previous_date > 1) USING (account_key)) USING (account_id)
        WHERE status = 'posted' AND posted_at < transacted_at) t
    JOIN counting l USING (transaction_id)
    WHERE l.is_posted_plausible AND l.is_transacted_plausible AND l.amount_minor <> 0
      AND CASE WHEN l.posted_at IS NULL THEN l.posted_date + 1 < l.transacted_date
          ELSE l.posted_at < t.transacted_at END),
classified AS (
    SELECT r.account_key, r.currency, r.previous_date, r.anchor_date, r.previous_as_of, r.anchor_as_of,
        r.previous_minor, r.anchor_minor, r.posted_minor, r.voided_minor, r.transaction_count, r.residual_minor,
        CASE WHEN NOT r.is_covered THEN 'not_covered'
            WHEN r.residual_minor IS NULL THEN 'out_of_range'
            WHEN r.residual_minor = 0 THEN 'proved'
            WHEN r.residual_minor = -r.voided_minor::HUGEINT THEN 'voided'
            WHEN r.residual_minor = s.pending THEN 'pending'
            WHEN r.residual_minor = s.corrected THEN 'corrected'
            WHEN r.residual_minor = m.minor THEN 'misdated'
            WHEN c.is_timing THEN 'timing' ELSE 'unexplained' END AS class,
        r.previous_date = min(r.previous_date) OVER w OR r.anchor_date = max(r.anchor_date) OVER w AS is_outer,
        -- what rows with turned signs leave is twice their sum; null where that is zero, and signs are not seen
        CASE WHEN class = 'proved' AND r.posted_minor::HUGEINT + r.voided_minor <> 0 THEN false
            WHEN class NOT IN ('proved', 'voided', 'not_covered', 'out_of_range')
                AND r.residual_minor = -2 * (r.posted_minor::HUGEINT + r.voided_minor) THEN true END AS is_turned
    FROM residuals r
    LEFT JOIN standing s USING (account_key, currency, anchor_date)
    LEFT JOIN misdated m USING (account_key, currency, anchor_date)
    LEFT JOIN cancelled c USING (account_key, currency, anchor_date)
    WINDOW w AS (PARTITION BY r.account_key, r.currency)),
-- a sum that fits does not prove the days within, where rows are known to be on other days than the bank has them, nor
-- of balances in which the bank counts pending rows that stood before and after
known AS (
    SELECT c.account_key, c.currency, bool_or(c.class = 'timing' OR (c.class = 'unexplained' AND c.is_outer)
            OR d.account_key IS NOT NULL) AS is_misdated,
        bool_or(c.class = 'pending') AS has_pending
    FROM classified c LEFT JOIN contradicted d USING (account_key, currency) GROUP BY c.account_key, c.currency),
-- rows that add up to zero prove no sign, where signs are turned before or after them
beside_turned AS (
    SELECT account_key, currency, anchor_date
    FROM (SELECT *, last_value(is_turned IGNORE NULLS)
            OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_it,
            first_value(is_turned IGNORE NULLS) OVER (w ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS after_it
        FROM classified WINDOW w AS (PARTITION BY account_key, currency ORDER BY anchor_date))
    WHERE is_turned IS NULL AND (before_it OR after_it) AND (transaction_count > 0 OR voided_minor <> 0))
SELECT c.* EXCLUDE (is_outer, is_turned) REPLACE (CASE WHEN c.class = 'proved' AND (k.has_pending
        OR u.anchor_date IS NOT NULL OR t.anchor_date IS NOT NULL
        OR (k.is_misdated AND c.anchor_date - c.previous_date > 1)) THEN 'doubtful' ELSE c.class END AS class)
FROM classified c JOIN known k USING (account_key, currency)
LEFT JOIN undated u USING (account_key, currency, anchor_date)
LEFT JOIN beside_turned t USING (account_key, currency, anchor_date)
