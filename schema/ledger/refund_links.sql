-- model: ledger.refund_links
-- about: Which purchase a refund gives back: of the same account and merchant, up to 120 days before; equal amounts
--   first, each purchase once, the same numbers in the text before others and the newest first; then parts, where one
--   purchase alone fits. No more is given back of a purchase than it cost
-- order: account_key, refund_id
-- scope: account_key, currency, merchant_key
-- part: account_key
-- touched by ledger.dated_transactions (transaction_id, account_key, holder_type, holder_id, category, currency,
--   transacted_date, amount_minor, status, description, merchant_key, own_kind, says_taken_back): SELECT account_key,
--   currency, merchant_key FROM changed UNION ALL SELECT c.account_key, c.currency, r.seller_key FROM changed c
--   JOIN ledger.refunds r USING (transaction_id) UNION ALL SELECT l.account_key, l.currency, l.merchant_key
--   FROM ledger.refund_links l JOIN changed c ON c.transaction_id = l.refund_id
-- touched by ledger.refunds (transaction_id, account_key, currency, is_refund, says_refund, is_of_bank, seller_key):
--   SELECT account_key, currency, seller_key AS merchant_key FROM changed UNION ALL SELECT l.account_key, l.currency,
--   l.merchant_key FROM ledger.refund_links l
--   JOIN changed c ON c.transaction_id = l.refund_id
-- touched by ledger.reversed_refunds (transaction_id): SELECT d.account_key, d.currency, d.merchant_key
--   FROM ledger.dated_transactions d SEMI JOIN changed USING (transaction_id)
-- touched by ledger.pending_matches (transaction_id, posted_id, account_key, currency, merchant_key):
--   SELECT account_key, currency, merchant_key FROM changed
-- touched by ledger.same_movements (transaction_id, same_as_id, is_linked): SELECT d.account_key, d.currency,
--   coalesce(r.seller_key, d.merchant_key) AS merchant_key FROM ledger.dated_transactions d
--   SEMI JOIN changed USING (transaction_id) LEFT JOIN ledger.refunds r USING (transaction_id)
-- touched by ledger.own_transfers (transaction_id, kind): SELECT d.account_key, d.currency,
--   coalesce(r.seller_key, d.merchant_key) AS merchant_key FROM ledger.dated_transactions d
--   SEMI JOIN changed USING (transaction_id) LEFT JOIN ledger.refunds r USING (transaction_id)
-- touched by ledger.reversals (reversal_id, reversed_id): SELECT d.account_key, d.currency,
--   coalesce(r.seller_key, d.merchant_key) AS merchant_key FROM ledger.dated_transactions d
--   SEMI JOIN (SELECT unnest([reversal_id, reversed_id]) AS transaction_id FROM changed) USING (transaction_id)
--   LEFT JOIN ledger.refunds r USING (transaction_id)
-- touched by ledger.descriptions: nothing, a text says the same for ever
-- widened: SELECT * FROM touched SEMI JOIN ledger.refund_links USING (account_key, currency, merchant_key)
--   UNION SELECT * FROM touched SEMI JOIN (SELECT currency, seller_key AS merchant_key FROM ledger.refunds
--   WHERE is_refund) USING (currency, merchant_key)
-- input ledger.dated_transactions: SELECT d.* FROM (FROM ledger.dated_transactions WHERE amount_minor < 0) d
--   SEMI JOIN touched USING (account_key, currency, merchant_key)
--   UNION ALL SELECT d.* FROM (FROM ledger.dated_transactions WHERE amount_minor > 0) d
--   JOIN ledger.refunds r USING (transaction_id) JOIN touched s
--   ON s.account_key = d.account_key AND s.currency = d.currency AND s.merchant_key = r.seller_key
-- input ledger.refunds: FROM ledger.refunds
-- input ledger.reversed_refunds: FROM ledger.reversed_refunds
-- input ledger.pending_matches: FROM ledger.pending_matches
-- input ledger.same_movements: FROM ledger.same_movements
-- input ledger.own_transfers: FROM ledger.own_transfers
-- input ledger.reversals: FROM ledger.reversals
-- partition: refund_month = strftime(refund_date, '%Y-%m')
-- personal: merchant_key from ledger.dated_transactions.merchant_key
-- personal: merchant_key from ledger.refunds.seller_key
-- personal: nothing from ledger.dated_transactions.description, it is looked up
-- personal: nothing from ledger.descriptions.normal, equal numbers are looked for
-- personal: nothing from ledger.pending_matches.merchant_key, only the ids in it are read
-- personal: nothing from ledger.reversed_refunds.merchant_key, only the ids in it are read
-- column refund_id: VARCHAR NOT NULL. The row that gives back
-- column purchase_id: VARCHAR. The purchase; null when none is known
-- column kind: VARCHAR NOT NULL. FULL: all of the purchase; PARTIAL: a part of it; UNLINKED: of no purchase that is
--   known
-- column account_key: VARCHAR NOT NULL. Account of both
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose account it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Merchant of both
-- column amount_minor: BIGINT NOT NULL. What was given back, minor units; positive
-- column purchase_minor: BIGINT. What was paid, minor units; positive, null without a purchase
-- column refund_date: DATE NOT NULL. Civil date of the refund
-- column purchase_date: DATE. Civil date of the purchase; null without one
-- column lag_days: BIGINT. Days from the one to the other; null without a purchase
-- column candidate_count: BIGINT NOT NULL. Purchases that it may be a part of; 1 for a whole one. With several it is
--   UNLINKED, unless a number of a store or order or the last thirty days tell which
WITH RECURSIVE
-- the class that ledger.labels gives a row, of what did not come back
classed AS NOT MATERIALIZED (
    SELECT d.transaction_id, d.account_key, d.holder_type, d.holder_id, d.category, d.currency, d.merchant_key,
        d.transacted_date, d.amount_minor, d.description,
        ledger.movement_class(ledger.left_out(d.status, coalesce(m.posted_id, s.same_as_id), d.category,
            d.amount_minor, d.holder_type, d.holder_id), o.kind, d.own_kind, d.category, d.amount_minor,
            d.says_taken_back) AS class
    FROM ledger.dated_transactions d
    LEFT JOIN ledger.pending_matches m ON m.transaction_id = d.transaction_id
    LEFT JOIN (FROM ledger.same_movements WHERE is_linked) s ON s.transaction_id = d.transaction_id
    LEFT JOIN ledger.own_transfers o ON o.transaction_id = d.transaction_id
    ANTI JOIN (SELECT unnest([reversal_id, reversed_id]) AS transaction_id FROM ledger.reversals) v
        ON v.transaction_id = d.transaction_id),
