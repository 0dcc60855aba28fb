-- model: ledger.advance_positions
-- about: Advances of a business on its receipts, as its accounts show them: equal debits on most business days, or
--   every week, to one payee, and the money they pay back. What looks alike, such as parking, is only a candidate: it
--   takes a lender's name, a large receipt before the first debit, or debits of 25.00 or more by the clearing house
-- order: account_key, currency, position
-- lake: none
-- part: account_key
-- part bytes: 128
-- scope: account_key, currency
-- touched by ledger.transactions (transaction_id, account_key, holder_type, holder_id, currency, category, posted_date,
--   amount_minor, status, merchant_key, rail, suppressed_by, counter_id, spending_class): SELECT account_key, currency
--   FROM changed WHERE category = 'cash' AND (amount_minor <= -meta.units(5, currency)
--   OR amount_minor >= meta.units(50, currency))
-- touched by ledger.labels (transaction_id, category): SELECT p.account_key, p.currency FROM (SELECT account_key,
--   currency, unnest([position, funding_id]) AS transaction_id FROM ledger.advance_positions) p
--   SEMI JOIN changed USING (transaction_id)
-- touched by ledger.accounts (account_key, coverage_end): SELECT p.account_key, p.currency
--   FROM ledger.advance_positions p SEMI JOIN changed USING (account_key)
-- input ledger.labels: FROM ledger.labels
-- personal: merchant_key from ledger.transactions.merchant_key
-- personal: nothing from ledger.labels.merchant_key, only the category is read
-- column position: VARCHAR NOT NULL. The position: its first debit
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose advance it is
-- column account_key: VARCHAR NOT NULL. Account it is paid back from
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised payee
-- column cadence: VARCHAR NOT NULL. DAILY: at least fifteen debits, on four fifths of the business days; WEEKLY: at
--   least six, 0.8 to 1.1 of them a week; IRREGULAR: neither, which is why it is only a candidate
-- column fill: DOUBLE NOT NULL. Debits over business days, or over weeks, from the first to the last
-- column payment_minor: BIGINT NOT NULL. Amount of the newest debits, minor units
-- column first_payment_minor: BIGINT NOT NULL. Amount of the first ones: a level of five debits or more may follow
-- column payment_count: BIGINT NOT NULL. Debits that the bank did not return
-- column paid_minor: BIGINT. Their sum, minor units; null when out of range
-- column first_day: DATE NOT NULL. Civil date the first debit posted
-- column last_day: DATE NOT NULL. Civil date the newest debit posted
-- column funding_id: VARCHAR. The largest receipt of ten debits or more in the two weeks before the first; null without
--   one
-- column funded_minor: BIGINT. Its amount, minor units
-- column evidence: VARCHAR[] NOT NULL. What speaks for it: name (a lender's), funding, both_ways (who is paid sent
--   money in those two weeks, and is a lender or known to no rule), clearing_house
-- column status: VARCHAR NOT NULL. CANDIDATE: no cadence, or no evidence; OPEN; REDUCED or INCREASED: open, and the
--   newest debits are of another amount than the first; STOPPED: none in the last week held, of weekly ones two weeks;
--   PAID_OFF: stopped, and 1.05 times what was received is paid
WITH debits AS (
    SELECT transaction_id, account_key, currency, holder_type, holder_id, merchant_key, -amount_minor AS minor,
        posted_date, coalesce(rail = 'ach', false) AS is_ach, spending_class = 'reversed' AS is_returned
    FROM ledger.transactions
    WHERE category = 'cash' AND amount_minor <= -meta.units(5, currency)
        AND amount_minor > -9000000000000000 AND status = 'posted'
        AND suppressed_by IS NULL AND counter_id IS NULL AND holder_type IS NOT NULL AND holder_id IS NOT NULL
        AND rail IS DISTINCT FROM 'card' AND rail IS DISTINCT FROM 'atm' AND rail IS DISTINCT FROM 'check'),
-- what most debits are not
repeated AS (
    SELECT account_key, currency, merchant_key, minor FROM debits GROUP BY ALL HAVING count(*) >= 5),
-- five equal debits or more, close enough to be daily or weekly
levels AS (
    SELECT account_key, currency, holder_type, holder_id, merchant_key, minor, count(DISTINCT posted_date) AS n,
        count(*) FILTER (NOT is_returned) AS payments, min(posted_date) AS first_day, max(posted_date) AS last_day,
        bool_and(is_ach) AS is_ach,
        arg_min(transaction_id, (posted_date, transaction_id)) AS first_id
    FROM debits SEMI JOIN repeated USING (account_key, currency, merchant_key, minor)
    GROUP BY account_key, currency, holder_type, holder_id, merchant_key, minor
    HAVING n >= 5 AND 10 * n >= last_day - first_day),
