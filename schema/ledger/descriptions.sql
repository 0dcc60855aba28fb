-- model: ledger.descriptions
-- about: What each distinct text of a bank says, read once: its spelling, its merchant, how the money moved, and the
--   words of refunds and own transfers in it
-- order: description
-- lake: none
-- scope: description
-- touched by main.transaction_versions: SELECT description FROM changed ANTI JOIN ledger.descriptions USING
--   (description) UNION ALL SELECT description FROM kept."removed_main.transaction_versions"
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
-- column category: ledger.category. What the merchant sells, a code of the taxonomy; null when no table knows the
--   merchant
-- column rail: ledger.rail. How the money moved: card, ach, atm, check, wire, zelle, p2p_app, internal, fee; null when
--   the text does not say
-- column processor: ledger.processor. Who processed a card payment: square, toast, paypal, …; null when the text does
--   not say
-- column template: VARCHAR. The phrasing of the bank, by the id of its rule; null when no rule knows it
-- column counterparty: VARCHAR. A person the phrasing names: who was paid, who paid, or the holder; null without one
-- column place: VARCHAR. Town and state behind the merchant; null without one
-- column reference: VARCHAR. Number of the store or the movement behind the merchant; null without one
-- column card_digits: VARCHAR. Last digits of a card or account the text cites; null without them
-- column own_kind: ledger.own_kind. transfer, named_transfer, card or payment where it may be a movement between the
--   holder's own accounts; null where it is not
-- column says_taken_back: BOOLEAN NOT NULL. Whether it says that a payment came back
-- column says_refund: BOOLEAN NOT NULL. Whether it says a refund, by its beginning or end
-- column says_refund_surely: BOOLEAN NOT NULL. Whether one of its words says it alone
-- column says_representment: BOOLEAN NOT NULL. Whether it says that a payment is presented again
-- column may_be_returned: BOOLEAN NOT NULL. Whether a word in it may say that a debit came back unpaid
-- column is_income: BOOLEAN NOT NULL. Whether it says pay, interest, a benefit or a deposit, which are no refund
-- column direction: ledger.direction. Which way the money goes by it: pay comes in, spend goes out; null where it may
--   mean both
-- column says_distress_fee: BOOLEAN NOT NULL. Whether money out with it is a fee for an overdraft or insufficient funds
-- column refund_key: VARCHAR NOT NULL. The merchant when the words of a refund are cut off
-- column other_key: VARCHAR NOT NULL. The merchant when words that may say a refund are cut off too
-- column before_key: VARCHAR. The merchant in what stands before such a word in the middle; null without one
-- column category_in: ledger.category. What the text alone says of money that comes in, a code of the taxonomy; null
--   when no rule says it
-- column rule_in: VARCHAR. The rule that says so: merchant, or an id of the rules of categories
-- column strength_in: ledger.strength. How sure it is: exact, pattern or weak
-- column category_out: ledger.category. What the text alone says of money that goes out; null when no rule says it
-- column rule_out: VARCHAR. The rule that says so
-- column strength_out: ledger.strength. How sure it is
-- column refund_category: ledger.category. What a merchant sells whose refund the text says, when its words are cut
--   off; null when no rule says it
-- column refund_name: VARCHAR. The name for people of the merchant of refund_key; null when no table knows it
WITH texts AS MATERIALIZED (
    SELECT description, read_description(description) AS r
    FROM (SELECT DISTINCT description FROM main.transaction_versions)),
-- most texts have no word of a refund anywhere, and nothing is to be cut off: only of the others more is asked
words AS MATERIALIZED (
    SELECT folded, may_say, may_say AND ledger.says_refund(folded) AS says_refund,
        CASE WHEN may_say THEN ledger.without_refund(folded) ELSE folded END AS refunded,
        CASE WHEN may_say THEN ledger.before_refund(folded) ELSE '' END AS before
    FROM (SELECT DISTINCT r.folded AS folded, ledger.may_say_refund(r.folded) AS may_say FROM texts
        WHERE ledger.may_say_refund(r.folded) OR ledger.may_say_other_refund(r.folded))),
