-- model: ledger.review_rows
-- about: Rows among people and by wire that a person should look at: what came from a person and went back to them
--   within days, and what is called pay and comes from a person. They show nothing by themselves, and no attribute
--   reads them
-- order: holder_type, holder_id, currency, kind, posted_date, transaction_id
-- part: holder_type, holder_id
-- lake: none
-- scope: holder_type, holder_id, currency
-- touched by ledger.transactions (transaction_id, account_key, holder_type, holder_id, currency, category, posted_date,
--   amount_minor, status, normal, merchant_key, rail, suppressed_by, counter_id):
--   SELECT holder_type, holder_id, currency FROM changed WHERE rail IN ('zelle', 'p2p_app', 'wire')
-- input ledger.transactions: SELECT t.* FROM (FROM ledger.transactions WHERE rail IN ('zelle', 'p2p_app', 'wire')) t
--   SEMI JOIN touched USING (holder_type, holder_id, currency)
-- personal: nothing from ledger.transactions.normal, words of pay are looked for
-- personal: nothing from ledger.transactions.merchant_key, equal ones are looked for
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose rows they are
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column kind: VARCHAR NOT NULL. round_trip: came in, and the same amount went back to the same name within three days;
--   wage_by_person: called pay, and sent by a person
-- column transaction_id: VARCHAR NOT NULL. The row that came in
-- column partner_id: VARCHAR. The row that went back; null for wage_by_person
-- column account_key: VARCHAR NOT NULL. Cash account it came to
-- column posted_date: DATE NOT NULL. Civil date it posted
-- column last_day: DATE NOT NULL. Civil date on which the other one posted, or the same
-- column amount_minor: BIGINT NOT NULL. What came in, minor units
WITH moved AS (
    SELECT *, ledger.person_name(merchant_key) AS name
    FROM ledger.transactions
    WHERE rail IN ('zelle'::ledger.rail, 'p2p_app'::ledger.rail, 'wire'::ledger.rail) AND status = 'posted'
        AND suppressed_by IS NULL AND category = 'cash' AND counter_id IS NULL AND holder_type IS NOT NULL
        AND holder_id IS NOT NULL),
-- each row that came in with the first that went back, and each of these once
paired AS (
    SELECT i.*, o.transaction_id AS partner_id, o.posted_date AS last_day
    FROM (FROM moved WHERE amount_minor >= meta.units(50, currency) AND len(name) >= 3) i
    JOIN moved o ON o.holder_type = i.holder_type AND o.holder_id = i.holder_id AND o.currency = i.currency
        AND o.name = i.name AND o.amount_minor = -i.amount_minor
        AND o.posted_date BETWEEN i.posted_date AND i.posted_date + 3
    QUALIFY row_number() OVER (PARTITION BY i.transaction_id ORDER BY o.posted_date, o.transaction_id) = 1)
SELECT holder_type, holder_id, currency, 'round_trip' AS kind, transaction_id, partner_id, account_key, posted_date,
    last_day, amount_minor
FROM paired
QUALIFY row_number() OVER (PARTITION BY partner_id ORDER BY posted_date DESC, transaction_id) = 1
UNION ALL
SELECT holder_type, holder_id, currency, 'wage_by_person', transaction_id, NULL, account_key, posted_date, posted_date,
    amount_minor
FROM moved
WHERE amount_minor > 0 AND rail <> 'wire'
    AND regexp_matches(normal, '\b(PAYROLL|SALARY|WAGES?|PAY ?CHECK|DIRECT DEP(OSIT)?)\b')
