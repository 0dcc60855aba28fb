-- model: ledger.stream_schedules
-- about: Which payments of a holder to one merchant, or from one payer, recur and when they fall due: all of them,
--   those of a band of amounts, or those of one amount. A payment that the bank returned fell due, too
-- order: stream_id
-- lake: none
-- scope: holder_type, holder_id, currency, merchant_key
-- touched by ledger.transactions (transaction_id, holder_type, holder_id, category, currency, merchant_key,
--   transacted_date, amount_minor, spending_class, possible_duplicate_of, instant_state, rail):
--   SELECT holder_type, holder_id, currency, merchant_key FROM changed
--   WHERE ledger.may_fall_due(category, spending_class, possible_duplicate_of, instant_state, rail, merchant_key,
--   amount_minor, currency)
-- part: holder_id
-- part bytes: 256
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
-- column cadence: VARCHAR NOT NULL. weekly, biweekly, fourweekly, semimonthly, monthly, bimonthly, quarterly,
--   semiannual or annual
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
WITH due AS NOT MATERIALIZED (
    SELECT transaction_id, holder_type, holder_id, currency, merchant_key, amount_minor < 0 AS is_out,
        transacted_date AS day, abs(amount_minor) AS size, spending_class = 'reversed' AS is_returned
    FROM ledger.transactions
    WHERE ledger.may_fall_due(category, spending_class, possible_duplicate_of, instant_state, rail, merchant_key,
        amount_minor, currency)),
-- DuckDB expects one row of a list that is unnested, and hashes these, not all that are due
returned AS MATERIALIZED (
    SELECT r.* FROM (SELECT unnest(list(DISTINCT {holder_type: holder_type, holder_id: holder_id, currency: currency,
        merchant_key: merchant_key, is_out: is_out, size: size})) AS r FROM due WHERE is_returned)),
-- of a payment that was returned and presented again the first day is the one on which it fell due
again AS MATERIALIZED (
    SELECT transaction_id FROM (
        SELECT transaction_id, lag(is_returned) OVER w AND day - lag(day) OVER w <= 14 AS is_again
        FROM due JOIN returned USING (holder_type, holder_id, currency, merchant_key, is_out, size)
        WINDOW w AS (PARTITION BY holder_type, holder_id, currency, merchant_key, is_out, size
            ORDER BY day, transaction_id))
    WHERE is_again),
-- all payments are grouped by texts once, from here on by the numbers of groups: the payments of a group come at most
-- twice in three weeks more than once a week, thrice a week, or oftener; two payments are a year apart
gathered AS MATERIALIZED (
    SELECT *, (row_number() OVER ())::INTEGER AS g,
        CASE WHEN 14 * n <= 3 * (days + 14) THEN 0 WHEN 7 * n <= 3 * (days + 7) THEN 1 ELSE 2 END AS density
    FROM (SELECT holder_type, holder_id, currency, merchant_key, is_out, count(*) AS n, max(day) - min(day) AS days,
            min(day) AS first_day, list({day: day, size: size}) AS paid
        FROM due ANTI JOIN again USING (transaction_id) GROUP BY ALL)
    WHERE (n > 2 AND days >= 18) OR (n = 2 AND days BETWEEN 351 AND 380)),
groups AS NOT MATERIALIZED (SELECT * EXCLUDE (paid) FROM gathered),
-- each date once: where it lies in the week, the month and its halves, as points on circles in hundredths; how long its
-- month and those around it are; and where it rolls
calendar AS MATERIALIZED (
    SELECT day, isodow(day)::INTEGER AS weekday, day(day)::INTEGER AS nth, day(last_day(day))::INTEGER AS length,
        day(last_day(last_day(day) + 1))::INTEGER AS next_length, day(day - day(day)::INTEGER)::INTEGER AS last_length,
        round(100 * cos(week))::INTEGER AS week_x, round(100 * sin(week))::INTEGER AS week_y,
        round(100 * cos(month))::INTEGER AS month_x, round(100 * sin(month))::INTEGER AS month_y,
        round(100 * cos(2 * month))::INTEGER AS half_x, round(100 * sin(2 * month))::INTEGER AS half_y,
        -- the last day of a month, or the last Friday before it
        length - nth < greatest(1, isodow(last_day(day)) - 4) AS is_end,
        ledger.rolled(day, 'back') AS back, ledger.rolled(day, 'forward') AS forward
    FROM (SELECT *, isodow(day) * 2 * pi() / 7 AS week, (day(day) - 1) * 2 * pi() / day(last_day(day)) AS month
        FROM (SELECT first_day + unnest(range(days))::INTEGER AS day
            FROM (SELECT min(first_day) - 62 AS first_day, max(first_day + days::INTEGER) - min(first_day) + 124 AS days
                FROM groups)))),
