-- model: ledger.reversals
-- about: What a bank took back: a debit that was returned unpaid, given back within five days, and a fee that was given
--   back within sixty; equal amounts of one account, each row once, the nearest first
-- order: account_key, reversal_id
-- lake: none
-- scope: account_key, currency, size_minor
-- part: account_key
-- touched by ledger.dated_transactions (transaction_id, account_key, category, currency, posted_date, transacted_date,
--   amount_minor, status, description, merchant_key, bank_kind): SELECT account_key, currency,
--   ledger.size(amount_minor) AS size_minor FROM changed WHERE status = 'posted'
-- touched by ledger.same_movements: SELECT account_key, currency, ledger.size(amount_minor) AS size_minor
--   FROM ledger.dated_transactions SEMI JOIN changed USING (transaction_id)
-- touched by ledger.descriptions: nothing, a text says the same for ever
-- widened: SELECT * FROM touched SEMI JOIN ledger.reversals USING (account_key, currency, size_minor)
--   UNION SELECT * FROM touched SEMI JOIN (SELECT account_key, currency, ledger.size(amount_minor) AS size_minor
--   FROM ledger.dated_transactions WHERE bank_kind IN ('fee_reversal', 'returned_item', 'return')
--   AND status = 'posted') USING (account_key, currency, size_minor)
-- input ledger.dated_transactions: SELECT d.* FROM (FROM ledger.dated_transactions WHERE status = 'posted') d
--   SEMI JOIN (SELECT account_key, currency, TRY_CAST(unnest([size_minor, -size_minor]) AS BIGINT) AS amount_minor
--   FROM touched) USING (account_key, currency, amount_minor)
-- input ledger.same_movements: FROM ledger.same_movements
-- personal: nothing from ledger.dated_transactions.merchant_key, equal merchants are looked for
-- personal: nothing from ledger.descriptions.normal, names of merchants are looked for
-- personal: nothing from ledger.descriptions.refund_key, equal merchants are looked for
-- column reversal_id: VARCHAR NOT NULL. The row that gives back
-- column reversed_id: VARCHAR NOT NULL. The debit or fee it gives back
-- column kind: VARCHAR NOT NULL. returned_item or fee_reversal
-- column account_key: VARCHAR NOT NULL. Account of both
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column size_minor: DECIMAL(19,0) NOT NULL. Amount of both without its sign, minor units
-- column posted_date: DATE NOT NULL. Civil date the reversal posted
-- column lag_days: BIGINT NOT NULL. Days from the posting of the one to that of the other
-- column transacted_date: DATE NOT NULL. The earlier of the civil dates on which both happened
WITH RECURSIVE backs AS MATERIALIZED (
    SELECT d.transaction_id, d.account_key, d.currency, TRY_CAST(-d.amount_minor::HUGEINT AS BIGINT) AS amount_minor,
        d.posted_date, d.transacted_date, d.bank_kind, x.normal, x.refund_key,
        ledger.returned_words(x.normal) AS named
    FROM (FROM ledger.dated_transactions WHERE bank_kind IN ('fee_reversal', 'returned_item', 'return')
        AND status = 'posted') d
    ANTI JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    JOIN ledger.descriptions x USING (description)
    WHERE d.bank_kind = 'fee_reversal' OR (d.category = 'cash' AND x.rail IS DISTINCT FROM 'card')),
debits AS MATERIALIZED (
    SELECT d.transaction_id, d.account_key, d.currency, d.amount_minor, d.posted_date, d.transacted_date,
        coalesce(d.bank_kind IN ('fee', 'distress_fee'), false) AS is_fee, d.merchant_key, d.description
    FROM (FROM ledger.dated_transactions WHERE amount_minor < 0 AND status = 'posted') d
    SEMI JOIN backs USING (account_key, currency, amount_minor)
    ANTI JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    WHERE d.category IN ('cash', 'credit')),
pairs AS (
    SELECT b.transaction_id AS reversal_id, d.transaction_id AS reversed_id, b.bank_kind, d.is_fee, b.account_key,
        b.currency, ledger.size(b.amount_minor) AS size_minor, b.posted_date, b.posted_date - d.posted_date AS lag_days,
        least(b.transacted_date, d.transacted_date) AS transacted_date, x.rail, x.category_out,
        NOT d.is_fee AND (b.refund_key = d.merchant_key OR contains(b.normal, d.merchant_key)
            OR len(list_intersect(b.named, regexp_extract_all(x.normal, '\p{L}{3,}'))) > 0) AS is_named,
        len(b.named) > 0 AS names_one
    FROM backs b JOIN debits d ON d.account_key = b.account_key AND d.currency = b.currency
        AND d.amount_minor = b.amount_minor AND d.is_fee = (b.bank_kind = 'fee_reversal')
        AND b.posted_date BETWEEN d.posted_date AND d.posted_date + CASE WHEN d.is_fee THEN 60 ELSE 5 END
    JOIN ledger.descriptions x USING (description)),
-- what was bought by card never comes back unpaid, and people, wires and machines are paid at once
pairing AS (
    SELECT * EXCLUDE (rail, category_out, names_one, bank_kind), false AS is_pair FROM pairs
    WHERE is_fee OR (coalesce(rail, 'ach') IN ('ach', 'check') AND is_named >= names_one
        AND (bank_kind = 'returned_item' OR rail IS NOT NULL OR (is_named AND NOT ledger.is_of_shop(category_out))))
    UNION ALL
    SELECT * EXCLUDE (is_best, is_given, is_taken) REPLACE (is_best AS is_pair)
    FROM (SELECT *, bool_or(is_best) OVER (PARTITION BY reversal_id) AS is_given,
            bool_or(is_best) OVER (PARTITION BY reversed_id) AS is_taken
        FROM (SELECT *, row_number() OVER (PARTITION BY reversal_id
                    ORDER BY is_named DESC, lag_days, reversed_id) = 1
                AND row_number() OVER (PARTITION BY reversed_id
                    ORDER BY is_named DESC, lag_days, reversal_id) = 1 AS is_best
            FROM pairing WHERE NOT is_pair))
    WHERE is_best OR NOT (is_given OR is_taken))
SELECT reversal_id, reversed_id, CASE WHEN is_fee THEN 'fee_reversal' ELSE 'returned_item' END AS kind, account_key,
    currency, size_minor, posted_date, lag_days, transacted_date
FROM pairing WHERE is_pair
