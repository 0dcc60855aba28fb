-- model: quality.relink_differences
-- about: Rows of an account that was linked again which only one of its connections has, in the time that both cover:
--   each counts. The other feed lacks the movement, or tells it so that no match was found
-- order: account_key, transacted_date, transaction_id
-- scope: account_key
-- touched by ledger.dated_transactions (transaction_id, account_id, account_key, transacted_date, amount_minor,
--   currency, status): SELECT account_key FROM changed
-- touched by ledger.same_movements: SELECT account_key FROM ledger.dated_transactions SEMI JOIN changed
--   USING (transaction_id)
-- touched by main.accounts (account_id, account_key, created_at): SELECT account_key FROM changed
-- widened: SELECT * FROM touched SEMI JOIN (SELECT account_key FROM main.accounts GROUP BY ALL HAVING count(*) > 1)
--   USING (account_key) UNION SELECT * FROM touched SEMI JOIN quality.relink_differences USING (account_key)
-- input ledger.same_movements: FROM ledger.same_movements
-- column transaction_id: VARCHAR NOT NULL. The row
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column account_id: VARCHAR NOT NULL. Connection that has it
-- column other_account_id: VARCHAR NOT NULL. Connection that has not, though its rows begin three days before or
--   earlier, and end three days after or later; the newest of several
-- column transacted_date: DATE NOT NULL. Civil date it happened
-- column amount_minor: BIGINT NOT NULL. Amount in minor units of currency; negative leaves the account
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
WITH chains AS (
    SELECT account_key, account_id, created_at FROM main.accounts
    QUALIFY count(*) OVER (PARTITION BY account_key) > 1),
posted AS MATERIALIZED (
    SELECT d.transaction_id, d.account_key, d.account_id, d.transacted_date, d.amount_minor, d.currency
    FROM (FROM ledger.dated_transactions WHERE status = 'posted') d SEMI JOIN chains USING (account_key)),
spans AS (
    SELECT p.account_key, p.account_id, c.created_at, min(p.transacted_date) AS first_day,
        max(p.transacted_date) AS last_day
    FROM posted p JOIN chains c USING (account_key, account_id) GROUP BY ALL),
matched AS (
    SELECT unnest([transaction_id, same_as_id]) AS transaction_id FROM ledger.same_movements WHERE is_linked)
SELECT p.transaction_id, p.account_key, p.account_id,
    arg_max(s.account_id, (s.created_at, s.account_id)) AS other_account_id, p.transacted_date, p.amount_minor,
    p.currency
FROM posted p JOIN spans s ON s.account_key = p.account_key AND s.account_id <> p.account_id
    AND p.transacted_date BETWEEN s.first_day + 3 AND s.last_day - 3
ANTI JOIN matched m ON m.transaction_id = p.transaction_id
GROUP BY ALL
