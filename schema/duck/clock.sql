-- Where the clocks of a zone change between two seconds since 1970, and their offset from then on, in microseconds; the
-- first row is what they show at the beginning. Of each day the beginning is looked at: no two changes are so near each
-- other.
-- name: clock_changes
WITH RECURSIVE looked_at AS (
    SELECT s, epoch_us(timezone($zone, to_timestamp(s))) - s * 1000000 AS ahead
    FROM (SELECT unnest(range($from, $until, 86400)) AS s UNION ALL SELECT $until)),
narrowed AS (
    SELECT s AS earlier, ahead AS before, lead(s) OVER w AS later, lead(ahead) OVER w AS ahead FROM looked_at
    WINDOW w AS (ORDER BY s) QUALIFY before <> lead(ahead) OVER w
    UNION ALL
    SELECT CASE WHEN middle_ahead = before THEN middle ELSE earlier END, before,
        CASE WHEN middle_ahead = before THEN later ELSE middle END,
        CASE WHEN middle_ahead = before THEN ahead ELSE middle_ahead END
    FROM (SELECT *, epoch_us(timezone($zone, to_timestamp(middle))) - middle * 1000000 AS middle_ahead
        FROM (SELECT *, (earlier + later) // 2 AS middle FROM narrowed WHERE later - earlier > 1)))
SELECT s, ahead FROM looked_at WHERE s = $from
UNION ALL
SELECT later, ahead FROM narrowed WHERE later - earlier = 1 ORDER BY ALL;
