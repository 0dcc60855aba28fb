-- model: ledger.transfers
-- about: Pairs of legs that are, or may be, one movement between a holder's accounts: equal amounts within days, scored
--   by what their texts, banks and accounts say; the best pair of both legs first
-- order: transfer_id
-- lake: none
-- scope: holder_type, holder_id, currency, size_minor
-- part: holder_type, holder_id
-- part bytes: 512
-- touched by ledger.dated_transactions (transaction_id, account_key, holder_type, holder_id, category, currency,
--   posted_date, transacted_date, amount_minor, status, description, merchant_key, says_taken_back):
--   FROM (WITH c AS (SELECT *, ledger.size(amount_minor) AS size_minor FROM changed WHERE status = 'posted')
--   SELECT holder_type, holder_id, currency, size_minor FROM c
--   SEMI JOIN ledger.transfers USING (holder_type, holder_id, currency, size_minor)
--   UNION ALL SELECT holder_type, holder_id, currency, size_minor FROM c SEMI JOIN (SELECT unnest([out_id, in_id])
--   AS transaction_id FROM meta.transfer_decisions WHERE removed_at IS NULL) USING (transaction_id)
--   UNION ALL SELECT holder_type, holder_id, currency, c.size_minor
--   FROM (SELECT *, TRY_CAST(sign(amount_minor) * -size_minor AS BIGINT) AS other_minor FROM c) c
--   JOIN (SELECT holder_type, holder_id, currency, account_key, posted_date, amount_minor AS other_minor,
--   says_taken_back FROM (SELECT * FROM ledger.dated_transactions WHERE status = 'posted'
--   AND posted_date >= $earliest(posted_date) - 10 UNION ALL BY NAME FROM c)) d
--   USING (other_minor, holder_type, holder_id, currency) WHERE d.posted_date BETWEEN c.posted_date - 10
--   AND c.posted_date + 10 AND (d.account_key <> c.account_key OR d.says_taken_back OR c.says_taken_back))
-- touched by ledger.same_movements: SELECT holder_type, holder_id, currency, ledger.size(amount_minor) AS size_minor
--   FROM ledger.dated_transactions SEMI JOIN changed USING (transaction_id)
-- touched by ledger.accounts (account_key, institution_name, last4, subcategory, holder_type, holder_id):
--   SELECT holder_type, holder_id, currency, ledger.size(amount_minor) AS size_minor FROM ledger.dated_transactions
--   SEMI JOIN changed USING (account_key)
-- touched by meta.transfer_decisions: SELECT d.holder_type, d.holder_id, d.currency,
--   ledger.size(d.amount_minor) AS size_minor FROM (SELECT unnest([out_id, in_id]) AS transaction_id FROM changed)
--   JOIN ledger.dated_transactions d USING (transaction_id)
-- touched by ledger.descriptions: nothing, a text says the same for ever
-- input ledger.dated_transactions: FROM ledger.dated_transactions WHERE rowid IN (SELECT d.rowid
--   FROM (SELECT rowid, * FROM ledger.dated_transactions WHERE status = 'posted') d
--   SEMI JOIN (SELECT holder_type, holder_id, currency, TRY_CAST(unnest([size_minor, -size_minor]) AS BIGINT)
--   AS amount_minor FROM touched) USING (amount_minor, holder_type, holder_id, currency))
-- input ledger.accounts: FROM ledger.accounts
-- input meta.transfer_decisions: FROM meta.transfer_decisions
-- personal: nothing from ledger.dated_transactions.description, it is looked up
-- personal: nothing from ledger.dated_transactions.merchant_key, equal merchants are looked for
-- personal: nothing from ledger.descriptions.normal, equal names, known banks and digits are looked for
-- column transfer_id: VARCHAR NOT NULL. The pair: out_id, a slash, in_id
-- column out_id: VARCHAR NOT NULL. Transaction by which the money leaves an account
-- column in_id: VARCHAR NOT NULL. Transaction by which it arrives in another one
-- column kind: VARCHAR NOT NULL. transfer, card_payment (to a card of the holder), cash_advance (from one),
--   loan_payment (to another credit account, as a line of credit or a mortgage) or loan_draw (from one)
-- column status: VARCHAR NOT NULL. AUTO (a score of 1200 or more), SUGGESTED (600 or more: a person has to decide, it
--   counts as no transfer), CONFIRMED or REJECTED by a person
-- column score: INTEGER NOT NULL. How much speaks for the pair, in thousandths; a person who confirms it adds a
--   million
-- column evidence: VARCHAR[] NOT NULL. What does: text_out, text_in (it tells of a transfer, or a payment of a card),
--   last4 (it cites the other account), bank (it names the other bank), person (both name one person), card, odd_amount
--   (no multiple of 100.00), only_pair (neither leg fits another), repeated (the same texts thrice or oftener, as late
--   each time); against it: other_text, other_bank, one_merchant
-- column lag_days: INTEGER NOT NULL. Days from posting out to posting in; negative where it arrives first
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose accounts they are
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column size_minor: DECIMAL(19,0) NOT NULL. Amount without its sign, minor units
-- column out_key: VARCHAR NOT NULL. account_key of the account it leaves
-- column in_key: VARCHAR NOT NULL. account_key of the account it arrives in
-- column out_date: DATE NOT NULL. Civil date it left, by transacted_date
-- column in_date: DATE NOT NULL. Civil date it arrived, by transacted_date
WITH RECURSIVE
movements AS (
    SELECT d.transaction_id, d.account_key, d.holder_type, d.holder_id, d.category, d.currency, d.amount_minor,
        ledger.size(d.amount_minor) AS size_minor, d.posted_date, d.transacted_date, d.description, d.merchant_key,
        d.says_taken_back
    FROM (FROM ledger.dated_transactions SEMI JOIN (
        SELECT holder_type, holder_id FROM ledger.accounts GROUP BY ALL HAVING count(*) > 1)
        USING (holder_type, holder_id)) d -- a pair is of two accounts
    LEFT JOIN (FROM ledger.same_movements WHERE is_linked) s USING (transaction_id)
    WHERE ledger.left_out(d.status, s.same_as_id, d.category, d.amount_minor, d.holder_type, d.holder_id) IS NULL),
