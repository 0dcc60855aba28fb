-- model: quality.reconciliation
-- about: Between two observed balances, what the posted rows do not explain: a residual is a missing, doubled or mis-signed row
-- order: account_key, currency, anchor_date
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column previous_date: DATE NOT NULL. Date of the earlier balance
-- column anchor_date: DATE NOT NULL. Date of the later balance
-- column previous_as_of: TIMESTAMPTZ NOT NULL. Instant of the earlier balance
-- column anchor_as_of: TIMESTAMPTZ NOT NULL. Instant of the later balance
-- column previous_minor: BIGINT NOT NULL. Earlier balance, minor units
-- column anchor_minor: BIGINT NOT NULL. Later balance, minor units
-- column posted_minor: BIGINT NOT NULL. Sum of rows posted between them, minor units
-- column transaction_count: BIGINT NOT NULL. Number of those rows
-- column residual_minor: BIGINT NOT NULL. Change of balance that posted_minor does not explain, minor units
-- column class: VARCHAR NOT NULL. proved: no residual; pending: the bank counts pending rows; timing: cancels with a neighbour; unexplained
WITH pairs AS (
    SELECT account_key, currency, lag(anchor_date) OVER w AS previous_date, anchor_date, lag(as_of) OVER w AS previous_as_of, as_of AS anchor_as_of,
        lag(observed_at) OVER w AS previous_observed_at, observed_at, lag(anchor_minor) OVER w AS previous_minor, anchor_minor,
        posted_before_minor - lag(posted_before_minor) OVER w AS posted_minor, posted_before_count - lag(posted_before_count) OVER w AS transaction_count
    FROM ledger.anchors WINDOW w AS (PARTITION BY account_key, currency ORDER BY anchor_date)),
residuals AS (
    SELECT *, (anchor_minor - previous_minor - posted_minor)::BIGINT AS residual_minor FROM pairs WHERE previous_date IS NOT NULL),
pending AS (
    SELECT a.account_key, v.currency, v.amount_minor, v.observed_at, lead(v.observed_at) OVER (PARTITION BY v.transaction_id ORDER BY v.version) AS ended_at, v.status
    FROM main.transaction_versions v JOIN main.accounts a USING (account_id) WHERE NOT v.superseded_on_arrival),
pending_change AS (
    SELECT r.account_key, r.currency, r.anchor_date,
        (coalesce(sum(p.amount_minor) FILTER (p.observed_at <= r.observed_at AND (p.ended_at IS NULL OR p.ended_at > r.observed_at)), 0)
       - coalesce(sum(p.amount_minor) FILTER (p.observed_at <= r.previous_observed_at AND (p.ended_at IS NULL OR p.ended_at > r.previous_observed_at)), 0))::BIGINT AS pending_minor
    FROM residuals r JOIN pending p ON p.account_key = r.account_key AND p.currency = r.currency AND p.status = 'pending'
    WHERE r.residual_minor <> 0 GROUP BY ALL)
SELECT r.account_key, r.currency, r.previous_date, r.anchor_date, r.previous_as_of, r.anchor_as_of, r.previous_minor, r.anchor_minor,
    r.posted_minor::BIGINT AS posted_minor, r.transaction_count::BIGINT AS transaction_count, r.residual_minor,
    CASE WHEN r.residual_minor = 0 THEN 'proved'
         WHEN r.residual_minor = p.pending_minor THEN 'pending'
         WHEN r.residual_minor = -lag(r.residual_minor) OVER w OR r.residual_minor = -lead(r.residual_minor) OVER w THEN 'timing'
         ELSE 'unexplained' END AS class
FROM residuals r LEFT JOIN pending_change p USING (account_key, currency, anchor_date)
WINDOW w AS (PARTITION BY r.account_key, r.currency ORDER BY r.anchor_date)
