-- model: ledger.transactions
-- about: Every transaction with its civil dates and normalised text; what must not count is named in status and suppressed_by
-- order: account_key, posted_date, transaction_id
-- partition: posted_month = strftime(posted_date, '%Y-%m')
-- column transaction_id: VARCHAR NOT NULL. Stripe's id of the transaction
-- column account_id: VARCHAR NOT NULL. Account it belongs to
-- column account_key: VARCHAR NOT NULL. First id of the chain of relinked accounts
-- column holder_type: VARCHAR. Kind of holder: customer or account
-- column holder_id: VARCHAR. Whose account it is
-- column category: VARCHAR NOT NULL. Category of the account: cash, credit, investment or other
-- column posted_date: DATE NOT NULL. Civil date it posted; the transacted date while it is pending
-- column transacted_date: DATE NOT NULL. Civil date it happened
-- column amount_minor: BIGINT NOT NULL. Amount in minor units of currency; negative leaves the account
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column status: VARCHAR NOT NULL. pending, posted or void; only posted rows count
-- column normal: VARCHAR NOT NULL. The bank's text in capitals with single spaces
-- column merchant_key: VARCHAR NOT NULL. What is left of the text when rails, stores and references are cut off; groups one merchant's rows
-- column rail: VARCHAR. How the money moved: card, ach, atm, check, wire, zelle, p2p_app, internal, fee; null when the text does not say
-- column processor: VARCHAR. Who processed a card payment: square, toast, paypal, …; null when the text does not say
-- column suppressed_by: VARCHAR. The row that counts instead: the posted one that replaced this pending one under a new id, or the same one of the account linked again; null when it counts by its status
WITH texts AS MATERIALIZED (
    SELECT description, ledger.normal(description) AS normal, ledger.merchant_key(description) AS merchant_key
    FROM (SELECT DISTINCT description FROM main.transactions)),
labelled AS MATERIALIZED (
    SELECT *, ledger.rail(normal) AS rail, ledger.processor(normal) AS processor FROM texts),
dated AS MATERIALIZED (
    SELECT t.transaction_id, t.account_id, a.account_key, l.holder_type, l.holder_id, l.category,
        ledger.civil_date(coalesce(t.posted_at, t.transacted_at), l.date_basis, meta.parameter('report_zone')) AS posted_date,
        ledger.civil_date(t.transacted_at, l.date_basis, meta.parameter('report_zone')) AS transacted_date,
        t.amount_minor, t.currency, t.status, x.normal, x.merchant_key, x.rail, x.processor
    FROM main.transactions t JOIN main.accounts a USING (account_id) JOIN ledger.accounts l ON l.account_key = a.account_key
    JOIN labelled x USING (description)),
was_pending AS (SELECT DISTINCT transaction_id FROM main.transaction_versions WHERE status = 'pending'),
twins AS (
    SELECT p.transaction_id AS pending_id, q.transaction_id AS posted_id, abs(q.amount_minor - p.amount_minor) AS difference, q.posted_date
    FROM dated p JOIN (SELECT * FROM dated WHERE status = 'posted') q
      ON p.account_key = q.account_key AND p.currency = q.currency AND p.merchant_key = q.merchant_key
     AND q.posted_date BETWEEN p.transacted_date AND p.transacted_date + 7
    ANTI JOIN was_pending w ON w.transaction_id = q.transaction_id
    WHERE p.status = 'pending' AND p.merchant_key <> ''
      AND (q.amount_minor = p.amount_minor
        OR (p.amount_minor < 0 AND q.amount_minor < p.amount_minor AND 10 * q.amount_minor >= 13 * p.amount_minor)
        OR p.amount_minor IN (-1, -100, -12500, -17500))),
best AS (
    SELECT pending_id, posted_id FROM twins
    QUALIFY row_number() OVER (PARTITION BY pending_id ORDER BY difference, posted_date, posted_id) = 1
        AND row_number() OVER (PARTITION BY posted_id ORDER BY difference, posted_date, pending_id) = 1),
chained AS (
    SELECT d.transaction_id, d.account_id, d.account_key, d.amount_minor, d.currency, d.status, d.transacted_date, d.normal, a.created_at,
        row_number() OVER (PARTITION BY d.account_id, d.amount_minor, d.currency, d.transacted_date, d.normal ORDER BY d.status = 'pending', d.transaction_id) AS nth
    FROM dated d JOIN main.accounts a USING (account_id)
    WHERE d.status <> 'void' AND d.account_key IN (SELECT account_key FROM main.accounts GROUP BY account_key HAVING count(*) > 1)),
relinked AS (
    SELECT o.transaction_id AS older_id, arg_max(n.transaction_id, (n.created_at, n.account_id)) AS newer_id
    FROM chained o JOIN chained n ON n.account_key = o.account_key AND n.amount_minor = o.amount_minor AND n.currency = o.currency
     AND n.transacted_date = o.transacted_date AND n.normal = o.normal AND n.nth = o.nth AND (n.created_at, n.account_id) > (o.created_at, o.account_id)
    WHERE n.status = 'posted' OR o.status = 'pending'
    GROUP BY o.transaction_id)
SELECT d.transaction_id, d.account_id, d.account_key, d.holder_type, d.holder_id, d.category, d.posted_date, d.transacted_date, d.amount_minor,
    d.currency, d.status, d.normal, d.merchant_key, d.rail, d.processor, coalesce(b.posted_id, r.newer_id) AS suppressed_by
FROM dated d LEFT JOIN best b ON b.pending_id = d.transaction_id LEFT JOIN relinked r ON r.older_id = d.transaction_id
