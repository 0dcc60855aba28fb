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
-- personal: description, normal, merchant_key, counterparty, refund_key, other_key, before_key from
--   main.transaction_versions.description
-- column description: VARCHAR NOT NULL. The text as the bank sent it
-- column normal: VARCHAR NOT NULL. In capitals with single spaces
-- column merchant_key: VARCHAR NOT NULL. Groups the rows of a merchant: the name where a table knows the merchant, else
--   what is left when the words of banks, stores, references and accents are cut off; (NO TEXT) when there is none
-- column merchant_name: VARCHAR. The merchant's name for people; null when no table knows the merchant
-- column merchant_family: VARCHAR. The group of brands the merchant belongs to: Uber and Uber Eats are of one; null
--   when no table knows the merchant
-- column category: VARCHAR. What the merchant sells, a code of the taxonomy; null when no table knows the merchant
-- column rail: VARCHAR. How the money moved: card, ach, atm, check, wire, zelle, p2p_app, internal, fee; null when the
--   text does not say
-- column processor: VARCHAR. Who processed a card payment: square, toast, paypal, …; null when the text does not say
-- column template: VARCHAR. The phrasing of the bank, by the id of its rule; null when no rule knows it
-- column counterparty: VARCHAR. A person the phrasing names: who was paid, who paid, or the holder; null without one
-- column place: VARCHAR. Town and state behind the merchant; null without one
-- column reference: VARCHAR. Number of the store or the movement behind the merchant; null without one
-- column card_digits: VARCHAR. Last digits of a card or account the text cites; null without them
-- column own_kind: VARCHAR. transfer, named_transfer, card or payment where it may be a movement between the holder's
--   own accounts; null where it is not
-- column says_taken_back: BOOLEAN NOT NULL. Whether it says that a payment came back
-- column says_refund: BOOLEAN NOT NULL. Whether it says a refund, by its beginning or end
-- column says_refund_surely: BOOLEAN NOT NULL. Whether one of its words says it alone
-- column says_representment: BOOLEAN NOT NULL. Whether it says that a payment is presented again
-- column may_be_returned: BOOLEAN NOT NULL. Whether a word in it may say that a debit came back unpaid
-- column is_income: BOOLEAN NOT NULL. Whether it says pay, interest, a benefit or a deposit, which are no refund
-- column refund_key: VARCHAR NOT NULL. The merchant when the words of a refund are cut off
-- column other_key: VARCHAR NOT NULL. The merchant when words that may say a refund are cut off too
-- column before_key: VARCHAR. The merchant in what stands before such a word in the middle; null without one
-- column category_in: VARCHAR. What the text alone says of money that comes in, a code of the taxonomy; null when no
--   rule says it
-- column rule_in: VARCHAR. The rule that says so: merchant, or an id of the rules of categories
-- column strength_in: VARCHAR. How sure it is: exact, pattern or weak
-- column category_out: VARCHAR. What the text alone says of money that goes out; null when no rule says it
-- column rule_out: VARCHAR. The rule that says so
-- column strength_out: VARCHAR. How sure it is
-- column refund_category: VARCHAR. What a merchant sells whose refund the text says, when its words are cut off; null
--   when no rule says it
-- column refund_name: VARCHAR. The name for people of the merchant of refund_key; null when no table knows it
WITH texts AS MATERIALIZED (
    SELECT description, read_description(description) AS r
    FROM (SELECT DISTINCT description FROM main.transaction_versions)),
-- most texts have no word of a refund anywhere: one expression finds that, and nothing is to be cut off
folded AS (
    SELECT folded, ledger.may_say_refund(folded) AS may_say
    FROM (SELECT DISTINCT coalesce(r.folded, '') AS folded FROM texts)),
cut AS MATERIALIZED (
    SELECT folded, may_say, CASE WHEN may_say THEN ledger.says_refund(folded) ELSE false END AS says_refund,
        ledger.is_income_text(folded) AS is_income, ledger.own_text(folded) AS own_kind,
        CASE WHEN may_say THEN ledger.without_refund(folded) ELSE folded END AS refunded,
        CASE WHEN may_say THEN ledger.before_refund(folded) ELSE '' END AS before
    FROM folded),
otherwise AS MATERIALIZED (
    SELECT *, CASE WHEN may_say OR ledger.may_say_other_refund(refunded) THEN ledger.without_other_refund(refunded)
        ELSE refunded END AS other
    FROM cut),
keys AS MATERIALIZED (
    SELECT text, r.merchant_key AS key, r.merchant_name AS name, r.category_out
    FROM (SELECT text, read_description(text) AS r FROM (SELECT refunded AS text FROM otherwise WHERE refunded <> folded
          UNION SELECT other FROM otherwise WHERE other <> folded
          UNION SELECT before FROM otherwise WHERE before <> '')))
SELECT t.description, coalesce(t.r.normal, '') AS normal, t.r.merchant_key, t.r.merchant_name,
    t.r.merchant_family, t.r.category,
    CASE WHEN o.own_kind = 'transfer' AND coalesce(t.r.rail, 'card') IN ('card', 'fee') THEN 'internal'
        ELSE t.r.rail END AS rail,
    t.r.processor, t.r.template, t.r.counterparty, t.r.place, t.r.reference, t.r.card_digits, o.own_kind,
    ledger.says_taken_back(coalesce(t.r.normal, '')) AS says_taken_back, o.says_refund,
    o.says_refund AND regexp_matches(o.folded, '\b' || ledger.sure_refund_words() || '\b') AS says_refund_surely,
    ledger.says_representment(coalesce(t.r.normal, '')) AS says_representment,
    ledger.may_be_returned(coalesce(t.r.normal, '')) AS may_be_returned, o.is_income,
    coalesce(f.key, t.r.merchant_key) AS refund_key, coalesce(e.key, t.r.merchant_key) AS other_key,
    b.key AS before_key, t.r.category_in, t.r.rule_in, t.r.strength_in, t.r.category_out, t.r.rule_out,
    t.r.strength_out, coalesce(f.category_out, e.category_out, b.category_out, t.r.category_out) AS refund_category,
    CASE WHEN f.key IS NULL THEN t.r.merchant_name ELSE f.name END AS refund_name
FROM texts t JOIN otherwise o ON o.folded = coalesce(t.r.folded, '') LEFT JOIN keys f ON f.text = o.refunded
LEFT JOIN keys e ON e.text = o.other LEFT JOIN keys b ON b.text = nullif(o.before, '')
