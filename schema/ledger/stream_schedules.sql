-- model: ledger.stream_schedules
-- about: Which payments of a holder to one merchant, or from one payer, recur and when they fall due: all of them,
--   those of a band of amounts, or those of one amount
-- order: stream_id
-- lake: none
-- scope: holder_type, holder_id, currency, merchant_key
-- touched by ledger.transactions (transaction_id, holder_type, holder_id, currency, merchant_key, transacted_date,
--   amount_minor, spending_class, possible_duplicate_of, instant_state, rail):
--   SELECT holder_type, holder_id, currency, merchant_key FROM changed
--   WHERE ledger.may_recur(spending_class, possible_duplicate_of, instant_state, rail, merchant_key, amount_minor)
-- part: holder_id
-- personal: stream_id, merchant_key from ledger.transactions.merchant_key
-- column stream_id: VARCHAR NOT NULL. Id of the stream, see ledger.streams
-- column holder_type: VARCHAR NOT NULL. Kind of holder: customer or account
-- column holder_id: VARCHAR NOT NULL. Whose payments they are
-- column currency: VARCHAR NOT NULL. Lower-case ISO 4217 currency
-- column merchant_key: VARCHAR NOT NULL. Normalised merchant or payer
-- column direction: VARCHAR NOT NULL. in or out
-- column basis: VARCHAR NOT NULL. merchant: all its payments; band: those of a range of amounts; amount: of one amount
-- column low_minor: BIGINT NOT NULL. Lowest amount without sign that belongs to it, minor units
-- column high_minor: BIGINT NOT NULL. Highest
-- column cadence: VARCHAR NOT NULL. weekly, biweekly, semimonthly, monthly, bimonthly, quarterly, semiannual or annual
-- column step_days: INTEGER NOT NULL. Days from one due date to the next; 0 where months lead to it
-- column step_months: INTEGER NOT NULL. Months from one due date to the next; 0 where days lead to it
-- column near_days: INTEGER NOT NULL. How far from a due date a payment still meets it
-- column per_year: INTEGER NOT NULL. Due dates in a year
-- column least_count: INTEGER NOT NULL. Payments that are the fewest for this cadence
-- column is_steady: BOOLEAN NOT NULL. Whether amounts differ little, by a standard deviation of a tenth at most
-- column anchor_date: DATE NOT NULL. A due date, before it is rolled, near its newest regular payment
-- column due_day: INTEGER NOT NULL. Day of the month on which payments fall due, 31 is the last; 0 where days lead
--   to it
-- column second_due_day: INTEGER. The other one of a semimonthly stream; null for all others
-- column due_nth: INTEGER. First, second, … weekday of the month, 5 is the last; null where a day of the month says
--   it
-- column due_weekday: INTEGER. Which weekday, Monday is 1; null likewise
-- column roll: VARCHAR NOT NULL. Where a due date goes that is no business day: none (it is paid all the same), back or
--   forward
WITH paid AS NOT MATERIALIZED (
    SELECT holder_type, holder_id, currency, merchant_key, amount_minor < 0 AS is_out, transacted_date AS day,
        abs(amount_minor) AS size
    FROM ledger.transactions
    WHERE ledger.may_recur(spending_class, possible_duplicate_of, instant_state, rail, merchant_key, amount_minor)),
-- the payments of a group come at most twice in three weeks more than once a week, thrice a week, or oftener
groups AS MATERIALIZED (
    SELECT *, (row_number() OVER ())::INTEGER AS g,
        CASE WHEN 14 * n <= 3 * (days + 14) THEN 0 WHEN 7 * n <= 3 * (days + 7) THEN 1 ELSE 2 END AS density
    FROM (SELECT holder_type, holder_id, currency, merchant_key, is_out, count(*) AS n, max(day) - min(day) AS days,
            min(day) AS first_day
        FROM paid GROUP BY ALL)
    WHERE n >= 2 AND days >= 18),
numbered AS MATERIALIZED (
    SELECT g.g, p.day, p.size FROM paid p
    JOIN groups g USING (holder_type, holder_id, currency, merchant_key, is_out)),
-- amounts of a group in bands: a new one begins where an amount is over a fifth, and over 2.00, above the one before
bands AS MATERIALIZED (
    SELECT g, min(size) AS low, max(size) AS high FROM (
        SELECT *, sum(begins) OVER (PARTITION BY g ORDER BY size) AS band
        FROM (SELECT *, coalesce((5 * (size - lag(size) OVER w) > lag(size) OVER w
                AND size - lag(size) OVER w > 200)::INTEGER, 0) AS begins
            FROM (SELECT g, size, count(*) AS n FROM numbered
                SEMI JOIN (FROM groups WHERE density < 2 AND n > 4) USING (g) GROUP BY ALL)
            WINDOW w AS (PARTITION BY g ORDER BY size))) JOIN (SELECT g, n AS of_n FROM groups) USING (g)
    GROUP BY g, band, of_n HAVING sum(n) >= 4 AND sum(n) < of_n AND 5 * sum(n) >= 2 * of_n),
