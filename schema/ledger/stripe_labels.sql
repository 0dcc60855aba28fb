-- model: ledger.stripe_labels
-- about: What Stripe says transactions are, only with stripe.preview_version: one row per transaction that has labels.
--   ledger.labels and expenses.transactions have what fcpipe's rules say, and do not use these: Stripe publishes no
--   list of its labels. Join by transaction_id
-- order: transacted_date, transaction_id
-- scope: transaction_id
-- since: transacted_date
-- touched by ledger.transactions (transaction_id, account_key, transacted_date): SELECT transaction_id, transacted_date
--   FROM changed
-- touched by main.transaction_labels: SELECT t.transaction_id, t.transacted_date FROM ledger.transactions t
--   SEMI JOIN changed USING (transaction_id)
-- input ledger.transactions: SELECT t.* FROM ledger.transactions t JOIN touched USING (transaction_id)
--   WHERE t.transacted_date >= $since
-- partition: transacted_month = strftime(transacted_date, '%Y-%m')
-- personal: stripe_merchant_name from main.transaction_labels.merchant_name
-- column transaction_id: VARCHAR NOT NULL. The transaction
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column transacted_date: DATE NOT NULL. Civil date it happened, in the report zone
-- column stripe_merchant_name: VARCHAR. Name of the merchant, as Stripe says; null when it says none
-- column stripe_merchant_confidence: VARCHAR. How sure Stripe is of it: low, medium, high or very_high
-- column stripe_category: VARCHAR. Its finest label in the taxonomy of personal finance; null when it has none
-- column stripe_category_group: VARCHAR. The coarser label that Stripe puts it under
-- column stripe_category_confidence: VARCHAR. How sure Stripe is of it: low, medium, high or very_high
-- column stripe_movement: VARCHAR. Its finest label in the taxonomy of money movement; null when it has none
-- column stripe_movement_group: VARCHAR. The coarser label that Stripe puts it under
-- column stripe_movement_confidence: VARCHAR. How sure Stripe is of it: low, medium, high or very_high
SELECT t.transaction_id, t.account_key, t.transacted_date, l.merchant_name AS stripe_merchant_name,
    l.merchant_confidence AS stripe_merchant_confidence,
    coalesce(l.personal_finance_detailed, l.personal_finance_primary) AS stripe_category,
    l.personal_finance_primary AS stripe_category_group, l.personal_finance_confidence AS stripe_category_confidence,
    coalesce(l.money_movement_detailed, l.money_movement_primary) AS stripe_movement,
    l.money_movement_primary AS stripe_movement_group, l.money_movement_confidence AS stripe_movement_confidence
FROM ledger.transactions t JOIN main.transaction_labels l USING (transaction_id)
