-- Functions of the models that find recurring payments: cadences, and the days on which payments fall due.

-- The cadences that are looked for. period and tolerance of the gap between two payments are hundredths of a day, so
-- that sums stay exact; least is how many payments there have to be; step_days or step_months leads from one due date
-- to the next; off_days is how far from their due dates three of four payments may lie; near_days is how far from one a
-- payment still meets it; per_year is how many there are. Semi-annual takes three where others that rare take two: at
-- half a year two equal amounts come about by chance.
CREATE OR REPLACE MACRO ledger.cadences() AS [
  {cadence: 'weekly', period: 700, tolerance: 150, least: 4, step_days: 7, step_months: 0, off_days: 1,
   near_days: 3, per_year: 52},
  {cadence: 'biweekly', period: 1400, tolerance: 250, least: 3, step_days: 14, step_months: 0, off_days: 1,
   near_days: 5, per_year: 26},
  {cadence: 'semimonthly', period: 1522, tolerance: 360, least: 4, step_days: 0, step_months: 1, off_days: 2,
   near_days: 5, per_year: 24},
  {cadence: 'monthly', period: 3044, tolerance: 460, least: 3, step_days: 0, step_months: 1, off_days: 2,
   near_days: 10, per_year: 12},
  {cadence: 'bimonthly', period: 6090, tolerance: 700, least: 3, step_days: 0, step_months: 2, off_days: 3,
   near_days: 12, per_year: 6},
  {cadence: 'quarterly', period: 9130, tolerance: 800, least: 3, step_days: 0, step_months: 3, off_days: 4,
   near_days: 15, per_year: 4},
  {cadence: 'semiannual', period: 18260, tolerance: 1200, least: 3, step_days: 0, step_months: 6, off_days: 6,
   near_days: 20, per_year: 2},
  {cadence: 'annual', period: 36525, tolerance: 1500, least: 2, step_days: 0, step_months: 12, off_days: 10,
   near_days: 30, per_year: 1}];

-- A month of a date, some months later.
CREATE OR REPLACE MACRO ledger.month_of(civil_date, later) AS
  (date_trunc('month', civil_date) + to_months(later::INTEGER))::DATE;

-- A day of a month, 1 to 31; of a shorter month the last.
CREATE OR REPLACE MACRO ledger.day_of_month(month_start, due_day) AS
  least(month_start + (due_day - 1)::INTEGER, last_day(month_start));

-- The first, second, … of a weekday in a month, Monday is 1; the fifth stands for the last.
CREATE OR REPLACE MACRO ledger.weekday_of_month(month_start, nth, weekday) AS
  month_start + ((weekday - isodow(month_start) + 7) % 7 + 7 * (nth - 1)
    - CASE WHEN nth = 5 AND (weekday - isodow(month_start) + 7) % 7 + 28 >= day(last_day(month_start)) THEN 7 ELSE 0
      END)::INTEGER;

-- The holidays of the Federal Reserve Banks, on which nothing posts: by month and day, on Monday where that is a
-- Sunday, and by month, weekday and which one of the month it is. They are lists, as a comparison for each of them
-- made models ten times slower.
CREATE OR REPLACE MACRO ledger.is_bank_holiday(d) AS
  list_contains([101, 619, 704, 1111, 1225], 100 * month(d) + day(d))
  OR list_contains([1103, 2103, 9101, 10102, 11404], 1000 * month(d) + 100 * isodow(d) + (day(d) + 6) // 7)
  OR (isodow(d) = 1 AND (list_contains([102, 620, 705, 1112, 1226], 100 * month(d) + day(d))
    OR 100 * month(d) + day(d) BETWEEN 525 AND 531));
CREATE OR REPLACE MACRO ledger.is_business_day(d) AS isodow(d) < 6 AND NOT ledger.is_bank_holiday(d);

-- A due date as it is paid: forward to the next business day, back to the one before, or on the day itself. There are
-- at most three days without business in a row.
CREATE OR REPLACE MACRO ledger.rolled(d, roll) AS CASE
  WHEN roll = 'none' OR ledger.is_business_day(d) THEN d
  WHEN roll = 'back' THEN d - CASE WHEN ledger.is_business_day(d - 1) THEN 1 WHEN ledger.is_business_day(d - 2) THEN 2
    ELSE 3 END
  ELSE d + CASE WHEN ledger.is_business_day(d + 1) THEN 1 WHEN ledger.is_business_day(d + 2) THEN 2 ELSE 3 END END;

-- How many days a date lies after the nearest one with a day of the month; negative is before it.
CREATE OR REPLACE MACRO ledger.days_off(d, due_day) AS d - CASE
  WHEN d - ledger.day_of_month(ledger.month_of(d, 0), due_day) > 15
    THEN ledger.day_of_month(ledger.month_of(d, 1), due_day)
  WHEN d - ledger.day_of_month(ledger.month_of(d, 0), due_day) < -15
    THEN ledger.day_of_month(ledger.month_of(d, -1), due_day)
  ELSE ledger.day_of_month(ledger.month_of(d, 0), due_day) END;

-- A day of the month that lies some days beyond another.
CREATE OR REPLACE MACRO ledger.due_day(n) AS (CASE WHEN n > 31 THEN n - 31 WHEN n < 1 THEN n + 31 ELSE n END)::INTEGER;

-- Whether a row may be one of a stream: it counts, names whom it is from or to, and is no cash, no refund and nothing
-- between a holder's own accounts. Rows of up to 1.00 test an account or begin a trial, and none of over 10^13 minor
-- units is a bill.
CREATE OR REPLACE MACRO ledger.may_recur(spending_class, possible_duplicate_of, instant_state, rail, merchant_key,
    amount_minor) AS
  spending_class IN ('spending', 'other_inflow', 'card_payment_elsewhere') AND possible_duplicate_of IS NULL
  AND instant_state IN ('plausible', 'posted_implausible') AND rail IS DISTINCT FROM 'atm'
  AND merchant_key NOT IN ('', '(NO TEXT)')
  AND (amount_minor BETWEEN 101 AND 10000000000000 OR amount_minor BETWEEN -10000000000000 AND -101);

-- A due date of a schedule, before it is rolled: n steps after its anchor, of a day of the month or of a weekday in it.
CREATE OR REPLACE MACRO ledger.due_date(anchor, step_days, step_months, due_day, nth, weekday, n) AS CASE
  WHEN step_days > 0 THEN anchor + (step_days * n)::INTEGER
  WHEN nth IS NULL THEN ledger.day_of_month(ledger.month_of(anchor, step_months * n), due_day)
  ELSE ledger.weekday_of_month(ledger.month_of(anchor, step_months * n), nth, weekday) END;

-- How many steps after its anchor a schedule has a due date near another date.
CREATE OR REPLACE MACRO ledger.steps_to(d, anchor, step_days, step_months) AS
  round((d - anchor) / (CASE WHEN step_days > 0 THEN step_days ELSE 30.4375 * step_months END))::INTEGER;

-- Whether a row may be a trial that turned paid: a charge of up to 1.00, or of nothing.
CREATE OR REPLACE MACRO ledger.may_be_trial(spending_class, amount_minor) AS
  spending_class IN ('spending', 'zero') AND amount_minor BETWEEN -100 AND 0;
