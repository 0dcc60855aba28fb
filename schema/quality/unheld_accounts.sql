-- model: quality.unheld_accounts
-- about: Cash and credit accounts that a holder linked and of which rows or balances were never held: not read yet, not
--   shared, or refused by the bank. What they hold is in no number of the holder, which therefore is not OK. An account
--   that has the bank, kind and last four digits of another one whose rows are held is that one, linked twice, and is
--   not here, unless fcpipe unlink says that they differ. Mortgages are not here: their rows are payments of
--   the holder's cash accounts
-- order: account_key
-- lake: none
-- scope: all
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose account it is
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column category: VARCHAR NOT NULL. cash or credit
-- column subcategory: VARCHAR NOT NULL. checking, savings, credit_card, …
-- column lacks_rows: BOOLEAN NOT NULL. Whether its rows were never fetched completely: flows of the holder are without
--   it. Balances are, too, where it is a cash account, since a balance without rows is in no sum
-- column lacks_balances: BOOLEAN NOT NULL. Whether it is a cash account without a balance that is in the holder's
-- column last_day: DATE. Last day on which it counts: the day before it was closed with a balance of zero, or was seen
--   to be disconnected without a balance. Null while it goes on, after a balance that was not zero, and of inactive
--   accounts without one: their bank may only ask the owner to log in again
WITH closed AS (
    SELECT account_key, CASE WHEN bool_and(closed_date IS NOT NULL) THEN max(closed_date) END AS closed_date
    FROM ledger.cash_accounts GROUP BY account_key),
lacking AS (
    SELECT l.holder_type, l.holder_id, l.account_key, l.category, l.subcategory, l.institution_name, l.last4,
        v.account_key IS NULL AS lacks_rows,
        l.category = 'cash' AND (v.account_key IS NULL OR c.account_key IS NULL) AS lacks_balances,
        CASE WHEN c.account_key IS NOT NULL THEN c.closed_date WHEN e.status = 'disconnected' THEN e.since_date END
            - 1 AS last_day
    FROM ledger.accounts l
    LEFT JOIN (SELECT DISTINCT account_key FROM ledger.coverage) v USING (account_key)
    LEFT JOIN closed c USING (account_key) LEFT JOIN ledger.ended_accounts e USING (account_key)
    WHERE l.holder_type IS NOT NULL AND l.holder_id IS NOT NULL
      AND (l.category = 'cash' OR (l.category = 'credit' AND l.subcategory <> 'mortgage'))
      AND (v.account_key IS NULL OR (l.category = 'cash' AND c.account_key IS NULL))),
told_apart AS (
    SELECT account_id AS account_key FROM main.account_links
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY observed_at DESC) = 1 AND action = 'unlink'),
twins AS (
    SELECT k.account_key
    FROM lacking k JOIN ledger.accounts o USING (holder_type, holder_id, institution_name, subcategory, last4)
    SEMI JOIN ledger.coverage v ON v.account_key = o.account_key
    WHERE o.account_key <> k.account_key AND k.account_key NOT IN (FROM told_apart)
      AND o.account_key NOT IN (FROM told_apart))
SELECT holder_type, holder_id, account_key, category, subcategory, lacks_rows, lacks_balances, last_day
FROM lacking ANTI JOIN twins USING (account_key)
