-- model: quality.possible_relinks
-- about: Pairs of accounts of a holder that look like one account linked again, by their rows, and that are not linked:
--   their rows may count twice, so no number of the holder that has both is OK. Where the bank, the kind or the last
--   digits differ, nearly all rows of both have to be equal. Decide with fcpipe link or unlink
-- order: older_key, newer_key, currency
-- scope: holder_type, holder_id
-- touched by main.transactions (transaction_id, account_id, currency, amount_minor, transacted_at, status):
--   SELECT l.holder_type, l.holder_id FROM ledger.accounts l SEMI JOIN (SELECT a.account_key FROM main.accounts a
--   SEMI JOIN changed USING (account_id)) k USING (account_key)
-- touched by main.accounts (account_id, account_key, created_at): SELECT l.holder_type, l.holder_id
--   FROM ledger.accounts l SEMI JOIN changed USING (account_key)
-- touched by main.account_links: SELECT l.holder_type, l.holder_id FROM ledger.accounts l SEMI JOIN (
--   SELECT a.account_key FROM main.accounts a SEMI JOIN changed USING (account_id)) k USING (account_key)
-- touched by ledger.accounts (account_key, holder_type, holder_id, institution_name, last4, subcategory):
--   SELECT holder_type, holder_id FROM changed
-- widened: SELECT * FROM touched SEMI JOIN (SELECT holder_type, holder_id FROM ledger.accounts GROUP BY ALL
--   HAVING count(*) > 1) USING (holder_type, holder_id)
--   UNION SELECT * FROM touched SEMI JOIN quality.possible_relinks USING (holder_type, holder_id)
-- input main.transactions: SELECT t.* FROM main.transactions t SEMI JOIN (SELECT a.account_id FROM main.accounts a
--   SEMI JOIN (SELECT account_key FROM ledger.accounts SEMI JOIN touched USING (holder_type, holder_id)) l
--   USING (account_key)) k USING (account_id)
-- touched by ledger.account_weeks: nothing, its rows are those of main.transactions
-- input ledger.account_weeks: FROM ledger.account_weeks
-- input main.accounts: FROM main.accounts
-- input main.account_links: FROM main.account_links
-- column older_key: VARCHAR NOT NULL. account_key of the account that was linked first
-- column newer_key: VARCHAR NOT NULL. account_key of the account that may be the same one
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose accounts they are
-- column institution_name: VARCHAR NOT NULL. Name of the bank, as the newer account has it
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column first_day: DATE NOT NULL. First day on which both may have rows, UTC
-- column last_day: DATE NOT NULL. Last such day, UTC
-- column older_rows: BIGINT NOT NULL. Posted rows of the older account in those days
-- column newer_rows: BIGINT NOT NULL. Posted rows of the newer one
-- column matching_rows: BIGINT NOT NULL. Rows of the older account whose amount the newer one has as well, each used
--   once
-- column matching_in_minor: BIGINT. Money in of those rows, minor units; null when the sum does not fit
-- column matching_out_minor: BIGINT. Money out of those rows as a positive number, minor units; null when the sum does
--   not fit
WITH
-- A person's last word stays: an account that was unlinked is in no pair.
decided AS (
    SELECT account_id FROM main.account_links
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY observed_at DESC) = 1 AND action = 'unlink'),
chains AS (
    SELECT l.account_key, l.holder_type, l.holder_id, l.institution_name, l.last4, l.subcategory,
        min(a.created_at) AS created_at
    FROM ledger.accounts l JOIN main.accounts a USING (account_key)
    WHERE l.holder_type IS NOT NULL AND l.holder_id IS NOT NULL GROUP BY ALL),
pairs AS (
    SELECT o.account_key AS older_key, n.account_key AS newer_key, o.holder_type, o.holder_id, n.institution_name,
        o.institution_name = n.institution_name AND o.subcategory = n.subcategory AND coalesce(o.last4 = n.last4, true)
            AS is_named_alike
    FROM chains o JOIN chains n USING (holder_type, holder_id)
    WHERE (o.created_at, o.account_key) < (n.created_at, n.account_key) AND n.account_key NOT IN (FROM decided)),
-- the least and the greatest of two marks of an account's amounts in each four weeks: of accounts with nearly equal
-- rows several are equal, which is far less work than to compare rows. Accounts that share a part of one or two such
-- periods alone may have none, and are not looked at unless they are named alike
numbered AS MATERIALIZED (
    SELECT account_id, account_key, dense_rank() OVER (ORDER BY account_key)::INTEGER AS chain FROM main.accounts
    WHERE account_key IN (SELECT unnest([older_key, newer_key]) FROM pairs WHERE NOT is_named_alike)),
marks AS MATERIALIZED (
    SELECT n.chain, (w.week_start - DATE '1970-01-01') // 28 AS period, min(w.least_mark) AS least,
        max(w.greatest_mark) AS greatest, min(w.least_other_mark) AS other_least,
        max(w.greatest_other_mark) AS other_greatest
    FROM ledger.account_weeks w JOIN numbered n USING (account_id) GROUP BY ALL),
