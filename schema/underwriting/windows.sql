-- model: underwriting.windows
-- about: The spans of days that attributes are computed over. They end the day before the date of the newest data, so
--   that all their days are complete; spans of months end with the last month that is over
-- order: window_name
-- scope: all
-- column window_name: VARCHAR NOT NULL. 30d: the last 30 complete days; 31_60d: the 30 before; 6m: the last six
--   complete calendar months
-- column first_day: DATE NOT NULL. First day
-- column last_day: DATE NOT NULL. Last day
-- column days: INTEGER NOT NULL. Days, both ends included
-- column tolerance_days: INTEGER NOT NULL. So many days may be missing before the last one that is held for a value to
--   be PARTIAL; with more it is NOT_COVERED
-- column staleness_days: INTEGER NOT NULL. So many days may be missing at the end
SELECT window_name, first_day, last_day, (last_day - first_day + 1)::INTEGER AS days, tolerance_days,
    3 AS staleness_days
FROM (
    SELECT w.window_name, p.today - w.oldest AS first_day, p.today - w.newest AS last_day, w.tolerance_days
    FROM (VALUES ('7d', 7, 1, 0), ('10d', 10, 1, 0), ('28d', 28, 1, 0), ('30d', 30, 1, 0), ('60d', 60, 1, 0),
        ('90d', 90, 1, 0), ('180d', 180, 1, 5), ('365d', 365, 1, 10), ('31_60d', 60, 31, 0), ('61_90d', 90, 61, 0))
        w (window_name, oldest, newest, tolerance_days)
    CROSS JOIN (SELECT value::DATE AS today FROM meta.parameters WHERE name = 'as_of_date') p
    UNION ALL
    SELECT m.window_name, (date_trunc('month', p.today) - to_months(m.months))::DATE,
        date_trunc('month', p.today)::DATE - 1, m.tolerance_days
    FROM (VALUES ('3m', 3, 0), ('6m', 6, 5), ('12m', 12, 10)) m (window_name, months, tolerance_days)
    CROSS JOIN (SELECT value::DATE AS today FROM meta.parameters WHERE name = 'as_of_date') p)