numbered AS MATERIALIZED (
    SELECT g, of_n, density, p.day, p.size
    FROM (SELECT g, n AS of_n, density, unnest(paid) AS p FROM gathered)),
sizes AS MATERIALIZED (
    SELECT g, size, of_n, density, count(*) AS n FROM numbered WHERE of_n >= 4 GROUP BY ALL),
-- amounts of a group in bands: a new one begins where an amount is over a fifth, and over 2.00, above the one before
bands AS MATERIALIZED (
    SELECT g, min(size) AS low, max(size) AS high, (row_number() OVER ())::INTEGER AS b FROM (
        SELECT *, sum(begins) OVER (PARTITION BY g ORDER BY size) AS band
        FROM (SELECT *, coalesce((5 * (size - lag(size) OVER w) > lag(size) OVER w
                AND size - lag(size) OVER w > 200)::INTEGER, 0) AS begins
            FROM sizes WHERE density < 2 AND of_n > 4
            WINDOW w AS (PARTITION BY g ORDER BY size)))
    GROUP BY g, band, of_n HAVING sum(n) >= 4 AND sum(n) < of_n AND 5 * sum(n) >= 2 * of_n),
equals AS MATERIALIZED (
    SELECT g, size, (row_number() OVER ())::INTEGER AS e FROM sizes WHERE n >= 3 AND (n < of_n OR density > 0)),
-- what may be a stream, by a number: all payments of a group, those of a band, or those of one amount
candidates AS MATERIALIZED (
    SELECT 3 * g AS k, 1 AS basis, g, 0::BIGINT AS part FROM groups WHERE density = 0
    UNION ALL SELECT 3 * b + 1, 2, g, low FROM bands
    UNION ALL SELECT 3 * e + 2, 3, g, size FROM equals),
days AS MATERIALIZED (
    SELECT k, day, sum(size)::BIGINT AS size FROM (
        SELECT 3 * g AS k, day, size FROM numbered WHERE density = 0
        UNION ALL
        SELECT 3 * b.b + 1, n.day, n.size
        FROM numbered n JOIN bands b ON b.g = n.g AND b.low <= n.size AND b.high >= n.size
        UNION ALL
        SELECT 3 * e + 2, day, size FROM numbered JOIN equals USING (g, size))
    GROUP BY ALL),
-- Many payments that lie evenly over the week, the month and its halves are no stream: as points on a circle their sum
-- is short. That leaves out most of them before they are sorted. Whole numbers add up to the same in any order.
phased AS (
    SELECT k, count(*) AS n, max(day) - min(day) AS span, sum(size) AS total,
        sum(size::HUGEINT * size) AS squares, min(day) AS begun,
        sum(week_x) AS week_x, sum(week_y) AS week_y, sum(month_x) AS month_x, sum(month_y) AS month_y,
        sum(half_x) AS half_x, sum(half_y) AS half_y
    FROM days JOIN calendar USING (day)
    GROUP BY ALL HAVING count(*) >= 2),
-- cadences that the mean gap of a candidate admits: payments may be missing, and some may be too many
tried AS MATERIALIZED (
    SELECT (row_number() OVER ())::INTEGER AS t, k, basis, g, part, n, span, begun, c.period, c.tolerance,
        c.least, c.step_days, c.off_days, c.cadence, meta.sd(n, total, squares) * n / total AS amount_cv
    FROM (SELECT *, unnest(ledger.cadences()) AS c FROM phased JOIN candidates USING (k)
        WHERE n < 6 OR week_x * week_x + week_y * week_y >= 2500 * n * n
            OR greatest(month_x * month_x + month_y * month_y, half_x * half_x + half_y * half_y) >= 3000 * n * n)
    -- of all that is bought at a merchant three equal payments are enough where they are a month apart
    WHERE n >= c.least + (basis = 3 AND c.cadence <> 'monthly')::INTEGER
        AND 10000 * span BETWEEN 65 * c.period * (n - 1) AND 190 * c.period * (n - 1)),
