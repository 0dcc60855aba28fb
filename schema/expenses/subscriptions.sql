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
-- input ledger.transactions: SELECT t.* FROM (FROM ledger.transactions
--   WHERE ledger.may_be_trial(spending_class, amount_minor, currency)) t
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
-- column annual_minor: BIGINT NOT NULL. What a year costs at this price, minor units
-- column first_date: DATE NOT NULL. Of the first payment, a trial not counted
-- column last_date: DATE NOT NULL. Of the newest one
-- column payment_count: BIGINT NOT NULL. Payments; those of one day are one
-- column next_due_date: DATE. When the next is due; null when ended
-- column status: VARCHAR NOT NULL. trial (new, and began with a trial), new (early in ledger.streams), active, late;
--   cancelled_suspect: late after six payments or more; ended
-- column confidence: DOUBLE NOT NULL. Orders subscriptions by their evidence, 0 to 1; no probability
-- column last_price_change_date: DATE. When another price was paid first; null when it never changed
-- column price_before_minor: BIGINT. Price before that, minor units; null likewise
-- column trial_date: DATE. Of a charge of at most 1.00 of this merchant in the 100 days before the first payment: a
--   trial that turned paid; null without one
-- column same_merchant_count: BIGINT NOT NULL. Subscriptions of the holder at this merchant that have not ended, this
--   one included: over one may be paid twice
-- column is_duplicate_suspect: BOOLEAN. Whether it seems to be paid twice: another one at this merchant that
--   has not ended costs the same within a tenth, or one price is paid twice a month
SELECT s.stream_id, s.holder_type, s.holder_id, s.currency, s.merchant_key, s.account_key, s.cadence,
    s.expected_minor AS amount_minor, s.expected_minor * s.per_year AS annual_minor, s.first_date, s.last_date,
    s.payment_count, s.next_due_date,
    CASE WHEN s.status = 'late' AND s.payment_count >= 6 THEN 'cancelled_suspect'
        WHEN s.status = 'active' AND s.maturity = 'early' AND t.trial_date IS NOT NULL THEN 'trial'
        WHEN s.status = 'active' AND s.maturity = 'early' THEN 'new' ELSE s.status END AS status,
    s.confidence, p.change_date AS last_price_change_date, p.old_minor AS price_before_minor, t.trial_date,
    count(*) FILTER (s.status <> 'ended') OVER (PARTITION BY s.holder_type, s.holder_id, s.currency, s.merchant_key)
        AS same_merchant_count,
    s.status <> 'ended' AND (s.cadence = 'semimonthly'
        OR count(*) FILTER (s.status <> 'ended') OVER (PARTITION BY s.holder_type, s.holder_id, s.currency,
            s.merchant_key ORDER BY s.expected_minor RANGE BETWEEN s.expected_minor // 10 PRECEDING
            AND s.expected_minor // 10 FOLLOWING) > 1) AS is_duplicate_suspect
FROM (FROM ledger.streams WHERE kind = 'subscription') s
LEFT JOIN (FROM expenses.price_changes WHERE is_newest) p ON p.stream_id = s.stream_id
LEFT JOIN (
    SELECT i.stream_id, max(t.transacted_date) AS trial_date
    FROM (FROM ledger.transactions WHERE ledger.may_be_trial(spending_class, amount_minor, currency)) t
    JOIN ledger.streams i USING (holder_type, holder_id, currency, merchant_key)
    WHERE t.transacted_date BETWEEN i.first_date - 100 AND i.first_date - 1
    GROUP BY ALL) t ON t.stream_id = s.stream_id
