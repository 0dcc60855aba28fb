-- model: expenses.subscriptions
-- about: Subscriptions of a holder: streams of equal amounts to merchants that sell subscriptions, or by card to
--   others, see ledger.streams.kind
-- order: holder_type, holder_id, currency, merchant_key, stream_id
-- part: holder_type, holder_id
-- scope: holder_type, holder_id, currency, merchant_key
-- touched by ledger.transactions (transaction_id, holder_type, holder_id, currency, merchant_key, transacted_date,
--   amount_minor, spending_class): SELECT holder_type, holder_id, currency, merchant_key FROM changed
--   SEMI JOIN ledger.streams USING (holder_type, holder_id, currency, merchant_key)
--   WHERE ledger.may_be_trial(spending_class, amount_minor, currency)
--   UNION ALL SELECT c.holder_type, c.holder_id, c.currency, c.merchant_key FROM changed c
--   JOIN (FROM ledger.streams WHERE kind = 'subscription') s USING (holder_type, holder_id, currency, merchant_key)
--   WHERE c.spending_class = 'spending' AND c.amount_minor <= -6 * s.expected_minor::HUGEINT
-- touched by meta.parameters: SELECT s.holder_type, s.holder_id, s.currency, s.merchant_key
--   FROM ledger.transactions t JOIN (FROM ledger.streams WHERE kind = 'subscription' AND status IN ('late', 'ended')
--     AND per_year >= 12) s USING (holder_type, holder_id, currency, merchant_key)
--   WHERE t.spending_class = 'spending' AND t.amount_minor <= -6 * s.expected_minor::HUGEINT
--   AND t.transacted_date > (SELECT min(TRY_CAST(value AS DATE)) FROM changed WHERE name = 'as_of_date') - 400
--   AND t.transacted_date <= (SELECT max(TRY_CAST(value AS DATE)) FROM changed WHERE name = 'as_of_date') - 400
-- input meta.parameters: FROM meta.parameters
-- input ledger.transactions: SELECT t.* FROM (FROM ledger.transactions
--   WHERE ledger.may_be_trial(spending_class, amount_minor, currency)
--   OR (spending_class = 'spending' AND amount_minor <= -600)) t
--   SEMI JOIN touched USING (holder_type, holder_id, currency, merchant_key)
-- personal: stream_id from ledger.streams.stream_id
-- personal: merchant_key from ledger.streams.merchant_key
-- personal: nothing from ledger.transactions.merchant_key, equal merchants are looked for
-- personal: nothing from expenses.price_changes.stream_id, equal ones are looked for
-- personal: nothing from expenses.price_changes.merchant_key, equal ones are looked for
-- column stream_id: VARCHAR NOT NULL. The stream, see ledger.streams
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who pays
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised merchant
-- column account_key: VARCHAR NOT NULL. Account of the newest payment
-- column cadence: VARCHAR NOT NULL. weekly, biweekly, fourweekly, semimonthly, monthly, bimonthly, quarterly,
--   semiannual or annual
-- column amount_minor: BIGINT NOT NULL. Price of the newest payment, minor units
-- column annual_minor: BIGINT NOT NULL. What a year costs at this price, minor units; the newest charge by the year
--   where there is yearly_date
-- column first_date: DATE NOT NULL. Of the first payment, a trial not counted
-- column last_date: DATE NOT NULL. Of the newest one
-- column payment_count: BIGINT NOT NULL. Payments; those of one day are one
-- column next_due_date: DATE. When the next is due, of one that is yearly_suspect a year after its newest charge by the
--   year; null when ended
-- column status: VARCHAR NOT NULL. trial (new, and began with a trial), new (early in ledger.streams), active, late;
--   cancelled_suspect: late after six payments or more; ended; yearly_suspect: late or ended, and paid by the year
--   since yearly_date, as it seems, the last time within 400 days, which no stream shows yet
-- column confidence: DOUBLE NOT NULL. Orders subscriptions by their evidence, 0 to 1; no probability
-- column last_price_change_date: DATE. When another price was paid first; null when it never changed
-- column price_before_minor: BIGINT. Price before that, minor units; null likewise
-- column trial_date: DATE. Of a charge of at most 1.00 of this merchant in the 100 days before the first payment: a
--   trial that turned paid; null without one
-- column same_merchant_count: BIGINT NOT NULL. Subscriptions of the holder at this merchant that have not ended, this
--   one included: over one may be paid twice
-- column is_duplicate_suspect: BOOLEAN. Whether it seems to be paid twice: another one at this merchant that
--   has not ended costs the same within a tenth, or one price is paid twice a month
-- column yearly_date: DATE. Of one that is paid monthly or oftener and is late or ended: of the first charge of the
--   merchant of six to thirteen months' price that is its newest payment, or comes in the two months after it, of one
--   that is yearly_suspect; null for all others
SELECT s.stream_id, s.holder_type, s.holder_id, s.currency, s.merchant_key, s.account_key, s.cadence,
    s.expected_minor AS amount_minor, coalesce(y.minor, s.expected_minor * s.per_year) AS annual_minor,
    s.first_date, s.last_date,
    s.payment_count, coalesce((y.last_day + INTERVAL 1 YEAR)::DATE, s.next_due_date) AS next_due_date,
    CASE WHEN y.first_day IS NOT NULL THEN 'yearly_suspect'
        WHEN s.status = 'late' AND s.payment_count >= 6 THEN 'cancelled_suspect'
        WHEN s.status = 'active' AND s.maturity = 'early' AND t.trial_date IS NOT NULL THEN 'trial'
        WHEN s.status = 'active' AND s.maturity = 'early' THEN 'new' ELSE s.status END AS status,
    s.confidence, p.change_date AS last_price_change_date, p.old_minor AS price_before_minor, t.trial_date,
    count(*) FILTER (s.status <> 'ended') OVER (PARTITION BY s.holder_type, s.holder_id, s.currency, s.merchant_key)
        AS same_merchant_count,
    s.status <> 'ended' AND (s.cadence = 'semimonthly'
        OR count(*) FILTER (s.status <> 'ended') OVER (PARTITION BY s.holder_type, s.holder_id, s.currency,
            s.merchant_key ORDER BY s.expected_minor RANGE BETWEEN s.expected_minor // 10 PRECEDING
            AND s.expected_minor // 10 FOLLOWING) > 1) AS is_duplicate_suspect, y.first_day AS yearly_date
FROM (FROM ledger.streams WHERE kind = 'subscription') s
LEFT JOIN (FROM expenses.price_changes WHERE is_newest) p ON p.stream_id = s.stream_id
LEFT JOIN (
    SELECT i.stream_id, max(t.transacted_date) AS trial_date
    FROM (FROM ledger.transactions WHERE ledger.may_be_trial(spending_class, amount_minor, currency)) t
    JOIN ledger.streams i USING (holder_type, holder_id, currency, merchant_key)
    WHERE t.transacted_date BETWEEN i.first_date - 100 AND i.first_date - 1
    GROUP BY ALL) t ON t.stream_id = s.stream_id
LEFT JOIN (
    SELECT i.stream_id, min(t.transacted_date) AS first_day, max(t.transacted_date) AS last_day,
        arg_max(-t.amount_minor, t.transacted_date) AS minor
    FROM (FROM ledger.transactions WHERE spending_class = 'spending' AND amount_minor <= -600) t
    -- of a merchant that is known to be paid by the year a stream says so itself
    JOIN (FROM (FROM ledger.streams WHERE kind = 'subscription' AND status IN ('late', 'ended') AND per_year >= 12)
        ANTI JOIN (FROM ledger.streams WHERE kind = 'subscription' AND status <> 'ended' AND per_year < 12)
            USING (holder_type, holder_id, currency, merchant_key)) i
        USING (holder_type, holder_id, currency, merchant_key)
    CROSS JOIN (SELECT value::DATE AS today FROM meta.parameters WHERE name = 'as_of_date') p
    WHERE t.transacted_date >= i.last_date AND (t.transacted_date - i.last_date + 5) % 365 <= 67
        AND -12 * t.amount_minor::HUGEINT BETWEEN 6 * i.expected_minor::HUGEINT * i.per_year
            AND 13 * i.expected_minor::HUGEINT * i.per_year
    GROUP BY i.stream_id, i.last_date, p.today
    HAVING min(t.transacted_date) <= i.last_date + 62 AND max(t.transacted_date) > p.today - 400) y
    ON y.stream_id = s.stream_id
