-- model: ledger.dated_transactions
-- about: Every transaction with its civil dates and what its text says, before any row is matched with another
-- order: account_key, posted_date, transaction_id
-- lake: none
-- scope: transaction_id
-- since: transacted_date
-- part: transacted_at
-- part bytes: 512
-- part input ledger.descriptions: SELECT d.* FROM ledger.descriptions d SEMI JOIN main.transactions USING (description)
-- touched by main.transactions: SELECT transaction_id, ledger.earliest_date(transacted_at) AS transacted_date
--   FROM changed
-- touched by main.accounts: nothing, ledger.accounts has what this model reads of them
-- touched by ledger.descriptions: nothing, a text says the same for ever
-- touched by ledger.accounts (account_key, account_ids, holder_type, holder_id, category, date_basis,
--   posted_date_basis, plausible_from): SELECT transaction_id, ledger.earliest_date(transacted_at) AS transacted_date
--   FROM main.transactions SEMI JOIN (SELECT unnest(account_ids) AS account_id FROM changed) USING (account_id)
-- touched by meta.store: SELECT transaction_id, ledger.earliest_date(transacted_at) AS transacted_date
--   FROM (FROM main.transactions WHERE transacted_at > $watermark + INTERVAL 2 DAY
--   UNION ALL FROM main.transactions WHERE posted_at > $watermark + INTERVAL 2 DAY)
-- input main.transactions: SELECT t.* FROM main.transactions t JOIN touched USING (transaction_id)
--   WHERE t.transacted_at >= ledger.earliest_instant($since)
-- personal: description from main.transactions.description
-- personal: merchant_key from ledger.descriptions.merchant_key
-- column transaction_id: VARCHAR NOT NULL. Stripe's id of the transaction
-- column account_id: VARCHAR NOT NULL. Account it belongs to
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column holder_type: VARCHAR. Kind of holder: customer or account
-- column holder_id: VARCHAR. Whose account it is
-- column category: VARCHAR NOT NULL. Category of the account: cash, credit, investment or other
-- column posted_date: DATE NOT NULL. Civil date it posted, in the report zone; the transacted date while it is pending
-- column posted_at: TIMESTAMPTZ. Instant it posted, or happened where no posting is stated; null where the bank gives
--   only the date
-- column transacted_date: DATE NOT NULL. Civil date it happened, in the report zone
-- column is_posted_plausible: BOOLEAN NOT NULL. Whether the instant of posting is one a bank can mean
-- column is_transacted_plausible: BOOLEAN NOT NULL. Whether that of the transaction is
-- column amount_minor: BIGINT NOT NULL. Amount in minor units of currency; negative leaves the account
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column status: VARCHAR NOT NULL. pending, posted or void
-- column description: VARCHAR NOT NULL. The text as the bank sent it
-- column merchant_key: VARCHAR NOT NULL. Of its text, see ledger.descriptions
-- column own_kind: ledger.own_kind. Of its text
-- column says_taken_back: BOOLEAN NOT NULL. Of its text
-- column says_refund_surely: BOOLEAN NOT NULL. Of its text
-- column direction: ledger.direction. Of its text
-- column says_distress_fee: BOOLEAN NOT NULL. Of its text
-- column bank_kind: ledger.bank_kind. What the bank itself does, by text and sign: distress_fee (on a cash account, for
--   want of money) or fee, fee_reversal, returned_item, return (a word that may say it), taken_back (of money in),
--   representment; null for all others
SELECT t.transaction_id, t.account_id, t.account_key, t.holder_type, t.holder_id, t.category,
    ledger.civil_date(t.posting_at, t.posting_basis, meta.parameter('report_zone')) AS posted_date,
    CASE WHEN NOT ledger.is_date(t.posting_at, t.posting_basis) THEN t.posting_at END AS posted_at,
    ledger.civil_date(t.transacted_at, t.date_basis, meta.parameter('report_zone')) AS transacted_date,
    t.posting_at BETWEEN t.plausible_from AND s.plausible_until AS is_posted_plausible,
    t.transacted_at BETWEEN t.plausible_from AND s.plausible_until AS is_transacted_plausible,
    t.amount_minor, t.currency, t.status, t.description, d.merchant_key, d.own_kind, d.says_taken_back,
    d.says_refund_surely, d.direction, d.says_distress_fee,
    ledger.bank_kind(t.category, t.amount_minor, d.category_in, d.category_out, d.says_representment,
        d.may_be_returned, d.says_taken_back) AS bank_kind
-- main has its transactions in the order of time, which this table and those that read it keep: recent rows are found
-- without reading the others
FROM (SELECT r.transaction_id, r.account_id, r.transacted_at, r.amount_minor, r.currency, r.status, r.description,
          coalesce(r.posted_at, r.transacted_at) AS posting_at,
          CASE WHEN r.posted_at IS NULL THEN l.date_basis ELSE l.posted_date_basis END AS posting_basis,
          l.account_key, l.holder_type, l.holder_id, l.category, l.date_basis, l.plausible_from
      FROM main.transactions r
      JOIN main.accounts a USING (account_id)
      JOIN ledger.accounts l ON l.account_key = a.account_key) t
JOIN ledger.descriptions d USING (description)
CROSS JOIN (SELECT watermark + INTERVAL 2 DAY AS plausible_until FROM meta.store) s
