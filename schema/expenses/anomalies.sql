-- model: expenses.anomalies
-- about: What is unusual in a holder's spending: at most five things a month and currency, by money. Of purchases the
--   ten largest of the month are looked at, beside those since the sixth month before; amounts over 15 digits are not
-- order: holder_type, holder_id, currency, month, rank
-- part: holder_type, holder_id
-- part bytes: 256
-- scope: holder_type, holder_id, currency, from month_start
-- touched by expenses.transactions (transaction_id, holder_type, holder_id, currency, transacted_date, merchant_key,
--   spend_category, amount_minor, include_in_spend, possible_duplicate_of): SELECT holder_type, holder_id, currency,
--   date_trunc('month', transacted_date)::DATE AS month_start FROM changed WHERE include_in_spend AND amount_minor < 0
-- touched by ledger.labels: nothing, it is felt through expenses.transactions, which shows its rows: those of the
--   months that are computed are read there, and what was before them here
-- touched by expenses.merchant_month (holder_type, holder_id, currency, merchant_key, first_seen, is_new):
--   SELECT holder_type, holder_id, currency, date_trunc('month', first_seen)::DATE AS month_start FROM changed
--   WHERE is_new
-- touched by expenses.category_month (holder_type, holder_id, currency, category, month_start, net_minor,
--   average_6_minor): SELECT holder_type, holder_id, currency, month_start FROM changed
-- touched by expenses.category_sums: nothing, it is felt through expenses.category_month
-- touched by expenses.subscriptions (stream_id, holder_type, holder_id, currency, merchant_key, first_date,
--   trial_date): SELECT holder_type, holder_id, currency, date_trunc('month', first_date)::DATE AS month_start
--   FROM changed WHERE trial_date IS NOT NULL
-- input expenses.transactions: SELECT t.* FROM (FROM expenses.transactions
--   WHERE include_in_spend AND transacted_date >= $since) t
--   JOIN touched s ON s.holder_type = t.holder_type AND s.holder_id = t.holder_id AND s.currency = t.currency
--   AND t.transacted_date >= s.month_start
-- input ledger.labels: FROM ledger.labels WHERE include_in_spend
--   AND transacted_date >= ($since - INTERVAL 6 MONTH)::DATE
-- input expenses.merchant_month: SELECT m.* FROM (FROM expenses.merchant_month WHERE is_new AND first_seen >= $since) m
--   SEMI JOIN touched USING (holder_type, holder_id, currency)
-- input expenses.category_sums: SELECT s.* FROM (FROM expenses.category_sums
--   WHERE month_start >= ($since - INTERVAL 6 MONTH)::DATE) s
--   SEMI JOIN touched USING (holder_type, holder_id, currency)
-- input expenses.subscriptions: SELECT s.* FROM expenses.subscriptions s
--   SEMI JOIN touched USING (holder_type, holder_id, currency)
-- personal: merchant_key from expenses.transactions.merchant_key
-- personal: nothing from ledger.labels.merchant_key, equal ones are looked for
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
WITH counted AS NOT MATERIALIZED (
    SELECT transaction_id, holder_type, holder_id, currency, merchant_key, spend_category AS category,
        transacted_date AS day, date_trunc('month', transacted_date)::DATE AS month_start, -amount_minor AS minor
    FROM expenses.transactions
    WHERE include_in_spend AND amount_minor BETWEEN -1000000000000000 AND -1 AND possible_duplicate_of IS NULL),
-- the same rows, and those of six months before where only the last months are computed again: what is unusual is
-- looked for in these alone
earlier AS NOT MATERIALIZED (
    SELECT transaction_id, holder_type, holder_id, currency, merchant_key, spend_category AS category,
        transacted_date AS day, -amount_minor AS minor
    FROM ledger.labels
    WHERE include_in_spend AND amount_minor BETWEEN -1000000000000000 AND -1 AND possible_duplicate_of IS NULL),
-- the ten largest purchases of each month, and its fees
largest AS (
    SELECT holder_type, holder_id, currency, month_start, list_min(max(minor, 10)) AS least_minor
    FROM counted GROUP BY ALL),
noted AS MATERIALIZED (
    SELECT c.*, round(1000000 * ln(c.minor))::BIGINT AS x, (row_number() OVER ())::INTEGER AS id,
        c.category LIKE 'fee.%' AS is_fee
    FROM counted c JOIN largest l USING (holder_type, holder_id, currency, month_start)
    WHERE c.category LIKE 'fee.%' OR (c.minor >= l.least_minor
        AND c.category NOT IN ('xfer.cash_withdrawal', 'xfer.check_out') AND c.merchant_key <> '')),
-- what was paid at the merchant before, how often far less (the median is far less where half of it is), how often as
-- much, and how often the same twice within a day: a fare there and back
beside AS MATERIALIZED (
    SELECT l.id, list(e.minor) AS minors, count(*) AS n,
        count(*) FILTER (e.minor = l.minor AND e.day >= l.day - 1) AS equal_count,
        count(*) FILTER (l.x - round(1000000 * ln(e.minor))::BIGINT > 400000) AS lower_count,
        count(*) FILTER (e.minor >= l.minor) AS large_count,
        list(e.day ORDER BY e.day) FILTER (e.minor = l.minor AND e.day < l.day - 1) AS equal_days
    FROM (FROM noted WHERE NOT is_fee) l JOIN earlier e USING (holder_type, holder_id, currency, merchant_key)
    WHERE e.day >= (l.month_start - INTERVAL 6 MONTH)::DATE
        AND (e.day < l.day OR (e.day = l.day AND e.transaction_id < l.transaction_id))
    GROUP BY ALL),
