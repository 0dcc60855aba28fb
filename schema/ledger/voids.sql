-- model: ledger.voids
-- about: Rows that had posted and were voided later: their amount was in the balance for some time
-- order: transacted_date, transaction_id
-- lake: none
-- scope: transaction_id
-- since: transacted_date
-- touched by ledger.dated_transactions (transaction_id, account_key, currency, transacted_date, amount_minor, status,
--   is_posted_plausible): SELECT transaction_id, transacted_date FROM changed WHERE status = 'void'
-- touched by main.transactions (transaction_id, transacted_at, posted_at, void_at, updated_at, status):
--   SELECT transaction_id, ledger.earliest_date(transacted_at) AS transacted_date FROM changed WHERE status = 'void'
-- touched by main.transaction_versions: SELECT transaction_id, ledger.earliest_date(transacted_at) AS transacted_date
--   FROM main.transactions SEMI JOIN (FROM changed WHERE NOT is_current AND observed_at > $watermark)
--   USING (transaction_id) WHERE status = 'void'
-- touched by ledger.accounts (account_key, posted_date_basis): SELECT transaction_id, transacted_date
--   FROM ledger.dated_transactions SEMI JOIN changed USING (account_key) WHERE status = 'void'
-- touched by meta.store: SELECT transaction_id, ledger.earliest_date(transacted_at) AS transacted_date
--   FROM (FROM main.transactions WHERE status = 'void' AND void_at > $watermark + INTERVAL 2 DAY
--   UNION ALL FROM main.transactions WHERE status = 'void' AND updated_at > $watermark)
-- input main.transactions: SELECT t.* FROM main.transactions t JOIN touched USING (transaction_id)
--   WHERE t.status = 'void' AND t.transacted_at >= ledger.earliest_instant($since)
-- input main.transaction_versions: WITH earlier AS MATERIALIZED (SELECT transaction_id, status, posted_at, is_current
--   FROM main.transaction_versions WHERE status = 'posted' AND NOT is_current)
--   SELECT e.* FROM earlier e JOIN touched USING (transaction_id)
-- personal: nothing from main.transactions.description, only the times of its rows are read
-- personal: nothing from main.transaction_versions.description, only the times of its rows are read
-- personal: nothing from ledger.dated_transactions.description, it is not read
-- personal: nothing from ledger.dated_transactions.merchant_key, it is not read
-- column transaction_id: VARCHAR NOT NULL. The row
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column transacted_date: DATE NOT NULL. Civil date it happened, in the report zone
-- column amount_minor: BIGINT NOT NULL. Its amount, minor units; negative left the account
-- column is_plausible: BOOLEAN NOT NULL. Whether its instant of posting is one a bank can mean
-- column posted_date: DATE NOT NULL. Civil date it posted
-- column posted_at: TIMESTAMPTZ. Instant of that; null where the bank gives only the date
-- column voided_date: DATE NOT NULL. Civil date it was voided
-- column voided_at: TIMESTAMPTZ. Instant of that; null where the bank gives only the date
SELECT v.transaction_id, v.account_key, v.currency, v.transacted_date, v.amount_minor, v.is_plausible,
    ledger.civil_date(v.posted_at, v.basis, meta.parameter('report_zone')) AS posted_date,
    CASE WHEN NOT ledger.is_date(v.posted_at, v.basis) THEN v.posted_at END AS posted_at,
    ledger.civil_date(v.voided_at, v.basis, meta.parameter('report_zone')) AS voided_date,
    CASE WHEN NOT ledger.is_date(v.voided_at, v.basis) THEN v.voided_at END AS voided_at
FROM (SELECT d.transaction_id, d.account_key, d.currency, d.transacted_date, d.amount_minor,
          d.is_posted_plausible AS is_plausible, l.posted_date_basis AS basis,
          -- a bank that takes the posting date back with the void has sent it before
          coalesce(t.posted_at, p.posted_at) AS posted_at,
          CASE WHEN t.void_at <= s.watermark + INTERVAL 2 DAY THEN t.void_at
              ELSE least(t.updated_at, s.watermark) END AS voided_at
      FROM (FROM main.transactions WHERE status = 'void') t
      JOIN ledger.dated_transactions d USING (transaction_id) JOIN ledger.accounts l USING (account_key)
      CROSS JOIN meta.store s
      LEFT JOIN (SELECT transaction_id, max(posted_at) AS posted_at FROM main.transaction_versions
          WHERE status = 'posted' AND NOT is_current -- the void one is
          GROUP BY ALL) p
          USING (transaction_id)) v
WHERE v.posted_at < v.voided_at
