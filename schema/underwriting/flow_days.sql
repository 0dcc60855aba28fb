-- model: underwriting.flow_days
-- about: What moved in an account on a day, by what it was: all that attributes of flows, income and spending read. No
--   text, merchant or bank is in it; of categories whose use in lending is limited only the group is, or nothing
-- order: account_key, currency, day, treatment, category, need, is_cash
-- lake: none
-- part: account_key
-- scope: account_key, currency, day
-- touched by ledger.transactions (transaction_id, account_key, currency, posted_date, holder_type, holder_id, status,
--   suppressed_by, amount_minor, category, spending_class): SELECT account_key, currency, posted_date AS day
--   FROM changed
-- touched by ledger.labels (transaction_id, transacted_date, category, treatment, need, gate, reversal_of_id):
--   SELECT t.account_key, t.currency, t.posted_date AS day FROM (FROM ledger.transactions
--   WHERE transacted_date >= (SELECT min(transacted_date) FROM changed)) t SEMI JOIN changed USING (transaction_id)
-- input ledger.transactions: SELECT t.* FROM ledger.transactions t SEMI JOIN touched s ON s.account_key = t.account_key
--   AND s.currency = t.currency AND s.day = t.posted_date
-- input ledger.labels: FROM ledger.labels
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose account it is
-- column account_key: VARCHAR NOT NULL. Cash or credit account
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column day: DATE NOT NULL. Civil date of posting, in the report zone
-- column treatment: VARCHAR NOT NULL. How it counts, see ledger.categories
-- column category: VARCHAR NOT NULL. Code of ledger.categories; of limited ones the group, or withheld; of a payment
--   that came back adj.balance_correction, and of the row that gives it back its own
-- column need: VARCHAR NOT NULL. E essential, D discretionary, N neither or not known
-- column is_cash: BOOLEAN NOT NULL. Whether the account is a cash account
-- column in_minor: BIGINT. Money in, minor units; null when out of range
-- column in_count: BIGINT NOT NULL. Rows that came in
-- column out_minor: BIGINT. Money out as a positive number, minor units; null when out of range
-- column out_count: BIGINT NOT NULL. Rows that went out
-- column round_in_count: BIGINT NOT NULL. Rows that came in with a whole hundred of their currency
SELECT t.holder_type, t.holder_id, t.account_key, t.currency, t.posted_date AS day, l.treatment,
    CASE WHEN ledger.came_back(t.spending_class, l.treatment, l.reversal_of_id) THEN 'adj.balance_correction' ELSE
        CASE l.gate WHEN 'collapse' THEN split_part(l.category, '.', 1) WHEN 'block' THEN 'withheld' ELSE l.category END
        END AS category,
    coalesce(l.need, 'N') AS need, t.category = 'cash' AS is_cash,
    meta.minor(coalesce(sum(t.amount_minor) FILTER (t.amount_minor > 0), 0)) AS in_minor,
    count(*) FILTER (t.amount_minor > 0) AS in_count,
    meta.minor(coalesce(-sum(t.amount_minor) FILTER (t.amount_minor < 0), 0)) AS out_minor,
    count(*) FILTER (t.amount_minor < 0) AS out_count,
    count(*) FILTER (t.amount_minor > 0 AND t.amount_minor % meta.units(100, t.currency) = 0) AS round_in_count
FROM (FROM ledger.transactions WHERE status = 'posted' AND suppressed_by IS NULL AND amount_minor <> 0
    AND category IN ('cash', 'credit') AND holder_type IS NOT NULL AND holder_id IS NOT NULL) t
JOIN ledger.labels l USING (transaction_id) GROUP BY ALL
