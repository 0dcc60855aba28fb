-- model: underwriting.flow_days
-- about: What moved in an account on a day, by what it was: all that attributes of flows, income and spending read. No
--   text, merchant or bank is in it; of categories whose use in lending is limited only the group is, or nothing
-- order: account_key, currency, day, treatment, category, need, is_cash
-- lake: none
-- part: holder_id
-- part bytes: 512
-- scope: account_key, currency, day
-- touched by ledger.labels (transaction_id, account_key, currency, posted_date, holder_type, holder_id, amount_minor,
--   is_cash, is_flow, came_back, category, treatment, need, gate): SELECT account_key, currency, posted_date AS day
--   FROM changed WHERE is_flow
-- touched by ledger.categories: nothing, they come with the program
-- input ledger.categories: FROM ledger.categories
-- input ledger.labels: SELECT l.* FROM ledger.labels l SEMI JOIN touched s ON s.account_key = l.account_key
--   AND s.currency = l.currency AND s.day = l.posted_date
-- personal: nothing from ledger.labels.merchant_key, it is not read
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose account it is
-- column account_key: VARCHAR NOT NULL. Cash or credit account
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column day: DATE NOT NULL. Civil date of posting, in the report zone
-- column treatment: ledger.treatment NOT NULL. How it counts, see ledger.categories
-- column category: underwriting.flow_category NOT NULL. Code of ledger.categories; of limited ones the group, or
--   withheld; of a payment that came back adj.balance_correction, and of the row that gives it back its own
-- column need: ledger.need NOT NULL. E essential, D discretionary, N neither or not known
-- column is_cash: BOOLEAN NOT NULL. Whether the account is a cash account
-- column in_minor: BIGINT. Money in, minor units; null when out of range
-- column in_count: BIGINT NOT NULL. Rows that came in
-- column out_minor: BIGINT. Money out as a positive number, minor units; null when out of range
-- column out_count: BIGINT NOT NULL. Rows that went out
-- column round_in_count: BIGINT NOT NULL. Rows that came in with a whole hundred of their currency
SELECT l.holder_type, l.holder_id, l.account_key, l.currency, l.posted_date AS day, l.treatment,
    CASE WHEN l.came_back THEN 'adj.balance_correction'::underwriting.flow_category ELSE c.shown END AS category,
    coalesce(l.need, 'N'::ledger.need) AS need, l.is_cash,
    meta.minor(coalesce(sum(l.amount_minor) FILTER (l.amount_minor > 0), 0)) AS in_minor,
    count(*) FILTER (l.amount_minor > 0) AS in_count,
    meta.minor(coalesce(-sum(l.amount_minor) FILTER (l.amount_minor < 0), 0)) AS out_minor,
    count(*) FILTER (l.amount_minor < 0) AS out_count,
    count(*) FILTER (l.amount_minor > 0 AND l.amount_minor % meta.units(100, l.currency) = 0) AS round_in_count
FROM (FROM ledger.labels WHERE is_flow AND amount_minor <> 0) l
JOIN (SELECT code, (CASE gate WHEN 'collapse' THEN split_part(code, '.', 1) WHEN 'block' THEN 'withheld' ELSE code END)
        ::underwriting.flow_category AS shown
    FROM ledger.categories) c ON c.code = l.category
GROUP BY ALL