cut AS MATERIALIZED (
    SELECT *, CASE WHEN may_say OR ledger.may_say_other_refund(refunded) THEN ledger.without_other_refund(refunded)
        ELSE refunded END AS other
    FROM words),
keys AS MATERIALIZED (
    SELECT text, r.merchant_key AS key, r.merchant_name AS name, r.category_out
    FROM (SELECT text, read_description(text) AS r FROM (SELECT refunded AS text FROM cut WHERE refunded <> folded
          UNION SELECT other FROM cut WHERE other <> folded
          UNION SELECT before FROM cut WHERE before <> ''))),
cut_keys AS (
    SELECT c.folded, c.says_refund, f.text IS NOT NULL AS is_cut, f.key AS refund_key, f.name AS refund_name,
        e.key AS other_key, b.key AS before_key,
        coalesce(f.category_out, e.category_out, b.category_out) AS category_out
    FROM cut c LEFT JOIN keys f ON f.text = c.refunded LEFT JOIN keys e ON e.text = c.other
    LEFT JOIN keys b ON b.text = nullif(c.before, '')),
-- banks' own words are taken out of a text once, and of few texts
bared AS (
    SELECT description, r, coalesce(r.folded, '') AS folded, coalesce(r.normal, '') AS normal,
        CASE WHEN ledger.may_be_own(r.folded) THEN ledger.bare(r.folded) END AS bare
    FROM texts),
told AS (SELECT *, ledger.own_text_of(folded, bare) AS own_kind FROM bared)
SELECT t.description, t.normal, t.r.merchant_key, t.r.merchant_name, t.r.merchant_family,
    t.r.category::ledger.category AS category,
    (CASE WHEN t.own_kind = 'transfer' AND coalesce(t.r.rail, 'card') IN ('card', 'fee') THEN 'internal'
        ELSE t.r.rail END)::ledger.rail AS rail,
    t.r.processor::ledger.processor AS processor, t.r.template, t.r.counterparty, t.r.place, t.r.reference,
    t.r.card_digits, t.own_kind::ledger.own_kind AS own_kind,
    ledger.says_taken_back(t.normal) AS says_taken_back, coalesce(c.says_refund, false) AS says_refund,
    coalesce(c.says_refund AND regexp_matches(c.folded, '\b' || ledger.sure_refund_words() || '\b'), false)
        AS says_refund_surely,
    ledger.says_representment(t.normal) AS says_representment, ledger.may_be_returned(t.normal) AS may_be_returned,
    ledger.is_income_text(t.folded) AS is_income,
    (CASE WHEN ledger.has_telling_word(t.normal) THEN ledger.direction(t.normal, rail)
        WHEN rail IN ('card', 'fee') THEN 'spend' END)::ledger.direction AS direction,
    ledger.has_telling_word(t.normal) AND ledger.is_nsf_overdraft_fee(t.normal, -1) AS says_distress_fee,
    coalesce(c.refund_key, t.r.merchant_key) AS refund_key, coalesce(c.other_key, t.r.merchant_key) AS other_key,
    c.before_key, t.r.category_in::ledger.category AS category_in, t.r.rule_in,
    t.r.strength_in::ledger.strength AS strength_in, t.r.category_out::ledger.category AS category_out, t.r.rule_out,
    t.r.strength_out::ledger.strength AS strength_out,
    coalesce(c.category_out, t.r.category_out)::ledger.category AS refund_category,
    CASE WHEN c.is_cut THEN c.refund_name ELSE t.r.merchant_name END AS refund_name
-- all of cut_keys are in words; without saying so DuckDB expects more of them than there are texts, and hashes these
FROM told t LEFT JOIN (FROM cut_keys SEMI JOIN words USING (folded)) c ON c.folded = t.r.folded
