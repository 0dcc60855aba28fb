-- model: underwriting.card_values
-- about: How a holder pays the cards that are linked, before it is judged how far that may be relied on: a payment of a
--   whole statement is what was owed at the end of one of the 35 days before it; where fewer are known and none fits,
--   whether it was whole is not known. Of credit accounts only those of subcategory credit_card are cards
-- order: holder_id, holder_type, account_key, currency, window_name, attribute
-- lake: none
-- scope: holder_type, holder_id
-- touched by ledger.accounts (account_key, holder_type, holder_id, subcategory): SELECT holder_type, holder_id
--   FROM changed WHERE holder_type IS NOT NULL AND holder_id IS NOT NULL
-- touched by ledger.daily_balances (account_key, currency, day, end_of_day_minor, reconciled): SELECT holder_type,
--   holder_id FROM (FROM underwriting.subjects WHERE is_account AND NOT has_cash) SEMI JOIN changed USING (account_key)
-- input ledger.daily_balances: SELECT b.* FROM ledger.daily_balances b SEMI JOIN (SELECT account_key
--   FROM (FROM underwriting.subjects WHERE is_account AND NOT has_cash) SEMI JOIN touched
--   USING (holder_type, holder_id)) a USING (account_key)
-- input underwriting.windows: FROM underwriting.windows
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose cards they are
-- column account_key: VARCHAR NOT NULL. Empty: all of them are of the holder as a whole
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column window_name: VARCHAR NOT NULL. Span of days, see underwriting.windows
-- column attribute: VARCHAR NOT NULL. Name, see underwriting.attributes
-- column value_text: VARCHAR. FULL, MINIMUM_LIKE or BETWEEN, see underwriting.attributes; null with too few payments
-- column partial_reason: VARCHAR. Why the value holds only in part, or is not there; else null
-- column inapplicable: VARCHAR. Why the holder can have none; else null
WITH span AS (SELECT first_day, last_day FROM underwriting.windows WHERE window_name = '180d'),
cards AS (
    SELECT s.holder_type, s.holder_id, s.account_key, s.currency
    FROM (FROM underwriting.subjects WHERE is_account AND NOT has_cash) s
    SEMI JOIN (FROM ledger.accounts WHERE subcategory = 'credit_card') l USING (account_key)),
payments AS (
    SELECT f.holder_type, f.holder_id, f.account_key, f.currency, f.day, sum(f.in_minor) AS paid
    FROM (FROM underwriting.flow_days WHERE NOT is_cash AND category = 'xfer.own_card_payment' AND in_count > 0) f
    JOIN span s ON f.day BETWEEN s.first_day AND s.last_day GROUP BY ALL),
balances AS (
    SELECT b.account_key, b.currency, b.day, -b.end_of_day_minor::HUGEINT AS owed, b.reconciled = 'proved' AS is_proved
    FROM (FROM ledger.daily_balances WHERE end_of_day_minor IS NOT NULL) b
    SEMI JOIN cards USING (account_key, currency)),
judged AS (
    SELECT p.holder_type, p.holder_id, p.account_key, p.currency, p.day, p.paid,
        max(b.owed) FILTER (b.day = p.day - 1) AS owed_before, bool_and(b.is_proved) FILTER (b.day = p.day - 1)
            AS is_proved,
        CASE WHEN bool_or(CASE WHEN b.day < p.day THEN b.owed = p.paid ELSE b.owed <= 0 END) THEN true
            WHEN count(*) FILTER (b.day < p.day) = 35 THEN false END AS is_full
    FROM payments p JOIN balances b ON b.account_key = p.account_key AND b.currency = p.currency
        AND b.day BETWEEN p.day - 35 AND p.day
    GROUP BY p.holder_type, p.holder_id, p.account_key, p.currency, p.day, p.paid),
patterns AS (
    SELECT holder_type, holder_id, account_key, currency, bool_and(is_proved) AS is_proved,
        CASE WHEN bool_and(is_full) THEN 'FULL'
            WHEN bool_and(20 * paid <= owed_before) AND 4 * max(paid) <= 5 * min(paid) THEN 'MINIMUM_LIKE'
            ELSE 'BETWEEN' END AS pattern
    FROM judged WHERE owed_before IS NOT NULL
    GROUP BY holder_type, holder_id, account_key, currency HAVING count(is_full) >= 3),
holders AS (
    SELECT holder_type, holder_id, currency, bool_and(is_proved) AS is_proved,
        CASE WHEN bool_and(pattern = 'FULL') THEN 'FULL' WHEN bool_or(pattern = 'MINIMUM_LIKE') THEN 'MINIMUM_LIKE'
            ELSE 'BETWEEN' END AS pattern
    FROM patterns GROUP BY ALL)
SELECT u.holder_type, u.holder_id, u.account_key, u.currency, '180d' AS window_name,
    'obligation_card_payment_pattern' AS attribute, h.pattern AS value_text,
    CASE WHEN h.pattern IS NULL THEN 'no card that is linked has three payments in the span'
        WHEN NOT h.is_proved THEN 'balances of a card are not proved on the days before its payments' END
        AS partial_reason,
    CASE WHEN c.holder_id IS NULL THEN 'no card is linked' END AS inapplicable
FROM (FROM underwriting.subjects WHERE NOT is_account) u
LEFT JOIN holders h USING (holder_type, holder_id, currency)
LEFT JOIN (SELECT DISTINCT holder_type, holder_id FROM cards) c USING (holder_type, holder_id)
