-- model: quality.missing_accounts
-- about: Accounts and cards that a holder seems to have and that are not linked: texts of own transfers and card
--   payments cite them, and no linked account fits. Their money is in sums as unlinked transfers and payments
-- order: holder_type, holder_id, currency, kind, institution, last4
-- part: holder_type, holder_id
-- scope: holder_type, holder_id
-- touched by ledger.labels (transaction_id, account_key, holder_type, holder_id, currency, posted_date, amount_minor,
--   status, normal, suppressed_by, category): SELECT holder_type, holder_id FROM changed
--   WHERE category IN ('xfer.own_unlinked_in', 'xfer.own_unlinked_out', 'fin_out.card_external')
-- touched by ledger.accounts (account_key, holder_type, holder_id, institution_name, last4, category):
--   SELECT holder_type, holder_id FROM changed
-- personal: nothing from ledger.labels.normal, known banks and digits are looked for
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Who seems to have it
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column kind: VARCHAR NOT NULL. account or card
-- column institution: VARCHAR. Bank that the texts name, from a list; null when they name none, or only the bank at
--   which the account they are in is
-- column last4: VARCHAR. Last four digits that the texts cite; null when they cite none
-- column transaction_count: BIGINT NOT NULL. Rows whose texts cite it
-- column in_minor: BIGINT. What came from it, minor units; null when out of range
-- column out_minor: BIGINT. What went to it, minor units; null when out of range
-- column first_day: DATE NOT NULL. First of the rows, by posted_date
-- column last_day: DATE NOT NULL. Last of them
-- column transaction_ids: VARCHAR[] NOT NULL. The rows, in order
-- column value_state: VARCHAR NOT NULL. in_range, or out_of_range when a sum leaves 64 bits
WITH own AS MATERIALIZED (
    SELECT transaction_id, holder_type, holder_id, currency, posted_date, amount_minor, account_key, normal, category
    FROM ledger.labels
    WHERE category IN ('xfer.own_unlinked_in', 'xfer.own_unlinked_out', 'fin_out.card_external')
        AND status = 'posted' AND suppressed_by IS NULL AND holder_type IS NOT NULL AND holder_id IS NOT NULL),
-- each text is read once, and each name of a bank
texts AS MATERIALIZED (
    SELECT normal, ledger.named_banks(normal) AS banks, ledger.cited_last4(normal) AS last4
    FROM (SELECT DISTINCT normal FROM own)),
accounts AS MATERIALIZED (
    SELECT account_key, holder_type, holder_id, category, last4, ledger.banks_of(institution_name) AS banks
    FROM ledger.accounts),
cited AS (
    SELECT o.transaction_id, o.holder_type, o.holder_id, o.currency, o.posted_date, o.amount_minor, a.category,
        -- what a card owes goes to another one
        CASE WHEN o.category = 'fin_out.card_external' OR a.category = 'credit' THEN 'card' ELSE 'account' END AS kind,
        CASE WHEN o.category = 'fin_out.card_external' THEN x.banks[1]
            ELSE list_filter(x.banks, lambda b: NOT list_contains(a.banks, b))[1] END AS institution,
        CASE WHEN x.last4 IS DISTINCT FROM a.last4 THEN x.last4 END AS last4
    FROM (FROM own SEMI JOIN (FROM texts WHERE len(banks) > 0 OR last4 IS NOT NULL) USING (normal)) o
    JOIN texts x USING (normal) JOIN accounts a ON a.account_key = o.account_key),
-- what is linked: a number that is not stated may be any
linked AS (
    SELECT holder_type, holder_id, CASE category WHEN 'credit' THEN 'card' ELSE 'account' END AS kind,
        list_distinct(flatten(list(banks))) AS banks, list(last4) AS numbers,
        bool_or(last4 IS NULL) AS has_unstated
    FROM accounts GROUP BY ALL),
missing AS (
    SELECT c.* FROM cited c LEFT JOIN linked k USING (holder_type, holder_id, kind)
    WHERE CASE WHEN k.kind IS NULL THEN c.institution IS NOT NULL OR c.last4 IS NOT NULL
        WHEN c.institution IS NOT NULL AND NOT list_contains(k.banks, c.institution) THEN true
        ELSE c.last4 IS NOT NULL AND NOT k.has_unstated AND NOT list_contains(k.numbers, c.last4) END),
sums AS (
    SELECT holder_type, holder_id, currency, kind, institution, last4, count(*) AS transaction_count,
        meta.minor(coalesce(sum(amount_minor) FILTER (amount_minor > 0), 0)) AS in_minor,
        meta.minor(coalesce(-sum(amount_minor) FILTER (amount_minor < 0), 0)) AS out_minor,
        min(posted_date) AS first_day, max(posted_date) AS last_day,
        list(transaction_id ORDER BY posted_date, transaction_id) AS transaction_ids
    FROM missing GROUP BY ALL)
SELECT *, CASE WHEN in_minor IS NULL OR out_minor IS NULL THEN 'out_of_range' ELSE 'in_range' END AS value_state
FROM sums
