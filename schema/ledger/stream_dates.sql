-- Functions of the models that find recurring payments: cadences, and the days on which payments fall due.

-- The cadences that are looked for. period and tolerance of the gap between two payments are hundredths of a day, so
-- that sums stay exact; least is how many payments there have to be; step_days or step_months leads from one due date
-- to the next; off_days is how far from their due dates three of four payments may lie; near_days is how far from one a
-- payment still meets it; per_year is how many there are. Where payments may be every four weeks or on the same weekday
-- of each month, they are monthly. Semi-annual takes three where others that rare take two: at half a year two equal
-- amounts come about by chance.
CREATE OR REPLACE MACRO ledger.cadences() AS [
  {cadence: 'weekly', period: 700, tolerance: 150, least: 4, step_days: 7, step_months: 0, off_days: 1,
   near_days: 3, per_year: 52},
  {cadence: 'biweekly', period: 1400, tolerance: 250, least: 3, step_days: 14, step_months: 0, off_days: 1,
   near_days: 5, per_year: 26},
  {cadence: 'fourweekly', period: 2800, tolerance: 250, least: 4, step_days: 28, step_months: 0, off_days: 2,
   near_days: 9, per_year: 13},
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

-- A day on which banks work: no Saturday, no Sunday and no holiday of the Federal Reserve Banks, on which nothing
-- posts. A holiday is written as month, day and weekday, Monday is 1: one on a fixed date is kept on Monday where that
-- is a Sunday, the others move through seven dates. DuckDB prepares month() and day() again for every place in a
-- query, which costs more than thousands of rows, so each stands here once.
CREATE OR REPLACE MACRO ledger.is_business_day(d) AS isodow(d) < 6 AND NOT list_contains([
    1011, 1012, 1013, 1014, 1015, 1021, -- New Year's Day
    1151, 1161, 1171, 1181, 1191, 1201, 1211, -- Martin Luther King's birthday
    2151, 2161, 2171, 2181, 2191, 2201, 2211, -- Washington's birthday
    5251, 5261, 5271, 5281, 5291, 5301, 5311, -- Memorial Day
    6191, 6192, 6193, 6194, 6195, 6201, -- Juneteenth
    7041, 7042, 7043, 7044, 7045, 7051, -- Independence Day
    9011, 9021, 9031, 9041, 9051, 9061, 9071, -- Labor Day
    10081, 10091, 10101, 10111, 10121, 10131, 10141, -- Columbus Day
    11111, 11112, 11113, 11114, 11115, 11121, -- Veterans Day
    11224, 11234, 11244, 11254, 11264, 11274, 11284, -- Thanksgiving Day
    12251, 12252, 12253, 12254, 12255, 12261 -- Christmas Day
  ], 1000 * month(d) + 10 * day(d) + isodow(d));

-- A due date as it is paid: forward to the next business day, back to the one before, or on the day itself. There are
-- at most three days without business in a row.
CREATE OR REPLACE MACRO ledger.rolled(d, roll) AS CASE
  WHEN roll = 'none' OR ledger.is_business_day(d) THEN d
  WHEN ledger.is_business_day(d + ledger.roll_step(roll)) THEN d + ledger.roll_step(roll)
  WHEN ledger.is_business_day(d + 2 * ledger.roll_step(roll)) THEN d + 2 * ledger.roll_step(roll)
  ELSE d + 3 * ledger.roll_step(roll) END;
CREATE OR REPLACE MACRO ledger.roll_step(roll) AS CASE WHEN roll = 'back' THEN -1 ELSE 1 END;

-- How many days the nth day of a month lies after the nearest due day of a month; negative is before it. Given are the
-- days that the month has, and those of the next and the last one.
CREATE OR REPLACE MACRO ledger.days_beyond(nth, length, next_length, last_length, due_day) AS CASE
  WHEN nth - least(due_day, length) > 15 THEN nth - length - least(due_day, next_length)
  WHEN nth - least(due_day, length) < -15 THEN nth + last_length - least(due_day, last_length)
  ELSE nth - least(due_day, length) END;

-- The same of a date.
CREATE OR REPLACE MACRO ledger.days_off(d, due_day) AS ledger.days_beyond(day(d), day(last_day(d)),
  day(last_day(last_day(d) + 1)), day(d - day(d)::INTEGER), due_day);

-- The day of the month of its first, second, … of a weekday, as ledger.weekday_of_month; given is the weekday of the
-- nth day of the month, and how many days that has.
CREATE OR REPLACE MACRO ledger.nth_weekday(nth, weekday_of_nth, length, wanted, weekday) AS
  (weekday - weekday_of_nth + nth - 1 + 35) % 7 + 1 + 7 * (wanted - 1)
    - CASE WHEN wanted = 5 AND (weekday - weekday_of_nth + nth - 1 + 35) % 7 + 29 > length THEN 7 ELSE 0 END;

-- A day of the month that lies some days beyond another.
CREATE OR REPLACE MACRO ledger.due_day(n) AS (CASE WHEN n > 31 THEN n - 31 WHEN n < 1 THEN n + 31 ELSE n END)::INTEGER;

-- Whether a row may be one of a stream: it counts, names whom it is from or to, and is no cash, no refund and nothing
-- between a holder's own accounts: money into a card is a payment of it, or a refund. Rows of up to 1.00 of their
-- currency test an account or begin a trial, but for 0.99, the price of the cheapest plans; and none of over 10^13
-- minor units is a bill.
CREATE OR REPLACE MACRO ledger.may_recur(category, spending_class, possible_duplicate_of, instant_state, rail,
    merchant_key, amount_minor, currency) AS
  (amount_minor < 0 OR category <> 'credit')
  AND spending_class IN ('spending', 'other_inflow', 'card_payment_elsewhere') AND possible_duplicate_of IS NULL
  AND instant_state IN ('plausible', 'posted_implausible') AND rail IS DISTINCT FROM 'atm'
  AND merchant_key NOT IN ('', '(NO TEXT)')
  AND amount_minor BETWEEN -10000000000000 AND 10000000000000
  AND (amount_minor > meta.units(1, currency) OR amount_minor < -meta.units(1, currency)
    OR (amount_minor <> 0 AND amount_minor = -(meta.units(99, currency) // 100)));

-- Whether a row shows when payments fall due: a debit that the bank returned does, although it was not paid.
CREATE OR REPLACE MACRO ledger.may_fall_due(category, spending_class, possible_duplicate_of, instant_state, rail,
    merchant_key, amount_minor, currency) AS ledger.may_recur(category, CASE WHEN amount_minor < 0
      AND spending_class = 'reversed' THEN 'spending' ELSE spending_class END,
      possible_duplicate_of, instant_state, rail, merchant_key, amount_minor, currency);

-- A due date of a schedule, before it is rolled: n steps after its anchor, of a day of the month or of a weekday in it.
CREATE OR REPLACE MACRO ledger.due_date(anchor, step_days, step_months, due_day, nth, weekday, n) AS CASE
  WHEN step_days > 0 THEN anchor + (step_days * n)::INTEGER
  WHEN nth IS NULL THEN ledger.day_of_month(ledger.month_of(anchor, step_months * n), due_day)
  ELSE ledger.weekday_of_month(ledger.month_of(anchor, step_months * n), nth, weekday) END;

-- How many steps after its anchor a schedule has a due date near another date.
CREATE OR REPLACE MACRO ledger.steps_to(d, anchor, step_days, step_months) AS
  round((d - anchor) / (CASE WHEN step_days > 0 THEN step_days ELSE 30.4375 * step_months END))::INTEGER;

-- Whether a row may be a trial that turned paid: a charge of up to 1.00 of its currency, or of nothing.
CREATE OR REPLACE MACRO ledger.may_be_trial(spending_class, amount_minor, currency) AS
  spending_class IN ('spending', 'zero') AND amount_minor BETWEEN -meta.units(1, currency) AND 0;

-- How many payments are left of a plan of four instalments two weeks apart; null for all else, which has no last one
-- that is known.
CREATE OR REPLACE MACRO ledger.instalments_left(kind, cadence, is_steady, payment_count) AS CASE
  WHEN kind = 'instalments' AND cadence = 'biweekly' AND is_steady THEN (4 - payment_count % 4) % 4 END;