given AS MATERIALIZED (
    SELECT c.* EXCLUDE (merchant_key, description), r.seller_key AS merchant_key,
        ledger.numbered_words(x.normal) AS words, r.says_refund
    FROM classed c JOIN (FROM ledger.refunds WHERE is_refund AND NOT is_of_bank) r USING (transaction_id)
    JOIN ledger.descriptions x USING (description)
    WHERE c.class IS NULL),
bought AS MATERIALIZED (
    SELECT c.* EXCLUDE (description), ledger.numbered_words(x.normal) AS words,
        ledger.size(c.amount_minor) AS size_minor
    FROM (FROM classed WHERE amount_minor < 0) c
    SEMI JOIN given USING (account_key, currency, merchant_key)
    ANTI JOIN ledger.reversed_refunds b ON b.transaction_id = c.transaction_id
    JOIN ledger.descriptions x USING (description)
    WHERE c.class = 'spending'),
pairs AS (
    SELECT g.transaction_id AS refund_id, b.transaction_id AS purchase_id,
        g.transacted_date - b.transacted_date AS lag_days, len(list_intersect(g.words, b.words)) AS shared
    FROM given g JOIN bought b ON b.account_key = g.account_key AND b.currency = g.currency
        AND b.merchant_key = g.merchant_key AND b.size_minor = g.amount_minor
        AND g.transacted_date BETWEEN b.transacted_date AND b.transacted_date + 120),
