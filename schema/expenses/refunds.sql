-- model: expenses.refunds
-- about: What was given back, of which purchase, and what of it is left: a purchase that was given back in part has
--   more outstanding. What a shop promised and did not send is not in a bank's data
-- order: refund_id
-- scope: account_key, currency, merchant_key
-- touched by ledger.labels (transaction_id, merchant_name): SELECT r.account_key, r.currency, r.merchant_key
--   FROM ledger.refund_links r JOIN changed c ON c.transaction_id = r.refund_id
-- input ledger.labels: SELECT l.* FROM ledger.labels l SEMI JOIN (SELECT refund_id AS transaction_id
--   FROM ledger.refund_links SEMI JOIN touched USING (account_key, currency, merchant_key)) USING (transaction_id)
-- partition: refund_month = strftime(refund_date, '%Y-%m')
-- personal: merchant_key from ledger.refund_links.merchant_key
-- personal: nothing from ledger.labels.merchant_key, only the name for people is read
-- column refund_id: VARCHAR NOT NULL. The row that gives back
-- column purchase_id: VARCHAR. The purchase; null when none is known
-- column account_key: VARCHAR NOT NULL. Account of both
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose account it is
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Groups one merchant's rows, see ledger.transactions
-- column merchant_name: VARCHAR. The merchant's name for people; null when no table knows the merchant
-- column kind: VARCHAR NOT NULL. FULL: all of the purchase; PARTIAL: a part of it; UNLINKED: of no purchase that is
--   known
-- column refund_date: DATE NOT NULL. Civil date of the refund
-- column purchase_date: DATE. Civil date of the purchase; null without one
-- column days: BIGINT. Days from the one to the other; null without a purchase
-- column amount_minor: BIGINT NOT NULL. What was given back, minor units; positive
-- column purchase_minor: BIGINT. What was paid, minor units; positive, null without a purchase
-- column refunded_minor: BIGINT. All that was given back of the purchase, minor units; null without one
-- column outstanding_minor: BIGINT. What of the purchase was not given back; 0 when all was, null without a purchase
SELECT r.refund_id, r.purchase_id, r.account_key, r.holder_type, r.holder_id, r.currency, r.merchant_key,
    l.merchant_name, r.kind, r.refund_date, r.purchase_date, r.lag_days AS days, r.amount_minor, r.purchase_minor,
    CASE WHEN r.purchase_id IS NOT NULL THEN meta.minor(sum(r.amount_minor) OVER purchase) END AS refunded_minor,
    CASE WHEN r.purchase_id IS NOT NULL THEN meta.minor(r.purchase_minor - sum(r.amount_minor) OVER purchase) END
        AS outstanding_minor
FROM ledger.refund_links r LEFT JOIN ledger.labels l ON l.transaction_id = r.refund_id
WINDOW purchase AS (PARTITION BY r.purchase_id)