gapped AS (
    SELECT k, day, row_number() OVER w AS nth, day - lag(day) OVER w AS gap1,
        day - lag(day, 2) OVER w AS gap2, day - lag(day, 3) OVER w AS gap3
    FROM days SEMI JOIN tried USING (k)
    WINDOW w AS (PARTITION BY k ORDER BY day)),
-- a payment is regular that follows one of the three before it after a period; a period may be skipped
fits AS MATERIALIZED (
    SELECT t.*, f.* EXCLUDE (t) FROM tried t JOIN (
        SELECT t, max(day) FILTER (is_hit OR is_skip) AS reference, min(day) FILTER (is_least) AS established,
            count(*) FILTER (is_hit) AS hits, count(*) FILTER (is_skip AND NOT is_hit) AS skips
        FROM (SELECT t.t, d.day, d.nth = t.least AS is_least,
                coalesce(least(abs(100 * gap1 - t.period), abs(100 * gap2 - t.period), abs(100 * gap3 - t.period))
                    <= t.tolerance, false) AS is_hit,
                coalesce(2 * abs(100 * gap1 - 2 * t.period) <= 3 * t.tolerance, false) AS is_skip
            FROM gapped d JOIN tried t USING (k))
        GROUP BY t) f USING (t)
    -- of one price more may be late, as payments that a bank declined are tried again
    WHERE 10 * (2 * hits + skips) >= CASE WHEN amount_cv = 0 AND n >= 5 THEN 11 ELSE 14 END * (n - 1)),
placed AS MATERIALIZED (
    SELECT f.t, c.day, c.weekday, c.nth, c.length, c.next_length, c.last_length, c.is_end
    FROM days d JOIN fits f USING (k) JOIN calendar c USING (day)),
-- Pay every other week may come some days earlier from a date on, as at a bank that pays out early: of such streams
-- until when payments were how many days later
phases AS (
    SELECT t, d.day, ((d.day - reference) % 14 + 21) % 14 - 7 AS off
    FROM placed d JOIN (FROM fits SEMI JOIN (FROM groups WHERE NOT is_out) USING (g) WHERE cadence = 'biweekly')
        USING (t)),
moves AS MATERIALIZED (
    SELECT t, moved_after, later
    FROM (SELECT t, moved_after, quantile_disc(off, 0.5)::INTEGER AS later
        FROM phases JOIN (SELECT t, max(day) AS moved_after FROM phases WHERE abs(off) > 1 GROUP BY t) USING (t)
        WHERE day <= moved_after GROUP BY ALL) JOIN phases USING (t)
    WHERE abs(later) BETWEEN 2 AND 4
    GROUP BY ALL
    HAVING count(*) FILTER (day > moved_after) >= 3 AND count(*) FILTER (day <= moved_after) >= 3
        AND 10 * count(*) FILTER (day <= moved_after AND abs(off - later) <= 1)
            >= 9 * count(*) FILTER (day <= moved_after)),
settled AS MATERIALIZED (
    SELECT p.*, CASE WHEN p.day <= m.moved_after THEN m.later ELSE 0 END AS later
    FROM placed p LEFT JOIN moves m USING (t)),