days AS MATERIALIZED (
    SELECT basis, g, part, day, sum(size)::BIGINT AS size FROM (
        SELECT 1 AS basis, g, 0 AS part, day, size FROM numbered
        SEMI JOIN (FROM groups WHERE density = 0) USING (g)
        UNION ALL
        SELECT 2, n.g, b.low, n.day, n.size
        FROM numbered n JOIN bands b ON b.g = n.g AND b.low <= n.size AND b.high >= n.size
        UNION ALL
        SELECT 3, n.g, n.size, n.day, n.size
        FROM numbered n SEMI JOIN (SELECT e.g, e.size
            FROM (SELECT g, size, count(*) AS n FROM numbered GROUP BY ALL HAVING count(*) >= 4) e JOIN groups USING (g)
            WHERE e.n < groups.n OR density > 0) USING (g, size))
    GROUP BY ALL),
-- Many payments that lie evenly over the week, the month and its halves are no stream: as points on a circle their sum
-- is short. That leaves out most of them before they are sorted. Whole numbers add up to the same in any order.
phased AS (
    SELECT basis, g, part, count(*) AS n, max(day) - min(day) AS span, sum(size) AS total,
        sum(size::HUGEINT * size) AS squares, min(day) AS begun, arg_min(size, day) AS first_size,
        sum(round(100 * cos(week))::INTEGER) AS week_x, sum(round(100 * sin(week))::INTEGER) AS week_y,
        sum(round(100 * cos(month))::INTEGER) AS month_x, sum(round(100 * sin(month))::INTEGER) AS month_y,
        sum(round(100 * cos(2 * month))::INTEGER) AS half_x, sum(round(100 * sin(2 * month))::INTEGER) AS half_y
    FROM (SELECT *, isodow(day) * 2 * pi() / 7 AS week, (day(day) - 1) * 2 * pi() / day(last_day(day)) AS month
        FROM days)
    GROUP BY ALL HAVING count(*) >= 2),
-- cadences that the mean gap of a candidate admits: payments may be missing, and some may be too many
tried AS MATERIALIZED (
    SELECT basis, g, part, n, span, begun, first_size, c, meta.sd(n, total, squares) * n / total AS amount_cv
    FROM (SELECT *, unnest(ledger.cadences()) AS c FROM phased
        WHERE n < 6 OR week_x * week_x + week_y * week_y >= 2500 * n * n
            OR greatest(month_x * month_x + month_y * month_y, half_x * half_x + half_y * half_y) >= 3000 * n * n)
    WHERE n >= c.least + (basis = 3)::INTEGER AND 100 * span BETWEEN 0.65 * c.period * (n - 1)
        AND 1.9 * c.period * (n - 1)),
gapped AS (
    SELECT basis, g, part, day, row_number() OVER w AS nth, day - lag(day) OVER w AS gap1,
        day - lag(day, 2) OVER w AS gap2, day - lag(day, 3) OVER w AS gap3
    FROM days SEMI JOIN tried USING (basis, g, part)
    WINDOW w AS (PARTITION BY basis, g, part ORDER BY day)),
-- a payment is regular that follows one of the three before it after a period; a period may be skipped
fits AS MATERIALIZED (
    SELECT basis, g, part, any_value(c) AS c, any_value(n) AS n, any_value(amount_cv) AS amount_cv,
        any_value(span) AS span, any_value(begun) AS begun, any_value(first_size) AS first_size,
        max(day) FILTER (is_hit OR is_skip) AS reference, min(day) FILTER (is_least) AS established,
        count(*) FILTER (is_hit) AS hits,
        count(*) FILTER (is_skip AND NOT is_hit) AS skips
    FROM (SELECT t.*, d.day, d.nth = c.least AS is_least, c.period AS period,
            coalesce(least(abs(100 * gap1 - c.period), abs(100 * gap2 - c.period), abs(100 * gap3 - c.period))
                <= c.tolerance, false) AS is_hit,
            coalesce(2 * abs(100 * gap1 - 2 * c.period) <= 3 * c.tolerance, false) AS is_skip
        FROM gapped d JOIN tried t USING (basis, g, part))
    GROUP BY basis, g, part, period
    HAVING 10 * (2 * count(*) FILTER (is_hit) + count(*) FILTER (is_skip AND NOT is_hit)) >= 14 * (any_value(n) - 1)),
