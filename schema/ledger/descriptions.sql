-- model: ledger.descriptions
-- about: What each distinct text of a bank says, read once: its spelling, its merchant, how the money moved, and the
--   words of refunds and own transfers in it
-- order: description
-- lake: none
-- scope: description
-- touched by main.transaction_versions: SELECT description FROM changed ANTI JOIN ledger.descriptions USING
--   (description) UNION ALL SELECT description FROM "removed_main.transaction_versions"
-- input main.transaction_versions: FROM touched ANTI JOIN ledger.descriptions USING (description)
--   UNION ALL SELECT description FROM (FROM touched SEMI JOIN ledger.descriptions USING (description))
--     SEMI JOIN main.transaction_versions USING (description)
-- personal: description, normal, merchant_key, refund_key, other_key, before_key from
--   main.transaction_versions.description
-- column description: VARCHAR NOT NULL. The text as the bank sent it
-- column normal: VARCHAR NOT NULL. In capitals with single spaces
-- column merchant_key: VARCHAR NOT NULL. What is left when rails, stores, references and accents are cut off; (NO TEXT)
--   when there is none
-- column rail: VARCHAR. How the money moved: card, ach, atm, check, wire, zelle, p2p_app, internal, fee; null when the
--   text does not say
-- column processor: VARCHAR. Who processed a card payment: square, toast, paypal, …; null when the text does not say
-- column own_kind: VARCHAR. transfer, named_transfer, card or payment where it may be a movement between the holder's
--   own accounts; null where it is none
-- column says_taken_back: BOOLEAN NOT NULL. Whether it says that a payment came back
-- column says_refund: BOOLEAN NOT NULL. Whether it says a refund, by its beginning or end
-- column says_refund_surely: BOOLEAN NOT NULL. Whether one of its words says it alone
-- column is_income: BOOLEAN NOT NULL. Whether it says pay, interest, a benefit or a deposit, which are no refund
-- column refund_key: VARCHAR NOT NULL. The merchant when the words of a refund are cut off
-- column other_key: VARCHAR NOT NULL. The merchant when words that may say a refund are cut off too
-- column before_key: VARCHAR. The merchant in what stands before such a word in the middle; null without one
WITH spellings AS MATERIALIZED (
    SELECT description, ledger.normal(description) AS normal
    FROM (SELECT DISTINCT description FROM main.transaction_versions)),
texts AS MATERIALIZED (SELECT *, ledger.without_accents(normal) AS folded FROM spellings),
cut AS MATERIALIZED (
    SELECT folded, ledger.says_refund(folded) AS says_refund, ledger.is_income_text(folded) AS is_income,
        ledger.own_text(folded) AS own_kind, ledger.without_refund(folded) AS refunded,
        ledger.before_refund(folded) AS before
    FROM (SELECT DISTINCT folded FROM texts)),
otherwise AS MATERIALIZED (SELECT *, ledger.without_other_refund(refunded) AS other FROM cut),
keys AS MATERIALIZED (
    SELECT text, ledger.key_of(text) AS key
    FROM (SELECT folded AS text FROM otherwise UNION SELECT refunded FROM otherwise UNION SELECT other FROM otherwise
          UNION SELECT before FROM otherwise WHERE before <> ''))
SELECT t.description, t.normal, k.key AS merchant_key, ledger.rail(t.normal, o.own_kind) AS rail,
    ledger.processor(t.normal) AS processor, o.own_kind, ledger.says_taken_back(t.normal) AS says_taken_back,
    o.says_refund,
    o.says_refund AND regexp_matches(t.folded, '\b' || ledger.sure_refund_words() || '\b') AS says_refund_surely,
    o.is_income, r.key AS refund_key, e.key AS other_key, b.key AS before_key
FROM texts t JOIN otherwise o USING (folded) JOIN keys k ON k.text = t.folded JOIN keys r ON r.text = o.refunded
JOIN keys e ON e.text = o.other LEFT JOIN keys b ON b.text = nullif(o.before, '')