-- where payments lie: days after the reference, of a semimonthly stream after the reference or half a month from it
offsets AS (
    SELECT d.*, f.cadence, CASE WHEN step_days > 0
            THEN ((d.day - later - reference) % step_days + step_days + step_days // 2) % step_days - step_days // 2
            ELSE ledger.days_beyond(nth, length, next_length, last_length, day(reference)) END AS days_after,
        f.step_days, f.cadence = 'semimonthly' AND abs(days_after) > 7 AS is_second
    FROM settled d JOIN fits f USING (t)),
-- of due days in months the middle day of those paid, near which the others are: a month has no 31 days for sure
middles AS MATERIALIZED (
    SELECT t, is_second, quantile_disc(nth, 0.5) AS middle FROM offsets WHERE step_days = 0 GROUP BY ALL),
plans AS MATERIALIZED (
    SELECT f.*, o.nth, o.weekday, reference + first_off AS anchor,
        CASE WHEN first_ends THEN 31 ELSE ledger.due_day(first_middle + first_off) END AS due_day,
        CASE WHEN second_ends THEN 31 ELSE ledger.due_day(second_middle + second_off) END AS second_due_day
    FROM (SELECT t, quantile_disc(off, 0.5) FILTER (NOT is_second)::INTEGER AS first_off,
            quantile_disc(off, 0.5) FILTER (is_second)::INTEGER AS second_off,
            min(middle) FILTER (NOT is_second) AS first_middle, min(middle) FILTER (is_second) AS second_middle,
            4 * count(*) FILTER (is_end AND NOT is_second) >= 3 * count(*) FILTER (NOT is_second) AS first_ends,
            4 * count(*) FILTER (is_end AND is_second) >= 3 * count(*) FILTER (is_second) AS second_ends,
            -- the last of a weekday is the fourth in most months, and the fifth in some
            CASE WHEN 4 * count(*) FILTER (nth > length - 7) >= 3 * count(*) AND max(nth) > 28 THEN 5
                ELSE quantile_disc((nth - 1) // 7 + 1, 0.5) FILTER (cadence = 'monthly') END::INTEGER AS nth,
            quantile_disc(weekday, 0.5) FILTER (cadence = 'monthly')::INTEGER AS weekday
        FROM (SELECT o.*, middle, CASE WHEN step_days > 0 THEN days_after
                ELSE ledger.days_beyond(nth, length, next_length, last_length, middle) END AS off
            FROM offsets o LEFT JOIN middles USING (t, is_second))
        GROUP BY t) o JOIN fits f USING (t)
    WHERE cadence <> 'semimonthly' OR second_off IS NOT NULL),
distances AS (
    SELECT t, day, off_days, day - off::INTEGER AS due, off, CASE WHEN cadence = 'monthly'
        THEN least(abs(nth_paid - ledger.nth_weekday(nth_paid, weekday_paid, length, nth, weekday)), off_days + 1)
        END AS off_weekday
    FROM (SELECT p.*, d.day, d.nth AS nth_paid, d.weekday AS weekday_paid, d.length,
            CASE WHEN step_days = 0 THEN ledger.days_beyond(d.nth, d.length, d.next_length, d.last_length, p.due_day)
                END AS from_first,
            CASE WHEN cadence = 'semimonthly' THEN ledger.days_beyond(d.nth, d.length, d.next_length, d.last_length,
                p.second_due_day) END AS from_second,
            CASE WHEN step_days > 0
                THEN ((d.day - later - anchor) % step_days + step_days + step_days // 2) % step_days - step_days // 2
            WHEN abs(from_second) < abs(from_first) THEN from_second ELSE from_first END AS off
        FROM settled d JOIN plans p USING (t))),
-- by how much each reading of the due date is missed; over a limit it does not matter by how much
missed AS (
    SELECT t, off_days, off_weekday, least(abs(off), off_days + 1) AS off_none,
        least(abs(m.day - c.back), off_days + 1) AS off_back, least(abs(m.day - c.forward), off_days + 1) AS off_forward
    FROM distances m JOIN calendar c ON c.day = m.due),
judged AS (
    SELECT p.*, none_sum, back_sum, forward_sum, weekday_sum, off_in_all, on_n,
        -- three of four, of one price two of three, are off by no more; counted, as quantiles keep every value in
        -- memory
        CASE WHEN amount_cv = 0 AND p.n >= 5 THEN 8 ELSE 9 END * p.n AS wanted,
        CASE WHEN 12 * on_0 >= wanted THEN 0 WHEN 12 * on_1 >= wanted THEN 1 WHEN 12 * on_2 >= wanted THEN 2 ELSE 99
            END AS off_by
    FROM plans p JOIN (
        SELECT t, sum(off_none) AS none_sum, sum(off_back) AS back_sum, sum(off_forward) AS forward_sum,
            sum(off_weekday) AS weekday_sum, least(none_sum, back_sum, forward_sum, weekday_sum) AS off_in_all,
            count(*) FILTER (least(off_none, off_back, off_forward, off_weekday) <= off_days) AS on_n,
            greatest(count(*) FILTER (off_none < 1), count(*) FILTER (off_back < 1),
                count(*) FILTER (off_forward < 1), count(*) FILTER (off_weekday < 1)) AS on_0,
            greatest(count(*) FILTER (off_none < 2), count(*) FILTER (off_back < 2),
                count(*) FILTER (off_forward < 2), count(*) FILTER (off_weekday < 2)) AS on_1,
            greatest(count(*) FILTER (off_none <= off_days), count(*) FILTER (off_back <= off_days),
                count(*) FILTER (off_forward <= off_days), count(*) FILTER (off_weekday <= off_days)) AS on_2
        FROM missed GROUP BY t) USING (t)),
-- the fewer and the more unequal payments are, the more regular they have to be; among many amounts some always are
accepted AS MATERIALIZED (
    SELECT j.*, c.step_months, c.near_days, c.per_year, amount_cv <= 0.1 AS is_steady,
        10 * off_in_all <= 7 * n AS is_punctual
    FROM judged j JOIN (SELECT unnest(ledger.cadences()) AS c) ON c.period = j.period
    WHERE off_by < 99 AND (n > least OR hits = n - 1 OR (amount_cv = 0 AND is_punctual AND hits + skips = n - 1))
      AND (is_steady OR (n > least AND is_punctual
        AND (10 * hits >= 8 * (n - 1) OR (2 * off_in_all <= n AND 10 * (2 * hits + skips) >= 16 * (n - 1)))))
      AND (basis <> 3 OR n > least OR (off_by < 2 AND hits = n - 1))
      AND (basis <> 2 OR (is_punctual AND n > least AND (is_steady OR n > least + 2)))
    QUALIFY row_number() OVER (PARTITION BY k ORDER BY off_by, 2 * hits + skips DESC, off_in_all,
        cadence = 'fourweekly', period) = 1),
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
    HAVING bool_or(p.is_steady AND p.cadence = w.cadence AND 2 * p.n >= w.n AND 2 * w.on_n <= w.n + p.n)
        OR sum(p.on_n) > max(w.on_n) + 1
        OR (count(*) FILTER (g.is_out AND 2 * p.per_year = w.per_year) > 1
            AND 10 * sum(p.span) FILTER (2 * p.per_year = w.per_year) > 13 * max(w.span))),
wholes AS MATERIALIZED (FROM (FROM accepted WHERE basis = 1) ANTI JOIN parted USING (g)),
chosen AS (SELECT *, 10000000000000 AS high FROM wholes UNION ALL FROM parts ANTI JOIN wholes USING (g))
SELECT 'str_' || left(md5(concat_ws(chr(31), holder_type, holder_id, currency, merchant_key, direction,
        CASE WHEN NOT is_first THEN first_size END)), 24) AS stream_id,
    holder_type, holder_id, currency, merchant_key, direction,
    CASE basis WHEN 1 THEN 'merchant' WHEN 2 THEN 'band' ELSE 'amount' END AS basis,
    part AS low_minor, high AS high_minor, cadence, step_days, step_months, near_days,
    per_year, least AS least_count, is_steady,
    CASE WHEN step_days > 0 THEN anchor
        WHEN is_by_weekday THEN ledger.weekday_of_month(ledger.month_of(reference, 0), nth, weekday)
        ELSE reference - ledger.days_off(reference, due_day)::INTEGER END AS anchor_date,
    CASE WHEN step_days > 0 THEN 0 ELSE due_day END AS due_day,
    CASE WHEN cadence = 'semimonthly' THEN second_due_day END AS second_due_day,
    CASE WHEN is_by_weekday THEN nth END AS due_nth, CASE WHEN is_by_weekday THEN weekday END AS due_weekday,
    CASE WHEN none_sum < greatest(back_sum, forward_sum) AND none_sum <= least(back_sum, forward_sum) THEN 'none'
        WHEN back_sum < forward_sum THEN 'back' WHEN forward_sum < back_sum THEN 'forward'
        WHEN direction = 'in' THEN 'back' ELSE 'forward' END AS roll
FROM (SELECT a.*, g.holder_type, g.holder_id, g.currency, g.merchant_key,
        coalesce(weekday_sum < least(none_sum, back_sum, forward_sum), false) AS is_by_weekday,
        CASE WHEN g.is_out THEN 'out' ELSE 'in' END AS direction,
        row_number() OVER (PARTITION BY a.g ORDER BY a.begun, a.established, a.part) = 1 AND a.begun = g.first_day
            AS is_first, d.size AS first_size
    FROM chosen a JOIN groups g USING (g)
    JOIN days d ON d.k = a.k AND d.day = a.begun)