-- a level that follows another within two weeks is one of the same position
placed AS (
    SELECT *, coalesce(first_day - lag(last_day) OVER w NOT BETWEEN 0 AND 14, true) AS begins
    FROM levels
    WINDOW w AS (PARTITION BY account_key, currency, holder_type, holder_id, merchant_key
        ORDER BY first_day, last_day, minor)),
numbered AS (
    SELECT *, count(*) FILTER (begins) OVER (PARTITION BY account_key, currency, holder_type, holder_id, merchant_key
        ORDER BY first_day, last_day, minor) AS nth
    FROM placed),
positions AS (
    SELECT account_key, currency, holder_type, holder_id, merchant_key, nth,
        arg_min(first_id, (first_day, last_day, minor)) AS position, arg_max(minor, (first_day, last_day, minor))
            AS payment_minor, arg_min(minor, (first_day, last_day, minor)) AS first_payment_minor,
        sum(n)::BIGINT AS n, sum(payments)::BIGINT AS payment_count,
        meta.minor(sum(minor::HUGEINT * payments)) AS paid_minor, min(first_day) AS first_day,
        max(last_day) AS last_day, bool_and(is_ach) AS is_ach
    FROM numbered GROUP BY ALL),
worked AS (
    SELECT position, count(*) FILTER (ledger.is_business_day(d)) AS business_days
    FROM (SELECT position, unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS d FROM positions)
    GROUP BY position),
funded AS (
    SELECT p.position, max({minor: t.amount_minor, id: t.transaction_id}) AS funding,
        bool_or(t.merchant_key = p.merchant_key) AS is_of_payee
    FROM positions p JOIN (FROM ledger.transactions WHERE category = 'cash' AND amount_minor >= meta.units(50, currency)
        AND status = 'posted' AND suppressed_by IS NULL AND counter_id IS NULL) t
        ON t.account_key = p.account_key AND t.currency = p.currency
        AND t.posted_date BETWEEN p.first_day - 14 AND p.first_day AND t.amount_minor // 10 >= p.first_payment_minor
    GROUP BY p.position),
judged AS (
    SELECT p.*, w.business_days, f.funding.id AS funding_id, f.funding.minor AS funded_minor,
        p.n >= 15 AND 10 * p.n >= 8 * w.business_days AS is_daily,
        p.n >= 6 AND p.n BETWEEN 0.8::DOUBLE * ((p.last_day - p.first_day) / 7 + 1)
            AND 1.1::DOUBLE * ((p.last_day - p.first_day) / 7 + 1) AS is_weekly,
        a.coverage_end,
        list_filter([CASE WHEN coalesce(ledger.is_lender(l.category), false) THEN 'name' END,
            CASE WHEN f.funding IS NOT NULL THEN 'funding' END, CASE WHEN f.is_of_payee
                AND (coalesce(l.category = 'other.unknown', true) OR ledger.is_lender(l.category)) THEN 'both_ways' END,
            CASE WHEN p.is_ach AND p.payment_minor >= meta.units(25, p.currency) THEN 'clearing_house' END],
            lambda shown: shown IS NOT NULL) AS evidence
    FROM positions p JOIN worked w USING (position) LEFT JOIN funded f USING (position)
    LEFT JOIN ledger.labels l ON l.transaction_id = p.position
    LEFT JOIN ledger.accounts a ON a.account_key = p.account_key)
SELECT position, holder_type, holder_id, account_key, currency, merchant_key,
    CASE WHEN is_daily THEN 'DAILY' WHEN is_weekly THEN 'WEEKLY' ELSE 'IRREGULAR' END AS cadence,
    CASE WHEN is_daily OR NOT is_weekly THEN n::DOUBLE / greatest(business_days, 1)
        ELSE n::DOUBLE / ((last_day - first_day) / 7 + 1) END AS fill,
    payment_minor, first_payment_minor, payment_count, paid_minor, first_day, last_day, funding_id, funded_minor,
    evidence,
    CASE WHEN NOT (is_daily OR is_weekly) OR len(evidence) = 0 THEN 'CANDIDATE'
        WHEN coverage_end > last_day + CASE WHEN is_daily THEN 7 ELSE 14 END
            THEN CASE WHEN 100 * paid_minor::HUGEINT >= 105 * funded_minor::HUGEINT THEN 'PAID_OFF' ELSE 'STOPPED' END
        WHEN payment_minor < first_payment_minor THEN 'REDUCED' WHEN payment_minor > first_payment_minor
            THEN 'INCREASED' ELSE 'OPEN' END AS status
FROM judged
