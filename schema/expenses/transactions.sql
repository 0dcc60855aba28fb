-- model: expenses.transactions
-- about: Every transaction with its merchant and category, and whether it counts as spending: what the other tables of
--   expenses sum. The bank's text is in main.transactions
-- materialized: view
-- order: account_key, transacted_date, transaction_id
-- partition: transacted_month = strftime(transacted_date, '%Y-%m')
-- personal: merchant_key from ledger.labels.merchant_key
-- personal: note from ledger.labels.note
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
-- column category: ledger.category NOT NULL. What it is, a code of ledger.categories; other.unknown when no rule fits
-- column spend_category: ledger.category NOT NULL. Where it counts in category_month: its category; of a refund that of
--   the purchase it gives back, else what the merchant sells, or adj.refund when that is unknown
-- column rule_id: VARCHAR NOT NULL. The rule that says so, see ledger.labels
-- column rule_version: VARCHAR. Version of the rule, see ledger.labels
-- column rule_strength: ledger.strength NOT NULL. How sure it is: structural, exact, pattern or weak
-- column counterparty_type: ledger.counterparty_type. Who is at the other end: person, employer, government, lender,
--   bank, own, merchant; null when unknown
-- column rail: ledger.rail. How the money moved, see ledger.transactions; null when the text does not say
-- column refund_of_id: VARCHAR. Of a refund the purchase it gives back, see expenses.refunds; null for all others
-- column include_in_spend: BOOLEAN NOT NULL. Whether it counts as spending, a refund as less of it
-- column spend_state: ledger.spend_state NOT NULL. counted, or why it does not count, see ledger.labels
-- column possible_duplicate_of: VARCHAR. The same movement in an account that may be this one linked again, see
--   quality.possible_relinks; null in general
-- column user_category: ledger.category. The category the user's own files give it; null where they say none
-- column note: VARCHAR. What the user noted in overrides.csv; null without a note
-- column accrual_date: DATE. Civil date on which it counts in the accrual view: of a refund that of the
--   purchase it gives back, where one is known, else transacted_date
SELECT transaction_id, account_key, holder_type, holder_id, transacted_date, posted_date, amount_minor, currency,
    status, merchant_key, merchant_name, category, spend_category, rule_id, rule_version, rule_strength,
    counterparty_type, rail, refund_of_id, include_in_spend, spend_state, possible_duplicate_of, user_category, note,
    accrual_date
FROM ledger.labels