-- Money that came back into the account it left: neither the row that says so nor what it takes back is a leg.
returned AS MATERIALIZED (
    SELECT unnest([o.transaction_id, r.transaction_id]) AS transaction_id
    FROM (FROM movements WHERE says_taken_back) r
    JOIN movements o ON o.account_key = r.account_key AND o.currency = r.currency AND o.size_minor = r.size_minor
        AND sign(o.amount_minor) <> sign(r.amount_minor) AND o.posted_date BETWEEN r.posted_date - 10 AND r.posted_date
        AND NOT o.says_taken_back
    QUALIFY row_number() OVER (PARTITION BY r.transaction_id ORDER BY o.posted_date DESC, o.transaction_id) = 1
        AND row_number() OVER (PARTITION BY o.transaction_id ORDER BY r.posted_date, r.transaction_id) = 1),
decisions AS MATERIALIZED (SELECT out_id, in_id, decision FROM meta.transfer_decisions WHERE removed_at IS NULL),
-- a pair that a person confirmed is one whatever its days, texts and accounts say, if its amounts are equal
met AS (
    SELECT o.holder_type, o.holder_id, o.currency, o.size_minor, o.transaction_id AS out_id, i.transaction_id AS in_id,
        (i.posted_date - o.posted_date)::INTEGER AS lag_days, o.description AS out_text, i.description AS in_text,
        o.account_key AS out_key, i.account_key AS in_key, o.transacted_date AS out_date,
        i.transacted_date AS in_date, o.merchant_key AS out_merchant, i.merchant_key AS in_merchant,
        CASE WHEN o.category = 'credit' THEN 'cash_advance' WHEN i.category = 'credit' THEN 'card_payment'
            ELSE 'transfer' END AS kind, 'none' AS decision
    FROM (FROM movements WHERE amount_minor < 0) o JOIN (FROM movements WHERE amount_minor > 0) i
        ON i.holder_type = o.holder_type AND i.holder_id = o.holder_id AND i.currency = o.currency
        AND i.size_minor = o.size_minor AND i.account_key <> o.account_key
        AND i.posted_date BETWEEN o.posted_date - 7 AND o.posted_date + 7
    ANTI JOIN returned a ON a.transaction_id = o.transaction_id
    ANTI JOIN returned b ON b.transaction_id = i.transaction_id
    WHERE 'cash' IN (o.category, i.category)),
