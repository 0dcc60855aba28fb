-- model: expenses.unknown_merchants
-- about: Merchants of a holder's spending that have no category: the largest of all holders are what a rule should be
--   written for first
-- order: holder_type, holder_id, currency, merchant_key
-- part: holder_type, holder_id
-- scope: holder_type, holder_id, currency, merchant_key
-- touched by expenses.transactions (transaction_id, holder_type, holder_id, currency, merchant_key, transacted_date,
--   amount_minor, spend_category, include_in_spend): SELECT holder_type, holder_id, currency, merchant_key FROM changed
--   WHERE include_in_spend AND spend_category = 'other.unknown'
-- input expenses.transactions: SELECT t.* FROM (FROM expenses.transactions
--   WHERE include_in_spend AND spend_category = 'other.unknown') t
--   SEMI JOIN touched USING (holder_type, holder_id, currency, merchant_key)
-- personal: merchant_key from expenses.transactions.merchant_key
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who spent
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised merchant
-- column gross_minor: BIGINT. Spent in all history held, minor units; null when out of range
-- column transaction_count: BIGINT NOT NULL. Posted rows
-- column first_seen: DATE NOT NULL. First of them
-- column last_seen: DATE NOT NULL. Last of them
SELECT holder_type, holder_id, currency, merchant_key, meta.minor(-sum(amount_minor)) AS gross_minor,
    count(*) AS transaction_count, min(transacted_date) AS first_seen, max(transacted_date) AS last_seen
FROM expenses.transactions WHERE include_in_spend AND spend_category = 'other.unknown' GROUP BY ALL