pairing AS (
    SELECT *, false AS is_link FROM pairs
    UNION ALL
    SELECT * EXCLUDE (is_best, is_given, is_taken) REPLACE (is_best AS is_link)
    FROM (SELECT *, bool_or(is_best) OVER (PARTITION BY refund_id) AS is_given,
            bool_or(is_best) OVER (PARTITION BY purchase_id) AS is_taken
        FROM (SELECT *, row_number() OVER (PARTITION BY refund_id ORDER BY shared DESC, lag_days, purchase_id) = 1
                AND row_number() OVER (PARTITION BY purchase_id ORDER BY shared DESC, lag_days, refund_id) = 1
                AS is_best
            FROM pairing WHERE NOT is_link))
    WHERE is_best OR NOT (is_given OR is_taken)),
whole AS MATERIALIZED (FROM pairing WHERE is_link),
-- who sells to people and pays them, too, has to say a refund or give back the whole
parts AS (
    SELECT g.transaction_id AS refund_id, g.amount_minor, b.transaction_id AS purchase_id, b.size_minor,
        g.transacted_date - b.transacted_date AS lag_days, len(list_intersect(g.words, b.words)) AS shared
    FROM (FROM given g ANTI JOIN whole w ON w.refund_id = g.transaction_id) g
    JOIN (FROM bought b ANTI JOIN whole w ON w.purchase_id = b.transaction_id) b
        ON b.account_key = g.account_key AND b.currency = g.currency AND b.merchant_key = g.merchant_key
        AND b.size_minor > g.amount_minor
        AND g.transacted_date BETWEEN b.transacted_date AND b.transacted_date + 120
    WHERE (g.says_refund OR g.category = 'credit' OR NOT ledger.also_pays(g.merchant_key))
        -- the number of another store or order
        AND (shared > 0 OR len(g.words) = 0 OR len(b.words) = 0)),
-- of several purchases one that shares most numbers with the refund, as of the store or the order, or the only one of
-- the thirty days in which shops take things back
decided AS (
    SELECT *, sum(amount_minor) OVER (PARTITION BY purchase_id ORDER BY lag_days, refund_id) <= size_minor AS fits
    FROM (SELECT * FROM parts QUALIFY rank() OVER (PARTITION BY refund_id ORDER BY shared DESC, lag_days > 30) = 1
            AND count(*) OVER (PARTITION BY refund_id, shared, lag_days > 30) = 1)),
counted AS (SELECT refund_id, count(*) AS candidate_count FROM parts GROUP BY ALL),
links AS (
    SELECT refund_id, purchase_id, lag_days, 'FULL' AS kind FROM whole
    UNION ALL SELECT refund_id, purchase_id, lag_days, 'PARTIAL' FROM decided WHERE fits)
SELECT g.transaction_id AS refund_id, p.purchase_id, coalesce(p.kind, 'UNLINKED') AS kind, g.account_key, g.holder_type,
    g.holder_id, g.currency, g.merchant_key, g.amount_minor, meta.minor(b.size_minor) AS purchase_minor,
    g.transacted_date AS refund_date, b.transacted_date AS purchase_date, p.lag_days,
    CASE WHEN p.kind = 'FULL' THEN 1 ELSE coalesce(c.candidate_count, 0) END AS candidate_count
FROM given g LEFT JOIN links p ON p.refund_id = g.transaction_id
LEFT JOIN bought b ON b.transaction_id = p.purchase_id
LEFT JOIN counted c ON c.refund_id = g.transaction_id