decided AS (
    SELECT o.holder_type, o.holder_id, o.currency, o.size_minor, o.transaction_id AS out_id, i.transaction_id AS in_id,
        (i.posted_date - o.posted_date)::INTEGER AS lag_days, o.description AS out_text, i.description AS in_text,
        o.account_key AS out_key, i.account_key AS in_key, o.transacted_date AS out_date,
        i.transacted_date AS in_date, o.merchant_key AS out_merchant, i.merchant_key AS in_merchant,
        CASE WHEN o.category = 'credit' THEN 'cash_advance' WHEN i.category = 'credit' THEN 'card_payment'
            ELSE 'transfer' END AS kind, g.decision
    FROM decisions g JOIN movements o ON o.transaction_id = g.out_id JOIN movements i ON i.transaction_id = g.in_id
        AND i.holder_type = o.holder_type AND i.holder_id = o.holder_id AND i.currency = o.currency
        AND i.size_minor = o.size_minor AND i.account_key <> o.account_key
    WHERE o.amount_minor < 0 AND i.amount_minor > 0),
pairs AS MATERIALIZED (
    FROM decided UNION ALL BY NAME (FROM met ANTI JOIN decided USING (out_id, in_id))),
texts AS MATERIALIZED (
    SELECT description, normal, ledger.named_banks(normal) AS banks, ledger.cited_last4(normal) AS last4,
        CASE WHEN regexp_matches(normal, '\bCASH ADV') THEN 'card'
            ELSE ledger.movement_told(normal, own_kind, category_out, strength_out, rail) END AS told_out,
        ledger.movement_told(normal, own_kind, category_in, strength_in, rail) AS told_in
    FROM ledger.descriptions
    SEMI JOIN (SELECT out_text AS description FROM pairs UNION SELECT in_text FROM pairs) USING (description)),
banks AS (
    SELECT account_key, last4, subcategory, ledger.banks_of(institution_name) AS banks,
        len(ledger.named_banks(upper(institution_name))) > 0 AS is_known
    FROM ledger.accounts),
compared AS (
    SELECT p.* EXCLUDE (out_text, in_text), out_merchant = in_merchant AS is_one_merchant, o.told_out, i.told_in,
        coalesce(o.last4 = b.last4, false)::INTEGER + coalesce(i.last4 = a.last4, false)::INTEGER AS last4_hits,
        o.told_out = 'person' AND i.told_in = 'person' AND a.banks <> b.banks
            AND len(list_intersect(ledger.name_words(o.normal), ledger.name_words(i.normal))) >= 2 AS is_one_person,
        a.banks <> b.banks AND (ledger.names_bank(o.normal, o.banks, b.banks)
            OR ledger.names_bank(i.normal, i.banks, a.banks)) AS is_bank_named,
        -- names are compared where both are in the list: cards of shops have the names of shops
        greatest(CASE WHEN len(list_filter(o.banks, lambda x: NOT list_contains(a.banks, x))) > 0
                AND NOT ledger.names_bank(o.normal, o.banks, b.banks) THEN CASE WHEN b.is_known THEN 3000 ELSE 800 END
                ELSE 0 END,
            CASE WHEN len(list_filter(i.banks, lambda x: NOT list_contains(b.banks, x))) > 0
                AND NOT ledger.names_bank(i.normal, i.banks, a.banks) THEN CASE WHEN a.is_known THEN 3000 ELSE 800 END
                ELSE 0 END) AS other_bank
    FROM pairs p JOIN texts o ON o.description = p.out_text JOIN texts i ON i.description = p.in_text
    JOIN banks a ON a.account_key = p.out_key JOIN banks b ON b.account_key = p.in_key
    -- a text that cites a third account tells of another movement
    WHERE p.decision <> 'none'
        OR coalesce(o.last4 IN (a.last4, b.last4), o.last4 IS NULL OR a.last4 IS NULL OR b.last4 IS NULL)
        AND coalesce(i.last4 IN (a.last4, b.last4), i.last4 IS NULL OR a.last4 IS NULL OR b.last4 IS NULL)
        AND (p.kind <> 'cash_advance' OR o.told_out = 'card' OR i.told_in IN ('transfer', 'card'))),
