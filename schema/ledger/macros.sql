-- Functions the models share; those that read texts of banks are in texts.sql and own_texts.sql.

-- Money is added in 128 bits and stored in 64: a total that does not fit is null, and a …_state says out_of_range.
CREATE OR REPLACE MACRO meta.minor(total) AS TRY_CAST(total AS BIGINT);

-- 128 bits are divided twenty times slower than 64.
CREATE OR REPLACE MACRO meta.mean_minor(n, s) AS CASE WHEN s BETWEEN -4000000000000000000 AND 4000000000000000000
  THEN sign(s) * ((2 * abs(s::BIGINT) + n::BIGINT) // (2 * n::BIGINT))
  ELSE meta.minor(sign(s) * ((2 * abs(s::HUGEINT) + n) // (2 * n))) END;

-- Null too when the squares leave 128 bits.
CREATE OR REPLACE MACRO meta.sd(n, s, ss) AS CASE
    WHEN n >= 2 THEN sqrt(TRY(n * ss - s * s)::DOUBLE / (n * (n - 1))) END;

-- For meta.sd; null when one amount has more than 15 digits, whose squares leave 128 bits.
CREATE OR REPLACE MACRO meta.sum_of_squares(amount) AS CASE WHEN max(abs(amount::HUGEINT)) < 1000000000000000
    THEN sum(CASE WHEN abs(amount::HUGEINT) < 1000000000000000 THEN amount::HUGEINT * amount END) END;
-- A share of a total; null where the total is not above zero.
CREATE OR REPLACE MACRO meta.share(part, total) AS CASE WHEN total > 0 THEN part::DOUBLE / total::DOUBLE + 0.0 END;

CREATE OR REPLACE MACRO meta.parameter(wanted) AS (SELECT value FROM meta.parameters WHERE name = wanted);

-- main.transactions_as_of under its first name.
CREATE OR REPLACE MACRO ledger.transactions_as_of(instant) AS TABLE FROM main.transactions_as_of(instant);

-- How an account's instants of one kind are to be read, from at least 30 of them: midnights are those at midnight UTC,
-- hours those at a whole hour from 4 to 12 UTC, the midnights of American zones and a noon that stands for a date. The
-- hour of a zone's midnight moves by one with daylight saving.
CREATE OR REPLACE MACRO ledger.date_basis(n, midnights, hours, first_hour, last_hour) AS CASE
  WHEN n < 30 THEN 'row_by_row'
  WHEN 100 * midnights >= 95 * n THEN 'utc_date'
  WHEN 100 * hours >= 95 * n AND last_hour - first_hour <= 1 THEN 'zone_date'
  WHEN 100 * midnights <= 5 * n THEN 'local_time' ELSE 'row_by_row' END;
CREATE OR REPLACE MACRO ledger.is_midnight(instant) AS epoch_us(instant) % 86400000000 = 0;
CREATE OR REPLACE MACRO ledger.whole_hour(instant) AS
  CASE WHEN epoch_us(instant) % 3600000000 = 0
      AND epoch_us(instant) // 3600000000 % 24 BETWEEN 4 AND 12 THEN epoch_us(instant) // 3600000000 % 24 END;
CREATE OR REPLACE MACRO ledger.is_date(instant, basis) AS
  coalesce(basis IN ('utc_date', 'zone_date') OR (basis = 'row_by_row' AND ledger.is_midnight(instant)), false);

-- The civil date of an instant. Banks that know only dates send a midnight: those are dates already. Dates lie in the
-- years 1 to 9999: what is beyond becomes the first or last of them, main has the instant.
CREATE OR REPLACE MACRO ledger.within_years(instant) AS CASE WHEN instant IS NOT NULL
  THEN least(greatest(instant, TIMESTAMPTZ '0001-01-02 00:00:00+00'), TIMESTAMPTZ '9999-12-31 00:00:00+00') END;
CREATE OR REPLACE MACRO ledger.civil_date(instant, basis, zone) AS CASE
  WHEN ledger.is_date(instant, basis) THEN make_timestamp(epoch_us(ledger.within_years(instant)))::DATE
  ELSE timezone(zone, ledger.within_years(instant))::DATE END;

-- The civil date of a balance, by how its account's instants of posting are read, and whether its instant is one that a
-- bank can mean.
CREATE OR REPLACE MACRO ledger.balance_date(as_of, posted_date_basis, zone) AS ledger.civil_date(as_of,
  CASE posted_date_basis WHEN 'utc_date' THEN 'row_by_row' ELSE 'local_time' END, zone);
CREATE OR REPLACE MACRO ledger.is_balance_dated(as_of, observed_at) AS
  as_of BETWEEN TIMESTAMPTZ '1970-01-02 00:00:00+00' AND observed_at + INTERVAL 2 DAY;

-- A date which the civil date of an instant is never before, whatever the zone; an instant which is never after the
-- instants of a civil date.
CREATE OR REPLACE MACRO ledger.earliest_date(instant) AS
  least(timezone('UTC', instant)::DATE - 2, DATE '9999-12-29');
CREATE OR REPLACE MACRO ledger.earliest_instant(civil_date) AS
  CASE WHEN civil_date > DATE '0001-01-05' THEN (civil_date - 2)::TIMESTAMPTZ ELSE '-infinity'::TIMESTAMPTZ END;

-- The first day of the earliest of months written as YYYY-MM, before all days where one of them is not written so.
CREATE OR REPLACE MACRO ledger.earliest_month(month) AS
  CASE WHEN count(*) = count(try_cast(month || '-01' AS DATE)) THEN min(try_cast(month || '-01' AS DATE))
    ELSE DATE '-infinity' END;

-- The first of the seven days, counted from 1970-01-01 in UTC, in which an instant lies; one for all that are earlier.
CREATE OR REPLACE MACRO ledger.utc_week(instant) AS CASE WHEN epoch_us(instant) >= 0
  THEN DATE '1970-01-01' + 7 * (epoch_us(instant) // 604800000000)::INTEGER ELSE DATE '0001-01-01' END;

-- Two numbers that look drawn for an amount, and are the same for ever: of equal sets of amounts the least ones are
-- equal, of others hardly ever. They are generators of Fishman and Moore (1986), modulo 2^31 - 1.
CREATE OR REPLACE MACRO ledger.amount_mark(amount) AS (amount % 2147483647 + 2147483647) * 742938285 % 2147483647;
CREATE OR REPLACE MACRO ledger.other_amount_mark(amount) AS
  (amount % 2147483647 + 2147483647) * 950706376 % 2147483647;

-- Whether a row's day of posting is one its bank can mean, by ledger.transactions.instant_state.
CREATE OR REPLACE MACRO ledger.is_dated(instant_state) AS instant_state IN ('plausible', 'transacted_implausible');

-- A sum of ledger.daily_entries in 128 bits.
CREATE OR REPLACE MACRO ledger.exact(minor, exact) AS coalesce(minor::HUGEINT, exact);

-- Why a row is in no sum of spending, whatever its text says; null when it may be. A row that another one stands for is
-- suppressed.
CREATE OR REPLACE MACRO ledger.left_out(status, suppressed_by, category, amount_minor, holder_type, holder_id) AS CASE
  WHEN status <> 'posted' THEN 'not_posted'::ledger.spending_class
  WHEN suppressed_by IS NOT NULL THEN 'counted_elsewhere'::ledger.spending_class
  WHEN category NOT IN ('cash', 'credit') THEN 'other_account'::ledger.spending_class
  WHEN amount_minor = 0 THEN 'zero'::ledger.spending_class
  WHEN holder_type IS NULL OR holder_id IS NULL THEN 'no_holder'::ledger.spending_class END;

-- The class of a row in ledger.transactions.spending_class; null for money in that may be a refund. kind is that of
-- ledger.own_transfers, null where that has no other half. What is paid on a linked loan leaves as that of any loan.
CREATE OR REPLACE MACRO ledger.movement_class(left_out, kind, own_kind, category, amount_minor, says_taken_back) AS
  CASE WHEN left_out IS NOT NULL THEN left_out
  WHEN kind = 'card_payment' THEN 'card_payment'::ledger.spending_class
  WHEN kind = 'loan_payment' AND amount_minor < 0 THEN 'spending'::ledger.spending_class
  WHEN kind IS NOT NULL OR (own_kind = 'transfer' AND (category = 'cash' OR amount_minor < 0))
    THEN 'own_transfer'::ledger.spending_class
  WHEN category = 'cash' AND own_kind = 'card' THEN 'card_payment_elsewhere'::ledger.spending_class
  WHEN category = 'credit' AND own_kind IN ('card', 'payment', 'transfer') AND (amount_minor > 0 OR says_taken_back)
    THEN 'card_payment'::ledger.spending_class
  WHEN amount_minor < 0 THEN 'spending'::ledger.spending_class END;

-- What a row of ledger.reversals is that gives or takes back.
CREATE OR REPLACE MACRO ledger.reversal_category(kind) AS
  CASE kind WHEN 'fee_reversal' THEN 'adj.fee_reversal' WHEN 'returned_deposit' THEN 'adj.returned_deposit'
    WHEN 'taken_back' THEN 'adj.balance_correction' ELSE 'adj.returned_item' END;

-- Whether a row is a payment that came back, or a deposit: not the one that gives it back, and no fee.
CREATE OR REPLACE MACRO ledger.came_back(spending_class, treatment, reversal_of_id) AS
  spending_class = 'reversed' AND treatment = 'exclude' AND reversal_of_id IS NULL;

-- Money in and money out of what has a treatment: own transfers and payments that came back are neither, refunds are
-- less money out, and what came back of a row that is not known is less of the other side. Money into a card is a
-- payment of it, or a refund.
CREATE OR REPLACE MACRO ledger.flow_in(treatment, is_cash, in_minor, out_minor) AS CASE
  WHEN NOT is_cash OR treatment IN ('exclude', 'contra_expense', 'contra_revenue') THEN 0
  WHEN treatment = 'contra_flow' THEN -out_minor ELSE in_minor END;
CREATE OR REPLACE MACRO ledger.flow_out(treatment, is_cash, in_minor, out_minor) AS CASE
  WHEN treatment = 'exclude' OR (treatment = 'contra_flow' AND NOT is_cash) THEN 0
  WHEN treatment = 'contra_flow' THEN -in_minor
  WHEN treatment IN ('contra_expense', 'contra_revenue') THEN out_minor - in_minor ELSE out_minor END;

-- An amount without its sign: that of the smallest 64-bit number has 19 digits.
CREATE OR REPLACE MACRO ledger.size(amount_minor) AS abs(amount_minor::HUGEINT)::DECIMAL(19,0);

-- A label, and whether what has it counts as spending: its class has to allow it, and its category. What nobody knows
-- is spending of unknown kind; a payment of a card elsewhere stands for what was bought with it.
CREATE OR REPLACE MACRO ledger.label(category, rule_id, strength) AS
  {'category': category::ledger.category, 'rule_id': rule_id, 'strength': strength::ledger.strength};
CREATE OR REPLACE MACRO ledger.spend_state(spending_class, amount_minor, category, treatment) AS CASE
  WHEN spending_class NOT IN ('spending', 'refund', 'card_payment_elsewhere') THEN spending_class::ledger.spend_state
  WHEN spending_class = 'card_payment_elsewhere' AND amount_minor > 0 THEN spending_class::ledger.spend_state
  WHEN category = 'fun.gambling' AND amount_minor > 0
    THEN 'other_inflow'::ledger.spend_state -- what was won makes no stake less
  WHEN treatment IN ('expense', 'debt_service', 'contra_expense') OR category = 'other.unknown'
      OR (spending_class = 'refund' AND treatment = 'contra_flow') THEN 'counted'::ledger.spend_state
  ELSE treatment::ledger.spend_state END;
CREATE OR REPLACE MACRO ledger.counterparty_type(category) AS (CASE
  WHEN category LIKE 'xfer.own%' OR category LIKE 'xfer.savings%' THEN 'own'
  WHEN category IN ('xfer.p2p_in', 'xfer.p2p_out', 'income.support', 'gov.child_support_paid') THEN 'person'
  WHEN category IN ('income.payroll', 'income.pension') THEN 'employer'
  WHEN category LIKE 'income.ben%' OR category LIKE 'gov.%' OR category IN ('income.tax_refund', 'income.military')
    THEN 'government'
  WHEN category LIKE 'fin!_%' ESCAPE '!' THEN 'lender'
  WHEN category LIKE 'fee.%' OR category IN ('income.interest', 'adj.fee_reversal', 'adj.returned_item',
    'adj.returned_deposit', 'adj.balance_correction') THEN 'bank'
  WHEN category LIKE 'xfer.%' OR category LIKE 'other.%' OR category LIKE 'income.%' THEN NULL ELSE 'merchant' END
  )::ledger.counterparty_type;

-- What rules of the user's own are compared with, in one text: no text of a bank has the sign between its parts.
CREATE OR REPLACE MACRO ledger.rule_text(normal, merchant_key, merchant_name, refund_key, refund_name, other_key) AS
  concat_ws(chr(31), normal, merchant_key, merchant_name, refund_key, refund_name, other_key);
CREATE OR REPLACE MACRO ledger.money_direction(amount_minor) AS CASE WHEN amount_minor < 0 THEN 'out' ELSE 'in' END;

-- Whether a transaction is one that a rule is for, whatever its text says. A category, whose money goes one way, is for
-- that alone; where the rule does not say which way, it tells of refunds too what the merchant sells.
CREATE OR REPLACE MACRO ledger.rule_fits(r, d, flow) AS
  coalesce(r.account_id IN (d.account_id, d.account_key), true)
  AND coalesce(r.holder_id = d.holder_id, r.holder_id IS NULL)
  AND coalesce(r.direction = ledger.money_direction(d.amount_minor), true) AND coalesce(r.currency = d.currency, true)
  AND coalesce(ledger.size(d.amount_minor) >= r.min_minor, true)
  AND coalesce(ledger.size(d.amount_minor) <= r.max_minor, true)
  AND coalesce(flow IN ('both', ledger.money_direction(d.amount_minor)) OR flow = 'out' AND r.direction IS NULL, true);

-- Whether a transaction of which the user's own files say something counts: a row that is counted elsewhere, or is no
-- movement of money of a holder, never does, and half of a transfer only where its own line says so.
CREATE OR REPLACE MACRO ledger.user_spend_state(spending_class, has_counter, wanted, decides, treatment, otherwise) AS
  CASE WHEN spending_class IN ('not_posted', 'counted_elsewhere', 'other_account', 'zero', 'no_holder')
    THEN spending_class::ledger.spend_state
  WHEN wanted THEN 'counted'::ledger.spend_state WHEN NOT wanted THEN 'user_excluded'::ledger.spend_state
  WHEN has_counter OR NOT decides OR treatment IS NULL THEN otherwise
  WHEN treatment IN ('expense', 'debt_service', 'contra_expense') THEN 'counted'::ledger.spend_state
  ELSE treatment::ledger.spend_state END;

-- How many due dates there were until the end of a day: differences are those between two days. origin is one of them,
-- or would be; of months that lack its day it is their last day.
CREATE OR REPLACE MACRO ledger.dues_until(cadence, origin, day) AS CASE cadence
  WHEN 'weekly' THEN (day - origin + 7 * 1000000) // 7 WHEN 'biweekly' THEN (day - origin + 14 * 1000000) // 14
  ELSE 12 * year(day) + month(day) + (dayofmonth(day) >= least(dayofmonth(origin), dayofmonth(last_day(day))))::BIGINT
  END;

-- How many digits of a currency's amounts stand behind the point: ISO 4217, but what Stripe counts in hundredths (isk,
-- ugx) or in whole units (mga). Of lists, not of IN: of each IN DuckDB makes a hash join, and one question that writes
-- three amounts had twenty-two, which took 128 MiB.
CREATE OR REPLACE MACRO meta.exponent(currency) AS CASE
  WHEN list_contains(['bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf',
    'xof', 'xpf'], lower(currency)) THEN 0
  WHEN list_contains(['bhd', 'iqd', 'jod', 'kwd', 'lyd', 'omr', 'tnd'], lower(currency)) THEN 3 ELSE 2 END;

-- So many dollars, yen or dinars in minor units: a threshold is in whole units of its currency, whatever these are
-- worth.
CREATE OR REPLACE MACRO meta.units(units, currency) AS units * CASE WHEN currency = 'usd' THEN 100
  ELSE CASE meta.exponent(currency) WHEN 0 THEN 1 WHEN 3 THEN 1000 ELSE 100 END END;

-- Money as people write it: meta.money(-123456, 'usd') is '-1,234.56 USD'. For reading, not for sums.
CREATE OR REPLACE MACRO meta.money(minor, currency) AS CASE WHEN minor IS NOT NULL AND currency IS NOT NULL THEN concat(
  CASE WHEN minor < 0 THEN '-' END,
  reverse(rtrim(regexp_replace(reverse((abs(minor::HUGEINT) // CASE meta.exponent(currency) WHEN 0 THEN 1
    WHEN 3 THEN 1000 ELSE 100 END)::VARCHAR), '(\d{3})', '\1,', 'g'), ',')),
  CASE meta.exponent(currency) WHEN 0 THEN NULL WHEN 3 THEN '.' || lpad((abs(minor::HUGEINT) % 1000)::VARCHAR, 3, '0')
    ELSE '.' || lpad((abs(minor::HUGEINT) % 100)::VARCHAR, 2, '0') END,
  ' ', upper(currency)) END;

-- How many of some days in order lie within a day of the one before; zero where there are none.
CREATE OR REPLACE MACRO ledger.pairs_of(days) AS
  coalesce(len(list_filter(days, lambda d, i: i > 1 AND d - days[i - 1] <= 1)), 0);
