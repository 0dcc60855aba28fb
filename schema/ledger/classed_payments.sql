-- model: ledger.classed_payments
-- about: Rows that are income, proceeds of a loan or payments of an obligation: whom they are with, of what class they
--   are, and the stream they are in. Transfers between own accounts, refunds, what came back and what people send one
--   another are in none of these
-- order: transacted_date, transaction_id
-- lake: none
-- scope: transaction_id
-- since: transacted_date
-- touched by ledger.labels (transaction_id, transacted_date, posted_date, account_key, holder_type, holder_id,
--   account_category, currency, amount_minor, merchant_key, normal, status, suppressed_by, spending_class, category,
--   need, merchant_name): SELECT transaction_id, transacted_date FROM changed
-- touched by ledger.stream_members (stream_id, transaction_id, payment_date): SELECT transaction_id, payment_date
--   AS transacted_date FROM changed
-- touched by ledger.categories: nothing, they come with the program
-- touched by ledger.streams (stream_id, category, kind): SELECT m.transaction_id, m.payment_date AS transacted_date
--   FROM ledger.stream_members m SEMI JOIN changed USING (stream_id)
-- input ledger.labels: SELECT l.* FROM ledger.labels l JOIN touched USING (transaction_id)
--   WHERE l.transacted_date >= $since
-- input ledger.stream_members: SELECT m.* FROM ledger.stream_members m JOIN touched USING (transaction_id)
-- input ledger.categories: FROM ledger.categories
-- input ledger.streams: FROM ledger.streams
-- personal: counterparty_id, merchant_key from ledger.labels.merchant_key
-- personal: group_id from ledger.labels.merchant_key
-- personal: stream_id, group_id from ledger.stream_members.stream_id
-- personal: nothing from ledger.labels.normal, whether it has words of a closed list is read
-- personal: nothing from ledger.stream_members.merchant_key, the stream is looked for
-- personal: nothing from ledger.streams.stream_id, equal ones are looked for
-- personal: nothing from ledger.streams.merchant_key, only the category and the kind are read
-- column transaction_id: VARCHAR NOT NULL. The row
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose it is
-- column account_key: VARCHAR NOT NULL. Account it is in
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column transacted_date: DATE NOT NULL. Civil date it happened
-- column posted_date: DATE NOT NULL. Civil date it posted, by which it counts
-- column side: VARCHAR NOT NULL. income, proceeds (of a loan or an advance) or obligation
-- column class: VARCHAR NOT NULL. Income: payroll, benefit, pension, support, gig, contractor, rental, interest,
--   business, other, or unclear (regular, and no text says what). Proceeds: loan, ewa, cash_advance, instalments.
--   Obligations: rent, mortgage, auto, student, personal_loan, card (not linked), instalments, ewa, cash_advance,
--   collections, loan (any other), housing, utilities, insurance, support_paid
-- column amount_minor: BIGINT NOT NULL. Amount without sign, minor units
-- column counterparty_id: VARCHAR NOT NULL. Opaque id of the payer or payee, within the holder; of payees and lenders
--   that a table knows one for all their spellings
-- column merchant_key: VARCHAR NOT NULL. Normalised payer or payee, for display
-- column is_essential: BOOLEAN NOT NULL. Whether its category counts as essential spending
-- column says_paid_off: BOOLEAN NOT NULL. Whether its text says that it is the last payment
-- column stream_id: VARCHAR. Its stream in ledger.streams, where that is on the same side; else null
-- column group_id: VARCHAR NOT NULL. Its stream; of what is in none an id made of payer or payee, currency and class
WITH classes AS (
    SELECT category, kind, ledger.payment_class(category, nullif(kind, '')) AS class
    FROM (SELECT code AS category, unnest(k.kinds) AS kind FROM ledger.categories
        CROSS JOIN (SELECT list_append(coalesce(list(DISTINCT kind), []), '') AS kinds FROM ledger.streams) k)
    WHERE class IS NOT NULL),
classed AS (
    SELECT l.*, s.kind, s.category AS stream_category, s.stream_id, k.class
    FROM (SELECT transaction_id, holder_type, holder_id, account_key, account_category, currency, transacted_date,
            posted_date, amount_minor, merchant_key, merchant_name, normal, category, need
        FROM ledger.labels
        WHERE status = 'posted' AND suppressed_by IS NULL AND amount_minor <> 0
            AND account_category IN ('cash', 'credit') AND spending_class <> 'reversed' AND holder_type IS NOT NULL
            AND holder_id IS NOT NULL) l
    LEFT JOIN (SELECT m.transaction_id, s.stream_id, s.category, s.kind FROM ledger.stream_members m
        JOIN ledger.streams s USING (stream_id)) s USING (transaction_id)
    JOIN classes k ON k.category = l.category AND k.kind = coalesce(s.kind, '')),
sided AS (
    SELECT * EXCLUDE (stream_id), ledger.payment_side(class, category) AS side,
        ledger.payment_side(ledger.payment_class(stream_category, kind), stream_category) AS stream_side,
        CASE WHEN side = stream_side THEN stream_id END AS stream_id
    FROM classed)
SELECT transaction_id, holder_type, holder_id, account_key, currency, transacted_date, posted_date, side, class,
    least(abs(amount_minor::HUGEINT), 9223372036854775807)::BIGINT AS amount_minor,
    ledger.counterparty_id(holder_type, holder_id, CASE side WHEN 'income' THEN merchant_key
        ELSE coalesce(merchant_name, merchant_key) END) AS counterparty_id,
    merchant_key, coalesce(need = 'E', false) AS is_essential,
    side = 'obligation' AND ledger.says_paid_off(normal) AS says_paid_off, stream_id,
    coalesce(stream_id, 'pay_' || left(md5(concat_ws(chr(31), holder_type, holder_id, currency, merchant_key, side,
        class)), 24)) AS group_id
FROM sided
WHERE (side = 'obligation') = (amount_minor < 0) AND (side <> 'income' OR account_category = 'cash')