weighed AS (
    SELECT *, CASE WHEN is_one_person THEN 800 ELSE ledger.weight_told(told_out, kind <> 'transfer')
        + ledger.weight_told(told_in, kind <> 'transfer')
        -- the bank of the card that a text seems to pay keeps an account of the holder, which shows the amount
        + CASE WHEN kind = 'transfer' AND told_out = 'card' AND is_bank_named THEN 1200 ELSE 0 END END AS words
    FROM compared),
-- Money seldom arrives before it leaves, or after more than five days: more has to speak for that.
near AS (
    SELECT *, words >= 0 AND other_bank = 0 AND NOT (is_one_merchant AND words <= 0) AS is_likely
    FROM weighed WHERE CASE WHEN decision <> 'none' THEN true
        WHEN lag_days > 5 THEN words >= 1600 AND (kind = 'card_payment' OR is_bank_named OR last4_hits > 0)
        WHEN lag_days < -5 THEN words >= 1600 AND kind = 'card_payment'
        WHEN lag_days < -1 THEN words >= 1600 OR words >= 0 AND (kind = 'card_payment' OR is_bank_named)
        ELSE true END),
-- Pairs of the same accounts and texts that come thrice or oftener, as late each time.
repeated AS (
    SELECT holder_type, holder_id, currency, size_minor, out_key, in_key, out_merchant, in_merchant
    FROM near WHERE is_likely AND abs(lag_days) <= 3
    GROUP BY ALL HAVING least(count(DISTINCT out_id), count(DISTINCT in_id)) >= 3
        AND max(lag_days) - min(lag_days) <= 2),
-- Equal amounts that go from one account to another again and again follow one another: the first that leaves is the
-- first that arrives, the second the second, by the shift that joins the most.
followed AS (
    SELECT out_id, in_id, holder_type, holder_id, currency, size_minor, out_key, in_key, out_merchant, in_merchant,
        dense_rank() OVER (w ORDER BY in_date, in_id) - dense_rank() OVER (w ORDER BY out_date, out_id) AS shift
    FROM near WHERE is_likely
    WINDOW w AS (PARTITION BY holder_type, holder_id, currency, size_minor, out_key, in_key, out_merchant,
        in_merchant)),
shifts AS (
    SELECT * EXCLUDE (shift, n), arg_max(shift, n) AS shift
    FROM (SELECT * EXCLUDE (out_id, in_id), count(*) AS n FROM followed GROUP BY ALL)
    GROUP BY ALL HAVING max(n) > 1 AND max(n) > coalesce(max(n, 2)[2], 0)),
following AS (SELECT out_id, in_id, true AS is_following FROM followed NATURAL JOIN shifts),
-- what tells of something else is no other leg that a pair is mistaken for
scored AS (
    SELECT n.*, count(*) FILTER (is_likely) OVER (PARTITION BY out_id) AS out_fits,
        count(*) FILTER (is_likely) OVER (PARTITION BY in_id) AS in_fits,
        is_likely AND out_fits = 1 AND in_fits = 1 AS is_only, r.out_key IS NOT NULL AS is_repeated,
        -- A leg that fits no other one goes before one that does, so that both find theirs.
        CASE WHEN is_likely AND least(out_fits, in_fits) = 1 THEN 300 ELSE 0 END
            + CASE WHEN is_following THEN 500 ELSE 0 END AS preference
    FROM near n LEFT JOIN repeated r USING (holder_type, holder_id, currency, size_minor, out_key, in_key,
        out_merchant, in_merchant)
    LEFT JOIN following USING (out_id, in_id)),