alike AS (
    SELECT p.older_key, p.newer_key
    FROM (FROM pairs WHERE NOT is_named_alike) p
    JOIN (SELECT DISTINCT account_key, chain FROM numbered) a ON a.account_key = p.older_key
    JOIN (SELECT DISTINCT account_key, chain FROM numbered) b ON b.account_key = p.newer_key
    JOIN marks o ON o.chain = a.chain JOIN marks n ON n.chain = b.chain AND n.period = o.period
    GROUP BY p.older_key, p.newer_key
    HAVING count(*) FILTER (o.least = n.least) + count(*) FILTER (o.greatest = n.greatest)
        + count(*) FILTER (o.other_least = n.other_least) + count(*) FILTER (o.other_greatest = n.other_greatest)
        >= CASE WHEN count(*) > 2 THEN 2 ELSE 1 END),
looked_at AS (
    SELECT unnest([older_key, newer_key]) AS account_key FROM pairs WHERE is_named_alike
    UNION SELECT unnest([older_key, newer_key]) FROM alike),
-- one connection's rows: a chain of several has the rows of their overlap more than once
connection_rows AS (
    SELECT a.account_key, a.account_id, t.currency, t.amount_minor, timezone('UTC', t.transacted_at)::DATE AS day,
        count(*) AS n
    FROM main.transactions t JOIN main.accounts a USING (account_id)
    WHERE t.status = 'posted' AND a.account_key IN (FROM looked_at)
    GROUP BY ALL),
chain_rows AS MATERIALIZED (
    SELECT account_key, currency, amount_minor, day, max(n) AS n FROM connection_rows GROUP BY ALL),
spans AS (SELECT account_key, currency, min(day) AS first_day, max(day) AS last_day FROM chain_rows GROUP BY ALL),
windows AS (
    SELECT p.*, o.currency, greatest(o.first_day, n.first_day) - 2 AS first_day,
        least(o.last_day, n.last_day) + 2 AS last_day
    FROM pairs p JOIN spans o ON o.account_key = p.older_key
    JOIN spans n ON n.account_key = p.newer_key AND n.currency = o.currency
    LEFT JOIN alike s ON s.older_key = p.older_key AND s.newer_key = p.newer_key
    WHERE greatest(o.first_day, n.first_day) - 2 <= least(o.last_day, n.last_day) + 2
        AND (p.is_named_alike OR s.older_key IS NOT NULL)),
days AS (
    SELECT w.older_key, w.newer_key, w.currency, r.amount_minor, r.day,
        coalesce(sum(r.n) FILTER (r.account_key = w.older_key), 0)::BIGINT AS older_n,
        coalesce(sum(r.n) FILTER (r.account_key = w.newer_key), 0)::BIGINT AS newer_n
    FROM (SELECT *, unnest([older_key, newer_key]) AS account_key FROM windows) w
    JOIN chain_rows r ON r.account_key = w.account_key
     AND r.currency = w.currency AND r.day BETWEEN w.first_day AND w.last_day
    GROUP BY ALL),
counted AS (
    SELECT older_key, newer_key, currency, amount_minor, sum(older_n)::BIGINT AS older_n,
        sum(newer_n)::BIGINT AS newer_n, sum(least(older_n, newer_n))::BIGINT AS same_day_n
    FROM days GROUP BY ALL),
summed AS (
    SELECT older_key, newer_key, currency, sum(older_n)::BIGINT AS older_rows, sum(newer_n)::BIGINT AS newer_rows,
        sum(least(older_n, newer_n))::BIGINT AS matching_rows, sum(same_day_n)::BIGINT AS same_day_rows,
        count(*) FILTER (older_n > 0 AND newer_n > 0) AS amounts,
        coalesce(sum(least(older_n, newer_n)::HUGEINT * amount_minor) FILTER (amount_minor > 0), 0) AS money_in,
        coalesce(-sum(least(older_n, newer_n)::HUGEINT * amount_minor) FILTER (amount_minor < 0), 0) AS money_out
    FROM counted GROUP BY ALL)
-- Of accounts that are named alike three rows at least, and half of what the smaller of the two has. Of others five
-- rows of two amounts, four fifths of what each has, on the same days; where amounts seldom come twice, on any: two
-- equal subscriptions, or a transfer, whose halves have other signs, are far from that.
SELECT w.older_key, w.newer_key, w.holder_type, w.holder_id, w.institution_name, w.currency, w.first_day, w.last_day,
    s.older_rows, s.newer_rows, s.matching_rows, try_cast(s.money_in AS BIGINT) AS matching_in_minor,
    try_cast(s.money_out AS BIGINT) AS matching_out_minor
FROM windows w JOIN summed s USING (older_key, newer_key, currency)
WHERE CASE WHEN w.is_named_alike
        THEN s.matching_rows >= 3 AND 2 * s.matching_rows >= least(s.older_rows, s.newer_rows)
    ELSE s.matching_rows >= 5 AND s.amounts >= 2
        AND 5 * CASE WHEN s.amounts >= 5 AND 2 * s.amounts >= s.matching_rows THEN s.matching_rows
            ELSE s.same_day_rows END >= 4 * greatest(s.older_rows, s.newer_rows) END