measured AS (
    SELECT id, n, middle_minor, x - middle AS distance,
        greatest(14826 * list_sort(list_transform(minors,
            lambda v: abs(round(1000000 * ln(v))::BIGINT - middle)))[(n + 1) // 2], 1000000000) AS scale
    FROM (SELECT *, list_sort(minors)[(n + 1) // 2] AS middle_minor, round(1000000 * ln(middle_minor))::BIGINT AS middle
        FROM beside WHERE n >= 6 AND lower_count >= (n + 1) // 2 AND large_count < 2)
    JOIN noted USING (id)),
fees AS (
    SELECT f.id, quantile_disc(e.minor, 0.5) AS minor, count(*) AS n
    FROM (FROM noted WHERE is_fee) f
    JOIN (FROM earlier WHERE category LIKE 'fee.%') e USING (holder_type, holder_id, currency, category)
    WHERE e.day >= (f.month_start - INTERVAL 6 MONTH)::DATE
        AND (e.day < f.day OR (e.day = f.day AND e.transaction_id < f.transaction_id))
    GROUP BY ALL),
trials AS (
    SELECT s.stream_id, c.*, max(t.minor) AS trial_minor
    FROM (FROM expenses.subscriptions WHERE trial_date IS NOT NULL) s
    JOIN counted c ON c.holder_type = s.holder_type AND c.holder_id = s.holder_id AND c.currency = s.currency
        AND c.merchant_key = s.merchant_key AND c.day = s.first_date
    LEFT JOIN (FROM earlier WHERE minor <= meta.units(1, currency)) t
        ON t.holder_type = s.holder_type AND t.holder_id = s.holder_id AND t.currency = s.currency
        AND t.merchant_key = s.merchant_key AND t.day = s.trial_date
    GROUP BY ALL),
months AS (
    SELECT m.holder_type, m.holder_id, m.currency, m.month_start, m.category, m.net_minor AS minor,
        list_sort(list_resize(coalesce(list(coalesce(e.net_minor, 0)) FILTER (e.category IS NOT NULL), []), 6, 0))
            AS minors
    FROM (FROM expenses.category_month WHERE net_minor BETWEEN 1 AND 1000000000000000
        AND net_minor > average_6_minor AND category NOT LIKE 'fee.%') m
    LEFT JOIN expenses.category_sums e ON e.holder_type = m.holder_type AND e.holder_id = m.holder_id
        AND e.currency = m.currency AND e.category = m.category
        AND e.month_start BETWEEN (m.month_start - INTERVAL 6 MONTH)::DATE AND m.month_start - 1
    GROUP BY ALL),
spread AS (
    SELECT *, minors[3] AS middle, list_sort(list_transform(minors, lambda v: abs(v - minors[3])))[3] AS mad
    FROM months),
found AS (
    SELECT 1 AS place, 'duplicate_charge' AS kind, l.* EXCLUDE (x, id, is_fee), l.minor AS baseline,
        b.equal_count AS n, l.minor AS excess, NULL::BIGINT AS score
    FROM noted l JOIN beside b USING (id) WHERE b.equal_count > 0 AND ledger.pairs_of(b.equal_days) < 2
    UNION ALL
    SELECT 2, 'fee', c.* EXCLUDE (x, id, is_fee), f.minor, coalesce(f.n, 0), c.minor, NULL
    FROM (FROM noted WHERE is_fee) c LEFT JOIN fees f USING (id)
    UNION ALL
    SELECT 3, 'trial_turned_paid', * EXCLUDE (stream_id, trial_minor), coalesce(trial_minor, 0), 1,
        minor - coalesce(trial_minor, 0), NULL
    FROM (FROM trials QUALIFY row_number() OVER (PARTITION BY stream_id ORDER BY transaction_id) = 1)
    UNION ALL
    SELECT 4, 'amount', l.* EXCLUDE (x, id, is_fee), m.middle_minor, m.n, l.minor - m.middle_minor,
        10000000 * m.distance // m.scale
    FROM noted l JOIN measured m USING (id) WHERE 10000 * m.distance > 4 * m.scale
    UNION ALL
    SELECT 5, 'new_merchant', l.* EXCLUDE (x, id, is_fee), u.usual_minor, u.purchase_count, l.minor, NULL
    FROM (FROM noted WHERE NOT is_fee) l
    JOIN expenses.usual_purchases u USING (holder_type, holder_id, currency, month_start)
    JOIN (FROM expenses.merchant_month WHERE is_new) f ON f.holder_type = l.holder_type AND f.holder_id = l.holder_id
        AND f.currency = l.currency AND f.merchant_key = l.merchant_key AND f.first_seen = l.day
    ANTI JOIN beside b ON b.id = l.id
    WHERE l.minor > u.usual_minor),
ranked AS (
    SELECT holder_type, holder_id, currency, month_start, kind, transaction_id, day, merchant_key, category, minor,
        baseline, n, excess, score
    FROM found QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY place, baseline, n) = 1
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
