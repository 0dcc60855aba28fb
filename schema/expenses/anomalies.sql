-- model: expenses.anomalies
-- about: What is unusual in a holder's spending: at most five things a month and currency, by money. Of purchases the
--   ten largest of the month are looked at, beside those since the sixth month before; amounts over 15 digits are not
-- order: holder_type, holder_id, currency, month, rank
-- part: holder_type, holder_id
-- part bytes: 512
-- scope: holder_type, holder_id, currency, from month_start
-- touched by expenses.transactions (transaction_id, holder_type, holder_id, currency, transacted_date, merchant_key,
--   spend_category, amount_minor, include_in_spend, possible_duplicate_of): SELECT holder_type, holder_id, currency,
--   date_trunc('month', transacted_date)::DATE AS month_start FROM changed WHERE include_in_spend AND amount_minor < 0
-- touched by expenses.merchant_month (holder_type, holder_id, currency, merchant_key, first_seen, is_new):
--   SELECT holder_type, holder_id, currency, date_trunc('month', first_seen)::DATE AS month_start FROM changed
--   WHERE is_new
-- touched by expenses.category_month (holder_type, holder_id, currency, category, month_start, net_minor,
--   average_6_minor): SELECT holder_type, holder_id, currency, month_start FROM changed
-- touched by expenses.category_sums: nothing, it is felt through expenses.transactions
-- touched by expenses.month_states (holder_type, holder_id, month_start, complete_before): SELECT s.holder_type,
--   s.holder_id, s.currency, c.month_start
--   FROM (SELECT DISTINCT holder_type, holder_id, currency FROM expenses.category_sums) s
--   JOIN changed c USING (holder_type, holder_id)
-- touched by expenses.subscriptions (stream_id, holder_type, holder_id, currency, merchant_key, first_date,
--   trial_date): SELECT holder_type, holder_id, currency, date_trunc('month', first_date)::DATE AS month_start
--   FROM changed WHERE trial_date IS NOT NULL
-- input expenses.transactions: SELECT t.* FROM (FROM expenses.transactions
--   WHERE include_in_spend AND transacted_date >= ($since - INTERVAL 6 MONTH)::DATE) t
--   SEMI JOIN touched USING (holder_type, holder_id, currency)
-- input expenses.merchant_month: SELECT m.* FROM (FROM expenses.merchant_month WHERE is_new) m
--   SEMI JOIN touched USING (holder_type, holder_id, currency)
-- input expenses.category_month: SELECT m.* FROM (FROM expenses.category_month
--   WHERE month_start >= ($since - INTERVAL 6 MONTH)::DATE) m
--   SEMI JOIN touched USING (holder_type, holder_id, currency)
-- input expenses.category_sums: SELECT s.* FROM (FROM expenses.category_sums WHERE month_start >= $since) s
--   SEMI JOIN touched USING (holder_type, holder_id, currency)
-- input expenses.month_states: SELECT m.* FROM (FROM expenses.month_states WHERE month_start >= $since) m
--   SEMI JOIN touched USING (holder_type, holder_id)
-- input expenses.subscriptions: SELECT s.* FROM expenses.subscriptions s
--   SEMI JOIN touched USING (holder_type, holder_id, currency)
-- personal: merchant_key from expenses.transactions.merchant_key
-- personal: nothing from expenses.merchant_month.merchant_key, equal ones are looked for
-- personal: nothing from expenses.subscriptions.merchant_key, equal ones are looked for
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column month: VARCHAR NOT NULL. Calendar month, YYYY-MM
-- column rank: BIGINT NOT NULL. 1 to 5: the largest excess_minor of the month first
-- column kind: VARCHAR NOT NULL. duplicate_charge: the same merchant and amount as at most one day before; fee: of a
--   bank, or interest; trial_turned_paid: the first payment after a trial; amount: far more than at this merchant
--   before; new_merchant: a first purchase above 95 of 100 purchases of the three months before; category_month: a
--   category far above the six months before. A row is only the first of these that it is
-- column transaction_id: VARCHAR. The row; null of category_month
-- column day: DATE. Civil date of the row; null of category_month
-- column merchant_key: VARCHAR. Normalised merchant; null of category_month
-- column category: ledger.category NOT NULL. expenses.transactions.spend_category, a code of ledger.categories
-- column amount_minor: BIGINT NOT NULL. Of the row, without sign, or net_minor of the category, minor units
-- column baseline_minor: BIGINT. What it is held against, minor units: the earlier charge; the median of earlier fees
--   of this category; what the trial cost; the median of earlier payments at the merchant; what 95 of 100 purchases
--   were at most; the median of the six months. Null of a first fee
-- column baseline_count: BIGINT NOT NULL. Rows of the baseline, or months
-- column excess_minor: BIGINT NOT NULL. amount_minor of duplicate_charge, fee and new_merchant, of the others what is
--   above the baseline, minor units
-- column score_per_mille: BIGINT. How far from the baseline: of amount (x - median) / max(1.4826 MAD, 0.10) of natural
--   logarithms, above 4; of category_month (x - median) / max(MAD, median / 10), above 3; in thousandths, rounded down.
--   Null of the others, and of a category whose six months were all alike without spending
-- column month_start: DATE NOT NULL. First day of the month
WITH counted AS (
    SELECT transaction_id, holder_type, holder_id, currency, merchant_key, spend_category AS category,
        transacted_date AS day, date_trunc('month', transacted_date)::DATE AS month_start, -amount_minor AS minor,
        round(1000000 * ln(-amount_minor))::BIGINT AS x
    FROM expenses.transactions
    WHERE include_in_spend AND amount_minor BETWEEN -1000000000000000 AND -1 AND possible_duplicate_of IS NULL),
