-- model: ledger.same_movements
-- about: Rows of an account's several connections that are one movement: each names the row that counts in its place.
--   Accounts that only may be one are matched too, and suppress nothing
-- order: transaction_id, is_linked
-- personal: nothing from main.transactions.description, equal texts are looked for
-- personal: nothing from ledger.descriptions.description, equal texts are looked for
-- personal: nothing from ledger.descriptions.normal, equal texts are looked for
-- personal: nothing from ledger.descriptions.merchant_key, equal merchants are looked for
-- touched by ledger.descriptions: nothing, a text says the same for ever
-- column transaction_id: VARCHAR NOT NULL. Row that does not count, or that may count twice
-- column is_linked: BOOLEAN NOT NULL. True for accounts that are linked; false for those of quality.possible_relinks
-- column same_as_id: VARCHAR NOT NULL. Row of the other connection that counts: a posted one before a pending one, then
--   the newest connection's; a void of the newest one counts as what became of it
WITH RECURSIVE
-- Rows are matched as multisets, each once: equal amount and currency, then in passes from the surest to
-- the least sure. Two equal coffees in both connections stay two. What only one connection has matches
-- nothing.
connections AS (
    SELECT account_key AS group_key, true AS is_linked, account_id,
        row_number() OVER (PARTITION BY account_key ORDER BY created_at, account_id) AS position,
        count(*) OVER (PARTITION BY account_key) AS positions
    FROM main.accounts QUALIFY count(*) OVER (PARTITION BY account_key) > 1
    UNION ALL
    SELECT DISTINCT p.group_key, false, a.account_id, p.position, 2
    FROM (SELECT older_key || ' ' || newer_key AS group_key, unnest([older_key, newer_key]) AS account_key,
        unnest([1, 2]) AS position
          FROM quality.possible_relinks) p JOIN main.accounts a USING (account_key)),
movements AS MATERIALIZED (
    SELECT c.group_key, c.is_linked, c.position, c.positions, t.transaction_id, t.currency, t.amount_minor, t.status,
        t.description,
        ledger.civil_date(t.transacted_at, l.date_basis, meta.parameter('report_zone')) AS day,
        ledger.civil_date(coalesce(t.posted_at, t.transacted_at),
            CASE WHEN t.posted_at IS NULL THEN l.date_basis ELSE l.posted_date_basis END,
            meta.parameter('report_zone')) AS posted_day
    FROM connections c JOIN main.transactions t USING (account_id) JOIN main.accounts a USING (account_id)
    JOIN ledger.accounts l ON l.account_key = a.account_key
    WINDOW same AS (PARTITION BY c.group_key, t.currency, t.amount_minor
        ORDER BY epoch_us(t.transacted_at) // 86400000000
                    RANGE BETWEEN 6 PRECEDING AND 6 FOLLOWING)
    QUALIFY min(c.position) OVER same < max(c.position) OVER same),
texts AS MATERIALIZED (
    SELECT description, normal, merchant_key FROM ledger.descriptions
    SEMI JOIN movements USING (description)),
-- By how many days a connection dates its rows later than the one before it: where that holds for three of
-- four rows, and not for half as many on the same day. Rows of a daily amount show no shift: those are asked
-- that are the only ones of their amount within four days.
distinctive AS (
    SELECT * FROM movements
    WINDOW near AS (PARTITION BY group_key, position, currency, amount_minor ORDER BY day - DATE '1970-01-01'
                    RANGE BETWEEN 4 PRECEDING AND 4 FOLLOWING)
    QUALIFY count(*) OVER near = 1),
lags AS (
    SELECT group_key, position, lag_days, sum(least(earlier, later)) AS matching, sum(earlier) AS earlier,
        sum(later) AS later
    FROM (
        SELECT m.group_key, m.position + p.step AS position, g.lag_days, m.currency, m.amount_minor,
            m.day + CASE p.step WHEN 1 THEN g.lag_days ELSE 0 END AS day,
            count(*) FILTER (p.step = 1) AS earlier, count(*) FILTER (p.step = 0) AS later
        FROM distinctive m, (VALUES (0), (1)) p(step), (VALUES (-2), (-1), (0), (1), (2)) g(lag_days) GROUP BY ALL)
    GROUP BY ALL),
