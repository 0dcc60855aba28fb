-- Accounts linked again: a new id for a bank account that is held already joins its chain.
-- A link needs the same holder, institution, last4 and subcategory, and rows that overlap. Where texts
-- differ or last4 is not stated, nothing is joined: what looks alike is for a person to decide.

-- name: relink_accounts
CREATE TEMP TABLE relink_accounts AS
SELECT account_id, account_key, holder_type, holder_id, institution_name, last4, subcategory, created_at,
    cursor_refresh_id
FROM account_next
UNION ALL
SELECT account_id, account_key, holder_type, holder_id, institution_name, last4, subcategory, created_at,
    cursor_refresh_id
FROM main.accounts ANTI JOIN account_next USING (account_id);

-- Each later account with each earlier chain; of a chain its newest account is compared. What a person has unlinked
-- stays so.
-- name: relink_pairs
CREATE TEMP TABLE relink_pairs AS
SELECT n.account_id, o.account_key, arg_max(o.account_id, (o.created_at, o.account_id)) AS older_id,
    coalesce(bool_or(o.last4 = n.last4), false) AS has_last4
FROM relink_accounts n JOIN relink_accounts o
  ON o.holder_id = n.holder_id AND o.holder_type IS NOT DISTINCT FROM n.holder_type
  AND o.institution_name = n.institution_name
 AND coalesce(o.last4 = n.last4, true) AND o.subcategory = n.subcategory
 AND (o.created_at, o.account_id) < (n.created_at, n.account_id)
WHERE n.account_key = n.account_id AND o.account_key <> n.account_id AND n.cursor_refresh_id IS NOT NULL
  AND n.account_id NOT IN (SELECT account_id FROM main.account_links WHERE action = 'unlink')
  AND n.account_id IN (SELECT account_id FROM account_next UNION SELECT account_id FROM staged_transactions)
GROUP BY n.account_id, o.account_key;

-- name: relink_pair_count
SELECT count(*) FROM relink_pairs;

-- name: relink_rows
CREATE TEMP TABLE relink_rows AS
SELECT account_id, amount_minor, currency, transacted_at::DATE AS day, description,
    row_number() OVER (PARTITION BY account_id, amount_minor, currency, transacted_at::DATE, description
        ORDER BY transaction_id) AS nth
FROM main.transactions
WHERE status = 'posted' AND account_id IN (SELECT account_id FROM relink_pairs UNION SELECT older_id FROM relink_pairs);

-- Three rows at least, and four of five where both accounts have rows, are the same.
-- name: relink_decisions
CREATE TEMP TABLE relink_decisions AS
WITH spans AS (SELECT account_id, min(day) AS first_day, max(day) AS last_day FROM relink_rows GROUP BY account_id),
windows AS (
    SELECT p.*, greatest(n.first_day, o.first_day) AS first_day, least(n.last_day, o.last_day) AS last_day
    FROM relink_pairs p
    LEFT JOIN spans n ON n.account_id = p.account_id
    LEFT JOIN spans o ON o.account_id = p.older_id),
newer AS (
    SELECT w.account_id, w.account_key, count(*) AS newer_rows FROM windows w
    JOIN relink_rows r ON r.account_id = w.account_id AND r.day BETWEEN w.first_day AND w.last_day GROUP BY ALL),
older AS (
    SELECT w.account_id, w.account_key, count(*) AS older_rows FROM windows w
    JOIN relink_rows r ON r.account_id = w.older_id AND r.day BETWEEN w.first_day AND w.last_day GROUP BY ALL),
matching AS (
    SELECT w.account_id, w.account_key, count(*) AS matching_rows FROM windows w
    JOIN relink_rows n ON n.account_id = w.account_id
    JOIN relink_rows o ON o.account_id = w.older_id AND o.amount_minor = n.amount_minor AND o.currency = n.currency
     AND o.day = n.day AND o.description = n.description AND o.nth = n.nth GROUP BY ALL),
-- equal amounts of both, whatever their texts; the days may differ by two
amounts AS (
    SELECT account_id, account_key, sum(least(newer_n, older_n))::BIGINT AS matching_amounts
    FROM (SELECT w.account_id, w.account_key, r.amount_minor, r.currency,
        count(*) FILTER (r.account_id = w.account_id) AS newer_n,
              count(*) FILTER (r.account_id = w.older_id) AS older_n
          FROM (SELECT *, unnest([account_id, older_id]) AS side_id FROM windows) w
          JOIN relink_rows r ON r.account_id = w.side_id AND r.day BETWEEN w.first_day - 2 AND w.last_day + 2
          GROUP BY ALL)
    GROUP BY ALL),
judged AS (
    SELECT w.*, coalesce(newer_rows, 0) AS newer_rows, coalesce(older_rows, 0) AS older_rows,
        coalesce(matching_rows, 0) AS matching_rows,
        coalesce(matching_amounts, 0) AS matching_amounts,
        has_last4 AND coalesce(matching_rows, 0) >= 3
            AND 5 * matching_rows >= 4 * least(newer_rows, older_rows) AS is_proven
    FROM windows w
    LEFT JOIN newer USING (account_id, account_key)
    LEFT JOIN older USING (account_id, account_key)
    LEFT JOIN matching USING (account_id, account_key)
    LEFT JOIN amounts USING (account_id, account_key)
    WHERE has_last4 OR (matching_amounts >= 3 AND 2 * matching_amounts >= least(newer_rows, older_rows)))
SELECT account_id,
    CASE WHEN count(*) FILTER (is_proven) = 1 THEN min(account_key) FILTER (is_proven)
        ELSE min(account_key) END AS account_key,
    CASE WHEN count(*) FILTER (is_proven) = 1 THEN 'link' ELSE 'ambiguous' END AS action,
    to_json(list({'account_key': account_key, 'account_id': older_id, 'matching_rows': matching_rows,
        'matching_amounts': matching_amounts, 'newer_rows': newer_rows,
                  'older_rows': older_rows, 'first_day': first_day, 'last_day': last_day}
                  ORDER BY account_key)) AS evidence
FROM judged GROUP BY account_id;

-- What is decided already is not written again.
-- name: relink_new
CREATE TEMP TABLE relink_new AS
SELECT d.* FROM relink_decisions d
LEFT JOIN (SELECT account_id, account_key, action FROM main.account_links
           QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY observed_at DESC) = 1) l USING (account_id)
WHERE l.action IS DISTINCT FROM d.action OR l.account_key IS DISTINCT FROM d.account_key;

-- name: relink_insert
INSERT INTO main.account_links
SELECT account_id, account_key, action, evidence, $observed_at, $run_id FROM relink_new ORDER BY account_id;

-- Accounts that joined the later one before come along.
-- name: relink_bring
INSERT INTO account_next
SELECT * EXCLUDE (first_seen_at, last_seen_at) FROM main.accounts
WHERE account_key IN (SELECT account_id FROM relink_new WHERE action = 'link')
    AND account_id NOT IN (SELECT account_id FROM account_next);

-- name: relink_apply
UPDATE account_next
SET account_key = r.account_key
FROM relink_new r
WHERE r.action = 'link' AND account_next.account_key = r.account_id;

-- name: relink_counts
SELECT count(*) FILTER (action = 'link'), count(*) FILTER (action = 'ambiguous') FROM relink_new;