-- every month with spending; where only the last ones are computed again, what is unusual is looked for in these alone
judged AS MATERIALIZED (
    SELECT c.* FROM counted c
    SEMI JOIN (SELECT DISTINCT holder_type, holder_id, currency, month_start FROM expenses.category_sums)
        USING (holder_type, holder_id, currency, month_start)),
largest AS (
    SELECT holder_type, holder_id, currency, month_start, list_min(max(minor, 10)) AS least_minor
    FROM judged GROUP BY ALL),
large AS MATERIALIZED (
    SELECT c.*, (row_number() OVER ())::INTEGER AS id
    FROM judged c JOIN largest l USING (holder_type, holder_id, currency, month_start)
    WHERE c.minor >= l.least_minor AND c.category NOT LIKE 'fee.%'
        AND c.category NOT IN ('xfer.cash_withdrawal', 'xfer.check_out') AND c.merchant_key <> ''),
-- what was paid at the merchant before, how often far less (the median is far less where half of it is), how often as
-- much, and how often the same twice within a day: a fare there and back
beside AS MATERIALIZED (
    SELECT l.id, l.x AS own_x, list(e.minor) AS minors, count(*) AS n,
        count(*) FILTER (e.minor = l.minor AND e.day >= l.day - 1) AS equal_count,
        count(*) FILTER (l.x - e.x > 400000) AS lower_count, count(*) FILTER (e.minor >= l.minor) AS large_count,
        list(e.day ORDER BY e.day) FILTER (e.minor = l.minor AND e.day < l.day - 1) AS equal_days
    FROM large l JOIN counted e USING (holder_type, holder_id, currency, merchant_key)
    WHERE e.day >= (l.month_start - INTERVAL 6 MONTH)::DATE
        AND (e.day < l.day OR (e.day = l.day AND e.transaction_id < l.transaction_id))
    GROUP BY ALL),