-- where payments lie: days after the reference, of a semimonthly stream after the reference or half a month from it
offsets AS (
    SELECT f.*, d.day, CASE WHEN c.step_days > 0
            THEN ((d.day - reference) % c.step_days + c.step_days + c.step_days // 2) % c.step_days - c.step_days // 2
            ELSE ledger.days_off(d.day, day(reference)) END AS days_after,
        c.cadence = 'semimonthly' AND abs(days_after) > 7 AS is_second,
        CASE WHEN NOT is_second THEN days_after WHEN days_after > 0 THEN days_after - 15 ELSE days_after + 15
            END AS off,
        last_day(d.day) - d.day < greatest(1, isodow(last_day(d.day)) - 4) AS is_end -- or the last Friday before it
    FROM days d JOIN fits f USING (basis, g, part)),
plans AS MATERIALIZED (
    SELECT *, reference + first_off AS anchor,
        CASE WHEN first_ends THEN 31 ELSE ledger.due_day(day(reference) + first_off) END AS due_day,
        CASE WHEN second_ends THEN 31 ELSE ledger.due_day(day(reference) + 15 + second_off) END AS second_due_day
    FROM (SELECT basis, g, part, c, n, amount_cv, span, begun, first_size, reference,
            established, hits, skips,
            quantile_disc(off, 0.5) FILTER (NOT is_second)::INTEGER AS first_off,
            quantile_disc(off, 0.5) FILTER (is_second)::INTEGER AS second_off,
            4 * count(*) FILTER (is_end AND NOT is_second) >= 3 * count(*) FILTER (NOT is_second) AS first_ends,
            4 * count(*) FILTER (is_end AND is_second) >= 3 * count(*) FILTER (is_second) AS second_ends,
            quantile_disc((day(day) - 1) // 7 + 1, 0.5) FILTER (c.cadence = 'monthly')::INTEGER AS nth,
            quantile_disc(isodow(day), 0.5) FILTER (c.cadence = 'monthly')::INTEGER AS weekday
        FROM offsets GROUP BY ALL)
    WHERE c.cadence <> 'semimonthly' OR second_off IS NOT NULL),
distances AS (
    SELECT *, day - off::INTEGER AS due, CASE WHEN c.cadence = 'monthly'
        THEN least(abs(day - ledger.weekday_of_month(ledger.month_of(day, 0), nth, weekday)), c.off_days + 1)
        END AS off_weekday
    FROM (SELECT p.*, d.day, CASE WHEN c.step_days > 0
            THEN ((d.day - anchor) % c.step_days + c.step_days + c.step_days // 2) % c.step_days - c.step_days // 2
            WHEN c.cadence = 'semimonthly' AND abs(ledger.days_off(d.day, p.second_due_day))
                < abs(ledger.days_off(d.day, p.due_day)) THEN ledger.days_off(d.day, p.second_due_day)
            ELSE ledger.days_off(d.day, p.due_day) END AS off
        FROM days d JOIN plans p USING (basis, g, part))),
-- by how much each reading of the due date is missed; over a limit it does not matter by how much
missed AS (
    SELECT *, least(abs(off), c.off_days + 1) AS off_none,
        least(abs(day - ledger.rolled(due, 'back')), c.off_days + 1) AS off_back,
        least(abs(day - ledger.rolled(due, 'forward')), c.off_days + 1) AS off_forward
    FROM distances),
judged AS (
    SELECT basis, g, part, c, n, amount_cv, span, begun, first_size, reference, anchor, established, hits, skips,
        due_day, second_due_day, nth, weekday, sum(off_none) AS none_sum, sum(off_back) AS back_sum,
        sum(off_forward) AS forward_sum, sum(off_weekday) AS weekday_sum,
        least(none_sum, back_sum, forward_sum, weekday_sum) AS off_in_all,
        count(*) FILTER (least(off_none, off_back, off_forward, off_weekday) <= c.off_days) AS on_n,
        -- three of four are off by no more; counted, as quantiles keep every value in memory
        CASE WHEN 4 * greatest(count(*) FILTER (off_none < 1), count(*) FILTER (off_back < 1),
                count(*) FILTER (off_forward < 1), count(*) FILTER (off_weekday < 1)) >= 3 * count(*) THEN 0
            WHEN 4 * greatest(count(*) FILTER (off_none < 2), count(*) FILTER (off_back < 2),
                count(*) FILTER (off_forward < 2), count(*) FILTER (off_weekday < 2)) >= 3 * count(*) THEN 1
            WHEN 4 * greatest(count(*) FILTER (off_none <= c.off_days), count(*) FILTER (off_back <= c.off_days),
                count(*) FILTER (off_forward <= c.off_days), count(*) FILTER (off_weekday <= c.off_days))
                >= 3 * count(*) THEN 2 ELSE 99 END AS off_by
    FROM missed GROUP BY ALL),
-- the fewer and the more unequal payments are, the more regular they have to be; among many amounts some always are
accepted AS MATERIALIZED (
    SELECT *, amount_cv <= 0.1 AS is_steady, 10 * off_in_all <= 7 * n AS is_punctual FROM judged
    WHERE off_by < 99 AND (n > c.least OR hits = n - 1)
      AND (is_steady OR (n > c.least AND is_punctual
        AND (10 * hits >= 8 * (n - 1) OR (2 * off_in_all <= n AND 10 * (2 * hits + skips) >= 16 * (n - 1)))))
      AND (basis <> 2 OR (is_punctual AND n > c.least AND (is_steady OR n > c.least + 2)))
    QUALIFY row_number() OVER (PARTITION BY basis, g, part ORDER BY off_by, 2 * hits + skips DESC, off_in_all,
        c.period) = 1),
parts AS MATERIALIZED (
    SELECT a.*, b.high FROM (FROM accepted WHERE basis = 2) a JOIN bands b ON b.g = a.g AND b.low = a.part
    UNION ALL
    SELECT a.*, a.part FROM (FROM accepted WHERE basis = 3) a
    ANTI JOIN (SELECT b.* FROM bands b JOIN accepted a ON a.g = b.g AND a.part = b.low WHERE a.basis = 2) b
        ON b.g = a.g AND b.low <= a.part AND b.high >= a.part),
-- all of a merchant are no stream where a part of them has all that are on time, as wages beside bonuses; where its
-- parts have more on time; and where it is paid by two parts at the same time, each half as often
parted AS (
    SELECT w.g FROM (FROM accepted WHERE basis = 1 AND NOT is_steady) w JOIN groups g USING (g)
    JOIN parts p ON p.g = w.g
    GROUP BY w.g
    HAVING bool_or(p.is_steady AND p.c.cadence = w.c.cadence AND 2 * p.n >= w.n AND 2 * w.on_n <= w.n + p.n)
        OR sum(p.on_n) > max(w.on_n) + 1
        OR (count(*) FILTER (g.is_out AND 2 * p.c.per_year = w.c.per_year) > 1
            AND 10 * sum(p.span) FILTER (2 * p.c.per_year = w.c.per_year) > 13 * max(w.span))),
wholes AS MATERIALIZED (FROM (FROM accepted WHERE basis = 1) ANTI JOIN parted USING (g)),
chosen AS (SELECT *, 10000000000000 AS high FROM wholes UNION ALL FROM parts ANTI JOIN wholes USING (g))
SELECT 'str_' || left(md5(concat_ws(chr(31), holder_type, holder_id, currency, merchant_key, direction,
        CASE WHEN NOT is_first THEN first_size END)), 24) AS stream_id,
    holder_type, holder_id, currency, merchant_key, direction,
    CASE basis WHEN 1 THEN 'merchant' WHEN 2 THEN 'band' ELSE 'amount' END AS basis,
    part AS low_minor, high AS high_minor, c.cadence, c.step_days, c.step_months,
    c.near_days, c.per_year, c.least AS least_count, is_steady,
    CASE WHEN c.step_days > 0 THEN anchor
        WHEN is_by_weekday THEN ledger.weekday_of_month(ledger.month_of(reference, 0), nth, weekday)
        ELSE reference - ledger.days_off(reference, due_day)::INTEGER END AS anchor_date,
    CASE WHEN c.step_days > 0 THEN 0 ELSE due_day END AS due_day,
    CASE WHEN c.cadence = 'semimonthly' THEN second_due_day END AS second_due_day,
    CASE WHEN is_by_weekday THEN nth END AS due_nth, CASE WHEN is_by_weekday THEN weekday END AS due_weekday,
    CASE WHEN none_sum < greatest(back_sum, forward_sum) AND none_sum <= least(back_sum, forward_sum) THEN 'none'
        WHEN back_sum < forward_sum THEN 'back' WHEN forward_sum < back_sum THEN 'forward'
        WHEN direction = 'in' THEN 'back' ELSE 'forward' END AS roll
FROM (SELECT a.*, g.holder_type, g.holder_id, g.currency, g.merchant_key,
        coalesce(weekday_sum < least(none_sum, back_sum, forward_sum), false) AS is_by_weekday,
        CASE WHEN g.is_out THEN 'out' ELSE 'in' END AS direction,
        row_number() OVER (PARTITION BY a.g ORDER BY a.begun, a.established, a.part) = 1 AND a.begun = g.first_day
            AS is_first
    FROM chosen a JOIN groups g USING (g))