candidates AS (
    SELECT *, (round(1000 * exp(-abs(lag_days) / 2.0))::INTEGER + words + 1500 * last4_hits
        + CASE WHEN is_bank_named THEN 700 ELSE 0 END + CASE WHEN kind = 'card_payment' THEN 600 ELSE 0 END
        + CASE WHEN size_minor % meta.units(100, currency) <> 0 THEN 800 ELSE 0 END
        + CASE WHEN is_only THEN 600 ELSE 0 END
        + CASE WHEN is_repeated AND is_only THEN 400 ELSE 0 END - other_bank
        + CASE WHEN decision = 'confirmed' THEN 1000000 ELSE 0 END
        - CASE WHEN is_one_merchant AND words <= 0 THEN 2000 ELSE 0 END)::INTEGER AS score
    FROM scored),
-- A pair that is the best of both its legs is taken, then those of what is left, until nothing is left.
pairing AS (
    SELECT false AS is_best, * FROM candidates WHERE score >= 600 AND decision <> 'rejected'
    UNION ALL
    SELECT row_number() OVER (PARTITION BY out_id ORDER BY score + preference DESC, abs(lag_days), in_id) = 1
            AND row_number() OVER (PARTITION BY in_id ORDER BY score + preference DESC, abs(lag_days), out_id) = 1,
        * EXCLUDE (is_best, is_out_taken, is_in_taken)
    FROM (SELECT *, bool_or(is_best) OVER (PARTITION BY out_id) AS is_out_taken,
              bool_or(is_best) OVER (PARTITION BY in_id) AS is_in_taken FROM pairing)
    WHERE NOT is_out_taken AND NOT is_in_taken)
SELECT out_id || '/' || in_id AS transfer_id, out_id, in_id,
    CASE WHEN p.kind = 'card_payment' AND i.subcategory <> 'credit_card' THEN 'loan_payment'
        WHEN p.kind = 'cash_advance' AND o.subcategory <> 'credit_card' THEN 'loan_draw' ELSE p.kind END AS kind,
    CASE decision WHEN 'confirmed' THEN 'CONFIRMED' WHEN 'rejected' THEN 'REJECTED'
        ELSE CASE WHEN score >= 1200 THEN 'AUTO' ELSE 'SUGGESTED' END END AS status, score,
    list_filter([
        CASE WHEN told_out IN ('transfer', 'card', 'payment') THEN 'text_out' END,
        CASE WHEN told_in IN ('transfer', 'card', 'payment') THEN 'text_in' END,
        CASE WHEN last4_hits > 0 THEN 'last4' END, CASE WHEN is_bank_named THEN 'bank' END,
        CASE WHEN is_one_person THEN 'person' END, CASE WHEN p.kind <> 'transfer' THEN 'card' END,
        CASE WHEN size_minor % meta.units(100, currency) <> 0 THEN 'odd_amount' END,
        CASE WHEN is_only THEN 'only_pair' END,
        CASE WHEN is_repeated AND is_only THEN 'repeated' END,
        CASE WHEN words < 0 THEN 'other_text' END, CASE WHEN other_bank > 0 THEN 'other_bank' END,
        CASE WHEN is_one_merchant AND words <= 0 THEN 'one_merchant' END],
        lambda e: e IS NOT NULL) AS evidence,
    lag_days, holder_type, holder_id, currency, size_minor, out_key, in_key, out_date, in_date
FROM (FROM pairing WHERE is_best UNION ALL BY NAME FROM candidates WHERE decision = 'rejected') p
JOIN banks o ON o.account_key = p.out_key JOIN banks i ON i.account_key = p.in_key