shifts AS (
    SELECT group_key, position,
        sum(CASE WHEN 4 * matching >= 3 * least(earlier, later) AND matching > 2 * same_day THEN lag_days ELSE 0 END)
        OVER (PARTITION BY group_key ORDER BY position)::INTEGER AS shift
    FROM (SELECT *, max(matching) FILTER (lag_days = 0) OVER (PARTITION BY group_key, position) AS same_day FROM lags
          QUALIFY row_number() OVER (PARTITION BY group_key, position ORDER BY matching DESC, abs(lag_days), lag_days)
              = 1)),
-- Each row twice: as the older of two, and as the newer.
sides AS (
    SELECT * FROM (
        SELECT m.* EXCLUDE (day, description), m.day - coalesce(s.shift, 0) AS day, x.normal, x.merchant_key,
            unnest([true, false]) AS is_older
        FROM movements m JOIN texts x USING (description) LEFT JOIN shifts s USING (group_key, position))
    WHERE CASE WHEN is_older THEN position < positions AND status <> 'void' ELSE position > 1 END),
-- Pass 0: same text and day. 1 to 8: same merchant, on one day, posted on one day, one day apart, two, three.
-- 9 to 16: any text, likewise. 17: what the newer connection voided. Then again with the connection after the next,
-- and the third.
passes AS (
    SELECT 0 AS step, *, NULL::VARCHAR AS other_id FROM sides
    UNION ALL
    SELECT step + 1, * EXCLUDE (step, older_position, match_day, match_text, takes_part, nth, other_id),
        CASE WHEN NOT takes_part THEN NULL WHEN is_older THEN max(transaction_id) FILTER (NOT is_older) OVER matching
             ELSE max(transaction_id) FILTER (is_older) OVER matching END
    FROM (
        SELECT *, row_number() OVER (
            PARTITION BY group_key, is_older, older_position, currency, amount_minor, match_day, match_text, takes_part
            ORDER BY status = 'pending', transaction_id) AS nth
        FROM (
            SELECT *, CASE WHEN is_older THEN position ELSE position - 1 - step // 18 END AS older_position,
                CASE WHEN step % 18 IN (2, 10) THEN posted_day
                     WHEN is_older THEN day
                         + [0, 0, 0, 1, -1, 2, -2, 3, -3, 0, 0, 1, -1, 2, -2, 3, -3, 0][step % 18 + 1]
                     ELSE day END AS match_day,
                CASE WHEN step % 18 = 0 THEN normal WHEN step % 18 <= 8 OR step % 18 = 17 THEN merchant_key ELSE '' END
                    AS match_text,
                is_older OR (status = 'void') = (step % 18 = 17) AS takes_part
            FROM passes WHERE other_id IS NULL AND step < 18 * least(positions - 1, 3)))
    WINDOW matching AS (
        PARTITION BY group_key, older_position, currency, amount_minor, match_day, match_text, takes_part, nth)),
-- Where texts agree in general, another text on another day is another movement.
matches AS (
    SELECT * FROM (
        SELECT *, (step - 1) % 18 AS pass, count(*) FILTER ((step - 1) % 18 <= 8) OVER w AS alike,
            count(*) OVER w AS found
        FROM passes WHERE other_id IS NOT NULL AND is_older
        WINDOW w AS (PARTITION BY group_key, position, (step - 1) // 18))
    WHERE NOT (pass BETWEEN 11 AND 16 AND 5 * alike >= 4 * found)),
-- A movement of three connections ends at the newest row.
ends AS (
    SELECT group_key, transaction_id, other_id AS end_id, 1 AS depth FROM matches
    UNION ALL
    SELECT e.group_key, e.transaction_id, m.other_id, e.depth + 1
    FROM ends e JOIN matches m ON m.group_key = e.group_key AND m.transaction_id = e.end_id),
members AS (
    SELECT group_key, transaction_id, arg_max(end_id, depth) AS end_id FROM ends GROUP BY ALL
    UNION
    SELECT group_key, end_id, end_id
    FROM (SELECT group_key, arg_max(end_id, depth) AS end_id FROM ends GROUP BY group_key, transaction_id)),
counting AS (
    SELECT m.group_key, v.is_linked, m.transaction_id, arg_max(m.transaction_id,
        ((m.transaction_id = m.end_id AND v.status = 'void')::INTEGER, (v.status = 'posted')::INTEGER, v.position))
        OVER (PARTITION BY m.group_key, m.end_id) AS same_as_id
    FROM members m JOIN movements v USING (group_key, transaction_id))
SELECT transaction_id, is_linked, min(same_as_id) AS same_as_id
FROM counting
WHERE transaction_id <> same_as_id
GROUP BY ALL
