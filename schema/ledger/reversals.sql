-- model: ledger.reversals
-- about: What was taken back: a debit that was returned unpaid, or a transfer that did not arrive, given back within
--   five days, a fee that was given back within sixty, money in that its payer took back within ten, and a deposit that
--   came back within twenty; equal amounts of one account, each row once, the nearest first. A refund that was taken
--   back is not here: spending nets both
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
--   FROM ledger.dated_transactions WHERE bank_kind IN ('fee_reversal', 'returned_item', 'return', 'taken_back')
--   AND status = 'posted') USING (account_key, currency, size_minor)
-- input ledger.dated_transactions: SELECT d.* FROM (FROM ledger.dated_transactions WHERE status = 'posted') d
--   SEMI JOIN (SELECT account_key, currency, TRY_CAST(unnest([size_minor, -size_minor]) AS BIGINT) AS amount_minor
--   FROM touched) USING (account_key, currency, amount_minor)
-- input ledger.same_movements: FROM ledger.same_movements
-- personal: nothing from ledger.dated_transactions.merchant_key, equal merchants are looked for
-- personal: nothing from ledger.descriptions.normal, names of merchants are looked for
-- personal: nothing from ledger.descriptions.refund_key, equal merchants are looked for
-- column reversal_id: VARCHAR NOT NULL. The row that gives back, or takes back
-- column reversed_id: VARCHAR NOT NULL. The debit or fee it gives back, or the money in that it takes back
-- column kind: VARCHAR NOT NULL. returned_item; returned_transfer (to a person, by Zelle, an app or wire: no want of
--   money); fee_reversal; of money in returned_deposit (a check that was deposited), or taken_back (pay, say, by its
--   payer)
-- column account_key: VARCHAR NOT NULL. Account of both
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column size_minor: DECIMAL(19,0) NOT NULL. Amount of both without its sign, minor units
-- column posted_date: DATE NOT NULL. Civil date the reversal posted
-- column lag_days: BIGINT NOT NULL. Days from the posting of the one to that of the other
-- column transacted_date: DATE NOT NULL. The earlier of the civil dates on which both happened
WITH RECURSIVE backs AS MATERIALIZED (
    SELECT d.transaction_id, d.account_key, d.currency, TRY_CAST(-d.amount_minor::HUGEINT AS BIGINT) AS amount_minor,
        d.posted_date, d.transacted_date, d.bank_kind, x.normal, x.refund_key, x.rail,
        coalesce(x.category_out = 'adj.returned_deposit', false) AS is_deposit,
        CASE WHEN d.bank_kind = 'taken_back' THEN ledger.taken_back_words(x.normal)
            ELSE ledger.returned_words(x.normal) END AS named
    FROM (FROM ledger.dated_transactions WHERE bank_kind IN ('fee_reversal', 'returned_item', 'return', 'taken_back')
        AND status = 'posted') d
    ANTI JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    JOIN ledger.descriptions x USING (description)
    WHERE d.bank_kind = 'fee_reversal' OR (d.category = 'cash' AND x.rail IS DISTINCT FROM 'card')),
given AS MATERIALIZED (
    SELECT d.transaction_id, d.account_key, d.currency, d.amount_minor, d.posted_date, d.transacted_date,
        coalesce(d.bank_kind IN ('fee', 'distress_fee'), false) AS is_fee, d.merchant_key, d.description
    FROM (FROM ledger.dated_transactions WHERE status = 'posted') d
    SEMI JOIN backs USING (account_key, currency, amount_minor)
    ANTI JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    WHERE d.category IN ('cash', 'credit') AND (d.amount_minor < 0 OR d.bank_kind IS NULL)),
pairs AS (
    SELECT b.transaction_id AS reversal_id, d.transaction_id AS reversed_id, b.bank_kind, d.is_fee, b.account_key,
        b.currency, ledger.size(b.amount_minor) AS size_minor, b.posted_date, b.posted_date - d.posted_date AS lag_days,
        least(b.transacted_date, d.transacted_date) AS transacted_date, x.rail, x.category_in, x.category_out,
        NOT d.is_fee AND (b.refund_key = d.merchant_key OR contains(b.normal, d.merchant_key)
            OR len(list_intersect(b.named, regexp_extract_all(x.normal, '\p{L}{3,}'))) > 0) AS is_named,
        len(b.named) > 0 AS names_one, b.is_deposit,
        coalesce(b.rail IN ('zelle', 'p2p_app', 'wire') OR x.rail IN ('zelle', 'p2p_app', 'wire'), false)
            AS is_at_once
    FROM backs b JOIN given d ON d.account_key = b.account_key AND d.currency = b.currency
        AND d.amount_minor = b.amount_minor AND d.is_fee = (b.bank_kind = 'fee_reversal')
        AND b.posted_date BETWEEN d.posted_date AND d.posted_date + CASE WHEN d.is_fee THEN 60 WHEN b.is_deposit THEN 20
            WHEN b.bank_kind = 'taken_back' THEN 10 ELSE 5 END
    JOIN ledger.descriptions x USING (description)
    WHERE d.amount_minor < 0 OR NOT (x.says_refund OR coalesce(x.category_in = 'adj.refund', false))),
-- What was bought by card never comes back unpaid, and machines are paid at once; a transfer to a person comes back
-- where both texts name them. Of a deposit that came back the text names no payer, and a deposit has none.
told AS (
    SELECT *, CASE WHEN is_fee THEN 'fee_reversal'
        WHEN bank_kind = 'taken_back' AND is_deposit THEN CASE
            WHEN coalesce(rail, 'check') IN ('check', 'atm', 'ach') AND coalesce(category_in LIKE 'xfer.%', true)
            THEN 'returned_deposit' END
        WHEN bank_kind = 'taken_back' THEN CASE WHEN is_named OR (NOT names_one AND coalesce(rail, 'ach') = 'ach')
            THEN 'taken_back' END
        WHEN is_at_once THEN CASE WHEN is_named THEN 'returned_transfer' END
        WHEN coalesce(rail, 'ach') IN ('ach', 'check') AND is_named >= names_one
            AND (bank_kind = 'returned_item' OR rail IS NOT NULL OR (is_named AND NOT ledger.is_of_shop(category_out)))
            THEN 'returned_item' END AS kind
    FROM pairs),
pairing AS (
    SELECT * EXCLUDE (rail, category_in, category_out, names_one, bank_kind, is_deposit, is_at_once, is_fee),
        false AS is_pair
    FROM told WHERE kind IS NOT NULL
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
SELECT reversal_id, reversed_id, kind, account_key, currency, size_minor, posted_date, lag_days, transacted_date
FROM pairing WHERE is_pair