measured AS (
    SELECT id, n, middle_minor, own_x - middle AS distance,
        greatest(14826 * list_sort(list_transform(minors,
            lambda v: abs(round(1000000 * ln(v))::BIGINT - middle)))[(n + 1) // 2], 1000000000) AS scale
    FROM (SELECT *, list_sort(minors)[(n + 1) // 2] AS middle_minor, round(1000000 * ln(middle_minor))::BIGINT AS middle
        FROM beside WHERE n >= 6 AND lower_count >= (n + 1) // 2 AND large_count < 2)),
usual AS (
    SELECT m.holder_type, m.holder_id, c.currency, m.month_start, quantile_disc(c.minor, 0.95) AS minor, count(*) AS n
    FROM (SELECT *, unnest([1, 2, 3]) AS back FROM expenses.month_states WHERE complete_before >= 3) m
    JOIN counted c ON c.holder_type = m.holder_type AND c.holder_id = m.holder_id
        AND c.month_start = (m.month_start - to_months(m.back))::DATE
    GROUP BY ALL HAVING count(*) >= 20),
fees AS (
    SELECT f.transaction_id, quantile_disc(e.minor, 0.5) AS minor, count(*) AS n
    FROM (FROM judged WHERE category LIKE 'fee.%') f
    JOIN counted e USING (holder_type, holder_id, currency, category)
    WHERE e.day >= (f.month_start - INTERVAL 6 MONTH)::DATE
        AND (e.day < f.day OR (e.day = f.day AND e.transaction_id < f.transaction_id))
    GROUP BY ALL),
trials AS (
    SELECT s.stream_id, min(c.transaction_id) AS transaction_id, max(t.minor) AS minor
    FROM (FROM expenses.subscriptions WHERE trial_date IS NOT NULL) s
    JOIN counted c ON c.holder_type = s.holder_type AND c.holder_id = s.holder_id AND c.currency = s.currency
        AND c.merchant_key = s.merchant_key AND c.day = s.first_date
    LEFT JOIN counted t ON t.holder_type = s.holder_type AND t.holder_id = s.holder_id AND t.currency = s.currency
        AND t.merchant_key = s.merchant_key AND t.day = s.trial_date
        AND t.minor <= meta.units(1, t.currency)
    GROUP BY ALL),
months AS (
    SELECT m.holder_type, m.holder_id, m.currency, m.month_start, m.category, m.net_minor AS minor,
        list_sort(list_resize(coalesce(list(coalesce(e.net_minor, 0)) FILTER (e.category IS NOT NULL), []), 6, 0))
            AS minors
    FROM (FROM expenses.category_month WHERE net_minor BETWEEN 1 AND 1000000000000000
        AND net_minor > average_6_minor AND category NOT LIKE 'fee.%') m
    LEFT JOIN expenses.category_month e ON e.holder_type = m.holder_type AND e.holder_id = m.holder_id
        AND e.currency = m.currency AND e.category = m.category
        AND e.month_start BETWEEN (m.month_start - INTERVAL 6 MONTH)::DATE AND m.month_start - 1
    GROUP BY ALL),
spread AS (
    SELECT *, minors[3] AS middle, list_sort(list_transform(minors, lambda v: abs(v - minors[3])))[3] AS mad
    FROM months),
found AS (
    SELECT 1 AS place, 'duplicate_charge' AS kind, l.transaction_id, l.minor AS baseline, b.equal_count AS n,
        l.minor AS excess, NULL::BIGINT AS score
    FROM large l JOIN beside b USING (id) WHERE b.equal_count > 0 AND ledger.pairs_of(b.equal_days) < 2
    UNION ALL
    SELECT 2, 'fee', c.transaction_id, f.minor, coalesce(f.n, 0), c.minor, NULL
    FROM (FROM judged WHERE category LIKE 'fee.%') c LEFT JOIN fees f USING (transaction_id)
    UNION ALL
    SELECT 3, 'trial_turned_paid', c.transaction_id, coalesce(t.minor, 0), 1, c.minor - coalesce(t.minor, 0), NULL
    FROM trials t JOIN counted c USING (transaction_id)
    UNION ALL
    SELECT 4, 'amount', l.transaction_id, m.middle_minor, m.n, l.minor - m.middle_minor,
        10000000 * m.distance // m.scale
    FROM large l JOIN measured m USING (id) WHERE 10000 * m.distance > 4 * m.scale
    UNION ALL
    SELECT 5, 'new_merchant', l.transaction_id, u.minor, u.n, l.minor, NULL
    FROM large l JOIN usual u USING (holder_type, holder_id, currency, month_start)
    JOIN (FROM expenses.merchant_month WHERE is_new) f ON f.holder_type = l.holder_type AND f.holder_id = l.holder_id
        AND f.currency = l.currency AND f.merchant_key = l.merchant_key AND f.first_seen = l.day
    ANTI JOIN beside b ON b.id = l.id
    WHERE l.minor > u.minor),
ranked AS (
    SELECT c.holder_type, c.holder_id, c.currency, c.month_start, f.kind, f.transaction_id, c.day, c.merchant_key,
        c.category, c.minor, f.baseline, f.n, f.excess, f.score
    FROM (FROM found QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY place, baseline, n) = 1) f
    JOIN counted c USING (transaction_id)
    UNION ALL
    SELECT holder_type, holder_id, currency, month_start, 'category_month', NULL, NULL, NULL, category, minor, middle,
        6, minor - middle, 1000 * (minor - middle) // nullif(greatest(mad, middle // 10), 0)
    FROM spread WHERE minor - middle > 3 * greatest(mad, middle // 10) AND abs(middle) <= 1000000000000000)
SELECT holder_type, holder_id, currency, strftime(month_start, '%Y-%m') AS month,
    row_number() OVER (PARTITION BY holder_type, holder_id, currency, month_start
        ORDER BY excess DESC, kind, category, transaction_id) AS rank,
    kind, transaction_id, day, merchant_key, category, minor AS amount_minor, baseline AS baseline_minor,
    n AS baseline_count, excess AS excess_minor, score AS score_per_mille, month_start
FROM ranked QUALIFY rank <= 5
