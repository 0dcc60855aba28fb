-- model: expenses.transactions
-- about: Every transaction with its merchant and category, and whether it counts as spending: what the other tables of
--   expenses sum. The bank's text is in main.transactions
-- order: account_key, transacted_date, transaction_id
-- scope: transaction_id
-- since: transacted_date
-- touched by ledger.transactions (transaction_id, account_key, holder_type, holder_id, transacted_date, posted_date,
--   amount_minor, currency, status, merchant_key, rail, possible_duplicate_of): SELECT transaction_id, transacted_date
--   FROM changed
-- touched by ledger.labels (transaction_id, transacted_date, merchant_name, category, rule_id, rule_version,
--   rule_strength, counterparty_type, spend_category, refund_of_id, include_in_spend, spend_state):
--   SELECT transaction_id, transacted_date FROM changed
-- touched by ledger.user_labels (transaction_id, transacted_date, category, note): SELECT transaction_id,
--   transacted_date FROM changed
-- touched by ledger.refund_links (refund_id, refund_date, purchase_date): SELECT refund_id AS transaction_id,
--   refund_date AS transacted_date FROM changed
-- input ledger.transactions: SELECT t.* FROM ledger.transactions t SEMI JOIN touched USING (transaction_id)
--   WHERE t.transacted_date >= $since
-- input ledger.labels: SELECT l.* FROM ledger.labels l SEMI JOIN touched USING (transaction_id)
--   WHERE l.transacted_date >= $since
-- input ledger.user_labels: SELECT u.* FROM ledger.user_labels u SEMI JOIN touched USING (transaction_id)
--   WHERE u.transacted_date >= $since
-- input ledger.refund_links: FROM ledger.refund_links
-- partition: transacted_month = strftime(transacted_date, '%Y-%m')
-- personal: merchant_key from ledger.transactions.merchant_key
-- personal: nothing from ledger.refund_links.merchant_key, only the dates in it are read
-- personal: note from ledger.user_labels.note
-- column transaction_id: VARCHAR NOT NULL. Stripe's id of the transaction
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column holder_type: VARCHAR. Kind of holder: customer or account
-- column holder_id: VARCHAR. Whose account it is
-- column transacted_date: DATE NOT NULL. Civil date it happened, in the report zone
-- column posted_date: DATE NOT NULL. Civil date it posted; the transacted date while it is pending
-- column amount_minor: BIGINT NOT NULL. Amount in minor units of currency; negative leaves the account
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column status: VARCHAR NOT NULL. pending, posted or void; only posted rows count
-- column merchant_key: VARCHAR NOT NULL. Groups one merchant's rows, see ledger.transactions
-- column merchant_name: VARCHAR. The merchant's name for people, or the one the user's own files give it; null when no
--   table knows the merchant
-- column category: VARCHAR NOT NULL. What it is, a code of ledger.categories; other.unknown when no rule fits
-- column spend_category: VARCHAR NOT NULL. Where it counts in category_month: its category; of a refund that of the
--   purchase it gives back, else what the merchant sells, or adj.refund when that is unknown
-- column rule_id: VARCHAR NOT NULL. The rule that says so, see ledger.labels
-- column rule_version: VARCHAR. Version of the rule, see ledger.labels
-- column rule_strength: VARCHAR NOT NULL. How sure it is: structural, exact, pattern or weak
-- column counterparty_type: VARCHAR. Who is at the other end: person, employer, government, lender, bank, own,
--   merchant; null when unknown
-- column rail: VARCHAR. How the money moved, see ledger.transactions; null when the text does not say
-- column refund_of_id: VARCHAR. Of a refund the purchase it gives back, see expenses.refunds; null for all others
-- column include_in_spend: BOOLEAN NOT NULL. Whether it counts as spending, a refund as less of it
-- column spend_state: VARCHAR NOT NULL. counted, or why it does not count, see ledger.labels
-- column possible_duplicate_of: VARCHAR. The same movement in an account that may be this one linked again, see
--   quality.possible_relinks; null in general
-- column user_category: VARCHAR. The category the user's own files give it; null where they say none
-- column note: VARCHAR. What the user noted in overrides.csv; null without a note
-- column accrual_date: DATE. Civil date on which it counts in the accrual view: of a refund that of the
--   purchase it gives back, where one is known, else transacted_date
SELECT t.transaction_id, t.account_key, t.holder_type, t.holder_id, t.transacted_date, t.posted_date, t.amount_minor,
    t.currency, t.status, t.merchant_key, l.merchant_name, l.category, l.spend_category, l.rule_id, l.rule_version,
    l.rule_strength, l.counterparty_type, t.rail, l.refund_of_id, l.include_in_spend, l.spend_state,
    t.possible_duplicate_of, u.category AS user_category, u.note,
    coalesce(p.purchase_date, t.transacted_date) AS accrual_date
FROM ledger.transactions t JOIN ledger.labels l USING (transaction_id)
LEFT JOIN ledger.user_labels u USING (transaction_id)
LEFT JOIN ledger.refund_links p ON p.refund_id = t.transaction_id
